-- SPDX-License-Identifier: GPL-3.0-or-later
-- Two runs that keep pace by time, for golden frames.
s = net.linear{ n=5, h=20, m=3, samples=50, init_scale=0.25, seed=7 }
a = run(s, { rule="local" })
b = run(s, { rule="const", step=0.001 })
dash{ a, b, sync="time", speed=2,
  layout="v(h(trace(gap), difference(gap)):3, h(table(gap, step), tree):2, console:=5)" }
