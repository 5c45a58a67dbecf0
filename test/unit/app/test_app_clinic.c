/* SPDX-License-Identifier: Apache-2.0
 * From the tables to a simulated clinic, and its numbers as table, JSON and documentation. */
#include "app/clinic.h"
#include "app/review.h"

#include "base/text.h"
#include "unit/care/fixture.h"

#include "support/check.h"

static struct en_clinic_answer clinic_of(const char *condition, size_t forecasts,
                                         struct en_arena *a)
{
    const struct en_app app = {.knowledge = fx_knowledge(), .today = fx_today()};
    const struct en_clinic_options options = {.condition = condition,
                                              .truth = -1,
                                              .patients = 40,
                                              .forecast_patients = forecasts,
                                              .draws = 16,
                                              .seed = 1,
                                              .threads = 2};
    struct en_clinic_answer answer;
    struct en_err err = {{0}};
    enum en_status st = en_app_clinic_open(&app, &options, a, &answer, &err);

    while (st == EN_OK && en_clinic_done(answer.clinic) < forecasts) {
        st = en_clinic_advance(answer.clinic, &err);
    }
    if (st != EN_OK || en_app_clinic_close(&answer, a, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    return answer;
}

static struct en_clinic_rows rows_of(const struct en_clinic_answer *answer, struct en_arena *a)
{
    struct en_clinic_rows rows;

    CHECK(en_clinic_rows_of(answer, a, &rows, NULL) == EN_OK);
    return rows;
}

/* Every rule of the table is compared, and the one that reviews use beside them; the session is
 * that of the condition's own primary sites. */
static void test_rules_are_those_of_the_tables(void **state)
{
    struct en_arena a = EN_ARENA(64 << 20);
    const struct en_clinic_answer knee = clinic_of("oa_knee", 0, &a);
    const struct en_table *t = en_table_get(fx_knowledge(), "stopping_rules");
    const struct en_rule own = en_app_rule(fx_knowledge());
    const struct en_clinic_request *q = &knee.request;
    const struct en_rule *last = &q->rules[q->rule_count - 1].rule;

    (void)state;
    CHECK(q->rule_count == t->row_count + 1);
    for (size_t i = 0; i < t->row_count; i++) {
        CHECK_TEXT(q->rules[i].rule.id, en_cell(&t->rows[i], "id"));
    }
    CHECK_TEXT(knee.rule_ids[t->row_count], "default");
    CHECK(last->early_sessions == own.early_sessions &&
          last->gain_per_session == own.gain_per_session);
    CHECK(q->dose.dextrose_percent > 15.0 && q->dose.dextrose_percent < 25.0);
    CHECK(q->dose.coverage > 0.3 && q->dose.coverage < 1.0);
    CHECK(knee.has_condition_data && q->signal_count > 0);
    en_arena_free(&a);
}

/* A condition that is not one, and one that is not injected by default. */
static void test_what_cannot_be_simulated_is_said(void **state)
{
    const struct en_app app = {.knowledge = fx_knowledge(), .today = fx_today()};
    struct en_clinic_options options = {.condition = "sore_knee", .truth = -1, .patients = 8};
    struct en_arena a = EN_ARENA(64 << 20);
    struct en_clinic_answer answer;
    struct en_err err = {{0}};

    (void)state;
    CHECK(en_app_clinic_open(&app, &options, &a, &answer, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "no condition");
    options.condition = "chronic_pain_unspecified";
    CHECK(en_app_clinic_open(&app, &options, &a, &answer, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "no sites");
    en_arena_free(&a);
}

/* The table read back is the table: the same text when printed again. A condition's rows take the
 * place of its old ones, others stay. */
static void test_the_table_is_read_back(void **state)
{
    struct en_arena a = EN_ARENA(128 << 20);
    struct en_buf text = EN_BUF(4 << 20), again = EN_BUF(4 << 20);
    const struct en_clinic_answer knee = clinic_of("oa_knee", 0, &a);
    const struct en_clinic_answer elbow = clinic_of("lateral_epicondylalgia", 0, &a);
    const struct en_clinic_rows first = rows_of(&knee, &a), second = rows_of(&elbow, &a);
    struct en_clinic_rows both, same, read;

    (void)state;
    CHECK(en_clinic_rows_replace(&first, &second, &a, &both, NULL) == EN_OK);
    CHECK(both.count == first.count + second.count);
    CHECK(en_clinic_rows_replace(&both, &first, &a, &same, NULL) == EN_OK);
    CHECK(same.count == both.count);
    CHECK_TEXT(same.rows[0].condition, "oa_knee");
    CHECK_TEXT(same.rows[both.count - 1].condition, "lateral_epicondylalgia");
    en_clinic_rows_print(&both, &text);
    CHECK(en_clinic_rows_read("t", en_buf_text(&text), text.size, &a, &read, NULL) == EN_OK);
    en_clinic_rows_print(&read, &again);
    CHECK_TEXT(en_buf_text(&text), en_buf_text(&again));
    en_buf_free(&text);
    en_buf_free(&again);
    en_arena_free(&a);
}

/* The section names every rule once; rules that nobody was asked a forecast for have no numbers,
 * and no "nan" stands anywhere. Without a table it says so. */
static void test_the_section_and_the_json(void **state)
{
    struct en_arena a = EN_ARENA(64 << 20);
    struct en_buf docs = EN_BUF(1 << 20), json = EN_BUF(1 << 20), none = EN_BUF(1 << 20);
    const struct en_clinic_answer knee = clinic_of("oa_knee", 2, &a);
    const struct en_clinic_rows rows = rows_of(&knee, &a);

    (void)state;
    en_clinic_docs(fx_knowledge(), &rows, &docs);
    CHECK_CONTAINS(en_buf_text(&docs), "### Knee osteoarthritis");
    for (size_t i = 0; i < knee.request.rule_count; i++) {
        char line[128];

        (void)snprintf(line, sizeof line, "| %s |", knee.rule_titles[i]);
        CHECK_CONTAINS(en_buf_text(&docs), line);
    }
    CHECK_CONTAINS(en_buf_text(&docs), "| every session | 40 | 6.00 |");
    CHECK(strstr(en_buf_text(&docs), "nan") == NULL);
    CHECK(en_clinic_json(&rows, &json, NULL) == EN_OK);
    CHECK_CONTAINS(en_buf_text(&json), "\"condition\": \"oa_knee\"");
    CHECK_CONTAINS(en_buf_text(&json), "\"lost_important\"");
    CHECK(strstr(en_buf_text(&json), "nan") == NULL);
    en_clinic_docs(fx_knowledge(), NULL, &none);
    CHECK_CONTAINS(en_buf_text(&none), "Not done yet.");
    en_buf_free(&docs);
    en_buf_free(&json);
    en_buf_free(&none);
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_rules_are_those_of_the_tables),
          cmocka_unit_test(test_what_cannot_be_simulated_is_said),
          cmocka_unit_test(test_the_table_is_read_back),
          cmocka_unit_test(test_the_section_and_the_json));
