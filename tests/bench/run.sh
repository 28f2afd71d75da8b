#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh BENCH DICT ORRERY [PYTHON]: the table of `make bench`: our figures, and beside them
# those of peers that are installed, taken in the same sitting. Ratios above 1: the
# peer takes so many times longer.
set -eu
here=$(dirname "$0")
bench=$1 dict=$2 orrery=$3 python=${4:-no}
ours=$("$bench" "$orrery" && "$dict" && "$orrery" run "$here/bench.lua" &&
    "$orrery" run --headless "$here/bench_sweep.lua")
peers=
[ "$python" = no ] || peers=$("$python" "$here/peers.py" 2>/dev/null) || true
printf '%s\n' "$ours" "--" "$peers" | awk -F '\t' '
    BEGIN { OFS = "\t"; print "case", "figure", "unit", "peer", "peer_figure", "ratio" }
    $1 == "--" { theirs = 1; next }
    NF < 3 { next }
    !theirs { name[++n] = $1; figure[$1] = $2; unit[$1] = $3; next }
    { row[$1] = row[$1] $1 OFS figure[$1] OFS $3 OFS $4 OFS $2 OFS \
        sprintf("%.3g", $3 ~ /\/s$/ ? figure[$1] / $2 : $2 / figure[$1]) "\n" }
    END {
        for (i = 1; i <= n; i++)
            if (row[name[i]]) printf "%s", row[name[i]]
            else print name[i], figure[name[i]], unit[name[i]], "-", "-", "-"
    }'
