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

refused("graph.ring: argument 1 (n): expected a whole number from 1", graph.ring, 0)
refused("(did you mean 'iceland189'?)", graph.grid, "iceland198")
refused("graph.sbm: sizes[2] = 0", graph.sbm, { sizes = { 3, 0 }, Q = { { 1, 0 }, { 0, 1 } } })
refused("graph.sbm: Q(1, 2) = 2", graph.sbm, { sizes = { 3, 1 }, Q = { { 1, 2 }, { 2, 1 } } })
refused("not symmetric", graph.from, { { 2, -1, -1 }, { -1, 1, 0 }, { 1, 0, -1 } })
refused("no field or method 'spectrun'", function() return graph.ring(3).spectrun end)
assert(tostring(graph.ring(3)) == "graph: 3 nodes, 3 edges")
print("graph: ok")
