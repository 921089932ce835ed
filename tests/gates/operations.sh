#!/bin/sh
# docs/operations.md says what the manifest says. To bring it up to date:
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
finish
