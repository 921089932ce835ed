#!/bin/sh
# Long streams: broken off, resumed, memory, a reader that goes away.
. "${BERTH_SRCDIR:?}/tests/e2e/cli.sh"
begin
with_emulator
count=${BERTH_TEST_FULL:+100000}
count=${count:-5000}
devices 1 "$count" >"$tmp/input"

# has_results N: so many lines, at the least.
has_results() {
    [ "$(wc -l <"$tmp/results")" -ge "$1" ]
}

# whole: each line of the input has one result that is ok.
whole() {
    grep '"status":"ok"' "$tmp/results" | sed 's/^{"line":\([0-9]*\),.*/\1/' | sort -n | uniq |
        awk -v n="$count" '$1 != NR {exit 1} END {exit NR != n}'
}

# The input through a pipe that stays open, so that the run has not ended when it is killed.
hold() {
    rm -f "$tmp/held"
    mkfifo "$tmp/held"
    exec 3<>"$tmp/held"
    cat "$tmp/input" >&3 &
    feeder=$!
}
let_go() {
    kill $feeder 2>/dev/null
    wait $feeder 2>/dev/null
    exec 3>&-
}

# --- a signal ---
: >"$tmp/results"
hold
"$berth" action run plant enrollment.upsert -i - <"$tmp/held" >"$tmp/results" 2>"$tmp/err" 3>&- &
pid=$!
await has_results 100
kill -TERM $pid
wait $pid
code=$?
let_go
gives "a signal ends it in good order" 130 'interrupted after [0-9]* results: --resume'
ok "its results are whole lines" sh -c '! grep -v "^{\"line\":[0-9]*,.*}$" "$1"' - "$tmp/results"
done_before=$(grep -c '"status":"ok"' "$tmp/results")

# --- another format ---
head -n 3 "$tmp/input" >"$tmp/few"
run action run plant enrollment.upsert -i @"$tmp/few" -o json
cp "$tmp/out" "$tmp/array"
run action run plant enrollment.upsert -i @"$tmp/few" --resume "$tmp/array"
gives "results in an array count, too" 0 '3 skipped'
prints_nothing "each of them"

# --- kill -9 ---
hold
"$berth" action run plant enrollment.upsert -i - --resume "$tmp/results" -q \
    <"$tmp/held" >>"$tmp/results" 2>"$tmp/err" 3>&- &
pid=$!
await has_results $((done_before + 100))
kill -KILL $pid
wait $pid 2>/dev/null
let_go
printf '{"line":' >>"$tmp/results"
run action run plant enrollment.upsert -i @"$tmp/input" --resume "$tmp/results"
gives "what was killed is resumed" 0 'count as not done'
cat "$tmp/out" >"$tmp/rest"
printf '\n' >>"$tmp/results"
cat "$tmp/rest" >>"$tmp/results"
ok "the results of all runs make a whole" whole
run action run plant enrollment.upsert -i @"$tmp/input" --resume "$tmp/results"
gives "then there is nothing left" 0
prints_nothing "and nothing is written"

# --- the same file, cut short ---
head -n 10 "$tmp/results" >"$tmp/cut"
printf '{"line":11,"id":"d11","sta' >>"$tmp/cut"
head -n 12 "$tmp/input" >"$tmp/twelve"
"$berth" action run plant enrollment.upsert -i @"$tmp/twelve" --resume "$tmp/cut" -q >>"$tmp/cut" 2>"$tmp/err"
ok "results may be appended to a file that was cut short" \
    is "$(grep -c '^{"line":1[12],"id":"d1[12]","status":"ok"' "$tmp/cut")" 2

# --- another input ---
devices 2 13 >"$tmp/other"
run action run plant enrollment.upsert -i @"$tmp/other" --resume "$tmp/cut"
gives "an input that has changed is noticed" 3 'line 1, d2 is not what the results show'
prints_nothing "and nothing is done"
run action run plant enrollment.upsert -i @"$tmp/other" --resume "$tmp/input"
gives "a file that holds no results" 3 'holds no results'
run action run plant enrollment.upsert -i @"$tmp/other" --resume "$tmp/none"
gives "a file that is not there" 3 'none'

# --- memory ---
# memory_of LINES: sets `most` to the peak memory in kB.
memory_of() {
    seq 1 "$1" | sed 's/.*/{"registrationId":"d1"}/' >"$tmp/many"
    "$BERTH_BUILDDIR/bench/measure" "$tmp/cost" "$berth" action run plant enrollment.get \
        -i @"$tmp/many" --parallel 32 -q >/dev/null
    most=$(sed -n 's/.*"rss_kb": *\([0-9]*\).*/\1/p' "$tmp/cost")
}
case $(LC_ALL=C readelf -s "$berth" 2>/dev/null) in
*__asan*) skip "memory does not grow with the input" "the sanitizer keeps what is freed" ;;
*)
    memory_of 500
    few=$most
    memory_of "$((count * 2))"
    ok "memory does not grow with the input" test "$most" -lt $((few + 6000))
    note "$few KB for 500 lines, $most KB for $((count * 2))"
    ;;
esac

# --- a reader that goes away, a disk that is full ---
{
    "$berth" action run plant enrollment.get -i @"$tmp/input" 2>"$tmp/err"
    echo $? >"$tmp/code"
} | head -n 1 >"$tmp/out"
code=$(cat "$tmp/code")
gives "a closed pipe ends it" 1
ok "quietly" test ! -s "$tmp/err"
if [ -w /dev/full ]; then
    "$berth" action run plant enrollment.get -i '{"registrationId":"d1"}' >/dev/full 2>"$tmp/err"
    code=$?
    gives "a full disk is said" 1 'cannot write to stdout'
else
    skip "a full disk is said" "there is no /dev/full"
fi

# --- a pipe that is slow ---
: >"$tmp/out"
mkfifo "$tmp/pipe"
"$berth" action run plant enrollment.upsert -i - <"$tmp/pipe" >"$tmp/out" 2>"$tmp/err" &
pid=$!
exec 3>"$tmp/pipe"
printf '%s\n' "$(device s1)" >&3
await test -s "$tmp/out"
ok "a result is written before the next line comes" is "$(grep -c . "$tmp/out")" 1
device s2 >&3
exec 3>&-
wait $pid
ok "and the next one after" is "$(grep -c '"status":"ok"' "$tmp/out")" 2
emulator_stop

# --- input without end ---
# ends NAME PID: within ten seconds of a signal, in good order.
ends() {
    sleep 0.2
    kill -TERM "$2"
    tries=0
    while kill -0 "$2" 2>/dev/null && [ $tries -lt 200 ]; do
        tries=$((tries + 1))
        sleep 0.05
    done
    kill -KILL "$2" 2>/dev/null
    wait "$2"
    code=$?
    gives "$1" 130 interrupted
}
"$berth" action run plant enrollment.create -i @/dev/zero >"$tmp/out" 2>"$tmp/err" </dev/null &
ends "a line without end is left at a signal" $!
"$berth" trigger poll plant enrollment.changed -i @/dev/zero >"$tmp/out" 2>"$tmp/err" </dev/null &
ends "so is a trigger's input without end" $!
mkfifo "$tmp/silent"
"$berth" trigger poll plant enrollment.changed -i - >"$tmp/out" 2>"$tmp/err" <"$tmp/silent" &
pid=$!
exec 8>"$tmp/silent"
ends "and one that does not come" $pid
exec 8>&-
finish
