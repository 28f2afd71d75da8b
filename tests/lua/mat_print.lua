-- SPDX-License-Identifier: GPL-3.0-or-later
-- What matrices look like at the prompt: golden texts under fixed windows.
local t = dofile(os.getenv("abs_srcdir") .. "/tests/lua/lib.lua")

local function shows(value, want)
  local got = tostring(value)
  if got ~= want then error("got\n" .. got .. "\nwant\n" .. want, 2) end
end

orrery.width, orrery.height = 80, 24
t.same(orrery.width, 80)

shows(mat.zeros(2, 3), "2 x 3 matrix\n  0  0  0\n  0  0  0")
shows(mat{ 1, -20, 3 }, "vector of 3\n    1  -20    3")
shows(mat{ 1, -20, 3 }.T, "row vector of 3\n    1  -20    3")
shows(mat{ { 1, 2 } }, "1 x 2 matrix\n  1  2")
shows(mat{ 0.731, 2.385 }, "vector of 2\n  0.7310  2.3850")
shows(mat{ -0.0, 0.5 }, "vector of 2\n       0  0.5000")
shows(mat{ -0.0 }, "vector of 1\n  0")
shows(mat{ 9999999, 1 }, "vector of 2\n  9999999        1")

-- One scale for all; an exponent for each where one scale would lose the small ones.
shows(mat{ 1e-9, 2.5e-9 }, "vector of 2, times 1e-09\n  1.0000  2.5000")
shows(mat{ 123456.5, 234567 }, "vector of 2, times 1e+05\n  1.2346  2.3457")
shows(mat{ 1e-9, 1.5 }, "vector of 2\n  1.000e-09  1.500e+00")
shows(mat{ 1e300, -1e-300, 0 }, "vector of 3\n   1.000e+300  -1.000e-300            0")
shows(mat{ 0 / 0, 1 / 0, -1 / 0, 1.5 }:map(function(x) return x ~= x and 0 / 0 or x end),
  "vector of 4\n     nan     inf    -inf  1.5000")
shows(mat{ { 0.001, 0.002 }, { 0.005, 0 } },
  "2 x 2 matrix, times 1e-03\n  1.0000  2.0000\n  5.0000       0")
shows(mat.full(1, 1, 1 / 0), "1 x 1 matrix\n  inf")

-- Columns and rows that do not fit: edges and an ellipsis.
orrery.width, orrery.height = 40, 10
shows(mat.from(9, 30, function(i, j) return 100 * i + j end), [[
9 x 30 matrix
  101  102  103  104  …  128  129  130
  201  202  203  204  …  228  229  230
  301  302  303  304  …  328  329  330
  …
  801  802  803  804  …  828  829  830
  901  902  903  904  …  928  929  930]])
shows(mat.range(1, 100), "vector of 100\n    1    2    3    4  …   98   99  100")
shows(mat.range(1, 100) / 8, "vector of 100\n   0.1250   0.2500  …  12.3750  12.5000")
shows(mat.range(1, 8).T, "row vector of 8\n  1  2  3  4  5  6  7  8")

-- No line is wider than the window, whatever the numbers; no more lines than its height.
local g = rng(7)
for _, w in ipairs{ 20, 33, 57, 80, 131, 400 } do
  orrery.width, orrery.height = w, 12
  for _, n in ipairs{ 1, 2, 3, 7, 20, 200 } do
    for _, m in ipairs{ g:normal(n, n), g:normal(n, n) * 1e8, (g:normal(n, n) * 20):exp(),
      g:normal(n), g:int(-1000, 1000, n) } do
      local lines = 0
      for line in tostring(m):gmatch("[^\n]+") do
        lines = lines + 1
        local wide = utf8.len(line)
        -- two numbers are always shown, and the head may name a factor
        if wide > math.max(w, 32) then error(w .. " columns: '" .. line .. "' has " .. wide) end
      end
      assert(lines <= 12 - 2, lines .. " lines")
    end
  end
end

t.fails(function() orrery.width = 3 end, "orrery.width: expected a whole number from 20 to 2000, got 3")
orrery.width, orrery.height = 80, 24
