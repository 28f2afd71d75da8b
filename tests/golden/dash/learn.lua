-- SPDX-License-Identifier: GPL-3.0-or-later
-- learn.lua - a planted dictionary being learned, for frames.
r = run(dict.learn{ n = 16, dim = 12, samples = 1500, batch = 40, seed = 4 })
dash{ r, speed = 1 }
