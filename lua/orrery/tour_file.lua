-- SPDX-License-Identifier: GPL-3.0-or-later
-- tour_file.lua - tours as files: a Lua file that returns a table, or Markdown with fenced Lua.
-- Reading checks everything that can be known before the tour runs; what is wrong is said in
-- one sentence with the number of its step. doc/tours.md describes the format.

local o, internal = ...
local tour_file = {}
internal.tour_file = tour_file

-- field -> kinds that it may have
local head_fields = { title = "string", summary = "string", source = "string", minutes = "number",
  name = "string" }
local step_fields = { title = "string", say = "string function", lua = "string", set = "table",
  show = "string table", go = "table", ask = "string table", hide = "string table",
  reveal = "string function", check = "string table function", key = "boolean", wait = "boolean",
  big = "string" }
local show_fields = { layout = "string", large = "string", small = "string", highlight = "string",
  zoom = "boolean", runs = "string table", flow = "boolean" }
local go_fields = { run = "string", runs = "table", steps = "number", speed = "number" }

local function names_of(fields)
  local names = {}
  for name in pairs(fields) do names[#names + 1] = name end
  return names
end

local function fail(fmt, ...) error({ tour = string.format(fmt, ...) }, 0) end

-- Fields of t with names are those of the list, of their kinds. open: others pass.
local function check_fields(t, fields, where, open)
  for name, value in pairs(t) do
    local kinds = type(name) == "string" and fields[name]
    if not kinds and type(name) == "string" and not open then
      local near = internal.nearest(name, names_of(fields))
      fail("%sunknown field '%s'%s", where, name, near and " (did you mean '" .. near .. "'?)" or "")
    elseif kinds and not (" " .. kinds .. " "):find(" " .. type(value) .. " ", 1, true) then
      fail("%s%s: expected a %s, got %s", where, name, kinds:gsub(" ", " or a "),
        internal.describe(value))
    end
  end
end

local function listed(value) return type(value) == "string" and { value } or value or {} end

local function check_texts(list, where)
  for _, text in ipairs(list) do
    if type(text) ~= "string" then
      fail("%sexpected texts, got %s", where, internal.describe(text))
    end
  end
  return list
end

-- -------------------------------------------------------------------- pieces of a step

-- Lua as it is typed: the blocks that the prompt would run one after the other.
local function read_blocks(code, where)
  local blocks, block = {}, nil
  local name = "=lua"
  for line in (code .. "\n"):gmatch("(.-)\n") do
    if block or line:find("%S") then
      block = block and block .. "\n" .. line or line
      local fn, message = load("return " .. block:gsub(";%s*$", ""), name, "t")
      if not fn then fn, message = load(block, name, "t") end
      if fn then
        blocks[#blocks + 1] = block
        block = nil
      elseif not message:find("<eof>", 1, true) then
        fail("%slua: %s", where, (message:gsub("^lua:", "line ")))
      end
    end
  end
  if block then fail("%slua: the code ends before it is complete: %s", where, block) end
  return blocks
end

local function literal(value)
  return type(value) == "string" and string.format("%q", value)
    or math.type(value) == "float" and string.format("%.14g", value) or tostring(value)
end

-- {step = 0.02, ["f.step"] = 0.1} as lines, in the order of the names.
local function read_knobs(set, blocks, where)
  local names = {}
  for name, value in pairs(set) do
    if type(name) ~= "string" or not name:find("^[%a_][%w_.]*$") then
      fail("%sset: knobs have names, got the key %s", where, internal.describe(name))
    end
    if not ({ number = 1, string = 1, boolean = 1 })[type(value)] then
      fail("%sset: %s: expected a number, a text or a truth value, got %s", where, name,
        internal.describe(value))
    end
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    local left = name:find(".", 1, true) and name or "r." .. name
    blocks[#blocks + 1] = left .. " = " .. literal(set[name])
  end
end

local function check_layout(text, where)
  local wrong = text and internal.stage().layout_error
  wrong = wrong and wrong(text)
  if wrong then fail("%s%s", where, wrong) end
end

local function read_show(show, where)
  if type(show) == "string" then show = { layout = show } end
  if not show then return nil end
  check_fields(show, show_fields, where .. "show: ")
  check_layout(show.layout, where .. "show: ")
  check_layout(show.large, where .. "show: large: ")
  check_layout(show.small, where .. "show: small: ")
  return { layout = show.layout, large = show.large, small = show.small, zoom = show.zoom,
    highlight = show.highlight, flow = show.flow,
    runs = show.runs and check_texts(listed(show.runs), where .. "show: runs: ") }
end

-- {steps=…} or goals as r:go takes them; the line that stands for it.
local function read_go(go, where)
  check_fields(go, go_fields, where .. "go: ", true)
  local goals, words, endless = {}, {}, true
  for name, value in pairs(go) do
    if not go_fields[name] then
      goals[name] = value
      if name ~= "max" and name ~= "every" then endless = false end
    end
  end
  if go.steps and (math.type(go.steps) ~= "integer" or go.steps < 1) then
    fail("%sgo: steps = %s (must be a whole number >= 1)", where, literal(go.steps))
  elseif go.steps and (not endless or goals.max) then
    fail("%sgo: either steps or goals of r:go, not both", where)
  elseif not go.steps and endless and not goals.max then
    fail("%sgo: no goal given: steps, or what r:go takes (goal, stop, time, max, …)", where)
  end
  if go.speed and go.speed < 1 then
    fail("%sgo: speed = %s (must be >= 1 step per frame)", where, literal(go.speed))
  end
  goals.max = goals.max or go.steps or 100000
  local plain = true
  for name, value in pairs(goals) do
    plain = plain and type(value) ~= "function"
    if name ~= "max" or not endless then words[#words + 1] = name .. " = " .. literal(value) end
  end
  table.sort(words)
  local tail = endless and ":step(" .. literal(goals.max) .. ");"
    or ":go{ " .. table.concat(words, ", ") .. " };"
  return { runs = check_texts(go.runs or { go.run or "r" }, where .. "go: runs: "), goals = goals,
    counted = endless, speed = go.speed, tail = plain and tail }
end

local function read_ask(ask, where)
  if type(ask) == "string" then ask = { ask } end
  if not ask then return nil end
  check_fields(ask, { answer = "number" }, where .. "ask: ")
  check_texts(ask, where .. "ask: ")
  if #ask == 0 then fail("%sask: no question", where) end
  if #ask > 10 then fail("%sask: %d choices (at most 9)", where, #ask - 1) end
  if ask.answer and (math.type(ask.answer) ~= "integer" or ask.answer < 1 or ask.answer >= #ask) then
    fail("%sask: answer = %s (must be one of the %d choices)", where, literal(ask.answer), #ask - 1)
  end
  return { question = ask[1], choices = table.move(ask, 2, #ask, 1, {}), answer = ask.answer }
end

-- Functions that raise or return false when what they check is not so.
local function read_checks(check, where)
  local checks = {}
  for i, item in ipairs(type(check) == "table" and check or { check }) do
    if type(item) == "string" then
      local fn, message = load("return " .. item, "=check", "t")
      if not fn then fail("%scheck %d: %s", where, i, (message:gsub("^check:1: ", ""))) end
      checks[i] = { text = item, fn = fn }
    elseif type(item) == "function" then
      checks[i] = { text = "check " .. i, fn = item }
    else
      fail("%scheck: expected functions and expressions, got %s", where, internal.describe(item))
    end
  end
  return checks
end

local function read_step(given, i)
  local title = type(given) == "table" and (given.title or given[1])
  local where = string.format("step %d%s: ", i,
    type(title) == "string" and " (" .. title .. ")" or "")
  if type(given) ~= "table" then fail("%sexpected a table, got %s", where, internal.describe(given)) end
  check_fields(given, step_fields, where)
  if given[2] ~= nil or given.title and given[1] ~= nil then
    fail("%sa step begins with its title; all else has a name (say, lua, go, …)", where)
  end
  if type(title) ~= "string" then fail("%sa step needs a title: { \"…\", say = … }", where) end
  local step = { title = title, say = given.say, reveal = given.reveal, key = given.key,
    wait = given.wait ~= false, big = given.big or title }
  step.blocks = read_blocks(given.lua or "", where)
  read_knobs(given.set or {}, step.blocks, where)
  step.show = read_show(given.show, where)
  step.go = given.go and read_go(given.go, where)
  step.ask = read_ask(given.ask, where)
  step.hide = check_texts(listed(given.hide), where .. "hide: ")
  if #step.hide > 0 and not step.ask then fail("%shide needs an ask that reveals it", where) end
  step.checks = read_checks(given.check, where)
  return step
end

local function read_table(t)
  if type(t) ~= "table" then fail("it returns %s, not a table of steps", internal.describe(t)) end
  local head = {}
  for name, value in pairs(t) do
    if math.type(name) ~= "integer" then head[name] = value end
  end
  check_fields(head, head_fields, "")
  if not head.title then fail("it has no title") end
  if #t == 0 then fail("it has no steps") end
  head.steps = {}
  for i, given in ipairs(t) do head.steps[i] = read_step(given, i) end
  return head
end

-- ---------------------------------------------------------------------------- Markdown

-- The fields in a fence "lua tour" or "lua step", as a table.
local function read_fence(code, where, line)
  local fn, message = load(string.rep("\n", line) .. "return {" .. code .. "}", "=tour", "t")
  if not fn then fail("%s%s", where, (message:gsub("^tour:", "line "))) end
  return fn()
end

local function trimmed(lines)
  return (table.concat(lines, "\n"):gsub("^%s+", ""):gsub("%s+$", ""))
end

-- "# Title", text: the summary; "## Step", text: what is said; ```lua: typed;
-- ```lua step and ```lua tour: fields of the step, of the tour.
local function from_markdown(text)
  local tour, step, said, number = {}, nil, {}, 0
  local fence, fence_kind, fence_line
  local function put(kind, code)
    local into = kind == "tour" and tour or step
    if not into then fail("line %d: Lua before the first step (## Title)", fence_line) end
    if kind == "lua" then
      into.lua = (into.lua and into.lua .. "\n" or "") .. code
      return
    end
    local where = into == step and string.format("step %d (%s): ", #tour, step.title) or ""
    for name, value in pairs(read_fence(code, where, fence_line)) do into[name] = value end
  end
  local function close()
    local body = trimmed(said)
    if body ~= "" and step then step.say = step.say or body
    elseif body ~= "" then tour.summary = tour.summary or body:gsub("%s+", " ") end
    said = {}
  end
  for line in (text .. "\n"):gmatch("(.-)\r?\n") do
    number = number + 1
    local level, title = line:match("^(##?)%s+(.+)$")
    if fence then
      if line:find("^```") then
        put(fence_kind, table.concat(fence, "\n"))
        fence = nil
      else
        fence[#fence + 1] = line
      end
    elseif line:find("^```lua") then
      fence, fence_kind, fence_line = {}, line:match("^```lua%s+(%w+)") or "lua", number
      if fence_kind ~= "lua" and fence_kind ~= "step" and fence_kind ~= "tour" then
        fail("line %d: a fence is ```lua, ```lua step or ```lua tour", number)
      end
    elseif level then
      close()
      if level == "#" then
        tour.title = tour.title or title
      else
        step = { title = title }
        tour[#tour + 1] = step
      end
    else
      said[#said + 1] = line
    end
  end
  if fence then fail("line %d: the fence is not closed", fence_line) end
  close()
  return tour
end

-- ---------------------------------------------------------------------------- reading

local function evaluate(text, file)
  if file:find("%.md$") then return from_markdown(text) end
  local fn, message = load(text:gsub("^#[^\n]*", ""), "@" .. file, "t")
  if not fn then fail("%s", (message:gsub("^.-:(%d+): ", "line %1: "))) end
  local ok, value = pcall(fn)
  if not ok then
    if type(value) == "table" then error(value, 0) end
    fail("%s", tostring(value))
  end
  return value
end

-- The tour in a text; file: its name in messages. Raises one sentence.
function tour_file.read(text, file)
  local ok, tour = pcall(function() return read_table(evaluate(text, file)) end)
  if ok then
    tour.name = tour.name or file:match("([^/]+)%.%w+$") or file
    return tour
  end
  error(type(tour) == "table" and tour.tour and "tour: " .. file .. ": " .. tour.tour or tour, 0)
end
