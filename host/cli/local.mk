# The command line.
bin_PROGRAMS += berth
berth_SOURCES = host/main.c
berth_CFLAGS = $(AM_CFLAGS) -fPIE
berth_LDFLAGS = $(AM_LDFLAGS) -pie -Wl,--as-needed
berth_LDADD = host/libhost.la

bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = docs/completion/berth

host_libhost_la_SOURCES += \
	host/cli/action.c host/cli/action.h \
	host/cli/action_single.c \
	host/cli/action_stream.c \
	host/cli/alarm.c host/cli/alarm.h \
	host/cli/app.c host/cli/app.h \
	host/cli/args.c host/cli/args.h \
	host/cli/batch.c host/cli/batch.h \
	host/cli/cli.c host/cli/cli.h \
	host/cli/command.c host/cli/command.h \
	host/cli/complete.c host/cli/complete.h \
	host/cli/connection_edit.c \
	host/cli/connection_show.c \
	host/cli/connection_test.c \
	host/cli/connector.c \
	host/cli/csv.c host/cli/csv.h \
	host/cli/csv_columns.c host/cli/csv_columns.h \
	host/cli/dry_run.c host/cli/dry_run.h \
	host/cli/exit_code.c host/cli/exit_code.h \
	host/cli/fill.c host/cli/fill.h \
	host/cli/fill_ask.c \
	host/cli/help.c host/cli/help.h \
	host/cli/help_operation.c \
	host/cli/input.c host/cli/input.h \
	host/cli/interrupt.c host/cli/interrupt.h \
	host/cli/lines.c host/cli/lines.h \
	host/cli/lines_array.c \
	host/cli/link.c host/cli/link.h \
	host/cli/members.c host/cli/members.h \
	host/cli/option.c host/cli/option.h \
	host/cli/output.c host/cli/output.h \
	host/cli/plain.c host/cli/plain.h \
	host/cli/process.c host/cli/process.h \
	host/cli/progress.c host/cli/progress.h \
	host/cli/prompt.c host/cli/prompt.h \
	host/cli/record.c host/cli/record.h \
	host/cli/result.c host/cli/result.h \
	host/cli/resume.c host/cli/resume.h \
	host/cli/source.c host/cli/source.h \
	host/cli/store.c \
	host/cli/stream.c host/cli/stream.h \
	host/cli/table.c host/cli/table.h \
	host/cli/talk.c host/cli/talk.h \
	host/cli/task.c host/cli/task.h \
	host/cli/trigger.c \
	host/cli/writer.c host/cli/writer.h
dist_man_MANS += docs/berth.1 docs/berth-action.1 docs/berth-connection.1 \
	docs/berth-store.1 docs/berth-trigger.1
