#!/bin/sh
# Faults on the wire, and the emulator's own API.
. "${BERTH_SRCDIR:?}/tests/e2e/dps.sh"
needs curl openssl
begin
emulator_start --enrollments 20 \
    --fault status=429,retryAfter=2,operation=IndividualEnrollment_Get,count=1 \
    --fault cut=10,path=/enrollments/dev-000002 \
    --fault reset,path=/enrollments/dev-000003 \
    --fault delayMs=400,path=/enrollments/dev-000004 \
    --fault pauseMs=400,path=/enrollments/dev-000005 \
    --fault malformed,path=/enrollments/dev-000006 \
    --fault html,status=502,path=/enrollments/dev-000007 \
    --fault delayMs=60000,path=/enrollments/dev-000008 \
    --fault pauseMs=300,cut=200,path=/enrollments/dev-000009 || exit 1
auth=$(sas localhost "$(policy_key provisioningserviceowner)" provisioningserviceowner)

# curl_code PATH: the exit code of curl, with the answer as far as it came.
curl_code() {
    curl -s --max-time 20 --cacert "$dir/ca.pem" -H "Authorization: $auth" -o "$tmp/body" \
        "https://localhost:$port$1?api-version=2021-10-01"
    echo $?
}

call GET /enrollments/dev-000001
ok "a fault answers with its status" is "$status $(head_value Retry-After)" "429 2"
call GET /enrollments/dev-000001
ok "as often as it was asked to" is "$status" 200
ok "a body is cut" is "$(curl_code /enrollments/dev-000002) $(wc -c <"$tmp/body" | tr -d ' ')" "18 10"
ok "a connection is reset" is "$(curl_code /enrollments/dev-000003)" 56
took_ms call GET /enrollments/dev-000004
ok "an answer is delayed" is "$status" 200
ok "as long as it was asked to" between 400 "$took" 20000
took_ms call GET /enrollments/dev-000005
ok "a body pauses" between 400 "$took" 20000
ok "and comes to its end" answered 200 '"lastUpdatedDateTimeUtc":"[^"]*"}$'
call GET /enrollments/dev-000006
ok "JSON is broken" lacks '}$'
call GET /enrollments/dev-000007
ok "another content type" is "$status $(head_value Content-Type)" "502 text/html"
ok "a body pauses and is cut" is \
    "$(curl_code /enrollments/dev-000009) $(wc -c <"$tmp/body" | tr -d ' ')" "18 200"

# many wait at once and hold up nobody
for i in 1 2 3 4 5 6 7 8; do
    curl -s --max-time 20 --cacert "$dir/ca.pem" -H "Authorization: $auth" -o /dev/null \
        "https://localhost:$port/enrollments/dev-000008?api-version=2021-10-01" &
    waiting="$waiting $!"
done
sleep 0.3
took_ms call GET /enrollments/dev-000010
ok "delays hold up nobody else" between 0 "$took" 5000

ok "the token of its own API is private" is "$(stat -c %a "$dir/admin-token")" 600
call GET /_emulator/status
ok "a policy's key does not open it" is "$status" 401
admin GET /_emulator/status
ok "its token does" is "$status $(member enrollments)" "200 20"
admin PUT /_emulator/clock -d '{"offsetSeconds":0}'
ok "it takes a body as curl sends it" is "$status" 200
admin GET /_emulator/journal
ok "the journal is one object a line" between 10 "$(wc -l <"$tmp/body")" 100
ok "and holds no signature" lacks 'sig='
admin DELETE /_emulator/faults
call GET /enrollments/dev-000006
ok "faults end when they are deleted" has '}$'
judge_answers
ok "it ends although some wait" emulator_stop
for pid in $waiting; do
    wait "$pid"
done
emulator_run --fault status=99
ok "a wrong fault is named" ended 2 99
printf '# from a file\n\n  tls, count=2\r\nstatus=503,path=/enrollments/dev-000001  # then\n' >"$tmp/rules"
emulator_start --enrollments 2 --fault "@$tmp/rules" --fault contentType=text/plain,count=1
auth=$(sas localhost "$(policy_key provisioningserviceowner)" provisioningserviceowner)
ok "TLS is refused with an alert" is "$(curl_code /enrollments/dev-000002)" 35
ok "as often as the file says" is "$(curl_code /enrollments/dev-000002)" 35
call GET /enrollments/dev-000001
ok "then it is spoken, and the file's next rule counts" is "$status" 503
call GET /enrollments/dev-000002
ok "the content type is another" is "$status $(head_value Content-Type)" "200 text/plain"
emulator_stop
printf '# one\nstatus=500,whatever\n' >"$tmp/rules"
emulator_run --fault "@$tmp/rules"
ok "a wrong rule of a file is named with its place" \
    ended 2 "rules, line 2: fault: .whatever. is not known"
emulator_run --fault "@$tmp/none"
ok "and so is a missing file" ended 2 none
finish
