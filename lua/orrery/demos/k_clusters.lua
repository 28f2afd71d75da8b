-- SPDX-License-Identifier: GPL-3.0-or-later
-- k_clusters.lua - a demo: eighty nodes become three. The gap of the spectrum says how many
-- groups there are, k-means finds them, the bottom of the spectrum gives the weights between
-- them; the error has a bound and falls as the network grows. On the Icelandic grid groups and
-- spectrum may come from different matrices, and a number says so.

local network = [[
Q = { { 0.8, 0.1, 0.1 }, { 0.1, 0.8, 0.1 }, { 0.1, 0.1, 0.8 } }
W = { { 20, 0.4, 0.8 }, { 0.4, 20, 0.7 }, { 0.8, 0.7, 20 } }
function network(n)
  local z = rng(3)
  return { L = graph.sbm{ sizes={n // 4, n // 2, n // 4}, Q=Q, W=W, shuffle=true, seed=3 },
    m = 0.05 + 0.45 * z:uniform(n), d = 0.2 + 0.3 * z:uniform(n), shape="sin", rate=2, frame=0.02, k=3 }
end]]

local function no_violation(...)
  for _, run in ipairs{ ... } do
    for _, v in ipairs(run:claims()) do
      assert(v.standing ~= "violated", v.name .. " is violated")
    end
  end
end

-- The largest distance of a node to the curve of its group, but for the disturbed one.
local function apart(full, reduced)
  local y, z, labels, most = full.y, reduced.y, reduced.labels, 0
  for i = 1, #labels do
    if i ~= 2 then most = math.max(most, math.abs(y[i][1] - z[labels[i]][1])) end
  end
  return most
end

return {
  title = "Three machines for eighty",
  summary = "k groups: found by k-means, joined by a spectrum, with a bound on the error",
  source = "Min, Mallada 2022, arXiv:2211.15301",
  minutes = 3,

  { "How many groups?",
    say = [[Eighty generators, 1156 lines, shuffled. Inside a group lines are many and weigh 20,
      between groups few and below 1. L has a small eigenvalue for each group, all others are as
      large as the groups are tight.]],
    lua = network .. "\no = network(80)\nc = run(dyn.cluster{ L = o.L })",
    show = { layout = "v(network(network, title='eighty nodes', names=false):3, "
      .. "bars(lam, sort=none, title='eigenvalues of L'):2)", runs = "c",
      small = "h(bars(lam, sort=none, title='eigenvalues of L'), network(network, title='eighty', "
        .. "names=false))" },
    ask = { "How many groups are there?", "2", "3", "4", answer = 2 },
    reveal = function()
      return string.format([[Three: 0, %.1f and %.1f lie at the bottom, the next is %.0f. The largest
        ratio of neighbours says so, k = %d.]], c.lam[2], c.lam[3], c.lam[4], c.gap_k)
    end,
    check = { "c.gap_k == 3", "c.lam[4] / c.lam[3] > 20" } },

  { "Who belongs to which?",
    say = [[Each node becomes a point, its row in the bottom three eigenvectors; k-means looks for
      three centres. One start at random may end badly, so there are twenty, and the best is
      kept.]],
    show = { layout = "v(h(network(embedding, title='points', names=false), network(network, "
      .. "title='nodes', names=false)):3, trace(squares, best_squares, title='sum of squares'):2)",
      small = "h(network(embedding, title='points', names=false), trace(squares, best_squares, "
        .. "title='sum of squares'))", runs = "c" },
    go = { run = "c", goal = "done >= 1", max = 500, speed = 1 },
    reveal = function()
      return string.format([[%d of 80 misplaced. With a gap as wide as this the clouds are so far
        apart that every one of the %d starts came to the same end.]], c.best_misclustered, c.restart)
    end,
    check = { "c.best_misclustered == 0", "c.done == 1" } },

  { "Three machines",
    say = [[Each group becomes one machine. The lines between them are not sums of weights: L₃ is the
      Laplacian with eigenvalues λ₁, λ₂, λ₃ whose eigenvectors are nearest to those of L, in
      closed form from one 3 × 3 SVD. Both networks run side by side.]],
    lua = [[o.group, o.k = c, nil
q = run(dyn.reduce(o))
o.group = q.labels
r = run(dyn.swing(o))]],
    show = { layout = "v(h(ensemble(y, group=group, over=responses, with=2, title='80 thin, 3 thick'):5, "
      .. "network(network, title='groups', names=false):3):3, h(curve(omega, error_at, bound=bound_at, "
      .. "at=freq, run=2, title='error, bound dashed'):5, network(weights=true, run=2, title='L₃'):3):2)",
      small = "h(ensemble(y, group=group, over=responses, with=2, title='80 thin, 3 thick'):3, "
        .. "network(weights=true, run=2, title='L₃'):2)", runs = { "r", "q" } },
    ask = { "Power at node 2 comes and goes. The three thick curves will …",
      "run through the middle of their bundles", "be late", "miss the group that is driven",
      answer = 1 },
    hide = { "ensemble", "curve" },
    go = { runs = { "r", "q" }, steps = 300 },
    reveal = function()
      return string.format([[Three bundles, each with its machine in the middle; weights %.1f, %.1f,
        %.1f. At w = 1 the error is %.4f, its bound %.3f.]], -q.Lk[1][2], -q.Lk[1][3], -q.Lk[2][3],
        q.error, q.bound_total)
    end,
    check = { "q.negative == 0", "q.sv_min > 0.99", "q.error < q.bound_total",
      function() assert(apart(r, q) < 3e-3, "apart") end,
      "q:claim('total').standing == 'holds'", "q:claim('spectrum').standing == 'holds'",
      function() no_violation(r, q) end },
    key = true },

  { "Where the error comes from",
    say = [[Two steps lead from T to T̂₃, each with its error. T₃ keeps three eigenvectors of L: that
      is bounded through λ₄ (dashed). T̂₃ makes all nodes of a group answer alike: that costs
      ‖T₃ − T̂₃‖.]],
    show = { layout = "v(curve(omega, error_at, error_rank_at, error_structure_at, bound=bound_at, "
      .. "at=freq):3, claims:2)", runs = "q",
      small = "curve(omega, error_at, error_rank_at, error_structure_at, bound=bound_at, at=freq)" },
    ask = { "Which of the two is the larger at w = 1 (the line)?", "leaving out λ₄ and above",
      "making a group answer alike", answer = 1 },
    hide = "curve",
    reveal = function()
      return string.format([[%.4f against %.4f. Groups that are this tight are nearly rigid; what is
        lost is their inner swinging, and that is fast.]], q.error_rank, q.error_structure)
    end,
    check = { "q.error_rank > 2 * q.error_structure", "q.error_rank <= q.bound",
      "q.error <= q.error_rank + q.error_structure", "q:claim('curve').standing == 'holds'" } },

  { "The larger the better",
    say = [[Small networks look easier. Let n grow at the same probabilities and weights, and take
      the error at w = 1 with its bound.]],
    lua = [[
n, err, top = { 20, 40, 80, 160 }, {}, {}
for i = 1, 4 do
  s = run(dyn.reduce(network(n[i])))
  err[i], top[i] = s.error, s.bound_total
end
p = plot({ { name = "error", x = n, y = err }, { name = "bound", x = n, y = top,
  role = "bound" } }, { x = "log", y = "log", xlabel = "n", title = "error against n" })
dash{ q, plots = { growth = p } }]],
    show = { layout = "v(plot(show=growth))" },
    ask = { "When n doubles, the error of three machines …", "doubles", "stays about as it is",
      "becomes half or less", answer = 3 },
    hide = "plot",
    reveal = function()
      return string.format([[%.4f, %.4f, %.4f, %.4f: about 1/n. In a larger group every node has more
        neighbours, so λ₄ grows (here to %.0f), and the error goes with it.]], err[1], err[2], err[3],
        err[4], s.lam_next)
    end,
    check = { "err[1] / err[2] > 1.9", "err[2] / err[3] > 1.9", "err[3] / err[4] > 1.9",
      "err[4] < top[4]", "s.lam_next > 400" } },

  { "A number to look at first",
    say = [[Groups and weights may come from different matrices: on the Icelandic grid the usual
      clustering (normalised adjacency) and that of L itself disagree. σ, the least singular
      value of the match, tells: 1 is perfect, below 0.3 the weights mean nothing.]],
    lua = [[i = dyn.machines(graph.grid("iceland189"))
i.k, i.clustering = 3, "bach-jordan"
a = run(dyn.reduce(i))
i.clustering = "plain"
b = run(dyn.reduce(i))
a.sv_min, b.sv_min]],
    show = { layout = "v(h(curve(omega, error_at, bound=bound_at, title='usual'), curve(omega, error_at, "
      .. "bound=bound_at, run=2, title='of L')):3, h(table(sv_min, defect, negative), table(sv_min, "
      .. "defect, negative, run=2)):2)", runs = { "a", "b" },
      small = "h(table(sv_min, defect, negative, error, title='usual'), table(sv_min, defect, "
        .. "negative, error, run=2, title='of L'))" },
    reveal = function()
      return string.format([[σ = %.4f against %.2f, and an error of %.1f against %.1f at w = 1. Look
        there before you trust three machines.

          orrery examples/clusters_k.lua
          orrery examples/iceland.lua]], a.sv_min, b.sv_min, a.error, b.error)
    end,
    check = { "a.sv_min < 0.01", "b.sv_min > 0.8", function() no_violation(a, b) end } },
}
