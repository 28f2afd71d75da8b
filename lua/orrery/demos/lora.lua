-- SPDX-License-Identifier: GPL-3.0-or-later
-- lora.lua - a demo: low-rank adaptation starts at a saddle. How small it starts decides how well
-- its factors line up with what is to be learnt, and with it the loss that remains; a start along
-- the singular vectors of the first gradient leaves nothing behind, whatever its scale.
-- examples/lora_init.lua repeats the published experiment with its seeds and scales.

local network = [[
function lora(opt)
  opt.sigma, opt.ratio, opt.seed = 5, 1.05, 1
  return net.lora(opt)
end]]

local flat = "trace(loss, y=linear, lo=0, hi=14, bounds=false)"
local race = "v(trace(loss, bounds=false, hi=1e2):3, trace(misalign1, title='1 − cos, layer 1'):2)"
local cosines = "trace(misalign1, misalign2, title='1 − cos')"

local function g(x) return (string.format("%.2g", x):gsub("e([+-])0*(%d)", "e%1%2")) end

local function decades(a, b) return math.log(a / b, 10) end

local function no_violation()
  for _, run in ipairs{ r, tiny or r, spectral or r } do
    for _, v in ipairs(run:claims()) do
      assert(v.standing ~= "violated", run.name .. ": " .. v.name .. " is violated")
    end
  end
end

return {
  title = "LoRA: how small to start, and where",
  summary = "the start decides what LoRA can never unlearn",
  source = "Xu et al. 2025, arXiv:2503.06982",
  minutes = 4,

  { "A network that is almost right",
    big = "LoRA",
    say = [[A trained network W2 W1 meets a new task. LoRA leaves it as it is and trains thin factors
      beside its layers:

        (W2 + B2 A2) (W1 + B1 A1)        rank 4 of 10

      As usual A is drawn with scale α, B is 0, so nothing has changed yet. The task differs in
      one direction: ΔY = 5 u v'.]],
    lua = network .. "\nr = run(lora{ alpha = 1e-2 }, { every = 1 })\nr.loss, r.grad_norm",
    check = { "math.abs(r.loss - 12.5) < 1e-9", "r.grad_norm < 1", "r.rank == 1" } },

  { "First the factors turn",
    big = "They turn",
    say = [[With A = B = 0 the slope is zero: a saddle. Beside it the factors Z = [B; A'] obey a
      linear flow, which amplifies one direction faster than all others.

      Shown: 1 − cos of Z with that direction, one curve for each layer. The loss hardly moves.]],
    show = { layout = "v(" .. flat .. ":2, " .. cosines .. ":3)",
      small = "h(" .. flat .. ", " .. cosines .. ")",
      highlight = "1 − cos" },
    go = { goal = "misalign1 < 1e-2", max = 200, speed = 1 },
    reveal = function()
      return string.format([[Aligned to %s at time %.2f, and of the loss %.0f %% is still there.
        Directions first: the signal is amplified like exp(λt), and whatever else was drawn stays
        what it was.]], g(r.misalign1), r.t, 100 * r.loss / 12.5)
    end,
    check = { "r.misalign1 < 1e-2", "r.loss > 0.9 * 12.5" } },

  { "Then the loss falls. How far?",
    big = "How far",
    say = [[The linear flow tells when the factors are large enough to matter: T1, about
      log(1/α)/λ. From there the loss falls exponentially.]],
    show = { layout = "v(trace(loss, loss_curve, bounds=false, lo=1e-10, hi=1e2, title=loss):3, "
        .. "claims(alignment_time, escape_low, escape_high, error_at_escape, local_rate, signal_pl):2)",
      small = "trace(loss, loss_curve, bounds=false, lo=1e-10, hi=1e2, title=loss)", highlight = "claims" },
    ask = { "Where does the loss end?", "at zero: the target can be reached", "on a plateau",
      answer = 2 },
    hide = "loss",
    go = { steps = 301 },
    reveal = function()
      return string.format([[At %s: what was drawn beside u v' feels next to no force that could
        unlearn it. T1 was %.3f, foretold from the start %.3f, proved to be at most %.3f; dashed
        the rate that is proved, far from the true one.]], g(r.loss), r.t1, r.t1_guess, r.t1_high)
    end,
    check = { "r.loss < 1e-7 and r.loss > 1e-10", "r.noise > 1e6 * r.signal",
      "r.t1 <= r.t1_high", "math.abs(r.t1 / r.t1_guess - 1) < 0.05",
      "r:claim('escape_high').standing == 'holds'", no_violation } },

  { "A start a hundred times smaller",
    big = "100 x smaller",
    say = [[A smaller α leaves less beside the direction, and the amplifier has to work longer: the
      price is time, log(1/α).]],
    lua = "tiny = run(lora{ alpha = 1e-4 }, { every = 1 })",
    show = { layout = race, small = "trace(loss, bounds=false)", runs = { "r", "tiny" } },
    ask = { "α is 100 times smaller. Its plateau is lower by a factor of about …", "100",
      "10 000", "100 000 000", answer = 3 },
    hide = { "loss", "misalign1" },
    go = { run = "tiny", steps = 330 },
    reveal = function()
      return string.format([[%s instead of %s: four decades of loss for each decade of α. And
        T1 = %.2f instead of %.2f: the wait has only doubled.]], g(tiny.loss), g(r.loss), tiny.t1, r.t1)
    end,
    check = { function() return math.abs(decades(r.loss, tiny.loss) - 8) < 0.5 end,
      "tiny.t1 > 2 * r.t1 and tiny.t1 < 2.5 * r.t1", no_violation } },

  { "Or start in the right place",
    big = "spectral start",
    say = [[Why draw at random? The first gradient shows ΔY. Its singular vectors are where the
      factors want to go: start there (init = "spectral"), with the large α of r.]],
    lua = 'spectral = run(lora{ alpha = 1e-2, init = "spectral" }, { every = 1 })',
    show = { layout = race, small = "trace(loss, bounds=false)", runs = { "r", "tiny", "spectral" } },
    ask = { "Its loss will end …", "at the plateau of r, which has the same α",
      "between r and tiny", "below both", answer = 3 },
    hide = { "loss", "misalign1" },
    go = { run = "spectral", steps = 330 },
    reveal = function()
      return string.format([[Below 1e-26, which is rounding: the modes move one by one, nothing
        was drawn beside them, nothing remains. And it is as fast as r: T1 = %.2f.]], spectral.t1)
    end,
    check = { "spectral.loss < 1e-26", "math.abs(spectral.t1 - r.t1) < 1e-3",
      "spectral:claim('spectral_modes').standing == 'holds'", no_violation },
    key = true },

  { "What is proved",
    say = [[Lamps of the spectral run: each mode converges at a proved rate.

      Take with you: a small start pays in time, log(1/α), and gains in loss, α⁴; a start in the
      right place pays nothing.

        orrery examples/lora_init.lua]],
    show = { layout = "v(trace(loss, bounds=false):2, "
        .. "claims(spectral_rate, spectral_modes, kernel_low, kernel_high, conserved1, conserved2):3)",
      small = "claims(spectral_rate, spectral_modes, kernel_low, kernel_high)", runs = "spectral",
      highlight = "claims" },
    check = { "spectral:claim('spectral_rate').standing == 'holds'", no_violation } },
}
