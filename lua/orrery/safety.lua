-- SPDX-License-Identifier: GPL-3.0-or-later
-- safety.lua - a system of the user's own for safety.kernel and safety.critic: a Lua step
-- function, or x' = f with an action that is held over the sampling step, and an unsafe
-- region, on a box of cells. They are called once for every cell and action; what stays is a
-- table of transitions.

local o, internal = ...

local MOST_AXES = 6

local function fail(fmt, ...) internal.raise("safety.table: " .. string.format(fmt, ...)) end

local keys = { "step", "unsafe", "low", "high", "cells", "actions", "force", "ode", "action", "dt",
  "substeps", "axes", "wrap" }

local function check_keys(opt)
  if type(opt) ~= "table" then fail("options go into one table, got %s", internal.describe(opt)) end
  for key in pairs(opt) do
    local known = false
    for _, k in ipairs(keys) do known = known or k == key end
    if not known then
      local near = internal.nearest(tostring(key), keys)
      fail("unknown option '%s'%s", tostring(key), near and (" (did you mean '%s'?)"):format(near) or "")
    end
  end
  if opt.ode ~= nil and opt.step ~= nil then fail("give step or ode, not both") end
  local ok, f = pcall(function() return opt.ode.rhs end)
  if opt.ode ~= nil and (not ok or type(f) ~= "function") then
    fail("ode: expected a system such as dyn.ode{ f=…, params={u=0} }, got %s", internal.describe(opt.ode))
  end
  for _, key in ipairs{ "step", "unsafe" } do
    if type(opt[key]) ~= "function" and not (key == "step" and opt.ode ~= nil) then
      fail("%s: expected a function, got %s", key, internal.describe(opt[key]))
    end
  end
end

local function check_list(opt, key, n)
  local list = opt[key]
  if type(list) ~= "table" or #list == 0 or (n and #list ~= n) then
    fail("%s: expected a list of %s numbers, got %s", key, n or "one or more", internal.describe(list))
  end
  for i, x in ipairs(list) do
    if type(x) ~= "number" or x ~= x or math.abs(x) == math.huge then
      fail("%s[%d]: expected a finite number, got %s", key, i, internal.describe(x))
    end
  end
  return list
end

-- --------------------------------------------------------------------------- the box

-- { low, high, width, cells, wrap, names, n }: checked.
local function check_box(opt)
  local low = check_list(opt, "low")
  local d = #low
  if d > MOST_AXES then fail("low has %d numbers (at most %d axes)", d, MOST_AXES) end
  local b = { low = low, high = check_list(opt, "high", d), cells = check_list(opt, "cells", d), width = {},
    wrap = {}, names = {}, n = 1, place = {} }
  for i = 1, d do
    if not math.tointeger(b.cells[i]) or b.cells[i] < 1 then
      fail("cells[%d] = %s (must be a whole number >= 1)", i, b.cells[i])
    end
    if not (low[i] < b.high[i]) then
      fail("low[%d] = %g, high[%d] = %g (must rise)", i, low[i], i, b.high[i])
    end
    b.width[i] = (b.high[i] - low[i]) / b.cells[i]
    b.n = b.n * b.cells[i]
    local wrap = opt.wrap and opt.wrap[i]
    b.wrap[i] = (wrap and wrap ~= 0) and 1 or 0
  end
  b.n = math.tointeger(b.n)
  return b
end

-- Names of the axes: the user's, else those of the ode's variables.
local function name_axes(opt, b)
  local d, names = #b.low, {}
  if opt.axes ~= nil and (type(opt.axes) ~= "table" or #opt.axes ~= d) then
    fail("axes: expected a list of %d names, got %s", d, internal.describe(opt.axes))
  end
  if opt.axes == nil and opt.ode and #opt.ode:blocks() == d then
    for i, block in ipairs(opt.ode:blocks()) do names[i] = block.name end
  end
  for i = 1, d do names[i] = tostring(opt.axes and opt.axes[i] or names[i] or ("x" .. i)) end
  b.names = names
  for i, name in ipairs(names) do b.place[name] = i end
end

-- The cell of x (clamped to the box, or round), from 1: the last axis runs fastest.
local function cell_of(b, x)
  local s = 0
  for i = 1, #b.cells do
    local k = math.floor((x[i] - b.low[i]) / b.width[i])
    k = b.wrap[i] == 1 and k % b.cells[i] or math.max(0, math.min(b.cells[i] - 1, k))
    s = s * b.cells[i] + k
  end
  return math.tointeger(s) + 1
end

-- States that the user's functions get: x[1], x[2], …, and x.name.
local function named(b)
  local meta = {}
  function meta.__index(x, key) return rawget(x, b.place[key]) end
  return function(x) return setmetatable(x, meta) end
end

local function centre_of(b, s)
  local x, rest = {}, s - 1
  for i = #b.cells, 1, -1 do
    x[i] = b.low[i] + (rest % b.cells[i] + 0.5) * b.width[i]
    rest = rest // b.cells[i]
  end
  return x
end

-- ------------------------------------------------------------------ the user's functions

local function describe(b, x)
  local list = {}
  for i, v in ipairs(x) do list[i] = ("%s = %g"):format(b.names[i], v) end
  return table.concat(list, ", ")
end

-- f(...), with the place at which it failed before the message.
local function call(where, f, ...)
  local ok, value = pcall(f, ...)
  if not ok then fail("%s: %s", where(), tostring(value)) end
  return value
end

local function is_unsafe(opt, b, x, s)
  return call(function() return ("unsafe: state %d (%s)"):format(s, describe(b, x)) end, opt.unsafe, x)
end

-- A step function that returns the next state.
local function by_step(opt, b, named_state)
  return function(s, a, u)
    local x = named_state(centre_of(b, s))
    local function where()
      return ("step: state %d (%s), action %d (%s)"):format(s, describe(b, centre_of(b, s)), a,
        internal.describe(u))
    end
    local y = call(where, opt.step, x, u)
    if type(y) ~= "table" or #y ~= #b.low then
      fail("%s: expected %d numbers, got %s", where(), #b.low, internal.describe(y))
    end
    for i = 1, #y do
      if type(y[i]) ~= "number" or y[i] ~= y[i] then
        fail("%s: number %d of the new state is %s", where(), i, tostring(y[i]))
      end
    end
    y = named_state({ table.unpack(y) })
    return y, is_unsafe(opt, b, y, s)
  end
end

local function check_ode(opt, b)
  local s = opt.ode
  local n = 0
  for _, block in ipairs(s:blocks()) do n = n + block.rows * block.cols end
  if n ~= #b.low then fail("ode has %d variables, low has %d numbers", n, #b.low) end
  local action = opt.action or "u"
  local names = {}
  for name, value in pairs(s:params()) do if type(value) == "number" then names[#names + 1] = name end end
  if type(action) ~= "string" or type(s:params()[action]) ~= "number" then
    local near = internal.nearest(tostring(action), names)
    fail("action: %s has no parameter '%s'%s", s.name, tostring(action),
      near and (" (did you mean '%s'?)"):format(near) or ": f reads it as p." .. tostring(action))
  end
  if type(opt.dt) ~= "number" or not (opt.dt > 0) then
    fail("dt = %s: the time for which an action is held (must be > 0)", tostring(opt.dt))
  end
  local substeps = opt.substeps or 4
  if not math.tointeger(substeps) or substeps < 1 or substeps > 1000 then
    fail("substeps = %s (must be a whole number from 1 to 1000)", tostring(substeps))
  end
  return action, substeps
end

-- x' = f with the action held: the classical Runge-Kutta method in equal substeps, unsafe at
-- any of them is failure. One system an action, as its knob would set it.
local function by_ode(opt, b, named_state)
  local action, substeps = check_ode(opt, b)
  local d, out, systems, fine, worst = #b.low, {}, {}, {}, 0
  for a, u in ipairs(opt.actions) do
    local r = run(opt.ode, { record = {} })
    r[action] = u
    systems[a] = r.system
  end
  local every = math.max(1, b.n // 50) -- cells at which the substeps are held against twice as many
  local function step(s, a, u)
    local x = centre_of(b, s)
    local name = ("safety.table: ode: state %d (%s), action %d (%s = %g)"):format(s, describe(b, x), a,
      action, u)
    internal.flow(systems[a], x, opt.dt, substeps, out, name)
    local failed, y = false, nil
    for i = 0, substeps - 1 do
      y = named_state({ table.unpack(out, i * d + 1, i * d + d) })
      for k = 1, d do
        if y[k] ~= y[k] or math.abs(y[k]) == math.huge then
          internal.raise(("%s: %s is %s after %d of %d substeps"):format(name, b.names[k], y[k], i + 1,
            substeps))
        end
      end
      failed = is_unsafe(opt, b, y, s)
      if failed then break end
    end
    if s % every == 0 and not failed then
      internal.flow(systems[a], x, opt.dt, 2 * substeps, fine, name)
      for k = 1, d do
        worst = math.max(worst, math.abs(fine[(2 * substeps - 1) * d + k] - y[k]) / b.width[k])
      end
    end
    return y, failed
  end
  return step, function()
    if worst > 0.05 then
      fail("ode: %d substeps differ from %d by %.2g of a cell: give more substeps", substeps,
        2 * substeps, worst)
    end
  end
end

function o.safety.table(opt)
  check_keys(opt)
  local b = check_box(opt)
  local actions = opt.actions
  if type(actions) ~= "table" or #actions == 0 then
    fail("actions: expected a list of one or more, got %s", internal.describe(actions))
  end
  if opt.ode ~= nil then check_list(opt, "actions") end
  if (b.n + 1) * #actions > 4e6 and not opt.force then
    fail("%d states x %d actions are more than 4 million pairs (force = true allows them)", b.n + 1, #actions)
  end
  name_axes(opt, b)
  local named_state = named(b)
  local step, check
  if opt.ode ~= nil then step, check = by_ode(opt, b, named_state)
  else step = by_step(opt, b, named_state) end
  local failure = b.n + 1 -- one more state, behind the cells
  local after, bad = {}, { failure }
  for s = 1, b.n do
    local row = {}
    if is_unsafe(opt, b, named_state(centre_of(b, s)), s) then
      bad[#bad + 1] = s
      for a = 1, #actions do row[a] = failure end
    else
      for a, u in ipairs(actions) do
        local y, failed = step(s, a, u)
        row[a] = failed and failure or cell_of(b, y)
      end
    end
    after[s] = row
  end
  if check then check() end
  after[failure] = {}
  for a = 1, #actions do after[failure][a] = failure end
  local box = {}
  for i = 1, #b.low do box[i] = { b.low[i], b.high[i] } end
  return { next = after, unsafe = bad, force = opt.force, box = box, cells = { table.unpack(b.cells) },
    wrap = b.wrap, axes = table.concat(b.names, ",") }
end
internal.help{ name = "safety.table", kind = "function",
  usage = "safety.table{step= | ode=, action=, dt=, substeps=, unsafe=, low=, high=, cells=, actions=, "
    .. "axes=, wrap=} -> options",
  doc = "A system of your own as a table of transitions. step(x, u) returns the next state; or ode is a "
    .. "system x' = f such as dyn.ode, action the name of the parameter that is the action (default 'u', in "
    .. "f p.u), held for the time dt while the classical Runge-Kutta method takes substeps (default 4) "
    .. "steps. unsafe(x) says whether a state is a failure, also between two samples of an ode. Axes have "
    .. "names too: x[2] is x.v. The box from low to high is cut into cells, which are stepped from their "
    .. "middles; wrap = {0, 1} makes the second axis an angle; actions lists u. safety.kernel and "
    .. "safety.critic take all of these directly; the table can be given to both.",
  example = "t = safety.table{ step=function(x, u) return { x[1] + 0.1*x[2], x[2] + 0.1*u } end, "
    .. "unsafe=function(x) return math.abs(x[1]) >= 1 end, low={-1,-2}, high={1,2}, cells={21,21}, "
    .. "actions={-1,0,1} }; print(run(safety.kernel(t)).truth_safe)" }

-- ------------------------------------------------------------------------ both systems

-- Options of a constructor with step or ode among them: those of safety.table become a table.
local function with_table(make)
  return function(opt, ...)
    if type(opt) ~= "table" or (opt.step == nil and opt.ode == nil) then return make(opt, ...) end
    local own, rest = {}, {}
    for key, value in pairs(opt) do rest[key] = value end
    for _, key in ipairs(keys) do own[key], rest[key] = opt[key], nil end
    for key, value in pairs(o.safety.table(own)) do rest[key] = value end
    return make(rest, ...)
  end
end

o.safety.kernel = with_table(o.safety.kernel)
o.safety.critic = with_table(o.safety.critic)
