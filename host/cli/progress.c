#include "host/cli/progress.h"

#include <inttypes.h>

#define SURE_AFTER_MS 1000

bool progress_due(struct progress *p, int64_t now_ms)
{
    if (now_ms - p->shown_ms < PROGRESS_EVERY_MS)
        return false;
    p->shown_ms = now_ms;
    return true;
}

static void add_duration(struct text *text, int64_t seconds)
{
    int64_t hours = seconds / 3600;
    int64_t minutes = seconds / 60 % 60;
    if (hours > 0)
        text_add_format(text, "%" PRId64 ":%02" PRId64, hours, minutes);
    else
        text_add_format(text, "%" PRId64, minutes);
    text_add_format(text, ":%02" PRId64, seconds % 60);
}

void progress_text(const struct progress *p, int64_t now_ms, struct text *ret_text)
{
    int64_t passed_ms = now_ms - p->started_ms;
    text_add_format(ret_text, "%" PRIu64 " done", p->done);
    if (p->failed > 0)
        text_add_format(ret_text, ", %" PRIu64 " failed", p->failed);
    if (p->skipped > 0)
        text_add_format(ret_text, ", %" PRIu64 " skipped", p->skipped);
    if (passed_ms < SURE_AFTER_MS)
        return;
    double seconds = (double)passed_ms / 1000.0;
    text_add_format(ret_text, ", %.0f/s", (double)(p->done - p->skipped) / seconds);
    if (p->size_bytes == 0 || p->passed_bytes == 0 || p->passed_bytes > p->size_bytes)
        return;
    double left =
        seconds * (double)(p->size_bytes - p->passed_bytes) / (double)p->passed_bytes;
    text_add(ret_text, ", ");
    add_duration(ret_text, (int64_t)(left + 0.5));
    text_add(ret_text, " left");
}
