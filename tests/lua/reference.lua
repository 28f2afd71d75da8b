-- SPDX-License-Identifier: GPL-3.0-or-later
-- reference.lua - doc/reference.md and lua/meta/orrery.lua are what the tables of the program say;
-- REFERENCE_UPDATE=1 ("make reference") writes them.

local src, build = assert(os.getenv("abs_srcdir")), assert(os.getenv("abs_builddir"))

local function read(file)
  local h <close> = io.open(file)
  return h and h:read("a") or ""
end

local function current(file, text)
  if (os.getenv("REFERENCE_UPDATE") or "") ~= "" then
    local h <close> = assert(io.open(src .. "/" .. file, "w"))
    h:write(text)
    return
  end
  local there = read(src .. "/" .. file)
  if there == text then return end
  local line, a, b = 0, there:gmatch("[^\n]*"), text:gmatch("[^\n]*")
  repeat
    line = line + 1
    local x, y = a(), b()
  until x ~= y or not x
  error(string.format("%s is not current from line %d on: 'make reference' writes it", file, line), 0)
end

local usage
do
  local pipe <close> = assert(io.popen("'" .. build .. "/orrery' --help"))
  usage = pipe:read("a")
end

-- ---------------------------------------------------------------------- the reference
local reference = dofile(src .. "/tools/reference.lua")(usage)
for name, row in pairs(help._index) do
  if row.kind ~= "topic" then
    local heading = row.kind == "function" or row.kind == "method"
    assert(reference:find((heading and "#### " or "### ") .. name .. "\n", 1, true), "no heading of " .. name)
  end
  for _, o in ipairs(row.options or {}) do
    assert(reference:find("| `" .. o.key .. "` |", 1, true) or o.key == "title", name .. "." .. o.key)
  end
end
for _, s in ipairs(help._systems()) do
  local system = help._system(s.name)
  for _, list in ipairs{ system.probes, system.claims } do
    for _, row in ipairs(list) do assert(reference:find("| `" .. row.name .. "` |", 1, true), row.name) end
  end
end
for _, key in ipairs(help._keys()) do assert(reference:find("| `" .. key.key:gsub("|", "\\|") .. "` |", 1, true)) end
-- Every row of a table has as many cells as its head.
local cells
for line in reference:gmatch("[^\n]*") do
  local count = line:find("^|") and select(2, line:gsub("\\|", ""):gsub("|", ""))
  if count and cells then assert(count == cells, line) end
  cells = count or nil
end

-- --------------------------------------------------------------------- the meta file
local meta = dofile(src .. "/tools/meta.lua")()
local chunk = assert(load(meta, "=meta", "t", {}))
local module = chunk()
assert(type(module) == "table")

-- What a line of annotations names is there: classes that are used, parameters of the function below.
local classes = {}
for name in meta:gmatch("%-%-%-@class ([%w_.]+)") do
  assert(not classes[name], "class " .. name .. " is there twice")
  classes[name] = true
end
local known = { any = 1, number = 1, integer = 1, string = 1, boolean = 1, table = 1, ["function"] = 1,
  fun = 1, ["nil"] = 1, self = 1, p = 1, g = 1, r = 1, n = 1, system = 1, options = 1 }
local function check(words, line)
  words = words:gsub('"[^"]*"', ""):gsub("[%a_][%w_]*%??:", "")
  for word in words:gmatch("[%a_][%w_.]*") do assert(known[word] or classes[word], word .. " in " .. line) end
end
local params = {}
local methods = 0
for line in meta:gmatch("[^\n]+") do
  local param, kind = line:match("^%-%-%-@param (%S-)%?? (.*)$")
  if param then
    params[#params + 1] = param
    check(kind, line)
  elseif line:find("^%-%-%-@return ") then
    check(line:match("@return (.*)"), line)
  elseif line:find("^%-%-%-@overload fun%(") then
    check(line:match("@overload (.*)"), line)
  elseif line:find("^function ") then
    assert(line:match("%((.*)%)") == table.concat(params, ", "), line)
    params = {}
    methods = methods + 1
  end
end
assert(methods > 250, methods .. " functions only")
for name, row in pairs(help._index) do
  if row.kind == "function" and name:find("%.") then
    assert(meta:find("\nfunction " .. name .. "(", 1, true), "meta lacks " .. name)
  elseif row.kind == "system" then
    assert(classes[name .. ".run"] and classes[name .. ".options"], name)
  end
end

current("doc/reference.md", reference)
current("lua/meta/orrery.lua", meta)
