-- SPDX-License-Identifier: GPL-3.0-or-later
-- meta.lua - lua/meta/orrery.lua, what an editor's language server knows of orrery, from the
-- tables of the program: "make reference" writes it, a test compares.
--
-- Every system has three classes, NAME.options, NAME.system and NAME.run; run() gives the last
-- for the second, so that r.gap is known of a linear network and r.nadir of a power grid.

local index = help._index
local out

local function put(fmt, ...) out[#out + 1] = select("#", ...) > 0 and fmt:format(...) or fmt end

local keywords = {}
for word in ([[and break do else elseif end false for function goto if in local nil not or repeat return
  then true until while]]):gmatch("%a+") do keywords[word] = true end

-- What cannot be said by the type of an option alone.
local special = {
  ["sweep.grid"] = "table<string, any[]>", ["sweep.list"] = "table[]",
  ["sweep.random"] = "table<string, table>", ["sweep.latin"] = "table<string, table>",
  ["sweep.seeds"] = "integer|integer[]", ["sweep.run"] = "fun(p: table, g: rng): any",
  ["sweep.stop"] = "table|fun(p: table): table",
  ["sweep.row"] = "fun(r: any, p: table, g: rng): table", ["dash.layout"] = "string|string[]",
  ["dash.plots"] = "table<string, plot>", ["run.record"] = "string[]",
  ["plot.ghost"] = "run|run[]", ["plot.name"] = "string|string[]",
  ["dict.code.names"] = "string|string[]",
}
local types = { real = "number", int = "integer", bool = "boolean", text = "string",
  matrix = "matrix|table", ["function"] = "function", list = "table", table = "table" }

local function choices(o)
  local list = {}
  for i, choice in ipairs(o.choices or {}) do list[i] = '"' .. choice .. '"' end
  return table.concat(list, "|")
end

local function type_of(owner, o)
  local known = special[owner .. "." .. o.key]
  if known then return known end
  if o.type == "choice" and o.choices then return choices(o) end
  if o.type == "choice or real" then return "number" .. (o.choices and "|" .. choices(o) or "") end
  return types[o.type] or "any"
end

local function one_line(text) return (text:gsub("%s+", " ")) end

local function field(key, optional, kind, doc)
  put("---@field %s%s %s %s", key:find("^[%a_][%w_]*$") and key or '["' .. key .. '"]',
    optional and "?" or "", kind, one_line(doc))
end

local function option_fields(owner, list)
  for _, o in ipairs(list or {}) do
    field(o.key, o.default ~= "required", type_of(owner, o), o.doc:gsub("%.$", "")
      .. (o.default ~= "" and o.default ~= "required" and "; default: " .. o.default or "") .. ".")
  end
end

-- ------------------------------------------------------------------------- signatures

-- Words of a usage for what a function gives; self: the class of its object.
local gives = { matrix = "matrix", vector = "matrix", number = "number", integer = "integer",
  boolean = "boolean", text = "string", list = "table", table = "table", record = "table",
  run = "run", system = "system", plot = "plot", frame = "frame", graph = "graph", fit = "fit",
  dictionary = "dictionary", stream = "rng", result = "sweep", names = "string[]", options = "table",
  ["text or nil"] = "string?", ["table or nil"] = "table?", ["number or vector"] = "number|matrix",
  ["integer or vector"] = "integer|matrix", ["number, vector or matrix"] = "number|matrix",
  ["vector or list"] = "matrix|table", ["list of verdicts"] = "table[]", code = "table",
  ["list of records"] = "table[]", ["list of tables"] = "table[]", ["fit or frame"] = "fit|frame",
  position = "integer", id = "integer", series = "table", timing = "table", pivot = "table" }

-- "a, b or {c, d}" cut at the commas that are in no bracket; square brackets mark what is optional.
local function arguments(text)
  local list, word, deep, optional, mine = {}, "", 0, 0, 0
  local function close()
    word = word:match("^%s*(.-)%s*$")
    if word ~= "" then list[#list + 1] = { word, mine > 0 } end
    word, mine = "", optional
  end
  for c in text:gmatch(utf8.charpattern) do
    if c == "[" and deep == 0 then
      optional = optional + 1
      if not word:find("%S") then mine = optional end
    elseif c == "]" and deep == 0 then
      mine = math.max(mine, optional)
      close()
      optional = optional - 1
      mine = optional
    elseif c == "," and deep == 0 then
      close()
    else
      if c == "{" or c == "(" then deep = deep + 1 elseif c == "}" or c == ")" then deep = deep - 1 end
      word = word .. c
    end
  end
  close()
  return list
end

local guesses = { rows = "integer", cols = "integer", n = "integer", k = "integer", seed = "integer",
  name = "string", file = "string", words = "string", label = "string", fn = "function",
  separator = "string", stream = "any", dim = "integer", tol = "number", count = "integer" }

-- Names and types of the parameters of a usage.
local function parameters(name, usage)
  local inside = usage:match("%b()")
  local list, seen = {}, {}
  for i, argument in ipairs(arguments(inside and inside:sub(2, -2) or "{}")) do
    local word, optional = argument[1], argument[2]
    local key = word:match("^[%a_][%w_]*$")
    local kind = key and guesses[key] or "any"
    if word:find("…", 1, true) == 1 or word:find("%.%.%.") then
      key, kind = "...", "any"
    elseif word:find("^{") then
      key, kind = "options", index[name].options and name:gsub(":", ".") .. ".options" or "table"
    elseif not key or keywords[key] then
      key = word:find("^function") and "fn" or word:find("^\"") and "what" or "value"
    end
    while seen[key] do key = key .. i end
    seen[key] = true
    list[#list + 1] = { key, optional, kind }
    if key == "..." then break end
  end
  return list
end

local function returns(usage, self)
  local said = usage:match("%-> ([^;]*)$") or usage:match("%-> ([^;]*);") or ""
  said = said:gsub(" for .*", ""):gsub(", [%w_.:]+%(.*", "") -- the first of several ways to call it
  if said == "" then return nil end
  if gives[said] then return gives[said] end
  local list = {}
  for i, word in ipairs(arguments(said)) do
    local w = word[1]
    list[i] = #w == 1 and (self or "any") or gives[w] or w:find("^{") and "table" or "any"
  end
  return table.concat(list, ", ")
end

-- self: the class that a letter stands for behind "->".
local function signature(target, name, self)
  local r = index[name]
  local list = parameters(name, r.usage)
  put("---%s", one_line(r.doc))
  put("---")
  put("---`%s`", one_line(r.usage))
  local names = {}
  for i, p in ipairs(list) do
    put("---@param %s%s %s", p[1], p[1] ~= "..." and p[2] and "?" or "", p[3])
    names[i] = p[1]
  end
  local given = returns(r.usage, self)
  if given then put("---@return %s", given) end
  put("function %s(%s) end\n", target, table.concat(names, ", "))
end

-- ---------------------------------------------------------------------------- systems

local kinds = { scalar = "number", vector = "matrix", matrix = "matrix", field = "matrix",
  complex = "matrix", flow = "matrix" }

local function system_classes(name)
  local s = help._system(name)
  put("---@class %s.options", name)
  option_fields(name, index[name].options)
  put("\n---%s", one_line(s.summary))
  put("---@class %s.system: system\n", name)
  put("---@class %s.run: run", name)
  local seen = {}
  for method in pairs(index) do seen[method:match("^run:(.*)$") or ""] = true end
  for _, p in ipairs(s.probes) do
    if not seen[p.name] then field(p.name, false, kinds[p.kind] or "any", p.doc) end
    seen[p.name] = true
  end
  for _, o in ipairs(index[name].options or {}) do
    if o.live and not seen[o.key] then field(o.key, false, type_of(name, o), o.doc) end
    seen[o.key] = true
  end
  for _, b in ipairs(assert(load("return " .. s.example))():blocks()) do
    if not seen[b.name] then field(b.name, false, "matrix", "Block of the state.") end
    seen[b.name] = true
  end
  put("")
end

local function sorted(match)
  local list = {}
  for name, r in pairs(index) do if match(name, r) then list[#list + 1] = name end end
  table.sort(list)
  return list
end

-- ---------------------------------------------------------------------------- classes

local values = { -- class, kind of its methods, what else it has
  { "matrix", "mat", { "---@field rows integer", "---@field cols integer", "---@field T matrix",
    "---@field [integer] any", "---@operator add(any): matrix", "---@operator sub(any): matrix",
    "---@operator mul(any): matrix", "---@operator div(number): matrix", "---@operator pow(integer): matrix",
    "---@operator unm: matrix", "---@operator len: integer" } },
  { "rng", "rng" },
  { "plot", "plot" },
  { "frame", "frame", { "---@field [string] any", "---@operator len: integer" } },
  { "fit", "fit", { "---@field slope number", "---@field intercept number", "---@field r2 number",
    "---@field [string] any" } },
  { "graph", "graph", { "---@field [string] any" } },
  { "dictionary", "dictionary", { "---@field [string] any" } },
  { "sweep", "sweep", { "---@field failed integer" } },
  { "system", "system", { "---@field [string] any" } },
  { "run", "run", { "---@field k integer Step.", "---@field t number Time.",
    "---@field eta number The step about to be taken.", "---@field known integer The last known step.",
    "---@field name string", "---@field stopped string Why it stopped.", "---@field seconds number",
    "---@field system system", "---@field stepper string", "---@field [string] any" } },
}

local function value_class(class, kind, more)
  put("---@class %s", class)
  for _, line in ipairs(more or {}) do put(line) end
  local object = class .. "_methods"
  put("local %s = {}\n", object)
  for _, name in ipairs(sorted(function(n) return n:find("^" .. kind .. ":") end)) do
    local word = name:match(":(.*)$")
    signature(object .. (keywords[word] and '["' .. word .. '"]' or ":" .. word), name, class)
  end
end

-- Options of plain functions, of run (with those of every stepper) and of ways to save.
local function option_classes()
  for _, name in ipairs(sorted(function(_, r)
    return r.options and #r.options > 0 and (r.kind == "function" or r.kind == "method")
  end)) do
    put("---@class %s.options", name:gsub(":", "."))
    option_fields(name, index[name].options)
    if name == "run" then
      local seen = {}
      for _, o in ipairs(index.run.options) do seen[o.key] = true end
      for _, s in ipairs(help._steppers()) do
        for _, o in ipairs(index[s.name].options or {}) do
          if not seen[o.key] then option_fields(s.name, { o }) end
          seen[o.key] = true
        end
      end
      put("---@field [string] any A knob of the stepper or of its rule.")
    end
    put("")
  end
end

local class_of = { mat = "matrix" } -- of what a module makes, where it is not named like it

-- A global that is a table of functions and perhaps itself a function.
local function module(name)
  put("---@class %s.module", name)
  if name == "run" then
    for _, s in ipairs(help._systems()) do
      put("---@overload fun(system: %s.system, options?: run.options): %s.run", s.name, s.name)
    end
    put("---@overload fun(system: system, options?: run.options): run")
  elseif index[name] and index[name].usage:find("[({]") then
    local list, words = parameters(name, index[name].usage), {}
    for i, p in ipairs(list) do
      words[i] = p[1] .. (p[1] ~= "..." and p[2] and "?" or "") .. ": " .. p[3]
    end
    put("---@overload fun(%s)%s", table.concat(words, ", "),
      (function(given) return given and ": " .. given or "" end)(returns(index[name].usage, "any")))
  end
  put("%s = {}\n", name)
  for _, full in ipairs(sorted(function(n) return n:find("^" .. name .. "%.") end)) do
    local kind = index[full].kind
    if kind == "function" then
      signature(full, full, class_of[name] or "any")
    elseif kind == "system" then
      put("---%s", one_line(index[full].doc))
      put("---@param options? %s.options", full)
      put("---@return %s.system", full)
      put("function %s(options) end\n", full)
    end
  end
end

return function()
  out = {}
  put("-- SPDX-License-Identifier: GPL-3.0-or-later")
  put("---@meta orrery")
  put("-- Types of orrery for the Lua language server. Made from the tables of the program by")
  put("-- tools/meta.lua: \"make reference\" writes it anew.\n")
  for _, s in ipairs(help._systems()) do system_classes(s.name) end
  option_classes()
  for _, v in ipairs(values) do value_class(v[1], v[2], v[3]) end
  local modules, plain, seen = {}, {}, {}
  for name, r in pairs(index) do
    local first, rest = name:match("^([%w_]+)([.:]?)")
    if orrery[first] ~= nil and not seen[first] and type(orrery[first]) == "table" then
      modules[#modules + 1] = first
      seen[first] = true
    elseif rest == "" and name == first and type(orrery[first]) == "function" and r.kind == "function" then
      plain[#plain + 1] = first
    end
  end
  table.sort(modules)
  table.sort(plain)
  for _, name in ipairs(modules) do module(name) end
  for _, name in ipairs(plain) do signature(name, name) end
  put("---@class orrery")
  for _, name in ipairs(modules) do put("---@field %s %s.module", name, name) end
  for _, name in ipairs(plain) do put("---@field %s function", name) end
  put("orrery = {}\n\nreturn orrery")
  return (table.concat(out, "\n"):gsub("\n\n\n+", "\n\n")) .. "\n"
end
