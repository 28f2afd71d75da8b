-- SPDX-License-Identifier: GPL-3.0-or-later
-- phase_portrait.lua - phase portraits: equilibria and what they are, several starts, a
-- bifurcation by turning a knob, a Poincaré section.
--
--   orrery examples/phase_portrait.lua            the figures below, asserted
--   orrery dash examples/phase_portrait.lua       the pendulum's portrait, three starts at once
--
-- In the dashboard go to the dial with Tab and turn the damping with the left and right keys.

-- 1. Where does a pendulum rest?
local pendulum = dyn.pendulum{ damping = 0.2, box = { { -4, 4 }, { -3, 3 } } }
print("pendulum:")
for _, e in ipairs(pendulum:equilibria()) do
  print(("  theta = %6.3f   %-6s  %s"):format(e.x[1], e.kind, e.stable and "stable" or "unstable"))
end
local rest = pendulum:equilibria()
assert(#rest == 3 and rest[2].kind == "focus" and rest[2].stable, "it hangs")
assert(rest[1].kind == "saddle" and rest[3].kind == "saddle", "it stands, and falls")

-- 2. Three starts: inside the well, near the top, over the top.
local swings = {}
for i, start in ipairs{ { 1, 0 }, { 3.1, 0 }, { -3, 2.5 } } do
  swings[i] = run(dyn.pendulum{ damping = 0.2, x0 = start, box = { { -4, 8 }, { -3, 3 } } },
    { name = "start " .. i }):go{ time = 60 }
  local turns = swings[i].theta / (2 * math.pi)
  assert(math.abs(turns - math.floor(turns + 0.5)) < 1e-2, "every one comes to rest, hanging")
end
assert(swings[1].energy < 1e-4 and swings[3].theta > 6, "the third went over the top")

-- 3. A knob through a bifurcation: a limit cycle is born at mu = 0 with radius sqrt(mu).
print("hopf:   mu    radius   sqrt(mu)")
local r = run(dyn.hopf{ mu = -0.2, x0 = { 0.5, 0 } }, { rtol = 1e-10 })
for _, mu in ipairs{ -0.2, 0.04, 0.25, 0.64 } do
  r.mu = mu
  if r.radius < 1e-3 then r.x = 1e-3 end
  r:go{ time = r.t + 400 }
  local want = math.sqrt(math.max(mu, 0))
  print(("      %5.2f  %8.5f   %8.5f"):format(mu, r.radius, want))
  assert(math.abs(r.radius - want) < 1e-6)
end

-- 4. Lorenz: where the trajectory falls through z = rho - 1, it does so near a curve.
local l = run(dyn.lorenz{}, { section = "z", section_value = 27, section_way = "down", rtol = 1e-9 })
local cut = dyn.poincare(l, { count = 60 })
local apart = 0
for i = 1, cut.x.rows do
  assert(math.abs(cut.x:get(i, 3) - 27) < 1e-9, "on the section")
  apart = math.max(apart, math.abs(cut.x:get(i, 1) - cut.x:get(i, 2)))
end
print(("lorenz: %d crossings of z = 27, the last at t = %.2f"):format(cut.x.rows, l.t))
assert(apart < 12, "the section is thin")

print("every portrait is as theory has it")
dash(swings[1], swings[2], swings[3])
