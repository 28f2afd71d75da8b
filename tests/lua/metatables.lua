-- SPDX-License-Identifier: GPL-3.0-or-later
-- Metatables can be read by anybody: whatever is called with whatever, and whatever is called on
-- an object whose __gc has been called by hand, raises or answers, and nothing breaks.
local registry = debug.getregistry()

-- One object of every kind that can be had.
local function objects()
  local r = run(net.linear{ h = 3, seed = 1 }):step(4)
  local g = graph.path(4)
  local list = { r, r:fork(), net.linear{ h = 2 }, mat.eye(3), mat.eye(3):row(1), rng(3), g,
    plot({ 1, 2, 3 }), dyn.pendulum{}, dict.new(mat.eye(3), { "a", "b", "c" }) }
  local all = {}
  for _, value in pairs(list) do
    if type(value) == "userdata" then all[#all + 1] = value end
  end
  return all
end

local tried, kinds = 0, {}
local function try(f, ...)
  tried = tried + 1
  pcall(f, ...)
end

-- What ends, waits, opens a screen or writes is not called at random.
local left_out = { save = true, write = true, record = true, dash = true, go = true }

local function functions_of(mt)
  local list = {}
  for key, f in next, mt do
    if type(f) == "function" then list[#list + 1] = { key, f } end
  end
  for key, f in next, rawget(mt, "__methods") or {} do
    if type(f) == "function" and not left_out[key] then list[#list + 1] = { key, f } end
  end
  table.sort(list, function(a, b) return tostring(a[1]) < tostring(b[1]) end)
  return list
end

local others = objects()
for key, mt in next, registry do
  if type(key) == "string" and key:find("^orrery%.") and type(mt) == "table" then
    for _, entry in ipairs(functions_of(mt)) do
      local f = entry[2]
      for _, value in ipairs{ false, 1, "x", {}, io.stdout, print } do try(f, value) end
      try(f)
      for _, value in ipairs(others) do
        if debug.getmetatable(value) ~= mt then
          try(f, value)
          try(f, value, value)
        end
      end
    end
  end
end
assert(tried > 2000, tried)

-- The dead: twice collected by hand, then used in every way.
for _, value in ipairs(objects()) do
  local mt = debug.getmetatable(value)
  local functions = functions_of(mt)
  local gc = rawget(mt, "__gc")
  kinds[mt] = true
  if gc then
    gc(value)
    gc(value)
  end
  for _, entry in ipairs(functions) do
    try(entry[2], value)
    try(entry[2], value, 1)
    try(entry[2], value, value)
    try(entry[2], value, "k")
    try(entry[2], value, "x", 1)
    try(entry[2], 1, value)
    try(entry[2], value, { n = 1 }, function() end)
  end
  for _, name in ipairs{ "k", "t", "loss", "W1", "T", "rows", "name", 1, -1, 1.5 } do
    try(function() return value[name] end)
    try(function() value[name] = 1 end)
  end
  for _, f in ipairs{ tostring, function(v) return #v end, function(v) return v + v end,
    function(v) return v == v end, run, plot, mat, net.linear } do
    try(f, value)
  end
end
local n = 0
for _ in next, kinds do n = n + 1 end
assert(n >= 6, n .. " kinds of objects only")

-- Runs that share a system with the dead, and collecting everything, still work.
others = nil
collectgarbage()
collectgarbage()
assert(run(net.linear{ h = 3, seed = 1 }):step(2).k == 2)
