-- SPDX-License-Identifier: GPL-3.0-or-later
-- clusters.lua - a demo: a network in two weakly tied groups answers as two machines. The sign
-- of one eigenvector finds the groups, a network of two nodes runs beside the full one in
-- lockstep; strong ties end it. The last step is the IEEE 68-bus system.

local network = [[
function network(tie)
  local z = rng(4)
  return { L = graph.sbm{ sizes={12, 8}, Q={{0.7, 0.2}, {0.2, 0.7}}, W={{5, tie}, {tie, 5}},
      shuffle=true, seed=4 }, m = 0.05 + 0.45 * z:uniform(20),
    d = 0.3 + 0.3 * z:uniform(20), shape="exp", rate=3, frame=0.02 }
end]]

local lockstep = "v(h(ensemble(y, group=group, over=responses, with=2, title='nodes thin, groups thick'):5, "
  .. "network(network, title='groups'):3):3, h(curve(omega, error_at, bound=bound_at, at=freq, run=2, "
  .. "title='error, bound dashed'):5, network(weights=true, run=2, title='two'):3):2)"
local lockstep_small = "h(ensemble(y, group=group, over=responses, with=2, "
  .. "title='nodes thin, groups thick'):3, network(weights=true, run=2, title='two'):2)"
local by_sign = "v(h(network(embedding, title='v₂ →, node ↑', names=false), "
  .. "network(network, title='by sign of v₂')):3, bars(lam, sort=none, title='eigenvalues of L'):2)"
local by_sign_small = "h(network(embedding, title='v₂ →, node ↑', names=false), "
  .. "bars(lam, sort=none, title='eigenvalues of L'))"

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
  title = "Two groups, one sign",
  summary = "weak ties: the sign of one eigenvector, and two machines for twenty",
  source = "Min, Mallada 2022, arXiv:2209.13701",
  minutes = 3,

  { "Twenty generators",
    say = [[Twenty generators. Most lines weigh 5, a few only 0.3, and nobody tells us which.
      At node 2 power fails.]],
    lua = network .. "\no = network(0.3)\nr = run(dyn.swing(o))",
    show = { layout = "v(ensemble(y, title='frequencies of twenty nodes'):3, network(network, deviation, "
      .. "title='y − ȳ'):2)", small = "h(ensemble(y, title='twenty nodes'):3, network(network, deviation, "
      .. "title='y − ȳ'):2)" },
    ask = { "How many different answers will there be?", "one: all move together", "two", "twenty",
      answer = 2 },
    hide = { "ensemble", "network" },
    go = { steps = 300 },
    reveal = [[Two bundles. Within a bundle lines are stiff and all swing alike; what crosses the
      weak ties comes late and slowly.]],
    check = { "r.k == 300", "r.gap_max > 0.1", function() no_violation(r) end } },

  { "The sign of v₂",
    say = [[Who belongs to which? Of all v ⟂ 1 of length 1, the second eigenvector v₂ of L has the
      least sum over lines

        Σ w_ij (v_i − v_j)² = λ₂

      Jumps are cheap where lines are weak: v₂ is level on each group, its sign tells them apart.]],
    lua = "c = run(dyn.cluster{ L = o.L, k = 2 })",
    show = { layout = by_sign, small = by_sign_small, runs = "c" },
    go = { run = "c", goal = "done >= 1", max = 50, speed = 1 },
    reveal = function()
      return string.format([[Two clouds, left and right of 0: %d of 20 misplaced. The gap says that
        there are two: λ₂ = %.2f, λ₃ = %.1f.]], c.best_misclustered, c.lam2, c.lam[3])
    end,
    check = { "c.best_misclustered == 0", "c.gap_ratio > 10", "c.sizes[1] + c.sizes[2] == 20" } },

  { "Two machines for twenty",
    say = [[Each group becomes one machine, with the sum of its inertias and dampings. One line
      joins them, of weight

        λ₂ n_a n_b / n

      Both networks run side by side, the twenty thin, the two thick.]],
    lua = [[o.k = 2
q = run(dyn.reduce(o))
o.k, o.group = nil, q.labels
r = run(dyn.swing(o))]],
    show = { layout = lockstep, small = lockstep_small, runs = { "r", "q" } },
    ask = { "Where will the two thick curves run?", "through the middle of the two bundles",
      "right in the end, wrong on the way", "both on one curve", answer = 1 },
    hide = { "ensemble", "curve" },
    go = { runs = { "r", "q" }, steps = 300 },
    reveal = function()
      return string.format([[Through the middle; the line weighs %.2f. At w = 1 the two are %.3f away
        from the twenty, theory allows %.2f (dashed). Fast signals still tell single nodes apart.]],
        -q.Lk[1][2], q.error, q.bound_total)
    end,
    check = { "math.abs(-q.Lk[1][2] - q.lam2 * 12 * 8 / 20) < 1e-9", "q.error < q.bound_total",
      function() assert(apart(r, q) < 2e-3, "apart") end, "q:claim('total').standing == 'holds'",
      "q:claim('curve').standing == 'holds'", function() no_violation(r, q) end },
    key = true },

  { "Strong ties",
    say = "Now let the lines between the groups weigh 20, more than those inside.",
    lua = "o = network(20)\nc = run(dyn.cluster{ L = o.L, k = 2 })\nr = run(dyn.swing(o))",
    show = { layout = by_sign, small = by_sign_small, runs = "c" },
    ask = { "Does the sign of v₂ still tell the two groups apart?", "yes", "no", answer = 2 },
    hide = { "network", "bars" },
    go = { run = "c", goal = "done >= 1", max = 50, speed = 1 },
    reveal = function()
      return string.format([[No: %d of 20 misplaced, a toss of a coin. λ₂ = %.0f and λ₃ = %.0f are
        neighbours, v₂ means nothing. A ratio near 1 is the warning to look for.]],
        c.best_misclustered, c.lam2, c.lam[3])
    end,
    check = { "c.best_misclustered >= 5", "c.gap_ratio < 1.2" } },

  { "And no harm done",
    say = [[Do we need two groups here? The same failure at node 2, on the network with strong
      ties; thick, one machine for all.]],
    show = { layout = "v(ensemble(y, over=coherent, title='twenty nodes, thick: one machine'):3, "
      .. "network(network, deviation, title='y − ȳ'):2)", runs = "r",
      small = "ensemble(y, over=coherent, title='twenty nodes, thick: one machine')" },
    go = { steps = 300 },
    reveal = function()
      return string.format([[No: one will do, no node is ever more than %.3f off. Weak ties make
        groups, strong ties one group.]], r.gap_max)
    end,
    check = { "r.gap_max < 0.04", function() no_violation(r) end } },

  { "New England",
    say = "A real one: sixteen machines of the IEEE 68-bus system. Power fails at the second.",
    lua = [[o = dyn.machines(graph.grid("ieee68"))
o.shape, o.rate, o.frame, o.d, o.rinv = "exp", 3, 0.02, { 0.6 }, nil
o.k = 2
q = run(dyn.reduce(o))
o.k, o.group = nil, q.labels
r = run(dyn.swing(o))]],
    show = { layout = lockstep, small = lockstep_small, runs = { "r", "q" } },
    go = { runs = { "r", "q" }, steps = 300 },
    reveal = function()
      return string.format([[The sign of v₂ draws the border of New England, machines 53 to 61, and
        the rest; the line between them weighs %.4f.

          orrery examples/clusters_two.lua
          demo("k_clusters")]], -q.Lk[1][2])
    end,
    check = { "math.abs(-q.Lk[1][2] - 20.7180) < 1e-4", "q.sizes[1] == 9",
      "q:claim('total').standing ~= 'violated'", function() no_violation(r, q) end } },
}
