# Files of emulator/.

noinst_LTLIBRARIES += libemulator.la
libemulator_la_SOURCES = \
	emulator/access.c emulator/access.h \
	emulator/address.c emulator/address.h \
	emulator/admin.c emulator/admin.h \
	emulator/allocation.c emulator/allocation.h \
	emulator/attestation.c \
	emulator/authority.c emulator/authority.h \
	emulator/call.c emulator/call.h \
	emulator/certificate.c emulator/certificate.h \
	emulator/chain.c emulator/chain.h \
	emulator/choices.h \
	emulator/codec.c emulator/codec.h \
	emulator/delay.c emulator/delay.h \
	emulator/device.c \
	emulator/draft.c emulator/draft.h \
	emulator/emu.c emulator/emu.h \
	emulator/enrollment.c emulator/enrollment.h \
	emulator/fault.c emulator/fault.h \
	emulator/file.c emulator/file.h \
	emulator/fleet.c emulator/fleet.h \
	emulator/generate.c emulator/generate.h \
	emulator/http.c emulator/http.h \
	emulator/ident.c emulator/ident.h \
	emulator/index.c emulator/index.h \
	emulator/journal.c emulator/journal.h \
	emulator/keys.c emulator/keys.h \
	emulator/lag.c emulator/lag.h \
	emulator/mask.c emulator/mask.h \
	emulator/moment.c emulator/moment.h \
	emulator/options.c emulator/options.h \
	emulator/problem.c emulator/problem.h \
	emulator/proof.c emulator/proof.h \
	emulator/quota.c emulator/quota.h \
	emulator/ready.c emulator/ready.h \
	emulator/registration.c emulator/registration.h \
	emulator/rights.c emulator/rights.h \
	emulator/route.c emulator/route.h \
	emulator/sas.c emulator/sas.h \
	emulator/save.c emulator/save.h \
	emulator/service_bulk.c \
	emulator/service_enrollment.c \
	emulator/service_query.c \
	emulator/service_registration.c \
	emulator/slice.c emulator/slice.h \
	emulator/spoil.c emulator/spoil.h \
	emulator/state.c emulator/state.h \
	emulator/store.c emulator/store.h \
	emulator/text.c emulator/text.h \
	emulator/thread.c emulator/thread.h \
	emulator/token.c emulator/token.h
libemulator_la_LIBADD = $(MICROHTTPD_LIBS) $(GNUTLS_LIBS) $(JANSSON_LIBS) -lpthread

bin_PROGRAMS += berth-emulator
berth_emulator_SOURCES = emulator/main.c
berth_emulator_CFLAGS = $(AM_CFLAGS) -fPIE
berth_emulator_LDFLAGS = $(AM_LDFLAGS) -pie
berth_emulator_LDADD = libemulator.la
