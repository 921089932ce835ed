#!/bin/sh
# Triggers: baseline, changes, pending events, following.
. "${BERTH_SRCDIR:?}/tests/e2e/cli.sh"
begin
with_emulator --enrollments 3
poll() {
    trigger=$1
    shift
    run trigger poll plant "$trigger" "$@"
}
act() {
    "$berth" action run plant "$@" -q -y >/dev/null </dev/null
}

# --- the life of an enrollment ---
poll enrollment.changed
gives "a first poll sets the baseline" 0 '3 items.*first poll'
prints_nothing "silently"
act enrollment.create -i "$(device new)"
poll enrollment.changed
lines "a new one is an event" 1
prints "a CloudEvent" '"specversion":"1.0"' '"type":"berth.azure-dps.enrollment.created.v1"' '"subject":"enrollments/new"'
act enrollment.disable -i '{"registrationId":"new"}'
poll enrollment.changed
prints "a change is one" 'enrollment.updated.v1' '"provisioningStatus":"disabled"'
act enrollment.delete -i '{"registrationId":"new"}'
poll enrollment.changed --peek
prints "a deletion is one, and can be peeked at" 'enrollment.deleted.v1'
id=$(sed 's/.*"id":"\([^"]*\)".*/\1/' "$tmp/out")
poll enrollment.changed -q
prints "which keeps it, under the same id" "\"id\":\"$id\""
ok "--quiet leaves the summary out" test ! -s "$tmp/err"
poll enrollment.changed
prints_nothing "then there is nothing new"
poll enrollment.changed --start all
prints_nothing "--start counts for a first poll only"
ok "and that is said" grep -q 'warning: --start counts for a first poll' "$tmp/err"
act enrollment.create -i '{"registrationId":"kept-1","attestation":{"type":"symmetricKey"}}'
act enrollment.create -i '{"registrationId":"kept-2","attestation":{"type":"symmetricKey"}}'
"$berth" trigger poll plant enrollment.changed -q >/dev/full 2>"$tmp/err"
poll enrollment.changed
lines "events that could not be written are kept" 2
ok "and said to be of an earlier poll" \
    grep -q 'enrollment.changed: 2 events kept from an earlier poll' "$tmp/err"

# --- the others ---
poll enrollmentGroup.changed --start all
act enrollmentGroup.create -i '{"enrollmentGroupId":"line-7","attestation":{"type":"symmetricKey"}}'
poll enrollmentGroup.changed
prints "groups" 'enrollmentGroup.created.v1' '"subject":"enrollmentGroups/line-7"'
poll registration.changed --start all
prints_nothing "no device has registered"
act device.register -i '{"registrationId":"dev-000001"}'
poll registration.changed
prints "registrations" 'registration.created.v1' '"status":"assigned"'
poll registration.changed -i '{"source":"groups"}' --start all
gives "another input is another subscription" 0 'first poll'
poll registration.changed -i '{ "source" : "groups" }'
ok "and the same input the same one" sh -c '! grep -q "first poll" "$1"' - "$tmp/err"

# --- another host: the same one to the network, not to the store ---
ok "the host can be spelt in another way" "$berth" connection set plant -q --set host="LocalHost:$port"
poll enrollment.changed
gives "another host is a new baseline" 0 'warning: .*points to another host now'
ok "which is said once" test "$(grep -c 'points to another host' "$tmp/err")" -eq 1
"$berth" connection set plant -q --set host="localhost:$port"
poll enrollment.changed

# --- mistakes ---
poll enrolment.changed
gives "an unknown trigger" 4 "did you mean 'enrollment.changed'"
poll enrollment.get
gives "an action is no trigger" 4 'action'
poll registration.changed -i '{"source":"some"}'
gives "a bad input" 3 'source'
poll enrollment.changed --interval 60
gives "--interval without --follow" 2 'needs --follow'
poll enrollment.changed --follow --interval 1
gives "an interval below the trigger's own" 2 'every'
printf '{}\n{}\n' >"$tmp/two"
poll enrollment.changed -i @"$tmp/two"
gives "two inputs" 3 'more than one'

# --- events that could not be written stay ---
for n in 1 2 3 4 5 6; do act enrollment.create -i "$(device p$n)"; done
if [ -w /dev/full ]; then
    "$berth" trigger poll plant enrollment.changed -q >/dev/full 2>"$tmp/err" </dev/null
    code=$?
    gives "events that cannot be written are an error" 1 'cannot write'
fi
"$berth" trigger poll plant enrollment.changed -q >&- 2>"$tmp/err" </dev/null
code=$?
gives "so are events without any stdout" 1 'cannot write'
poll enrollment.changed
lines "they come with the next poll" 6
for n in 1 2 3 4 5 6; do act enrollment.delete -i "{\"registrationId\":\"p$n\"}"; done
{
    "$berth" trigger poll plant enrollment.changed -q 2>"$tmp/err" </dev/null
    echo $? >"$tmp/code"
} | true
code=$(cat "$tmp/code")
gives "a reader that has gone is no success" 1
ok "and nothing to talk about" test ! -s "$tmp/err"
poll enrollment.changed
lines "its events come again" 6

# --- two at once ---
"$berth" trigger poll plant enrollment.changed --follow >"$tmp/followed" 2>"$tmp/follow.err" </dev/null &
follower=$!
await grep -q ' items' "$tmp/follow.err"
poll enrollment.changed
gives "a second poll of the same subscription is refused" 7
poll enrollmentGroup.changed
gives "another subscription is not" 0
kill -TERM $follower
wait $follower
code=$?
gives "a signal ends the following" 130
poll enrollment.changed
gives "and lets others poll" 0

# --- following ends for good when it cannot go on ---
connect short enrollmentread
act_key=$(policy_key enrollmentwrite)
printf '%s' "$act_key" >"$tmp/key"
"$berth" connection set short -q --secret key=@"$tmp/key"
run trigger poll short enrollment.changed --follow
gives "a refused key ends it at once" 6

# --- what a connection that is gone leaves behind ---
run connection remove short --yes
"$berth" connection remove plant -q --yes
ok "no lock files" rmdir "$tmp/home/locks"
judge_answers
emulator_stop
finish
