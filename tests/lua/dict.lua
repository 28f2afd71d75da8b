-- SPDX-License-Identifier: GPL-3.0-or-later
-- dict.lua - concept dictionaries at the prompt: codes, paths, transplants, files, refusals.

local function near(a, b, tol)
  assert(math.abs(a - b) <= (tol or 1e-12) * (1 + math.abs(b)), a .. " is not " .. b)
end

local function refused(part, f, ...)
  local ok, message = pcall(f, ...)
  assert(not ok, "should have been refused: " .. part)
  assert(message:find(part, 1, true), message)
end

-- The numbers of theory page 9, cases 2 and 3.
local D = dict.new({ { 1, 0, .3, .1 }, { .2, .9, -.4, 0 }, { .5, .5, .6, -.2 }, { -.3, .4, .8, .3 },
  { 0, .1, .2, 1.1 } }, { "cat", "dog", "grass", "river bank", "sky" }, { normalise = false })
local v = { 1.3, -.4, .9, .25 }
for _, method in ipairs{ "cd", "fista" } do
  local c = dict.solve(D, v, { method = method, l1 = 0.1, l2 = 0, tol = 0 })
  near(c.w[1], 1.3977484497182)
  near(c.w[2], -0.46355855001827)
  near(c.objective, 0.21984918566851)
  assert(c.nonzeros == 3 and c.top[1].name == "cat" and c.top[2].value < 0 and #c.top == 3)
  local e = D:transplant(v, { from = "cat", to = { .1, .2, -.5, .8 }, code = c })
  for i, x in ipairs{ 0.042026395253664, -0.12045031005637, -0.21819875977452, 1.2284239148027 } do
    near(e.v[i], x)
  end
end

-- η = 0 and t = s change no bit; adding and removing; several notes.
local same = D:transplant(v, { from = "cat", to = "sky", strength = 0 })
for i = 1, 4 do assert(same.v[i] == v[i]) end
assert(D:transplant(v, { from = "cat", to = "cat" }).v == same.v)
near(D:transplant(v, { to = "sky", coefficient = 0.5 }).v[4], 0.25 + 0.55)
assert(D:transplant(v, { from = "cat" }).note:find("towards zero"))
assert(D:transplant(v, { from = "dog", to = "sky" }).note:find("moves away"))
local gone = D:transplant(D:atom("cat"), { from = "sky", to = "dog", solver = { method = "omp", k = 1 } })
assert(gone.weight == 0 and gone.note:find("concept absent") and gone.v == D:atom("cat"))
refused("adding needs a coefficient", dict.transplant, D, v, { to = "sky" })

-- OMP recovers an exact mix; a batch is the single codes; a path ends where it should.
local s = dict.synthetic{ dim = 256, n = 20, rho = 0, mix = 3, snr = 300, seed = 4 }
local c = s.D:solve(s.v, { method = "omp", k = 3 })
for j = 1, 20 do near(c.w[j], s.w[j], 1e-9) end
assert(c.residual < 1e-12 and c.nonzeros == 3)
local W = dict.batch(s.D, s.stimuli:slice(1, 4), { nonneg = true })
for i = 1, 4 do
  local single = s.D:solve(s.stimuli:row(i), { nonneg = true })
  for j = 1, 20 do near(W[i][j], single.w[j], 1e-9) end
  assert(W:row(i):min() >= 0)
end
local p = s.D:path(s.v, { count = 30, l2 = 0 })
assert(p.nonzeros[1] == 0 and p.nonzeros[2] >= 1 and p.nonzeros[30] >= 3 and p.residual[30] < 0.01)
near(p.l1[30] / p.l1[1], 1e-3)
local curves = s.D:curves(s.v, { count = 30, l2 = 0, curves = 4 })
assert(#curves == 3) -- the three of the mix: no other is ever in use
for i, curve in ipairs(curves) do
  local col = p.W:col(s.D:find(curve.name))
  assert((curve.x - p.l1):norm() == 0 and (curve.y - col):norm() == 0)
  if i > 1 then assert(col:map(math.abs):max() <= curves[i - 1].y:map(math.abs):max()) end
end
refused("curves = 0", dict.curves, s.D, s.v, { curves = 0 })
local eq, pub = s.D:solve(s.v, { preset = "equation" }), s.D:solve(s.v, { l1 = 0.0475, l2 = 0.0025 })
near(eq.objective, s.D:solve(s.v, { l1 = 0.005, l2 = 0 }).objective)
near(pub.objective, s.D:solve(s.v, { preset = "published" }).objective)

-- Coherence against all products; the nearest concept of an atom is itself.
local mu = 0
for i = 1, 20 do
  for j = 1, i - 1 do
    local a, b = s.D:atom(i), s.D:atom(j)
    mu = math.max(mu, math.abs(a.T * b) / (a:norm() * b:norm()))
  end
end
near(s.D:coherence().mu, mu)
local first = dict.nearest(s.D, "concept 7", 2)
assert(#first == 2 and first[1].name == "concept 7")
near(first[1].value, 1)

-- The system on the same dictionary reaches the same solution, with names.
local r = run(s.D:code(s.v, { l1 = 0.02, target = "concept 5" }))
for _ = 1, 500 do if r.converged == 1 then break end r:step() end
assert(r.converged == 1)
near(r.objective, s.D:solve(s.v, { l1 = 0.02, tol = 1e-13 }).objective, 1e-11)
r.l1 = 0.01
for _ = 1, 500 do if r.converged == 1 then break end r:step() end
near(r.objective, s.D:solve(s.v, { l1 = 0.01, tol = 1e-13 }).objective, 1e-11)

-- Stimuli and files.
local made = dict.from_stimuli{ cat = { { 3, 1 }, { 5, -1 } }, ape = { { 0, 2 } } }
assert(made.names[1] == "ape" and made:atom("cat") == mat{ 4, 0 })
near(dict.concept({ { 3, 1 }, { 5, -1 } }, "pca"):norm(), 1)
local file, list = os.tmpname() .. ".npy", os.tmpname()
mat.save(mat{ { 1, 2 }, { 3, 4 }, { 5, 6 } }, file)
local function names(t) local h = io.open(list, "w"); h:write(table.concat(t, "\n"), "\n"); h:close() end
names{ "alarm clock", "bow tie", "cup" }
assert(dict.load(file, list):find("bow tie") == 2)
names{ "a", "b", "a" }
assert(dict.load(file, list):atom("a") == mat{ 3, 4 })
names{ "a", "b" }
refused("has 2 names for the 3 rows", dict.load, file, list)
local h = io.open(file, "rb"); local bytes = h:read("a"); h:close()
h = io.open(file, "wb"); h:write(bytes:sub(1, -9)); h:close()
refused("dict", dict.load, file, list)
os.remove(file); os.remove(list)

refused("(did you mean 'grass'?)", D.find, D, "gras")
refused("no concept", D.transplant, D, v, { from = "submarine", to = "cat" })
refused("'a' names atoms 1 and 2", dict.new, { { 1, 0 }, { 0, 1 } }, { "a", "a" })
refused("1 names for 2 atoms", dict.new, { { 1, 0 }, { 0, 1 } }, { "a" })
refused("atom 2 ('b') is zero", dict.new, { { 1, 0 }, { 0, 0 } }, { "a", "b" })
refused("atom 1 ('a'), entry 2 is", dict.new, { { 1, 0 / 0 }, { 0, 1 } }, { "a", "b" })
refused("has 3 numbers, the atoms have 4", dict.solve, D, { 1, 2, 3 })
refused("l1 = -1", dict.solve, D, v, { l1 = -1 })
refused("k = 0", dict.solve, D, v, { method = "omp", k = 0 })
refused("(did you mean 'nonneg'?)", dict.solve, D, v, { noneg = true })
refused("is nan", dict.solve, D, { 0 / 0, 1, 1, 1 })
assert(dict.solve(D, { 0, 0, 0, 0 }).residual == 0)
assert(tostring(dict.solve(D, v, { method = "omp", k = 9 })):find("note: k cut to 4"))
assert(not dict.solve(s.D, s.v, { max = 1, tol = 1e-12 }).converged)
assert(tostring(D):find("dictionary of 5 concepts of 4 numbers"))
-- A planted dictionary is found again; going back and on repeats the bits.
local l = run(dict.learn{ samples = 1500, seed = 2 })
local before = l.objective
l:step(100)
assert(l.objective < before and l.found >= 0.7 and l.longest <= 1 + 1e-12)
local atoms = l.atoms:copy()
l:rewind(40)
l:step(60)
assert(l.atoms == atoms)
refused("samples for 30 atoms", dict.learn, { samples = 20 })
print("dict: ok")
