# The berth of the build tree, in a home of its own. What a command wrote is in $tmp/out and $tmp/err,
# its exit code in $code.
. "${BERTH_SRCDIR:?}/tests/e2e/dps.sh"
berth=$BERTH_BUILDDIR/berth

# with_emulator [option...]: an emulator, and a connection "plant" with all rights to it.
with_emulator() {
    mkdir "$dir"
    emulator_start --assign-after 0 --exit-after 600 "$@" || exit 1
    connect plant || exit 1
}

# connect NAME [POLICY]: a connection with the key of that policy.
connect() {
    policy_key "${2:-provisioningserviceowner}" >"$tmp/key"
    "$berth" connection add "$1" --connector azure-dps -q --ca-file "$dir/ca.pem" \
        --set host="localhost:$port" --set keyName="${2:-provisioningserviceowner}" \
        --secret key=@"$tmp/key" --set idScope="$scope" \
        --set deviceEndpoint="$(field deviceEndpoint)" --limit off
}

# run ARGUMENT...: without input.
run() {
    "$berth" "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
    code=$?
}

# feed TEXT ARGUMENT...: the text on stdin.
feed() {
    text=$1
    shift
    printf '%s' "$text" | "$berth" "$@" >"$tmp/out" 2>"$tmp/err"
    code=$?
}

# await COMMAND...: until it succeeds; twenty seconds at the most.
await() {
    tries=0
    until "$@" || [ $tries -ge 1000 ]; do
        sleep 0.02
        tries=$((tries + 1))
    done
}

show() {
    note "exit code $code"
    sed 's/^/# out: /' "$tmp/out" | cut -c1-400 | head -n 20
    sed 's/^/# err: /' "$tmp/err" | cut -c1-400 | head -n 20
}

# shows NAME COMMAND...: ok, and what was written when it is not.
shows() {
    name=$1
    shift
    good=true
    "$@" || good=false
    ok "$name" $good
    $good || show
}

# says FILE PATTERN...: all of them (basic regular expressions).
says() {
    file=$1
    shift
    for pattern in "$@"; do
        grep -q -e "$pattern" "$file" || return 1
    done
}

ended() {
    [ "$code" = "$1" ] || return 1
    shift
    says "$tmp/err" "$@"
}

# gives NAME CODE [PATTERN...]: the exit code, and what stderr says.
gives() {
    name=$1
    shift
    shows "$name" ended "$@"
}

# prints NAME PATTERN...: all of them in stdout.
prints() {
    name=$1
    shift
    shows "$name" says "$tmp/out" "$@"
}

# prints_nothing NAME: stdout is empty.
prints_nothing() {
    shows "$1" [ ! -s "$tmp/out" ]
}

# lines NAME N: stdout has so many.
lines() {
    shows "$1" [ "$(wc -l <"$tmp/out")" -eq "$2" ]
}

# device ID: an enrollment as JSON.
device() {
    printf '{"registrationId":"%s","attestation":{"type":"symmetricKey"}}' "$1"
}

# devices FIRST LAST: one a line.
devices() {
    seq "$1" "$2" | sed 's/.*/{"registrationId":"d&","attestation":{"type":"symmetricKey"}}/'
}
