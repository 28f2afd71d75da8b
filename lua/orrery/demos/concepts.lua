-- SPDX-License-Identifier: GPL-3.0-or-later
-- concepts.lua - a demo: how strong must an edit be? A vector is written as a sparse mix of named
-- concepts, and one is taken for another with the weight that the mix says it has. A fixed
-- strength edits too little where a concept is strong and too much where it is faint.
-- Concepts are made up with known truth, so every error is known.

local function no_violation(...)
  for _, run in ipairs{ ... } do
    for _, v in ipairs(run:claims()) do
      assert(v.standing ~= "violated", v.name .. " is violated")
    end
  end
end

local edits = "v(h(bars(cos_after, cos_before, title='estimated, ┊ before'), "
  .. "bars(cos_rival, cos_before, title='fixed 0.7, ┊ before')):3, "
  .. "table(weight_source, edit_error, rival_error, source_before, source_after):2)"
local edits_small = "h(bars(cos_after, cos_before, title='estimated, ┊ before'), "
  .. "bars(cos_rival, cos_before, title='fixed 0.7, ┊ before'))"

return {
  title = "How strong an edit?",
  summary = "concepts taken for others: too much, too little, and the estimated strength",
  source = "Luo et al. 2025, Concept Lancet, arXiv:2504.02828",
  minutes = 3,

  { "What is in it?",
    say = [[An image as a vector v of 64 numbers, and a dictionary D of 32 concepts, made up so that
      we know the truth (┊). Which few is it a mix of? Sweeps of coordinate descent find the least

        |v − D w|²/2 + l1 |w|₁ + l2 |w|²/2

      and the duality gap (dashed) bounds how far away it is.]],
    lua = "mix = { rho = 0.3, mix = 4, seed = 5 }\nr = run(dict.code(mix))",
    show = { layout = "v(bars(weights, true_weights, title='weights, ┊ true'):3, "
      .. "h(trace(residual, gap), claims):2)", small = "h(bars(weights, true_weights, title='weights, "
      .. "┊ true'), trace(residual, gap))" },
    go = { steps = 90 },
    reveal = function()
      return string.format([[Sky, smiling, cat and lamp, with nearly the weights they were mixed with:
        precision and recall are %.0f.]], r.f1)
    end,
    check = { "r.f1 == 1", "r.gap < 1e-10", "r:claim('optimality').standing == 'holds'",
      "r:claim('gap_bounds').standing == 'holds'", "math.abs(r.true_weights[7] - r.weights[7]) < 0.02",
      function() no_violation(r) end } },

  { "The strong sky",
    say = [[To edit, take a source out and put a target in, v′ = v + η (target − source). Usually η is
      a number that suits most images, say 0.7. The mix says another: the weight of the source.
      Let us take the sky out.]],
    lua = "mix.source, mix.rival = 7, 0.7\na = run(dict.code(mix)):step(40);\na.weight_source",
    show = { layout = edits, small = edits_small, runs = "a" },
    ask = { "For this sky η = 0.7 is …", "too little", "about right", "too much", answer = 1 },
    hide = { "bars", "table" },
    reveal = function()
      return string.format([[Too little: there was %.2f of it, a quarter of the sky stays. The edited
        vector is %.3f off the ideal one (beside |v|), with the estimated weight only %.4f.]],
        a.true_weights[7], a.rival_error, a.edit_error)
    end,
    check = { "a.true_weights[7] > 0.9", "a.edit_error < 0.01", "a.rival_error > 0.1",
      function() no_violation(a) end } },

  { "The faint lamp",
    say = "The same image; this time the lamp goes. Same rule, same η = 0.7.",
    lua = "mix.source = 28\nb = run(dict.code(mix)):step(40);\nb.weight_source",
    show = { layout = edits, small = edits_small, runs = "b" },
    ask = { "For this lamp η = 0.7 is …", "too little", "about right", "too much", answer = 3 },
    hide = { "bars", "table" },
    reveal = function()
      return string.format([[Far too much: the lamp weighed %.2f, and what is taken is more than there
        was. Its cosine turns to %.2f where %.2f would be right, and the target is pushed to the top
        of the list. Errors: %.3f fixed, %.4f estimated.]], b.true_weights[28], b.cos_rival[28],
        b.source_after, b.rival_error, b.edit_error)
    end,
    check = { "b.true_weights[28] < 0.3", "b.rival_error > 10 * b.edit_error",
      "b.cos_rival[28] < b.source_after", "b:claim('transplant_keeps_rest').standing == 'holds'",
      function() no_violation(b) end },
    key = true },

  { "A hundred edits",
    say = [[One strength cannot fit both. Twenty-five images, four concepts in each: the weight that
      is estimated against the true one. On the dashed line, an edit takes as much as there is.]],
    lua = [[
truth, est = {}, {}
for seed = 1, 25 do
  s = run(dict.code{ rho = 0.3, mix = 4, seed = seed }, { record = {} }):step(60)
  t, w = s.true_weights, s.weights
  for j = 1, 32 do
    if t[j] > 0 then truth[#truth + 1], est[#est + 1] = t[j], w[j] end
  end
end
function mean_error(strength)
  local sum = 0
  for i, x in ipairs(truth) do sum = sum + math.abs((strength or est[i]) - x) / #truth end
  return sum
end
p = plot({ { name = "as much as there is", x = { 0.2, 1 }, y = { 0.2, 1 }, role = "bound" },
  { name = "estimated", x = truth, y = est, kind = "points" },
  { name = "fixed 0.7", x = { 0.2, 1 }, y = { 0.7, 0.7 } } }, { xlabel = "true weight",
  title = "strength of an edit", ymin = 0, ymax = 1 })
dash{ b, plots = { edits = p } }]],
    show = { layout = "v(plot(show=edits))" },
    ask = { "The best fixed strength of all, against the estimate: its error is …", "about the same",
      "twice as large", "more than five times as large", answer = 3 },
    hide = "plot",
    reveal = function()
      best = 1
      for i = 20, 100 do best = math.min(best, mean_error(i / 100)) end
      return string.format([[%.3f at best, against %.3f with estimates. Left of the crossing a fixed
        strength takes too much, right of it too little.]], best, mean_error())
    end,
    check = { "#truth == 100", "best > 5 * mean_error()" } },

  { "What the penalty takes",
    say = [[Estimates have a price as well. The penalty l1 keeps the mix sparse by pulling every
      weight towards 0. The curves are the weights along the path of l1, the line is where we
      are. Let us make l1 twenty times as large.]],
    lua = "before = r.weight_source\nr.l1 = 0.19",
    show = { layout = "v(curve(path_l1, path_top, at=l1, title='weights along the path'):3, "
      .. "bars(weights, true_weights, title='weights, ┊ true'):2)", runs = "r",
      small = "h(curve(path_l1, path_top, at=l1, title='path'), bars(weights, true_weights, "
        .. "title='weights, ┊ true'))" },
    ask = { "An edit with these estimates will be …", "too weak", "as good as before", "too strong",
      answer = 1 },
    hide = { "curve", "bars" },
    go = { steps = 40, speed = 1 },
    reveal = function()
      return string.format([[Too weak: the sky is estimated at %.2f, it was %.2f, and the faint lamp at
        %.2f instead of 0.28. What makes a mix sparse makes it timid.

          orrery examples/concepts.lua]], r.weight_source, before,
        r.weights[28])
    end,
    check = { "r.weight_source < before - 0.08", "r.weights[28] < 0.15",
      function() no_violation(r) end } },
}
