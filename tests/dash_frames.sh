# SPDX-License-Identifier: GPL-3.0-or-later
# dash_frames.sh - frames of the dashboard as text: equal bytes on every machine. Compares
# with tests/golden/dash; DASH_UPDATE=1 writes the files instead.
set -eu

dir=${srcdir:-.}/tests/golden/dash
program=${abs_builddir:-.}/orrery
out=${TESTS_TMP:-${TMPDIR:-/tmp}}/dash_frames.$$
trap 'rm -f "$out" "$out.cast" "$out.again"' EXIT
bad=0

# frame GOLDEN ARGS...: digits beyond the fourth may differ between BLAS libraries, so
# files hold what is shown, and nothing is shown with more.
frame() {
    golden=$dir/$1
    shift
    "$program" frame "$@" >"$out"
    if [ -n "${DASH_UPDATE:-}" ]; then
        cp "$out" "$golden"
    elif ! cmp -s "$out" "$golden"; then
        echo "$golden differs:"
        diff "$golden" "$out" | head -n 40
        bad=1
    fi
}

for size in 80x24 120x40 200x60; do
    ORRERY_GLYPHS=braille frame "linear-$size.utf8" "$dir/linear.lua" --size $size --at 60
    ORRERY_GLYPHS=ascii frame "linear-$size.ascii" "$dir/linear.lua" --size $size --at 60
done
ORRERY_GLYPHS=quadrant frame linear-quadrant.utf8 "$dir/linear.lua" --at 60
frame linear-60x16.utf8 "$dir/linear.lua" --size 60x16 --at 60
frame too-small.utf8 "$dir/linear.lua" --size 50x10 --at 60
frame start.utf8 "$dir/linear.lua"
for layout in 2 3 4 5 6; do
    frame "layout-$layout.utf8" "$dir/linear.lua" --at 60 --layout $layout
done
for size in 80x24 120x40 200x60; do
    ORRERY_GLYPHS=braille frame "nadir-$size.utf8" "$dir/nadir.lua" --size $size --at 60
done
ORRERY_GLYPHS=ascii frame nadir-120x40.ascii "$dir/nadir.lua" --at 60
for size in 80x24 120x40; do
    frame "dict-$size.utf8" "$dir/dict.lua" --size $size --at 20
    frame "learn-$size.utf8" "$dir/learn.lua" --size $size --at 150
done
# A full and a reduced network in lockstep, under a kick of both; the reduced one alone.
for size in 80x24 120x40; do
    frame "reduce-$size.utf8" "$dir/reduce.lua" --size $size --at 300
done
frame reduce-kick.utf8 "$dir/reduce.lua" --keys "$dir/reduce.keys"
frame reduce-alone.utf8 "$dir/reduce_alone.lua" --size 120x40 --at 300
frame dict-path.utf8 "$dir/dict_path.lua" --at 20
# Neurons turn while the loss stands still, then it falls; pictures in 64 dimensions.
toy=${srcdir:-.}/examples/early_alignment.lua
frame relu-before.utf8 "$toy" --at 0
frame relu-during.utf8 "$toy" --at 2600
frame relu-after.utf8 "$toy" --at 16000
frame relu-digits.utf8 "${srcdir:-.}/examples/early_alignment_mnist.lua" --at 500 --pictures
# Clusters: neurons turn to the centres, and what that makes of the robust accuracy.
frame prelu-during.utf8 "$dir/prelu.lua" --at 160
for size in 80x24 120x40; do
    frame "prelu-$size.utf8" "$dir/prelu.lua" --size $size --at 640
done
frame nadir-kick.utf8 "$dir/nadir.lua" --keys "$dir/nadir.keys"
frame steer.utf8 "$dir/steer.lua" --keys "$dir/steer.keys"
for size in 80x24 120x40; do
    frame "cluster-$size.utf8" "$dir/cluster.lua" --size $size --at 12
    frame "swing-$size.utf8" "$dir/swing.lua" --size $size --at 400
done
frame safety.utf8 "$dir/safety.lua" --size 120x40 --at 6
for size in 80x24 120x40; do
    frame "critic-$size.utf8" "$dir/critic.lua" --size $size --at 300
done
frame own-120x40.utf8 "$dir/own.lua" --size 120x40 --at 5
frame lockstep.utf8 "$dir/lockstep.lua" --keys "$dir/lockstep.keys"

# A recording: the same bytes twice, and a whole file of the format.
"$program" frame "$dir/steer.lua" --keys "$dir/steer.keys" --record "$out.cast" >/dev/null
"$program" frame "$dir/steer.lua" --keys "$dir/steer.keys" --record "$out.again" >/dev/null
cmp "$out.cast" "$out.again" || bad=1
head -n 1 "$out.cast" | grep -q '^{"version":2,"width":120,"height":40' || bad=1
[ "$(wc -l <"$out.cast")" -gt 60 ] || bad=1
LC_ALL=C grep -q "$(printf '\033')" "$out.cast" && { echo "a raw escape in the recording"; bad=1; }
# A plot beside a run; the frame and its panels as figures.
frame plots.utf8 "$dir/plots.lua" --at 40
pictures=$(mktemp -d "${TMPDIR:-/tmp}/dash_frames.XXXXXX")
golden=$(cd "$dir" && pwd)
(cd "$pictures" && "$program" frame "$golden/plots.lua" --at 40 --keys "$golden/plots.keys") >"$out"
grep -q "cells have no format 'gp'" "$out" || { echo "a frame for gnuplot was not refused"; bad=1; }
for kind in png:PNG svg:script_sha256 pdf:%PDF; do
    grep -q -a "${kind#*:}" "$pictures/dash_frame.${kind%:*}" ||
        { echo "the frame as .${kind%:*} is none"; bad=1; }
done
rm -rf "$pictures"

exit $bad
