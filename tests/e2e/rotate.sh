#!/bin/sh
# The store's keys are changed: in place, to another place, killed at any moment, several at once.
. "${BERTH_SRCDIR:?}/tests/e2e/cli.sh"
needs openssl
begin
rounds=${BERTH_TEST_FULL:+100}
rounds=${rounds:-10}
unset BERTH_KEY BERTH_KEY_FILE CREDENTIALS_DIRECTORY
secret=$(printf 'a key that nobody may lose, ever' | openssl base64 -A)

add() {
    printf '%s' "$secret" | "$berth" connection add "$1" --connector azure-dps -q --secret key=- \
        --set host=x.azure-devices-provisioning.net --set keyName=provisioningserviceowner
}

is_mode() {
    [ "$(stat -c %a "$1")" = "$2" ]
}

# opens NAME: a token is signed with the connection's key, without a service.
opens() {
    run action run "$1" service.token
    [ "$code" = 0 ] || {
        show
        return 1
    }
}

run store rotate-key
gives "without a secret there is nothing to do" 4 'no key to replace'
add plant
cp "$tmp/home/key" "$tmp/first"
run store rotate-key
gives "the key is rotated" 0 "$tmp/home/key has the new one" 'put a copy where'
prints_nothing "nothing is printed"
ok "the file has another key" sh -c '! cmp -s "$1" "$2"' - "$tmp/first" "$tmp/home/key"
ok "which only its owner may read" is_mode "$tmp/home/key" 600
ok "the connection works as before" opens plant
BERTH_KEY_FILE=$tmp/first
chmod 600 "$tmp/first"
export BERTH_KEY_FILE
run action run plant service.token
gives "the old key opens nothing" 6 'the key is another'
unset BERTH_KEY_FILE

# --- to another place ---
run store rotate-key --to "$tmp/second"
gives "a key does not stand on the command line" 2 'must not stand on the command line'
run store rotate-key --to env:NONE
gives "nor is it taken from a variable that is not there" 3 "'NONE' is not set"
echo short >"$tmp/short"
chmod 600 "$tmp/short"
run store rotate-key --to "@$tmp/short"
gives "what is no key is refused" 6 'not a key of 64 hex digits'
ok "and nothing was changed" opens plant
run store rotate-key --to "@$tmp/second"
gives "a file is made" 0 "$tmp/second is needed" 'set BERTH_KEY_FILE'
run action run plant service.token
gives "the key in the home is not the one any more" 6 'the key is another'
BERTH_KEY_FILE=$tmp/second
export BERTH_KEY_FILE
ok "that in the file is" opens plant
NEXT=$(openssl rand -hex 32)
export NEXT
run store rotate-key --to env:NEXT
gives "on to one in the environment" 0 'key in NEXT is needed' 'set BERTH_KEY to it'
BERTH_KEY=$NEXT
export BERTH_KEY
ok "which opens it" opens plant
run store rotate-key
gives "there it cannot be made anew" 3 'give the new one'
unset BERTH_KEY_FILE BERTH_KEY
rm "$tmp/home/key"
BERTH_KEY=$NEXT "$berth" store rotate-key -q --to "@$tmp/home/key" </dev/null
ok "and back home" opens plant

# --- killed at any moment, while others read and write ---
round=1
killed=0
whole=true
# kill_one PID: it may have ended before.
kill_one() {
    kill -KILL "$1" 2>/dev/null && killed=$((killed + 1))
    wait "$1" 2>/dev/null
}
while [ $round -le "$rounds" ]; do
    "$berth" store rotate-key -q </dev/null 2>>"$tmp/killed" &
    first=$!
    "$berth" store rotate-key -q </dev/null 2>>"$tmp/killed" &
    second=$!
    add k$round 2>"$tmp/added" &
    adding=$!
    "$berth" action run plant service.token >/dev/null 2>"$tmp/read" </dev/null &
    reading=$!
    sleep "$(awk -v r=$round -v n="$rounds" 'BEGIN {printf "%.4f", 0.001 + 0.015 * r / n}')"
    kill_one $first
    kill_one $second
    for pid in $adding $reading; do
        wait $pid || {
            whole=false
            note "$(cat "$tmp/added" "$tmp/read")"
        }
    done
    opens k$round || whole=false
    round=$((round + 1))
done
note "$killed of $((2 * rounds)) were killed"
ok "rotations were killed" test $killed -gt 0
ok "no secret is lost, whatever is killed" $whole
ok "no process met a key that was not there" test ! -s "$tmp/killed"
[ ! -s "$tmp/killed" ] || note "$(head -n 3 "$tmp/killed")"
run store rotate-key
gives "and the next one goes through" 0
ok "with all secrets" opens k1
ok "and leaves nothing beside the key" test ! -e "$tmp/home/key.next"

# --- killed at each sync of a commit, while another process has the store open ---
# killed_at SYSCALL NUMBER: a rotation is killed when it comes to that call.
killed_at() {
    strace -f -o "$tmp/trace" -e trace="$1" -e inject="$1:signal=KILL:when=$2" \
        "$berth" store rotate-key -q </dev/null 2>"$tmp/killed" &
    wait $! 2>/dev/null
}

# What one wrote and could not enter in the log's index must not count when the next, which
# has made its own key, is killed, and the index is made anew.
lose_nothing() {
    for sync in 1 2 3 4; do
        BERTH_HOME=$tmp/home$sync
        rm -f "$tmp/open"
        add plant
        python3 -c 'import sqlite3, sys, time
store = sqlite3.connect(sys.argv[1])
store.execute("SELECT count(*) FROM data_key").fetchall()
open(sys.argv[2], "w").close()
time.sleep(20)' "$BERTH_HOME/berth.db" "$tmp/open" &
        holder=$!
        until [ -e "$tmp/open" ] || ! kill -0 $holder 2>/dev/null; do sleep 0.05; done
        killed_at fdatasync $sync
        killed_at fsync 1
        kill -KILL $holder
        wait $holder 2>/dev/null
        opens plant || return 1
    done
}
if strace -o "$tmp/trace" true 2>/dev/null && python3 -c 'import sqlite3' 2>/dev/null; then
    ok "a commit that was cut off never counts once its key is gone" lose_nothing
else
    skip "a commit that was cut off never counts" "there is no strace that works, or no python3"
fi
finish
