#!/bin/sh
# Polls that are killed at any moment: no event is lost, none has two ids.
. "${BERTH_SRCDIR:?}/tests/e2e/cli.sh"
begin
with_emulator --enrollments 300
rounds=${BERTH_TEST_FULL:+100}
rounds=${rounds:-5}
: >"$tmp/events"
poll() {
    "$berth" trigger poll plant enrollment.changed -q >>"$tmp/events" 2>>"$tmp/err" </dev/null
}
poll

# Each round changes things, then kills a poll a little later than the round before.
round=1
killed=0
while [ $round -le "$rounds" ]; do
    devices $((round * 20)) $((round * 20 + 19)) |
        "$berth" action run plant enrollment.create -i - -q >/dev/null
    "$berth" trigger poll plant enrollment.changed -q >>"$tmp/events" 2>>"$tmp/err" </dev/null &
    pid=$!
    sleep "$(awk -v r=$round -v n="$rounds" 'BEGIN {printf "%.4f", 0.001 + 0.05 * r / n}')"
    kill -KILL $pid 2>/dev/null && killed=$((killed + 1))
    wait $pid 2>/dev/null
    round=$((round + 1))
done
note "$killed of $rounds polls were killed"
ok "polls were killed" test $killed -gt 0
# A line that was cut short was not confirmed; the next poll wrote it again, behind it.
sed 's/.*\({"specversion"\)/\1/' "$tmp/events" >"$tmp/split"
: >"$tmp/events"
poll
grep '}$' "$tmp/split" "$tmp/events" -h | sed -n 's/.*"id":"\([^"]*\)".*"subject":"\([^"]*\)".*/\2 \1/p' |
    sort -u >"$tmp/seen"
awk '{print $1}' "$tmp/seen" | sort >"$tmp/subjects"
devices 20 $((rounds * 20 + 19)) | sed 's/.*"registrationId":"\([^"]*\)".*/enrollments\/\1/' | sort >"$tmp/wanted"
ok "no event is lost, none invented" sh -c 'sort -u "$1" | cmp -s - "$2"' - "$tmp/subjects" "$tmp/wanted"
ok "none has two ids" sh -c 'test -z "$(uniq -d "$1")"' - "$tmp/subjects"
judge_answers
emulator_stop
finish
