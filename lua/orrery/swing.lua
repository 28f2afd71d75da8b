-- SPDX-License-Identifier: GPL-3.0-or-later
-- swing.lua - networks of dyn.swing at the prompt: node parameters of a power grid, impulses.

local o, internal = ...

local function fail(fmt, ...) internal.raise(string.format(fmt, ...)) end

local function name_of(x)
  local mt = type(x) == "userdata" and debug and debug.getmetatable(x)
  return mt and rawget(mt, "__name")
end

local function positive(value, fn, name)
  if type(value) ~= "number" or not (value > 0 and value < math.huge) then
    fail("%s: %s: expected a number > 0, got %s", fn, name, internal.describe(value))
  end
  return value
end

-- Grids whose ratings are the base of their parameters only, and say nothing of damping.
local base_only = { ieee145 = true, npcc140 = true, ieee68 = true, newengland39 = true }
local keys = { "damping", "kappa" }

-- m = sum 2 h sn/100 / w0, d = D sum sn/100 / w0 (or kappa m), rinv likewise, in rad/s units.
function o.dyn.machines(g, opt)
  local fn = "dyn.machines"
  if name_of(g) ~= "orrery.graph" or not g.name then
    fail("%s: argument 1 (graph): expected a power grid such as graph.grid('iceland189'), got %s", fn,
      internal.describe(g))
  end
  if opt ~= nil and type(opt) ~= "table" then
    fail("%s: options go into one table, got %s", fn, internal.describe(opt))
  end
  for key in pairs(opt or {}) do
    if key ~= "damping" and key ~= "kappa" then
      local near = internal.nearest(tostring(key), keys)
      fail("%s: unknown option '%s'%s", fn, tostring(key),
        near and (" (did you mean '%s'?)"):format(near) or "")
    end
  end
  local D, kappa = opt and opt.damping, opt and opt.kappa
  if D and kappa then fail("%s: damping contradicts kappa (give one of them)", fn) end
  local w0 = 2 * math.pi * g.f0
  local out = { L = g, m = g.m / w0, rinv = g.rinv / w0, tau = g.tau, bus = g.bus }
  if kappa or (not D and base_only[g.name]) then
    out.d = out.m * positive(kappa or 0.2, fn, "kappa")
  else
    out.d = g.rating * (positive(D or 1, fn, "damping") / w0)
  end
  return out
end
internal.help{ name = "dyn.machines", usage = "dyn.machines(grid [, {damping=, kappa=}]) -> options",
  doc = "Options of dyn.swing for a power grid, in rad/s units: L, inertias m, damping d, inverse droops "
    .. "rinv, turbine lags tau, bus numbers. d = damping times the rating (1 p.u. on machine base when "
    .. "not given); or d = kappa m, which is the default (0.2 per second) for the grids whose ratings "
    .. "are a base only: newengland39, ieee68, ieee145, npcc140. 1000 y/(2 pi) is in mHz.",
  example = "o = dyn.machines(graph.grid('iceland189')); o.shape = 'exp'; r = run(dyn.swing(o)):step(100); "
    .. "print(r.coherent_mhz, r.gap)" }

-- r:strike(node, impulse): with the next step y of the node jumps by impulse/m.
function o.run._methods.strike(r, node, impulse)
  if name_of(r) ~= "orrery.run" then
    fail("run:strike: argument 1 (run): expected a run, got %s", internal.describe(r))
  end
  if r.system.name ~= "dyn.swing" and r.system.name ~= "dyn.reduce" then
    fail("run:strike: %s takes no impulse at a node (dyn.swing and dyn.reduce do)", r.system.name)
  end
  local block, i = r.impulse, math.tointeger(node)
  if not i then fail("run:strike: node: expected a whole number, got %s", internal.describe(node)) end
  if i < 0 then i = block.rows + 1 + i end
  if i < 1 or i > block.rows then
    fail("run:strike: node = %d (the network has %d nodes)", node, block.rows)
  end
  if type(impulse) ~= "number" or impulse ~= impulse or math.abs(impulse) == math.huge then
    fail("run:strike: impulse: expected a finite number, got %s", internal.describe(impulse))
  end
  block:set(i, 1, block[i][1] + impulse)
  r.impulse = block
  return r
end
internal.help{ name = "run:strike", kind = "method", usage = "r:strike(node, impulse) -> r",
  doc = "Networks of dyn.swing and dyn.reduce: with the next step the output of the node (a number from 1, "
    .. "negatives from the end) jumps by impulse/m, and the coherent response by impulse/sum m; reduced, "
    .. "that of its group by impulse/sum of the group's m. r:kick(node, power) is power that lasts. Both are "
    .. "events of the history like any change by hand.",
  example = "r = run(dyn.swing{ shape='none' }):step(20); r:strike(2, -0.1):step(30); "
    .. "print(r.y, r.coherent)" }
