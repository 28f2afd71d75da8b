-- SPDX-License-Identifier: GPL-3.0-or-later
-- graph.lua - graphs at the prompt: builders, spectra, groups, files, grids, refusals.

local function near(a, b, tol) assert(math.abs(a - b) <= (tol or 1e-12) * (1 + math.abs(b)), a .. " is not " .. b) end

local function refused(text, f, ...)
  local ok, message = pcall(f, ...)
  assert(not ok, "should have been refused: " .. text)
  assert(message:find(text, 1, true), message)
end

local L = graph.path(3, 2):laplacian()
assert(L[1][1] == 2 and L[2][2] == 4 and L[1][2] == -2 and L[1][3] == 0)
local w = graph.ring(6):spectrum()
for k, x in ipairs{ 0, 1, 1, 3, 3, 4 } do near(w[k], x) end
assert(graph.lattice(3, 4).edge_count == 17 and graph.lattice(3, 4).xy.rows == 12)
assert(graph.star(5):degrees()[1] == 4)

local labels, count = graph.from{ { 1, 2 }, { 4, 3 } }:components()
assert(count == 2 and labels[1] == 1 and labels[4] == 2)

local g = graph.sbm{ sizes = { 3, 4 }, Q = { { 1, 0 }, { 0, 1 } }, W = { { 2, 1 }, { 1, 3 } }, seed = 5 }
assert(g.n == 7 and g.edge_count == 3 + 6 and g.group[3] == 1 and g.group[4] == 2)
assert(g.weight == 3 * 2 + 6 * 3)
local a = graph.random{ n = 30, p = 0.2, seed = 9 }
assert(a:edges() == graph.random{ n = 30, p = 0.2, seed = 9 }:edges())
assert(a:edges() ~= graph.random{ n = 30, p = 0.2, seed = 10 }:edges())
near(a:scaled(2.5).weight, 2.5 * a.weight)

local file = os.tmpname() .. ".csv"
mat.save(a:edges(), file)
assert(graph.load(file):edges() == a:edges())
os.remove(file)

local grid = graph.grid("ieee68")
assert(grid.n == 16 and grid.f0 == 60 and grid.bus.rows == 16)
near(grid:spectrum()[2], 5.26170967, 1e-8)
near(grid.m:sum(), 3960.2, 1e-9)
near(graph.grid("ieee68", { internal = true }):spectrum()[2], 4.6240078, 1e-8)
near(graph.grid("ieee68", { mode = "dc" }):spectrum()[2], 5.11301654, 1e-8)

-- The bottom of the spectrum, sparse and dense; groups.
local lam, V = graph.path(1000):eigs(3)
for k = 1, 3 do near(lam[k], 2 - 2 * math.cos(math.pi * (k - 1) / 1000), 1e-12) end
assert(V.rows == 1000 and V.cols == 3 and lam[1] == 0 and V[7][1] == 1 / math.sqrt(1000))
local blocks = graph.sbm{ sizes = { 300, 500, 200 }, shuffle = true, seed = 4,
  Q = { { .1, .002, .002 }, { .002, .1, .002 }, { .002, .002, .1 } } }
local c = graph.cluster(blocks)
assert(c.k == 3 and c.method == "bach-jordan" and c.misclustered == 0 and c.restart >= 1)
assert(c.labels[1] == 1 and c.sizes:sum() == 1000 and c.squares > 0)
local live = run(dyn.cluster{ L = blocks, seed = 1 }):step(400)
assert(live.done == 1 and live.misclustered == 0 and live.best_squares == c.squares)
assert(live.group == c.labels and live.best_restart == c.restart)
for _, v in ipairs(live:claims()) do assert(v.verdict ~= "violated") end
local k, gaps = blocks:gaps()
assert(k == 3 and gaps.rows == 11 and gaps[2][1] == 3 and gaps[2][3] > 3)
local split = graph.cluster(graph.grid("ieee68"), { k = 2 })
assert(split.method == "sign" and split.restart == 0 and split.misclustered == nil)
for i = 1, 16 do assert(split.labels[i] == (i <= 9 and 1 or 2)) end
local areas = graph.cluster(graph.grid("ieee68"), { k = 5, method = "inertia", m = graph.grid("ieee68").m })
for i, a in ipairs{ 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 4, 5 } do assert(areas.labels[i] == a) end
local three = graph.cluster(graph.grid("ieee68"), { k = 3 })
for i, a in ipairs{ 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3 } do assert(three.labels[i] == a) end
refused("graph.cluster: method = \"signs\"", graph.cluster, blocks, { method = "signs" })
refused("graph.cluster: k = 3: the method \"sign\" makes 2 groups", graph.cluster, blocks, { method = "sign", k = 3 })
refused("graph.cluster: m is 2 x 1 (must hold 1000 numbers)", graph.cluster, blocks, { method = "inertia", m = { 1, 2 } })
refused("node 3 is isolated", graph.cluster, graph.from{ { 1, 2 }, { 3, 3 } }, { k = 2, method = "rows" })
refused("graph:eigs: argument 1 (k)", blocks.eigs, blocks, 0)

refused("graph.ring: argument 1 (n): expected a whole number from 1", graph.ring, 0)
refused("(did you mean 'iceland189'?)", graph.grid, "iceland198")
refused("graph.sbm: sizes[2] = 0", graph.sbm, { sizes = { 3, 0 }, Q = { { 1, 0 }, { 0, 1 } } })
refused("graph.sbm: Q(1, 2) = 2", graph.sbm, { sizes = { 3, 1 }, Q = { { 1, 2 }, { 2, 1 } } })
refused("not symmetric", graph.from, { { 2, -1, -1 }, { -1, 1, 0 }, { 1, 0, -1 } })
refused("no field or method 'spectrun'", function() return graph.ring(3).spectrun end)
assert(tostring(graph.ring(3)) == "graph: 3 nodes, 3 edges")
print("graph: ok")
