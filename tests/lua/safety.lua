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
robot.slice = 1
local first = robot.truth
robot.slice = 5
assert(first.rows == 21 and first.cols == 21 and not (robot.truth == first))

-- ------------------------------------------------------ a system of the user's own, three ways

local levels = { -1, -0.5, 0, 0.5, 1 }
local region = { unsafe = function(x) return math.abs(x.x) >= 1 end, low={-1, -2.2}, high={1, 2.2},
  cells={31, 31}, actions=levels }
local function with(more)
  local all = {}
  for key, value in pairs(region) do all[key] = value end
  for key, value in pairs(more) do all[key] = value end
  return all
end

-- x'' = u over 0.2 s has a closed form: Runge-Kutta is exact on it, also in between.
local h = 0.2
local ode = dyn.ode{ f=function(t, x, dx, p) dx.x = x.v; dx.v = p.u end, names={"x", "v"}, x0={0, 0},
  params={u=0} }
local function exact(x, u)
  for i = 1, 3 do -- out of the room between two samples
    local t = h * i / 4
    local y = x.x + t * x.v + t * t * u / 2
    if math.abs(y) >= 1 then return { y, x.v + t * u } end
  end
  return { x.x + h * x.v + h * h * u / 2, x.v + h * u }
end
local by_ode = run(safety.kernel(with{ ode=ode, dt=h }))
local by_step = run(safety.kernel(with{ step=exact, axes={"x", "v"} }))
assert(by_ode.truth == by_step.truth and by_ode.truth_pairs == by_step.truth_pairs)
assert(by_ode.truth_safe > 300 and ode.u == 0, "the system itself is left alone")
local held = safety.table(with{ ode=ode, dt=h })
local by_table = run(safety.kernel(held))
by_table:step(30)
by_ode:step(30)
assert(by_table.critic == by_ode.critic and by_ode.fixed_point == 1)
assert(#held.next == 31 * 31 + 1 and held.axes == "x,v")
-- The walk that is drawn stays among the cells, safe for ever once the set is known.
local path = by_ode.path
assert(path.rows == 201 and path[201][1] == path[201][1] and math.abs(path[201][1]) < 1)

-- Another system with an action: the drive of a pendulum, named by its knob.
local pendulum = run(safety.kernel{ ode=dyn.pendulum{ frequency=0 }, action="drive", dt=0.2, actions={-1, 0, 1},
  unsafe=function(x) return math.abs(x.theta) > 1 end, low={-1.2, -2}, high={1.2, 2}, cells={25, 25} })
assert(pendulum.truth_safe > 50 and pendulum.truth_safe < 500)

-- Learned: as a table exactly, as a network nearly.
local tabular = run(safety.critic(with{ ode=ode, dt=h, critic="table", episodes=50 }))
tabular:step(400)
assert(tabular.iou == 1 and tabular.over_cautious == 0, tabular.missed)
for _, own in ipairs{ { ode=ode, dt=h }, { step=exact, axes={"x", "v"} }, held } do
  local options = own == held and { next=held.next, unsafe=held.unsafe, box=held.box, cells=held.cells }
    or with(own)
  options.axiom = { {0, 0}, {0.1, 0}, {-0.1, 0} }
  options.rounds, options.batch, options.steps, options.width, options.seed = 10, 64, 250, 24, 3
  local r = run(safety.critic(options), { record={ "failures" } })
  while r.round < 10 do r:step(1) end
  assert(r.truth_safe == by_ode.truth_safe and r.iou > 0.75, r.iou)
  assert(r.contradicted == 0 and r.axiom_pairs == 15 and r.critic.rows == 31)
  assert(r:claim("non_contraction").standing == "holds" and r:claim("monotone").standing == "holds")
end

-- A table without a place for its states: one input a state.
local plain = run(safety.critic{ next=after, unsafe={7}, axiom={ {1} }, rounds=8, steps=100, batch=32,
  width=8, seed=2 }, { record={ "failures" } })
while plain.round < 8 do plain:step(1) end
assert(plain.iou == 1 and plain.safe == 4, plain.iou)
-- State 6 is safe, but not after each of its actions.
local spoiled = safety.critic{ next=after, unsafe={7}, axiom={ {1}, {6} } }
assert(spoiled.notes[1]:find("1 axiomatic pair is contradicted", 1, true), spoiled.notes[1])

-- Three axes, of which an angle goes round; any two of them can be drawn.
local dubins = { step=function(x, u)
    return { x.x + 0.3 * math.cos(x.th), x.y + 0.3 * math.sin(x.th), x.th + u }
  end, unsafe=function(x) return math.max(math.abs(x.x), math.abs(x.y)) >= 1 end,
  low={-1, -1, -math.pi}, high={1, 1, math.pi}, cells={13, 13, 12}, actions={-0.6, 0, 0.6},
  axes={"x", "y", "th"}, wrap={0, 0, 1}, plane={3, 1} }
local car = run(safety.kernel(dubins))
assert(car.truth.cols == 12 and car.truth.rows == 13 and car.truth_safe > 300)
local middle = car.truth
car.slice = 7 -- y = 0
assert(car.truth == middle)
car.slice = 1
assert(car.truth ~= middle)
dubins.axiom, dubins.rounds, dubins.steps, dubins.batch = { {0, 0, 0}, {0, 0, 1}, {0, 0, -2} }, 3, 100, 32
local steered = run(safety.critic(dubins), { record={ "failures" } })
while steered.round < 3 do steered:step(1) end
assert(steered.truth_safe == car.truth_safe and steered.iou > 0.5 and steered.path.cols == 2, steered.iou)

-- The robot, learned in its room by a network.
local room = run(safety.critic{ plant="robot", rounds=3, batch=64, steps=300 }, { record={ "failures" } })
while room.round < 3 do room:step(1) end
assert(room.contradicted == 0 and room.axiom_pairs == 1000 and room.iou > 0.8, room.iou)

-- What goes wrong in the user's functions is said with the place.
local function spoilt(text, more) refused(text, safety.kernel, with(more)) end
spoilt("safety.table: step: state 1 (x = -0.967742, v = -2.12903), action 1 (-1):",
  { axes={"x", "v"}, step=function(x, u) return x + u end })
spoilt("arithmetic on a table value", { axes={"x", "v"}, step=function(x, u) return x + u end })
spoilt("unsafe: state 1 (x1 = -0.967742,", { step=exact, unsafe=function(x) return x.y > 1 end })
spoilt("expected 2 numbers, got 3", { step=function() return 3 end, axes={"x", "v"} })
spoilt("no 'w' here", { dt=h, ode=dyn.ode{ f=function(t, x, dx, p) dx.x = x.w end, names={"x", "v"},
  params={u=0} } })
spoilt("action 1 (u = -1)", { dt=h, ode=dyn.ode{ f=function(t, x, dx, p) dx.x = x.w end, names={"x", "v"},
  params={u=0} } })
spoilt("has no parameter 'w': f reads it as p.w", { ode=ode, dt=h, action="w" })
spoilt("(did you mean 'drive'?)", { ode=dyn.pendulum{}, dt=h, action="driv" })
spoilt("dt = nil", { ode=ode })
spoilt("not both", { ode=ode, step=exact, dt=h })
spoilt("expected a system", { ode=3, dt=h })
spoilt("low has 2 numbers", { ode=dyn.lorenz{}, dt=h })
spoilt("substeps differ from", { dt=3, substeps=1, unsafe=function() return false end,
  ode=dyn.ode{ f=function(t, x, dx, p) dx.x = x.v; dx.v = p.u - 4 * math.sin(x.x) end, names={"x", "v"},
  params={u=0} } })
refused("unknown option 'rownds'", safety.critic, with{ ode=ode, dt=h, rownds=3 })

refused("successor 9", safety.kernel, { next={ {9, 1} } })
refused("4 million", safety.table, { cells={2000, 2000}, low={0, 0}, high={1, 1}, actions={0},
  step=function(x) return x end, unsafe=function() return false end })
refused("number 2 of the new state is", safety.table, { cells={2, 2}, low={0, 0}, high={1, 1}, actions={0},
  step=function(x) return { x[1], 0 / 0 } end, unsafe=function() return false end })
refused("expected 2 numbers", safety.table, { cells={2, 2}, low={0, 0}, high={1, 1}, actions={0},
  step=function() return { 1 } end, unsafe=function() return false end })
refused("did you mean 'unsafe'", safety.table, { unsave=1 })
refused("gamma", safety.kernel, { operator="distance", gamma=0 })
