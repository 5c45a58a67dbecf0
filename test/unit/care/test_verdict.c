/* SPDX-License-Identifier: Apache-2.0
 * The verdict: what blocks, what outweighs what, and what is asked next. */
#include "fixture.h"

#include "base/text.h"

static struct en_assessment judge(struct en_arena *a, const char *condition, const char *changes)
{
    struct en_case *c = fx_case(a, condition);

    fx_apply(c, changes);
    const struct en_plan plan = fx_plan(a, c, NULL);

    return fx_assess(a, c, &plan);
}

static void print_findings(const struct en_assessment *out)
{
    for (size_t i = 0; i < out->finding_count; i++) {
        if (out->findings[i].severity != EN_INFO) {
            print_error("  %s%s %s\n", out->findings[i].is_unknown ? "unknown " : "",
                        en_severity_text(out->findings[i].severity),
                        en_cell(out->findings[i].tier, "id"));
        }
    }
}

/* A healthy adult with everything answered must not be stopped by any offered condition: a rule
 * that fires here fires for everybody. Grade D or N and locked conditions carry their cautions. */
static void test_benign_case_is_suitable(void **state)
{
    const struct en_table *conditions = en_table_get(fx_knowledge(), "conditions");

    (void)state;
    for (size_t i = 0; i < conditions->row_count; i++) {
        const struct en_row *row = &conditions->rows[i];
        struct en_arena a = fx_arena();

        if (!en_text_equal(en_cell(row, "status"), "offered") ||
            en_text_equal(en_cell(row, "id"), "osgood_schlatter")) {
            continue;
        }
        const struct en_assessment out = judge(&a, en_cell(row, "id"), "");

        if (out.verdict > EN_VERDICT_CAUTION) {
            print_error("%s: %s\n", en_cell(row, "id"), en_verdict_text(out.verdict));
            print_findings(&out);
        }
        en_arena_free(&a);
    }
    struct en_arena a = fx_arena();
    const struct en_assessment out = judge(&a, "oa_knee", "");

    if (out.verdict != EN_VERDICT_SUITABLE) {
        print_findings(&out);
    }
    CHECK(out.verdict == EN_VERDICT_SUITABLE);
    CHECK(!out.has_stop_without_override);
    CHECK(out.rule_count > 70);
    CHECK(out.condition != NULL);
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_benign_case_is_suitable));
