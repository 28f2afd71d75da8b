#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# completions.sh - the shells' completions and the manual know exactly the options and
# commands that --help lists; bash's completes as it should.
orrery=${ORRERY:-$abs_builddir/orrery}
dir=${abs_srcdir:-.}
bad=0
tell() { echo "$*"; bad=1; }

help=$("$orrery" --help) || exit 1
options=$(echo "$help" | sed -n '/^options/,/^status/p' |
    grep -o -E '^  (-[A-Za-z]|    )?(, )?(--[a-z-]+)?' | grep -o -E -e '--?[A-Za-z][a-z-]*' | sort -u)
commands=$(echo "$help" | sed -n '/^commands/,/^$/s/^  \([a-z][a-z]*\) .*/\1/p' | sort -u)
[ "$(echo "$options" | wc -l)" -ge 15 ] || tell "--help was not understood: $options"
[ "$(echo "$commands" | wc -l)" -ge 4 ] || tell "--help was not understood: $commands"

# same NAME EXPECTED FOUND
same() {
    [ "$2" = "$3" ] && return
    tell "$1: --help says
$2
but here stands
$3"
}

words() { grep -o -E -e "$1" "$2" | sort -u; }

# What each shell's file offers, read from it.
same bash "$options" "$(sed -n "/local options=/,/'\$/p" "$dir/completions/orrery.bash" |
    grep -o -E -e '(^|[ '"'"'])--?[A-Za-z][a-z-]*' | tr -d " '" | sort -u)"
same 'bash commands' "$commands" "$(sed -n "s/.*local commands='\(.*\)'/\1/p" \
    "$dir/completions/orrery.bash" | tr ' ' '\n' | sort)"
same zsh "$options" "$(sed -n '/^options=/,/^)/p' "$dir/completions/_orrery" |
    grep -o -E -e "(^|[ '*({,])--?[A-Za-z][a-z-]*" | grep -o -E -e '--?[A-Za-z][a-z-]*' | sort -u)"
same 'zsh commands' "$commands" "$(sed -n "/^commands=/,/^)/s/^  '\([a-z]*\):.*/\1/p" \
    "$dir/completions/_orrery" | sort)"
same fish "$options" "$({ sed -n 's/^complete.* -s \([A-Za-z]\) .*/-\1/p' "$dir/completions/orrery.fish"
    sed -n 's/^complete.* -l \([a-z-]*\) .*/--\1/p' "$dir/completions/orrery.fish"; } | sort -u)"
same 'fish commands' "$commands" "$(sed -n 's/^set -l commands \(.*\)/\1/p' \
    "$dir/completions/orrery.fish" | tr ' ' '\n' | sort)"
same orrery.1 "$options" "$(grep -E '^\.It Fl' "$dir/doc/orrery.1" | sed 's/ Ns = Ns.*//; s/ , / Fl /g' |
    grep -o -E -e 'Fl -?[A-Za-z-]+|Fl [a-zA-Z]|, -[a-z-]+' | sed 's/^Fl /-/' |
    sed 's/^, /-/' | sort -u)"
for command in $commands; do
    grep -q "^\.It Cm $command" "$dir/doc/orrery.1" || tell "orrery.1 does not know '$command'"
done

# Bash's, played.
command -v bash >/dev/null || exit $bad
PATH=$(dirname "$orrery"):$PATH; export PATH
play() { # EXPECTED WORD...: what the last word completes to
    expected=$1
    shift
    got=$(bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _orrery 2>/dev/null
        echo "${COMPREPLY[*]}"' bash "$dir/completions/orrery.bash" "$@")
    [ "$got" = "$expected" ] || tell "bash: '$*' completes to '$got', not '$expected'"
}
play --strict orrery --str
play never orrery --color = ne
play never orrery --color = never
play systems orrery sys
play net.linear orrery probes net.li
play --sandbox orrery run --sand
exit $bad
