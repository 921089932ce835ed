#include "host/cli/record.h"

#include "sdk/error.h"
#include "sdk/json.h"

/* jansson's own sentences quote the text, which may hold a secret. What jansson does not
 * tell apart, or would take, `ours` says. */
static void describe(struct berth_error *problem, const json_error_t *error,
                     const struct berth_error *ours)
{
    switch (json_error_code(error)) {
    case json_error_duplicate_key:
        (void)fail(problem, BERTH_E_INVALID,
                   "a member is given twice (before column %d): give it once",
                   error->column);
        return;
    case json_error_invalid_utf8:
        (void)fail(problem, BERTH_E_INVALID, "not UTF-8 (at column %d)", error->column);
        return;
    case json_error_out_of_memory:
        (void)fail_no_memory(problem);
        return;
    case json_error_numeric_overflow:
        (void)fail(problem, BERTH_E_INVALID, "a number is too large (at column %d)",
                   error->column);
        return;
    case json_error_premature_end_of_input:
        (void)fail(problem, BERTH_E_INVALID,
                   "the JSON ends too early (after column %d): is a bracket or a quote "
                   "missing?",
                   error->column);
        return;
    default:
        *problem = *ours;
    }
}

int record_parse(struct record *record, uint64_t number, struct berth_str json)
{
    struct berth_error ours = BERTH_ERROR_INIT;
    json_t *value = NULL;
    *record = (struct record){.number = number, .problem = BERTH_ERROR_INIT};
    if (json_parse(json, JSON_OURS, &value, &ours) < 0) {
        json_error_t error = {0};
        json_decref(json_loadb(json.ptr, json.len,
                               JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error));
        describe(&record->problem, &error, &ours);
        return error.text[0] ? (int)json_error_code(&error) : 0;
    }
    if (json_is_object(value)) {
        record->value = value;
        record->text = json;
        return 0;
    }
    json_decref(value);
    (void)fail(&record->problem, BERTH_E_INVALID,
               "not a JSON object: an input looks like {\"member\": value}");
    return 0;
}
