-- SPDX-License-Identifier: GPL-3.0-or-later
-- dyn.lua - dynamical systems of the user's own: dyn.ode and dyn.gradient.

local o, internal = ...
local dyn = o.dyn
local make, taken = dyn._make, dyn._taken
internal.flow = dyn._flow -- for safety.lua
dyn._make, dyn._taken, dyn._flow = nil, nil, nil

local MOST_NAMED, MOST = 64, 1000

local function fail(fmt, ...) internal.raise(string.format(fmt, ...)) end

local shared = { x0 = true, plane = true, box = true, grid = true }

local function known_names(...)
  local list = {}
  for _, set in ipairs{ shared, ... } do
    for name in pairs(set) do list[#list + 1] = name end
  end
  table.sort(list)
  return list
end

-- Every key must be one of own (functions and tables), shared, or a parameter.
local function check_keys(fn, opt, own)
  if type(opt) ~= "table" then
    fail("%s: options go into one table, got %s", fn, internal.describe(opt))
  end
  for key in pairs(opt) do
    if not own[key] and not shared[key] then
      local near = internal.nearest(tostring(key), known_names(own))
      fail("%s: unknown option '%s'%s", fn, tostring(key),
        near and (" (did you mean '%s'?)"):format(near) or "")
    end
  end
end

local function check_function(fn, opt, key, required, shape)
  local f = opt[key]
  if f == nil and not required then return nil end
  if type(f) ~= "function" then
    fail("%s: %s: expected a function%s, got %s", fn, key, shape, internal.describe(f))
  end
  return f
end

local function check_name(fn, what, name, used)
  if type(name) ~= "string" or not name:match("^[%a_][%w_]*$") then
    fail("%s: %s: %s is no name (letters, digits, _)", fn, what, internal.describe(name))
  end
  if used[name] then fail("%s: %s: '%s' is there twice", fn, what, name) end
  if shared[name] or taken(name) then
    fail("%s: %s: '%s' means something else on every run; choose another name", fn, what, name)
  end
  used[name] = true
end

local probes = { plane_x = true, plane_y = true, speed = true, divergence = true, abscissa = true,
  eigenvalues = true, jacobian = true, flow = true, equilibria = true, loss = true, gap = true,
  grad_norm = true, pl = true, sharpness = true, edge = true, descent = true }

local function check_names(fn, opt, used)
  local names = opt.names
  if names == nil then return nil end
  if type(names) ~= "table" or #names == 0 then
    fail("%s: names: expected a list such as {\"x\", \"v\"}, got %s", fn, internal.describe(names))
  end
  if #names > MOST_NAMED then
    fail("%s: names: %d of them (at most %d; leave names out for larger systems)", fn, #names,
      MOST_NAMED)
  end
  for _, name in ipairs(names) do
    check_name(fn, "names", name, used)
    if probes[name] then
      fail("%s: names: '%s' is a probe of every such system; choose another name", fn, name)
    end
  end
  return names
end

local function check_params(fn, opt, used)
  local names, values = {}, {}
  if opt.params == nil then return names, values end
  if type(opt.params) ~= "table" then
    fail("%s: params: expected a table such as {mu = 1}, got %s", fn, internal.describe(opt.params))
  end
  for name in pairs(opt.params) do names[#names + 1] = name end
  table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  for i, name in ipairs(names) do
    check_name(fn, "params", name, used)
    if probes[name] then
      fail("%s: params: '%s' is a probe of every such system; choose another name", fn, name)
    end
    local value = opt.params[name]
    if type(value) ~= "number" or value ~= value then
      fail("%s: params: %s: expected a number, got %s", fn, name, internal.describe(value))
    end
    values[i] = value
  end
  return names, values
end

-- x0 as a list in the order of the names; it may be given by name.
local function check_start(fn, opt, names)
  local x0 = opt.x0
  if type(x0) ~= "table" or #x0 > 0 or next(x0) == nil or not names then return x0 end
  local list, place = {}, {}
  for i, name in ipairs(names) do
    place[name] = i
    list[i] = 0
  end
  for name, value in pairs(x0) do
    if not place[name] then
      local near = internal.nearest(tostring(name), names)
      fail("%s: x0: no variable '%s'%s", fn, tostring(name),
        near and (" (did you mean '%s'?)"):format(near) or "")
    end
    if type(value) ~= "number" then
      fail("%s: x0: %s: expected a number, got %s", fn, name, internal.describe(value))
    end
    list[place[name]] = value
  end
  return list
end

local function size(fn, names, x0)
  if names then return #names end
  local kind = type(x0)
  if kind ~= "table" and kind ~= "userdata" then
    fail("%s: names or x0 must say how many variables there are", fn)
  end
  local n = kind == "table" and #x0 or x0.rows * x0.cols
  if n < 1 or n > MOST then fail("%s: x0 has %d numbers (1 to %d)", fn, n, MOST) end
  return n
end

local function layout(names, params, descends)
  local traced = {}
  for i = 1, names and math.min(#names, 4) or 0 do traced[i] = names[i] end
  if #traced == 0 then traced = { "plane_x", "plane_y" } end
  local below = descends and "trace(loss)" or "spectrum(eigenvalues)"
  if params[1] then below = ("h(%s:16, dial(%s):12)"):format(below, params[1]) end
  return ("v(h(phase(plane_x, plane_y, title='phase portrait'):34, v(trace(%s):12, %s:10):30):12,"
    .. " console:3)"):format(table.concat(traced, ", "), below)
end

local function build(fn, opt, functions, descends)
  local used = {}
  local names = check_names(fn, opt, used)
  local params, values = check_params(fn, opt, used)
  local x0 = check_start(fn, opt, names)
  local record = descends and { "loss", "grad_norm" } or {}
  for i = 1, names and #names or 0 do record[#record + 1] = names[i] end
  record[#record + 1] = "plane_x"
  record[#record + 1] = "plane_y"
  local what = { name = fn, n = size(fn, names, x0), names = names, params = params, values = values,
    record = record, layout = layout(names, params, descends) }
  for key, f in pairs(functions) do what[key] = f end
  return make(what, { x0 = x0, plane = opt.plane, box = opt.box, grid = opt.grid,
    loss_min = opt.loss_min })
end

function dyn.ode(opt)
  check_keys("dyn.ode", opt, { f = true, jacobian = true, names = true, params = true })
  return build("dyn.ode", opt, {
    f = check_function("dyn.ode", opt, "f", true, "(t, x, dx) that sets dx"),
    jacobian = check_function("dyn.ode", opt, "jacobian", false, "(t, x, J) that sets J[i][j]") })
end
internal.help{ name = "dyn.ode",
  usage = "dyn.ode{ f=function(t, x, dx, p) … end, x0=, names=, params=, jacobian=, box=, plane=, grid= } "
    .. "-> system",
  doc = "A dynamical system x' = f(t, x) of your own. f sets dx[1], dx[2], … (0 on entry); with names "
    .. "also dx.theta, x.theta. p.mu are the parameters, knobs of the run: r.mu = 3. x, dx and p are "
    .. "the same tables in every call: keep none of them. jacobian(t, x, J, p) sets J[i][j]; without it "
    .. "differences are taken. An error inside f stops the run at its last good step. A run of it cannot "
    .. "be saved to a file, since f is code: keep the script.",
  example = "s = dyn.ode{ f=function(t, x, dx, p) dx.x = x.v; dx.v = p.mu*(1 - x.x^2)*x.v - x.x end, "
    .. "names={'x', 'v'}, x0={0.1, 0}, params={mu=1} }; r = run(s):go{time=10}; print(r.x)" }

function dyn.gradient(opt)
  check_keys("dyn.gradient", opt,
    { loss = true, gradient = true, names = true, params = true, loss_min = true })
  return build("dyn.gradient", opt, {
    loss = check_function("dyn.gradient", opt, "loss", true, "(x) that returns a number"),
    gradient = check_function("dyn.gradient", opt, "gradient", false, "(x, g) that sets g") }, true)
end
internal.help{ name = "dyn.gradient",
  usage = "dyn.gradient{ loss=function(x, p) … end, gradient=, x0=, names=, params=, loss_min= } -> system",
  doc = "Gradient descent, or gradient flow, on a loss of your own. gradient(x, g, p) sets g[1], g[2], …; "
    .. "without it central differences are taken (relative error about 1e-10). Hessian products for "
    .. "sharpness are differences of the gradient. loss_min gives gap and pl.",
  example = "s = dyn.gradient{ loss=function(x) return (1 - x[1])^2 + 100*(x[2] - x[1]^2)^2 end, "
    .. "x0={-1, 1}, loss_min=0 }; r = run(s):step(100); print(r.loss)" }

-- --------------------------------------------------------------------------- sections

-- The whole state as a flat list, blocks in order.
local function push_state(r, blocks, out)
  for _, b in ipairs(blocks) do
    local value = r[b.name]
    if type(value) == "number" then
      out[#out + 1] = value
    else
      for _, x in ipairs(value:copy():reshape(b.rows * b.cols):totable()) do out[#out + 1] = x end
    end
  end
end

local function check_section(r, opt)
  local ok, stepper = pcall(function() return r.stepper end)
  if not ok or type(stepper) ~= "string" then
    fail("dyn.poincare: argument 1 (run): expected a run, got %s", internal.describe(r))
  end
  if stepper ~= "flow" or (r.section or "") == "" then
    fail("dyn.poincare: the run has no section: "
      .. "run(s, {section=\"z\", section_value=27, section_way=\"down\"})")
  end
  for key in pairs(opt) do
    if key ~= "count" and key ~= "max" then
      local near = internal.nearest(tostring(key), { "count", "max" })
      fail("dyn.poincare: unknown option '%s'%s", tostring(key),
        near and (" (did you mean '%s'?)"):format(near) or "")
    end
  end
  for key, value in pairs(opt) do
    if math.type(value) ~= "integer" and not (type(value) == "number" and value % 1 == 0)
      or value < 1 then
      fail("dyn.poincare: %s: expected a whole number >= 1, got %s", key, internal.describe(value))
    end
  end
end

function dyn.poincare(r, opt)
  opt = opt or {}
  if type(opt) ~= "table" then
    fail("dyn.poincare: argument 2 (options): expected a table such as {count=100}, got %s",
      internal.describe(opt))
  end
  check_section(r, opt)
  local blocks, times, rows = r.system:blocks(), {}, {}
  local last = r.k + (opt.max or 1000000)
  local function at_section(run) return run.at_section == 1 end
  while #rows < (opt.count or 100) and r.k < last do
    local before = r.k
    r:step()
    if r.k > before and r.at_section ~= 1 and r.k < last then
      r:go{ max = last - r.k, stop = at_section }
    end
    if r.k == before or r.at_section ~= 1 then break end
    times[#times + 1] = r.t
    rows[#rows + 1] = {}
    push_state(r, blocks, rows[#rows])
  end
  if #rows == 0 then
    fail("dyn.poincare: %s did not cross its section (it stands at t = %.6g, step %d)", r.name, r.t, r.k)
  end
  return internal.record(("%d crossings"):format(#rows), { t = mat(times), x = mat(rows) })
end
internal.help{ name = "dyn.poincare",
  usage = "dyn.poincare(run [, {count=100, max=1000000}]) -> record",
  doc = "Go on until the run has crossed its section count times (or max steps are taken) and return where: "
    .. "t, a vector, and x, a row of the whole state for each crossing. The section is an option of stepper "
    .. "flow: section (a variable, or a plane such as 'x - 0.5*z'), section_value, section_way; crossings "
    .. "are located inside the step to the accuracy of the integrator. For a driven system a section in "
    .. "time is dt = the period of the drive.",
  example = "r = run(dyn.lorenz{}, {section='z', section_value=27, section_way='down'}); "
    .. "p = dyn.poincare(r, {count=5}); print(p.x)" }
