# Tables or JSON from four files: machine (name, value), skipped (sentences), figures (name,
# value) and results (scenario, tool, count, wall s, CPU s, RSS kB), tab-separated.
# -v form=table|json|markdown -v rounds=N -v quick=0|1
BEGIN { FS = "\t" }

FILENAME ~ /\/machine$/ { machine[++machines] = $1; value[$1] = $2; next }
FILENAME ~ /\/skipped$/ { if ($0 != "") skipped[++skips] = $0; next }
FILENAME ~ /\/figures$/ { figure[$1] = $2; next }
{
    key = $1 SUBSEP $2
    if (!(key in runs)) {
        found[++keys] = key
        count[key] = $3
    }
    if (!($1 in seen)) {
        seen[$1]
        names[++scenarios] = $1
    }
    n = ++runs[key]
    counted[key, n] = $3
    per[key, n] = $4 / $3
    wall[key, n] = $4
    cpu[key, n] = $5
    rss[key, n] = $6 / 1024
}

# The median of list[key, 1..n]; sorts it.
function median(list, key, n,    i, j, x) {
    for (i = 2; i <= n; i++) {
        x = list[key, i]
        for (j = i - 1; j >= 1 && list[key, j] > x; j--)
            list[key, j + 1] = list[key, j]
        list[key, j + 1] = x
    }
    return n % 2 ? list[key, (n + 1) / 2] : (list[key, n / 2] + list[key, n / 2 + 1]) / 2
}

function summarize(key,    n, i) {
    n = runs[key]
    for (i = 1; i <= n; i++)
        cost[key, i] = cpu[key, i] / counted[key, i] * 1000
    w[key] = median(wall, key, n)
    c[key] = median(cpu, key, n)
    r[key] = median(rss, key, n)
    rate[key] = 1 / median(per, key, n)
    cpk[key] = median(cost, key, n)
    spread[key] = n > 1 ? (per[key, n] - per[key, 1]) * rate[key] * 100 : 0
}

function have(scenario, tool) { return (scenario SUBSEP tool) in runs }

# A goal: its name, what was measured, how it must stand to the limit, in what unit.
function goal(name, measured, relation, limit, unit) {
    goal_name[++goals] = name
    goal_value[goals] = measured
    goal_relation[goals] = relation
    goal_limit[goals] = limit
    goal_unit[goals] = unit
    goal_met[goals] = relation == ">=" ? measured >= limit : \
        relation == "<=" ? measured <= limit : measured == limit
}

function versus_sdk(s, what, faster, cheaper,    b, k) {
    if (!have(s, "berth") || !have(s, "sdk"))
        return
    b = s SUBSEP "berth"
    k = s SUBSEP "sdk"
    if (faster)
        goal(what ": rate", rate[b] / rate[k], ">=", faster, "x SDK")
    if (cheaper)
        goal(what ": CPU", cpk[b] / cpk[k], "<=", cheaper, "x SDK")
}

function poll_goals(items, what, limit,    s) {
    s = "poll-same-" items
    versus_sdk(s, what ", nothing changed", 3, 0.25)
    if (have(s, "berth"))
        goal(what ", nothing changed: memory", r[s, "berth"], "<=", limit, "MB")
    versus_sdk("poll-first-" items, what ", first", 0, 1)
}

function goals_find(    i, p, few, many) {
    split("8 64", p, " ")
    for (i = 1; i <= 2; i++) {
        versus_sdk("put-create-" p[i], "create, " p[i] " in flight", 2, 0.45)
        versus_sdk("put-update-" p[i], "update, " p[i] " in flight", 2, 0.45)
    }
    versus_sdk("bulk-8", "bulk, 8 in flight", 1.2, 0)
    poll_goals(100000, "poll of 100,000", 25)
    poll_goals(1000000, "poll of 1,000,000", 100)
    if (have("poll-same-100000", "berth") && have("poll-same-1000000", "berth"))
        goal("a million polled: time", w["poll-same-1000000", "berth"] / \
            w["poll-same-100000", "berth"], "<=", 12, "x that of 100,000")
    memory_goal()
    if ("crawl_operations" in figure)
        goal("crawl: operations", figure["crawl_operations"] + 0, "=", \
            figure["crawl_expected"] + 0, "")
    if (have("start", "berth") && have("start", "curl"))
        goal("one action: more than curl", \
            (w["start", "berth"] - w["start", "curl"]) * 1000, "<=", 12, "ms")
    if (have("version", "berth"))
        goal("berth --version", w["version", "berth"] / w["version", "empty"], "<=", 1.5, \
            "x an empty program")
    if (have("server-put", "wrk"))
        goal("emulator: PUT", rate["server-put", "wrk"] / rate["server-echo", "wrk"], \
            ">=", 0.5, "x echo")
    if (have("server-pages", "wrk"))
        goal("emulator: pages of 1,000", rate["server-pages", "wrk"], ">=", 2000, "/s")
    if ("quota_per_minute" in figure) {
        goal("quota alone: throughput", figure["quota_per_minute"] + 0, ">=", 950, "/min")
        goal("quota alone: refused", figure["quota_429"] + 0, "=", 0, "")
    }
    if ("quota_recovery_s" in figure)
        goal("quota shared: recovery", figure["quota_recovery_s"] + 0, "<=", 5, "s")
}

# Memory over many lines stands to memory over few.
function memory_goal(    i, key, s, few, many) {
    for (i = 1; i <= keys; i++) {
        split(order[i], s, SUBSEP)
        if (s[1] !~ /^memory-/)
            continue
        if (few == "")
            few = order[i]
        many = order[i]
    }
    if (few != many)
        goal("memory over " count[many] " lines", r[many] / r[few], "<=", 1.1, \
            "x that over " count[few])
}

function ratio(key, scenario, of, list,    k) {
    k = scenario SUBSEP of
    return (k in runs) && k != key ? sprintf("%.2f", list[key] / list[k]) : "-"
}

function table(    i, s, last) {
    for (i = 1; i <= machines; i++)
        printf "%-8s %s\n", machine[i], value[machine[i]]
    printf "rounds   %d%s\n\n", rounds, \
        quick ? "; a quick run: the SDK is not warm in it and looks slower than it is" : ""
    printf "%-22s %-6s %9s %7s %10s %10s %7s %9s %9s %9s\n", "scenario", "tool", "wall s", \
        "spread", "rate /s", "CPU s/1000", "RSS MB", "rate:SDK", "CPU:SDK", "CPU:floor"
    for (i = 1; i <= keys; i++) {
        split(order[i], s, SUBSEP)
        if (last != "" && last != s[1])
            print ""
        last = s[1]
        printf "%-22s %-6s %9.4f %6.0f%% %10.1f %10.4f %7.1f %9s %9s %9s\n", s[1], s[2], \
            w[order[i]], spread[order[i]], rate[order[i]], cpk[order[i]], r[order[i]], \
            ratio(order[i], s[1], "sdk", rate), ratio(order[i], s[1], "sdk", cpk), \
            ratio(order[i], s[1], "floor", cpk)
    }
    if (goals)
        printf "\n%-44s %12s %12s\n", "goal", "measured", "wanted"
    for (i = 1; i <= goals; i++)
        printf "%-44s %12.5g %2s %9.5g %-18s %s\n", goal_name[i], goal_value[i], \
            goal_relation[i], goal_limit[i], goal_unit[i], goal_met[i] ? "met" : "MISSED"
    for (i = 1; i <= skips; i++)
        printf "%sskipped: %s\n", i == 1 ? "\n" : "", skipped[i]
}

function quoted(s) {
    gsub(/[\\"]/, "\\\\&", s)
    return "\"" s "\""
}

function or_null(x) { return x == "-" ? "null" : x }

function json(    i, s) {
    printf "{\n  \"rounds\": %d,\n  \"quick\": %s,\n  \"machine\": {", rounds, \
        quick ? "true" : "false"
    for (i = 1; i <= machines; i++)
        printf "%s\n    %s: %s", (i > 1 ? "," : ""), quoted(machine[i]), \
            quoted(value[machine[i]])
    printf "\n  },\n  \"results\": ["
    for (i = 1; i <= keys; i++) {
        split(order[i], s, SUBSEP)
        printf "%s\n    {\"scenario\": %s, \"tool\": %s, \"runs\": %d, \"count\": %d, ", \
            (i > 1 ? "," : ""), quoted(s[1]), quoted(s[2]), runs[order[i]], count[order[i]]
        printf "\"wallSeconds\": {\"median\": %.6f, \"min\": %.6f, \"max\": %.6f}, ", \
            w[order[i]], wall[order[i], 1], wall[order[i], runs[order[i]]]
        printf "\"spreadPercent\": %.1f, \"perSecond\": %.3f, \"cpuSeconds\": %.6f, ", \
            spread[order[i]], rate[order[i]], c[order[i]]
        printf "\"cpuSecondsPer1000\": %.6f, \"rssMegabytes\": %.2f, ", cpk[order[i]], \
            r[order[i]]
        printf "\"perSecondOfSdk\": %s, \"cpuOfSdk\": %s, \"cpuOfFloor\": %s}", \
            or_null(ratio(order[i], s[1], "sdk", rate)), \
            or_null(ratio(order[i], s[1], "sdk", cpk)), \
            or_null(ratio(order[i], s[1], "floor", cpk))
    }
    printf "\n  ],\n  \"goals\": ["
    for (i = 1; i <= goals; i++) {
        printf "%s\n    {\"goal\": %s, \"measured\": %.6g, \"relation\": %s, ", \
            (i > 1 ? "," : ""), quoted(goal_name[i]), goal_value[i], quoted(goal_relation[i])
        printf "\"wanted\": %.6g, \"unit\": %s, \"met\": %s}", goal_limit[i], \
            quoted(goal_unit[i]), goal_met[i] ? "true" : "false"
    }
    printf "\n  ],\n  \"skipped\": ["
    for (i = 1; i <= skips; i++)
        printf "%s\n    %s", (i > 1 ? "," : ""), quoted(skipped[i])
    printf "\n  ]\n}\n"
}

# 1234567 as 1,234,567.
function grouped(n,    s, out) {
    s = sprintf("%.0f", n)
    while (length(s) > 3) {
        out = "," substr(s, length(s) - 2) out
        s = substr(s, 1, length(s) - 3)
    }
    return s out
}

# The tables of README.md.
function markdown(    i, s) {
    print "| scenario | tool | wall s | spread | rate /s | CPU s/1000 | RSS MB | rate:SDK |" \
        " CPU:SDK |"
    print "|---|---|---:|---:|---:|---:|---:|---:|---:|"
    for (i = 1; i <= keys; i++) {
        split(order[i], s, SUBSEP)
        printf "| %s | %s | %.*f | %.0f %% | %s | %.4g | %.0f | %s | %s |\n", s[1], s[2], \
            (w[order[i]] < 0.1 ? 4 : 2), w[order[i]], spread[order[i]], \
            grouped(rate[order[i]]), cpk[order[i]], r[order[i]], \
            ratio(order[i], s[1], "sdk", rate), ratio(order[i], s[1], "sdk", cpk)
    }
    print "\n| goal | measured | wanted | |\n|---|---:|---:|---|"
    for (i = 1; i <= goals; i++)
        printf "| %s | %.4g | %s %.4g | %s |\n", goal_name[i], goal_value[i], \
            goal_relation[i], goal_limit[i], goal_unit[i]
}

# The results of a scenario stand together.
function sort_by_scenario(    i, j, n, s) {
    for (i = 1; i <= scenarios; i++)
        for (j = 1; j <= keys; j++) {
            split(found[j], s, SUBSEP)
            if (s[1] == names[i])
                order[++n] = found[j]
        }
}

END {
    sort_by_scenario()
    for (i = 1; i <= keys; i++)
        summarize(order[i])
    goals_find()
    if (form == "json")
        json()
    else if (form == "markdown")
        markdown()
    else
        table()
}
