-- SPDX-License-Identifier: GPL-3.0-or-later
-- dict_path.lua - the path of a mix, with the penalty in force, and the edit at fixed strength,
-- for frames.
r = run(dict.code{ rho = 0.6, mix = 4, l1 = 0.02, seed = 5 })
dash{ r, speed = 1, layout = "v(h(bars(weights, true_weights, title='weights, ┊ true'):34,"
  .. " curve(path_l1, path_top, at=l1, title='path'):50):8,"
  .. " h(bars(cos_after, cos_before, title='estimated strength, ┊ before'):42,"
  .. " bars(cos_rival, cos_before, title='fixed strength, ┊ before'):42):6, console:2)" }
