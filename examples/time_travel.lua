-- SPDX-License-Identifier: GPL-3.0-or-later
-- time_travel.lua - turn a run back, change a knob, compare the two futures.

s = net.linear{ init_scale = 0.25, seed = 3 }
r = run(s, { rule = "local", name = "certified" })
r:step(200)

-- Back to step 50 and forth again: the same bits, whatever lies between.
at_200 = r:hash()
r:rewind(50)
print("at step", r.k, "known up to", r.known)
r:step(150)
assert(r:hash() == at_200)

-- Look at the past without losing the future.
r:rewind(10)
early = r.pl
r:rewind(-1)
assert(r.k == 200 and r:hash() == at_200)
print(string.format("PL ratio %.4g at step 10, %.4g at step 200", early, r.pl))

-- What if the step had been half as long from step 50 on? A fork shares the past.
r:rewind(50)
f = r:fork("half the step")
f.step = r.eta / 2
f:mark("halved")
f:step(150)
r:step(150)
assert(r:hash() == at_200, "forking does not disturb")
assert(f.gap > r.gap)
print(f:events())
print(string.format("after 200 steps the gap is %.3g, with half the step %.3g", r.gap, f.gap))

-- The fork's curve over the faint original.
print(plot(f, "gap", { ghost = r }))

-- A run and its history are a file.
file = os.tmpname()
f:save(file)
g = run.load(file)
os.remove(file)
assert(g:hash() == f:hash() and g.k == f.k)
