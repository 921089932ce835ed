#include "host/manifest/manifest_priv.h"

#include "host/schema/schema.h"
#include "sdk/json.h"

/* manifests/schema.json, byte for byte, made by the build. */
static const unsigned char VOCABULARY[] = {
#include "host/manifest/vocabulary.inc"
};

int vocabulary_check(const json_t *root, struct berth_error *err)
{
    json_auto_t *document = NULL;
    struct schema *schema = NULL;
    struct berth_str text = {(const char *)VOCABULARY, sizeof(VOCABULARY)};
    int r = json_parse(text, JSON_OURS, &document, err);
    if (r == 0)
        r = schema_new(document, "", 0, &schema, err);
    if (r == 0)
        r = schema_check(schema, root, NULL, err);
    schema_free(schema);
    return r;
}
