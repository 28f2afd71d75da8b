#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# sandbox.sh - scripts that try to get out of --sandbox, and what --files, --memory and
# --time bound.
orrery=${ORRERY:-$abs_builddir/orrery}
[ -x "$orrery" ] || { echo "no program at '$orrery'"; exit 1; }
dir=${TESTS_TMP:-${TMPDIR:-/tmp}}/sandbox.$$
mkdir -p "$dir/in/deep" "$dir/in2" "$dir/home" && cd "$dir" || exit 1
trap 'cd / && rm -rf "$dir"' EXIT
HOME=$dir/home
export HOME
unset XDG_CONFIG_HOME XDG_STATE_HOME
bad=0 count=0

fail() {
    printf '%s: %s\n--- out\n%s\n--- err\n%s\n---\n' "$what" "$1" "$(head -c 2000 out)" \
        "$(head -c 2000 err)"
    bad=$((bad + 1))
}
# run STATUS [ARG...]
run() {
    want=$1
    shift
    count=$((count + 1))
    what="orrery $*"
    timeout 120 "$orrery" "$@" </dev/null >out 2>err
    got=$?
    [ "$got" -eq "$want" ] || fail "status $got, not $want"
}
says() { grep -qF -e "$1" err || fail "standard error does not say '$1'"; }
# refused CODE: an error in one sentence that names the sandbox, and no file.
refused() {
    run 1 --sandbox -e "$1"
    says 'the sandbox has no files'
    [ "$(wc -l <err)" -le 4 ] || fail 'more than a sentence'
    [ ! -e out.txt ] || { fail 'a file was written'; rm -f out.txt; }
}
printf 'a,b\n1,2\n' >data.csv
printf 'x 1 2\n' >v.txt

# ------------------------------------------------------------- what is not there
cat >escape.lua <<'LUA'
local function gone(value, what) assert(value == nil, what .. " is there") end
for _, name in ipairs{ "io", "debug", "loadfile", "dofile" } do
  gone(rawget(_G, name), name)
  gone(package.loaded[name], "package.loaded." .. name)
  assert(not pcall(require, name), "require " .. name)
end
for _, name in ipairs{ "execute", "exit", "getenv", "remove", "rename", "setlocale", "tmpname" } do
  gone(os[name], "os." .. name)
end
assert(require "os" == os and os.time() > 0 and os.clock() >= 0 and os.date("%Y") and os.difftime(2, 1) == 1)
for _, name in ipairs{ "loadlib", "searchpath", "path", "cpath" } do gone(package[name], "package." .. name) end
gone(string.dump, "string.dump")
gone(("").dump, "('').dump")
gone(getmetatable("").__index.dump, "the dump of texts")

-- Bytecode, by every way a chunk is loaded.
local binary = "\27Lua\x54\0\x19\x93\r\n\x1a\n\4\8\8"
for _, mode in ipairs{ "b", "bt", "t" } do
  local f, why = load(binary, "x", mode)
  assert(not f and why:find("binary"), mode)
end
local given
local f = load(function() local part = not given and binary or nil given = true return part end, "x", "b")
assert(not f)
assert(not load(binary))
assert(load("return 1")() == 1 and load("return x", "x", "t", { x = 3 })() == 3)

-- Modules of C and of other files.
package.path, package.cpath = "./?.lua", "./?.so"
package.preload.io = nil
for _, name in ipairs{ "escape", "orrery.so", "posix", "lfs", "socket", "ffi", "io" } do
  assert(not pcall(require, name), "require " .. name)
end
assert(#package.searchers == 1)
table.insert(package.searchers, function(name) return function() return name .. "!" end end)
assert(require "own" == "own!") -- searchers in Lua open nothing new

-- No table that can be reached holds what was taken away. Functions hold no tables here, for
-- there is no debug.getupvalue.
local seen, todo, count = {}, { _G, package.loaded, getmetatable("") }, 0
local names = { io = true, debug = true, loadlib = true, dump = true, popen = true, getregistry = true,
  sethook = true, setupvalue = true, tmpfile = true, execute = true, getenv = true }
local r = run(net.linear{ h = 2, seed = 1 }):step(2)
for _, value in ipairs{ r, r.system, mat.eye(2), rng(1), graph.path(3), plot({ 1, 2 }) } do
  todo[#todo + 1] = getmetatable(value)
end
while #todo > 0 do
  local t = table.remove(todo)
  if type(t) == "table" and not seen[t] then
    seen[t] = true
    count = count + 1
    for key, value in next, t do
      assert(not (type(value) == "function" and names[key]), "there is a function " .. tostring(key))
      todo[#todo + 1] = type(value) == "table" and value or nil
      local mt = getmetatable(value)
      if type(mt) == "table" then todo[#todo + 1] = mt end
    end
  end
end
assert(count > 20, count)

-- Coroutines, finalizers, message handlers and metamethods find the same globals.
local function look() assert(not rawget(_G, "io") and not load(binary)) return true end
assert(coroutine.wrap(look)() and select(2, pcall(look)) and xpcall(look, look))
local collected
setmetatable({}, { __gc = function() collected = look() end })
collectgarbage()
collectgarbage()
assert(collected)
assert(setmetatable({}, { __index = look, __close = look }).x)
print "still inside"
LUA
run 0 --sandbox escape.lua
[ "$(cat out)" = 'still inside' ] || fail 'does not end'
run 0 --sandbox -e 'print(_VERSION)' -e 'print(arg[0] ~= nil)'
run 1 --sandbox -l io
run 1 --sandbox -l ./escape

# ------------------------------------------------------ the library obeys as well
for code in 'mat.save(mat.eye(2), "out.tsv")' 'mat.save(mat.eye(2), "out.npy")' \
    'mat.load("data.csv")' 'data.csv("data.csv")' 'data.npy("x.npy")' 'data.idx("x")' \
    'data.vectors("v.txt")' 'frame("data.csv")' 'frame{ a = {1} }:save("out.csv")' \
    'plot({1, 2}):save("out.svg")' 'plot({1, 2}):save("out.txt")' 'session.save("out.txt")' \
    'session.replay("escape.lua")' 'tour("escape.lua")' 'dict.load("v.txt")' \
    'graph.load("data.csv")' 'graph.load("./none")' 'run.load("x.run")' \
    'run(net.linear{h=2}):step(1):save("out.txt")' \
    'run(net.linear{h=2}):step(1):write("out.csv")' \
    'run(net.linear{h=2}):record{"loss", file="out.csv"}' \
    'sweep{ grid={h={1, 2}}, file="out.csv", run=function(p) return {a=1} end }' \
    'mat.load("/etc/passwd")' 'data.csv("/proc/self/environ")' 'mat.load("/dev/stdin")'; do
    refused "$code"
done
ls out.* 2>/dev/null | grep -v '^out$' && { what='the folder'; fail 'a file was made'; }
run 0 --sandbox -e 'print(graph.load("ieee68"))' # what the program carries

# -------------------------------------------------------------------- --files=DIR
ln -s ../data.csv in/link.csv
ln -s ../none.csv in/nowhere.csv
ln -s deep in/inner
ln -s "$dir" in/up
printf '7\n' >in/seven.csv
inside='mat.save(mat.eye(2), "in/a.npy") print(mat.load("in/a.npy")[1][1])
    mat.save(mat.eye(2), "in/deep/../b.csv") mat.save(mat.eye(2), "in/inner/c.csv")
    print(mat.load("in/seven.csv")[1])
    plot({1, 2}):save("in/p.svg") run(net.linear{h=2}):step(2):save("in/r.run")
    print(run.load("in/r.run").k)'
run 0 --sandbox --files=in -e "$inside"
[ -s in/p.svg ] && [ -s in/b.csv ] && [ -s in/deep/c.csv ] || fail 'a file is missing'
for path in data.csv in/../data.csv in/link.csv in/nowhere.csv in/up/data.csv in2/x.csv /etc/x.csv \
    ./in/../in2/x.csv in/none/../../data.csv; do
    run 1 --sandbox --files=in -e "mat.load('$path')"
    says "the sandbox has only files below '"
    run 1 --sandbox --files=in -e "mat.save(mat.eye(2), '$path')"
    says "the sandbox has only files below '"
done
[ "$(cat data.csv)" = 'a,b
1,2' ] || { what='data.csv'; fail 'was overwritten'; }
[ ! -e none.csv ] || { what='none.csv'; fail 'was written through a link'; }
run 1 --sandbox --files=none -e 'print(1)'; says "'none' is no folder"
run 1 --sandbox --files=data.csv -e 'print(1)'; says "'data.csv' is no folder"

# ------------------------------------------- what the command line names is in reach
cat >fig.lua <<'LUA'
plot({1, 4, 9}):save("in/fig.svg")
LUA
run 0 fig.lua
run 0 --sandbox --files=in replay in/fig.svg
grep -q 'built again, the same bytes' out || fail 'is not built again'
printf -- '-- the lines of an orrery 0.1.0 session that succeeded\nprint(6 * 7, io)\n' >s.lua
run 0 --sandbox replay s.lua
[ "$(cat out)" = '42	nil' ] || fail 'does not run'
run 1 --sandbox -e 'session.replay("s.lua")'

# ------------------------------------------------------------------ memory and time
for code in 'local t = {} for i = 1, 1e9 do t[i] = {} end' 'return ("x"):rep(1e9)' \
    'local s = "x" while true do s = s .. s end' 'mat.zeros(5000, 5000)' \
    'net.linear{ n = 2000, h = 2000, m = 2000, samples = 9 }' \
    'local t = {} while true do t[#t + 1] = run(net.linear{ h = 50, n = 50 }) end' \
    'local function f() return f() + 1 end local t = {} t[1] = function() f() end
        while true do t[#t + 1] = coroutine.wrap(function() coroutine.yield() end) t[#t]() end'; do
    run 1 --sandbox --memory=40M -e "$code"
    grep -q 'memory' err || fail 'does not speak of memory'
    [ "$(wc -l <err)" -le 4 ] || fail 'more than a sentence'
done
run 0 --sandbox --memory=40M -e 'local ok = pcall(string.rep, "x", 1e9) print(ok, #("x"):rep(1e6))'
[ "$(cat out)" = 'false	1000000' ] || fail 'does not go on'
run 0 --sandbox --memory=40M -e 'for i = 1, 200 do local m = mat.zeros(500, 500) end print "freed"'
run 1 --memory=1M -e 'x = ("x"):rep(2^20)'; says 'not enough memory'
run 2 --memory=lots; says 'must be a size'
run 2 --memory=5Q; says 'must be a size'
run 2 --memory=1K; says 'must be a size from 1M'
run 2 --memory=; run 2 --memory=nan; run 2 --memory=-1M
run 2 --time=0; says 'must be a number of seconds'
run 2 --time=x; run 2 --time=nan; run 2 --time=-1; run 2 --time=
for code in 'while true do end' 'while true do pcall(function() while true do end end) end' \
    'coroutine.wrap(function() while true do xpcall(error, function() while true do end end) end end)()' \
    'local r = run(net.linear{ h = 3 }) r:go{ stop = function() return false end }' \
    '("a"):rep(40):find(("a?"):rep(40) .. ("a"):rep(40) .. "b")' \
    'setmetatable({}, { __gc = function() while true do end end }) collectgarbage()'; do
    run 142 --sandbox --time=0.3 -e "$code"
    says 'orrery: out of time'
    [ "$(wc -l <err)" -eq 1 ] || fail 'more than a sentence'
done
[ ! -e home/.local/state/orrery/rescued ] || { what='the sandbox'; fail 'has left runs behind'; }
run 0 --time=1000 -e 'print(1)'

[ $bad -eq 0 ] && echo "$count calls"
[ $bad -eq 0 ]
