-- SPDX-License-Identifier: GPL-3.0-or-later
-- concepts.lua - a vector as a sparse mix of named concepts, and one concept taken for
-- another with the strength that the mix itself says (arXiv:2504.02828).
--
--   orrery concepts.lua --dictionary lvis_clip_text.npy --names lvis_names.txt
--   orrery concepts.lua                       (made-up concepts of known geometry, said so)
--
-- Sources mix a few concepts with weights uniform in [0.2, 1] about the mean of the
-- dictionary, with noise 20 dB below. One concept of each is replaced by one that is not
-- in it: with the estimated weight, and with fixed strengths, which edit too much where the
-- concept is faint and too little where it is strong. The error is the distance to the edit
-- with the true weight, beside the length of the source. Ends with status 1 when the
-- estimate does not beat every fixed strength.

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
local function centred(j) return D:atom(j) - D.mean end

-- A source, its concepts in order of weight, and their true weights.
local function make_source()
  local which, parts, v = g:permutation(D.n), {}, mat.zeros(D.d)
  for i = 1, o.mix do
    parts[i] = { index = math.tointeger(which[i]), weight = 0.2 + 0.8 * g:uniform(1)[1] }
    v = v + centred(parts[i].index) * parts[i].weight
  end
  local noise = g:normal(D.d)
  v = v + noise * (0.1 * v:norm() / noise:norm())
  return v + D.mean, parts, math.tointeger(which[o.mix + 1]), v:norm()
end

-- --------------------------------------------------------- estimated against fixed

local fixed = {}
for i = 1, 16 do fixed[i] = 0.1 * (i - 1) end
local methods = { { "default net", {} }, { "nonnegative lasso", { l2 = 0, nonneg = true } },
  { "OMP", { method = "omp", k = o.mix } } }
local error_of, over, under = {}, {}, {}

local function note(key, weight, truth, reach)
  error_of[key] = (error_of[key] or 0) + math.abs(weight - truth) * reach / o.sources
  over[key] = (over[key] or 0) + (weight > 1.25 * truth and 1 or 0)
  under[key] = (under[key] or 0) + (weight < 0.75 * truth and 1 or 0)
end

local clock, solved = os.clock(), 0
for _ = 1, o.sources do
  local v, parts, target, size = make_source()
  local from, truth = parts[1].index, parts[1].weight
  local reach = (D:atom(target) - D:atom(from)):norm() / size
  for _, method in ipairs(methods) do
    note(method[1], D:solve(v, method[2]).w[from], truth, reach)
    solved = solved + 1
  end
  for _, strength in ipairs(fixed) do note(strength, strength, truth, reach) end
end
clock = os.clock() - clock

print(string.format("\n%d edits, sources of %d concepts; |v' - ideal| / |v|", o.sources, o.mix))
print("  strength               error   too strong   too weak   (by more than a quarter)")
local function line(name, key)
  print(string.format("  %-20s %7.4f   %7d      %7d", name, error_of[key], over[key], under[key]))
end
for _, method in ipairs(methods) do line(method[1], method[1]) end
local best = math.huge
for i, strength in ipairs(fixed) do
  best = math.min(best, error_of[strength])
  if i % 3 == 1 and i > 1 then line(string.format("fixed %.1f", strength), strength) end
end
print(string.format("  %.2f ms a decomposition", 1e3 * clock / solved))

-- ---------------------------------------------------------------- one edit, looked at

local function pick(name, otherwise) return D._place[name] and name or D.names[otherwise] end
local from, beside, to = pick("cat", 1), pick("guitar", 2), pick("dog", 3)
local v = D.mean + (D:atom(from) - D.mean) * 0.6 + (D:atom(beside) - D.mean) * 0.5
local code = D:solve(v)
print(string.format("\n0.6 %s + 0.5 %s", from, beside))
print(code)
print(D:transplant(v, { from = from, to = to, code = code }))

-- A concept that the dictionary does not hold, in terms of those it does.
local keep, names = {}, {}
for j = 1, D.n do
  if D.names[j] ~= to then keep[#keep + 1], names[#names + 1] = j, D.names[j] end
end
local without = dict.new(D.atoms:pick(keep), names, { mean = D.mean })
print(string.format("\n%s, left out of the dictionary", to))
print(without:solve(D:atom(to)))

if o.figure ~= "" then
  local curve, level = {}, {}
  for i, strength in ipairs(fixed) do
    curve[i], level[i] = error_of[strength], error_of["default net"]
  end
  plot({ { x = fixed, y = curve, name = "fixed strength" }, { x = fixed, y = level, name = "estimated" } },
    { title = "error of an edit against its strength", xlabel = "strength",
      ylabel = "|v' - ideal| / |v|" }):save(o.figure)
  print("\nfigure: " .. o.figure)
end

local ours = error_of["default net"]
if not (ours < best) then
  io.stderr:write(string.format("concepts: error %.4f with estimates, %.4f with a fixed strength\n", ours,
    best))
  os.exit(1, true)
end
print(string.format("\nthe estimated strength beats every fixed one: %.4f against %.4f at best", ours, best))
