-- SPDX-License-Identifier: GPL-3.0-or-later
-- dict.lua - a mix of named concepts, solved sweep by sweep, for frames.
r = run(dict.code{ rho = 0.6, mix = 4, l1 = 0.02, seed = 5 })
dash{ r, speed = 1 }
