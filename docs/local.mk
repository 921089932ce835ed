# Files of docs/.
EXTRA_DIST += docs/operations.md docs/emulator.md

dist_man_MANS += docs/berth-emulator.1
