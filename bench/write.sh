# Writing enrollments: one by one, in bulk, and very many. Sourced by run.
# shellcheck shell=bash disable=SC2154 # rounds, work and so on: set by run and lib.sh

# lines PREFIX COUNT [etag]: what `berth action run` reads: the enrollments that the other
# tools write, a line each.
lines() {
    awk -v prefix="$1" -v count="$2" -v etag="${3:+,\"ifMatch\":\"*\"}" 'BEGIN {
        for (i = 1; i <= count; i++)
            printf "{\"registrationId\":\"%s-%06d\"%s,\"attestation\":{\"type\":" \
                "\"symmetricKey\",\"symmetricKey\":{\"primaryKey\":" \
                "\"cHJpbWFyeWtleXByaW1hcnlrZXkwMQ==\",\"secondaryKey\":" \
                "\"c2Vjb25kYXJ5a2V5c2Vjb25kYXJ5MDI=\"}},\"provisioningStatus\":" \
                "\"enabled\",\"initialTwin\":{\"tags\":{\"site\":\"oslo\"}," \
                "\"properties\":{\"desired\":{\"interval\":10}}}}\n", prefix, i, etag }'
}

# bulk_lines PREFIX COUNT MODE: the same, ten to an operation.
bulk_lines() {
    lines "$1" "$2" | awk -v mode="$3" '
        NR % 10 == 1 { printf "{\"mode\":\"%s\",\"enrollments\":[", mode }
        { printf "%s%s", $0, NR % 10 ? "," : "]}\n" }'
}

# order_kept COUNT: did berth answer each line, in the order of the input?
order_kept() {
    [ "$(wc -l <"$work/out")" -eq "$1" ] &&
        grep -o '"registrationId": *"[^"]*"' "$work/out" | LC_ALL=C sort -c -u
}

# one_put TOOL ROUND: create, then update the same.
one_put() {
    local tool=$1 prefix=put-$1-$2 kind count=$put_count update=

    for kind in create update; do
        local scenario=put-$kind-$parallel
        case $tool in
        floor)
            measure "$scenario" floor "$count" "$build/bench/floor" write --dir "$dir" \
                --prefix "$prefix" --count "$count" --parallel "$parallel" $update
            ;;
        sdk) measure_sdk "$scenario" "$count" write "$prefix" "$count" "$parallel" $kind ;;
        wrk)
            if [ "$kind" = create ]; then
                measure_wrk "$scenario" "$parallel" "https://localhost:$port" put.lua \
                    "$prefix" 0
            else
                measure_wrk "$scenario" "$parallel" "https://localhost:$port" put.lua \
                    "base" "$count"
            fi
            ;;
        berth) berth_put $kind ;;
        esac
        update=--update
    done
}

# berth_put create|update
berth_put() {
    local action=enrollment.create

    [ "$1" = create ] || action=enrollment.upsert
    lines "$prefix" "$count" ${update:+etag} >"$work/in"
    measure "$scenario" berth "$count" "$build/berth" action run bench $action -i - \
        -o ndjson --parallel "$parallel" <"$work/in" || return
    order_kept "$count" 2>>"$work/err" || broken "$scenario" "berth, order of the results"
}

part_put() {
    local parallel put_count

    for parallel in $(size "1 8 64" "8 64"); do
        note "PUT, $parallel in flight"
        put_count=$(size 20000 5000)
        [ "$parallel" -gt 1 ] || put_count=$(size 10000 2000)
        emulator_start
        has berth && berth_home off
        # what wrk updates
        prepare "put-update-$parallel" "$build/bench/floor" write --dir "$dir" \
            --prefix base --count "$put_count" --parallel 8 || return
        in_turn one_put berth sdk floor wrk
    done
}

one_bulk() {
    local tool=$1 prefix=bulk-$1-$2 scenario=bulk-$parallel

    case $tool in
    floor)
        measure "$scenario" floor "$bulk_count" "$build/bench/floor" write --dir "$dir" \
            --prefix "$prefix" --count "$bulk_count" --parallel "$parallel" --bulk 10
        ;;
    sdk)
        measure_sdk "$scenario" "$bulk_count" bulk "$prefix" "$bulk_count" "$parallel" \
            create
        ;;
    berth)
        bulk_lines "$prefix" "$bulk_count" create >"$work/in"
        measure "$scenario" berth "$bulk_count" "$build/berth" action run bench \
            enrollment.bulk -i - -o ndjson --parallel "$parallel" <"$work/in"
        ;;
    esac
}

part_bulk() {
    local parallel bulk_count

    bulk_count=$(size 50000 10000)
    for parallel in 1 8; do
        note "bulk of 10, $parallel in flight"
        emulator_start
        has berth && berth_home off
        in_turn one_bulk berth sdk floor
    done
}

# Is the memory flat? The same action over few and over many lines.
part_memory() {
    local count

    has berth || return 0
    note "memory over many lines"
    for count in $(size "20000 200000" "5000 50000"); do
        emulator_start
        berth_home off || return
        lines memory "$count" >"$work/in"
        measure "memory-$count" berth "$count" "$build/berth" action run bench \
            enrollment.create -i - -o ndjson --parallel 8 <"$work/in" || continue
        order_kept "$count" 2>>"$work/err" ||
            broken "memory-$count" "berth, order of the results"
    done
    rm -f "$work/in"
}
