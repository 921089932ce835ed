#!/bin/sh
# HTTP/2, with a server that knows nothing else: nghttpd, which serves files and sends back the
# bodies that it gets. The emulator speaks HTTP/1.1.
. "${BERTH_SRCDIR:?}/tests/e2e/cli.sh"
PATH=$PATH:/usr/sbin
needs nghttpd openssl timeout
begin

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
    -keyout "$tmp/key.pem" -out "$tmp/cert.pem" -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost 2>/dev/null
mkdir -p "$tmp/root/enrollments"
echo '{"registrationId":"one","etag":"x","attestation":{"type":"tpm"}}' \
    >"$tmp/root/enrollments/one"

# serve: on some free port; `emulator` is its process, which the script's end ends.
serve() {
    for try in 1 2 3 4 5 6 7 8; do
        port=$((20000 + ($$ * 7 + try * 4099) % 40000))
        timeout 60 nghttpd --verbose --address=127.0.0.1 --echo-upload --htdocs="$tmp/root" \
            "$port" "$tmp/key.pem" "$tmp/cert.pem" >"$tmp/frames" 2>&1 &
        emulator=$!
        for wait in 1 2 3 4 5 6 7 8 9 10; do
            sleep 0.1
            kill -0 "$emulator" 2>/dev/null || break
            grep -q "listen 127.0.0.1:$port" "$tmp/frames" && return 0
        done
        kill "$emulator" 2>/dev/null
    done
    return 1
}

# connections: how many there were; streams: how many requests.
connections() {
    grep -o '^\[id=[0-9]*\]' "$tmp/frames" | sort -u | wc -l
}

streams() {
    grep -c 'recv HEADERS frame' "$tmp/frames"
}

is_now() {
    [ "$1" = "$2" ] || {
        note "wanted $2, got $1"
        return 1
    }
}

serve || {
    sed 's/^/# /' "$tmp/frames"
    exit 1
}
openssl rand -base64 32 >"$tmp/key"
"$berth" connection add h2 --connector azure-dps -q --ca-file "$tmp/cert.pem" \
    --set host="localhost:$port" --set keyName=owner --secret key=@"$tmp/key" --limit off

run action run h2 enrollment.get -i '{"registrationId":"one"}'
gives "an answer over HTTP/2 is read" 0
ok "it is what the server has" grep -q '"etag":"x"' "$tmp/out"
run action run h2 enrollment.get -i '{"registrationId":"two"}'
gives "a 404 over HTTP/2 is a 404" 4 'HTTP 404'
ok "each command had a connection of its own" is_now "$(connections)" 2

for i in $(seq 300); do
    echo "{\"registrationId\":\"e$i\",\"attestation\":{\"type\":\"tpm\",\"tpm\":{\"endorsementKey\":\"AAAA\"}}}"
done >"$tmp/lines"
seq -f "e%g" 300 >"$tmp/ids"
before=$(streams)
run action run h2 enrollment.create --parallel 64 -i "@$tmp/lines"
gives "a stream of writes over HTTP/2" 0
sed -n 's/.*"id":"\([^"]*\)","status":"ok".*/\1/p' "$tmp/out" >"$tmp/done"
ok "each has its answer, in order" cmp -s "$tmp/done" "$tmp/ids"
ok "each was one request" is_now $(($(streams) - before)) 300
ok "they shared one connection" is_now "$(connections)" 3
finish
