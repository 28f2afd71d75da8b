-- SPDX-License-Identifier: GPL-3.0-or-later
-- The MNIST test digits, gzipped IDX, when they are beside the source tree.
local t = dofile(os.getenv("abs_srcdir") .. "/tests/lua/lib.lua")
local dir = (os.getenv("abs_srcdir") or ".") .. "/../shared/data/mnist/"

local f = io.open(dir .. "t10k-labels-idx1-ubyte.gz", "rb")
if not f then
  print("skipped: the MNIST files are not beside the source tree")
  os.exit(77, true)
end
f:close()

-- How often each digit occurs and the first labels, as published with the data.
local labels = data.idx(dir .. "t10k-labels-idx1-ubyte.gz")
t.same(#labels, 10000)
local counts = { 980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009 }
for digit = 0, 9 do
  t.same(labels:count(function(x) return x == digit end), counts[digit + 1], "digit " .. digit)
end
t.matrix(labels:slice(1, 8), { 7, 2, 1, 0, 4, 1, 4, 9 })

local images, shape = data.idx(dir .. "t10k-images-idx3-ubyte.gz", 100)
t.same(table.concat(shape, " "), "10000 28 28")
t.same(images.rows, 100)
t.same(images.cols, 784)
t.same(images:max(), 255)
t.same(images:min(), 0)
t.same(images:reshape(100 * 28, 28):row(1):sum(), 0) -- the rim of an image is empty

local y, classes = data.onehot(labels:slice(1, 100))
t.same(#classes, 10)
t.matrix(y:sum(2), mat.ones(100))
