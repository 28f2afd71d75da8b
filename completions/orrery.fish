# SPDX-License-Identifier: GPL-3.0-or-later
# orrery.fish - completion of orrery's command line for fish. tests/completions.sh holds
# it against `orrery --help`.
function __orrery_systems
    orrery systems 2>/dev/null | tail -n +2 | cut -f 1
end
function __orrery_demos
    orrery demo 2>/dev/null | string replace -rf '^([a-z_]+)  .*' '$1' | tail -n +1
end
set -l commands run dash frame demo tour merge replay systems probes claims
set -l tables systems probes claims

complete -c orrery -n "not __fish_seen_subcommand_from $commands" -a run -d 'run a script without a prompt'
complete -c orrery -n "not __fish_seen_subcommand_from $commands" -a dash -d 'show the run of a script in the dashboard'
complete -c orrery -n "not __fish_seen_subcommand_from $commands" -a frame -d 'print that dashboard as text'
complete -c orrery -n "not __fish_seen_subcommand_from $commands" -a demo -d 'list the demos, or play one'
complete -c orrery -n "not __fish_seen_subcommand_from $commands" -a tour -d 'play a tour, a lecture in steps'
complete -c orrery -n "not __fish_seen_subcommand_from $commands" -a merge -d 'join the files of the shards of a sweep'
complete -c orrery -n "not __fish_seen_subcommand_from $commands" -a replay -d 'play a recording, run a session or a figure again'
complete -c orrery -n "not __fish_seen_subcommand_from $commands" -a systems -d 'list the systems, or the options of one'
complete -c orrery -n "not __fish_seen_subcommand_from $commands" -a probes -d 'list the probes'
complete -c orrery -n "not __fish_seen_subcommand_from $commands" -a claims -d 'list the claims'
complete -c orrery -f -n "__fish_seen_subcommand_from demo" -a '(__orrery_demos)'
complete -c orrery -f -n "__fish_seen_subcommand_from $tables" -a '(__orrery_systems)'

complete -c orrery -s e -x -d 'run CODE'
complete -c orrery -s l -x -d 'require MOD into the global MOD'
complete -c orrery -s i -d 'go to the prompt after the code or the script'
complete -c orrery -l strict -d 'reading or making an unknown global is an error'
complete -c orrery -l no-init -d 'do not read init.lua before the prompt'
complete -c orrery -l sandbox -d 'no files, io, os, debug, native modules, bytecode'
complete -c orrery -l files -x -a '(__fish_complete_directories)' -d 'with --sandbox: files below this folder may be used'
complete -c orrery -l memory -x -a '500M 2G' -d 'at most so many bytes of memory'
complete -c orrery -l time -x -d 'leave after so many seconds'
complete -c orrery -l assert -d 'status 3 if a claim of a run is violated at the end'
complete -c orrery -l headless -d 'no prompt and no progress bar, even on a terminal'
complete -c orrery -l color -x -a 'auto always never' -d 'colors'
complete -c orrery -l threads -x -d 'threads of the linear algebra'
complete -c orrery -l keys -r -d 'type the keys of FILE at the prompt'
complete -c orrery -l size -x -a '80x24 120x40 200x60' -d 'columns and rows of a frame'
complete -c orrery -l at -x -d 'the step that a frame shows'
complete -c orrery -l layout -x -d 'layout of a frame, 1 to 9'
complete -c orrery -l record -r -d 'record the dashboard to a file'
complete -c orrery -l large -d 'large letters for a projector'
complete -c orrery -l pace -x -a 'natural once' -d 'how the lines of a tour are typed'
complete -c orrery -s j -l jobs -x -d 'cells of a sweep at once'
complete -c orrery -l shard -x -d 'a share of the cells of a sweep, I/N'
complete -c orrery -l retry -d 'do failed cells of a sweep again'
complete -c orrery -l fresh -d 'replace the result file of a sweep'
complete -c orrery -l cell -x -d 'one cell of a sweep'
complete -c orrery -s h -l help -d 'print a summary and leave'
complete -c orrery -s V -l version -d 'print the version and leave'
