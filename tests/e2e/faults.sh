#!/bin/sh
# A service that misbehaves: for each fault and each kind of action what the user sees, and that
# nothing is lost, done twice or locked out.
. "${BERTH_SRCDIR:?}/tests/e2e/faults.inc"
begin
with_emulator --enrollments 4 --groups 1 --devices-per-group 2

# act ACTION INPUT: under a short deadline, which bounds the retries.
act() {
    run action run plant "$1" -i "$2" --yes --timeout "$timeout"
}
timeout=10

# table NAME TEXT: its lines, without the blanks around the bars; every second one in the short form.
table() {
    every=2
    [ -z "$BERTH_TEST_FULL" ] || every=1
    printf '%s\n' "$2" | sed '/^$/d; s/ *| */|/g' | awk -v n=$every 'NR % n == 0' >"$tmp/$1"
}

# under RULE: it and a deadline that it fits into.
under() {
    fault_add "$1"
    case $1 in
    *'"retryAfter":1,'*) timeout=4 ;;
    *) timeout=1 ;;
    esac
}
calm() {
    faults_end
    timeout=10
}

# keys ID: the symmetric keys that the service has.
keys() {
    "$berth" action run plant enrollment.secrets -i "{\"registrationId\":\"$1\"}" --show-secrets
}

# --- what reads: fault | exit code | what is said ---
reads='
"status":500,"count":1 | 0 |
"status":500 | 5 | enrollments/dev-000001: HTTP 500: .*try again later
"status":503,"retryAfter":60 | 5 | HTTP 503
"status":502,"html":true | 5 | HTTP 502; .*try again later
"status":429,"retryAfter":1,"count":1 | 0 |
"status":429,"retryAfter":60 | 8 | HTTP 429: .*1,000 operations a minute
"status":400 | 3 | GET /enrollments/dev-000001: HTTP 400
"status":401 | 6 | HTTP 401: .*Check the key name
"status":403 | 6 | lacks the right
"status":404 | 4 | enrollment.list
"status":415 | 1 | HTTP 415
"reset":true,"count":2 | 0 |
"reset":true | 5 | localhost:[0-9]*: the connection ended before the answer.*try again later
"cut":20,"count":1 | 0 |
"cut":20 | 5 | the connection ended before the answer did
"delayMs":100 | 0 |
"delayMs":60000 | 124 | enrollment.get did not end within 1000 ms
"pauseMs":60000 | 124 | enrollment.get did not end within 1000 ms
"malformed":true | 1 | GET /enrollments/dev-000001: HTTP 200, but .*JSON.*proxy
"html":true | 1 | GET /enrollments/dev-000001: HTTP 200, but .*JSON.*proxy
'
table reads "$reads"
while IFS='|' read -r fault wanted pattern; do
    under "{$fault}"
    act enrollment.get '{"registrationId":"dev-000001"}'
    calm
    gives "get: $fault" $wanted ${pattern:+"$pattern"}
done <"$tmp/reads"

# --- what writes: fault of the write | exit code | done? | what is said ---
writes='
"status":500,"count":1 | 0 | yes |
"status":500,"after":true,"count":1 | 0 | yes |
"status":503,"after":true,"retryAfter":1,"count":1 | 0 | yes |
"reset":true,"count":1 | 0 | yes |
"cut":5,"count":1 | 0 | yes |
"status":429,"retryAfter":1,"count":1 | 0 | yes |
"status":412,"count":1 | 0 | yes |
"status":400 | 3 | no | PUT /enrollments/DEV-000001: HTTP 400
"status":401 | 6 | no | HTTP 401
"status":429,"retryAfter":60 | 8 | no | HTTP 429
"status":500 | 124 | no | PUT /enrollments/DEV-000001: HTTP 500: .*not known: read it back
"status":500,"after":true | 124 | yes | not known: read it back
"delayMs":60000 | 124 | yes | did not end within 1000 ms
"malformed":true | 1 | yes | PUT /enrollments/DEV-000001: HTTP 200, but .*accepted it: read it back
'
table writes "$writes"
first=$(keys dev-000001)

# is_device_id ID: of dev-000001.
is_device_id() {
    act enrollment.get '{"registrationId":"dev-000001"}'
    grep -q "\"deviceId\":\"$1\"" "$tmp/out"
}
n=0
while IFS='|' read -r fault wanted done pattern; do
    actions=update # in turn, when there is not time for both
    [ $((n % 2)) -eq 0 ] || actions=upsert
    [ -z "$BERTH_TEST_FULL" ] || actions='update upsert'
    for action in $actions; do
        n=$((n + 1))
        under "{$fault,\"method\":\"PUT\"}"
        act enrollment.$action "{\"registrationId\":\"DEV-000001\",\"deviceId\":\"v$n\",
            \"attestation\":{\"type\":\"symmetricKey\"}}"
        calm
        gives "$action: $fault" $wanted ${pattern:+"$pattern"}
        case $done in
        yes) ok "which is done" is_device_id v$n ;;
        *) ok "which is not done" not is_device_id v$n ;;
        esac
    done
done <"$tmp/writes"
ok "and no key was lost in all this" is "$(keys dev-000001)" "$first"

# --- what must not be done twice: a swap of the keys ---
swapped() {
    keys dev-000002 | sed 's/.*"primaryKey":"\([^"]*\)","secondaryKey":"\([^"]*\)".*/\2 \1/'
}
straight() {
    keys dev-000002 | sed 's/.*"primaryKey":"\([^"]*\)","secondaryKey":"\([^"]*\)".*/\1 \2/'
}
for fault in '"status":500,"after":true' '"status":500' '"reset":true' '"cut":5' '"status":412' \
    '"status":429,"retryAfter":1'; do
    wanted=$(swapped)
    under "{$fault,\"count\":1,\"method\":\"PUT\"}"
    act enrollment.rotateKeys '{"registrationId":"dev-000002","key":"swap"}'
    calm
    ok "swap: $fault: once" is "$code $(straight)" "0 $wanted"
done

# --- create, delete ---
for fault in '"status":500,"after":true' '"status":500' '"reset":true' '"cut":5'; do
    under "{$fault,\"count\":1,\"method\":\"PUT\"}"
    act enrollment.create "$(device new)"
    calm
    gives "create: $fault: done, and no conflict with itself" 0
    under "{$fault,\"count\":1,\"method\":\"DELETE\"}"
    act enrollment.delete '{"registrationId":"new"}'
    calm
    gives "delete: $fault: done, and not missing" 0
done

# --- bulk, which is never repeated ---
printf '{"mode":"update","enrollments":[%s,%s]}' "$(device dev-000001)" "$(device dev-000003)" >"$tmp/bulk"
third=$(keys dev-000003)
bulks='
"status":500,"after":true | 124 | POST /enrollments: HTTP 500: .*not known: read it back
"reset":true | 124 | not known: read it back
"cut":5 | 124 | not known: read it back
"malformed":true | 1 | accepted it: read it back
"status":401 | 6 | HTTP 401
"status":429,"retryAfter":1,"count":1 | 0 |
'
table bulks "$bulks"
while IFS='|' read -r fault wanted pattern; do
    journal_clear
    under "{$fault,\"operation\":\"IndividualEnrollment_RunBulkOperation\"}"
    act enrollment.bulk "$(cat "$tmp/bulk")"
    calm
    gives "bulk: $fault" $wanted ${pattern:+"$pattern"}
done <"$tmp/bulks"
{
    printf '{"mode":"create","enrollments":['
    for i in $(seq 1 34); do printf '%s,' "$(device bulk$i)"; done
    printf '%s]}' "$(device bulk35)"
} >"$tmp/bulk35"
fault_add '{"status":500,"after":true,"skip":1,"count":1,"operation":"IndividualEnrollment_RunBulkOperation"}'
run action run plant enrollment.bulk -i "$(cat "$tmp/bulk35")"
faults_end
gives "of several requests one that is lost fails its elements" 9
unknown=$(grep -o 'not known: read it back' "$tmp/out" | wc -l) # the requests go out together
prints "and no others" "\"failed\":$unknown,"
ok "which are those of one request" is "$unknown" "$([ "$unknown" = 5 ] && echo 5 || echo 10)"
ok "no bulk update lost a key" is "$(keys dev-000001)$(keys dev-000003)" "$first$third"

# --- a stream: what fails costs its own line alone ---
fault_add '{"status":400,"method":"PUT","path":"/enrollments/s3"}'
fault_add '{"malformed":true,"method":"PUT","path":"/enrollments/s5"}'
fault_add '{"reset":true,"method":"PUT","count":1,"path":"/enrollments/s7"}'
for i in 1 2 3 4 5 6 7 8; do
    device s$i
    echo
done >"$tmp/stream"
run action run plant enrollment.create -i @"$tmp/stream"
gives "a stream of which some fail" 9 '2 of 8 failed'
prints "has the failures where they belong" '^{"line":3,"id":"s3","status":"invalid"' \
    '^{"line":5,"id":"s5","status":"protocol"' '^{"line":7,"id":"s7","status":"ok"' '^{"line":8,"id":"s8","status":"ok"'
faults_end
cp "$tmp/out" "$tmp/results"
journal_clear
run action run plant enrollment.upsert -i @"$tmp/stream" --resume "$tmp/results"
gives "resumed, it does the rest" 0
ok "and only the rest" is "$(written)" "s3 s5"

# --- the alternative key ---
printf '%s' "$(policy_key provisioningserviceowner secondaryKey)" >"$tmp/alt"
printf 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=' >"$tmp/wrong"
connect spare
run connection set spare -q --secret key=@"$tmp/wrong" --secret altKey=@"$tmp/alt"
run action run spare enrollment.get -i '{"registrationId":"dev-000001"}'
gives "the alternative key is tried when the first is refused" 0
run trigger poll spare registration.changed --start all -q
lines "in the middle of a crawl, too" 2
run connection set spare -q --secret altKey=@"$tmp/wrong"
run action run spare enrollment.get -i '{"registrationId":"dev-000001"}'
gives "when both are refused, that is said" 6 'the key and the alternative key were both refused'

# --- odd ids ---
for id in 'a:b' 'A.b_c-' '-' '0' 'x:y:z.' "$(printf %0128d 7)"; do
    act enrollment.upsert "$(device "$id")"
    case $id in
    *.) gives "id '$id' is refused" 3 registrationId ;;
    *)
        act enrollment.get "{\"registrationId\":\"$id\"}"
        prints "id '$id' comes back as it was" "\"registrationId\":\"$id\""
        ;;
    esac
done

# --- two writers ---
# Each of these flips something; all that succeeded must have counted.
wanted=$(straight)
flipped=$(swapped)
for i in 1 2 3 4 5 6; do
    "$berth" action run plant enrollment.rotateKeys -q --yes \
        -i '{"registrationId":"dev-000002","key":"swap"}' >"$tmp/racer.$i" 2>&1 </dev/null &
    racers="$racers $!"
    "$berth" action run plant enrollment.update -q \
        -i "{\"registrationId\":\"dev-000002\",\"initialTwin\":{\"tags\":{\"r$i\":$i}}}" \
        >"$tmp/other.$i" 2>&1 </dev/null &
    others="$others $!"
done
swaps=0
for pid in $racers; do
    wait "$pid" && swaps=$((swaps + 1))
done
updates=0
for pid in $others; do
    wait "$pid" && updates=$((updates + 1))
done
[ $((swaps % 2)) -eq 0 ] || wanted=$flipped
note "$swaps swaps and $updates updates of 6 got through"
ok "racing swaps count as often as they succeed" is "$(straight)" "$wanted"
act enrollment.get '{"registrationId":"dev-000002"}'
ok "racing updates, too" is "$(grep -o '"r[0-9]":[0-9]' "$tmp/out" | wc -l)" "$updates"
ok "at least one of each does" test $swaps -gt 0 -a $updates -gt 0
emulator_stop
finish
