-- SPDX-License-Identifier: GPL-3.0-or-later
-- calls.lua - bytes become calls: public functions and methods with option tables and other
-- arguments of every kind, in a row, each with what the earlier ones gave. Whatever is wrong is
-- said in one sentence; an error of Lua's own inside the library is a finding.
local index, registry = ...

local skip = { dash = true, demo = true, tour = true, sweep = true, timeit = true, ["session.replay"] = true,
  ["session.save"] = true, args = true, print = true }

-- name -> function; "kind:method" stays a name, its function comes from a value
local functions, methods = {}, {}
for name, row in next, index do
  local kind, method = name:match("^(%w+):([%w_]+)$")
  if kind then
    methods[kind] = methods[kind] or {}
    table.insert(methods[kind], method)
  elseif not skip[name] and not name:find("^ui%.") and row.usage then
    local f = orrery
    for part in name:gmatch("[^.]+") do f = type(f) == "table" and rawget(f, part) or nil end
    local mt = type(f) == "table" and getmetatable(f)
    if type(f) == "function" or (mt and mt.__call) then
      functions[#functions + 1] = { name = name, f = f, options = row.options }
    end
  end
end
table.sort(functions, function(a, b) return a.name < b.name end)
for _, list in next, methods do table.sort(list) end

local function kind_of(value)
  local mt = type(value) == "userdata" and getmetatable(value)
  for key, known in next, registry do
    if known == mt and type(key) == "string" then return key:match("^orrery%.(%w+)$") end
  end
end

local function never() error("called", 0) end
local makers = {
  function() return nil end, function() return true end, function() return false end,
  function() return -1 end, function() return 0 end, function() return 1 end,
  function() return 2 end, function() return 3 end, function() return 5 end,
  function() return 0.37 end, function() return 1e-300 end, function() return 1e300 end,
  function() return 1 / 0 end, function() return 0 / 0 end, function() return -1 / 0 end,
  function() return math.maxinteger end, function() return math.mininteger end,
  function() return 1 << 40 end, function() return "" end, function() return "x" end,
  function() return "3" end, function() return "a\0b" end, function() return ("n"):rep(700) end,
  function() return "x.csv" end, function() return "x.npy" end, function() return "x.svg" end,
  function() return {} end, function() return { 1, 2 } end, function() return { { 1, 2 }, { 3, 4 } } end,
  function() return { "a", "b" } end, function() return { x = 1, [2] = "y" } end,
  function() return { 1, "b", {} } end, function() return setmetatable({}, { __index = never }) end,
  function() return mat.eye(3) end, function() return mat.zeros(2, 5) end,
  function() return mat { 1, 0 / 0, 3 } end, function() return rng(4) end,
  function() return function(x) return x end end, function() return never end,
  function() return coroutine.create(never) end, function() return math.sin end,
  function() local t = {} t[1] = t return t end,
}

-- Reads the bytes from the front; zeros behind the end.
local function reader(bytes)
  local at = 0
  return function(n)
    at = at + 1
    return (bytes:byte(at) or 0) % n
  end
end

local function pick(list, byte) return list[1 + byte(#list)] end

local function value_for(option, byte, things)
  local how = byte(6)
  if option and option.choices and how < 3 then return (pick(option.choices, byte)) end
  if option and how < 4 and (option.type == "int" or option.type == "real") then
    return pick({ 1, 2, 3, 4, 0.5, 7, 0, 1e-3 }, byte)
  end
  if how == 4 and #things > 0 then return (pick(things, byte)) end
  return (pick(makers, byte)())
end

local function option_table(options, byte, things)
  local t = {}
  for _ = 1, byte(6) do
    local option = pick(options, byte)
    t[option.key] = value_for(option, byte, things)
  end
  if byte(16) == 0 then t.unknown = 1 end
  return t
end

local function complain(name, message)
  if type(message) ~= "string" then return end -- thrown by a function that was given
  local inner = message:match("^%[.-%]:%d+: .*") or message:match("^%[string .-%]:%d+: .*")
  if inner or message:find("assertion", 1, true) then error(name .. ": " .. message, 0) end
  if message:find("\n", 1, true) and not message:find("stack traceback", 1, true)
    and #message > 2000 then
    error(name .. ": a long complaint: " .. message, 0)
  end
end

local function call(name, f, things, ...)
  local results = table.pack(pcall(f, ...))
  if not results[1] then return complain(name, results[2]) end
  for i = 2, math.min(results.n, 3) do
    local value = results[i]
    if value ~= nil then
      local ok, text = pcall(tostring, value)
      if not ok then complain("tostring of " .. name, text) end
      things[#things + 1] = value
    end
  end
end

local function arguments(row, byte, things)
  local list, n = {}, byte(4)
  for i = 1, n do list[i] = value_for(nil, byte, things) end
  if row.options and #row.options > 0 and byte(4) > 0 then
    n = n + 1
    list[n] = option_table(row.options, byte, things)
    if row.name == "run" and n == 1 then n, list[1], list[2] = 2, things[1], list[1] end
  end
  return list, n
end

-- Everything that can be read off a run.
local function look(r)
  for _, row in ipairs(r.system:probes()) do
    local ok, why = pcall(function() return r[row.name] end)
    if not ok then complain("r." .. tostring(row.name), why) end
  end
end

return function(bytes)
  local byte, things = reader(bytes), {}
  for _ = 1, 2 + byte(5) do
    local object = #things > 0 and byte(2) == 1 and pick(things, byte)
    local kind = object and kind_of(object)
    if kind and methods[kind] then
      local method = pick(methods[kind], byte)
      local row = index[kind .. ":" .. method]
      local list, n = arguments({ name = method, options = row.options }, byte, things)
      call(kind .. ":" .. method, function(...) return object[method](object, ...) end, things,
        table.unpack(list, 1, n))
    else
      local row = functions[1 + (byte(256) << 8 | byte(256)) % #functions]
      local list, n = arguments(row, byte, things)
      call(row.name, row.f, things, table.unpack(list, 1, n))
    end
    local last = things[#things]
    if kind_of(last) == "system" then
      call("run", run, things, last)
      last = things[#things]
    end
    if kind_of(last) == "run" then
      call("run:step", function() return last:step(2) end, {})
      call("a look", look, {}, last)
    end
  end
end
