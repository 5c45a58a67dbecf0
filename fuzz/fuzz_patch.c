/* SPDX-License-Identifier: Apache-2.0
 * Any array [document, patch] that passes the gate: the patch fails, says where, and leaves the
 * document as it was, or the document after it passes the gate, too. */
#include "base/limits.h"
#include "fhir/json.h"
#include "fhir/patch.h"
#include "fuzz.h"

#include <string.h>

static const char *text_of(struct en_arena *a, struct json_object *value)
{
    const char *copy =
        en_arena_copy(a, json_object_to_json_string_ext(value, JSON_C_TO_STRING_PLAIN), SIZE_MAX);

    PROPERTY(copy != NULL);
    return copy;
}

static void check(struct en_arena *a, struct json_object **document, struct json_object *patch)
{
    const char *before = text_of(a, *document);
    struct en_issues issues = {0}, none = {0};
    const enum en_status st = en_json_patch(document, patch, a, &issues, NULL);
    const char *after = text_of(a, *document);

    PROPERTY((st == EN_OK) == (issues.error_count == 0));
    if (st == EN_OK) {
        PROPERTY(en_json_check(after, strlen(after), a, &none, NULL) == EN_OK);
    } else {
        PROPERTY(st == EN_EINVAL || st == EN_ECONFLICT);
        PROPERTY(strcmp(before, after) == 0);
        PROPERTY(issues.items[0].path[0] == '$');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_issues issues = {0};
    struct json_object *root = NULL;

    if (en_json_read((const char *)bytes, size, &a, &root, &issues, NULL) == EN_OK) {
        struct json_object *document = json_object_get(en_json_at(root, 0));

        check(&a, &document, en_json_at(root, 1));
        json_object_put(document);
        json_object_put(root);
    }
    en_arena_free(&a);
    return 0;
}
