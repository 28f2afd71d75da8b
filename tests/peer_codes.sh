# SPDX-License-Identifier: GPL-3.0-or-later
# peer_codes.sh - objective values of sparse codes beside scikit-learn's (tests/peers/codes.py);
# skipped where it is not installed.
set -eu

program=${abs_builddir:-.}/orrery
dir=${TESTS_TMP:-${TMPDIR:-/tmp}}/sklearn.$$
for python in /usr/bin/python3 python3; do
    "$python" -c 'import sklearn' 2>/dev/null && break
    python=
done
if [ -z "$python" ]; then
    echo "skipped: scikit-learn is not installed"
    exit 77
fi
mkdir -p "$dir"
trap 'rm -rf "$dir"' EXIT
"$python" "${abs_srcdir:-${srcdir:-.}}/tests/peers/codes.py" "$program" "$dir"
