-- SPDX-License-Identifier: GPL-3.0-or-later
-- Arithmetic: operators, broadcasting, entry-by-entry functions, products.
local t = dofile(os.getenv("abs_srcdir") .. "/tests/lua/lib.lua")

local a = mat{ { 1, 2, 3 }, { 4, 5, 6 } }
local b = mat{ { 0.5, -1, 2 }, { 3, 0, -7 } }

t.matrix(a + b, { { 1.5, 1, 5 }, { 7, 5, -1 } })
t.matrix(a - b, { { 0.5, 3, 1 }, { 1, 5, 13 } })
t.matrix(a + 1, { { 2, 3, 4 }, { 5, 6, 7 } })
t.matrix(1 - a, { { 0, -1, -2 }, { -3, -4, -5 } })
t.matrix(a * 2, { { 2, 4, 6 }, { 8, 10, 12 } })
t.matrix(2 * a, a + a)
t.matrix(a / 2, { { 0.5, 1, 1.5 }, { 2, 2.5, 3 } })
t.matrix(-a, { { -1, -2, -3 }, { -4, -5, -6 } })
t.matrix(a.T + b.T, (a + b).T)
t.matrix(a:slice(1, 2, 2, 3) - a:slice(1, 2, 1, 2), { { 1, 1 }, { 1, 1 } })

-- A row or column that fits is used for every row or column; the shape is that of a matrix.
t.matrix(a + mat{ { 10, 20, 30 } }, { { 11, 22, 33 }, { 14, 25, 36 } })
t.matrix(mat{ 10, 20 } + a, { { 11, 12, 13 }, { 24, 25, 26 } })
t.matrix(a - a[1], { { 0, 0, 0 }, { 3, 3, 3 } })
t.matrix(a:div{ 2, 4 }, { { 0.5, 1, 1.5 }, { 1, 1.25, 1.5 } })
t.fails(function() return mat{ 1, 2 } + mat{ { 1, 2 } } end,
  "A + B: the shapes of a vector of 2 and a 1 x 2 matrix do not agree")
t.same((mat{ { 3 } } + a).rows, 2)

-- Vectors stay vectors.
t.same((mat{ 1, 2 } + 1)[2], 3)
t.same((mat{ 1, 2 } + mat{ 1, 2 })[2], 4)
t.same(mat{ 1, 4 }:sqrt()[2], 2)
t.same((a * mat{ 1, 1, 1 })[2], 15)
t.same((mat{ 1, 1 }.T * a)[3], 9)

-- Entry by entry.
t.matrix(a:mul(b), { { 0.5, -2, 6 }, { 12, 0, -42 } })
t.matrix(a:mul(3), a * 3)
t.matrix(a:div(a), mat.ones(2, 3))
t.matrix(a:pow(2), { { 1, 4, 9 }, { 16, 25, 36 } })
t.matrix(mat{ 2, 3 }:pow{ 3, 2 }, { 8, 9 })
t.matrix(b:atleast(0), { { 0.5, 0, 2 }, { 3, 0, 0 } })
t.matrix(b:atmost(0), { { 0, -1, 0 }, { 0, 0, -7 } })
t.matrix(b:clip(-1.5, 1), { { 0.5, -1, 1 }, { 1, 0, -1.5 } })
t.matrix(a:map(function(x, i, j) return 100 * x + 10 * i + j end),
  { { 111, 212, 313 }, { 421, 522, 623 } })
t.matrix(b:abs(), { { 0.5, 1, 2 }, { 3, 0, 7 } })
t.matrix(b:sign(), { { 1, -1, 1 }, { 1, 0, -1 } })
t.matrix(b:relu(), b:atleast(0))
t.matrix(mat{ 1.5, -1.5, 2.4 }:round(), { 2, -2, 2 })
t.matrix(mat{ 1.5, -1.5 }:floor(), { 1, -2 })
t.matrix(mat{ 1.5, -1.5 }:ceil(), { 2, -1 })
t.matrix(mat{ 1e200, 3 }:square():slice(2, 2), { 9 })

-- Against Lua's own functions, at awkward arguments.
local x = mat{ 0.731, 2.385, 11.5 }
for name, f in pairs{ exp = math.exp, log = math.log, sqrt = math.sqrt, sin = math.sin, cos = math.cos,
  log10 = function(z) return math.log(z, 10) end,
  tanh = function(z) return (math.exp(z) - math.exp(-z)) / (math.exp(z) + math.exp(-z)) end,
  sigmoid = function(z) return 1 / (1 + math.exp(-z)) end } do
  local y = x[name](x)
  for i = 1, 3 do t.close(y[i], f(x[i]), 1e-14, name) end
end
t.same(mat{ -1000 }:sigmoid()[1], 0)
t.same(mat{ 1000 }:sigmoid()[1], 1)
t.close(mat{ -700 }:sigmoid()[1], math.exp(-700), 1e-14)
t.same(mat{ -1 }:log()[1] ~= mat{ -1 }:log()[1], true) -- nan

-- Products against the definition, in every combination of views that gemm can and cannot take.
local function slow(p, q)
  return mat.from(p.rows, q.cols, function(i, j)
    local s = 0
    for k = 1, p.cols do s = s + p:get(i, k) * q:get(k, j) end
    return s
  end)
end
local g = rng(731)
local big = g:normal(9, 8)
local shapes = { big:slice(1, 4, 2, 6), big:slice(2, 6, 1, 5).T, big:block(3, 3, 5, 5),
  big:slice(1, 5, 1, 5):copy(), big:slice(1, 5, 3, 3), big:slice(1, 1, 1, 5), big:col(4):slice(1, 5) }
local products = 0
for _, p in ipairs(shapes) do
  for _, q in ipairs(shapes) do
    if p.cols == q.rows then
      local r = p * q
      products = products + 1
      if type(r) == "number" then r = mat{ { r } } end
      t.matrix(r, slow(p, q), 1e-13)
    end
  end
end
assert(products > 20, "only " .. products .. " products were possible")

-- A row vector times a vector is a number; a matrix of one entry stays a matrix.
t.same(mat{ 1, 2, 3 }.T * mat{ 4, 5, 6 }, 32)
t.matrix(mat{ { 1, 2 } } * mat{ { 3 }, { 4 } }, { { 11 } })
t.matrix(mat{ 1, 2 } * mat{ 3, 4 }.T, { { 3, 4 }, { 6, 8 } })
t.same(mat{ 1, 2, 3 }:dot{ 4, 5, 6 }, 32)
t.same(a:dot(a), 91)
t.same(mat{ 1, 2 }:dot(mat{ 3, 4 }.T), 11)
t.matrix(mat{ { 1, 2 } }:kron(mat{ { 0, 3 }, { 5, 0 } }), { { 0, 3, 0, 6 }, { 5, 0, 10, 0 } })

-- Powers.
local f = mat{ { 1, 1 }, { 1, 0 } }
t.matrix(f ^ 10, { { 89, 55 }, { 55, 34 } }) -- Fibonacci numbers
t.matrix(f ^ 0, mat.eye(2))
t.matrix(f ^ 1, f)
t.matrix(f ^ -2, { { 1, -1 }, { -1, 2 } }, 1e-14)
t.matrix(f, { { 1, 1 }, { 1, 0 } }) -- unchanged

-- Equality.
t.same(a == a:copy(), true)
t.same(a == a.T, false)
t.same(a == b, false)
t.same(a.T == mat{ { 1, 4 }, { 2, 5 }, { 3, 6 } }, true)
local nan = mat{ 0 / 0 }
t.same(nan == nan:copy(), false)
t.same(a:near(a + 1e-14), true)
t.same(a:near(a + 1e-9), false)
t.same(a:near(a + 1e-9, 1e-8), true)
t.same(mat{ 0.1 + 0.2 }:near{ 0.3 }, true)
