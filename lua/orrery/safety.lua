-- SPDX-License-Identifier: GPL-3.0-or-later
-- safety.lua - a system of the user's own as a table of transitions: a Lua step function and
-- an unsafe region on a box of cells.

local o, internal = ...

local function fail(fmt, ...) internal.raise("safety.table: " .. string.format(fmt, ...)) end

local keys = { "step", "unsafe", "low", "high", "cells", "actions", "force" }

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
  for _, key in ipairs{ "step", "unsafe" } do
    if type(opt[key]) ~= "function" then
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

-- The cell of x (clamped to the box), from 1: cell (j, k) is state (j - 1) M + k.
local function cell_of(x, low, width, cells)
  local s = 0
  for i = 1, #cells do
    local k = math.floor((x[i] - low[i]) / width[i])
    s = s * cells[i] + math.max(0, math.min(cells[i] - 1, k))
  end
  return s + 1
end

local function centre_of(s, low, width, cells)
  local x, rest = {}, s - 1
  for i = #cells, 1, -1 do
    x[i] = low[i] + (rest % cells[i] + 0.5) * width[i]
    rest = rest // cells[i]
  end
  return x
end

local function successor(opt, x, u, s, a)
  local y = opt.step(x, u)
  if type(y) ~= "table" or #y ~= #x then
    fail("step: state %d, action %d: expected %d numbers, got %s", s, a, #x, internal.describe(y))
  end
  for i = 1, #x do
    if type(y[i]) ~= "number" or y[i] ~= y[i] then
      fail("step: state %d, action %d: number %d of the new state is %s", s, a, i, tostring(y[i]))
    end
  end
  return y
end

function o.safety.table(opt)
  check_keys(opt)
  local low = check_list(opt, "low")
  local d = #low
  local high, cells = check_list(opt, "high", d), check_list(opt, "cells", d)
  local actions = check_list(opt, "actions")
  local width, n = {}, 1
  for i = 1, d do
    if not math.tointeger(cells[i]) or cells[i] < 1 then
      fail("cells[%d] = %s (must be a whole number >= 1)", i, cells[i])
    end
    if not (low[i] < high[i]) then
      fail("low[%d] = %g, high[%d] = %g (must rise)", i, low[i], i, high[i])
    end
    width[i] = (high[i] - low[i]) / cells[i]
    n = n * cells[i]
  end
  n = math.tointeger(n)
  if (n + 1) * #actions > 4e6 and not opt.force then
    fail("%d states x %d actions are more than 4 million pairs (force = true allows them)", n + 1, #actions)
  end
  local after, bad = {}, { n + 1 } -- one more state, failure, behind the cells
  for s = 1, n do
    local row, x = {}, centre_of(s, low, width, cells)
    if opt.unsafe(x) then bad[#bad + 1] = s end
    for a, u in ipairs(actions) do
      local y = successor(opt, centre_of(s, low, width, cells), u, s, a)
      row[a] = opt.unsafe(y) and n + 1 or cell_of(y, low, width, cells)
    end
    after[s] = row
  end
  after[n + 1] = {}
  for a = 1, #actions do after[n + 1][a] = n + 1 end
  local out = { next = after, unsafe = bad, force = opt.force }
  if d == 2 then
    out.N, out.M = cells[1], cells[2]
    out.box = { { low[1], high[1] }, { low[2], high[2] } }
  end
  return out
end
internal.help{ name = "safety.table", kind = "function",
  usage = "safety.table{step=, unsafe=, low=, high=, cells=, actions=} -> options",
  doc = "A system of your own as a table of transitions for safety.kernel and safety.critic{critic="
    .. "'table'}: step(x, u) gives the next state, unsafe(x) whether a state is a failure; the box from "
    .. "low to high is cut into cells, which are stepped from their middles; actions lists u.",
  example = "t = safety.table{ step=function(x, u) return { x[1] + 0.1*x[2], x[2] + 0.1*u } end, "
    .. "unsafe=function(x) return math.abs(x[1]) >= 1 end, low={-1,-2}, high={1,2}, cells={21,21}, "
    .. "actions={-1,0,1} }; print(run(safety.kernel(t)).truth_safe)" }
