-- SPDX-License-Identifier: GPL-3.0-or-later
-- local_pl.lua - a demo: gradient descent on a network that no global constant describes, with
-- a certificate all the same. The constants of theory move with the weights, so does the
-- longest step it allows, and a wider network starts better conditioned.
-- The setting is that of the paper's Figure 5; examples/local_pl.lua repeats it with 30 seeds.

local network = [[
function network(h)
  return net.linear{ n=5, h=h, m=5, samples=5, inputs="spectrum", spectrum_low=1.8,
    spectrum_high=2.3, targets="initial", noise=0.1, init="xavier", seed=1, d=1.01,
    beta_norm="frobenius" }
end]]

local function g(x) return (string.format("%.2g", x):gsub("e([+-])0*(%d)", "e%1%2")) end

local function no_violation()
  for _, v in ipairs(r:claims()) do
    assert(v.standing ~= "violated", v.name .. " is violated")
  end
end

return {
  title = "Local PL and step sizes",
  summary = "descent with a certificate, without global constants",
  source = "Xu et al. 2025, arXiv:2505.11664",
  minutes = 3,

  { "A loss that is not convex",
    say = [[Two layers, no nonlinearity: the product W1 W2' is to fit the data. Already this is
      not convex. At W1 = W2 = 0 the slope is zero and the loss is not:]],
    lua = network .. "\nz = run(net.linear{ init_scale = 0 })\nz.grad_norm, z.gap",
    reveal = [[So no constant μ > 0 can give, at all weights,

        ½ ‖∇L‖² ≥ μ gap        (Polyak, Łojasiewicz)

      and the textbook's proof of a linear rate ends here.]],
    check = { "z.grad_norm == 0", "z.gap > 1" } },

  { "A constant for here",
    say = [[But at given weights it can. With T the map that takes a change of the two layers to
      a change of their product,

        ½ ‖∇L‖² ≥ μ_t gap,   μ_t = μ σ²min(T)

      The meter shows the ratio as it is and, below it, what the theorem promises.]],
    lua = "r = run(network(100), { rule = \"rho\" })\nz = nil",
    show = { layout = "v(trace(gap):3, meter(pl):2)", small = "trace(gap)",
      highlight = "meter" },
    go = { steps = 10, speed = 3 },
    check = { "r.pl >= r.mu_t", "r:claim('local_pl').standing == 'holds'" } },

  { "How far may a step go?",
    say = [[The slope changes along a step by at most K_t times its length, where K_t is local as
      well. A step η with η K_t < 2 lowers the loss for certain; the rule takes the longest that
      keeps the whole proof alive.]],
    show = { layout = "v(trace(gap):3, h(meter(pl), dial(step)):2)", highlight = "dial" },
    ask = { "While the loss falls, the step that is certified will …", "shrink", "stay", "grow",
      answer = 3 },
    hide = { "dial" },
    go = { steps = 40 },
    reveal = function()
      return string.format([[From 0.0186 to %.4f: near the minimum the curvature that the gap
        itself causes is gone, K_t falls, the dial opens.]], r.eta)
    end,
    check = { "r.k == 50", "r.eta > 1.5 * 0.0186", "r:claim('certificate').standing == 'holds'" } },

  { "The wider, the better",
    say = [[How good is the certificate? That depends on how well the network starts: α1/α2 bounds
      the condition of T for the whole way. The same task with five times as many hidden units:]],
    lua = "w = run(network(500), { rule = \"rho\" })",
    show = { layout = "v(trace(gap):3, h(meter(pl), dial(step)):2)", runs = { "r", "w" },
      small = "trace(gap)", large = "trace(gap)" },
    ask = { "After 50 steps, the gap of w against that of r will be …", "about the same",
      "a thousand times smaller", "far smaller than that", answer = 3 },
    hide = "gap",
    go = { run = "w", steps = 50 },
    reveal = function()
      return string.format([[Gap %s instead of %s, and certified: %s instead of %s. α1/α2 is %.2f
        instead of %.2f.]], g(w.gap), g(r.gap), g(w.gap_bound), g(r.gap_bound), w.alpha_ratio,
        r.alpha_ratio)
    end,
    check = { "w.gap < 1e-20 * r.gap", "w.gap <= w.gap_bound", "r.gap <= r.gap_bound",
      "w.alpha_ratio > r.alpha_ratio" },
    key = true },

  { "Beyond the edge",
    say = [[And a longer step than the theorem allows? r takes η = 0.2, where sharpness times η/2
      is above 1. The claims do not break: they say which hypothesis has gone.]],
    set = { step = 0.2 },
    show = { layout = "v(trace(gap):2, claims:3)", runs = "r", highlight = "claims" },
    ask = { "What will the gap do?", "fall, only more slowly", "rise", answer = 2 },
    hide = "gap",
    go = { goal = "gap > 1e-3", max = 300, speed = 1 },
    reveal = [[It rises, by a factor at every step, until the curvature turns it back. ○ does not
      apply: the theorem promised nothing about such a step, and so is not refuted.]],
    check = { "r.edge > 1", "r.gap > 1e-3", no_violation } },

  { "And back under the rule",
    say = [[The local rule, 1/K_t at every step, needs no history: wherever it begins, its next
      step is certified.]],
    set = { rule = "local" },
    show = { layout = "v(trace(gap):3, h(meter(pl), dial(step)):2)", highlight = "trace" },
    go = { goal = "gap < 1e-20", max = 500, speed = 2 },
    reveal = [[Three lines did it: a constant that is local, a step that follows it, a proof that
      is checked at every step.

        orrery examples/local_pl.lua       the published figure, 30 seeds
        ?local_pl                          the theorem]],
    check = { "r.gap < 1e-20", "r.edge < 1", no_violation } },
}
