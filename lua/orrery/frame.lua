-- SPDX-License-Identifier: GPL-3.0-or-later
-- frame.lua - frames: rows of named values (numbers, texts, truth values, missing ones).
-- Here: making them, looking at them, choosing and ordering rows and columns. Files are in
-- frame_file.lua, groups, joins and pivots in frame_group.lua.
--
-- A column is a plain table of as many values as the frame has rows; what is missing is the
-- value `missing`, so that no column has holes. Columns are never changed once they are in a
-- frame: frames may share them.

local o, internal = ...
local core, text, mat = internal.frame(), internal.text, o.mat

local missing = setmetatable({}, { __name = "orrery.missing",
  __tostring = function() return "missing" end })
local DATA = {} -- key of what a frame holds: { names=, col=, n=, seen= }
local methods = {}
local frame_mt = { __name = "orrery.frame", __methods = methods, __fields = { "columns" } }

-- What the other files of frames are made with; methods are added to the same table.
local lib = { core = core, missing = missing, methods = methods }
internal.frames = lib

function lib.fail(fmt, ...) internal.raise(string.format(fmt, ...)) end
local fail = lib.fail

local function type_of(v)
  local mt = type(v) == "userdata" and debug and debug.getmetatable(v) or
    type(v) == "table" and getmetatable(v)
  local name = type(mt) == "table" and rawget(mt, "__name")
  return type(name) == "string" and name:match("^orrery%.(.*)") or type(v)
end
lib.type_of = type_of

function lib.is_frame(v) return type(v) == "table" and getmetatable(v) == frame_mt end
function lib.data(f) return rawget(f, DATA) end

-- A frame of these names, columns (by name) and rows.
function lib.make(names, col, n)
  return setmetatable({ [DATA] = { names = names, col = col, n = n, seen = {} } }, frame_mt)
end

-- ------------------------------------------------------------------- columns

-- The columns' name nearest to one that is not there, as an error.
local function no_column(d, fn, name)
  local near = internal.nearest(name, d.names)
  fail("%s: no column '%s'%s", fn, name, near and " (did you mean '" .. near .. "'?)"
    or d.names[1] and " (the columns are " .. table.concat(d.names, ", ", 1, math.min(#d.names, 12))
      .. (#d.names > 12 and ", …" or "") .. ")" or " (the frame has no columns)")
end

function lib.check_column(d, fn, name)
  if type(name) ~= "string" then
    fail("%s: expected the name of a column, got %s", fn, internal.describe(name))
  end
  return d.col[name] or no_column(d, fn, name)
end
local check_column = lib.check_column

-- Names given one by one or as a list, all of them columns.
function lib.check_names(d, fn, ...)
  local names = type((...)) == "table" and (...) or { ... }
  for _, name in ipairs(names) do check_column(d, fn, name) end
  return names
end

function lib.check_self(f, fn)
  if not lib.is_frame(f) then
    fail("%s: expected a frame (method calls take a colon), got %s", fn, internal.describe(f))
  end
  return lib.data(f)
end
local check_self = lib.check_self

-- What a column holds: kind ("number", "boolean", "text", "mixed", or "missing" when there
-- is no value at all), how many are missing, how many are nan.
function lib.seen(d, name)
  local s = d.seen[name]
  if s then return s end
  local kind, gone, nan = nil, 0, 0
  for _, v in ipairs(d.col[name]) do
    if v == missing then
      gone = gone + 1
    else
      local t = type(v)
      if v ~= v then nan = nan + 1 end
      if kind == nil then kind = t elseif kind ~= t then kind = "mixed" end
    end
  end
  s = { kind = kind == "string" and "text" or kind or "missing", missing = gone, nan = nan }
  d.seen[name] = s
  return s
end

-- Numbers of a column as a list; missing ones as nan. Raises for other kinds.
function lib.numbers(d, fn, name)
  local col = check_column(d, fn, name)
  local kind = lib.seen(d, name).kind
  if kind ~= "number" and kind ~= "missing" then
    fail("%s: column '%s' holds %s, not numbers", fn, name, kind == "boolean" and "truth values"
      or kind == "text" and "texts" or "values of different kinds")
  end
  if lib.seen(d, name).missing == 0 then return col end
  local out = {}
  for i = 1, d.n do out[i] = col[i] == missing and 0 / 0 or col[i] end
  return out
end

-- The column as users get it: numbers as a vector, others as a list.
local function public_column(d, name)
  local kind = lib.seen(d, name).kind
  if d.n > 0 and (kind == "number" or kind == "missing") then
    return core.vector(lib.numbers(d, "frame", name))
  end
  return table.move(d.col[name], 1, d.n, 1, {})
end

-- ------------------------------------------------------------------- making

-- where: what a message says of its place, with two fields for a and b.
local function check_value(v, where, a, b)
  if v == nil or v == missing then return missing end
  local t = type(v)
  if t == "number" or t == "string" or t == "boolean" then return v end
  fail("frame: " .. where .. ": expected a number, a text, true, false or nil, got %s", a, b,
    internal.describe(v))
end

-- A list, vector or column of n values (n nil: as many as there are).
local function read_column(name, values, n)
  local kind = type_of(values)
  if kind == "mat" then values = values:totable() end
  if type(values) ~= "table" then
    fail("frame: column '%s': expected a list or a vector, got %s", name, internal.describe(values))
  end
  local out = {}
  for i = 1, n or #values do out[i] = check_value(values[i], "column '%s', row %d", name, i) end
  return out
end
lib.read_column = read_column

local function sorted_keys(set)
  local names = {}
  for key in pairs(set) do
    if type(key) ~= "string" then
      fail("frame: columns have names, got the key %s", internal.describe(key))
    end
    names[#names + 1] = key
  end
  table.sort(names)
  return names
end

-- Names asked for must be there; without any, all in the alphabet's order.
local function order_names(set, wanted)
  if wanted == nil then return sorted_keys(set) end
  if type(wanted) ~= "table" then
    fail("frame: argument 2: expected a list of column names, got %s", internal.describe(wanted))
  end
  local seen = {}
  for _, name in ipairs(wanted) do
    if seen[name] then fail("frame: the column '%s' is named twice", tostring(name)) end
    if not set[name] then no_column({ names = sorted_keys(set) }, "frame", tostring(name)) end
    seen[name] = true
  end
  return table.move(wanted, 1, #wanted, 1, {})
end

local function from_rows(rows, wanted)
  local set, col = {}, {}
  for i, row in ipairs(rows) do
    if type(row) ~= "table" then
      fail("frame: row %d: expected a table such as {step=1, loss=0.5}, got %s", i,
        internal.describe(row))
    end
    for name in pairs(row) do set[name] = true end
  end
  local names = order_names(set, wanted)
  for _, name in ipairs(names) do
    local c = {}
    for i, row in ipairs(rows) do c[i] = check_value(row[name], "row %d, column '%s'", i, name) end
    col[name] = c
  end
  return lib.make(names, col, #rows)
end

local function from_columns(given, wanted)
  local names, col, n, first = order_names(given, wanted), {}, 0, nil
  for _, name in ipairs(names) do
    local c = read_column(name, given[name])
    if first and #c ~= n then
      fail("frame: column '%s' has %d values, column '%s' has %d", name, #c, first, n)
    end
    col[name], n, first = c, #c, first or name
  end
  return lib.make(names, col, n)
end

-- A matrix and names of its columns.
local function from_matrix(m, wanted)
  local names, col = {}, {}
  if wanted ~= nil and (type(wanted) ~= "table" or #wanted ~= m.cols) then
    fail("frame: a matrix of %d columns needs a list of %d names", m.cols, m.cols)
  end
  for c = 1, m.cols do
    local name = wanted and wanted[c] or "x" .. c
    if col[name] then fail("frame: the column '%s' is named twice", tostring(name)) end
    names[c], col[name] = name, m:col(c):totable()
  end
  return lib.make(names, col, m.rows)
end

local function from_series(s)
  local col = { k = s.step:totable(), t = s.t:totable(), [s.name] = s.value:totable() }
  for i, k in ipairs(col.k) do col.k[i] = math.tointeger(k) or k end
  return lib.make({ "k", "t", s.name }, col, #col.k)
end

-- Everything a run records: one row for each step at which something was sampled.
local function from_run(r, wanted)
  local at, steps, times, lists, names = {}, {}, {}, {}, {}
  for _, p in ipairs(r:probes()) do
    local ok, s = pcall(r.series, r, p.name)
    if p.kind == "scalar" and p.name ~= "k" and p.name ~= "t" and ok and s and #s.step > 0 then
      local step, t, value = s.step:totable(), s.t:totable(), s.value:totable()
      local list = {}
      for i, k in ipairs(step) do
        if not at[k] then
          at[k], steps[#steps + 1], times[k] = true, k, t[i]
        end
        list[k] = value[i]
      end
      names[#names + 1], lists[p.name] = p.name, list
    end
  end
  table.sort(steps)
  local col = { k = {}, t = {} }
  for _, name in ipairs(names) do col[name] = {} end
  for i, k in ipairs(steps) do
    col.k[i], col.t[i] = math.tointeger(k) or k, times[k]
    for _, name in ipairs(names) do
      local v = lists[name][k]
      if v == nil then v = missing end
      col[name][i] = v
    end
  end
  local f = lib.make(table.move(names, 1, #names, 3, { "k", "t" }), col, #steps)
  return wanted and f:select(wanted) or f
end

-- The rows of a sweep, with the columns of its result file.
local function from_sweep(s)
  local names, col, rows = s:names(), {}, s:rows()
  for _, name in ipairs(names) do
    local c = {}
    for i, row in ipairs(rows) do c[i] = check_value(row[name], "row %d, column '%s'", i, name) end
    col[name] = c
  end
  return lib.make(names, col, #rows)
end

local function make_frame(_, what, wanted)
  local kind = type_of(what)
  if kind == "string" then
    local f = lib.read(what)
    return wanted and f:select(wanted) or f
  end
  if kind == "run" then return from_run(what, wanted) end
  if kind == "sweep" then
    local f = from_sweep(what)
    return wanted and f:select(wanted) or f
  end
  if kind == "series" then return from_series(what) end
  if kind == "mat" then return from_matrix(what, wanted) end
  if kind == "frame" then return wanted and what:select(wanted) or what end
  if kind ~= "table" then
    fail("frame: expected a file, rows or columns, a matrix, a sweep, a run or a series, got %s",
      internal.describe(what))
  end
  if #what > 0 or next(what) == nil then return from_rows(what, wanted) end
  return from_columns(what, wanted)
end

o.frame = setmetatable({ missing = missing }, { __call = make_frame, __name = "orrery.framer" })
internal.help{ name = "frame", usage = "frame(what [, columns]) -> frame",
  doc = "Rows of named values: numbers, texts, truth values and missing ones. What: a file (.csv, "
    .. ".tsv, .jsonl, plain or gzipped), a sweep or its result file, a list of rows {{step=1, loss=0.5}, …}, "
    .. "a table of columns {step={1, 2}, loss={…}}, a matrix with a list of names, a run (all that it "
    .. "records, by k and t) or a series. Columns come in the order of the second argument, else in "
    .. "that of the alphabet. f.loss is a column (numbers as a vector, missing ones as nan), #f the "
    .. "number of rows; frames do not change but by f.name = values: every method gives a new one.",
  example = "f = frame{ {eta=0.1, loss=2}, {eta=0.2, loss=1} }; print(f, f.loss:min())" }

-- ------------------------------------------------------------------- access

function frame_mt.__index(f, key)
  local d = rawget(f, DATA)
  if methods[key] then return methods[key] end
  if key == "columns" then return table.move(d.names, 1, #d.names, 1, {}) end
  if type(key) == "string" then
    if d.col[key] then return public_column(d, key) end
    no_column(d, "frame", key)
  end
  fail("frame: f:row(%s) is a row, f.name a column", tostring(key))
end

-- f.name = values adds or replaces a column.
function frame_mt.__newindex(f, key, value)
  if type(key) ~= "string" then fail("frame: columns have names, got %s", internal.describe(key)) end
  local g = lib.data(f:with(key, value))
  rawset(f, DATA, g)
end

function frame_mt.__len(f) return rawget(f, DATA).n end

local function same_column(a, b, n)
  for i = 1, n do
    if a[i] ~= b[i] and (a[i] == a[i] or b[i] == b[i]) then return false end
  end
  return true
end

-- Equal names in equal order, equal values; nan equals nan here.
function frame_mt.__eq(f, g)
  if not lib.is_frame(f) or not lib.is_frame(g) then return false end
  local a, b = lib.data(f), lib.data(g)
  if a.n ~= b.n or #a.names ~= #b.names then return false end
  for i, name in ipairs(a.names) do
    if b.names[i] ~= name or not same_column(a.col[name], b.col[name], a.n) then return false end
  end
  return true
end

function methods.column(f, name)
  local d = check_self(f, "frame:column")
  check_column(d, "frame:column", name)
  return public_column(d, name)
end
internal.help{ name = "frame:column", usage = "f:column(name) -> vector or list",
  doc = "A column: numbers as a vector with nan for missing ones, other kinds as a list with "
    .. "frame.missing. The same as f.name, also for names that are those of methods.",
  example = "print(frame{ sort={3, 4} }:column('sort'))" }

local function check_row(d, fn, i)
  local k = math.type(i) == "integer" and (i < 0 and d.n + 1 + i or i)
  if not k or k < 1 or k > d.n then
    fail("%s: row %s of a frame of %d rows", fn, tostring(i), d.n)
  end
  return k
end

local function row_table(d, i)
  local row = {}
  for _, name in ipairs(d.names) do
    local v = d.col[name][i]
    if v ~= missing then row[name] = v end
  end
  return row
end

function methods.row(f, i)
  local d = check_self(f, "frame:row")
  return row_table(d, check_row(d, "frame:row", i))
end
internal.help{ name = "frame:row", usage = "f:row(i) -> table",
  doc = "Row i as a table of its values by name, missing ones left out; negative counts from the end.",
  example = "print(frame{ eta={0.1, 0.2} }:row(-1).eta)" }

function methods.rows(f)
  local d, i = check_self(f, "frame:rows"), 0
  return function()
    i = i + 1
    if i <= d.n then return i, row_table(d, i) end
  end
end
internal.help{ name = "frame:rows", usage = "for i, row in f:rows() do … end",
  doc = "Every row in turn, as frame:row gives it.",
  example = "for i, row in frame{ eta={0.1, 0.2} }:rows() do print(i, row.eta) end" }

function methods.matrix(f, ...)
  local d = check_self(f, "frame:matrix")
  local names = select("#", ...) > 0 and lib.check_names(d, "frame:matrix", ...) or d.names
  if d.n == 0 or #names == 0 then fail("frame:matrix: the frame is empty") end
  local m = mat.zeros(d.n, #names)
  for c, name in ipairs(names) do
    for i, v in ipairs(lib.numbers(d, "frame:matrix", name)) do m:set(i, c, v) end
  end
  return m
end
internal.help{ name = "frame:matrix", usage = "f:matrix(name, …) -> matrix",
  doc = "Columns of numbers (all of them when none is named) as the columns of a matrix, missing "
    .. "values as nan.",
  example = "print(frame{ a={1, 2}, b={3, 4} }:matrix('b', 'a'))" }

-- ----------------------------------------------------------- columns and rows

-- The rows of these positions.
function lib.pick(d, order)
  local col, n = {}, #order
  for _, name in ipairs(d.names) do
    local from, c = d.col[name], {}
    for i = 1, n do c[i] = from[order[i]] end
    col[name] = c
  end
  return lib.make(d.names, col, n)
end

function methods.select(f, ...)
  local d, col, seen = check_self(f, "frame:select"), {}, {}
  local names = lib.check_names(d, "frame:select", ...)
  for _, name in ipairs(names) do
    if seen[name] then fail("frame:select: the column '%s' is named twice", name) end
    seen[name], col[name] = true, d.col[name]
  end
  return lib.make(table.move(names, 1, #names, 1, {}), col, d.n)
end
internal.help{ name = "frame:select", usage = "f:select(name, …) -> frame",
  doc = "These columns alone, in this order.",
  example = "print(frame{ a={1}, b={2}, c={3} }:select('c', 'a'))" }

function methods.drop(f, ...)
  local d, gone, names = check_self(f, "frame:drop"), {}, {}
  for _, name in ipairs(lib.check_names(d, "frame:drop", ...)) do gone[name] = true end
  for _, name in ipairs(d.names) do
    if not gone[name] then names[#names + 1] = name end
  end
  return f:select(names)
end
internal.help{ name = "frame:drop", usage = "f:drop(name, …) -> frame",
  doc = "All columns but these.", example = "print(frame{ a={1}, b={2} }:drop('a'))" }

function methods.rename(f, old, new)
  local d, names, col = check_self(f, "frame:rename"), {}, {}
  check_column(d, "frame:rename", old)
  if type(new) ~= "string" then fail("frame:rename: expected a name, got %s", internal.describe(new)) end
  if new ~= old and d.col[new] then fail("frame:rename: there is a column '%s' already", new) end
  for i, name in ipairs(d.names) do
    names[i] = name == old and new or name
    col[names[i]] = d.col[name]
  end
  return lib.make(names, col, d.n)
end
internal.help{ name = "frame:rename", usage = "f:rename(old, new) -> frame",
  doc = "The same frame with another name for a column.",
  example = "print(frame{ a={1} }:rename('a', 'eta'))" }

-- A row that is looked at by name without making a table of it; at(i) turns it to row i.
function lib.moving_row(d, fn)
  local at = 1
  local row = setmetatable({}, {
    __index = function(_, name)
      local v = (d.col[name] or check_column(d, fn, name))[at]
      if v ~= missing then return v end
    end,
    __newindex = function() fail("%s: rows are read, not written", fn) end })
  return row, function(i) at = i end
end

function methods.with(f, name, value)
  local d, c = check_self(f, "frame:with"), {}
  if type(name) ~= "string" then
    fail("frame:with: argument 1 (name): expected a text, got %s", internal.describe(name))
  end
  if type(value) == "function" then
    local row, turn = lib.moving_row(d, "frame:with")
    for i = 1, d.n do
      turn(i)
      c[i] = check_value(value(row, i), "column '%s', row %d", name, i)
    end
  elseif type_of(value) == "mat" or type(value) == "table" and value ~= missing then
    local n = #value
    if n ~= d.n and #d.names > 0 then
      fail("frame:with: column '%s' has %d values, the frame has %d rows", name, n, d.n)
    end
    c = read_column(name, value)
  else
    for i = 1, d.n do c[i] = check_value(value, "column '%s', row %d", name, i) end
  end
  local names, col = table.move(d.names, 1, #d.names, 1, {}), {}
  for k, v in pairs(d.col) do col[k] = v end
  if not col[name] then names[#names + 1] = name end
  col[name] = c
  return lib.make(names, col, #d.names > 0 and d.n or #c)
end
internal.help{ name = "frame:with", usage = "f:with(name, values) -> frame",
  doc = "With one more column (or another in its place): a vector, a list, one value for all rows, or "
    .. "a function of the row. f.name = values does the same to f itself.",
  example = "print(frame{ a={1, 2} }:with('square', function(row) return row.a^2 end))" }

-- Rows that a table of wanted values describes: {rule="gd", seed={1, 2}}.
local function row_matcher(d, wanted)
  local tests = {}
  for name, v in pairs(wanted) do
    local col, set = check_column(d, "frame:filter", name), {}
    if type_of(v) == "mat" then v = v:totable() end
    for _, x in ipairs(type(v) == "table" and v ~= missing and v or { v }) do set[x] = true end
    tests[#tests + 1] = function(i) return set[col[i]] end
  end
  return function(i)
    for _, test in ipairs(tests) do
      if not test(i) then return false end
    end
    return true
  end
end

function methods.filter(f, which)
  local d, order, matches = check_self(f, "frame:filter"), {}, nil
  if type(which) == "function" then
    local row, turn = lib.moving_row(d, "frame:filter")
    matches = function(i)
      turn(i)
      return which(row, i)
    end
  elseif type(which) == "table" and type_of(which) == "table" then
    matches = row_matcher(d, which)
  else
    fail("frame:filter: expected a function of the row or a table such as {rule=\"gd\"}, got %s",
      internal.describe(which))
  end
  for i = 1, d.n do
    if matches(i) then order[#order + 1] = i end
  end
  return lib.pick(d, order)
end
internal.help{ name = "frame:filter", usage = "f:filter(function(row) … end | {name=value, …}) -> frame",
  doc = "The rows for which the function is true, or whose columns have these values (a list: one of "
    .. "them; frame.missing: no value). A missing value is nil in the function.",
  example = "f = frame{ a={1, 2, 3} }; print(f:filter(function(row) return row.a > 1 end), "
    .. "f:filter{ a={1, 3} })" }

function methods.complete(f, ...)
  local d, order = check_self(f, "frame:complete"), {}
  local names = select("#", ...) > 0 and lib.check_names(d, "frame:complete", ...) or d.names
  for i = 1, d.n do
    local whole = true
    for _, name in ipairs(names) do
      local v = d.col[name][i]
      whole = whole and v ~= missing and v == v
    end
    if whole then order[#order + 1] = i end
  end
  return lib.pick(d, order), d.n - #order
end
internal.help{ name = "frame:complete", usage = "f:complete(name, …) -> frame, rows left out",
  doc = "The rows in which none of these columns (all when none is named) is missing or nan; also how "
    .. "many were left out.",
  example = "print(frame{ a={1, 0/0, 3} }:complete())" }

-- Numbers that order the values of a column: themselves, or ranks of texts; false before
-- true. What is missing or nan is nan and goes last.
function lib.order_keys(d, name)
  local col, seen, keys = d.col[name], lib.seen(d, name), {}
  if seen.kind == "number" or seen.kind == "missing" then return lib.numbers(d, "frame", name) end
  local list, rank = {}, {}
  for _, v in ipairs(col) do
    if v ~= missing and v == v and not rank[v] then rank[v], list[#list + 1] = true, v end
  end
  table.sort(list, function(a, b)
    local s, t = type(a), type(b)
    if s ~= t then return s < t end
    if s == "boolean" then return b and not a end
    return a < b
  end)
  for i, v in ipairs(list) do rank[v] = i end
  for i = 1, d.n do keys[i] = col[i] ~= missing and col[i] == col[i] and rank[col[i]] or 0 / 0 end
  return keys
end

-- The stable order of rows by these columns, the first one deciding: positions.
function lib.order(d, fn, names)
  local order
  for i = #names, 1, -1 do
    local name, down = names[i], false
    if type(name) == "string" and not d.col[name] and name:sub(1, 1) == "-" then
      name, down = name:sub(2), true
    end
    check_column(d, fn, name)
    local keys = lib.order_keys(d, name)
    if d.n > 0 then
      local v = core.vector(keys)
      local _, at = (order and v:pick(order) or v):sort(down and "down" or "up")
      order = order and order:pick(at) or at
    end
  end
  if order then
    order = order:totable()
    for i, k in ipairs(order) do order[i] = math.tointeger(k) end
  end
  return order or {}
end

function methods.sort(f, ...)
  local d = check_self(f, "frame:sort")
  local names = type((...)) == "table" and (...) or { ... }
  if #names == 0 then fail("frame:sort: expected names of columns") end
  return lib.pick(d, lib.order(d, "frame:sort", names))
end
internal.help{ name = "frame:sort", usage = "f:sort(name, …) -> frame",
  doc = "Rows ordered by these columns, the first one deciding; a minus in front (\"-loss\") means "
    .. "downwards. Equal rows keep their order; nan and missing values come last.",
  example = "print(frame{ a={2, 1, 2}, b={1, 2, 3} }:sort('-a', 'b'))" }

function methods.head(f, n)
  local d, order = check_self(f, "frame:head"), {}
  for i = 1, math.min(n or 10, d.n) do order[i] = i end
  return lib.pick(d, order)
end
internal.help{ name = "frame:head", usage = "f:head([n]) -> frame", doc = "The first n (10) rows.",
  example = "print(frame{ a={1, 2, 3} }:head(2))" }

function methods.tail(f, n)
  local d, order = check_self(f, "frame:tail"), {}
  for i = math.max(1, d.n - (n or 10) + 1), d.n do order[#order + 1] = i end
  return lib.pick(d, order)
end
internal.help{ name = "frame:tail", usage = "f:tail([n]) -> frame", doc = "The last n (10) rows.",
  example = "print(frame{ a={1, 2, 3} }:tail(2))" }

function methods.concat(f, ...)
  local parts, names, col, n = { f, ... }, {}, {}, 0
  for k, g in ipairs(parts) do
    local d = check_self(g, "frame:concat" .. (k > 1 and ": argument " .. k - 1 or ""))
    for _, name in ipairs(d.names) do
      if not col[name] then col[name], names[#names + 1] = {}, name end
    end
  end
  for _, g in ipairs(parts) do
    local d = lib.data(g)
    for _, name in ipairs(names) do
      local from, to = d.col[name], col[name]
      for i = 1, d.n do to[n + i] = from and from[i] or not from and missing end
    end
    n = n + d.n
  end
  return lib.make(names, col, n)
end
internal.help{ name = "frame:concat", usage = "f:concat(g, …) -> frame",
  doc = "The rows of all these frames below each other; columns that a frame does not have are "
    .. "missing in its rows.",
  example = "print(frame{ a={1} }:concat(frame{ a={2}, b={'new'} }))" }

-- ----------------------------------------------------------------- printing

local function cell_text(v)
  if v == missing then return "–" end
  if v ~= v then return "nan" end
  if type(v) == "number" then return text.number(v) end
  return (tostring(v):gsub("%c", " "))
end
lib.cell_text = cell_text

-- Positions shown of n when there is room for so many, 0 standing for "…".
local function shown(n, room)
  local at = {}
  if n <= room then
    for i = 1, n do at[i] = i end
    return at
  end
  local head = math.max(1, room // 2)
  for i = 1, head do at[i] = i end
  at[head + 1] = 0
  for i = n - math.max(1, room - head - 1) + 1, n do at[#at + 1] = i end
  return at
end

-- Columns from the left as far as they fit into the window, the rest counted.
function lib.table_text(names, n, cell, is_text)
  local at = shown(n, math.max(4, (o.height or 24) - 6))
  local width, lines = o.width or 80, {}
  for i = 0, #at do lines[i] = "" end
  local used, count = 0, 0
  for c, name in ipairs(names) do
    local texts, w = { [0] = text.cut(name, 28) }, 0
    for i, row in ipairs(at) do texts[i] = row == 0 and "…" or text.cut(cell(c, row), 28) end
    for i = 0, #at do w = math.max(w, text.width(texts[i])) end
    local left = #names - c
    if c > 1 and used + 2 + w + (left > 0 and 8 or 0) > width then break end
    for i = 0, #at do lines[i] = lines[i] .. "  " .. text.pad(texts[i], w, not is_text(c)) end
    used, count = used + 2 + w, c
  end
  local out = {}
  if count < #names then lines[0] = lines[0] .. "  … " .. #names - count .. " more" end
  for i = 0, #at do out[#out + 1] = (lines[i]:gsub("%s+$", "")) end
  return table.concat(out, "\n")
end

local function plural(n, word) return string.format("%d %s%s", n, word, n == 1 and "" or "s") end

function frame_mt.__tostring(f)
  local d, said = rawget(f, DATA), {}
  for _, name in ipairs(d.names) do
    local s = lib.seen(d, name)
    if s.missing > 0 then said[#said + 1] = string.format("%s %d missing", name, s.missing) end
    if s.nan > 0 then said[#said + 1] = string.format("%s %d nan", name, s.nan) end
  end
  local head = plural(d.n, "row") .. " x " .. plural(#d.names, "column")
  if said[1] then head = text.hang(head .. ": ", table.concat(said, ", "), o.width or 80) end
  if #d.names == 0 then return "frame of " .. head end
  return "frame of " .. head .. "\n" .. lib.table_text(d.names, d.n,
    function(c, i) return cell_text(d.col[d.names[c]][i]) end,
    function(c) local k = lib.seen(d, d.names[c]).kind; return k == "text" or k == "mixed" end)
end
