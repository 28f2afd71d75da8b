#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# module.sh - require "orrery" from the Lua 5.4 that the system has: everything but the
# dashboard is there, nothing but luaopen_orrery is exported, no second Lua is linked.
set -u
builddir=${abs_builddir:-.}
module=$builddir/orrery.so
lua=${LUA_STOCK:-no}
bad=0

if [ "$lua" = no ]; then
    echo "skipped: there is no stock Lua interpreter"
    exit 77
fi
case $("$lua" -v 2>&1) in
"Lua 5.4"*) ;;
*)  echo "skipped: $lua is not Lua 5.4"
    exit 77 ;;
esac
if [ "${SANITIZERS:-no}" = yes ]; then
    echo "skipped: the sanitizers' library must be loaded before a stock interpreter"
    exit 77
fi

fail() { echo "FAILED: $*"; bad=1; }

exported=$("${NM:-nm}" -D --defined-only "$module" | awk '$2 ~ /[TDBRVW]/ { print $3 }')
[ "$exported" = luaopen_orrery ] || fail "exports: $exported"
if command -v ldd >/dev/null 2>&1; then
    ldd "$module" | grep -i 'liblua' && fail "a Lua library is linked"
fi

# check TEXT CODE: CODE prints TEXT.
check() {
    want=$1
    got=$(LUA_CPATH="$builddir/?.so" "$lua" -e "$2" 2>&1) || fail "status $? of: $2"
    [ "$got" = "$want" ] || fail "$2
got:  $got
want: $want"
}

check "${VERSION:-0.1.0}" 'print(require("orrery").version)'
check '2 x 2 matrix
  1  0
  0  1' 'o = require "orrery"; print(o.mat.eye(2))'
check 'true' 'o = require "orrery"; print(mat == nil and run == nil and orrery == nil)'
check '40	true' 'o = require "orrery"; r = o.run(o.net.linear{}):step(40); print(r.k, r.loss < 1e4)'
check 'true' 'o = require "orrery"; r = o.run(o.net.linear{}):step(9); h = r:hash()
  print(r:rewind(2):step(7):hash() == h)'
check 'true' 'o = require "orrery"; print(#tostring(o.plot({1, 2, 3})) > 20)'
check 'true' 'o = require "orrery"; print(tostring(o.help("mat.zeros")):find("mat.zeros(rows", 1, true) == 1)'
check 'mat.zeros: argument 1 (rows): expected a whole number >= 1, got nothing' \
    'o = require "orrery"; local _, e = pcall(o.mat.zeros); print((e:gsub("^.-:%d+: ", "")))'
check "loaded once: true" 'package.cpath = package.cpath; a = require "orrery"; print("loaded once: " .. tostring(a == require "orrery"))'
# Two states of one process share nothing that breaks; closing with live objects is clean.
check 'done' 'o = require "orrery"; keep = o.run(o.net.linear{}); keep:when(function() return false end); keep:step(3); m = o.mat.zeros(9, 9)[1]; print "done"'

[ $bad = 0 ] && echo "module: ok"
exit $bad
