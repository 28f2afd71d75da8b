-- SPDX-License-Identifier: GPL-3.0-or-later
-- recovery.lua - how many concepts a mix may hold before a sparse code mistakes them.
--
-- Exact mixes of k of 200 concepts of 64 numbers, weights uniform in [0.2, 1]. A mix counts
-- as recovered when OMP takes its k concepts and no other. Coherence says what is certain:
-- fewer than (1 + 1/mu)/2 atoms are always found (J. Tropp, IEEE Trans. Inf. Theory 50,
-- 2004). What is found in fact goes much further, and falls to nothing within a few atoms;
-- concepts that are alike bring the fall forward. Ends with status 1 when a mix below the
-- limit is missed, or when more concepts or more likeness do not make it harder.

local o = args{ "Recovery of mixes of concepts against their number and likeness.",
  { "trials", 100, "mixes of each kind" },
  { "most", 24, "largest number of concepts in a mix" },
  { "seed", 1, "seed" },
  { "figure", "", "where the figure goes (.svg, .pdf, .png, .txt); empty: none" } }

local likeness = { 0, 0.5, 0.8 }
local g = rng(o.seed, 23)

-- The part of `trials` mixes of k atoms that OMP finds whole.
local function rate(D, k)
  local found = 0
  local V, truth = mat.zeros(o.trials, D.d), {}
  for i = 1, o.trials do
    local which, v = g:permutation(D.n), mat.zeros(D.d)
    truth[i] = {}
    for j = 1, k do
      local atom = math.tointeger(which[j])
      truth[i][atom] = true
      v = v + D:atom(atom) * (0.2 + 0.8 * g:uniform(1)[1])
    end
    V[i] = v.T
  end
  local W = D:batch(V, { method = "omp", k = k })
  for i = 1, o.trials do
    local right = true
    for j = 1, D.n do right = right and (W:get(i, j) ~= 0) == (truth[i][j] == true) end
    found = found + (right and 1 or 0)
  end
  return found / o.trials
end

local ks, curves, lines, bad = {}, {}, {}, 0
for k = 1, o.most do ks[k] = k end
for i, rho in ipairs(likeness) do
  local D = dict.synthetic{ n = 200, dim = 64, rho = rho, sigma = 0.1, seed = o.seed }.D
  local c, rates = D:coherence(), {}
  for k = 1, o.most do
    rates[k] = rate(D, k)
    if k < c.omp_limit and rates[k] < 1 then bad = bad + 1 end
  end
  curves[i] = { x = ks, y = rates, name = string.format("cosine %.1f, mu %.2f", rho, c.mu) }
  lines[i] = { c = c, rates = rates }
end

print("concepts    part of the mixes that OMP finds whole")
print("in the mix  " .. table.concat({ "cosine 0.0", "cosine 0.5", "cosine 0.8" }, "   "))
for k = 1, o.most do
  if k <= 4 or k % 2 == 0 then
    print(string.format("%6d      %8.2f     %8.2f     %8.2f", k, lines[1].rates[k], lines[2].rates[k],
      lines[3].rates[k]))
  end
end
for i, rho in ipairs(likeness) do
  print(string.format("cosine %.1f: coherence %.3f, certain below %.2f concepts", rho, lines[i].c.mu,
    lines[i].c.omp_limit))
end

if o.figure ~= "" then
  plot(curves, { title = "mixes that OMP finds whole", xlabel = "concepts in the mix",
    ylabel = "part of the mixes", ymin = -0.02, ymax = 1.05 }):save(o.figure)
  print("figure: " .. o.figure)
end

local function sum(t) local s = 0; for _, x in ipairs(t) do s = s + x end return s end
local falls = lines[1].rates[1] > lines[1].rates[o.most]
local harder = sum(lines[1].rates) > sum(lines[2].rates) and sum(lines[2].rates) > sum(lines[3].rates)
if bad > 0 or not falls or not harder then
  io.stderr:write("recovery: not as the theory says\n")
  os.exit(1, true)
end
print("all mixes below the limit are found; more concepts and more likeness make it harder")
