-- SPDX-License-Identifier: GPL-3.0-or-later
-- tour.lua - tours forward and back: the state has the same hash each time, globals and the
-- log of the session are as they were; files that are wrong are refused in one sentence.

local name = os.tmpname()

local function write(text, file)
  local h <close> = assert(io.open(file or name, "w"))
  h:write(text)
end

local function play(text, keys)
  write(text)
  tour(name, { headless = true, keys = keys })
end

local function refused(text, message, file)
  write(text, file)
  local ok, err = pcall(tour, file or name, { headless = true })
  if file then os.remove(file) end
  assert(not ok, "accepted: " .. text)
  assert(err:find(message, 1, true), "said: " .. tostring(err) .. "\nnot: " .. message)
  assert(not err:find("\n"), err)
end

-- Each step notes where it ended; the table itself is no step's, so it stays.
seen = {}
function note(i)
  local all = { r and r:hash() or "none", f and f:hash() or "none", tostring(extra),
    #session.lines(), r and r.known or 0 }
  local words = table.concat(all, " ")
  seen[#seen + 1] = i .. ": " .. words
  return true
end

local steps = [[
  { "build", lua = "s = net.linear{ n=5, h=20, m=3, init_scale=0.25, seed=7 }\nr = run(s)",
    check = "note(1)" },
  { "go", go = { steps = 20 }, check = "note(2)" },
  { "a knob where it stands", set = { step = 0.004 }, lua = "extra = 'here'", check = "note(3)" },
  { "a goal and a marker", lua = "r:mark('x')", go = { goal = "gap < 1e-7", max = 1000 },
    check = "note(4)" },
  { "a fork", lua = "f = r:fork()\nf.step = 0.002", go = { runs = { "r", "f" }, steps = 30 },
    check = "note(5)" },
  { "a function", go = { run = "f", stop = "STOP", max = 50 }, check = "note(6)" },
]]
steps = steps:gsub('"STOP"', "function(x) return x.k > 80 end")

local function times(key, n) return string.rep(key .. " ", n) end

-- To the end; back to the beginning and to the end again; back and forth in between.
play("return { title = 't', " .. steps .. "}", times("Enter", 5))
local first = seen
assert(#first == 6 and first[2]:find("^2: %x+ none nil"), first[2])
assert(first[3]:find("here") and first[5] ~= first[4])
seen, r, f, s, extra = {}, nil, nil, nil, nil
collectgarbage()
local logged = #session.lines()

-- The log began shorter the first time: compare without it.
local function bare(list)
  local out = {}
  for i, words in ipairs(list) do
    local head, count, known = words:match("^(.*) (%d+) (%d+)$")
    out[i] = { head .. " " .. known, tonumber(count) }
  end
  return out
end

play("return { title = 't', " .. steps .. "}",
  times("Enter", 5) .. times("BS", 5) .. times("Enter", 5) .. times("BS", 2) .. times("Enter", 2))
local way = { 1, 2, 3, 4, 5, 6, 2, 3, 4, 5, 6, 5, 6 }
local a, b = bare(first), bare(seen)
assert(#b == #way, #b)
for i, k in ipairs(way) do
  assert(b[i][1] == a[k][1], "visit " .. i .. ": " .. b[i][1] .. " / " .. a[k][1])
  assert(b[i][2] - logged == a[k][2], "log at visit " .. i)
end

-- The steps that were taken back are gone: at step 2 there is no f, no extra, no knob.
seen, r, f, s, extra = {}, nil, nil, nil, nil
play("return { title = 't', " .. steps .. "}", times("Enter", 5) .. times("BS", 4))
assert(r.k == 20 and f == nil and extra == nil and r.rule == nil and #r:events() == 0)
assert(r.known == 20)

-- A state set by hand, at the first step and on the way, and a limit in time are undone.
seen, r = {}, nil
play([[return { title = "t",
  { "one", lua = "r = run(net.linear{ seed = 6, init_scale = 0.3 })", check = "note(1)" },
  { "two", lua = "r.W1 = 0.5 * r.W1", check = "note(2)" },
  { "three", go = { time = 0.0123 }, check = "note(3)" },
  { "four", lua = "r.W2 = 2 * r.W2", set = { step = 1e-4 }, check = "note(4)" },
  { "five", go = { steps = 5 }, check = "note(5)" } }]],
  times("Enter", 4) .. times("BS", 4) .. times("Enter", 4) .. times("BS", 2) .. times("Enter", 2))
local states = {}
for _, words in ipairs(seen) do
  local i, hash, known = words:match("^(%d): (%x+) .* (%d+)$")
  states[i] = states[i] or hash .. known
  assert(states[i] == hash .. known, words)
end
assert(#seen == 11 and states["1"] ~= states["2"] and states["3"] ~= states["4"])

-- A run that was reset cannot be turned back; the tour plays itself again up to there.
seen, r, f, s = {}, nil, nil, nil
play([[return { title = "t",
  { "one", lua = "r = run(net.linear{ seed = 3 })", go = { steps = 30 }, check = "note(1)" },
  { "two", lua = "r:reset{ seed = 4 };", go = { steps = 10 }, check = "note(2)" },
  { "three", check = "note(3)" } }]], "Enter BS Enter Enter BS BS")
local r1, r2 = seen[1]:match("^1: (%x+)"), seen[2]:match("^2: (%x+)")
assert(r1 ~= r2 and r:hash() == r1 and r.k == 30)
for _, words in ipairs(seen) do
  local i, hash = words:match("^(%d): (%x+)")
  assert(hash == (i == "1" and r1 or r2), words)
end

-- The user's own run, older than the tour, keeps what it knows and where it stands.
mine = run(net.linear{ seed = 9 }):step(40):rewind(10)
local before = mine:hash()
play([[return { title = "t", { "one" }, { "two", lua = "mine:step(3);" }, { "three" } }]],
  "Enter Enter BS BS")
assert(mine.k == 10 and mine:hash() == before)

-- Guesses: a digit commits, Enter goes without.
guessed = {}
play([[return { title = "t", { "ask", ask = { "Which?", "a", "b", answer = 2 }, hide = "gap",
  reveal = function() guessed[#guessed + 1] = "told" return "so" end }, { "end" } }]],
  "2 Enter BS BS Enter Enter")
assert(#guessed == 2)

-- What is claimed and is not so ends a tour with the step's number.
local function fails(step, message)
  refused("return { title = 't', { 'one' }, " .. step .. " }", "step 2 (two): " .. message)
end
fails("{ 'two', check = '1 == 2' }", "1 == 2 is not so")
fails("{ 'two', check = function() error('no', 0) end }", "check 1 failed: no")
fails("{ 'two', lua = 'x = nothing.at_all' }", "the line failed: x = nothing.at_all: ")
fails("{ 'two', lua = 'r = run(net.linear{})', go = { goal = 'gap < 1e-9', max = 3 } }",
  "r did not reach its goal within 3 steps")
fails("{ 'two', go = { run = 'nobody', steps = 3 } }", "there is no run 'nobody'")
fails("{ 'two', lua = 'r = run(net.linear{})', show = { layout = 'trace(gap)', highlight = 'sky' } }",
  "ui.focus: no panel 'sky' in this layout")

-- Wrong files.
refused("return 7", "tour: " .. name .. ": it returns 7, not a table of steps")
refused("return {", "line 1: ")
refused("return { { 'x' } }", "it has no title")
refused("return { title = 't' }", "it has no steps")
refused("return { title = 't', titel = 1, { 'x' } }", "unknown field 'titel' (did you mean 'title'?)")
fails("{ 'two', sya = 'x' }", "unknown field 'sya' (did you mean 'say'?)")
fails("{ 'two', say = 3 }", "say: expected a string or a function, got 3")
refused("return { title = 't', { say = 'x' } }", "step 1: a step needs a title")
fails("{ 'two', 'three' }", "a step begins with its title")
fails("{ 'two', lua = 'x = ) 1' }", "lua: line 1: unexpected symbol near ')'")
fails("{ 'two', lua = 'f(1,' }", "lua: the code ends before it is complete: f(1,")
fails("{ 'two', show = 'tarce(gap)' }", "show: layout: no panel 'tarce' at column 1 (did you mean 'trace'?")
fails("{ 'two', show = { layuot = 'trace(gap)' } }", "show: unknown field 'layuot' (did you mean 'layout'?)")
fails("{ 'two', go = {} }", "go: no goal given")
fails("{ 'two', go = { steps = 0 } }", "go: steps = 0 (must be a whole number >= 1)")
fails("{ 'two', go = { steps = 3, goal = 'gap < 1' } }", "go: either steps or goals")
fails("{ 'two', go = { steps = 3, speed = 0 } }", "go: speed = 0 (must be >= 1 step per frame)")
fails("{ 'two', ask = { 'q', 'a', answer = 2 } }", "ask: answer = 2 (must be one of the 1 choices)")
fails("{ 'two', hide = 'gap' }", "hide needs an ask that reveals it")
fails("{ 'two', set = { 3 } }", "set: knobs have names, got the key 1")
fails("{ 'two', set = { step = {} } }", "set: step: expected a number, a text or a truth value")
fails("{ 'two', check = 'r.gap <' }", "check 1: ")

-- Markdown.
local page = name .. ".md"
write([[
# In Markdown

A summary
of two lines.

```lua tour
minutes = 2
```

## Build

What is said.

```lua
r = run(net.linear{ seed = 5 })
```

```lua step
go = { steps = 12 }, check = "r.k == 12"
```

## End
]], page)
tour(page, { headless = true })
assert(r.k == 12 and r.system.seed == 5)
os.remove(page)
refused("# T\n\n## One\n\n```lua step\ngo = { steps = \n```\n", "step 1 (One): line 6: ", page)
refused("# T\n\n```lua\nx = 1\n```\n", "line 3: Lua before the first step", page)
refused("# T\n\n## One\n\n```lua\nx = 1\n", "line 5: the fence is not closed", page)
refused("# T\n\n## One\n\n```lua stpe\n```\n", "line 5: a fence is", page)

-- The tour that doc/tours.md shows.
local doc = os.getenv("abs_srcdir")
if doc then
  local f <close> = assert(io.open(doc .. "/doc/tours.md"))
  play(assert(f:read("a"):match("\n```lua\n(.-)\n```\n")))
  assert(r.gap > 1 and r.eta == 0.0085)
end

-- Clock and window are given back.
local wide = orrery.width
play([[return { title = "t", { "one", lua = "r = run(net.linear{}):step(2)" } }]])
assert(orrery.width == wide)
assert(timeit(function() for _ = 1, 100 do math.sin(1) end end).seconds > 0)

-- The functions themselves.
local function says(message, ...)
  local ok, err = pcall(...)
  assert(not ok and err:find(message, 1, true), tostring(err))
end
says("tour: argument 1 (file): expected a file name", tour, 3)
says("tour: cannot read /nowhere/t.lua: No such file", tour, "/nowhere/t.lua")
says("tour: unknown option 'heedless' (did you mean 'headless'?)", tour, name, { heedless = true })
says("tour: pace = 'fast'", tour, name, { pace = "fast" })
says("demo: no demo 'locl_pl' (did you mean 'local_pl'?)", demo, "locl_pl")
local list = demo()
assert(#list >= 2 and list[1].name == "first")
for _, d in ipairs(list) do
  assert(tostring(list):find(d.summary, 1, true) or #d.summary > 50, d.name)
  assert(d.summary ~= d.title, d.name .. " has no summary")
end
os.remove(name)
