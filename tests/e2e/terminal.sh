#!/bin/sh
# What a person at a terminal sees: questions, secrets unseen, tables, progress.
. "${BERTH_SRCDIR:?}/tests/e2e/cli.sh"
script --version 2>/dev/null | grep -q util-linux || skip_all "script (util-linux) is not installed"
script -qec true /dev/null >/dev/null 2>&1 </dev/null || skip_all "there are no pseudo-terminals here"
begin
with_emulator --enrollments 3
TERM=xterm
export TERM

# wait_for_question SIZE: until what the terminal shows is longer than that and ends in a question.
wait_for_question() {
    tries=0
    while [ $tries -lt 500 ]; do
        # The size first: else what is typed, shown in between, counts with the question before.
        [ "$(wc -c <"$tmp/out")" -gt "$1" ] &&
            case $(tail -c 2 "$tmp/out") in
            ': ' | '] ') return ;;
            esac
        sleep 0.02
        tries=$((tries + 1))
    done
}

# type_in ANSWERS ARGUMENT...: at a terminal, each answer (a line) typed when a question stands
# there. What the terminal shows goes to $tmp/out, $tmp/err and $tmp/seen. The trap keeps the shell
# alive at an interrupt, which is meant for the program alone: dash would end, bash would wait.
type_in() {
    printf '%s' "$1" >"$tmp/answers"
    shift
    quoted=$(for word in "$berth" "$@"; do
        printf "'%s' " "$(printf '%s' "$word" | sed "s/'/'\\\\''/g")"
    done)
    : >"$tmp/out"
    : >"$tmp/code"
    {
        size=0
        while IFS= read -r answer; do
            wait_for_question "$size"
            size=$(wc -c <"$tmp/out")
            printf '%s\n' "$answer"
        done <"$tmp/answers"
        tries=0
        while [ ! -s "$tmp/code" ] && [ $tries -lt 1500 ]; do
            sleep 0.02
            tries=$((tries + 1))
        done
    } | env --default-signal=INT,QUIT script -qec "trap : INT QUIT; stty cols 100; $quoted; code=\$?; stty -a >'$tmp/stty'; echo \$code >'$tmp/code'" /dev/null >"$tmp/out" 2>&1
    code=$(cat "$tmp/code")
    tr -d '\r' <"$tmp/out" >"$tmp/seen"
    cp "$tmp/seen" "$tmp/err"
    cp "$tmp/seen" "$tmp/out"
}
# The terminal shows what is typed, and all its keys work.
echoes() {
    grep -q ' echo ' "$tmp/stty" && ! grep -q 'susp = <undef>\|quit = <undef>' "$tmp/stty"
}
key=$(policy_key provisioningserviceowner)
unseen() {
    ok "$1" sh -c '! grep -qF "$1" "$2"' - "$2" "$tmp/seen"
}

# --- a connection, pasted ---
type_in "$(field connectionString)

" connection add pasted --connector azure-dps --ca-file "$dir/ca.pem"
gives "a connection string can be pasted" 0 'Connection string' "Connection 'pasted' was made"
unseen "and is not shown" "$key"
ok "the terminal's echo is on again" echoes

# --- field by field ---
type_in "
localhost:$port
provisioningserviceowner
no key
$key

" connection add asked --connector azure-dps --ca-file "$dir/ca.pem"
gives "or the form filled in" 0 'Service host name' 'Shared access key (not shown)' 'That cannot be right' "Connection 'asked' was made"
unseen "the key unseen" "$key"
run connection test asked
gives "and it works" 0
type_in "
$(field connectionString)

" connection add whole --connector azure-dps --ca-file "$dir/ca.pem"
gives "a connection string is understood at the first question, too" 0 'Connection string: filled in as a whole.*clear the screen' \
    "Connection 'whole' was made"
run connection test whole
gives "and that works as well" 0
type_in "azure-dps
no string
localhost:$port
provisioningserviceowner
$key

" connection add named --ca-file "$dir/ca.pem"
gives "a connector that was not named is asked for, and a host name may be the first answer" 0 \
    'Connector (azure-dps): ' "has no '='" 'Taken as: Service host name' "Connection 'named' was made"
run connection test named
gives "that works, too" 0
type_in "azure-dsp
" connection add none
gives "a connector that does not exist is said at once" 4 'azure-dps'
type_in "   
 	
h
k

$(printf '\034')no key
$key
   
" connection add blank --connector azure-dps
gives "nothing, blanks and the key that makes a core are answers like others" 0 'Service host name is needed' \
    'Shared access key is needed' 'That cannot be right' "Connection 'blank' was made"
ok "the terminal's echo is still on" echoes
type_in "$(printf '\003')
" connection add stopped --connector azure-dps
gives "an interrupt at a secret ends it" 130 'interrupted'
ok "and leaves the echo on" echoes
type_in "$key
" connection set blank --secret key=-
gives "a secret from stdin is asked for at a terminal" 0 'Shared access key (not shown): ' "'blank' was changed"
unseen "and not shown" "$key"
type_in "" connection add 'no name' --connector azure-dps
gives "a name that is none is told before anything is asked" 3 "connection name 'no name'"
ok "without a question" sh -c '! grep -q "not shown" "$1"' - "$tmp/seen"
type_in "$(printf '\004')
" connection remove blank
gives "an end in place of a yes has a line of its own" 3 '^[^?]*the answers ended'
type_in "$(printf '\004')
" connection add broken --connector azure-dps
gives "answers that end make nothing" 3
run connection show broken
gives "nothing" 4

# --- consent ---
type_in "n
" connection remove asked
gives "a no is heard" 1 'Nothing was done'
type_in "y
" action run plant enrollment.delete -i '{"registrationId":"dev-000001"}'
gives "and a yes" 0 'Delete an individual enrollment.*\[y/N\]'

# --- output ---
type_in "" action run plant enrollment.list
prints "a terminal gets a table" 'registrationId .*provisioningStatus' '^dev-000002 '
ok "no wider than it is" sh -c 'sed "s/.\[[0-9;]*m//g" "$1" | awk "length > 100 {exit 1}"' - "$tmp/seen"
prints "with a bold title" "$(printf '\033')\\[1mregistrationId"
NO_COLOR=1
export NO_COLOR
type_in "" action run plant enrollment.list
ok "without colours where none are wanted" sh -c '! grep -q "$(printf "\033\\\\[1m")" "$1"' - "$tmp/seen"
unset NO_COLOR
devices 1 3000 >"$tmp/input"
type_in "" action run plant enrollment.create -i @"$tmp/input" -o ndjson
gives "a long stream shows its progress" 0 '[0-9]* done'
ok "in one line that is gone at the end" \
    sh -c 'tail -n 1 "$1" | grep -vq " done"' - "$tmp/seen"
shown=$(tr '\r' '\n' <"$tmp/seen" | grep -o '[0-9]* done' | wc -l)
ok "a few times a second" test "$shown" -ge 1 -a "$shown" -le 100
emulator_stop
finish
