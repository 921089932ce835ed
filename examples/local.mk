EXTRA_DIST += demo examples/text-list/text-list.c examples/text-list/text-list.json
