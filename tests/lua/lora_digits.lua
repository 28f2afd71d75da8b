-- SPDX-License-Identifier: GPL-3.0-or-later
-- Case 19 of doc/theory/02-lora-flow.md on handwritten digits: features from 0 to 4, LoRA
-- learns 5 to 9 from images averaged to 14 x 14.
local t = dofile(os.getenv("abs_srcdir") .. "/tests/lua/lib.lua")
local dir = (os.getenv("abs_srcdir") or ".") .. "/../shared/data/mnist/"

local f = io.open(dir .. "t10k-labels-idx1-ubyte.gz", "rb")
if not f then
  print("skipped: the MNIST files are not beside the source tree")
  os.exit(77, true)
end
f:close()

local count = 2000
local images = data.idx(dir .. "t10k-images-idx3-ubyte.gz", count)
local X, Y = mat.zeros(count, 196), data.idx(dir .. "t10k-labels-idx1-ubyte.gz"):slice(1, count) + 1

-- means of 2 x 2 pixels, from 0 to 1: a product with the matrix that averages
local average = mat.zeros(784, 196)
for i = 0, 27 do
  for j = 0, 27 do
    average[i * 28 + j + 1][(i // 2) * 14 + j // 2 + 1] = 1 / (4 * 255)
  end
end
X = images * average
t.same(X.cols, 196)

local function final(std)
  local loss, test = 0, 0
  for seed = 1, 2 do
    local r = run(net.lora_head{ X = X, Y = Y, std = std, seed = seed }, { record = { "loss" } })
    r:step(300)
    loss, test = loss + r.loss / 2, test + r.test_accuracy / 2
  end
  return loss, test
end

local small, right = final(0.05)
local large = final(1)
assert(right > 0.8, "test accuracy " .. right)
assert(large > 1.2 * small, small .. " " .. large)

local r = run(net.lora_head{ X = X, Y = Y, std = 1e-3, optimizer = "sgd", seed = 1 },
  { record = { "distance" }, every = 1 })
assert(r.distance > 0.9)
r:step(300)
local least = 1
for _, row in ipairs(r:rows{ "distance" }) do least = math.min(least, row[3]) end
assert(least < 0.6, "least distance " .. least)
