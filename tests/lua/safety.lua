-- SPDX-License-Identifier: GPL-3.0-or-later
-- safety.lua - safety critics at the prompt: a table of transitions, a Lua step function
-- against the built-in plant, fields, claims, refusals.

local function refused(text, f, ...)
  local ok, message = pcall(f, ...)
  assert(not ok, "should have been refused: " .. text)
  assert(tostring(message):find(text, 1, true), message)
end

-- Seven states, six fixed points (case 2 of the theory page).
local after = { {1, 2}, {3, 7}, {3, 7}, {7, 5}, {7, 7}, {6, 4}, {1, 7} }
local r = run(safety.kernel{ next=after, unsafe={7} })
assert(r.fixed_points == 6 and r.components == 3 and r.sweeps == 5)
r:step(4)
assert(r.safe == 4 and r.changes == 0 and r.fixed_point == 1)
assert(r.b[1][1] == 0 and r.b[2][2] == 1 and r.b[7][1] == 1)
r:rewind(1)
assert(r.safe == 6)

-- The double integrator as a Lua function is the built-in one, cell by cell.
local dt, n = 0.05, 41
local options = safety.table{ cells={n, n}, low={-1, -2.2}, high={1, 2.2}, actions={-1, -0.5, 0, 0.5, 1},
  step = function(x, u)
    local v = x[2] + dt * u
    return { x[1] + dt * v, v }
  end,
  unsafe = function(x) return math.abs(x[1]) >= 1 end }
local mine, own = run(safety.kernel(options)), run(safety.kernel{ plant="integrator", N=n })
assert(mine.truth_safe == own.truth_safe and mine.truth_pairs == own.truth_pairs)
assert(mine.layer == own.layer and mine.layer.rows == n)
mine:step(8)
own:step(8)
assert(mine.critic == own.critic and mine.safe == own.safe)
options.critic = "table"
local learnt = run(safety.critic(options))
learnt:step(2500)
assert(learnt.over_cautious == 0 and learnt.missed == 0 and learnt.iou == 1, learnt.missed)
assert(learnt:claim("from_below").standing == "holds")

-- A robot in a room: a slice of cells for each heading.
local robot = run(safety.kernel{ plant="robot" })
local first = robot.truth
robot.heading = 5
assert(first.rows == 21 and first.cols == 21 and not (robot.truth == first))

refused("successor 9", safety.kernel, { next={ {9, 1} } })
refused("4 million", safety.table, { cells={2000, 2000}, low={0, 0}, high={1, 1}, actions={0},
  step=function(x) return x end, unsafe=function() return false end })
refused("number 2 of the new state is", safety.table, { cells={2, 2}, low={0, 0}, high={1, 1}, actions={0},
  step=function(x) return { x[1], 0 / 0 } end, unsafe=function() return false end })
refused("expected 2 numbers", safety.table, { cells={2, 2}, low={0, 0}, high={1, 1}, actions={0},
  step=function() return { 1 } end, unsafe=function() return false end })
refused("did you mean 'unsafe'", safety.table, { unsave=1 })
refused("gamma", safety.kernel, { operator="distance", gamma=0 })
