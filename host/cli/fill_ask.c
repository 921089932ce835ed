/* Filling a form by asking a person at a terminal. */
#include "host/cli/fill.h"

#include <string.h>

#include "host/cli/prompt.h"
#include "host/schema/schema.h"
#include "sdk/cleanup.h"
#include "sdk/error.h"
#include "sdk/json.h"
#include "sdk/str.h"

struct asking {
    struct prompt prompt;
    const struct credential *credential;
    struct form *form;
};

/* Does what the form holds for the field obey the field's own schema? */
static int check_field(const struct asking *a, const struct form_field *field,
                       struct berth_error *err)
{
    json_auto_t *fields = NULL;
    json_auto_t *secrets = NULL;
    cleanup(schema) struct schema *schema = NULL;
    cleanup(text) struct text pointer;
    text_init(&pointer, 300);
    text_add_format(&pointer, "/credentials/%s/schema/properties/%s", a->credential->kind,
                    field->name);
    json_t *document = json_mutable(manifest_json(a->credential->manifest));
    int r = schema_new(document, pointer.data ? pointer.data : "", 0, &schema, err);
    if (r == 0)
        r = form_values(a->form, &fields, &secrets, err);
    if (r < 0)
        return r;
    const json_t *value = json_object_get(field->secret ? secrets : fields, field->name);
    return value ? schema_check(schema, value, NULL, err) : 0;
}

static void add_question(struct text *question, const struct form_field *field)
{
    text_add(question, field->title);
    if (json_is_string(field->fallback))
        text_add_format(question, " [%s]", json_string_value(field->fallback));
    else if (field->placeholder)
        text_add_format(question, " (for example %s)", field->placeholder);
    text_add(question, field->required ? "" : ", or nothing");
    text_add(question, field->secret ? " (not shown): " : ": ");
}

/* Who pastes the whole at the first question that shows what is typed is understood. */
static bool take_whole(const struct asking *a, const struct form_field *field,
                       struct berth_str answer)
{
    if (field->secret || form_paste(a->form, answer, NULL) < 0 ||
        !form_is_set(a->form, field->name))
        return false;
    const json_t *how = json_object_get(a->credential->json, "paste");
    const char *title = json_string_value(json_object_get(how, "title"));
    talk_warn(a->prompt.talk,
              "%s: filled in as a whole. A key in it can be read above: clear the screen",
              title ? title : field->title);
    return true;
}

/* Take one answer. 0, or a status and a sentence on what is wrong with it. */
static int take_answer(const struct asking *a, const struct form_field *field,
                       struct berth_str answer, struct berth_error *err)
{
    if (str_is_blank(answer) && (!field->required || field->fallback))
        return 0;
    if (str_is_blank(answer))
        return fail(err, BERTH_E_INVALID, "%s is needed. ", field->title);
    if (take_whole(a, field, answer))
        return 0;
    int r = form_set(a->form, field->name, answer, err);
    if (r == 0)
        r = check_field(a, field, err);
    if (r < 0)
        (void)form_set(a->form, field->name, STR(""), NULL); /* it was not there before */
    return r;
}

/* A mistake is said and asked again. */
static int ask_field(struct asking *a, const struct form_field *field,
                     struct berth_error *err)
{
    cleanup(text) struct text question;
    cleanup(text) struct text answer;
    text_init(&question, 2000);
    text_init_secret(&answer, FILL_MAX_BYTES);
    add_question(&question, field);
    if (field->description)
        talk_say(a->prompt.talk, "%s", field->description);
    for (;;) {
        int r = prompt_line(&a->prompt, question.data ? question.data : field->name,
                            field->secret, &answer, err);
        if (r < 0 || take_answer(a, field, text_str(&answer), err) == 0)
            return r;
        bool known = str_is_blank(text_str(&answer)) || !field->help; /* what is wrong */
        talk_warn(a->prompt.talk, "%s%s", known ? err->message : "That cannot be right. ",
                  field->help ? field->help : "");
        err->message[0] = '\0';
    }
}

/* Who answers the first field's question here is understood, too: what has a dot or a
 * colon and is right there is no key that would then be shown. */
static bool take_first(const struct asking *a, struct berth_str answer)
{
    const struct form_field *field = form_field(a->form, 0);
    if (!field || field->secret || strcspn(answer.ptr, ".:") == answer.len ||
        take_answer(a, field, answer, &(struct berth_error)BERTH_ERROR_INIT) < 0)
        return false;
    talk_say(a->prompt.talk, "Taken as: %s", field->title);
    return true;
}

static int ask_paste(struct asking *a, struct berth_error *err)
{
    const json_t *how = json_object_get(a->credential->json, "paste");
    const char *title = json_string_value(json_object_get(how, "title"));
    cleanup(text) struct text question;
    cleanup(text) struct text answer;
    text_init(&question, 1000);
    text_init_secret(&answer, FILL_MAX_BYTES);
    if (!title)
        return 0;
    text_add_format(&question, "%s (not shown; Enter alone: field by field): ", title);
    for (;;) {
        int r = prompt_line(&a->prompt, question.data ? question.data : title, true,
                            &answer, err);
        if (r < 0 || str_is_blank(text_str(&answer)))
            return r;
        if (form_paste(a->form, text_str(&answer), err) == 0 ||
            take_first(a, text_str(&answer)))
            return 0;
        talk_warn(a->prompt.talk, "%s", err->message);
        err->message[0] = '\0';
    }
}

static bool is_untouched(const struct app *app)
{
    static const enum option_id FILLING[] = {OPT_PASTE, OPT_SET, OPT_SECRET};
    for (size_t i = 0; i < sizeof(FILLING) / sizeof(FILLING[0]); i++)
        if (app_has(app, FILLING[i]))
            return false;
    return true;
}

int fill_by_asking(struct app *app, const struct credential *credential,
                   struct form *form, struct berth_error *err)
{
    struct asking a = {.credential = credential, .form = form};
    bool untouched = is_untouched(app);
    prompt_init(&a.prompt, &app->talk, false);
    if (!prompt_possible(&a.prompt))
        return 0;
    int r = untouched ? ask_paste(&a, err) : 0;
    for (size_t i = 0; i < form_field_count(form) && r == 0; i++) {
        const struct form_field *field = form_field(form, i);
        bool wanted = field->required || (untouched && !field->advanced);
        if (wanted && !form_is_set(form, field->name))
            r = ask_field(&a, field, err);
    }
    prompt_release(&a.prompt);
    return r;
}
