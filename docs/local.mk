# Files of docs/.
EXTRA_DIST += docs/operations.md docs/emulator.md docs/recipes.md

dist_man_MANS += docs/berth-emulator.1
