#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# style.sh - every source file names its licence and its one job, is short enough to be
# read, and holds no leftovers.
root=${1:-${srcdir:-.}}
cd "$root" || exit 1
list() {
    find src lua examples tests tools m4 doc -type f \( -name '*.[ch]' -o -name '*.def' -o \
        -name '*.lua' -o -name '*.sh' -o -name '*.keys' -o -name 'ory.m4' -o -name '*.1' \) \
        ! -path '*/tmp/*' ! -path 'lua/meta/*' # made from tables
    echo configure.ac Makefile.am bootstrap .ci/run | tr ' ' '\n'
}
list | sort | LC_ALL=C xargs awk '
function tell(what) { printf "%s:%d: %s\n", file, line, what; bad++ }

# At the end of a file: what only its whole says.
function close_file() {
    line = 1
    if (file == "")
        return
    if (!licence)
        tell("no SPDX-License-Identifier: GPL-3.0-or-later in the first two lines")
    if (!head && file ~ /\.(c|h|lua|sh)$/)
        tell("no comment at the head that says what the file is for")
    line = lines
    if (lines > 1500)
        tell("too long; split it")
}
FNR == 1 {
    close_file()
    file = FILENAME
    licence = head = 0
}
{
    line = lines = FNR
    if (FNR <= 2 && /SPDX-License-Identifier: GPL-3.0-or-later/)
        licence = 1
    else if (FNR <= 4 && /^(\/\*|#|--) [A-Za-z0-9].*[a-z]/)
        head = 1
    if (/[ \t]$/ && file !~ /\.keys$/)
        tell("blanks at the end of the line")
    if (file !~ /\.(keys|def|1)$/) {
        text = $0
        gsub(/[\200-\277]/, "", text) # count characters, not bytes
        if (length(text) > (file ~ /^tests\// ? 160 : 110) && text !~ /https?:/)
            tell(length(text) " characters in a line")
    }
    if (/\t/ && file ~ /\.(c|h|lua)$/)
        tell("a tab")
    if (/(^|[^A-Z])(T[O]DO|F[I]XME|X[X]X|H[A]CK|T[B]D)([^A-Za-z0-9_]|$)/)
        tell("a mark of unfinished work")
    if (/(^|[^A-Za-z0-9_.\/])\/(home|root|Users|work)\//)
        tell("a path of one machine")
}
END {
    close_file()
    if (bad)
        print bad " things to mend"
    exit bad > 0
}'
