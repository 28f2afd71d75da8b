-- SPDX-License-Identifier: GPL-3.0-or-later
-- tour.lua - tours and demos: a lecture in steps, forward and back.
--
-- A step is a row of tasks: say, show, type lines, hide and ask, move the runs, reveal, check,
-- wait. The stage (internal.stage: src/bind/tour.c, src/app/dash_tour.c) gives ticks and keys
-- on a terminal; elsewhere the tour drives itself and prints text, or is silent and only holds
-- its checks. Before each step a mark is taken: globals, the log of the session, and for every
-- run its step and how many of its events were applied. Going back returns there by time
-- travel, and where a run can no longer be turned back (it was reset), by playing the tour
-- again up to there.

local o, internal = ...
local stage, text = internal.stage(), internal.text
local letters_per_second, breath, frame = 32, 0.35, 1 / 30

local function fail(fmt, ...) error(string.format(fmt, ...), 0) end

-- -------------------------------------------------------------------------- values

-- The run that a name such as "r" or "m.a" stands for, or nil; a global that is not there yet
-- is no mistake.
local function find_run(name)
  if rawget(_G, name:match("^[%a_][%w_]*")) == nil then return nil end
  local fn = load("return " .. name, "=run", "t")
  local ok, value = pcall(fn or error)
  return ok and o.plot._type(value) == "run" and stage.where(value) and value or nil
end

local function run_named(name) return find_run(name) or fail("there is no run '%s'", name) end

local function copy(t)
  local c = {}
  for k, v in next, t do c[k] = v end
  return c
end

-- The first line of an error; a place in the tour's own code stays, that of its caller goes.
local function message_of(err, own)
  local words = tostring(err):gsub("\n.*", "")
  return own and words or (words:gsub("^[^%s:]+:%d+: ", ""))
end

-- --------------------------------------------------------------------- narration

-- Paragraphs as lines of a note; lines that are indented stay as they are.
local function paragraphs(words, role, out)
  local para
  local function close()
    if para then out[#out + 1] = { para, role, 0 } end
    para = nil
  end
  local margin
  for line in (words .. "\n"):gmatch("(.-)\n") do
    if line:find("%S") then margin = math.min(margin or 99, #line:match("^%s*")) end
  end
  -- The first line of [[ … ]] often stands without the margin of the others.
  if not words:find("^%s") and words:find("\n") then
    margin = nil
    for line in words:gmatch("\n([^\n]*)") do
      if line:find("%S") then margin = math.min(margin or 99, #line:match("^%s*")) end
    end
  end
  local first = true
  for line in (words .. "\n"):gmatch("(.-)\n") do
    local indent = #line:match("^%s*") - (first and not line:find("^%s") and 0 or margin or 0)
    local body = line:match("^%s*(.-)%s*$")
    if body == "" then
      close()
      if #out > 0 and out[#out][1] ~= "" then out[#out + 1] = { "" } end
    elseif indent >= 2 then
      close()
      out[#out + 1] = { "  " .. body, "accent", 2 }
    else
      para = para and para .. " " .. body or body
    end
    first = false
  end
  close()
  while #out > 0 and out[#out][1] == "" do out[#out] = nil end
end

local function spoken(words)
  if type(words) == "function" then words = words() end
  if type(words) ~= "string" then fail("say: expected a text, got %s", internal.describe(words)) end
  return words
end

-- What the note panel shows: parts is a list of {words, role}; empty ones are left out. A
-- part with choices has them below its words, a line each.
local function note_of(E, parts)
  local lines = {}
  for _, part in ipairs(parts) do
    if part[1] and part[1] ~= "" then
      if #lines > 0 then lines[#lines + 1] = { "" } end
      paragraphs(part[1], part[2], lines)
    end
    for _, choice in ipairs(part.choices or {}) do lines[#lines + 1] = { choice, part[2], 5 } end
    lines.asks = lines.asks or part.choices ~= nil
  end
  lines.title = string.format("%d/%d · %s", E.i, #E.tour.steps, E.step.title)
  return lines
end

-- Rows that lines take in w columns.
local function rows_of(lines, w)
  local rows = 0
  w = math.max(8, w)
  for _, line in ipairs(lines) do -- indented ones keep their blanks
    rows = rows + math.max(1, #text.fold(line[1], w), (text.width(line[1]) - 1) // w + 1)
  end
  return rows
end

-- ------------------------------------------------------------------------ looking

-- The panels of the author with note and console beside or below them.
local function compose(E, w, h)
  local view, lines = E.view, E.lines or {}
  local narrow = w < 100 or h < 30
  local panels = E.large and (view.large or view.small) or narrow and view.small or view.layout
  E.panels = panels
  if panels and panels:find("%f[%w]note%f[%W]") then return panels end
  local large = E.large and text.width(E.step.big) or 0
  if not panels or not E.has_runs then
    return string.format("v(note, console:=%d)", math.max(5, h // 3))
  elseif not narrow and not E.large then
    local rows = math.max(6, math.min(rows_of(lines, w * 2 // 5 - 5) + 4, h - 14))
    return string.format("h(v(%s):3, v(note:=%d, console):2)", panels, rows)
  elseif E.large then
    local rows = rows_of(lines, w - 6) + 3
    if h >= 30 then rows = rows + 4 * (1 + large * 4 // math.max(1, w - 4)) end
    return string.format("v(%s, note:=%d)", panels, math.max(5, math.min(rows, h * 3 // 5)))
  end
  local most = lines.asks and h - 11 or h * 2 // 5 -- a question has to be seen whole
  local rows = math.max(5, math.min(rows_of(lines, w - 6) + 3, most))
  return string.format("v(%s, note:=%d, console:=3)", panels, rows)
end

-- Runs that are shown: those named that have been made by now, else r, else the first.
local function runs_shown(view)
  local list = {}
  for _, name in ipairs(view.runs or {}) do list[#list + 1] = find_run(name) end
  if #list > 0 then return list end
  return { find_run("r") or stage.runs()[1] }
end

local function look(E)
  local runs, w, h = runs_shown(E.view), stage.size()
  E.has_runs = #runs > 0
  stage.show_runs(runs)
  local layout = compose(E, w, h)
  -- The first run that is shown brings its own layout along.
  if layout ~= E.layout or E.shown_view ~= E.view or E.had_runs ~= E.has_runs then
    E.layout, E.shown_view, E.had_runs = layout, E.view, E.has_runs
    o.ui.layout(layout)
    if E.has_runs then
      if E.view.highlight then
        local ok, wrong = pcall(o.ui.focus, E.view.highlight) -- small layouts may lack it
        if not ok and E.panels == E.view.layout then error(wrong, 0) end
      end
      o.ui.flow(E.view.flow or false)
      if E.view.zoom then o.ui.zoom(true) end
    end
  end
  E.w, E.h = w, h
end

local function tell(E, parts, wait)
  E.parts = parts
  E.lines = note_of(E, parts)
  E.lines.wait = wait
  E.lines.large = E.large and select(2, stage.size()) >= 30 and E.step.big or nil
  stage.note(E.lines)
  look(E)
end

-- ------------------------------------------------------------------------- marks

local function take_mark(E)
  local mark = { globals = copy(_G), view = E.view, logged = stage.logged(),
    printed = stage.printed(), runs = {} }
  for _, r in ipairs(stage.runs()) do
    local k, n, hash = stage.where(r)
    mark.runs[#mark.runs + 1] = { run = r, k = k, n = n, hash = hash, known = r.known }
  end
  return mark
end

-- Everything as it was at the mark; false when a run cannot be turned back to it.
local function restore(E, mark)
  local kept, exact = {}, true
  for _, m in ipairs(mark.runs) do
    kept[m.run] = true
    local k, n, hash = stage.where(m.run)
    if k and (k ~= m.k or n ~= m.n or hash ~= m.hash or m.run.known ~= m.known) then
      stage.undo(m.run, m.k, m.n)
      k, n, hash = stage.where(m.run)
    end
    exact = exact and hash == m.hash
  end
  for _, r in ipairs(stage.runs()) do
    if not kept[r] then stage.close(r) end
  end
  for name in next, copy(_G) do
    if mark.globals[name] == nil then rawset(_G, name, nil) end
  end
  for name, value in next, mark.globals do
    if not rawequal(rawget(_G, name), value) then rawset(_G, name, value) end
  end
  stage.logged(mark.logged)
  stage.undone(mark.printed)
  E.view = mark.view
  return exact
end

-- -------------------------------------------------------------------------- tasks
-- A task is a function of the seconds gone by; it answers "done", "more" (call again at the
-- next frame) or "wait" (for a key).

local function at_step(E, words)
  local head = string.format("tour: %s: step %d (%s): ", E.tour.name, E.i, E.step.title)
  return words:sub(1, #head) == head and words or head .. words
end

local function problem(E, fmt, ...)
  local words = string.format(fmt, ...)
  if E.quiet then error(at_step(E, words), 0) end
  table.insert(E.parts, { words, "bad" })
  tell(E, E.parts)
end

-- Type a text at the prompt, then call finish().
local function typing(E, words, finish)
  local n, rest
  return function(dt)
    if E.at_once or E.hurry then
      finish()
      return "done"
    end
    n = (n or 0) + dt * letters_per_second
    local whole = utf8.len(words) or #words
    if n < whole then
      local last = utf8.offset(words, math.floor(n) + 1) or #words + 1
      stage.typed(words:sub(1, last - 1):gsub("\n", " "))
      return "more"
    end
    stage.typed((words:gsub("\n", " ")))
    rest = (rest or breath) - dt
    if rest > 0 then return "more" end
    finish()
    return "done"
  end
end

local function line_task(E, block)
  return typing(E, block, function()
    local ok, printed = stage.line(block)
    if E.print then
      E.print("> " .. block:gsub("\n", "\n>> ") .. "\n")
      for _, line in ipairs(printed) do E.print(line .. "\n") end
    end
    if not ok then problem(E, "the line failed: %s: %s", block, table.concat(printed, " ")) end
    look(E)
  end)
end

-- One run's share of a frame; true when it is there.
local function advance(E, go, mover, n)
  local goals = copy(go.goals)
  local left = goals.max - mover.taken
  goals.max = math.min(n, left)
  if goals.max < 1 then
    mover.short = not go.counted
    return true
  end
  local before = mover.run.k
  if go.counted then mover.run:step(goals.max) else mover.run:go(goals) end
  local steps = mover.run.k - before
  mover.taken = mover.taken + steps
  if go.counted then return steps < goals.max or mover.taken == go.goals.max end
  return steps < goals.max
end

local function go_line(go)
  local parts = {}
  for i, name in ipairs(go.runs) do parts[i] = name .. (go.tail or ":go{ stop = … };") end
  return table.concat(parts, " ")
end

-- Steps per frame: what is asked for, else as many as make a few seconds of it.
local function speed_of(go)
  return go.speed or go.counted and math.max(1, math.ceil(go.goals.max / 90)) or 4
end

-- What the session's log gets: the line, or, when a function decided, the steps taken.
local function log_moves(go, movers)
  for i, m in ipairs(movers) do
    stage.log(go.runs[i] .. (go.tail or string.format(":step(%d);", m.taken)))
  end
end

local function go_task(E, go)
  local movers, owed, shown = nil, 0, nil
  local function begin()
    movers = {}
    for i, name in ipairs(go.runs) do movers[i] = { run = run_named(name), taken = 0 } end
    stage.echo(go_line(go))
    if E.print then E.print("> " .. go_line(go) .. "\n") end
    stage.moving(true)
  end
  local function finish()
    stage.moving(false)
    log_moves(go, movers)
    for i, m in ipairs(movers) do
      if m.short then
        problem(E, "%s did not reach its goal within %d steps", go.runs[i], go.goals.max)
      end
    end
    look(E)
  end
  local announce = typing(E, go_line(go), begin)
  return function(dt)
    if not movers and announce(dt) ~= "done" then return "more" end
    owed = owed + speed_of(go) * math.min(dt / frame, 4)
    local n = math.floor(owed)
    if E.at_once or E.hurry then -- frames for their trails only: few of them
      local seen = E.frames or not E.quiet
      n = seen and go.counted and math.max(1, go.goals.max // 48) or E.frames and 4 * n
        or math.maxinteger
    end
    if n < 1 then return "more" end
    owed = math.max(0, owed - n)
    local moving = false
    for _, m in ipairs(movers) do
      m.done = m.done or advance(E, go, m, n)
      moving = moving or not m.done
    end
    if moving then return "more" end
    finish()
    return "done"
  end
end

local function check_task(E, step)
  return function()
    for _, name in ipairs(E.view.runs or {}) do run_named(name) end
    for _, check in ipairs(step.checks) do
      local ok, result = pcall(check.fn)
      if not ok then
        problem(E, "%s failed: %s", check.text, message_of(result, true))
      elseif result == false or (result == nil and check.text:sub(1, 6) ~= "check ") then
        problem(E, "%s is not so", check.text)
      else
        E.held = E.held + 1
      end
    end
    return "done"
  end
end

-- The question with its choices as a part of the note; the guess that was made is marked.
local function question(ask, role, guess)
  local choices = {}
  for i, choice in ipairs(ask.choices) do
    choices[i] = string.format("%s %d  %s", guess == i and "▸" or " ", i, choice)
  end
  return { ask.question, role, choices = choices }
end

local function verdict(ask, guess)
  if not ask.answer then return nil end
  local right = string.format("%d  %s", ask.answer, ask.choices[ask.answer])
  if not guess then return "It is " .. right, "good" end
  if guess == ask.answer then return "As you said: " .. right, "good" end
  return string.format("You said %d; it is %s", guess, right), "accent"
end

local function ask_tasks(E, step, add)
  local ask = step.ask
  add(function()
    stage.hide(step.hide)
    E.guess = nil
    local how = #ask.choices == 2 and "Press 1 or 2."
      or #ask.choices > 0 and string.format("Press 1 to %d.", #ask.choices)
      or "Make your guess, then Enter."
    tell(E, { { E.said, "default" }, question(ask, "title"), { how, "dim" } }, true)
    if E.print then
      E.print(ask.question .. "\n" .. table.concat(question(ask).choices, "\n") .. "\n")
    end
    E.asking = not E.quiet or E.keys or nil
    return "done"
  end)
  add(function() return E.asking and "wait" or "done" end)
  add(function()
    stage.hide{}
    tell(E, { { E.said, "default" }, question(ask, "dim", E.guess) })
    return "done"
  end)
end

local function print_paragraphs(E, words)
  local lines = {}
  paragraphs(words, "default", lines)
  for _, line in ipairs(E.print and lines or {}) do
    local verbatim = line[2] == "accent"
    E.print((verbatim and line[1] or text.hang("", line[1], E.columns)) .. "\n")
  end
end

-- After a question what was said is gone; else it stays where both fit.
local function reveal_task(E, step)
  return function()
    local parts = { { E.said, "default" } }
    local roomy = E.w >= 100 and E.h >= 30
    if step.ask then
      local words, role = verdict(step.ask, E.guess)
      parts = { { roomy and step.ask.question, "title" }, { words, role } }
    end
    local words = step.reveal and spoken(step.reveal)
    parts[#parts + 1] = { words, "default" }
    if words and not roomy and rows_of(note_of(E, parts), E.w - 6) > E.h * 2 // 5 - 3 then
      table.remove(parts, 1)
    end
    if words then print_paragraphs(E, words) end
    tell(E, parts)
    return "done"
  end
end

local function say_task(E, step)
  return function()
    local show = step.show or {}
    local view = copy(E.view)
    if show.layout then view.highlight, view.zoom, view.large, view.small = nil, nil, nil, nil end
    for name, value in pairs(show) do view[name] = value end
    E.view = view
    E.said = step.say and spoken(step.say) or ""
    o.ui.mark(string.format("%d/%d %s", E.i, #E.tour.steps, step.title))
    tell(E, { { E.said, "default" } })
    if E.frames then stage.advance(0) end
    if E.print then
      E.print(string.format("\n── %d/%d · %s\n", E.i, #E.tour.steps, step.title))
      print_paragraphs(E, E.said)
    end
    return "done"
  end
end

local function wait_task(E, step)
  return function()
    if not step.wait and not E.quiet and E.i < #E.tour.steps then
      E.next = true
      return "done"
    end
    if not E.waiting then
      E.waiting, E.lines.wait = true, true
      stage.note(E.lines)
    end
    return "wait"
  end
end

local function tasks_of(E, step)
  local tasks = {}
  local function add(task) tasks[#tasks + 1] = task end
  add(say_task(E, step))
  for _, block in ipairs(step.blocks) do add(line_task(E, block)) end
  if step.ask then ask_tasks(E, step, add) end
  if step.go then add(go_task(E, step.go)) end
  if step.ask or step.reveal then add(reveal_task(E, step)) end
  add(check_task(E, step))
  add(wait_task(E, step))
  return tasks
end

-- ------------------------------------------------------------------------ the engine

local function begin_step(E, i)
  E.marks[i] = take_mark(E)
  E.i, E.step = i, E.tour.steps[i]
  E.tasks, E.at = tasks_of(E, E.step), 1
  E.waiting, E.asking, E.hurry, E.next = false, nil, false, false
end

-- Where a step ended: what going back to it shows again.
local function remember(E)
  E.ends[E.i] = { parts = E.parts, view = E.view }
end

-- Run the tasks that can be run now; true: something goes on by itself.
local function tick(E, dt)
  if (E.w and (select(1, stage.size()) ~= E.w or select(2, stage.size()) ~= E.h)) then look(E) end
  while true do
    local task = E.tasks[E.at]
    if not task then
      if not E.next then return false end
      remember(E)
      begin_step(E, E.i + 1)
      return true
    end
    local answer = task(dt)
    if answer ~= "done" then return answer == "more" end
    E.at = E.at + 1
    dt = 0
  end
end

local function go_on(E)
  remember(E)
  if E.i < #E.tour.steps then begin_step(E, E.i + 1) else stage.leave() end
end

-- The end of step i again, as it was left.
local function stand_at(E, i)
  local ended = E.ends[i]
  E.i, E.step = i, E.tour.steps[i]
  E.tasks, E.at = { wait_task(E, { wait = true }) }, 1
  E.waiting, E.asking, E.hurry, E.next = false, nil, false, false
  E.view = ended.view
  tell(E, ended.parts, true)
end

-- Without time travel: from the start again, at once, up to the end of step i.
local function play_up_to(E, i)
  local quiet, keys = E.quiet, E.keys
  restore(E, E.marks[1])
  E.quiet, E.at_once, E.keys = true, true, nil
  local ok, err = pcall(function()
    for k = 1, i do
      begin_step(E, k)
      while tick(E, frame) do end
      remember(E)
    end
  end)
  E.quiet, E.at_once, E.keys = quiet, quiet or E.pace == "once", keys
  if not ok then problem(E, "could not be repeated: %s", message_of(err)) end
end

local function back(E)
  stage.moving(false)
  stage.pause()
  stage.hide{}
  stage.typed("")
  local i = E.i
  if not restore(E, E.marks[i]) and i > 1 then play_up_to(E, i - 1) end
  if i > 1 then stand_at(E, i - 1) else begin_step(E, 1) end
end

local function key(E, name)
  local digit = tonumber(name)
  if name == "Enter" or name == "PageDown" then
    if E.asking then E.asking = nil
    elseif E.waiting then
      stage.pause()
      go_on(E)
    else E.hurry = true end
  elseif E.asking and digit and digit >= 1 and digit <= #E.step.ask.choices then
    E.guess, E.asking = digit, nil
  elseif digit and not E.quiet then
    return true -- a guess too many: not a layout of the dashboard in the middle of a lecture
  elseif name == "BS" or name == "PageUp" then
    back(E)
  elseif name == "L" then
    E.large = not E.large
    tell(E, E.parts, E.waiting or E.asking)
  else
    return false
  end
  return true
end

local function engine_of(tour, opt)
  local E = { tour = tour, view = {}, marks = {}, ends = {}, held = 0, large = opt.large,
    pace = opt.pace, at_once = opt.pace == "once" }
  E.api = {
    tick = function(dt)
      if not E.step then begin_step(E, 1) end
      local ok, answer = pcall(tick, E, dt)
      if ok then return answer end
      if E.quiet then error(at_step(E, message_of(answer)), 0) end
      E.tasks, E.at = { wait_task(E, { wait = true }) }, 1
      stage.moving(false)
      problem(E, "%s", message_of(answer))
      return false
    end,
    key = function(name) return key(E, name) end,
  }
  return E
end

-- ----------------------------------------------------------------- without a terminal

local function reading_time(E)
  local letters = 0
  for _, line in ipairs(E.lines) do letters = letters + #line[1] end
  return 1.5 + letters / 25
end

-- A step from its beginning to where it waits; frames are drawn while it moves.
local function play_step(E, opt)
  while E.api.tick(frame) do
    if E.frames then stage.advance(frame) end
  end
  if E.frames then stage.advance(frame) end
  if opt.record then
    for _ = 1, math.ceil(reading_time(E) / frame) do stage.advance(frame) end
  end
end

local function print_frame(E, opt)
  if E.print and E.step.key or opt.size and E.step.key then
    if opt.size then
      stage.out(string.format("── %s, step %d of %d: %s\n", E.tour.name, E.i, #E.tour.steps,
        E.step.title))
    end
    stage.out(stage.frame())
  end
end

-- Someone at a terminal that has no screen: Enter, b for back, q to leave. False: leave.
local function ask_in_lines(E)
  local word = stage.read()
  if not word or word == "q" then return false end
  if word == "b" then
    back(E)
    E.print(string.format("── back at %d/%d · %s\n", E.i, #E.tour.steps, E.step.title))
    if #E.tasks > 1 then return true end
    return ask_in_lines(E)
  end
  return "on"
end

-- Keys by their names, each when the tour waits.
local function play_keys(E, opt)
  for name in opt.keys:gmatch("%S+") do
    play_step(E, opt)
    if not key(E, name) then fail("tour: keys: '%s' is no key of a tour here", name) end
  end
  play_step(E, opt)
end

local function drive(E, opt)
  if opt.keys then return play_keys(E, opt) end
  local talks = E.print and not opt.headless and stage.interactive()
  if talks then E.print("Enter goes on, b back, q leaves\n") end
  while true do
    play_step(E, opt)
    print_frame(E, opt)
    local answer = talks and ask_in_lines(E)
    if talks and not answer then return end
    if not talks or answer == "on" then
      if E.i == #E.tour.steps then return end
      go_on(E)
    end
  end
end

local function play_quietly(E, opt)
  local w, h = (opt.size or "100x30"):match("^(%d+)x(%d+)$")
  E.keys = opt.keys and true
  E.quiet, E.at_once = true, opt.pace == "once" or not opt.record
  E.frames = opt.size or opt.record or not opt.headless
  if not opt.headless then
    E.print, E.columns = stage.out, math.min(o.width, 80)
    stage.out(E.tour.title .. "\n" .. (E.tour.source and "after " .. E.tour.source .. "\n" or ""))
  end
  stage.begin(E.api, { width = math.tointeger(tonumber(w)), height = math.tointeger(tonumber(h)),
    record = opt.record })
  local ok, err = pcall(drive, E, opt)
  stage.finish()
  if not ok then error(err, 0) end
  if opt.headless and not opt.size then
    print(string.format("%s: %d steps, %d checks held", E.tour.name, #E.tour.steps, E.held))
  end
end

-- ------------------------------------------------------------------ the two functions

local option_kinds = { large = "boolean", pace = "string", headless = "boolean", size = "string",
  record = "string", keys = "string" }

local function check_options(fn, opt)
  local names = {}
  for name in pairs(option_kinds) do names[#names + 1] = name end
  for name, value in pairs(opt) do
    if not option_kinds[name] then
      local near = internal.nearest(tostring(name), names)
      internal.raise(string.format("%s: unknown option '%s'%s", fn, tostring(name),
        near and " (did you mean '" .. near .. "'?)" or ""))
    elseif type(value) ~= option_kinds[name] then
      internal.raise(string.format("%s: %s: expected a %s, got %s", fn, name, option_kinds[name],
        internal.describe(value)))
    end
  end
  if opt.pace and opt.pace ~= "once" and opt.pace ~= "natural" then
    internal.raise(fn .. ": pace = '" .. opt.pace .. "' (must be \"natural\" or \"once\")")
  end
  if opt.size and not opt.size:find("^%d+x%d+$") then
    internal.raise(fn .. ": size = '" .. opt.size .. "' (must be such as \"120x40\")")
  end
  return opt
end

local function play(fn, source, file, opt)
  if not stage.screen then internal.raise(fn .. ": tours run in the program orrery") end
  opt = check_options(fn, opt or {})
  local ok, result = pcall(internal.tour_file.read, source, file)
  if not ok then internal.raise(tostring(result)) end
  local E = engine_of(result, opt)
  if not opt.headless and stage.screen(E.api, { record = opt.record }) then return end
  play_quietly(E, opt)
end

function o.tour(file, opt)
  if type(file) ~= "string" then
    internal.raise("tour: argument 1 (file): expected a file name, got " .. internal.describe(file))
  end
  local source, why = stage.read_file(file)
  if not source then internal.raise("tour: cannot read " .. file .. ": " .. why) end
  play("tour", source, file, opt)
end
internal.help{ name = "tour", usage = "tour(file [, {large=, pace=, headless=, size=, record=, keys=}])",
  doc = "Play a tour: a lecture in steps in the dashboard, from a Lua file that returns a table of "
    .. "steps or from Markdown with fenced Lua (doc/tours.md). Enter goes on, Backspace undoes a "
    .. "step by time travel, L is for projectors; large=true begins so, pace=\"once\" types at once. "
    .. "Without a screen it runs as text; headless=true only holds its checks and raises where one "
    .. "fails; keys=\"Enter 2 BS\" presses only these.",
  example = "f = os.tmpname(); h = io.open(f, 'w'); h:write('return { title = \"t\", { \"one\" } }'); "
    .. "h:close(); tour(f, {headless=true}); os.remove(f)" }

local function demos()
  local list = {}
  for i, file in ipairs(stage.demos()) do
    local tour = internal.tour_file.read(file.text, file.name)
    list[i] = { name = tour.name, title = tour.title, summary = tour.summary or tour.title,
      minutes = tour.minutes, steps = #tour.steps, file = file }
  end
  return list
end

local list_mt = { __name = "orrery.demos", __tostring = function(list)
  local rows = {}
  for i, d in ipairs(list) do
    rows[i] = { d.name, d.minutes and string.format("%g min", d.minutes) or "", d.summary }
  end
  return text.columns(rows, { heads = { "demo", "", "" }, fold = true })
    .. "\n" .. "demo(\"" .. (list[1] and list[1].name or "NAME") .. "\") begins one"
end }

function o.demo(name, opt)
  local list = demos()
  if name == nil then return setmetatable(list, list_mt) end
  local names = {}
  for i, d in ipairs(list) do
    if d.name == name then return play("demo", d.file.text, d.file.name, opt) end
    names[i] = d.name
  end
  local near = type(name) == "string" and internal.nearest(name, names)
  internal.raise("demo: no demo " .. internal.describe(name)
    .. (near and " (did you mean '" .. near .. "'?)" or " (demo() lists them)"))
end
internal.help{ name = "demo", usage = "demo([name [, options]]) -> list of demos",
  doc = "Play one of the demos that orrery carries, as tour does and with its options. Without a "
    .. "name: the list of them, with one line each.",
  example = "print(demo())" }
