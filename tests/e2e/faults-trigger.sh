#!/bin/sh
# A service that misbehaves while triggers poll: no event is lost, none invented, nothing is said to
# be deleted that is there.
. "${BERTH_SRCDIR:?}/tests/e2e/faults.inc"
begin
with_emulator --enrollments 230 --groups 3 --devices-per-group 130

# poll TRIGGER [option...]: its events are added to $tmp/events.
poll() {
    run trigger poll plant "$@"
    cat "$tmp/out" >>"$tmp/events"
}
act() {
    "$berth" action run plant "$@" -q -y >/dev/null 2>"$tmp/act.err" </dev/null
}
# told: what the events said, "created enrollments/x deleted ...".
told() {
    sed 's/.*"type":"berth[^"]*\.\([a-z]*\)\.v1","subject":"\([^"]*\)".*/\1 \2/' "$tmp/events" | tr '\n' ' ' |
        sed 's/ $//'
}
poll enrollment.changed
poll registration.changed
poll enrollmentGroup.changed

# --- each fault: what a poll gives, and the poll after it: fault | code | what is said ---
faults='
"status":500,"count":2|0|
"status":429,"retryAfter":1,"count":1|0|
"reset":true,"skip":1,"count":2|0|
"cut":200,"skip":1,"count":2|0|
"delayMs":150,"count":3|0|
"pauseMs":150,"count":3|0|
"status":400,"skip":1,"count":1,"path":"/enrollments/query"|3|HTTP 400
"status":401,"skip":1,"count":1|6|HTTP 401
"status":403,"skip":1,"count":1|6|lacks the right
"malformed":true,"skip":1,"count":1,"path":"/enrollments/query"|1|POST /.*/query: HTTP 200, but .*proxy
"html":true,"skip":1,"count":1,"path":"/enrollments/query"|1|POST /.*/query: HTTP 200, but .*proxy
"token":"repeat"|1|token twice
"token":"forget"|0|
'
printf '%s\n' "$faults" | sed '/^$/d' >"$tmp/faults"
n=0
while IFS='|' read -r fault exit_code pattern; do
    n=$((n + 1))
    : >"$tmp/events"
    act enrollment.create -i "$(device z$n)"
    act enrollment.disable -i '{"registrationId":"dev-000150"}'
    act enrollment.delete -i "{\"registrationId\":\"dev-0000$((n + 10))\"}"
    act device.register -i "{\"registrationId\":\"z$n\"}"
    for trigger in enrollment registration; do
        fault_add "{$fault}"
        poll $trigger.changed
        gives "$trigger: $fault" $exit_code ${pattern:+"$pattern"}
        faults_end
        poll $trigger.changed
        gives "$trigger: the poll after it" 0
    done
    sort -u "$tmp/events" >"$tmp/unique"
    ok "no event comes twice" is "$(wc -l <"$tmp/unique")" "$(wc -l <"$tmp/events")"
    told | tr ' ' '\n' | paste -d ' ' - - | sort >"$tmp/told"
    {
        echo "created enrollments/z$n"
        echo "deleted enrollments/dev-0000$((n + 10))"
        echo "updated enrollments/dev-000150"
        echo "created registrations/z$n"
    } | sort >"$tmp/wanted"
    ok "each change was told" cmp -s "$tmp/told" "$tmp/wanted"
    cmp -s "$tmp/told" "$tmp/wanted" || note "told: $(cat "$tmp/told")"
done <"$tmp/faults"

# --- a listing that ends too early, again and again ---
: >"$tmp/events"
fault_add '{"token":"forget"}'
for i in 1 2 3 4; do
    poll enrollment.changed
    poll registration.changed
done
faults_end
poll enrollment.changed
poll registration.changed
ok "what is there is never said to be deleted, however often a listing lacks it" test ! -s "$tmp/events"

# --- a group that comes and goes ---
fault_add '{"status":404,"path":"/registrations/group-001/query"}'
for i in 1 2 3; do
    poll registration.changed
done
faults_end
act enrollmentGroup.delete -i '{"enrollmentGroupId":"group-002"}'
for i in 1 2 3; do
    poll registration.changed
done
ok "registrations that outlive their group are not deleted" test ! -s "$tmp/events"
seq 131 | sed 's/.*/{"registrationId":"group-002-dev-&"}/; s/dev-\(.\)"/dev-00000\1"/; s/dev-\(..\)"/dev-0000\1"/; s/dev-\(...\)"/dev-000\1"/' |
    head -n 130 | "$berth" action run plant registration.delete -i - -q -y >"$tmp/deleted"
poll registration.changed
poll registration.changed
ok "until they are" is "$(grep -c 'registration.deleted.v1' "$tmp/events")" 130

# --- a poll that takes too long ---
: >"$tmp/events"
act enrollment.create -i "$(device late)"
act enrollment.delete -i '{"registrationId":"dev-000200"}'
fault_add '{"delayMs":60000,"skip":1}'
poll enrollment.changed --timeout 0.5
gives "a poll is given up after its time" 124 'enrollment.changed: the poll was given up after 0.5 s: the next one goes on'
"$berth" trigger poll plant enrollment.changed --follow --timeout 0.3 >"$tmp/out" 2>"$tmp/err" </dev/null &
pid=$!
tries=0
while ! grep -q 'going on in' "$tmp/err" && [ $tries -lt 500 ]; do
    sleep 0.02
    tries=$((tries + 1))
done
kill -TERM $pid
wait $pid
code=$?
gives "one that follows goes on" 130 'given up after 0.3 s.*: going on in'
cat "$tmp/out" >>"$tmp/events"
faults_end
poll enrollment.changed --timeout 100
gives "and one that has time enough ends" 0
ok "with what there was to tell" is "$(told | tr ' ' '\n' | paste -d ' ' - - | sort | tr '\n' ' ')" \
    "created enrollments/late deleted enrollments/dev-000200 "

# --- deleted and made again ---
: >"$tmp/events"
act enrollment.delete -i '{"registrationId":"z1"}'
act enrollment.create -i "$(device Z1)"
poll enrollment.changed
ok "an enrollment made anew under its id in another case is one update" is "$(told)" "updated enrollments/Z1"

# --- a filter ---
filtered() {
    run trigger poll plant registration.changed -q -i '{"source":"enrollments","statuses":["assigned"]}'
    cat "$tmp/out" >"$tmp/events"
}
act enrollment.create -i "$(device fil)"
act device.register -i '{"registrationId":"fil"}'
filtered
act enrollment.disable -i '{"registrationId":"fil"}'
act device.register -i '{"registrationId":"fil"}'
filtered
ok "what leaves the filter is silent" is "$(told)" ""
act registration.delete -i '{"registrationId":"fil"}'
filtered
ok "but for its end" is "$(told)" "deleted registrations/fil"

# --- the connection is turned to another service and back ---
: >"$tmp/events"
act enrollment.create -i "$(device turn)"
run connection set plant -q --set host="127.0.0.1:$port"
poll enrollment.changed
gives "another host is another baseline" 0 'points to another host now: a new baseline'
ok "and nothing of it an event" test ! -s "$tmp/events"
emulator_stop
finish
