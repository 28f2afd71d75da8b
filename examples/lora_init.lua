-- SPDX-License-Identifier: GPL-3.0-or-later
-- lora_init.lua - what the scale of LoRA's start costs, and what a spectral start saves.
--
-- Reproduces the matrix-factorisation experiment (Figure 1) of "Understanding the Learning
-- Dynamics of LoRA: A Gradient Flow Perspective on Low-Rank Adaptation in Matrix
-- Factorization", arXiv:2503.06982: m = n = 10, h = 100, rank 4, the target changes by 5
-- along the top singular pair, growth rates of the layers in the ratio 1/1.05^2. From a
-- random start the loss ends at a plateau that falls with the start's scale alpha; from a
-- spectral start it goes down to rounding for every alpha. The paper's figures were made
-- with B random and A = 0 (start "B"); its text has A random (start "A"), which aligns two
-- decades better. Its 50000 steps of size 1e-4 are time 5; here the flow goes on to time 12,
-- when every start has reached its plateau (about one in four is still on the way at 5).
--
-- Prints the table, saves the figure, and ends with status 1 when a claim is violated or
-- a figure leaves its band.

local o = args{ "Reproduces the initialisation experiment of the LoRA gradient flow paper.",
  { "seeds", 5, "runs per row" },
  { "figure", "lora_init.svg", "where the figure goes (.svg, .pdf, .png, .txt, .gp); empty: none" } }

local time = 12
local scales = { 1e-3, 1e-4, 1e-5 }
local starts = {
  { name = "B", options = { side = "B" } },
  { name = "A", options = { side = "A" } },
  { name = "spectral", options = { init = "spectral" } },
}

-- Read off the figures: log10 of loss and of 1 - cos at the end.
local published = {
  B = { loss = { -12.6, -16.4, -20.2 }, misalign = { -4.75, -6.75, -8.73 } },
  spectral = { loss = { -26, -26, -26 } }, -- rounding of 1e5 Euler steps; ours are fewer
}

-- One Ypre for all runs, as in the paper: normal entries, largest singular value 6.3.
local Ypre = rng(13):normal(10, 10)

local function build(start, alpha, seed)
  local opt = { Ypre = Ypre, sigma = 5, ratio = 1.05, alpha = alpha, seed = seed }
  for k, v in pairs(start.options) do opt[k] = v end
  return net.lora(opt)
end

local function log10(x) return math.log(math.max(x, 1e-40), 10) end

local failures = 0

local function complain(...)
  failures = failures + 1
  io.stderr:write("lora_init: ", string.format(...), "\n")
end

local function check_claims(r, what)
  for _, v in ipairs(r:claims()) do
    if v.standing == "violated" then
      complain("%s: claim %s violated at step %d: %s", what, v.name, v.first_step, v.text)
    end
  end
end

-- Means over the seeds, and the loss curve of the first.
local function experiment(start, alpha)
  local out = { loss = 0, misalign = 0, norm = 0, t1 = 0, guess = 0 }
  for seed = 1, o.seeds do
    local r = run(build(start, alpha, seed), { record = { "loss" } })
    r:go{ time = time }
    out.loss = out.loss + log10(r.loss) / o.seeds
    out.misalign = out.misalign + log10(r.misalign1) / o.seeds
    out.norm = out.norm + r.norm1 / o.seeds
    out.t1 = out.t1 + r.t1 / o.seeds -- NaN where the other layer got ahead
    out.guess = out.guess + r.t1_guess / o.seeds
    check_claims(r, string.format("start %s, alpha %g, seed %d", start.name, alpha, seed))
    if seed == 1 then
      out.curve = { name = string.format("%s, α = %g", start.name, alpha), x = {}, y = {} }
      for i, row in ipairs(r:rows{ "loss" }) do
        out.curve.x[i], out.curve.y[i] = row[2], math.max(row[3], 1e-30)
      end
    end
  end
  return out
end

local function paper(start, what, i)
  local p = published[start.name]
  return p and p[what] and p[what][i]
end

local function compare(start, i, what, ours, band)
  local theirs = paper(start, what, i)
  if theirs and math.abs(ours - theirs) > band then
    complain("start %s, alpha %g: log10 %s is %.2f, published %.2f (band +- %.2f)", start.name,
      scales[i], what, ours, theirs, band)
  end
end

local function cell(x) return x and string.format("%9.2f", x) or string.format("%9s", "") end

print(string.format("means over %d runs at time %g", o.seeds, time))
print(string.format("%-9s %7s %9s %9s %9s %9s %7s %7s %9s", "start", "alpha", "log10 L", "paper",
  "log10 1-c", "paper", "|Z1|", "T1", "predicted"))

local curves, results = {}, {}
for s, start in ipairs(starts) do
  results[start.name] = {}
  for i, alpha in ipairs(scales) do
    local e = experiment(start, alpha)
    results[start.name][i] = e
    print(string.format("%-9s %7.0e %9.2f %s %9.2f %s %7.2f %7.3f %9.3f", start.name, alpha, e.loss,
      cell(paper(start, "loss", i)), e.misalign, cell(paper(start, "misalign", i)), e.norm, e.t1,
      e.guess))
    if start.name == "B" then compare(start, i, "loss", e.loss, 1) end
    compare(start, i, "misalign", e.misalign, 0.5)
    if s ~= 2 then
      e.curve.role, e.curve.colour = s == 3 and "bound" or nil, i
      curves[#curves + 1] = e.curve
    end
  end
end

-- The headline: a random start pays about four decades of loss for each decade of alpha, a
-- spectral one nothing.
local slope = (results.B[1].loss - results.B[3].loss) / 2
print(string.format("decades of loss per decade of alpha: %.2f from a random start; from a spectral "
  .. "one rounding alone is left", slope))
if slope < 3.5 or slope > 4.5 then complain("slope %.2f is not about 4", slope) end
for i, e in ipairs(results.spectral) do
  if e.loss > -24 then complain("spectral start, alpha %g: loss 1e%.1f", scales[i], e.loss) end
end

if o.figure ~= "" then
  plot(curves, { y = "log", xlabel = "time", ylabel = "loss",
    title = "LoRA from random (solid) and spectral (dashed) starts" })
    :save(o.figure, { width = 150, height = 95 })
  print("figure: " .. o.figure)
end

if failures > 0 then
  print(failures .. " checks failed")
  os.exit(1, true)
end
print("every claim held, every figure is in its band")
