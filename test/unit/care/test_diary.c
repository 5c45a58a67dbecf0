/* SPDX-License-Identifier: Apache-2.0
 * A patient's diary: what is asked, and how urgent the answers are. */
#include "fixture.h"

#include "base/text.h"
#include "care/diary.h"

#include <math.h>

enum { ANSWERS_MAX = 64 };

struct asked {
    struct en_arena a;
    struct en_case *c;
    const struct en_row **rows;
    size_t count;
    struct en_diary_answer answers[ANSWERS_MAX];
};

/* All that this case is asked, answered with no, and a normal temperature. */
static void ask(struct asked *s, const char *condition, const char *changes)
{
    const struct en_care care = fx_care();

    *s = (struct asked){.a = fx_arena()};
    s->c = fx_case(&s->a, condition);
    fx_apply(s->c, changes);
    CHECK(en_diary_questions(&care, s->c, &s->a, &s->rows, &s->count, NULL) == EN_OK);
    CHECK(s->count > 10 && s->count <= ANSWERS_MAX);
    for (size_t i = 0; i < s->count; i++) {
        s->answers[i] = (struct en_diary_answer){en_cell(s->rows[i], "id"), EN_FALSE, 36.8};
    }
}

static struct en_diary_answer *answer_to(struct asked *s, const char *fact)
{
    for (size_t i = 0; i < s->count; i++) {
        if (en_text_equal(s->answers[i].fact, fact)) {
            return &s->answers[i];
        }
    }
    return NULL;
}

static struct en_diary_result judge(struct asked *s)
{
    const struct en_care care = fx_care();
    struct en_diary_result out;

    CHECK(en_diary_judge(&care, s->c, s->answers, s->count, &s->a, &out, NULL) == EN_OK);
    return out;
}

/* Nothing is asked that no rule of this case waits for: a knee has no spinal headache, who has no
 * diabetes has no glucose to tell; the temperature is always asked. */
static void test_diary_asks_what_rules_wait_for(void **state)
{
    struct asked s;

    (void)state;
    ask(&s, "oa_knee", "!diabetes days_since_session=2 hours_since_session=48");
    CHECK(answer_to(&s, "sx_temperature") != NULL && answer_to(&s, "sx_hot_joint") != NULL);
    CHECK(answer_to(&s, "sx_glucose_high") == NULL && answer_to(&s, "sx_back_neck_pain") == NULL);
    CHECK(answer_to(&s, "sx_headache_over_24h") == NULL);
    CHECK(answer_to(&s, "sx_numb_improving") == NULL); /* after 12 hours it decides nothing */
    en_arena_free(&s.a);
    ask(&s, "oa_knee", "?diabetes");
    CHECK(answer_to(&s, "sx_glucose_high") != NULL && answer_to(&s, "sx_numb_improving") != NULL);
    en_arena_free(&s.a);
    ask(&s, "ddd_lumbar", "days_since_session=2");
    CHECK(answer_to(&s, "sx_back_neck_pain") != NULL);
    CHECK(answer_to(&s, "sx_headache_over_24h") != NULL);
    en_arena_free(&s.a);
}

/* S93, S94. Who answers every question with no is never told an emergency by what was not asked. */
static void test_diary_asks_enough(void **state)
{
    static const char *const CONDITIONS[] = {"oa_knee", "ddd_lumbar", "tennis_elbow"};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CONDITIONS); i++) {
        struct asked s;

        ask(&s, CONDITIONS[i], "days_since_session=2 hours_since_session=48");
        const struct en_diary_result r = judge(&s);

        CHECK(r.triage.level == EN_TRIAGE_ROUTINE && !r.triage.was_raised);
        en_arena_free(&s.a);
    }
}

/* SAFETY. "I do not know" instead of "no" never makes it less urgent, whatever else was said. */
static void test_diary_unknown_never_lowers(void **state)
{
    static const char *const WITH[] = {NULL, "sx_fever", "sx_hot_joint", "sx_motor_loss"};

    (void)state;
    for (size_t w = 0; w < EN_COUNT(WITH); w++) {
        struct asked s;

        ask(&s, "oa_knee", "days_since_session=2 hours_since_session=48");
        if (WITH[w] != NULL) {
            answer_to(&s, WITH[w])->truth = EN_TRUE;
        }
        const enum en_triage_level known = judge(&s).triage.level;

        for (size_t i = 0; i < s.count; i++) {
            const struct en_diary_answer before = s.answers[i];

            s.answers[i].truth = EN_UNKNOWN;
            s.answers[i].number = NAN;
            if (before.truth == EN_FALSE) {
                CHECK(judge(&s).triage.level <= known); /* gravest first */
            }
            s.answers[i] = before;
        }
        const size_t count = s.count;

        s.count = 0; /* nothing was answered at all */
        CHECK(judge(&s).triage.level < EN_TRIAGE_ROUTINE && judge(&s).triage.was_raised);
        s.count = count;
        en_arena_free(&s.a);
    }
}

/* The limit of fever, through the patient's own answers; what to do meanwhile comes with it. */
static void test_diary_judges_at_the_limit(void **state)
{
    struct asked s;

    (void)state;
    ask(&s, "oa_knee", "days_since_session=2 hours_since_session=48");
    answer_to(&s, "sx_hot_joint")->truth = EN_TRUE;
    answer_to(&s, "sx_temperature")->number = 37.9;
    struct en_diary_result r = judge(&s);

    CHECK(r.triage.level == EN_TRIAGE_SAME_DAY && r.act_count == 1);
    CHECK_TEXT(en_cell(r.acts[0], "id"), "act.joint");
    answer_to(&s, "sx_temperature")->number = 38.0;
    r = judge(&s);
    CHECK(r.triage.level == EN_TRIAGE_EMERGENCY && r.act_count == 1);
    CHECK_TEXT(en_cell(r.acts[0], "id"), "act.joint_fever");
    en_arena_free(&s.a);
}

/* Today's earlier answers, which the record holds, do not speak beside those that correct them. */
static void test_diary_answers_replace_the_record(void **state)
{
    struct asked s;

    (void)state;
    ask(&s, "oa_knee", "sx_cauda_equina days_since_session=2 hours_since_session=48");
    CHECK(judge(&s).triage.level == EN_TRIAGE_ROUTINE);
    answer_to(&s, "sx_cauda_equina")->truth = EN_TRUE;
    CHECK(judge(&s).triage.level == EN_TRIAGE_EMERGENCY);
    en_arena_free(&s.a);
}

static void test_diary_refuses_what_is_no_symptom(void **state)
{
    const struct en_care care = fx_care();
    static const char *const FACTS[] = {"weight", "days_since_session", "no_such_fact", ""};
    struct asked s;

    (void)state;
    ask(&s, "oa_knee", "");
    for (size_t i = 0; i < EN_COUNT(FACTS); i++) {
        const struct en_diary_answer answer = {FACTS[i], EN_TRUE, 1.0};
        struct en_diary_result out;

        CHECK(en_diary_judge(&care, s.c, &answer, 1, &s.a, &out, NULL) == EN_EINVAL);
        CHECK(out.triage.level == EN_TRIAGE_EMERGENCY);
    }
    en_arena_free(&s.a);
}

static const struct en_dated_row *line_of(const struct en_dated_row *rows, size_t count,
                                          const char *id)
{
    for (size_t i = 0; i < count; i++) {
        if (en_text_starts(en_cell(rows[i].row, "id"), id)) {
            return &rows[i];
        }
    }
    return NULL;
}

/* Aftercare of the last session with its days; the next one is named; none before a session. */
static void test_diary_aftercare_has_todays_lines(void **state)
{
    struct en_arena a = fx_arena();
    const struct en_care care = fx_care();
    struct en_case *c = fx_case(&a, "oa_knee");
    struct en_dated_row *rows = NULL;
    size_t count = 1;

    (void)state;
    CHECK(en_diary_aftercare(&care, c, EN_DAY_UNKNOWN, &a, &rows, &count, NULL) == EN_OK);
    CHECK(count == 0);
    fx_session(c, "knee", -30);
    fx_session(c, "knee", -3);
    const struct en_diary_course course = en_diary_course_of(&care, c);

    CHECK(course.last == fx_today() - 3);
    CHECK_TEXT(course.region, "knee");
    CHECK(en_diary_aftercare(&care, c, fx_today() + 18, &a, &rows, &count, NULL) == EN_OK);
    CHECK(count > 10);
    const struct en_dated_row *rest = line_of(rows, count, "AC-01"); /* to 72 hours */

    CHECK(en_diary_is_current(rest, fx_today() - 3) && en_diary_is_current(rest, fx_today()));
    CHECK(!en_diary_is_current(rest, fx_today() + 1) && !en_diary_is_current(rest, fx_today() - 4));
    CHECK_CONTAINS(line_of(rows, count, "AC-13")->text, "2026-03-20");
    CHECK(en_diary_aftercare(&care, c, EN_DAY_UNKNOWN, &a, &rows, &count, NULL) == EN_OK);
    CHECK_CONTAINS(line_of(rows, count, "AC-13")->text, "not booked");
    en_arena_free(&a);
}

/* No text of what to do is ever printed with a banned phrase, and each has its condition. */
static void test_diary_acts_have_conditions(void **state)
{
    const struct en_table *texts = en_table_get(fx_knowledge(), "texts");
    size_t count = 0;

    (void)state;
    for (size_t i = 0; i < texts->row_count; i++) {
        const struct en_row *row = &texts->rows[i];

        if (en_text_equal(en_cell(row, "section"), "act")) {
            CHECK(en_cell_expr(row, "when") != NULL);
            CHECK(en_banned_phrase(fx_knowledge(), en_cell(row, "text")) == NULL);
            count++;
        }
    }
    CHECK(count > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_diary_asks_what_rules_wait_for),
        cmocka_unit_test(test_diary_asks_enough),
        cmocka_unit_test(test_diary_unknown_never_lowers),
        cmocka_unit_test(test_diary_judges_at_the_limit),
        cmocka_unit_test(test_diary_answers_replace_the_record),
        cmocka_unit_test(test_diary_refuses_what_is_no_symptom),
        cmocka_unit_test(test_diary_aftercare_has_todays_lines),
        cmocka_unit_test(test_diary_acts_have_conditions),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
