-- SPDX-License-Identifier: GPL-3.0-or-later
-- pendulum_critic.lua - a binary safety critic learns the inverted pendulum (arXiv:2401.12849)
-- at reduced size: hidden layers of 32, 15 rounds of 10 episodes, three critics, about 6 s of
-- one core. Seen: IoU 0.90; 0 without axiomatic data; 88 % of the set back with it.
-- Not reproduced: the published curves of 10 000 episodes. Reproduced: the learned set against
-- the exact one, the useless fixed point without axiomatic data, the way back from it.
--   orrery examples/pendulum_critic.lua [--rounds 15] [--batch 128] [--seed 1]
local opt = args{ "Learns a safety critic of the pendulum, with and without axiomatic data.",
  { "rounds", 15, "rounds of 10 episodes" },
  { "batch", 128, "transitions of a minibatch" },
  { "seed", 1, "random seed" } }

local function learn(o)
  o.rounds, o.batch, o.seed = opt.rounds, opt.batch, opt.seed
  local r = run(safety.critic(o), { record = { "failures" } })
  while r.round < opt.rounds do r:step(1) end
  return r
end

print("                 safe  missed  over-cautious  IoU    failures  labels right")
local function report(name, r)
  print(string.format("%-14s %6d %7d %14d  %.3f %6d/%d %9.4f", name, r.safe, r.missed,
                      r.over_cautious, r.iou, r.failures, r.episodes_done, r.right))
end

local two = learn{}
report("two-sided", two)
assert(two.truth_safe == 2265, "exact cells of the grid")
assert(two.contradicted == 0 and two.axiom_pairs == 125)
if opt.rounds >= 15 then assert(two.iou > 0.8, "IoU " .. two.iou) end

-- Nothing punishes calling everything unsafe: the critic is right about every label it makes.
local spurious = learn{ axioms = false, bias = 6 }
report("spurious", spurious)
assert(spurious.iou == 0 and spurious.right == 1 and spurious.safe == 0)
assert(spurious:claim("self_consistent").standing == "holds")

-- The same start with axiomatic data.
local rescue = learn{ bias = 6 }
report("rescue", rescue)
if opt.rounds >= 15 then
  assert(rescue.truth_safe - rescue.over_cautious > 0.8 * rescue.truth_safe, "rescued too little")
end
for _, r in ipairs{ two, spurious, rescue } do
  for _, c in ipairs{ "spurious", "non_contraction", "monotone", "non_expansive" } do
    assert(r:claim(c).standing == "holds", c)
  end
end
print("the critic finds most of the safe set; without axiomatic data none of it")
