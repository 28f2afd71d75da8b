-- SPDX-License-Identifier: GPL-3.0-or-later
-- cluster.lua - four groups of the Icelandic machines being looked for, restart by restart.

r = run(dyn.cluster{ L = graph.grid("iceland189"), k = 4, seed = 3 }):step(12)
dash(r)
