-- SPDX-License-Identifier: GPL-3.0-or-later
-- sweep_phase.lua - where gradient descent on a two-layer linear network converges: a phase
-- diagram over the step size and the scale of the start.
--
-- The loss is |X W1 W2 - Y|^2 / 2 with orthonormal columns in X and Y = X Theta. At a minimum
-- W1 W2 = Theta, and its sharpness is at least 2 s, s the largest singular value of Theta,
-- with equality for balanced layers: (|W1|^2 + |W2|^2 in operator norm >= 2 |W1 W2|). Gradient
-- descent cannot settle where step * sharpness > 2. So no start converges beyond the step
-- 1 / s, small starts (which end nearly balanced) converge up to it, and large starts diverge
-- earlier. The diagram shows how fast the rest converges, in decades of loss per step.
--
-- Prints the table, saves the figure, and ends with status 1 when a cell contradicts this.

local o = args{ "Phase diagram of a two-layer linear network: step size against scale of the start.",
  { "steps", 13, "different step sizes" },
  { "scales", 10, "different scales of the start" },
  { "file", "", "where the rows go (.csv), to be taken up again; empty: nowhere" },
  { "figure", "sweep_phase.svg", "where the figure goes (.svg, .pdf, .png, .txt, .gp); empty: none" } }

local most, done = 2000, 1e-10

local d = data.linear{ n = 3, m = 2, samples = 12, inputs = "orthogonal", noise = 0, seed = 3 }
local limit = 1 / d.theta:svd().s[1]

-- n values from a to b in equal ratios.
local function ratios(a, b, n)
  local list = {}
  for i = 1, n do list[i] = tonumber(string.format("%.3g", a * (b / a) ^ ((i - 1) / (n - 1)))) end
  return list
end

local function build(p)
  return run(net.linear{ X = d.X, Y = d.Y, h = 6, init_scale = p.init, seed = p.seed },
    { stepper = "gd", step = p.step, record = { "loss" } })
end

local function result(r)
  local converged, start = r.loss <= done, r:series("loss").value[1]
  return { loss = r.loss, k = r.k, edge = r.edge,
    fate = converged and "converged" or r.loss < 10 * start and "unsettled" or "diverged",
    rate = converged and math.log(start / r.loss, 10) / r.k or nil }
end

local s = sweep{
  file = o.file ~= "" and o.file or nil,
  grid = { step = ratios(0.03 * limit, 1.6 * limit, o.steps), init = ratios(0.05, 3, o.scales) },
  run = build, stop = { max = most, loss_below = done }, row = result,
}
assert(s.failed == 0, "a cell failed")

local f = frame(s)
print(f:group("fate", { "init", "min", "max" }, { "step", "min", "max" }, { "edge", "max" }))
print(f:pivot("init", "step", "rate"))

local failures = 0
local function complain(row, what)
  failures = failures + 1
  io.stderr:write(string.format("sweep_phase: step %g, scale %g: %s\n", row.step, row.init, what))
end

for _, row in f:rows() do
  if row.fate == "converged" and row.step > limit then
    complain(row, "converged beyond the step 1 / s")
  elseif row.fate == "converged" and row.edge > 1 + 1e-6 then
    complain(row, string.format("settled where step * sharpness / 2 = %.4f", row.edge))
  elseif row.fate ~= "converged" and row.init <= 0.1 and row.step < 0.9 * limit then
    complain(row, "a small start did not converge")
  elseif row.fate ~= "diverged" and row.init > 2 and row.step > limit then
    complain(row, "a large start did not diverge")
  end
end

print(string.format("largest step that converges: %.3f; 1 / s = %.3f",
  f:filter{ fate = "converged" }.step:max(), limit))

if o.figure ~= "" then
  plot(f, { x = "step", y = "init", z = "rate", logx = true, logy = true, logz = true,
    missing = "does not settle", xlabel = "step size", ylabel = "scale of the start",
    zlabel = "decades of loss per step", lines = { { x = limit, text = "1 / s" } },
    title = "Gradient descent on a two-layer linear network" })
    :save(o.figure, { width = "wide" })
  print("figure: " .. o.figure)
end

if failures > 0 then
  print(failures .. " checks failed")
  os.exit(1, true)
end
print("every cell is as theory has it")
