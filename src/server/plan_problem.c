/* SPDX-License-Identifier: Apache-2.0 */
#include "server/plan_problem.h"

#include "base/text.h"
#include "fhir/json.h"

#include <json-c/json.h>
#include <string.h>

const char *en_plan_condition(struct json_object *plan, struct en_arena *a)
{
    static const char TYPE[] = "Condition/";
    const char *text = en_json_text(en_json_at(en_json_get(plan, "addresses"), 0), "reference");
    const size_t size = sizeof TYPE - 1;

    return text == NULL || !en_text_starts(text, TYPE)
               ? NULL
               : en_arena_copy(a, text + size, strcspn(text + size, "/"));
}

static const char *path_of(size_t index, struct en_arena *a)
{
    return en_arena_print(a, "Bundle.entry[%zu].resource", index);
}

void en_plan_set_condition(struct json_object *plan, const struct en_record *record,
                           const char *path, struct en_arena *a)
{
    for (size_t i = 0; i < record->count; i++) {
        const struct en_record_part *part = &record->parts[i];

        if (en_text_equal(part->type, "Condition") && en_text_equal(path_of(i, a), path)) {
            struct json_object *list = json_object_new_array(), *one = json_object_new_object();
            const char *address = en_arena_print(a, "Condition/%s", part->id);

            (void)json_object_object_add(one, "reference",
                                         json_object_new_string(address == NULL ? "" : address));
            (void)json_object_array_add(list, one);
            (void)json_object_object_add(plan, "addresses", list);
            return;
        }
    }
}

const char *en_condition_path(const struct en_record *record, const char *condition,
                              struct en_arena *a)
{
    for (size_t i = 0; condition != NULL && i < record->count; i++) {
        if (en_text_equal(record->parts[i].type, "Condition") &&
            en_text_equal(record->parts[i].id, condition)) {
            return path_of(i, a);
        }
    }
    return NULL;
}

/* In the place of the one that was asked with, or as one more. */
static enum en_status set_target(struct en_op_parameters *p, const char *text, struct en_err *err)
{
    size_t i = 0;

    while (i < p->count && !en_text_equal(p->items[i].name, "target")) {
        i++;
    }
    if (text == NULL || i == EN_PARAMETERS_MAX) {
        return en_fail(err, EN_ENOMEM, "no room for the problem of a plan");
    }
    p->items[i] = (struct en_op_parameter){"target", text};
    p->count = i == p->count ? i + 1 : p->count;
    return EN_OK;
}

enum en_status en_plan_take_target(struct en_op_parameters *p, const struct en_record *record,
                                   const struct en_case *c, const char *condition,
                                   struct en_arena *a, struct en_err *err)
{
    const char *path = en_condition_path(record, condition, a);

    if (condition == NULL) {
        return EN_OK;
    }
    for (size_t i = 0; path != NULL && i < c->target_count; i++) {
        if (en_text_equal(c->targets[i].path, path)) {
            return set_target(p, en_arena_print(a, "%zu", i + 1), err);
        }
    }
    return en_fail(err, EN_EINVAL,
                   "the problem that this plan is about is none of the patient's any more: make "
                   "another plan");
}
