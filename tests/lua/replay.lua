-- SPDX-License-Identifier: GPL-3.0-or-later
-- replay.lua - figures carry the script they came from, in every format, and come out the same
-- bytes when it runs again; sessions check the hashes of their runs.

local function read(path)
  local h <close> = assert(io.open(path, "rb"))
  return h:read("a")
end

-- A figure of this very script would run it again: one that is told to write it only once.
local dir = os.getenv("TESTS_TMP") or "."
local script = [[
-- odd bytes: "\\\0\255\10" ü and a line that ends in a backslash \
local file = ...
plot(run(net.linear{ seed = 6 }):step(15), "gap"):save(file)
]]
local path = dir .. "/replay_script.lua"
local h <close> = assert(io.open(path, "w"))
h:write(script)
h:close()

local orrery = (os.getenv("abs_builddir") or ".") .. "/orrery"
for _, format in ipairs{ "svg", "pdf", "png", "txt", "gp" } do
  local figure = dir .. "/replayed." .. format
  assert(os.execute(string.format("'%s' '%s' '%s'", orrery, path, figure)))
  local bytes = read(figure)
  assert(bytes:find("orrery-source-1:", 1, true), format .. " does not carry its script")
  assert(os.execute(string.format("'%s' replay '%s' >'%s.said'", orrery, figure, figure)))
  local said = read(figure .. ".said")
  assert(said == figure .. ": built again, the same bytes\n", said)
  assert(read(figure) == bytes)
  os.remove(figure)
  os.remove(figure .. ".said")
end
os.remove(path)

-- Hashes: of the right run, of another, of none.
r = run(net.linear{ seed = 2 }):step(9)
session.check{ r = r:hash() }
local function says(message, ...)
  local ok, err = pcall(...)
  assert(not ok and err:find(message, 1, true), tostring(err))
end
says("session.check: r has the hash " .. r:hash() .. ", the session ended with 00", session.check,
  { r = "00" })
says("session.check: q has the hash of no run", session.check, { q = "00" })
says("session.check: argument 1 (hashes)", session.check, 3)
says("session.check: expected names with hashes", session.check, { "00" })
says("session.check: expected names with hashes", session.check, { r = true })

-- What is no session and no figure is refused; so is a broken one.
local name = os.tmpname()
local function refused(bytes, message)
  local f <close> = assert(io.open(name, "wb"))
  f:write(bytes)
  f:close()
  says(message, session.replay, name)
end
refused("", "is no recording, no saved session and no figure")
refused("orrery-source-1:AAAA", "is no recording, no saved session and no figure")
refused("-- the lines of an orrery 0 session\nx = = 1", "unexpected symbol near '='")
says("session.replay: cannot read /nowhere/x: No such file", session.replay, "/nowhere/x")
says("session.replay: argument 1 (file)", session.replay, 3)
os.remove(name)
