# The command line.
host_libhost_la_SOURCES += \
	host/cli/batch.c host/cli/batch.h \
	host/cli/csv.c host/cli/csv.h \
	host/cli/csv_columns.c host/cli/csv_columns.h \
	host/cli/dry_run.c host/cli/dry_run.h \
	host/cli/exit_code.c host/cli/exit_code.h \
	host/cli/lines.c host/cli/lines.h \
	host/cli/lines_array.c \
	host/cli/members.c host/cli/members.h \
	host/cli/output.c host/cli/output.h \
	host/cli/plain.c host/cli/plain.h \
	host/cli/progress.c host/cli/progress.h \
	host/cli/record.c host/cli/record.h \
	host/cli/result.c host/cli/result.h \
	host/cli/resume.c host/cli/resume.h \
	host/cli/source.c host/cli/source.h \
	host/cli/table.c host/cli/table.h \
	host/cli/talk.c host/cli/talk.h \
	host/cli/writer.c host/cli/writer.h
