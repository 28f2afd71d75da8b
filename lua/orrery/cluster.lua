-- SPDX-License-Identifier: GPL-3.0-or-later
-- cluster.lua - dyn.cluster at the prompt: a graph that knows its groups brings them along.

local o = ...

local function is_graph(x)
  local mt = type(x) == "userdata" and debug and debug.getmetatable(x)
  return mt and rawget(mt, "__name") == "orrery.graph"
end

local make = o.dyn.cluster

function o.dyn.cluster(opt, ...)
  if type(opt) == "table" and opt.truth == nil and is_graph(opt.L) and opt.L.group then
    local all = {}
    for key, value in pairs(opt) do all[key] = value end
    all.truth = opt.L.group
    opt = all
  end
  return make(opt, ...)
end
