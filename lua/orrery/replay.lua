-- SPDX-License-Identifier: GPL-3.0-or-later
-- replay.lua - what was written builds itself again: sessions as scripts that end by checking
-- the hashes of their runs, figures that carry the script they came from.

local o, internal = ...
local session, help = o.session, internal.help
local stage = internal.stage()
local most_text = 65536

-- ------------------------------------------------------------------------- sessions

-- Lines that play or write something and would do so again.
local function is_about_itself(line)
  return line:find("^%s*session%.%a+%s*[({\"']") or line:find("^%s*demo%s*[({\"']")
    or line:find("^%s*tour%s*[({\"']") or line:find("^%s*dash%s*[({]")
end

local function kept_lines()
  local lines = {}
  for _, line in ipairs(session.lines()) do
    if not is_about_itself(line) then lines[#lines + 1] = line end
  end
  return lines
end

-- The runs that globals name, with their hashes, in the order of the names.
local function states()
  local list = {}
  for name, value in next, _G do
    if type(name) == "string" and name:find("^%a[%w_]*$") and o.plot._type(value) == "run" then
      local _, _, hash = stage.where(value)
      if hash then list[#list + 1] = { name, hash } end
    end
  end
  table.sort(list, function(a, b) return a[1] < b[1] end)
  return list
end

-- session.save(file): a script of the lines that succeeded, which ends in the same states
function session.save(file)
  local lines, rows = kept_lines(), {}
  local count = #lines
  for i, row in ipairs(states()) do rows[i] = row[1] .. " = \"" .. row[2] .. "\"" end
  table.insert(lines, 1, "-- the lines of an orrery " .. (o.version or "")
    .. " session that succeeded")
  if #rows > 0 then
    lines[#lines + 1] = "-- where its runs stood"
    lines[#lines + 1] = "session.check{ " .. table.concat(rows, ", ") .. " }"
  end
  session._put(file, table.concat(lines, "\n") .. "\n")
  return count
end
help{ name = "session.save", usage = "session.save(file) -> number of blocks",
  doc = "Write the lines of this session that succeeded to a file that runs as a script. Its end "
    .. "checks that every run stands where it stood: the same hash.",
  example = "f = os.tmpname(); session.save(f); os.remove(f)" }

-- session.check{r = "hash", …}: the runs of these globals have these hashes
function session.check(hashes)
  if type(hashes) ~= "table" then
    internal.raise("session.check: argument 1 (hashes): expected a table such as {r = r:hash()}, got "
      .. internal.describe(hashes))
  end
  local names = {}
  for name, hash in pairs(hashes) do
    if type(name) ~= "string" or type(hash) ~= "string" then
      internal.raise("session.check: expected names with hashes, such as {r = r:hash()}, got "
        .. internal.describe(name) .. " = " .. internal.describe(hash))
    end
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    local r = rawget(_G, name)
    local hash = o.plot._type(r) == "run" and r:hash() or nil
    if hash ~= hashes[name] then
      internal.raise(string.format("session.check: %s has the hash %s, the session ended with %s",
        name, hash or "of no run", tostring(hashes[name])))
    end
    print(string.format("%s  %s  step %d, as saved", name, hash, r.k))
  end
end
help{ name = "session.check", usage = "session.check{ name = hash, … }",
  doc = "Each named run must have the hash that is given: what the last line of a saved session "
    .. "does. Prints one line a run, raises where one differs.",
  example = "session.check{}" }

-- --------------------------------------------------------------- a text in letters

local letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

local function encode(s)
  local out = {}
  for i = 1, #s, 3 do
    local a, b, c = s:byte(i, i + 2)
    local n = a << 16 | (b or 0) << 8 | (c or 0)
    for k = 0, c and 3 or b and 2 or 1 do
      local at = (n >> (18 - 6 * k) & 63) + 1
      out[#out + 1] = letters:sub(at, at)
    end
  end
  return table.concat(out)
end

local function decode(s)
  local out = {}
  for i = 1, #s, 4 do
    local piece, n = s:sub(i, i + 3), 0
    for k = 1, 4 do
      local at = k <= #piece and letters:find(piece:sub(k, k), 1, true) or 1
      n = n << 6 | at - 1
    end
    out[#out + 1] = string.char(n >> 16 & 255, n >> 8 & 255, n & 255):sub(1, #piece - 1)
  end
  return table.concat(out)
end

-- -------------------------------------------------------------------------- figures

-- What a figure that is saved now came from: the script with its arguments, or the lines of the
-- session up to this one. In letters that every format carries unchanged; nil: nothing is known.
internal.stage_source(function()
  local name, text = session._script()
  if not name and session._replaying then text = session._replaying.text end
  local words = {}
  if name then
    for _, word in ipairs(rawget(_G, "arg") or {}) do words[#words + 1] = string.format("%q", word) end
  elseif not text then
    local lines = kept_lines()
    lines[#lines + 1] = session._current()
    text = #lines > 0 and table.concat(lines, "\n") or nil
  end
  if not text or #text > most_text then return nil end
  return encode(string.format("return{version=%q,script=%q,arguments={%s},text=%q}", o.version,
    name or "session", table.concat(words, ","), text))
end)

local mark = "orrery%-source%-1:([%w_-]+)%."

local function source_of(bytes)
  local code = bytes:match(mark)
  local fn = code and load(decode(code), "=source", "t", {})
  local ok, source = pcall(fn or error)
  if ok and type(source) == "table" and type(source.text) == "string" then return source end
end

local function base(path) return path:match("[^/]*$") end

-- Run the script that a figure carries; it writes its figures anew.
local function rebuild(file, bytes, source)
  local saved = {}
  local fn, why = load(source.text:gsub("^#[^\n]*", ""), "=" .. source.script, "t")
  if not fn then internal.raise("session.replay: " .. why) end
  local before = rawget(_G, "arg")
  rawset(_G, "arg", table.move(source.arguments, 1, #source.arguments, 1, { [0] = source.script }))
  internal.stage_saved(function(path) saved[#saved + 1] = path end)
  session._replaying = source
  if source.script ~= "session" then session._script(source.script, source.text) end
  local ok, err = pcall(fn, table.unpack(source.arguments))
  session._replaying = nil
  internal.stage_saved(nil)
  rawset(_G, "arg", before)
  if not ok then error(err, 0) end
  for _, path in ipairs(saved) do
    if base(path) == base(file) then
      local again = stage.read_file(path)
      local from = source.version ~= o.version
        and string.format(" (made by orrery %s, this is %s)", source.version, o.version) or ""
      print(path .. (again == bytes and ": built again, the same bytes"
        or ": built again, other bytes" .. from))
      return
    end
  end
  print(string.format("the script of %s ran and wrote %s", file,
    #saved > 0 and table.concat(saved, ", ") or "no figure"))
end

-- session.replay(file): a saved session, or the script inside a figure, run again
function session.replay(file)
  if type(file) ~= "string" then
    internal.raise("session.replay: argument 1 (file): expected a file name, got "
      .. internal.describe(file))
  end
  local bytes, why = stage.read_file(file)
  if not bytes then internal.raise("session.replay: cannot read " .. file .. ": " .. why) end
  local source = source_of(bytes)
  if source then return rebuild(file, bytes, source) end
  if bytes:find("^%-%- the lines of an orrery ") then
    local fn, message = load(bytes, "@" .. file, "t")
    if not fn then internal.raise("session.replay: " .. message) end
    return fn()
  end
  internal.raise("session.replay: " .. file
    .. " is no recording, no saved session and no figure that carries its script")
end
help{ name = "session.replay", usage = "session.replay(file)",
  doc = "Run a saved session again, or the script that a figure (.svg, .pdf, .png, .txt, .gp) "
    .. "carries: it writes its figures anew, and it is said whether the bytes are the same. Runs "
    .. "code from the file: orrery --sandbox replay FILE for files of others.",
  example = "f = os.tmpname(); session.save(f); session.replay(f); os.remove(f)" }
