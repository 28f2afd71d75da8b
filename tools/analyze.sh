#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# analyze.sh - static analysis of src/ with whichever of clang-tidy, cppcheck and gcc -fanalyzer are
# there: analyze.sh SRCDIR 'COMPILER FLAGS' [TOOL...]. Findings that tools/analyze.allow explains are
# left out; any other makes the status 1.
root=$1 flags=$2
shift 2
allow=$root/tools/analyze.allow
found=$(mktemp) || exit 1
trap 'rm -f "$found"' EXIT
files=$(find "$root/src" -name '*.c' | LC_ALL=C sort)

# One line a finding: tool file:line: text. A finding of a header counts once.
note() {
    sed -n "s|^$root/||; s|^\.*/*\(src/[^ ]*:[0-9]*\):[0-9]*:|$1 \1:|p
        s|^\(src/[^ ]*:[0-9]*\): |$1 \1: |p"
}

run_clang_tidy() {
    for f in $files; do
        clang-tidy --quiet --config-file="$root/.clang-tidy" "$f" -- $flags 2>/dev/null
    done | grep -E ': (warning|error): ' | note clang-tidy
}
run_cppcheck() {
    cppcheck -q --enable=warning,portability --std=c11 --suppress=missingInclude -I"$root/src" \
        -DHAVE_CONFIG_H --template='{file}:{line}: {severity}: {message} [{id}]' "$root/src" 2>&1 |
        note cppcheck
}
run_gcc() {
    for f in $files; do
        gcc -fanalyzer -Wno-all -c -o /dev/null $flags "$f" 2>&1
    done | grep -E ': warning: .*-Wanalyzer' | note gcc
}

for tool in ${*:-clang-tidy cppcheck gcc}; do
    if ! command -v "$tool" >/dev/null; then
        echo "analyze: $tool is missing, left out" >&2
        continue
    fi
    case $tool in
    clang-tidy) run_clang_tidy ;;
    cppcheck) run_cppcheck ;;
    gcc) run_gcc ;;
    *) echo "analyze: unknown tool $tool (clang-tidy, cppcheck, gcc)" >&2; exit 2 ;;
    esac
done | LC_ALL=C sort -u >"$found"

# A row of the list: tool, file, check; the rest of the line is the reason.
awk -v list="$allow" '
BEGIN {
    while ((getline row < list) > 0)
        if (row !~ /^#/ && split(row, f, " ") >= 4)
            allowed[f[1] " " f[2] " " f[3]] = 1
}
{
    file = $2
    sub(/:.*/, "", file)
    check = $NF
    gsub(/[][]/, "", check)
    if (($1 " " file " " check) in allowed) { known++; next }
    print
    bad++
}
END {
    printf "%d findings, %d explained in tools/analyze.allow\n", bad + known, known
    exit bad > 0
}' "$found"
