-- SPDX-License-Identifier: GPL-3.0-or-later
-- codes.lua DIRECTORY: the codes that codes.py compares with scikit-learn's.
local dir = arg[1]
local D, V = dict.new(data.npy(dir .. "/atoms.npy"), nil, {}), data.npy(dir .. "/sources.npy")
local settings = {
  lasso = { l1 = 0.05, l2 = 0 },
  net = { l1 = 0.04, l2 = 0.01 },
  nonneg = { l1 = 0.05, l2 = 0, nonneg = true },
  omp = { method = "omp", k = 30 },
}
for name, options in pairs(settings) do
  mat.save((D:batch(V, options)), dir .. "/" .. name .. ".npy")
end
-- A learned dictionary, and what it is said to cost on the samples held out.
local r = run(dict.learn{ X = data.npy(dir .. "/samples.npy"), n = 40, l1 = 0.1, held = 0.2, seed = 3 })
r:step(40)
mat.save(r.atoms, dir .. "/learned.npy")
mat.save(mat{ r.objective }, dir .. "/objective.npy")
