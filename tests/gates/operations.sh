#!/bin/sh
# docs/operations.md, and the tables of it in README.md, say what the manifest says. To
# bring them up to date:
#   make check TESTS=tests/gates/operations.sh BERTH_UPDATE=1
. "${BERTH_SRCDIR:?}/tests/tap.sh"
document=$BERTH_SRCDIR/docs/operations.md
current=$("$BERTH_BUILDDIR/tests/docs/operations_table" \
    "$BERTH_SRCDIR/manifests/azure-dps.json") || current=
ok "the manifest can be written as a document" test -n "$current"
if [ -n "$BERTH_UPDATE" ] && [ -n "$current" ]; then
    printf '%s\n' "$current" >"$document"
fi
ok "docs/operations.md is what the manifest says" \
    test "$current" = "$(cat "$document")"

# README.md has the tables between two marks; their links lead to the document.
tables=$(printf '%s\n' "$current" | sed -n '/^| trigger /,/^## /p' | sed '/^## /d' |
    sed 's|](#|](docs/operations.md#|')
readme=$BERTH_SRCDIR/README.md
if [ -n "$BERTH_UPDATE" ] && [ -n "$current" ]; then
    {
        sed '/^<!-- operations:/q' "$readme"
        printf '\n%s\n\n' "$tables"
        sed -n '/^<!-- \/operations -->/,$p' "$readme"
    } >"$readme.new" && cat "$readme.new" >"$readme"
    rm -f "$readme.new"
fi
there=$(sed -n '/^<!-- operations:/,/^<!-- \/operations -->/p' "$readme" | grep -v '^<!--')
ok "README.md has the tables of it" \
    test "$(printf '%s' "$there" | sed '/^$/d')" = "$(printf '%s' "$tables" | sed '/^$/d')"
finish
