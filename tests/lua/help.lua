-- SPDX-License-Identifier: GPL-3.0-or-later
-- Every public name is documented, every example runs, and help finds things.
local t = dofile(os.getenv("abs_srcdir") .. "/tests/lua/lib.lua")
local index = debug.getregistry()["orrery.help"]

-- ------------------------------------------------- what users can name has a row

local missing = {}
local function need(name)
  local row = index[name]
  if not row then
    missing[#missing + 1] = name
  elseif not row.doc or row.doc == "" or not row.usage then
    missing[#missing + 1] = name .. " (without usage or doc)"
  end
end

local function walk(prefix, value, depth)
  for key, inner in next, value do
    if type(key) == "string" and key:sub(1, 1) ~= "_" then
      local name = prefix .. key
      local callable = type(inner) == "function" or (getmetatable(inner) or {}).__call
      if callable then need(name) end
      if type(inner) == "table" and depth < 3 then walk(name .. ".", inner, depth + 1) end
    end
  end
end
walk("", orrery, 1)

local methods = 0
for key, mt in next, debug.getregistry() do
  local kind = type(key) == "string" and type(mt) == "table" and key:match("^orrery%.(%w+)$")
  local list = kind and rawget(mt, "__methods")
  if list then
    for name in next, list do
      need(kind .. ":" .. name)
      methods = methods + 1
    end
    t.same(rawget(mt, "__name"), key)
    assert(rawget(mt, "__tostring"), key .. " cannot be printed")
  end
end
-- Types that are made in Lua: their methods stand in a table of the metatable.
for _, value in ipairs{ frame{ { a = 1 } }, fit({ 1, 2, 3 }, { 1, 2, 4 }), dict.synthetic{}.D,
    sweep{ grid = { x = { 1 } }, run = function() return { y = 1 } end } } do
  local mt = getmetatable(value)
  local kind, list = mt.__name:match("^orrery%.(%w+)$"), mt.__methods or mt.__index
  assert(kind and type(list) == "table" and mt.__tostring, tostring(mt.__name))
  for name in next, list do
    need(kind .. ":" .. name)
    methods = methods + 1
  end
end
assert(methods > 150, methods .. " methods only")
table.sort(missing)
assert(#missing == 0, "not documented: " .. table.concat(missing, ", "))

-- Every option says what it is.
for name, row in next, index do
  for _, option in ipairs(row.options or {}) do
    assert(option.key and option.doc ~= "" and option.type ~= "", name .. ": option " .. tostring(option.key))
  end
end

-- --------------------------------------------------------- every example runs

local names, broken, ran = {}, {}, 0
for name in next, index do names[#names + 1] = name end
table.sort(names)
local silent = function() end
for _, name in ipairs(names) do
  local row = index[name]
  if row.example then
    local env = setmetatable({ print = function(...)
      for i = 1, select("#", ...) do tostring((select(i, ...))) end
    end, io = setmetatable({ write = silent }, { __index = io }) }, { __index = _G })
    local chunk, why = load(row.example, "=example of " .. name, "t", env)
    local ok = chunk ~= nil
    if chunk then ok, why = pcall(chunk) end
    if not ok then broken[#broken + 1] = name .. ": " .. tostring(why) end
    ran = ran + 1
  elseif row.kind == "function" and name ~= "dash" and not name:find("^ui%.") then -- need a screen
    broken[#broken + 1] = name .. ": has no example"
  end
end
assert(#broken == 0, table.concat(broken, "\n"))
assert(ran > 120, ran .. " examples only")

-- ------------------------------------------------------------------ the pages

local function page(...) return tostring(help(...)) end
-- The map names every module and every system, and what makes values besides.
local known = { _VERSION = true, help = true, orrery = true }
for name, value in next, orrery do
  local shown = ("\n" .. page()):find("\n  " .. name .. "[ .]")
  assert(shown or known[name] or type(value) ~= "table" or name:find("^_") or name == "ui",
    "the map lacks " .. name)
end
for _, s in ipairs(help._systems()) do assert(page():find(s.name, 1, true), s.name) end
for _, topic in ipairs{ "keys", "panels", "own systems", "reproducibility" } do
  assert(page():find(topic, 1, true) and #page(topic) > 200, topic)
end
for _, key in ipairs(help._keys()) do
  assert(page("keys"):find("  " .. key.key .. " ", 1, true), "the page of keys lacks " .. key.key)
end
for name, row in pairs(index) do
  assert(row.kind ~= "panel" or page("panels"):find("  " .. name:sub(7) .. " ", 1, true), name)
end
assert(page("mat.zeros"):find("^mat%.zeros%(rows %[, cols%]%) %-> matrix\n"))
assert(page("mat"):find("mat:svd", 1, true))
assert(page("data.linear"):find("teacher_std", 1, true))
assert(page("net.linear"):find("init_scale", 1, true))
assert(page("mat.zerso"):find("did you mean 'mat.zeros'?", 1, true))
assert(tostring(help.search("singular value decomposition")):find("mat:svd", 1, true))
assert(tostring(help.search("qwertyuiop")):find("nothing about", 1, true))
-- all pages of all names fit the window
for _, w in ipairs{ 80, 120 } do
  orrery.width = w
  for _, name in ipairs(names) do
    for line in page(name):gmatch("[^\n]+") do
      local wide = utf8.len((line:gsub("\xcc[\x80-\xbf]", ""))) -- combining marks take no room
      local code = line:match("^%s*(.-)%s*$") -- usage and examples stay whole
      if wide > w and code ~= index[name].usage and code ~= index[name].example then
        error(name .. " at " .. w .. " columns: " .. line)
      end
    end
  end
end
orrery.width = 80
t.fails(function() help(3) end, "help: argument 1 (name): expected a name in quotes, got a number")
