-- SPDX-License-Identifier: GPL-3.0-or-later
-- data.two_classes: choosing classes, scaling, centring, files, refusals.
local t = dofile(os.getenv("abs_srcdir") .. "/tests/lua/lib.lua")

local X = mat{ {0, 8}, {4, 0}, {2, 2}, {6, 0}, {0, 4} }
local y = mat{ 3, 7, 5, 7, 3 }

local d = data.two_classes(X, y, { plus = 7, minus = 3, centre = false })
t.matrix(d.X, mat{ {0.5, 0}, {0.75, 0}, {0, 1}, {0, 0.5} }) -- over the largest value, 8
t.matrix(d.Y, { 1, 1, -1, -1 })
t.matrix(d.rows, { 2, 4, 1, 5 })

d = data.two_classes(X, y, { plus = 7, minus = 3, per_class = 1, scale = "none" })
t.matrix(d.mean, mat{ {2, 4} }) -- of (4, 0) and (0, 8)
t.matrix(d.X, mat{ {2, -4}, {-2, 4} })

d = data.two_classes(X, y, { plus = 7, minus = 3, scale = "unit" })
for i = 1, 4 do assert(math.abs(d.X:row(i):norm() - 1) < 1e-14) end

-- From files, and into a network: centring there and here are the same.
local dir = os.getenv("TESTS_TMP") or os.getenv("TMPDIR") or "/tmp"
local fx, fy = dir .. "/two_classes_x.npy", dir .. "/two_classes_y.npy"
X:save(fx)
y:save(fy)
local f = data.two_classes(fx, fy, { plus = 7, minus = 3, scale = "none" })
local a = net.relu{ X = f.X, Y = f.Y, seed = 4 }
local g = data.two_classes(X, y, { plus = 7, minus = 3, scale = "none", centre = false })
local b = net.relu{ X = g.X, Y = g.Y, seed = 4, centre = true }
t.same(run(a).mu, run(b).mu)
os.remove(fx)
os.remove(fy)

t.fails(function() data.two_classes(X, y, { plus = 9 }) end, "no sample has the label 9")
t.fails(function() data.two_classes(X, y, { plus = 7, minus = 7 }) end, "the same class")
t.fails(function() data.two_classes(X, y, { pluss = 7 }) end, "did you mean 'plus'?")
t.fails(function() data.two_classes(X, y, { plus = 7, minus = 3, per_class = 3 }) end, "there are 2")
t.fails(function() data.two_classes(X, mat{ 1, 2 }) end, "5 images and 2 labels")
t.fails(function() data.two_classes(3, y) end, "expected a matrix or a file name")
t.fails(function() data.two_classes(X, y, { scale = "maximum" }) end, "one of \"max\"")
