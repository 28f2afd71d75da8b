-- SPDX-License-Identifier: GPL-3.0-or-later
-- run.lua - what claims, verdicts, probes, knobs, events and series look like at the prompt.

local o, internal = ...
local text = internal.text
local number = text.number
local classes = o.run._classes

local function window() return math.min(o.width or 80, 120) end

local lamps = { ["holds"] = "●", ["violated"] = "✖", ["does not apply"] = "○",
  ["not computable"] = "–", ["rounding floor"] = "◐" }
local standings = { "violated", "holds", "does not apply", "not computable", "rounding floor" }

local function lamp(v) return lamps[v.standing] or "?" end

local function margin(v)
  if not v.margin or v.margin ~= v.margin then return "" end
  local close = math.abs(v.margin - 1) < 0.01
  if close then return string.format("%.6f×", v.margin) end
  return number(tonumber(string.format("%.3g", v.margin))) .. "×"
end

-- "Theorem 3.1" of "Xu et al. 2025 (arXiv:2505.11664), Theorem 3.1"
local function place(source) return (source:match("[^,]*$"):gsub("^%s+", "")) end

-- What stands in the last column: the conclusion where it holds, else the reason.
local function remark(v)
  if v.standing == "holds" then return v.conclusion.text or v.title end
  local h = v.standing == "does not apply" and v.hypotheses[v.hypothesis]
  if h and v.left == v.left and v.right == v.right then
    return string.format("needs %s; now %s, %s", h.text, number(v.left), number(v.right))
  end
  return v.text ~= "" and v.text or v.title
end

classes.claims.__tostring = function(list)
  local rows, count, wide = {}, {}, (o.width or 80) >= 110
  for _, s in ipairs(standings) do
    for _, v in ipairs(list) do
      if v.standing == s then
        count[s] = (count[s] or 0) + 1
        rows[#rows + 1] = { lamp(v), v.name, margin(v), remark(v), wide and place(v.source) or nil }
      end
    end
  end
  local parts = {}
  for _, s in ipairs(standings) do
    if count[s] then parts[#parts + 1] = lamps[s] .. " " .. count[s] .. " " .. s end
  end
  local head = string.format("claims of %s at step %d", list.run, list.k)
  local counts = table.concat(parts, "   ")
  local apart = text.width(head) + 3 + text.width(counts) <= window() and "   " or "\n"
  return text.cut(head, window()) .. apart .. text.cut(counts, window()) .. "\n"
    .. text.columns(rows, { heads = { "", "claim", "margin", "" }, right = { [3] = true } })
end

classes.verdict.__tostring = function(v)
  local out = { lamp(v) .. " " .. v.name .. "  " .. v.title,
    text.hang("  ", v.statement, window()), "" }
  for i, h in ipairs(v.hypotheses) do
    local always = h.throughout and not h.text:find("at all steps", 1, true)
    local fails = v.hypothesis == i
      and string.format("   ○ fails: %s, %s", number(v.left), number(v.right)) or ""
    out[#out + 1] = text.hang(i == 1 and "  if    " or "  and   ",
      h.text .. (always and " (at every step)" or "") .. fails, window())
  end
  local c = v.conclusion
  out[#out + 1] = (#v.hypotheses == 0 and "  says  " or "  then  ")
    .. (c.text or c.left .. " " .. c.relation .. " " .. c.right)
  if not v.hypothesis then
    out[#out + 1] = string.format("  now   %s %s %s", number(v.left), c.relation, number(v.right))
      .. (margin(v) ~= "" and ", margin " .. margin(v) or "")
  end
  out[#out + 1] = ""
  out[#out + 1] = text.hang("  ", v.standing .. (v.text ~= "" and v.standing ~= "holds"
    and ": " .. v.text or ""), window())
  out[#out + 1] = string.format("  checked at %d step%s%s", v.checked, v.checked == 1 and "" or "s",
    v.worst and v.worst == v.worst and ", smallest margin " .. number(v.worst) .. "×" or "")
  if v.correction then out[#out + 1] = text.hang("  note: ", v.correction, window()) end
  out[#out + 1] = text.hang("  source: ", v.source, window())
  return table.concat(out, "\n")
end

local function shape(p)
  return p.kind == "scalar" and (p.value and number(p.value) or "(dear)") or p.kind
end

classes.probes.__tostring = function(list)
  local rows = {}
  for i, p in ipairs(list) do
    local bound = p.bounds and (p.side == "upper" and "≥ " or "≤ ") .. p.bounds or ""
    rows[i] = { p.name, shape(p), bound, p.doc or "" }
  end
  return text.columns(rows, { heads = { "probe", "now", "bounds", "meaning" },
    right = { [2] = true } })
end

classes.knobs.__tostring = function(list)
  local rows = {}
  for i, p in ipairs(list) do
    local value = type(p.value) == "number" and number(p.value)
      or p.value ~= nil and tostring(p.value) or "–"
    rows[i] = { p.name, value, p.unit or "", p.doc or "" }
  end
  return text.columns(rows, { heads = { "knob", "value", "", "meaning" }, right = { [2] = true },
    fold = true })
end

classes.events.__tostring = function(list)
  if #list == 0 then return "no events: no knob was turned, nothing marked" end
  local rows = {}
  for i, e in ipairs(list) do
    local what = e.name or ""
    if e.kind == "fork" then
      what = what .. (e.before and " from " .. e.before or "")
    elseif e.before or e.after then
      what = what .. "  " .. (e.before or "–") .. " → " .. (e.after or "–")
    end
    rows[i] = { tostring(e.k), e.kind, what }
  end
  return text.columns(rows, { heads = { "step", "event", "" }, right = { true } })
end

classes.series.__tostring = function(s)
  local n = #s.value
  if n == 0 then return string.format("series %s of %s: empty", s.name, s.run) end
  local unit = s.unit ~= "" and " " .. s.unit or ""
  local least, most = s.min[1], s.max[1]
  for i = 2, n do
    if s.min[i] < least or least ~= least then least = s.min[i] end
    if s.max[i] > most or most ~= most then most = s.max[i] end
  end
  return string.format("series %s of %s: %d value%s, steps %d to %d%s\n  first %s, last %s, "
    .. "least %s, greatest %s%s", s.name, s.run, n, n == 1 and "" or "s", s.step[1], s.step[n],
    s.stride > 1 and string.format(" (%d samples in each, extremes kept)", s.stride) or "",
    number(s.value[1]), number(s.last[n]), number(least), number(most), unit)
end
