-- SPDX-License-Identifier: GPL-3.0-or-later
-- Error texts: function, argument, expectation, what was given, nearest name; placed at the
-- user's own line. What the other tests of the bindings do not provoke is provoked here.
local t = dofile(os.getenv("abs_srcdir") .. "/tests/lua/lib.lua")

local a, v = mat{ { 1, 2, 3 }, { 4, 5, 6 } }, mat{ 1, 2, 3 }

-- {function, text}
local cases = {
  -- kinds of arguments
  { function() mat.zeros("abc") end, "mat.zeros: argument 1 (rows): expected a whole number >= 1, got 'abc'" },
  { function() mat.zeros(0) end, "mat.zeros: argument 1 (rows): expected a whole number >= 1, got 0" },
  { function() mat.zeros(2, 2.5) end, "mat.zeros: argument 2 (cols): expected a whole number >= 1, got 2.5" },
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
  { function() mat.zeros(math.maxinteger, math.maxinteger) end, "no memory for a 9223372036854775807 x" },
  { function() mat.full(2, 2, "x") end, "mat.full: argument 3 (value): expected a number, got 'x'" },
  { function() mat.full(2, 2) end, "mat.full: argument 3 (value): expected a number, got nothing" },
  { function() mat.eye(-1) end, "mat.eye: argument 1 (rows)" },
  { function() mat.diag(a) end, "mat.diag: argument 1 (diagonal): expected a vector (A:diag() reads the diagonal of a matrix), got a 2 x 3 matrix" },
  { function() mat.range(1) end, "mat.range: argument 2 (last): expected a number, got nothing" },
  { function() mat.range(1, 2, 0) end, "mat.range: from 1 to 2 by 0 (must be finite, step not 0)" },
  { function() mat.range(1, 0) end, "mat.range: from 1 to 0 by 1 holds no number" },
  { function() mat.range(1, 1e300) end, "mat.range: from 1 to 1e+300 by 1 holds 1e+300 numbers" },
  { function() mat.range(1, 1 / 0) end, "mat.range: from 1 to inf by 1 (must be finite" },
  { function() mat.linspace(0, 1, 1) end, "mat.linspace: argument 3 (n): expected a whole number >= 2, got 1" },
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
  { function() a:norm(3) end, "mat:norm: argument 1 (kind): expected one of 'fro', '2', '1', 'inf', 'max', 'nuclear', got 3" },
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
  { function() net.linear{ h = "x" } end, 'net.linear: h = "x" (must be a whole number >= 1 and <= 1e+06)' },
  { function() net.linear{ h = 0 } end, "net.linear: h = 0 (must be >= 1 and <= 1e+06)" },
  { function() net.linear{ h = print } end, "net.linear: h cannot be a function" },
  { function() net.linear{ X = { { 1, 2 }, { 3 } } } end, "net.linear: X: row 2 has 1 numbers, row 1 has 2" },
  { function() net.linear{ X = "/no/such.csv" } end, "net.linear: X: cannot read '/no/such.csv'" },
  { function() net.linear{ X = rng(1) } end, "net.linear: X cannot be a rng" },
  { function() net.linear{ loss = "sqared" } end, 'loss = "sqared" (one of "squared", "mf", "scalar", "logistic", "sensing"; did you mean "squared"?)' },
  { function() net.linear{ h = mat.eye(2) } end, "net.linear: h cannot be a 2 x 2 matrix" },
  { function() net.linear{ h = { 1 } } end, "net.linear: h cannot be a table" },
  { function() net.linear{ hh = { 1 } } end, "net.linear: unknown option 'hh' (did you mean 'h'?)" },
  -- runs
  { function() run(3) end, "run: argument 1 (system): expected a system such as net.linear{}, got 3" },
  { function() run(net.linear{}, 3) end, "run: argument 2 (options): expected a table such as {stepper=\"gd\"}, got 3" },
  { function() run(net.linear{}, {}, 3) end, "run: takes a system and one table of options, got 3 arguments" },
  { function() run(net.linear{}, { stepper = "gdd" }) end, "run: no stepper 'gdd' (did you mean 'gd'?)" },
  { function() run(net.linear{}, { stepp = 1 }) end, "run (gd): unknown option 'stepp' (did you mean 'stepper'?)" },
  { function() run(net.linear{}, { record = { "los" } }) end, "no probe 'los' (did you mean 'loss'?)" },
  { function() run(net.linear{}, { stepper = 3 }) end, "run: stepper: expected a text in quotes, got 3" },
  { function() run(net.linear{}, { record = { 3 } }) end, "run: record: name 1: expected a probe's name, got a number" },
  { function() run(net.linear{}).stpe = 1 end, "no knob 'stpe' (did you mean 'step'?)" },
  { function() run(net.linear{}).qwerty = 1 end, "no knob 'qwerty' (r:probes() and r:knobs() list what there is)" },
  { function() run(net.linear{}).step = "x" end, 'step = "x" (must be a number > 0)' },
  { function() run(net.linear{}).step = -1 end, "step = -1 (must be > 0)" },
  { function() run(net.linear{}).step = {} end, "step takes a number, a truth value or a text, got a table" },
  { function() run(net.linear{})[3] = 1 end, "knobs are names, got a number" },
  { function() return run(net.linear{})[3] end, "fields are names, got a number" },
  { function() return run(net.linear{}).lss end, "(did you mean 'loss'?)" },
  { function() run(net.linear{}).loss = 3 end, "loss is a probe, read from the state: it cannot be assigned" },
  { function() run(net.linear{}).W1 = mat.eye(2) end, "W1 is 5 x 20, the value 2 x 2" },
  { function() run(net.linear{}).W1 = "x" end, "W1: expected a matrix or a list of numbers, got 'x'" },
  { function() run(net.linear{}):step(-1) end, "run:step: argument 1 (n): expected a whole number >= 0, got -1" },
  { function() run(net.linear{}).step(3) end, "run:step: the object before ':': expected a run (method calls take a colon: r:step(10)), got 3" },
  { function() run(net.linear{}):go{} end, "run:go: no goal given" },
  { function() run(net.linear{}):go{ maxx = 3 } end, "run:go: unknown option 'maxx' (did you mean 'max'?)" },
  { function() run(net.linear{}):go{ stop = 3 } end, "run:go: stop: expected a function of the run, got a number" },
  { function() run(net.linear{}):go{ time = "x" } end, "run:go: time: expected a number, got 'x'" },
  { function() run(net.linear{}):go{ gap_below = "x" } end, "run:go: gap_below: expected a number, got 'x'" },
  { function() run(net.linear{}):go{ max = -1 } end, "run:go: max: expected a whole number >= 0, got -1" },
  { function() run(net.linear{}):reset{ seed = "x" } end, "run:reset: seed: expected a whole number >= 0, got 'x'" },
  { function() run(net.linear{}):record{ "loss", evry = 3 } end, "run:record: unknown option 'evry' (did you mean 'every'?)" },
  { function() run(net.linear{}):record{ "loss", every = "x" } end, "run:record: every: expected a whole number >= 0, got 'x'" },
  { function() run(net.linear{}):record{ "los" } end, "no probe 'los' (did you mean 'loss'?)" },
  { function() run(net.linear{}):when("los < 3") end, "run:when: no probe 'los' (did you mean 'loss'?)" },
  { function() run(net.linear{}):watch("x") end, "run:watch: argument 2 (fn): expected a function of the run that returns a number, got nothing" },
  { function() run(net.linear{}):watch("loss", print) end, "run:watch: " },
  { function() run(net.linear{}):watch("w", function() return "x" end).w:x() end, "the watched function returned a string, not a number" },
  { function() run(net.linear{}):fork(3) end, "run:fork: argument 1 (name): expected a text in quotes, got 3" },
  { function() run(net.linear{}):mark() end, "run:mark: argument 1 (label): expected a text in quotes, got nothing" },
  { function() run(net.linear{}):write("x.doc") end, "run:write: cannot write 'x.doc': the ending must be .csv, .tsv, .jsonl or .npy" },
  { function() run(net.linear{}):go{ gaol = 3 } end, "run:go: unknown option 'gaol' (did you mean 'goal'?)" },
  { function() run(net.linear{}):go{ goal = "loss" } end, "run:go: condition 'loss' has none of <, <=, >, >=" },
  { function() run(net.linear{}):go{ goal = "los < 3" } end, "run:go: no probe 'los' (did you mean 'loss'?)" },
  { function() run(net.linear{}):go{ goal = "loss < x" } end, "run:go: condition 'loss < x': 'x' is not a number" },
  { function() run(net.linear{}):series("qwerty") end, "run:series: no probe 'qwerty' (r:probes() lists them)" },
  { function() run(net.linear{}):series("sharpness") end, "run:series: 'sharpness' is not recorded" },
  { function() run(net.linear{}):rewind(5) end, "run:rewind: argument 1 (step): expected a whole number from -1 to 0, got 5" },
  { function() run(net.linear{}):claim("x") end, "run:claim: no claim 'x'" },
  { function() run.load("/no/such.run") end, "run.load: cannot read '/no/such.run': No such file or directory" },
  { function() net.linear{}.h = 3 end, "net.linear: h is fixed when the system is made: net.linear{ h = … }" },
  { function() return net.linear{}.lss end, "net.linear: no field 'lss' (did you mean 'loss'?)" },
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
  local found = message:find(case[2], 1, true)
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
