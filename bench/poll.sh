# Reading: all enrollments, polls for changes, the crawl of the registrations. Sourced by run.
# shellcheck shell=bash disable=SC2154 # rounds, work and so on: set by run and lib.sh

one_read() {
    case $1 in
    floor) measure read floor "$items" "$build/bench/floor" read --dir "$dir" ;;
    sdk) measure_sdk read "$items" read ;;
    berth)
        measure read berth "$items" "$build/berth" action run bench enrollment.list \
            -o ndjson -i '{}' || return
        expect read "enrollments" "$items" \
            "$(grep -o '"registrationId"' "$work/out" | wc -l)"
        ;;
    esac
}

# expect SCENARIO WHAT WANTED FOUND
expect() {
    [ "$3" = "$4" ] && return 0
    echo "$4 $2 instead of $3" >"$work/err"
    broken "$1" berth
}

part_read() {
    local items

    items=$(size 100000 20000)
    note "query of $items in pages of 1,000"
    emulator_start --enrollments "$items"
    has berth && berth_home off
    in_turn one_read berth sdk floor
}

# berth_poll SCENARIO EVENTS
berth_poll() {
    measure "$1-$items" berth "$items" "$build/berth" trigger poll bench \
        enrollment.changed --start now &&
        expect "$1-$items" events "$2" "$(wc -l <"$work/out")"
}

# A new subscription, nothing changed, one in a thousand changed.
berth_polls() {
    local changes=$((items / 1000))

    berth_home off || return
    berth_poll poll-first 0 || return
    berth_poll poll-same 0
    prepare "poll-changed-$items" "$build/bench/floor" write --dir "$dir" \
        --count "$changes" --stride 1000 --parallel 8 --update || return
    berth_poll poll-changed "$changes"
}

# The same polls, with a Map as the memory of one process; a line for each.
sdk_polls() {
    local work_name

    if ! sdk poll "$items" $((items / 1000)); then
        broken "poll-$items" sdk
        return
    fi
    for work_name in poll-first poll-same poll-changed; do
        grep "\"$work_name\"" "$work/out" >"$work/one"
        record "$work_name-$items" sdk "$items" "$(member wall_s "$work/one")" \
            "$(member cpu_s "$work/one")" "$(member rss_kb "$work/cost")"
    done
}

one_poll() {
    case $1 in
    floor) measure "poll-same-$items" floor "$items" "$build/bench/floor" read --dir "$dir" ;;
    sdk) sdk_polls ;;
    berth) berth_polls ;;
    esac
}

polls_of() {
    local items=$1

    note "polls of $items enrollments"
    emulator_start --enrollments "$items"
    in_turn one_poll berth sdk floor
}

part_poll() {
    polls_of 100000
}

part_million() {
    if [ "$quick" = 1 ]; then
        skip million "not in a quick run"
        return
    fi
    polls_of 1000000
}

# The number of operations is what counts here; the emulator writes a line for each.
part_crawl() {
    local groups devices singles

    has berth || return 0
    groups=$(size 100 10)
    devices=$(size 1000 100)
    singles=$(size 10000 1000)
    note "crawl of the registrations of $groups groups and $singles individual enrollments"
    emulator_start --page-size 100 --groups "$groups" --devices-per-group "$devices" \
        --enrollments "$singles" --verbose
    berth_home off || return
    : >"$work/emulator.log"
    measure crawl berth $((groups * devices + singles)) "$build/berth" trigger poll bench \
        registration.changed --start now || return
    figure crawl_operations "$(grep -c '^[A-Z]* /.* [0-9]* bytes' "$work/emulator.log")"
    figure crawl_expected \
        $(((groups + 99) / 100 + groups * ((devices + 99) / 100) + (singles + 99) / 100 + singles))
}
