-- SPDX-License-Identifier: GPL-3.0-or-later
-- Eight nodes reduced to three, in the layout of their own, for golden frames.
r = run(dyn.reduce{ t0=0.5 })
dash(r)
