-- SPDX-License-Identifier: GPL-3.0-or-later
-- images.lua - two classes of labelled images (or any samples) made ready for networks with
-- one output: data.two_classes.

local o, internal = ...
local data, mat = o.data, o.mat

local FN = "data.two_classes"

local function fail(fmt, ...) internal.raise(FN .. ": " .. string.format(fmt, ...)) end

local function is_matrix(x)
  local mt = type(x) == "userdata" and debug and debug.getmetatable(x)
  return mt and rawget(mt, "__name") == "orrery.mat"
end

-- A matrix as it is, a list as one; a file by its name: .npy, .csv, .tsv, anything else IDX.
local function load(x, what)
  if is_matrix(x) then return x end
  if type(x) == "table" then return mat(x) end
  if type(x) ~= "string" then
    fail("%s: expected a matrix or a file name, got %s", what, internal.describe(x))
  end
  if x:match("%.npy$") or x:match("%.[ct]sv$") then return (mat.load(x)) end
  return (data.idx(x))
end

local defaults = { plus = 1, minus = 0, per_class = 0, centre = true, scale = "max" }
local scales = { max = true, unit = true, none = true }
local names = { "centre", "minus", "per_class", "plus", "scale" }

local function options(opt)
  if opt ~= nil and type(opt) ~= "table" then
    fail("argument 3: options go into one table, got %s", internal.describe(opt))
  end
  for key, value in pairs(opt or {}) do
    if defaults[key] == nil then
      local near = internal.nearest(tostring(key), names)
      fail("unknown option '%s'%s", tostring(key), near and (" (did you mean '%s'?)"):format(near) or "")
    elseif type(value) ~= type(defaults[key]) then
      fail("%s: expected a %s, got %s", key, type(defaults[key]), internal.describe(value))
    end
  end
  local out = {}
  for key, value in pairs(defaults) do
    out[key] = value
    if opt and opt[key] ~= nil then out[key] = opt[key] end
  end
  if not scales[out.scale] then fail("scale = \"%s\" (one of \"max\", \"unit\", \"none\")", out.scale) end
  if math.type(out.per_class) ~= "integer" or out.per_class < 0 then
    fail("per_class = %s (must be a whole number >= 0)", tostring(out.per_class))
  end
  if out.plus == out.minus then fail("plus and minus are the same class, %.14g", out.plus) end
  return out
end

-- Positions of a class in order, per_class of them (0: all).
local function positions(labels, class, per_class)
  local list = {}
  for i, y in ipairs(labels) do
    if y == class then list[#list + 1] = i end
    if per_class > 0 and #list == per_class then break end
  end
  if #list == 0 then fail("no sample has the label %.14g", class) end
  if #list < per_class then
    fail("%d samples of class %.14g are wanted, there are %d", per_class, class, #list)
  end
  return list
end

function data.two_classes(images, labels, opt)
  opt = options(opt)
  images, labels = load(images, "argument 1 (images)"), load(labels, "argument 2 (labels)")
  if labels.rows * labels.cols ~= images.rows then
    fail("%d images and %d labels", images.rows, labels.rows * labels.cols)
  end
  labels = labels:copy():reshape(labels.rows * labels.cols)
  local plus = positions(labels, opt.plus, opt.per_class)
  local minus = positions(labels, opt.minus, opt.per_class)
  local rows, y = {}, {}
  for _, i in ipairs(plus) do rows[#rows + 1], y[#y + 1] = i, 1 end
  for _, i in ipairs(minus) do rows[#rows + 1], y[#y + 1] = i, -1 end
  local X = images:pick(rows)
  if opt.scale == "max" then
    local most = math.max(X:max(), -X:min())
    if most > 0 then X = X / most end
  end
  local mean = mat.zeros(1, X.cols)
  if opt.centre then
    mean = X:mean(1)
    X = X - mean
  end
  if opt.scale == "unit" then X = data.normalize(X) end
  return internal.record(string.format("%d samples of class %.14g (+1), %d of class %.14g (-1)",
    #plus, opt.plus, #minus, opt.minus), { X = X, Y = mat(y), mean = mean, rows = mat(rows) })
end
internal.help{ name = "data.two_classes",
  usage = "data.two_classes(images, labels [, {plus=1, minus=0, per_class=0, centre=true, scale=\"max\"}]) "
    .. "-> {X=, Y=, mean=, rows=}",
  doc = "Two classes of labelled samples for a network with one output. images and labels are matrices "
    .. "(a sample a row) or files: IDX (gzipped or not), .npy, .csv, .tsv. Takes the first per_class "
    .. "samples of either class (0: all), with Y = 1 for plus and -1 for minus. scale \"max\" divides by "
    .. "the largest value (pixels into [0, 1]), \"unit\" makes every row a unit vector after centring, "
    .. "\"none\" leaves the values; centre subtracts the mean sample. rows says where the samples were. "
    .. "Without images at hand net.relu{ data=\"pictures\" } makes some.",
  example = "d = data.two_classes({ {0, 2}, {2, 0}, {1, 0} }, { 3, 8, 8 }, { plus=8, minus=3 }); "
    .. "print(d.X, net.relu{ X=d.X, Y=d.Y })" }
