#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# table.sh FIGURES [PAGE]: the figures of `make bench` (its output, a file) with the goals of
# goals.tsv as Markdown; in place of what stands between the two marks in PAGE, or on
# standard output.
#
# Tests of goals.tsv: `most` and `least` of our figure, `ratio` the least ratio to that peer.
set -eu
goals=$(dirname "$0")/goals.tsv

table()
{
    awk -F '\t' -v goals="$goals" '
    function met(ours, ratio) {
        if (test == "most") return ours <= value
        if (test == "least") return ours >= value
        return ratio != "" && ratio >= value
    }
    function goal_text() {
        if (test == "most") return "at most " value
        if (test == "least") return "at least " value
        return "at least " value " times " peer
    }
    function note(list, text) { return list "- " text "\n" }
    BEGIN {
        while ((getline line < goals) > 0) {
            if (line ~ /^#/) continue
            split(line, g, "\t")
            what[g[1]] = g[2]; tests[g[1]] = g[3]; values[g[1]] = g[4]; peers[g[1]] = g[5]; why[g[1]] = g[6]
        }
        print "| case | ours | unit | peer | its figure | ratio | goal |"
        print "|---|---:|---|---|---:|---:|---|"
    }
    $1 == "case" || NF < 3 { next }
    {
        name = $1; ours = $2; unit = $3; ratio = NF > 5 && $6 != "-" ? $6 + 0 : ""
        test = tests[name]; value = values[name] + 0; peer = peers[name]
        label = what[name] != "" ? what[name] : name
        goal = "–"
        seen[name] = 1
        if (test != "" && (test != "ratio" || index($4, peer) == 1)) {
            good = met(ours + 0, ratio)
            goal = goal_text() (good ? ", met" : ", **missed**")
            if (!good) missed = note(missed, label ": " ours " " unit (test == "ratio" ? ", ratio " ratio : "") \
                ", goal " goal_text() ". " why[name])
        }
        if (ratio != "" && ratio < 1)
            slower = note(slower, label ": " $4 " takes " ratio " of our time. " why[name])
        print "| " label " | " ours " | " unit " | " (ratio == "" ? "–" : $4) " | " (ratio == "" ? "–" : $5) \
            " | " (ratio == "" ? "–" : $6) " | " goal " |"
    }
    END {
        for (name in tests) if (tests[name] != "" && !(name in seen)) absent = absent (absent ? ", " : "") name
        print "\n### A peer is faster\n\n" (slower ? slower : "None.\n")
        print "### Goals that were missed in this sitting\n\n" (missed ? missed : "None.\n") \
            (absent ? "\nNot measured in this sitting: " absent ".\n" : "")
    }' "$1" | sed 's/[[:space:]]*$//' | cat -s
}

if [ $# -lt 2 ]; then
    table "$1"
    exit
fi
table "$1" > "$2.table"
awk -v new="$2.table" '
    /^<!-- end of the table -->/ { skip = 0 }
    !skip { print }
    /^<!-- table of make bench -->/ { skip = 1; print ""; while ((getline line < new) > 0) print line }
' "$2" > "$2.new"
rm -f "$2.table"
mv "$2.new" "$2"
