EXTRA_DIST += demo \
	examples/rest-list/rest-list.c examples/rest-list/rest-list.json \
	examples/text-list/text-list.c examples/text-list/text-list.json
