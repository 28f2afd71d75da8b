-- SPDX-License-Identifier: GPL-3.0-or-later
-- Streams: the same seed the same numbers, moments, ranges, permutations, children.
local t = dofile(os.getenv("abs_srcdir") .. "/tests/lua/lib.lua")

-- One seed, one sequence; shape does not change it.
local a, b = rng(7), rng(7)
local v, m = a:normal(6), b:normal(2, 3)
t.matrix(m:reshape(6), v)
t.same(rng(7):normal(), v[1])
t.same(rng(7):normal() == rng(8):normal(), false)
t.same(rng(7, 1):normal() == rng(7):normal(), false)
t.same(#a:normal(3), 3)
t.same(a:normal(3, 1).cols, 1)
t.same(tostring(rng(7)), "stream of rng(7)")

-- xoshiro256++ seeded by splitmix64(0): its first output is 5987356902031041503 of 2^64.
t.same(rng(0):uniform(), (5987356902031041503 >> 11) * 2.0 ^ -53)

-- Moments, at 4 standard errors of the estimates.
local n = 40000
local x = rng(1):normal(n)
t.close(x:mean(), 0, 4 / math.sqrt(n))
t.close(x:var(), 1, 4 * math.sqrt(2 / n))
t.close(x:pow(4):mean(), 3, 4 * math.sqrt(96 / n) / 3)
x = rng(2):normal(n, nil, 5, 0.1)
t.close(x:mean(), 5, 4 * 0.1 / math.sqrt(n) / 5)
t.close(x:std(), 0.1, 4 / math.sqrt(2 * n))
local u = rng(3):uniform(n)
assert(u:min() >= 0 and u:max() < 1)
t.close(u:mean(), 0.5, 8 / math.sqrt(12 * n))
u = rng(3):uniform(n, nil, -2, 3)
assert(u:min() >= -2 and u:max() < 3 and u:min() < -1.99 and u:max() > 2.99)
local one = rng(3):uniform(nil, nil, -2, 3)
assert(one >= -2 and one < 3)

-- Whole numbers: ends included, all about equally often (chi-square, 5 degrees: 20.5 at 0.1 %).
local counts, draws = { 0, 0, 0, 0, 0, 0 }, 6000
for _, k in ipairs(rng(4):int(1, 6, draws)) do counts[k // 1 | 0] = counts[k // 1 | 0] + 1 end
local chi = 0
for k = 1, 6 do chi = chi + (counts[k] - draws / 6) ^ 2 / (draws / 6) end
assert(chi < 20.5, "chi-square " .. chi)
t.same(math.type(rng(4):int(-5, -5)), "integer")
t.same(rng(4):int(-5, -5), -5)

-- Permutations: every number once; the six of three about equally often.
local p = rng(5):permutation(100)
t.matrix(p:sort(), mat.range(1, 100))
local g, seen = rng(6), {}
for _ = 1, 6000 do
  local q = g:permutation(3)
  local key = q[1] * 100 + q[2] * 10 + q[3]
  seen[key] = (seen[key] or 0) + 1
end
local kinds
chi, kinds = 0, 0
for _, c in pairs(seen) do chi, kinds = chi + (c - 1000) ^ 2 / 1000, kinds + 1 end
t.same(kinds, 6)
assert(chi < 20.5, "chi-square " .. chi)

-- Choice: different positions, or one entry of a list.
local c = rng(7):choice(10, 4)
t.same(#c, 4)
local sorted = c:sort()
for i = 2, 4 do assert(sorted[i] > sorted[i - 1]) end
assert(sorted[1] >= 1 and sorted[4] <= 10)
local got = {}
g = rng(8)
for _ = 1, 100 do got[g:choice{ "a", "b", "c" }] = true end
assert(got.a and got.b and got.c)

-- Children depend on place and key; the parent does not move; copies go on alike.
a, b = rng(9), rng(9)
local child = a:split(3)
t.same(a:normal(), b:normal())
t.same(rng(9):split(3):normal(), child:normal())
t.same(rng(9):split(4):normal() == rng(9):split(3):normal(), false)
t.same(a:split():normal() == rng(9):split():normal(), false) -- a has moved
local twin = a:copy()
t.matrix(twin:uniform(5), a:uniform(5))
-- uncorrelated with each other: 4 standard errors
local r = rng(10):split(1):normal(n):dot(rng(10):split(2):normal(n)) / n
t.close(r, 0, 4 / math.sqrt(n))

t.fails(function() rng() end, "rng: argument 1 (seed): expected a whole number >= 0, got nothing")
t.fails(function() rng(-1) end, "rng: argument 1 (seed): expected a whole number >= 0, got -1")
t.fails(function() rng(7):normal(0) end, "rng:normal: argument 1 (rows): expected a whole number from 1 to")
t.fails(function() rng(7):normal(2, 2, 0, -1) end, "rng:normal: argument 4 (std): expected a finite number >= 0, got -1")
t.fails(function() rng(7):uniform(2, 2, 3, 1) end, "rng:uniform: low = 3 and high = 1 (low must be below high)")
t.fails(function() rng(7):int(5, 1) end, "rng:int: argument 2 (high): expected a whole number from 5 to")
t.fails(function() rng(7):choice(3, 4) end, "rng:choice: argument 2 (k): expected a whole number from 1 to 3, got 4")
t.fails(function() rng(7):choice{} end, "rng:choice: argument 1 (list): expected a list with at least one entry")
t.fails(function() rng(7).normal(3) end, "rng:normal: the object before ':': expected a stream such as rng(7), got 3")
t.fails(function() rng(7):normal(100000, 100000) end, "numbers are too many")
t.fails(function() return rng(7).nromal end, "rng: no field or method 'nromal' (did you mean 'normal'?)")
