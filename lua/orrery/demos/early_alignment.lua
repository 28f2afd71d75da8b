-- SPDX-License-Identifier: GPL-3.0-or-later
-- early_alignment.lua - a demo: a ReLU network from a tiny start. For a long time the loss does
-- not move, and all that happens is that neurons turn; when every one points where its class is,
-- they grow, and the loss falls. How long the wait is depends on the logarithm of the start.
-- The setting is the paper's toy; examples/early_alignment.lua repeats its figures.

local sky = "sky(W, groups=v, data=samples, labels=labels, axes=axes, sectors=sectors, title=directions)"
local flat = "trace(loss, y=linear, lo=0, hi=1.2, bounds=false)"

local function g(x) return (string.format("%.2g", x):gsub("e([+-])0*(%d)", "e%1%2")) end

return {
  title = "Early alignment",
  summary = "neurons turn while the loss stands still",
  source = "Min, Mallada, Vidal 2024, arXiv:2307.12851",
  minutes = 4,

  { "Fifty tiny neurons",
    say = [[One hidden layer is to tell 18 points from 12 others:

        f(x) = Σ v_j max(0, ⟨w_j, x⟩)

      Each neuron w_j begins a millionth long, those with v > 0 are ●, with v < 0 ○. x+ and x− are
      the sums of the two classes.]],
    lua = 'r = run(net.relu{ init="balanced", eps=1e-6, seed=3 })',
    show = { layout = "v(" .. sky .. ":3, " .. flat .. ":2)", small = "h(" .. sky .. ", " .. flat .. ")",
      highlight = "directions" },
    check = { "r.k == 0", "math.abs(r.loss - 1) < 1e-6", "r.norm_max < 1e-5" } },

  { "A loss that does not move",
    big = "flat loss",
    say = [[140 steps of gradient descent. The loss will stay where it is, to five digits.]],
    ask = { "And the neurons?", "they stay as well: the gradient is nearly zero", "they grow",
      "they turn", answer = 3 },
    hide = "sky",
    go = { steps = 140 },
    reveal = function()
      return string.format([[They turn: ● toward x+, ○ toward x−. The median cosine with it is %.2f
        by now; the longest neuron is %s, and the loss %.5f.]], r.align_median, g(r.norm_max), r.loss)
    end,
    check = { "r.k == 140", "r.loss > 0.99999", "r.norm_max < 1e-4", "r.align_median > 0.9" } },

  { "Why directions come first",
    big = "why",
    say = [[The force on w_j is v_j x_a, x_a the sum of y_i x_i over the points it sees. Direction turns
      at the speed ‖x_a‖, however short the neuron; length can only grow by a factor.

      So there is a time T ~ log(1/ε) for which theory vouches: all neurons stay tiny, the network
      says nothing, each direction follows x_a.]],
    show = { layout = "v(" .. sky .. ":3, claims(small_neurons, small_outputs, directions, active_sum):2)",
      small = "h(" .. sky .. ":2, claims(small_neurons, small_outputs, directions, active_sum):3)",
      highlight = "claims" },
    check = { "r.t <= r.window", "r:claim('small_neurons').standing == 'holds'",
      "r:claim('small_outputs').standing == 'holds'", "r:claim('directions').standing == 'holds'" } },

  { "Everyone finds a cone",
    big = "cones",
    say = [[Shaded: S+, where a neuron sees the positive points and no others, S− likewise. The theorem
      says that all neurons end there, or where they see nothing at all.]],
    show = { layout = "v(" .. sky .. ":3, trace(plus_in_plus, minus_in_minus, dead, astray, "
        .. "title='neurons in cones'):2)",
      small = "h(" .. sky .. ":2, trace(plus_in_plus, minus_in_minus, dead, astray, "
        .. "title='neurons in cones'):3)", highlight = "neurons in cones" },
    go = { goal = "astray < 1", max = 2000 },
    reveal = function()
      return string.format([[Step %d: %d neurons of v > 0 in S+, %d of v < 0 in S−. %d are dead: they
        see no point, feel no force, and stay for ever. The loss: %.4f.]], r.k, r.plus_in_plus,
        r.minus_in_minus, r.dead, r.loss)
    end,
    check = { "r.astray == 0", "r.plus_in_plus + r.minus_in_minus + r.dead == 50", "r.loss > 0.999" } },

  { "Then it falls",
    say = [[Now they grow along directions that no longer change, each by the same factor in every
      step: a millionth, …, a thousandth, one.]],
    show = { layout = "v(trace(loss, y=linear, lo=0, hi=1.2, bounds=false):3, "
        .. "h(trace(align_median, bounds=false, title='median cosine'), "
        .. "trace(norm_max, title='longest neuron')):2)",
      small = "h(trace(loss, y=linear, lo=0, hi=1.2, bounds=false):3, trace(norm_max, "
        .. "title='longest neuron'):2)", highlight = "loss" },
    ask = { "The loss will fall …", "steadily from here on", "late, and then at once", answer = 2 },
    hide = { "loss", "norm_max" },
    go = { goal = "loss < 0.05", max = 5000, speed = 12 },
    reveal = function()
      return string.format([[Aligned at step 218, the fall at %d: who watched the loss alone saw
        nothing of what was learnt. 50 neurons act like two, one for each class: stable rank %.2f.]],
        math.floor(r.t_drop / r.eta + 0.5), r.stable_rank)
    end,
    check = { "r.loss < 0.05", "r.t_aligned < r.t_cones and r.t_cones < r.t_grown and r.t_grown < r.t_drop",
      "math.abs(r.t_aligned / r.eta - 218) < 2", "r.t_drop > 5 * r.t_aligned", "r.stable_rank < 1.2",
      "r.align_min > 0.999" },
    key = true },

  { "A start a million times smaller",
    big = "smaller start",
    say = [[The same network, the same directions, all lengths divided by a million: ε = 1e-12.]],
    lua = 'tiny = run(net.relu{ init="balanced", eps=1e-12, seed=3 })',
    show = { layout = "v(trace(loss, y=linear, lo=0, hi=1.2, bounds=false):3, "
        .. "trace(norm_max, title='longest neuron'):2)",
      small = "trace(loss, y=linear, lo=0, hi=1.2, bounds=false)", runs = { "r", "tiny" } },
    ask = { "Until the loss falls it takes …", "just as long", "twice as long",
      "a million times as long", answer = 2 },
    hide = { "loss", "norm_max" },
    go = { run = "tiny", goal = "loss < 0.05", max = 10000, speed = 40 },
    reveal = function()
      return string.format([[Time %.1f instead of %.1f: log(1/ε) has doubled. Aligned they were at %.2f,
        both of them: directions know nothing of lengths.]], tiny.t_drop, r.t_drop, tiny.t_aligned)
    end,
    check = { "tiny.t_drop > 1.9 * r.t_drop and tiny.t_drop < 2.1 * r.t_drop",
      "math.abs(tiny.t_aligned - r.t_aligned) <= r.eta",
      "tiny.plus_in_plus == r.plus_in_plus and tiny.dead == r.dead" } },

  { "After the fall",
    say = [[From t2 on, when both classes have been heard, the loss falls like 1/t at least: dashed,
      and proved.

      Tiny networks choose directions first, sizes later.

        orrery examples/early_alignment.lua]],
    show = { layout = "v(trace(loss, x=log):3, claims(envelope, grown_plus, grown_minus):2)",
      small = "h(trace(loss, x=log), claims(envelope, grown_plus, grown_minus))", runs = "r",
      highlight = "loss" },
    go = { goal = "loss < 1e-3", max = 20000, speed = 100 },
    check = { "r:claim('envelope').standing == 'holds'", "r:claim('grown_plus').standing == 'holds'",
      "r:claim('grown_minus').standing == 'holds'", "r.loss <= r.envelope" } },
}
