-- SPDX-License-Identifier: GPL-3.0-or-later
-- robustness.lua - a demo: two networks with the same data, the same start and the same training;
-- only the exponent of the activation differs. Both are right on every fresh sample. One is
-- fooled by a push of 1/√K, the other withstands nearly as much as any classifier can, and the
-- reason is where training leaves the neurons.
-- examples/prelu_robustness.lua repeats the experiment for five exponents, and on digits.

local losses = "trace(loss, lo=1e-3, hi=2)"
local right = "trace(test_accuracy, lo=0, hi=1.1, title='share of fresh samples that are right')"

local function attack(run, name)
  return ("curve(radii, robust, bound=predicted, verticals=marks, lo=0, hi=1.1, run=%d, title='%s')")
    :format(run, name)
end

local function places(run, name)
  return ("heat(cosines, lo=-1, hi=1, blank=true, run=%d, title='%s')"):format(run, name)
end

-- Largest distance of the measured curve from the predicted one.
local function off(run)
  local worst, seen, foretold = 0, run.robust, run.predicted
  for i = 1, #seen do worst = math.max(worst, math.abs(seen[i] - foretold[i])) end
  return worst
end

local function no_violation()
  for _, run in ipairs{ relu, cubic } do
    for _, v in ipairs(run:claims()) do assert(v.standing ~= "violated", v.name .. " is violated") end
  end
end

return {
  title = "Implicit bias and robustness",
  summary = "only an exponent differs: fooled, or robust",
  source = "Min, Vidal 2024, arXiv:2405.15942",
  minutes = 4,

  { "Six clusters, two classes",
    big = "six clusters",
    say = [[The data: six tight clusters around orthonormal centres, three of them positive. The
      network, from a tiny start:

        f(x) = Σ v_j max(0, ⟨w_j, x⟩)^p / ‖w_j‖^(p−1)

      p = 1 is ReLU. The other network has p = 3. All else is the same, data and first weights
      too.]],
    lua = "relu = run(net.prelu{ p = 1 })\ncubic = run(net.prelu{ p = 3 })",
    check = { "relu.W == cubic.W", "relu.p_now == 1 and cubic.p_now == 3",
      "math.abs(relu.inv_root_k - 1 / math.sqrt(6)) < 1e-12" } },

  { "Both learn it",
    say = [[The same descent for both, 1000 steps; then 200 samples that neither has seen.]],
    show = { layout = "v(" .. losses .. ", " .. right .. ")", small = "h(" .. losses .. ", " .. right .. ")",
      runs = { "relu", "cubic" } },
    go = { runs = { "relu", "cubic" }, steps = 1000 },
    reveal = function()
      return string.format([[Losses %.3f and %.3f, and all 200 are right for both. Judged by test
        accuracy, there is nothing to choose between them.]], relu.loss, cubic.loss)
    end,
    check = { "relu.loss < 0.01 and cubic.loss < 0.01",
      "relu.test_accuracy == 1 and cubic.test_accuracy == 1" } },

  { "Now push",
    say = [[An adversary may move each sample by a length r in the worst direction. Centres are √2 apart,
      so with r = √2/2 = 0.71 any classifier can be fooled on half of the samples.]],
    show = { layout = "v(" .. attack(1, "p = 1: share that withstands a push of length r") .. ", "
        .. attack(2, "p = 3: share that withstands a push of length r") .. ")",
      small = "h(" .. attack(1, "p = 1") .. ", " .. attack(2, "p = 3") .. ")", runs = { "relu", "cubic" } },
    ask = { "Which network withstands r = 0.5?", "both", "neither", "p = 3 alone", answer = 3 },
    hide = "curve",
    reveal = function()
      return string.format([[With r = 0.5 every sample fools p = 1, none fools p = 3. One falls at
        1/√6 = 0.41, the other close to √2/2, the most that anybody can reach. Dashed: what theory
        foretells (largest difference %.2f).]], math.max(off(relu), off(cubic)))
    end,
    check = { "relu.robust_at < 0.02 and cubic.robust_at > 0.99",
      function() assert(off(relu) < 0.1 and off(cubic) < 0.12, "far from the predicted curve") end },
    key = true },

  { "Where did the neurons go?",
    big = "where",
    say = [[With tiny weights a positive neuron climbs the sum of c_k^p over its class, c_k its cosine
      with centre k. On the sphere, for p < 2 the summit is the average of the centres; for p > 2
      each centre is a summit. (A column for each neuron that matters.)]],
    show = { layout = "v(" .. places(1, "p = 1: cosines of neurons") .. ":=13, "
        .. places(2, "p = 3: cosines of neurons") .. ":=13, "
        .. "trace(centre_median, lo=0, hi=1.1, title='median cosine with a centre'))",
      small = "h(" .. places(1, "p = 1") .. ", " .. places(2, "p = 3") .. ")", runs = { "relu", "cubic" } },
    ask = { "So where do the neurons of p = 3 stand?", "all at their class average",
      "spread over the six centres", answer = 2 },
    hide = { "heat", "centre_median" },
    reveal = function()
      return string.format([[p = 1: cosine %.3f to the average, which looks at three clusters at once and
        is cheap to cross. p = 3: %.4f to a centre, all %d are covered.]], relu.dominant_average,
        cubic.dominant_centre, cubic.covered)
    end,
    check = { "relu.dominant_average > 0.99", "cubic.dominant_centre > 0.999", "cubic.covered == 6",
      "relu.stable_rank < 2 and cubic.stable_rank > 5.5" } },

  { "What is proved, what is not",
    big = "proved",
    say = [[A5, that training leads there, is a conjecture: measured, for this loss not proved. B1:
      nobody does better.

      Nothing asked for robustness; the activation chose it, through what descent prefers.

        orrery examples/prelu_robustness.lua]],
    show = { layout = "v(trace(centre_median, average_median, title='cosines on the way, p = 3'):2, "
        .. "claims(a2, a4, a5_prelu, a5_relu, b1, b2):3)",
      small = "claims(a2, a4, a5_prelu, a5_relu, b1, b2)", runs = "cubic", highlight = "claims" },
    check = { "cubic:claim('a5_prelu').standing == 'holds'", "relu:claim('a5_relu').standing == 'holds'",
      "relu:claim('a2').standing == 'holds'", "cubic:claim('b1').standing == 'holds'", no_violation } },
}
