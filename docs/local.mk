# Files of docs/.
EXTRA_DIST += docs/operations.md

dist_man_MANS += docs/berth-emulator.1
