-- SPDX-License-Identifier: GPL-3.0-or-later
-- saddle_to_saddle.lua - a demo: a deep linear network from a tiny start learns one singular
-- direction at a time, the strongest first. The loss is a staircase whose heights and times are
-- known before the first step; one layer more turns waits of log(1/ε) into waits of 1/ε.

local network = [[
sizes = { 4, 2, 1 }
Y = mat.from(5, 5, function(i, j) return i == j and sizes[i] or 0 end)
function two(scale)
  return run(net.linear{ loss="mf", Y=Y, n=5, m=5, h=10, init_scale=scale, seed=2 },
    { stepper="rk4", step=0.02 })
end]]

-- Two layers: mode i alone obeys a' = 2 a (s - a), and of the start only what grows counts.
local theory = [[
start = {}
for i = 1, 3 do start[i] = ((r.W1:row(i) + r.W2:row(i)) / 2):norm()^2 end
r:watch("theory", function(r)
  local loss = 0
  for i, s in ipairs(sizes) do
    local e = math.exp(2 * s * r.t)
    loss = loss + (s - s * e / (e - 1 + s / start[i]))^2 / 2
  end
  return loss
end);]]

local three = [[
function three(scale)
  return run(net.mlp{ X=mat.eye(5), Y=Y, hidden={10, 10}, activation="identity", biases=false,
    mean=false, init="xavier", init_scale=scale, seed=2 }, { stepper="rk4", step=0.02 })
end]]

local stairs = "y=linear, lo=0, hi=12, bounds=false, lines='10.5 nothing learnt, 2.5 rank 1, 0.5 rank 2'"
local gap = "trace(gap, " .. stairs .. ", title=gap)"
local both = "trace(gap, theory, dashed=theory, " .. stairs .. ", title=gap)"

-- Time at which a recorded probe first falls below a level.
local function falls(run, name, level)
  for _, row in ipairs(run:rows{ name }) do
    if row[3] < level then return row[2] end
  end
  return math.huge
end

return {
  title = "From saddle to saddle",
  summary = "deep linear nets learn one thing at a time",
  source = "Saxe, McClelland, Ganguli 2014, arXiv:1312.6120",
  minutes = 4,

  { "Three things to learn",
    big = "4 - 2 - 1",
    say = [[Two linear layers are to become a matrix of three singular values:

        W1 W2' → Y,   σ(Y) = 4, 2, 1

      They start near zero, at a saddle: the gap is ½(4² + 2² + 1²) = 10.5, its slope next to
      nothing.]],
    lua = network .. "\nr = two(1e-4)\nr.gap, r.grad_norm",
    check = { "math.abs(r.gap - 10.5) < 1e-6", "r.grad_norm < 0.01" } },

  { "How will it fall?",
    say = [[The flow follows the gradient for 500 steps.]],
    show = { layout = "v(" .. gap .. ":3, spectrum(sv_w, title='singular values of the product'):2)",
      small = "h(" .. gap .. ", spectrum(sv_w, title='singular values'))" },
    ask = { "The loss will fall …", "smoothly, all three things at once", "in one drop", "in three drops",
      answer = 3 },
    hide = { "gap", "sv_w" },
    go = { steps = 550 },
    reveal = [[A staircase. Each landing is a saddle: W1 W2' is the best matrix of rank 1 there, then
      of rank 2, and again the slope is close to nothing until the next direction has grown.]],
    check = { "r.k == 550", "r.gap < 1e-3", function()
        local near = { 1e9, 1e9 }
        for _, row in ipairs(r:rows{ "gap" }) do
          near[1] = math.min(near[1], math.abs(row[3] - 2.5))
          near[2] = math.min(near[2], math.abs(row[3] - 0.5))
        end
        assert(near[1] < 0.05 and near[2] < 0.02, "no landing near 2.5 and 0.5")
      end } },

  { "The staircase before the first step",
    big = "foretold",
    say = [[The directions do not feel each other. For one alone, of size a and goal s, the flow is

        a' = 2 a (s − a)

      and starts at what the first weights have of the growing mode. Three of these, added up: the
      loss, foretold from W1, W2 at step 0.]],
    lua = "r = two(1e-4)\n\n" .. theory,
    show = { layout = "v(" .. both .. ":3, spectrum(sv_w, title='singular values of the product'):2)",
      small = both, highlight = "gap" },
    go = { steps = 550 },
    reveal = [[Dashed: theory, from the start alone. A direction of size s waits for log(s/a(0))/2s: twice
      as strong, twice as early.]],
    check = { function()
        local worst = 0
        for _, row in ipairs(r:rows{ "gap", "theory" }) do
          if row[4] == row[4] then worst = math.max(worst, math.abs(row[3] - row[4])) end
        end
        assert(worst < 0.3, ("theory is off by %.3g"):format(worst))
      end, "#r:rows{ 'theory' } > 100" },
    key = true },

  { "A start a hundred times smaller",
    big = "100 x smaller",
    say = [[Then a(0) is smaller by 10⁴.]],
    lua = "tiny = two(1e-6)",
    show = { layout = "v(" .. gap .. ":3, trace(grad_norm, title='slope ‖∇L‖'):2)", small = gap,
      runs = { "r", "tiny" } },
    ask = { "The landings will be …", "lower", "longer, at the same heights", "a hundred times as long",
      answer = 2 },
    hide = "gap",
    go = { run = "tiny", steps = 850 },
    reveal = function()
      return string.format([[The heights belong to Y. Each direction waits log(10⁴)/2s longer: the first
        drop comes %.2f later (theory 1.15), the last %.2f (4.61).]],
        falls(tiny, "gap", 6.5) - falls(r, "gap", 6.5), falls(tiny, "gap", 0.25) - falls(r, "gap", 0.25))
    end,
    check = { function()
        for level, s in pairs{ [6.5] = 4, [1.5] = 2, [0.25] = 1 } do
          local late = falls(tiny, "gap", level) - falls(r, "gap", level)
          assert(math.abs(late * 2 * s / math.log(1e4) - 1) < 0.05, ("%g later for s = %g"):format(late, s))
        end
      end } },

  { "One layer more",
    say = [[Three layers: near zero the loss is flat to third order, and a' = 3 a^(4/3) (s − a). Two
      runs, one from half the start of the other.]],
    lua = three .. "\nr, half = three(0.05), three(0.025)",
    show = { layout = "v(trace(loss, " .. stairs .. ", title=loss):3, h(heat(outputs, lo=-4, hi=4, "
        .. "title='product of r'), trace(grad_norm, title='slope ‖∇L‖')):2)",
      small = "trace(loss, " .. stairs .. ", title=loss)", runs = { "r", "half" } },
    ask = { "With half the start, the first drop comes …", "a little later, as before", "twice as late",
      answer = 2 },
    hide = { "loss", "grad_norm" },
    go = { runs = { "r", "half" }, steps = 1600, speed = 10 },
    reveal = function()
      return string.format([[At %.1f instead of %.1f: the wait is of order 1/ε now, not log(1/ε), and the
        drops are sharper. The order remains: strongest first, so whoever stops early has a
        network of low rank.]], falls(half, "loss", 6.5), falls(r, "loss", 6.5))
    end,
    check = { function()
        local ratio = falls(half, "loss", 6.5) / falls(r, "loss", 6.5)
        assert(ratio > 1.8 and ratio < 2.2, ("%.3g times as late"):format(ratio))
      end, "math.abs(half.loss - 0.5) < 0.05" } },
}
