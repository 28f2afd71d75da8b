-- SPDX-License-Identifier: GPL-3.0-or-later
-- run.lua - what claims, verdicts, probes, knobs, events and series look like at the prompt.

local o = ...
local classes = o.run._classes

-- Columns of an UTF-8 text (every character counts one cell: enough for Greek and math).
local function width(text) return utf8.len(text) or #text end

local function pad(text, w, right)
  local blank = string.rep(" ", w - width(text))
  return right and blank .. text or text .. blank
end

local function cut(text, w)
  if width(text) <= w then return text end
  if w < 2 then return "" end
  return text:sub(1, utf8.offset(text, w) - 1) .. "…"
end

-- Rows of texts as aligned columns; the last column is cut to the window.
function o._columns(rows, heads, right)
  local w = {}
  for c, head in ipairs(heads) do
    w[c] = width(head)
    for _, row in ipairs(rows) do w[c] = math.max(w[c], width(row[c] or "")) end
  end
  local function line(row)
    local cells, used = {}, 0
    for c = 1, #heads do
      local text = row[c] or ""
      if c == #heads then
        text = cut(text, math.max(12, (o.width or 80) - used))
        cells[c] = right and right[c] and pad(text, w[c], true) or text
      else
        cells[c] = pad(text, w[c], right and right[c])
        used = used + w[c] + 2
      end
    end
    return (table.concat(cells, "  "):gsub("%s+$", ""))
  end
  local out = { line(heads) }
  for _, row in ipairs(rows) do out[#out + 1] = line(row) end
  return table.concat(out, "\n")
end

local function number(x)
  if x == nil then return "" end
  if x ~= x then return "–" end
  if math.type(x) == "integer" then return tostring(x) end
  return string.format("%.4g", x)
end

local lamps = { ["holds"] = "●", ["violated"] = "✖", ["does not apply"] = "○",
  ["not computable"] = "–", ["rounding floor"] = "◐" }

local function lamp(v) return lamps[v.standing] or "?" end

local function margin(v)
  if v.margin and v.margin == v.margin then
    return string.format(v.margin < 100 and "%.3g×" or "%.1e×", v.margin)
  end
  return ""
end

classes.claims.__tostring = function(list)
  local rows, count = {}, {}
  for _, v in ipairs(list) do
    count[v.standing] = (count[v.standing] or 0) + 1
    rows[#rows + 1] = { lamp(v) .. " " .. v.name, v.source:match("[^,]*$"):gsub("^%s+", ""), margin(v),
      v.standing == "holds" and v.title or v.text }
  end
  local parts = {}
  for _, s in ipairs{ "holds", "violated", "does not apply", "not computable", "rounding floor" } do
    if count[s] then parts[#parts + 1] = count[s] .. " " .. lamps[s] .. " " .. s end
  end
  return string.format("claims of %s at step %d: %s\n", list.run, list.k, table.concat(parts, ", "))
    .. o._columns(rows, { "  claim", "source", "margin", "" }, { false, false, true })
end

classes.verdict.__tostring = function(v)
  local out = { lamp(v) .. " " .. v.name .. " — " .. v.title, "  " .. v.statement }
  for i, h in ipairs(v.hypotheses) do
    out[#out + 1] = string.format("  %s %s%s", i == 1 and "if" or "and", h.text,
      v.hypothesis == i and string.format("   fails: %s, %s", number(v.left), number(v.right)) or "")
  end
  local c = v.conclusion
  out[#out + 1] = string.format("  then %s%s", c.text or (c.left .. " " .. c.relation .. " " .. c.right),
    v.hypothesis and "" or string.format("   now %s %s %s", number(v.left), c.relation, number(v.right)))
  out[#out + 1] = "  " .. v.standing .. (v.text ~= "" and ": " .. v.text or "")
  out[#out + 1] = string.format("  looked at %d steps%s", v.checked,
    v.worst and v.worst == v.worst and string.format(", smallest margin %.4g×", v.worst) or "")
  if v.correction then out[#out + 1] = "  note: " .. v.correction end
  out[#out + 1] = "  source: " .. v.source
  return table.concat(out, "\n")
end

classes.probes.__tostring = function(list)
  local rows = {}
  for i, p in ipairs(list) do
    rows[i] = { p.name, number(p.value), p.kind == "scalar" and p.cost or p.kind, p.doc or "" }
  end
  return o._columns(rows, { "probe", "value", "cost", "meaning" }, { false, true })
end

classes.knobs.__tostring = function(list)
  local rows = {}
  for i, p in ipairs(list) do
    rows[i] = { p.name, type(p.value) == "number" and number(p.value) or tostring(p.value or "–"),
      p.doc or "" }
  end
  return o._columns(rows, { "knob", "value", "meaning" }, { false, true })
end

classes.events.__tostring = function(list)
  local rows = {}
  for i, e in ipairs(list) do
    local text = e.name or ""
    if e.before or e.after then
      text = text .. " " .. (e.before or "–") .. " → " .. (e.after or "–")
    end
    rows[i] = { tostring(e.k), e.kind, text }
  end
  return o._columns(rows, { "step", "event", "" }, { true })
end

classes.series.__tostring = function(s)
  local n = #s.value
  if n == 0 then return string.format("series %s of %s: empty", s.name, s.run) end
  return string.format("series %s of %s: %d bins of %d samples, steps %d to %d, first %.4g, last %.4g",
    s.name, s.run, n, s.stride, s.step[1], s.step[n], s.value[1], s.last[n])
end
