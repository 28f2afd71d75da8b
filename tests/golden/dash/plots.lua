-- SPDX-License-Identifier: GPL-3.0-or-later
-- A plot of many runs beside the one that moves.
local rows = {}
for i = 0, 8 do
  for j = 0, 5 do
    local step, init = 10 ^ (-2 + 0.2 * i), 10 ^ (-1 + 0.4 * j)
    rows[#rows + 1] = { step = step, init = init, rate = step * init < 0.7 and step * (1 + init) or nil }
  end
end
local phases = plot(frame(rows), { x = "step", y = "init", z = "rate", logx = true, logy = true,
  logz = true, missing = "diverged", title = "rate of convergence" })
dash{ run(net.linear{ seed = 7 }), plots = { phases = phases },
  layout = "v(h(trace(loss), plot(show=phases)):2, console:=5)" }
