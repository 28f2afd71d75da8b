-- SPDX-License-Identifier: GPL-3.0-or-later
-- plot.lua - what can be plotted and how it becomes axes, series and marks.

local o, internal = ...
local plot = o.plot
local kind_of = plot._type

local function fail(fmt, ...) internal.raise("plot: " .. string.format(fmt, ...)) end

-- The value, or a list of it: everything that may come alone or as a list.
local function listed(value, kind)
  if kind_of(value) == kind then return { value } end
  if kind_of(value) ~= "table" or #value == 0 then return nil end
  for _, v in ipairs(value) do
    if kind_of(v) ~= kind then return nil end
  end
  return value
end

local function all_nan(v)
  for i = 1, #v do
    if v[i] == v[i] then return false end
  end
  return true
end

-- What a run is of: the first line of its system, without the name of the class.
local function title_of(r)
  return (tostring(r.system):match("^[^\n]*"):gsub("^[%w_.]+: ", ""))
end

-- ------------------------------------------------------------------- of runs

local function recorded(r, name)
  local ok, s = pcall(r.series, r, name)
  return ok and s or nil
end

-- "Theorem 3.2" of "Xu et al. 2025 (arXiv:2505.11664), Theorem 3.2"
local function place_in(source) return source and (source:match("[^,]*$"):gsub("^%s+", "")) end

-- Where a step stands on the horizontal axis.
local function place(s, k, by_time)
  if not by_time then return k end
  for i = 1, #s.step do
    if s.step[i] >= k then return s.t[i] end
  end
end

local function curve_of(s, opt, name, colour)
  local c = { name = name, colour = colour, kind = opt.kind,
    x = opt.x == "time" and s.t or s.step, y = s.value }
  if s.stride > 1 then c.lo, c.hi = s.min, s.max end
  return c
end

-- First step at which a claim about this probe and its bound was seen violated.
local function first_violation(r, probe)
  local first
  for _, c in ipairs(r.system:claims()) do
    if c.conclusion.left == probe or c.conclusion.right == probe then
      local v = r:claim(c.name)
      if v.standing == "violated" then first = math.min(first or v.first_step, v.first_step) end
    end
  end
  return first
end

-- Bounds of a probe: curves when recorded, level lines when they never change.
local function add_bounds(d, r, s, opt, colour)
  local n = #s.step
  for _, p in ipairs(r:probes()) do
    if p.bounds == s.name and p.kind == "scalar" then
      local b, c = recorded(r, p.name), nil
      if b and not all_nan(b.value) then
        c = curve_of(b, opt, p.label, colour)
      elseif p.constant and p.value and p.value == p.value and n > 0 then
        local x = opt.x == "time" and s.t or s.step
        c = { name = p.label, colour = colour, x = { x[1], x[n] }, y = { p.value, p.value } }
      end
      if c then
        c.role, c.kind, c.source = "bound", "line", place_in(p.source)
        c.side = p.side == "upper" and 1 or -1
        d.series[#d.series + 1] = c
      end
    end
  end
end

-- The rounding floor that the claims name; they compare it with the gap.
local function floor_of(r)
  for _, c in ipairs(r.system:claims()) do
    local x = c.floor and r[c.floor]
    if x and x == x then return x end
  end
end

-- Turned knobs and markers; what happened at one step shares a line.
local function add_marks(d, r, s, opt)
  for _, e in ipairs(r:events()) do
    local value = tonumber(e.after)
    local words = e.kind == "mark" and e.name
      or e.kind == "knob"
        and e.name .. " " .. (value and internal.text.number(value) or e.after or "")
    local x = words and place(s, e.k, opt.x == "time")
    local last = d.marks[#d.marks]
    if x and last and last.x == x then
      last.text = last.text .. ", " .. words
    elseif x and #d.marks < 12 then
      d.marks[#d.marks + 1] = { x = x, text = words }
    end
  end
end

-- A vector of the present state (a spectrum) stands over its index.
local function add_vector(d, r, row, opt, name)
  local c = { name = name, kind = opt.kind or "points", y = {}, x = {} }
  local v = r[row.name]
  for i = 1, #v do c.x[i], c.y[i] = i, v[i] end
  d.x.label = d.x.label or "index"
  d.series[#d.series + 1] = c
end

local function probe_row(r, name)
  for _, p in ipairs(r:probes()) do
    if p.name == name then return p end
  end
  local names = {}
  for i, p in ipairs(r:probes()) do names[i] = p.name end
  local near = internal.nearest(name, names)
  fail("no probe '%s'%s", name, near and " (did you mean '" .. near .. "'?)"
    or " (r:probes() lists them)")
end

local function add_run(d, r, names, opt, many, ghost)
  for _, name in ipairs(names) do
    local row = probe_row(r, name)
    local label = many and (#names > 1 and r.name .. " " .. row.label or r.name) or row.label
    d.wants_log = d.wants_log or row.axis == "log"
    if row.kind == "matrix" or row.kind == "field" then
      fail("%s is a %s: plot(r.%s) draws its columns", name, row.kind, name)
    elseif row.kind == "vector" then
      add_vector(d, r, row, opt, label)
    else
      local s = recorded(r, name) or r:series(name)
      local colour = d.colours
      local c = curve_of(s, opt, label, colour)
      d.colours = colour + 1
      d.series[#d.series + 1] = c
      if ghost then
        c.role = "ghost"
      else
        local k = first_violation(r, name)
        c.violation = k and place(s, k, opt.x == "time")
        if opt.bounds then add_bounds(d, r, s, opt, colour) end
        if opt.marks and opt.one and #d.marks == 0 then add_marks(d, r, s, opt) end
      end
    end
  end
end

-- What a run shows when nothing is said: the gap to the best loss, else the loss.
local function default_names(r)
  for _, name in ipairs{ "gap", "loss" } do
    local s = recorded(r, name)
    if s and not all_nan(s.value) then return { name } end
  end
  for _, p in ipairs(r:probes()) do
    if p.kind == "scalar" and recorded(r, p.name) then return { p.name } end
  end
  fail("%s records nothing: run(s, {record={\"loss\"}})", r.name)
end

local function plot_runs(d, runs, names, opt)
  local ghosts = opt.ghost and (listed(opt.ghost, "run") or fail("ghost: expected a run or runs"))
    or {}
  local many = #runs + #ghosts > 1
  opt.one = #runs == 1
  names = names or default_names(runs[1])
  if opt.bounds == nil then opt.bounds = #names == 1 and #runs == 1 end
  d.x.label = opt.x == "time" and "time" or "step"
  for _, g in ipairs(ghosts) do add_run(d, g, names, opt, many, true) end
  for _, r in ipairs(runs) do add_run(d, r, names, opt, many) end
  local row = probe_row(runs[1], names[1])
  if row.kind ~= "scalar" then d.x.label = "index" end
  if #names == 1 then d.y.label, d.y.unit = row.label, row.unit end
  if names[1] == "gap" then d.floor = floor_of(runs[1]) end
  d.title = #runs == 1 and title_of(runs[1]) or row.label
  d.value = #runs == 1 and "step " .. runs[1].k or nil
end

-- --------------------------------------------------- of series, values, functions

local function plot_series(d, list, opt)
  for i, s in ipairs(list) do
    local c = curve_of(s, opt, #list > 1 and s.run .. " " .. s.label or s.label, i - 1)
    d.series[i] = c
  end
  d.wants_log = list[1].axis == "log"
  d.x.label = opt.x == "time" and "time" or "step"
  d.y.label, d.y.unit = list[1].label, list[1].unit
end

-- y over its index, or y over x; every column of a matrix is a curve.
local function plot_values(d, x, y, opt)
  local columns = plot._columns(y or x)
  local xs = y and plot._columns(x)[1]
  for i, v in ipairs(columns) do
    local c = { y = v, kind = opt.kind, name = #columns > 1 and tostring(i) or nil }
    if xs then
      if #xs ~= #v then fail("x has %d values, y has %d", #xs, #v) end
      c.x = xs
    else
      c.x = {}
      for k = 1, #v do c.x[k] = k end
    end
    d.series[i] = c
  end
  d.x.label = xs and "x" or "index"
end

-- Curves said in full: {y=, x=, lo=, hi=, name=, kind=, role=, source=, violation=}.
local curve_keys = { "y", "x", "lo", "hi", "name", "kind", "role", "source", "violation", "colour" }

local function plot_curves(d, list, opt)
  for i, given in ipairs(list) do
    local c = {}
    for key, value in pairs(given) do
      local near = internal.nearest(tostring(key), curve_keys)
      if near ~= key then
        fail("curve %d: unknown field '%s'%s", i, tostring(key),
          near and " (did you mean '" .. near .. "'?)" or "")
      end
      c[key] = value
    end
    c.kind = c.kind or opt.kind or c.lo and "band" or nil
    d.series[i] = c
  end
  d.x.label = "x"
end

-- A table with numbers in its field y, or a list of such tables.
local function read_curves(first)
  if kind_of(first) ~= "table" then return nil end
  if first.y then return { first } end
  for _, c in ipairs(first) do
    if kind_of(c) ~= "table" or not c.y then return nil end
  end
  return #first > 0 and first or nil
end

local function plot_functions(d, list, lo, hi, opt)
  if type(lo) ~= "number" or type(hi) ~= "number" or not (lo < hi) then
    fail("a function needs a range, as in plot(math.sin, 0, 6.28)")
  end
  if opt.logx and lo <= 0 then fail("a logarithmic axis begins above 0, got %g", lo) end
  local n = opt.samples
  for i, f in ipairs(list) do
    local c = { x = {}, y = {}, kind = opt.kind, name = #list > 1 and "f" .. i or nil }
    for k = 1, n do
      local s = (k - 1) / (n - 1)
      local x = opt.logx and lo * (hi / lo) ^ s or lo + (hi - lo) * s
      local y = f(x)
      c.x[k], c.y[k] = x, math.type(y) and y + 0.0 or 0 / 0
    end
    d.series[i] = c
  end
  d.x.label = "x"
end

-- --------------------------------------------------------------------- options

-- ghost and name may be runs and lists, which the table of options cannot check.
local function check_options(given)
  local plain, ghost, names = {}, given.ghost, given.name
  for k, v in pairs(given) do plain[k] = v end
  plain.ghost = nil
  if type(names) == "table" then plain.name = nil else names = names and { names } end
  local opt = plot._options(plain)
  opt.ghost, opt.names = ghost, names
  if opt.x == "log" then opt.logx = true end
  return opt
end

local function any_positive(d)
  for _, s in ipairs(d.series) do
    for i = 1, #s.y do
      if s.y[i] > 0 then return true end
    end
  end
  return false
end

local function check_limits(name, lo, hi)
  if lo and hi and lo >= hi then fail("%smin = %g is not below %smax = %g", name, lo, name, hi) end
end

local function finish(d, opt)
  check_limits("x", opt.xmin, opt.xmax)
  check_limits("y", opt.ymin, opt.ymax)
  d.x.log = opt.logx
  d.y.log = opt.y == "log" or opt.y == "auto" and d.wants_log and any_positive(d)
  d.x.label, d.y.label = opt.xlabel or d.x.label, opt.ylabel or d.y.label
  d.x.lo, d.x.hi, d.y.lo, d.y.hi = opt.xmin, opt.xmax, opt.ymin, opt.ymax
  d.title = opt.title or d.title
  d.floor = opt.floor or d.y.log and d.floor or nil
  d.width, d.height = opt.width, opt.height
  for i, name in ipairs(opt.names or {}) do
    if d.series[i] then d.series[i].name = tostring(name) end
  end
  return plot._make(d)
end

-- A table with names in it and nothing in order is one of options.
local function is_options(v)
  return type(v) == "table" and kind_of(v) == "table" and #v == 0
end

local function read_names(v)
  if v == nil then return nil end
  if type(v) == "string" then return { v } end
  return listed(v, "string") or fail("expected names of probes as in {\"loss\", \"gap\"}, got a %s",
    kind_of(v))
end

-- Frames and pivots are plots of their own kind (plot_frame.lua).
local function call(_, first, ...)
  if kind_of(first) == "frame" then return internal.plot_frame(first, ...) end
  if kind_of(first) == "pivot" then return internal.plot_pivot(first, ...) end
  local args = table.pack(...)
  local opt = {}
  if args.n > 0 and is_options(args[args.n]) then
    opt = args[args.n]
    args[args.n] = nil
    args.n = args.n - 1
  end
  opt = check_options(opt)
  local d = { x = {}, y = {}, series = {}, marks = {}, colours = 0 }
  if listed(first, "run") then
    if args.n > 1 then fail("one list of probes: plot(r, {\"loss\", \"gap\"})") end
    plot_runs(d, listed(first, "run"), read_names(args[1]), opt)
  elseif listed(first, "series") then
    plot_series(d, listed(first, "series"), opt)
  elseif listed(first, "function") then
    plot_functions(d, listed(first, "function"), args[1], args[2], opt)
  elseif read_curves(first) then
    plot_curves(d, read_curves(first), opt)
  elseif kind_of(first) == "mat" or type(first) == "table" and #first > 0 then
    plot_values(d, first, args[1], opt)
  else
    fail("argument 1: expected a run, a series, numbers or a function, got %s",
      first == nil and "nothing" or "a " .. kind_of(first))
  end
  return finish(d, opt)
end

-- What the table of options cannot say of these two.
for _, row in ipairs(internal.options("plot")) do
  if row.key == "ghost" then row.type = "run or list of runs" end
  if row.key == "name" then row.type = "text or list of texts" end
end

internal.plots = { check_options = check_options, finish = finish, fail = fail }

setmetatable(plot, { __call = call, __name = "orrery.plotter" })

o.style = setmetatable({}, { __name = "orrery.styler", __call = function(_, options)
  local reset = options == "default"
  if reset then options = nil end
  return internal.record("style: how figures are saved", plot._style(options, reset))
end })
internal.help{ name = "style", usage = "style{font=, size=, line=, palette=, width=, …} -> record",
  doc = "How figures look from now on: what p:save(file, {…}) takes, as defaults. style() shows it, "
    .. "style(\"default\") goes back. Sizes are in points, width is in mm or \"column\", \"wide\", \"page\" "
    .. "of a journal; all but the palette print are fit for people with colour blindness.",
  example = "print(style{ width='column', size=7 }); style('default')" }

internal.help{ name = "plot", usage = "plot(what [, …] [, {options}]) -> plot",
  doc = "A plot, drawn at the prompt and saved with p:save(file). What: a run and names of probes "
    .. "(plot(r, {\"loss\", \"gap\"})), several runs (plot({r, f}, \"loss\")), a series, numbers "
    .. "(plot(y), plot(x, y); every column of a matrix is a curve), curves said in full (plot{{x=, "
    .. "y=, name=, role=\"bound\"}, …}; role curve, bound or ghost; lo= and hi= make a band), or "
    .. "functions over a range (plot(math.sin, 0, 6.28)), a frame (plot(f, {x=, y=, by=, "
    .. "band=}): see help(\"plot.frame\")) or a pivot. Bounds of a single probe are drawn "
    .. "dashed with their theorem.",
  example = "r = run(net.linear{}):step(50); print(plot(r, {'loss'}, {y='log'}))" }
