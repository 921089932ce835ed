# Files of docs/.
EXTRA_DIST += docs/operations.md
