-- SPDX-License-Identifier: GPL-3.0-or-later
-- The dashboard of the 50-machine system under its worst disturbance, for golden frames.
g = graph.grid("ieee145")
m = g.m
m[13] = 4 * m[13]
r = run(dyn.nadir{ L=g, m=m, f0=50, bus=g.bus, limit=0.008 })
dash(r)
