-- SPDX-License-Identifier: GPL-3.0-or-later
-- The safe set of the pendulum half way to the truth, for golden frames.
s = safety.kernel{ N=61, hold=2 }
r = run(s)
dash(r)
