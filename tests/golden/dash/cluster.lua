-- SPDX-License-Identifier: GPL-3.0-or-later
r = run(dyn.cluster{ L = graph.grid("iceland189"), k = 4, seed = 3 }):step(12)
dash(r)
