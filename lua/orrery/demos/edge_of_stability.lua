-- SPDX-License-Identifier: GPL-3.0-or-later
-- edge_of_stability.lua - a demo: sharpness times step over 2 must stay below 1 in a bowl. Descent
-- on a network walks into ever narrower valleys until it is 1, and then stays there: the loss
-- jumps, falls all the same, and the step has chosen the sharpness.
-- examples/edge_of_stability.lua holds the bowl's theory against a network's own steps.

local network = [[
function wave()
  x = mat.linspace(-2, 2, 20)
  y = x:map(function(x) return 2 * math.sin(2 * x) end)
  return net.mlp{ X=x, Y=y, hidden={20, 20}, activation="tanh", init="xavier" }
end]]

-- Smallest and largest value of a recorded probe between two steps.
local function range(run, name, from, to)
  local lo, hi = math.huge, -math.huge
  for _, row in ipairs(run:rows{ name }) do
    if row[1] >= from and row[1] <= to then lo, hi = math.min(lo, row[3]), math.max(hi, row[3]) end
  end
  return lo, hi
end

local loss = "trace(loss)"
local edge = "trace(edge, y=linear, lo=0, hi=1.5, lines='1 edge of stability', title='η λmax / 2')"

local sharpness = "trace(sharpness, y=linear, lo=0, hi=60, ghosts=false, title='sharpness λmax', "
  .. "lines='40 2/η for η = 0.05, 20 2/η for η = 0.1')"

return {
  title = "The edge of stability",
  summary = "descent sharpens its valley up to the limit",
  source = "Cohen et al. 2021, arXiv:2103.00065",
  minutes = 4,

  { "How long may a step be?",
    big = "how long",
    say = [[At the bottom of a bowl of curvature λ a step of size η multiplies the distance from the
      bottom by 1 − ηλ. It gets smaller as long as

        η λ / 2 < 1

      λmax, the curvature of the steepest direction, is called sharpness, and r.edge is η λmax/2.]],
    lua = 'bowl = run(net.linear{ init_scale=0.5, seed=11 }, { rule="local" })',
    show = { layout = "v(trace(gap, bounds=false):3, dial(step, high=eta_invK, edge=eta_edge):2)",
      small = "trace(gap, bounds=false)", runs = "bowl" },
    go = { run = "bowl", goal = "gap < 1e-10", max = 2000 },
    reveal = function()
      return string.format([[A linear network at its minimum: sharpness %.0f, so steps up to
        2/λmax = %.5f. The certified step keeps below: edge %.2f.]], bowl.sharpness, bowl.eta_edge,
        bowl.edge)
    end,
    check = { "bowl.gap < 1e-10", "bowl.edge < 1", "math.abs(bowl.eta_edge * bowl.sharpness - 2) < 1e-9" } },

  { "Just below, just above",
    big = "0.9 - 1.1",
    say = [[Two forks with fixed steps, 0.9 and 1.1 of the limit, after the same push of a millionth.]],
    lua = [[
function fork(name, factor)
  local f = bowl:fork(name)
  f.step = factor * bowl.eta_edge
  f.W1 = f.W1 + rng(5):normal(5, 20) * 1e-6
  return f
end
below, above = fork("below", 0.9), fork("above", 1.1)]],
    show = { layout = "v(trace(gap, bounds=false, ghosts=false, last=60):3, "
        .. "claims(local_rate, descent_lemma, sharpness_bound):2)",
      small = "trace(gap, bounds=false, ghosts=false, last=60)", runs = { "above", "below" } },
    ask = { "The one above the limit will …", "do better: its steps are longer",
      "rise, by the same factor at every step", answer = 2 },
    hide = "gap",
    go = { runs = { "below", "above" }, steps = 60, speed = 1 },
    reveal = function()
      return string.format([[Each step multiplies the distance by 1 − 2 · 1.1 = −1.2, the gap by 1.44;
        measured: %.3f. The rate that is proved does not apply to such a step: ○.]],
        above.rho_hat)
    end,
    check = { "below.gap < bowl.gap and above.gap > 1e4 * bowl.gap", "math.abs(above.rho_hat - 1.44) < 0.01",
      "below.edge < 1 and above.edge > 1",
      "above:claim('local_rate').standing == 'does not apply'" } },

  { "A valley that narrows",
    big = "sharper",
    say = [[Now a network that is no bowl: three layers, tanh, to learn a wave. Steps of 0.05, far
      below the limit where it starts.]],
    lua = network .. [[

r = run(wave(), { step = 0.05, record = { "loss", "edge", "sharpness" }, every = 5 })]],
    show = { layout = "v(" .. loss .. ":1, " .. edge .. ":1)", small = "h(" .. loss .. ", " .. edge .. ")",
      runs = "r", highlight = "η λmax" },
    go = { steps = 260 },
    reveal = function()
      return string.format([[The better it fits, the sharper it gets: from 8 to %.0f. Nobody turned a
        knob, and yet η λmax/2 went from 0.21 to %.2f.]], r.sharpness, r.edge)
    end,
    check = { "r.edge > 0.95 and r.edge < 1", "r.loss < 0.06", "r.sharpness > 4 * 8" } },

  { "Over the edge",
    say = [[The valley goes on narrowing. In 10 steps or so the edge is crossed.]],
    ask = { "What will the loss do after that?", "keep falling, as if nothing had happened",
      "grow without limit, as in the bowl", "jump, and fall again", answer = 3 },
    hide = { "loss", "edge" },
    go = { steps = 740, speed = 4 },
    reveal = [[The jump throws the network out of the narrow valley into a wider one; there it
      settles, sharpens, swings again. From then on η λmax/2 stays at 1: below it sharpness grows,
      above it the swinging brings it down. The loss falls, though not at every step.]],
    check = { function()
        local lo, hi = range(r, "edge", 700, 1000)
        assert(lo > 0.97 and hi < 1.05, ("edge from %.3f to %.3f"):format(lo, hi))
      end, function()
        local before = range(r, "loss", 0, 450)
        local _, jump = range(r, "loss", 450, 520)
        assert(jump > 5 * before, ("no jump: from %.3f to %.3f"):format(before, jump))
      end, "r.loss < 0.045" },
    key = true },

  { "Twice the step",
    say = [[So it is the step that says how sharp a valley may be: 2/η, here 40. A fork takes steps
      twice as long.]],
    lua = 'wide = r:fork("wide")\nwide.step = 0.1',
    show = { layout = "v(trace(loss, ghosts=false):2, " .. sharpness .. ":3)", small = sharpness,
      runs = { "r", "wide" }, highlight = "sharpness" },
    ask = { "Where will its sharpness settle?", "at 40, where it is", "at 20", "nowhere: it will diverge",
      answer = 2 },
    hide = { "sharpness", "loss" },
    go = { runs = { "r", "wide" }, steps = 300 },
    reveal = function()
      return string.format([[At %.1f; r stays at %.1f. A long step is a taste for flat places: it cannot
        stay where the valley is narrow.

          orrery examples/edge_of_stability.lua]], wide.sharpness, r.sharpness)
    end,
    check = { "math.abs(wide.edge - 1) < 0.08 and math.abs(r.edge - 1) < 0.03",
      "math.abs(wide.sharpness - 20) < 2 and math.abs(r.sharpness - 40) < 2", "not wide.stopped or "
        .. "not wide.stopped:find('diverged')" } },
}
