-- SPDX-License-Identifier: GPL-3.0-or-later
-- clusters_k.lua - three coherent groups, found from the Laplacian, become three nodes.
--
-- The experiment of "Learning Coherent Clusters in Weakly-Connected Network Systems",
-- arXiv:2211.15301: a block model of 20, 40 and 20 nodes, heavy inside (probability 0.8,
-- weight 20), thin between (0.1, weights 0.4 to 0.8). Weighted k-means on the spectral
-- embedding finds the groups in every draw; the refinement gives the weights between them;
-- the nodes follow their groups. The error of the reduced network falls as 1/n when the
-- network grows at fixed probabilities.
--
-- Prints the tables, saves the figure, and ends with status 1 when a figure is missed or a
-- claim violated.

local o = args{ "Three coherent groups: clustering, the reduced network, and its error against n.",
  { "seeds", 40, "draws that must be clustered without a mistake" },
  { "draws", 8, "draws the averages are over" },
  { "nodes", 160, "the error is followed up to so many nodes (320: a minute)" },
  { "figure", "clusters_k.svg", "where the figure goes (.svg, .pdf, .png, .txt, .gp); empty: none" } }

local failures = 0

local function check(what, ours, low, high)
  if not (ours >= low and ours <= high) then
    failures = failures + 1
    io.stderr:write(string.format("clusters_k: %s is %.10g, expected %.10g to %.10g\n", what, ours, low,
      high))
  end
end

local function claims_of(r)
  for _, v in ipairs(r:claims()) do
    if v.standing == "violated" then check("claim " .. v.name, 1, 0, 0) end
  end
end

local Q = { { 0.8, 0.1, 0.1 }, { 0.1, 0.8, 0.1 }, { 0.1, 0.1, 0.8 } }
local W = { { 20, 0.4, 0.8 }, { 0.4, 20, 0.7 }, { 0.8, 0.7, 20 } }

-- A draw with groups of n/4, n/2 and n/4 nodes.
local function draw(n, seed)
  local stream = rng(seed)
  return { L = graph.sbm{ sizes = { n // 4, n // 2, n // 4 }, Q = Q, W = W, seed = seed },
    m = 0.05 + 0.45 * stream:uniform(n), d = 0.2 + 0.3 * stream:uniform(n), t0 = 1, k = 3, Q = Q, W = W }
end

local function reduced(options) return run(dyn.reduce(options), { record = {} }) end

-- The full network takes the same options, and the groups for its colors.
local function full(options, r)
  return run(dyn.swing{ L = options.L, m = options.m, d = options.d, t0 = options.t0, group = r.labels },
    { record = {} })
end

local function misplaced(labels, n)
  local count = 0
  for i = 1, n do
    if labels[i] ~= (i <= n // 4 and 1 or i <= n - n // 4 and 2 or 3) then count = count + 1 end
  end
  return count
end

-- 'orrery dash examples/clusters_k.lua' shows one draw, live: nodes thin, groups thick.
do
  local options = draw(80, 3)
  local r = reduced(options)
  dash{ full(options, r), r, speed = 2, layout =
    "v(h(ensemble(y, group=group, over=responses, with=2, title='nodes and groups'):40,"
    .. " curve(omega, error_at, bound=bound_at, at=freq, run=2, title='error and its bound'):30,"
    .. " network(weights=true, run=2, title='reduced Laplacian'):20):12,"
    .. " h(network(title='nodes by group'):26, bars(lam, run=2, sort=none, title='spectrum of L'):20,"
    .. " table(lam_k, lam_next, defect, sv_min, dip, steady, error, bound_total, run=2):26,"
    .. " claims(run=2):30):11, console:3)" }
end

-- ------------------------------------------------------------------------- 80 nodes
-- First turning points of a list.
local function turns(list)
  local found = {}
  for i = 2, #list - 1 do
    if (list[i] - list[i - 1]) * (list[i + 1] - list[i]) < 0 then found[#found + 1] = i end
  end
  return found
end

local perfect = 0
for seed = 1, o.seeds do
  if misplaced(reduced(draw(80, seed)).labels, 80) == 0 then perfect = perfect + 1 end
end
print(string.format("groups of 20, 40 and 20 nodes: %d of %d draws clustered without a mistake", perfect,
  o.seeds))
check("draws clustered without a mistake", perfect, o.seeds, o.seeds)

local curves, mean = {}, { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }
for seed = 1, o.draws do
  local options = draw(80, seed)
  local r = reduced(options)
  local f, y, apart = full(options, r), {}, 0
  local labels, t = r.labels, {}
  if seed == 1 then
    for i = 1, 80 do curves[i] = { x = t, y = {}, role = "ghost", colour = math.tointeger(labels[i]) } end
    for a = 1, 3 do curves[80 + a] = { x = t, y = {}, colour = a, name = "group " .. a } end
  end
  for step = 1, 600 do
    r:step()
    f:step()
    y[step] = r.y[1][1]
    local z, own = f.y, r.y
    for i = 21, 80 do apart = math.max(apart, math.abs(z[i][1] - own[labels[i]][1])) end
    if seed == 1 and step % 2 == 0 then
      t[#t + 1] = r.t
      for i = 1, 80 do curves[i].y[#t] = 60 + z[i][1] end
      for a = 1, 3 do curves[80 + a].y[#t] = 60 + own[a][1] end
    end
  end
  local at = turns(y)
  local Lk = r.Lk
  local row = { r.lam2, r.lam_k, r.lam_next, -Lk[1][2], -Lk[1][3], -Lk[2][3], y[at[1]], at[1] / 100 - 1,
    y[at[2]], at[2] / 100 - 1, apart, r.sup_band, r.sup_rank }
  for i, v in ipairs(row) do mean[i] = mean[i] + v / o.draws end
  check("settling", r.steady, -0.038, -0.0335)
  check("assumption 3, n_max/n_min", r.rho, 2, 2)
  check("assumption 4, its margin", r.block_margin, 15.4 - 1e-12, 15.4 + 1e-12)
  claims_of(r)
  claims_of(f)
end
print("\naverages of " .. o.draws .. " draws, step of -1 at node 2 after 1 s; mean graph beside them")
for i, row in ipairs{ { "lambda2", 3.5, 4.6, "3.91511" }, { "lambda3", 5.6, 6.9, "5.88489" },
  { "lambda4", 190, 235, "323.2" }, { "weight of groups 1, 2", 28, 38, "32" },
  { "weight of groups 1, 3", 28, 38, "32" }, { "weight of groups 2, 3", 52, 66, "56" },
  { "dip of the disturbed group", -0.0445, -0.0400, "" }, { "  s after the step", 0.36, 0.44, "" },
  { "its rebound", -0.014, -0.007, "" }, { "  s after the step", 1.00, 1.18, "" },
  { "others from their group", 0, 0.008, "" },
  { "sup ||T - That||, |w| <= 1", 0.0038, 0.0065, "" },
  { "sup ||T - T_3||, |w| <= 1", 0.0036, 0.0063, "" } } do
  print(string.format("  %-28s %10.4f   %s", row[1], mean[i], row[4]))
  check(row[1], mean[i], row[2], row[3])
end

-- ------------------------------------------------------------------- the error against n
print("\nerror against n, means of 3 draws")
print(string.format("%6s %22s %10s %10s", "n", "sup ||T - That||", "fall", "defect"))
local before
for _, row in ipairs{ { 40, 0.0127, 0.0136 }, { 80, 0.0051, 0.0105 }, { 160, 0.0023, 0.0070 },
  { 320, 0.00096, 0.0048 } } do
  if row[1] <= o.nodes then
    local sup, defect = 0, 0
    for seed = 1, 3 do
      local r = reduced(draw(row[1], seed))
      sup, defect = sup + r.sup_band / 3, defect + r.defect / 3
    end
    print(string.format("%6d %22.5f %10s %10.4f", row[1], sup,
      before and string.format("%.2f", before / sup) or "", defect))
    check("error at n = " .. row[1], sup / row[2], 0.7, 1.4)
    check("defect at n = " .. row[1], defect / row[3], 0.7, 1.4)
    if before then check("fall to n = " .. row[1], before / sup, 1.6, 3.3) end
    before = sup
  end
end

if o.figure ~= "" then
  plot(curves, { xlabel = "t, s", ylabel = "60 + y, Hz", title = "eighty nodes in three groups",
    ymin = 59.90, ymax = 60.02 }):save(o.figure, { width = 150, height = 95 })
  print("\nfigure: " .. o.figure)
end
if failures > 0 then
  print(failures .. " checks failed")
  os.exit(1, true)
end
print("every figure is as published and computed")
