-- SPDX-License-Identifier: GPL-3.0-or-later
-- plot.lua - what may be plotted, what it becomes, what is refused; figures as files.

local function says(text, ...)
  for _, part in ipairs{ ... } do
    assert(text:find(part, 1, true), "no '" .. part .. "' in\n" .. text)
  end
end

local function refused(part, f, ...)
  local ok, message = pcall(f, ...)
  assert(not ok, "accepted: " .. part)
  says(tostring(message), part)
end

local r = run(net.linear{ init_scale = 0.25, seed = 7 }, { rule = "local", name = "first" })
r:step(60)
local f = r:fork("second")
f.step = 1e-4
f:step(40)

-- ------------------------------------------------------------------- what it shows

local text = tostring(plot(r))
says(text, "L − L*", "certificate", "Theorem 3.2", "step 60", "10⁻")
assert(not text:find("\27"), "an escape byte in a pipe")
assert(not tostring(plot(r, { "gap", "loss" })):find("certificate"), "bounds of two probes unasked")
says(tostring(plot(r, { "gap", "loss" }, { bounds = true })), "Theorem 3.2")
says(tostring(plot({ r, f }, "gap")), "first", "second")
says(tostring(plot(f, "gap", { ghost = r })), "first", "second", "step 0.0001")
says(tostring(plot(r, "gap", { x = "time", title = "my title" })), "time", "my title")
says(tostring(plot(r, "sv_w1")), "σ(W1)", "index")
says(tostring(plot(r:series("pl"))), "μ̂")
says(tostring(plot(math.sin, 0, 6.28)), "1.0", "-1.0")
says(tostring(plot({ math.sin, math.cos }, 0, 6, { name = { "sine", "cosine" } })), "sine",
  "cosine")
says(tostring(plot(mat{ { 1, 5 }, { 2, 4 }, { 3, 3 } })), "1", "2")
says(tostring(plot({ 1, 2, 3 }, { 1, 4, 9 }, { xlabel = "side", ylabel = "area" })), "side", "area")
says(tostring(plot({ { y = { 1, 2 }, name = "seen" },
  { y = { 2, 3 }, name = "proved", role = "bound", source = "Lemma 1" } })), "seen", "proved",
  "(Lemma 1)")

-- Numbers without a place and plots without numbers still draw.
for _, y in ipairs{ { 0, 0 / 0, 1 / 0, -1 / 0, 3 }, { 0 / 0 }, { 5 }, { 1e308, -1e308 }, { -1, 0 } } do
  assert(#tostring(plot(y)) > 100 and #tostring(plot(y, { y = "log", logx = true })) > 100)
end
says(tostring(plot({ 1, 0, 2 }, { y = "log" })), "▾")

-- Size: width and height in cells, default fitted to the window.
local before = orrery.width
orrery.width = 64
local top, bottom = tostring(plot(r)):match("^[^\n]*"), tostring(plot({ 1, 2 })):match("[^\n]*$")
for _, line in ipairs{ top, bottom } do
  assert(utf8.len(line) == 64, utf8.len(line))
end
orrery.width = before
local lines = 0
for _ in (tostring(plot({ 1, 2 }, { width = 40, height = 10 })) .. "\n"):gmatch("[^\n]*\n") do
  lines = lines + 1
end
assert(lines == 10)

-- ------------------------------------------------------------------------- refusals

refused("plot: no probe 'gab' (did you mean 'gap'?)", plot, r, "gab")
refused("unknown option 'titel' (did you mean 'title'?)", plot, r, "gap", { titel = "x" })
refused("y = \"logg\"", plot, r, "gap", { y = "logg" })
refused("width = 5", plot, r, "gap", { width = 5 })
refused("argument 1: expected a run", plot)
refused("a function needs a range", plot, math.sin)
refused("x has 3 values, y has 2", plot, { 1, 2, 3 }, { 1, 2 })
refused("unknown field 'nam' (did you mean 'name'?)", plot, { { y = { 1 }, nam = "x" } })
refused("'sharpness' is not recorded", plot, r, "sharpness")
refused("ghost: expected a run", plot, r, "gap", { ghost = 3 })
refused("W1 is a matrix: plot(r.W1)", plot, r, "W1")
refused("xmin = 5 is not below xmax = 1", plot, { 1, 2 }, { xmin = 5, xmax = 1 })
refused("entry 3 of the list is 'x'", plot, { 1, 2, "x" })
refused("begins above 0", plot, math.log, 0, 1, { logx = true })
refused("my own mistake", plot, function() error("my own mistake") end, 0, 1)

-- ---------------------------------------------------------------------------- files

local function bytes(path)
  local h = assert(io.open(path, "rb"))
  local all = h:read("a")
  h:close()
  return all
end

local base = (os.getenv("TESTS_TMP") or ".") .. "/plot_test"
local heads = { svg = "<?xml", pdf = "%PDF", png = "\137PNG", txt = "# ", gp = "# " }
local p = plot(r, "gap")
for ending, head in pairs(heads) do
  local path = base .. "." .. ending
  assert(p:save(path) == p)
  local first = bytes(path)
  assert(first:sub(1, #head) == head, ending)
  assert(first:find("script_sha256", 1, true), ending .. " without provenance")
  plot(r, "gap"):save(path)
  assert(bytes(path) == first, ending .. ": equal plots differ")
  os.remove(path)
end
p:save(base .. ".png", { width = 50, height = 40, dpi = 100 })
local w, h = string.unpack(">I4I4", bytes(base .. ".png"), 17)
assert(w == math.floor(50 / 25.4 * 100 + 0.5) and h == math.floor(40 / 25.4 * 100 + 0.5))
os.remove(base .. ".png")
refused("does not say which format", p.save, p, base)
refused("plot:save: width = 3", p.save, p, base .. ".svg", { width = 3 })
refused("nowhere/x.svg", p.save, p, "nowhere/x.svg")
refused("unknown option 'widht'", p.save, p, base .. ".svg", { widht = 100 })

-- A plot keeps what it was made from: nothing of the run's later life is in it.
local then_ = tostring(p)
r:step(50)
assert(tostring(p) == then_)
collectgarbage()
assert(tostring(p) == then_)
