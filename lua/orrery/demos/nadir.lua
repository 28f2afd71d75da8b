-- SPDX-License-Identifier: GPL-3.0-or-later
-- nadir.lua - a demo: the usual check of a power network looks at its mean frequency, and the
-- mean does not move while one machine dips. The worst disturbance of all of a size, its bus
-- and its instant, with a proof that nothing is worse; and what helps against it.
-- The network is that of examples/nadir_ieee145.lua.

local grid = [[
g = graph.grid("ieee145")
m = g.m
m[13] = 4 * m[13]
function network(how, beta, inertia)
  return dyn.nadir{ L = g, m = m, f0 = 50, bus = g.bus, rho = 0.5, disturb = how,
    beta = beta or 1, inertia = inertia or 1 }
end]]

local ways = "v(h(ensemble(w, over=coi, title='thick: their mean'):4, "
  .. "bars(bus_nadir, title='worst nadir of a bus'):3):3, "
  .. "network(network, w, bars=worst, title='w now; bars: the worst u', names=false):3)"
local ways_small = "h(ensemble(w, over=coi, title='thick: their mean'):3, "
  .. "bars(bus_nadir, title='worst nadir'):2)"

local function no_violation()
  for _, v in ipairs(r:claims()) do
    assert(v.standing ~= "violated", v.name .. " is violated")
  end
end

return {
  title = "The worst dip of a power network",
  summary = "one machine may dip while the mean stands still: where, when, and how deep",
  source = "Jiang, Min, Zhang 2024, arXiv:2402.16765",
  minutes = 3,

  { "The mean is calm",
    say = [[Fifty machines. When power is lost, frequencies fall; the usual check follows their
      weighted mean (thick). Half a p.u. is lost, evenly on all.]],
    lua = grid .. "\nr = run(network(\"even\"))",
    show = { layout = "v(ensemble(w, over=coi, title='fifty machines, thick: their mean'):3, "
      .. "network(network, w, title='w now', names=false):3)", small =
      "ensemble(w, over=coi, title='fifty machines, thick: their mean')" },
    go = { steps = 100 },
    reveal = function()
      return string.format([[The mean falls gently, to %.1e. But around it machines swing, the
        liveliest up to %.4f: thirty times as far. The mean cannot see that.]], -r.coi, r.deepest)
    end,
    check = { "math.abs(r.coi) < 4e-5", "r.deepest > 30 * math.abs(r.coi)", no_violation } },

  { "The worst of all",
    say = [[Of all losses u of that size, ‖u‖ ≤ ρ = 0.5, how deep can any bus go, at any time? The
      network is linear, w(t) = H(t) u: for bus i at time t the worst is ρ ‖row i of H(t)‖, by
      u = −ρ row/‖row‖. Only time is left to search.]],
    lua = "r = run(network(\"worst\"))",
    show = { layout = ways, small = ways_small, large = "ensemble(w, over=coi)" },
    ask = { "Evenly lost, it was 0.0011. The worst loss of that size goes", "twice as deep",
      "six times as deep", "sixty times as deep", answer = 2 },
    hide = { "ensemble", "bars", "network" },
    go = { steps = 100 },
    reveal = function()
      return string.format([[Six times: bus %d dips by %.4f, after %.3f s. Nearly all of the loss is
        at that one bus, and the mean moves by %.0e: a check of the mean sees nothing at all.]],
        g.bus[math.tointeger(r.nadir_bus)], r.nadir, r.nadir_t, math.abs(r.coi))
    end,
    check = { "g.bus[math.tointeger(r.nadir_bus)] == 96", "math.abs(r.nadir - 0.0065962265) < 1e-9",
      "math.abs(r.worst[17] + 0.4996) < 1e-4", "math.abs(r.coi) < 6e-6",
      "r:claim('worst_case').standing == 'holds'", no_violation },
    key = true },

  { "Nothing is worse",
    say = [[Is that a proof or a good guess? Time is cut into intervals; each gets a bound from its
      ends and the curvature between, and what stays below the best value found is dropped. What
      is left is a certified limit (dashed). And to be sure, 100 random losses:]],
    lua = [[
d, z, peak = run(network("none"), { record = {} }), rng(3), {}
for i = 1, 100 do
  v = z:normal(50)
  d:rewind(0)
  d.u = v * (0.5 / v:norm())
  peak[i] = d:step(100).deepest
end
table.sort(peak)
limit = { name = "certified", x = { 1, 100 }, y = { r.nadir_bound, r.nadir_bound }, role = "bound" }
p = plot({ { name = "random, sorted", y = peak }, limit }, { title = "deepest dip",
  xlabel = "of 100", ymin = 0 })
dash{ r, plots = { random = p } }]],
    show = { layout = "v(plot(show=random):3, claims:2)", small = "plot(show=random)" },
    ask = { "How many of the 100 get to half of the worst?", "about half of them", "a handful", "none",
      answer = 3 },
    hide = "plot",
    reveal = function()
      return string.format([[None: the deepest makes %.4f of %.4f. The gap between what is attained and
        what is certified is %.0e. Trying at random finds neither.]], peak[100], r.nadir_bound,
        r.gap_certified)
    end,
    check = { "peak[100] < 0.5 * r.nadir", "r.nadir_bound >= r.nadir", "r.gap_certified < 1e-6" } },

  { "Stiffer or heavier?",
    say = [[The grid may be mended: lines twice as stiff (a), or machines twice as heavy (b). Each
      gets the worst loss of its own.]],
    lua = "a = run(network(\"worst\", 2, 1))\nb = run(network(\"worst\", 1, 2))",
    show = { layout = "v(h(ensemble(w, over=coi, title='stiffer'), ensemble(w, over=coi, run=2, with=2, "
      .. "title='heavier')):3, h(table(nadir, nadir_bus, nadir_t, rho_crit, coi_worst), table(nadir, "
      .. "nadir_bus, nadir_t, rho_crit, coi_worst, run=2)):2)", runs = { "a", "b" },
      small = "h(ensemble(w, over=coi, title='stiffer'), ensemble(w, over=coi, run=2, with=2, "
      .. "title='heavier'))" },
    ask = { "Which makes the worst dip smaller?", "stiffer lines", "heavier machines",
      "both, by the same", answer = 3 },
    hide = { "table", "ensemble" },
    go = { runs = { "a", "b" }, steps = 120 },
    reveal = function()
      return string.format([[The same, to every digit: %.4f instead of 0.0066. Heavy machines only take
        twice the time, %.3f s instead of %.3f. And the mean: its worst case depends on the damping
        alone and has not changed at all.]], b.nadir, b.nadir_t, a.nadir_t)
    end,
    check = { "math.abs(a.nadir - b.nadir) < 1e-8", "math.abs(b.nadir_t / a.nadir_t - 2) < 1e-3",
      "b.nadir < 0.005", "math.abs(a.coi_worst / b.coi_worst - 1) < 1e-9" } },

  { "How much is safe?",
    say = [[In Europe a deviation of 0.016 counts as the limit. The nadir is linear in ρ, so one
      number answers for all sizes: up to ρ_crit the grid is secure, whatever is lost.]],
    show = { layout = "v(bars(bus_nadir, limit=limit_now, title='worst nadir of a bus, limit'):3, "
      .. "table(secure, nadir, nadir_bus, nadir_t, limit_now, rho_crit, coi_worst):2)",
      small = "h(bars(bus_nadir, limit=limit_now, title='worst nadir, limit'), table(secure, nadir, "
        .. "limit_now, rho_crit, coi_worst))", runs = "r" },
    reveal = function()
      return string.format([[ρ_crit = %.2f p.u. Judged by the mean it would be %.0f, a number to be
        wary of.

          orrery examples/nadir_ieee145.lua
          orrery examples/nadir_gb.lua]], r.rho_crit, 0.5 * r.limit / r.coi_worst)
    end,
    check = { "r.secure == 1", "math.abs(r.rho_crit - 1.2128) < 1e-4",
      "math.abs(r.rho_crit - 0.5 * r.limit / r.nadir) < 1e-12", no_violation } },
}
