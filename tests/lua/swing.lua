-- SPDX-License-Identifier: GPL-3.0-or-later
-- Networks of dyn.swing at the prompt: node parameters of power grids, kicks and strikes.

local function close(a, b, tol)
  assert(math.abs(a - b) <= tol * math.max(1e-300, math.abs(b)), a .. " is not " .. b)
end

local function refused(part, f, ...)
  local ok, message = pcall(f, ...)
  assert(not ok and tostring(message):find(part, 1, true), tostring(message))
end

-- Units: m, d and rinv are per rad/s; damping 1 is the rating, 2 twice that.
local g = graph.grid("iceland189")
local w0 = 2 * math.pi * 60
local a, b = dyn.machines(g), dyn.machines(g, { damping = 2 })
for i = 1, g.n do
  close(a.m[i] * w0, g.m[i], 1e-14)
  close(a.d[i] * w0, g.rating[i], 1e-14)
  close(b.d[i], 2 * a.d[i], 1e-14)
  close(a.rinv[i] * w0, g.rinv[i], 1e-14)
end
local c = dyn.machines(g, { kappa = 0.3 })
close(c.d[7], 0.3 * c.m[7], 1e-14)
local base = dyn.machines(graph.grid("ieee68"))
close(base.d[3], 0.2 * base.m[3], 1e-14)

-- They make a system whose lambda2 is the grid's, and whose steady state is the droops' own.
local r = run(dyn.swing(a), { record = {} })
close(r.lam2, 0.287941946, 1e-7)
local force = 0
for i = 1, g.n do force = force + (g.rating[i] + g.rinv[i]) / w0 end
close(r.steady, -1 / force, 1e-12)
assert(r.y.rows == 35)

refused("dyn.machines: argument 1 (graph): expected a power grid", dyn.machines, graph.ring(4))
refused("dyn.machines: argument 1 (graph): expected a power grid", dyn.machines, 3)
refused("unknown option 'dampin' (did you mean 'damping'?)", dyn.machines, g, { dampin = 1 })
refused("damping: expected a number > 0", dyn.machines, g, { damping = -1 })
refused("damping contradicts kappa", dyn.machines, g, { damping = 1, kappa = 1 })

-- Kicks last, strikes do not; both are the disturbances of the same shape, later.
local function at(options, steps) return run(dyn.swing(options), { record = {} }):step(steps) end
local k = at({ shape = "none" }, 7):kick(3, 0.731):step(60)
local want = at({ shape = "step", at = 3, size = 0.731 }, 60)
for i = 1, 4 do close(k.y[i][1], want.y[i][1], 1e-12) end
close(k.coherent, want.coherent, 1e-12)
local s = at({ shape = "none" }, 7):strike(-1, -0.385):step(60)
want = at({ shape = "impulse", at = 4, size = -0.385 }, 60)
for i = 1, 4 do close(s.y[i][1], want.y[i][1], 1e-12) end
close(s.coherent, want.coherent, 1e-12)
assert(#s:events() == 1 and #k:events() == 1)
refused("run:strike: node = 5 (the network has 4 nodes)", s.strike, s, 5, 1)
refused("run:strike: node: expected a whole number", s.strike, s, 1.5, 1)
refused("run:strike: impulse: expected a finite number", s.strike, s, 1, 0 / 0)
refused("run:strike: net.linear takes no impulse at a node", s.strike, run(net.linear{}), 1, 1)
