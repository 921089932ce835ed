#!/bin/sh
# Plays the corpus of each fuzz target that was built (their nouns are in
# BERTH_FUZZ_TARGETS): by replay.c's main(), or by libFuzzer's with -runs=0.
. "${BERTH_SRCDIR:?}/tests/tap.sh"
for noun in $BERTH_FUZZ_TARGETS; do
    output=$("$BERTH_BUILDDIR/tests/fuzz/fuzz_$noun" -runs=0 \
        "$BERTH_SRCDIR/tests/fuzz/corpus/$noun" 2>&1)
    status=$?
    ok "the corpus of fuzz_$noun plays" test $status -eq 0
    [ $status -eq 0 ] || note "$output"
done
finish
