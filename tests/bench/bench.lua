-- SPDX-License-Identifier: GPL-3.0-or-later
-- bench.lua - the same question from the Lua side: lines "case<TAB>figure<TAB>unit".

local function report(name, figure, unit)
  print(string.format("%s\t%.4g\t%s", name, figure, unit))
end

local s = net.linear{ n = 5, h = 20, m = 3, samples = 50, init_scale = 0.1, seed = 7 }
local r = run(s, { step = 1e-4, record = { "loss" }, history = 1 })
report("lua_step_by_step_with_loss", 1e6 * timeit(function()
  r:step(1)
  return r.loss
end).seconds, "us/step")

local a, b = rng(1):normal(200, 200), rng(2):normal(200, 200)
report("mat_product_200", 1e6 * timeit(function() return a * b end).seconds, "us")
local c = rng(3):normal(100, 100)
report("mat_svd_100", 1e3 * timeit(function() return c:svd() end).seconds, "ms")
