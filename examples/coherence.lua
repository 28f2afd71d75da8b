-- SPDX-License-Identifier: GPL-3.0-or-later
-- coherence.lua - a network moves as one when it is tight, or the disturbance slow.
--
-- Reproduces what "A Frequency Domain Analysis of Slow Coherency in Networked Systems",
-- arXiv:2302.08438, proves, on four different nodes (two orders, three turbines):
-- incoherence ||T(jw) - gbar/n 11'|| falls as 1/(|f| lambda2) at a fixed frequency and over a
-- band, not over all frequencies (a peak moves away without shrinking); in time the gap to
-- the coherent response falls for smooth disturbances, slowly for a step, and grows for an
-- impulse. And random nodes concentrate: their gbar nears its limit as n^(-1/2).
--
-- Prints the tables, saves the figure, and ends with status 1 when a figure is missed or a
-- claim violated.

local o = args{ "Incoherence against connectivity and frequency.",
  { "draws", 200, "random networks per size" },
  { "figure", "coherence.svg", "where the figure goes (.svg, .pdf, .png, .txt, .gp); empty: none" } }

local failures = 0

local function check(what, ours, theirs, tol)
  if not (math.abs(ours - theirs) <= tol) then
    failures = failures + 1
    io.stderr:write(string.format("coherence: %s is %.10g, expected %.10g\n", what, ours, theirs))
  end
end

local function claims_of(r)
  for _, v in ipairs(r:claims()) do
    if v.standing == "violated" then check("claim " .. v.name, 1, 0, 0) end
  end
end

-- 'orrery dash examples/coherence.lua' shows this run, live; headless, it is not opened.
dash{ run(dyn.swing{ shape = "exp" }) }

-- -------------------------------------------------------------------- over frequency
print("four nodes, f = 1/s: sup of the incoherence")
print(string.format("%6s %12s %12s %12s %10s", "scale", "at w = 1", "w <= 1", "all w", "there w ="))
local r = run(dyn.swing{ freq = 1, points = 200 }, { record = {} })
local curves = {}
for _, row in ipairs{ { 1, 0.6517819550, 0.651782, 4.0130, 5.576 },
  { 10, 0.0619664545, 0.061966, 3.9257, 17.417 }, { 100, 0.0061598474, 0.006160, 3.91308, 54.976 } } do
  r.scale = row[1]
  print(string.format("%6g %12.7f %12.6f %12.4f %10.3f", row[1], r.incoherence, r.sup_band, r.sup_axis,
    r.sup_axis_w))
  check("incoherence at scale " .. row[1], r.incoherence, row[2], 1e-9)
  check("supremum over the band at scale " .. row[1], r.sup_band, row[3], 6e-7)
  check("supremum over all w at scale " .. row[1], r.sup_axis, row[4], 6e-5)
  check("its frequency at scale " .. row[1], r.sup_axis_w / row[5], 1, 1e-3)
  local w, v = r.omega, r.incoherence_at
  local c = { name = "L x " .. row[1], x = {}, y = {} }
  for i = 1, #w do c.x[i], c.y[i] = w[i], v[i] end
  curves[#curves + 1] = c
  claims_of(r)
end

-- ---------------------------------------------------------------------------- in time
print("\nlargest gap max |y - ybar| on 0..10 s")
print(string.format("%-10s %10s %10s %10s %10s", "scale", 1, 10, 100, 1000))
for _, row in ipairs{ { "step", 1, 6e-5, 0.5226, 0.1718, 0.0642, 0.0255 },
  { "exp", 5, 6e-5, 0.4501, 0.0956, 0.0149, 0.0018 },
  { "sin", 0.5, 6e-6, 0.17177, 0.01691, 0.00184, 0.00019 },
  { "impulse", 1, 6e-3, 1.90, 2.00, 2.45, 3.24 } } do
  local gaps = {}
  for i, scale in ipairs{ 1, 10, 100, 1000 } do
    local s = run(dyn.swing{ shape = row[1], rate = row[2], scale = scale, frame = 0.002 },
      { record = {}, history = 1 })
    s:step(5000)
    gaps[i] = s.gap_max
    check(row[1] .. " at scale " .. scale, s.gap_max, row[3 + i], row[3])
    claims_of(s)
  end
  print(string.format("%-10s %10.5f %10.5f %10.5f %10.5f", row[1], table.unpack(gaps)))
end

-- ------------------------------------------------------------------------ random nodes
-- m ~ U[0.05, 0.5], d ~ U[0.2, 0.5], r ~ U[5, 10], tau ~ U[2, 10]; s = 0.5 j. Complex numbers
-- as pairs: 1/g = d + a + j (m/2 - b) with rinv/(1 + j tau/2) = a - j b.
local function inverse(m, d, rinv, tau)
  local size = 1 + tau * tau / 4
  return d + rinv / size, m / 2 - rinv * (tau / 2) / size
end

local function harmonic(stream, n)
  local m, d = stream:uniform(n, 1, 0.05, 0.5), stream:uniform(n, 1, 0.2, 0.5)
  local droop, tau = stream:uniform(n, 1, 5, 10), stream:uniform(n, 1, 2, 10)
  local re, im = 0, 0
  for i = 1, n do
    local a, b = inverse(m[i][1], d[i][1], 1 / droop[i][1], tau[i][1])
    re, im = re + a / n, im + b / n
  end
  local size = re * re + im * im
  return re / size, -im / size
end

-- 1/limit = 0.275 s + 0.35 + (ln 2/5) ln((10 s + 1)/(2 s + 1))/(8 s) at s = 0.5 j
local function limit()
  local lr, li = 0.5 * math.log(26 / 2), math.atan(5) - math.atan(1)
  local k = math.log(2) / 5 / 4 -- 1/(8 s) = -j/4
  local re, im = 0.35 + k * li, 0.1375 - k * lr
  local size = re * re + im * im
  return re / size, -im / size
end

local lr, li = limit()
local size = math.sqrt(lr * lr + li * li)
print(string.format("\nrandom nodes: |gbar - limit| at s = 0.5j, limit %.4f; %d draws", size, o.draws))
check("size of the limit", size, 2.6186, 6e-5)
local stream, before = rng(5), nil
for _, n in ipairs{ 25, 100, 400 } do
  local mean = 0
  for _ = 1, o.draws do
    local re, im = harmonic(stream, n)
    mean = mean + math.sqrt((re - lr) ^ 2 + (im - li) ^ 2) / o.draws
  end
  print(string.format("%6d nodes %8.4f%s", n, mean,
    before and string.format("   %.2f times less", before / mean) or ""))
  if before then check("fall to " .. n .. " nodes", before / mean, 2, 0.1 + 6 / math.sqrt(o.draws)) end
  before = mean
end

if o.figure ~= "" then
  plot(curves, { xlabel = "w, rad/s", ylabel = "incoherence", x = "log", y = "log",
    title = "incoherence of four nodes" }):save(o.figure, { width = 150, height = 95 })
  print("\nfigure: " .. o.figure)
end
if failures > 0 then
  print(failures .. " checks failed")
  os.exit(1, true)
end
print("every figure is as published and computed")
