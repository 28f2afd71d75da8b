-- SPDX-License-Identifier: GPL-3.0-or-later
r = run(dyn.swing{ shape = "exp" }):step(600)
dash(r)
