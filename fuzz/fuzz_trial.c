/* SPDX-License-Identifier: Apache-2.0
 * Any bytes are either refused with at least one error, each at a place that is a JSON pointer or
 * told by line and column, or they are a trial that the science wing takes: every number finite and
 * within its range, every arm named, weeks ascending. */
#include "app/trial_spec.h"
#include "base/limits.h"
#include "base/text.h"
#include "fuzz.h"

static struct en_arena knowledge_arena = {.limit = EN_REQUEST_ARENA};
static struct en_knowledge *knowledge;

static void check_trial(const struct en_trial_spec *spec)
{
    const struct en_trial *t = &spec->trial;

    PROPERTY(en_trial_check(t, NULL) == EN_OK);
    PROPERTY(en_row_find(knowledge, "conditions", t->condition) != NULL);
    PROPERTY(spec->name != NULL && spec->title != NULL);
    for (size_t i = 0; i < t->outcome_count; i++) {
        PROPERTY(!en_text_is_empty(spec->outcomes[i]));
    }
    if (spec->has_question) {
        PROPERTY(spec->question.arm + 1 < t->arm_count);
        PROPERTY(spec->question.outcome < t->outcome_count);
        PROPERTY(spec->question.week < t->week_count);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_issues issues = {0};
    static struct en_trial_spec spec;

    if (knowledge == NULL) {
        PROPERTY(en_knowledge_load(NULL, &knowledge_arena, &knowledge, NULL) == EN_OK);
    }
    const enum en_status st =
        en_trial_spec_read(knowledge, (const char *)bytes, size, &a, &spec, &issues, NULL);

    PROPERTY((st == EN_OK) == (issues.error_count == 0));
    for (size_t i = 0; i < issues.count; i++) {
        const struct en_issue *issue = &issues.items[i];

        PROPERTY(issue->path[0] == '\0' || issue->path[0] == '/' ||
                 en_text_starts(issue->text, "JSON, line "));
        PROPERTY(issue->text[0] != '\0');
    }
    if (st == EN_OK) {
        check_trial(&spec);
    }
    en_arena_free(&a);
    return 0;
}
