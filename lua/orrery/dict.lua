-- SPDX-License-Identifier: GPL-3.0-or-later
-- dict.lua - concept dictionaries at the prompt: named atoms from stimuli, files or the
-- generator; codes, paths and transplants by name.

local o, internal = ...
local core = internal.dict()
local dict, mat, data = o.dict, o.mat, o.data
local help, text = internal.help, internal.text

local function fail(fmt, ...) internal.raise(string.format(fmt, ...)) end

local function is_matrix(x)
  local mt = type(x) == "userdata" and debug and debug.getmetatable(x)
  return mt and rawget(mt, "__name") == "orrery.mat"
end

local function check_matrix(x, where)
  if is_matrix(x) then return x end
  if type(x) == "table" and getmetatable(x) == nil then return mat(x) end
  fail("%s: expected a matrix or a list of numbers, got %s", where, internal.describe(x))
end

-- A vector as a column, whatever way round it came.
local function check_vector(x, where)
  x = check_matrix(x, where)
  if x.rows ~= 1 and x.cols ~= 1 then
    fail("%s: expected a vector, got %s", where, internal.describe(x))
  end
  return x:copy():reshape(x.rows * x.cols)
end

local function as_row(v) return v:copy():reshape(1, v.rows * v.cols) end

-- -------------------------------------------------------------- printed lists

-- A list {name, number} that prints one line each, with a bar.
local ranking_mt = { __name = "orrery.ranking" }
function ranking_mt.__tostring(rows)
  local wide, most, out = 4, 0, {}
  for _, row in ipairs(rows) do
    wide, most = math.max(wide, text.width(row.name)), math.max(most, math.abs(row.value))
  end
  wide = math.min(wide, 28)
  for i, row in ipairs(rows) do
    local bar = most > 0 and math.floor(20 * math.abs(row.value) / most + 0.5) or 0
    out[i] = string.format("%s  %9.5f  %s", text.pad(text.cut(row.name, wide), wide), row.value,
      string.rep("=", bar))
  end
  return table.concat(out, "\n")
end

-- The `count` entries of a vector that are largest in size, with their names.
local function ranking(D, values, count)
  local rows = {}
  for j = 1, D.n do
    if values[j] ~= 0 then rows[#rows + 1] = { name = D.names[j], value = values[j], index = j } end
  end
  table.sort(rows, function(a, b)
    local x, y = math.abs(a.value), math.abs(b.value)
    if x ~= y then return x > y end
    return a.index < b.index
  end)
  for i = #rows, count + 1, -1 do rows[i] = nil end
  return setmetatable(rows, ranking_mt)
end

-- ------------------------------------------------------------------ dictionary

local methods = {}
local dictionary_mt = { __name = "orrery.dictionary", __methods = methods }

local function is_dictionary(D) return type(D) == "table" and getmetatable(D) == dictionary_mt end

local function check_dictionary(D, fn)
  if not is_dictionary(D) then
    fail("%s: argument 1 (D): expected a dictionary such as dict.synthetic{}.D, got %s", fn,
      internal.describe(D))
  end
  return D
end

function dictionary_mt.__index(_, key)
  if methods[key] then return methods[key] end
  local names = { "n", "d", "names", "atoms", "mean", "mu" }
  for name in pairs(methods) do names[#names + 1] = name end
  local near = internal.nearest(tostring(key), names)
  fail("dictionary: no field or method '%s'%s", tostring(key),
    near and " (did you mean '" .. near .. "'?)" or "")
end

function dictionary_mt.__tostring(D)
  local c = D:coherence()
  return string.format("dictionary of %d concepts of %d numbers: coherence %.4f (%s, %s), mean "
    .. "cosine %.4f%s",
    D.n, D.d, c.mu, c.first, c.second, c.mean,
    c.twins > 0 and string.format(", %d pairs of twins", c.twins) or "")
end

local function check_names(names, n, fn)
  if names == nil then
    names = {}
    for j = 1, n do names[j] = tostring(j) end
    return names
  end
  if type(names) ~= "table" then
    fail("%s: names: expected a list of texts, got %s", fn, internal.describe(names))
  end
  if #names ~= n then fail("%s: %d names for %d atoms", fn, #names, n) end
  local seen = {}
  for j, name in ipairs(names) do
    if type(name) ~= "string" or name == "" or name:find("\n") then
      fail("%s: name %d: expected a text of one line, got %s", fn, j, internal.describe(name))
    end
    if seen[name] then fail("%s: '%s' names atoms %d and %d", fn, name, seen[name], j) end
    seen[name] = j
  end
  return names
end

local function check_options(options, allowed, fn)
  options = options or {}
  if type(options) ~= "table" then
    fail("%s: expected a table of options, got %s", fn, internal.describe(options))
  end
  for key in pairs(options) do
    local known = false
    for _, name in ipairs(allowed) do known = known or key == name end
    if not known then
      local near = internal.nearest(tostring(key), allowed)
      fail("%s: unknown option '%s'%s", fn, tostring(key), near and " (did you mean '" .. near ..
    "'?)" or "")
    end
  end
  return options
end

local function build(A, names, options, fn)
  options = check_options(options, { "normalise", "centre", "mean", "stimuli", "method" }, fn)
  names = check_names(names, A.rows, fn)
  local mean = options.mean and check_vector(options.mean, fn .. ": mean")
  if options.centre and not mean then mean = as_row(A:mean(1)):reshape(A.cols) end
  local handle = core.make(A, names, options.normalise ~= false, mean, fn)
  local place = {}
  for j, name in ipairs(names) do place[name] = j end
  return setmetatable({ n = A.rows, d = A.cols, names = names, atoms = A, mean = mean or false,
    _handle = handle, _place = place }, dictionary_mt)
end

function dict.new(atoms, names, options)
  return build(check_matrix(atoms, "dict.new: argument 1 (atoms)"), names, options, "dict.new")
end
help{ name = "dict.new", usage = "dict.new(atoms [, names [, {normalise=, centre=, mean=}]]) -> dictionary",
  doc = "A dictionary of named vectors, an atom a row. Codes are solved with atoms of length 1 unless "
    .. "normalise = false; centre = true first subtracts the mean of the atoms, mean = a vector of yours.",
  example = "print(dict.new({ {1, 0}, {1, 1} }, { 'cat', 'dog' }))" }

-- ------------------------------------------------------------------------ files

local function read_names(file)
  local h, why = io.open(file, "r")
  if not h then fail("dict.load: %s", why) end
  local names = {}
  for line in h:lines() do
    line = line:gsub("\r$", "")
    if line ~= "" and line:sub(1, 1) ~= "#" then names[#names + 1] = line end
  end
  h:close()
  return names
end

-- Rows of the same name are further stimuli of one concept: their average.
local function merged(A, names)
  local place, list, rows = {}, {}, {}
  for i, name in ipairs(names) do
    if not place[name] then
      list[#list + 1] = name
      place[name], rows[#list] = #list, {}
    end
    table.insert(rows[place[name]], i)
  end
  if #list == #names then return A, names end
  local out = mat.zeros(#list, A.cols)
  for j, which in ipairs(rows) do out[j] = A:pick(which):mean(1) end
  return out, list
end

-- Rows of K stimuli each, as they lie behind one another, into one vector a row.
local function stimuli_of(file, A, K, method)
  if math.type(K) ~= "integer" or K < 1 or A.cols % K ~= 0 then
    fail("dict.load: stimuli = %s does not divide the %d numbers of a row", internal.describe(K), A.cols)
  end
  local out = mat.zeros(A.rows, A.cols // K)
  for i = 1, A.rows do
    out[i] = core.concept(as_row(A:row(i)):reshape(K, A.cols // K), method,
      string.format("dict.load: '%s', concept %d", file, i))
  end
  return out
end

-- The atoms of an array (d), (n, d) or (n, K, d), a row each.
local function atoms_of(file, options)
  local A, shape, kind = data.npy(file)
  if kind:sub(1, 1) ~= "f" then
    fail("dict.load: '%s' holds whole numbers, type %s (must be f2, f4 or f8)", file, kind)
  end
  if #shape > 3 or #shape == 0 then
    fail("dict.load: '%s' has %d dimensions (must be d, n x d, or n x K x d for K stimuli)", file, #shape)
  end
  if #shape == 1 then A = as_row(A) end
  local K = options.stimuli
  if #shape == 3 then
    if K and K ~= shape[2] then
      fail("dict.load: stimuli = %s, '%s' holds %d of each concept", internal.describe(K), file, shape[2])
    end
    K = shape[2]
  end
  return K and stimuli_of(file, A, K, options.method) or A
end

function dict.load(file, names_file, options)
  if type(file) ~= "string" then
    fail("dict.load: argument 1 (file): expected a text, got %s", internal.describe(file))
  end
  if type(names_file) == "table" and options == nil then names_file, options = nil, names_file end
  options = options or {}
  local A, names
  if file:find("%.npy$") or file:find("%.npy%.gz$") then
    A = atoms_of(file, options)
  else
    A, names = data.vectors(file)
    A, names = merged(A, names)
  end
  if names_file then
    names = read_names(names_file)
    if #names ~= A.rows then
      fail("dict.load: %s has %d names for the %d rows of %s", names_file, #names, A.rows, file)
    end
    A, names = merged(A, names)
  end
  return build(A, names, options, "dict.load")
end
help{ name = "dict.load",
  usage = "dict.load(file [, names [, {normalise=, centre=, mean=, stimuli=, method=}]]) -> dictionary",
  doc = "A dictionary from .npy (names in a text file, one a line) or from lines \"name number …\" "
    .. "(names may hold blanks). Rows of one name are averaged. An array n x K x d holds K stimuli a "
    .. "concept, and stimuli = K says so of n x (K d); method as for dict.concept.",
  example = "f = os.tmpname(); h = io.open(f, 'w'); h:write('lion 1 2\\ntiger 3 4\\n'); h:close(); "
    .. "print(dict.load(f)); os.remove(f)" }

-- ---------------------------------------------------------- stimuli, generator

function dict.concept(stimuli, method)
  return core.concept(check_matrix(stimuli, "dict.concept: argument 1 (stimuli)"), method, "dict.concept")
end
help{ name = "dict.concept", usage = "dict.concept(stimuli [, method]) -> vector",
  doc = "One vector for the concept that the rows are stimuli of: \"avg\" (their mean), \"pca\" (leading "
    .. "right singular vector, pointing with the mean), \"pca_centred\" (the same of the rows less "
    .. "their mean).",
  example = "print(dict.concept({ {1, 0}, {3, 2} }, 'pca'))" }

function dict.from_stimuli(stimuli, options)
  if type(stimuli) ~= "table" then
    fail("dict.from_stimuli: argument 1: expected a table name = matrix, got %s",
    internal.describe(stimuli))
  end
  options = options or {}
  local names, rows = {}, nil
  for name in pairs(stimuli) do
    if type(name) ~= "string" then
      fail("dict.from_stimuli: expected names, got the key %s", internal.describe(name))
    end
    names[#names + 1] = name
  end
  if #names == 0 then fail("dict.from_stimuli: no stimuli given") end
  table.sort(names)
  for j, name in ipairs(names) do
    local who = "dict.from_stimuli: '" .. name .. "'"
    local x = core.concept(check_matrix(stimuli[name], who), options.method, who)
    rows = rows or mat.zeros(#names, #x)
    if #x ~= rows.cols then
      fail("dict.from_stimuli: '%s' has %d columns, '%s' has %d", name, #x, names[1], rows.cols)
    end
    rows[j] = as_row(x)
  end
  return build(rows, names, options, "dict.from_stimuli")
end
help{ name = "dict.from_stimuli",
  usage = "dict.from_stimuli({name = stimuli, …} [, {method=, normalise=, centre=}]) -> dictionary",
  doc = "A dictionary with one atom for each concept, made of the rows of its stimuli (see dict.concept); "
    .. "in alphabetical order.",
  example = "print(dict.from_stimuli{ cat = { {1, 0}, {3, 2} }, dog = { {0, 1}, {0, 3} } })" }

function dict.synthetic(options)
  local A, centres, stimuli, v, w = core.synthetic(options)
  local names = {}
  for j = 1, A.rows do names[j] = "concept " .. j end
  local D = build(A, names, nil, "dict.synthetic")
  return internal.record(string.format("synthetic concepts: %d of %d numbers, a source of known weights w",
    A.rows, A.cols), { D = D, centres = centres, stimuli = stimuli, v = v, w = w })
end
help{ name = "dict.synthetic",
  usage = "dict.synthetic{dim=, n=, groups=, rho=, rho_group=, stimuli=, sigma=, kappa=, mix=, "
    .. "snr=, seed=} -> {D=, v=, w=, centres=, stimuli=}",
  doc = "Concepts with known truth: centres with expected cosine rho, stimuli around them, the dictionary "
    .. "of their averages, and a source v that mixes a few with the weights w.",
  example = "s = dict.synthetic{ n=20, mix=3, seed=2 }; print(s.D:solve(s.v, { method='omp', k=3 }))" }

-- ------------------------------------------------------------------- decomposing

function methods.find(D, name)
  if math.type(name) == "integer" then
    if name < 1 or name > D.n then fail("dictionary: concept %d (there are 1 to %d)", name, D.n) end
    return name
  end
  local j = D._place[name]
  if j then return j end
  local near = type(name) == "string" and internal.nearest(name, D.names)
  fail("dictionary: no concept %s%s", internal.describe(name), near and " (did you mean '" .. near
    .. "'?)" or "")
end

function methods.atom(D, name) return as_row(D.atoms:row(D:find(name))):reshape(D.d) end

-- A vector as it is, or the atom of this name.
local function vector_of(D, x, where)
  if type(x) == "string" or math.type(x) == "integer" then return D:atom(x), D.names[D:find(x)] end
  local v = check_vector(x, where)
  if #v ~= D.d then fail("%s: the vector has %d numbers, the atoms have %d", where, #v, D.d) end
  return v, nil
end

local presets = { default = { l1 = 0.0095, l2 = 0.0005 }, equation = { l1 = 0.005, l2 = 0 },
  published = { l1 = 0.0475, l2 = 0.0025 } }

local function solver_options(options, fn)
  if options == nil then return nil end
  if type(options) ~= "table" then
    fail("%s: expected a table of options, got %s", fn, internal.describe(options))
  end
  local out = {}
  for key, value in pairs(options) do out[key] = value end
  if out.preset ~= nil then
    local preset = presets[out.preset]
    if not preset then
      fail("%s: preset = %s (one of \"default\", \"equation\", \"published\")", fn,
        internal.describe(out.preset))
    end
    out.preset = nil
    for key, value in pairs(preset) do
      if out[key] == nil then out[key] = value end
    end
  end
  return out
end

local code_mt = { __name = "orrery.code" }
function code_mt.__index(_, key) fail("code: no field '%s'", tostring(key)) end
function code_mt.__tostring(c)
  local head = string.format("code: %d of %d concepts, |r|/|v| = %.4g%s", c.nonzeros, c.D.n, c.residual,
    c.converged and "" or string.format(" (not converged after %d sweeps, gap %.3g)", c.sweeps, c.gap))
  if c.note ~= "" then head = head .. "\n  note: " .. c.note end
  return c.nonzeros > 0 and head .. "\n" .. tostring(c.top) or head
end

function dict.solve(D, v, options)
  check_dictionary(D, "dict.solve")
  v = vector_of(D, v, "dict.solve: argument 2 (v)")
  local W, results = core.solve(D._handle, as_row(v), solver_options(options, "dict.solve"))
  local c = results[1]
  c.D, c.v, c.w = D, v, as_row(W):reshape(D.n)
  c.top = ranking(D, c.w, 10)
  local most = math.min(D.n, D.d)
  c.note = options and options.method == "omp" and (options.k or 10) > most
    and string.format("k cut to %d, the smaller of dimension and atoms", most) or ""
  return setmetatable(c, code_mt)
end
help{ name = "dict.solve",
  usage = "dict.solve(D, v [, {method=, l1=, l2=, nonneg=, k=, tol=, max=, preset=}]) -> code",
  doc = "v as a sparse mix of the atoms: weights w in original units, top (the ten heaviest), residual "
    .. "|r|/|v|, objective, gap, nonzeros, converged. Minimises |u - Dc|^2/2 + l1 |c|_1 + l2 |c|^2/2 by "
    .. "\"cd\" or \"fista\", or takes k atoms by \"omp\"; presets \"equation\", \"published\" "
    .. "(arXiv 2504.02828).",
  example = "s = dict.synthetic{ seed=3 }; c = dict.solve(s.D, s.v); print(c); print(c.w:norm())" }
methods.solve = dict.solve

function dict.batch(D, V, options)
  check_dictionary(D, "dict.batch")
  return core.solve(D._handle, check_matrix(V, "dict.batch: argument 2 (V)"),
    solver_options(options, "dict.batch"))
end
help{ name = "dict.batch", usage = "dict.batch(D, V [, options]) -> W, results",
  doc = "Codes of many vectors, a row each: the weights W, a row each, and a list of results. Options as "
    .. "for dict.solve.",
  example = "s = dict.synthetic{}; print(dict.batch(s.D, s.stimuli:slice(1, 3)).rows)" }
methods.batch = dict.batch

function dict.path(D, v, options)
  check_dictionary(D, "dict.path")
  v = vector_of(D, v, "dict.path: argument 2 (v)")
  local l1, W, residual = core.path(D._handle, as_row(v), solver_options(options, "dict.path"))
  local count = mat.zeros(#l1)
  for i = 1, #l1 do
    for j = 1, D.n do if W[i][j] ~= 0 then count[i] = count[i] + 1 end end
  end
  return internal.record(string.format("path of %d penalties, %g to %g", #l1, l1[1], l1[#l1]),
    { l1 = l1, W = W, residual = residual, nonzeros = count })
end
help{ name = "dict.path",
  usage = "dict.path(D, v [, {count=, ratio=, l2=, nonneg=, …}]) -> {l1=, W=, residual=, nonzeros=}",
  doc = "Solutions for count (100) values of l1 from the one that leaves nothing down to ratio (0.001) of "
    .. "it, with warm starts and the strong rule; a row of W each.",
  example = "s = dict.synthetic{}; p = dict.path(s.D, s.v, { count=20 }); print(p.nonzeros)" }
methods.path = dict.path

-- The weights along the path, as curves for plot: concepts that are heaviest anywhere on it.
function dict.curves(D, v, options)
  options = solver_options(options, "dict.curves") or {}
  local count = options.curves or 8
  if math.type(count) ~= "integer" or count < 1 then
    fail("dict.curves: curves = %s (must be a whole number >= 1)", internal.describe(count))
  end
  options.curves = nil
  local p, most, out = dict.path(D, v, options), mat.zeros(D.n), {}
  local sizes = p.W:map(math.abs)
  for j = 1, D.n do most[j] = sizes:col(j):max() end
  for i, row in ipairs(ranking(D, most, count)) do
    out[i] = { x = p.l1, y = p.W:col(row.index), name = row.name }
  end
  return out
end
help{ name = "dict.curves",
  usage = "dict.curves(D, v [, {curves=, count=, ratio=, l2=, nonneg=, …}]) -> list of {x=, y=, name=}",
  doc = "The path of dict.path as curves for plot: weight against l1, one curve a concept, for the "
    .. "`curves` (8) concepts that are heaviest anywhere on it.",
  example = "s = dict.synthetic{}; print(plot(dict.curves(s.D, s.v, { count=20, curves=3 }), { x='log' }))" }
methods.curves = dict.curves

-- ----------------------------------------------------------------------- looking

function dict.nearest(D, v, count)
  check_dictionary(D, "dict.nearest")
  v = vector_of(D, v, "dict.nearest: argument 2 (v)")
  local A = D.atoms
  if D.mean then A, v = A - as_row(D.mean), v - D.mean end
  local size, values = v:norm(), A * v
  for j = 1, D.n do
    local by = A:row(j):norm() * size
    values[j] = by > 0 and values[j] / by or 0
  end
  local all = ranking(D, values, D.n)
  table.sort(all, function(a, b)
    if a.value ~= b.value then return a.value > b.value end
    return a.index < b.index
  end)
  for i = #all, (count or 5) + 1, -1 do all[i] = nil end
  return all
end
help{ name = "dict.nearest", usage = "dict.nearest(D, v [, count]) -> list of {name=, value=, index=}",
  doc = "The concepts with the largest cosine to v (a vector or a name), less the dictionary's mean.",
  example = "s = dict.synthetic{}; print(dict.nearest(s.D, 'concept 3', 4))" }
methods.nearest = dict.nearest

function dict.coherence(D)
  check_dictionary(D, "dict.coherence")
  local mu, i, j, twins, mean = core.coherence(D._handle)
  return internal.record("coherence", { mu = mu, first = D.names[i], second = D.names[math.min(j, D.n)],
    twins = twins, mean = mean, omp_limit = mu > 0 and (1 + 1 / mu) / 2 or math.huge })
end
help{ name = "dict.coherence",
  usage = "dict.coherence(D) -> {mu=, first=, second=, mean=, twins=, omp_limit=}",
  doc = "Largest |cosine| of two atoms and which they are, the mean cosine, pairs above 0.99, and the "
    .. "(1 + 1/mu)/2 below which OMP recovers every exact mix.",
  example = "print(dict.coherence(dict.synthetic{}.D))" }
methods.coherence = dict.coherence

-- --------------------------------------------------------------------- transplant

-- What was nearest before and after, side by side.
local edit_mt = { __name = "orrery.transplant" }
function edit_mt.__index(_, key) fail("transplant: no field '%s'", tostring(key)) end
function edit_mt.__tostring(e)
  local lines = { string.format("transplant of weight %.5f: %s", e.weight, e.title),
    "  nearest before              nearest after" }
  local function cell(row) return row and string.format("%.4f  %s", row.value, row.name) or "" end
  for i = 1, math.max(#e.before, #e.after) do
    lines[#lines + 1] = "  " .. text.pad(text.cut(cell(e.before[i]), 26), 28) .. cell(e.after[i])
  end
  if e.note ~= "" then lines[#lines + 1] = "  note: " .. e.note end
  return table.concat(lines, "\n")
end

local edit_keys = { "from", "to", "strength", "coefficient", "match_norm", "code", "solver" }

function dict.transplant(D, v, options)
  local fn = "dict.transplant"
  check_dictionary(D, fn)
  v = vector_of(D, v, fn .. ": argument 2 (v)")
  options = check_options(options, edit_keys, fn)
  if options.from == nil and options.to == nil then fail("%s: needs from, to or both", fn) end
  local code, weight, notes = options.code, options.coefficient, {}
  local from = options.from ~= nil and D:find(options.from) or nil
  local to, to_name
  if options.to ~= nil then to, to_name = vector_of(D, options.to, fn .. ": to") end
  if weight == nil and not from then
    fail("%s: adding needs a coefficient: there is no estimate of a concept that is not in v", fn)
  end
  if from then
    code = code or dict.solve(D, v, options.solver)
    local most = code.w:map(math.abs):max()
    local estimate = code.w[from]
    if weight == nil and not (math.abs(estimate) > 1e-6 * most) then
      weight, notes[1] = 0, "concept absent: nothing to transplant"
    elseif weight == nil then
      weight = (options.strength or 1) * estimate
      if estimate < 0 then notes[1] = "negative weight: the edit moves away from the target" end
    end
  end
  if to_name then notes[#notes + 1] = "the target is among the atoms" end
  if not to then notes[#notes + 1] = "no null concept given: removed towards zero" end
  local out = v:copy()
  if weight ~= 0 and not (from and to_name == D.names[from]) then
    local put = to
    if put and from and options.match_norm then put = put * (D:atom(from):norm() / put:norm()) end
    if put then out = out + put * weight end
    if from then out = out - D:atom(from) * weight end
  end
  local title = (from and D.names[from] or "nothing") .. " -> "
    .. (to and (to_name or "a vector of yours") or "nothing")
  return setmetatable({ v = out, weight = weight, before = dict.nearest(D, v), after = dict.nearest(D, out),
    title = title, note = table.concat(notes, "; ") }, edit_mt)
end
help{ name = "dict.transplant",
  usage = "dict.transplant(D, v, {from=, to=, strength=, coefficient=, match_norm=, code=, "
    .. "solver=}) -> {v=, weight=, before=, after=, note=}",
  doc = "One concept for another: v + weight (to - from), with the weight that the code of v gives `from`, "
    .. "times strength; coefficient sets it outright. Without `to` the concept is removed, without `from` "
    .. "added. Names or, for `to`, a vector.",
  example = "s = dict.synthetic{ seed=3 }; c = s.D:solve(s.v); "
    .. "print(dict.transplant(s.D, s.v, { from=c.top[1].name, to='concept 1' }))" }
methods.transplant = dict.transplant

-- The run of the solver: dict.code with this dictionary and its names.
function methods.code(D, v, options)
  local out = {}
  for key, value in pairs(options or {}) do out[key] = value end
  out.D, out.v, out.names = D.atoms, vector_of(D, v, "dictionary:code: argument 1 (v)"),
    table.concat(D.names, "\n")
  if D.mean then out.mean = D.mean end
  for _, key in ipairs{ "source", "target" } do
    if out[key] ~= nil then out[key] = D:find(out[key]) end
  end
  return dict.code(out)
end
help{ name = "dictionary:code", usage = "D:code(v [, options]) -> system",
  doc = "The system dict.code on this dictionary, with its names: run it, watch it, turn its knobs.",
  example = "s = dict.synthetic{}; r = run(s.D:code(s.v, { source='concept 2' })); r:step(5); "
    .. "print(r.objective)" }
for name, what in pairs{ find = "D:find(name) -> number", atom = "D:atom(name) -> vector" } do
  help{ name = "dictionary:" .. name, usage = what, doc = "The concept of this name, or the nearest "
    .. "name in an error.",
    example = "print(dict.synthetic{}.D:" .. name .. "('concept 2'))" }
end
-- Functions whose first argument is a dictionary are its methods too.
for name in pairs(methods) do
  local row = o.help._index["dict." .. name]
  if row and row.usage:find("(D", 1, true) then
    help{ name = "dictionary:" .. name, usage = row.usage:gsub("^dict%.(%w+)%(D,? ?", "D:%1("),
      doc = "The same as dict." .. name .. "(D, …). " .. row.doc, example = row.example }
  end
end
