-- SPDX-License-Identifier: GPL-3.0-or-later
-- A network with p = 3 on clusters, as net.prelu shows it by default; attacks made small.
r = run(net.prelu{ p = 3, seed = 1, test = 60, zero_steps = 40, multi_steps = 15, climb_steps = 60,
  radii = { 0, 0.2, 0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.9 } })
dash{ r, speed = 80 }
