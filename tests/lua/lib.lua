-- SPDX-License-Identifier: GPL-3.0-or-later
-- lib.lua - what the Lua tests share: local t = dofile(os.getenv("abs_srcdir") .. "/tests/lua/lib.lua")

local t = {}

-- got must be the very value (numbers: equal, so 1 == 1.0).
function t.same(got, want, what)
  if got ~= want then
    error(string.format("%s: got %s, want %s", what or "value", tostring(got), tostring(want)), 2)
  end
end

-- Numbers to a relative error; absolute when the wanted one is 0.
function t.close(got, want, tol, what)
  local err = math.abs(got - want) / (want == 0 and 1 or math.abs(want))
  if not (err <= tol) then
    error(string.format("%s: got %.17g, want %.17g (off by %.3g, allowed %.3g)", what or "number", got,
      want, err, tol), 2)
  end
end

-- Matrices (or lists) entry by entry: the largest difference is at most tol.
function t.matrix(got, want, tol, what)
  want = mat(want)
  if got.rows ~= want.rows or got.cols ~= want.cols then
    error(string.format("%s: got %d x %d, want %d x %d", what or "matrix", got.rows, got.cols,
      want.rows, want.cols), 2)
  end
  for i = 1, got.rows do
    for j = 1, got.cols do
      local a, b = got:get(i, j), want:get(i, j)
      local same = a == b or (a ~= a and b ~= b) or math.abs(a - b) <= (tol or 0)
      if not same then
        error(string.format("%s: entry (%d, %d): got %.17g, want %.17g", what or "matrix", i, j, a, b), 2)
      end
    end
  end
end

-- fn must fail with a message that holds the text, at a line of the calling file.
function t.fails(fn, text)
  local ok, message = pcall(fn)
  if ok then error("did not fail; expected: " .. text, 2) end
  message = tostring(message)
  if not message:find(text, 1, true) then
    error("failed with: " .. message .. "\nexpected:    " .. text, 2)
  end
  local file = debug.getinfo(2, "S").short_src
  if not message:find(file, 1, true) then
    error("error is not placed in the user's file: " .. message, 2)
  end
end

-- A file name for this test that is removed when the program ends; the tests' own directory.
local made = {}
function t.file(name, text)
  local path = (os.getenv("TESTS_TMP") or "/tmp") .. "/" .. name
  made[#made + 1] = path
  if text then
    local f = assert(io.open(path, "wb"))
    f:write(text)
    f:close()
  end
  return path
end

function t.cleanup()
  for _, path in ipairs(made) do os.remove(path) end
end

return t
