#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# demos.sh - every demo runs headless with all that it claims held, at the two sizes of
# lecture halls; the frames of its key moments are those of tests/golden/demos.
# DEMOS_UPDATE=1 writes the frames instead; DEMOS="NAME…" takes only these.
orrery=${ORRERY:-${abs_builddir:-.}/orrery}
dir=${srcdir:-.}/tests/golden/demos
out=${TESTS_TMP:-${TMPDIR:-/tmp}}/demos.$$
trap 'rm -f "$out" "$out".?.cast' EXIT
bad=0

# Digits beyond the fourth may differ between BLAS libraries.
rough() { sed 's/\(\.[0-9]\{4\}\)[0-9]\{4,\}/\1/g' "$1"; }
same() { [ -r "$1" ] && [ "$(rough "$1")" = "$(rough "$out")" ]; }

demos=${DEMOS:-$("$orrery" -e 'for _, d in ipairs(demo()) do print(d.name) end')} || exit 1
[ -n "$demos" ] || { echo "there are no demos"; exit 1; }
for name in $demos; do
    for size in 120x40 80x24; do
        golden=$dir/$name-$size.utf8
        if ! ORRERY_GLYPHS=braille "$orrery" demo "$name" --headless --size $size >"$out"; then
            echo "$name: failed at $size"
            bad=1
        elif ! grep -q '^── ' "$out"; then
            echo "$name: no step is marked key = true"
            bad=1
        elif [ -n "${DEMOS_UPDATE:-}" ]; then
            mkdir -p "$dir" && cp "$out" "$golden"
        elif ! same "$golden"; then
            echo "$golden differs:"
            diff "$golden" "$out" | head -n 40
            bad=1
        fi
    done
done

# A recording has a marker at every step and the same bytes each time.
first=${demos%%[[:space:]]*}
for i in 1 2; do
    "$orrery" demo "$first" --headless --record "$out.$i.cast" >"$out" || bad=1
done
cmp "$out.1.cast" "$out.2.cast" || bad=1
steps=$(sed 's/.*: \([0-9]*\) steps,.*/\1/' "$out")
[ "$(grep -c '^\[[0-9.]*, *"m", "' "$out.1.cast")" = "$steps" ] ||
    { echo "$first: the recording has not $steps markers"; bad=1; }
exit $bad
