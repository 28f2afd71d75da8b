-- SPDX-License-Identifier: GPL-3.0-or-later
-- documents.lua - README, manual and cookbook are true: everything that stands in a fence is
-- run, and what is shown below it is what comes out.
--
--   lua          run; all of a chapter ("## ") is one script. With file=NAME it is a file, which
--                commands of the chapter can name.
--   text         what the fence of lua above it prints, or what the command says that stands in a
--                comment above it: <!-- output of: COMMAND -->
--   orrery       a dialogue at the prompt: lines behind "> " (">> ": further lines) are typed; all of
--                a chapter is one session
--   console      a dialogue with the shell: lines behind "$ " are commands; what follows one is its
--                output, when something follows
--
-- Every chapter has a folder of its own, with examples and build in it. DOCUMENTS_UPDATE=1 writes what comes out into the
-- documents instead; a line of "..." alone asks for it.

local src, build = assert(os.getenv("abs_srcdir")), assert(os.getenv("abs_builddir"))
local update = (os.getenv("DOCUMENTS_UPDATE") or "") ~= ""
local base = (os.getenv("TESTS_TMP") or "/tmp") .. "/documents"
local documents = { "README.md", "doc/manual.md", "doc/cookbook.md" }
local mark = "\1" -- never part of an output
local bad, ran = {}, 0

local function read(file)
  local h <close> = assert(io.open(file))
  return h:read("a")
end

local function write(file, text)
  local h <close> = assert(io.open(file, "w"))
  h:write(text)
end

local function tell(where, fmt, ...)
  bad[#bad + 1] = where .. ": " .. string.format(fmt, ...)
end

-- --------------------------------------------------------------------------- reading

-- Chapters as lists of fences {kind=, file=, from=, to=, lines=, command=}; from and to are the
-- lines of the document between the marks of a fence.
local function fences_of(lines)
  local chapters, chapter, fence, command = {}, {}, nil, nil
  for i, line in ipairs(lines) do
    local indent, kind = line:match("^( *)```(.*)$")
    if fence and kind then
      fence.to = i - 1
      fence = nil
    elseif fence then
      fence.lines[#fence.lines + 1] = line:sub(#fence.indent + 1)
    elseif kind then
      fence = { kind = kind:match("^%a*"), file = kind:match("file=(%S+)"), indent = indent,
        from = i + 1, lines = {}, command = command }
      chapter[#chapter + 1] = fence
      command = nil
    elseif line:find("^## ") then
      chapter = {}
    else
      local asked = line:match("^%s*<!%-%- output of: (.*) %-%->$")
      if asked or line:find("%S") then command = asked end
    end
    if #chapter == 1 and chapters[#chapters] ~= chapter then chapters[#chapters + 1] = chapter end
  end
  return chapters
end

-- --------------------------------------------------------------------------- running

-- Standard output of a script for sh; what it says to the other one too when `both`.
local function shell(dir, script, both)
  write(dir .. "/.script", script)
  local environment = string.format(
    "cd '%s' && PATH='%s':$PATH srcdir='%s' TERM=dumb ORRERY_FAKE_CLOCK=1 ORRERY_GLYPHS=braille "
    .. "XDG_STATE_HOME='%s/.state' ", dir, build, src, dir)
  local pipe <close> = assert(io.popen(environment .. "timeout 200 sh ./.script"
    .. (both and " 2>&1" or " 2>.errors") .. " </dev/null; echo '" .. mark .. "'$?"))
  local out, status = pipe:read("a"):match("^(.*)" .. mark .. "(%d+)\n$")
  return out, tonumber(status)
end

-- Lines of an output; blanks at their ends and at the end of the output do not count.
local function lines_of(text)
  local out = {}
  for line in (text .. "\n"):gmatch("(.-)\n") do out[#out + 1] = (line:gsub("%s+$", "")) end
  while out[#out] == "" do out[#out] = nil end
  return out
end

-- Digits beyond the sixth may differ between machines.
local function rough(line) return (line:gsub("(%d%.%d%d%d%d%d)%d+", "%1")) end

-- `got` must be what stands at `want`; when updating, the fence gets it.
local function compare(where, fence, got)
  local want = lines_of(table.concat(fence.lines, "\n"))
  fence.now = got
  for i = 1, math.max(#got, #want) do
    if rough(got[i] or "") ~= rough(want[i] or "") then
      if not update then
        tell(where, "output differs in line %d of the fence:\n  it says:  %s\n  it came:  %s", i,
          want[i] or "(nothing)", got[i] or "(nothing)")
      end
      return
    end
  end
end

-- All fences of lua of a chapter as one script, with marks between them.
local function run_scripts(where, dir, chapter)
  local script, list = {}, {}
  for i, fence in ipairs(chapter) do
    if fence.kind == "lua" and fence.file then
      write(dir .. "/" .. fence.file, table.concat(fence.lines, "\n") .. "\n")
    elseif fence.kind == "lua" then
      list[#list + 1] = i
      script[#script + 1] = table.concat(fence.lines, "\n") .. "\nio.write('\\1')\n"
    end
  end
  if #list == 0 then return end
  write(dir .. "/chapter.lua", table.concat(script))
  local out, status = shell(dir, "orrery --assert chapter.lua -- 2>.errors")
  if status ~= 0 then
    tell(where .. chapter[list[1]].from, "lua ends with %d: %s", status, read(dir .. "/.errors"))
    return
  end
  local k = 0
  for text in out:gmatch("([^\1]*)\1") do
    k = k + 1
    local below = chapter[list[k] + 1]
    if below and below.kind == "text" and not below.command then
      compare(where .. below.from, below, lines_of(text))
      below.done = true
    end
  end
end

-- The dialogues of a chapter at one prompt: after every block a mark is printed, which cuts the
-- output.
local function run_prompts(where, dir, chapter)
  local typed, blocks = { "print('\\1')" }, {}
  for _, fence in ipairs(chapter) do
    for _, line in ipairs(fence.kind == "orrery" and fence.lines or {}) do
      local first, more = line:match("^> (.*)$"), line:match("^>> (.*)$")
      if first then
        blocks[#blocks + 1] = { fence = fence, line }
        typed[#typed + 1] = (#blocks > 1 and "print('\\1')\n" or "") .. first
      elseif more then
        table.insert(blocks[#blocks], line)
        typed[#typed + 1] = more
      end
    end
  end
  if #blocks == 0 then return end
  write(dir .. "/.typed", table.concat(typed, "\n") .. "\nprint('\\1')\n")
  local out, status = shell(dir, "orrery --no-init -i <.typed", true)
  if status ~= 0 then return tell(where .. blocks[1].fence.from, "the prompt ends with %d", status) end
  local got, k = {}, -1
  for text in out:gmatch("([^\1]*)\1\n") do
    k = k + 1
    if k > 0 then
      local list = got[blocks[k].fence] or {}
      got[blocks[k].fence] = list
      table.move(blocks[k], 1, #blocks[k], #list + 1, list)
      while text:find("^>+ ") do text = text:gsub("^>+ ", "") end
      for _, line in ipairs(lines_of((text:gsub(">+ $", "")))) do list[#list + 1] = line end
    end
  end
  if k ~= #blocks then tell(where .. blocks[1].fence.from, "%d of %d blocks ran", k, #blocks) end
  for fence, list in pairs(got) do compare(where .. fence.from, fence, list) end
end

local function run_console(where, dir, fence)
  local script, commands, shown = {}, {}, {}
  for _, line in ipairs(fence.lines) do
    local command = line:match("^%$ (.*)$")
    if command then
      commands[#commands + 1] = line
      script[#script + 1] = command .. "\nstatus=$?; printf '\\001'; (exit $status)"
    else
      shown[#commands] = true
    end
  end
  local out = shell(dir, table.concat(script, "\n"), true)
  local got, k = {}, 0
  for text in out:gmatch("([^\1]*)\1") do
    k = k + 1
    got[#got + 1] = commands[k]
    if shown[k] then
      for _, line in ipairs(lines_of(text)) do got[#got + 1] = line end
    elseif text:find("orrery: ") then
      tell(where, "%s says: %s", commands[k], text)
    end
  end
  if k ~= #commands then tell(where, "%d of %d commands ran: %s", k, #commands, out) end
  compare(where, fence, got)
end

local function run_chapter(document, number, chapter)
  local dir = string.format("%s/%s-%d", base, document:match("([%w]+)%.md$"), number)
  local where = document .. ":"
  assert(os.execute("mkdir -p '" .. dir .. "/.state'"))
  assert(os.execute(string.format("ln -s '%s/examples' '%s/examples'; ln -s '%s' '%s/build'", src, dir, build, dir)))
  run_scripts(where, dir, chapter)
  run_prompts(where, dir, chapter)
  for _, fence in ipairs(chapter) do
    local here = where .. fence.from
    ran = ran + 1
    if fence.kind == "text" and fence.command then
      local out, status = shell(dir, fence.command)
      if status ~= 0 then tell(here, "%s ends with %d: %s", fence.command, status, read(dir .. "/.errors")) end
      compare(here, fence, lines_of(out))
    elseif fence.kind == "console" then
      run_console(here, dir, fence)
    elseif fence.kind == "text" and not fence.done then
      tell(here, "nothing says where this text is from")
    elseif fence.kind ~= "lua" and fence.kind ~= "text" and fence.kind ~= "orrery" then
      tell(here, "a fence of '%s' is not run", fence.kind)
    end
  end
end

-- --------------------------------------------------------------------------- writing

local function rewrite(file, lines, chapters)
  local at = {}
  for _, chapter in ipairs(chapters) do
    for _, fence in ipairs(chapter) do if fence.now then at[fence.from] = fence end end
  end
  local out, i = {}, 1
  while i <= #lines do
    local fence = at[i]
    if fence then
      for _, line in ipairs(fence.now) do
        out[#out + 1] = line == "" and "" or fence.indent .. line
      end
      i = fence.to + 1
    else
      out[#out + 1] = lines[i]
      i = i + 1
    end
  end
  write(file, table.concat(out, "\n") .. "\n")
end

assert(os.execute("rm -rf '" .. base .. "' && mkdir -p '" .. base .. "'"))
for _, document in ipairs(documents) do
  local lines = {}
  for line in io.lines(src .. "/" .. document) do lines[#lines + 1] = line end
  local chapters = fences_of(lines)
  for number, chapter in ipairs(chapters) do run_chapter(document, number, chapter) end
  if update then rewrite(src .. "/" .. document, lines, chapters) end
end
os.execute("rm -rf '" .. base .. "'")
assert(#bad == 0, "\n" .. table.concat(bad, "\n")
  .. "\nDOCUMENTS_UPDATE=1 make check TESTS=tests/lua/documents.lua writes what came out")
assert(ran > 20, ran .. " fences only")
print(ran .. " fences")
