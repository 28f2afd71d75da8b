-- SPDX-License-Identifier: GPL-3.0-or-later
-- Power networks at the prompt: kicks, the verdict as a record, grids without inertias.

local function close(a, b, tol)
  assert(math.abs(a - b) <= tol * math.max(1e-300, math.abs(b)), a .. " is not " .. b)
end

local function refused(part, f, ...)
  local ok, message = pcall(f, ...)
  assert(not ok and tostring(message):find(part, 1, true), tostring(message))
end

-- A kick is the difference of two runs: linear, so from rest equal to a given disturbance.
local r = run(dyn.nadir{ disturb = "none" }):step(7)
assert(r.deviation == 0)
r:kick(1, -0.1689):step(60):kick(-1, 0.05):kick(3, 0.02)
assert(math.abs(r.u[3][1] - 0.07) < 1e-16)
local g = run(dyn.nadir{ disturb = "given", u = { -0.1689, 0, 0 } }):step(60)
for i = 1, 3 do close(r.w[i][1], g.w[i][1], 1e-12) end
r:step(25)
g.u = { -0.1689, 0, 0.07 }
g:step(25)
for i = 1, 3 do close(r.w[i][1], g.w[i][1], 1e-12) end
assert(#r:events() == 3)
local k, w = r.k, r.w
r:rewind(20):step(k - 20)
assert(r.w == w)
refused("run:kick: bus = 4 (the network has 3 buses)", r.kick, r, 4, 1)
refused("run:kick: bus: expected a whole number", r.kick, r, 1.5, 1)
refused("run:kick: power: expected a finite number", r.kick, r, 1, 0 / 0)
refused("run:kick: power: expected a finite number", r.kick, r, 1)
refused("run:kick: net.linear takes no power at a bus (dyn.nadir does, dyn.swing and dyn.reduce too)", r.kick, run(net.linear{}), 1, 1)

-- The verdict: linear in rho, secure up to the critical size and no further.
local s = dyn.nadir{ rho = 0.17, limit = 0.01 }
local v = dyn.security(s)
assert(v.bus == 1 and v.norm == "2" and v.rho == 0.17 and v.limit == 0.01)
assert(v.secure == (v.nadir <= 0.01) and v.bound >= v.nadir and v.gap <= 1e-6 and v.coi <= v.nadir * (1 + 1e-12))
close(v.worst:norm(), 0.17, 1e-12)
close(v.by_bus[1], v.nadir, 1e-9)
local at = run(s)
at.rho = v.rho_crit * (1 - 1e-9)
assert(dyn.security(at).secure)
at.rho = v.rho_crit * (1 + 1e-9)
assert(not dyn.security(at).secure)
assert(tostring(dyn.security(at)):find("insecure: worst nadir 0.01 p.u. at bus 1, in the limit", 1, true))
refused("dyn.security: argument 1: expected dyn.nadir or a run of it, got", dyn.security, 3)
refused("dyn.security: argument 1", dyn.security, net.linear{})

-- A grid that does not tell its inertias has a Laplacian, and says what is missing.
local dir = os.tmpname()
os.remove(dir)
local function write(kind, text)
  local f = assert(io.open(dir .. "/t." .. kind .. ".tsv", "w"))
  f:write(text)
  f:close()
end
if os.execute("mkdir -p " .. dir) then
  write("bus", "bus\tvm\tva\n1\t1\t0\n2\t1\t0\n3\t1\t0\n")
  write("branch", "from\tto\tr\tx\ttap\tshift\tstatus\n1\t2\t0\t0.5\t1\t0\t1\n2\t3\t0\t0.25\t1\t0\t1\n")
  write("gen", "gen\tbus\tsn\tpg\th\txd1\tdpu\trgov\ttgov\n"
    .. "7\t1\t100\t0\t2.5\tna\tna\tna\tna\n8\t3\t100\t0\tna\tna\tna\tna\tna\n")
  local grid = graph.load(dir .. "/t")
  assert(grid.n == 2)
  close(grid:laplacian()[1][1], 1 / (0.5 + 0.25), 1e-14)
  refused("t.gen.tsv, column h: the inertia of machine 8 is na; tell all in a table t.inertia.tsv",
    function() return grid.m end)
  write("inertia", "gen\tm\n7\t5\n8\tna\n")
  refused("t.inertia.tsv, column m: the inertia of machine 8 is na", function()
    return graph.load(dir .. "/t").m
  end)
  write("inertia", "gen\tm\n7\t5\n8\t3.5\n")
  assert(graph.load(dir .. "/t").m[2] == 3.5)
  os.execute("rm -r " .. dir)
end
