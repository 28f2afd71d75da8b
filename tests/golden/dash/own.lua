-- SPDX-License-Identifier: GPL-3.0-or-later
-- A system of the user's own, x'' = u with |x| < 1, half way to its safe set.
local car = dyn.ode{ f=function(t, x, dx, p) dx.x = x.v; dx.v = p.u end, names={"x", "v"}, x0={0, 0},
  params={u=0} }
r = run(safety.kernel{ ode=car, dt=0.1, actions={-1, 0, 1}, unsafe=function(x) return math.abs(x.x) >= 1 end,
  low={-1, -2.2}, high={1, 2.2}, cells={41, 41} })
dash(r)
