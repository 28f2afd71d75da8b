-- SPDX-License-Identifier: GPL-3.0-or-later
-- Functions given to runs: errors, coroutines, closing and re-entering while the run moves,
-- and memory that the collector cannot see.
local t = dofile(os.getenv("abs_srcdir") .. "/tests/lua/lib.lua")

local function fresh() return run(net.linear{ seed = 7 }) end

-- stop=, when, watch are called with the run and see it where it is.
local seen = {}
local r = fresh():go{ max = 5, stop = function(x) seen[#seen + 1] = x.k return x.k == 3 end }
t.same(r.k, 3)
t.same(seen[#seen], 3)
r = fresh()
local id = r:when(function(x) return x.k >= 4 end)
r:step(10)
t.same(r.k, 4)
r:unwhen(id):step(10)
t.same(r.k, 14)
r = fresh():watch("double_loss", function(x) return 2 * x.loss end):step(5)
t.same(r.double_loss, 2 * r.loss)
t.same(#r:series("double_loss").value > 0, true)

-- An error in one leaves the run whole and usable.
r = fresh():step(3)
t.fails(function() r:go{ max = 9, stop = function(x) if x.k == 5 then error("at five") end end } end, "at five")
t.same(r.k, 5)
local hash = r:step(5):hash()
t.same(fresh():step(10):hash(), hash)
t.fails(function() r:go{ max = 9, stop = function() error({}) end } end, "run:go")
t.fails(function() fresh():watch("w", function() return "x" end):step(2) end, "returned a string, not a number")

-- The function is let go of once the movement is over.
local weak = setmetatable({}, { __mode = "k" })
do
  local f = function() return false end
  weak[f] = true
  r:go{ max = 2, stop = f }
end
collectgarbage() collectgarbage()
t.same(next(weak), nil)
-- and breakpoints when they are removed, or with the run
do
  local f, g = function() return false end, function() return 1 end
  weak[f], weak[g] = true, true
  local x = fresh()
  x:unwhen(x:when(f))
  x:watch("g", g)
end
collectgarbage() collectgarbage() collectgarbage()
t.same(next(weak), nil)

-- Inside a callback the run may be read, marked, forked; it cannot be closed under its own feet.
r = fresh()
local fork
r:go{ max = 4, stop = function(x)
  if x.k == 2 then
    fork = x:fork("inner")
    x:mark("two")
  end
  return x:probes() == nil
end }
t.same(fork.k, 2)
t.same(r:events()[2].name, "two")
local why
r = fresh()
r:go{ max = 2, stop = function(x)
  local ok, message = pcall(function() local y <close> = x end)
  why = why or message
  return ok
end }
assert(why:find("cannot be closed while it moves", 1, true), why)
t.same(r.k, 2)

-- Moving from inside a movement is refused or done, but never a crash; the run stays usable.
for _, move in ipairs{ "step", "rewind", "reset", "go" } do
  r = fresh():step(3)
  pcall(function()
    r:go{ max = 5, stop = function(x)
      if move == "go" then x:go{ max = 1 } else x[move](x) end
    end }
  end)
  r:reset():step(10)
  t.same(r:hash(), hash, move)
end

-- From coroutines: one made, one suspended, one dead.
r = fresh()
local co = coroutine.create(function()
  r:watch("w", function(x) return x.k end)
  r:step(2)
  coroutine.yield()
end)
assert(coroutine.resume(co))
t.same(r:step(2).w, 4)
co = nil
collectgarbage() collectgarbage()
t.same(r:step(2).w, 6)
local inner = coroutine.wrap(function() return fresh():go{ max = 3, stop = function() return false end } end)()
collectgarbage()
t.same(inner:step(1).k, 4)

-- __close and closed runs.
do
  local x <close> = fresh()
  r = x
end
t.fails(function() r:step() end, "run: the run has been closed")
t.fails(function() return r.loss end, "run: the run has been closed")
t.same(tostring(r), "run (closed)")

-- Runs and systems hold memory that Lua does not see: dropped ones are collected in time.
local function held() return session._bytes() end
collectgarbage() collectgarbage()
local one = fresh():step(200)
local base, most = held(), 0
local each
do
  local before = held()
  local x = fresh():step(200)
  each = held() - before
end
for _ = 1, 300 do
  fresh():step(200)
  most = math.max(most, held())
end
assert(most < base + 40 * each + 2 ^ 22, string.format("%d bytes at most; one run takes %d", most, each))
t.same(one.k, 200)
