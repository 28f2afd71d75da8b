-- SPDX-License-Identifier: GPL-3.0-or-later
-- nadir.lua - power networks at the prompt: kicks while time runs, the verdict as a record.

local o, internal = ...

local function fail(fmt, ...) internal.raise(string.format(fmt, ...)) end

local function name_of(x)
  local mt = type(x) == "userdata" and debug and debug.getmetatable(x)
  return mt and rawget(mt, "__name")
end

local function check_run(r, fn)
  if name_of(r) ~= "orrery.run" then
    fail("%s: argument 1 (run): expected a run, got %s", fn, internal.describe(r))
  end
end

-- A number of a bus, counted from the end when negative.
local function check_bus(bus, n, fn)
  local i = math.tointeger(bus)
  if not i then fail("%s: bus: expected a whole number, got %s", fn, internal.describe(bus)) end
  if i < 0 then i = n + 1 + i end
  if i < 1 or i > n then fail("%s: bus = %d (the network has %d buses)", fn, bus, n) end
  return i
end

-- Systems with a block u, power that goes into each bus.
local powered = { ["dyn.nadir"] = true, ["dyn.swing"] = true, ["dyn.reduce"] = true }

-- r:kick(bus, power): from now on so much more power goes into the bus.
function o.run._methods.kick(r, bus, power)
  check_run(r, "run:kick")
  if not powered[r.system.name] then
    fail("run:kick: %s takes no power at a bus (dyn.nadir does, dyn.swing and dyn.reduce too)",
      r.system.name)
  end
  local u = r.u
  bus = check_bus(bus, u.rows, "run:kick")
  if type(power) ~= "number" or power ~= power or math.abs(power) == math.huge then
    fail("run:kick: power: expected a finite number, got %s", internal.describe(power))
  end
  u:set(bus, 1, u[bus][1] + power)
  r.u = u
  return r
end
internal.help{ name = "run:kick", kind = "method", usage = "r:kick(bus, power) -> r",
  doc = "Networks of power (dyn.nadir, dyn.swing, dyn.reduce): from this step on so much more power, p.u., "
    .. "goes into the bus (a number from 1, negatives from the end); below 0 it is lost. The change is an "
    .. "event of the history like any change by hand; r.u = vector sets all buses at once.",
  example = "r = run(dyn.nadir{ disturb='none' }):step(20); r:kick(1, -0.1):step(30); print(r.w)" }

-- What the record says: probes of the run, in order.
local fields = { secure = "secure", nadir = "nadir", bound = "nadir_bound", gap = "gap_certified",
  bus = "nadir_bus", t = "nadir_t", rho_crit = "rho_crit", coi = "coi_worst", worst = "worst",
  by_bus = "bus_nadir", limit = "limit_now", rho = "rho", norm = "norm" }

function o.dyn.security(what)
  local r = what
  if name_of(what) == "orrery.system" and what.name == "dyn.nadir" then
    r = o.run(what, { record = {} })
  elseif name_of(what) ~= "orrery.run" or what.system.name ~= "dyn.nadir" then
    fail("dyn.security: argument 1: expected dyn.nadir or a run of it, got %s", internal.describe(what))
  end
  local out = {}
  for field, probe in pairs(fields) do out[field] = r[probe] end
  out.secure = out.secure == 1
  out.bus = math.tointeger(out.bus)
  local when = out.t == math.huge and "in the limit" or string.format("%.6g s after the step", out.t)
  return internal.record(string.format("%s: worst nadir %.6g p.u. at bus %d, %s; limit %.4g, critical "
    .. "size %.4g", out.secure and "secure" or "insecure", out.nadir, out.bus, when, out.limit,
    out.rho_crit), out)
end
internal.help{ name = "dyn.security", usage = "dyn.security(run or dyn.nadir) -> record",
  doc = "The verdict on a power network as its knobs stand: secure (nadir <= limit), nadir, bus, t (inf "
    .. "when approached in the limit), rho_crit (the size from which it is insecure), bound and gap (what "
    .. "is proved: no deviation above bound), coi (what a check of the centre of inertia alone would "
    .. "see), worst (the disturbance), by_bus (nadir of every bus), limit, rho, norm. More BLAS threads "
    .. "for large networks: orrery --threads N.",
  example = "v = dyn.security(dyn.nadir{ rho=0.17, limit=0.01 }); print(v, v.worst)" }
