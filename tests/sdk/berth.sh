#!/bin/sh
# The outside judge of the connector: what berth writes is read back by Microsoft's Node SDK,
# unmodified, and the other way round.
. "${BERTH_SRCDIR:?}/tests/e2e/cli.sh"
. "$BERTH_SRCDIR/tests/sdk/packages.sh"
begin
with_emulator --retry-after 1
NODE_PATH=$modules NODE_EXTRA_CA_CERTS=$dir/ca.pem BERTH_EMULATOR=$dir/emulator.json \
    BERTH_PROGRAM=$berth BERTH_CONNECTION=plant node "$here/berth.js"
