#!/bin/sh
# The outside judge: Microsoft's Node SDK, unmodified, against berth-emulator. The packages of
# package.json are looked for in $BERTH_NODE_MODULES, else beside this file; nothing is installed.
. "${BERTH_SRCDIR:?}/tests/e2e/dps.sh"
. "$BERTH_SRCDIR/tests/sdk/packages.sh"
begin
certificates=$tmp/certificates
mkdir "$certificates"

# certificate NAME SUBJECT CA [SIGNER]: NAME.pem and NAME-key.pem; CA is TRUE or FALSE; without a
# signer it is signed with its own key.
certificate() {
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$2" \
        -keyout "$certificates/$1-key.pem" -out "$certificates/$1.csr"
    printf 'basicConstraints=critical,CA:%s\n' "$3" >"$certificates/extensions"
    if [ $# -gt 3 ]; then
        set -- "$1" -CA "$certificates/$4.pem" -CAkey "$certificates/$4-key.pem" -CAcreateserial
    else
        set -- "$1" -signkey "$certificates/$1-key.pem"
    fi
    name=$1
    shift
    openssl x509 -req -in "$certificates/$name.csr" -days 30 -out "$certificates/$name.pem" \
        -extfile "$certificates/extensions" "$@"
}

if command -v openssl >/dev/null; then
    {
        certificate self Self-1 FALSE
        certificate root 'Test Root' TRUE
        certificate between 'Test Between' TRUE root
        certificate chain Chain-1 FALSE between
        certificate foreign-root 'Other Root' TRUE
        certificate foreign Chain-2 FALSE foreign-root
    } >"$certificates/log" 2>&1
    cat "$certificates/between.pem" >>"$certificates/chain.pem"
fi
emulator_start --assign-after 100 --retry-after 1 || exit 1
NODE_PATH=$modules NODE_EXTRA_CA_CERTS=$dir/ca.pem BERTH_EMULATOR=$dir/emulator.json \
    BERTH_CERTIFICATES=$certificates node "$here/dps.js" >"$tmp/cases"
sed '/^1\.\./d' "$tmp/cases"
tap_count=$(grep -c '^\(not \)\{0,1\}ok ' "$tmp/cases")
ok "all cases were played" is "1..$tap_count" "$(grep '^1\.\.' "$tmp/cases")"
judge_answers
finish
