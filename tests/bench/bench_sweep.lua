-- SPDX-License-Identifier: GPL-3.0-or-later
-- bench_sweep.lua - what a cell of a sweep costs beside its work, and how much sooner two
-- cores are done: lines "case<TAB>figure<TAB>unit". A script of its own: the cost of a fork
-- grows with what the process holds.

local function seconds(jobs, cells, work)
  local begin = session._clock()
  sweep{ seeds = cells, jobs = jobs, run = work }
  return session._clock() - begin
end

local function nothing() return { y = 1 } end

local best = math.huge
for _ = 1, 3 do best = math.min(best, seconds(2, 400, nothing)) end
print(string.format("sweep_overhead_j2\t%.4g\tms/cell", 1e3 * best / 400))

local function busy()
  local stop = os.clock() + 0.05
  while os.clock() < stop do end
  return { y = 1 }
end

print(string.format("sweep_speedup_j2_50ms\t%.4g\ttimes", seconds(1, 40, busy) / seconds(2, 40, busy)))
