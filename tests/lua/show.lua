-- SPDX-License-Identifier: GPL-3.0-or-later
-- show.lua - what claims, verdicts, probes, knobs, events, series and the session's own
-- commands print: whole, aligned, inside the window.

local function has(text, ...)
  for _, part in ipairs{ ... } do
    assert(text:find(part, 1, true), "no '" .. part .. "' in\n" .. text)
  end
end

local function width(line)
  local n = 0
  for _, c in utf8.codes(line) do if c < 0x300 or c > 0x36f then n = n + 1 end end
  return n
end

local function fits(value)
  local before = orrery.width
  for _, w in ipairs{ 60, 80, 120 } do
    orrery.width = w
    for line in (tostring(value) .. "\n"):gmatch("(.-)\n") do
      assert(width(line) <= w, w .. " columns: " .. line)
    end
  end
  orrery.width = before
  return tostring(value)
end

local s = net.linear{ init_scale = 0.25, seed = 7 }
local r = run(s, { rule = "local", name = "shown" }):step(40)

-- Claims: lamps counted in the first line, one line each, the reason where one fails.
local claims = fits(r:claims())
has(claims, "claims of shown at step 40", "holds", "does not apply", "local_pl", "needs η0 ≤ η_max; now")
local count, lines = 0, 0
for _, v in ipairs(r:claims()) do if v.standing == "holds" then count = count + 1 end end
has(claims, "● " .. count .. " holds")
for _ in claims:gmatch("\n") do lines = lines + 1 end
assert(lines == #r:claims() + 1)

-- One claim: statement, hypotheses, both sides, the mended publication, the source.
local verdict = fits(r:claim("local_rate"))
has(verdict, "if    gradient descent (at every step)", "and   η K_t(η) < 2", "then  ", "now   ",
  "note: One display of the paper", "source: Xu et al. 2025", "checked at 41 steps")
has(fits(r:claim("local_pl")), "says  μ_t ≤ ‖∇L‖²/(2 gap)")
has(fits(r:claim("linear_rate")), "○ fails")

-- The margin of a claim is the quotient of its sides.
local v = r:claim("local_pl")
assert(math.abs(v.margin - r.pl / r.mu_t) < 1e-9 * v.margin)

has(fits(r:probes()), "gap_bound", "≥ gap", "(dear)", "matrix")
has(fits(r:knobs()), "eta_bt", "0.5", "backtracking")
has(tostring(r:events()), "no events")
r.step = 1e-4
r:mark("slow from here")
has(fits(r:events()), "knob", "step", "slow from here")
has(fits(r:series("gap")), "series gap of shown: 41 values, steps 0 to 40", "first", "greatest")

-- r.eta is the step about to be taken: r.step is a method.
assert(r.eta == 1e-4 and type(r.step) == "function")

-- who: what was made, not what was there.
mine, table_of_mine = mat.zeros(3, 4), { 1, 2 }
local made = fits(who())
has(made, "mine", "3 x 4", "96", "table_of_mine")
for _, name in ipairs{ "print", "net", "plot", "arg", "orrery" } do
  assert(not made:find("\n" .. name .. " "), "who() lists " .. name)
end

-- timeit: per call, in a unit that can be read.
local t = timeit(function() return 1 end)
assert(t.seconds > 0 and t.calls >= 1)
has(tostring(t), " per call (best of 5 times ")

-- args: typed as the defaults are; wrong words of a list raise.
local spec = { "says what it does", { "h", 20, "units" }, { "rate", 0.5, "speed" },
  { "name", "x", "label" }, { "fast", false, "switch" } }
local o = args(spec, { "--h", "30", "--rate=2", "--name", "y z", "--fast" })
assert(o.h == 30 and math.type(o.h) == "integer" and o.rate == 2.0 and math.type(o.rate) == "float")
assert(o.name == "y z" and o.fast == true)
o = args(spec, {})
assert(o.h == 20 and o.fast == false)
local function refused(part, list)
  local ok, message = pcall(args, spec, list)
  assert(not ok)
  has(tostring(message), part)
end
refused("--h takes a whole number, got '2.5'", { "--h", "2.5" })
refused("--rate takes a number, got 'fast'", { "--rate", "fast" })
refused("unknown option --rat (did you mean --rate?)", { "--rat", "1" })
refused("--name needs a value", { "--name" })
refused("unexpected argument 'word'", { "word" })
