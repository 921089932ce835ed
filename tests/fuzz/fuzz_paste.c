/* Pasted text from strangers, into a form with text, number and yes-or-no fields: what is
 * refused changes nothing, and a secret never lands among what may be shown. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host/form.h"
#include "host/manifest.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char MANIFEST[] =
    "{\"manifestVersion\":1,\"id\":\"f\",\"version\":\"1.0.0\",\"abi\":{\"major\":1,"
    "\"minor\":0},\"title\":\"F\",\"summary\":\"F\",\"network\":{\"hosts\":[\"https://"
    "{host}\"]},\"limits\":[{\"id\":\"a\",\"title\":\"A\",\"requests\":1,\"seconds\":1}],"
    "\"triggers\":{},\"actions\":{\"a.b\":{\"title\":\"A\",\"description\":\"A\","
    "\"permissions\":[],\"steps\":[\"a\"],\"effects\":{\"readOnly\":true,\"destructive\":"
    "false,\"idempotent\":true},\"inputSchema\":{\"type\":\"object\"},\"outputSchema\":"
    "true}},\"credentials\":{\"k\":{\"title\":\"K\",\"permissions\":{},\"test\":{"
    "\"action\":\"a.b\"},\"schema\":{\"type\":\"object\",\"additionalProperties\":false,"
    "\"required\":[\"host\",\"key\"],\"properties\":{"
    "\"host\":{\"title\":\"H\",\"type\":\"string\",\"x-secret\":false,\"pattern\":"
    "\"^[a-z.:0-9]+$\",\"x-warn\":[{\"pattern\":\"^a\",\"message\":\"begins with a\"}]},"
    "\"key\":{\"title\":\"K\",\"type\":\"string\",\"x-secret\":true,\"minLength\":8},"
    "\"port\":{\"title\":\"P\",\"type\":\"integer\",\"x-secret\":false},"
    "\"on\":{\"title\":\"O\",\"type\":\"boolean\",\"x-secret\":false}}},"
    "\"paste\":{\"title\":\"P\",\"separator\":\";\",\"fields\":{\"HostName\":\"host\","
    "\"SharedAccessKey\":\"key\",\"Port\":\"port\",\"On\":\"on\"},\"ignored\":[\"X\"]}}}"
    "}";

static void count_warning(void *ctx, const char *field, const char *sentence)
{
    size_t *count = ctx;
    *count += strlen(field) > 0 && strlen(sentence) > 0;
}

static size_t values_set(const struct form *form)
{
    size_t count = 0;
    for (size_t i = 0; i < form_field_count(form); i++)
        count += form_is_set(form, form_field(form, i)->name);
    return count;
}

static void finish(struct form *form)
{
    struct berth_error err = BERTH_ERROR_INIT;
    size_t warnings = 0;
    json_auto_t *fields = NULL;
    json_auto_t *secrets = NULL;
    form_each_warning(form, count_warning, &warnings);
    if (form_finish(form, &err) < 0 && !err.message[0])
        abort();
    if (form_values(form, &fields, &secrets, &err) < 0)
        abort();
    if (json_object_get(fields, "key"))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct berth_error err = BERTH_ERROR_INIT;
    static struct manifest *m; /* read once: it takes most of the time */
    cleanup(form) struct form *form = NULL;
    const struct credential *c = NULL;
    if ((!m && manifest_parse("f", str_from(MANIFEST), &m, &err) < 0) ||
        manifest_credential_by_kind(m, NULL, &c, &err) < 0 ||
        form_new(c, &form, &err) < 0)
        abort();
    int r = form_paste(form, (struct berth_str){(const char *)data, size}, &err);
    if (r < 0 && (!err.message[0] || values_set(form) > 0))
        abort();
    finish(form);
    return 0;
}
