-- SPDX-License-Identifier: GPL-3.0-or-later
-- Linear algebra: identities that define each result, and small cases by hand.
local t = dofile(os.getenv("abs_srcdir") .. "/tests/lua/lib.lua")

local g = rng(2385)
local a = g:normal(6, 6)
local tall, wide = g:normal(9, 4), g:normal(4, 9)

-- solve, inv, det
t.matrix(mat{ { 2, 1 }, { 1, 3 } }:solve{ 3, 5 }, { 0.8, 1.4 }, 1e-15)
t.same(#mat{ { 2, 1 }, { 1, 3 } }:solve{ 3, 5 }, 2)
local b = g:normal(6, 3)
t.matrix(a * a:solve(b), b, 1e-13)
t.matrix(a.T * a.T:solve(b), b, 1e-13)
t.matrix(a * a:inv(), mat.eye(6), 1e-13)
t.matrix(a:inv():inv(), a, 1e-12)
t.matrix(mat{ { 2, 1 }, { 1, 3 } }:solve(mat{ 3, 5 }.T), { 0.8, 1.4 }, 1e-15)
t.close(mat{ { 1, 2 }, { 3, 4 } }:det(), -2, 1e-15)
t.close(mat{ { 0, 2, 1 }, { 3, 0, 0 }, { 1, 1, 5 } }:det(), -27, 1e-14)
t.same(mat{ { 1, 2 }, { 2, 4 } }:det(), 0)
t.close(a:det() * a:inv():det(), 1, 1e-12)
t.close((a * a):det(), a:det() ^ 2, 1e-12)
t.close(mat.diag{ 1e200, 1e200, 1e-300, 1e-100 }:det(), 1, 1e-12) -- no overflow on the way
t.same(mat{ { 0, 1 }, { 1, 0 } }:det(), -1)

-- svd
for _, m in ipairs{ a, tall, wide, tall.T, mat{ 3, 4 } } do
  local d = m:svd()
  local k = math.min(m.rows, m.cols)
  t.matrix(d.u * mat.diag(d.s) * d.v.T, m, 1e-13)
  t.matrix(d.u.T * d.u, mat.eye(k), 1e-14)
  t.matrix(d.v.T * d.v, mat.eye(k), 1e-14)
  for i = 2, k do assert(d.s[i - 1] >= d.s[i]) end
  assert(d.s[-1] >= 0)
end
t.matrix(mat{ { 3, 0 }, { 0, -4 } }:svd().s, { 4, 3 }, 1e-15)

-- eigs: symmetric
local sym = a + a.T
local e = sym:eigs()
t.matrix(sym * e.vectors, e.vectors * mat.diag(e.values), 1e-12)
t.matrix(e.vectors.T * e.vectors, mat.eye(6), 1e-13)
for i = 2, 6 do assert(e.values[i - 1] <= e.values[i]) end
t.matrix(mat{ { 2, 1 }, { 1, 2 } }:eigs().values, { 1, 3 }, 1e-15)
t.close(e.values:sum(), sym:trace(), 1e-12)

-- eig: real and imaginary parts of A V = V diag(lambda)
for _, m in ipairs{ a, sym, mat{ { 0, 1 }, { -1, 0 } }, mat{ { 1, 2 }, { 0, 3 } } } do
  local r = m:eig()
  local re, im, x, y = mat.diag(r.re), mat.diag(r.im), r.vectors, r.vectors_im
  t.matrix(m * x, x * re - y * im, 1e-12)
  t.matrix(m * y, x * im + y * re, 1e-12)
  t.close(r.re:sum(), m:trace(), 1e-12)
  t.same(math.abs(r.im:sum()) < 1e-12, true)
end
local im = mat{ { 0, 1 }, { -1, 0 } }:eig().im:sort()
t.matrix(im, { -1, 1 }, 1e-15)
t.matrix(mat{ { 1, 2 }, { 0, 3 } }:eig().re:sort(), { 1, 3 }, 1e-14)

-- qr
for _, m in ipairs{ a, tall, wide } do
  local d = m:qr()
  t.matrix(d.q * d.r, m, 1e-13)
  t.matrix(d.q.T * d.q, mat.eye(d.q.cols), 1e-14)
  for i = 1, d.r.rows do
    assert(d.r:get(i, i) >= 0)
    for j = 1, math.min(i - 1, d.r.cols) do t.same(d.r:get(i, j), 0) end
  end
end
t.matrix(mat{ { 3, 1 }, { 4, 2 } }:qr().r, { { 5, 2.2 }, { 0, 0.4 } }, 1e-14)

-- chol: reads the lower triangle only
local spd = tall.T * tall
local l = spd:chol()
t.matrix(l * l.T, spd, 1e-13)
t.same(l:get(1, 2), 0)
t.matrix(mat{ { 4, 99 }, { 2, 3 } }:chol(), { { 2, 0 }, { 1, math.sqrt(2) } }, 1e-15)

-- expm: nilpotent, rotation, product rule
t.matrix(mat{ { 0, 0.731 }, { 0, 0 } }:expm(), { { 1, 0.731 }, { 0, 1 } }, 1e-15)
local w = mat{ { 0, -0.731 }, { 0.731, 0 } }:expm()
t.matrix(w, { { math.cos(0.731), -math.sin(0.731) }, { math.sin(0.731), math.cos(0.731) } }, 1e-14)
t.matrix(a:expm() * (-a):expm(), mat.eye(6), 1e-9)

-- least squares: a line through points; the residual is orthogonal to the columns
local x, rank = mat{ { 1, 0 }, { 1, 1 }, { 1, 2 } }:lstsq{ 1, 3, 5 }
t.matrix(x, { 1, 2 }, 1e-14)
t.same(rank, 2)
local rhs = g:normal(9)
local r = tall * tall:lstsq(rhs) - rhs
t.matrix(tall.T * r, mat.zeros(4), 1e-13)
-- of minimum norm when there are many: x = A' (A A')^-1 b
local rhs2 = g:normal(4)
t.matrix(wide:lstsq(rhs2), wide.T * (wide * wide.T):solve(rhs2), 1e-13)
local _, deficient = mat{ { 1, 2 }, { 2, 4 } }:lstsq{ 1, 2 }
t.same(deficient, 1)
-- Penrose's four conditions
local p = tall:pinv()
t.matrix(tall * p * tall, tall, 1e-13)
t.matrix(p * tall * p, p, 1e-13)
t.matrix((tall * p).T, tall * p, 1e-14)
t.matrix((p * tall).T, p * tall, 1e-14)
t.matrix(mat{ { 1, 0 }, { 0, 0 } }:pinv(), { { 1, 0 }, { 0, 0 } }, 1e-15)

-- inputs are left alone
local keep = a:copy()
a:svd() a:qr() a:eig() a:inv() a:det() a:expm() a:lstsq(b)
t.same(a == keep, true)

-- records: printing and misspelt names
local d = mat.eye(2):svd()
t.same(tostring(d):match("^[^\n]*"), "svd: A = u * mat.diag(s) * v.T")
assert(tostring(d):find("\ns: vector of 2\n", 1, true))
t.fails(function() return d.vv end, "no field 'vv' in the result of svd")
t.fails(function() return d.vv end, "(did you mean 'v'?)")

t.fails(function() mat{ { 1, 2 }, { 2, 4 } }:solve{ 1, 2 } end,
  "mat:solve: the matrix is singular to working precision (reciprocal condition")
t.fails(function() tall:solve(rhs) end, "mat:solve: needs a square matrix, got a 9 x 4 matrix")
t.fails(function() a:solve{ 1, 2 } end,
  "mat:solve: the matrix is 6 x 6, the right-hand side is a vector of 2 (needs 6 rows)")
t.fails(function() tall:inv() end, "mat:inv: needs a square matrix")
t.fails(function() tall:det() end, "mat:det: needs a square matrix")
t.fails(function() a:eigs() end, "mat:eigs: the matrix is not symmetric")
t.fails(function() mat{ { 1, 2 }, { 2, 1 } }:chol() end, "mat:chol:")
t.fails(function() mat{ { 0 / 0 } }:svd() end, "mat:svd:")
t.fails(function() mat{ { 1 / 0 } }:eig() end, "mat:eig:")
