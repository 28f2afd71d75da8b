-- SPDX-License-Identifier: GPL-3.0-or-later
-- flow.lua - continuous time from Lua: methods, output intervals, sections, saved runs.

local tmp = os.getenv("TESTS_TMP") or "."

local function make() return net.lora{ alpha = 1e-2, seed = 3, h = 20 } end

local function near(a, b, tol) return math.abs(a - b) <= tol * math.max(1, math.abs(b)) end

local function refused(part, f, ...)
  local ok, text = pcall(f, ...)
  assert(not ok, "not refused: " .. part)
  assert(tostring(text):find(part, 1, true), text)
end

-- every method tells the same story
local want
for _, method in ipairs{ "rk8pd", "rkf45", "rkck", "rk4", "rk2", "adams", "bdf" } do
  local r = run(make(), { stepper = "flow", method = method, rtol = 1e-8, atol = 1e-12 })
  r:go{ time = 0.3 }
  assert(r.t == 0.3)
  want = want or r.loss
  assert(near(r.loss, want, 1e-5), method .. ": " .. r.loss)
  assert(r.accepted > 0 and r.evaluations >= r.accepted, method)
end
refused('did you mean "bdf"', run, make(), { stepper = "flow", method = "bfd" })

-- one state of the run every dt
local r = run(make(), { stepper = "flow", method = "bdf", dt = 0.05 })
r:step(4)
assert(near(r.t, 0.2, 1e-15) and r.accepted > 4)

-- a component crosses a value: the step ends there
r = run(make(), { stepper = "flow", section = "1", section_way = "up" })
refused("no such component", function() r.section = "B3" end)
refused("components are 1..", function() r.section = "100000" end)

-- fixed steps, their error beside
local e = run(make(), { stepper = "euler", step = 0.004, reference = true }):go{ time = 0.2 }
local k = run(make(), { stepper = "rk4", step = 0.004, reference = true }):go{ time = 0.2 }
assert(e.error > 100 * k.error and k.error > 0)
refused("needs a step size", run, net.mlp{}, { stepper = "euler", rule = "const" })

-- a saved run goes on with the same bits, also when CVODE was in the middle of its history
for _, method in ipairs{ "adams", "bdf" } do
  local a = run(make(), { stepper = "flow", method = method })
  a:step(37)
  local file = tmp .. "/flow_" .. method .. ".run"
  a:save(file)
  local b, c = run.load(file), a:fork("beside")
  a:step(20)
  b:step(20)
  c:step(20)
  assert(a.t == b.t and a.loss == b.loss, method .. ": saved")
  assert(a.t == c.t and a.loss == c.loss, method .. ": forked")
  c:rewind(40)
  c.tilt = 20
  c:step(17)
  assert(c.loss ~= a.loss, method .. ": a knob of the fork")
  a:rewind(11):step(46)
  assert(a.t == b.t and a.loss == b.loss, method .. ": turned back")
  os.remove(file)
end

-- the layers of a network
local s = net.mlp{ n = 2, hidden = { 6, 5 }, activation = "tanh", samples = 20, seed = 2 }
r = run(s)
assert(r.W2.rows == 5 and r.W2.cols == 6 and r.b3.cols == 1)
r:step(50)
assert(r.loss < 1 and r.sharpness > 0 and #r.alignment == 2 and r.alignment_min <= 1)
