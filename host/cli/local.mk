# The command line.
host_libhost_la_SOURCES += \
	host/cli/csv.c host/cli/csv.h \
	host/cli/csv_columns.c host/cli/csv_columns.h \
	host/cli/lines.c host/cli/lines.h \
	host/cli/lines_array.c \
	host/cli/members.c host/cli/members.h \
	host/cli/record.c host/cli/record.h \
	host/cli/source.c host/cli/source.h
