# What one command costs from a cold start. Sourced by run.
# shellcheck shell=bash disable=SC2154 # rounds, work and so on: set by run and lib.sh

one_start() {
    local id=dev-000001

    case $1 in
    curl)
        measure start curl 1 curl --silent --fail --cacert "$dir/ca.pem" \
            --header "@$work/authorization" \
            "https://localhost:$port/enrollments/$id?api-version=2021-10-01"
        ;;
    floor) measure start floor 1 "$build/bench/floor" write --dir "$dir" --count 1 --update ;;
    berth)
        measure start berth 1 "$build/berth" action run bench enrollment.get \
            -i "{\"registrationId\":\"$id\"}"
        ;;
    esac
}

one_version() {
    case $1 in
    berth) measure version berth 1 "$build/berth" --version ;;
    floor) measure version empty 1 "$build/bench/empty" ;;
    esac
}

# The libraries that a program loads, by name.
libraries() {
    ldd "$1" | awk '{print $1}' | sort
}

part_start() {
    local rounds

    rounds=$(size 41 21)
    note "cold starts, $rounds of each"
    emulator_start --enrollments 10
    has berth && berth_home off
    in_turn one_start berth curl floor
    in_turn one_version berth floor
    has berth || return 0
    diff <(libraries "$build/berth") <(libraries "$build/bench/empty") >"$work/differ" ||
        note "berth and the empty program load other libraries: $(tr '\n' ' ' <"$work/differ")"
}
