# SPDX-License-Identifier: GPL-3.0-or-later
# orrery.bash - completion of orrery's command line for bash. tests/completions.sh holds
# it against `orrery --help`.
_orrery_systems() { "${COMP_WORDS[0]}" systems 2>/dev/null | tail -n +2 | cut -f 1; }

_orrery_demos() { "${COMP_WORDS[0]}" demo 2>/dev/null | sed -n '2,$s/^\([a-z_]*\)  .*/\1/p'; }

_orrery_files() { # [GLOB]: files, and directories to look into
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -d -- "$cur"; compgen -f -X "!${1:-*}" -- "$cur")
}

_orrery_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur"); }

_orrery() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command='' i
    local options='-e -l -i --strict --no-init --sandbox --files --memory --time --assert
        --headless --color --threads --keys --size --at --layout --record --large --pace -j --jobs
        --shard --retry --fresh --cell -h --help -V --version'
    local commands='run dash frame demo tour merge replay systems probes claims'

    COMPREPLY=()
    # bash breaks words at '=': --color = never
    [ "$cur" = = ] && cur=
    [ "$prev" = = ] && prev=${COMP_WORDS[COMP_CWORD - 2]}
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        -e | -l | --files | --memory | --time | --color | --threads | --keys | --size | --at | --layout | --record | --pace | \
            -j | --jobs | --shard | --cell)
            ((i++)); [ "${COMP_WORDS[i]}" = = ] && ((i++)) ;;
        -*) ;;
        *) command=${COMP_WORDS[i]}; break ;;
        esac
    done
    case $prev in
    --color) _orrery_words 'auto always never'; return ;;
    --keys | --record) _orrery_files; return ;;
    --files) mapfile -t COMPREPLY < <(compgen -d -- "$cur"); return ;;
    --memory) _orrery_words '500M 2G'; return ;;
    --pace) _orrery_words 'natural once'; return ;;
    --size) _orrery_words '80x24 120x40 200x60'; return ;;
    -e | -l | -j | --jobs | --shard | --cell | --time | --threads | --at | --layout) return ;;
    esac
    case $command:$cur in
    :-* | run:-* | dash:-* | frame:-* | demo:-* | tour:-* | merge:-* | replay:-* | systems:-* | probes:-* | claims:-*) _orrery_words "$options" ;;
    :*)
        _orrery_files '*.lua'
        mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$commands" -- "$cur")
        ;;
    run:* | dash:* | frame:*) _orrery_files '*.lua' ;;
    demo:*) _orrery_words "$(_orrery_demos)" ;;
    tour:*) _orrery_files '*.@(lua|md)' ;;
    merge:*) _orrery_files '*.csv' ;;
    replay:*) _orrery_files '*.@(cast|lua|svg|pdf|png|txt|gp)' ;;
    systems:* | probes:* | claims:*) _orrery_words "$(_orrery_systems)" ;;
    *) _orrery_files ;;
    esac
}
complete -F _orrery orrery
