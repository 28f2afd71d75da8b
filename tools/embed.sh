#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# embed.sh FILE...: write a C file to standard output that holds the given Lua
# files as arrays of bytes, in the order given (src/bind/embedded.h). Needs only
# a POSIX shell, od and awk; equal input gives equal output.
set -eu
LC_ALL=C
export LC_ALL

cat <<'HEAD'
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* embedded.c - made by tools/embed.sh from lua/; edit the Lua files instead. */
#include "config.h"

#include "bind/embedded.h"
HEAD

n=0
table=
for file in "$@"; do
    name=${file##*/lua/}
    name=${name#lua/}
    size=$(($(wc -c <"$file")))
    printf '\n/* %s */\nstatic const unsigned char file_%d[] = {\n' "$name" "$n"
    od -An -v -tu1 "$file" | awk '{ gsub(/^ +| +$/, ""); gsub(/ +/, ","); print "    " $0 "," }'
    printf '    0};\n'
    table="$table    {\"$name\", file_$n, $size},
"
    n=$((n + 1))
done
printf '\nconst ory_embedded ory_lua_files[] = {\n%s    {NULL, NULL, 0},\n};\n' "$table"
