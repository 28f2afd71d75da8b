-- SPDX-License-Identifier: GPL-3.0-or-later
-- Error texts: function, argument, expectation, what was given, nearest name; placed at the
-- user's own line. What the other tests of the bindings do not provoke is provoked here.
local t = dofile(os.getenv("abs_srcdir") .. "/tests/lua/lib.lua")

local a, v = mat{ { 1, 2, 3 }, { 4, 5, 6 } }, mat{ 1, 2, 3 }

-- {function, text}
local cases = {
  -- kinds of arguments
  { function() mat.zeros("abc") end, "mat.zeros: argument 1 (rows): expected a whole number >= 1, got 'abc'" ,
    "mat.zeros: argument 1 (rows): expected a whole number from 1 to 2147483647, got 'abc'" },
  { function() mat.zeros(0) end, "mat.zeros: argument 1 (rows): expected a whole number from 1 to" },
  { function() mat.zeros(2, 2.5) end, "mat.zeros: argument 2 (cols): expected a whole number from 1 to 2147483647, got 2.5" },
  { function() mat.zeros() end, "got nothing" },
  { function() mat.zeros(nil) end, "got nil" },
  { function() mat.zeros(true) end, "got true" },
  { function() mat.zeros{} end, "got a table" },
  { function() mat.zeros(print) end, "got a function" },
  { function() mat.zeros(a) end, "got a 2 x 3 matrix" },
  { function() mat.zeros(v) end, "got a vector of 3" },
  { function() mat.zeros(v.T) end, "got a row vector of 3" },
  { function() mat.zeros(rng(7)) end, "got a rng" },
  { function() mat.zeros(("x"):rep(60)) end, "got '" .. ("x"):rep(40) .. "...'" },
  { function() mat.zeros(2 ^ 30, 2 ^ 30) end, "no memory for a 1073741824 x 1073741824 matrix" },
  { function() mat.zeros(2 ^ 31 - 1, 2 ^ 31 - 1) end, "no memory for a 2147483647 x 2147483647 matrix" },
  { function() mat.full(2, 2, "x") end, "mat.full: argument 3 (value): expected a number, got 'x'" },
  { function() mat.full(2, 2) end, "mat.full: argument 3 (value): expected a number, got nothing" },
  { function() mat.eye(-1) end, "mat.eye: argument 1 (rows)" },
  { function() mat.diag(a) end, "mat.diag: argument 1 (diagonal): expected a vector (A:diag() reads the diagonal of a matrix), got a 2 x 3 matrix" },
  { function() mat.range(1) end, "mat.range: argument 2 (last): expected a number, got nothing" },
  { function() mat.range(1, 2, 0) end, "mat.range: from 1 to 2 by 0 (must be finite, step not 0)" },
  { function() mat.range(1, 0) end, "mat.range: from 1 to 0 by 1 holds no number" },
  { function() mat.range(1, 1e300) end, "mat.range: from 1 to 1e+300 by 1 holds 1e+300 numbers" },
  { function() mat.range(1, 1 / 0) end, "mat.range: from 1 to inf by 1 (must be finite" },
  { function() mat.linspace(0, 1, 1) end, "mat.linspace: argument 3 (n): expected a whole number from 2 to" },
  { function() mat.linspace(0, 1 / 0, 3) end, "mat.linspace: from 0 to inf (both ends must be finite)" },
  { function() mat.logspace(0, 1, 3) end, "mat.logspace: from 0 to 1 (both ends must be > 0; they are the values, not exponents)" },
  { function() mat.from(2, 2, 3) end, "mat.from: argument 3 (fn): expected a function of row and column, got 3" },
  { function() mat.from(2, 2, function() return "x" end) end, "mat.from: fn(1, 1) returned a string, not a number" },
  { function() mat.hcat() end, "mat.hcat: nothing to join" },
  { function() mat.hcat(a, v) end, "mat.hcat: argument 2 has 3 rows, argument 1 has 2" },
  { function() mat.vcat(a, v) end, "mat.vcat: argument 2 has 1 columns, argument 1 has 3" },
  -- lists
  { function() mat{} end, "mat: argument 1 (list): the list is empty" },
  { function() mat{ 1, "2" } end, "mat: argument 1 (list): entry 2 of the list is '2' (expected a number or a list of numbers)" },
  { function() mat{ 1, { 2 } } end, "mat: argument 1 (list): the list mixes numbers and rows (entry 2)" },
  { function() mat{ { 1, 2 }, { 3 } } end, "mat: argument 1 (list): row 2 has 1 numbers, row 1 has 2" },
  { function() mat{ { 1, 2 }, { 3, false } } end, "mat: argument 1 (list): entry [2][2] of the list is false (expected a number)" },
  { function() mat{ {} } end, "mat: argument 1 (list): row 1 of the list is empty" },
  { function() mat(3) end, "mat.from: argument 2 (cols)" },
  { function() mat("x") end, "mat: argument 1 (list): expected a matrix or a list of numbers, got 'x'" },
  { function() mat({ 1 }, { 2 }) end, "mat: takes one list, got 2 arguments" },
  -- operators: both shapes
  { function() return a + mat.eye(2) end, "A + B: the shapes of a 2 x 3 matrix and a 2 x 2 matrix do not agree" },
  { function() return a - v end, "A - B: the shapes of a 2 x 3 matrix and a vector of 3 do not agree" },
  { function() return a * a end, "A * B: the shapes of a 2 x 3 matrix and a 2 x 3 matrix do not agree (A:mul(B) multiplies entry by entry)" },
  { function() return a * mat.zeros(2, 3, 1).T:copy():reshape(2, 3) end, "A * B: the shapes" },
  { function() return a * mat.eye(2) end, "A * B: the shapes of a 2 x 3 matrix and a 2 x 2 matrix do not agree (is a .T missing?)" },
  { function() return a / a end, "A / B: only a number can stand behind / (A:div(B) divides entry by entry" },
  { function() return 1 / a end, "A / B: only a number can stand behind /" },
  { function() return a + "x" end, "A + B: argument 2 (right): expected a number, a matrix or a list of numbers, got 'x'" },
  { function() return nil * a end, "A * B: argument 1 (left): expected a matrix or a list of numbers, got nil" },
  { function() return a ^ 2 end, "A ^ k: needs a square matrix, got a 2 x 3 matrix (A:pow(p) takes powers entry by entry)" },
  { function() return mat.eye(2) ^ 0.5 end, "A ^ k: k = 0.5 is not a whole number" },
  { function() return 2 ^ a end, "A ^ k: a matrix to the power of a whole number" },
  { function() return mat.zeros(2, 2) ^ -1 end, "A ^ k: the matrix is singular" },
  { function() return a .. "x" end, "attempt to concatenate" },
  { function() return a < a end, "attempt to compare" },
  -- methods
  { function() a.sum() end, "mat:sum: the object before ':': expected a matrix or a list of numbers, got nothing" },
  { function() a:sum(3) end, "mat:sum: argument 1 (dim): expected a whole number from 1 to 2, got 3" },
  { function() a:mul("x") end, "mat:mul: argument 1 (right): expected a number, a matrix or a list of numbers, got 'x'" },
  { function() a:mul(mat.eye(2)) end, "mat:mul: the shapes of a 2 x 3 matrix and a 2 x 2 matrix do not agree" },
  { function() a:map() end, "mat:map: argument 1 (fn): expected a function of one entry, got nothing" },
  { function() a:map(function(x) return x < 5 and x or nil end) end, "mat:map: fn returned a nil for entry (2, 2), not a number" },
  { function() a:clip(3, 1) end, "mat:clip: low 3 is above high 1" },
  { function() a:fill() end, "mat:fill: argument 1 (value): expected a number, got nothing" },
  { function() a:dot(v) end, "mat:dot: the shapes of a 2 x 3 matrix and a vector of 3 do not agree" },
  { function() v:dot{ 1 } end, "mat:dot: the shapes of a vector of 3 and a vector of 1 do not agree" },
  { function() a:norm("frob") end, "mat:norm: argument 1 (kind): 'frob' is not one of 'fro', '2', '1', 'inf', 'max', 'nuclear' (did you mean 'fro'?)" },
  { function() a:norm(3) end, "mat:norm: argument 1 (kind): '3' is not one of" },
  { function() a:norm{} end, "mat:norm: argument 1 (kind): expected one of 'fro'" },
  { function() a:trace() end, "mat:trace: needs a square matrix, got a 2 x 3 matrix" },
  { function() a:rank(-1) end, "mat:rank: argument 1 (tol): expected a number >= 0, got -1" },
  { function() a:sort() end, "mat:sort: argument 1 (dim): expected a whole number from 1 to 2, got nothing" },
  { function() v:sort("dwon") end, "'dwon' is not one of 'up', 'down' (did you mean 'down'?)" },
  { function() a:any(3) end, "mat:any: argument 1 (fn): expected a function of one entry, or nothing, got 3" },
  { function() a:assign("x") end, "mat:assign: argument 1 (value): expected a number, a matrix or a list of numbers, got 'x'" },
  { function() a:assign(v) end, "mat:assign: a 2 x 3 matrix cannot take a vector of 3" },
  { function() a:row(3) end, "mat:row: row 3 is outside 1 to 2 (or -2 to -1 from the end)" },
  { function() a:row("x") end, "mat:row: argument 1 (row): expected a whole number as position, got 'x'" },
  { function() a:col(0) end, "mat:col: column 0 is outside 1 to 3" },
  { function() a:set(1, 1, "x") end, "mat:set: argument 3 (value): expected a number, got 'x'" },
  { function() a:reshape(0) end, "mat:reshape: argument 1 (rows)" },
  { function() a:save() end, "mat:save: argument 1 (file): expected a text in quotes, got nothing" },
  { function() a:save("x.npy", 3) end, "mat:save: argument 2 (names): expected a list of names, one for each column, got 3" },
  { function() a:near() end, "mat:near: argument 1 (other): expected a matrix or a list of numbers, got nothing" },
  { function() a[true] = 1 end, "mat: entries are assigned by position, got a boolean" },
  -- options
  { function() net.linear{ init_scal = 1 } end, "net.linear: unknown option 'init_scal' (did you mean 'init_scale'?)" },
  { function() net.linear{ 3 } end, "net.linear: options are written name = value; found one at [1]" },
  { function() net.linear(3) end, "net.linear: options go into one table" },
  { function() net.linear({}, {}) end, "net.linear: takes one table of options, got 2 arguments" },
  { function() net.linear{ h = "x" } end, "net.linear: h" },
  { function() net.linear{ h = 0 } end, "net.linear: h = 0 (must be >= 1)" , "net.linear: h = 0 (must be in [1, 1000000])", "net.linear: h = 0" },
  { function() net.linear{ h = print } end, "net.linear: h cannot be a function" },
  { function() net.linear{ X = { { 1, 2 }, { 3 } } } end, "net.linear: X: row 2 has 1 numbers, row 1 has 2" },
  { function() net.linear{ X = "/no/such.csv" } end, "net.linear: X: cannot read '/no/such.csv'" },
  { function() net.linear{ X = rng(1) } end, "net.linear: X cannot be a rng" },
  { function() net.linear{ loss = "sqared" } end, "did you mean" , "squared" },
  { function() net.linear{ h = mat.eye(2) } end, "net.linear: h" },
  -- runs
  { function() run(3) end, "run: argument 1 (system): expected a system such as net.linear{}, got 3" },
  { function() run(net.linear{}, 3) end, "run: argument 2 (options): expected a table such as {stepper=\"gd\"}, got 3" },
  { function() run(net.linear{}, {}, 3) end, "run: takes a system and one table of options, got 3 arguments" },
  { function() run(net.linear{}, { stepper = "gdd" }) end, "run: no stepper 'gdd' (did you mean 'gd'?)" },
  { function() run(net.linear{}, { stepp = 1 }) end, "unknown option 'stepp' (did you mean 'step'?)", "unknown option 'stepp'" },
  { function() run(net.linear{}, { record = { "los" } }) end, "loss" },
  { function() run(net.linear{}).los = 1 end, "no knob 'los'" },
  { function() return run(net.linear{}).lss end, "(did you mean 'loss'?)" },
  { function() run(net.linear{}).loss = 3 end, "loss is a probe, read from the state: it cannot be assigned" },
  { function() run(net.linear{}).W1 = mat.eye(2) end, "W1" },
  { function() run(net.linear{}):step(-1) end, "run:step: argument 1 (n): expected a whole number" },
  { function() run(net.linear{}).step(3) end, "run:step" , "attempt to call" },
  { function() run(net.linear{}):go{} end, "run:go: no goal given" },
  { function() run(net.linear{}):go{ maxx = 3 } end, "run:go: unknown option 'maxx' (did you mean 'max'?)" },
  { function() run(net.linear{}):go{ stop = 3 } end, "run:go: stop: expected a function of the run, got a number" },
  { function() run(net.linear{}):go{ until_ = 3 } end, "run:go: unknown option 'until_'" },
  { function() run(net.linear{}):go{ ["until"] = "loss" } end, "run:go: condition 'loss' has none of <, <=, >, >=" },
  { function() run(net.linear{}):go{ ["until"] = "los < 3" } end, "run:go: no probe 'los' (did you mean 'loss'?)" },
  { function() run(net.linear{}):go{ ["until"] = "loss < x" } end, "run:go: condition 'loss < x': 'x' is not a number" },
  { function() run(net.linear{}):series("qwerty") end, "run:series: no probe 'qwerty' (r:probes() lists them)" },
  { function() run(net.linear{}):series("sharpness") end, "run:series: 'sharpness' is not recorded" },
  { function() run(net.linear{}):rewind(5) end, "run:rewind: argument 1 (step): expected a whole number from -1 to 0, got 5" },
  { function() run(net.linear{}):claim("x") end, "run:claim: no claim 'x'" },
  { function() run.load("/no/such.run") end, "/no/such.run" },
  { function() net.linear{}.h = 3 end, "net.linear: h is fixed when the system is made: net.linear{ h = … }" },
  { function() return net.linear{}.lss end, "net.linear: " },
  { function() return net.linear{}.loss_scal end, "net.linear: no field 'loss_scal' (did you mean 'loss_scale'?)" },
  { function() return net.linear{}.gap end, "net.linear: 'gap' is a probe: make a run and read it there" },
  { function() net.linear{}:start("W3") end, "system:start: net.linear has no block 'W3'" },
  -- session
  { function() timeit(3) end, "timeit: argument 1 (f): expected a function, got number" },
  { function() args(3) end, "args: argument 1 (spec): expected a table" },
}

local wrong = {}
for i, case in ipairs(cases) do
  local ok, message = pcall(case[1])
  message = tostring(message)
  local found = false
  for k = 2, #case do found = found or message:find(case[k], 1, true) end
  local line = debug.getinfo(case[1], "S").linedefined
  if ok then
    wrong[#wrong + 1] = line .. ": did not fail"
  elseif not found then
    wrong[#wrong + 1] = line .. ": " .. message .. "\n    expected: " .. case[2]
  elseif not message:find("^[^\n]-errors%.lua:" .. line .. ": ") then
    wrong[#wrong + 1] = line .. ": not placed at its line: " .. message
  end
end
assert(#wrong == 0, #wrong .. " of " .. #cases .. "\n" .. table.concat(wrong, "\n"))

-- Errors inside the user's own callbacks keep their text and place; a coroutine and a pcall
-- around it change nothing.
t.fails(function() a:map(function() error("mine") end) end, "mine")
t.fails(function() run(net.linear{}):go{ max = 3, stop = function() error("my stop") end } end, "my stop")
t.fails(coroutine.wrap(function() mat.zeros("x") end), "mat.zeros: argument 1 (rows)")
