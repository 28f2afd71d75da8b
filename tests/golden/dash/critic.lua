-- SPDX-License-Identifier: GPL-3.0-or-later
-- A network half way to the safe set of the pendulum, for golden frames.
r = run(safety.critic{ N=61, rounds=8, batch=32, steps=150, width=16, seed=3 })
dash(r)
