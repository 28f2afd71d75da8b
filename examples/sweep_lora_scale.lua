-- SPDX-License-Identifier: GPL-3.0-or-later
-- sweep_lora_scale.lua - final error of LoRA against the scale of its start, and the power.
--
-- The setting is that of examples/lora_init.lua ("Understanding the Learning Dynamics of LoRA",
-- arXiv:2503.06982): m = n = 10, h = 100, rank 4, a target that changes by 5 along the top
-- singular pair, layers whose growth rates differ by 1.05^2. From a random start in A or in B
-- the gradient flow ends, by time 12, at a plateau that falls with the scale alpha of the
-- start; from a spectral start it goes down to rounding whatever alpha is. A line through the
-- logarithms of all runs gives the power with its 95 % interval: about alpha^4 for random
-- starts (read off the paper's figures: 3.8), alpha^0 for spectral ones.
--
-- Prints the table, saves the figure, and ends with status 1 when a power leaves its band.

local o = args{ "Final error of LoRA against the scale of its start, with the fitted power.",
  { "seeds", 4, "runs for every scale and start" },
  { "scales", 5, "different scales between 1e-5 and 1e-3" },
  { "file", "", "where the rows go (.csv), to be taken up again; empty: nowhere" },
  { "figure", "sweep_lora_scale.svg", "where the figure goes (.svg, .pdf, .png, .txt, .gp); empty: none" } }

local time = 12
local starts = {
  ["random A"] = { side = "A", power = { 3.5, 4.5 } },
  ["random B"] = { side = "B", power = { 3.5, 4.5 } },
  spectral = { init = "spectral", power = { -0.5, 0.5 } },
}

-- One Ypre for all runs, as in the paper: normal entries, largest singular value 6.3.
local Ypre = rng(13):normal(10, 10)

local function build(p)
  local start = starts[p.start]
  return run(net.lora{ Ypre = Ypre, sigma = 5, ratio = 1.05, alpha = p.alpha, seed = p.seed,
    side = start.side, init = start.init }, { record = {} })
end

local scales = {}
for i = 1, o.scales do scales[i] = 10 ^ (-5 + 2 * (i - 1) / (o.scales - 1)) end

local s = sweep{
  file = o.file ~= "" and o.file or nil,
  grid = { start = { "random A", "random B", "spectral" }, alpha = scales },
  seeds = o.seeds, run = build, stop = { time = time },
  row = function(r) return { loss = r.loss, misalign = r.misalign1 } end,
}
assert(s.failed == 0, "a cell failed")

local f = frame(s)
print(f:group({ "start", "alpha" }, { "loss", "median", "q25", "q75" }, { "misalign", "median" }))

local powers = f:fit("alpha", "loss", { log = true, by = "start" })
print("powers of alpha, with 95 % intervals")
print(powers)

local failures = 0
for _, row in powers:rows() do
  local band = starts[row.start].power
  if row.slope_lo < band[1] or row.slope_hi > band[2] then
    failures = failures + 1
    io.stderr:write(string.format("sweep_lora_scale: %s: power %.3f, from %.3f to %.3f, is not in %g to %g\n",
      row.start, row.slope, row.slope_lo, row.slope_hi, band[1], band[2]))
  end
end

if o.figure ~= "" then
  plot(f, { x = "alpha", y = "loss", by = "start", kind = "points", fit = true, logx = true, logy = true,
    xlabel = "scale of the start", ylabel = "loss at time " .. time,
    title = "LoRA from random and spectral starts" }):save(o.figure, { width = "wide" })
  print("figure: " .. o.figure)
end

if failures > 0 then
  print(failures .. " checks failed")
  os.exit(1, true)
end
print("every power is in its band")
