#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh - fuzz every target for a while, under the sanitizers, in a build below this one:
# SRCDIR CC SECONDS MAKE [TARGET...]. New inputs that reach new code go to fuzzing/corpus,
# findings to fuzzing/findings; status 1 when there are any.
src=$1 cc=$2 seconds=$3 make=$4
shift 4
[ $# -gt 0 ] || set -- npy idx table vectors cast grid sheet runfile keys typed calls script
mkdir -p fuzzing/findings && cd fuzzing || exit 1
if [ ! -f config.status ]; then
    "$src/configure" -q --enable-fuzzing CC="$cc" CFLAGS='-O1 -g' ||
        "$src/configure" -q --enable-sanitizers CFLAGS='-O1 -g' || exit 1
fi
$make tests/fuzz/fuzz || exit 1
ASAN_OPTIONS=${ASAN_OPTIONS:-abort_on_error=1:detect_leaks=1}
LSAN_OPTIONS=suppressions=$src/tests/lsan.supp:print_suppressions=0
LC_ALL=C.UTF-8 OPENBLAS_NUM_THREADS=1
export ASAN_OPTIONS LSAN_OPTIONS LC_ALL OPENBLAS_NUM_THREADS
bad=0
for target; do
    if grep -q 'enable-fuzzing' config.log && grep -q '^LIBFUZZER_TRUE=.$' config.log; then
        mkdir -p "corpus/$target"
        FUZZ_TARGET=$target tests/fuzz/fuzz "corpus/$target" "$src/tests/fuzz/corpus/$target" \
            -max_total_time="$seconds" -timeout=60 -rss_limit_mb=2048 -malloc_limit_mb=512 \
            -max_len=16384 -artifact_prefix="findings/$target-" -print_final_stats=1 \
            >"$target.log" 2>&1
    else
        (cd findings && ../tests/fuzz/fuzz -s "$seconds" -r "$(date +%s)" "$target") \
            >"$target.log" 2>&1
    fi
    if [ $? -eq 0 ]; then
        echo "$target: nothing found in $seconds s"
    else
        echo "$target: see fuzzing/$target.log and fuzzing/findings"
        bad=1
    fi
done
exit $bad
