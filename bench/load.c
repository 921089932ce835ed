#include "bench/load.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <curl/curl.h>

#define VERSION "api-version=2021-10-01"

enum { URL_MAX = SERVICE_TEXT + 200, BODY_MAX = 8192, TOKEN_MAX = 1024 };

/* One operation in flight, and the connection that it leaves to the next. */
struct slot {
    CURL *easy;
    size_t received;
    size_t body_len;
    char url[URL_MAX];
    char body[BODY_MAX];
    char token[TOKEN_MAX]; /* of the next page, as a header line; "" after the last */
};

/* The writing of a load. */
struct run {
    const struct load *load;
    struct curl_slist *headers;
    CURLM *multi;
    size_t begun; /* enrollments */
    size_t in_flight;
    size_t failed;
};

static size_t on_data(char *data, size_t size, size_t count, void *cls)
{
    struct slot *slot = cls;

    (void)data;
    slot->received += size * count;
    return size * count;
}

static size_t on_header(char *line, size_t size, size_t count, void *cls)
{
    static const char NAME[] = "x-ms-continuation:";
    size_t len = size * count;
    struct slot *slot = cls;

    if (len < TOKEN_MAX && len > strlen(NAME) && !strncasecmp(line, NAME, strlen(NAME))) {
        memcpy(slot->token, line, len);
        slot->token[len] = '\0';
        slot->token[strcspn(slot->token, "\r\n")] = '\0';
    }
    return len;
}

static bool slot_open(struct slot *slot, const struct service *service)
{
    slot->easy = curl_easy_init();
    return slot->easy &&
           !curl_easy_setopt(slot->easy, CURLOPT_CAINFO, service->ca_file) &&
           !curl_easy_setopt(slot->easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1) &&
           !curl_easy_setopt(slot->easy, CURLOPT_WRITEFUNCTION, on_data) &&
           !curl_easy_setopt(slot->easy, CURLOPT_WRITEDATA, slot) &&
           !curl_easy_setopt(slot->easy, CURLOPT_PRIVATE, slot) &&
           !curl_easy_setopt(slot->easy, CURLOPT_URL, slot->url) &&
           !curl_easy_setopt(slot->easy, CURLOPT_POSTFIELDS, slot->body);
}

static struct curl_slist *headers_new(const struct service *service, const char *extra)
{
    static const char JSON[] = "Content-Type: application/json; charset=utf-8";
    struct curl_slist *list = curl_slist_append(NULL, service->authorization), *longer;

    longer = list ? curl_slist_append(list, JSON) : NULL;
    if (longer && extra)
        longer = curl_slist_append(list, extra);
    if (longer)
        return longer;
    curl_slist_free_all(list);
    return NULL;
}

__attribute__((format(printf, 2, 3))) static void body_add(struct slot *slot,
                                                           const char *format, ...)
{
    size_t room = sizeof slot->body - slot->body_len;
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(slot->body + slot->body_len, room, format, args);
    va_end(args);
    if (n > 0 && (size_t)n < room)
        slot->body_len += (size_t)n;
}

static size_t id_number(const struct load *load, size_t i)
{
    return i * load->stride + 1;
}

/* The enrollment that the other programs of the comparison write, too. */
static void body_add_enrollment(struct slot *slot, const struct load *load, size_t i)
{
    body_add(slot,
             "{\"registrationId\":\"%s-%06zu\",\"attestation\":{\"type\":"
             "\"symmetricKey\",\"symmetricKey\":{\"primaryKey\":"
             "\"cHJpbWFyeWtleXByaW1hcnlrZXkwMQ==\",\"secondaryKey\":"
             "\"c2Vjb25kYXJ5a2V5c2Vjb25kYXJ5MDI=\"}},\"provisioningStatus\":"
             "\"enabled\",\"initialTwin\":{\"tags\":{\"site\":\"oslo\"},"
             "\"properties\":{\"desired\":{\"interval\":10}}}}",
             load->prefix, id_number(load, i));
}

static void slot_put(struct slot *slot, struct run *run)
{
    const struct load *load = run->load;
    size_t i = run->begun++;

    (void)snprintf(slot->url, sizeof slot->url, "%s/enrollments/%s-%06zu?" VERSION,
                   load->service->base, load->prefix, id_number(load, i));
    body_add_enrollment(slot, load, i);
}

static void slot_bulk(struct slot *slot, struct run *run)
{
    const struct load *load = run->load;
    size_t n;

    (void)snprintf(slot->url, sizeof slot->url, "%s/enrollments?" VERSION,
                   load->service->base);
    body_add(slot, "{\"mode\":\"%s\",\"enrollments\":[",
             load->update ? "update" : "create");
    for (n = 0; n < load->bulk && run->begun < load->count; n++) {
        body_add(slot, n ? "," : "");
        body_add_enrollment(slot, load, run->begun++);
    }
    body_add(slot, "]}");
}

/* Begin the next operation, when one is left. */
static bool slot_next(struct slot *slot, struct run *run)
{
    if (run->begun == run->load->count)
        return true;
    slot->body_len = 0;
    if (run->load->bulk)
        slot_bulk(slot, run);
    else
        slot_put(slot, run);
    run->in_flight++;
    return !curl_easy_setopt(slot->easy, CURLOPT_URL, slot->url) &&
           !curl_easy_setopt(slot->easy, CURLOPT_POSTFIELDSIZE, (long)slot->body_len) &&
           !curl_multi_add_handle(run->multi, slot->easy);
}

static bool slot_begin(struct slot *slot, struct run *run)
{
    const char *method = run->load->bulk ? "POST" : "PUT";

    return slot_open(slot, run->load->service) &&
           !curl_easy_setopt(slot->easy, CURLOPT_HTTPHEADER, run->headers) &&
           !curl_easy_setopt(slot->easy, CURLOPT_CUSTOMREQUEST, method) &&
           slot_next(slot, run);
}

/* Look at an answer; let its slot go on. */
static bool slot_end(struct run *run, const struct CURLMsg *done)
{
    struct slot *slot = NULL;
    long status = 0;

    run->in_flight--;
    if (curl_easy_getinfo(done->easy_handle, CURLINFO_PRIVATE, &slot) ||
        curl_easy_getinfo(done->easy_handle, CURLINFO_RESPONSE_CODE, &status) ||
        curl_multi_remove_handle(run->multi, done->easy_handle))
        return false;
    if (done->data.result || status != 200)
        run->failed++;
    return slot_next(slot, run);
}

static bool run_all(struct run *run, struct slot *slots)
{
    struct CURLMsg *message;
    int running, queued;
    size_t i;

    for (i = 0; i < run->load->parallel; i++)
        if (!slot_begin(&slots[i], run))
            return false;
    while (run->in_flight) {
        if (curl_multi_perform(run->multi, &running))
            return false;
        while ((message = curl_multi_info_read(run->multi, &queued)))
            if (message->msg == CURLMSG_DONE && !slot_end(run, message))
                return false;
        if (running && curl_multi_poll(run->multi, NULL, 0, 1000, NULL))
            return false;
    }
    return true;
}

int load_write(const struct load *load)
{
    struct run run = {.load = load, .multi = curl_multi_init()};
    struct slot *slots = calloc(load->parallel, sizeof *slots);
    bool ok;
    size_t i;

    run.headers =
        headers_new(load->service, load->update && !load->bulk ? "If-Match: *" : NULL);
    ok = slots && run.multi && run.headers && run_all(&run, slots) && !run.failed;
    if (!ok)
        (void)fprintf(stderr, "floor: %zu operations were not answered with 200\n",
                      run.failed + run.in_flight);
    for (i = 0; slots && i < load->parallel; i++) {
        if (run.multi && slots[i].easy)
            (void)curl_multi_remove_handle(run.multi, slots[i].easy); /* may be out */
        curl_easy_cleanup(slots[i].easy);
    }
    free(slots);
    curl_slist_free_all(run.headers);
    (void)curl_multi_cleanup(run.multi); /* nothing is in it any more */
    return ok ? 0 : -1;
}

/* Read the page that the token of the last one names. */
static bool page_read(struct slot *slot, const struct service *service, size_t size)
{
    struct curl_slist *headers = headers_new(service, *slot->token ? slot->token : NULL);
    struct curl_slist *all;
    char count[64];
    long status = 0;
    bool ok;

    (void)snprintf(count, sizeof count, "x-ms-max-item-count: %zu", size);
    all = headers ? curl_slist_append(headers, count) : NULL;
    *slot->token = '\0';
    ok = all && !curl_easy_setopt(slot->easy, CURLOPT_HTTPHEADER, all) &&
         !curl_easy_perform(slot->easy) &&
         !curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE, &status) && status == 200;
    curl_slist_free_all(headers);
    if (!ok)
        (void)fprintf(stderr, "floor: a page was answered with status %ld\n", status);
    return ok;
}

int load_read(const struct service *service, struct reading *reading)
{
    struct slot *slot = calloc(1, sizeof *slot);
    bool ok;

    if (!slot)
        return -1;
    (void)snprintf(slot->url, sizeof slot->url, "%s/enrollments/query?" VERSION,
                   service->base);
    body_add(slot, "{\"query\":\"*\"}");
    ok = slot_open(slot, service) &&
         !curl_easy_setopt(slot->easy, CURLOPT_HEADERFUNCTION, on_header) &&
         !curl_easy_setopt(slot->easy, CURLOPT_HEADERDATA, slot);
    do {
        ok = ok && page_read(slot, service, reading->page_size);
        if (ok && reading->tokens && *slot->token)
            ok = puts(slot->token) >= 0;
    } while (ok && ++reading->pages && *slot->token);
    reading->bytes = slot->received;
    curl_easy_cleanup(slot->easy);
    free(slot);
    return ok ? 0 : -1;
}
