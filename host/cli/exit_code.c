#include "host/cli/exit_code.h"

#include "sdk/error.h"

int exit_code_from_status(int status)
{
    if (status >= 0)
        return status;
    switch (status) {
    case BERTH_E_INVALID:
        return EXIT_INVALID;
    case BERTH_E_AUTH:
        return EXIT_REFUSED;
    case BERTH_E_NOT_FOUND:
        return EXIT_NOT_FOUND;
    case BERTH_E_CONFLICT:
        return EXIT_CONFLICT;
    case BERTH_E_THROTTLED:
        return EXIT_THROTTLED;
    case BERTH_E_UNAVAILABLE:
        return EXIT_UNREACHABLE;
    case BERTH_E_TIMEOUT:
        return EXIT_TIMEOUT;
    case BERTH_E_CANCELED:
        return EXIT_INTERRUPTED;
    default:
        return EXIT_FAILED;
    }
}

void exit_tally_add(struct exit_tally *tally, int status)
{
    int code = exit_code_from_status(status);
    if (code == EXIT_OK) {
        tally->ok++;
        return;
    }
    if (tally->failed == 0)
        tally->code = code;
    else if (tally->code != code)
        tally->code = EXIT_FAILED;
    tally->failed++;
}

int exit_tally_code(const struct exit_tally *tally)
{
    if (tally->failed == 0)
        return EXIT_OK;
    return tally->ok > 0 ? EXIT_SOME_FAILED : tally->code;
}

int fail_usage(struct berth_error *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)fail_v(err, BERTH_E_INVALID, format, args); /* the exit code says it */
    va_end(args);
    return EXIT_USAGE;
}
