-- SPDX-License-Identifier: GPL-3.0-or-later
-- first_steps.lua - from nothing to a plot: a system, a run, probes, claims.
--
-- The lines are those of a first session; at the prompt they print by themselves.

-- A two-layer linear network: 5 inputs, 20 hidden units, 3 outputs, 50 samples. Every
-- option has a default (?net.linear lists them) and every random draw a seed.
s = net.linear{ n = 5, h = 20, m = 3, samples = 50, init_scale = 0.25, seed = 7 }
print(s)

-- A run lets it move. Steps are chosen by the theory: 1/K_t, certified one by one.
r = run(s, { rule = "local" })
r:step(20)
print(r)
print(string.format("after %d steps: loss %.4g, gap %.3g, next step %.4g", r.k, r.loss, r.gap,
  r.eta))
assert(r.k == 20 and r.gap > 1e-9)

-- Go on to a goal. r.stopped says which goal ended it.
r:go{ gap_below = 1e-9, max = 1e5 }
print(r.stopped)
assert(r.gap < 1e-9)

-- Probes are read by name: what is seen, and what theory says about it.
print(string.format("PL ratio %.4g >= its bound %.4g; sharpness %.4g <= %.4g", r.pl, r.mu_t,
  r.sharpness, r.K_A))
assert(r.pl >= r.mu_t and r.sharpness <= r.K_A)

-- Parts of the state are matrices.
print("singular values of W1 W2'", r.W:svd().s)
assert((r.W1 * r.W2.T - r.W):norm() < 1e-12)

-- Theorems are data: which of them hold here, and with what margin?
print(r:claims())
for _, v in ipairs(r:claims()) do assert(v.standing ~= "violated", v.name) end

-- A plot at the prompt; p:save("gap.svg") makes a figure of it.
p = plot(r, "gap")
print(p)
