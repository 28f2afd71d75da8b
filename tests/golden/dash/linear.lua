-- SPDX-License-Identifier: GPL-3.0-or-later
-- The default dashboard of a linear network, for golden frames.
s = net.linear{ n=5, h=20, m=3, samples=50, init_scale=0.25, seed=7 }
r = run(s, { rule="local" })
dash{ r, flow=true }
