-- SPDX-License-Identifier: GPL-3.0-or-later
-- script.lua - files that hold code: what is read before it runs, and that it runs fenced in.
local _, _, debug = ...
local tour_file

-- The reader of tours stands in an upvalue of the library's table `internal`.
for i = 1, 40 do
  local name, value = debug.getupvalue(tour, i)
  if not name then break end
  if type(value) == "function" then
    for k = 1, 40 do
      local inner, found = debug.getupvalue(value, k)
      if not inner then break end
      if inner == "internal" then tour_file = found.tour_file end
    end
  end
end
assert(tour_file, "no reader of tours")

local function attempt(f, ...)
  local ok, why = pcall(f, ...)
  if ok or type(why) ~= "string" then return end
  if why:find("^%[.-%.lua%]:%d+:") then error(why, 0) end
end

return function(bytes, path)
  attempt(tour_file.read, bytes, "x.lua")
  attempt(tour_file.read, bytes, "x.md")
  attempt(session.replay, path)
end
