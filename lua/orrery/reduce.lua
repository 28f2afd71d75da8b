-- SPDX-License-Identifier: GPL-3.0-or-later
-- reduce.lua - dyn.reduce takes its groups as they come from graph.cluster and dyn.cluster.

local o, internal = ...

local make = o.dyn.reduce

local function name_of(x)
  local mt = type(x) == "userdata" and debug and debug.getmetatable(x)
  return mt and rawget(mt, "__name")
end

-- What clustering gave: a record with labels, a run of dyn.cluster as it stands, a system of it
-- taken to its end. Anything else is for the options to judge.
local function labels_of(x)
  local kind = name_of(x)
  if type(x) == "table" and rawget(x, "labels") then return x.labels end
  if kind == "orrery.run" and x.system.name == "dyn.cluster" then return x.group end
  if kind ~= "orrery.system" or x.name ~= "dyn.cluster" then return nil end
  local r = o.run(x, { record = {} })
  r:go{ max = 1e9, stop = function(run) return run.done == 1 end }
  return r.group
end

function o.dyn.reduce(...)
  local options = ...
  local labels = type(options) == "table" and labels_of(options.group)
  if not labels then return make(...) end
  local own = {}
  for key, value in pairs(options) do own[key] = value end
  own.group = labels
  return make(own)
end
