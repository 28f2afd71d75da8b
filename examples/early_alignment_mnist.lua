-- SPDX-License-Identifier: GPL-3.0-or-later
-- early_alignment_mnist.lua - early alignment on handwritten digits.
--
-- Figures 5, 10 and 11 of "Early Neuron Alignment in Two-layer ReLU Networks with Small
-- Initialization", arXiv 2307.12851, at reduced size: MNIST 1 against 0 (and, with --pairs,
-- others), the first images of the test set, pixels in [0, 1], mean image subtracted, 50
-- neurons from N(0, 1e-12), mean exponential loss, gradient descent. Digits of two classes
-- are nearly orthogonally separable after centring; with --pictures synthetic bars and rings
-- take their place.
--
-- Prints for each pair when the neurons are aligned, when the loss falls, and the rank of W,
-- beside the published figures; ends with status 1 when a figure of the pair 1/0 leaves its
-- band, with 77 when the images are not there.

local o = args{ "Early alignment on MNIST digits.",
  { "images", "t10k-images-idx3-ubyte.gz", "IDX file of images" },
  { "labels", "t10k-labels-idx1-ubyte.gz", "IDX file of labels" },
  { "pictures", false, "synthetic pictures in place of digits" },
  { "count", 100, "images of each class" },
  { "pairs", "1/0", "pairs of digits, positive first, separated by commas" },
  { "steps", 3000, "steps of descent" },
  { "step", 1e-2, "step size" },
  { "batch", 0, "samples a step of stochastic descent, 0: plain descent" },
  { "seed", 1, "seed of the start" },
  { "figure", "early_alignment_mnist.svg", "where the figure goes; empty: none" } }

local function readable(name)
  local f = io.open(name, "rb")
  if f then f:close() end
  return f ~= nil
end

if not o.pictures and not (readable(o.images) and readable(o.labels)) then
  print("skipped: no digits in " .. o.images .. " and " .. o.labels .. " (--pictures goes without)")
  os.exit(77, true)
end

local failures = 0

local function check(ok, ...)
  if ok then return end
  failures = failures + 1
  io.stderr:write("early_alignment_mnist: ", string.format(...), "\n")
end

local function within(what, value, low, high)
  check(value >= low and value <= high, "%s is %.4g, not in %.4g .. %.4g", what, value, low, high)
end

local function network(pair)
  local options = { seed = o.seed }
  if pair then
    local plus, minus = pair:match("^(%d)/(%d)$")
    if not plus then error("--pairs: '" .. pair .. "' is not of the form 1/0", 0) end
    local d = data.two_classes(o.images, o.labels,
      { plus = tonumber(plus), minus = tonumber(minus), per_class = o.count })
    options.X, options.Y = d.X, d.Y
  else
    options.data, options.samples = "pictures", 2 * o.count
  end
  if o.batch > 0 then options.batch, options.rate = o.batch, o.step end
  return net.relu(options)
end

local function build(pair)
  if o.batch > 0 then return run(network(pair), { stepper = "advance" }) end
  return run(network(pair), { step = o.step })
end

-- Steps at which the stages begin.
local function stages(r)
  local at = {}
  for _, e in ipairs(r:events()) do
    if e.kind == "phase" then at[e.name] = e.k end
  end
  return at
end

-- The measured course of the pair 1/0 at 100 + 100 images, step 1e-2.
local function check_known(marks)
  local a, b, z = marks[600], marks[900], marks[3000]
  check(a.least > 0.99, "least cosine at 600 is %.4f", a.least)
  within("loss at 600", a.loss, 0.8, 0.97)
  within("loss at 900", b.loss, 0.04, 0.15)
  within("loss at 3000", z.loss, 0.003, 0.006)
  within("stable rank", z.rank, 1, 1.1)
  within("squared norm of W", z.top, 2.8, 4.2)
end

-- The pictures at step 2e-2 and 100 + 100 images.
local function check_pictures(marks)
  check(marks[600].median > 0.98, "median cosine at 600 is %.4f", marks[600].median)
  within("final loss", marks[o.steps].loss, 0, 0.1)
end

local curves = {}

local function experiment(r, name, pair)
  print(string.format("%s: %.1f %% of pairs correlated as they should be, mu = %.3g", name,
    100 * r.correlated, r.mu))
  print(string.format("%6s %9s %9s %9s %6s %6s %6s %8s %9s %9s", "step", "loss", "min cos", "med cos", "S+",
    "S-", "dead", "max |w|", "rank", "|W|^2"))
  local marks = {}
  for _, k in ipairs{ 0, 300, 600, 900, 1500, 3000, o.steps } do
    if k >= r.k and k <= o.steps and not marks[k] then
      r:step(k - r.k)
      local m = { loss = r.loss, least = r.align_min, median = r.align_median, rank = r.stable_rank,
        top = r.w_top_sq }
      marks[k] = m
      print(string.format("%6d %9.5f %9.4f %9.4f %6d %6d %6d %8.1e %9.4f %9.4f", k, m.loss, m.least,
        m.median, r.plus_in_plus, r.minus_in_minus, r.dead, r.norm_max, m.rank, m.top))
    end
  end
  local at = stages(r)
  print(string.format("  aligned at %s, growth seen at %s, loss halved at %s", at["end of alignment"] or "-",
    at["first growth"] or "-", at["loss drop"] or "-"))
  check(at["end of alignment"] and (not at["loss drop"] or at["end of alignment"] < at["loss drop"]),
    "%s: the loss fell before the neurons were aligned", name)
  check(r.accuracy > 0.97, "%s: accuracy %.3f", name, r.accuracy)
  if pair == "1/0" and o.count == 100 and o.step == 1e-2 and o.steps == 3000 and o.batch == 0 then
    check_known(marks)
  elseif not pair and o.step == 2e-2 and o.batch == 0 and o.count == 100 and o.steps >= 1500 then
    check_pictures(marks)
  end
  curves[#curves + 1] = { name = name, x = {}, y = {} }
  for i, row in ipairs(r:rows{ "loss" }) do
    curves[#curves].x[i], curves[#curves].y[i] = row[1], row[3]
  end
end

local pairs_wanted = {}
for pair in o.pairs:gmatch("[^,]+") do pairs_wanted[#pairs_wanted + 1] = pair end

local first = build(not o.pictures and pairs_wanted[1] or nil)

-- 'orrery dash' shows the first pair live: class means beside the means of the neurons.
dash{ first, layout = "v(h(heat(mean_x_plus), heat(mean_w_plus), heat(mean_x_minus), heat(mean_w_minus)):5, "
  .. "h(sky(W, groups=v, axes=axes, data=samples, labels=labels), v(trace(loss), trace(align_median))):6, "
  .. "console:=5)", speed = 100 }

if o.pictures then
  experiment(first, "pictures")
else
  for i, pair in ipairs(pairs_wanted) do
    experiment(i == 1 and first or build(pair), "digits " .. pair, pair)
  end
  print("published, 1/0 with all images: aligned by about 2000, loss from 3000 down to 0.02, rank to 1, "
    .. "|W|^2 to 1.9 at 15000")
end

if o.figure ~= "" then
  plot(curves, { y = "log", xlabel = "step", ylabel = "loss", title = "digits: aligned first, then fitted" })
    :save(o.figure, { width = 150, height = 95 })
  print("figure: " .. o.figure)
end

if failures > 0 then
  print(failures .. " checks failed")
  os.exit(1, true)
end
print("every figure is in its band")
