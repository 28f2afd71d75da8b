#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""concepts.py - writes concepts.tsv, the stimuli of case 7 of theory page 9, by the page's
generator, and prints the weights that its test expects: exact averages, then the stationary
point of every sign pattern in rational arithmetic. None of it shares code with orrery."""
from fractions import Fraction
from itertools import product
from math import sqrt
from pathlib import Path

import numpy as np

NAMES = ["cat", "dog", "grass", "river bank", "sitting", "sky"]
D, K, RHO, SIGMA = 16, 8, 0.3, 0.5
MIX = [("cat", "0.7"), ("grass", "0.5"), ("sitting", "0.3")]
L1, L2 = Fraction(95, 10000), Fraction(5, 10000)  # the default preset


def unit(x):
    return x / np.linalg.norm(x)


def stimuli(g):
    """K rows a concept around centres with expected cosine RHO, to six decimals."""
    u0 = unit(g.standard_normal(D))
    out = {}
    for name in NAMES:
        centre = unit(sqrt(RHO) * u0 + sqrt(1 - RHO) * unit(g.standard_normal(D)))
        out[name] = np.round(centre + SIGMA * g.standard_normal((K, D)) / sqrt(D), 6)
    return out


def root(x):
    """sqrt of a fraction to 40 digits, as a fraction."""
    from decimal import Decimal, getcontext
    getcontext().prec = 60
    return Fraction((Decimal(x.numerator) / Decimal(x.denominator)).sqrt())


def dot(a, b):
    return sum(x * y for x, y in zip(a, b))


def solve(A, b):
    """Gauss in fractions."""
    n = len(b)
    M = [row[:] + [b[i]] for i, row in enumerate(A)]
    for i in range(n):
        p = next(r for r in range(i, n) if M[r][i] != 0)
        M[i], M[p] = M[p], M[i]
        for r in range(n):
            if r != i:
                f = M[r][i] / M[i][i]
                M[r] = [x - f * y for x, y in zip(M[r], M[i])]
    return [M[i][n] / M[i][i] for i in range(n)]


def code(atoms, v):
    """The one point that meets the optimality conditions."""
    n = len(atoms)
    G = [[dot(a, b) for b in atoms] for a in atoms]
    q = [dot(a, v) for a in atoms]
    for sign in product((0, 1, -1), repeat=n):
        S = [j for j in range(n) if sign[j]]
        x = solve([[G[i][j] + (L2 if i == j else 0) for j in S] for i in S],
                  [q[i] - L1 * sign[i] for i in S]) if S else []
        if any(w * sign[j] <= 0 for w, j in zip(x, S)):
            continue
        c = dict(zip(S, x))
        g = [q[i] - sum(G[i][j] * w for j, w in c.items()) for i in range(n)]
        if all(sign[i] or abs(g[i]) <= L1 for i in range(n)):
            return [c.get(j, Fraction(0)) for j in range(n)]
    raise SystemExit("no pattern is optimal")


def main():
    rows = stimuli(np.random.default_rng(7))
    with open(Path(__file__).with_name("concepts.tsv"), "w", encoding="utf-8") as out:
        out.write("# Stimuli of six concepts, made by concepts.py: name, numbers.\n")
        for k in range(K):
            for name in NAMES:
                out.write("\t".join([name] + [f"{x:.6f}" for x in rows[name][k]]) + "\n")
    exact = {n: [sum(Fraction(f"{x:.6f}") for x in rows[n][:, i]) / K for i in range(D)] for n in NAMES}
    v = [sum(Fraction(w) * exact[n][i] for n, w in MIX) + Fraction((-1) ** i, 20) for i in range(D)]
    size = [root(dot(exact[n], exact[n])) for n in NAMES]
    scale = root(dot(v, v))
    c = code([[x / s for x in exact[n]] for n, s in zip(NAMES, size)], [x / scale for x in v])
    for name, w, s in zip(NAMES, c, size):
        print(f"{name}\t{float(w * scale / s):.17g}")


main()
