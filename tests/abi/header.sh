#!/bin/sh
# The ABI's header compiles, alone, without a warning, in every language it promises; its
# layout is what it was.
. "${BERTH_SRCDIR:?}/tests/tap.sh"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

cat >"$work/use.c" <<'C'
#include "berth_plugin.h"
static int reaches(const struct berth_plugin *p)
{
    return BERTH_HAS(p, extension) && p->extension;
}
const struct berth_plugin *berth_plugin_v1(const struct berth_host *host,
                                           struct berth_error *err)
{
    static struct berth_plugin plugin;
    (void)err;
    return host && reaches(&plugin) ? &plugin : 0;
}
C
cp "$work/use.c" "$work/use.cc"

# compiles COMPILER STANDARD FILE
compiles() {
    # shellcheck disable=SC2086 # the compiler may come with options
    if $1 -std="$2" -Wall -Wextra -Wpedantic -Werror -I"$BERTH_SRCDIR/plugin" \
        -fsyntax-only "$3" 2>"$work/said" && [ ! -s "$work/said" ]; then
        return 0
    fi
    note "$(cat "$work/said")"
    return 1
}

for standard in c99 c11; do
    ok "the header is $standard" compiles "${BERTH_CC:-cc}" "$standard" "$work/use.c"
done
cxx=$(command -v "${CXX:-c++}" || command -v g++ || command -v clang++)
if [ -n "$cxx" ]; then
    ok "the header is c++11" compiles "$cxx" c++11 "$work/use.cc"
else
    skip "the header is c++11" "there is no C++ compiler"
fi
ok "the layout is what it was" compiles "${BERTH_CC:-cc}" c11 "$BERTH_SRCDIR/tests/abi/layout.c"
finish
