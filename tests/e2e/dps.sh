# Speaking to berth-emulator, whose folder is $dir, with curl and openssl. Sets `status` and leaves
# body and headers in $tmp/body, $tmp/head.
. "${BERTH_SRCDIR:?}/tests/tap.sh"

# The script's own folder goes with it, and the emulator ends.
begin() {
    tmp=$(mktemp -d "${TMPDIR:-/tmp}/berth-e2e.XXXXXX") || exit 1
    emulator=
    trap 'test -z "$emulator" || kill "$emulator" 2>/dev/null; rm -rf "$tmp"' EXIT
    trap 'exit 1' INT TERM
    dir=$tmp/emu
    BERTH_HOME=$tmp/home
    export BERTH_HOME
}

# field NAME: a string or number member of emulator.json.
field() {
    sed -n "s/^  \"$1\": \"\\{0,1\\}\\([^\",]*\\)\"\\{0,1\\},\\{0,1\\}\$/\\1/p" "$dir/emulator.json"
}

# policy_key NAME [secondaryKey]: a key of a policy.
policy_key() {
    sed -n "s/.*\"keyName\": \"$1\".*\"${2:-primaryKey}\": \"\\([^\"]*\\)\".*/\\1/p" "$dir/emulator.json"
}

# hmac KEY TEXT: base64 of HMAC-SHA256 under a base64 key.
hmac() {
    hex=$(printf '%s' "$1" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
    printf '%b' "$2" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$hex" -binary |
        openssl base64 -A
}

# url_encode TEXT: enough for base64.
url_encode() {
    printf '%s' "$1" | sed 's/%/%25/g; s/+/%2B/g; s#/#%2F#g; s/=/%3D/g'
}

# sas SR KEY SKN [SE]: an Authorization value.
sas() {
    se=${4:-$(($(date +%s) + 600))}
    echo "SharedAccessSignature sr=$1&sig=$(url_encode "$(hmac "$2" "$1\\n$se")")&se=$se&skn=$3"
}

# call METHOD PATH [curl argument...]: send it, with $auth unless that is empty.
call() {
    method=$1
    path=$2
    shift 2
    case $path in
    *\?*) ;;
    *) path="$path?api-version=2021-10-01" ;;
    esac
    status=$(curl -s --max-time 20 --cacert "$dir/ca.pem" -X "$method" \
        ${auth:+-H "Authorization: $auth"} -o "$tmp/body" -D "$tmp/head" \
        -w '%{http_code}' "$@" "https://localhost:$port$path" || true)
}

# send METHOD PATH JSON [curl argument...]
send() {
    json=$3
    method=$1
    path=$2
    shift 3
    call "$method" "$path" -H 'Content-Type: application/json' --data-binary "$json" "$@"
}

# member NAME: the last string or number member of that name in the body.
member() {
    sed -n 's/.*"'"$1"'":\("\(\\.\|[^"\\]\)*"\|[-0-9.a-z]*\).*/\1/p' "$tmp/body" |
        sed 's/^"\(.*\)"$/\1/; s/\\"/"/g'
}

# head_value NAME: a response header.
head_value() {
    tr -d '\r' <"$tmp/head" | sed -n "s/^$1: //Ip"
}

is() {
    [ "$1" = "$2" ] || {
        note "wanted '$2', got '$1'; body: $(head -c 300 "$tmp/body" 2>/dev/null)"
        return 1
    }
}

# has PATTERN, lacks PATTERN: the body, or what a program printed.
has() {
    grep -q -e "$1" "$tmp/body" || {
        note "'$1' is not in: $(head -c 300 "$tmp/body")"
        return 1
    }
}

lacks() {
    ! grep -q -e "$1" "$tmp/body" || {
        note "'$1' is in: $(head -c 300 "$tmp/body")"
        return 1
    }
}

# like TEXT GLOB
like() {
    case $1 in
    $2) ;;
    *)
        note "'$1' is not like '$2'"
        return 1
        ;;
    esac
}

# differs TEXT TEXT: and the first is not empty.
differs() {
    [ -n "$1" ] && [ "$1" != "$2" ]
}

# between LEAST NUMBER MOST
between() {
    [ "$2" -ge "$1" ] && [ "$2" -le "$3" ] || {
        note "$2 is not between $1 and $3"
        return 1
    }
}

# answered STATUS PATTERN: so was the last call, with a body that has it.
answered() {
    is "$status" "$1" && has "$2"
}

# took_ms COMMAND...: how long it takes, in $took.
took_ms() {
    begun=$(date +%s%N)
    "$@"
    took=$((($(date +%s%N) - begun) / 1000000))
}

# admin METHOD PATH [curl argument...]: a call of the emulator's own API.
admin() {
    auth_kept=$auth
    auth="Bearer $(cat "$dir/admin-token")"
    call "$@"
    auth=$auth_kept
}

# emulator_run [option...]: one that ends by itself, with its exit code in $code.
emulator_run() {
    timeout 20 "$BERTH_BUILDDIR/berth-emulator" --dir "$dir" "$@" >"$tmp/body" 2>&1
    code=$?
}

# ended CODE PATTERN: so did the last emulator_run, and printed it.
ended() {
    is "$code" "$1" && has "$2"
}

# emulator_start [option...]: start it on $dir and wait until it is ready.
emulator_start() {
    rm -f "$tmp/emulator.out" # else the one of an earlier run looks like this one's
    "$BERTH_BUILDDIR/berth-emulator" --listen "${listen:-127.0.0.1:0}" --dir "$dir" \
        --exit-after 100 --exit-with-parent --quota off --journal-bodies \
        "$@" >"$tmp/emulator.out" 2>"$tmp/emulator.err" &
    emulator=$!
    tries=0
    while [ ! -f "$dir/emulator.json" ] || [ ! -s "$tmp/emulator.out" ]; do
        tries=$((tries + 1))
        if [ $tries -gt 600 ] || ! kill -0 "$emulator" 2>/dev/null; then
            note "the emulator did not start: $(cat "$tmp/emulator.err")"
            return 1
        fi
        sleep 0.05
    done
    port=$(field port)
    scope=$(field idScope)
}

# judge_answers: what was asked and answered since the start obeys the published definitions in
# $BERTH_DPS_SPECS (the folder of service.json and device.json).
judge_answers() {
    if [ -z "${BERTH_DPS_SPECS:-}" ]; then
        skip "all bodies obey the published definitions" "BERTH_DPS_SPECS names none"
        return
    fi
    curl -s --max-time 20 --cacert "$dir/ca.pem" -o "$tmp/journal" \
        -H "Authorization: Bearer $(cat "$dir/admin-token")" \
        "https://localhost:$port/_emulator/journal"
    ok "all bodies obey the published definitions" \
        "$BERTH_BUILDDIR/tests/e2e/judge" "$BERTH_DPS_SPECS" <"$tmp/journal"
}

emulator_stop() {
    kill "$emulator" && wait "$emulator"
}
