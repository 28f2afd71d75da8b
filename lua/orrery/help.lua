-- SPDX-License-Identifier: GPL-3.0-or-later
-- help.lua - help() is the map of the workbench, help("name") a page about a name, made
-- from the tables of the program; help.search(words) looks through all pages.

local o, internal = ...
local help, text = o.help, internal.text
local index = help._index

local function width() return math.min(o.width or 80, 100) end

local function para(s, indent)
  return text.hang(string.rep(" ", indent or 0), s, width())
end

-- -------------------------------------------------------------------- topics

-- name -> {summary, text}: what is not the name of a function.
local topics = {
  ["first steps"] = { "from nothing to a plot in five lines",
    "s = net.linear{ n=5, h=20, m=3, seed=7 } makes a system; r = run(s) lets it move; r:step(100) "
    .. "takes steps; r:probes() lists what can be read, r.loss reads one; plot(r, {\"loss\", "
    .. "\"gap\"}, {y=\"log\"}) draws. r:claims() says which theorems hold at this state.",
    "r = run(net.linear{ seed=7 }):step(100); print(plot(r))" },
  ["step size"] = { "how the step of gradient descent is chosen",
    "run(s, {step=0.01}) keeps a fixed step. run(s, {rule=\"rho\"}) lets a rule choose: "
    .. "help(\"gd\") lists the general ones, ?net.linear those of a system. r.eta reads the "
    .. "step about to be taken, r.step = 0.02 turns it by hand (the rule becomes const, the "
    .. "change is an event). "
    .. "r.edge is sharpness times step over 2: beyond 1 the step is unstable on a quadratic.",
    "r = run(net.linear{}, {rule='local'}):step(5); print(r.eta)" },
  ["claims"] = { "theorems as data: hypotheses, conclusion, margin",
    "A claim is a theorem that the program checks while a run moves. ● holds: hypotheses and "
    .. "conclusion are true now and were never violated. ○ does not apply: a hypothesis fails; the "
    .. "text says which and by how much. – not computable. ◐ below the rounding floor nothing is "
    .. "asserted. ✖ violated: the conclusion failed under its hypotheses, at the step named. The "
    .. "margin is the factor by which the conclusion holds. Where a publication had to be mended, "
    .. "the claim says so. r:claim(name) shows one in full; a script run with --assert ends with "
    .. "status 3 when a claim was violated.",
    "print(run(net.linear{}):step(20):claim('local_pl'))" },
  ["time travel"] = { "rewind, go on, fork: the same bits",
    "r:rewind(k) turns a run to any step that it has seen, back or forth; going on repeats the "
    .. "same bits. r.knob = value is an event at its step; after a rewind it cuts the old "
    .. "future off. f = r:fork(\"name\") begins a second run from here; both keep the common "
    .. "past. r:events() "
    .. "tells what was done and when, r:hash() names a state: equal hashes go on alike.",
    "r = run(net.linear{}):step(50); h = r:hash(); print(r:rewind(10):step(40):hash() == h)" },
  ["files"] = { "reading data, writing results",
    "Read: mat.load, data.csv, data.npy, data.idx (MNIST, also gzipped), data.vectors. Write: "
    .. "r:write(\"x.csv\") for recorded rows (.csv, .tsv, .jsonl, .npy), r:record{…, file=} to "
    .. "stream them, p:save(\"x.svg\") for figures (.svg, .pdf, .png, .txt, .gp), "
    .. "r:save(\"x.run\") and run.load for whole runs, session.save for the lines you typed. "
    .. "Files carry version, seed "
    .. "and the script's hash, and appear whole or not at all.",
    "f = os.tmpname() .. '.csv'; run(net.linear{}):step(9):write(f); os.remove(f)" },
  ["steppers"] = { "how a state moves: descent, momentum, flow", nil,
    "r = run(net.linear{}, {stepper='flow'}); r:go{time=1}; print(r.t)" },
  ["systems"] = { "what can be studied", nil },
  ["panels"] = { "what the dashboard is made of, and how panels are arranged", nil },
  ["keys"] = { "the keys of the dashboard", nil },
  ["own systems"] = { "equations, losses and tables of your own",
    "dyn.ode{ f=, x0= } takes the right-hand side of x' = f(t, x) as a function, dyn.gradient{ "
    .. "loss=, x0= } a loss to be descended, safety.table{ step= } a system that is judged by "
    .. "sets of states, data in tables goes into net.linear{ X=, Y= } and net.mlp likewise. "
    .. "What they are called is theirs: names= and params= make r.NAME and knobs; "
    .. "r:watch(name, fn) adds a probe.",
    "r = run(dyn.ode{ x0={ x=1 }, names={ 'x' }, params={ rate=2 }, f=function(t, x, dx, p) "
    .. "dx.x = -p.rate * x.x end }); r:go{ time=1 }; print(r.x)" },
  ["reproducibility"] = { "the same numbers again, and knowing that they are the same",
    "Nothing draws a random number without a seed, so the same script gives the same bits on one "
    .. "machine (with --threads=1, the default). r:hash() names a state. Files carry version, "
    .. "seed and the script's hash. session.save(\"x.lua\") writes what you typed and the hash of "
    .. "every run; orrery replay x.lua runs it and compares; replay of a figure runs the script "
    .. "that the figure carries.",
    "print(run(net.linear{seed=3}):step(9):hash() == run(net.linear{seed=3}):step(9):hash())" },
  ["prompt"] = { "keys and signs at the prompt",
    "Results print by themselves; a ; at the end keeps them quiet; _ is the last one. Tab "
    .. "completes names, methods, options, their values and files. ?name shows help, "
    .. "?\"words\" searches. Ctrl-C stops a long step and keeps everything; Ctrl-R searches the "
    .. "history; "
    .. "Ctrl-D leaves." },
  ["probes"] = { "quantities read off a state",
    "r.name reads a probe now, r:series(name) what was recorded, r:why(name) why it is not defined "
    .. "here. Probes that bound others know it: plots draw them dashed. Cost says how dear one is: "
    .. "free, step (about one gradient), factor (a factorisation), dear (many gradients). "
    .. "run(s, {record={…}, every=n}) chooses what is recorded; r:watch(name, fn) adds your own.",
    "r = run(net.linear{}); r:record{'sharpness'}; r:step(20); print(r:series('sharpness'))" },
}

-- ---------------------------------------------------------------------- pages

local function heading(name, summary)
  return text.hang(name .. "  ", summary, width())
end

local function section(title) return "\n" .. para(title) end

-- What an option may be: its choices, or its range with the unit.
local function values_of(opt)
  if opt.choices and #opt.choices > 0 then
    local words = "\"" .. table.concat(opt.choices, "\", \"") .. "\""
    return (opt.type == "choice or real" and "a number or " or "") .. words
  end
  local kinds = { bool = "true or false", int = "whole number", real = "number" }
  local words = kinds[opt.type] or opt.type
  if opt.range ~= "" then
    words = words .. " " .. opt.range:gsub("1000000%f[^0]", "1e6"):gsub("9%.007199255e%+15", "2^53")
  end
  if opt.unit ~= "" then words = words .. " " .. opt.unit end
  return words
end

local function options_page(list)
  local rows = {}
  for i, opt in ipairs(list) do
    local doc = opt.doc:gsub("%.$", "")
    rows[i] = { opt.key, opt.default,
      doc .. " (" .. values_of(opt) .. (opt.live and "; knob)" or ")") }
  end
  return text.columns(rows, { heads = { "option", "default", "meaning" }, indent = 2, fold = true })
end

local function named_rows(list, fold)
  local rows = {}
  for i, row in ipairs(list) do rows[i] = { row.name, row.doc or row.title or "" } end
  return text.columns(rows, { indent = 2, fold = fold })
end

local costs = { free = "", step = "step", factor = "factor", dear = "dear" }

local function probes_page(list)
  local rows = {}
  for i, p in ipairs(list) do
    local note = p.bounds and (p.side == "upper" and "≥ " or "≤ ") .. p.bounds
      or p.kind ~= "scalar" and p.kind or costs[p.cost]
    rows[i] = { p.name, p.label ~= p.name and p.label or "", note }
  end
  -- Tables side by side, as many as the window allows; labels take what room is left.
  local across = math.max(1, width() // 39)
  local deep, room = (#rows + across - 1) // across, width() // across - 2
  local lines = {}
  for a = 1, across do
    local from, to = (a - 1) * deep + 1, math.min(a * deep, #rows)
    local names, notes = 0, 0
    for i = from, to do
      names = math.max(names, text.width(rows[i][1]))
      notes = math.max(notes, text.width(rows[i][3]))
    end
    local labels = math.max(0, room - names - notes - 2)
    for i = from, to do
      local r = rows[i]
      lines[i - from + 1] = (lines[i - from + 1] or "") .. "  " .. text.pad(r[1], names) .. " "
        .. text.pad(text.cut(r[2], labels), labels) .. " " .. text.pad(r[3], notes)
    end
  end
  return (table.concat(lines, "\n"):gsub(" +\n", "\n"):gsub(" +$", ""))
end

local function claims_page(list)
  local rows = {}
  for i, c in ipairs(list) do
    rows[i] = { c.name, c.conclusion.text, (c.source:match("[^,]*$"):gsub("^%s+", "")) }
  end
  return text.columns(rows, { heads = { "claim", "says", "source" }, indent = 2 })
end

local function system_page(name)
  local s = help._system(name)
  local out = { heading(s.name, s.summary), "", "  " .. index[name].usage }
  local function add(title, body)
    if body and body ~= "" then
      out[#out + 1] = section(title)
      out[#out + 1] = body
    end
  end
  add("Options", options_page(index[name].options or {}))
  add("Probes: r.name reads one (≤ and ≥: a bound of that probe; factor, dear: cost)",
    probes_page(s.probes))
  if #s.claims > 0 then
    add("Claims: r:claims() checks them, r:claim(name) shows one", claims_page(s.claims))
  end
  if #s.rules > 0 then
    add(string.format("Step rules: run(s, {rule=…})%s",
      s.rule and "; " .. s.rule .. " unless you say" or ""), named_rows(s.rules, true))
  end
  if #s.record > 0 then add("Recorded unless you say", para(table.concat(s.record, ", "), 2)) end
  add("Example", para(s.example, 2))
  add("Source", para(s.source, 2))
  return table.concat(out, "\n")
end

-- The panels of the program; none in a stock Lua.
local function panel_rows()
  local rows = {}
  for name, row in pairs(index) do
    if row.kind == "panel" then rows[#rows + 1] = { name = name:sub(7), doc = row.doc } end
  end
  table.sort(rows, function(a, b) return a.name < b.name end)
  return rows
end

-- A part for every group of keys.
local function keys_page()
  local parts, order, rows = {}, {}, nil
  for _, key in ipairs(help._keys and help._keys() or {}) do
    rows = parts[key.group]
    if not rows then
      rows = {}
      parts[key.group], order[#order + 1] = rows, key.group
    end
    rows[#rows + 1] = { key.key, key.doc }
  end
  local out = {}
  for i, group in ipairs(order) do
    out[i] = para(group) .. "\n" .. text.columns(parts[group], { indent = 2 })
  end
  return table.concat(out, "\n")
end

local function topic_page(name)
  local t = topics[name]
  local out = { heading(name, t[1]) }
  if name == "steppers" then
    out[#out + 1] = "\n" .. named_rows(help._steppers(), true)
    out[#out + 1] = "\n" .. para("help(\"NAME\") lists the options of one; "
      .. "run(s, {stepper=\"NAME\"}) uses it.")
  elseif name == "systems" then
    out[#out + 1] = "\n" .. named_rows(help._systems(), true)
    out[#out + 1] = "\n" .. para("Your own: help(\"own systems\").")
  elseif name == "panels" then
    out[#out + 1] = "\n" .. named_rows(panel_rows(), true)
    out[#out + 1] = "\n" .. para("?panel.NAME lists the options of one. A layout is a text: v(…) "
      .. "puts panels one above the other, h(…) side by side; :3 behind one is its share, :=8 so "
      .. "many rows or columns; in brackets stand quantities, then options. dash{ r, layout="
      .. "\"v(h(trace(loss, gap), claims):2, console:=8)\" } shows one, ui.layout(text) changes it.")
  elseif name == "keys" then
    out[#out + 1] = "\n" .. keys_page()
  else
    out[#out + 1] = "\n" .. para(t[2], 2)
  end
  if t[3] then out[#out + 1] = section("Example") .. "\n" .. para(t[3], 2) end
  return table.concat(out, "\n")
end

-- Names below this one: "mat" -> mat.zeros, mat:norm, …
local function children(name)
  local list = {}
  for other, row in pairs(index) do
    local rest = other:match("^" .. name:gsub("%p", "%%%0") .. "[.:]([%w_]+)$")
    if rest then
      list[#list + 1] = { name = other, doc = ((row.doc .. " "):match("^(.-)%. ") or row.doc) }
    end
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

local function row_page(name)
  local row = index[name]
  local out = { row.usage or name, "", para(row.doc or "", 2) }
  if row.options and #row.options > 0 then
    out[#out + 1] = section("Options")
    out[#out + 1] = options_page(row.options)
  end
  if name == "gd" then
    out[#out + 1] = section("Step rules of every system; ?NAME lists a system's own")
    local rules, own = {}, help._systems()[1]
    for _, r in ipairs(help._system(own.name).rules) do
      if #rules < 3 then rules[#rules + 1] = r end
    end
    out[#out + 1] = named_rows(rules, true)
  end
  local below = children(name)
  if #below > 0 then
    out[#out + 1] = section("See also")
    out[#out + 1] = named_rows(below)
  end
  if row.example then out[#out + 1] = section("Example") .. "\n" .. para(row.example, 2) end
  return table.concat(out, "\n")
end

-- A prefix that holds only other names: "net", "data".
local function prefix_page(name, below)
  return name .. "\n\n" .. named_rows(below)
end

-- A probe or a claim of any system, by its plain name.
local function find_in_systems(name)
  for _, s in ipairs(help._systems()) do
    local sys = help._system(s.name)
    for _, p in ipairs(sys.probes) do
      if p.name == name then
        local bound = p.bounds and string.format("\n\n  %s bound of %s.",
          p.side == "upper" and "Upper" or "Lower", p.bounds) or ""
        return string.format("r.%s  %s, %s probe of %s%s\n\n%s%s%s", p.name, p.label, p.kind,
          s.name, p.unit ~= "" and " in " .. p.unit or "", para(p.doc, 2), bound,
          p.source and p.source ~= ""
            and "\n\n" .. text.hang("  Source: ", p.source, width()) or "")
      end
    end
    for _, c in ipairs(sys.claims) do
      if c.name == name then
        local out = { string.format("%s  %s, claim of %s", c.name, c.title, s.name), "",
          para(c.statement, 2), "" }
        for i, h in ipairs(c.hypotheses) do
          out[#out + 1] = (i == 1 and "  if   " or "  and  ") .. (h.text or h.left)
        end
        out[#out + 1] = "  then " .. (c.conclusion.text or c.conclusion.left)
        if c.correction then
          out[#out + 1] = "\n" .. text.hang("  Note: ", c.correction, width())
        end
        out[#out + 1] = "\n" .. text.hang("  Source: ", c.source, width())
        return table.concat(out, "\n")
      end
    end
  end
end

local map = {
  { "Systems", { "systems" } },
  { "Runs", { "run", "run:step", "run:go", "run:rewind", "run:fork", "run:claims", "run:probes",
    "run:series", "run:record" } },
  { "Show", { "plot", "plot:save", "style", "dash", "demo", "tour" } },
  { "Many runs", { "sweep", "frame", "fit" } },
  { "Numbers", { "mat", "rng", "data", "graph", "dict", "robust" } },
  { "Your own", { "dyn.ode", "dyn.gradient", "safety.table" } },
  { "Session", { "who", "timeit", "args", "session.save", "help.search" } },
}

-- What a doc says first: up to the end of the sentence, a colon or a bracket.
local function short(doc)
  local first = #doc
  for _, mark in ipairs{ "[.:] ", " %(", "%.$" } do
    first = math.min(first, (doc:find(mark) or #doc + 1) - 1)
  end
  return doc:sub(1, first)
end

-- A row of the map: a function and what it does, or a module and what is in it.
local function map_row(name)
  if index[name] then
    local shown = name:gsub("^run:", "r:"):gsub("^plot:", "p:")
    return { shown, short(index[name].doc) }
  end
  local names = {}
  for i, row in ipairs(children(name)) do names[i] = row.name:sub(#name + 2) end
  return #names > 0 and { name, table.concat(names, ", ") } or nil
end

local function map_page()
  local out = { "orrery " .. (o.version or "")
    .. ": build a system, let it run, watch theory move" }
  for _, part in ipairs(map) do
    local rows = {}
    for _, name in ipairs(part[2]) do
      if name == "systems" then
        for _, s in ipairs(help._systems()) do rows[#rows + 1] = { s.name, s.doc } end
      else
        rows[#rows + 1] = map_row(name)
      end
    end
    out[#out + 1] = section(part[1])
    out[#out + 1] = text.columns(rows, { indent = 2 })
  end
  local names = {}
  for name in pairs(topics) do names[#names + 1] = name end
  table.sort(names)
  out[#out + 1] = section("Topics")
  out[#out + 1] = para(table.concat(names, " · "), 2)
  out[#out + 1] = "\n" .. para("demo(\"first\") begins, demo() lists more. ?name shows a page "
    .. "(?net.linear, ?\"step size\"), Tab completes.")
  return table.concat(out, "\n")
end

-- -------------------------------------------------------------------- search

local function all_pages()
  local list = {}
  for name, row in pairs(index) do list[#list + 1] = { name, row.doc or "", row.usage or "" } end
  for name, t in pairs(topics) do
    if not index[name] then list[#list + 1] = { name, t[1], t[2] or "" } end
  end
  for _, s in ipairs(help._systems()) do
    local sys = help._system(s.name)
    for _, p in ipairs(sys.probes) do list[#list + 1] = { p.name, p.doc or "", p.label } end
    for _, c in ipairs(sys.claims) do list[#list + 1] = { c.name, c.title, c.statement or "" } end
  end
  return list
end

-- Every word must occur; names count before summaries, summaries before texts.
local function score(page, words)
  local total = 0
  for _, word in ipairs(words) do
    local s = page[1]:lower():find(word, 1, true) and 4 or page[2]:lower():find(word, 1, true) and 2
      or page[3]:lower():find(word, 1, true) and 1 or 0
    if s == 0 then return 0 end
    total = total + s
  end
  return total
end

local function search_page(query)
  local words, hits, seen = {}, {}, {}
  for word in query:lower():gmatch("%S+") do words[#words + 1] = word end
  if #words == 0 then return map_page() end
  for _, page in ipairs(all_pages()) do
    local s = score(page, words)
    if s > 0 and not seen[page[1]] then
      seen[page[1]] = true
      hits[#hits + 1] = { page[1], page[2], s }
    end
  end
  table.sort(hits, function(a, b)
    if a[3] ~= b[3] then return a[3] > b[3] end
    return a[1] < b[1]
  end)
  if #hits == 0 then return "nothing about '" .. query .. "'; help() is the map" end
  local rows, most = {}, 20
  for i = 1, math.min(most, #hits) do rows[i] = { hits[i][1], hits[i][2] } end
  local more = #hits > most and string.format("\n  … %d more", #hits - most) or ""
  return text.columns(rows, { indent = 2 }) .. more
end

-- ------------------------------------------------------------------ the function

-- "r:step" and "run.step" mean run:step; a value of orrery means its kind.
local function resolve(name)
  if index[name] or topics[name] then return name end
  local object, method = name:match("^[%w_]+[.:]([%w_]+)$"), nil
  method = object
  for _, kind in ipairs{ "run", "mat", "plot", "system", "rng" } do
    if method and index[kind .. ":" .. method] then return kind .. ":" .. method end
    if index[kind .. ":" .. name] then return kind .. ":" .. name end
  end
end

local function unknown_page(name)
  local names, seen = {}, {}
  for _, page in ipairs(all_pages()) do
    if not seen[page[1]] then
      seen[page[1]] = true
      names[#names + 1] = page[1]
    end
  end
  local near = internal.nearest(name, names)
  local found = search_page(name)
  local out = "no help about '" .. name .. "'"
    .. (near and " (did you mean '" .. near .. "'?)" or "")
  if not found:find("^nothing about") then out = out .. "; pages that mention it:\n" .. found end
  return out
end

local function page_of(name)
  if help._system(name) then return system_page(name) end
  local known = resolve(name)
  if known and topics[known] then return topic_page(known) end
  if known then return row_page(known) end
  local below = children(name)
  if #below > 0 then return prefix_page(name, below) end
  return find_in_systems(name) or unknown_page(name)
end

local function call(_, what)
  if what == nil then return text.page(map_page) end
  if type(what) ~= "string" then
    internal.raise("help: argument 1 (name): expected a name in quotes, got a " .. type(what))
  end
  return text.page(function() return page_of(what) end)
end

function help.search(words)
  if type(words) ~= "string" then
    internal.raise("help.search: argument 1 (words): expected a text, got a " .. type(words))
  end
  local topic = words:lower()
  if topics[topic] then return text.page(function() return topic_page(topic) end) end
  return text.page(function() return search_page(words) end)
end

-- Topics are found by completion and by the test that runs every example.
for name, t in pairs(topics) do
  internal.help{ name = name, kind = "topic", usage = name, doc = t[1] .. ".", example = t[3] }
end

internal.help{ name = "help", usage = "help([name]) -> text",
  doc = "The map of the workbench, or the page about a name or topic. At the prompt: ?name.",
  example = "print(help('run:step'))" }
internal.help{ name = "help.search", usage = "help.search(words) -> text",
  doc = "Pages in which all the words occur. At the prompt: ?\"words\".",
  example = "print(help.search('step size'))" }

setmetatable(help, { __call = call, __name = "orrery.helper" })
