-- SPDX-License-Identifier: GPL-3.0-or-later
-- fit.lua - straight lines through points, on linear or logarithmic axes, with Student's t
-- intervals of slope and intercept.

local o, internal = ...
local lib = internal.frames
local core, fail, text = lib.core, lib.fail, internal.text

local fit_mt = { __name = "orrery.fit", __methods = {} }
local options = { "x", "y", "log", "level", "by" }

function fit_mt.__index(f, key)
  if fit_mt.__methods[key] then return fit_mt.__methods[key] end
  local names = {}
  for name in pairs(f) do names[#names + 1] = name end
  local near = internal.nearest(tostring(key), names)
  fail("fit: no field '%s'%s", tostring(key), near and " (did you mean '" .. near .. "'?)" or "")
end

-- "1.506 ± 0.035": two digits of the half width, the value to the same place.
function lib.with_error(value, half)
  if not (half > 0 and half < math.huge) then return text.number(value) end
  local digits = 1 - math.floor(math.log(half, 10))
  if digits < 0 or digits > 8 then return string.format("%.4g ± %.2g", value, half) end
  return string.format("%." .. digits .. "f ± %." .. digits .. "f", value, half)
end

local function percent(level) return text.number(100 * level) .. " %" end

function fit_mt.__tostring(f)
  local law = f.log_x and f.log_y and "log y = a + slope log x" or f.log_x and "y = a + slope log10 x"
    or f.log_y and "log10 y = a + slope x" or "y = a + slope x"
  local out = { string.format("fit of %s, %d points%s", law, f.n, f.left_out > 0 and string.format(
    " (%d left out: missing, not finite%s)", f.left_out,
    (f.log_x or f.log_y) and " or not above 0" or "") or "") }
  for _, name in ipairs{ "slope", "intercept" } do
    out[#out + 1] = string.format("  %-9s  %s ± %s, %s interval from %s to %s", name,
      text.number(f[name]), text.number(f[name .. "_se"]), percent(f.level),
      text.number(f[name .. "_lo"]), text.number(f[name .. "_hi"]))
  end
  out[#out + 1] = string.format("  r2         %s, residuals of std %s", text.number(f.r2),
    text.number(f.sigma))
  return table.concat(out, "\n")
end

local function check_options(fn, opt)
  local out = { level = 0.95 }
  if opt ~= nil and type(opt) ~= "table" then
    fail("%s: expected a table of options, got %s", fn, internal.describe(opt))
  end
  for key, v in pairs(opt or {}) do
    local near = internal.nearest(tostring(key), options)
    if near ~= key then
      fail("%s: unknown option '%s'%s", fn, tostring(key),
        near and " (did you mean '" .. near .. "'?)" or " (x, y, log, level, by)")
    end
    if (key == "x" or key == "y") and v ~= "log" and v ~= "linear" then
      fail("%s: %s = %s (\"linear\" or \"log\")", fn, key, internal.describe(v))
    elseif key == "log" and type(v) ~= "boolean" then
      fail("%s: log = %s (true or false)", fn, internal.describe(v))
    elseif key == "level" and not (type(v) == "number" and v > 0 and v < 1) then
      fail("%s: level = %s (must be between 0 and 1)", fn, internal.describe(v))
    end
    out[key] = v
  end
  return out
end

-- A list of numbers of whatever holds them.
local function list_of(fn, v, name)
  local kind = lib.type_of(v)
  if kind == "mat" and v.rows > 1 and v.cols > 1 then
    fail("%s: %s: expected a vector or a list of numbers, got %s", fn, name, internal.describe(v))
  elseif kind == "mat" then
    local list = v:totable() -- of rows, unless it was made as a vector
    if type(list[1]) ~= "table" then return list end
    return #list == 1 and list[1] or v.T:totable()[1]
  end
  if kind ~= "table" then
    fail("%s: %s: expected a vector or a list of numbers, got %s", fn, name, internal.describe(v))
  end
  for i, x in ipairs(v) do
    if type(x) ~= "number" then
      fail("%s: %s: value %d: expected a number, got %s", fn, name, i, internal.describe(x))
    end
  end
  return v
end

local function fit_lists(fn, x, y, opt)
  if #x ~= #y then fail("%s: x has %d values, y has %d", fn, #x, #y) end
  local log_x, log_y = opt.log or opt.x == "log", opt.log or opt.y == "log"
  local u, v = {}, {}
  for i = 1, #x do
    local a, b = x[i], y[i]
    local fine = a == a and b == b and math.abs(a) < math.huge and math.abs(b) < math.huge
    if fine and not (log_x and a <= 0) and not (log_y and b <= 0) then
      u[#u + 1] = log_x and math.log(a, 10) or a
      v[#v + 1] = log_y and math.log(b, 10) or b
    end
  end
  local f, why = core.line(u, v, opt.level)
  if not f then
    fail("%s: %s%s", fn, why, #u < #x and string.format(" (%d of %d were left out: not finite%s)",
      #x - #u, #x, (log_x or log_y) and " or not above 0 on a logarithmic axis" or "") or "")
  end
  f.left_out, f.log_x, f.log_y = #x - #u, log_x or false, log_y or false
  f.x_lo, f.x_hi = math.huge, -math.huge
  for _, a in ipairs(u) do f.x_lo, f.x_hi = math.min(f.x_lo, a), math.max(f.x_hi, a) end
  if log_x then f.x_lo, f.x_hi = 10 ^ f.x_lo, 10 ^ f.x_hi end
  return setmetatable(f, fit_mt)
end

function fit_mt.__methods.at(f, x)
  local u = f.log_x and math.log(x, 10) or x
  local middle = f.intercept + f.slope * u
  local half = f.t * math.sqrt(math.max(0,
    f.intercept_se ^ 2 + 2 * u * f.covariance + u * u * f.slope_se ^ 2))
  if f.log_y then return 10 ^ middle, 10 ^ (middle - half), 10 ^ (middle + half) end
  return middle, middle - half, middle + half
end
internal.help{ name = "fit:at", usage = "f:at(x) -> y, low, high",
  doc = "The fitted line at x with the interval of its mean there, in the units of the data.",
  example = "print(fit({1, 2, 3, 4}, {2, 4.1, 5.9, 8}):at(5))" }

-- A curve for plot(): the line over the range of the data and its interval as a band.
function fit_mt.__methods.curve(f, name)
  local c = { x = {}, y = {}, lo = {}, hi = {}, kind = "band", name = name }
  local a, b = f.x_lo, f.x_hi
  for i = 1, 61 do
    local u = (i - 1) / 60
    local x = f.log_x and a * (b / a) ^ u or a + (b - a) * u
    c.x[i] = x
    c.y[i], c.lo[i], c.hi[i] = f:at(x)
  end
  c.name = name or "slope " .. lib.with_error(f.slope, f.t * f.slope_se)
  return c
end
internal.help{ name = "fit:curve", usage = "f:curve([name]) -> curve",
  doc = "The line and its interval as a curve with a band, for plot{…}; the name says slope and half "
    .. "the width of its interval unless another is given.",
  example = "x, y = {1, 2, 3, 4}, {2, 4.1, 5.9, 8}; print(plot{ {x=x, y=y, kind='points'}, "
    .. "fit(x, y):curve() })" }

o.fit = setmetatable({}, { __name = "orrery.fitter", __call = function(_, x, y, opt)
  opt = check_options("fit", opt)
  if opt.by then fail("fit: by is an option of f:fit(x, y, {by=…})") end
  return fit_lists("fit", list_of("fit", x, "argument 1 (x)"), list_of("fit", y, "argument 2 (y)"), opt)
end })
internal.help{ name = "fit", usage = "fit(x, y [, {log=true, x=\"log\", y=\"log\", level=0.95}]) -> fit",
  doc = "The straight line through points by least squares: slope, intercept, their standard errors "
    .. "(_se) and intervals (_lo, _hi, Student's t at the level), r2, sigma. log fits powers: the "
    .. "decimal logarithms of both (x or y alone with x=\"log\", y=\"log\"). Points that are not finite or "
    .. "have no logarithm are left out and counted.",
  example = "f = fit({1, 2, 4, 8}, {3, 12, 48, 192}, {log=true}); print(f.slope, f)" }

function lib.methods.fit(f, x, y, opt)
  local fn = "frame:fit"
  local d = lib.check_self(f, fn)
  opt = check_options(fn, opt)
  local xs, ys = lib.numbers(d, fn, x), lib.numbers(d, fn, y)
  if not opt.by then return fit_lists(fn, xs, ys, opt) end
  local keys = type(opt.by) == "table" and opt.by or { opt.by }
  lib.check_names(d, fn, keys)
  local id, first = lib.group_rows(d, keys)
  local gx, gy, rows = {}, {}, {}
  for g = 1, #first do gx[g], gy[g] = {}, {} end
  for i = 1, d.n do
    local a, b = gx[id[i]], gy[id[i]]
    a[#a + 1], b[#b + 1] = xs[i], ys[i]
  end
  for g, i in ipairs(first) do
    local one, row = fit_lists(fn, gx[g], gy[g], opt), {}
    for _, key in ipairs(keys) do row[key] = d.col[key][i] end
    for _, key in ipairs{ "n", "slope", "slope_lo", "slope_hi", "intercept", "r2" } do row[key] = one[key] end
    rows[g] = row
  end
  local names = { "n", "slope", "slope_lo", "slope_hi", "intercept", "r2" }
  return o.frame(rows, table.move(names, 1, #names, #keys + 1, table.move(keys, 1, #keys, 1, {}))):sort(keys)
end
internal.help{ name = "frame:fit", usage = "f:fit(x, y [, {log=true, by=…, level=0.95}]) -> fit or frame",
  doc = "fit() of two columns; with by (a name or a list) a frame with slope, its interval, intercept "
    .. "and r2 for every group.",
  example = "print(frame{ h={1, 2, 4}, e={1, 4.2, 15.7} }:fit('h', 'e', {log=true}))" }
