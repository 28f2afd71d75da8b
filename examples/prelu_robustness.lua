-- SPDX-License-Identifier: GPL-3.0-or-later
-- prelu_robustness.lua - the same data, the same training, another exponent: fooled or robust.
--
-- The experiment of "Can Implicit Bias Imply Adversarial Robustness?", arXiv 2405.15942, at
-- reduced size: 3 + 3 clusters with orthonormal centres in 20 dimensions, 20 samples each,
-- noise of length 0.1, 40 neurons from N(0, 1e-8), mean exponential loss, 3000 steps of
-- descent with 0.2. With exponent p = 1 (ReLU) the neurons settle on the two class averages
-- and a push of 1/sqrt(6) = 0.408 fools the network; with p > 2 they settle on the six
-- centres and it withstands almost sqrt(2)/2, the most that any classifier can.
--
-- Prints robust accuracy against radius for each p (in brackets by the published attack, one
-- ascent from 0, which finds nothing near a centre when p > 1), beside the prediction of the
-- theory; saves the figure; ends with status 1 when a figure leaves its band. With --images
-- and --labels (MNIST) it also trains "even or odd" on digits and attacks in the maximum
-- norm. `orrery dash` shows p = 3 live.

local o = args{ "Robust accuracy of networks with a power of ReLU on clusters.",
  { "seed", 1, "seed of data and start" },
  { "steps", 3000, "steps of descent" },
  { "images", "", "IDX file of images: also the experiment on digits" },
  { "labels", "", "IDX file of labels" },
  { "train", 8000, "digits to train on; the next 1000 are attacked" },
  { "epochs", 30, "epochs of Adam on the digits" },
  { "figure", "prelu_robustness.svg", "where the figure goes; empty: none" } }

local radii = { 0.35, 0.40, 0.45, 0.50, 0.60, 0.65, 0.70, 0.75 }

local function network(p)
  return run(net.prelu{ p = p, seed = o.seed, radii = radii })
end

local live = network(3)
dash{ live, speed = 30 }

local failures = 0

local function check(ok, ...)
  if ok then return end
  failures = failures + 1
  io.stderr:write("prelu_robustness: ", string.format(...), "\n")
end

-- -------------------------------------------------------------------- clusters

-- What theory 04 measured with another generator, many starts: bands of 0.12 around it.
local measured = {
  [1] = { .995, .655, .025, 0, 0, 0, 0, 0 }, [1.5] = { .990, .660, .025, 0, 0, 0, 0, 0 },
  [2] = { 1, 1, 1, .995, false, 0, 0, 0 }, [3] = { 1, 1, 1, 1, 1, .990, .385, 0 },
  [4] = { 1, 1, 1, 1, 1, .990, .385, 0 },
}

local curves = {}

local function row(label, values, zero)
  local cells = {}
  for i, x in ipairs(values) do
    cells[i] = zero and string.format("%.3f (%.3f)", x, zero[i]) or string.format("%.3f        ", x)
  end
  print(string.format("%-5s %s", label, table.concat(cells, " ")))
end

local function study(p)
  local r = p == 3 and live or network(p)
  r:step(o.steps - r.k)
  local robust, zero = r.robust, r.robust_zero
  row("p " .. p, robust, zero)
  curves[#curves + 1] = { name = "p = " .. p, x = radii, y = robust }
  for i, want in ipairs(measured[p]) do
    check(not want or math.abs(robust[i] - want) < 0.12, "p = %g, radius %.2f: %.3f, measured before %.3f",
      p, radii[i], robust[i], want or 0)
    check(robust[i] <= zero[i], "p = %g, radius %.2f: many starts are weaker than one", p, radii[i])
  end
  for _, c in ipairs(r:claims()) do check(c.standing ~= "violated", "claim %s: %s", c.name, c.text) end
  return r
end

print("robust accuracy, many starts (one ascent from 0), at radius")
print("      " .. table.concat((function()
  local out = {}
  for i, x in ipairs(radii) do out[i] = string.format("%-13.2f", x) end
  return out
end)(), " "))
local found = {}
for _, p in ipairs{ 1, 1.5, 2, 3, 4 } do found[p] = study(p) end
local predicted = robust.predicted(robust.ideal("F"), radii)
row("A_F", predicted.F)
row("A_N", predicted.power)

print(string.format("%-5s %8s %9s %9s %8s %7s %9s %10s", "", "loss", "to mean", "to centre", "covered",
  "rank", "dist F", "dist F^(p)"))
for _, p in ipairs{ 1, 1.5, 2, 3, 4 } do
  local r = found[p]
  print(string.format("p %-3g %8.5f %9.4f %9.4f %8d %7.3f %9.4f %10.4f", p, r.loss, r.dominant_average,
    r.dominant_centre, r.covered, r.stable_rank, r.distance_f, r.distance_power))
end

for p, r in pairs(found) do
  if p < 2 then
    check(r.dominant_average > 0.99, "p = %g: cosine to the averages %.4f", p, r.dominant_average)
    check(r.stable_rank < 2, "p = %g: stable rank %.3f", p, r.stable_rank)
  elseif p > 2 then
    check(r.dominant_centre > 0.999, "p = %g: cosine to the centres %.4f", p, r.dominant_centre)
    check(r.covered == 6, "p = %g: %d centres covered", p, r.covered)
    check(r.stable_rank > 5.5, "p = %g: stable rank %.3f", p, r.stable_rank)
    check(r.distance_power < 0.1, "p = %g: distance to F^(p) %.4f", p, r.distance_power)
    check(r.artefact == 1, "p = %g: one ascent from 0 was not fooled", p)
  end
end
check(found[1].distance_f < 0.25, "p = 1: distance to F %.4f", found[1].distance_f)

-- --------------------------------------------------------------------- digits

-- Even (+) or odd (-): scalar output with a bias, inputs normalized, logistic loss, Adam
-- 1e-3 on batches of 100; attacked in the maximum norm with 40 steps of an eighth of the
-- radius, pixels kept in [0, 1].
local function digits()
  local X, labels = data.idx(o.images), data.idx(o.labels)
  local count = 1000
  local first, last = {}, {}
  for i = 1, o.train do first[i] = i end
  for i = 1, count do last[i] = o.train + i end
  local function parity(rows)
    local y = {}
    for i, k in ipairs(rows) do y[i] = labels[k] % 2 == 0 and 1 or -1 end
    return y
  end
  X = X / 255
  local mean = X:pick(first):mean(1)
  local train, test = X:pick(first) - mean, X:pick(last) - mean
  local reference = { [1] = { .988, .916, .470, .033 }, [2] = { .993, .971, .884, .469 },
    [3] = { .995, .980, .946, .669 }, [4] = { .993, .986, .962, .776 } }
  local pixels = { 0, 0.02, 0.05, 0.1 }
  print("digits, even or odd: accuracy under attack in the maximum norm (measured before)")
  local before = 0
  for _, p in ipairs{ 1, 2, 3, 4 } do
    local s = net.prelu{ X = train, Y = parity(first), X_test = test, Y_test = parity(last), p = p, h = 100,
      init = "kaiming", bias = true, normalize_input = true, loss = "logistic", batch = 100, seed = o.seed }
    local epoch = math.ceil(o.train / 100)
    local r = run(s, { stepper = "adam", step = 1e-3, inner = epoch, record = { "loss" }, history = 1 })
    r:step(o.epochs)
    local cells, at = {}, {}
    for i, radius in ipairs(pixels) do
      at[i] = robust.accuracy(r, test, parity(last), radius,
        { norm = "linf", starts = "zero", steps = 40, step = math.max(radius / 8, 1e-9), low = -mean,
          high = 1 - mean })
      cells[i] = string.format("%.3f (%.3f)", at[i], reference[p][i])
    end
    print(string.format("p %d   %s   loss %.4f", p, table.concat(cells, "  "), r.loss))
    if o.train == 8000 and o.epochs == 30 then
      check(at[1] > 0.95, "digits, p = %d: accuracy %.3f", p, at[1])
      check(at[4] > before, "digits, p = %d: %.3f at 0.1 is not above %.3f", p, at[4], before)
    end
    before = at[4]
  end
end

if o.images ~= "" then digits() end

-- --------------------------------------------------------------------- figure

if o.figure ~= "" then
  curves[#curves + 1] = { name = "A_F", x = radii, y = predicted.F, role = "bound" }
  curves[#curves + 1] = { name = "A_N", x = radii, y = predicted.power, role = "bound" }
  plot(curves, { xlabel = "attack radius", ylabel = "robust accuracy",
    title = "fooled at 1/√6 = 0.408, or robust up to √2/2" }):save(o.figure, { width = 150, height = 95 })
  print("figure: " .. o.figure)
end

if failures > 0 then
  print(failures .. " checks failed")
  os.exit(1, true)
end
print("every figure is in its band")
