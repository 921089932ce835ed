#!/bin/sh
# The command line itself: help, mistakes, what needs no service.
. "${BERTH_SRCDIR:?}/tests/e2e/cli.sh"
begin

# --- help ---
run --version
gives "--version works" 0
prints "and tells the version" '^berth [0-9]'
run --help
gives "--help works" 0
prints "it lists the commands, options and exit codes" 'berth action run' '--home DIR' '124 timeout'
run
gives "nothing at all is a mistake" 2 'Usage: berth NOUN VERB'
run help action
prints "help NOUN is NOUN --help" 'Usage: berth action VERB'
run trigger poll --help
ok "help names no choice that there is not" sh -c '! grep -q -e --output "$1"' - "$tmp/out"
run connection add --help
ok "no line of help ends with a space" sh -c '! grep -q " \$" "$1"' - "$tmp/out"
run action run --help
prints "each command has help" 'Usage: berth action run CONNECTION ACTION' '--parallel N'
run connector show azure-dps enrollment.upsert -o table
prints "an operation has help, from the manifest" 'Create or replace' 'registrationId  (string, required)' \
    'attestation.symmetricKey.primaryKey  (string, secret)' 'EnrollmentRead, EnrollmentWrite' '^Example:'
run connector show azure-dps enrollment.bulk -o table
prints "it shows what the elements of an array are" '^  enrollments\[\].registrationId  (string, required)' \
    'asks first (--yes) when mode is delete$'
run connector show azure-dps device.deriveKey -o table
prints "an example with a secret takes it from a file" '-i @input.json$' 'in input.json: {.*"groupKey"'
run connector show azure-dps registration.changed -o table
prints "so has a trigger" 'created updated deleted' 'source  (both | groups | enrollments, default "both")'
ok "nothing of this makes a home" test ! -e "$tmp/home"

# --- mistakes ---
run acton run
gives "an unknown noun" 2 "did you mean 'action'"
run action rum
gives "an unknown verb" 2 "did you mean 'berth action run'"
run action
gives "a noun alone" 2 'berth action --help'
run action run c a --paralell 3
gives "an unknown option" 2 'did you mean --parallel'
run action run c a --peek
gives "an option of another command" 2 'berth action run takes no --peek'
run action run c
gives "an argument that is missing" 2 'needs CONNECTION ACTION'
run action run c a b
gives "an argument too many" 2 "'b' is one word too many"
run action run c a -o yaml
gives "a format that does not exist" 2 "'yaml' is none of table|json|ndjson"
run action run c a --dry-run=foo
gives "a value that an option does not have" 2 '--dry-run=foo cannot be: give --dry-run alone, or --dry-run=read$'
run action run c a --csv=yes
gives "one where there is none" 2 '--csv takes no value: leave out =yes$'
run action run c a --parallel 257
gives "a number out of bounds" 2 "'257' is no whole number from 1 to 256"
run action run c a --timeout 0
gives "a timeout of nothing" 2 '--timeout'
run action run c a --csv
gives "--csv without a stream" 2 '--csv needs a stream'
run trigger poll c t -o table
gives "another format for events" 2 'NDJSON only'
run trigger poll c t --peek --follow
gives "--peek with --follow" 2 'do not go together'
run action run nobody enrollment.get
gives "a connection that does not exist" 4 "'nobody'"
run connection list
gives "no connections yet" 0 'There are no connections'
unset BERTH_HOME
XDG_STATE_HOME=$tmp/state
HOME=$tmp/home
export XDG_STATE_HOME HOME
run connection list
ok "the state is in the folder of XDG" test -e "$tmp/state/berth/berth.db"
XDG_STATE_HOME=state
run connection list
ok "or at home, when that is no absolute path" test -e "$tmp/home/.local/state/berth/berth.db"
unset XDG_STATE_HOME HOME
run connection list
gives "no folder for the state" 3 'set BERTH_HOME or give --home'
BERTH_HOME=$tmp/home
export BERTH_HOME
run --home /proc/nowhere connection list
gives "a home that cannot be made" 3 '/proc/nowhere'

# --- connectors ---
run connector list
gives "connectors are found without installing" 0
prints "azure-dps is there" '"id":"azure-dps"'
run connector list -o json
prints "and as JSON they are one array" '^\[$' '"id": "azure-dps"'
run connector check
gives "all are sound" 0
prints "and said to be" '^azure-dps [0-9.]*: ok'
run connector check azure-dpz
gives "a connector that does not exist" 4 "did you mean 'azure-dps'"
run connector show azure-dps enrollment.upset
gives "an operation that does not exist" 4 "enrollment.upsert"
mkdir "$tmp/own"
printf '{"manifestVersion":1,"idd":"x"}' >"$tmp/own/own.json"
run connector check "$tmp/own/own.json"
gives "a bad manifest" 3 'own.json'
sed 's/"inputSchema": {/& "minProperties": -1,/' "$BERTH_SRCDIR/examples/text-list/text-list.json" \
    >"$tmp/own/text-list.json"
run connector check "$tmp/own/text-list.json"
gives "a manifest with a bad schema" 3 "minProperties: the value of 'minProperties' must be"
run connector check "$tmp/own/own.txt"
gives "a file that is no connector" 3 'neither ID.json nor ID.so'
run connector check "$tmp/own/none.so"
gives "a file that is not there" 4
cp "$BERTH_BUILDDIR/connectors/azure-dps.json" "$tmp/own/"
run connector check "$tmp/own/azure-dps.json"
gives "a manifest without its connector is checked as far as it goes" 4 \
    'azure-dps.json is a good manifest' 'azure-dps.so is missing beside it'

# --- completion ---
complete() {
    run __complete "$@"
}
complete act
prints "nouns are completed" '^action$'
complete connection ''
prints "verbs" '^add$' '^remove$'
complete action run --par
prints "options" '^--parallel$'
complete action run -o ''
prints "values of an option" '^ndjson$'
complete connection add x --connector ''
prints "connectors" '^azure-dps$'
complete connection add x --connector azure-dps --set ''
prints "fields that are no secrets" '^host=$'
ok "and no secrets there" sh -c '! grep -q "^key=" "$1"' - "$tmp/out"
complete connection add x --connector azure-dps --secret ''
prints "secrets where they belong" '^key=$'
complete connector show azure-dps enrollment.up
prints "operations" '^enrollment.upsert$' '^enrollment.update$'
complete nonsense ''
prints_nothing "nonsense is not completed"
ok "and nothing of this makes a home" test ! -e "$tmp/home/key"
mkdir -m 700 "$tmp/old" && : >"$tmp/old/berth.db" && chmod 600 "$tmp/old/berth.db"
complete --home "$tmp/old" connection show ''
prints_nothing "a store of an older Berth gives no answer"
complete --home "$tmp/old" action run plant ''
prints_nothing "neither for its operations"
ok "and stays as it is" test ! -s "$tmp/old/berth.db"
ok "alone" test "$(ls "$tmp/old")" = berth.db
if command -v bash >/dev/null; then
    # shellcheck disable=SC2016 # for the inner shell
    bash -c '. "$1"; COMP_WORDS=("$2" connector show azure-dps enrollment.up); COMP_CWORD=4; _berth
        printf "%s\n" "${COMPREPLY[@]}"' - "$BERTH_SRCDIR/docs/completion/berth" "$berth" >"$tmp/out" 2>"$tmp/err"
    lines "bash completes an operation" 2
    prints "with its names" '^enrollment.upsert$'
    # shellcheck disable=SC2016 # for the inner shell
    bash -c '. "$1"; COMP_WORDS=("$2" action run c a -i "@$3"); COMP_CWORD=6; _berth
        printf "%s\n" "${COMPREPLY[@]}"' - "$BERTH_SRCDIR/docs/completion/berth" "$berth" \
        "$BERTH_SRCDIR/READ" >"$tmp/out" 2>"$tmp/err"
    prints "and the file behind an @" '^@.*/README.md$'
else
    skip "bash completes an operation" "bash is not installed"
    skip "with its names" "bash is not installed"
    skip "and the file behind an @" "bash is not installed"
fi

# --- the manual ---
for page in berth berth-action berth-connection berth-store berth-trigger; do
    file=$BERTH_SRCDIR/docs/$page.1
    if command -v groff >/dev/null; then
        said=$(groff -ww -t -man -Tutf8 -z "$file" 2>&1)
        ok "$page.1 is clean" test -z "$said"
        [ -z "$said" ] || note "$said"
    else
        skip "$page.1 is clean" "groff is not installed"
    fi
done
missing=$(for option in $("$berth" --help | sed -n 's/.* --\([a-z-]*\).*/\1/p') \
    $(for c in 'action run' 'connection add' 'connection test' 'store rotate-key' 'trigger poll'; do
        # shellcheck disable=SC2086 # two words
        "$berth" $c --help | sed -n 's/^ *\(-., \)\{0,1\}--\([a-z-]*\).*/\2/p'
    done); do
    sed 's/\\//g' "$BERTH_SRCDIR"/docs/berth*.1 | grep -q -e "--$option" || echo "$option"
done | sort -u)
ok "the manual has every option" test -z "$missing"
[ -z "$missing" ] || note "$missing"
finish
