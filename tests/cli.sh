#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# cli.sh - the command line: options, scripts, what goes where, exit statuses.
orrery=${ORRERY:-$abs_builddir/orrery}
[ -x "$orrery" ] || { echo "no program at '$orrery'"; exit 1; }
dir=${TESTS_TMP:-${TMPDIR:-/tmp}}/cli.$$
mkdir -p "$dir" && cd "$dir" || exit 1
trap 'cd / && rm -rf "$dir"' EXIT
HOME=$dir/home
export HOME
unset XDG_CONFIG_HOME XDG_STATE_HOME
bad=0 count=0

# run STATUS [ARG...]: orrery ARG..., its output in ./out and ./err; standard input ./in
run() {
    want=$1
    shift
    count=$((count + 1))
    what="orrery $*"
    timeout 60 "$orrery" "$@" <in >out 2>err
    got=$?
    [ "$got" -eq "$want" ] || fail "status $got, not $want"
}
fail() {
    printf '%s: %s\n--- out\n%s\n--- err\n%s\n---\n' "$what" "$1" "$(head -c 2000 out)" \
        "$(head -c 2000 err)"
    bad=$((bad + 1))
}
out() { [ "$(cat out)" = "$1" ] || fail "standard output is not '$1'"; }
says() { grep -qF -e "$1" err || fail "standard error does not say '$1'"; }
shows() { grep -qF -e "$1" out || fail "standard output does not show '$1'"; }
silent() { [ ! -s err ] || fail 'standard error is not empty'; }
quiet() { [ ! -s out ] || fail 'standard output is not empty'; }
plain() { # no escape byte anywhere
    if LC_ALL=C grep -q "$(printf '\033')" out err; then fail 'an escape byte'; fi
}
input() { printf "$@" >in; }
file() { name=$1; shift; printf "$@" >"$name"; }
: >in

# ------------------------------------------------------------------ help, version
run 0 --help; silent; shows 'usage: orrery'; shows '--strict'; shows 'systems [NAME]'; plain
run 0 -h; shows 'usage: orrery'
run 0 --version; out "orrery ${VERSION:-0.1.0}"; silent
run 0 -V
run 0 systems --help; shows 'usage: orrery'
awk 'length > 80 { exit 1 }' out || fail 'help is wider than 80 columns'

# -------------------------------------------------------------------------- usage
run 2 --strct -e 1; quiet; says "unknown option '--strct' (did you mean '--strict'?)"
run 2 -x; says "unknown option '-x'"
run 2 -ix; says "unknown option '-ix'"
run 2 --strict=yes; says '--strict takes no value'
run 2 --color=blue; says 'must be auto, always or never'
run 2 --threads 0; says 'must be a whole number from 1 to 1024'
run 2 --threads two; says 'must be a whole number'
run 2 -e; says "'-e' needs CODE"
run 2 --keys; says 'needs FILE'
run 2 run; says "'run' needs a FILE"
run 2 rnu; says "did you mean 'run'?"
run 2 nonsense; says "no command or file 'nonsense'"
run 2 systems a b; says "takes one name"
run 2 systems net.liner; says "did you mean 'net.linear'?"
run 2 claims wort; says "no system 'wort'"

# --------------------------------------------------------------------------- code
run 0 -e 'print(1)' -e 'print(x)' -e 'x = 2'; out '1
nil'
run 0 -e'print(6*7)'; out 42
run 0 -l string -e 'print(string.rep("a", 3))'; out aaa
run 1 -l no.such.module; says "module 'no.such.module' not found"
run 1 -e 'error("broken")'; says 'orrery: -e:1: broken'; quiet
run 1 -e 'error({})'; says 'an error that is a table'
run 1 -e 'error(setmetatable({}, {__tostring = function() return "told" end}))'; says told
run 1 -e 'x = = 1'; says 'unexpected symbol'
run 1 -e 'x = 1 if x != 2 then end'; says 'not equal is ~='
run 1 -e 'print(strng.rep("a"))'; says "did you mean 'string'?"
run 1 -e 'local function f() error("deep") end local function g() f() end g()'; says 'deep'
says 'called from -e:1 in g'
run 1 -e 'local t = nil; t.x = 1'; says "attempt to index a nil value (local 't')"
run 0 -e 'os.exit(true)'
run 7 -e 'os.exit(7)'
run 1 -e 'os.exit(false)'
run 0 -e 'io.stderr:write("note\n")'; says note; quiet
run 0 -e 'lambda = 1; print(lamda)'; out nil; says "warning: 'lamda' is nil (did you mean 'lambda'?)"
run 1 --strict -e 'lambda = 1; print(lamda)'; says "no global 'lamda' (did you mean 'lambda'?)"
run 1 --strict -e 'function f() y = 1 end f()'; says "new global 'y' inside a function"
run 0 --strict -e 'y = 1; function f() y = 2 end f() print(y)'; out 2
run 0 -e 'print(arg[0] ~= nil, #arg)' ; out 'true	0'

# ------------------------------------------------------------------------ scripts
file a.lua 'print(arg[0], arg[1], arg[2], select("#", ...), ...)\n'
run 0 a.lua one 'two three'; out 'a.lua	one	two three	2	one	two three'
run 0 run a.lua --strict -e; out 'a.lua	--strict	-e	2	--strict	-e'
run 0 -- a.lua; out 'a.lua	nil	nil	0'
run 0 -e 'print("first")' a.lua x; out 'first
a.lua	x	nil	1	x'
run 1 none.lua; says 'cannot read none.lua: No such file or directory'; quiet
run 1 run .; says 'Is a directory'
file bad.lua 'x = 1\ny = = 2\n'
run 1 bad.lua; says "orrery: bad.lua:2: unexpected symbol near '='"
file deep.lua 'local function f(x)\n  return x.y.z\nend\nlocal function g() f({}) end\ng()\n'
run 1 deep.lua; says "deep.lua:2: attempt to index a nil value (field 'y')"
says 'called from deep.lua:4'
says 'called from deep.lua:5'
file bom.lua '\357\273\277#!/usr/bin/env orrery\r\nprint(debug.getinfo(1, "l").currentline)\r\n'
run 0 bom.lua; out 2
file empty.lua ''
run 0 empty.lua; quiet; silent
file code.lua 'print("never")'
"$orrery" -e 'io.open("code.luac", "wb"):write(string.dump(load("print(1)"))):close()' </dev/null
run 1 code.luac; says 'attempt to load a binary chunk'
input 'print("from input", ...)\n'
run 0 -; out 'from input'
run 0 - arg; out 'from input	arg'
run 0; out 'from input'
run 0 --headless; out 'from input'
: >in
if [ "${#orrery}" -lt 100 ]; then
    file hash '#!%s\nprint("hash", ...)\n' "$orrery"
    chmod +x hash
    what='a script with #!'
    [ "$(./hash x)" = 'hash	x' ] || fail "does not run by itself"
fi

# --------------------------------------------------- a prompt that is no terminal
input 'x = 20\n2*x + 2\n"text"\nfor i = 1, 2 do\nprint(i)\nend\n_1\nerror("e")\n1;\n'
run 0 -i --no-init; shows 42; shows '"text"'; says 'e'; plain
input '1'
run 0 -i --no-init -e 'print("before")'; shows before; plain
input '?net.linear\n?"learning rate"\n'
run 0 -i --no-init; shows 'net.linear'; silent; plain
input 'kept = 1\n6*7\nx = = 1\nprint(_)\n?print\nsession.save("saved.lua")\n'
run 0 -i --no-init
[ "$(grep -v '^--' saved.lua)" = 'kept = 1
_ = 6*7
print(_)' ] || fail "saved: $(cat saved.lua)"
: >in
run 0 saved.lua; out 42
[ ! -e "$HOME/.local/state/orrery/history" ] || fail 'a pipe has left a history'

# ------------------------------------------------------------------------ sandbox
run 0 --sandbox -e 'print(io, os.exit, debug, string.dump, package.loadlib, package.path)'
out 'nil	nil	nil	nil	nil	nil'
run 1 --sandbox -e 'require "debug".getinfo(1)'; says "module 'debug' not found"
run 0 --sandbox -e 'print(load("\27Lua"))'; shows 'attempt to load a binary chunk'
run 1 --sandbox code.luac
run 0 --sandbox -e 'print(run(net.linear{h=3, seed=1}):step(3).k)'; out 3; silent
file args.lua 'local o = args{ "demo", { "h", 3, "hidden units" } } print(o.h)\n'
run 0 --sandbox args.lua --h 5; out 5
run 0 --sandbox args.lua --help; shows 'hidden units'
run 1 --sandbox args.lua --hh 5; says 'did you mean --h'

# -------------------------------------------------------------------- the tables
for table in systems probes claims; do
    run 0 $table; shows net.linear; plain; silent
    awk -F '\t' 'NR == 1 { n = NF } NF != n { exit 1 }' out || fail 'rows of different lengths'
    run 0 $table net.linear
    [ "$(wc -l <out)" -gt 5 ] || [ $table = systems ] || fail 'a short table'
done
run 0 systems net.linear; shows init_scale

# ------------------------------------------------------------ runs without a prompt
run 0 -e 'r = run(net.linear{h=4, seed=3}) r:step(2000) print(r.k)'; out 2000; silent; plain
run 1 -e 'net.liner{}'; says "net has no 'liner' (did you mean 'net.linear'?)"
run 0 -e 'print(rawget(net, "liner"), net[1])'; out 'nil	nil'
run 1 -e 'net.linear{hh=4}'; says "did you mean 'h'?"; says 'net.linear'

# -------------------------------------------------------- outputs that go nowhere
if [ -w /dev/full ]; then
    what='orrery -e print(1) >/dev/full'
    "$orrery" -e 'print(1)' >/dev/full 2>err </dev/null
    [ $? -eq 1 ] || fail 'a full disk passes for success'
    says 'cannot write to standard output: No space left on device'
fi
what='a file larger than may be'
"$orrery" -e 'mat.save(mat.eye(1), "big.npy")' </dev/null
(ulimit -f 4 && exec "$orrery" -e 'mat.save(mat.zeros(300, 300), "big.npy")') </dev/null >out 2>err
[ $? -eq 1 ] || fail 'passes for success'
says "cannot write 'big.npy': File too large"
[ "$("$orrery" -e 'print(mat.load("big.npy")[1])' </dev/null)" = 1.0 ] || fail 'the old file is lost'
[ -z "$(ls -A | grep part)" ] || fail 'a part is left'
mkdir shut && chmod 555 shut
if ! (: >shut/probe) 2>/dev/null; then
    for code in 'mat.save(mat.eye(1), "shut/a.npy")' 'plot({1, 2}):save("shut/a.svg")' \
        'run(net.linear{h=2}):save("shut/a.run")' 'session.save("shut/a.lua")' \
        'run(net.linear{h=2}):record{"loss", file="shut/a.csv"}'; do
        run 1 -e "$code"; says 'Permission denied'
    done
    HOME=$dir/shut run 0 -i --no-init -e 'print(6 * 7)'; shows 42
fi
chmod 755 shut
what='orrery | head'
{ "$orrery" -e 'for i = 1, 1e5 do print(i) end' </dev/null; echo $? >status; } 2>err | head -n 1 >out
[ "$(cat status)" -eq 141 ] || fail "a closed pipe: status $(cat status)"
silent
what='closed standard input'
"$orrery" -e 'print(1)' <&- >out 2>err || fail 'fails'
out 1
what='closed standard error'
"$orrery" -e 'mat.save(mat.eye(1), "kept.csv") io.stderr:write("lost") mat.load("kept.csv")' 2>&- </dev/null ||
    fail 'fails'
if grep -q lost kept.csv; then fail 'a message is in a file'; fi
what='closed standard output'
"$orrery" -e 'f = io.open("other", "w") print(1) f:close()' >&- 2>err </dev/null
[ $? -eq 1 ] || fail 'passes for success'
says 'cannot write to standard output'
[ ! -s other ] || fail 'the output is in a file'

# ------------------------------------------------------------------------ signals
# Whether signal $1 is ignored here (as under nohup): the program then ignores it as well.
ignored() {
    mask=$(sed -n 's/^SigIgn:[[:blank:]]*//p' /proc/self/status 2>/dev/null)
    [ $((0x${mask:-0} >> ($1 - 1) & 1)) -eq 1 ]
}
for signal in TERM:143 HUP:129; do
    what="kill -${signal%:*}"
    ignored $((${signal#*:} - 128)) && continue
    rm -f started
    "$orrery" -e 'io.open("started", "w"):close() while true do pcall(function() end) end' \
        </dev/null >out 2>err &
    pid=$!
    until [ -e started ] || ! kill -0 $pid 2>/dev/null; do :; done
    kill "-${signal%:*}" $pid
    wait $pid
    got=$?
    [ $got -eq "${signal#*:}" ] || fail "status $got, not ${signal#*:}"
done

# ------------------------------------------------------------------------- locale
for locale in de_DE.UTF-8 fr_FR.UTF-8 C POSIX; do
    LC_ALL=$locale run 0 -e 'print(1.5)'
    out 1.5
done

[ $bad -eq 0 ] && echo "$count calls"
[ $bad -eq 0 ]
