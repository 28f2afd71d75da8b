-- SPDX-License-Identifier: GPL-3.0-or-later
-- sweep.lua - sweep{…}: which cells there are, what one of them does, and the result.

local o, internal = ...
local C, help, text = internal.sweep, internal.help, internal.text
local exit, dump = os.exit, string.dump -- a sandbox takes these away
local metatable_of = debug.getmetatable

local MOST_CELLS = 1e7
local taken = { cell = true, key = true, seed = true, status = true, reason = true }

local function fail(...) internal.raise("sweep: " .. string.format(...)) end

local function sorted_keys(t)
  local list = {}
  for k in next, t do list[#list + 1] = k end
  table.sort(list, function(a, b) return tostring(a) < tostring(b) end)
  return list
end

-- --------------------------------------------------------------------- options

-- Options that are no plain values; those are checked by the table in C.
local shapes = {
  grid = "table", list = "table", random = "table", latin = "table", run = "function",
  row = "function", stop = "table", seeds = "seeds",
}

local function check_kind(key, value)
  local want = shapes[key]
  local is = type(value)
  if want == "seeds" then
    if is ~= "table" and math.type(value) ~= "integer" then
      fail("seeds: expected a whole number or a list of them, got %s", internal.describe(value))
    end
  elseif is ~= want and not (key == "stop" and is == "function") then
    fail("%s: expected a %s, got %s", key, want, internal.describe(value))
  end
end

local function split_options(opt)
  if type(opt) ~= "table" then
    internal.raise("sweep: argument 1: expected a table of options, got " .. internal.describe(opt))
  end
  local plain, own = {}, {}
  for key, value in next, opt do
    if shapes[key] then
      check_kind(key, value)
      own[key] = value
    else
      plain[key] = value
    end
  end
  for key, value in next, C.plain(plain) do own[key] = value end
  if not own.run then fail("run: a function of the parameters is needed") end
  return own
end

-- ------------------------------------------------------------------ dimensions

local function check_name(name, where, seen)
  if type(name) ~= "string" then
    fail("%s: parameters have names, got the key %s", where, tostring(name))
  elseif taken[name] then
    fail("%s: '%s' is a column of every sweep%s", where, name,
      name == "seed" and " (say seeds = …)" or "")
  elseif seen[name] then
    fail("%s: '%s' is in %s already", where, name, seen[name])
  end
  seen[name] = where
end

local function check_value(value, name, where)
  local is = type(value)
  if is ~= "number" and is ~= "string" and is ~= "boolean" then
    fail("%s: %s: expected a number, a text or a truth value, got %s", where, name,
      internal.describe(value))
  end
end

-- A dimension: names, how many points it has, and at(i), their values at one.
local function grid_dimension(name, values, seen)
  check_name(name, "grid", seen)
  if type(values) ~= "table" or #values == 0 then
    fail("grid: %s: expected a list of values, got %s", name, internal.describe(values))
  end
  for _, v in ipairs(values) do check_value(v, name, "grid") end
  return { names = { name }, count = #values, at = function(i) return { [name] = values[i] } end }
end

local function list_dimension(list, seen)
  if #list == 0 or type(list[1]) ~= "table" then
    fail("list: expected a list of tables of parameters")
  end
  local names = sorted_keys(list[1])
  for _, name in ipairs(names) do check_name(name, "list", seen) end
  for i, entry in ipairs(list) do
    local where = "list: entry " .. i
    if type(entry) ~= "table" then fail("%s: expected a table, got %s", where, internal.describe(entry)) end
    for name in next, entry do
      if seen[name] ~= "list" then fail("%s: '%s' is not in the first entry", where, tostring(name)) end
    end
    for _, name in ipairs(names) do check_value(entry[name], name, where) end
  end
  return { names = names, count = #list, at = function(i) return list[i] end }
end

local scales = { linear = true, log = true, int = true }

-- {low, high [, "log" or "int"]} checked
local function range_of(name, range, where)
  local low, high, scale
  if type(range) == "table" then low, high, scale = range[1], range[2], range[3] or "linear" end
  if type(low) ~= "number" or type(high) ~= "number" or not (low < high) or high - low == math.huge then
    fail("%s: %s: expected {low, high}, got %s", where, name,
      low and string.format("{%s, %s}", tostring(low), tostring(high)) or internal.describe(range))
  elseif not scales[scale] then
    fail("%s: %s: scale = %s (one of \"linear\", \"log\", \"int\")", where, name, internal.describe(scale))
  elseif scale == "log" and low <= 0 then
    fail("%s: %s: low = %.14g (must be > 0 on a logarithmic scale)", where, name, low)
  elseif scale == "int" and not (math.tointeger(low) and math.tointeger(high)) then
    fail("%s: %s: {%.14g, %.14g} (must be whole numbers)", where, name, low, high)
  end
  return low, high, scale
end

-- The value that share u in [0, 1) of a range stands for.
local function spread(u, low, high, scale)
  if scale == "int" then return math.tointeger(low + math.floor(u * (high - low + 1))) end
  if scale == "log" then return low * (high / low) ^ u end
  return low + u * (high - low)
end

-- n points of a box of ranges; share(k, i) in [0, 1) of range k at point i.
local function drawn_dimension(where, ranges, n, seen, share)
  local names = sorted_keys(ranges)
  if #names == 0 then fail("%s: expected a table of ranges such as { eta = {1e-4, 1, \"log\"} }", where) end
  if not n then fail("%s: n, the number of points, is needed", where) end
  local box = {}
  for k, name in ipairs(names) do
    check_name(name, where, seen)
    box[k] = { range_of(name, ranges[name], where) }
  end
  return { names = names, count = n, drawn = true, at = function(i)
    local p = {}
    for k, name in ipairs(names) do p[name] = spread(share(k, i), table.unpack(box[k])) end
    return p
  end }
end

-- Each coordinate of each point from a stream of its own: more points leave the first as
-- they are.
local function random_dimension(opt, seen)
  return drawn_dimension("random", opt.random, opt.n, seen, function(k, i)
    return o.rng(opt.seed, C.number("random " .. k .. " " .. i)):uniform()
  end)
end

-- Latin hypercube (McKay, Beckman and Conover 1979): in every coordinate each of n equal
-- parts of the range holds one point.
local function latin_dimension(opt, seen)
  local parts, shifts = {}, {}
  return drawn_dimension("latin", opt.latin, opt.n, seen, function(k, i)
    if not parts[k] then
      local g = o.rng(opt.seed, C.number("latin " .. k))
      parts[k], shifts[k] = g:permutation(opt.n), g:uniform(opt.n)
    end
    return (parts[k][i] - 1 + shifts[k][i]) / opt.n
  end)
end

local function seed_dimension(seeds)
  local list = seeds
  if type(seeds) ~= "table" then
    if seeds < 1 then fail("seeds = %d (must be >= 1)", seeds) end
    list = {}
    for i = 1, seeds do list[i] = i end
  end
  for _, s in ipairs(list) do
    if math.type(s) ~= "integer" then
      fail("seeds: expected whole numbers, got %s", internal.describe(s))
    end
  end
  if #list == 0 then fail("seeds: the list is empty") end
  return { names = { "seed" }, count = #list, at = function(i) return { seed = list[i] } end }
end

-- All dimensions, the last of which varies fastest: seeds.
local function dimensions(opt)
  local dims, seen = {}, {}
  if opt.list then dims[#dims + 1] = list_dimension(opt.list, seen) end
  if opt.random then dims[#dims + 1] = random_dimension(opt, seen) end
  if opt.latin then dims[#dims + 1] = latin_dimension(opt, seen) end
  if opt.grid then
    for _, name in ipairs(sorted_keys(opt.grid)) do
      dims[#dims + 1] = grid_dimension(name, opt.grid[name], seen)
    end
  end
  dims[#dims + 1] = seed_dimension(opt.seeds or 1)
  return dims
end

-- ------------------------------------------------------------------------ cells

-- cells.n, cells.names (parameters in the order of the alphabet, then seed), cells.at(i)
local function make_cells(opt)
  local dims = dimensions(opt)
  local cells = { dims = dims, n = 1, names = {} }
  for _, d in ipairs(dims) do
    cells.n = cells.n * d.count
    if cells.n > MOST_CELLS then fail("more than %d cells", MOST_CELLS // 1 | 0) end
    for _, name in ipairs(d.names) do
      if name ~= "seed" then cells.names[#cells.names + 1] = name end
    end
  end
  table.sort(cells.names)
  cells.names[#cells.names + 1] = "seed"
  function cells.coordinates(i)
    local at, rest = {}, i - 1
    for k = #dims, 1, -1 do
      at[k] = rest % dims[k].count + 1
      rest = rest // dims[k].count
    end
    return at
  end
  function cells.at(i)
    local p = {}
    for k, c in ipairs(cells.coordinates(i)) do
      for name, value in next, dims[k].at(c) do p[name] = value end
    end
    return p
  end
  return cells
end

-- What a key depends on beside the parameters: the script as it is (at the prompt: functions
-- and stop rules), its arguments, which sweep of it this is, and the version of the program;
-- or the user's own text.
local begun = 0

local function in_words(value)
  if type(value) == "function" then return dump(value, true) end
  if type(value) ~= "table" then return tostring(value) end
  local parts = {}
  for i, key in ipairs(sorted_keys(value)) do parts[i] = tostring(key) .. "=" .. in_words(value[key]) end
  return table.concat(parts, ",")
end

local function origin(opt, header)
  begun = begun + 1
  if opt.key then return "key " .. opt.key .. "\n" .. opt.seed end
  local parts = { o.version, tostring(opt.seed) }
  for i = 1, #header, 2 do
    if header[i] == "script_sha256" then parts[3] = header[i + 1] .. " " .. begun end
  end
  if not parts[3] then
    parts[3] = in_words(opt.run) .. in_words(opt.row) .. in_words(opt.stop)
  end
  for _, word in ipairs(rawget(_G, "arg") or {}) do parts[#parts + 1] = word end
  return table.concat(parts, "\n")
end

-- ------------------------------------------------------- where a cell stands when shown

local MOST_COLUMNS, MOST_ROWS, LINE = 60, 24, 60

local function label(d, c)
  local parts, p = {}, d.at(c)
  for _, name in ipairs(d.names) do parts[#parts + 1] = name .. "=" .. tostring(p[name]) end
  return table.concat(parts, " ")
end

local function axis_name(d) return d.drawn and "point" or table.concat(d.names, " ") end

-- One or two dimensions span a small multiple, the others tell them apart; where that does
-- not fit, all cells stand in lines.
local function arrange(cells, value)
  local dims, wide = cells.dims, {}
  for k, d in ipairs(dims) do
    if d.count > 1 then wide[#wide + 1] = k end
  end
  local x, y = wide[1], wide[2]
  if #wide > 2 or (y and dims[y].names[1] ~= "seed") then x, y = y, x end
  local nx, ny = x and dims[x].count or 1, y and dims[y].count or 1
  local v = { value = value, place = {}, titles = {} }
  if nx > MOST_COLUMNS or ny > MOST_ROWS or not y then
    v.nx, v.ny, v.facets, v.x, v.titles[1] = LINE, (cells.n + LINE - 1) // LINE, 1, "cell", ""
    for i = 1, cells.n do v.place[i] = i - 1 end
    return v
  end
  v.nx, v.ny, v.facets = nx, ny, cells.n // (nx * ny)
  v.x, v.y = axis_name(dims[x]), axis_name(dims[y])
  for i = 1, cells.n do
    local at, facet, words = cells.coordinates(i), 0, {}
    for k, d in ipairs(dims) do
      if k ~= x and k ~= y and d.count > 1 then
        facet = facet * d.count + at[k] - 1
        words[#words + 1] = label(d, at[k])
      end
    end
    v.titles[facet + 1] = table.concat(words, " ")
    v.place[i] = (facet * ny + at[y] - 1) * nx + at[x] - 1
  end
  return v
end

-- -------------------------------------------------------------------- what a cell does

local function is_run(value)
  local mt = type(value) == "userdata" and metatable_of(value)
  return mt and rawget(mt, "__name") == "orrery.run"
end

local function cell_of(opt, cells, i)
  local p = internal.record("cell " .. i, cells.at(i))
  local words = C.names(cells.names) .. "\n" .. C.join(cells.names, p)
  return p, o.rng(opt.seed, C.number("stream\n" .. words))
end

local function default_row(r)
  if not is_run(r) then return r end
  local row = { steps = r.k, time = r.t }
  local ok, loss = pcall(function() return r.loss end)
  if ok and type(loss) == "number" then row.loss = loss end
  return row
end

local function check_row(row, cells)
  if type(row) ~= "table" then
    error("the row of a cell is " .. internal.describe(row) .. ", not a table name -> value", 0)
  end
  for _, name in ipairs(cells.names) do
    if row[name] ~= nil then error("row: '" .. name .. "' is the name of a parameter", 0) end
  end
  for name in next, row do
    if taken[name] then error("row: '" .. name .. "' is a column of every sweep", 0) end
  end
  return row
end

local function shade_of(opt, row)
  if opt.show then return row[opt.show] end
  for _, name in ipairs(sorted_keys(row)) do
    if type(row[name]) == "number" then return row[name] end
  end
end

-- Cell i to its end: the row, and the number that shades it.
local function do_cell(opt, cells, i)
  local p, g = cell_of(opt, cells, i)
  local r = opt.run(p, g)
  if opt.stop and is_run(r) then
    r:go(type(opt.stop) == "function" and opt.stop(p) or opt.stop)
  end
  local row = opt.row and opt.row(r, p, g) or default_row(r)
  return check_row(row, cells), shade_of(opt, row)
end

-- ---------------------------------------------------------------------- the result

local methods = {}
local inside = setmetatable({}, { __mode = "k" }) -- result -> {opt, cells, rows}

local sweep_mt = { __name = "orrery.sweep", __index = methods }

function sweep_mt.__tostring(s)
  local head = string.format("sweep of %d cells: %d done, %d failed", s.cells, s.done, s.failed)
  return head .. (s.file and " (" .. s.file .. ")" or "")
end

function sweep_mt.__len(s) return s.done end

local function parts_of(s, method)
  return inside[s] or internal.raise("sweep:" .. method .. ": call it with a colon, s:" .. method)
end

-- Number of a cell that is given by its number or its key.
local function number_of(s, which, method)
  local w = parts_of(s, method)
  if type(which) == "string" then
    for i, key in ipairs(w.keys) do
      if key == which then return i, w end
    end
    internal.raise("sweep:" .. method .. ": no cell has the key '" .. which .. "'")
  end
  local i = math.tointeger(which)
  if not i or i < 1 or i > w.cells.n then
    internal.raise(string.format("sweep:%s: argument 1 (cell): expected a key or a whole number "
      .. "from 1 to %d, got %s", method, w.cells.n, internal.describe(which)))
  end
  return i, w
end

local function row_table(w, i, names)
  local line = w.rows:row(i)
  if not line then return nil end
  local values, row = C.fields(line), {}
  for k, name in ipairs(names) do row[name] = values[k] end
  return row
end

function methods.names(s)
  return (C.fields(parts_of(s, "names").rows:names()))
end

function methods.row(s, which)
  local i, w = number_of(s, which, "row")
  return row_table(w, i, methods.names(s))
end

function methods.rows(s)
  local w, list = parts_of(s, "rows"), {}
  local names = methods.names(s)
  for i = 1, w.cells.n do list[#list + 1] = row_table(w, i, names) end
  return list
end

function methods.params(s, which)
  local i, w = number_of(s, which, "params")
  return (cell_of(w.opt, w.cells, i))
end

function methods.cell(s, which)
  local i, w = number_of(s, which, "cell")
  return w.opt.run(cell_of(w.opt, w.cells, i))
end

function methods.open(s, which)
  local r = methods.cell(s, which)
  if not is_run(r) then
    internal.raise("sweep:open: the cell's function gives " .. internal.describe(r) .. ", not a run")
  end
  return o.dash(r)
end

-- ------------------------------------------------------------------------ the call

-- --cell N: this one cell, here, instead of the sweep.
local function one_cell(opt, cells, said)
  if said.cell > cells.n then fail("--cell %d: there are %d cells", said.cell, cells.n) end
  if said.open then
    o.dash((opt.run(cell_of(opt, cells, said.cell))))
    return
  end
  local row = do_cell(opt, cells, said.cell)
  print((cell_of(opt, cells, said.cell)))
  for _, name in ipairs(sorted_keys(row)) do print(name .. ": " .. tostring(row[name])) end
end

local function shard_file(file, said)
  if not file or not said.shards then return file end
  return (file:gsub("%.csv$", string.format(".shard-%d-of-%d.csv", said.shard, said.shards)))
end

-- Everything the engine needs to know, as plain lists.
local function plan_of(opt, cells, said)
  local header = C.provenance()
  local words = origin(opt, header)
  local names = C.names(cells.names)
  local keys, params = {}, {}
  for i = 1, cells.n do
    params[i] = C.join(cells.names, cells.at(i))
    keys[i] = C.key(words .. "\n" .. names .. "\n" .. params[i])
  end
  for _, pair in ipairs{ { "seed", opt.seed }, { "parameters", names }, { "cells", cells.n },
      { "shard", said.shards and said.shard .. "/" .. said.shards } } do
    if pair[2] then
      header[#header + 1] = pair[1]
      header[#header + 1] = tostring(pair[2])
    end
  end
  return { n = cells.n, keys = keys, params = params, names = names, header = header,
    file = shard_file(opt.file, said), log = opt.log, time = opt.time, memory = opt.memory,
    jobs = said.jobs or opt.jobs or (said.mpi and 1 or said.cores),
    retry = said.retry or opt.retry, fresh = said.fresh,
    digest = C.number(table.concat(keys)), view = arrange(cells, opt.show) }
end

function o.sweep(opt)
  opt = split_options(opt)
  local said, cells = C.options(), make_cells(opt)
  if said.cell then
    one_cell(opt, cells, said)
    exit(0, true)
  end
  local plan = plan_of(opt, cells, said)
  local rows = C.run(plan, function(i) return do_cell(opt, cells, i) end)
  if not rows then exit(0, true) end -- a rank that is not needed any more
  local s = { file = plan.file }
  s.cells, s.done, s.failed = rows:counts()
  s.complete = s.done == s.cells and not said.shards
  inside[s] = { opt = opt, cells = cells, rows = rows, keys = plan.keys }
  return setmetatable(s, sweep_mt)
end

help{ name = "sweep", usage = "sweep{run=function(p, g) … end, grid=, seeds=, row=, file=, …} -> result",
  doc = "Many cells: every combination of parameters and seeds, each in a process of its own, on all "
    .. "cores (-j N), under mpirun, or a share of them (--shard I/N). run is a function of the "
    .. "parameters (p.NAME, p.seed) and of a stream of the cell's own that gives a run or a table; "
    .. "stop says how far the run goes (as r:go); row makes a table name -> value of it. Parameters: "
    .. "grid = {a = {1, 2}, b = {…}} for all combinations, list = {{a = 1}, …} as they are, random or "
    .. "latin = {a = {low, high, \"log\"}} with n points. With file = \"x.csv\" rows go there (and to "
    .. "x.jsonl) as cells end; the same script run again does what is missing. A cell that fails, takes "
    .. "longer than time or more memory than memory is a row with its reason. s:rows() are the rows, "
    .. "s:cell(i) the run of a cell.",
  example = "s = sweep{ grid={x={1, 2, 3}}, seeds=2, run=function(p, g) return {y=p.x^2 + g:normal()} "
    .. "end }; print(s, #s:rows())" }
help{ name = "sweep:rows", usage = "s:rows() -> list of tables",
  doc = "The rows of a sweep in the order of its cells, each a table name -> value: cell, key, the "
    .. "parameters, seed, what row gave, status (\"ok\", \"failed\") and reason.",
  example = "s = sweep{ grid={x={1, 2}}, run=function(p) return {y=2 * p.x} end }; print(s:rows()[2].y)" }
help{ name = "sweep:row", usage = "s:row(cell) -> table or nil",
  doc = "The row of a cell, by its number or its key; nil when it has none yet.",
  example = "s = sweep{ grid={x={1, 2}}, run=function(p) return {y=2 * p.x} end }; print(s:row(2).y)" }
help{ name = "sweep:names", usage = "s:names() -> list",
  doc = "The names of the columns in their order.",
  example = "s = sweep{ run=function(p) return {y=1} end }; print(table.concat(s:names(), ' '))" }
help{ name = "sweep:params", usage = "s:params(cell) -> record",
  doc = "The parameters of a cell, by its number or its key.",
  example = "s = sweep{ grid={x={1, 2}}, run=function(p) return {y=1} end }; print(s:params(2).x)" }
help{ name = "sweep:cell", usage = "s:cell(cell) -> run",
  doc = "The run of a cell, by its number or its key, made anew and not moved yet: step it, plot it, "
    .. "or watch it with dash. On the command line: orrery dash --cell N FILE.",
  example = "s = sweep{ seeds=2, run=function(p) return run(net.linear{seed=p.seed}) end, stop={max=5} }; "
    .. "print(s:cell(2):step(5).loss == s:row(2).loss)" }
help{ name = "sweep:open", usage = "s:open(cell)",
  doc = "The run of a cell in the dashboard.",
  example = "s = sweep{ run=function(p) return run(net.linear{seed=p.seed}) end }; s:open(1)" }
