-- SPDX-License-Identifier: GPL-3.0-or-later
-- Eight nodes and, in lockstep, the network of their three groups, for golden frames.
net = { L={ { 1, 2, 5 }, { 1, 3, 4 }, { 2, 3, 6 }, { 4, 5, 5.5 }, { 4, 6, 4.5 }, { 5, 6, 3.5 }, { 7, 8, 6.5 },
    { 1, 4, 0.4 }, { 3, 5, 0.2 }, { 2, 7, 0.3 }, { 6, 8, 0.5 } },
  m={ 0.25, 0.15, 0.35, 0.10, 0.45, 0.20, 0.30, 0.18 }, d={ 0.30, 0.40, 0.20, 0.25, 0.35, 0.45, 0.22, 0.28 },
  group={ 1, 1, 1, 2, 2, 2, 3, 3 }, t0=0.5 }
a = run(dyn.swing(net))
b = run(dyn.reduce(net))
dash{ a, b, speed=4,
  layout="v(h(ensemble(y, group=group, over=responses, with=2, title='nodes and groups'):40,"
    .. " curve(omega, error_at, bound=bound_at, at=freq, run=2, title='error and its bound'):30,"
    .. " network(weights=true, run=2, title='reduced Laplacian'):20):12,"
    .. " h(network(title='nodes by group'):26, bars(lam, run=2, sort=none, title='spectrum of L'):20,"
    .. " table(lam_k, lam_next, defect, sv_min, dip, steady, error, bound_total, run=2):26,"
    .. " claims(run=2):30):11, console:3)" }
