#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""codes.py ORRERY DIRECTORY - objective values beside scikit-learn's, at equal tolerances:
codes of 512 numbers over 5000 atoms (lasso, elastic net, nonnegative, OMP with 30 atoms), and
the codes of a learned dictionary. Ends with status 77 where scikit-learn is not installed."""
import subprocess
import sys
from pathlib import Path

try:
    import numpy as np
    from sklearn.decomposition import sparse_encode
    from sklearn.linear_model import ElasticNet, orthogonal_mp
except ImportError:
    print("skipped: scikit-learn is not installed")
    raise SystemExit(77)

ATOMS, WIDE, SOURCES, MIX = 5000, 512, 2, 30
TOL = 1e-8  # of |v|^2 = 1: the gap at which both stop


def unit(x):
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def problem(g):
    a = unit(g.standard_normal((ATOMS, WIDE)))
    v = 0.01 * g.standard_normal((SOURCES, WIDE))
    for row in v:
        row += g.standard_normal(MIX) @ a[g.choice(ATOMS, MIX, replace=False)]
    return a, unit(v)


def objective(a, v, w, l1, l2):
    r = v - w @ a
    return 0.5 * r @ r + l1 * np.abs(w).sum() + 0.5 * l2 * w @ w


def net(d, v, l1, l2, positive):
    n, both = len(v), l1 + l2
    return ElasticNet(alpha=both / n, l1_ratio=l1 / both, fit_intercept=False, positive=positive,
                      tol=TOL, max_iter=100000).fit(d, v).coef_


def compare(what, ours, theirs):
    off = abs(ours - theirs)
    print(f"{what:10s} {ours:.12f} {theirs:.12f}  {off:.1e}")
    if not off <= TOL:
        raise SystemExit(f"{what}: objective {ours:.12g}, scikit-learn {theirs:.12g}")


def main():
    orrery, where = sys.argv[1], Path(sys.argv[2])
    g = np.random.default_rng(11)
    a, v = problem(g)
    planted = unit(g.standard_normal((40, 30)))
    x = np.array([g.uniform(0.5, 1.5, 2) @ planted[g.choice(40, 2, replace=False)] for _ in range(500)])
    for name, array in (("atoms", a), ("sources", v), ("samples", x)):
        np.save(where / f"{name}.npy", array)
    subprocess.run([orrery, "run", str(Path(__file__).with_suffix(".lua")), str(where)], check=True)
    d = np.asfortranarray(a.T)
    print("           ours           scikit-learn    difference")
    for name, l1, l2, positive in (("lasso", 0.05, 0, False), ("net", 0.04, 0.01, False),
                                   ("nonneg", 0.05, 0, True)):
        for row, w in zip(v, np.load(where / f"{name}.npy")):
            compare(name, objective(a, row, w, l1, l2),
                    objective(a, row, net(d, row, l1, l2, positive), l1, l2))
    for row, w in zip(v, np.load(where / "omp.npy")):
        theirs = orthogonal_mp(d, row, n_nonzero_coefs=MIX)
        compare("omp", objective(a, row, w, 0, 0), objective(a, row, theirs, 0, 0))
        if not np.array_equal(w != 0, theirs != 0):
            raise SystemExit("omp: other atoms than scikit-learn's")
    learned, held = np.load(where / "learned.npy"), x[400:]
    codes = sparse_encode(held, learned, algorithm="lasso_cd", alpha=0.1, max_iter=100000)
    theirs = np.mean([objective(learned, row, w, 0.1, 0) for row, w in zip(held, codes)])
    compare("learned", float(np.load(where / "objective.npy").item()), theirs)


main()
