# Files of bench/: the programs that bench/run measures with. They are built with the rest,
# so that bench/run builds nothing, and are never installed.
EXTRA_DIST += bench/README.md bench/run bench/lib.sh bench/write.sh bench/poll.sh \
	bench/start.sh bench/server.sh bench/quota.sh bench/report.awk bench/sdk.js \
	bench/put.lua bench/pages.lua

noinst_PROGRAMS += bench/measure bench/floor bench/echo bench/empty
bench_measure_SOURCES = bench/measure.c

bench_floor_SOURCES = bench/floor.c bench/load.c bench/load.h bench/service.c \
	bench/service.h
bench_floor_LDADD = $(CURL_LIBS) $(CRYPTO_LIBS) $(JANSSON_LIBS)

bench_echo_SOURCES = bench/echo.c
bench_echo_LDADD = $(MICROHTTPD_LIBS)

# An empty program with the libraries of berth: what the loader alone costs.
bench_empty_SOURCES = bench/empty.c
bench_empty_LDFLAGS = $(AM_LDFLAGS) -Wl,--no-as-needed
bench_empty_LDADD = $(CURL_LIBS) $(CRYPTO_LIBS) $(JANSSON_LIBS) $(SQLITE_LIBS) \
	$(PCRE2_LIBS)
