# The service's quota, 1,000 operations a minute, with a round trip of 50 ms. Sourced by run.
# shellcheck shell=bash disable=SC2154 # rounds, work and so on: set by run and lib.sh

# Each line of stdin, with the time it came.
stamped() {
    while IFS= read -r line; do
        printf '%s\t%s\n' "$EPOCHREALTIME" "$line"
    done
}

# answers STATUS: answers of the emulator with that status.
answers() {
    grep -c "^[A-Z]* /.* $1 [0-9]* bytes" "$work/emulator.log"
}

# Two thousand lines alone: as many as two minutes allow, whether they go out evenly or at
# the begin of each minute.
quota_alone() {
    berth_home || return
    : >"$work/emulator.log"
    lines alone 2000 >"$work/in"
    berth action run bench enrollment.create -i - -o ndjson --parallel 64 <"$work/in" \
        2>"$work/err" | stamped >"$work/stamped"
    if [ "$(wc -l <"$work/stamped")" -ne 2000 ]; then
        broken quota "berth, alone"
        return
    fi
    figure quota_per_minute \
        "$(awk 'NR == 1 {t = $1} $1 < t + 120 {n++} END {print n / 2}' "$work/stamped")"
    figure quota_429 "$(answers 429)"
}

# Somebody else has just used 900 operations: berth is refused after 100, and must go on
# soon after the quota is free again, a minute after the other began.
quota_shared() {
    local begin=$EPOCHREALTIME

    prepare quota "$build/bench/floor" write --dir "$dir" --prefix other --count 900 \
        --parallel 8 || return
    lines shared 300 >"$work/in"
    berth action run bench enrollment.create -i - -o ndjson --parallel 8 <"$work/in" \
        2>"$work/err" | stamped >"$work/stamped"
    if [ "$(wc -l <"$work/stamped")" -ne 300 ]; then
        broken quota "berth, shared"
        return
    fi
    figure quota_recovery_s "$(awk -v begin="$begin" \
        'NR == 101 {print $1 - begin - 60}' "$work/stamped")"
}

part_quota() {
    has berth || return 0
    if [ "$quick" = 1 ]; then
        skip quota "not in a quick run: it takes two minutes or more"
        return
    fi
    note "under the real quota, alone and shared"
    emulator_start --quota real --latency 50 --verbose
    quota_alone
    emulator_start --quota real --latency 50
    berth_home && quota_shared
}
