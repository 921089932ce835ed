#!/bin/sh
# kill -9 at any moment, and two at once: connections, action streams, crawls that go on.
. "${BERTH_SRCDIR:?}/tests/e2e/faults.inc"
begin
with_emulator --enrollments 300 --groups 2 --devices-per-group 150
rounds=${BERTH_TEST_FULL:+100}
rounds=${rounds:-6}

# kill_after FRACTION_MS: kill the process $pid then; counts those it met alive.
killed=0
kill_after() {
    sleep "$(awk -v ms="$1" 'BEGIN {printf "%.4f", ms / 1000}')"
    kill -KILL "$pid" 2>/dev/null && killed=$((killed + 1))
    wait "$pid" 2>/dev/null
}

# --- connection add: it is there, whole, or not at all ---
cat >"$tmp/add.sh" <<EOF
exec "$berth" connection add "\$1" --connector azure-dps -q --ca-file "$dir/ca.pem" --set host=localhost:$port \
    --set keyName=provisioningserviceowner --secret key=@"$tmp/key" --limit off
EOF
round=1
whole=true
while [ $round -le "$rounds" ]; do
    sh "$tmp/add.sh" k$round >/dev/null 2>&1 </dev/null &
    pid=$!
    kill_after $((round * 25 / rounds))
    run connection show k$round
    case $code in
    0)
        run action run k$round enrollment.get -i '{"registrationId":"dev-000001"}'
        [ "$code" = 0 ] || whole=false
        ;;
    4) ;;
    *) whole=false ;;
    esac
    $whole || show
    run connection list
    [ "$code" = 0 ] || whole=false
    round=$((round + 1))
done
note "$killed of $rounds were killed"
ok "a connection is added whole or not at all" $whole

# --- a first use of a home, by several at once ---
round=1
good=true
while [ $round -le "$rounds" ]; do
    BERTH_HOME=$tmp/home.$round
    pids=
    for i in 1 2 3; do
        sh "$tmp/add.sh" c$i >"$tmp/add.$i" 2>&1 </dev/null &
        pids="$pids $!"
    done
    for pid in $pids; do
        wait "$pid" || good=false
    done
    for i in 1 2 3; do
        run action run c$i enrollment.get -i '{"registrationId":"dev-000001"}'
        [ "$code" = 0 ] || good=false
        $good || {
            show
            cat "$tmp"/add.? | sed 's/^/# /'
        }
    done
    rm -rf "$BERTH_HOME"
    round=$((round + 1))
done
BERTH_HOME=$tmp/home
ok "a new home can be used by several at once" $good

# --- an action stream: resumed until it is done, each line carried out, each key as it was first ---
: >"$tmp/results"
devices 1 600 >"$tmp/input"
killed=0
round=1
while [ $round -le "$rounds" ]; do
    "$berth" action run plant enrollment.create -i @"$tmp/input" --resume "$tmp/results" -q \
        >>"$tmp/results" 2>"$tmp/err" </dev/null &
    pid=$!
    kill_after $((50 + round * 60 / rounds))
    round=$((round + 1))
done
note "$killed of $rounds were killed"
run action run plant enrollment.create -i @"$tmp/input" --resume "$tmp/results"
cat "$tmp/out" >>"$tmp/results"
left=$(wc -l <"$tmp/out")
note "then $left were left, exit code $code"
ok "what was told is not done again" test "$left" -lt 600
run action run plant enrollment.list
ok "each line was carried out" is "$(grep -c '"registrationId":"d[0-9]' "$tmp/out")" 600
ok "a conflict is what a killed run had done" is \
    "$(grep -v '"status":"ok"' "$tmp/results" | grep '}$' | grep -v '"code":"alreadyExists"' | grep -c '^{"line"')" 0

# --- a crawl that is killed goes on where it was, and loses nothing ---
run trigger poll plant registration.changed -q
: >"$tmp/events"
fault_add '{"delayMs":4,"path":"/registrations/*"}'
killed=0
round=1
while [ $round -le "$rounds" ]; do
    "$berth" action run plant device.register -q -i "{\"registrationId\":\"dev-000$((100 + round))\"}" >/dev/null </dev/null
    "$berth" trigger poll plant registration.changed -q >>"$tmp/events" 2>"$tmp/err" </dev/null &
    pid=$!
    kill_after $((10 + round * 400 / rounds))
    round=$((round + 1))
done
faults_end
note "$killed of $rounds were killed"
sed 's/.*\({"specversion"\)/\1/' "$tmp/events" >"$tmp/all"
"$berth" trigger poll plant registration.changed -q >>"$tmp/all" 2>"$tmp/err" </dev/null
"$berth" trigger poll plant registration.changed -q >>"$tmp/all" 2>"$tmp/err" </dev/null
grep '}$' "$tmp/all" | sed -n 's/.*"id":"\([^"]*\)".*"type":"berth.azure-dps.registration.\([a-z]*\).v1".*"subject":"\([^"]*\)".*/\2 \3 \1/p' |
    sort -u >"$tmp/told"
round=1
while [ $round -le "$rounds" ]; do
    echo "created registrations/dev-000$((100 + round))"
    round=$((round + 1))
done | sort >"$tmp/wanted"
cut -d ' ' -f 1,2 "$tmp/told" >"$tmp/got"
ok "no registration is lost or told under two ids" cmp -s "$tmp/got" "$tmp/wanted"
cmp -s "$tmp/got" "$tmp/wanted" || note "$(diff "$tmp/got" "$tmp/wanted" | head -n 5)"

# --- the connection is removed under a poll ---
fault_add '{"delayMs":20,"path":"/registrations/*"}'
"$berth" trigger poll plant registration.changed -q -i '{"source":"enrollments"}' >"$tmp/out" 2>"$tmp/err" </dev/null &
pid=$!
sleep 0.3
"$berth" connection remove plant -q --yes </dev/null
removed=$?
wait $pid
code=$?
gives "a connection that is removed under a poll ends it with a sentence" 4 "connection 'plant' was removed"
ok "and its removal went through" is $removed 0
emulator_stop
finish
