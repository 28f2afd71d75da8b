-- SPDX-License-Identifier: GPL-3.0-or-later
-- data.lua - data made and prepared: labels, scaling, splitting, generators.

local o, internal = ...
local data, mat, rng = o.data, o.mat, o.rng

local function fail(fmt, ...) internal.raise(string.format(fmt, ...)) end

local function is_matrix(x)
  local mt = type(x) == "userdata" and debug and debug.getmetatable(x)
  return mt and rawget(mt, "__name") == "orrery.mat"
end

-- A matrix, or a list of numbers as one.
local function check_matrix(x, where)
  if is_matrix(x) then return x end
  if type(x) == "table" then return mat(x) end
  fail("%s: expected a matrix or a list of numbers, got %s", where, internal.describe(x))
end

-- ------------------------------------------------------------------- labels

-- The different values of a vector, ascending.
local function distinct(labels)
  local list = {}
  for _, x in ipairs((labels:sort())) do
    if x ~= list[#list] then list[#list + 1] = x end
  end
  return list
end

function data.onehot(labels, classes)
  labels = check_matrix(labels, "data.onehot: argument 1 (labels)")
  if labels.rows ~= 1 and labels.cols ~= 1 then
    fail("data.onehot: argument 1 (labels): expected a vector, got %s", internal.describe(labels))
  end
  labels = labels:copy():reshape(labels.rows * labels.cols)
  if classes == nil then
    classes = distinct(labels)
  else
    classes = check_matrix(classes, "data.onehot: argument 2 (classes)")
    classes = classes:copy():reshape(classes.rows * classes.cols):totable()
  end
  local place = {}
  for j, c in ipairs(classes) do
    if c ~= c then fail("data.onehot: class %d is nan", j) end
    place[c] = j
  end
  local out = mat.zeros(#labels, #classes)
  for i, x in ipairs(labels) do
    local j = x == x and place[x]
    if not j then fail("data.onehot: label %d is %.14g, which is none of the %d classes", i, x, #classes) end
    out:set(i, j, 1)
  end
  return out, classes
end
internal.help{ name = "data.onehot", usage = "data.onehot(labels [, classes]) -> matrix, classes",
  doc = "A row for each label with a 1 in the column of its class; classes are the different labels "
    .. "in ascending order unless given. Also the list of classes.",
  example = "Y, classes = data.onehot{ 7, 3, 7 }; print(Y, classes[2])" }

-- ------------------------------------------------------------------ scaling

function data.standardize(X)
  X = check_matrix(X, "data.standardize: argument 1 (X)")
  local mean, std = X:mean(1), X:std(1)
  local by = std:map(function(s) return s > 0 and s or 1 end)
  return internal.record("standardize: X = (given - mean) / std, column by column",
    { X = (X - mean):div(by), mean = mean, std = std })
end
internal.help{ name = "data.standardize", usage = "data.standardize(X) -> {X=, mean=, std=}",
  doc = "Every column moved to mean 0 and scaled to standard deviation 1 (divisor rows - 1); a "
    .. "constant column becomes 0. mean and std turn further rows the same way.",
  example = "print(data.standardize{ {1, 10}, {3, 30} }.X)" }

function data.normalize(X)
  X = check_matrix(X, "data.normalize: argument 1 (X)")
  local norms = mat.zeros(X.rows)
  for i = 1, X.rows do norms[i] = X:row(i):norm() end
  return X:div(norms:map(function(s) return s > 0 and s or 1 end)), norms
end
internal.help{ name = "data.normalize", usage = "data.normalize(X) -> matrix, norms",
  doc = "Every row scaled to Euclidean norm 1 (a row of zeros stays); also the norms they had.",
  example = "print(data.normalize{ {3, 4}, {0, 2} })" }

-- ---------------------------------------------------------------- splitting

function data.split(n, fraction, stream)
  if math.type(n) ~= "integer" or n < 2 then
    fail("data.split: argument 1 (n): expected a whole number >= 2, got %s", internal.describe(n))
  end
  if type(fraction) ~= "number" or not (fraction > 0 and fraction < 1) then
    fail("data.split: argument 2 (fraction): expected a number between 0 and 1, got %s",
      internal.describe(fraction))
  end
  local mt = type(stream) == "userdata" and debug and debug.getmetatable(stream)
  if not mt or rawget(mt, "__name") ~= "orrery.rng" then
    fail("data.split: argument 3 (stream): expected a stream such as rng(7), got %s",
      internal.describe(stream))
  end
  local order = stream:permutation(n)
  local k = math.max(1, math.min(n - 1, math.floor(n * fraction + 0.5)))
  return order:slice(1, k), order:slice(k + 1, n)
end
internal.help{ name = "data.split", usage = "data.split(n, fraction, stream) -> positions, positions",
  doc = "The positions 1 to n in random order, cut in two: about fraction * n for one part, the rest "
    .. "for the other (at least one each); X:pick(positions) takes the rows.",
  example = "train, test = data.split(10, 0.8, rng(7)); print(#train, #test)" }

-- --------------------------------------------------------------- generators

-- rows x cols with orthonormal columns (or rows, when there are fewer of them).
local function orthonormal(stream, rows, cols)
  local q = stream:normal(math.max(rows, cols), math.min(rows, cols)):qr().q
  return rows >= cols and q or q.T:copy()
end

local function inputs(opt)
  local stream, rows, cols = rng(opt.seed, 1), opt.samples, opt.n
  if opt.inputs == "identity" then
    if rows ~= cols then
      fail("data.linear: samples = %d with inputs = \"identity\" (must be n = %d)", rows, cols)
    end
    return mat.eye(rows)
  elseif opt.inputs == "orthogonal" then
    return orthonormal(stream, rows, cols)
  elseif opt.inputs == "spectrum" then
    if opt.spectrum_low > opt.spectrum_high then
      fail("data.linear: spectrum_low = %.14g (must be <= spectrum_high = %.14g)", opt.spectrum_low,
        opt.spectrum_high)
    end
    local k = math.min(rows, cols)
    local u, v = orthonormal(stream, rows, k), orthonormal(stream, cols, k)
    local s = opt.spectrum_low + (opt.spectrum_high - opt.spectrum_low) * stream:uniform(k)
    return u * mat.diag(s) * v.T
  end
  return stream:normal(rows, cols)
end

function data.linear(...)
  local opt = data._linear(...)
  opt.samples = opt.samples or (opt.inputs == "identity" and opt.n or 50)
  local X = inputs(opt)
  if opt.targets == "random" then
    return internal.record("linear data: Y of noise alone",
      { X = X, Y = rng(opt.seed, 3):normal(opt.samples, opt.m, 0, opt.teacher_std) })
  end
  local theta = rng(opt.seed, 2):normal(opt.n, opt.m, 0, opt.teacher_std)
  return internal.record("linear data: Y = X * theta + noise", { X = X, theta = theta,
    Y = X * theta + rng(opt.seed, 3):normal(opt.samples, opt.m, 0, opt.noise) })
end
internal.help{ name = "data.linear", usage = "data.linear{option=value, …} -> {X=, Y=, theta=}",
  doc = "Linear regression data Y = X theta + noise: X is samples x n, Y samples x m, theta n x m. "
    .. "net.linear with the same options draws the same.",
  example = "d = data.linear{ samples=20, noise=0 }; print(net.linear{ X=d.X, Y=d.Y })" }
