-- SPDX-License-Identifier: GPL-3.0-or-later
-- dictionary_learning.lua - a planted dictionary found again from samples alone, and how
-- the part that is found falls as the samples mix more atoms.
--
-- 30 unit atoms of 20 numbers; every sample mixes `sparsity` of them with weights
-- +-[0.5, 1.5]. An atom counts as found when its |cosine| with a learned one is above 0.97
-- in the best assignment. Online learning takes mini-batches of 50 with l1 = 0.1, K-SVD all
-- samples a sweep with the true sparsity. Ends with status 1 when mixes of two are not
-- recovered to 70 % or a claim is violated.

local o = args{ "Recovers a planted dictionary; recovery against sparsity.",
  { "samples", 2000, "samples" },
  { "epochs", 8, "passes of online learning" },
  { "sweeps", 25, "sweeps of K-SVD" },
  { "most", 6, "largest sparsity" },
  { "seed", 1, "seed" },
  { "figure", "", "where the figure goes (.svg, .pdf, .png, .txt); empty: none" } }

local function learn(method, sparsity)
  return run(dict.learn{ method = method, samples = o.samples, sparsity = sparsity, k = sparsity,
    held = 0.1, seed = o.seed }, { name = method .. " " .. sparsity })
end

-- 'orrery dash examples/dictionary_learning.lua' shows this run, live; headless, it is not opened.
dash{ learn("online", 2), speed = 1 }

local bad = 0
local function check(r)
  for _, v in ipairs(r:claims()) do
    if v.standing == "violated" then
      bad = bad + 1
      io.stderr:write(string.format("%s: claim %s violated: %s\n", r.name, v.name, v.text))
    end
  end
end

local batches = (o.samples - o.samples // 10) // 50
print("sparsity   online: objective, found     K-SVD: error, found")
local sparsity, online, ksvd = {}, {}, {}
for s = 1, o.most do
  local a, b = learn("online", s), learn("ksvd", s)
  local before = a.objective
  a:step(o.epochs * batches)
  b:step(o.sweeps)
  print(string.format("%5d      %.4f -> %.4f  %4.0f %%     %.4f  %4.0f %%", s, before, a.objective,
    100 * a.found, b.last, 100 * b.found))
  sparsity[s], online[s], ksvd[s] = s, a.found, b.found
  check(a)
  check(b)
end

if o.figure ~= "" then
  plot({ { x = sparsity, y = online, name = "online" }, { x = sparsity, y = ksvd, name = "K-SVD" } },
    { title = "part of the atoms that is found", xlabel = "atoms in a sample",
      ylabel = "found" }):save(o.figure)
  print("figure: " .. o.figure)
end
if bad > 0 or (o.most >= 2 and (online[2] < 0.7 or ksvd[2] < 0.7)) then
  io.stderr:write("dictionary_learning: mixes of two atoms were not recovered\n")
  os.exit(1, true)
end
print("mixes of two atoms: the planted dictionary is found again")
