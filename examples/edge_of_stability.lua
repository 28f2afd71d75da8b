-- SPDX-License-Identifier: GPL-3.0-or-later
-- edge_of_stability.lua - how long may a step be? Sharpness times step over 2 is the dial:
-- below 1 a step descends on the quadratic that touches the loss, beyond 1 it need not.

s = net.linear{ n = 5, h = 20, m = 3, samples = 50, init_scale = 0.5, seed = 11 }

-- At the minimum that certified steps reach, the longest stable step is 2 / sharpness.
r = run(s, { rule = "local" }):go{ gap_below = 1e-10, max = 1e5 }
limit = r.eta_edge
print(string.format("sharpness %.4g, so 2/sharpness = %.4g; certified step %.4g", r.sharpness,
  limit, r.eta))
assert(math.abs(limit * r.sharpness / 2 - 1) < 1e-9)
assert(r.eta < limit)

-- From there, with a small push, a step just below the limit comes back and one just above
-- it leaves: the theory of the quadratic, seen on the network itself.
function push_and_go(factor)
  local f = r:fork(string.format("%.2f of the limit", factor))
  f.step = factor * limit
  f.W1 = f.W1 + rng(5):normal(5, 20) * 1e-6
  local start = f.gap
  f:step(60)
  return f, f.gap / start
end
stable, shrink = push_and_go(0.9)
unstable, grow = push_and_go(1.1)
print(string.format("60 steps change the gap by %.3g below the limit and by %.3g above it", shrink,
  grow))
assert(shrink < 1 and grow > 1)
assert(unstable.edge > 1 and stable.edge < 1)

-- What a step that is too long does in the end: the run stops at its last finite state and
-- says so.
far = run(s, { step = 4 * limit }):step(2000)
print(far.stopped)
assert(far.stopped:find("diverged") and far.loss == far.loss)

print(plot({ stable, unstable }, "gap", { xmin = r.k, title = "just below and just above 2/λmax" }))
