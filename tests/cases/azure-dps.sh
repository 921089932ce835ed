#!/bin/sh
# Every case file of the azure-dps connector.
exec "${BERTH_BUILDDIR:?}/tests/run_case" \
    --connector "$BERTH_BUILDDIR/connectors/azure-dps.so" \
    --manifest "${BERTH_SRCDIR:?}/manifests/azure-dps.json" \
    "$BERTH_SRCDIR/tests/cases/azure-dps"
