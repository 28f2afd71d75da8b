-- SPDX-License-Identifier: GPL-3.0-or-later
-- Dictionaries from files: case 7 of theory page 9 in three formats, and what is refused.
local t = dofile(os.getenv("abs_srcdir") .. "/tests/lua/lib.lua")
local golden = os.getenv("abs_srcdir") .. "/tests/golden/concepts.tsv"

-- .npy of any shape and type: numbers are little-endian, in C order.
local function npy(name, descr, shape, numbers, order)
  local head = string.format("{'descr': '%s', 'fortran_order': %s, 'shape': (%s,), }\n", descr,
    order or "False", table.concat(shape, ", "))
  local letters = { f4 = "<f", f8 = "<d", i4 = "<i4" }
  local out = { "\147NUMPY\2\0", string.pack("<I4", #head), head }
  for i, x in ipairs(numbers) do out[i + 3] = string.pack(letters[descr:sub(2)] or "<d", x) end
  return t.file(name, table.concat(out))
end

-- The weights that tests/golden/concepts.py has worked out in rational arithmetic.
local want = { cat = 0.56091369635002208, dog = 0.078152884755050681, grass = 0.39131843653442111,
  ["river bank"] = 0.14142807742811517, sitting = 0.28219016212526926, sky = 0.0083395937643183475 }
local function check_code(D)
  local v = D:atom("cat") * 0.7 + D:atom("grass") * 0.5 + D:atom("sitting") * 0.3
  for i = 1, #v do v[i] = v[i] - 0.05 * (-1) ^ i end
  for _, method in ipairs{ "cd", "fista" } do
    local c = D:solve(v, { method = method, tol = 0 })
    for j, name in ipairs(D.names) do t.close(c.w[j], want[name], 1e-12, method .. ", " .. name) end
    t.same(c.top[1].name, "cat")
  end
end
local D = dict.load(golden)
t.same(table.concat(D.names, "|"), "cat|dog|grass|river bank|sitting|sky")
check_code(D)
local rows, names = data.vectors(golden) -- eight rounds of the six concepts
local text, cube, by_name = {}, {}, {}
for i, name in ipairs(names) do
  text[i] = name
  for j = 1, rows.cols do text[i] = text[i] .. string.format(" %.6f", rows:get(i, j)) end
end
check_code(dict.load(t.file("t-stimuli.txt", table.concat(text, "\n") .. "\n"))) -- blanks alone
for n = 1, 6 do
  local which = {}
  for k = 1, 8 do
    which[k] = n + 6 * (k - 1)
    for j = 1, rows.cols do cube[#cube + 1] = rows:get(which[k], j) end
  end
  by_name[names[n]] = rows:pick(which)
end
local list = t.file("t-names.txt", "# concepts\n" .. table.concat(names, "\n", 1, 6) .. "\n")
local nkd = npy("t-stimuli.npy", "<f8", { 6, 8, 16 }, cube)
check_code(dict.load(nkd, list))
check_code(dict.load(npy("t-rows.npy", "<f8", { 6, 128 }, cube), list, { stimuli = 8 }))
check_code(dict.from_stimuli(by_name))
local shape = select(2, data.npy(nkd))
t.same(table.concat(shape, " "), "6 8 16")
t.same(select(3, data.npy(npy("t-single.npy", "<f4", { 1, 2 }, { 1, 2 }))), "f4")

-- The principal directions of the same stimuli, against the decomposition of each.
local pca = dict.load(nkd, list, { method = "pca" })
for name, x in pairs(by_name) do
  local d = pca:atom(name)
  t.close(math.abs(d:dot(x:svd().v:col(1))), 1, 1e-12, name)
  assert(d:dot(x:mean(1)) > 0)
end

-- One vector is one atom.
local one = dict.load(npy("t-one.npy", "<f8", { 3 }, { 1, 2, 3 }))
assert(one.n == 1 and one.d == 3 and one:solve{ 2, 4, 6 }.nonzeros == 1)

-- One clear sentence each, that begins with the function that met it.
local function refused(part, file, names_file, options)
  local ok, message = pcall(dict.load, file, names_file, options)
  message = tostring(message)
  local placed = message:find("dict.load: ", 1, true) or message:find("data%.%a+: ")
  assert(not ok and placed and message:find(part, 1, true) and not message:find("\n"), message
    .. "\nexpected: " .. part)
end
local bytes = io.open(nkd, "rb"):read("a")
refused("is cut short: shape (6, 8, 16) of f8 needs 6144 bytes, only 6136",
  t.file("t-cut.npy", bytes:sub(1, -9)), list)
refused("is cut short: it ends inside its .npy header", t.file("t-cut.npy", bytes:sub(1, 9)), list)
refused("announces a .npy header of", t.file("t-cut.npy", bytes:sub(1, 40)), list)
refused("is not a .npy file", t.file("t-zip.npy", "PK\3\4 not an array"))
refused("is not a .npy file", t.file("t-empty.npy", (" "):rep(20)))
refused(".npy version 9.0", t.file("t-version.npy", bytes:sub(1, 6) .. "\9" .. bytes:sub(8)))
refused("damaged .npy header", t.file("t-head.npy", (bytes:gsub("descr", "dexcr"))))
refused("Python objects", npy("t-object.npy", "|O", { 2 }, {}))
refused("complex numbers", npy("t-complex.npy", "<c16", { 2 }, { 1, 2, 3, 4 }))
refused("holds whole numbers, type i4 (must be f2, f4 or f8)", npy("t-int.npy", "<i4", { 2, 2 }, { 1, 2, 3, 4 }))
refused("(1000000000000, 512)", npy("t-huge.npy", "<f8", { "1000000000000", 512 }, { 1, 2 }))
refused("(4294967296, 4294967297)", npy("t-wrap.npy", "<f8", { "4294967296", "4294967297" }, { 1, 2 }))
refused("4 dimensions", npy("t-four.npy", "<f8", { 1, 1, 1, 2 }, { 1, 2 }))
refused("a dictionary of 0 atoms", npy("t-none.npy", "<f8", { 0, 5 }, {}))
refused("stimuli = 7, '", nkd, list, { stimuli = 7 })
refused("stimuli = 7 does not divide the 128 numbers of a row", t.file("t-rows.npy"), list, { stimuli = 7 })
refused("did you mean 'stimuli'?", nkd, list, { stimulus = 8 })
local bad = npy("t-nan.npy", "<f8", { 3, 2 }, { 1, 2, 3, 0 / 0, 5, 6 })
refused("atom 2 ('dog'), entry 2 is nan (must be finite)", bad, t.file("t-three.txt", "cat\ndog\nsky\n"))
refused("atom 2 ('2'), entry 1 is inf", npy("t-inf.npy", "<f4", { 2, 1 }, { 1, 1 / 0 }))
refused("', concept 1: stimulus 2 holds a number that is not finite", npy("t-nan3.npy", "<f8", { 1, 2, 1 }, { 1, 0 / 0 }))
refused("atom 1 ('cat') is zero", npy("t-zero.npy", "<f8", { 2, 2 }, { 0, 0, 1, 2 }), t.file("t-two.txt", "cat\ndog\n"))
refused("has 3 names for the 2 rows of", t.file("t-zero.npy"), t.file("t-three.txt"))
refused("No such file", t.file("t-zero.npy"), "/no/such/names")
refused("cannot read '/no/such/file.npy'", "/no/such/file.npy")
refused("line 2 has 3 cells, the lines before have 4", t.file("t-short.txt", "cat 1 2 3\ndog 1 2\n"))
refused("line 2 has 5 cells, the lines before have 4", t.file("t-long.txt", "cat 1 2 3\ndog 1 2 3 4\n"))
refused("line 2, cell 3: 'x' is not a number", t.file("t-word.txt", "cat\t1\t2\ndog\t1\tx\n"))
refused("holds no number", t.file("t-lone.txt", "cat\ndog\n"))
refused("no line of numbers", t.file("t-blank.txt", "# nothing\n"))
local ok, message = pcall(dict.new, { { 1, 2 }, { 3, 4 } }, { "cat", "cat" })
assert(not ok and message:find("'cat' names atoms 1 and 2", 1, true))

-- Atoms that are the same, or zero without scaling, are no error; all sources stay finite.
local twins = dict.new({ { 1, 1 }, { 1, 1 }, { 0, 1 } }, { "a", "b", "c" }, { normalise = false })
local c = twins:solve({ 2, 3 }, { l1 = 0.5, l2 = 1 })
t.close(c.w[1], 0.8125, 1e-7)
t.close(c.w[1], c.w[2], 1e-7)
t.same(twins:coherence().twins, 1)
local zero = dict.new({ { 0, 0 }, { 1, 2 } }, nil, { normalise = false }):solve({ 1, 2 }, { l1 = 0.1, l2 = 0 })
t.same(zero.w[1], 0)
t.cleanup()
