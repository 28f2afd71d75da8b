-- SPDX-License-Identifier: GPL-3.0-or-later
-- Reduced networks at the prompt: groups from clustering, kicks in lockstep, large networks.

local function close(a, b, tol)
  assert(math.abs(a - b) <= tol * math.max(1e-300, math.abs(b)), a .. " is not " .. b)
end

local function refused(part, f, ...)
  local ok, message = pcall(f, ...)
  assert(not ok and tostring(message):find(part, 1, true), tostring(message))
end

local Q = { { 0.8, 0.1, 0.1 }, { 0.1, 0.8, 0.1 }, { 0.1, 0.1, 0.8 } }
local W = { { 20, 0.4, 0.8 }, { 0.4, 20, 0.7 }, { 0.8, 0.7, 20 } }
local stream = rng(11)
local g = graph.sbm{ sizes = { 10, 20, 10 }, Q = Q, W = W, shuffle = true, seed = 11 }
local net = { L = g, m = 0.05 + 0.45 * stream:uniform(40), d = 0.2 + 0.3 * stream:uniform(40), shape = "none" }

local function with(more)
  local out = {}
  for k, v in pairs(net) do out[k] = v end
  for k, v in pairs(more) do out[k] = v end
  return out
end

local function reduced(more) return run(dyn.reduce(with(more)), { record = {} }) end

-- The same groups from all who find them: by itself, a record, a system, a run at its end, numbers.
local own = reduced{ k = 3, seed = 5 }
local found = graph.cluster(g, { k = 3, seed = 5 })
local live = run(dyn.cluster{ L = g, k = 3, seed = 5 }, { record = {} })
live:go{ max = 10000, stop = function(r) return r.done == 1 end }
for _, group in ipairs{ found, found.labels, dyn.cluster{ L = g, k = 3, seed = 5 }, live } do
  local r = reduced{ group = group }
  for i = 1, 40 do assert(r.labels[i] == own.labels[i]) end
  for a = 1, 3 do for b = 1, 3 do close(r.Lk[a][b], own.Lk[a][b], 1e-12) end end
end
assert(own.sizes[1] + own.sizes[2] + own.sizes[3] == 40)

-- Kicks of both networks at one node: the disturbed group follows the mean of its nodes, all
-- come to rest at the same value.
local full = run(dyn.swing(with{ group = own.labels }), { record = {} })
full:step(7):kick(3, -0.731):step(4000)
own:step(7):kick(3, -0.731):step(4000)
close(own.steady, full.steady, 1e-13)
for a = 1, 3 do close(own.y[a][1], own.steady, 1e-6) end
for i = 1, 40 do close(full.y[i][1], own.broadcast[i], 1e-6) end
own:strike(-1, 0.2):step(1)
assert(own.power[own.labels[3]] == -0.731 and #own:events() == 2)
refused("run:kick: bus = 41 (the network has 40 buses)", own.kick, own, 41, 1)

-- Beyond 400 nodes T(jw) is not computed, the rest is.
local n = 600
local big = graph.sbm{ sizes = { 200, 400 }, Q = { { 0.2, 0.01 }, { 0.01, 0.2 } }, W = { { 1, 0.2 }, { 0.2, 1 } },
  seed = 2 }
local r = run(dyn.reduce{ L = big, m = { 0.2 }, d = { 0.3 }, rinv = { 0.1 }, k = 2 }, { record = {} })
for i = 1, n do assert(r.labels[i] == (i <= 200 and 1 or 2)) end
assert(r.error ~= r.error and r.error_structure > 0 and r.bound > 0)
r:step(300)
local whole = run(dyn.swing{ L = big, m = { 0.2 }, d = { 0.3 }, rinv = { 0.1 } }, { record = {} }):step(300)
close(r.coherent, whole.coherent, 1e-6)
for _, v in ipairs(r:claims()) do assert(v.standing ~= "violated", v.name) end

refused("dyn.reduce: group: ", dyn.reduce, with{ group = net })
refused("dyn.reduce: group", dyn.reduce, with{ group = full })
refused("unknown option 'clusterin' (did you mean 'clustering'?)", dyn.reduce, with{ clusterin = "plain" })
refused("dyn.reduce: options go into one table", dyn.reduce, 3)
