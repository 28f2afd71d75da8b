-- SPDX-License-Identifier: GPL-3.0-or-later
-- sweep.lua - which cells a sweep has, their streams, rows, results, and refusals.

local function refused(opt, ...)
  local ok, text = pcall(sweep, opt)
  assert(not ok, "not refused")
  for _, part in ipairs{ ... } do
    assert(text:find(part, 1, true), text .. "\nlacks: " .. part)
  end
end

local function echo(p) return { was=tostring(p.x) } end

-- ------------------------------------------------------------------ parameters

-- Grids by the alphabet, the last name fastest, seeds faster still.
do
  local s = sweep{ grid={ b={10, 20}, a={1, 2, 3} }, seeds={ 7, 9 }, jobs=2,
    run=function(p) return { sum=p.a + p.b + p.seed } end }
  assert(s.cells == 12 and s.done == 12 and s.failed == 0 and s.complete and #s == 12)
  assert(table.concat(s:names(), " ") == "cell key a b seed sum status reason")
  local at = 0
  for _, a in ipairs{ 1, 2, 3 } do
    for _, b in ipairs{ 10, 20 } do
      for _, seed in ipairs{ 7, 9 } do
        at = at + 1
        local row = s:rows()[at]
        assert(row.cell == at and row.a == a and row.b == b and row.seed == seed)
        assert(row.sum == a + b + seed and math.type(row.sum) == "integer")
        assert(row.status == "ok" and row.reason == nil)
        assert(s:row(row.key).cell == at)
      end
    end
  end
  assert(s:params(12).a == 3 and s:params(12).b == 20 and s:params(12).seed == 9)
  assert(tostring(s) == "sweep of 12 cells: 12 done, 0 failed")
end

-- Kinds survive, numbers bit for bit.
do
  local values = { 0.1 + 0.2, -1e-300, 2^53 + 0.0, math.huge, -math.huge, math.mininteger,
    math.maxinteger, "1", "", 'a "quoted", text', "true", true, false }
  local s = sweep{ grid={ x=values }, run=function(p) return { y=p.x, none=nil } end }
  for i, v in ipairs(values) do
    local row = s:row(i)
    assert(row.x == v and row.y == v, tostring(v))
    assert(type(row.y) == type(v))
  end
  local nan = sweep{ run=function() return { y=0/0, z="a\nb" } end }:row(1)
  assert(nan.y ~= nan.y and nan.z == "a b")
end

-- A list as it is, crossed with a grid.
do
  local s = sweep{ list={ { x=1, y="a" }, { x=2, y="b" } }, grid={ z={ 5, 6 } },
    run=function(p) return { t=p.y .. p.x .. p.z } end }
  local t = {}
  for i, row in ipairs(s:rows()) do t[i] = row.t end
  assert(table.concat(t, " ") == "a15 a16 b25 b26")
end

-- Latin hypercube: every one of n equal parts of every range has one point; log and int.
do
  local n = 40
  local s = sweep{ latin={ u={ 0, 1 }, v={ 1e-4, 1e2, "log" }, k={ 1, 40, "int" } }, n=n, seed=3,
    run=function(p) return { y=p.u } end }
  local seen = { u={}, v={}, k={} }
  for _, row in ipairs(s:rows()) do
    assert(row.u >= 0 and row.u < 1 and row.v >= 1e-4 and row.v < 1e2)
    assert(math.type(row.k) == "integer")
    local part = { u=math.floor(row.u * n), v=math.floor(math.log(row.v / 1e-4) / math.log(1e6) * n + 1e-9),
      k=row.k }
    for name, at in pairs(part) do
      assert(not seen[name][at], name .. " has two points in part " .. at)
      seen[name][at] = true
    end
  end
  local other = sweep{ latin={ u={ 0, 1 }, v={ 1e-4, 1e2, "log" }, k={ 1, 40, "int" } }, n=n, seed=4,
    run=function(p) return { y=p.u } end }
  assert(other:row(1).u ~= s:row(1).u)
end

-- Random points: in their range, uniform in the logarithm, the first the same when there are more.
do
  local function points(n)
    return sweep{ random={ eta={ 1e-4, 1, "log" }, k={ 3, 4, "int" } }, n=n, jobs=1,
      run=function() return {} end }:rows()
  end
  local few, many, below, low = points(5), points(200), 0, 0
  for i, row in ipairs(few) do assert(row.eta == many[i].eta and row.k == many[i].k) end
  for _, row in ipairs(many) do
    assert(row.eta >= 1e-4 and row.eta < 1 and (row.k == 3 or row.k == 4))
    below = below + (row.eta < 1e-2 and 1 or 0)
    low = low + (row.k == 3 and 1 or 0)
  end
  -- binomial with p = 1/2, n = 200: five standard deviations are 35
  assert(math.abs(below - 100) < 36 and math.abs(low - 100) < 36)
end

-- --------------------------------------------------------------------- streams

do
  local function draws(opt)
    opt.run = function(p, g) return { y=g:normal() } end
    local s, t = sweep(opt), {}
    for _, row in ipairs(s:rows()) do t[row.x .. "/" .. row.seed] = row.y end
    return t
  end
  local one = draws{ grid={ x={ 1, 2, 3 } }, seeds=3, jobs=1 }
  local two = draws{ grid={ x={ 3, 1 } }, seeds={ 2, 1, 8 }, jobs=2 }
  assert(two["3/2"] == one["3/2"] and two["1/1"] == one["1/1"]) -- by what a cell is, not where
  local seen = {}
  for _, y in pairs(one) do assert(not seen[y]); seen[y] = true end
  assert(draws{ grid={ x={ 1 } }, seed=2 }["1/1"] ~= one["1/1"])
end

-- ------------------------------------------------------------------------ runs

-- Stop rules, default rows, and a cell as a run of its own.
do
  local s = sweep{ grid={ scale={ 0.1, 0.5 } }, seeds=2, stop={ max=400, loss_below=1e-3 },
    run=function(p) return run(net.linear{ seed=p.seed, init_scale=p.scale }, { step=0.02 }) end }
  assert(s.failed == 0)
  for i, row in ipairs(s:rows()) do
    local r = s:cell(i)
    assert(r.k == 0)
    r:go{ max=400, loss_below=1e-3 }
    assert(r.loss == row.loss and r.k == row.steps and r.t == row.time)
  end
  local t = sweep{ grid={ n={ 3, 5 } }, stop=function(p) return { max=p.n } end,
    run=function() return run(net.linear{}) end, row=function(r, p) return { k=r.k, n2=2 * p.n } end }
  assert(t:row(1).k == 3 and t:row(2).k == 5 and t:row(2).n2 == 10)
end

-- What a cell does is not seen here or by other cells.
do
  local count = 0
  local s = sweep{ seeds=6, jobs=1, run=function() count = count + 1; return { n=count } end }
  assert(count == 0)
  for _, row in ipairs(s:rows()) do assert(row.n == 1) end
end

-- Rows with different names: all names are columns.
do
  local s = sweep{ grid={ x={ 1, 2, 3 } }, run=function(p)
    return { ["v" .. p.x]=p.x, all=0, [p.x == 2 and "a,b" or "c"]=1 }
  end }
  assert(table.concat(s:names(), " ") == "cell key x seed a,b all c v1 v2 v3 status reason")
  assert(s:row(2).v2 == 2 and s:row(2).v1 == nil and s:row(2)["a,b"] == 1 and s:row(1).c == 1)
end

-- Failures are rows.
do
  local s = sweep{ grid={ x={ 1, 2, 3, 4, 5, 6 } }, time=30, run=function(p)
    if p.x == 1 then error({}) end
    if p.x == 2 then return p.y end
    if p.x == 3 then return { cell=1 } end
    if p.x == 4 then return { f=print } end
    if p.x == 5 then return sweep{ run=function() return {} end } end
    return {}
  end }
  local why = { "table:", "no field 'y' in the result of cell 2", "row: 'cell' is a column of every sweep",
    "f is a function (a number, a text or a truth value can stand in a row)",
    "a cell of a sweep cannot begin a sweep" }
  for i, text in ipairs(why) do
    local row = s:row(i)
    assert(row.status == "failed" and row.reason:find(text, 1, true), row.reason)
  end
  assert(s:row(6).status == "ok" and s.failed == 5)
end

-- -------------------------------------------------------------------- refusals

refused(nil, "sweep: argument 1: expected a table of options, got nil")
refused({ run=echo, gird={} }, "sweep: unknown option 'gird' (did you mean 'grid'?)")
refused({ grid={ x={ 1 } } }, "sweep: run: a function of the parameters is needed")
refused({ run=3 }, "sweep: run: expected a function, got 3")
refused({ run=echo, grid={ x=3 } }, "sweep: grid: x: expected a list of values, got 3")
refused({ run=echo, grid={ x={} } }, "grid: x: expected a list of values")
refused({ run=echo, grid={ x={ {} } } }, "grid: x: expected a number, a text or a truth value, got a table")
refused({ run=echo, grid={ seed={ 1 } } }, "'seed' is a column of every sweep (say seeds = …)")
refused({ run=echo, grid={ x={ 1 } }, list={ { x=1 } } }, "grid: 'x' is in list already")
refused({ run=echo, list={ { x=1 }, { y=2 } } }, "list: entry 2: 'y' is not in the first entry")
refused({ run=echo, list={ { x=1, y=1 }, { x=2 } } }, "list: entry 2: y: expected a number")
refused({ run=echo, random={ x={ 1, 2 } } }, "random: n, the number of points, is needed")
refused({ run=echo, random={ x={ 2, 1 } }, n=3 }, "random: x: expected {low, high}, got {2, 1}")
refused({ run=echo, latin={ x={ 0, 1, "log" } }, n=3 }, "low = 0 (must be > 0 on a logarithmic scale)")
refused({ run=echo, latin={ x={ 0, 1, "lg" } }, n=3 }, "scale = 'lg'")
refused({ run=echo, latin={ x={ 0, 1.5, "int" } }, n=3 }, "must be whole numbers")
refused({ run=echo, seeds=0 }, "seeds = 0 (must be >= 1)")
refused({ run=echo, seeds={} }, "seeds: the list is empty")
refused({ run=echo, seeds="x" }, "seeds: expected a whole number or a list of them, got 'x'")
refused({ run=echo, time=-1 }, "sweep: time = -1")
refused({ run=echo, jobs=0 }, "sweep: jobs = 0")
refused({ run=echo, file="x.txt" }, "cannot write 'x.txt': the name must end in .csv")
refused({ run=echo, file="/no/such/place/x.csv" }, "cannot write '/no/such/place/x.csv'")
refused({ run=echo, grid={ x={ 1, 2 } }, seeds=10000000 }, "more than 10000000 cells")

local s = sweep{ grid={ x={ 1 } }, run=echo }
for _, text in ipairs{ { pcall(s.row, s, 2) }, { pcall(s.row, s, "k") }, { pcall(s.rows) },
    { pcall(s.open, s, 1) } } do
  assert(not text[1] and text[2]:find("sweep:", 1, true), text[2])
end
