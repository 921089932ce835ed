# Everything of the host but main() is one library, so that tools and tests link the same
# code.
noinst_LTLIBRARIES += host/libhost.la
host_libhost_la_SOURCES =
host_libhost_la_LIBADD = plugin/libsdk.la $(CURL_LIBS) $(CRYPTO_LIBS) $(JANSSON_LIBS) \
	$(SQLITE_LIBS) $(PCRE2_LIBS) $(MICROHTTPD_LIBS) $(GNUTLS_LIBS) -lm

# --- JSON Schema ---
host_libhost_la_SOURCES += \
	host/schema/applicator.c \
	host/schema/array.c \
	host/schema/branch.c \
	host/schema/check.c host/schema/check.h \
	host/schema/compile.c host/schema/compile.h \
	host/schema/cycle.c \
	host/schema/ecma.c \
	host/schema/enum.c \
	host/schema/equal.c host/schema/equal.h \
	host/schema/find.c \
	host/schema/format.c host/schema/format.h \
	host/schema/format_host.c \
	host/schema/format_text.c \
	host/schema/format_time.c \
	host/schema/format_uri.c \
	host/schema/index.c \
	host/schema/json_mutable.h \
	host/schema/keyword.c \
	host/schema/locate.c host/schema/locate.h \
	host/schema/node.c host/schema/node.h \
	host/schema/number.c host/schema/number.h \
	host/schema/object.c \
	host/schema/operand.c \
	host/schema/pattern.c host/schema/pattern.h \
	host/schema/pointer.c host/schema/pointer.h \
	host/schema/reference.c \
	host/schema/report.c host/schema/report.h \
	host/schema/scan.h \
	host/schema/schema.h \
	host/schema/seen.c host/schema/seen.h \
	host/schema/string.c \
	host/schema/suggest.c host/schema/suggest.h \
	host/schema/type.c host/schema/type.h \
	host/schema/uri.c host/schema/uri.h
