-- SPDX-License-Identifier: GPL-3.0-or-later
-- robust.lua - the module robust: classifiers of every kind, attacks, distances, facts; what a
-- Lua function is asked for and what goes wrong in it.
local t = dofile(os.getenv("abs_srcdir") .. "/tests/lua/lib.lua")

local function near(a, b, tol) return math.abs(a - b) <= tol * math.max(1, math.abs(b)) end

-- A network of a user's own is the run that holds the same weights.
local r = run(net.prelu{ p = 3, h = 12, seed = 4, test = 50, radii = { 0, 0.5, 0.7 } })
r:step(600)
local own = robust.network{ W = r.W, v = r.v, p = 3 }
local X, Y = mat.zeros(6, 20), { 1, 1, 1, -1, -1, -1 }
for k = 1, 6 do X[k][k] = 1 end
local a, b = robust.eval(r, X), robust.eval(own, X)
for i = 1, 6 do assert(near(a[i], b[i], 1e-14), "eval of a run") end

-- So is one with a bias and normalized inputs, and a ReLU network.
local s = run(net.prelu{ p = 2.5, h = 9, bias = true, normalize_input = true, init = "kaiming" })
a = robust.eval(s, s.samples_now)
for i = 1, 120 do assert(near(a[i], s.outputs[i], 1e-13), "normalized, with a bias") end
s = run(net.relu{ std = 0.7 })
a = robust.eval(s, s.samples)
for i = 1, 30 do assert(near(a[i], s.outputs[i], 1e-13), "ReLU") end

-- Gradients against differences.
local f, G = robust.eval(own, { { 0.9, 0.2, 0.1, 0.3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.1 } })
for k = 1, 6 do
  local x = mat.zeros(1, 20)
  x[1][1], x[1][2], x[1][3], x[1][4], x[1][20] = 0.9, 0.2, 0.1, 0.3, 0.1
  x[1][k] = x[1][k] + 1e-6
  assert(near((robust.eval(own, x)[1] - f[1]) / 1e-6, G[1][k], 1e-5), "gradient " .. k)
end

-- The same attack through a Lua function, one sample at a time or all, zero and many starts.
local function through_lua(x) return robust.eval(own, x) end
for _, starts in ipairs{ "zero", "many" } do
  local direct = robust.accuracy(own, X, Y, { 0.3, 0.6, 0.9 }, { starts = starts, steps = 20 })
  local called = robust.accuracy(through_lua, X, Y, { 0.3, 0.6, 0.9 }, { starts = starts, steps = 20 })
  for i = 1, 3 do assert(direct[i] == called[i], starts .. " " .. i) end
end
assert(robust.accuracy(own, X, Y, 0) == robust.accuracy(own, X, Y, 0, { starts = "zero" }))

-- F at centres: right below 1/sqrt(6), wrong above; the exact margin says the same.
local F = robust.ideal("F")
local margins = robust.margins(F, X, Y)
for k = 1, 6 do assert(near(margins[k], 1 / math.sqrt(6), 1e-12)) end
local at = robust.accuracy(F, X, Y, { 0.407, 0.4095 }, { around = F })
assert(at[1] == 1 and at[2] == 0)
-- One ascent from 0 does not find what is near a centre of F^(3); starts toward centres do.
local power = robust.ideal("power", { p = 3 })
assert(robust.accuracy(power, X, Y, 0.9, { starts = "zero" }) == 1)
assert(robust.accuracy(power, X, Y, 0.72, { around = power }) == 0)
assert(robust.accuracy(power, X, Y, 0.70, { around = power }) == 1)

-- An attack stays in its ball and its range, and lowers the margin.
local hit = robust.attack(F, X, Y, 0.3)
for i = 1, 6 do
  assert((hit.X:row(i) - X:row(i)):norm() <= 0.3 + 1e-12 and Y[i] * hit.outputs[i] < 1)
end
hit = robust.attack(F, X, Y, 0.3, { norm = "linf", low = 0, high = 1 })
assert(hit.X:min() >= 0 and hit.X:max() <= 1 and (hit.X - X):abs():max() <= 0.3 + 1e-15)

-- Distances: a multiple of an ideal classifier is at distance 0, its factor is found.
local W, v = mat.zeros(6, 20), {}
for k = 1, 6 do
  W[k][k] = 2
  v[k] = k <= 3 and 1.5 or -1.5
end
local d = robust.distance(robust.network{ W = W, v = v, p = 3 }, power, X)
assert(near(d.scale, 1 / 3, 1e-12) and d.distance < 1e-12)
d = robust.distance(robust.network{ W = W * 0, v = v, p = 3 }, power, X)
assert(d.scale ~= d.scale and d.distance ~= d.distance)

-- Predictions and bounds are the run's.
local curve = robust.predicted(power, { 0, 0.5, 0.7 })
for i = 1, 3 do
  assert(near(curve.power[i], r.predicted_power[i], 1e-14) and near(curve.F[i], r.predicted_f[i], 1e-14))
end
local bounds = robust.bounds(F, 0.5)
assert(near(bounds.a2, r.a2_high, 1e-14) and near(bounds.b2, r.b2_low, 1e-14) and bounds.b1 == 0.5)

-- What goes wrong says so.
t.fails(function() robust.accuracy(7, X, Y, 0.1) end, "expected a run of net.prelu")
t.fails(function() robust.accuracy(F, X, Y, -1) end, "radius = -1")
t.fails(function() robust.accuracy(F, X, { 1, 0.5, 1, -1, -1, -1 }, 0.1) end, "Y[2] = 0.5")
t.fails(function() robust.accuracy(F, X, { 1, -1 }, 0.1) end, "6 samples, 2 labels")
t.fails(function() robust.accuracy(F, { { 1, 2 } }, { 1 }, 0.1) end, "takes 20 numbers")
t.fails(function() robust.accuracy(F, X, Y, 0.1, { stesp = 3 }) end, "unknown option 'stesp'")
t.fails(function() robust.accuracy(F, X, Y, 0.1, { low = 0 }) end, "low without high")
t.fails(function() robust.accuracy(F, X, Y, 0.1, { around = 3 }) end, "around: expected")
t.fails(function() robust.ideal("Bays") end, "did you mean 'Bayes'")
t.fails(function() robust.ideal("F", { centres = { { 1, 0 }, { 1, 1 } }, K1 = 1 }) end, "not orthonormal")
t.fails(function() robust.ideal("F", { K1 = 15, K2 = 15 }) end, "K1 + K2 = 30")
t.fails(function() robust.network({ W = { { 1 } }, v = { 1 }, p = 0.5 }) end, "p = 0.5")
t.fails(function() robust.network({ W = { { 1 } }, v = { 1, 2 } }) end, "v has 2 numbers")
t.fails(function() robust.accuracy(function() error("no such luck") end, X, Y, 0.1) end, "no such luck")
t.fails(function() robust.accuracy(function(x)
  return mat.ones(x.rows, 1), { 1 }
end, X, Y, 0.1) end, "gradients are 1 x 1")
