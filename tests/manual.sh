#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# manual.sh - the manual page is well formed and says what a page of a command must.
page=${abs_srcdir:-.}/doc/orrery.1
for section in 'EXIT STATUS' ENVIRONMENT FILES EXAMPLES; do
    grep -q "^\.Sh $section\$" "$page" || { echo "orrery.1 has no section $section"; exit 1; }
done
if command -v mandoc >/dev/null; then
    mandoc -T lint -W warning "$page" | grep -v 'outdated mandoc.db' >&2
    mandoc -T lint -W warning "$page" >/dev/null
elif command -v groff >/dev/null; then
    said=$(groff -ww -mandoc -T ascii "$page" 2>&1 >/dev/null)
    [ -z "$said" ] || { echo "$said"; exit 1; }
else
    echo 'skipped: neither mandoc nor groff is here'
    exit 77
fi
