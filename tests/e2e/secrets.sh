#!/bin/sh
# The whole life of a connection and of devices with known keys; then no file, log or output has
# any of them, in any form.
. "${BERTH_SRCDIR:?}/tests/e2e/cli.sh"
needs openssl
begin
umask 000 # what is made must not depend on it
mkdir "$dir" "$tmp/logs" "$tmp/inputs"
emulator_start --assign-after 0 --exit-after 600 --enrollments 3 || exit 1

# --- the secrets: the service's key, and four of devices ---
owner=$(policy_key provisioningserviceowner)
wrong=V3Jvbmcga2V5IG9mIHRoZSBzZXJ2aWNlLCBhIHNlY3JldCE=
one=QmVydGggZGV2aWNlIGtleSBudW1iZXIgb25lLCBzZWNyZXQhPz8=
two=+/+/QmVydGggZGV2aWNlIGtleSBudW1iZXIgdHdvLCBzZWNyZXQ=
three=QmVydGggZ3JvdXAga2V5IG51bWJlciB0aHJlZSBzZWNyZXQhPz8=
four=QmVydGggZGV2aWNlIGtleSBudW1iZXIgNCBzZWNyZXQhIT8+Pz4=

to_hex() {
    od -An -v -tx1 | tr -d ' \n'
}

# forms SECRET: as it is, for URLs, in base64 once more, and what it stands for; in hex.
forms() {
    printf '%s' "$1" | to_hex && echo
    printf '%s' "$(url_encode "$1")" | to_hex && echo
    printf '%s' "$1" | openssl base64 -A | to_hex && echo
    printf '%s' "$1" | openssl base64 -d -A | to_hex && echo
}
for secret in "$owner" "$wrong" "$one" "$two" "$three" "$four"; do
    forms "$secret"
done | grep . >"$tmp/needles"

# tells FILE: one of the secrets.
tells() {
    to_hex <"$1" | grep -qFf "$tmp/needles"
}

# keeps NAME FOLDER: no file in it tells.
keeps() {
    good=true
    find "$2" -type f >"$tmp/files"
    [ -s "$tmp/files" ] || good=false
    while IFS= read -r file; do
        if tells "$file"; then
            good=false
            note "$file tells a secret"
            to_hex <"$file" | grep -oFf "$tmp/needles" | head -n 3 | sed 's/^/# /'
        fi
    done <"$tmp/files"
    ok "$1" $good
}

# life ARGUMENT...: stdin is the input; what it writes goes to the logs.
life() {
    log=$(mktemp "$tmp/logs/XXXXXX") # a pipe's last command cannot count
    "$berth" "$@" >"$log.out" 2>"$log.err"
    code=$?
    echo "$code $*" >>"$tmp/codes"
}

# --- a connection ---
field connectionString >"$tmp/inputs/pasted"
life -v connection add pasted --connector azure-dps --paste - --ca-file "$dir/ca.pem" \
    --set idScope="$scope" --set deviceEndpoint="$(field deviceEndpoint)" --limit off \
    <"$tmp/inputs/pasted"
ok "a connection is pasted" test $code = 0
OWNER=$owner WRONG=$wrong
export OWNER WRONG
life connection add mixed --connector azure-dps --ca-file "$dir/ca.pem" \
    --set host="localhost:$port" --set keyName=provisioningserviceowner \
    --secret key=env:WRONG --secret altKey=env:OWNER --limit off </dev/null
ok "another has two keys from the environment" test $code = 0
unset OWNER WRONG
life connection set mixed --secret key=@"$tmp/inputs/pasted" </dev/null
ok "what is no key is refused" test $code = 3
for format in table json ndjson; do
    life connection show mixed -o $format </dev/null
    life connection list -o $format </dev/null
    life connection test mixed -v -o $format </dev/null
done
life __complete connection show '' </dev/null
sed 's/HostName/HostNome/; s/SharedAccessKey=/SharedAccessKey==/' "$tmp/inputs/pasted" |
    life connection add broken --connector azure-dps --paste -
printf '%s' "$owner" | life connection add broken --connector azure-dps --paste -
life connection add broken --connector azure-dps --set key="$owner" </dev/null
life connection add broken --connector azure-dps --secret key="$owner" </dev/null
printf '%s!' "$owner" | life connection add broken --connector azure-dps \
    --set host=h --set keyName=k --secret key=-
life connection add broken --connector azure-dps --set host=h --set keyName="$owner x" \
    --secret key=@/dev/null </dev/null
rm -f "$log".* # what was given as no secret is shown as none

# --- devices ---
symmetric() {
    printf '"attestation":{"type":"symmetricKey","symmetricKey":{"primaryKey":"%s","secondaryKey":"%s"}}' \
        "$1" "$2"
}
printf '{"registrationId":"known",%s}' "$(symmetric $one $two)" >"$tmp/inputs/known"
printf '{"enrollmentGroupId":"crowd",%s}' "$(symmetric $three $four)" >"$tmp/inputs/crowd"
printf '{"registrationId":"other",%s}\n{"registrationId":"a b",%s}\n{"registrationId":"x",%s\n' \
    "$(symmetric $two $four)" "$(symmetric $two $four)" "$(symmetric $one $two)" >"$tmp/inputs/lines"
printf 'registrationId,attestation.type,attestation.symmetricKey.primaryKey,attestation.symmetricKey.secondaryKey\nsheet,symmetricKey,%s,%s\nsheet2,symmetricKey,,%s\n' \
    $one $four $two >"$tmp/inputs/sheet"
{
    cat "$tmp/inputs/sheet"
    printf 'sheet3,symmetricKey,%s,"%s\n' $one $four
} >"$tmp/inputs/sheet.open"
life -v action run pasted enrollment.create -i - <"$tmp/inputs/known"
ok "a device with known keys is made" grep -q '"status":"ok"' "$log.out"
life -v action run pasted enrollmentGroup.create -i - <"$tmp/inputs/crowd"
ok "so is a group" grep -q '"status":"ok"' "$log.out"
for how in '' --dry-run --dry-run=read --csv; do
    for verb in create upsert update; do
        for format in table json ndjson; do
            # shellcheck disable=SC2086 # nothing, or an option
            life -v action run mixed enrollment.$verb -i - -o $format $how <"$tmp/inputs/known"
        done
    done
    # shellcheck disable=SC2086
    life -v action run pasted enrollment.upsert -i - $how <"$tmp/inputs/lines"
done
life -v action run pasted enrollment.upsert -i @"$tmp/inputs/lines" </dev/null
life -v action run pasted enrollment.upsert -i @"$tmp/inputs/lines" \
    --resume "$log.out" </dev/null
for sheet in sheet sheet.open; do
    for option in '' --dry-run; do
        # shellcheck disable=SC2086
        life -v action run pasted enrollment.upsert --csv -i @"$tmp/inputs/$sheet" $option \
            </dev/null
    done
done
life action run pasted enrollment.create -i "$(cat "$tmp/inputs/known")" </dev/null
printf '{"mode":"upsert","enrollments":[%s]}' "$(cat "$tmp/inputs/known")" |
    life -v action run pasted enrollment.bulk -i - --yes
printf '{"mode":"update","enrollments":[%s]}' "$(cat "$tmp/inputs/known")" |
    life -v action run pasted enrollment.bulk -i - --yes
for format in table json ndjson; do
    for action in get secrets; do
        life -v action run pasted enrollment.$action -o $format \
            -i '{"registrationId":"known"}' </dev/null
        life -v action run pasted enrollmentGroup.$action -o $format \
            -i '{"enrollmentGroupId":"crowd"}' </dev/null
    done
    life -v action run pasted enrollment.list -o $format -i '{"withKeys":true}' </dev/null
    life -v action run pasted enrollmentGroup.list -o $format -i '{"withKeys":true}' </dev/null
    printf '{"registrationId":"known","symmetricKey":"%s"}' $one |
        life -v action run pasted device.register -i - -o $format
    printf '{"registrationId":"member","groupKey":"%s"}' $three |
        life -v action run pasted device.register -i - -o $format
    printf '{"registrationId":"known","symmetricKey":"%s"}' $four |
        life -v action run pasted device.register -i - -o $format
    printf '{"registrationId":"member","groupKey":"%s"}' $three |
        life -v action run pasted device.deriveKey -i - -o $format
done
life -v action run pasted device.register -i '{"registrationId":"known"}' </dev/null
life -v action run pasted enrollment.rotateKeys --yes \
    -i '{"registrationId":"known","key":"swap"}' </dev/null
ok "keys are swapped" test $code = 0
life -v action run pasted enrollment.disable -i '{"registrationId":"known"}' </dev/null

# --- events ---
for trigger in enrollment enrollmentGroup registration; do
    life -v trigger poll pasted $trigger.changed --start all </dev/null
    ok "$trigger.changed has events" test -s "$log.out"
done

# --- a running process ---
mkfifo "$tmp/pipe"
BERTH_PROBE=probe "$berth" action run pasted enrollment.upsert -i - \
    <"$tmp/pipe" >"$tmp/logs/running.out" 2>"$tmp/logs/running.err" &
running=$!
exec 9>"$tmp/pipe"
cat "$tmp/inputs/known" >&9
echo >&9
tries=0
while [ ! -s "$tmp/logs/running.out" ] && [ $tries -lt 200 ]; do
    sleep 0.02
    tries=$((tries + 1))
done
mkdir "$tmp/seen"
tr '\0' '\n' <"/proc/$running/cmdline" >"$tmp/seen/cmdline"
cat "/proc/$running/environ" >"$tmp/seen/environ" 2>/dev/null
if grep -q '^BERTH_CFLAGS = .*-fsanitize=' "$BERTH_BUILDDIR/Makefile"; then
    skip "nobody else of its user looks into it" "a sanitizer has to"
elif [ "$(id -u)" = 0 ]; then
    skip "nobody else of its user looks into it" "root looks into everything"
else
    ok "nobody else of its user looks into it" test ! -s "$tmp/seen/environ"
fi
keeps "neither arguments nor environment of a process tell a secret" "$tmp/seen"
ok "it may leave no core" sh -c '
    [ ! -r "/proc/$1/limits" ] || grep -Eq "^Max core file size +0 +0 " "/proc/$1/limits"' - $running
exec 9>&-
wait $running
ok "and it went through" grep -q '"status":"ok"' "$tmp/logs/running.out"

# --- what is left ---
ok "most of it went well" sh -c '[ "$(grep -c "^0 " "$1")" -gt 40 ]' - "$tmp/codes"
keeps "neither results nor talk nor wire log tell a secret" "$tmp/logs"
ok "nor any signature" sh -c '! grep -rhE "sig=[^*]" "$1"' - "$tmp/logs"
ok "though much was logged" sh -c '[ "$(cat "$1"/*.err | grep -c "^[<>]")" -gt 200 ]' - "$tmp/logs"
keeps "the state tells none" "$tmp/home"
ok "the state is for its owner alone" sh -c '[ -z "$(find "$1" -perm /077)" ]' - "$tmp/home"
tr -d '\n' <"$tmp/home/key" | to_hex >"$tmp/key.hex"
ok "the key of the state is only in its file" sh -c '
    for file in "$1"/berth.db*; do
        od -An -v -tx1 <"$file" | tr -d " \n" | grep -qF -e "$(cat "$2")" -e "$(cat "$1/key")" && exit 1
    done
    exit 0' - "$tmp/home" "$tmp/key.hex"
run connection remove mixed --yes
run connection remove pasted --yes
keeps "nor after the connections were removed" "$tmp/home"

# --- what is asked for is shown: the search finds what is there ---
connect plant
mkdir "$tmp/shown"
for form in "$owner" "$(url_encode "$two")" "$(printf '%s' "$one" | openssl base64 -A)"; do
    printf 'x%sx' "$form" >"$tmp/shown/form"
    ok "the search finds a form of a secret" tells "$tmp/shown/form"
done
run action run plant enrollment.secrets -i '{"registrationId":"known"}' --show-secrets
ok "keys are shown when they are asked for" tells "$tmp/out"

# --- libcurl and the environment ---
SSLKEYLOGFILE=$tmp/tls-keys
export SSLKEYLOGFILE
run action run plant enrollment.list
ok "the keys of TLS sessions go to no file" test "$code" = 0 -a ! -e "$SSLKEYLOGFILE"
unset SSLKEYLOGFILE
run connection set plant --ca-file ''
for name in SSL_CERT_FILE CURL_CA_BUNDLE; do
    env $name="$dir/ca.pem" "$berth" action run plant enrollment.list >"$tmp/out" 2>"$tmp/err" </dev/null
    code=$?
    [ "$code" != 3 ] || code=5 # where the system has no certificates at all
    gives "$name makes nobody trusted" 5 'certificate.*--ca-file'
done
finish
