#!/bin/sh
# Layout is clang-format's, lines are at most 90 columns, and files and functions stay small.
. "${BERTH_SRCDIR:?}/tests/tap.sh"
cd "$BERTH_SRCDIR" || exit 1
files=$(find plugin host emulator tests examples bench -name '*.[ch]' | sort)

formatter=$(command -v clang-format-14 || command -v clang-format)
case $("${formatter:-false}" --version 2>/dev/null) in
*"version 14."*)
    # shellcheck disable=SC2086 # a list of files
    bad=$("$formatter" --style=file --dry-run $files 2>&1 |
        sed -n 's/:[0-9]*:[0-9]*: warning: .*//p' | sort -u)
    ok "clang-format has nothing to change" test -z "$bad"
    [ -z "$bad" ] || note "$bad"
    ;;
*) skip "clang-format has nothing to change" "clang-format 14 is not installed" ;;
esac

# shellcheck disable=SC2086
long=$(awk 'length > 90 {print FILENAME ":" FNR}' $files)
ok "no line is longer than 90 columns" test -z "$long"
[ -z "$long" ] || note "$long"

# shellcheck disable=SC2086
large=$(wc -l $files | awk '$2 != "total" && $1 > 600 {print $2, $1}')
ok "no file is longer than 600 lines" test -z "$large"
[ -z "$large" ] || note "$large"

if ctags --version 2>/dev/null | grep -q Universal; then
    # shellcheck disable=SC2086
    big=$(ctags -o - --languages=C --c-kinds=f --fields=ne --output-format=u-ctags $files |
        awk -F'\t' '/^!/ {next} {
            first = 0; last = 0
            for (i = 4; i <= NF; i++) {
                if ($i ~ /^line:/) first = substr($i, 6)
                if ($i ~ /^end:/) last = substr($i, 5)
            }
            if (last - first + 1 > 80) print $2, $1, last - first + 1 }')
    ok "no function is longer than 80 lines" test -z "$big"
    [ -z "$big" ] || note "$big"
else
    skip "no function is longer than 80 lines" "universal-ctags is not installed"
fi
finish
