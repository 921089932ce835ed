# The emulator itself, beside a server of the same library that only echoes. Sourced by run.
# shellcheck shell=bash disable=SC2154 # rounds, work and so on: set by run and lib.sh

echo_start() {
    "$build/bench/echo" "$dir" >"$work/echo-port" 2>"$work/err" &
    echo_server=$!
    until [ -s "$work/echo-port" ]; do
        kill -0 "$echo_server" 2>/dev/null || fail "bench/echo did not start"
        sleep 0.05
    done
    read -r echo_port <"$work/echo-port"
}

one_server() {
    measure_wrk server-put 8 "https://localhost:$port" put.lua base "$existing"
    measure_wrk server-echo 8 "https://localhost:$echo_port" put.lua base "$existing"
    measure_wrk server-pages 8 "https://localhost:$port" pages.lua 1000 \
        "$work/tokens"
}

part_server() {
    local existing=10000

    if ! has wrk; then
        skip server "wrk is not installed"
        return
    fi
    note "the emulator beside an echo"
    emulator_start --enrollments 100000
    prepare server-put "$build/bench/floor" write --dir "$dir" --prefix base \
        --count "$existing" --parallel 8 || return
    prepare server-pages "$build/bench/floor" read --dir "$dir" --tokens \
        >"$work/tokens" || return
    echo_start
    in_turn one_server wrk
    kill "$echo_server"
    wait "$echo_server" 2>/dev/null
    echo_server=
}
