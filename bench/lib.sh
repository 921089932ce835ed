# What all parts of the benchmark share: tools, emulator, measuring, reporting. Sourced by run.
# shellcheck shell=bash disable=SC2034,SC2154 # build, here, json, quick, rounds, work: set by run
emulator=
failures=0
skipped=()
tools=(floor)

note() {
    echo "bench: $*" >&2
}

skip() {
    skipped+=("$1: $2")
    note "skipped: $1: $2"
}

# size FULL QUICK: the amount of work.
size() {
    if [ "$quick" = 1 ]; then echo "$2"; else echo "$1"; fi
}

# has TOOL: is it here?
has() {
    [[ " ${tools[*]} " = *" $1 "* ]]
}

find_sdk() {
    local version

    modules=${BERTH_NODE_MODULES:-$here/node_modules}
    modules=$(realpath -m "$modules")
    if ! command -v node >/dev/null; then
        skip sdk "node is not installed"
    elif ! version=$(node -p 'parseInt(process.versions.node)' 2>/dev/null); then
        skip sdk "node does not run"
    elif [ "$version" -lt 20 ]; then
        skip sdk "node $(node -p process.versions.node) is refused: before 20 its agent opens a connection for each request, which would flatter the others"
    elif [ ! -d "$modules/azure-iot-provisioning-service" ]; then
        skip sdk "azure-iot-provisioning-service is not in $modules; set BERTH_NODE_MODULES, or: npm install --no-save --prefix bench azure-iot-provisioning-service@1.11.2"
    else
        tools+=(sdk)
    fi
}

find_tools() {
    local tool

    if [ -x "$build/berth" ] && "$build/berth" --version >/dev/null 2>&1; then
        tools+=(berth)
    else
        skip berth "$build/berth is not there or does not run"
    fi
    find_sdk
    for tool in wrk curl; do
        if command -v "$tool" >/dev/null; then
            tools+=("$tool")
        else
            skip "$tool" "it is not installed"
        fi
    done
}

# emulator_start OPTION...: a fresh one, quota off; sets `dir`, `port` and `home`.
emulator_start() {
    local tries=0

    emulator_stop
    dir=$work/emulator
    home=$work/home
    rm -rf "$dir" "$home"
    mkdir -p "$dir"
    "$build/berth-emulator" --listen 127.0.0.1:0 --dir "$dir" --page-size 1000 \
        --quota off --exit-after 1200 --exit-with-parent "$@" >"$work/emulator.out" \
        2>"$work/emulator.log" &
    emulator=$!
    while [ ! -f "$dir/emulator.json" ]; do
        tries=$((tries + 1))
        if [ $tries -gt 600 ] || ! kill -0 "$emulator" 2>/dev/null; then
            cat "$work/emulator.log" >&2
            fail "the emulator did not start with: $*"
        fi
        sleep 0.1
    done
    port=$(sed -n 's/^  "port": \([0-9]*\),$/\1/p' "$dir/emulator.json")
    "$build/bench/floor" token --dir "$dir" >"$work/authorization" || exit 1
}

emulator_stop() {
    [ -n "$emulator" ] || return 0
    kill "$emulator" 2>/dev/null
    wait "$emulator" 2>/dev/null
    emulator=
}

# berth_home [limit]: an empty state folder with the connection `bench`.
berth_home() {
    rm -rf "$home"
    mkdir -m 700 "$home"
    sed -n 's/.*"connectionString": "\(.*\)",$/\1/p' "$dir/emulator.json" \
        >"$work/connection-string"
    berth connection add bench --connector azure-dps --paste "@$work/connection-string" \
        --ca-file "$dir/ca.pem" ${1:+--limit "$1"} >"$work/out" 2>"$work/err" && return 0
    note "berth connection add failed: $(tail -n 2 "$work/err")"
    failures=$((failures + 1))
    return 1
}

berth() {
    BERTH_HOME=$home "$build/berth" "$@"
}

# sdk COMMAND...: bench/sdk.js, which prints a line of JSON for each piece of work.
sdk() {
    NODE_PATH=$modules NODE_EXTRA_CA_CERTS=$dir/ca.pem BERTH_EMULATOR=$dir \
        "$build/bench/measure" "$work/cost" node "$here/sdk.js" "$@" \
        >"$work/out" 2>"$work/err"
}

# member NAME FILE: a number of a line of JSON.
member() {
    sed -n "s/.*\"$1\": *\([0-9.e-]*\).*/\1/p" "$2" | tail -n 1
}

# record SCENARIO TOOL COUNT WALL CPU RSS_KB
record() {
    printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$@" >>"$work/results"
}

# broken SCENARIO TOOL: say that it failed, and how.
broken() {
    failures=$((failures + 1))
    note "FAILED: $1: $2: $(tail -n 2 "$work/err" | tr '\n' ' ')"
}

# prepare SCENARIO COMMAND...: what a scenario needs before it begins.
prepare() {
    local scenario=$1

    shift
    "$@" 2>"$work/err" && return
    broken "$scenario" "its preparation"
    return 1
}

# measure SCENARIO TOOL COUNT COMMAND...: run it with stdin; stdout is left in $work/out.
measure() {
    local scenario=$1 tool=$2 count=$3

    shift 3
    if BERTH_HOME=$home "$build/bench/measure" "$work/cost" "$@" >"$work/out" \
        2>"$work/err"; then
        record "$scenario" "$tool" "$count" "$(member wall_s "$work/cost")" \
            "$(member cpu_s "$work/cost")" "$(member rss_kb "$work/cost")"
    else
        broken "$scenario" "$tool"
        return 1
    fi
}

# measure_sdk SCENARIO COUNT COMMAND...: what the SDK's work alone cost, without the start of
# Node.js: the comparison is to its favour.
measure_sdk() {
    local scenario=$1 count=$2

    shift 2
    if sdk "$@"; then
        record "$scenario" sdk "$count" "$(member wall_s "$work/out")" \
            "$(member cpu_s "$work/out")" "$(member rss_kb "$work/cost")"
    else
        broken "$scenario" sdk
    fi
}

# measure_wrk SCENARIO CONNECTIONS URL SCRIPT ARGUMENT...: the rate over a second.
measure_wrk() {
    local scenario=$1 connections=$2 url=$3 script=$4 count seconds

    shift 4
    if "$build/bench/measure" "$work/cost" wrk -t1 -c"$connections" -d1s \
        -s "$here/$script" "$url" -- "$work/authorization" "$@" >"$work/out" \
        2>"$work/err" && ! grep -q 'Non-2xx\|Socket errors' "$work/out"; then
        count=$(sed -n 's/^ *\([0-9]*\) requests in .*/\1/p' "$work/out")
        seconds=$(awk -v n="$count" '/^Requests\/sec:/ {print n / $2}' "$work/out")
        record "$scenario" wrk "$count" "$seconds" "$(member cpu_s "$work/cost")" \
            "$(member rss_kb "$work/cost")"
    else
        grep 'Non-2xx\|Socket' "$work/out" >>"$work/err"
        broken "$scenario" wrk
    fi
}

# figure NAME VALUE: a figure that is no run of a tool.
figure() {
    printf '%s\t%s\n' "$1" "$2" >>"$work/figures"
}

# in_turn FUNCTION TOOL...: call FUNCTION TOOL ROUND for the tools that are here, in an order
# that moves on by one in each round, so that none is always first.
in_turn() {
    local function=$1 round i here_now=() tool

    shift
    for tool in "$@"; do
        has "$tool" && here_now+=("$tool")
    done
    [ ${#here_now[@]} -gt 0 ] || return 0
    for ((round = 1; round <= rounds; round++)); do
        for ((i = 0; i < ${#here_now[@]}; i++)); do
            "$function" "${here_now[(i + round) % ${#here_now[@]}]}" "$round"
        done
    done
}

# machine: one line each of NAME<tab>VALUE.
machine() {
    printf 'date\t%s\n' "$(date -u +%Y-%m-%dT%H:%MZ)"
    printf 'cpu\t%s x %s\n' "$(nproc)" \
        "$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)"
    printf 'memory\t%s MB\n' "$(awk '/^MemTotal/ {print int($2 / 1024)}' /proc/meminfo)"
    printf 'system\t%s, Linux %s\n' \
        "$(. /etc/os-release 2>/dev/null && echo "$PRETTY_NAME")" "$(uname -r)"
    has berth && printf 'berth\t%s\n' "$("$build/berth" --version | head -n 1)"
    has sdk && printf 'sdk\tNode.js %s, azure-iot-provisioning-service %s\n' \
        "$(node -p process.versions.node)" \
        "$(node -p "require('$modules/azure-iot-provisioning-service/package.json').version")"
    has curl && printf 'curl\t%s\n' "$(curl --version | head -n 1)"
    has wrk && printf 'wrk\t%s\n' "$(wrk --version 2>&1 | head -n 1)"
}

report() {
    touch "$work/results" "$work/figures"
    machine >"$work/machine"
    printf '%s\n' "${skipped[@]}" >"$work/skipped"
    tables table || fail "report.awk failed"
    [ -z "$json" ] || tables json >"$json" || fail "--json: '$json' cannot be written"
    [ -z "$markdown" ] || tables markdown >"$markdown" ||
        fail "--markdown: '$markdown' cannot be written"
}

tables() {
    awk -f "$here/report.awk" -v form="$1" -v rounds="$rounds" -v quick="$quick" \
        "$work/machine" "$work/skipped" "$work/figures" "$work/results"
}

finish() {
    emulator_stop
    [ -z "${echo_server:-}" ] || kill "$echo_server" 2>/dev/null
    rm -rf "$work"
}
