-- SPDX-License-Identifier: GPL-3.0-or-later
-- real_regression.lua - a two-layer linear network fitted to real data, with the local PL
-- theory watched while it learns.
--
--   orrery real_regression.lua --images train-images-idx3-ubyte.gz \
--                              --labels train-labels-idx1-ubyte.gz
--   orrery real_regression.lua --x inputs.csv --y targets.csv      (or .npy, .tsv)
--   orrery real_regression.lua                                     (a made-up set, said so)
--
-- Labels become one-hot targets. Inputs are centred and projected onto their leading
-- principal components: raw pixels are nearly collinear, so mu = sigma_r(X)^2 and with it
-- every bound would be vacuous. Components below a thousandth of the largest variance are
-- left out for the same reason. A fifth of the rows is held out. The loss is half the mean
-- squared error. Steps are 1/K_t, certified one by one.

local o = args{ "Fits a linear network to data and reports how tight the local PL analysis is.",
  { "images", "", "IDX file of images, plain or gzipped" },
  { "labels", "", "IDX file of labels" },
  { "x", "", "inputs as .csv, .tsv or .npy, one row per sample" },
  { "y", "", "targets likewise" },
  { "components", 32, "principal components kept; 0: as many as there are columns" },
  { "hidden", 256, "hidden units" },
  { "scale", 0.7, "factor of the initial weights N(0, 1/hidden)" },
  { "gap", 1e-6, "stop when the gap is this part of its start" },
  { "steps", 5000, "most steps" },
  { "rule", "local", "step rule: local, argmin, rho, backtrack, …" },
  { "seed", 1, "seed of the split and of the weights" },
  { "figure", "", "where the figure goes (.svg, .pdf, .png, .txt); empty: none" } }

local clock = os.clock()

-- ------------------------------------------------------------------- data

-- 2000 draws of ten classes in 60 columns of rank 12 and a little noise.
local function synthetic()
  local g = rng(o.seed, 99)
  local centres, mix = g:normal(10, 12), g:normal(12, 60)
  local labels = g:int(0, 9, 2000)
  local hidden = mat(2000, 12, function(i, j) return centres[labels[i] + 1][j] end)
    + g:normal(2000, 12)
  local X = hidden * mix + g:normal(2000, 60) * 0.1
  return X, data.onehot(labels), "made-up set (no data given)", true
end

local function load()
  if o.images ~= "" or o.labels ~= "" then
    if o.images == "" or o.labels == "" then error("--images and --labels go together", 0) end
    return data.idx(o.images) / 255, data.onehot((data.idx(o.labels))), o.images, true
  elseif o.x ~= "" or o.y ~= "" then
    if o.x == "" or o.y == "" then error("--x and --y go together", 0) end
    return mat.load(o.x), mat.load(o.y), o.x, false
  end
  return synthetic()
end

-- Rows of A less their mean over the first n (the training rows).
local function centred(A, n)
  local mean = A:slice(1, n):mean(1)
  return A - mean, mean
end

local X, Y, name, classify = load()
if X.rows ~= Y.rows then
  error(string.format("%d rows of inputs, %d of targets", X.rows, Y.rows), 0)
end
local order = rng(o.seed):permutation(X.rows)
X, Y = X:pick(order), Y:pick(order)
local train = X.rows - X.rows // 5
local Yc, Xc, Ymean
Xc = centred(X, train)
Yc, Ymean = centred(Y, train)

local e = (Xc:slice(1, train).T * Xc:slice(1, train) / train):eigs()
local kept, most = 0, o.components > 0 and math.min(o.components, X.cols) or X.cols
while kept < most and e.values[X.cols - kept] > 1e-3 * e.values[X.cols] do kept = kept + 1 end
local Z = Xc * e.vectors:slice(1, X.cols, X.cols - kept + 1, X.cols)
local explained = e.values:slice(X.cols - kept + 1, X.cols):sum() / e.values:sum()

-- ---------------------------------------------------------------- learning

local s = net.linear{ X = Z:slice(1, train):copy(), Y = Yc:slice(1, train):copy(), h = o.hidden,
  loss_scale = 1 / train, init = "xavier", init_scale = o.scale, seed = o.seed }
local r = run(s, { rule = o.rule, name = "regression" })
local first = { loss = r.loss, gap = r.gap, sharpness = r.sharpness }
r:go{ gap_below = o.gap * r.gap, max = o.steps }

-- Least and greatest recorded value of a probe, from the extremes of its bins.
local function extremes(probe)
  local q = r:series(probe)
  return q.min:min(), q.max:max()
end

-- ----------------------------------------------------------------- summary

local function score(from, to)
  local out, target = Z:slice(from, to) * r.W, Yc:slice(from, to)
  if not classify then
    local rest = (out - target):norm()
    return string.format("R² %.4f", 1 - (rest / target:norm()) ^ 2)
  end
  local guess, truth = (out + Ymean):argmax(2), (target + Ymean):argmax(2)
  local right = 0
  for i = 1, #guess do if guess[i] == truth[i] then right = right + 1 end end
  return string.format("%.2f %% right", 100 * right / #guess)
end

local function say(what, fmt, ...) print(string.format("  %-22s " .. fmt, what, ...)) end

local eta_low, eta_high = extremes("step")
local mu_low = extremes("mu_t")
local pl_low = extremes("pl")
local _, K_high = extremes("K_t")

print("data")
say("source", "%s", name)
say("samples", "%d for training, %d held out", train, X.rows - train)
say("inputs", "%d columns, %d principal components (%.1f %% of the variance)", X.cols, kept,
  100 * explained)
say("targets", "%d columns", Y.cols)
print("model")
say("network", "%s", tostring(s):match("^[^\n]*"))
for _, note in ipairs(s.notes) do say("note", "%s", note) end
say("conditioning", "K/μ = %.4g, κ_T = %.4g at the end", r.K / r.mu, r.kappa_t)
print("training")
say("stopped", "%s", r.stopped)
say("loss", "%.6g at the start, %.6g now, %.6g the least possible", first.loss, r.loss,
  r.loss - r.gap)
say("gap", "%.3g of its start", r.gap / first.gap)
say("training score", "%s", score(1, train))
say("held-out score", "%s", score(train + 1, X.rows))
print("theory")
say("PL ratio, observed", "%.4g now, least on the way %.4g", r.pl, math.min(pl_low, r.pl))
say("PL constant, bound", "%.4g now, least on the way %.4g; now %.2f times below the ratio", r.mu_t,
  math.min(mu_low, r.mu_t), r.pl / r.mu_t)
say("sharpness", "%.4g at the start, %.4g now; K_t bounds it by %.4g now, %.4g at most",
  first.sharpness, r.sharpness, r.K_A, K_high)
say("step sizes", "rule %s: %.4g to %.4g; next %.4g, 2/λmax = %.4g", o.rule, eta_low, eta_high,
  r.eta, r.eta_edge)
if r.gap_bound == r.gap_bound then
  say("certificate", "gap <= %.3g, observed %.3g", r.gap_bound, r.gap)
end

local count, violated = {}, 0
for _, v in ipairs(r:claims()) do
  count[v.standing] = (count[v.standing] or 0) + 1
  if v.standing == "violated" then
    violated = violated + 1
    io.stderr:write(string.format("claim %s violated at step %d: %s\n", v.name, v.first_step,
      v.text))
  end
end
local parts = {}
for _, standing in ipairs{ "holds", "violated", "does not apply", "not computable",
  "rounding floor" } do
  if count[standing] then parts[#parts + 1] = count[standing] .. " " .. standing end
end
say("claims", "%s", table.concat(parts, ", "))
say("processor time", "%.1f s", os.clock() - clock)

if o.figure ~= "" then
  plot(r, "gap", { y = "log", title = "gap and its certificate, rule " .. o.rule }):save(o.figure)
  say("figure", "%s", o.figure)
end
if violated > 0 then os.exit(1, true) end
