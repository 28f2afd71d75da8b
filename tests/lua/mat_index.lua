-- SPDX-License-Identifier: GPL-3.0-or-later
-- Positions, views and assignment into them.
local t = dofile(os.getenv("abs_srcdir") .. "/tests/lua/lib.lua")

local function fresh() return mat{ { 1, 2, 3 }, { 4, 5, 6 }, { 7, 8, 9 }, { 10, 11, 12 } } end
local a = fresh()

t.same(a.rows, 4)
t.same(a.cols, 3)
t.same(#a, 4)
t.same(a[1][1], 1)
t.same(a[-1][-1], 12)
t.same(a[-4][-3], 1)
t.same(a:get(2, 3), 6)
t.same(a:get(-1, 1), 10)
t.matrix(a[2], { { 4, 5, 6 } })
t.same(#a[2], 3)
t.matrix(a:row(-1), { { 10, 11, 12 } })
t.matrix(a:col(2), { 2, 5, 8, 11 })
t.same(#a:col(2), 4)
t.matrix(a.T, { { 1, 4, 7, 10 }, { 2, 5, 8, 11 }, { 3, 6, 9, 12 } })
t.matrix(a:t():t(), a)
t.matrix(a:slice(2, 3, 2, 3), { { 5, 6 }, { 8, 9 } })
t.matrix(a:slice(2, 3), { { 4, 5, 6 }, { 7, 8, 9 } })
t.matrix(a:slice(nil, nil, -1, -1), { { 3 }, { 6 }, { 9 }, { 12 } })
t.matrix(a:slice(-2, -1, 1, 1), { { 7 }, { 10 } })
t.matrix(a:block(2, 1, 2, 2), { { 4, 5 }, { 7, 8 } })
t.matrix(a:block(-1, -2, 1, 2), { { 11, 12 } })
t.matrix(a:diag(), { 1, 5, 9 })
t.matrix(mat.range(1, 5):slice(2, -2), { 2, 3, 4 })
t.matrix(mat.range(1, 5).T:slice(2, 3), { { 2, 3 } })
t.same(#mat.range(1, 5).T, 5)
t.same(mat.range(1, 5).T[4], 4)

-- Views show the matrix, copies do not.
a:row(1):assign{ -1, -2, -3 }
t.matrix(a[1], { { -1, -2, -3 } })
a:col(3):assign(0)
t.matrix(a:col(3), { 0, 0, 0, 0 })
a.T[1][2] = 44
t.same(a[2][1], 44)
a:slice(2, 3, 1, 2):assign{ { 1, 2 }, { 3, 4 } }
t.matrix(a, { { -1, -2, 0 }, { 1, 2, 0 }, { 3, 4, 0 }, { 10, 11, 0 } })
a:block(3, 2, 2, 2).T:assign{ { 5, 6 }, { 7, 8 } }
t.matrix(a, { { -1, -2, 0 }, { 1, 2, 0 }, { 3, 5, 7 }, { 10, 6, 8 } })
a:diag():assign(mat.ones(3))
t.matrix(a:slice(1, 3), { { 1, -2, 0 }, { 1, 1, 0 }, { 3, 5, 1 } })
local copy = a:copy()
copy:fill(0)
t.same(a[1][1], 1)
a:row(2):slice(1, 2).T:assign{ 21, 22 } -- view of a view of a view
t.matrix(a[2], { { 21, 22, 0 } })

-- Assignment of rows, entries, numbers; overlapping parts are read before they are written.
a = fresh()
a[1] = { 9, 8, 7 }
a[2] = a[1]
a[3] = 0
a[-1] = mat{ 1, 2, 3 }
t.matrix(a, { { 9, 8, 7 }, { 9, 8, 7 }, { 0, 0, 0 }, { 1, 2, 3 } })
t.same(a:set(3, -1, 5), a)
t.same(a[3][3], 5)
local v = mat.range(1, 5)
v:slice(2, 5):assign(v:slice(1, 4))
t.matrix(v, { 1, 1, 2, 3, 4 })
local s = mat{ { 1, 2 }, { 3, 4 } }
s:assign(s.T)
t.matrix(s, { { 1, 3 }, { 2, 4 } })

-- reshape: a view when the numbers lie in order, else a copy.
v = mat.range(1, 6)
local m = v:reshape(2, 3)
m[2][1] = 40
t.same(v[4], 40)
t.matrix(m.T:reshape(6), { 1, 40, 2, 5, 3, 6 })
m.T:reshape(6)[1] = 77
t.same(m[1][1], 1)
t.same(#m:reshape(6), 6)

-- A view keeps its matrix alive.
local row
do
  local big = mat.full(200, 200, 0.731)
  row = big:row(7):slice(3, 4)
end
collectgarbage()
collectgarbage()
for _ = 1, 50 do local _ = mat.zeros(200, 200) end
t.matrix(row, { { 0.731, 0.731 } })

-- Picking copies.
a = fresh()
t.matrix(a:pick{ 4, 1, 1 }, { { 10, 11, 12 }, { 1, 2, 3 }, { 1, 2, 3 } })
t.matrix(a:pick({ -1, 1 }, 2), { { 3, 1 }, { 6, 4 }, { 9, 7 }, { 12, 10 } })
t.matrix(mat{ 5, 6, 7 }:pick{ 3, 2 }, { 7, 6 })
a:pick{ 1 }[1][1] = 99
t.same(a[1][1], 1)
t.matrix(mat(a:totable()), a)
t.matrix(mat(a:col(2):totable()), { 2, 5, 8, 11 })

-- Iterating: pairs and ipairs run over entries or rows and end by themselves.
local sum, count = 0, 0
for i, x in ipairs(mat{ 2, 3, 4 }) do sum = sum + i * x end
t.same(sum, 2 + 6 + 12)
for i, r in pairs(a) do
  count = count + 1
  t.same(r[1], a[i][1])
end
t.same(count, 4)
t.same(select("#", table.unpack(mat{ 1, 2, 3 })), 3)

-- Fields that do not exist, positions outside.
t.fails(function() return a[0] end, "matrix: row 0 is outside 1 to 4 (or -4 to -1 from the end)")
t.fails(function() return a[5] end, "matrix: row 5 is outside 1 to 4")
t.fails(function() return a[-5] end, "matrix: row -5 is outside 1 to 4")
t.fails(function() return a[2][4] end, "vector: position 4 is outside 1 to 3 (or -3 to -1 from the end)")
t.fails(function() return a[1.5] end, "expected a whole number as position, got 1.5")
t.fails(function() return a[math.mininteger] end, "is outside 1 to 4")
t.fails(function() return a.colls end, "mat: no field or method 'colls' (did you mean 'cols'?)")
t.fails(function() return a.qwertyuiop end, "mat: no field or method 'qwertyuiop'")
t.fails(function() return a[{}] end, "expected a whole number or a name")
t.fails(function() a.rows = 3 end, "mat: 'rows' cannot be assigned")
t.fails(function() a[1] = { 1, 2 } end, "A[i] =: a row vector of 3 cannot take a vector of 2")
t.fails(function() a[1][1] = "x" end, "v[i] =: expected a number, got 'x'")
t.fails(function() a:get(1, 4) end, "mat:get: column 4 is outside 1 to 3")
t.fails(function() a:slice(3, 2) end, "mat:slice: first row 3 is behind last row 2")
t.fails(function() mat{ 1, 2 }:slice(1, 2, 1) end, "mat:slice: a vector has only one dimension")
t.fails(function() a:block(3, 1, 3, 1) end, "mat:block: argument 3 (rows): expected a whole number from 1 to 2, got 3")
t.fails(function() a:reshape(5, 2) end, "mat:reshape: a 4 x 3 matrix holds 12 numbers, 5 x 2 needs 10")
t.fails(function() a:pick{ 5 } end, "mat:pick: row 5 is outside 1 to 4")
t.fails(function() a:diag().diag(mat{ 1 }) end, "mat:diag: reads the diagonal of a matrix")
