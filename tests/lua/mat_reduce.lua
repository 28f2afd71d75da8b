-- SPDX-License-Identifier: GPL-3.0-or-later
-- Sums, extremes, order and norms, against hand values and definitions.
local t = dofile(os.getenv("abs_srcdir") .. "/tests/lua/lib.lua")

local a = mat{ { 3, -1, 4 }, { 1, -5, 9 } }
t.same(a:sum(), 11)
t.matrix(a:sum(1), { { 4, -6, 13 } })
t.matrix(a:sum(2), { 6, 5 })
t.same(#a:sum(1), 3)
t.close(a:mean(), 11 / 6, 1e-15)
t.matrix(a:mean(1), { { 2, -3, 6.5 } })
t.matrix(a:mean(2), { 2, 5 / 3 }, 1e-15)
t.same(a:prod(), 540)
t.matrix(a:prod(2), { -12, -45 })
t.same(a:min(), -5)
t.same(a:max(), 9)
t.matrix(a:min(1), { { 1, -5, 4 } })
t.matrix(a:max(2), { 4, 9 })
t.matrix(a.T:max(1), { { 4, 9 } })
t.matrix(a:slice(1, 2, 2, 3):sum(2), { 3, 4 })

-- Divisor n - 1, and no loss of digits by a large mean.
t.close(mat{ 1, 2, 6 }:var(), 7, 1e-15)
t.close(mat{ 1, 2, 6 }:std(), math.sqrt(7), 1e-15)
t.close((mat{ 1, 2, 6 } + 1e9):var(), 7, 1e-12)
t.matrix(a:var(1), { { 2, 8, 12.5 } }, 1e-15)
t.same(mat{ 5 }:var(), 0)

-- Sums keep their digits: 10^6 times 0.1, pairwise.
t.close(mat.full(1000, 1000, 0.1):sum(), 1e5, 1e-15)

t.same(mat{ 3, -1, 4 }:argmin(), 2)
t.same(mat{ 3, 7, 7 }:argmax(), 2)
local i, j = a:argmax()
t.same(i, 2)
t.same(j, 3)
t.matrix(a:argmin(1), { { 2, 2, 1 } })
t.matrix(a:argmax(2), { 3, 3 })
t.same(select("#", mat{ 1, 2 }:argmax()), 1)
local nan = 0 / 0
t.same(mat{ 1, nan, 3 }:argmax(), 2)
assert(mat{ 1, nan, 3 }:max() ~= mat{ 1, nan, 3 }:max())
assert(mat{ 1, nan }:min() ~= mat{ 1, nan }:min())

t.matrix(a:cumsum(1), { { 3, -1, 4 }, { 4, -6, 13 } })
t.matrix(a:cumsum(2), { { 3, 2, 6 }, { 1, -4, 5 } })
t.matrix(a:cumsum(), a:cumsum(1))
t.matrix(mat{ 1, 2, 3 }:cumsum(), { 1, 3, 6 })
t.matrix(mat{ 1, 2, 3 }.T:cumsum(), { { 1, 3, 6 } })

t.same(mat{ 3, 1, 2 }:median(), 2)
t.same(mat{ 4, 1, 2, 9 }:median(), 3)
t.matrix(a:median(1), { { 2, -3, 6.5 } })
t.matrix(a:median(2), { 3, 1 })

local sorted, order = mat{ 3, 1, nan, 2, 1 }:sort()
t.matrix(sorted, { 1, 1, 2, 3, nan })
t.matrix(order, { 2, 5, 4, 1, 3 }) -- equal entries keep their order
sorted, order = mat{ 3, 1, 2 }:sort("down")
t.matrix(sorted, { 3, 2, 1 })
t.matrix(order, { 1, 3, 2 })
t.matrix(a:sort(1), { { 1, -5, 4 }, { 3, -1, 9 } })
t.matrix(a:sort(2, "down"), { { 4, 3, -1 }, { 9, 1, -5 } })
t.matrix(a, { { 3, -1, 4 }, { 1, -5, 9 } }) -- unchanged

t.same(mat{ 0, 0, 2 }:any(), true)
t.same(mat.zeros(3):any(), false)
t.same(mat{ 1, 0 }:all(), false)
t.same(a:all(), true)
t.same(a:any(function(x) return x < -4 end), true)
t.same(a:all(function(x) return x > -4 end), false)
t.same(a:count(function(x) return x > 0 end), 4)
t.same(mat{ 0, 3, 0 }:count(), 1)
local calls = 0
a:any(function() calls = calls + 1 return true end)
t.same(calls, 1) -- stops when decided
t.same(a:isfinite(), true)
t.same(mat{ 1, 1 / 0 }:isfinite(), false)

-- Norms: of a vector, of a matrix with known singular values 3, 2.
local v = mat{ 3, -4, 12 }
t.close(v:norm(), 13, 1e-15)
t.close(v:norm(2), 13, 1e-15)
t.same(v:norm(1), 19)
t.same(v:norm("inf"), 12)
t.same(v.T:norm(1), 19)
t.same(v.T:norm("inf"), 12)
t.close(v:norm("nuclear"), 13, 1e-15)
t.close(mat{ 3e200, 4e200 }:norm(), 5e200, 1e-15)
t.close(mat{ 3e-200, 4e-200 }:norm(), 5e-200, 1e-15)
local c, s = math.cos(0.731), math.sin(0.731)
local q = mat{ { c, -s }, { s, c } }
local m = q * mat.diag{ 3, 2 } * q.T * mat{ { 0, 1 }, { 1, 0 } }
t.close(m:norm(2), 3, 1e-14)
t.close(m:norm("nuclear"), 5, 1e-14)
t.close(m:norm("fro"), math.sqrt(13), 1e-14)
t.close(m:cond(), 1.5, 1e-14)
t.same(a:norm(1), 13)
t.same(a:norm("inf"), 15)
t.same(a:norm("max"), 9)
t.same(mat.zeros(2, 2):cond(), 1 / 0)

t.same(mat{ { 1, 7 }, { 2, 4 } }:trace(), 5)
t.same(mat{ { 1, 2 }, { 2, 4 } }:rank(), 1)
t.same(mat{ { 1, 2, 3 }, { 4, 5, 6 }, { 7, 8, 9 } }:rank(), 2)
t.same(mat.eye(4):rank(), 4)
t.same(mat.zeros(3, 2):rank(), 0)
t.same(mat.diag{ 1, 1e-3 }:rank(1e-2), 1)
