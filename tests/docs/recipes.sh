#!/bin/sh
# The recipes of docs/emulator.md as they stand there, but for the port.
. "${BERTH_SRCDIR:?}/tests/e2e/dps.sh"
needs curl openssl
modules=${BERTH_NODE_MODULES:-$BERTH_SRCDIR/tests/sdk/node_modules}
begin
PATH=$BERTH_BUILDDIR:$PATH
export PATH

# A port that was free a moment ago.
dir=$tmp/any
emulator_start || exit 1
free=$port
emulator_stop
emulator=

# block NAME: the indented lines below the mark of that name.
block() {
    awk -v mark="<!-- recipe: $1 -->" '
        $0 == mark { on = 1; next }
        on && !/^    / { exit }
        on { print substr($0, 5) }
    ' "$BERTH_SRCDIR/docs/emulator.md" | sed "s/8443/$free/g"
}

# play NAME...: the blocks one after the other, in a folder of their own; the emulator that they
# start ends with them.
play() {
    rm -rf "$tmp/run"
    mkdir "$tmp/run"
    {
        for name in "$@"; do
            block "$name"
            [ "$name" != start ] || echo 'trap "kill $!" EXIT'
        done
    } >"$tmp/script"
    block program >"$tmp/run/program.js"
    (cd "$tmp/run" && NODE_PATH=$modules timeout 60 sh ../script >"$tmp/body" 2>"$tmp/err")
}

for name in start program node curl openssl ci; do
    ok "there is a recipe named $name" test -n "$(block "$name")"
done
ok "curl makes an enrollment with a signature made by berth" play start curl
ok "and is shown its key" has '"registrationId":"dev-2".*"primaryKey"'
ok "and another with one made by openssl, one recipe after the other" play start curl openssl
ok "and is shown its key" has '"registrationId":"dev-3".*"primaryKey"'
if command -v node >/dev/null && [ -d "$modules/azure-iot-provisioning-service" ]; then
    ok "a program on the Node SDK runs unmodified" play start node
    ok "and reads what it has made" has '^dev-1 has the key [A-Za-z0-9+/]*=*$'
else
    skip "a program on the Node SDK runs unmodified" "its packages are not in $modules"
fi
cat >"$tmp/run-your-tests" <<'END'
#!/bin/sh
grep -q '"connectionString"' "$1"
END
chmod +x "$tmp/run-your-tests"
PATH=$tmp:$PATH
ok "a CI's job runs its tests" play ci
ok "and is told what was asked" has '{"requests":0,"operations":{}}'

# --- every option is told of ---
options=$(berth-emulator --help | grep -o -e '--[a-z][a-z-]*' | sort -u)
sed 's/\\-/-/g' "$BERTH_SRCDIR/docs/berth-emulator.1" >"$tmp/man"
missing=
for option in $options; do
    grep -q -e "\`$option[\` ]" "$BERTH_SRCDIR/docs/emulator.md" || missing="$missing $option"
    grep -q -e "$option" "$tmp/man" || missing="$missing $option(man)"
done
ok "each option is in the documents" is "$missing" ""
finish
