# The ABI, the kit that connectors link statically, and one block a connector.
include_HEADERS = plugin/berth_plugin.h

noinst_LTLIBRARIES += plugin/libsdk.la
plugin_libsdk_la_SOURCES = \
	plugin/sdk/answer.c plugin/sdk/answer.h \
	plugin/sdk/base64.c plugin/sdk/base64.h \
	plugin/sdk/calendar.c plugin/sdk/calendar.h \
	plugin/sdk/call.c \
	plugin/sdk/cleanup.h \
	plugin/sdk/conn.c plugin/sdk/conn.h \
	plugin/sdk/control.h \
	plugin/sdk/cursor.c \
	plugin/sdk/error.c plugin/sdk/error.h \
	plugin/sdk/http_date.c plugin/sdk/http_date.h \
	plugin/sdk/json.c plugin/sdk/json.h \
	plugin/sdk/json_dump.c plugin/sdk/json_parse.c \
	plugin/sdk/outgoing.c plugin/sdk/outgoing.h \
	plugin/sdk/plain.h \
	plugin/sdk/pointer.c plugin/sdk/pointer.h \
	plugin/sdk/reader.c plugin/sdk/reader.h \
	plugin/sdk/rest.c plugin/sdk/rest.h plugin/sdk/rest_build.c \
	plugin/sdk/sas.c plugin/sdk/sas.h \
	plugin/sdk/scan.c plugin/sdk/scan.h \
	plugin/sdk/str.h \
	plugin/sdk/template.c plugin/sdk/template.h \
	plugin/sdk/text.c plugin/sdk/text.h \
	plugin/sdk/unit.c plugin/sdk/unit.h plugin/sdk/unit_fail.c \
	plugin/sdk/verbatim.c plugin/sdk/verbatim.h
plugin_libsdk_la_LIBADD = $(JANSSON_LIBS) $(CRYPTO_LIBS)

CONNECTOR_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -no-undefined \
	-export-symbols-regex '^berth_plugin_v1$$'

# --- azure-dps ---
noinst_LTLIBRARIES += plugin/libdps.la
plugin_libdps_la_SOURCES = \
	plugin/azure-dps/bulk.c \
	plugin/azure-dps/bulk_input.c plugin/azure-dps/bulk_input.h \
	plugin/azure-dps/config.c \
	plugin/azure-dps/crawl.c \
	plugin/azure-dps/dps.h \
	plugin/azure-dps/enrollment.c plugin/azure-dps/enrollment.h \
	plugin/azure-dps/given.c plugin/azure-dps/given.h \
	plugin/azure-dps/list.c \
	plugin/azure-dps/operations.h \
	plugin/azure-dps/plugin.c \
	plugin/azure-dps/probe.c \
	plugin/azure-dps/register.c \
	plugin/azure-dps/registrations.c \
	plugin/azure-dps/token.c \
	plugin/azure-dps/request.c plugin/azure-dps/request.h \
	plugin/azure-dps/verbs.c \
	plugin/azure-dps/when.c plugin/azure-dps/when.h \
	plugin/azure-dps/write.c plugin/azure-dps/write.h
plugin_libdps_la_LIBADD = plugin/libsdk.la

connector_LTLIBRARIES += plugin/azure-dps.la
plugin_azure_dps_la_SOURCES =
plugin_azure_dps_la_LIBADD = plugin/libdps.la
plugin_azure_dps_la_LDFLAGS = $(CONNECTOR_LDFLAGS)
dist_connector_DATA += manifests/azure-dps.json
