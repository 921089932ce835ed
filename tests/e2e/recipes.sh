#!/bin/sh
# The recipes of docs/recipes.md, run as they stand, in their order.
. "${BERTH_SRCDIR:?}/tests/e2e/cli.sh"
begin
with_emulator
connect other

mkdir "$tmp/bin" "$tmp/blocks" "$tmp/work"
ln -s "$berth" "$tmp/bin/berth"
PATH=$tmp/bin:$PATH
awk -v dir="$tmp/blocks" '
    /^```sh$/ { name = sprintf("%s/%02d", dir, ++count); next }
    /^```$/ { name = ""; next }
    name { print > name }' "$BERTH_SRCDIR/docs/recipes.md"
ok "there are recipes" test -f "$tmp/blocks/08"

cd "$tmp/work" || exit 1
for block in "$tmp"/blocks/*; do
    sh -e "$block" >"$tmp/out" 2>"$tmp/err" </dev/null
    code=$?
    gives "recipe ${block##*/} works" 0
done

all_ok() {
    [ "$(grep -c '"status":"ok"' "$1")" -eq "$2" ] && [ "$(wc -l <"$1")" -eq "$2" ]
}
ok "the delivery is enrolled, each device once" all_ok results.ndjson 3
ok "keys are handed out" test "$(grep -c '"primaryKey":"[A-Za-z0-9+/=]\{40,\}"' keys.ndjson)" -eq 3
ok "the site is disabled" all_ok disabled.ndjson 2
ok "its keys are renewed" all_ok rotated.ndjson 2
ok "the change is in the file" grep -q 'enrollment.updated.v1.*"provisioningStatus":"enabled"' changes.ndjson
ok "one event, once" test "$(wc -l <changes.ndjson)" -eq 1
ok "all is copied" all_ok enrollments.ndjson 3
emulator_stop
finish
