-- SPDX-License-Identifier: GPL-3.0-or-later
-- spurious_fixed_point.lua - why a safety critic needs axiomatic data. On a system of seven
-- states the binary Bellman operator has six fixed points, b = 1 among them: started there
-- it stays there for ever. On the pendulum, a few pairs known to be safe bring most of the
-- set back.
--   orrery examples/spurious_fixed_point.lua

-- Seven states, two actions; state 7 is failure (and points back to 1: of no effect).
local after = { {1, 2}, {3, 7}, {3, 7}, {7, 5}, {7, 7}, {6, 4}, {1, 7} }

local function critic(C) -- the critic whose safe set is C
  local inside, b = {}, {}
  for _, s in ipairs(C) do inside[s] = true end
  for s, row in ipairs(after) do
    b[s] = {}
    for a, to in ipairs(row) do b[s][a] = (s ~= 7 and inside[to]) and 0 or 1 end
  end
  return b
end

local words = { [-1] = "no fixed point", [0] = "spurious", [1] = "maximal", [2] = "between" }
local found = 0
print("set            which fixed point")
for code = 0, 63 do -- every set of the states outside failure
  local C = {}
  for s = 1, 6 do
    if code >> (s - 1) & 1 == 1 then C[#C + 1] = s end
  end
  local r = run(safety.kernel{ next=after, unsafe={7}, start="given", b=critic(C) })
  if r.changes == 0 and r.safe == #C then
    found = found + 1
    print(string.format("{%-12s} %s", table.concat(C, ", "), words[math.tointeger(r.fixed_point)]))
    assert(r.missed == 0, "a fixed point held a doomed state safe")
  end
end
local r = run(safety.kernel{ next=after, unsafe={7} })
assert(found == 6 and r.fixed_points == found)
r:step(20)
assert(r.fixed_point == 1 and r.safe == 4, "sweeps from 0 must end at the maximal set")

-- The pendulum, from b = 1: nothing moves, and nothing is wrong with any Bellman equation.
local spurious = run(safety.kernel{ N=51, start="one" })
spurious:step(50)
assert(spurious.residual == 0 and spurious.safe == 0 and spurious.iou == 0)
print(string.format("pendulum from b = 1:           %4d of %d safe states after 50 sweeps",
                    spurious.safe, spurious.truth_safe))

-- The same with all actions of the cells around rest held at 0.
local axioms = run(safety.kernel{ N=51, start="one", axioms="block" })
axioms:step(50)
assert(axioms.contradicted == 0 and axioms.missed == 0, "true axioms never promise too much")
assert(axioms.safe > 0.8 * axioms.truth_safe and axioms.residual == 0)
print(string.format("with %3d axiomatic pairs:      %4d of %d", axioms.axiom_pairs, axioms.safe,
                    axioms.truth_safe))

-- One false axiom: the sweeps end in no fixed point, and the table says which pair.
local s = safety.kernel{ next=after, unsafe={7}, start="one", axioms="given", axiom={ {4, 2} } }
local spoilt = run(s)
spoilt:step(20)
assert(spoilt.contradicted == 1 and spoilt.axioms_left == 1 and spoilt.fixed_point == -1)
print(s.notes[1])

-- No contraction: T b* and T 1 are as far apart as b* and 1.
assert(spurious:claim("non_contraction").standing == "holds")
assert(spurious:claim("spurious").standing == "holds")
assert(spurious.witness == 1)
print("b = 1 is a fixed point of every system, and T is no contraction")
