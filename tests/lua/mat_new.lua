-- SPDX-License-Identifier: GPL-3.0-or-later
-- Making matrices: sizes, values, vectors or not, and lists of every shape.
local t = dofile(os.getenv("abs_srcdir") .. "/tests/lua/lib.lua")

t.matrix(mat.zeros(2, 3), { { 0, 0, 0 }, { 0, 0, 0 } })
t.matrix(mat.ones(2), { 1, 1 })
t.matrix(mat.full(2, 2, 0.731), { { 0.731, 0.731 }, { 0.731, 0.731 } })
t.matrix(mat.full(3, nil, 2), { 2, 2, 2 })
t.matrix(mat.eye(2, 3), { { 1, 0, 0 }, { 0, 1, 0 } })
t.matrix(mat.eye(2), { { 1, 0 }, { 0, 1 } })
t.matrix(mat.diag{ 2, -3 }, { { 2, 0 }, { 0, -3 } })
t.matrix(mat.diag(mat{ { 2, -3 } }), { { 2, 0 }, { 0, -3 } })
t.matrix(mat.from(2, 3, function(i, j) return 10 * i + j end), { { 11, 12, 13 }, { 21, 22, 23 } })
t.matrix(mat(2, 2, function(i, j) return i - j end), { { 0, -1 }, { 1, 0 } })

-- A flat list is a vector; # counts its entries, that of a matrix its rows.
t.same(#mat{ 5, 6, 7 }, 3)
t.same(mat{ 5, 6, 7 }[2], 6)
t.same(mat{ 5, 6, 7 }.cols, 1)
t.same(#mat{ { 5, 6, 7 } }, 1)
t.same(mat{ { 5, 6, 7 } }[1][3], 7)
t.matrix(mat{ mat{ 1, 2 }, mat{ 3, 4 } }, { { 1, 2 }, { 3, 4 } })

-- mat(matrix) copies.
local a = mat.eye(2)
local b = mat(a)
b[1][1] = 9
t.same(a[1][1], 1)
t.same(b[1][1], 9)
t.same(mat(mat{ 1, 2 })[2], 2)

-- Ranges: ends included when a step falls on them, in spite of rounding.
t.matrix(mat.range(1, 4), { 1, 2, 3, 4 })
t.same(#mat.range(0, 1, 0.1), 11)
t.close(mat.range(0, 1, 0.1)[-1], 1, 1e-15)
t.same(#mat.range(0, 0.95, 0.1), 10)
t.matrix(mat.range(2, -1, -1.5), { 2, 0.5, -1 })
t.same(#mat.range(3, 3), 1)
t.matrix(mat.linspace(-1, 1, 5), { -1, -0.5, 0, 0.5, 1 })
t.same(mat.linspace(0.1, 0.7, 7)[-1], 0.7)
t.matrix(mat.logspace(1e-3, 1, 4), { 1e-3, 1e-2, 1e-1, 1 }, 1e-16)
t.same(mat.logspace(0.3, 0.731, 9)[1], 0.3)
t.same(mat.logspace(0.3, 0.731, 9)[-1], 0.731)

-- Joining.
t.matrix(mat.hcat(mat.eye(2), { 5, 6 }), { { 1, 0, 5 }, { 0, 1, 6 } })
t.matrix(mat.vcat(mat.eye(2), { { 5, 6 } }), { { 1, 0 }, { 0, 1 }, { 5, 6 } })
t.same(#mat.vcat(mat{ 1, 2 }, mat{ 3 }), 3)
t.same(mat.vcat(mat{ 1, 2 }, mat{ 3 })[3], 3)
t.matrix(mat.hcat(mat{ { 1, 2 }, { 3, 4 } }.T, mat.zeros(2, 1)), { { 1, 3, 0 }, { 2, 4, 0 } })

-- An error inside the user's function passes through and names their line.
t.fails(function() mat.from(2, 2, function() error("mine") end) end, "mine")

-- 10^5 temporaries beside a live matrix of 8 MB: memory stays under twice what is alive.
local live = mat.zeros(1000, 1000)
collectgarbage()
local base, most = collectgarbage("count"), 0
for i = 1, 100000 do
  local x = mat.zeros(20 + i % 20, 10)
  if i % 50 == 0 then most = math.max(most, collectgarbage("count")) end
end
assert(live[1][1] == 0)
assert(most < 2 * base, string.format("%.0f kB at most, %.0f kB alive", most, base))
most = 0
for _ = 1, 400 do
  local x = mat.zeros(250, 250) -- 500 kB each
  most = math.max(most, collectgarbage("count"))
end
assert(most < 2 * base, string.format("%.0f kB at most, %.0f kB alive", most, base))
