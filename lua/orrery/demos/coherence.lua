-- SPDX-License-Identifier: GPL-3.0-or-later
-- coherence.lua - a demo: a tightly-coupled network moves as one. Four generators follow the
-- coherent response the nearer, the stiffer the lines between them; the transfer matrix T(s)
-- says why, at which frequencies, and for which disturbances it fails.
-- The tables of examples/coherence.lua have the same network over three decades of L.

local pair = "v(h(ensemble(y, over=coherent, title='lines as they are'), "
  .. "ensemble(y, over=coherent, run=2, with=2, title='ten times as stiff')):3, trace(gap, y=log):2)"
local spectra = "v(h(curve(omega, incoherence_at, bound=bound_at, at=freq, title='incoherence, L'), "
  .. "curve(omega, incoherence_at, bound=bound_at, at=freq, run=2, title='incoherence, 10 L')):3, "
  .. "h(claims, claims(run=2)):2)"

local function no_violation(...)
  for _, run in ipairs{ ... } do
    for _, v in ipairs(run:claims()) do
      assert(v.standing ~= "violated", v.name .. " is violated")
    end
  end
end

return {
  title = "A tight network moves as one",
  summary = "stiff lines or slow disturbances: generators answer as one machine",
  source = "Min, Pates, Mallada 2025, arXiv:2302.08438",
  minutes = 3,

  { "Four generators",
    say = [[Four generators, all different, joined by lines; at node 2 power fails within half a
      second. Theory has one candidate for all frequencies y_i, the coherent response ȳ of a
      single machine, the harmonic mean of the four:

        ḡ(s) = n / Σ 1/g_i(s)]],
    lua = "r = run(dyn.swing{ shape = \"exp\", frame = 0.02 })",
    show = { layout = "v(ensemble(y, over=coherent, title='four nodes, thick: coherent'):3, "
      .. "network(network, deviation, title='y − ȳ'):2)",
      small = "h(ensemble(y, over=coherent, title='y; thick: coherent'):3, "
        .. "network(network, deviation, title='y − ȳ'):2)" },
    go = { steps = 500 },
    reveal = function()
      return string.format([[All four come to rest as ȳ does. On the way node 2 was up to %.2f rad/s
        off: not quite one machine.]], r.gap_max)
    end,
    check = { "math.abs(r.gap_max - 0.4500) < 1e-4", "math.abs(r.spread) < 1e-3" } },

  { "Ten times as stiff",
    say = "f is the same network, with every line ten times as strong.",
    lua = "r:rewind(0);\nf = run(dyn.swing{ shape = \"exp\", frame = 0.02, scale = 10 })",
    show = { layout = pair, runs = { "r", "f" }, large = "v(trace(gap, y=log))",
      small = "h(ensemble(y, over=coherent, run=2, with=2, title='f, ten times as stiff'), "
        .. "trace(gap, y=log))" },
    ask = { "The largest gap max |y_i − ȳ| of f will be …", "larger: stiff lines ring harder",
      "about the same", "several times smaller", answer = 3 },
    hide = { "gap", "ensemble" },
    go = { runs = { "r", "f" }, steps = 500 },
    reveal = function()
      return string.format([[%.3f instead of %.2f. And ȳ did not change: ḡ knows the machines, not
        the lines.]], f.gap_max, r.gap_max)
    end,
    check = { "f.gap_max < r.gap_max / 4", "math.abs(f.coherent - r.coherent) < 1e-12" } },

  { "Why",
    say = [[From power to frequency the network is T(s) = (diag(1/g_i) + L/s)⁻¹. Its distance from
      ḡ/n in every entry, the incoherence, is at most (dashed, with M₁ = |ḡ|, M₂ = max |1/g_i|)

        (M₁M₂ + 1)² / (λ₂/|s| − M₂ − M₁M₂²)]],
    show = { layout = spectra, runs = { "r", "f" }, large = spectra,
      small = "h(curve(omega, incoherence_at, bound=bound_at, at=freq, title='incoherence, L'), "
        .. "curve(omega, incoherence_at, bound=bound_at, at=freq, run=2, title='incoherence, 10 L'))" },
    ask = { "At w = 1 (the line), 10 L makes the incoherence", "√10 times less",
      "10 times less", "100 times less", answer = 2 },
    hide = "curve",
    reveal = function()
      return string.format([[%.3f becomes %.3f, about 1/λ₂. To the left, for slow signals, both
        vanish: slow is as good as stiff. The bound falls to %.2f, and near the peak it does not
        apply: nothing is promised there.]], r.incoherence, f.incoherence, f.bound)
    end,
    check = { "math.abs(r.incoherence / f.incoherence - 10.5) < 0.1", "f.incoherence < f.bound",
      "r.incoherence < r.bound", "f:claim('pointwise').standing == 'holds'",
      "f:claim('curve').standing == 'holds'", "f:claim('in_time').standing == 'holds'",
      function() no_violation(r, f) end },
    key = true },

  { "The peak that stays",
    say = [[Near its peak nothing was promised. There nodes swing against each other. Does more
      stiffness help there? Three networks, with L, 10 L and 100 L.]],
    lua = [[
peaks, top = {}, {}
for i, x in ipairs{ 1, 10, 100 } do
  s = run(dyn.swing{ scale = x, points = 300, low = 0.1, high = 200 })
  peaks[i] = { name = x .. " L", x = s.omega, y = s.incoherence_at }
  top[i] = s.sup_axis
end
p = plot(peaks, { x = "log", y = "log", xlabel = "w", title = "incoherence" })
dash{ r, plots = { peaks = p } }]],
    show = { layout = "v(plot(show=peaks))", runs = "r" },
    ask = { "The highest incoherence of L is 4.0. That of 100 L is …", "0.04", "0.4", "3.9",
      answer = 3 },
    hide = "plot",
    reveal = function()
      return string.format([[%.2f, after %.2f and %.2f. The peak moves away, from w = 5.6 to 55, and
        stays as high: a network is coherent up to some frequency, never for all.]], top[3], top[1],
        top[2])
    end,
    check = { "math.abs(top[1] - 4.0130) < 1e-4", "math.abs(top[3] - 3.9131) < 1e-4",
      "s.sup_axis_w > 54 and s.sup_axis_w < 56" } },

  { "A blow",
    say = [[So what of a disturbance that holds all frequencies at once? An impulse: node 2 is
      struck. a has the lines as they are, b a hundred times as stiff.]],
    lua = [[a = run(dyn.swing{ shape = "impulse", frame = 0.01 })
b = run(dyn.swing{ shape = "impulse", frame = 0.01, scale = 100 })]],
    show = { layout = "v(h(ensemble(y, over=coherent, title='a: L'), "
      .. "ensemble(y, over=coherent, run=2, with=2, title='b: 100 L')):3, trace(gap):2)",
      small = "h(ensemble(y, over=coherent, title='a: L'), "
        .. "ensemble(y, over=coherent, run=2, with=2, title='b: 100 L'))",
      runs = { "a", "b" } },
    ask = { "Does the stiff network stay nearer to its coherent response?", "yes, a hundred times",
      "yes, a little", "no", answer = 3 },
    hide = { "gap", "ensemble" },
    go = { runs = { "a", "b" }, steps = 300 },
    reveal = function()
      return string.format([[No: the largest gap is %.2f instead of %.2f. It rings faster, with the
        same height. Tight coupling helps against what is slow.]], b.gap_max, a.gap_max)
    end,
    check = { "math.abs(a.gap_max - 1.905) < 1e-3", "b.gap_max > a.gap_max",
      function() no_violation(a, b) end } },

  { "Thirty-five",
    say = [[The generators of Iceland, one p.u. lost at the second: its neighbours feel it at once,
      the far end later, in the end all settle as one machine.

        orrery examples/coherence.lua
        orrery examples/iceland.lua]],
    lua = [[o = dyn.machines(graph.grid("iceland189"))
o.frame = 0.02
i = run(dyn.swing(o))]],
    show = { layout = "v(network(network, deviation, title='y − ȳ', names=false):3, "
      .. "ensemble(y, over=coherent, title='35 generators, thick: coherent'):2)",
      small = "h(network(network, deviation, title='y − ȳ', names=false):2, "
        .. "ensemble(y, over=coherent, title='thick: coherent'):3)", runs = "i" },
    go = { run = "i", steps = 400 },
    check = { "i.gap_max > 2", "i.gap < i.gap_max / 2", function() no_violation(i) end } },
}
