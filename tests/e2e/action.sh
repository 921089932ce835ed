#!/bin/sh
# Actions, once and as streams.
. "${BERTH_SRCDIR:?}/tests/e2e/cli.sh"
begin
# Reading "slow" is answered after a minute.
with_emulator --enrollments 3 --fault delayMs=60000,path=/enrollments/slow

# --- one input ---
run action run plant enrollment.create -i "$(device Dev-1)"
gives "a literal input gives the bare result" 0
prints "with secrets masked" '^{"registrationId":"Dev-1",.*"primaryKey":"\*\*\*"'
run action run plant enrollment.create -i "$(device dev-1)"
gives "a conflict is one sentence and a code" 7 'enrollment.upsert'
prints_nothing "and nothing on stdout"
run action run plant enrollment.secrets -i '{"registrationId":"dev-1"}'
prints "secret outputs are masked" '"primaryKey":"\*\*\*"'
run action run plant enrollment.secrets -i '{"registrationId":"dev-1"}' --show-secrets
prints "unless they are asked for" '"primaryKey":"[A-Za-z0-9+/]*=*"'
run action run plant enrollment.get -i '{"registrationId":"nobody"}'
gives "what is not there" 4
run action run plant enrollment.get -i '{"registrationId":"dev-1"}' -o json
prints "json is indented" '^  "registrationId": "Dev-1",$'
run action run plant enrollment.get -i '{"registrationId":"dev-1"}' -o table
prints "a table has a row for each member" '^registrationId *Dev-1$' '^attestation.type *symmetricKey$'
run action run plant enrollment.list
gives "no input is an empty one" 0
lines "an action that lists gives a line for each item" 4
run action run plant enrollment.list -o json
ok "or an array" sh -c 'head -c 1 "$1" | grep -q "\["; tail -n 1 "$1" | grep -q "^\]$"' - "$tmp/out"
run action run plant enrollment.list -o table
prints "or a table" '^registrationId ' '^Dev-1 '

# --- bad input ---
run action run plant enrollment.gte
gives "an unknown action" 4 "did you mean 'enrollment.get'"
run action run plant enrollment.changed
gives "a trigger is no action" 4 'trigger'
run action run plant enrollment.get -i '{"registrationID":"x"}'
gives "an unknown member" 3 'registrationID'
run action run plant enrollment.get
gives "a member that is missing" 3 'registrationId'
run action run plant enrollment.get -i '{"registrationId":"a b"}'
gives "a value that cannot be" 3 "'a b'"
run action run plant enrollment.get -i 'registrationId=x'
gives "no JSON" 3 'not JSON: byte'
run action run plant enrollment.get -i '[]'
gives "no object" 3 'not a JSON object'
run action run plant enrollment.get -i @"$tmp/none"
gives "a file that is not there" 3 'none'
run action run plant enrollment.get -i @"$tmp"
gives "a folder" 3 'folder'
hush=MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=
run action run plant enrollment.create -i \
    "{\"registrationId\":\"s\",\"attestation\":{\"type\":\"symmetricKey\",\"symmetricKey\":{\"primaryKey\":\"$hush\"}}}"
gives "a secret on the command line is refused" 3 'attestation/symmetricKey/primaryKey is a secret' '-i @FILE'
ok "without saying it" sh -c '! grep -qF "$1" "$2"' - "$hush" "$tmp/err"
run action run plant enrollment.get -i '{"registrationId":"s"}'
gives "and nothing was done" 4

# --- what asks first ---
run action run plant enrollment.delete -i '{"registrationId":"Dev-1"}'
gives "what destroys asks first" 2 'give --yes'
run action run plant enrollment.get -i '{"registrationId":"Dev-1"}'
gives "and did nothing" 0
feed '{"registrationId":"dev-000001"}
{"registrationId":"dev-000002"}
' action run plant enrollment.delete -i -
gives "so does a stream of it" 2 'give --yes'
prints_nothing "and prints nothing"
run action run plant enrollment.list
lines "and did nothing, either" 4
run action run plant enrollment.delete --yes -i '{"registrationId":"Dev-1"}'
gives "with --yes it is done" 0 'enrollment.delete: done'
prints_nothing "and has no result"

# --- the examples in help ---
"$berth" connector show azure-dps -o json |
    sed -n 's/^    "\([a-z][A-Za-z]*\.[A-Za-z]*\)": {$/\1/p' | grep -v changed >"$tmp/actions"
ok "there are actions" test "$(wc -l <"$tmp/actions")" -gt 20
wrong=
while read -r action; do
    "$berth" action run plant "$action" --help |
        sed -n "s/^  berth .* -i '\(.*\)'\$/\1/p; s/^  with this in input.json: //p" >"$tmp/example"
    [ -s "$tmp/example" ] || continue
    sed -i 's/"groupKey":"..."/"groupKey":"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU2Nzg5"/' "$tmp/example"
    "$berth" action run plant "$action" -i @"$tmp/example" --dry-run -q >"$tmp/out" 2>&1 ||
        wrong="$wrong $action"
done <"$tmp/actions"
ok "each example can be used as it stands" test -z "$wrong"
[ -z "$wrong" ] || note "$wrong"
ok "an example of a new enrollment says how the device proves itself" \
    sh -c '"$1" action run plant enrollment.create --help |
        grep -q "attestation.:{.type.:.symmetricKey.}"' - "$berth"

# --- dry run ---
run action run plant enrollment.delete --dry-run -i '{"registrationId":"dev-000001"}'
gives "a dry run needs no consent" 0
prints "and shows the request, signature masked" '^{"request":{"method":"DELETE","url":"https://localhost:[0-9]*/enrollments/dev-000001?api-version=' '"Authorization":"\*\*\*"'
run action run plant enrollment.disable --dry-run -i '{"registrationId":"dev-000001"}'
prints "and the steps of what needs answers" '"request":{"method":"GET"' '^{"steps":\['
run action run plant enrollment.disable --dry-run=read -i '{"registrationId":"dev-000001"}'
prints "=read sends what only reads" '"request":{"method":"PUT"' '"provisioningStatus":"disabled"' '"symmetricKey":"\*\*\*"'
feed "$(devices 1 2)" action run plant enrollment.create --dry-run -i -
prints "in a stream each line has its number" '^{"line":1,"request"' '^{"line":2,"request"'
run action run plant enrollment.list
lines "nothing of this changed anything" 3

# --- streams ---
feed "$(devices 1 50)
" action run plant enrollment.create -i -
gives "a stream of creations" 0
lines "gives a result for each line" 50
ok "in the order of the input" sh -c 'awk -F"[:,]" "\$2 != NR {exit 1}" "$1"' - "$tmp/out"
prints "with its id" '^{"line":7,"id":"d7","status":"ok","result":{'
feed "$(device d1)

{\"registrationId\":\"d2\",\"oops\":1}
{broken
[]
$(device new)" action run plant enrollment.create -i -
gives "some of several failed" 9
lines "blank lines give nothing, each other line one result" 5
prints "each line has its status" '^{"line":1,"id":"d1","status":"conflict","error":{"class":"conflict","code":"alreadyExists","httpStatus":409,"serviceCode":"409201"' \
    '^{"line":3,"id":"d2","status":"invalid"' '^{"line":4,"status":"invalid"' '^{"line":5,"status":"invalid"' \
    '^{"line":6,"id":"new","status":"ok"'
feed '{"registrationId":"d1"}
{"registrationId":"d2"}' action run plant enrollment.create -i -
gives "when all are invalid, that is the code" 3
feed '{"registrationId":"x1"}
{"registrationId":"x2"}' action run plant enrollment.get -i -
gives "when all are not found, that" 4
feed '{"registrationId":"x1"}
{bad' action run plant enrollment.get -i -
gives "when they differ, 1" 1
feed '
  
' action run plant enrollment.get -i -
gives "blank input is nothing to do" 0 'nothing to do'
feed '{
  "registrationId": "d1"
}' action run plant enrollment.get -i -
prints "an object may span lines" '^{"line":1,"id":"d1","status":"ok"'
feed "[{\"registrationId\":\"d1\"}, {\"registrationId\":\"d2\"}]" action run plant enrollment.get -i -
prints "an array gives its elements" '^{"line":2,"id":"d2","status":"ok"'
feed '[{"registrationId":"d1"},' action run plant enrollment.get -i -
gives "an array that does not end is an error" 9 'after element 1'
lines "what stood before is carried out" 1
feed '{"registrationId":"d1"}' action run plant enrollment.get -i - -o json
ok "json makes an array of the results" sh -c 'head -n 1 "$1" | grep -q "^\[$"; tail -n 1 "$1" | grep -q "^\]$"' - "$tmp/out"
feed '{"registrationId":"d1"}
{"registrationId":"x"}' action run plant enrollment.get -i - -o table
prints "a table has line, id, status" '^LINE  ID  STATUS' '^1     d1  ok' '^2     x   not_found .*HTTP 404'
{
    printf '{"registrationId":"'
    head -c 5000000 /dev/zero | tr '\0' x
    printf '"}\n{"registrationId":"d1"}\n'
} | "$berth" action run plant enrollment.get -i - >"$tmp/out" 2>"$tmp/err"
prints "a line over 4 MB is invalid, the next is read" '^{"line":1,"status":"invalid".*4 MB' '^{"line":2,"id":"d1","status":"ok"'
printf '{}\n{}\n' >"$tmp/lists"
run action run plant enrollment.list -i @"$tmp/lists"
lines "lists in a stream give their items and a status" $((2 * (54 + 1)))
prints "each with its line" '^{"line":2,"item":{"registrationId"' '^{"line":2,.*"status":"ok"}'

# --- order ---
for i in 1 2 3 4 5 6 7 8 9 10; do
    for status in disabled enabled; do
        printf '{"registrationId":"%s","provisioningStatus":"%s"}\n' "$([ $i -gt 5 ] && echo D1 || echo d1)" $status
    done
    printf '{"registrationId":"d%s","provisioningStatus":"disabled"}\n' $((i + 1))
done >"$tmp/order"
run action run plant enrollment.update --parallel 16 -i @"$tmp/order"
gives "lines of the same id are carried out one after the other" 0
run action run plant enrollment.get -i '{"registrationId":"d1"}'
prints "so the last one counts" '"provisioningStatus":"enabled"'

# --- bulk ---
printf '{"mode":"create","enrollments":[%s,%s,%s]}' "$(device d1)" "$(device b1)" "$(device b2)" >"$tmp/bulk"
run action run plant enrollment.bulk -i @"$tmp/bulk"
gives "a batch of which some failed is no success" 9
prints "and says which" '"status":"conflict"' '"succeeded":2,"failed":1'
run action run plant enrollment.bulk -i "$(cat "$tmp/bulk")"
gives "of which all failed has their code" 7 '3 of 3 elements failed'

# --- CSV ---
printf '\357\273\277registrationId,attestation.type,initialTwin.tags.site,capabilities.iotEdge\r\n"c1",symmetricKey,"Oslo, west",true\r\nc2,symmetricKey,,\r\n' >"$tmp/csv"
cp "$tmp/csv" "$tmp/forgot.csv"
run action run plant enrollment.create -i @"$tmp/forgot.csv"
gives "CSV without --csv is noticed" 3 'forgot.csv is read as JSON: give --csv'
run action run plant enrollment.create --csv -i @"$tmp/csv"
gives "CSV as factories deliver it" 0
prints "is typed by the schema" '^{"line":2,"id":"c1".*"site":"Oslo, west".*"iotEdge":true'
feed 'registrationId,atestation.type
c3,symmetricKey' action run plant enrollment.create --csv -i -
gives "a wrong title is refused at once" 3 "did you mean 'attestation'"
feed 'registrationId,attestation.type,capabilities.iotEdge
c3,symmetricKey,perhaps
c4,symmetricKey
c5,symmetricKey,false
' action run plant enrollment.create --csv -i -
gives "a wrong cell is its line's fault alone" 9
prints "and is named" "'perhaps' is not true or false" 'the row has 2 cells' '^{"line":4,"id":"c5","status":"ok"'

# --- numbers keep their digits ---
# digits NAME: 0.1 is what is printed, in the middle of whatever else.
digits() {
    prints "$1" '[ :]0.1\([^0-9]\|$\)'
}
real='{"registrationId":"real","attestation":{"type":"symmetricKey"},"initialTwin":{"tags":{"x":0.1}}}'
for format in ndjson json table; do
    run action run plant enrollment.create -i "$real" --dry-run -o $format
    digits "in a request, as $format"
    run action run plant enrollment.upsert -i "$real" -o $format
    digits "in a result, as $format"
done
feed 'registrationId,attestation.type,initialTwin
real,symmetricKey,"{""tags"":{""x"":0.1}}"
' action run plant enrollment.upsert --csv -i -
digits "from CSV"
"$berth" action run plant enrollment.get -i '{"registrationId":"real"}' --show-secrets -o json >"$tmp/out"
digits "with secrets"

# --- an empty listing is looked into ---
run action run plant enrollmentGroup.create -q -i '{"enrollmentGroupId":"empty","attestation":{"type":"symmetricKey"}}'
run action run plant registration.list -i '{"enrollmentGroupId":"empty"}'
gives "a group without registrations has none" 0
prints_nothing "which is nothing to print"
run action run plant registration.list -i '{"enrollmentGroupId":"emtpy"}'
gives "a group that does not exist is told" 4 'There is no enrollment group of this id'
run action run plant registration.list -i '{"enrollmentGroupId":"emtpy"}' --dry-run
prints "the listing is one request, and steps" '"url":"https://.*/registrations/emtpy/query?' '"steps":\[.*when it is empty'

# --- refusals ---
connect reader enrollmentread
run action run reader enrollment.create -i "$(device r1)"
gives "a right that is missing" 6 'EnrollmentWrite\|right'
"$berth" connection add away --connector azure-dps -q --set host=localhost:9 --set keyName=k \
    --secret key=@"$tmp/key" --ca-file "$dir/ca.pem"
run action run away enrollment.get -i '{"registrationId":"x"}' --timeout 3
ok "a service that is not there" test "$code" = 5 -o "$code" = 124
[ "$code" = 5 ] || [ "$code" = 124 ] || show
run action run plant enrollment.get -i '{"registrationId":"slow"}' --timeout 0.3
gives "an operation that takes too long" 124
feed '{"registrationId":"slow"}' action run plant enrollment.get -i - --timeout 0.3
gives "in a stream, too" 124
prints "has the status timeout" '^{"line":1,"id":"slow","status":"timeout"'
: >"$tmp/err"
"$berth" -v action run plant enrollment.get -i '{"registrationId":"slow"}' >"$tmp/out" 2>"$tmp/err" </dev/null &
pid=$!
await grep -q 'GET.*slow' "$tmp/err"
kill -TERM $pid
wait $pid
code=$?
gives "a signal cancels what is in flight" 130
prints_nothing "which has no result"
run -v action run plant enrollment.get -i '{"registrationId":"d1"}'
ok "the wire log tells of requests" grep -q 'GET.*/enrollments/d1' "$tmp/err"
ok "and of no signature" sh -c '! grep -q "sig=[A-Za-z0-9%]" "$1"' - "$tmp/err"
judge_answers
emulator_stop
finish
