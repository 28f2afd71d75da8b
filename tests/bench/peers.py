#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""peers.py - the workloads of bench.c, bench.lua and bench_dict.c as their users write
them with NumPy, PyTorch, SciPy and scikit-learn, one thread: lines "case TAB figure TAB
unit TAB peer". What is not installed is left out."""
import os
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

try:
    import numpy as np
except ImportError:
    raise SystemExit(0)


def best(f, calls, rounds=5):
    f()
    out = float("inf")
    for _ in range(rounds):
        begin = time.perf_counter()
        for _ in range(calls):
            f()
        out = min(out, (time.perf_counter() - begin) / calls)
    return out


def report(case, figure, unit, peer):
    print(f"{case}\t{figure:.4g}\t{unit}\t{peer}", flush=True)


def problem(n, h, m, samples):
    g = np.random.default_rng(7)
    x = g.standard_normal((samples, n))
    y = x @ g.standard_normal((n, m)) + 0.1 * g.standard_normal((samples, m))
    return x, y, 0.1 * g.standard_normal((n, h)), 0.1 * g.standard_normal((m, h))


def numpy_step(n, h, m, samples, eta):
    x, y, w1, w2 = problem(n, h, m, samples)
    state = [w1, w2]

    def step():
        w1, w2 = state
        res = x @ (w1 @ w2.T) - y
        g = x.T @ res
        state[0], state[1] = w1 - eta * (g @ w2), w2 - eta * (g.T @ w1)
        return 0.5 * np.sum(res * res)

    return step


def numpy_probes(n, h, m, samples, eta):
    """A step and the quantities of sections 4 and 5 of theory 01, read plainly."""
    x, y, w1, w2 = problem(n, h, m, samples)
    state = [w1, w2]
    start = (w1, w2)
    svd = np.linalg.svd(x, compute_uv=False)
    mu, k = svd[-1] ** 2, svd[0] ** 2
    target = np.linalg.lstsq(x, y, rcond=None)[0]
    d0 = w1.T @ w1 - w2.T @ w2

    def step():
        w1, w2 = state
        w = w1 @ w2.T
        g = x.T @ (x @ w - y)
        e = x @ (w - target)
        gap = 0.5 * np.sum(e * e)
        g1, g2 = g @ w2, g.T @ w1
        norm2 = np.sum(g1 * g1) + np.sum(g2 * g2)
        s1, s2 = np.linalg.svd(w1, compute_uv=False), np.linalg.svd(w2, compute_uv=False)
        sw = np.linalg.svd(w, compute_uv=False)
        s2min, s2max = s1[n - 1] ** 2 + s2[m - 1] ** 2, s1[0] ** 2 + s2[0] ** 2
        q = np.sqrt(2 * k * gap)
        a, b, c = k * s2max + q, 3 * k * s2max * q, 6 * k * k * sw[0] * gap
        inv_k = np.roots([c, b, a, -1])
        argmin = np.roots([4 * c, 3 * b, 2 * a, -2])
        kt = a + b * eta + c * eta * eta
        rho = 1 - mu * s2min * eta * (2 - eta * kt)
        v = g1 @ w2.T + w1 @ g2.T
        hv = x.T @ (x @ v)
        kdir = (np.sum(g1 * (hv @ w2 + g @ g2)) + np.sum(g2 * (hv.T @ w1 + g.T @ g1))) / norm2
        d = w1.T @ w1 - w2.T @ w2
        lam = np.linalg.eigvalsh(d)
        drift = np.linalg.norm(d - d0)
        state[0], state[1] = w1 - eta * g1, w2 - eta * g2
        e = x @ (state[0] @ state[1].T - target)
        after = 0.5 * np.sum(e * e)
        return (norm2 / (2 * gap), mu * s2min, kt, inv_k, argmin, rho, kdir, lam, drift,
                after / gap, 2 * (after - gap + eta * norm2) / (eta * eta * norm2), start)

    return step


def torch_step(n, h, m, samples, eta):
    import torch

    torch.set_num_threads(1)
    x, y, w1, w2 = (torch.tensor(v) for v in problem(n, h, m, samples))
    w1.requires_grad_()
    w2.requires_grad_()
    optimiser = torch.optim.SGD([w1, w2], lr=eta)

    def step():
        optimiser.zero_grad()
        loss = 0.5 * ((x @ (w1 @ w2.T) - y) ** 2).sum()
        loss.backward()
        optimiser.step()
        return loss.item()

    return step


def scipy_flow(n, h, m, samples):
    from scipy.integrate import solve_ivp

    x, y, w1, w2 = problem(n, h, m, samples)
    xx, xy = x.T @ x, x.T @ y

    def rhs(_, z):
        w1, w2 = z[: n * h].reshape(n, h), z[n * h:].reshape(m, h)
        g = xx @ (w1 @ w2.T) - xy
        return np.concatenate([-(g @ w2).ravel(), -(g.T @ w1).ravel()])

    z0 = np.concatenate([w1.ravel(), w2.ravel()])
    return lambda: solve_ivp(rhs, (0, 50), z0, method="DOP853", rtol=1e-8, atol=1e-12)


def torch_classifier():
    import torch

    torch.set_num_threads(1)
    g = torch.Generator().manual_seed(1)
    x = torch.randn(1000, 784, generator=g, dtype=torch.float64)
    y = torch.arange(1000) % 10
    net = torch.nn.Sequential(torch.nn.Linear(784, 500), torch.nn.ReLU(),
                              torch.nn.Linear(500, 10)).double()
    optimiser = torch.optim.SGD(net.parameters(), lr=0.01)
    error = torch.nn.CrossEntropyLoss()

    def step():
        optimiser.zero_grad()
        loss = error(net(x), y)
        loss.backward()
        optimiser.step()
        return loss.item()

    return step


def relu_problem(samples, d, h):
    g = np.random.default_rng(1)
    return (g.standard_normal((samples, d)), np.where(np.arange(samples) % 2, 1.0, -1.0),
            0.01 * g.standard_normal((d, h)), 0.01 * g.standard_normal(h))


def numpy_relu(samples, d, h, eta):
    x, y, w, v = relu_problem(samples, d, h)
    state = [w, v]

    def step():
        w, v = state
        z = x @ w
        a = np.maximum(z, 0)
        e = np.exp(-y * (a @ v)) / samples
        slope = -y * e
        state[0] = w - eta * (x.T @ ((z > 0) * np.outer(slope, v)))
        state[1] = v - eta * (a.T @ slope)
        return e.sum()

    return step


def torch_relu(samples, d, h, eta):
    import torch

    torch.set_num_threads(1)
    x, y, w, v = (torch.tensor(a) for a in relu_problem(samples, d, h))
    w.requires_grad_()
    v.requires_grad_()
    optimiser = torch.optim.SGD([w, v], lr=eta)

    def step():
        optimiser.zero_grad()
        loss = torch.exp(-y * (torch.relu(x @ w) @ v)).mean()
        loss.backward()
        optimiser.step()
        return loss.item()

    return step


def torch_attack(d, h, steps, norm):
    """Projected gradient on 1000 samples, exponent 3, as its user writes it."""
    import torch

    torch.set_num_threads(1)
    g = np.random.default_rng(1)
    x, w, v = (torch.tensor(g.standard_normal(s)) for s in ((1000, d), (d, h), (h,)))
    y = torch.tensor(np.where(np.arange(1000) % 2, 1.0, -1.0))
    r, u = w.norm(dim=0), w / w.norm(dim=0)

    def attack():
        delta = torch.zeros_like(x)
        for _ in range(steps):
            delta.requires_grad_()
            f = torch.relu((x + delta) @ u) ** 3 @ (v * r)
            grad, = torch.autograd.grad((-y * f).sum(), delta)
            with torch.no_grad():
                if norm == "l2":
                    delta = delta + 0.1 * grad / (grad.norm(dim=1, keepdim=True) + 1e-12)
                    delta = delta * torch.clamp(0.5 / delta.norm(dim=1, keepdim=True), max=1)
                else:
                    delta = torch.clamp(delta + 0.1 * grad.sign(), -0.5, 0.5)
        with torch.no_grad():
            f = torch.relu((x + delta) @ u) ** 3 @ (v * r)
            return (y * f > 0).double().mean().item()

    return attack


def scipy_stiff(method):
    """The stiff flow of bench.lua: as its user writes it, without derivatives of the field."""
    from scipy.integrate import solve_ivp

    n, h, m = 40, 25, 40
    g = np.random.default_rng(1)
    u, v = (np.linalg.qr(g.standard_normal((n, n)))[0] for _ in range(2))
    x = u @ np.diag(g.uniform(0.01, 10, n)) @ v.T
    xx, xy = x.T @ x, x.T @ (x @ g.standard_normal((n, m)))
    z0 = 0.2 * g.standard_normal((n + m) * h)

    def rhs(_, z):
        w1, w2 = z[: n * h].reshape(n, h), z[n * h:].reshape(m, h)
        g = xx @ (w1 @ w2.T) - xy
        return np.concatenate([-(g @ w2).ravel(), -(g.T @ w1).ravel()])

    return solve_ivp(rhs, (0, 50), z0, method=method, rtol=1e-4, atol=1e-7)


def pendulum_table(cells, actions):
    """Successors of all cells and the failure flags, as safety.kernel makes them."""
    n = cells * cells
    j, k = np.divmod(np.arange(n), cells)
    theta = -np.pi / 2 + (j + 0.5) * np.pi / cells
    omega = -8 + (k + 0.5) * 16 / cells
    u = np.linspace(-1, 1, actions)
    w = np.clip(omega[:, None] + 0.05 * (15 * np.sin(theta)[:, None] + 6 * u), -8, 8)
    th = theta[:, None] + 0.05 * w
    jj = np.clip(np.floor((th + np.pi / 2) / (np.pi / cells)), 0, cells - 1)
    kk = np.clip(np.floor((w + 8) / (16 / cells)), 0, cells - 1)
    to = np.where(np.abs(th) >= np.pi / 2, n, jj * cells + kk).astype(np.int64)
    return np.vstack([to, np.full((1, actions), n)]), np.arange(n + 1) == n


def safe_set(to, bad):
    v = bad.copy()
    while True:
        new = bad | v[to].all(axis=1)
        if (new == v).all():
            return v
        v = new


def numpy_safe_sets():
    g = np.random.default_rng(1)
    for cells, actions in ((201, 11), (1001, 21)):
        to, bad = pendulum_table(cells, actions)
        name = f"{cells}x{cells}x{actions}"
        report("safe_pendulum_" + name, 1e3 * best(lambda: safe_set(to, bad), 1, 2), "ms", "numpy")
        to = g.integers(0, len(to), to.shape)
        bad = g.random(len(to)) < 0.05
        report("safe_random_" + name, 1e3 * best(lambda: safe_set(to, bad), 1, 2), "ms", "numpy")


def torch_critic():
    import torch
    torch.set_num_threads(1)
    net = torch.nn.Sequential(torch.nn.Linear(3, 32), torch.nn.Tanh(), torch.nn.Linear(32, 32),
                              torch.nn.Tanh(), torch.nn.Linear(32, 5)).double()
    adam = torch.optim.Adam(net.parameters(), 1e-3)
    x, a = torch.randn(128, 3).double(), torch.randint(5, (128, 1))
    y = torch.randint(2, (128, 1)).double()

    def step():
        adam.zero_grad()
        torch.nn.functional.binary_cross_entropy_with_logits(net(x).gather(1, a), y).backward()
        adam.step()
    return step


def unit_rows(x):
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def sparse_problem(atoms=5000, wide=512, queries=1000, mix=30):
    """The problem of bench_dict.c: unit atoms, and unit mixes of 30 with a little noise."""
    g = np.random.default_rng(1)
    a = unit_rows(g.standard_normal((atoms, wide)))
    v = 0.01 * g.standard_normal((queries, wide))
    for row in v:
        row += g.standard_normal(mix) @ a[g.integers(0, atoms, mix)]
    return a, unit_rows(v)


def sklearn_codes():
    """Codes at the tolerances of bench_dict.c: a gap of 1e-8 |v|^2, 30 atoms."""
    from sklearn.decomposition import MiniBatchDictionaryLearning, sparse_encode
    from sklearn.linear_model import Lasso, orthogonal_mp, orthogonal_mp_gram

    a, v = sparse_problem()
    wide, some = a.shape[1], range(5)
    d = np.asfortranarray(a.T)
    gram = a @ a.T

    def lasso(precompute):
        model = Lasso(alpha=0.05 / wide, fit_intercept=False, precompute=precompute, tol=1e-8,
                      max_iter=100000)
        return lambda: [model.fit(d, v[i]) for i in some]

    def each(f, rounds=3):
        return 1e3 * best(f, 1, rounds) / len(some)

    report("dict_omp_query", each(lambda: [orthogonal_mp_gram(gram, a @ v[i], n_nonzero_coefs=30)
                                           for i in some]), "ms", "sklearn, Gram matrix")
    report("dict_omp_query", each(lambda: [orthogonal_mp(d, v[i], n_nonzero_coefs=30) for i in some]),
           "ms", "sklearn")
    report("dict_lasso_query", each(lasso(gram)), "ms", "sklearn, Gram matrix")
    report("dict_lasso_query", each(lasso(False)), "ms", "sklearn")
    begin = time.perf_counter()
    sparse_encode(v[:100], a, gram=gram, algorithm="omp", n_nonzero_coefs=30)
    report("dict_omp_batch", 10 * (time.perf_counter() - begin), "ms", "sklearn")
    begin = time.perf_counter()
    sparse_encode(v[:200], a, gram=gram, algorithm="lasso_cd", alpha=0.05, max_iter=100000)
    report("dict_lasso_batch", 5 * (time.perf_counter() - begin), "ms", "sklearn")

    def epoch():
        MiniBatchDictionaryLearning(n_components=100, alpha=0.1, max_iter=1, batch_size=50, tol=0,
                                    max_no_improvement=None, fit_algorithm="cd", dict_init=v[:100],
                                    random_state=1).fit(v)

    report("dict_learn_epoch", 1e3 * best(epoch, 1, 3), "ms", "sklearn")


def sklearn_concepts():
    from sklearn.linear_model import ElasticNet

    g = np.random.default_rng(3)
    a = 0.5 + g.standard_normal((30, 59136))
    v = 0.1 * g.standard_normal(59136) + 0.2 * np.arange(1, 6) @ a[:30:6]
    wide = len(v)

    def solve():
        d, u = np.asfortranarray(unit_rows(a).T), v / np.linalg.norm(v)
        return ElasticNet(alpha=0.01 / wide, l1_ratio=0.95, fit_intercept=False, precompute=True,
                          tol=1e-8, max_iter=100000).fit(d, u)

    report("dict_concepts_30x59136", 1e3 * best(solve, 1), "ms", "sklearn")


def block_model(n, k):
    """Adjacency matrix and truth of the block models of bench.lua."""
    import scipy.sparse as sp

    g = np.random.default_rng(1)
    m = n // k
    rows, cols = [], []
    for a in range(k):
        for b in range(a, k):
            pairs = m * (m - 1) // 2 if a == b else m * m
            count = g.binomial(pairs, 20 * k / n if a == b else 1 / (n - m))
            rows.append(g.integers(0, m, count) + a * m)
            cols.append(g.integers(0, m, count) + b * m)
    rows, cols = np.concatenate(rows), np.concatenate(cols)
    keep = rows != cols
    a = sp.coo_matrix((np.ones(keep.sum()), (rows[keep], cols[keep])), shape=(n, n)).tocsr()
    return a + a.T, np.repeat(np.arange(k), m)


def laplacian(a):
    import scipy.sparse as sp

    return (sp.diags(np.asarray(a.sum(1)).ravel()) - a).tocsr()


def lattice(rows, cols):
    import scipy.sparse as sp

    def path(n):
        return sp.diags([np.ones(n - 1), np.ones(n - 1)], [-1, 1])
    return (sp.kron(sp.identity(rows), path(cols)) + sp.kron(path(rows), sp.identity(cols))).tocsr()


def transfer(n, points):
    """T(jw) of swing nodes and its distance from the coherent response, by LU and SVD."""
    g = np.random.default_rng(1)
    a = np.triu(g.random((n, n)) < 0.05, 1).astype(float)
    a += a.T
    lap = np.diag(a.sum(1)) - a
    m, d = g.random(n) + 0.05, g.random(n) + 0.2
    out = []
    for w in np.geomspace(0.01, 100, points):
        s = 1j * w
        inverse = m * s + d
        t = np.linalg.solve(np.diag(inverse) + lap / s, np.eye(n))
        out.append((np.linalg.norm(t, 2), np.linalg.norm(t - 1 / inverse.sum(), 2)))
    return out


def swing_step(n, frame):
    """A frame of Runge-Kutta at half the stability limit on the sparse Laplacian."""
    g = np.random.default_rng(1)
    lap = laplacian(block_model(n, 4)[0])
    m, d, rinv, tau = g.random(n) * 0.45 + 0.05, g.random(n) * 0.3 + 0.2, 0.1, 5.0
    u = np.zeros(n)
    u[1] = -1
    steps = int(np.ceil(frame / (0.5 * 1.4 / np.sqrt((2 * lap.diagonal() / m).max()))))
    h = frame / steps
    z = np.zeros((3, n))

    def rhs(z):
        return np.stack([z[1], (u - d * z[1] - z[2] - lap @ z[0]) / m, (rinv * z[1] - z[2]) / tau])

    def step():
        nonlocal z
        for _ in range(steps):
            k1 = rhs(z)
            k2 = rhs(z + h / 2 * k1)
            k3 = rhs(z + h / 2 * k2)
            z = z + h / 6 * (k1 + 2 * k2 + 2 * k3 + rhs(z + h * k3))
    return step


def processor(f, calls=1):
    """Seconds of the processor, the best of three."""
    out = float("inf")
    for _ in range(3):
        begin = time.process_time()
        for _ in range(calls):
            f()
        out = min(out, (time.process_time() - begin) / calls)
    return out


def clusters(a, k):
    """Bach and Jordan's embedding and weighted k-means."""
    import scipy.sparse as sp
    import scipy.sparse.linalg as sl
    from sklearn.cluster import KMeans

    d = np.asarray(a.sum(1)).ravel()
    half = sp.diags(1 / np.sqrt(d))
    u = sl.eigsh(half @ a @ half, k, which="LA")[1]
    return KMeans(k, n_init=20, random_state=1).fit(u / np.sqrt(d)[:, None], sample_weight=d).labels_


def networks():
    import scipy.sparse.linalg as sl

    for k in (4, 5):
        lap = laplacian(block_model(20000, k)[0])
        report(f"eigs5_block_model_20000_k{k}", 1e3 * processor(lambda: sl.eigsh(lap, 5, which="SM")), "ms",
               "scipy")
    lap = laplacian(lattice(150, 150)).tocsc()
    report("eigs5_lattice_150x150", 1e3 * processor(lambda: sl.eigsh(lap, 5, sigma=-1e-6)), "ms", "scipy")
    report("swing_step_10000", 1e3 * processor(swing_step(10000, 0.01), 5), "ms/step", "scipy")
    begin = time.process_time()
    transfer(189, 200)
    report("transfer_189_at_200_frequencies", time.process_time() - begin, "s", "numpy")
    a = block_model(100000, 5)[0]
    begin = time.process_time()
    clusters(a, 5)
    report("cluster_100000_k5", time.process_time() - begin, "s", "scipy, scikit-learn")


def main():
    small, large = (5, 20, 3, 50), (50, 100, 20, 200)
    report("gd_5x20x3_s50", 1e6 * best(numpy_step(*small, 1e-4), 2000), "us/step", "numpy")
    report("gd_5x20x3_s50_all_probes", 1e6 * best(numpy_probes(*small, 1e-4), 100), "us/step",
           "numpy")
    report("gd_50x100x20_s200", 1e6 * best(numpy_step(*large, 1e-5), 500), "us/step", "numpy")
    report("relu_s1000_784_500", 1e3 * best(numpy_relu(1000, 784, 500, 1e-3), 3), "ms/step", "numpy")
    report("relu_s100_20_50", 1e6 * best(numpy_relu(100, 20, 50, 1e-3), 1000), "us/step", "numpy")
    g = np.random.default_rng(1)
    a, b, c = (g.standard_normal((k, k)) for k in (200, 200, 100))
    report("mat_product_200", 1e6 * best(lambda: a @ b, 200), "us", "numpy")
    report("mat_svd_100", 1e3 * best(lambda: np.linalg.svd(c), 10), "ms", "numpy")
    numpy_safe_sets()
    try:
        networks()
    except ImportError:
        pass
    try:
        sklearn_codes()
        sklearn_concepts()
    except ImportError:
        pass
    try:
        report("critic_3_32_32_5_b128", 1 / best(torch_critic(), 200), "minibatches/s", "torch")
        report("gd_5x20x3_s50", 1e6 * best(torch_step(*small, 1e-4), 500), "us/step", "torch")
        report("gd_50x100x20_s200", 1e6 * best(torch_step(*large, 1e-5), 200), "us/step", "torch")
        report("mlp_784_500_10_s1000", 1e3 * best(torch_classifier(), 3), "ms/step", "torch")
        report("attack_s1000_100_100_steps100", 1e3 * best(torch_attack(100, 100, 100, "l2"), 1), "ms", "torch")
        report("attack_s1000_784_500_steps10", 1e3 * best(torch_attack(784, 500, 10, "linf"), 1), "ms", "torch")
        report("relu_s1000_784_500", 1e3 * best(torch_relu(1000, 784, 500, 1e-3), 3), "ms/step", "torch")
        report("relu_s100_20_50", 1e6 * best(torch_relu(100, 20, 50, 1e-3), 300), "us/step", "torch")
    except ImportError:
        pass
    try:
        report("flow_5x20x3_t50_rtol1e-8", 1e3 * best(scipy_flow(*small), 2), "ms", "scipy")
        for method in ("BDF", "LSODA", "RK45"):
            begin = time.perf_counter()
            found = scipy_stiff(method)
            report("stiff_flow_2000_t50_bdf", 1e3 * (time.perf_counter() - begin), "ms",
                   "scipy " + method)
            report("stiff_flow_2000_t50_bdf_evaluations", found.nfev, "", "scipy " + method)
    except ImportError:
        pass


main()
