-- SPDX-License-Identifier: GPL-3.0-or-later
-- safety.lua - a demo: the binary Bellman operator of safety is no contraction. From "all is
-- safe" sweeps find the maximal safe set of the pendulum; from "nothing is safe" they stay where
-- they are, with no error anywhere. A few pairs that are known to be safe bring the set back,
-- for sweeps and for a network that learns.

local pair = "v(h(field(critic, edge=exact, lo=0, hi=1, title='from all safe'), "
  .. "field(critic, edge=exact, lo=0, hi=1, run=2, title='from nothing safe')):3, "
  .. "h(table(safe, truth_safe, residual, iou), table(safe, truth_safe, residual, iou, run=2)):2)"
local pair_small = "h(field(critic, edge=exact, lo=0, hi=1, title='from all safe'), "
  .. "field(critic, edge=exact, lo=0, hi=1, run=2, title='from nothing safe'))"
local learners = "v(h(field(critic, edge=exact, lo=0, hi=1, title='no axioms'), "
  .. "field(critic, edge=exact, lo=0, hi=1, run=2, title='with axioms')):3, "
  .. "h(table(right, iou, safe, missed, over_cautious), "
  .. "table(right, iou, safe, missed, over_cautious, run=2)):2)"
local learners_small = "h(table(right, iou, safe, missed, over_cautious), "
  .. "field(critic, edge=exact, lo=0, hi=1, run=2, title='with axioms'))"

local function no_violation(...)
  for _, run in ipairs{ ... } do
    for _, v in ipairs(run:claims()) do
      assert(v.standing ~= "violated", v.name .. " is violated")
    end
  end
end

return {
  title = "Safe, or right about nothing",
  summary = "a safety critic, its spurious fixed point, and why it needs axiomatic data",
  source = "Castellano, Min, Bazerque, Mallada 2024, arXiv:2401.12849",
  minutes = 3,

  { "From which states can it stay up?",
    say = [[A pendulum on its head, with a weak motor: from which angle θ and speed ω can it be kept
      from falling, for ever? A critic marks what is doomed, b = 1, and has to agree with itself a
      step later. We begin at b = 0, all safe, and sweep:

        b(s,a) ← 1 if s has fallen, else min b(s′, ·)]],
    lua = "r = run(safety.kernel())",
    show = { layout = "v(field(critic, edge=exact, lo=0, hi=1, path=path, title='critic, █ doomed'):3, "
      .. "h(trace(safe), claims):2)",
      small = "h(field(critic, edge=exact, lo=0, hi=1, title='critic'):3, trace(safe):2)" },
    go = { goal = "residual <= 0", max = 60, speed = 1 },
    reveal = function()
      return string.format([[Failure spreads backward until nothing changes, after %d sweeps: %d cells
        are left, the largest set that can be kept safe; dashed is the truth.]], r.k, r.safe)
    end,
    check = { "r.safe == r.truth_safe", "r.fixed_point == 1", function() no_violation(r) end } },

  { "From the other end",
    say = [[A learner rarely begins at b = 0. Let s begin at b = 1, nothing is safe, and sweep
      as well.]],
    lua = "s = run(safety.kernel{ start = \"one\" })",
    show = { layout = pair, small = pair_small, runs = { "r", "s" } },
    ask = { "Where will s end?", "at the same set", "at a smaller one, on the safe side",
      "where it began", answer = 3 },
    hide = { "field", "table" },
    go = { run = "s", steps = 30, speed = 1 },
    reveal = [[It does not move. b = 1 solves the equation as well: if nothing is safe, then nothing
      leads to safety. Its residual is 0, no test of self-consistency will ever find it out, and
      it is right about nothing. The spurious fixed point.]],
    check = { "s.safe == 0", "s.residual == 0", "s.fixed_point == 0", "s.iou == 0",
      "s:claim('spurious').standing == 'holds'", function() no_violation(s) end },
    key = true },

  { "No contraction",
    say = [[With a discount Bellman's operator is a contraction and has one fixed point. This one is
      not: T b* and T 1 are as far apart as b* and 1. So there may be more than two. Seven states,
      two actions, state 7 is failure:]],
    lua = [[
after = { {1, 2}, {3, 7}, {3, 7}, {7, 5}, {7, 7}, {6, 4}, {1, 7} }
t = run(safety.kernel{ next = after, unsafe = {7} })]],
    show = { layout = "v(claims)", runs = "s" },
    ask = { "How many fixed points does it have?", "1", "2", "6", answer = 3 },
    reveal = function()
      return string.format([[%d: one for every set that can be kept safe and that nothing outside can
        enter. The least of them, b*, has the largest set; each other leaves something out.]],
        t.fixed_points)
    end,
    check = { "t.fixed_points == 6", "s:claim('non_contraction').standing == 'holds'" } },

  { "What we know for sure",
    say = [[At rest, upright, the pendulum surely can be held. Hold these few pairs at b = 0, begin
      at b = 1 again, and sweep.]],
    lua = "a = run(safety.kernel{ start = \"one\", axioms = \"block\" })",
    show = { layout = "v(field(critic, edge=exact, lo=0, hi=1, points=axiom_points, title='● axioms'):3, "
      .. "h(trace(safe), claims):2)", runs = "a",
      small = "h(field(critic, edge=exact, lo=0, hi=1, points=axiom_points, "
        .. "title='● axioms'):3, trace(safe):2)" },
    ask = { "What becomes safe?", "only the axioms", "most of the true set", "more than the true set",
      answer = 2 },
    hide = { "field", "trace" },
    go = { run = "a", steps = 45, speed = 1 },
    reveal = function()
      return string.format([[%d of %d cells, from %d pairs. All that can reach the axioms is freed, and
        nothing doomed ever is (missed: %d): from above, truth is approached from the safe side.]],
        a.safe, a.truth_safe, a.axiom_pairs, a.missed)
    end,
    check = { "a.missed == 0", "a.safe > 0.95 * a.truth_safe", "a.contradicted == 0",
      "a.residual == 0",
      function() no_violation(a) end } },

  { "The same in a network",
    say = [[Two networks learn from episodes, both begin by calling everything unsafe: c as it is, d
      with axiomatic data among its samples. "right" is the share of its own labels that a network
      predicts.]],
    lua = [[o = { N = 61, rounds = 10, batch = 64, bias = 6 }
d = run(safety.critic(o))
o.axioms = false
c = run(safety.critic(o))]],
    show = { layout = learners, small = learners_small, runs = { "c", "d" } },
    ask = { "Which one will predict all of its own labels?", "c, without axioms", "d, with axioms",
      "neither", answer = 1 },
    hide = { "field", "table" },
    go = { runs = { "c", "d" }, goal = "round >= 10", max = 2000, speed = 8 },
    reveal = function()
      return string.format([[c: %.0f %% of its labels are right, and IoU with the true set is %.0f. d is
        right about %.1f %%, and its IoU is %.2f. A perfect score was the symptom. Axioms are the
        cure: a little that is known makes the rest learnable.

          orrery examples/spurious_fixed_point.lua
          orrery examples/pendulum_critic.lua]], 100 * c.right, c.iou, 100 * d.right, d.iou)
    end,
    check = { "c.right == 1 and c.iou == 0", "d.iou > 0.75",
      "c:claim('self_consistent').standing == 'holds'", function() no_violation(c, d) end } },
}
