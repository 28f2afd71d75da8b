-- SPDX-License-Identifier: GPL-3.0-or-later
-- first.lua - the first tour: what 'orrery demo first' and a bare './bootstrap run' start. A
-- newcomer builds, trains, watches, asks theory, steers, rewinds, forks, plots and saves.

local watch = "v(trace(gap):3, h(dial(step), claims):2)"
local small = "v(trace(gap))"

return {
  name = "first",
  title = "First tour",
  summary = "build, train, steer, rewind, fork, plot and save",
  minutes = 5,

  { "Turn the crank",
    say = [[orrery is a workbench for things that learn and move. You build one, let it run, and
      see it beside what theory says about it.

      Enter goes on, Backspace undoes a step, q leads to the prompt. Lines that are typed here
      are lines that you can type: press : at any time, Esc brings you back.]],
    big = "orrery" },

  { "Build",
    say = [[A linear network of two layers: 5 inputs, 20 hidden units, 3 outputs, and data for it
      to fit. Every option has a default (?net.linear lists them), every draw a seed: this network
      is the same wherever it is built.]],
    lua = "s = net.linear{ n=5, h=20, m=3, init_scale=0.25, seed=7 }\ns",
    check = "s.seed == 7" },

  { "Train",
    say = [[A run lets it move, by gradient descent unless you ask for something else. Twenty
      steps: Space would let it go on, s takes one more.

      The line is how far the loss is above its minimum; dashed above it, the bound that the
      theory proves for the steps taken.]],
    lua = "r = run(s)",
    show = { layout = watch, small = small, highlight = "trace" },
    go = { steps = 20 },
    check = { "r.k == 20", "r.gap < 0.1", "r.gap <= r.gap_bound" } },

  { "Ask",
    say = [[What the panels show can be asked for by name. A theorem is a thing to ask, too: does it
      hold here, and by which margin?

      Try it: press : and type r:probes(), which lists all names. Esc comes back here.]],
    lua = "r.loss, r.gap, r.sharpness\nr:claim(\"local_pl\").standing, r:claim(\"local_pl\").margin",
    show = { layout = watch, small = "v(console:=9, note)", highlight = "claims" },
    check = "r:claim('local_pl').standing == 'holds'" },

  { "Steer",
    say = [[The rule chose steps of 0.0028, which theory certifies. A knob is turned by assigning
      it. Let us take steps three times as long.]],
    lua = "r.step = 0.0085\nedge = r.edge\nedge",
    ask = { "What will happen?", "it learns three times as fast",
      "it learns, then the loss rises", answer = 2 },
    hide = { "gap" },
    show = { layout = watch, small = small, highlight = "dial" },
    go = { goal = "gap > 1", max = 200, speed = 1 },
    reveal = function()
      return string.format([[It falls along the gentle directions, then the steepest valley throws
        it out: r.edge, sharpness times step over 2, was %.2f, and beyond 1 steps overshoot by
        more than they gain. Theorems about such steps "do not apply" and say why.]], edge)
    end,
    check = { "edge > 1", "r.gap > 1", "#r:events() > 0" },
    key = true },

  { "Rewind",
    say = [[Nothing is lost. A run remembers where it was, bit for bit, with its knobs; [ and ]
      turn it back and forth by hand.]],
    lua = "r:rewind(20);\nr.rule = \"local\"\nr.gap",
    show = { highlight = "trace" },
    check = { "r.k == 20", "r.gap < 0.1", "r.rule == 'local'" } },

  { "Fork",
    say = [[What would have happened otherwise? A fork shares the past and goes its own way. r
      keeps its rule, f takes steps twice as long. Both go on, side by side.]],
    lua = "f = r:fork(\"f\")\nf.step = 2 * r.eta",
    show = { layout = "v(trace(gap):3, h(dial(step), tree):2)", small = small, runs = { "r", "f" } },
    ask = { "Which will be lower after 30 more steps?", "r, with its certificate",
      "f, with steps twice as long", answer = 2 },
    go = { runs = { "r", "f" }, steps = 30, speed = 1 },
    reveal = function()
      return string.format([[r is at %.2g, f at %.2g, without any promise: %s.]], r.gap, f.gap,
        "a certificate is careful")
    end,
    check = { "r.k == 50 and f.k == 50", "f.gap < r.gap", "f.edge < 1" },
    key = true },

  { "Plot",
    say = [[A plot is a value: it prints here, and p:save("gap.svg") makes a figure of it for a
      paper (.pdf, .png, .txt and gnuplot likewise).]],
    lua = "p = plot({ r, f }, \"gap\", { height=12 })\np",
    show = { layout = "v(console:3, note:2)", small = "v(console:3, note:1)",
      large = "v(console:3, note:2)" },
    check = "p ~= nil",
    key = true },

  { "Save",
    say = [[A run goes into a file with its whole history and comes back as it was. And
      session.save("mine.lua") writes the lines that you have typed: a script that builds the same
      again.]],
    lua = "file = os.tmpname()\nr:save(file);\nrun.load(file):hash() == r:hash()\nos.remove(file);",
    show = { layout = watch, small = small, runs = "r" },
    check = "r.k == 50" },

  { "Yours now",
    say = [[All of it is still here, s, r, f and p. q, or Enter once more, leads to the prompt;
      dash(r) comes back to these panels.

        demo()        one idea each
        help()        the map of the workbench
        ?"step size"  a topic; ?name a page
        r:claims()    all theorems of this net]],
    check = "r.k == 50 and f.k == 50" },
}
