#!/bin/sh
# berth-emulator as a client sees it, with curl over TLS.
. "${BERTH_SRCDIR:?}/tests/e2e/dps.sh"
needs curl openssl
begin
mkdir "$dir"
echo stale >"$dir/emulator.json"
emulator_start --page-size 3 --assign-after 0 --hubs hub-a.example.net,hub-b.example.net ||
    exit 1
owner() {
    auth=$(sas localhost "$(policy_key provisioningserviceowner)" provisioningserviceowner)
}
owner
enrollment() {
    echo "{\"registrationId\":\"$1\",\"attestation\":{\"type\":\"symmetricKey\"}${2:+,$2}}"
}

# --- what it leaves in its folder ---
ok "emulator.json names the port, host and scope" \
    is "$(field hostName) $(field deviceEndpoint)" "localhost localhost:$port"
ok "the connection string is that of the owner" \
    is "$(field connectionString)" \
    "HostName=localhost:$port;SharedAccessKeyName=provisioningserviceowner;SharedAccessKey=$(policy_key provisioningserviceowner)"
ok "caFile is absolute" is "$(field caFile)" "$(realpath "$dir")/ca.pem"
ok "what holds keys is for its owner alone" \
    is "$(stat -c %a "$dir/ca-key.pem" "$dir/server-key.pem" "$dir/keys.json" "$dir/emulator.json" | sort -u)" 600
ok "it says what it is" grep -q 'no real service' "$tmp/emulator.out"
ok "it prints no key" \
    sh -c '! grep -qF "$1" "$2"' - "$(policy_key provisioningserviceowner)" "$tmp/emulator.out"
names=$(openssl x509 -in "$dir/server.pem" -noout -ext subjectAltName | tr -d '\n')
ok "the certificate names localhost and the loopback addresses" \
    is "$(echo "$names" | tr -d ' ' | sed 's/.*critical//; s/^[^:]*://')" \
    "DNS:localhost,IPAddress:127.0.0.1,IPAddress:0:0:0:0:0:0:0:1,DNS:localhost"

# --- enrollments ---
send PUT /enrollments/Dev-1 "$(enrollment Dev-1)"
ok "creating answers 200" is "$status" 200
ok "with keys of 64 bytes" \
    is "$(member primaryKey | openssl base64 -d -A | wc -c | tr -d ' ')" 64
ok "and a quoted etag" like "$(member etag)" '"*"'
ok "and dates of seven digits" \
    has '"createdDateTimeUtc":"20..-..-..T..:..:..\.[0-9]\{7\}Z"'
etag=$(member etag)
key=$(member primaryKey)
call GET /enrollments/dev-1
ok "an id is found in any case and keeps its spelling" is "$status $(member registrationId)" "200 Dev-1"
ok "GET shows no key" lacks primaryKey
ok "a trailing slash and other case in the path do not matter" \
    is "$(call GET /Enrollments/dev-1/ && echo "$status")" 200
call POST /enrollments/dev-1/attestationmechanism -H 'Content-Length: 0'
ok "attestationmechanism shows the key" is "$status $(member primaryKey)" "200 $key"
send PUT /enrollments/dev-1 "$(enrollment dev-1)"
ok "creating it again is a conflict" is "$status $(head_value x-ms-error-code)" "409 409201"
send PUT /enrollments/dev-1 "$(enrollment dev-1)" -H 'If-Match: "other"'
ok "another etag is refused" is "$status" 412
send PUT /enrollments/dev-1 "$(enrollment dev-1)" -H "If-Match: $etag"
ok "the etag lets it be replaced" is "$status" 200
ok "by an update that gave no keys, which makes new ones" \
    differs "$(member primaryKey)" "$key"
ok "under a new etag" differs "$(member etag)" "$etag"
ok "its spelling stays" is "$(member registrationId)" Dev-1
send PUT /enrollments/nobody "$(enrollment nobody)" -H 'If-Match: *'
ok "If-Match on a missing one is 404" is "$status" 404
send PUT /enrollments/a%20b "$(enrollment 'a b')"
ok "an id with a space is 400" is "$status $(member errorCode)" "400 400004"
send PUT /enrollments/query "$(enrollment query)"
ok "the id query is reserved" is "$status" 400
send PUT /enrollments/x "$(enrollment y)"
ok "the ids of path and body must agree" is "$status" 400
send PUT /enrollments/x '{"registrationId":"x"'
ok "broken JSON is 400" is "$status" 400
call PUT /enrollments/x -H 'Content-Type: text/plain' --data "$(enrollment x)"
ok "another content type is 415" is "$status" 415
head -c 1100000 /dev/zero | tr '\0' ' ' >"$tmp/large"
call PUT /enrollments/x -H 'Content-Type: application/json' --data-binary "@$tmp/large"
ok "a body too large is 413" is "$status" 413
call PUT /enrollments/x -H 'Content-Type: application/json' -H 'Transfer-Encoding: chunked' \
    --data-binary "@$tmp/large"
ok "also when it does not say its length" is "$status" 413
call GET /enrollments
ok "GET without an id is 405" is "$status $(head_value Allow)" "405 POST"
call GET /nothing/here
ok "an unknown path is 404" is "$status" 404
call GET '/enrollments/dev-1?api-version=2019-04-15'
ok "an unknown api-version is named" is "$status $(member message)" \
    "400 Unsupported API version 2019-04-15."
ok "errors carry the request id" is "$(member trackingId)" "$(head_value x-ms-request-id)"
call GET '/enrollments/dev-1?other=1'
ok "a missing api-version is 400" is "$status" 400
twin='"initialTwin":{"tags":{"a":1.10,"b":[1, 2]},"properties":{"desired":{"big":1e2,"s":"\u00e9 \"x\""}}}'
send PUT /enrollments/twin "$(enrollment twin "$twin")"
call GET /enrollments/twin
ok "a twin is kept word for word" has \
    '"initialTwin":{"tags":{"a":1.10,"b":\[1,2\]},"properties":{"desired":{"big":1e2,"s":"\\u00e9 \\"x\\""}}}'
call DELETE /enrollments/twin
ok "delete answers 204 without a body" is "$status $(wc -c <"$tmp/body" | tr -d ' ')" "204 0"
call DELETE /enrollments/twin
ok "deleting it again is 404" is "$status $(member errorCode)" "404 404201"

# --- queries ---
for id in Q1 q2 Q3 q4 q5; do
    send PUT /enrollments/$id "$(enrollment $id)"
done
send POST /enrollments/query '{"query":"nonsense"}' -H 'x-ms-max-item-count: 1000'
ok "a page is capped" is "$status $(grep -o '"registrationId"' "$tmp/body" | wc -l | tr -d ' ')" "200 3"
ok "it names its item type" is "$(head_value x-ms-item-type)" Enrollment
ok "queries show no key" lacks primaryKey
token=$(head_value x-ms-continuation)
send PUT /enrollments/a-first "$(enrollment a-first)"
call DELETE /enrollments/q2
send POST /enrollments/query '{"query":"nonsense"}' -H "x-ms-continuation: $token"
ok "the token goes on where the page ended, whatever was added or deleted" \
    is "$(grep -o '"registrationId":"[^"]*"' "$tmp/body" | cut -d'"' -f4 | tr '\n' ' ')" "Q3 q4 q5 "
ok "the last page has no token" is "$(head_value x-ms-continuation)" ""
send POST /enrollments/query '{"query":"other"}' -H "x-ms-continuation: $token"
ok "a token of another query is 400000" is "$status $(member errorCode)" "400 400000"
send POST /enrollmentGroups/query '{"query":"nonsense"}' -H "x-ms-continuation: $token"
ok "nor does it fit another list" is "$status" 400
send POST /enrollments/query '{"query":"nonsense"}' -H "x-ms-continuation: x$token"
ok "nor when it was changed" is "$status" 400
send POST /enrollments/query '{}'
ok "the query text is demanded" is "$status" 400

# --- bulk ---
send POST /enrollments/ "{\"mode\":\"create\",\"enrollments\":[$(enrollment b1),$(enrollment Q1),$(enrollment b2)]}"
ok "bulk answers 200 when a part fails" is "$status $(member isSuccessful)" "200 false"
ok "and names the one that failed" is "$(member registrationId) $(member errorCode)" "Q1 409201"
call GET /enrollments/b2
ok "the others are stored" is "$status" 200
etag=$(member etag | sed 's/"/\\"/g')
send POST /enrollments "{\"mode\":\"updateIfMatchETag\",\"enrollments\":[$(enrollment b1 '"etag":"old"'),$(enrollment b2 "\"etag\":\"$etag\"")]}"
ok "bulk compares etags" is "$(member registrationId) $(member errorCode)" "b1 412201"
send POST /enrollments '{"mode":"delete","enrollments":[{"registrationId":"b1"},{"registrationId":"b2"}]}'
ok "bulk deletes" is "$status $(member isSuccessful)" "200 true"
many=$(for i in 1 2 3 4 5 6 7 8 9 10 11; do printf '%s%s' "${comma-}" "$(enrollment m$i)"; comma=,; done)
send POST /enrollments "{\"mode\":\"create\",\"enrollments\":[$many]}"
ok "more than ten are refused" is "$status" 400

# --- who may what ---
auth=
call GET /enrollments/q1
ok "without a token: 401" is "$status $(member errorCode)" "401 401002"
auth=$(sas localhost "$(policy_key actions)" provisioningserviceowner)
call GET /enrollments/q1
ok "with the key of another policy: 401" is "$status" 401
now=$(date +%s)
auth=$(sas localhost "$(policy_key provisioningserviceowner)" provisioningserviceowner $((now - 280)))
call GET /enrollments/q1
ok "a token is taken 280 s after its expiry" is "$status" 200
auth=$(sas localhost "$(policy_key provisioningserviceowner)" provisioningserviceowner $((now - 310)))
call GET /enrollments/q1
ok "and not 310 s after it" is "$status" 401
auth=$(sas "LOCALHOST%3a$port%2fenrollments" "$(policy_key enrollmentread secondaryKey)" enrollmentread)
call GET /enrollments/q1
ok "the secondary key, a port, other case and a longer sr are good" is "$status" 200
call DELETE /enrollments/q1
ok "a right that is missing is 401" is "$status $(member message)" "401 Unauthorized"
auth=$(sas localhost/registrations "$(policy_key provisioningserviceowner)" provisioningserviceowner)
call GET /enrollments/q1
ok "sr for another path is 401" is "$status" 401
auth=$(sas elsewhere "$(policy_key provisioningserviceowner)" provisioningserviceowner)
call GET /enrollments/q1
ok "sr for another host is 401" is "$status" 401
auth="SharedAccessSignature sr=localhost&se=1"
call GET /enrollments/q1
ok "half a token is 401" is "$status" 401
owner

# --- devices ---
register() {
    device=$1
    auth=$(sas "$scope/registrations/$device" "$2" registration)
    send PUT "/$scope/registrations/$device/register" "{\"registrationId\":\"$device\"}"
}
group_key=$(openssl rand -base64 64 | tr -d '\n')
send PUT /enrollmentGroups/Line-1 "{\"enrollmentGroupId\":\"Line-1\",\"attestation\":{\"type\":\"symmetricKey\",\"symmetricKey\":{\"primaryKey\":\"$group_key\"}}}"
ok "a group keeps the key it was given" is "$status $(member primaryKey)" "200 $group_key"
send PUT /enrollments/single "$(enrollment single '"deviceId":"Other-Name","iotHubs":["hub-b.example.net"]')"
key=$(member primaryKey)
send PUT /enrollments/pinned "$(enrollment pinned '"iotHubs":["hub-z.example.net"]')"
pinned_key=$(member primaryKey)
send PUT /enrollments/off "$(enrollment off '"provisioningStatus":"disabled"')"
off_key=$(member primaryKey)
register single "$key"
ok "a device registers with its key" is "$status $(member assignedHub) $(member deviceId)" \
    "200 hub-b.example.net Other-Name"
operation=$(member operationId)
call GET "/$scope/registrations/single/operations/$operation" -H 'Content-Type: application/json' --data '{}'
ok "its operation can be looked up by a GET with a body" is "$status $(member substatus)" "200 initialAssignment"
call GET "/$scope/registrations/single/operations/other"
ok "another operation is 404" is "$status" 404
send POST "/$scope/registrations/single" '{"registrationId":"single"}'
ok "its status can be looked up" is "$status $(member assignedHub)" "200 hub-b.example.net"
register single "$key"
ok "registering again goes back to the same hub" is "$(member substatus)" reprovisionedToInitialAssignment
register single "$group_key"
ok "another key is 401" is "$status $(member errorCode)" "401 401002"
register Node-7 "$(hmac "$group_key" Node-7)"
ok "a device registers with a key derived from its group's" is "$status $(member enrollmentGroupId)" "200 Line-1"
register node-8 "$(hmac "$group_key" node-8)"
register pinned "$pinned_key"
ok "a hub that is not linked fails the registration" is "$status $(member errorCode)" "200 400208"
register off "$off_key"
ok "a disabled enrollment says so" is "$status $(member status)" "200 disabled"
auth=
send PUT "/$scope/registrations/single/register" '{}'
ok "without a token the missing X.509 is named" answered 401 X.509
owner
call GET /enrollments/single
ok "GET of an enrollment shows its registration" has '"registrationState":{"registrationId":"single"'
call GET /registrations/node-7
ok "a registration can be read" is "$status $(member status) $(member registrationId)" "200 assigned Node-7"
state_etag=$(member etag)
ok "its etag is base64 of the quoted one" \
    like "$(printf %s "$state_etag" | openssl base64 -d -A)" '"*"'
call GET /registrations/pinned
ok "a failed one is kept with its reason" is "$(member status) $(member errorCode)" "failed 400208"
call POST /registrations/line-1/query
ok "the registrations of a group are listed, with no body" \
    is "$status $(grep -o '"registrationId"' "$tmp/body" | wc -l | tr -d ' ') $(head_value x-ms-item-type)" \
    "200 2 DeviceRegistration"
call DELETE /enrollmentGroups/line-1
call GET /registrations/node-8
ok "deleting a group leaves its registrations" is "$status" 200
call DELETE /registrations/node-7 -H 'If-Match: "other"'
ok "a registration is not deleted under another etag" is "$status" 412
call DELETE /registrations/node-7 -H "If-Match: $state_etag"
ok "but under its own" is "$status" 204
call DELETE /enrollments/single
call GET /registrations/single
ok "deleting an enrollment takes its registration along" is "$status" 404

# --- bad clients ---
tls() {
    timeout 1 openssl s_client -quiet -connect "localhost:$port" -CAfile "$dir/ca.pem" 2>/dev/null
}
printf 'GET /enrollments/q' | tls >/dev/null
printf 'PUT /enrollments/q1?api-version=2021-10-01 HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{' | tls >/dev/null
printf 'garbage\r\n\r\n' | timeout 1 openssl s_client -quiet -connect "localhost:$port" >/dev/null 2>&1
call GET "/enrollments/%zz"
ok "a broken escape is refused" is "$status" 404
call GET "/enrollments/$(head -c 20000 /dev/zero | tr '\0' a)"
ok "a long path is refused" like "$status" '4??'
call GET /enrollments/q1 -H "X-Large: $(head -c 60000 /dev/zero | tr '\0' a)"
# Who closes while bytes still come cuts the connection, sometimes before the 431 is read (000).
ok "giant headers are refused" sh -c 'case $1 in 431 | 000) ;; *) exit 1 ;; esac' - "$status"
call GET /enrollments/q1
ok "unfinished and broken requests do no harm" is "$status" 200
ok "TLS 1.1 is not spoken" sh -c '! curl -s --max-time 10 --tls-max 1.1 --cacert "$1" "$2" >/dev/null 2>&1' \
    - "$dir/ca.pem" "https://localhost:$port/"

# --- again ---
judge_answers
before=$(policy_key triggers)$(field idScope)$(cksum <"$dir/ca.pem")
ok "it ends when it is told to" emulator_stop
emulator_start --host-name dps.example.test --enrollments 7 --groups 2 --devices-per-group 5 \
    --assign-after 60000 --retry-after 7 --quota 9
ok "keys, scope and CA are kept across starts" \
    is "$(policy_key triggers)$(field idScope)$(cksum <"$dir/ca.pem")" "$before"
ok "the certificate is made anew for another host name" \
    sh -c 'openssl x509 -in "$1" -noout -ext subjectAltName | grep -q dps.example.test' - "$dir/server.pem"
auth=$(sas dps.example.test "$(policy_key provisioningserviceowner)" provisioningserviceowner)
send POST /enrollments/query '{"query":"*"}'
ok "seven enrollments were made" is "$(grep -o '"registrationId"' "$tmp/body" | wc -l | tr -d ' ')" 7
call POST /registrations/group-002/query
ok "and five devices in a group" is "$(grep -o '"status":"assigned"' "$tmp/body" | wc -l | tr -d ' ')" 5
call POST /enrollments/dev-000003/attestationmechanism -H 'Content-Length: 0'
key=$(member primaryKey)
register dev-000003 "$key"
ok "while it is assigned: 202 and when to come back" \
    is "$status $(member status) $(head_value Retry-After)" "202 assigning 7"
ok "and where it is" is "$(head_value Location)" \
    "https://localhost:$port/$scope/registrations/dev-000003/register"
call GET "/$scope/registrations/dev-000003/operations/$(member operationId)"
ok "the operation says so too" is "$status $(member status)" "202 assigning"
auth=$(sas dps.example.test "$(policy_key provisioningserviceowner)" provisioningserviceowner)
for i in 1 2 3 4 5 6; do
    call GET /enrollments/dev-000001
done
ok "the ninth operation is let through" is "$status" 200
call GET /enrollments/dev-000001
ok "the tenth in a minute is not" is "$status $(member errorCode)" "429 429001"
ok "and is told how long to wait" between 1 "$(head_value Retry-After)" 60
emulator_stop

# --- the state in a file ---
state=$tmp/state
emulator_start --state "$state" --enrollments 2
owner
send PUT /enrollments/kept "$(enrollment kept)"
etag=$(member etag)
admin POST /_emulator/snapshot -d '{"name":"one"}'
ok "a snapshot is made" is "$status" 204
ok "for its owner alone" is "$(stat -c %a "$dir/snapshot-one.state")" 600
call DELETE /enrollments/kept
admin POST /_emulator/restore -d '{"name":"one"}'
ok "and restored" is "$status $(member enrollments)" "200 3"
admin POST /_emulator/restore -d '{"name":"two"}'
ok "one that is not there is 404" is "$status" 404
admin POST /_emulator/save -d '{}'
ok "the state is saved on demand" is "$status $(head -c 24 "$state")" '204 {"berth-emulator state":'
send PUT /enrollments/later "$(enrollment later)"
ok "it ends and saves" emulator_stop
emulator_start --state "$state"
owner
call GET /enrollments/later
ok "what was saved at the end is there at the next start" is "$status" 200
call GET /enrollments/kept
ok "under its old etag" is "$(member etag)" "$etag"
emulator_stop
head -c 300 "$state" >"$tmp/cut"
emulator_run --state "$tmp/cut"
ok "a cut state is refused with its name" ended 1 "$tmp/cut: is cut off"
ok "and left as it was" is "$(wc -c <"$tmp/cut" | tr -d ' ')" 300
head -c -1 "$state" >"$tmp/cut"
emulator_run --state "$tmp/cut"
ok "also by its last byte alone" ended 1 "$tmp/cut: is cut off"
emulator_run --state "$tmp/none/state"
ok "one that could not be saved is named at the start" \
    ended 1 "none/state"
emulator_run --state "$dir/ca.pem"
ok "a foreign file, too" ended 1 "ca.pem: is no state"

# --- a certificate in the TLS connection ---
emulator_start --assign-after 0
owner
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=Cert-1 \
    -keyout "$tmp/cert-key.pem" -out "$tmp/cert.pem" 2>/dev/null
pem=$(awk '{printf "%s\\n", $0}' "$tmp/cert.pem")
send PUT /enrollments/cert-1 "{\"registrationId\":\"cert-1\",\"attestation\":{\"type\":\"x509\",\"x509\":{\"clientCertificates\":{\"primary\":{\"certificate\":\"$pem\"}}}}}"
ok "an enrollment takes a certificate" is "$status" 200
auth=
send PUT "/$scope/registrations/cert-1/register" '{}' --cert "$tmp/cert.pem" --key "$tmp/cert-key.pem"
ok "the device that holds its key registers" is "$status $(member deviceId)" "200 cert-1"
ok "and is told what was seen of it" has '"x509":{"certificateInfo":{"subjectName":"CN=Cert-1"'
send PUT "/$scope/registrations/cert-2/register" '{}' --cert "$tmp/cert.pem" --key "$tmp/cert-key.pem"
ok "but not under another name" is "$status $(member message)" "401 Invalid certificate"
send PUT "/$scope/registrations/cert-1/register" '{}' --cert "$dir/server.pem" --key "$dir/server-key.pem"
ok "nor another in its place" is "$status" 401
printf 'basicConstraints=critical,CA:TRUE\n' >"$tmp/ca.ext"
printf 'basicConstraints=critical,CA:FALSE\n' >"$tmp/leaf.ext"
for name in line leaf; do
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$name-1" \
        -keyout "$tmp/$name-key.pem" -out "$tmp/$name.csr" 2>/dev/null
done
openssl x509 -req -in "$tmp/line.csr" -signkey "$tmp/line-key.pem" -days 90 -extfile "$tmp/ca.ext" \
    -out "$tmp/line.pem" 2>/dev/null
openssl x509 -req -in "$tmp/leaf.csr" -CA "$tmp/line.pem" -CAkey "$tmp/line-key.pem" -CAcreateserial \
    -days 30 -extfile "$tmp/leaf.ext" -out "$tmp/leaf.pem" 2>/dev/null
leaf() {
    auth=
    send PUT "/$scope/registrations/leaf-1/register" '{}' --cert "$tmp/leaf.pem" --key "$tmp/leaf-key.pem"
}
leaf
ok "nobody vouches for a device yet" is "$status" 404
owner
pem=$(awk '{printf "%s\\n", $0}' "$tmp/line.pem")
signed="\"attestation\":{\"type\":\"x509\",\"x509\":{\"signingCertificates\":{\"primary\":{\"certificate\":\"$pem\"}}}}"
send PUT /enrollmentGroups/line "{\"enrollmentGroupId\":\"line\",$signed}"
leaf
ok "a device comes in by its group's signing certificate" \
    is "$status $(member enrollmentGroupId)" "200 line"
owner
send PUT /enrollments/leaf-1 "{\"registrationId\":\"leaf-1\",$signed}"
leaf
ok "or by that of its own enrollment" is "$status $(member enrollmentGroupId)" "200 "
owner
send PUT /enrollments/leaf-1 '{"registrationId":"leaf-1","attestation":{"type":"x509","x509":{"caReferences":{"primary":"a"}}}}' -H 'If-Match: *'
leaf
ok "but by no reference" answered 401 signingCertificates
owner
call DELETE /enrollments/leaf-1
judge_answers
admin PUT /_emulator/clock -d '{"offsetSeconds":5184000}'
leaf
ok "nor when its certificate has expired" answered 401 expired
emulator_stop

# --- devices of its own, another time, the real quota ---
before=$scope
emulator_start --devices 3 --register-rate 50 --assign-after 0 --clock 1900000000 --id-scope 0ne00111111
ok "an id scope is as it is given" is "$(field idScope)" 0ne00111111
auth=$(sas localhost "$(policy_key provisioningserviceowner)" provisioningserviceowner 1900000600)
tries=0
until call GET /registrations/fleet-000003 && [ "$status" = 200 ] || [ $tries -gt 100 ]; do
    tries=$((tries + 1))
    sleep 0.05
done
ok "devices register on their own" is "$status $(member status)" "200 assigned"
ok "at the time that was given" \
    like "$(member createdDateTimeUtc)" '2030-03-17T17:4*'
ok "and the answers' Date says so, too" grep -qi '^date: Sun, 17 Mar 2030 17:4' "$tmp/head"
emulator_stop
emulator_start --quota real --enrollments 1 --latency 200
ok "and the folder's own afterwards" is "$(field idScope)" "$before"
owner
took_ms call GET /enrollments/dev-000001
ok "each answer takes a round trip" between 200 "$took" 20000
ok "and is no other" is "$status" 200
emulator_stop

# --- a million ---
if [ "${BERTH_TEST_FULL:-}" ]; then
    took_ms emulator_start --enrollments 1000000
    ok "a million enrollments are made in 30 seconds" between 0 "$took" 30000
    ok "in at most 1.5 GB" \
        between 1 "$(awk '/^VmHWM/ {print $2}' "/proc/$emulator/status")" 1500000
    owner
    send PUT /enrollments/dev-1000000 "$(enrollment dev-1000000)" -H 'If-Match: *'
    ok "and can be changed like any other" is "$status" 200
    emulator_stop
else
    skip "a million enrollments" "only in make check-all"
fi

# --- the command line ---
"$BERTH_BUILDDIR/berth-emulator" >"$tmp/body" 2>&1
code=$?
ok "without --dir it says what is missing" ended 2 --dir
emulator_run --listen nonsense
ok "a bad address is named" ended 2 nonsense
emulator_run --listen 127.0.0.1:65536 --exit-after 1
ok "and so is a port that cannot be" ended 2 65536
emulator_run --policy "x:all:@$tmp/none"
ok "a policy whose key is missing is named" ended 2 "$tmp/none"
emulator_run --policy x:all
ok "and so is one without a file" ended 2 "x:all"
emulator_run --register-rate 0
ok "a rate of nothing is refused" ended 2 register-rate
emulator_run --id-scope 0ne-1
ok "an id scope that cannot be is named" ended 2 0ne-1
emulator_run --quota some
ok "a bad number is named" ended 2 some
emulator_run --dir "$tmp/body/x"
ok "a folder that cannot be is named" ended 1 body/x
emulator_run --exit-after 1 --hubs a.example.net
ok "it ends by itself" is $code 0
ok "on loopback it warns of nobody" lacks WARNING
emulator_run --exit-after 1 --listen 0.0.0.0:0
ok "it says loudly when other machines can reach it" ended 0 WARNING
if [ -e /proc/net/if_inet6 ] && grep -q '^0*1 ' /proc/net/if_inet6; then
    emulator_run --exit-after 1 --listen '[::1]:0'
    ok "it listens on an IPv6 address" is $code 0
else
    skip "it listens on an IPv6 address" "this machine has none"
fi

# --- a page of many records, for a request that leaves little room to list them ---
emulator_start --enrollments 20000 --page-size 20000
owner
filler=$(head -c 26000 /dev/zero | tr '\0' x)
for wanted in 2500 20000; do
    send POST /enrollments/query '{"query":"SELECT * FROM enrollments"}' \
        -H "x-ms-max-item-count: $wanted" -H "X-Filler: $filler"
    ok "a page of $wanted comes whole" \
        is "$status $(grep -o '"registrationId"' "$tmp/body" | wc -l)" "200 $wanted"
done
emulator_stop
echo '{' >"$dir/keys.json"
emulator_run
ok "a damaged key file is refused with its name" ended 1 keys.json
finish
