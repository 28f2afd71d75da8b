-- SPDX-License-Identifier: GPL-3.0-or-later
-- reference.lua - doc/reference.md from the tables of the program: "make reference" writes it, a
-- test compares. local text = dofile("tools/reference.lua")(what --help prints)

local index = help._index
local out

local function put(fmt, ...) out[#out + 1] = select("#", ...) > 0 and fmt:format(...) or fmt end

-- Text for a cell of a table or a paragraph: what Markdown would read otherwise is escaped.
local function plain(text) return (text:gsub("[\\|*_<>`%[%]]", "\\%0"):gsub("\n", " ")) end

local function code(text) return "`" .. text:gsub("|", "\\|") .. "`" end

local function sentence(text)
  text = plain(text)
  return text:find("[.!?]$") and text or text .. "."
end

local function rows_table(heads, rows)
  if #rows == 0 then return end
  put("| " .. table.concat(heads, " | ") .. " |")
  put("|" .. ("-|"):rep(#heads))
  for _, row in ipairs(rows) do put("| " .. table.concat(row, " | ") .. " |") end
  put("")
end

-- ---------------------------------------------------------------------------- options

local kinds = { real = "number", int = "whole number", bool = "true or false",
  ["choice or real"] = "number or choice" }

local function option_row(o)
  local values = o.choices and #o.choices > 0 and "\"" .. table.concat(o.choices, "\", \"") .. "\""
    or o.range:gsub("9%.007199255e%+15", "2^53")
  local kind = o.choices and o.type == "choice" and values
    or (kinds[o.type] or o.type) .. (values ~= "" and " " .. values or "")
  return { code(o.key), plain(kind), plain(o.unit), o.default ~= "" and code(o.default) or "",
    sentence(o.doc) .. (o.live and " Knob." or "") }
end

local function options(name)
  local rows = {}
  for i, o in ipairs(index[name].options or {}) do rows[i] = option_row(o) end
  rows_table({ "option", "values", "unit", "default", "meaning" }, rows)
end

-- ---------------------------------------------------------------------------- systems

local function probes(s)
  local rows = {}
  for i, p in ipairs(s.probes) do
    rows[i] = { code(p.name), plain(p.label), p.kind, plain(p.unit or ""), p.cost,
      p.bounds and (p.side == "upper" and "≥ " or "≤ ") .. code(p.bounds) or "", plain(p.doc) }
  end
  put("Probes\n")
  rows_table({ "probe", "label", "kind", "unit", "cost", "bound of", "meaning" }, rows)
end

local function claims(s)
  local rows = {}
  for i, c in ipairs(s.claims) do
    local needs = {}
    for k, h in ipairs(c.hypotheses) do needs[k] = plain(h.text or h.left) end
    rows[i] = { code(c.name), plain(c.statement), table.concat(needs, "; "),
      plain(c.conclusion.text or c.conclusion.left),
      plain(c.source) .. (c.correction and ". Note: " .. plain(c.correction) or "") }
  end
  if #rows == 0 then return end
  put("Claims\n")
  rows_table({ "claim", "statement", "if", "then", "source" }, rows)
end

local function rules(s, from)
  local rows = {}
  for i = from, #s.rules do rows[#rows + 1] = { code(s.rules[i].name), plain(s.rules[i].doc) } end
  if #rows == 0 then return end
  put("Step rules\n")
  rows_table({ "rule", "meaning" }, rows)
end

local general = 3 -- rules of every system with a loss come first

local function systems()
  put("## Systems\n")
  for _, entry in ipairs(help._systems()) do
    local s = help._system(entry.name)
    put("### %s\n\n%s", s.name, sentence(s.summary))
    put("%s\n", sentence("Source: " .. s.source))
    put("Moves by `%s`%s unless told otherwise. Recorded unless told otherwise: %s.\n", s.stepper or "flow",
      s.rule and ", rule `" .. s.rule .. "`," or "",
      #s.record > 0 and "`" .. table.concat(s.record, "`, `") .. "`" or "nothing")
    put("    %s\n", s.example)
    put("Options\n")
    options(s.name)
    probes(s)
    claims(s)
    rules(s, general + 1)
  end
end

local function steppers()
  put("## Steppers\n\n`run(system, {stepper=\"NAME\", option=value, …})`.\n")
  for _, s in ipairs(help._steppers()) do
    put("### %s\n\n%s", s.name, sentence(s.doc))
    put("%s\n", s.source and sentence("Source: " .. s.source) or "")
    options(s.name)
    if s.name == "gd" then
      local rows = {}
      for i, r in ipairs(help._system("net.linear").rules) do
        if i <= general then rows[i] = { code(r.name), plain(r.doc) } end
      end
      put("Step rules of every system with a loss\n")
      rows_table({ "rule", "meaning" }, rows)
    end
  end
end

-- -------------------------------------------------------------------------- functions

-- The part of a name before its last word: "mat" for mat.zeros and mat:svd; "" for run.
local function module_of(name) return name:match("^([%w_]+)[.:]") or "" end

local function row(name)
  local r = index[name]
  put("#### %s\n\n    %s\n\n%s\n", name, r.usage, sentence(r.doc))
  options(name)
  if r.example then put("    %s\n", r.example) end
end

local function functions()
  local modules, names = {}, {}
  for name, r in pairs(index) do
    if r.kind == "function" or r.kind == "method" or (r.kind == "topic" and r.usage ~= name) then
      local module = module_of(name)
      -- A function with methods stands with them: run, plot, frame.
      if module == "" then module = name end
      modules[module] = modules[module] or {}
      table.insert(modules[module], name)
    end
  end
  for module, list in pairs(modules) do
    names[#names + 1] = module
    table.sort(list)
  end
  table.sort(names)
  put("## Functions\n\nBrackets mean that an argument may be left out.\n")
  for _, module in ipairs(names) do
    put("### %s\n", module == "dictionary" and "dictionary (a value of dict)" or module)
    for _, name in ipairs(modules[module]) do row(name) end
  end
end

-- -------------------------------------------------------------------------- dashboard

local function panels()
  local names = {}
  for name, r in pairs(index) do if r.kind == "panel" then names[#names + 1] = name end end
  table.sort(names)
  put("## Panels\n\n%s\n", [[
A layout is a text: `v(…)` puts boxes one above the other, `h(…)` side by side, a box is a panel or again
`v` or `h`. `:3` behind a box is its share of the room (1 unless given), `:=8` so many rows or columns. In
brackets behind a panel stand quantities, then options:
`v(h(trace(loss, gap_bound), meter(pl)):3, claims:2, console:=8)`. Every panel has the options
`title` and `run`.]])
  for _, name in ipairs(names) do
    put("### %s\n\n    %s\n\n%s\n", name, index[name].usage, sentence(index[name].doc))
    local rows = {}
    for _, o in ipairs(index[name].options) do
      if o.key ~= "title" and o.key ~= "run" then rows[#rows + 1] = option_row(o) end
    end
    rows_table({ "option", "values", "unit", "default", "meaning" }, rows)
  end
end

local function keys()
  local rows = {}
  for i, k in ipairs(help._keys()) do rows[i] = { code(k.key), k.group, plain(k.doc) } end
  put("## Keys of the dashboard\n")
  rows_table({ "key", "group", "meaning" }, rows)
end

local files = { -- ending, who writes, who reads, what is in it
  { ".csv .tsv", "`r:write`, `r:record`, `f:save`, `mat.save`, `sweep`", "`frame`, `mat.load`, `data.csv`",
    "lines of `# name: value`, a line of names, rows; 17 digits, so that numbers read back bit for bit" },
  { ".jsonl", "`r:write`, `r:record`, `f:save`, `sweep`", "`frame`", "one object a line, a header first" },
  { ".npy", "`r:write`, `mat.save`", "`mat.load`, `data.npy`", "NumPy's format, version 1.0, float64" },
  { ".gz", "", "all readers of tables, `data.idx`", "gzip around any of these" },
  { "IDX", "", "`data.idx`, `data.two_classes`", "MNIST's format" },
  { ".run", "`r:save`", "`run.load`",
    "system, state, history and series of a run; no code; byte order is checked" },
  { ".svg .pdf .png .txt .gp", "`p:save`, `ui.frame`", "`orrery replay`",
    "figures; version, script and its hash in the metadata; .gp is a gnuplot script with its data" },
  { ".cast", "`--record`", "`orrery replay`, asciinema", "asciicast version 2 with markers" },
  { ".lua", "`session.save`", "`orrery`, `orrery replay`", "lines that worked, and the hashes to end with" },
  { ".bus.tsv .branch.tsv .gen.tsv", "", "`graph.load`", "a power grid; see [grids.md](grids.md)" },
}

return function(usage)
  out = {}
  put("# Reference\n\n%s\n", [[
<!-- Made from the tables of the program by tools/reference.lua: "make reference" writes it anew. -->
Every option, probe, claim, function, panel and key, made from the tables of the program. At the prompt
`?NAME` shows the same page. The [manual](manual.md) goes by task, the [cookbook](cookbook.md) by problem.

Contents: [systems](#systems), [steppers](#steppers), [functions](#functions), [panels](#panels),
[keys](#keys-of-the-dashboard), [command line](#command-line), [files](#files).

In the tables of probes, cost says what reading one takes: free, step (about one gradient), factor (a
factorisation), dear (many gradients). "Knob." means that the option can be changed while a run goes on.]])
  systems()
  steppers()
  functions()
  panels()
  keys()
  put("## Command line\n\n```text\n%s```\n\nEnvironment and files of the user: `man orrery`.\n", usage)
  put("## Files\n")
  rows_table({ "ending", "written by", "read by", "what is in it" }, files)
  return (table.concat(out, "\n"):gsub("\n\n\n+", "\n\n"):gsub("\n+$", "\n"))
end
