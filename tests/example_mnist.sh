#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# examples/real_regression.lua and early_alignment_mnist.lua on the MNIST test digits, when
# they lie beside the project.
data=$abs_srcdir/../shared/data/mnist
test -r "$data/t10k-images-idx3-ubyte.gz" || { echo "skipped: no digits in $data"; exit 77; }
out=${TESTS_TMP:-.}/mnist.out
./orrery "$srcdir/examples/real_regression.lua" --images "$data/t10k-images-idx3-ubyte.gz" \
    --labels "$data/t10k-labels-idx1-ubyte.gz" >"$out" || { cat "$out"; exit 1; }
cat "$out"
# A linear classifier on 32 principal components of 8000 digits; the bound is a bound.
grep -q 'held-out score  *8[0-9]\.[0-9]* % right' "$out" || exit 1
grep -q 'PL constant, bound .* now [1-9]' "$out" || exit 1
grep -q 'violated' "$out" && exit 1
./orrery "$srcdir/examples/early_alignment_mnist.lua" --images "$data/t10k-images-idx3-ubyte.gz" \
    --labels "$data/t10k-labels-idx1-ubyte.gz" --figure "" >"$out" || { cat "$out"; exit 1; }
cat "$out"
grep -q 'every figure is in its band' "$out" || exit 1
# Without the files the example says so and is skipped.
./orrery "$srcdir/examples/early_alignment_mnist.lua" --images none.gz >/dev/null
test $? -eq 77
