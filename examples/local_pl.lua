-- SPDX-License-Identifier: GPL-3.0-or-later
-- local_pl.lua - how tight the local PL analysis is on wide two-layer linear networks.
--
-- The setting of the comparison with plain gradient descent: n = m = 5, weights N(0, 1/h),
-- X with singular values in [1.8, 2.3], targets the initial network's outputs plus noise of
-- standard deviation 0.1. For growing width h the ratio alpha1/alpha2 grows, and gradient
-- descent with the theorem's own steps (rule rho, eta0 = eta_max) keeps its certificate while
-- it converges. Published: alpha1/alpha2 .5978 / .6620 / .7284 for h = 500 / 1000 / 3000, and
-- log10 of the loss about -5.4, -10.1, -16.3, -27.9 after 10, 20, 30, 49 steps at h = 500.

local o = args{ "Reproduces the width and step-size experiment of the local PL paper.",
  { "seeds", 30, "runs per width" },
  { "widths", "500,1000,3000", "hidden units, separated by commas" },
  { "figure", "local_pl.svg", "where the figure goes (.svg, .pdf, .png); empty: none" } }

local marks = { 10, 20, 30, 49 }

local function build(h, seed)
  return net.linear{ n = 5, h = h, m = 5, samples = 5, inputs = "spectrum", spectrum_low = 1.8,
    spectrum_high = 2.3, targets = "initial", noise = 0.1, init = "xavier", seed = seed }
end

-- log10 of the gap at the marked steps; a gap of 0 counts as 1e-40.
local function logs_at(r)
  local rows = r:rows{ "gap" }
  local out = {}
  for i, k in ipairs(marks) do
    out[i] = math.log(math.max(rows[k + 1][3], 1e-40), 10)
  end
  return out
end

local function average(list)
  local sum = 0
  for _, x in ipairs(list) do sum = sum + x end
  return sum / #list
end

local violated = 0

local function check_claims(r)
  for _, v in ipairs(r:claims()) do
    if v.standing == "violated" then
      violated = violated + 1
      io.stderr:write(string.format("%s: %s violated at step %d: %s\n", r.name, v.name, v.first_step,
        v.text))
    end
  end
end

print(string.format("%6s  %-8s %13s   %s", "h", "rule", "alpha1/alpha2",
  "mean log10 gap at step 10, 20, 30, 49"))

local shown
for word in o.widths:gmatch("%d+") do
  local h = math.tointeger(tonumber(word))
  for _, rule in ipairs{ "rho", "local" } do
    local ratio, logs = {}, { {}, {}, {}, {} }
    for seed = 1, o.seeds do
      local r = run(build(h, seed), { rule = rule, every = 1 })
      r:step(marks[#marks])
      ratio[seed] = r.alpha1 / r.alpha2
      for i, x in ipairs(logs_at(r)) do logs[i][seed] = x end
      check_claims(r)
      if rule == "rho" and seed == 1 and not shown then shown = r end
    end
    local line = {}
    for i = 1, #marks do line[i] = string.format("%8.2f", average(logs[i])) end
    print(string.format("%6d  %-8s %13.4f   %s", h, rule, average(ratio), table.concat(line)))
  end
end

if o.figure ~= "" and shown then
  plot(shown, { "gap", "gap_bound" }, { y = "log", title = "gap and certificate, rule rho" })
    :save(o.figure)
  print("figure: " .. o.figure)
end

if violated > 0 then
  print(violated .. " claims violated")
  os.exit(1, true)
end
print("no claim was violated")
