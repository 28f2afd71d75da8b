-- SPDX-License-Identifier: GPL-3.0-or-later
-- clusters_two.lua - two coherent groups are found by a sign, and answer as two nodes.
--
-- The experiments of "Spectral clustering and model reduction for weakly-connected coherent
-- network systems", arXiv:2209.13701. First random communities of 30 and 20 nodes with
-- turbines, edges inside with probability p (weight 5), between with 0.1 (weight 0.5): the
-- signs of v_2 tell the communities in every draw; the network with two nodes, joined by the
-- weight lambda_2 n_a n_b/n, passes through the middle of the responses, nearer for larger p.
-- Then the sixteen machines of the IEEE 68-bus system: New England against the rest. The
-- probabilistic limits of the publication say nothing yet at this size.
--
-- Prints the tables, saves the figure, and ends with status 1 when a figure is missed or a
-- claim violated.

local o = args{ "Two coherent groups: clustering by sign, and the reduced network.",
  { "seeds", 40, "draws that must be clustered without a mistake" },
  { "draws", 10, "draws the averages are over" },
  { "figure", "clusters_two.svg", "where the figure goes (.svg, .pdf, .png, .txt, .gp); empty: none" } }

local failures = 0

local function check(what, ours, low, high)
  if not (ours >= low and ours <= high) then
    failures = failures + 1
    io.stderr:write(string.format("clusters_two: %s is %.10g, expected %.10g to %.10g\n", what, ours, low,
      high))
  end
end

local function claims_of(r)
  for _, v in ipairs(r:claims()) do
    if v.standing == "violated" then check("claim " .. v.name, 1, 0, 0) end
  end
end

-- ----------------------------------------------------------------- communities at random
local sizes, wp, wq = { 30, 20 }, 5, 0.5

local function draw(p, seed)
  local stream, n = rng(seed), 50
  local Q, W = { { p, 0.1 }, { 0.1, p } }, { { wp, wq }, { wq, wp } }
  local m, d = 0.05 + 0.45 * stream:uniform(n), 0.2 + 0.3 * stream:uniform(n)
  local r, tau = 5 + 5 * stream:uniform(n), 2 + 8 * stream:uniform(n)
  return { L = graph.sbm{ sizes = sizes, Q = Q, W = W, seed = seed }, m = m, d = d,
    rinv = r:map(function(x) return 1 / x end), tau = tau, t0 = 1, k = 2, Q = Q, W = W }
end

local function reduced(options) return run(dyn.reduce(options), { record = {} }) end

-- The full network takes the same options, and the groups for its colors.
local function full(options, r)
  local own = {}
  for k, v in pairs(options) do own[k] = v end
  own.k, own.Q, own.W, own.clustering, own.group = nil, nil, nil, nil, r.labels
  return run(dyn.swing(own), { record = {} })
end

local function misplaced(labels)
  local count = 0
  for i = 1, 50 do if labels[i] ~= (i <= 30 and 1 or 2) then count = count + 1 end end
  return count
end

-- 'orrery dash examples/clusters_two.lua' shows one draw, live: nodes thin, groups thick.
do
  local options = draw(0.6, 1)
  local r = reduced(options)
  dash{ full(options, r), r, speed = 2, layout =
    "v(h(ensemble(y, group=group, over=responses, with=2, title='nodes and groups'):40,"
    .. " curve(omega, error_at, bound=bound_at, at=freq, run=2, title='error and its bound'):30,"
    .. " network(weights=true, run=2, title='reduced Laplacian'):20):12,"
    .. " h(network(title='nodes by group'):26, bars(lam, run=2, sort=none, title='spectrum of L'):20,"
    .. " table(lam_k, lam_next, defect, sv_min, dip, steady, error, bound_total, run=2):26,"
    .. " claims(run=2):30):11, console:3)" }
end

-- Nodes but the disturbed one against the curve of their group, frame by frame.
local function compare(options, steps, each)
  local r = reduced(options)
  local f = full(options, r)
  local labels, gap, squares, count = r.labels, 0, 0, 0
  for _ = 1, steps do
    r:step()
    f:step()
    local y, z = f.y, r.y
    for i = 1, #labels do
      if i ~= 2 then
        local e = y[i][1] - z[labels[i]][1]
        gap, squares, count = math.max(gap, math.abs(e)), squares + e * e, count + 1
      end
    end
    if each then each(f, r) end
  end
  return r, f, gap, math.sqrt(squares / count)
end

print("communities of 30 and 20 nodes, step of -1 at node 2 after 1 s; averages of " .. o.draws)
print(string.format("%5s %8s %8s %8s %8s %8s %8s %8s %9s %10s", "p", "perfect", "lam2", "lam3", "weight",
  "y(10)", "gap", "rms", "sup error", "mean lam3"))
for _, row in ipairs{
  { p = 0.6, lam3 = { 30, 42 }, gap = { 0.024, 0.046 }, rms = { 0.0024, 0.0044 }, sup = { 0.018, 0.042 },
    mean3 = 61.5 },
  { p = 0.9, lam3 = { 64, 78 }, gap = { 0.016, 0.030 }, rms = { 0.0016, 0.0031 }, sup = { 0.010, 0.022 },
    mean3 = 91.5 } } do
  local perfect = 0
  for seed = 1, o.seeds do
    if misplaced(reduced(draw(row.p, seed)).labels) == 0 then perfect = perfect + 1 end
  end
  check("draws clustered without a mistake, p = " .. row.p, perfect, o.seeds, o.seeds)
  local lam2, lam3, weight, last, gap, rms, sup = 0, 0, 0, 0, 0, 0, 0
  for seed = 1, o.draws do
    local r, f, g, q = compare(draw(row.p, seed), 1000)
    local share = 1 / o.draws
    lam2, lam3, weight = lam2 + share * r.lam2, lam3 + share * r.lam_next, weight - share * r.Lk[1][2]
    last, gap, rms, sup = last + share * r.y[1][1], gap + share * g, rms + share * q, sup + share * r.sup_band
    check("weight against the closed form", -r.Lk[1][2] / (r.lam2 * 30 * 20 / 50), 1 - 1e-12, 1 + 1e-12)
    claims_of(r)
    claims_of(f)
  end
  print(string.format("%5g %5d/%-2d %8.2f %8.1f %8.1f %8.4f %8.4f %8.4f %9.4f %10g", row.p, perfect, o.seeds,
    lam2, lam3, weight, last, gap, rms, sup, row.mean3))
  check("lam2, p = " .. row.p, lam2, 1.9, 2.8)
  check("lam3, p = " .. row.p, lam3, row.lam3[1], row.lam3[2])
  check("weight, p = " .. row.p, weight, 23, 33)
  check("y at 10 s, p = " .. row.p, last, -0.0465, -0.0410)
  check("largest gap, p = " .. row.p, gap, row.gap[1], row.gap[2])
  check("rms, p = " .. row.p, rms, row.rms[1], row.rms[2])
  check("supremum of the error, p = " .. row.p, sup, row.sup[1], row.sup[2])
end

-- ------------------------------------------------------------------- what is known before
local r = reduced(draw(0.6, 1))
print("\nlimits that hold with probability 0.95, one draw with p = 0.6")
local function vacuous(limit, says) return says and string.format("%.4g", limit) or
  string.format("%.4g (vacuous)", limit) end
print(string.format("  ||L - EL||   %8.4g   limit %s", r.mean_gap,
  vacuous(r.mean_gap_limit, r.weight_sum >= r.weight_needed)))
print(string.format("  lambda3      %8.4g   limit %s", r.lam3, vacuous(r.lam3_limit, r.lam3_limit > 0)))
print(string.format("  sin(v2, Ev2) %8.4g   limit %s", r.sine, vacuous(r.sine_limit, r.sine_limit < 1)))
check("the limit of the sine says nothing", r.sine_limit, 1, 100)
check("the limit of lambda3 says nothing", r.lam3_limit, -1e6, 0)

-- ----------------------------------------------------------------- IEEE 68 bus, 16 machines
local options = dyn.machines(graph.grid("ieee68"))
options.d, options.rinv, options.tau, options.bus = { 0.6 }, nil, nil, nil
options.t0, options.k, options.frame = 1, 2, 0.005
local curves, t, when, mean = {}, {}, {}, {}
for i = 1, 16 do curves[i] = { x = t, y = {}, role = "ghost", colour = i <= 9 and 1 or 2 } end
for a = 1, 2 do
  curves[16 + a] = { x = t, y = {}, colour = a, name = a == 1 and "machines 1-9" or "machines 10-16" }
end
local ieee, whole = compare(options, 1200, function(f, z)
  when[#when + 1], mean[#mean + 1] = z.t, z.y[1][1]
  if f.k % 4 ~= 0 then return end
  t[#t + 1] = f.t
  for i = 1, 16 do curves[i].y[#t] = 60 + f.y[i][1] end
  for a = 1, 2 do curves[16 + a].y[#t] = 60 + z.y[a][1] end
end)

-- The first turning point of the disturbed group, and the one after it.
local function turns(list)
  local found = {}
  for i = 2, #list - 1 do
    if (list[i] - list[i - 1]) * (list[i + 1] - list[i]) < 0 then found[#found + 1] = i end
  end
  return found
end
local at = turns(mean)
local dip, back = at[1], at[2]
print("\nIEEE 68-bus, 16 machines, step of -1 at machine 2 after 1 s")
local labels = {}
for i = 1, 16 do labels[i] = string.format("%d", ieee.labels[i]) end
print("  groups by sign of v2   " .. table.concat(labels))
print(string.format("  lambda2, lambda3       %.8f, %.7f", ieee.lam2, ieee.lam_next))
print(string.format("  weight, inertias       %.4f, %.6f and %.6f", -ieee.Lk[1][2], ieee.inertias[1],
  ieee.inertias[2]))
print(string.format("  dip of the group       %.5f at %.3f s after the step (60 + y: %.3f; published 59.893)",
  mean[dip], when[dip] - 1, 60 + mean[dip]))
print(string.format("  rebound                %.5f at %.3f s (%.3f; published 59.965)", mean[back],
  when[back] - 1, 60 + mean[back]))
print(string.format("  settling               %.4f (%.3f; published 59.895)", ieee.steady, 60 + ieee.steady))
check("groups", table.concat(labels) == "1111111112222222" and 1 or 0, 1, 1)
check("lambda2", ieee.lam2, 5.26170966, 5.26170968)
check("lambda3", ieee.lam_next, 11.7622272, 11.7622274)
check("weight", -ieee.Lk[1][2], 20.71795, 20.71805)
check("inertia of the first group", ieee.inertias[1], 1.4992395, 1.4992405)
check("inertia of the second group", ieee.inertias[2], 9.0055165, 9.0055175)
check("dip", mean[dip], -0.099915, -0.099905)
check("its time", when[dip] - 1, 0.325, 0.335)
check("rebound", mean[back], -0.026705, -0.026695)
check("its time", when[back] - 1, 1.03, 1.04)
check("settling", ieee.steady, -0.10425, -0.10415)
claims_of(ieee)
claims_of(whole)

if o.figure ~= "" then
  plot(curves, { xlabel = "t, s", ylabel = "60 + y, Hz",
    title = "IEEE 68-bus: sixteen machines, two groups" }):save(o.figure, { width = 150, height = 95 })
  print("\nfigure: " .. o.figure)
end
if failures > 0 then
  print(failures .. " checks failed")
  os.exit(1, true)
end
print("every figure is as published and computed")
