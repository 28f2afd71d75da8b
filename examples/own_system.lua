-- SPDX-License-Identifier: GPL-3.0-or-later
-- own_system.lua - a dynamical system of your own: predators and prey.
--
--   x' = x (growth - eat y),  y' = y (gain x - death)
--
-- Its orbits are closed: V = gain x - death log x + eat y - growth log y stays as it is.
--
--   orrery examples/own_system.lua
--   orrery dash examples/own_system.lua

local s = dyn.ode{
  names = { "prey", "hunters" },
  x0 = { prey = 1.5, hunters = 0.5 },
  params = { growth = 1, eat = 1, gain = 0.8, death = 0.6 },
  box = { { 0.05, 3 }, { 0.05, 3 } },
  f = function(t, x, dx, p)
    dx.prey = x.prey * (p.growth - p.eat * x.hunters)
    dx.hunters = x.hunters * (p.gain * x.prey - p.death)
  end,
}

-- Where both stay as they are: a centre, orbits go around it.
local e = s:equilibria()
assert(#e == 1 and e[1].kind == "centre", "one equilibrium, a centre")
assert(math.abs(e[1].x[1] - 0.6 / 0.8) < 1e-9 and math.abs(e[1].x[2] - 1) < 1e-9)
print("both stay at", e[1].x)
print("small orbits take", 2 * math.pi / e[1].eigenvalues:get(1, 2))
assert(math.abs(e[1].eigenvalues:get(1, 2) - math.sqrt(1 * 0.6)) < 1e-8)

-- What is kept along an orbit, watched as a probe.
local function kept(r)
  return r.gain * r.prey - r.death * math.log(r.prey) + r.eat * r.hunters - r.growth * math.log(r.hunters)
end
local r = run(s, { rtol = 1e-10 }):watch("kept", kept)
local before = r.kept
r:go{ time = 50 }
print("kept", before, "after", r.t, "still", r.kept)
assert(math.abs(r.kept - before) < 1e-7)

-- A knob in mid-flight; back to before it was turned, and there again with the same bits.
r.death = 0.9
r:go{ time = 60 }
assert(math.abs(kept(r) - before) > 1e-3, "another orbit")
local k, hash = r.k, r:hash()
r:rewind(10)
assert(r.death == 0.6)
r:step(k - 10)
assert(r.death == 0.9 and r:hash() == hash)

-- A loss of your own, descended with the same tools.
local fit = dyn.gradient{
  names = { "a", "b" }, x0 = { a = -1, b = 1 }, loss_min = 0,
  loss = function(x) return (1 - x.a) ^ 2 + 100 * (x.b - x.a ^ 2) ^ 2 end,
}
local d = run(fit, { rule = "backtrack" }):go{ loss_below = 1e-3, max = 20000 }
print(("descent: loss %.2g after %d steps, sharpness %.4g"):format(d.loss, d.k, d.sharpness))
assert(d.loss < 1e-3 and math.abs(d.a - 1) < 0.1)

print("the orbit is closed, every figure is as it must be")
dash(r)
