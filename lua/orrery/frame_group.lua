-- SPDX-License-Identifier: GPL-3.0-or-later
-- frame_group.lua - rows put together: groups and their statistics, different rows, joins,
-- pivots, descriptions.

local o, internal = ...
local lib = internal.frames
local core, missing, fail, methods = lib.core, lib.missing, lib.fail, lib.methods
local check_self = lib.check_self

local NAN = {} -- stands for nan as a key of tables

-- ----------------------------------------------------------------- grouping

-- Number of the group of every row, groups in the order in which they are met, and the first
-- row of each. Equal numbers are equal bits (0.1 + 0.2 is not 0.3); nan is equal to nan.
local function group_rows(d, keys)
  local id, n = {}, 1
  for i = 1, d.n do id[i] = 1 end
  for _, name in ipairs(keys) do
    local col, next_id = d.col[name], {}
    n = 0
    for i = 1, d.n do
      local v = col[i]
      if v ~= v then v = NAN end
      local set = next_id[id[i]]
      if not set then
        set = {}
        next_id[id[i]] = set
      end
      local g = set[v]
      if not g then
        n = n + 1
        g, set[v] = n, n
      end
      id[i] = g
    end
  end
  local first = {}
  for i = 1, d.n do first[id[i]] = first[id[i]] or i end
  return id, first
end

-- Values of a column by group, missing ones left out.
local function buckets(d, name, id, n)
  local out, col = {}, d.col[name]
  for g = 1, n do out[g] = {} end
  for i = 1, d.n do
    local v = col[i]
    if v ~= missing then
      local b = out[id[i]]
      b[#b + 1] = v
    end
  end
  return out
end
lib.group_rows, lib.buckets = group_rows, buckets

local function count_nan(list)
  local n = 0
  for _, v in ipairs(list) do
    if v ~= v then n = n + 1 end
  end
  return n
end

-- Statistics of values of any kind; size: rows of the group, missing ones included.
local of_any = {
  count = function(list) return #list end,
  missing = function(list, size) return size - #list end,
  first = function(list) return list[1] end,
  last = function(list) return list[#list] end,
  unique = function(list)
    local seen, n = {}, 0
    for _, v in ipairs(list) do
      if v ~= v then v = NAN end
      if not seen[v] then seen[v], n = true, n + 1 end
    end
    return n
  end,
  nan = count_nan,
}
local of_numbers = { "mean", "median", "std", "sem", "min", "max", "sum" }

local function statistic_names()
  local names = table.move(of_numbers, 1, #of_numbers, 1, { "q25", "q75", "ci95" })
  for name in pairs(of_any) do names[#names + 1] = name end
  return names
end

-- One statistic, by name or as a function, of every bucket.
local function reduce(d, fn, name, stat, lists, sizes)
  local out = {}
  if type(stat) == "string" and not of_any[stat] then
    if core.stat({ 1, 2 }, stat) == nil then
      local near = internal.nearest(stat, statistic_names())
      fail("%s: no statistic '%s'%s (mean, median, std, sem, min, max, sum, count, missing, nan, "
        .. "first, last, unique, q25 or any q0 to q100, ci95, or a function)", fn, stat,
        near and " (did you mean '" .. near .. "'?)" or "")
    end
    lib.numbers(d, fn, name)
  end
  for g, list in ipairs(lists) do
    local v
    if type(stat) == "function" then
      v = #list > 0 and stat(lib.seen(d, name).kind == "number" and core.vector(list) or list) or nil
    elseif of_any[stat] then
      v = of_any[stat](list, sizes[g])
    elseif #list > 0 then
      v = core.stat(list, stat)
    end
    if v == nil then v = missing end
    out[g] = v
  end
  return lib.read_column(tostring(name), out, #lists)
end

local function check_statistic(fn, stat)
  if type(stat) ~= "string" and type(stat) ~= "function" then
    fail("%s: expected the name of a statistic or a function, got %s", fn, internal.describe(stat))
  end
  return stat
end

-- {"loss", "mean", "sem", worst="max"} -> list of { column, new name, statistic }
local function read_spec(d, fn, spec, out)
  if type(spec) ~= "table" or type(spec[1]) ~= "string" then
    fail("%s: expected {column, statistic, …} such as {\"loss\", \"mean\"}, got %s", fn,
      type(spec) == "table" and "a table without a column's name in front" or internal.describe(spec))
  end
  local name = spec[1]
  lib.check_column(d, fn, name)
  for i = 2, #spec do
    local stat = check_statistic(fn, spec[i])
    out[#out + 1] = { name, name .. "_" .. (type(stat) == "string" and stat or "value"), stat }
  end
  local named = {}
  for key in pairs(spec) do
    if type(key) == "string" then named[#named + 1] = key end
  end
  table.sort(named)
  for _, key in ipairs(named) do out[#out + 1] = { name, key, check_statistic(fn, spec[key]) } end
  if #spec == 1 and #named == 0 then out[#out + 1] = { name, name .. "_mean", "mean" } end
end

-- Without a word about statistics: the mean of every column of numbers.
local function default_specs(d, keys)
  local is_key, out = {}, {}
  for _, name in ipairs(keys) do is_key[name] = true end
  for _, name in ipairs(d.names) do
    if not is_key[name] and lib.seen(d, name).kind == "number" then
      out[#out + 1] = { name, name .. "_mean", "mean" }
    end
  end
  return out
end

local function check_keys(d, fn, keys)
  keys = type(keys) == "table" and keys or { keys }
  return lib.check_names(d, fn, keys)
end

function methods.group(f, by, ...)
  local fn = "frame:group"
  local d, specs = check_self(f, fn), {}
  local keys = check_keys(d, fn, by)
  for _, spec in ipairs{ ... } do read_spec(d, fn, spec, specs) end
  if select("#", ...) == 0 then specs = default_specs(d, keys) end
  local id, first = group_rows(d, keys)
  local heads = lib.data(lib.pick(d, first):select(keys))
  local sizes = {}
  for g = 1, #first do sizes[g] = 0 end
  for i = 1, d.n do sizes[id[i]] = sizes[id[i]] + 1 end
  local names, col = table.move(heads.names, 1, #heads.names, 1, {}), heads.col
  local function add(name, values)
    if col[name] then fail("%s: two columns would be named '%s'", fn, name) end
    names[#names + 1], col[name] = name, values
  end
  if not col.count then add("count", sizes) end
  local lists = {}
  for _, s in ipairs(specs) do
    lists[s[1]] = lists[s[1]] or buckets(d, s[1], id, #first)
    add(s[2], reduce(d, fn, s[1], s[3], lists[s[1]], sizes))
  end
  return lib.make(names, col, #first):sort(keys)
end
internal.help{ name = "frame:group", usage = "f:group(keys, {column, statistic, …}, …) -> frame",
  doc = "One row for every combination of values of the key columns (a name or a list), in their "
    .. "order, with `count` rows and the statistics asked for: {\"loss\", \"median\", \"q90\", "
    .. "worst=\"max\", mine=function(v) … end} gives loss_median, loss_q90, mine and worst. Statistics: "
    .. "mean, median, std, sem, min, max, sum, q0 to q100 (percent), ci95 (half the width of the mean's "
    .. "interval), count, missing, nan, first, last, unique, or a function of the vector of values. "
    .. "Missing values are left out, nan is not: it makes numbers nan. Without statistics: all means.",
  example = "f = frame{ eta={1, 1, 2}, loss={3, 5, 4} }; print(f:group('eta', {'loss', 'mean', 'sem'}))" }

function methods.unique(f, ...)
  local d = check_self(f, "frame:unique")
  local names = select("#", ...) > 0 and lib.check_names(d, "frame:unique", ...) or d.names
  local _, first = group_rows(d, names)
  if d.n == 0 then first = {} end
  return lib.pick(d, first):select(names)
end
internal.help{ name = "frame:unique", usage = "f:unique(name, …) -> frame",
  doc = "The different combinations of values of these columns (of all), in the order in which they "
    .. "first appear.",
  example = "print(frame{ rule={'gd', 'rho', 'gd'} }:unique('rule'))" }

-- -------------------------------------------------------------------- join

-- A nested table of keys: the rows of d with these values, none when a key is missing.
local function index_rows(d, keys)
  local root = {}
  for i = 1, d.n do
    local at = root
    for _, name in ipairs(keys) do
      local v = d.col[name][i]
      if v == missing or v ~= v then
        at = nil
        break
      end
      at[v] = at[v] or {}
      at = at[v]
    end
    if at then at[#at + 1] = i end
  end
  return root
end

local function rows_at(d, keys, root, i)
  for _, name in ipairs(keys) do
    local v = d.col[name][i]
    if v == missing or v ~= v then return nil end
    root = root[v]
    if not root then return nil end
  end
  return root
end

function methods.join(f, g, by, how)
  local fn = "frame:join"
  local a, b = check_self(f, fn), check_self(g, fn .. ": argument 1")
  local keys = check_keys(a, fn, by)
  check_keys(b, fn .. ": of the second frame", keys)
  how = how or "inner"
  if how ~= "inner" and how ~= "left" then
    fail("%s: argument 3: expected \"inner\" or \"left\", got %s", fn, internal.describe(how))
  end
  if #keys == 0 then fail("%s: expected the columns to join by", fn) end
  local root, left, right = index_rows(b, keys), {}, {}
  for i = 1, a.n do
    local rows = rows_at(a, keys, root, i)
    for _, k in ipairs(rows or {}) do left[#left + 1], right[#right + 1] = i, k end
    if not rows and how == "left" then left[#left + 1], right[#right + 1] = i, 0 end
  end
  local out, is_key = lib.data(lib.pick(a, left)), {}
  local names, col = table.move(out.names, 1, #out.names, 1, {}), out.col
  for _, name in ipairs(keys) do is_key[name] = true end
  for _, name in ipairs(b.names) do
    if not is_key[name] then
      local c, new = {}, name
      while col[new] do new = new .. "_2" end
      for i, k in ipairs(right) do
        if k == 0 then c[i] = missing else c[i] = b.col[name][k] end
      end
      names[#names + 1], col[new] = new, c
    end
  end
  return lib.make(names, col, #left)
end
internal.help{ name = "frame:join", usage = "f:join(g, keys [, \"inner\" or \"left\"]) -> frame",
  doc = "Rows of f beside the rows of g with the same values of the key columns (a name or a list), "
    .. "every pair; left keeps rows of f without a partner, with missing values. Columns of g whose "
    .. "name is taken get _2 behind it; missing and nan keys have no partners.",
  example = "a, b = frame{ k={1, 2}, x={5, 6} }, frame{ k={2}, y={7} }; print(a:join(b, 'k', 'left'))" }

-- -------------------------------------------------------------------- pivot

local pivot_mt = { __name = "orrery.pivot",
  __fields = { "values", "rows", "columns", "row_name", "column_name", "value_name" } }

function pivot_mt.__index(_, key)
  local near = internal.nearest(tostring(key), pivot_mt.__fields)
  fail("pivot: no field '%s'%s", tostring(key), near and " (did you mean '" .. near .. "'?)" or "")
end

local function sorted_values(d, fn, name)
  local u = lib.data(lib.make({ name }, { [name] = d.col[name] }, d.n):unique(name):complete(name))
  return lib.data(lib.pick(u, lib.order(u, fn, { name }))).col[name]
end

local function place_of(list)
  local at = {}
  for i, v in ipairs(list) do at[v] = i end
  return at
end

function methods.pivot(f, row, column, value, stat)
  local fn = "frame:pivot"
  local d = check_self(f, fn)
  lib.check_names(d, fn, row, column, value)
  stat = check_statistic(fn, stat or "mean")
  lib.numbers(d, fn, value)
  local rows, columns = sorted_values(d, fn, row), sorted_values(d, fn, column)
  if #rows == 0 or #columns == 0 then fail("%s: no row has both '%s' and '%s'", fn, row, column) end
  local whole = lib.data(f:complete(row, column))
  local id, first = group_rows(whole, { row, column })
  local sizes = {}
  for g = 1, #first do sizes[g] = 0 end
  for i = 1, whole.n do sizes[id[i]] = sizes[id[i]] + 1 end
  local lists = buckets(whole, value, id, #first)
  local reduced = reduce(whole, fn, value, stat, lists, sizes)
  local m, row_at, column_at = o.mat.zeros(#rows, #columns) + 0 / 0, place_of(rows), place_of(columns)
  for g, i in ipairs(first) do
    local v = reduced[g]
    if type(v) ~= "number" and v ~= missing then
      fail("%s: the statistic gives %s, not a number", fn, internal.describe(v))
    end
    if v ~= missing then m:set(row_at[whole.col[row][i]], column_at[whole.col[column][i]], v) end
  end
  return setmetatable({ values = m, rows = rows, columns = columns, row_name = row,
    column_name = column, value_name = value }, pivot_mt)
end
internal.help{ name = "frame:pivot", usage = "f:pivot(row, column, value [, statistic]) -> pivot",
  doc = "A matrix of a column's values over the different values of two others: .values (nan where "
    .. "there is none), .rows and .columns (what the rows and columns stand for). Several values in "
    .. "one place become their mean, or another statistic of frame:group. plot(pivot) is a phase "
    .. "diagram, columns to the right and rows upwards.",
  example = "f = frame{ a={1, 1, 2, 2}, b={5, 6, 5, 6}, z={1, 2, 3, 4} }; print(f:pivot('a', 'b', 'z'))" }

function pivot_mt.__tostring(p)
  local names = { p.row_name .. " \\ " .. p.column_name }
  for c, v in ipairs(p.columns) do names[c + 1] = lib.cell_text(v) end
  local head = string.format("pivot of %s: %d x %d", p.value_name, #p.rows, #p.columns)
  return head .. "\n" .. lib.table_text(names, #p.rows, function(c, i)
    return lib.cell_text(c == 1 and p.rows[i] or p.values:get(i, c - 1))
  end, function() return false end)
end

-- ----------------------------------------------------------------- describe

local described = { "count", "missing", "nan", "mean", "std", "min", "median", "max" }

function methods.describe(f)
  local fn = "frame:describe"
  local d = check_self(f, fn)
  local names, col = table.move(described, 1, #described, 3, { "column", "kind" }), {}
  for _, name in ipairs(names) do col[name] = {} end
  for c, name in ipairs(d.names) do
    local one, seen = {}, lib.seen(d, name)
    for i = 1, d.n do one[i] = 1 end
    local lists = buckets(d, name, one, 1)
    col.column[c], col.kind[c] = name, seen.kind
    for _, stat in ipairs(described) do
      local counts = of_any[stat] ~= nil
      local able = counts or seen.kind == "number"
      col[stat][c] = able and reduce(d, fn, name, stat, lists, { d.n })[1] or missing
    end
  end
  return lib.make(names, col, #d.names)
end
internal.help{ name = "frame:describe", usage = "f:describe() -> frame",
  doc = "One row for every column: its kind, how many values there are, how many are missing or nan, "
    .. "and of numbers mean, std, min, median and max.",
  example = "print(frame{ a={1, 2, 0/0}, b={'x', 'y', 'z'} }:describe())" }
