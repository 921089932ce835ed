#!/bin/sh
# Connections: made, shown, tested, changed, removed.
. "${BERTH_SRCDIR:?}/tests/e2e/faults.inc"
needs openssl
begin
with_emulator
key=$(policy_key provisioningserviceowner)

# --- making one ---
feed "$(field connectionString)
" connection add pasted --connector azure-dps --paste - --ca-file "$dir/ca.pem"
gives "a pasted connection string makes a connection" 0 "connection test pasted"
prints_nothing "and prints nothing on stdout"
KEY=$key
export KEY
run connection add by-env --connector azure-dps --set host="localhost:$port" \
    --set keyName=provisioningserviceowner --secret key=env:KEY --ca-file "$dir/ca.pem"
gives "a secret comes from the environment" 0
feed "$key
" connection add by-stdin --connector azure-dps --set host="localhost:$port" \
    --set keyName=provisioningserviceowner --secret key=- --ca-file "$dir/ca.pem"
gives "or from stdin" 0
{
    printf '\357\273\277'
    printf '%s\r\n' "$(field connectionString)"
} >"$tmp/saved"
run connection add from-file --connector azure-dps --paste @"$tmp/saved" --ca-file "$dir/ca.pem"
gives "or from a file that an editor marked as UTF-8" 0
run connection list
lines "all are listed" 5
run connection list -o json
prints "as an array for json" '^\[' '"name": "by-env"'

run __complete connection show by-
lines "the shell completes their names" 2
run __complete action run pasted enrollment.up
prints "and the actions of one" '^enrollment.update$'

# --- showing one ---
run connection show pasted
prints "a secret shows only that it is set" '"key":{"set":true}' "\"host\":\"localhost:$port\""
run connection show pasted -o table
prints "a table says what nothing means" '^key *(set, not shown)$' '^proxy *(none)$' "^host *localhost:$port$"
run connection show pasted
ok "the key is nowhere in it" sh -c '! grep -qF "$1" "$2"' - "$key" "$tmp/out"
ok "nor in the state" sh -c '! grep -rqF "$1" "$2"' - "$key" "$tmp/home"
ok "the state is for its owner alone" \
    is "$(stat -c %a "$tmp/home" "$tmp/home/key" "$tmp/home/berth.db" | tr '\n' ' ')" "700 600 600 "

# --- bad input: one sentence, nothing changed ---
run connection add x
gives "without a connector" 2 '--connector is missing.*azure-dps'
run connection add x --connector azure-dsp
gives "with an unknown one" 4 "azure-dps"
run connection add PASTED --connector azure-dps
gives "with a name that is taken" 7 'another name'
run connection add 'a b' --connector azure-dps --set host=h --set keyName=k --secret key=env:KEY
gives "with a name that is none" 3 "a b"
run connection add x --connector azure-dps --set keyName=k --secret key=env:KEY
gives "a missing field is named with its option" 3 'host.*--set host=VALUE'
run connection add x --connector azure-dps --set host=h --set keyName=k
gives "a missing secret too" 3 'key.*--secret key=-'
run connection add x --connector azure-dps --set hots=h
gives "an unknown field" 3 "did you mean.*host"
run connection add x --connector azure-dps --set colour=red
gives "one that is like none" 3 "'colour'; they have: host, keyName, key"
run connection add x --connector azure-dps --set key="$key"
gives "a secret on the command line is refused" 2 'command line.*--secret key=-'
ok "without saying it" sh -c '! grep -qF "$1" "$2"' - "$key" "$tmp/err"
run connection add x --connector azure-dps --secret key="$key"
gives "so is one behind --secret" 2 'command line'
ok "without saying it, again" sh -c '! grep -qF "$1" "$2"' - "$key" "$tmp/err"
run connection add x --connector azure-dps --secret host=env:KEY
gives "a secret does not become a field that is shown" 2 'host is no secret.*--set host=VALUE'
feed "HostName=$key;SharedAccessKeyName=k;SharedAccessKey=$key" \
    connection add x --connector azure-dps --paste -
gives "a key where the host name belongs is a mistake" 3 'host: what was given cannot be right'
ok "and is not said either" sh -c '! grep -qF "$1" "$2"' - "$key" "$tmp/err"
run connection add x --connector azure-dps --secret key=@"$tmp/none"
gives "a file that is not there" 3 "none"
run connection add x --connector azure-dps --secret key=env:NONE
gives "a variable that is not set" 3 "'NONE' is not set"
run connection add x --connector azure-dps --paste - --secret key=-
gives "stdin cannot be read twice" 2 'only one'
feed 'HostName=a;Shared=x' connection add x --connector azure-dps --paste -
gives "a broken connection string" 3 'Shared'
run connection add x --connector azure-dps --set host=h --set keyName=k --secret key=env:KEY \
    --ca-file "$tmp/none.pem"
gives "a CA file that is not there" 3 'none.pem'
echo "no certificate" >"$tmp/empty.pem"
run connection add x --connector azure-dps --set host=h --set keyName=k --secret key=env:KEY \
    --ca-file "$tmp/empty.pem"
gives "a CA file without a certificate" 3 'empty.pem: no certificate is in it'
run connection add x --connector azure-dps --set host=h --set keyName=k --secret key=env:KEY --proxy p
gives "a proxy that is no URL" 3 "'p'"
for proxy in 'http://' "http://p
q" 'https://p q'; do
    run connection add x --connector azure-dps --set host=h --set keyName=k --secret key=env:KEY \
        --proxy "$proxy"
    gives "a proxy that cannot be one" 3 'no URL of a proxy'
done
run connection add x --connector azure-dps --set host=h --set keyName=k --secret key=env:KEY --limit few
gives "a limit that is no number" 2 "'few'"
KEY='not base64!'
run connection add x --connector azure-dps --set host=h --set keyName=k --secret key=env:KEY
gives "a key that is none is refused" 3 'key'
ok "without showing it" sh -c '! grep -q "not base64!" "$1"' - "$tmp/err"
KEY=$key
run connection list
lines "none of this made a connection" 5
run connection add hub --connector azure-dps --set host=x.azure-devices.net --set keyName=k \
    --secret key=env:KEY
gives "an IoT Hub is warned of" 0 'warning: host: .*IoT Hub'
run connection remove hub -y
gives "and can be removed" 0

# --- testing one ---
run connection test plant -o table
gives "the key of all rights is accepted" 0
prints "each right is shown" 'EnrollmentRead *granted' 'RegistrationStatusWrite *granted' 'ServiceConfig *unknown'
run connection test plant
prints "as JSON, too" '"accepted":true'
run connection test plant --require EnrollmentWrite --require RegistrationStatusRead
gives "rights it has can be required" 0
connect reader enrollmentread
run connection test reader -o table
gives "a key with one right is accepted" 0
prints "what it lacks is shown" 'EnrollmentRead *granted' 'EnrollmentWrite *missing'
run connection test reader --require EnrollmentWrite
gives "a right it lacks cannot be required" 6 'lacks the right EnrollmentWrite'
run connection test reader --require EnrolmentWrite
gives "nor one that does not exist" 2 "did you mean 'EnrollmentWrite'"
policy_key enrollmentread >"$tmp/key"
run connection add wrong --connector azure-dps --ca-file "$dir/ca.pem" --set host="localhost:$port" \
    --set keyName=provisioningserviceowner --secret key=@"$tmp/key"
run connection test wrong -o table
gives "another policy's key is refused" 6 'refused'
run connection set wrong --secret altKey=env:KEY
run connection test wrong
gives "the alternative key may be the right one, and that is told" 0 \
    'refuses the key and takes the alternative key: put a key'
fault_add '{"status":400}'
run connection test plant -o table
gives "answers that tell nothing are shown, and are no refusal" 1 'neither.*accepts.*HTTP 400' 'cannot be shown'
prints "each with its status" 'EnrollmentRead *unknown.*HTTP 400'
faults_end
run connection add untrusted --connector azure-dps --set host="localhost:$port" \
    --set keyName=provisioningserviceowner --secret key=env:KEY
run connection test untrusted
ok "an untrusted certificate is no success" test "$code" -ne 0
ok "and is called by its name" grep -qi 'certificate' "$tmp/err" "$tmp/out"

run connection add nowhere --connector azure-dps --set host=127.0.0.1:1 \
    --set keyName=provisioningserviceowner --secret key=env:KEY
began=$(date +%s)
run connection test nowhere
gives "a host where nobody answers" 5 "127.0.0.1:1.*check host and port"
ok "is said soon" test $(($(date +%s) - began)) -lt 15
began=$(date +%s)
run action run nowhere enrollment.list
gives "what takes long is said once" 5 "warning: 127.0.0.1:1: .*trying again for up to 10 s"
ok "and is given up soon" test $(($(date +%s) - began)) -lt 15

# --- changing one ---
run connection set wrong --secret key=env:KEY
gives "a secret can be replaced" 0
run connection test wrong --require EnrollmentWrite
gives "and counts at once" 0
run connection set wrong --set idScope=0neABC --limit 50
run connection show wrong
prints "fields change in place" '"idScope":"0neABC"' '"limit":50' '"key":{"set":true}'
run connection set wrong --unset idScope --limit 0 --ca-file ''
run connection show wrong
ok "fields can be emptied" sh -c '! grep -q idScope "$1"' - "$tmp/out"
prints "and the rest goes back to what it was" '"limit":null' '"caFile":null'
run connection set wrong --unset host
gives "but not those that are needed" 3 'host'
run connection set wrong
gives "there must be something to change" 2 'nothing to change'
run connection set nobody --set host=h
gives "and something to change it in" 4 "nobody"

# --- secrets that cannot be read ---
mv "$tmp/home/key" "$tmp/home/key.away"
run connection test plant
gives "without its key file a connection is locked" 6 'key'
run connection list
gives "and the list still works" 0
mv "$tmp/home/key.away" "$tmp/home/key"
run connection test plant
gives "with the file it is open again" 0

# --- removing one ---
run connection remove plant
gives "removing asks first" 2 'give --yes'
run connection show plant
gives "and did nothing" 0
run connection remove plant --yes
gives "with --yes it is done" 0
run connection show plant
gives "and it is gone" 4 "plant.*berth connection list"

# --- the key of the secrets from elsewhere ---
BERTH_HOME=$tmp/elsewhere
BERTH_KEY=$(openssl rand -hex 32)
export BERTH_KEY
connect plant
run connection test plant
gives "secrets under a key of the environment can be used" 0
ok "and no key file is made" test ! -e "$tmp/elsewhere/key"
mkdir "$tmp/credentials"
(umask 077 && printf '%s\n' "$BERTH_KEY" >"$tmp/credentials/berth-key")
unset BERTH_KEY
run connection test plant
gives "without it the connection is locked" 6 key
export CREDENTIALS_DIRECTORY="$tmp/credentials"
run connection test plant
gives "systemd's credential opens it" 0
unset CREDENTIALS_DIRECTORY
export BERTH_KEY_FILE="$tmp/credentials/berth-key"
run connection test plant
gives "and so does a key file" 0
chmod 644 "$BERTH_KEY_FILE"
run connection test plant
gives "unless others may read it" 6 'chmod'
unset BERTH_KEY_FILE

# --- clocks that differ ---
BERTH_HOME=$tmp/home
emulator_stop
emulator_start --clock $(($(date +%s) - 7200))
connect behind
run connection test behind
gives "a service whose clock is behind is told" 0 'clock is 7[12][0-9][0-9] seconds ahead of.*NTP'
emulator_stop
emulator_start --clock $(($(date +%s) + 7200))
connect ahead
run connection test ahead
gives "and so is one that finds each signature expired" 6 'clock is 7[12][0-9][0-9] seconds behind.*NTP'
finish
