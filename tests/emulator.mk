# Tests of the emulator: unit, end to end, fuzz, and the outside judge.
EXTRA_DIST += tests/e2e/dps.sh tests/sdk/package.json tests/sdk/dps.js tests/sdk/tap.js
dist_check_SCRIPTS += tests/e2e/emulator.sh tests/sdk/run.sh
TESTS += tests/e2e/emulator.sh tests/sdk/run.sh
