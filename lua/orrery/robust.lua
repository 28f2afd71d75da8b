-- SPDX-License-Identifier: GPL-3.0-or-later
-- robust.lua - attacks at the prompt: robust.accuracy and robust.attack on runs, networks,
-- ideal classifiers and functions of your own; distances; what theory predicts.

local o, internal = ...
local core = internal.robust()
local mat, rng = o.mat, o.rng
local robust = {}
o.robust = robust

local function fail(fmt, ...) internal.raise(string.format(fmt, ...)) end

local function check_keys(opt, allowed, fn)
  if opt == nil then return {} end
  if type(opt) ~= "table" then
    fail("%s: options go into one table, got %s", fn, internal.describe(opt))
  end
  for key in pairs(opt) do
    local known = false
    for _, k in ipairs(allowed) do known = known or key == k end
    if not known then
      local near = internal.nearest(tostring(key), allowed)
      fail("%s: unknown option '%s'%s", fn, tostring(key), near and (" (did you mean '%s'?)"):format(near)
        or "")
    end
  end
  return opt
end

-- ----------------------------------------------------------------- classifiers

local classifier_mt = { __name = "orrery.classifier" }
function classifier_mt.__tostring(c) return c.title end

local function is_classifier(x) return type(x) == "table" and getmetatable(x) == classifier_mt end

function robust.network(opt)
  opt = check_keys(opt, { "W", "v", "p", "bias", "normalize_input" }, "robust.network")
  if opt.W == nil or opt.v == nil then fail("robust.network: needs W (a neuron a row) and v") end
  local p = opt.p or 1
  local handle = core.network(opt.W, opt.v, p, opt.bias or 0, opt.normalize_input or false)
  return setmetatable({ handle = handle, title = string.format("classifier: network with exponent %.4g", p) },
    classifier_mt)
end
internal.help{ name = "robust.network",
  usage = "robust.network{ W=, v= [, p=1] [, bias=0] [, normalize_input=false] } -> classifier",
  doc = "A two-layer network of yours, f(x) = sum_j v_j s(<x,w_j>)^p/|w_j|^(p-1) + bias, a neuron a row "
    .. "of W; normalize_input divides the sum by |x|^(p-1).",
  example = "print(robust.network{ W={ {1, 0}, {0, 1} }, v={ 1, -1 }, p=3 })" }

local kinds = { F = 0, power = 1, NC = 2, Bayes = 3 }

function robust.ideal(kind, opt)
  opt = check_keys(opt, { "centres", "K1", "K2", "D", "alpha", "p" }, "robust.ideal")
  if not kinds[kind] then
    local near = internal.nearest(tostring(kind), { "F", "power", "NC", "Bayes" })
    fail("robust.ideal: kind: expected F, power, NC or Bayes, got %s%s", internal.describe(kind),
      near and (" (did you mean '%s'?)"):format(near) or "")
  end
  local K1, K2 = opt.K1 or 3, opt.K2 or 3
  local centres = opt.centres or mat.eye(math.min(K1 + K2, opt.D or 20), opt.D or 20)
  if not opt.centres and K1 + K2 > (opt.D or 20) then
    fail("robust.ideal: K1 + K2 = %d (must be <= D = %d)", K1 + K2, opt.D or 20)
  end
  local handle = core.ideal(kinds[kind], centres, K1, opt.alpha or 0.1, opt.p or 3)
  return setmetatable({ handle = handle, centres = mat(centres), ideal = true,
    title = "classifier: ideal, " .. kind }, classifier_mt)
end
internal.help{ name = "robust.ideal",
  usage = "robust.ideal(kind [, {centres=, K1=3, K2=3, D=20, alpha=0.1, p=3}]) -> classifier",
  doc = "An ideal classifier of a mixture with orthonormal centres, the K1 positive ones first: F (sums of "
    .. "a class), power (F^(p)), NC (the nearest centre), Bayes. Without centres they are the first unit "
    .. "vectors of D dimensions.",
  example = "F = robust.ideal('F', { D=8 }); print(robust.margins(F, mat.eye(1, 8), { 1 }))" }

-- A run or a system of net.prelu or net.relu with its weights now, a classifier, a function.
local function classifier(x, D, fn)
  if is_classifier(x) then return x end
  if type(x) == "function" then return { handle = core.func(x, D) } end
  local ok, W, v = pcall(function() return x.W, x.v end)
  if ok and W ~= nil and v ~= nil then
    local function option(name, default)
      local good, value = pcall(function() return x[name] end)
      if good and value ~= nil then return value end
      return default
    end
    local bias = option("b", 0)
    if type(bias) ~= "number" then bias = bias:get(1, 1) end
    return { handle = core.network(W, v, option("p_now", 1), bias, option("normalized", 0) ~= 0) }
  end
  fail("%s: argument 1: expected a run of net.prelu or net.relu, a classifier of robust.network or "
    .. "robust.ideal, or a function X -> outputs, gradients; got %s", fn, internal.describe(x))
end

local function columns(X, fn)
  local ok, m = pcall(mat, X)
  if not ok then fail("%s: X: expected a matrix, a sample a row, got %s", fn, internal.describe(X)) end
  if m.rows > 1 and m.cols == 1 then m = m:copy():reshape(1, m.rows) end
  return m, m.cols
end

-- Options without `around`, which is about starts.
local function split(opt, fn)
  local rest, around = {}, nil
  if opt ~= nil and type(opt) ~= "table" then
    fail("%s: options go into one table, got %s", fn, internal.describe(opt))
  end
  for key, value in pairs(opt or {}) do
    if key == "around" then
      around = value
    elseif (key == "low" or key == "high") and type(value) == "number" then
      rest[key] = { value }
    else
      rest[key] = value
    end
  end
  if around ~= nil and not (is_classifier(around) and around.ideal) then
    fail("%s: around: expected a classifier of robust.ideal, got %s", fn, internal.describe(around))
  end
  return rest, around and around.handle
end

function robust.accuracy(f, X, Y, radii, opt)
  local fn = "robust.accuracy"
  local m, D = columns(X, fn)
  local rest, around = split(opt, fn)
  local single = type(radii) == "number"
  local shares = core.curve(classifier(f, D, fn).handle, m, Y, single and { radii } or radii, rest, around)
  return single and shares[1] or shares
end
internal.help{ name = "robust.accuracy",
  usage = "robust.accuracy(f, X, Y, radii [, options]) -> share of samples that survive, at each radius",
  doc = "f: a run (its weights now), a classifier, or a function of yours that takes samples (a row each) "
    .. "and gives outputs and gradients. starts = \"many\" counts an error at any iterate from 0 and other "
    .. "starts, \"zero\" only the end of one ascent from 0. Other starts are random, or, with "
    .. "around = robust.ideal(...), toward its centres. norm = \"linf\", low and high are for pixels.",
  example = "print(robust.accuracy(robust.ideal('NC', { D=6 }), mat.eye(6), { 1, 1, 1, -1, -1, -1 }, "
    .. "{ 0, 0.5, 0.75 }))" }

function robust.attack(f, X, Y, radius, opt)
  local fn = "robust.attack"
  local m, D = columns(X, fn)
  local rest = split(opt, fn)
  if rest.starts == nil then rest.starts = "zero" end
  if rest.starts ~= "zero" then fail("robust.attack: starts: only \"zero\" (robust.accuracy takes many)") end
  local attacked, outputs = core.push(classifier(f, D, fn).handle, m, Y, radius, rest)
  return internal.record("samples after the attack", { X = attacked, outputs = outputs })
end
internal.help{ name = "robust.attack",
  usage = "robust.attack(f, X, Y, radius [, options]) -> {X=, outputs=}",
  doc = "The samples after one ascent of -y f from each, within the radius, and the outputs there. "
    .. "f and options as robust.accuracy.",
  example = "a = robust.attack(robust.ideal('F', { D=6 }), mat.eye(1, 6), { 1 }, 0.5); print(a.outputs)" }

function robust.eval(f, X)
  local m, D = columns(X, "robust.eval")
  local outputs, gradients = core.eval(classifier(f, D, "robust.eval").handle, m)
  return outputs, gradients
end
internal.help{ name = "robust.eval", usage = "robust.eval(f, X) -> outputs, gradients",
  doc = "Outputs of a classifier (see robust.accuracy) for samples, a row each, and gradients by them.",
  example = "print(robust.eval(robust.ideal('Bayes', { D=6 }), mat.eye(6)))" }

-- Rows of several matrices as unit vectors, one below the other; zero rows are left out.
local function unit_rows(list, D)
  local rows = {}
  for _, X in ipairs(list) do
    for i = 1, X.rows do
      local row = X:pick{ i }
      local size = row:norm()
      if size > 0 then rows[#rows + 1] = row / size end
    end
  end
  local out = mat.zeros(#rows, D)
  for i, row in ipairs(rows) do
    for k = 1, D do out[i][k] = row[1][k] end
  end
  return out
end

function robust.distance(f, ideal, X, opt)
  local fn = "robust.distance"
  opt = check_keys(opt, { "step", "steps", "random", "seed" }, fn)
  if not is_classifier(ideal) then
    fail("%s: argument 2: expected a classifier of robust.ideal or robust.network, got %s", fn,
      internal.describe(ideal))
  end
  local m, D = columns(X, fn)
  local net = classifier(f, D, fn)
  local mine, theirs = core.eval(net.handle, m), core.eval(ideal.handle, m)
  local above, below = 0, 0
  for i = 1, m.rows do above, below = above + mine[i] * theirs[i], below + mine[i] * mine[i] end
  if below == 0 then return internal.record("distance", { scale = 0 / 0, distance = 0 / 0 }) end
  local starts = { rng(opt.seed or 1):normal(opt.random or 20, D) }
  if ideal.centres then starts[2], starts[3] = ideal.centres, -ideal.centres end
  local ok, W = pcall(function() return f.W end)
  if ok and W ~= nil then starts[#starts + 1] = mat(W) end
  return internal.record("distance on the unit sphere, a lower estimate", { scale = above / below,
    distance = core.distance(net.handle, above / below, ideal.handle,
      unit_rows(starts, D), opt.step or 0.01, opt.steps or 300) })
end
internal.help{ name = "robust.distance",
  usage = "robust.distance(f, ideal, X [, {step=0.01, steps=300, random=20, seed=1}]) -> {scale=, distance=}",
  doc = "The factor c that brings f nearest to the ideal classifier on samples X, and sup |c f - ideal| on "
    .. "the unit sphere as found by gradient ascent per start: random directions, centres, neurons.",
  example = "F = robust.ideal('power', { D=6 }); print(robust.distance(F, robust.ideal('NC', { D=6 }), "
    .. "mat.eye(6)))" }

local function check_ideal(x, fn)
  if not (is_classifier(x) and x.ideal) then
    fail("%s: argument 1: expected a classifier of robust.ideal, got %s", fn, internal.describe(x))
  end
  return x.handle
end

function robust.predicted(ideal, radii)
  local f, power = core.predicted(check_ideal(ideal, "robust.predicted"),
    type(radii) == "number" and { radii } or radii)
  return internal.record("predicted robust accuracy", { F = f, power = power })
end
internal.help{ name = "robust.predicted", usage = "robust.predicted(ideal, radii) -> {F=, power=}",
  doc = "Robust accuracy that theory predicts for F, and for F^(p) with p > 2 and the nearest centre.",
  example = "print(robust.predicted(robust.ideal('F'), { 0.35, 0.4, 0.7 }).F)" }

function robust.margins(ideal, X, Y)
  return core.margins(check_ideal(ideal, "robust.margins"), (columns(X, "robust.margins")), Y)
end
internal.help{ name = "robust.margins", usage = "robust.margins(ideal, X, Y) -> distances",
  doc = "The exact distance of each sample to the nearest error of F; 0 where F errs.",
  example = "print(robust.margins(robust.ideal('F', { D=6 }), mat.eye(2, 6), { 1, 1 }))" }

function robust.bounds(ideal, radius)
  local a1, a2, a3, a4, b1, b2 = core.bounds(check_ideal(ideal, "robust.bounds"), radius)
  return internal.record("statements at radius " .. radius, { a1 = a1, a2 = a2, a3 = a3, a4 = a4, b1 = b1,
    b2 = b2 })
end
internal.help{ name = "robust.bounds",
  usage = "robust.bounds(ideal, radius) -> {a1=, a2=, a3=, a4=, b1=, b2=}",
  doc = "The printed bounds of statements A1 to A4, B1, B2 at a radius; NaN where they do not apply.",
  example = "print(robust.bounds(robust.ideal('F'), 0.5))" }
