# The berth of the build tree, in a home of its own: source it after tap.sh (and dps.sh, when an
# emulator is needed). What a command wrote is in $tmp/out and $tmp/err, its exit code in $code.
berth=$BERTH_BUILDDIR/berth
unset BERTH_CONNECTOR_PATH NO_COLOR
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

show() {
    note "exit code $code"
    sed 's/^/# out: /' "$tmp/out" | cut -c1-400 | head -n 20
    sed 's/^/# err: /' "$tmp/err" | cut -c1-400 | head -n 20
}

# gives NAME CODE [PATTERN...]: the exit code, and what stderr says (basic regular expressions).
gives() {
    name=$1
    wanted=$2
    shift 2
    good=true
    [ "$code" = "$wanted" ] || good=false
    for pattern in "$@"; do
        grep -q -e "$pattern" "$tmp/err" || good=false
    done
    ok "$name" $good
    $good || show
}

# prints NAME PATTERN...: all of them in stdout.
prints() {
    name=$1
    shift
    good=true
    for pattern in "$@"; do
        grep -q -e "$pattern" "$tmp/out" || good=false
    done
    ok "$name" $good
    $good || show
}

# prints_nothing NAME: stdout is empty.
prints_nothing() {
    good=true
    [ ! -s "$tmp/out" ] || good=false
    ok "$1" $good
    $good || show
}

# lines NAME N: stdout has so many.
lines() {
    good=true
    [ "$(wc -l <"$tmp/out")" -eq "$2" ] || good=false
    ok "$1" $good
    $good || show
}

# device ID: an enrollment as JSON.
device() {
    printf '{"registrationId":"%s","attestation":{"type":"symmetricKey"}}' "$1"
}

# devices FIRST LAST: one a line.
devices() {
    seq "$1" "$2" | sed 's/.*/{"registrationId":"d&","attestation":{"type":"symmetricKey"}}/'
}
