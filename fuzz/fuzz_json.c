/* SPDX-License-Identifier: Apache-2.0
 * Any bytes are either refused with an error, or they are JSON that json-c reads, too, and the text
 * written back passes the gate again and is read as an equal tree, number by number as written. */
#include "base/limits.h"
#include "fhir/json.h"
#include "fuzz.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_issues issues = {0}, none = {0};
    struct json_object *root = NULL, *again = NULL;
    const enum en_status gate = en_json_check((const char *)bytes, size, &a, &issues, NULL);

    PROPERTY((gate == EN_OK) == (issues.error_count == 0));
    if (gate == EN_OK) {
        PROPERTY(en_json_read((const char *)bytes, size, &a, &root, &none, NULL) == EN_OK);
        const char *text = json_object_to_json_string_ext(root, JSON_C_TO_STRING_PLAIN |
                                                                    JSON_C_TO_STRING_NOSLASHESCAPE);

        PROPERTY(en_json_read(text, strlen(text), &a, &again, &none, NULL) == EN_OK);
        PROPERTY(json_object_equal(root, again) == 1);
        PROPERTY(
            strcmp(text, json_object_to_json_string_ext(
                             again, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)) == 0);
        json_object_put(root);
        json_object_put(again);
    }
    en_arena_free(&a);
    return 0;
}
