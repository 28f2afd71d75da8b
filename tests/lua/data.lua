-- SPDX-License-Identifier: GPL-3.0-or-later
-- Data from files that the test writes, and what prepares data.
local t = dofile(os.getenv("abs_srcdir") .. "/tests/lua/lib.lua")

-- idx: 2 images of 2 x 3 bytes; labels; 32-bit floats, most significant byte first
local images = t.file("t-images", "\0\0\8\3\0\0\0\2\0\0\0\2\0\0\0\3" .. "\1\2\3\4\5\6\7\8\9\10\11\255")
local x, shape = data.idx(images)
t.matrix(x, { { 1, 2, 3, 4, 5, 6 }, { 7, 8, 9, 10, 11, 255 } })
t.same(table.concat(shape, " "), "2 2 3")
t.same(data.idx(images, 1).rows, 1)
local labels = data.idx(t.file("t-labels", "\0\0\8\1\0\0\0\3\7\0\7"))
t.matrix(labels, { 7, 0, 7 })
t.same(labels[1], 7) -- a vector
t.matrix(data.idx(t.file("t-floats", "\0\0\13\1\0\0\0\2" .. string.pack(">ff", 0.5, -3))), { 0.5, -3 })
t.fails(function() data.idx(t.file("t-bad", "\0\0\8\1\0\0\0\9\7")) end, "data.idx: '")
t.fails(function() data.idx(t.file("t-bad", "hello")) end, "data.idx: '")
t.fails(function() data.idx("/no/such/file") end, "data.idx: cannot read '/no/such/file'")
-- gzip, stored block, made by hand: header, one stored block, CRC and length
local function gzip(text)
  local crc = 0xffffffff
  for i = 1, #text do
    crc = crc ~ text:byte(i)
    for _ = 1, 8 do crc = crc & 1 == 1 and (crc >> 1) ~ 0xedb88320 or crc >> 1 end
  end
  return "\31\139\8\0\0\0\0\0\0\255" .. "\1" .. string.pack("<I2I2", #text, ~#text & 0xffff) .. text
    .. string.pack("<I4I4", ~crc & 0xffffffff, #text)
end
t.matrix(data.idx(t.file("t-labels.gz", gzip("\0\0\8\1\0\0\0\3\7\0\7"))), { 7, 0, 7 })

-- csv, tsv, blanks; names of columns and rows; empty cells
local v, columns, rows = data.csv(t.file("t.csv", "x,y\n1,2\n0.5,\n"))
t.matrix(v, { { 1, 2 }, { 0.5, 0 / 0 } })
t.same(table.concat(columns, " "), "x y")
t.same(rows, nil)
v, columns, rows = data.csv(t.file("t.tsv", "name\tx\na b\t1\nc\t2\n"))
t.matrix(v, { 1, 2 })
t.same(table.concat(rows, "|"), "a b|c")
t.matrix(data.csv(t.file("t.dat", "1  2\n 3 4\n"), "blank"), { { 1, 2 }, { 3, 4 } })
t.fails(function() data.csv(t.file("t.csv", "1,2\n3\n")) end, "line 2 has 1 cells, the lines before have 2")
t.fails(function() data.csv(t.file("t.csv", "1,2\n3,x4\n")) end, "line 2")
t.fails(function() data.csv("t.csv", "semicolon") end, "data.csv: argument 2 (separator)")

-- vectors
local w, names = data.vectors(t.file("t.vec", "lion 1 2\ntiger 3 4.5\n"))
t.matrix(w, { { 1, 2 }, { 3, 4.5 } })
t.same(table.concat(names, " "), "lion tiger")

-- mat.save and mat.load: the same bits back, names, provenance, a vector stays a vector
local bits = mat{ { 0.1, 1e-300, -0.0 }, { 1 / 3, 2 ^ 53 + 1, 1 / 0 }, { 0 / 0, 5e-324, -1e300 } }
for _, ending in ipairs{ "npy", "csv", "tsv" } do
  local path = t.file("t-save." .. ending)
  t.same(mat.save(bits, path), bits)
  t.matrix(mat.load(path), bits, 0)
  t.same(mat{ 1, 2, 3 }:save(path)[3], 3)
  t.same(mat.load(path)[2], 2)
  mat.save(mat{ 1, 2, 3 }.T, path)
  t.same(mat.load(path).rows, 3)
  mat.save(bits.T:slice(1, 2), path)
  t.matrix(mat.load(path), bits.T:slice(1, 2), 0)
end
local path = t.file("t-named.csv")
mat.save(mat{ { 1, 2, 3 } }, path, { "#width", "a,b", 'the "c"' })
local m, named = mat.load(path)
t.matrix(m, { { 1, 2, 3 } })
t.same(table.concat(named, "|"), '#width|a,b|the "c"')
local text = io.open(path):read("a")
assert(text:find("^# program: orrery\n# version: " .. orrery.version:gsub("%.", "%%.") .. "\n"), text)
t.same(select(2, mat.load(t.file("t-plain.csv", "1,2\n3,4\n"))), nil)
t.matrix(data.npy(t.file("t-save.npy")), bits.T:slice(1, 2), 0)
t.fails(function() mat.save(bits, path, { "one" }) end, "mat.save: 1 names for 3 columns")
t.fails(function() mat.save(bits, path, { "a", "b", 3 }) end, "mat.save: name 3: expected a text, got a number")
t.fails(function() mat.save(bits, path, { "1", "2", "3" }) end, "mat.save: names: all of them are numbers")
t.fails(function() mat.save(bits, "x.doc") end, "mat.save: ")
t.fails(function() mat.save(bits, "/no/such/dir/x.npy") end, "mat.save: cannot write '/no/such/dir/x.npy'")
t.fails(function() mat.load("/no/such/file.npy") end, "mat.load: cannot read '/no/such/file.npy'")
t.fails(function() mat.load(t.file("t-cut.npy", "\147NUMPY\1\0")) end, "mat.load: '")
-- a failed write leaves the old file
t.matrix(mat.load(path), { { 1, 2, 3 } })
-- options that take a matrix take a file too
t.same(run(net.linear{ X = path, Y = { 5 }, h = 2 }).W1.rows, 3)

-- onehot
local y, classes = data.onehot{ 7, 3, 7, 5 }
t.matrix(y, { { 0, 0, 1 }, { 1, 0, 0 }, { 0, 0, 1 }, { 0, 1, 0 } })
t.same(table.concat(classes, " "), "3.0 5.0 7.0")
t.matrix(data.onehot({ 1, 0 }, { 0, 1, 2 }), { { 0, 1, 0 }, { 1, 0, 0 } })
t.matrix(data.onehot(labels), { { 0, 1 }, { 1, 0 }, { 0, 1 } })
t.fails(function() data.onehot({ 4 }, { 0, 1 }) end, "data.onehot: label 1 is 4, which is none of the 2 classes")
t.fails(function() data.onehot("x") end, "data.onehot: argument 1 (labels): expected a matrix or a list of numbers, got 'x'")
t.fails(function() data.onehot(mat.eye(2)) end, "expected a vector, got a 2 x 2 matrix")

-- standardize: mean 0 and deviation 1, constant columns 0
local X = rng(2):normal(50, 3, 5, 2)
X:col(2):assign(4)
local s = data.standardize(X)
t.matrix(s.X:mean(1), mat.zeros(1, 3), 1e-14)
t.matrix(s.X:std(1), { { 1, 0, 1 } }, 1e-14)
t.matrix(s.X:mul(s.std) + s.mean, X, 1e-13)
t.matrix(data.standardize{ { 1, 10 }, { 3, 30 } }.X, mat{ { -1, -1 }, { 1, 1 } } / math.sqrt(2), 1e-15)

-- normalize
local z, norms = data.normalize{ { 3, 4 }, { 0, 0 }, { -5, 12 } }
t.matrix(z, { { 0.6, 0.8 }, { 0, 0 }, { -5 / 13, 12 / 13 } }, 1e-16)
t.matrix(norms, { 5, 0, 13 })

-- split: every position once
local train, test = data.split(10, 0.75, rng(7))
t.same(#train, 8)
t.same(#test, 2)
t.matrix(mat.vcat(train, test):sort(), mat.range(1, 10))
t.same(#data.split(3, 0.01, rng(7)), 1)
t.fails(function() data.split(10, 2, rng(7)) end, "data.split: argument 2 (fraction): expected a number between 0 and 1, got 2")
t.fails(function() data.split(10, 0.5, 7) end, "data.split: argument 3 (stream): expected a stream such as rng(7), got 7")
t.fails(function() data.split(1, 0.5, rng(7)) end, "data.split: argument 1 (n): expected a whole number >= 2, got 1")

-- linear: noiseless data is explained, and net.linear draws the same from its seed
local d = data.linear{ samples = 40, n = 4, m = 2, noise = 0, seed = 3 }
t.matrix(d.X * d.theta, d.Y, 1e-14)
t.matrix(d.X:lstsq(d.Y), d.theta, 1e-13)
for _, kind in ipairs{ "gaussian", "orthogonal", "spectrum", "identity" } do
  local sizes = { n = 4, m = 2, seed = 11, inputs = kind, spectrum_low = 1.8, spectrum_high = 2.3,
    samples = kind ~= "identity" and 9 or nil }
  d = data.linear(sizes)
  local own = run(net.linear(sizes))
  local given = run(net.linear{ X = d.X, Y = d.Y, seed = 11 })
  t.close(given.loss, own.loss, 1e-12, kind)
end
t.matrix(data.linear{ inputs = "orthogonal", samples = 9 }.X.T * data.linear{ inputs = "orthogonal", samples = 9 }.X,
  mat.eye(5), 1e-14)
local spectrum = data.linear{ inputs = "spectrum", spectrum_low = 1.8, spectrum_high = 2.3 }.X:svd().s
assert(spectrum:min() >= 1.8 - 1e-12 and spectrum:max() <= 2.3 + 1e-12)
t.close(data.linear{ targets = "random", samples = 4000, m = 2, teacher_std = 3 }.Y:std(), 3, 0.05)
t.same(rawget(data.linear{ targets = "random" }, "theta"), nil)
t.fails(function() data.linear{ sampels = 3 } end, "data.linear: unknown option 'sampels' (did you mean 'samples'?)")
t.fails(function() data.linear{ inputs = "identity", samples = 9 } end, "data.linear: samples = 9 with inputs = \"identity\" (must be n = 5)")
t.fails(function() data.linear{ inputs = "spectrum", spectrum_low = 3 } end, "data.linear: spectrum_low = 3 (must be <= spectrum_high = 2)")
t.fails(function() data.linear({}, 3) end, "data.linear: takes one table of options, got 2 arguments")

t.cleanup()
