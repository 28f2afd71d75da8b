#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# layers.sh - includes point up the list of layers, never down; tui and bind do not see
# each other; curses, Readline, Lua and cairo stay in their corners; nothing below bind
# prints, ends the program or jumps.
src=${1:-${srcdir:-.}/src}
find "$src" -name '*.[ch]' -o -name '*.def' | sort | xargs awk -v src="$src/" '
BEGIN {
    n = split("core algo systems run io tui bind app", order, " ")
    for (i = 1; i <= n; i++)
        place[order[i]] = i
    print_or_jump = "(^|[^A-Za-z0-9_>.])(printf|vprintf|puts|putchar|perror|exit|_exit|abort|" \
        "longjmp|setjmp)[ \t]*[(]|(stdout|stderr)"
}
function tell(what) { printf "%s:%d: %s\n", FILENAME, FNR, what; bad++ }

function check_own(name,    to) {
    if (name == "config.h")
        return
    to = name
    sub("/.*", "", to)
    if (!(to in place))
        tell("\"" name "\": headers of our own are named with their layer")
    else if (place[to] > place[layer])
        tell(layer " must not see " name)
    else if (layer == "bind" && to == "tui")
        tell("bind and tui do not see each other: " name)
}
function check_system(name) {
    if (name ~ /curses/ || name == "term.h") {
        if (layer "/" file != "tui/screen.c")
            tell("<" name ">: only tui/screen.c knows curses")
    } else if (name ~ /^readline\//) {
        if (layer != "app")
            tell("<" name ">: only app knows Readline")
    } else if (name ~ /^(lua|lauxlib|lualib)\.h$/) {
        if (layer != "bind" && layer != "app")
            tell("<" name ">: only bind and app know Lua")
    } else if (name ~ /^cairo/ && layer != "io")
        tell("<" name ">: only io knows cairo")
}

FNR == 1 {
    layer = substr(FILENAME, length(src) + 1)
    file = layer
    sub("/.*", "", layer)
    sub("^[^/]*/", "", file)
    if (!(layer in place))
        tell("is in no layer")
    seen[layer] = 1
    comment = 0
}
match($0, /^[ \t]*#[ \t]*include[ \t]*["<][^">]*/) {
    name = substr($0, RSTART, RLENGTH)
    kind = name ~ /</ ? "system" : "own"
    sub(/^[^"<]*["<]/, "", name)
    if (kind == "own")
        check_own(name)
    else
        check_system(name)
    next
}
# Numerics return a status. Comments and texts may speak of what they must not do.
place[layer] < place["bind"] {
    line = $0
    gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
    gsub(/\/\*([^*]|\*[^\/])*\*\//, "", line)
    if (layer "/" file ~ /^run\/(pool|ranks)\.c$/)
        gsub(/_exit[ \t]*[(]/, "", line) # of a child that was forked there
    if (comment && sub(/^.*\*\//, "", line))
        comment = 0
    if (!comment && line ~ /\/\*/) {
        sub(/\/\*.*/, "", line)
        comment = 1
        if (line ~ print_or_jump)
            tell("prints, ends or jumps:" line)
    } else if (!comment && line ~ print_or_jump)
        tell("prints, ends or jumps:" line)
}
END {
    for (i = 1; i <= n; i++)
        if (!seen[order[i]]) {
            print "no files of layer " order[i]
            bad++
        }
    if (bad)
        print bad " broken rules"
    exit bad > 0
}'
