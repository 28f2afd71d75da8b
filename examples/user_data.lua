-- SPDX-License-Identifier: GPL-3.0-or-later
-- user_data.lua - your own numbers in, your own quantities watched, results out as files.
--
--   orrery user_data.lua [--x inputs.csv --y targets.csv] [--out DIRECTORY]

local o = args{ "Fits a linear network to two tables and writes what was recorded.",
  { "x", "", "inputs as .csv, .tsv or .npy; a small table is made up without it" },
  { "y", "", "targets likewise" },
  { "out", "", "directory for the results; a temporary name without it" } }

-- Tables in: a first line of names is understood. Without files, some are made first.
local base = o.out ~= "" and o.out .. "/user_data" or os.tmpname()
local made = o.x == ""
local x_file, y_file = o.x, o.y
if made then
  x_file, y_file = base .. "_x.csv", base .. "_y.csv"
  local g = rng(4)
  local X = g:normal(80, 4)
  mat.save(X, x_file, { "age", "dose", "mass", "time" })
  mat.save(X * mat{ { 1, 0 }, { -2, 0.5 }, { 0, 1 }, { 0.5, 0 } } + g:normal(80, 2) * 0.05, y_file,
    { "response", "delay" })
end
local X, names = mat.load(x_file)
local Y = mat.load(y_file)
print(string.format("%d samples, inputs: %s", X.rows,
  names and table.concat(names, ", ") or X.cols))

-- Your own quantity is a probe like any other: how far is W from the least-squares solution?
local solution = X:lstsq(Y)
local r = run(net.linear{ X = X, Y = Y, h = 12, init_scale = 0.5, seed = 2 })
r:watch("distance", function(run) return (run.W - solution):norm() end)

-- Stop when it is small.
r:go{ distance_below = 1e-4, max = 20000 }
print(r.stopped)
print("what was learned, and least squares:", r.W, solution)
assert(r.distance < 1e-4)
assert((r.W - solution):norm() < 1e-4)

-- Results out: rows, figure, the run itself. Each file says which script and seed made it.
r:write(base .. ".csv", { "loss", "gap", "distance" })
plot(r, { "gap", "distance" }, { y = "log" }):save(base .. ".svg")
r:save(base .. ".run")

local rows = mat.load(base .. ".csv")
assert(rows.rows > 2 and rows.cols == 5)
assert(run.load(base .. ".run"):hash() == r:hash())
local svg = assert(io.open(base .. ".svg")):read("a")
assert(svg:find("script_sha256", 1, true))

if o.out == "" then
  for _, ending in ipairs{ "", ".csv", ".svg", ".run", "_x.csv", "_y.csv" } do
    os.remove(base .. ending)
  end
else
  print("written: " .. base .. ".csv, .svg, .run")
end
