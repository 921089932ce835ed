# The ABI, the kit that connectors link statically, and one block a connector.
include_HEADERS = plugin/berth_plugin.h

noinst_LTLIBRARIES += plugin/libsdk.la
plugin_libsdk_la_SOURCES = \
	plugin/sdk/cleanup.h \
	plugin/sdk/error.c plugin/sdk/error.h \
	plugin/sdk/str.h \
	plugin/sdk/text.c plugin/sdk/text.h
plugin_libsdk_la_LIBADD = $(JANSSON_LIBS) $(CRYPTO_LIBS)
