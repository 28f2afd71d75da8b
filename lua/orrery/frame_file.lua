-- SPDX-License-Identifier: GPL-3.0-or-later
-- frame_file.lua - frames from and into files: CSV and TSV (cut into cells by C), JSON lines.

local _, internal = ...
local lib = internal.frames
local core, missing, fail = lib.core, lib.missing, lib.fail

-- --------------------------------------------------------------------- JSON

local escapes = { ["n"] = "\n", ["t"] = "\t", ["r"] = "\r", ["b"] = "\b", ["f"] = "\f",
  ["/"] = "/", ["\\"] = "\\", ['"'] = '"' }
local words = { NaN = 0 / 0, Infinity = math.huge, ["-Infinity"] = -math.huge }

-- A record of one line: text, where it is read, and what an error says.
local function bad(r, what)
  fail("frame: %s: line %d, byte %d: %s", r.path, r.line, r.at, what)
end

local function skip(r) r.at = r.s:match("^[ \t]*()", r.at) end

-- Halves of a pair of surrogates, each written as three bytes, are one character.
local function join_surrogates(s)
  return (s:gsub("\xed([\xa0-\xaf])([\x80-\xbf])\xed([\xb0-\xbf])([\x80-\xbf])",
    function(a, b, c, d)
      local hi = (a:byte() & 0x0f) << 6 | b:byte() & 0x3f
      return utf8.char(0x10000 + (hi << 10 | (c:byte() & 0x0f) << 6 | d:byte() & 0x3f))
    end))
end

local function unescape(r, body)
  if not body:find("\\", 1, true) then return body end
  return join_surrogates((body:gsub("\\(.)(%x?%x?%x?%x?)", function(c, hex)
    if c ~= "u" then return (escapes[c] or bad(r, "unknown escape \\" .. c)) .. hex end
    if #hex < 4 then bad(r, "\\u needs four hexadecimal digits") end
    return utf8.char(tonumber(hex, 16))
  end)))
end

local function json_text(r)
  local from = r.at + 1
  local at = from
  while true do
    local stop = r.s:find('["\\]', at)
    if not stop then bad(r, "a text is not closed") end
    if r.s:byte(stop) == 34 then
      r.at = stop + 1
      return unescape(r, r.s:sub(from, stop - 1))
    end
    at = stop + 2
  end
end

-- A list or an object within a record is kept as the text it is.
local function json_nested(r)
  local from, depth = r.at, 0
  while true do
    local c = r.s:sub(r.at, r.at)
    if c == "" then bad(r, "a list or an object is not closed") end
    if c == '"' then
      json_text(r)
    else
      depth = depth + ((c == "[" or c == "{") and 1 or (c == "]" or c == "}") and -1 or 0)
      r.at = r.at + 1
      if depth == 0 then return r.s:sub(from, r.at - 1) end
    end
  end
end

local function json_value(r)
  local c = r.s:sub(r.at, r.at)
  if c == '"' then
    local s = json_text(r)
    return words[s] or s
  elseif c == "{" or c == "[" then
    return json_nested(r)
  end
  local word = r.s:match("^[%w+.-]+", r.at)
  if not word then bad(r, "expected a value") end
  r.at = r.at + #word
  if word == "true" then return true elseif word == "false" then return false
  elseif word == "null" then return missing end
  local x = word:find("^-?%d") and core.number(word)
  return x or bad(r, "'" .. word .. "' is no value")
end

local function check_end(r)
  skip(r)
  if r.at <= #r.s then bad(r, "text behind the record") end
end

-- put(name, value) for every field of the object on this line.
local function json_record(r, put)
  skip(r)
  if r.s:sub(r.at, r.at) ~= "{" then bad(r, "expected a record {\"name\":value, …}") end
  r.at = r.at + 1
  skip(r)
  if r.s:sub(r.at, r.at) == "}" then return end
  while true do
    -- Most fields are plain names and numbers: one look each.
    local name, word, c, behind = r.s:match('^%s*"([^"\\]*)"%s*:%s*(-?%d[%d.eE+-]*)%s*([,}])()', r.at)
    while name and core.number(word) do
      put(name, core.number(word))
      r.at = behind
      if c == "}" then return check_end(r) end
      name, word, c, behind = r.s:match('^%s*"([^"\\]*)"%s*:%s*(-?%d[%d.eE+-]*)%s*([,}])()', r.at)
    end
    skip(r)
    if r.s:sub(r.at, r.at) ~= '"' then bad(r, "expected a name in quotes") end
    name = json_text(r)
    skip(r)
    if r.s:sub(r.at, r.at) ~= ":" then bad(r, "expected ':'") end
    r.at = r.at + 1
    skip(r)
    put(name, json_value(r))
    skip(r)
    c = r.s:sub(r.at, r.at)
    r.at = r.at + 1
    if c == "}" then return check_end(r) elseif c ~= "," then
      r.at = r.at - 1
      bad(r, "expected ',' or '}'")
    end
  end
end

local function read_jsonl(path)
  local names, col, n, line = {}, {}, 0, 0
  for s in (core.text(path) .. "\n"):gmatch("(.-)\r?\n") do
    line = line + 1
    local header = n == 0 and s:find('^%s*{"header":')
    if s:find("%S") and not header then
      n = n + 1
      json_record({ s = s, at = 1, path = path, line = line }, function(name, v)
        local c = col[name]
        if not c then
          c = {}
          for i = 1, n - 1 do c[i] = missing end
          names[#names + 1], col[name] = name, c
        end
        c[n] = v
      end)
      for _, c in pairs(col) do
        if c[n] == nil then c[n] = missing end
      end
    end
  end
  return lib.make(names, col, n)
end

-- ------------------------------------------------------------------ reading

local function ending(path) return (path:gsub("%.gz$", ""):match("%.([%w]+)$") or ""):lower() end

function lib.read(path)
  local kind = ending(path)
  if kind == "jsonl" then return read_jsonl(path) end
  local names, columns, n = core.read(path, missing)
  local col = {}
  for i, name in ipairs(names) do
    if name == "" then name = "x" .. i end
    if col[name] then fail("frame: %s: two columns are named '%s'", path, name) end
    names[i], col[name] = name, columns[i]
  end
  return lib.make(names, col, n)
end

-- ------------------------------------------------------------------ writing

local separators = { csv = ",", tsv = "\t", jsonl = "{" }

function lib.methods.save(f, path)
  local d = lib.check_self(f, "frame:save")
  if type(path) ~= "string" then
    fail("frame:save: expected a file name, got %s", internal.describe(path))
  end
  local kind = path:match("%.([%w]+)$")
  kind = kind and kind:lower()
  if #d.names == 0 then fail("frame:save: the frame has no columns") end
  if not separators[kind] then
    fail("frame:save: '%s': expected a name that ends in .csv, .tsv or .jsonl", path)
  end
  local columns = {}
  for c, name in ipairs(d.names) do columns[c] = d.col[name] end
  core.put(path, separators[kind], d.names, columns, d.n)
  return f
end
internal.help{ name = "frame:save", usage = "f:save(file) -> f",
  doc = "Write the frame as .csv, .tsv or .jsonl; frame(file) reads it back bit for bit. Version and "
    .. "script stand in front. A missing value is an empty cell or null, nan and infinities are words.",
  example = "n = os.tmpname() .. '.csv'; frame{ a={1, 2} }:save(n); print(frame(n)); os.remove(n)" }
