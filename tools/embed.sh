#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# embed.sh HEADER TABLE FOLDER FILE...: write a C file to standard output that holds the
# given files as arrays of bytes, in the order given (src/io/embedded.h). A row is named
# by its path below FOLDER. Needs only a POSIX shell, od and awk; equal input gives equal
# output.
set -eu
LC_ALL=C
export LC_ALL

header=$1 array=$2 folder=$3
shift 3
cat <<HEAD
/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Made by tools/embed.sh from files in $folder; edit these instead. */
#include "config.h"

#include "$header"
HEAD

n=0
table=
for file in "$@"; do
    name=${file##*"$folder"/}
    size=$(($(wc -c <"$file")))
    printf '\n/* %s */\nstatic const unsigned char file_%d[] = {\n' "$name" "$n"
    od -An -v -tu1 "$file" | awk '{ gsub(/^ +| +$/, ""); gsub(/ +/, ","); print "    " $0 "," }'
    printf '    0};\n'
    table="$table    {\"$name\", file_$n, $size},
"
    n=$((n + 1))
done
printf '\nconst ory_embedded %s[] = {\n%s    {NULL, NULL, 0},\n};\n' "$array" "$table"
