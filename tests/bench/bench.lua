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

-- One full-batch step of a classifier, double precision.
do
  local X, Y = rng(1):normal(1000, 784), {}
  for i = 1, 1000 do Y[i] = i % 10 + 1 end
  local s = net.mlp{ X = X, Y = Y, hidden = { 500 }, loss = "softmax" }
  local r = run(s, { step = 0.01, record = { "loss" }, history = 1 })
  report("mlp_784_500_10_s1000", 1e3 * timeit(function() r:step(1) end).seconds, "ms/step")
end

-- A full-batch step of a two-layer ReLU network on two classes, large and small.
for _, case in ipairs{ { 1000, 784, 500, "ms/step", 1e3 }, { 100, 20, 50, "us/step", 1e6 } } do
  local n, D, h, unit, factor = table.unpack(case)
  local y = {}
  for i = 1, n do y[i] = i % 2 == 0 and 1 or -1 end
  local s = net.relu{ X = rng(1):normal(n, D), Y = y, h = h, std = 0.01 }
  local r = run(s, { step = 1e-3, record = { "loss" }, history = 1 })
  local many = n == 100 and 100 or 1 -- steps a call
  report(string.format("relu_s%d_%d_%d", n, D, h),
    factor * timeit(function() r:step(many) end).seconds / many, unit)
end

-- An attack of 100 steps on 1000 samples at once, exponent 3; a batch of images in the maximum norm.
for _, case in ipairs{ { 100, 100, 100, "l2" }, { 784, 500, 10, "linf" } } do
  local D, h, steps, norm = table.unpack(case)
  local X, y = rng(1):normal(1000, D), {}
  for i = 1, 1000 do y[i] = i % 2 == 0 and 1 or -1 end
  local f = robust.network{ W = rng(2):normal(h, D), v = rng(3):normal(h), p = 3 }
  report(string.format("attack_s1000_%d_%d_steps%d", D, h, steps), 1e3 * timeit(function()
    robust.accuracy(f, X, y, 0.5, { starts = "zero", steps = steps, norm = norm })
  end).seconds, "ms")
end

-- A stiff gradient flow: 2000 unknowns, inputs of condition 1e3 (the loss has 1e6). What
-- counts are right-hand sides; Hessian-vector products are counted with them.
do
  local s = net.linear{ n = 40, h = 25, m = 40, samples = 40, inputs = "spectrum",
    spectrum_low = 0.01, spectrum_high = 10, init_scale = 0.2, seed = 1 }
  local function flow(method)
    local r = run(s, { stepper = "flow", method = method, rtol = 1e-4, atol = 1e-7,
      record = { "loss" }, history = 1 })
    local begin = os.clock()
    r:go{ time = 50 }
    return r.evaluations + r.products, os.clock() - begin
  end
  local best = math.huge
  for _, method in ipairs{ "rk2", "rkf45" } do best = math.min(best, (flow(method))) end
  local count, seconds = flow("bdf")
  report("stiff_flow_2000_t50_bdf", 1e3 * seconds, "ms")
  report("stiff_flow_2000_t50_bdf_evaluations", count, "")
  report("stiff_flow_2000_t50_explicit_over_bdf", best / count, "times the evaluations")
end

-- Networks: block models with about 20 neighbours within a group and one outside.
local function blocks(n, k)
  local sizes, Q = {}, {}
  for a = 1, k do
    sizes[a], Q[a] = n // k, {}
    for b = 1, k do Q[a][b] = a == b and 20 * k / n or 1 / (n - n // k) end
  end
  return graph.sbm{ sizes = sizes, Q = Q, seed = 1 }
end
local function processor(calls, f) -- seconds of the processor, the best of three
  local least = math.huge
  for _ = 1, 3 do
    local begin = os.clock()
    for _ = 1, calls do f() end
    least = math.min(least, (os.clock() - begin) / calls)
  end
  return least
end
do
  for _, k in ipairs{ 4, 5 } do -- with four groups the fifth eigenvalue lies at the edge of the bulk
    local g = blocks(20000, k)
    report("eigs5_block_model_20000_k" .. k, 1e3 * processor(1, function() g:eigs(5) end), "ms")
  end
  local lattice = graph.lattice(150, 150)
  report("eigs5_lattice_150x150", 1e3 * processor(1, function() lattice:eigs(5) end), "ms")
  local large, begin = blocks(100000, 5), os.clock()
  assert(graph.cluster(large, { k = 5 }).misclustered == 0)
  report("cluster_100000_k5", os.clock() - begin, "s")
end
do
  local net, draw = graph.random{ n = 189, p = 0.05, seed = 2 }, rng(1)
  local r = run(dyn.swing{ L = net, m = draw:uniform(189, 1) + 0.05, d = draw:uniform(189, 1) + 0.2, points = 200 })
  local begin = os.clock()
  local _ = r.incoherence_at
  report("transfer_189_at_200_frequencies", os.clock() - begin, "s")
  local big = blocks(10000, 4)
  r = run(dyn.swing{ L = big, m = draw:uniform(10000, 1) * 0.45 + 0.05, d = draw:uniform(10000, 1) * 0.3 + 0.2,
    rinv = { 0.1 }, tau = { 5 } }, { record = { "coherent" }, history = 1 })
  report("swing_step_10000", 1e3 * processor(5, function() r:step(1) end), "ms/step")
end

-- A system of the user's own with two variables, by number and by name.
do
  local function rate(f)
    local s = dyn.ode{ f = f, names = { "x", "v" }, x0 = { 1, 0 }, params = { mu = 1 } }
    local r = run(s, { stepper = "rk4", step = 0.01, record = { "x" }, history = 1 })
    return 4e4 / timeit(function() r:step(10000) end).seconds
  end
  report("ode_2_by_number", rate(function(_, x, dx) dx[1] = x[2]; dx[2] = -x[1] end), "evaluations/s")
  report("ode_2_by_name", rate(function(_, x, dx, p)
    dx.x = x.v
    dx.v = p.mu * (1 - x.x ^ 2) * x.v - x.x
  end), "evaluations/s")
end
