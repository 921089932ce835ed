#!/bin/sh
# The outside judge: Microsoft's Node SDK, unmodified, against berth-emulator. The packages of
# package.json are looked for in $BERTH_NODE_MODULES, else beside this file; nothing is installed.
. "${BERTH_SRCDIR:?}/tests/tap.sh"
. "$BERTH_SRCDIR/tests/e2e/dps.sh"
. "$BERTH_SRCDIR/tests/sdk/packages.sh"
tmp=$(mktemp -d "${TMPDIR:-/tmp}/berth-sdk.XXXXXX") || exit 1
trap 'kill "$emulator" 2>/dev/null; rm -rf "$tmp"' EXIT
dir=$tmp/emu
emulator_start --assign-after 100 --retry-after 1 || exit 1
NODE_PATH=$modules NODE_EXTRA_CA_CERTS=$dir/ca.pem BERTH_EMULATOR=$dir/emulator.json \
    node "$here/dps.js"
