-- SPDX-License-Identifier: GPL-3.0-or-later
-- swing.lua - the default network of dyn.swing after a smooth step at node 2.

r = run(dyn.swing{ shape = "exp" })
dash(r)
