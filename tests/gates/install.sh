#!/bin/sh
# What make install puts where, below another root as packages are made; it runs from there,
# and make uninstall takes all of it away.
. "${BERTH_SRCDIR:?}/tests/tap.sh"
root=$(mktemp -d "${TMPDIR:-/tmp}/berth-install.XXXXXX") || exit 1
chmod 755 "$root"
umask 022

in_build() {
    env -u MAKEFLAGS -u MAKELEVEL make -C "$BERTH_BUILDDIR" "$@" DESTDIR="$root" \
        >"$root/log" 2>&1 || ! note "$(tail -n 5 "$root/log")"
}
installed() {
    found=$(cd "$root" && find . -type f -path "*/$1" | head -n 1)
    [ -n "$found" ]
}

ok "make install works below another root" in_build install
for file in bin/berth bin/berth-emulator include/berth_plugin.h man1/berth.1 \
    man1/berth-action.1 completions/berth connectors/azure-dps.so connectors/azure-dps.json; do
    ok "$file is there" installed "$file"
done
installed bin/berth
said=$(cd / && "$root/$found" connector check azure-dps 2>&1)
ok "berth finds the connector that was installed with it" \
    sh -c 'case $1 in "azure-dps "*": ok ($2/"*) ;; *) exit 1 ;; esac' - "$said" "$root"
note "$said"
ok "make uninstall works" in_build uninstall

# Another prefix, configured after the first build, is the one that counts.
remade() {
    env -u MAKEFLAGS -u MAKELEVEL make -C "$BERTH_BUILDDIR" -n -W Makefile \
        host/loader/path.lo 2>&1 | grep -q 'path\.c'
}
ok "what has the folders of the installation in it is made anew by configure" remade
rm -f "$root/log"
ok "and leaves no file" test -z "$(find "$root" -type f -o -type l)"
rm -rf "$root"
finish
