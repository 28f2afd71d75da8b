-- SPDX-License-Identifier: GPL-3.0-or-later
-- text.lua - words, columns and numbers fitted to the window: what everything that is
-- printed by the Lua half is made with.

local o, internal = ...
local text = {}
internal.text = text

-- Columns of an UTF-8 text: every character one, combining marks (U+0300 to U+036F) none.
function text.width(s)
  local n = 0
  if not utf8.len(s) then return #s end
  for _, c in utf8.codes(s) do
    if c < 0x300 or c > 0x36f then n = n + 1 end
  end
  return n
end

function text.pad(s, w, right)
  local blank = string.rep(" ", w - text.width(s))
  return right and blank .. s or s .. blank
end

-- The first w columns, ending in an ellipsis when something was left out.
function text.cut(s, w)
  if text.width(s) <= w then return s end
  if w < 2 then return "" end
  local out, n = {}, 0
  for _, c in utf8.codes(s) do
    local wide = (c < 0x300 or c > 0x36f) and 1 or 0
    if n + wide > w - 1 then break end
    n = n + wide
    out[#out + 1] = utf8.char(c)
  end
  return table.concat(out) .. "…"
end

-- Words broken into lines of at most w columns: a list of lines.
function text.fold(s, w)
  local lines, line = {}, ""
  for word in s:gmatch("%S+") do
    if line == "" then
      line = word
    elseif text.width(line) + 1 + text.width(word) <= w then
      line = line .. " " .. word
    else
      lines[#lines + 1] = line
      line = word
    end
  end
  lines[#lines + 1] = line
  return lines
end

-- Folded text behind a head; further lines are indented to where the first began.
function text.hang(head, s, w)
  local indent = text.width(head)
  local lines = text.fold(s, math.max(20, w - indent))
  return head .. table.concat(lines, "\n" .. string.rep(" ", indent))
end

function text.number(x)
  if x == nil then return "" end
  if x ~= x then return "–" end
  if math.type(x) == "integer" then return tostring(x) end
  if x == math.floor(x) and math.abs(x) < 1e6 then return string.format("%d", x) end
  return (string.format("%.4g", x):gsub("e([+-])0*(%d)", function(sign, d)
    return "e" .. (sign == "-" and "-" or "") .. d
  end))
end

-- Rows of texts as aligned columns. opt: heads (list), right (columns set to the right),
-- indent, fold (the last column is folded, not cut).
function text.columns(rows, opt)
  local heads, right, indent = opt.heads or {}, opt.right or {}, string.rep(" ", opt.indent or 0)
  local n, w = #heads, {}
  for _, row in ipairs(rows) do n = math.max(n, #row) end
  for c = 1, n do
    w[c] = text.width(heads[c] or "")
    for _, row in ipairs(rows) do w[c] = math.max(w[c], text.width(row[c] or "")) end
  end
  local used = #indent
  for c = 1, n - 1 do used = used + w[c] + 2 end
  -- In a narrow window the widest columns give way until the last one has 16.
  local window, last = o.width or 80, math.min(16, n > 0 and w[n] or 0)
  while used > window - last do
    local widest
    for c = 1, n - 1 do
      if w[c] > 8 and (not widest or w[c] > w[widest]) then widest = c end
    end
    if not widest then break end
    w[widest], used = w[widest] - 1, used - 1
  end
  local room = math.max(last, window - used)
  local out = {}
  local function put(row)
    local cells = {}
    for c = 1, n - 1 do cells[c] = text.pad(text.cut(row[c] or "", w[c]), w[c], right[c]) end
    local tail = row[n] or ""
    local lines = opt.fold and text.fold(tail, room) or { text.cut(tail, room) }
    if right[n] then lines = { text.pad(tail, w[n], true) } end
    for i, line in ipairs(lines) do
      cells[n] = line
      local s = i == 1 and indent .. table.concat(cells, "  ") or string.rep(" ", used) .. line
      out[#out + 1] = (s:gsub("%s+$", ""))
    end
  end
  if #heads > 0 then put(heads) end
  for _, row in ipairs(rows) do put(row) end
  return table.concat(out, "\n")
end

-- A value that prints as what make() returns, fitted to the window of that moment.
function text.page(make)
  return setmetatable({}, { __name = "orrery.text", __tostring = make })
end
