-- SPDX-License-Identifier: GPL-3.0-or-later
-- pages.lua - help pages are whole, true and fit the window; names are found.

local index = help._index

local r = run(net.linear{})

-- --------------------------------------------------- pages: whole, true, fitting

local function lines(text)
  local out = {}
  for line in (text .. "\n"):gmatch("(.-)\n") do out[#out + 1] = line end
  return out
end

local function width(line)
  local n = 0
  for _, c in utf8.codes(line) do if c < 0x300 or c > 0x36f then n = n + 1 end end
  return n
end

local page = tostring(help("net.linear"))
for _, p in ipairs(r.system:probes()) do
  assert(page:find(p.name, 1, true), "page of net.linear lacks probe " .. p.name)
end
for _, c in ipairs(r.system:claims()) do
  assert(page:find(c.name, 1, true), "page of net.linear lacks claim " .. c.name)
end
for name in pairs(r.system:params()) do
  assert(page:find("  " .. name .. " ", 1, true), "page of net.linear lacks option " .. name)
end
for _, word in ipairs{ "backtrack", "rho_bar", "Example", "Source", "init_scale" } do
  assert(page:find(word, 1, true), "page of net.linear lacks " .. word)
end

local before = orrery.width
for _, w in ipairs{ 80, 60, 120 } do
  orrery.width = w
  for name in pairs(index) do
    for i, line in ipairs(lines(tostring(help(name)))) do
      -- A usage stays in one line, to be copied; everything else is folded or cut.
      if i > 1 and line ~= "  " .. (index[name].usage or "") and not line:find("^  %S*$") then
        assert(width(line) <= w, string.format("%s at %d columns: %s", name, w, line))
      end
    end
  end
  for _, line in ipairs(lines(tostring(help()))) do assert(width(line) <= w, line) end
end
orrery.width = before

-- ------------------------------------------------------- names found, names not

assert(tostring(help("r:step")):find("r:step([n]) -> r", 1, true))
assert(tostring(help("gap_bound")):find("probe of net.linear", 1, true))
assert(tostring(help("local_rate")):find("claim of net.linear", 1, true))
assert(tostring(help("net.lineer")):find("did you mean 'net.linear'", 1, true))
assert(tostring(help("step size")):find("r.eta", 1, true))
assert(tostring(help.search("minimiser W*")):find("sv_target", 1, true))
assert(tostring(help.search("qqqq")):find("nothing about 'qqqq'", 1, true))
local ok, message = pcall(help, 7)
assert(not ok and message:find("expected a name in quotes, got a number", 1, true), message)
