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
	host/schema/keyword.c \
	host/schema/keyword_table.c host/schema/keyword_table.h \
	host/schema/locate.c host/schema/locate.h \
	host/schema/node.c host/schema/node.h \
	host/schema/number.c host/schema/number.h \
	host/schema/object.c \
	host/schema/operand.c \
	host/schema/pattern.c host/schema/pattern.h \
	host/schema/reference.c \
	host/schema/report.c host/schema/report.h \
	host/schema/scan.h \
	host/schema/schema.h \
	host/schema/seen.c host/schema/seen.h \
	host/schema/string.c \
	host/schema/type.c host/schema/type.h \
	host/schema/uri.c host/schema/uri.h

# --- manifest, credential form, secrets by schema ---
host_libhost_la_SOURCES += \
	host/file.c host/file.h \
	host/fnv.h \
	host/form.h \
	host/form/finish.c \
	host/form/form.c host/form/form_priv.h \
	host/form/paste.c \
	host/form/value.c \
	host/manifest.h \
	host/manifest/build.c \
	host/manifest/check.c \
	host/manifest/check_form.c \
	host/manifest/check_operation.c \
	host/manifest/check_request.c \
	host/manifest/compiled_schema.c host/manifest/compiled_schema.h \
	host/manifest/input.c \
	host/manifest/lookup.c \
	host/manifest/manifest_priv.h \
	host/manifest/member.c \
	host/manifest/operation.c \
	host/manifest/read.c \
	host/manifest/secret_names.c \
	host/manifest/template.c host/manifest/template.h \
	host/manifest/vocabulary.c \
	host/redact.h \
	host/redact/plan.c \
	host/redact/redact.c host/redact/redact_priv.h \
	host/redact/secret.c \
	host/redact/splice.c \
	host/redact/walk.c \
	host/suggest.c host/suggest.h
nodist_host_libhost_la_SOURCES = host/manifest/vocabulary.inc
host/manifest/vocabulary.lo: host/manifest/vocabulary.inc
CLEANFILES += host/manifest/vocabulary.inc

# The vocabulary as the bytes of an array: a string literal may not be so long.
host/manifest/vocabulary.inc: manifests/schema.json
	$(AM_V_GEN)$(MKDIR_P) host/manifest && \
	od -An -v -tx1 $(top_srcdir)/manifests/schema.json | \
		$(SED) 's/ *\([0-9a-f][0-9a-f]\)/0x\1,/g' > $@-t && mv -f $@-t $@

# --- loader, transport, session ---
# The file that has the installation's folders in it is made anew when another prefix is
# configured.
host/loader/path.lo: Makefile
AM_CPPFLAGS += -DBERTH_CONNECTOR_DIR='"$(connectordir)"' -DBERTH_BIN_DIR='"$(bindir)"'
host_libhost_la_SOURCES += \
	host/clock.h \
	host/ring.h \
	host/loader.h \
	host/loader/loader_priv.h \
	host/loader/loader.c \
	host/loader/negotiate.c \
	host/loader/path.c \
	host/loader/safe_file.c host/loader/safe_file.h \
	host/http/exchange.c host/http/exchange.h \
	host/http/failure.c host/http/failure.h \
	host/http/hide.c host/http/hide.h \
	host/http/limiter.c host/http/limiter.h \
	host/http/mask.c host/http/mask.h \
	host/http/origin.c host/http/origin.h \
	host/http/retry.c host/http/retry.h \
	host/http/retry_after.c host/http/retry_after.h \
	host/http/transport.c host/http/transport.h \
	host/http/wire_log.c host/http/wire_log.h \
	host/session.h \
	host/session/call.c \
	host/session/session_priv.h \
	host/session/job.c \
	host/session/services.c \
	host/session/session.c

# The state of an installation: store, secrets, connections.
host_libhost_la_SOURCES += \
	host/connection.h \
	host/connection/credentials.c \
	host/connection/read.c host/connection/read.h \
	host/connection/write.c \
	host/poll.h \
	host/poll/commit.c \
	host/poll/crawl.c host/poll/crawl.h \
	host/poll/digest.c host/poll/digest.h \
	host/poll/event.c host/poll/event.h \
	host/poll/gone.c host/poll/gone.h \
	host/poll/lock.c \
	host/poll/mark.c host/poll/mark.h \
	host/poll/outbox.c host/poll/outbox.h \
	host/poll/poll.c \
	host/poll/progress.c \
	host/poll/scope_set.c host/poll/scope_set.h \
	host/poll/subscription.c host/poll/subscription.h \
	host/poll/verify.c host/poll/verify.h \
	host/secret.h \
	host/secret/data_key.c host/secret/data_key.h \
	host/secret/key.c host/secret/key.h \
	host/secret/rotate.c \
	host/secret/seal.c host/secret/seal.h \
	host/secret/secret.c \
	host/snapshot/compact.c \
	host/snapshot/index.c host/snapshot/index.h \
	host/snapshot/load.c \
	host/snapshot/log.c host/snapshot/log.h \
	host/snapshot/page.c host/snapshot/page.h \
	host/snapshot/roster.c host/snapshot/roster.h \
	host/snapshot/roster_store.c \
	host/snapshot/siphash.h \
	host/snapshot/snapshot.c host/snapshot/snapshot.h \
	host/snapshot/text_hash.c host/snapshot/text_hash.h \
	host/snapshot/unseen.c \
	host/store.h \
	host/store/home.c host/store/home.h \
	host/store/migrate.c host/store/migrate.h \
	host/store/sql.c host/store/sql.h \
	host/store/store.c

include host/cli/local.mk
