-- SPDX-License-Identifier: GPL-3.0-or-later
-- plot_frame.lua - plots of frames: points, curves with bands over groups, fitted lines, and
-- matrices over two parameters as heats.

local o, internal = ...
local lib, plots = internal.frames, internal.plots
local plot, core, missing, text = o.plot, lib.core, lib.missing, internal.text

local function fail(fmt, ...) internal.raise("plot: " .. string.format(fmt, ...)) end

-- Options of frames alone; the others are those of every plot.
local frame_options = {
  { key = "x", type = "text", doc = "column on the horizontal axis" },
  { key = "y", type = "text", doc = "column on the vertical axis" },
  { key = "by", type = "text", doc = "column whose values each get a curve" },
  { key = "z", type = "text", doc = "column shown as colours over x and y" },
  { key = "band", type = "choice", choices = { "quantile", "sem", "std", "ci", "range" },
    doc = "area around the middle of the rows with equal x: quartiles around the median, mean with "
      .. "sem, std or its 95 % interval, or least to greatest around the median; {0.1, 0.9} are "
      .. "quantiles" },
  { key = "stat", type = "text", doc = "statistic of the rows with equal x, as of frame:group" },
  { key = "fit", type = "bool", doc = "draw the fitted line of every curve, its slope in the legend" },
  { key = "logy", type = "bool", doc = "logarithmic vertical axis" },
  { key = "logz", type = "bool", doc = "colours by the logarithm" },
  { key = "zlabel", type = "text", doc = "label of the colours" },
  { key = "zmin", type = "real", doc = "value of the first colour" },
  { key = "zmax", type = "real", doc = "value of the last colour" },
  { key = "lines", type = "list", doc = "dotted lines: {{x=0.4, text=\"limit\"}, {y=1e-6}}" },
  { key = "missing", type = "text", doc = "what a place without a value means, such as diverged" },
}

-- Own options and the rest, which plot's table checks.
local function split_options(given)
  local own, rest, known = {}, {}, {}
  for i, row in ipairs(frame_options) do known[row.key], known[i] = row, row.key end
  for key, v in pairs(given or {}) do
    local row = known[key]
    local want = row and (row.type == "bool" and "boolean" or row.type == "real" and "number" or "string")
    if not row then
      rest[key] = v
    elseif row.type == "list" and type(v) == "table" then
      own[key] = v
    elseif type(v) ~= want and not (key == "band" and type(v) == "table") then
      fail("%s: expected %s, got %s", key, want == "string" and "a text" or want == "number"
        and "a number" or "true or false", internal.describe(v))
    else
      own[key] = v
    end
  end
  for key in pairs(rest) do
    local names = table.move(known, 1, #frame_options, 1, {})
    for _, row in ipairs(internal.options("plot")) do names[#names + 1] = row.key end
    local near = internal.nearest(tostring(key), names)
    if near ~= key then
      fail("unknown option '%s'%s", tostring(key), near and " (did you mean '" .. near .. "'?)" or "")
    end
  end
  rest.y = own.logy and "log" or nil
  local opt = plots.check_options(rest)
  opt.kind = rest.kind
  return own, opt
end

-- lines={{x=, text=}, …} as marks
local function read_lines(own)
  local marks = {}
  for i, line in ipairs(own.lines or {}) do
    if type(line) ~= "table" or (type(line.x) == "number") == (type(line.y) == "number") then
      fail("lines: line %d: expected {x=number, text=…} or {y=number, text=…}", i)
    end
    marks[i] = { x = line.x, y = line.y, text = line.text and tostring(line.text) }
  end
  return marks
end

-- ------------------------------------------------------------ curves of a frame

-- band -> middle, function from numbers to the low and high end
local bands = {
  quantile = { "median", "q25", "q75" },
  range = { "median", "min", "max" },
  sem = { "mean", half = "sem" },
  std = { "mean", half = "std" },
  ci = { "mean", half = "ci95" },
}

local function band_of(own)
  local band = own.band
  if type(band) == "table" then
    local lo, hi = band[1], band[2]
    if type(lo) ~= "number" or type(hi) ~= "number" or not (0 <= lo and lo < hi and hi <= 1) then
      fail("band: expected two parts of 1 such as {0.1, 0.9}")
    end
    return { "median", "q" .. 100 * lo, "q" .. 100 * hi }
  end
  if band and not bands[band] then
    local near = internal.nearest(band, { "quantile", "sem", "std", "ci", "range" })
    fail("band = \"%s\"%s (one of quantile, sem, std, ci, range, or {low, high})", band,
      near and " (did you mean '" .. near .. "'?)" or "")
  end
  return band and bands[band] or own.stat and { own.stat }
end

local function grouped_curve(f, own, how)
  local specs = { own.y, middle = own.stat or how[1] }
  if how.half then specs.half = how.half end
  if how[2] then specs.lo, specs.hi = how[2], how[3] end
  local g = f:select(own.x == own.y and { own.x } or { own.x, own.y }):group(own.x, specs)
  local c = { x = g:column(own.x), y = g.middle }
  if how.half then
    c.lo, c.hi = g.middle - g.half, g.middle + g.half
  elseif how[2] then
    c.lo, c.hi = g.lo, g.hi
  end
  -- One row alone has no width: its band is the point.
  for i = 1, #(c.lo or {}) do
    if c.lo[i] ~= c.lo[i] then c.lo[i], c.hi[i] = c.y[i], c.y[i] end
  end
  c.kind = c.lo and "band" or "line"
  return c
end

local function plain_curve(f, own)
  local order = f:sort(own.x)
  local c = { x = order:column(own.x), y = order:column(own.y) }
  c.kind = #order:unique(own.x) < #order and "points" or "line"
  return c
end

local function parts_of(f, own)
  if not own.by then return { { f } } end
  local parts = {}
  for _, row in f:unique(own.by):sort(own.by):rows() do
    local v = row[own.by]
    if v == nil then v = missing end
    parts[#parts + 1] = { f:filter{ [own.by] = v }, own.by .. " = " .. lib.cell_text(v) }
  end
  return parts
end

-- What a logarithmic axis or a missing value keeps from being seen, said beside the title.
local function lost_rows(d, own)
  local xs, ys, n = lib.numbers(d, "plot", own.x), lib.numbers(d, "plot", own.y), 0
  for i = 1, d.n do
    if xs[i] ~= xs[i] or ys[i] ~= ys[i] then n = n + 1 end
  end
  return n > 0 and string.format("%d of %d rows have no value", n, d.n) or nil
end

local function need(own, d, ...)
  for _, key in ipairs{ ... } do
    if not own[key] then fail("a frame needs %s: plot(f, {x=\"eta\", y=\"loss\"})", key) end
    lib.check_column(d, "plot: " .. key, own[key])
  end
end

local function plot_heat(f, own, opt)
  return internal.plot_pivot(f:pivot(own.y, own.x, own.z, own.stat), nil, own, opt)
end

function internal.plot_frame(f, given)
  local own, opt = split_options(given)
  local d = lib.data(f)
  need(own, d, "x", "y")
  if own.by then need(own, d, "by") end
  if own.z then
    need(own, d, "z")
    return plot_heat(f, own, opt)
  end
  local how, p = band_of(own), { x = {}, y = {}, series = {}, marks = read_lines(own) }
  p.value = lost_rows(d, own)
  local whole = f:complete(own.x, own.y)
  if #whole == 0 then fail("no row has both %s and %s", own.x, own.y) end
  for i, part in ipairs(parts_of(whole, own)) do
    local c = how and grouped_curve(part[1], own, how) or plain_curve(part[1], own)
    c.name, c.colour, c.kind = part[2] or own.y, i - 1, opt.kind or c.kind
    p.series[#p.series + 1] = c
    if own.fit then
      local line = part[1]:fit(own.x, own.y, { x = opt.logx and "log" or nil, y = own.logy and "log" or nil })
      local l = line:curve()
      c.name, l.name, l.colour = c.name .. ": " .. l.name, "", i - 1
      p.series[#p.series + 1] = l
    end
  end
  p.x.label, p.y.label = own.x, how and (own.stat or how[1]) .. " " .. own.y or own.y
  return plots.finish(p, opt)
end

-- ----------------------------------------------------------------------- heats

local function heat_axis(values, name, log)
  for _, v in ipairs(values) do
    if type(v) ~= "number" then fail("heat: %s holds %s, not numbers", name, internal.describe(v)) end
    if log and v <= 0 then fail("heat: %s = %s has no place on a logarithmic axis", name, tostring(v)) end
  end
  return values
end

function internal.plot_pivot(p, given, own, opt)
  if not own then
    own, opt = split_options(given)
    for _, key in ipairs{ "x", "y", "z", "by", "band", "stat", "fit" } do
      if own[key] then fail("%s is an option of frames, not of a pivot", key) end
    end
  end
  local label = own.zlabel or (own.stat and own.stat ~= "mean" and own.stat .. " " or "") .. p.value_name
  return plots.finish({ x = { label = p.column_name }, y = { label = p.row_name }, series = {},
    marks = read_lines(own), heat = { x = heat_axis(p.columns, p.column_name, opt.logx),
      y = heat_axis(p.rows, p.row_name, own.logy), z = p.values, label = label, log = own.logz,
      lo = own.zmin, hi = own.zmax, missing = own.missing } }, opt)
end

internal.help{ name = "plot.frame", kind = "topic",
  usage = "plot(f, {x=, y=, by=, band=, stat=, fit=, z=, logx=, logy=, …}) -> plot",
  doc = "Columns of a frame: y over x, points when several rows share an x, else a curve; by gives a "
    .. "curve for every value of a column. band joins rows with equal x into their middle with an area: "
    .. "\"quantile\" (median and quartiles, {0.1, 0.9} others), \"sem\", \"std\", \"ci\" (95 % interval of "
    .. "the mean), \"range\". stat is a statistic without area. fit draws the line fitted to the rows, "
    .. "in logarithms on logarithmic axes. z makes a phase diagram: colours over x and y; logz, zmin, zmax, "
    .. "zlabel; missing says what hatched places mean; lines={{x=, text=}} draws limits. A pivot takes "
    .. "the same options without columns.",
  example = "f = frame{ h={1, 1, 2, 2, 4, 4}, e={1, 1.2, 4, 4.1, 16, 15} }; "
    .. "print(plot(f, {x='h', y='e', band='range', logx=true, logy=true}))" }
