-- SPDX-License-Identifier: GPL-3.0-or-later
-- Frames: made, read, written, chosen, ordered, grouped, joined, pivoted; every result
-- against one found another way.

local function near(a, b, tol) return math.abs(a - b) <= (tol or 1e-12) * math.max(1, math.abs(b)) end
local function refused(pattern, fn, ...)
  local ok, message = pcall(fn, ...)
  assert(not ok, "was not refused: " .. pattern)
  assert(message:find(pattern, 1, true), message)
end
local gone = frame.missing

-- ----------------------------------------------------------------- made of tables
do
  local f = frame{ { eta = 0.1, loss = 2, rule = "gd" }, { eta = 0.2, rule = "rho", ok = false } }
  assert(#f == 2 and table.concat(f.columns, " ") == "eta loss ok rule")
  assert(f.loss[1] == 2 and f.loss[2] ~= f.loss[2] and f.rule[2] == "rho" and f.ok[1] == gone)
  assert(f:row(-1).ok == false and f:row(2).loss == nil)
  assert(frame({ b = { 1, 2 }, a = { "x", "y" } }, { "b", "a" }).columns[1] == "b")
  refused("no column 'los' (did you mean 'loss'?)", function() return f.los end)
  refused("column 'b' has 3 values, column 'a' has 2", frame, { a = { 1, 2 }, b = { 1, 2, 3 } })
  refused("row 2, column 'a': expected a number", frame, { { a = 1 }, { a = print } })
  refused("row 9 of a frame of 2 rows", f.row, f, 9)
  refused("expected a file", frame, 3)
  local m = frame(mat{ { 1, 2 }, { 3, 4 } }, { "u", "v" })
  assert(m.v[2] == 4 and m:matrix("v", "u"):get(1, 1) == 2)
  m.w = m.u + m.v
  assert(m.w[2] == 7 and #m.columns == 3)
  refused("has 3 values, the frame has 2 rows", function() m.z = { 1, 2, 3 } end)
  local empty = frame{}
  assert(#empty == 0 and tostring(empty):find("0 rows"))
  assert(#frame{ a = {} }:sort("a"):group("a"):unique() == 0)
end

-- -------------------------------------------------------------------- of runs
do
  local r = run(net.linear{ seed = 7 }, { record = { "loss", "gap" } }):step(20)
  local f, s = frame(r), r:series("loss")
  assert(#f == 21 and f.k[21] == 20 and f.loss == s.value and f.t == s.t)
  assert(frame(s).loss == s.value)
end

-- ------------------------------------------------------------------- of sweeps
do
  local name = os.tmpname() .. ".csv"
  local s = sweep{ grid = { x = { 1, 2.5 }, rule = { "gd", "a,b" } }, seeds = 2, file = name, jobs = 1,
    run = function(p, g)
      if p.x == 1 and p.seed == 2 then error("not this one") end
      return { y = p.x ^ 2, z = g:normal(), big = p.seed == 1 }
    end }
  local f = frame(s)
  assert(#f == 8 and f:select(f.columns) == frame(name), tostring(frame(name)))
  assert(frame(name:gsub("csv$", "jsonl"), { "y", "z" }) == f:select("y", "z"))
  assert(#f:filter{ status = "failed" } == 2 and f.y[2] ~= f.y[2] and f.rule[5] == "a,b")
  assert(f:group("x", { "y", "mean", "count" }):row(2).y_mean == 6.25)
  os.remove(name)
  os.remove((name:gsub("csv$", "jsonl")))
end

-- ---------------------------------------------------------------- through files
local awkward = frame({ n = { 1, -3, 2 ^ 53 - 1, 1e300, 0.1, 1 / 3, -0.0, math.huge, -math.huge, 0 / 0, gone },
  word = { "", " a", 'say "x"', "line\nbreak", "1.5", "true", "na", "#c", "a,b\tc", "ü\\", gone },
  flag = { true, false, gone, true, true, true, true, true, true, true, false } }, { "n", "word", "flag" })
for _, kind in ipairs{ "csv", "tsv", "jsonl" } do
  local name = os.tmpname() .. "." .. kind
  awkward:save(name)
  local back = frame(name)
  assert(back == awkward, kind .. "\n" .. tostring(back))
  assert(math.type(back:row(2).n) == "integer" and 1 / back:row(7).n == -math.huge)
  frame{ { a = 1 }, { a = gone } }:save(name)
  assert(#frame(name) == 2, "a missing value alone in its row")
  os.remove(name)
end
do
  local name = os.tmpname() .. ".csv"
  local function write(s)
    local h = io.open(name, "wb")
    h:write(s)
    h:close()
    return name
  end
  local f = frame(write("# seed: 3\r\nx,y\r\n1,\"two, \"\"2\"\"\"\r\n\r\n-0.5e3,NA\r\n"))
  assert(#f == 2 and f.x[2] == -500 and f.y[1] == 'two, "2"' and f.y[2] == gone)
  refused("line 3 has 3 cells, the first line names 2 columns", frame, write("x,y\n1,2\n1,2,3\n"))
  refused("two columns are named 'x'", frame, write("x,x\n1,2\n"))
  refused("a quote is not closed", frame, write("x\n\"1\n"))
  refused("empty", frame, write(""))
  assert(frame(write("x,y\n1,2\nword,3\n")).x[1] == "1", "numbers beside words are words")
  os.remove(name)
  name = os.tmpname() .. ".jsonl"
  f = frame(write('{"header":{"a":"b"}}\n{"a":1,"s":"\\u00fc\\ud83d\\ude00\\\\ud8","l":[1,{"k":"]"}]}\n\n'
    .. '{"b":true,"a":null}\n'))
  assert(#f == 2 and f.s[1] == "ü😀\\ud8" and f.l[1] == '[1,{"k":"]"}]' and f.a[2] ~= f.a[2])
  assert(f.b[2] == true and f.b[1] == gone)
  refused("line 1, byte 6", frame, write('{"a":}\n'))
  refused("expected ',' or '}'", frame, write('{"a":1 "b":2}\n'))
  refused("text behind the record", frame, write('{"a":1} x\n'))
  os.remove(name)
  refused("ends in .csv, .tsv or .jsonl", f.save, f, "x.txt")
end

-- ------------------------------------------------ chosen and ordered, by brute force
local s = rng(5)
local N = 500
local raw = {}
do
  local u, v, w = s:uniform(N), s:uniform(N), s:normal(N)
  for i = 1, N do
    raw[i] = { id = i, k = math.floor(5 * u[i]), g = ({ "a", "b", "c" })[1 + math.floor(3 * v[i])],
      x = w[i] }
    if i % 17 == 0 then raw[i].x = nil end
  end
end
local big = frame(raw)
do
  local f = big:filter(function(row) return row.x and row.x > 0.3 end)
  local n = 0
  for _, row in ipairs(raw) do
    if row.x and row.x > 0.3 then
      n = n + 1
      assert(f:row(n).id == row.id)
    end
  end
  assert(#f == n)
  assert(#big:filter{ g = { "a", "b" }, k = 2 } + #big:filter{ g = "c", k = 2 } == #big:filter{ k = 2 })
  assert(#big:filter{ x = gone } == N // 17)
  local whole, out = big:complete("x")
  assert(#whole + out == N and out == N // 17)
  local order = {}
  for i, row in ipairs(raw) do order[i] = row end
  table.sort(order, function(p, q)
    if p.g ~= q.g then return p.g < q.g end
    if (p.x == nil) ~= (q.x == nil) then return q.x == nil end
    if p.x ~= q.x then return p.x > q.x end
    return p.id < q.id
  end)
  local sorted = big:sort("g", "-x")
  for i, row in ipairs(order) do assert(sorted:row(i).id == row.id, i) end
  refused("no column 'y'", big.sort, big, "y")
  assert(table.concat(big:select("x", "id").columns, " ") == "x id")
  assert(table.concat(big:drop("x", "id").columns, " ") == "g k")
  assert(big:rename("x", "y").y[1] == big.x[1])
  assert(#big:head(3):concat(big:tail(2), frame{ { new = 1 } }) == 6)
  refused("rows are read, not written", big.filter, big, function(row) row.x = 1 end)
end

-- -------------------------------------------------------------------- groups
do
  local f = big:group({ "g", "k" }, { "x", "mean", "sem", "median", "q90", worst = "max",
    mine = function(v) return v:sum() end }, { "id", "unique", "missing" })
  assert(#f == 15)
  local total = 0
  for _, row in f:rows() do
    local list, rows = {}, 0
    for _, given in ipairs(raw) do
      if given.g == row.g and given.k == row.k then
        rows = rows + 1
        list[#list + 1] = given.x
      end
    end
    table.sort(list)
    local sum, square = 0, 0
    for _, x in ipairs(list) do sum = sum + x end
    local mean = sum / #list
    for _, x in ipairs(list) do square = square + (x - mean) ^ 2 end
    local at = 0.9 * (#list - 1)
    local below, part = list[1 + math.floor(at)], at - math.floor(at)
    assert(row.count == rows and row.id_unique == rows and row.id_missing == 0)
    assert(near(row.x_mean, mean) and near(row.mine, sum) and row.worst == list[#list])
    assert(near(row.x_sem, math.sqrt(square / (#list - 1) / #list)))
    assert(near(row.x_q90, below + part * ((list[2 + math.floor(at)] or below) - below)))
    local half = (#list + 1) // 2
    assert(near(row.x_median, #list % 2 == 1 and list[half] or (list[half] + list[half + 1]) / 2))
    total = total + rows
  end
  assert(total == N and f.g[1] == "a" and f.k[1] == 0 and f.g[15] == "c" and f.k[15] == 4)
  refused("no statistic 'medain' (did you mean 'median'?)", big.group, big, "g", { "x", "medain" })
  refused("column 'g' holds texts, not numbers", big.group, big, "k", { "g", "mean" })
  refused("two columns would be named", big.group, big, "g", { "x", "mean", x_mean = "max" })
  local h = frame{ k = { 1, 1, 2, 2, 3 }, x = { 1, 0 / 0, math.huge, 5, gone } }:group("k",
    { "x", "mean", "median", "nan", "missing", "std" })
  assert(h.x_mean[1] ~= h.x_mean[1] and h.x_nan[1] == 1 and h.x_mean[2] == math.huge)
  assert(h.x_missing[3] == 1 and h:row(3).x_mean == nil, "nothing there: no mean, not a nan")
  local u = big:unique("g", "k")
  assert(#u == 15 and u:row(1).g == raw[1].g and u:row(1).k == raw[1].k)
  assert(#frame{ a = { 0 / 0, 0 / 0, 1 } }:unique() == 2)
end

-- ---------------------------------------------------------------- joins, pivots
do
  local a = frame{ k = { 1, 2, 3, gone }, x = { "p", "q", "r", "s" } }
  local b = frame{ k = { 2, 3, 3, gone }, x = { 10, 20, 30, 40 } }
  local inner, left = a:join(b, "k"), a:join(b, "k", "left")
  assert(#inner == 3 and inner.x_2 == mat{ 10, 20, 30 } and inner.x[3] == "r")
  assert(#left == 5 and left:row(1).x_2 == nil and left:row(5).x == "s")
  refused("no column 'j'", a.join, a, b, "j")
  refused('expected "inner" or "left"', a.join, a, b, "k", "outer")
  local p = big:pivot("k", "g", "x", "max")
  for i, k in ipairs(p.rows) do
    for j, g in ipairs(p.columns) do
      local best = -math.huge
      for _, row in ipairs(raw) do
        if row.k == k and row.g == g and row.x then best = math.max(best, row.x) end
      end
      assert(p.values:get(i, j) == best)
    end
  end
  local hole = frame{ a = { 1, 2 }, b = { 1, 2 }, z = { 5, 6 } }:pivot("a", "b", "z").values
  assert(hole:get(1, 2) ~= hole:get(1, 2) and hole:get(2, 2) == 6)
  refused("no field 'value' (did you mean 'values'?)", function() return p.value end)
  assert(tostring(p):find("k \\ g", 1, true))
end

-- ------------------------------------------------------------------- printing
do
  orrery = require "orrery"
  local w, h = orrery.width, orrery.height
  orrery.width, orrery.height = 40, 12
  local wide = frame(s:normal(100, 30))
  local lines = 0
  for line in (tostring(wide) .. "\n"):gmatch("(.-)\n") do
    lines = lines + 1
    assert(utf8.len(line) <= 40, line)
  end
  assert(lines <= 11 and tostring(wide):find("… %d+ more") and tostring(wide):find("100 rows x 30 columns"))
  orrery.width, orrery.height = w, h
  assert(tostring(big):find("x 29 missing"))
end

-- ---------------------------------------------------------------- lines with intervals
-- NIST StRD, data set Norris: certified values of a straight line through 36 points.
do
  local y = { .1, 338.8, 118.1, 888.0, 9.2, 228.1, 668.5, 998.5, 449.1, 778.9, 559.2, .3, .1, 778.1,
    668.8, 339.3, 448.9, 10.8, 557.7, 228.3, 998.0, 888.8, 119.6, .3, .6, 557.6, 339.3, 888.0, 998.5,
    778.9, 10.2, 117.6, 228.9, 668.4, 449.2, .2 }
  local x = { .2, 337.4, 118.2, 884.6, 10.1, 226.5, 666.3, 996.3, 448.6, 777.0, 558.2, .4, .6, 775.5,
    666.9, 338.0, 447.5, 11.6, 556.0, 228.1, 995.8, 887.6, 120.2, .3, .3, 556.8, 339.1, 887.2, 999.0,
    779.0, 11.1, 118.3, 229.2, 669.1, 448.9, .5 }
  local f = fit(x, y)
  assert(near(f.slope, 1.00211681802045) and near(f.slope_se, 0.429796848199937e-3, 1e-13))
  assert(near(f.intercept, -0.262323073774029) and near(f.intercept_se, 0.232818234301152))
  assert(near(f.sigma, 0.884796396144373) and near(f.r2, 0.999993745883712))
  -- Student's t with 34 degrees of freedom at 97.5 %: 2.0322445
  assert(near((f.slope_hi - f.slope) / f.slope_se, 2.0322445093177, 1e-10) and near(f.t, 2.0322445093177, 1e-10))
  local z, lo, hi = f:at(500)
  assert(lo < z and z < hi and near(z, f.intercept + 500 * f.slope))
  assert(near(hi - z, f.t * math.sqrt(f.intercept_se ^ 2 + 1000 * f.covariance + 25e4 * f.slope_se ^ 2)))
  local power = fit({ 1, 2, 4, 8, 0 }, { 3, 12, 48, 192, 5 }, { log = true })
  assert(near(power.slope, 2) and near(10 ^ power.intercept, 3) and power.left_out == 1 and power.n == 4)
  assert(near(power:at(16), 768, 1e-9) and tostring(power):find("1 left out"))
  refused("at least three points", fit, { 1, 2 }, { 3, 4 })
  refused("2 of 4 were left out", fit, { 1, 2, -1, 0 }, { 3, 4, 5, 6 }, { x = "log" })
  refused("all 3 points have x = 1", fit, { 1, 1, 1 }, { 3, 4, 5 })
  refused("unknown option 'lgo' (did you mean 'log'?)", fit, { 1 }, { 1 }, { lgo = true })
  refused("argument 1 (x): expected a vector or a list of numbers", fit, mat.eye(3), { 1, 2, 3 })
  local up = fit(mat.from(4, 1, function(i) return i end), mat { { 2, 4, 6, 8.5 } })
  assert(near(up.slope, fit({ 1, 2, 3, 4 }, { 2, 4, 6, 8.5 }).slope))
  refused("level = 1", fit, { 1 }, { 1 }, { level = 1 })
end

-- The interval covers the true slope as often as it says: 95 % of 1000 draws, a binomial
-- with standard deviation 0.7 %.
do
  local stream, x, hits = rng(11), {}, 0
  for i = 1, 8 do x[i] = i end
  for _ = 1, 1000 do
    local e, y = stream:normal(8), {}
    for i = 1, 8 do y[i] = 1 + 2 * i + 0.5 * e[i] end
    local f = fit(x, y)
    if f.slope_lo <= 2 and 2 <= f.slope_hi then hits = hits + 1 end
  end
  assert(hits > 920 and hits < 980, hits)
  local by = frame{ g = { "u", "u", "u", "v", "v", "v" }, x = { 1, 2, 3, 1, 2, 3 },
    y = { 1, 2, 3, 2, 4, 6 } }:fit("x", "y", { by = "g" })
  assert(near(by.slope[1], 1) and near(by.slope[2], 2) and by.g[2] == "v")
end

-- ------------------------------------------------------------------------ plots
do
  local rows = {}
  for i = 1, 6 do
    for k = 1, 5 do
      for _, g in ipairs{ "gd", "rho" } do
        rows[#rows + 1] = { eta = 10 ^ -i, seed = k, rule = g, loss = (g == "gd" and 1 or 3) * 10 ^ -2 * i * k }
      end
    end
  end
  rows[1].loss = nil
  local f = frame(rows)
  local function says(p, ...)
    for _, part in ipairs{ ... } do
      assert(tostring(p):find(part, 1, true), "no '" .. part .. "' in\n" .. tostring(p))
    end
  end
  says(plot(f, { x = "eta", y = "loss", by = "rule", band = "quantile", logx = true }), "rule = gd",
    "rule = rho", "median loss", "10⁻³", "1 of 60 rows have no value")
  says(plot(f, { x = "eta", y = "loss", band = { 0.1, 0.9 } }), "median loss")
  says(plot(f, { x = "eta", y = "loss", stat = "max", title = "worst" }), "max loss", "worst")
  says(plot(f:filter{ rule = "rho", seed = 1 }, { x = "eta", y = "loss", fit = true, logx = true,
    logy = true }), "slope -0.")
  says(plot(f, { x = "eta", y = "seed", z = "loss", logx = true, logz = true }), "seed", "loss 0.03", "eta")
  says(plot(f:filter(function(r) return r.seed > 1 or r.eta < 1e-3 end):pivot("seed", "eta", "loss"),
    { missing = "diverged", logx = true, title = "phases" }), "? diverged", "phases")
  refused("did you mean 'loss'", plot, f, { x = "eta", y = "los" })
  refused("a frame needs y", plot, f, { x = "eta" })
  refused("unknown option 'bande' (did you mean 'band'?)", plot, f, { x = "eta", y = "loss", bande = "sem" })
  refused('band = "sme" (did you mean \'sem\'?)', plot, f, { x = "eta", y = "loss", band = "sme" })
  refused("holds texts, not numbers", plot, f, { x = "rule", y = "loss" })
  refused("z is an option of frames", plot, f:pivot("seed", "eta", "loss"), { z = "loss" })
  refused("has no place on a logarithmic axis", plot,
    frame{ a = { 0, 1 }, b = { 1, 2 }, c = { 3, 4 } }:pivot("b", "a", "c"), { logx = true })
  -- The band of plot is that of the statistics: read back from the gnuplot script.
  local name = os.tmpname() .. ".gp"
  plot(f:filter{ rule = "rho" }, { x = "eta", y = "loss", band = "sem" }):save(name)
  local script = io.open(name):read("a")
  os.remove(name)
  local g = f:filter{ rule = "rho" }:group("eta", { "loss", "mean", "sem" })
  local n = 0
  for x, y, lo, hi in script:gmatch("\n([%d.e-]+) ([%d.e-]+) ([%d.e-]+) ([%d.e-]+)") do
    n = n + 1
    local row = g:row(n)
    assert(near(tonumber(x), row.eta) and near(tonumber(y), row.loss_mean))
    assert(near(tonumber(lo), row.loss_mean - row.loss_sem) and near(tonumber(hi), row.loss_mean + row.loss_sem))
  end
  assert(n == 6)
end

-- ------------------------------------------------------------------------ style
do
  local function size_of(p, options)
    local name = os.tmpname() .. ".svg"
    p:save(name, options)
    local text = io.open(name):read("a")
    os.remove(name)
    return tonumber(text:match('width="([%d.]+)')), tonumber(text:match('height="([%d.]+)')), text
  end
  local p = plot({ 1, 4, 9 })
  local mm = 72 / 25.4
  local w, h, before = size_of(p)
  assert(near(w, 130 * mm, 1e-3) and near(h, 85 * mm, 1e-3))
  assert(style{ width = "column", palette = "tol", size = 7 }.width == "column")
  w, h = size_of(p)
  assert(near(w, 86 * mm, 1e-3) and near(h, 86 * 85 / 130 * mm, 1e-3))
  assert(near(size_of(p, { width = 100 }), 100 * mm, 1e-3) and style().palette == "tol")
  style{ size = 9 }
  assert(style().size == 9 and style().palette == "tol", "what is not said stays")
  refused("unknown option 'palete' (did you mean 'palette'?)", style, { palete = "tol" })
  refused("palette = \"okab\"", style, { palette = "okab" })
  refused("size = 100", style, { size = 100 })
  assert(style("default").size == 8)
  local _, _, after = size_of(p)
  assert(after == before)
end
