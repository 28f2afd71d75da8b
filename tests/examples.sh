#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every example runs headless, with arguments that make it quick, and ends with 0; what it
# says at its end is what its head promises.
dir=${TESTS_TMP:-.}/examples
rm -rf "$dir" && mkdir -p "$dir" || exit 99
status=0

example() { # NAME WANTED-LINE ARGUMENTS...
    name=$1 wanted=$2
    shift 2
    if ! ./orrery "$srcdir/examples/$name.lua" "$@" >"$dir/$name.out" 2>"$dir/$name.err"; then
        echo "$name: failed"
        cat "$dir/$name.err"
        status=1
    elif ! grep -q -e "$wanted" "$dir/$name.out"; then
        echo "$name: did not say '$wanted'"
        status=1
    elif grep -q "$(printf '\033')" "$dir/$name.out"; then
        echo "$name: an escape byte went into a pipe"
        status=1
    fi
}

example clusters_k 'every figure is as published and computed' --seeds 10 --draws 4 --nodes 80 \
    --figure "$dir/clusters_k.svg"
example clusters_two 'every figure is as published and computed' --seeds 10 --draws 5 \
    --figure "$dir/clusters_two.svg"
example coherence 'every figure is as published and computed' --figure "$dir/coherence.svg"
example concepts 'beats every fixed one' --sources 20 --figure "$dir/concepts.svg"
example dictionary_learning 'found again' --samples 1000 --most 2 --epochs 14 --figure "$dir/learning.svg"
example first_steps 'claims of run 1'
example time_travel 'halved'
example edge_of_stability 'diverged'
example phase_portrait 'every portrait is as theory has it'
example own_system 'every figure is as it must be'
example user_data 'response\|80 samples' --out "$dir"
example local_pl 'every claim held, every figure is in its band' --seeds 3 --widths 500 \
    --figure "$dir/local_pl.svg"
example iceland 'every figure is as published and computed' --figure "$dir/iceland.svg"
example lora_init 'every claim held, every figure is in its band' --seeds 2 --figure "$dir/lora_init.svg"
example nadir_ieee145 'every figure is as computed and published' --draws 40 \
    --figure "$dir/nadir_ieee145.svg"
example nadir_gb 'every figure is as computed' --figure "$dir/nadir_gb.svg"
example early_alignment 'every figure is in its band' --figure "$dir/early_alignment.svg"
example early_alignment_mnist 'every figure is in its band' --pictures --step 2e-2 --steps 1500 \
    --figure "$dir/pictures.svg"
example prelu_robustness 'every figure is in its band' --figure "$dir/prelu_robustness.svg"
example real_regression 'held-out score  *8' --figure "$dir/regression.pdf"
example pendulum_critic 'without axiomatic data none' --rounds 2 --batch 32
example sweep_lora_scale 'every power is in its band' --seeds 2 --scales 4 --figure "$dir/lora.svg"
example sweep_phase 'every cell is as theory has it' --steps 9 --scales 7 --file "$dir/phase.csv" \
    --figure "$dir/phase.svg"
example spurious_fixed_point 'fixed point of every system'
example recovery 'more likeness make it harder' --trials 30 --figure "$dir/recovery.svg"
for figure in recovery.svg concepts.svg learning.svg local_pl.svg nadir_ieee145.svg nadir_gb.svg \
    regression.pdf; do
    test -s "$dir/$figure" || { echo "$figure is missing"; status=1; }
done

# A wrong word on the command line ends a script with status 2 and one line.
./orrery "$srcdir/examples/local_pl.lua" --seed 3 >/dev/null 2>"$dir/usage.err"
test $? -eq 2 && grep -q "did you mean --seeds?" "$dir/usage.err" ||
    { echo "usage:"; cat "$dir/usage.err"; status=1; }
exit $status
