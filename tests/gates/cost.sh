#!/bin/sh
# What the paths that are to be fast cost, in instructions, which repeat where times do not:
# a line of an action run, an element of a bulk, an item of a poll without a change, one
# action from a cold start.
# The bounds are about one and a half times what was measured.
. "${BERTH_SRCDIR:?}/tests/e2e/cli.sh"
needs valgrind
grep -q -e __asan_init -e __tsan_init -e __gcov_exit "$berth" &&
    skip_all "this build counts instructions of its own"
valgrind --tool=none -q "$berth" --version >/dev/null 2>&1 ||
    skip_all "this valgrind cannot read what this compiler writes"

LINE=300000
ELEMENT=116000
ITEM=5000
COLD=78000000

begin
with_emulator --enrollments 1000 --page-size 1000

# enrollments FROM TO: as lines of JSON.
enrollments() {
    awk -v from="$1" -v to="$2" 'BEGIN {
        for (i = from; i <= to; i++)
            printf "{\"registrationId\":\"cost-%06d\",\"attestation\":{\"type\":" \
                "\"symmetricKey\",\"symmetricKey\":{\"primaryKey\":" \
                "\"cHJpbWFyeWtleXByaW1hcnlrZXkwMQ==\",\"secondaryKey\":" \
                "\"c2Vjb25kYXJ5a2V5c2Vjb25kYXJ5MDI=\"}},\"provisioningStatus\":" \
                "\"enabled\",\"initialTwin\":{\"tags\":{\"site\":\"oslo\"}," \
                "\"properties\":{\"desired\":{\"interval\":10}}}}\n", i }'
}

# instructions ARGUMENT...: how many berth takes for it; 0: it failed. stdin is passed on.
instructions() {
    count=0
    if valgrind -q --tool=callgrind --callgrind-out-file="$tmp/callgrind" \
        "$berth" "$@" >"$tmp/out" 2>"$tmp/err"; then
        count=$(sed -n 's/^totals: //p' "$tmp/callgrind")
    else
        note "berth $* failed:"
        sed 's/^/# /' "$tmp/err"
    fi
}

# costs NAME COUNT BOUND
costs() {
    note "$1: $2 instructions, at most $3"
    ok "$1 costs no more than it may" test "$2" -gt 0 -a "$2" -le "$3"
}

enrollments 1 20 >"$tmp/few"
enrollments 21 220 >"$tmp/many"
instructions action run plant enrollment.create --parallel 1 -i "@$tmp/few"
few=$count
instructions action run plant enrollment.create --parallel 1 -i "@$tmp/many"
[ "$few" -gt 0 ] && count=$(((count - few) / 180))
costs "a line of an action run" "$count" "$LINE"

# bulk: the enrollments on stdin, ten to a line.
bulk() {
    awk 'NR % 10 == 1 { printf "{\"mode\":\"create\",\"enrollments\":[" }
        { printf "%s%s", $0, NR % 10 ? "," : "]}\n" }'
}

enrollments 221 260 | bulk >"$tmp/few"
enrollments 261 660 | bulk >"$tmp/many"
instructions action run plant enrollment.bulk --parallel 1 -i "@$tmp/few"
few=$count
instructions action run plant enrollment.bulk --parallel 1 -i "@$tmp/many"
[ "$few" -gt 0 ] && count=$(((count - few) / 360))
costs "an element of a bulk" "$count" "$ELEMENT"

# settle: whatever has changed is known.
settle() {
    "$berth" trigger poll plant enrollment.changed --start now -q >/dev/null
}
settle
instructions trigger poll plant enrollment.changed
few=$count
enrollments 1001 5000 | bulk | "$berth" action run plant enrollment.bulk -i - >/dev/null
settle
instructions trigger poll plant enrollment.changed
[ "$few" -gt 0 ] && count=$(((count - few) / 4000))
costs "an item of a poll without a change" "$count" "$ITEM"
ok "nothing was found to have changed" test ! -s "$tmp/out"
instructions action run plant enrollment.get -i '{"registrationId":"cost-000001"}'
costs "one action from a cold start" "$count" "$COLD"
finish
