-- SPDX-License-Identifier: GPL-3.0-or-later
-- session.lua - commands about the session itself: who, timeit, args.

local o, internal = ...
local session = o.session
local exit = os.exit -- a sandbox takes it away
local help = internal.help

-- Names that are there from the start are not the user's; the program asks again when
-- it has made its own.
local builtin = {}

function session._begin(env)
  for name in next, env do builtin[name] = true end
end
session._begin(_G)

local function is_own(name, value)
  return builtin[name] or name == "orrery" or rawequal(rawget(o, name), value)
end

local function shape_of(value)
  if type(value) == "table" then
    local n = 0
    for _ in next, value do n = n + 1 end
    return n == 1 and "1 entry" or n .. " entries"
  elseif type(value) == "string" then
    return #value .. " bytes"
  elseif math.type(value) then
    return string.format("%.6g", value)
  end
  local mt = debug and debug.getmetatable(value)
  local name = mt and rawget(mt, "__name")
  if name == "orrery.mat" then return value.rows .. " x " .. value.cols end
  if name == "orrery.run" then return "step " .. value.k end
  if name == "orrery.system" then return value.name end
  return ""
end

local function kind_of(value)
  local mt = type(value) == "userdata" and debug and debug.getmetatable(value)
  local name = mt and rawget(mt, "__name")
  return name and name:match("^orrery%.(.+)$") or type(value)
end

local function bytes_of(value)
  local mt = type(value) == "userdata" and debug and debug.getmetatable(value)
  if mt and rawget(mt, "__name") == "orrery.mat" then return value.rows * value.cols * 8 end
end

local table_mt = {
  __name = "orrery.table",
  __tostring = function(rows) return internal.text.columns(rows, rows) end,
}

-- who() -> what you have made in this session
function o.who(env)
  if env ~= nil and type(env) ~= "table" then
    internal.raise("who: argument 1: expected a table of names and values, got "
      .. internal.describe(env))
  end
  local rows = { heads = { "name", "type", "shape", "bytes" }, right = { [4] = true } }
  for name, value in next, env or _G do
    if not is_own(name, value) and type(name) == "string" and name:sub(1, 1) ~= "_" then
      rows[#rows + 1] = { name, kind_of(value), shape_of(value), tostring(bytes_of(value) or "") }
    end
  end
  table.sort(rows, function(a, b) return a[1] < b[1] end)
  return setmetatable(rows, table_mt)
end
help{ name = "who", usage = "who() -> table",
  doc = "What you have made in this session: name, type, shape, bytes.",
  example = "x = mat.zeros(3, 4); print(who())" }

local function show_seconds(s)
  if s < 1e-6 then return string.format("%.0f ns", s * 1e9) end
  if s < 1e-3 then return string.format("%.3g µs", s * 1e6) end
  if s < 1 then return string.format("%.3g ms", s * 1e3) end
  return string.format("%.3g s", s)
end

local timing_mt = {
  __name = "orrery.timing",
  __tostring = function(t)
    return string.format("%s per call (best of %d times %d calls)", show_seconds(t.seconds),
      t.rounds, t.calls)
  end,
}

-- timeit(f) -> seconds per call, the best of five rounds of at least 40 ms
function o.timeit(f, ...)
  if type(f) ~= "function" then
    error("timeit: argument 1 (f): expected a function, got " .. type(f), 2)
  end
  local clock, calls, best = session._clock, 1, nil
  local function round()
    local begin = clock()
    for _ = 1, calls do f() end
    return clock() - begin
  end
  local took = round()
  while took < 0.04 and calls < 1e9 do
    local factor = took <= 0 and 8 or math.min(8, 0.05 / took)
    calls = math.max(calls + 1, math.floor(calls * factor))
    took = round()
    if took == 0 and calls > 4096 then break end
  end
  best = took
  for _ = 2, 5 do best = math.min(best, round()) end
  return setmetatable({ seconds = best / calls, calls = calls, rounds = 5 }, timing_mt)
end
help{ name = "timeit", usage = "timeit(f) -> timing",
  doc = "How long one call of f takes: the best of five rounds of at least 40 ms each.",
  example = "print(timeit(function() return 1 + 1 end).seconds > 0)" }

-- ------------------------------------------------------------------ args

local function usage(spec, program)
  local lines = { "usage: " .. program .. " [options]" }
  if type(spec[1]) == "string" then lines[#lines + 1] = spec[1] end
  for _, row in ipairs(spec) do
    if type(row) == "table" then
      local default = row[2]
      local left = "  --" .. row[1]
      if type(default) ~= "boolean" then
        left = left .. (math.type(default) and " N" or " TEXT")
      end
      local right = row[3] or ""
      if default ~= "" and type(default) ~= "boolean" then
        right = right .. " (default " .. tostring(default) .. ")"
      end
      lines[#lines + 1] = string.format("%-26s %s", left, right)
    end
  end
  lines[#lines + 1] = string.format("%-26s %s", "  --help", "this text")
  return table.concat(lines, "\n")
end

local function convert(row, text)
  local default = row[2]
  if math.type(default) == "integer" then
    local x = math.tointeger(tonumber(text))
    if not x then error("--" .. row[1] .. " takes a whole number, got '" .. text .. "'", 0) end
    return x
  elseif math.type(default) then
    local x = tonumber(text)
    if not x then error("--" .. row[1] .. " takes a number, got '" .. text .. "'", 0) end
    return x + 0.0
  end
  return text
end

-- The values of the words in list; an error says what is wrong with them.
local function read_words(spec, list, values, rows, names)
  local i = 1
  while i <= #list do
    local word = list[i]
    local name, given = word:match("^%-%-([%w_-]+)=?(.*)$")
    if not name then error("unexpected argument '" .. word .. "' (options begin with --)", 0) end
    local row = rows[name:gsub("-", "_")] or rows[name]
    if name == "help" then return usage(spec, list[0] or "script") end
    if not row then
      local near = internal.nearest(name, names)
      error("unknown option --" .. name .. (near and " (did you mean --" .. near .. "?)" or
        " (--help lists them)"), 0)
    end
    if type(row[2]) == "boolean" then
      values[row[1]] = true
    else
      if not word:find("=", 1, true) then
        i = i + 1
        given = list[i]
        if not given then error("--" .. name .. " needs a value", 0) end
      end
      values[row[1]] = convert(row, given)
    end
    i = i + 1
  end
end

-- args{ "what the script does", {"h", 100, "hidden units"}, … } -> table of values. Words of
-- the command line that are wrong end the script with status 2, --help with 0; words given
-- as a list raise.
function o.args(spec, list)
  if type(spec) ~= "table" then
    internal.raise("args: argument 1 (spec): expected a table such as "
      .. "{{\"h\", 100, \"hidden units\"}}")
  end
  local values, rows, names = {}, {}, {}
  for _, row in ipairs(spec) do
    if type(row) == "table" then
      values[row[1]], rows[row[1]] = row[2], row
      names[#names + 1] = row[1]
    end
  end
  local words = list or rawget(_G, "arg") or {}
  local ok, text = pcall(read_words, spec, words, values, rows, names)
  if not ok and (list or not io) then internal.raise("args: " .. text) end -- a sandbox does not leave
  if not ok then
    io.stderr:write(words[0] or "script", ": ", text, "\n")
    exit(2, true)
  elseif text then
    print(text)
    exit(0, true)
  end
  return values
end
help{ name = "args", usage = "args{ \"what it does\", {name, default, help}, … } -> table",
  doc = "Options of a script from its command line: --name VALUE or --name=VALUE, typed as the "
    .. "default is (a truth value is a switch); --help prints them all.",
  example = "a = args({ 'demo', {'h', 20, 'hidden units'} }, {'--h', '30'}); print(a.h)" }
