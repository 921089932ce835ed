# Test Anything Protocol for shell tests: source it, say ok ... for each behaviour, then finish.
tap_count=0

# ok NAME COMMAND...: the behaviour holds when the command succeeds.
ok() {
    tap_name=$1
    shift
    tap_count=$((tap_count + 1))
    if "$@"; then
        echo "ok $tap_count - $tap_name"
    else
        echo "not ok $tap_count - $tap_name"
    fi
}

skip() {
    tap_count=$((tap_count + 1))
    echo "ok $tap_count - $1 # SKIP $2"
}

skip_all() {
    echo "1..0 # SKIP $1"
    exit 0
}

# needs PROGRAM...: else all is skipped.
needs() {
    for program in "$@"; do
        command -v "$program" >/dev/null 2>&1 || skip_all "$program is not installed"
    done
}

# Diagnostics, a line each.
note() {
    printf '%s\n' "$*" | sed 's/^/# /'
}

finish() {
    echo "1..$tap_count"
}
