-- SPDX-License-Identifier: GPL-3.0-or-later
-- local_pl.lua - gradient descent with a theorem's own step sizes against plain descent.
--
-- Reproduces the comparison with plain gradient descent (Figure 5) of "A Local
-- Polyak-Łojasiewicz and Descent Lemma of Gradient Descent For Overparametrized Linear
-- Models", arXiv:2505.11664: n = m = 5, weights N(0, 1/h), X with singular values in
-- [1.8, 2.3], targets the initial network's outputs plus noise of standard deviation 0.1,
-- c = 0.5, d = 1.01, 30 runs. The wider the network, the better conditioned it starts
-- (alpha1/alpha2 grows) and the faster descent becomes that keeps a certificate at every
-- step. Rule rho starts at the theorem's own eta_max, not at the longer step of the
-- published plots, which lies outside the theorem; its curve begins concave because the
-- step may only grow by the factor (1 + eta0^d)^(1/2).
--
-- Prints the table, saves the figure, and ends with status 1 when a claim is violated or
-- a figure leaves its band.

local o = args{ "Reproduces the width and step-size experiment of the local PL paper.",
  { "seeds", 30, "runs per width" },
  { "widths", "500,1000,3000", "hidden units, separated by commas" },
  { "figure", "local_pl.svg", "where the figure goes (.svg, .pdf, .png, .txt, .gp); empty: none" } }

local steps, marks = 49, { 10, 20, 30, 49 }

-- As published (alpha1/alpha2 with the Frobenius norm in beta2, read off the panels).
local published = {
  ratio = { [500] = 0.5978, [1000] = 0.6620, [3000] = 0.7284 },
  gap = { -5.4, -10.1, -16.3, -27.9 }, -- h = 500: log10 of the loss at the marks
  plain = { -13, -25 },                -- h = 500: the same at steps 10 and 20
}

local function build(h, seed)
  return net.linear{ n = 5, h = h, m = 5, samples = 5, inputs = "spectrum", spectrum_low = 1.8,
    spectrum_high = 2.3, targets = "initial", noise = 0.1, init = "xavier", seed = seed,
    d = 1.01, beta_norm = "frobenius" }
end

-- 'orrery dash examples/local_pl.lua' shows this run, live; headless, it is not opened.
dash{ run(build(500, 1), { rule = "rho" }), speed = 1, flow = true }

local function log10(x) return math.log(math.max(x, 1e-40), 10) end

local failures = 0

local function complain(...)
  failures = failures + 1
  io.stderr:write("local_pl: ", string.format(...), "\n")
end

local function check_claims(r)
  for _, v in ipairs(r:claims()) do
    if v.standing == "violated" then
      complain("h = %d, seed %d: claim %s violated at step %d: %s", r.system.h, r.system.seed,
        v.name, v.first_step, v.text)
    end
  end
end

-- Mean of log10 of a probe over the runs, at steps 0 to 49.
local function add(sums, r, probe, runs)
  sums[r.k] = (sums[r.k] or 0) + log10(r[probe]) / runs
end

-- All seeds of one width under one rule: means of log10 gap and certificate, of the ratio.
local function experiment(h, options, checked)
  local out = { gap = {}, bound = {}, ratio = 0 }
  for seed = 1, o.seeds do
    local opt = { record = { "loss" }, history = 1 }
    for k, v in pairs(options) do opt[k] = v end
    local r = run(build(h, seed), opt)
    out.ratio = out.ratio + r.alpha_ratio / o.seeds
    add(out.gap, r, "gap", o.seeds)
    add(out.bound, r, "gap_bound", o.seeds)
    for k in r:steps(steps) do
      add(out.gap, r, "gap", o.seeds)
      add(out.bound, r, "gap_bound", o.seeds)
      if checked and k == 20 then check_claims(r) end
    end
  end
  return out
end

-- Published mean and ours: 10 % apart, and what the scatter of single runs (23 % of the
-- exponent) leaves of a mean over so many seeds.
local function compare(what, ours, theirs)
  local band = math.abs(theirs) * (0.10 + 1.5 * 0.23 / math.sqrt(o.seeds))
  if math.abs(ours - theirs) > band then
    complain("%s is %.2f, published %.2f (band +- %.2f)", what, ours, theirs, band)
  end
end

local function row(h, rule, e)
  local cells = {}
  for i, k in ipairs(marks) do cells[i] = string.format("%7.1f", e.gap[k]) end
  print(string.format("%6d  %-10s %9.4f %9s %s %10s", h, rule, e.ratio,
    published.ratio[h] and rule == "rho" and string.format("%.4f", published.ratio[h]) or "",
    table.concat(cells, " "), e.bound[steps] and string.format("%.1f", e.bound[steps]) or ""))
end

local function curve(name, values, role)
  local c = { name = name, x = {}, y = {}, role = role }
  for k = 0, steps do c.x[k + 1], c.y[k + 1] = k, 10 ^ values[k] end
  return c
end

print("mean over " .. o.seeds .. " runs of log10(L - L*) after 10, 20, 30, 49 steps, and of the "
  .. "certificate after 49")
print(string.format("%6s  %-10s %9s %9s %7d %7d %7d %7d %10s", "h", "rule", "alpha1/2", "published",
  10, 20, 30, 49, "bound 49"))

local curves, bounds = {}, {}
for word in o.widths:gmatch("%d+") do
  local h = math.tointeger(tonumber(word))
  local e = experiment(h, { rule = "rho" }, true)
  row(h, "rho", e)
  if published.ratio[h] then
    local slack = 0.02 + 0.06 / math.sqrt(o.seeds)
    if math.abs(e.ratio - published.ratio[h]) > slack then
      complain("h = %d: alpha1/alpha2 is %.4f, published %.4f (band +- %.3f)", h, e.ratio,
        published.ratio[h], slack)
    end
  end
  if h == 500 then
    for i, k in ipairs(marks) do compare("log10 gap at step " .. k, e.gap[k], published.gap[i]) end
  end
  for k = 0, steps do
    if e.gap[k] > e.bound[k] + 1e-9 then
      complain("h = %d: gap above its certificate at step %d", h, k)
    end
  end
  curves[#curves + 1] = curve("ρ rule, h = " .. h, e.gap)
  bounds[#bounds + 1] = curve("certificate, h = " .. h, e.bound, "bound")
  bounds[#bounds].colour, curves[#curves].colour = #curves - 1, #curves - 1
end

-- Plain descent, h = 500. The published loss is half of ours (so are its gradients): its step
-- 1/sigma1(X)^2 is 1/(2 sigma1(X)^2) here.
local plain = { gap = {}, ratio = 0, bound = {} }
for seed = 1, o.seeds do
  local s = build(500, seed)
  local r = run(s, { step = 1 / (2 * run(s).K), record = { "loss" } })
  plain.ratio = plain.ratio + r.alpha_ratio / o.seeds
  add(plain.gap, r, "gap", o.seeds)
  for _ in r:steps(steps) do add(plain.gap, r, "gap", o.seeds) end
end
row(500, "plain", plain)
compare("plain descent, log10 gap at step 10", plain.gap[10], published.plain[1])
compare("plain descent, log10 gap at step 20", plain.gap[20], published.plain[2])
curves[#curves + 1] = curve("plain descent, h = 500", plain.gap, "ghost")

print(string.format("published at h = 500: %.1f, %.1f, %.1f, %.1f; plain %d, %d after 10, 20 steps",
  published.gap[1], published.gap[2], published.gap[3], published.gap[4], published.plain[1],
  published.plain[2]))

if o.figure ~= "" then
  for _, b in ipairs(bounds) do curves[#curves + 1] = b end
  plot(curves, { y = "log", xlabel = "step", ylabel = "L − L*", ymin = 1e-34,
    title = "gradient descent with certified steps, mean of " .. o.seeds .. " runs" })
    :save(o.figure, { width = 150, height = 95 })
  print("figure: " .. o.figure)
end

if failures > 0 then
  print(failures .. " checks failed")
  os.exit(1, true)
end
print("every claim held, every figure is in its band")
