-- SPDX-License-Identifier: GPL-3.0-or-later
-- concepts.lua - a vector as a sparse mix of named concepts, and one concept taken for
-- another with the strength that the mix itself says (arXiv:2504.02828).
--
--   orrery concepts.lua --dictionary lvis_clip_text.npy --names lvis_names.txt
--   orrery concepts.lua                       (made-up concepts of known geometry, said so)
--
-- Sources mix a few concepts with weights uniform in [0.2, 1] about the mean of the
-- dictionary, with noise 20 dB below. One concept of each is replaced by one that is not in
-- it: with the estimated weight, and with fixed strengths, which edit too much where the
-- concept is faint and too little where it is strong. The error is the distance to the edit
-- with the true weight, beside the length of the source. Then dictionaries of few concepts:
-- what they lack is mistaken for what they hold. Ends with status 1 when the estimate does
-- not beat every fixed strength, or a larger dictionary does not edit better.

local o = args{ "Decomposes mixes of concepts and edits them with estimated and fixed strengths.",
  { "dictionary", "", "vectors of the concepts: .npy, or lines of a name and numbers" },
  { "names", "", "names of the rows of a .npy file, one a line" },
  { "sources", 60, "sources to edit" },
  { "mix", 4, "concepts in each source" },
  { "seed", 1, "seed of the sources" },
  { "figure", "", "where the figure goes (.svg, .pdf, .png, .txt); empty: none" } }

local D
if o.dictionary ~= "" then
  D = o.names ~= "" and dict.load(o.dictionary, o.names, { centre = true })
    or dict.load(o.dictionary, { centre = true })
else
  local made = dict.synthetic{ n = 200, dim = 128, rho = 0.6, seed = o.seed }.D
  D = dict.new(made.atoms, made.names, { centre = true })
end
print(o.dictionary ~= "" and o.dictionary or "made-up concepts (no dictionary given)")
print(D)

local g = rng(o.seed, 17)

-- A source of `mix` concepts about `mean` and their true weights, a concept that is not in
-- it, and the length of what is mixed.
local function make_source(mix, mean)
  local which, parts, v = g:permutation(D.n), {}, mat.zeros(D.d)
  for i = 1, mix do
    parts[i] = { index = math.tointeger(which[i]), weight = 0.2 + 0.8 * g:uniform(1)[1] }
    v = v + (D:atom(parts[i].index) - mean) * parts[i].weight
  end
  local noise = g:normal(D.d)
  v = v + noise * (0.1 * v:norm() / noise:norm())
  return v + mean, parts, math.tointeger(which[mix + 1]), v:norm()
end

-- --------------------------------------------------------- estimated against fixed

local fixed = {}
for i = 1, 16 do fixed[i] = 0.1 * (i - 1) end
local methods = { { "default net", {} }, { "nonnegative lasso", { l2 = 0, nonneg = true } },
  { "OMP", { method = "omp", k = o.mix } } }
local error_of, over, under = {}, {}, {}
local true_weights, estimates = {}, {}

local function note(key, weight, truth, reach)
  error_of[key] = (error_of[key] or 0) + math.abs(weight - truth) * reach / o.sources
  over[key] = (over[key] or 0) + (weight > 1.25 * truth and 1 or 0)
  under[key] = (under[key] or 0) + (weight < 0.75 * truth and 1 or 0)
end

local clock, solved = 0, 0
for i = 1, o.sources do
  local v, parts, target, size = make_source(o.mix, D.mean)
  local from, truth = parts[1].index, parts[1].weight
  local reach = (D:atom(target) - D:atom(from)):norm() / size
  true_weights[i] = truth
  for j, method in ipairs(methods) do
    local begin = os.clock()
    local weight = D:solve(v, method[2]).w[from]
    clock, solved = clock + os.clock() - begin, solved + 1
    note(method[1], weight, truth, reach)
    if j == 1 then estimates[i] = weight end
  end
  for _, strength in ipairs(fixed) do note(strength, strength, truth, reach) end
end

print(string.format("\n%d edits, sources of %d concepts; |v' - ideal| / |v|", o.sources, o.mix))
print("  strength               error   too strong   too weak   (by more than a quarter)")
local function line(name, key)
  print(string.format("  %-20s %7.4f   %7d      %7d", name, error_of[key], over[key], under[key]))
end
for _, method in ipairs(methods) do line(method[1], method[1]) end
local best = fixed[1]
for i, strength in ipairs(fixed) do
  if error_of[strength] < error_of[best] then best = strength end
  if i % 3 == 1 and i > 1 then line(string.format("fixed %.1f", strength), strength) end
end
line(string.format("best fixed, %.1f", best), best)
print(string.format("  %.2f ms a decomposition", 1e3 * clock / solved))

-- --------------------------------------------------------- what a small one mistakes

-- `size` atoms: the first of the source, and others out of 31 that hold the whole source.
local function subset(which, size)
  local atoms, names = { which[1] }, { D.names[which[1]] }
  local order = g:permutation(#which - 1)
  for i = 2, size do
    atoms[i] = which[1 + math.tointeger(order[i - 1])]
    names[i] = D.names[atoms[i]]
  end
  return dict.new(D.atoms:pick(atoms), names)
end

-- The concepts of a source, and others up to `count`.
local function with_others(parts, count)
  local which, seen, every = {}, {}, g:permutation(D.n)
  for i, part in ipairs(parts) do which[i], seen[part.index] = part.index, true end
  for i = 1, D.n do
    local j = math.tointeger(every[i])
    if #which < count and not seen[j] then which[#which + 1] = j end
  end
  return which
end

print("\nsources of 8 concepts, vectors as they are; a dictionary of N concepts out of 31 that hold them")
print("     N   error of the edit")
local sizes, small, nothing = { 1, 5, 10, 20, 30 }, { 0, 0, 0, 0, 0 }, mat.zeros(D.d)
for _ = 1, o.sources do
  local v, parts, target, size = make_source(8, nothing)
  local reach = (D:atom(target) - D:atom(parts[1].index)):norm() / size
  local which = with_others(parts, 31)
  for i, n in ipairs(sizes) do
    local w = subset(which, n):solve(v).w[1]
    small[i] = small[i] + math.abs(w - parts[1].weight) * reach / o.sources
  end
end
for i, n in ipairs(sizes) do print(string.format("  %4d   %.4f", n, small[i])) end

-- ---------------------------------------------------------------- one edit, looked at

local function pick(name, otherwise) return D._place[name] and name or D.names[otherwise] end
local from, beside, to = pick("cat", 1), pick("guitar", 2), pick("dog", 3)
local v = D.mean + (D:atom(from) - D.mean) * 0.6 + (D:atom(beside) - D.mean) * 0.5
local code = D:solve(v)
print(string.format("\n0.6 %s + 0.5 %s", from, beside))
print(code)
print(D:transplant(v, { from = from, to = to, code = code }))

-- Cosines with what is taken out, put in and left alone, less the mean.
print(string.format("\n  %-26s %10.10s %10.10s %10.10s", from .. " -> " .. to .. " by", from, to, beside))
local function cosines(name, edited)
  local out, u = { string.format("  %-26s", name) }, edited - D.mean
  for i, word in ipairs{ from, to, beside } do
    local a = D:atom(word) - D.mean
    out[i + 1] = string.format("%10.4f", u:dot(a) / (u:norm() * a:norm()))
  end
  print(table.concat(out, " "))
end
local function by(strength) return D:transplant(v, { from = from, to = to, coefficient = strength }).v end
cosines("nothing", v)
cosines("the true weight, 0.6", by(0.6))
cosines(string.format("the estimate, %.3f", code.w[D:find(from)]), by(code.w[D:find(from)]))
cosines("0.3: too little", by(0.3))
cosines("1.2: too much", by(1.2))

-- A concept that the dictionary does not hold, in terms of those it does.
local keep, names = {}, {}
for j = 1, D.n do
  if D.names[j] ~= to then keep[#keep + 1], names[#names + 1] = j, D.names[j] end
end
local without = dict.new(D.atoms:pick(keep), names, { mean = D.mean })
local dense = without:solve(D:atom(to))
print(string.format("\n%s, left out of the dictionary: the default net takes %d concepts and leaves "
  .. "%.3f; six of OMP", to, dense.nonzeros, dense.residual))
print(without:solve(D:atom(to), { method = "omp", k = 6, nonneg = true }))

if o.figure ~= "" then
  plot({ { x = { 0.2, 1 }, y = { 0.2, 1 }, name = "as much as there is", role = "bound" },
      { x = true_weights, y = estimates, name = "estimated", kind = "points" },
      { x = { 0.2, 1 }, y = { best, best },
        name = string.format("best fixed, %.1f: too strong left, too weak right", best) } },
    { title = "strength of an edit against the weight of the concept", xlabel = "true weight",
      ylabel = "strength" }):save(o.figure)
  print("\nfigure: " .. o.figure)
end

local ours, theirs = error_of["default net"], error_of[best]
local helps = true
for i = 2, #small do helps = helps and small[i] < small[i - 1] end
if not (ours < theirs and helps) then
  io.stderr:write(string.format("concepts: error %.4f with estimates, %.4f with a fixed strength%s\n", ours,
    theirs, helps and "" or "; a larger dictionary does not edit better"))
  os.exit(1, true)
end
print(string.format("\nthe estimated strength beats every fixed one: %.4f against %.4f at best", ours,
  theirs))
