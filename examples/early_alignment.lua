-- SPDX-License-Identifier: GPL-3.0-or-later
-- early_alignment.lua - neurons turn while the loss stands still, then it falls.
--
-- Reproduces the toy figure (Figure 6) and the two-points series (Figures 7 to 9) of "Early
-- Neuron Alignment in Two-layer ReLU Networks with Small Initialization", arXiv 2307.12851:
-- 50 neurons, Gaussian start of standard deviation 1e-6, mean exponential loss, gradient
-- descent with step 2e-3. First every neuron turns toward the sum of its class and stays
-- microscopic; then the neurons grow by six decades, the loss falls, and W is nearly of rank
-- one. With two points of one class at angle theta from orthogonal, neurons that see only one
-- of them go astray the longer the smaller theta is, and for ever at theta = 0.
--
-- Prints the figures beside the published ones, saves the picture of the two phases, and ends
-- with status 1 when a figure leaves its band. `orrery dash` shows the toy live.

local o = args{ "Reproduces the toy figures of the early-alignment paper.",
  { "seed", 3, "seed of the start" },
  { "figure", "early_alignment.svg", "where the figure goes (.svg, .pdf, .png, .txt, .gp); empty: none" } }

local function start(options)
  options.seed = o.seed
  return run(net.relu(options), { step = 2e-3 })
end

local toy = start{ data = "fan" }

-- 'orrery dash examples/early_alignment.lua' shows this run, live; headless, it is not opened.
dash{ toy, speed = 1500, flow = true }

local failures = 0

local function check(ok, ...)
  if ok then return end
  failures = failures + 1
  io.stderr:write("early_alignment: ", string.format(...), "\n")
end

local function within(what, value, low, high)
  check(value >= low and value <= high, "%s is %.4g, not in %.4g .. %.4g", what, value, low, high)
end

-- ------------------------------------------------------------------ the toy

local published = { [0] = "1.00", [7000] = "1.00", [14000] = "about 0.4", [21000] = "0.0531", [40000] = "" }
local bands = { [0] = { 0.999, 1.001 }, [7000] = { 0.999, 1 }, [14000] = { 0.30, 0.50 },
  [21000] = { 0.02, 0.1 }, [40000] = { 0.003, 0.007 } }

print("toy: 18 + 12 points of the plane, 50 neurons")
print(string.format("%6s %9s %-10s %8s %8s %6s %6s %6s %8s %7s", "step", "loss", "published", "min cos",
  "med cos", "S+", "S-", "dead", "max |w|", "rank"))
for _, k in ipairs{ 0, 7000, 14000, 21000, 40000 } do
  toy:step(k - toy.k)
  print(string.format("%6d %9.5f %-10s %8.4f %8.4f %6d %6d %6d %8.1e %7.4f", k, toy.loss, published[k],
    toy.align_min, toy.align_median, toy.plus_in_plus, toy.minus_in_minus, toy.dead, toy.norm_max,
    toy.stable_rank))
  within("loss at step " .. k, toy.loss, bands[k][1], bands[k][2])
  if k == 7000 then
    check(toy.align_min > 0.9, "a live neuron has cosine %.3f at step 7000", toy.align_min)
    check(toy.norm_max < 0.1, "a neuron has norm %.3g at step 7000", toy.norm_max)
  end
end
check(toy.stable_rank < 2, "stable rank %.3f", toy.stable_rank)
within("final stable rank", toy.stable_rank, 1, 1.2)

print("stages found:")
local order, last = { "end of alignment", "first growth", "loss drop" }, 0
local found = {}
for _, e in ipairs(toy:events()) do
  if e.kind == "phase" then
    print(string.format("%6d  %s", e.k, e.name))
    found[e.name] = e.k
  end
end
for _, name in ipairs(order) do
  check(found[name] and found[name] > last, "stage '%s' is missing or out of order", name)
  last = found[name] or last
end

-- ---------------------------------------------------------- two phases, or not

-- Steps at which the directions and the norms change most.
local function peaks(r)
  local at = {}
  for _, name in ipairs{ "direction_change", "norm_change" } do
    local most = -math.huge
    for _, row in ipairs(r:rows{ name }) do
      if row[3] > most then most, at[name] = row[3], row[1] end
    end
  end
  return at.direction_change, at.norm_change
end

local direction, norm = peaks(toy)
local signs = {}
for j = 1, 50 do signs[j] = j % 2 == 0 and 1 or -1 end
local frozen = start{ data = "fan", train_v = false, v = signs }
frozen:step(6000)
local _, frozen_norm = peaks(frozen)
print(string.format("most change of direction at step %d, of norms at %d; with v frozen at +-1 at %d",
  direction, norm, frozen_norm))
check(direction < 2000, "directions change most at step %d", direction)
check(norm > 8000, "norms change most at step %d", norm)
check(frozen_norm < 1500, "with v frozen norms change most at step %d", frozen_norm)

-- ----------------------------------------------------------------- two points

local series = {
  { theta = 0.1, paper = { "0.993", "0.00749" }, band = { 0.985, 0.997, 0.0070, 0.0080 } },
  { theta = 0.001, paper = { "0.997", "0.00835" }, band = { 0.985, 0.999, 0.0080, 0.0090 } },
  { theta = 0, paper = { "0.999", "0.00858" }, band = { 0.985, 0.9995, 0.0080, 0.0090 } },
}

print("two points of one class, angle theta from orthogonal")
print(string.format("%6s %9s %9s %6s %11s %9s %6s", "theta", "loss 7k", "published", "astray", "loss 21k",
  "published", "astray"))
for _, s in ipairs(series) do
  local r = start{ data = "two_points", theta = s.theta }
  r:step(7000)
  local loss, astray = r.loss, r.plus_none
  r:step(14000)
  print(string.format("%6g %9.4f %9s %6d %11.5f %9s %6d", s.theta, loss, s.paper[1], astray, r.loss,
    s.paper[2], r.plus_none))
  within("loss at 7000, theta " .. s.theta, loss, s.band[1], s.band[2])
  within("loss at 21000, theta " .. s.theta, r.loss, s.band[3], s.band[4])
  s.early, s.late = astray, r.plus_none
end
check(series[1].early == 0, "theta 0.1: %d neurons astray at 7000", series[1].early)
check(series[2].early > 0 and series[2].late < series[2].early, "theta 0.001: %d, then %d astray",
  series[2].early, series[2].late)
check(series[3].early > 0 and series[3].late == series[3].early, "theta 0: %d, then %d astray",
  series[3].early, series[3].late)

-- --------------------------------------------------------------------- figure

if o.figure ~= "" then
  plot(toy, { "loss", "align_median", "norm_max" }, { y = "log", title = "aligned first, then fitted" })
    :save(o.figure, { width = 150, height = 95 })
  print("figure: " .. o.figure)
end

if failures > 0 then
  print(failures .. " checks failed")
  os.exit(1, true)
end
print("every figure is in its band")
