-- SPDX-License-Identifier: GPL-3.0-or-later
-- Dynamical systems of the user's own: dyn.ode against the systems of the program, names,
-- knobs, errors, rewinding, forking; dyn.gradient; equilibria, Jacobians.
local t = dofile(os.getenv("abs_srcdir") .. "/tests/lua/lib.lua")

local function vdp(x, mu)
  return dyn.ode{ f = function(_, x, dx, p) dx.x = x.v; dx.v = p.mu * (1 - x.x ^ 2) * x.v - x.x end,
    names = { "x", "v" }, x0 = x, params = { mu = mu } }
end

-- ------------------------------------------------- the same as the program's own systems
do
  local A, x0 = mat{ { 0.3, -1.7, 0.2 }, { 0.9, -0.4, 1.1 }, { 0, 2.385, -3 } }, { 0.5, -0.25, 0.731 }
  local own = dyn.ode{ x0 = x0, f = function(_, x, dx)
    for i = 1, 3 do
      local sum = 0
      for j = 1, 3 do sum = sum + A:get(i, j) * x[j] end
      dx[i] = sum
    end
  end }
  local tight = { rtol = 1e-11, atol = 1e-13 }
  local r = run(own, tight):go{ time = 1.7 }
  t.matrix(r.x, run(dyn.linear{ A = A, x0 = x0 }, tight):go{ time = 1.7 }.x, 1e-10)
  t.matrix(r.x, (A * 1.7):expm() * mat(x0), 1e-10)
  t.matrix(own:jacobian(), A, 1e-9)
  t.matrix(own:rhs(x0), A * mat(x0), 1e-14)
  t.same(#own:equilibria(), 1)
  t.matrix(own:equilibria()[1].x, { 0, 0, 0 }, 1e-12)
  for i, row in ipairs(own:equilibria()[1].eigenvalues:totable()) do
    t.close(row[1], dyn.linear{ A = A }:equilibria()[1].eigenvalues:get(i, 1), 1e-7)
  end
end

-- The same right-hand side takes the same steps, to the last bits of its terms.
local r, q = run(vdp({ 0.1, 0 }, 1)):go{ time = 10 }, run(dyn.van_der_pol{ mu = 1 }):go{ time = 10 }
t.same(r.k, q.k)
t.close(r.x, q.x, 1e-9)
t.close(r.v, q.v, 1e-9)
t.matrix(r.jacobian, q.jacobian, 1e-8)
t.close(r.divergence, q.divergence, 1e-8)
t.close(r.abscissa, q.abscissa, 1e-7)

-- Time is passed on: x' = cos t.
t.close(run(dyn.ode{ f = function(t, _, dx) dx[1] = math.cos(t) end, x0 = { 0 } }, { rtol = 1e-11 })
  :go{ time = 2 }.x:get(1, 1), math.sin(2), 1e-9)

-- A Jacobian of the user's own, by number and by name.
do
  local s = dyn.ode{ names = { "a", "b" }, x0 = { a = 1, b = 2 }, params = { c = 3 },
    f = function(_, x, dx, p) dx.a = x.a * x.b; dx.b = p.c * x.a ^ 2 end,
    jacobian = function(_, x, J, p) J[1][1] = x.b; J[1].b = x.a; J[2].a = 2 * p.c * x[1] end }
  t.matrix(s:jacobian(), { { 2, 1 }, { 6, 0 } }, 0)
  t.matrix(s:start(), { 1, 2 }, 0)
  t.close(run(s, { stepper = "rk4", step = 1e-3 }):step(100).a,
    run(s, { rtol = 1e-12 }):go{ time = 0.1 }.a, 1e-10)
end

-- ---------------------------------------------------------------------- knobs, time travel
r = run(vdp({ 0.1, 0 }, 1)):step(20)
local at = r:hash()
r.mu = 3
t.same(r.mu, 3.0)
t.same(r.system.mu, 3.0)
r:step(20)
local hash, x = r:hash(), r.x
local theirs = run(dyn.van_der_pol{ mu = 1 }):step(20)
theirs.mu = 3
t.close(x, theirs:step(20).x, 1e-9, "a knob reaches f")
r:rewind(10)
t.same(r.mu, 1.0)
r:step(30)
t.same(r:hash(), hash, "rewinding over a turned knob")
t.same(r.x, x)
local plain = run(vdp({ 0.1, 0 }, 1)):step(20)
t.same(plain:hash(), at)
local f = r:fork()
f.mu = 0.5
f:step(10)
r:step(10)
t.same(f.mu, 0.5)
t.same(r.mu, 3.0)
if f.x == r.x then error("a fork with another knob goes the same way") end
r.x = 2
t.same(r.x, 2.0)
t.fails(function() r.x = "far" end, "expected")
t.fails(function() r.nu = 1 end, "did you mean 'mu'")
t.fails(function() r.mu = 0 / 0 end, "mu")

-- An option of its own, as for every system.
t.same(#run(vdp({ 1, 0 }, 2)):knobs() > 0, true)

-- -------------------------------------------------------------------------------- errors
-- The run stays at its last good step, and goes on when the reason is gone.
local forbidden = true
local e = run(dyn.ode{ x0 = { 0 }, f = function(time, _, dx)
  if forbidden and time > 1 then error("no further") end
  dx[1] = 1
end })
local _, message = pcall(e.go, e, { time = 5 })
if not message:match("dyn%.lua:%d+: no further") then error("no line in: " .. message) end
t.close(e.x:get(1, 1), e.t, 1e-12)
if not (e.t > 0 and e.t <= 1) then error("stopped at " .. e.t) end
forbidden = false
t.close(e:go{ time = 5 }.x:get(1, 1), 5, 1e-9)

local function stops(f, text, extra)
  local s = { f = f, names = { "x", "y" }, x0 = { 1, 2 }, params = { mu = 1 } }
  for key, value in pairs(extra or {}) do s[key] = value end
  local run_ = run(dyn.ode(s))
  t.fails(function() run_:step(3) end, text)
  t.same(run_.k, 0)
end
stops(function(_, _, dx) dx[3] = 1 end, "index 3: there are 2 numbers")
stops(function(_, x, dx) dx.x = x.xx end, "no 'xx' here (did you mean 'x'?)")
stops(function(_, _, dx) dx.z = 1 end, "no 'z' here")
stops(function(_, _, dx, p) dx.x = p.nu end, "no 'nu' here (did you mean 'mu'?)")
stops(function(_, _, _, p) p.nu = 1 end, "parameters are knobs of the run")
stops(function(_, _, dx) dx[1] = "far" end, "f set entry 1 of its result to a string")
stops(function(_, _, dx) dx[2] = nil end, "f set entry 2 of its result to a nil")
stops(function() error() end, "nil")
stops(function() error({}) end, "table")
stops(function(_, _, dx) local none; dx.x = none.x end, "none")
t.fails(function() run(dyn.ode{ x0 = { 1 }, f = function() coroutine.yield() end }):step() end, "yield")
local self_asking
self_asking = dyn.ode{ x0 = { 1 }, f = function() self_asking:rhs() end }
t.fails(function() self_asking:rhs() end, "asks that system itself")
t.fails(function() dyn.ode{ x0 = { 1 }, f = function() end,
  jacobian = function(_, _, J) J[1] = 2 end }:jacobian() end, "row 1")

-- Numbers that are no numbers stop the run as any other.
local bad = run(dyn.ode{ x0 = { 1 }, f = function(_, x, dx) dx[1] = math.sqrt(-x[1]) end })
bad:step(5)
t.same(bad.k, 0)
if not bad.stopped:match("diverged") then error("not stopped: " .. bad.stopped) end

-- Options.
local nothing_ = function() end
t.fails(function() dyn.ode{ g = 1 } end, "unknown option 'g'")
t.fails(function() dyn.ode{ f = nothing_, jacobain = 1 } end, "did you mean 'jacobian'")
t.fails(function() dyn.ode{ x0 = { 1 } } end, "f: expected a function")
t.fails(function() dyn.ode{ f = "dx = x", x0 = { 1 } } end, "f: expected a function")
t.fails(function() dyn.ode{ f = nothing_ } end, "names or x0 must say")
t.fails(function() dyn.ode{ f = nothing_, x0 = {} } end, "x0 has 0 numbers")
t.fails(function() dyn.ode{ f = nothing_, names = { "x", "x" } } end, "'x' is there twice")
t.fails(function() dyn.ode{ f = nothing_, names = { "k" } } end, "means something else on every run")
t.fails(function() dyn.ode{ f = nothing_, names = { "x" }, params = { rtol = 1 } } end, "something else")
t.fails(function() dyn.ode{ f = nothing_, names = { "speed" } } end, "is a probe")
t.fails(function() dyn.ode{ f = nothing_, names = { "a b" } } end, "is no name")
t.fails(function() dyn.ode{ f = nothing_, names = { "x" }, params = { mu = "1" } } end, "expected a number")
t.fails(function() dyn.ode{ f = nothing_, names = { "x", "y" }, x0 = { 1 } } end, "x0 is 1 x 1")
t.fails(function() dyn.ode{ f = nothing_, names = { "x", "y" }, x0 = { z = 1 } } end, "no variable 'z'")
t.fails(function() dyn.ode(1) end, "one table")

-- Code cannot be written into a run file.
local path = os.tmpname()
t.fails(function() run(vdp({ 1, 0 }, 1)):save(path) end, "cannot be saved")
os.remove(path)

-- Systems are let go of, and with them their functions.
local weak = setmetatable({}, { __mode = "k" })
do
  local f = function(_, _, dx) dx[1] = 1 end
  weak[f] = true
  local gone = run(dyn.ode{ f = f, x0 = { 1 } }):step(3)
  gone:fork():step(2)
end
collectgarbage() collectgarbage() collectgarbage()
t.same(next(weak), nil)

-- -------------------------------------------------------------------------- gradient
do
  local function rosenbrock(x, p) return (1 - x[1]) ^ 2 + p.b * (x[2] - x[1] ^ 2) ^ 2 end
  local function by_hand(x, g, p)
    g[1] = -2 * (1 - x[1]) - 4 * p.b * x[1] * (x[2] - x[1] ^ 2)
    g[2] = 2 * p.b * (x[2] - x[1] ^ 2)
  end
  local s = dyn.gradient{ loss = rosenbrock, gradient = by_hand, x0 = { -0.7, 0.9 }, params = { b = 7 },
    loss_min = 0 }
  local d = dyn.gradient{ loss = rosenbrock, x0 = { -0.7, 0.9 }, params = { b = 7 }, loss_min = 0 }
  t.matrix(d:rhs(), s:rhs(), 1e-8)
  -- minus the Hessian: [[2 - 4b(y - 3x^2), -4bx], [-4bx, 2b]] at (-0.7, 0.9)
  local H = mat{ { 2 - 28 * (0.9 - 3 * 0.49), 28 * 0.7 }, { 28 * 0.7, 14 } }
  t.matrix(s:jacobian(), -1 * H, 1e-7)
  t.matrix(d:jacobian(), -1 * H, 1e-4)
  local a, b = run(s), run(d)
  t.close(a.sharpness, math.max(table.unpack(H:eig().re:totable())), 1e-6)
  t.close(b.sharpness, a.sharpness, 1e-5)
  t.close(a.loss, 1.7 ^ 2 + 7 * (0.9 - 0.49) ^ 2, 1e-14)
  t.close(a.pl, s:rhs():norm() ^ 2 / (2 * a.loss), 1e-12)
  t.close(a.gap, a.loss, 0)
  a:step(400)
  if not (a.loss < 1e-3) then error("descent ended at " .. a.loss) end
  local flow = run(s, { stepper = "flow" }):go{ time = 60 }
  t.matrix(flow.x, { 1, 1 }, 1e-6)
  t.same(s:equilibria()[1].kind, "node")
  t.same(s:equilibria()[1].stable, true)
  a.b = 3
  t.close(a.loss, rosenbrock(a.x:reshape(2):totable(), { b = 3 }), 1e-12)
  t.fails(function() run(dyn.gradient{ loss = function() return "low" end, x0 = { 1 } }) end,
    "loss returned a string")
  local late = run(dyn.gradient{ loss = function(x) if x[1] >= 0.5 then return x[1] ^ 2 end end, x0 = { 1 } },
    { rule = "const", step = 0.1 })
  t.fails(function() late:step(50) end, "loss returned a nil")
  if not (late.k > 0 and late.x:get(1, 1) >= 0.5) then error("not at the last good step") end
end

-- --------------------------------------------------------------------------- equilibria
local found = dyn.lorenz{ rho = 20 }:equilibria()
t.same(#found, 3)
t.close(found[3].x[1], math.sqrt(8 / 3 * 19), 1e-12)
t.same(found[2].kind, "saddle")
t.same(found[2].stable, false)
t.fails(function() dyn.kuramoto{}:equilibria() end, "shifted together")
t.fails(function() net.linear{}:equilibria() end, "net.linear has none")
t.fails(function() dyn.nadir{}:rhs() end, "steps of its own")
t.fails(function() dyn.pendulum{}:rhs({ 1 }) end, "1 numbers (the state has 2)")

-- ---------------------------------------------------------------------------- sections
-- The Hopf cycle comes back to y = 0 from below every 2 pi/omega, at x = sqrt(mu).
do
  local cycle = run(dyn.hopf{ mu = 0.49, omega = 1.3, x0 = { 0.7, 0 } },
    { section = "y", section_value = 0, section_way = "up", rtol = 1e-11 })
  local cut = dyn.poincare(cycle, { count = 4 })
  t.same(cut.x.rows, 4)
  for i = 1, 4 do
    t.close(cut.t[i], i * 2 * math.pi / 1.3, 1e-9)
    t.close(cut.x:get(i, 1), 0.7, 1e-9)
    t.close(cut.x:get(i, 2), 0, 1e-9)
  end
  local more = dyn.poincare(cycle, { count = 1 })
  t.close(more.t[1], 5 * 2 * math.pi / 1.3, 1e-9)
  t.same(cut.x.cols, 2)
  t.same(dyn.poincare(run(dyn.linear{}, { section = "1" }), { count = 2 }).x.cols, 2)
  t.fails(function() dyn.poincare(run(dyn.hopf{})) end, "has no section")
  t.fails(function() dyn.poincare(run(dyn.hopf{}, { stepper = "rk4", step = 0.1 })) end, "has no section")
  t.fails(function() dyn.poincare(dyn.hopf{}) end, "expected a run")
  t.fails(function() dyn.poincare(cycle, { cuont = 2 }) end, "did you mean 'count'")
  t.fails(function() dyn.poincare(cycle, { count = 0 }) end, "expected a whole number >= 1")
  t.fails(function() dyn.poincare(run(dyn.hopf{}, { section = "x", section_value = 50 }), { max = 20 }) end,
    "did not cross")
end
