/* SPDX-License-Identifier: Apache-2.0
 * Any JSON that passes the gate is judged as a resource of R4: twice the same, every problem with a
 * path and a text, no error counted that is not there, and the narrative of what is valid holds
 * nothing that a browser would run. */
#include "base/limits.h"
#include "fhir/json.h"
#include "fhir/r4.h"
#include "fhir/validate.h"
#include "fuzz.h"

#include <string.h>
#include <strings.h>

static struct en_arena tables = {.limit = EN_REQUEST_ARENA};
static struct en_r4 r4;

static void check_issues(const struct en_issues *issues)
{
    size_t errors = 0;

    for (size_t i = 0; i < issues->count; i++) {
        PROPERTY(issues->items[i].text[0] != '\0');
        PROPERTY(strlen(issues->items[i].path) < 512);
        errors += issues->items[i].severity == EN_ISSUE_ERROR ? 1 : 0;
    }
    PROPERTY(issues->was_cut ? errors <= issues->error_count : errors == issues->error_count);
}

static void check_narrative(struct json_object *root)
{
    const char *div = en_json_text(en_json_get(root, "text"), "div");

    if (div != NULL) {
        PROPERTY(strcasestr(div, "<script") == NULL);
        PROPERTY(strcasestr(div, "<iframe") == NULL);
        PROPERTY(strstr(div, "<!DOCTYPE") == NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_issues issues = {0}, again = {0};
    struct json_object *root = NULL;

    if (r4.elements == NULL) {
        PROPERTY(en_r4_load(&tables, &r4, NULL) == EN_OK);
    }
    if (en_json_read((const char *)bytes, size, &a, &root, &issues, NULL) == EN_OK) {
        en_r4_validate(&r4, root, &a, &issues);
        en_r4_validate(&r4, root, &a, &again);
        PROPERTY(issues.count == again.count && issues.error_count == again.error_count);
        check_issues(&issues);
        if (issues.error_count == 0) {
            check_narrative(root);
        }
        json_object_put(root);
    }
    en_arena_free(&a);
    return 0;
}
