#!/bin/sh
# What is shipped was built so that a mistake in it is hard to use: position-independent, with
# its tables read-only once loaded, without executable stack or text relocations, with guarded
# stacks and checked copies, and it looks for libraries nowhere but where the system does.
. "${BERTH_SRCDIR:?}/tests/tap.sh"
cd "${BERTH_BUILDDIR:?}" || exit 1
needs readelf
grep -q '^BERTH_CFLAGS = .*-fsanitize=' Makefile && skip_all "sanitizers replace the hardening"

# The file itself, where libtool made a script that runs it.
binary() {
    if [ -f "$(dirname "$1")/.libs/$(basename "$1")" ]; then
        echo "$(dirname "$1")/.libs/$(basename "$1")"
    else
        echo "$1"
    fi
}

# holds NAME FILE OPTIONS PATTERN, and lacks the same way round.
holds() {
    good=true
    readelf -W "$3" "$2" | grep -Eq "$4" || good=false
    ok "$1" $good
}
lacks() {
    good=true
    readelf -W "$3" "$2" | grep -Eq "$4" && good=false
    ok "$1" $good
}

for name in berth berth-emulator connectors/*.so; do
    file=$(binary "$name")
    ok "$name is there" test -f "$file"
    [ -f "$file" ] || continue
    case $name in
    *.so) holds "$name is position-independent" "$file" -h 'Type: +DYN' ;;
    *) holds "$name is position-independent" "$file" -d 'FLAGS_1.* PIE' ;;
    esac
    holds "$name: its tables are read-only once loaded" "$file" -l 'GNU_RELRO'
    holds "$name: its symbols are bound when it is loaded" "$file" -d 'FLAGS_1.* NOW'
    holds "$name has a stack without code" "$file" -l 'GNU_STACK .* RW +0x'
    lacks "$name: nothing is writable and code" "$file" -l 'LOAD .* RWE '
    lacks "$name: its code is not patched when it is loaded" "$file" -d 'TEXTREL'
    lacks "$name looks for libraries where the system does" "$file" -d '\((RPATH|RUNPATH)\)'
    holds "$name guards its stacks" "$file" --dyn-syms 'UND __stack_chk_fail'
    if grep -q '^CFLAGS = .*-O[1-9s]' Makefile; then
        holds "$name checks its copies" "$file" --dyn-syms 'UND __[a-z]+_chk'
    else
        skip "$name checks its copies" "built without optimization"
    fi
done
finish
