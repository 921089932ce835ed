#!/bin/sh
# berth against the faults that the emulator knows: what a user sees, the exit code, and that
# nothing is lost or done twice.
. "${BERTH_SRCDIR:?}/tests/e2e/cli.sh"
needs curl
begin
with_emulator --enrollments 25 --page-size 10

# fault [RULE]: the only one from now on, as a JSON object; without a rule there is none.
fault() {
    auth="Bearer $(cat "$dir/admin-token")"
    call DELETE /_emulator/faults
    [ $# = 0 ] || send POST /_emulator/faults "$1"
}

# writes ID: how often its enrollment was really written.
writes() {
    auth="Bearer $(cat "$dir/admin-token")"
    fault
    call GET /_emulator/journal
    grep -c "\"method\":\"PUT\",\"target\":\"/enrollments/$1?.*\"status\":200" "$tmp/body"
}

get() {
    run action run plant enrollment.get --timeout "${1:-20}" -i '{"registrationId":"dev-000001"}'
}

create() {
    run action run plant enrollment.create --timeout "${2:-20}" \
        -i "{\"registrationId\":\"$1\",\"attestation\":{\"type\":\"symmetricKey\"}}"
}

# --- what passes is overcome, and a write is done once ---
number=0
for rule in '"status":503' '"status":429,"retryAfter":1' '"cut":10' '"reset":true' '"tls":true' \
    '"pauseMs":200' '"delayMs":200'; do
    number=$((number + 1))
    fault "{$rule,\"count\":1}"
    get
    gives "a read gets over $rule" 0
    fault "{$rule,\"count\":1}"
    create "new-$number"
    gives "so does a write" 0
    ok "which is done once" is "$(writes "new-$number")" 1
done

# --- what lasts is named ---
fault '{"status":500,"path":"/enrollments/*"}'
get 2
ok "500 again and again ends" sh -c 'case $1 in 1 | 5 | 124) ;; *) exit 1 ;; esac' - $code
fault '{"status":500,"after":true,"method":"PUT","count":100}'
create twice 2
fault
run action run plant enrollment.get -i '{"registrationId":"twice"}'
gives "a write whose answers are lost may be done" 0
ok "but not twice" is \
    "$(sed -n 's/.*"lastUpdatedDateTimeUtc":"\([^"]*\)".*/\1/p' "$tmp/out")" \
    "$(sed -n 's/.*"createdDateTimeUtc":"\([^"]*\)".*/\1/p' "$tmp/out")"
fault '{"malformed":true}'
get
gives "half of an answer is told" 1 'not JSON'
fault '{"html":true,"contentType":"text/html"}'
get
gives "and so is a page in its place" 1 'not JSON'
fault '{"contentType":"text/plain"}'
get
gives "another name for JSON does no harm" 0
fault '{"clockShift":7200}'
get
gives "a clock that is two hours off refuses the token" 6
fault '{"tls":true,"count":40}'
get 2
ok "TLS that is refused is told" sh -c 'case $1 in 5 | 124) ;; *) exit 1 ;; esac' - $code
auth="Bearer $(cat "$dir/admin-token")"
answers() {
    call GET /_emulator/status
    [ "$status" = 200 ]
}
await answers # each call takes one of what is left of the 40

# --- etags and reads that are behind ---
fault '{"staleEtag":true,"method":"GET"}'
run action run plant enrollment.get -i '{"registrationId":"new-1"}'
etag=$(sed -n 's/.*"etag":"\\"\([^\\]*\)\\"".*/\1/p' "$tmp/out")
fault
run action run plant enrollment.delete --yes -i "{\"registrationId\":\"new-1\",\"etag\":\"$etag\"}"
gives "an etag that is behind deletes nothing" 7
fault '{"lagReads":1,"method":"PUT","count":1}'
create behind
run action run plant enrollment.get -i '{"registrationId":"behind"}'
gives "what was written may not be there yet" 4
run action run plant enrollment.get -i '{"registrationId":"behind"}'
gives "and is, a read later" 0

# --- lists ---
fault '{"token":"repeat","skip":1}'
run action run plant enrollment.list --timeout 10 -i '{}'
ok "a list that goes round in circles ends" sh -c '[ "$1" != 0 ] && [ "$1" -lt 128 ]' - $code
fault
run action run plant enrollment.list -i '{}'
mv "$tmp/out" "$tmp/all"
fault '{"token":"empty","probability":0.5,"seed":4}'
run action run plant enrollment.list -i '{}'
gives "one with empty pages in it comes to its end" 0
ok "and whole" cmp "$tmp/all" "$tmp/out"
fault '{"status":503,"probability":0.4,"seed":3,"operation":"IndividualEnrollment_Query"}'
run action run plant enrollment.list --timeout 60 -i '{}'
fault
gives "one with gaps in it comes whole" 0

# --- triggers ---
poll() {
    run trigger poll plant enrollment.changed -q
    cat "$tmp/out" >>"$tmp/events"
}
poll
: >"$tmp/events"
for i in 1 2 3 4 5 6; do
    create "seen-$i"
done
for rule in '"status":500,"probability":0.5,"seed":2' '"cut":50,"skip":1,"count":2' \
    '"reset":true,"skip":1,"count":1' '"malformed":true,"skip":1,"count":1'; do
    fault "{$rule,\"path\":\"/enrollments*\"}"
    poll
done
fault
poll
grep -o '"subject":"[^"]*seen-[0-9]"' "$tmp/events" | sort >"$tmp/subjects"
ok "each change is told, whatever went wrong" is "$(sort -u "$tmp/subjects" | wc -l | tr -d ' ')" 6
sed -n 's/.*"id":"\([^"]*\)".*seen-.*/\1/p; s/.*seen-.*"id":"\([^"]*\)".*/\1/p' "$tmp/events" |
    sort -u >"$tmp/ids"
ok "and as one event" is "$(wc -l <"$tmp/ids" | tr -d ' ')" 6
emulator_stop
finish
