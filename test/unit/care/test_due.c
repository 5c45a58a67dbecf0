/* SPDX-License-Identifier: Apache-2.0
 * What a course waits for: reviews and the scores of its time points, at their limits. */
#include "care/due.h"

#include "base/text.h"
#include "fixture.h"

struct scene {
    struct en_arena a;
    struct en_case *c;
    struct en_due out;
};

/* A knee with sessions so many days ago (0 ends); no score but those that the test adds. */
static struct scene scene(const int *days_ago)
{
    struct scene s = {.a = fx_arena()};

    s.c = fx_case(&s.a, "oa_knee");
    fx_apply(s.c, "?nrs ?psfs ?peg !new_neuro_sign !goals_met ?pgic");
    for (size_t i = 0; days_ago[i] != 0; i++) {
        fx_session(s.c, "knee", -days_ago[i]);
    }
    return s;
}

static void find(struct scene *s, en_day last_review)
{
    const struct en_care care = fx_care();

    CHECK(en_due_find(&care, s->c, 0, last_review, &s->a, &s->out, NULL) == EN_OK);
}

/* Nothing is due before the first session. */
static void test_due_nothing_without_a_session(void **state)
{
    struct scene s = scene((const int[]){0});

    (void)state;
    find(&s, EN_DAY_UNKNOWN);
    CHECK(s.out.review == NULL && s.out.score_count == 0 && s.out.sessions_given == 0);
    CHECK(s.out.last_session == EN_DAY_UNKNOWN);
    en_arena_free(&s.a);
}

/* The knee's schedule allows the next session after 21 days: a review is due then, not a day
 * before, and not once one was kept since the session; after 84 days the plan has lapsed. */
static void test_due_review_before_the_next_session(void **state)
{
    static const struct {
        int days_ago;
        int reviewed; /* days before today; -1 never */
        bool is_due;
    } ROWS[] = {{20, -1, false}, {21, -1, true}, {21, 21, false},
                {21, 22, true},  {84, -1, true}, {85, -1, false}};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        struct scene s = scene((const int[]){ROWS[i].days_ago, 0});

        find(&s, ROWS[i].reviewed < 0 ? EN_DAY_UNKNOWN : fx_today() - ROWS[i].reviewed);
        CHECK((s.out.review != NULL) == ROWS[i].is_due);
        if (ROWS[i].is_due) {
            CHECK_TEXT(s.out.review, "before_next");
            CHECK(s.out.review_since == fx_today() - ROWS[i].days_ago + 21);
        }
        en_arena_free(&s.a);
    }
}

/* Findings that ask for a decision make a review due at once; one that came after what they rest on
 * answers it. */
static void test_due_review_by_the_rules(void **state)
{
    struct scene s = scene((const int[]){50, 30, 0});

    (void)state;
    fx_score(s.c, "nrs", 8.0, -50);
    fx_score(s.c, "nrs", 1.0, -2); /* down 87 %: RV-8 asks to end the plan */
    find(&s, fx_today() - 3);
    CHECK_TEXT(s.out.review, "rules");
    CHECK(s.out.review_since == fx_today() - 2);
    CHECK(s.out.why_count == 1);
    CHECK_TEXT(en_cell(s.out.why[0]->rule, "id"), "RV-8");
    find(&s, fx_today() - 2);
    CHECK(s.out.review == NULL);
    en_arena_free(&s.a);
}

/* The scores of six weeks (42 days, 14 either way) are open from day 28 to day 56 and overdue from
 * day 57 until those of three months open on day 77. A score on a day that counts closes it. */
static void test_due_scores_at_the_limits(void **state)
{
    static const struct {
        int day;
        bool is_open, is_overdue;
    } ROWS[] = {{27, false, false},
                {28, true, false},
                {56, true, false},
                {57, true, true},
                {76, true, true}};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        struct scene s = scene((const int[]){ROWS[i].day, 0});

        fx_score(s.c, "nrs", 8.0, -ROWS[i].day);
        find(&s, EN_DAY_UNKNOWN);
        CHECK((s.out.score_count == 1) == ROWS[i].is_open);
        if (ROWS[i].is_open) {
            CHECK(s.out.scores[0].is_overdue == ROWS[i].is_overdue);
            CHECK_TEXT(en_cell(s.out.scores[0].row, "id"), "timepoint.1");
            CHECK(en_list_has(s.out.scores[0].missing, "nrs"));
            CHECK(en_list_has(s.out.scores[0].missing, "chair_stand_30s")); /* of the knee's set */
            CHECK(!en_list_has(s.out.scores[0].missing, "koos")); /* only with a licence */
        }
        en_arena_free(&s.a);
    }
    struct scene s = scene((const int[]){77, 0});

    find(&s, EN_DAY_UNKNOWN);
    CHECK(s.out.score_count == 1);
    CHECK_TEXT(en_cell(s.out.scores[0].row, "id"), "timepoint.2");
    fx_score(s.c, "nrs", 4.0, 0);
    find(&s, EN_DAY_UNKNOWN);
    CHECK(s.out.score_count == 0);
    en_arena_free(&s.a);
}

/* Who began longer ago than this waits for nothing: the year's scores, two weeks, and the gap after
 * which a plan lapses. */
static void test_due_window(void **state)
{
    struct scene s = scene((const int[]){365 + 14 + 84, 0});

    (void)state;
    CHECK(en_due_window(fx_knowledge()) == 365 + 14 + 84);
    find(&s, EN_DAY_UNKNOWN);
    CHECK(s.out.score_count == 1 && s.out.scores[0].is_overdue);
    en_arena_free(&s.a);
    s = scene((const int[]){365 + 14 + 85, 0});
    find(&s, EN_DAY_UNKNOWN);
    CHECK(s.out.score_count == 0);
    en_arena_free(&s.a);
}

TEST_MAIN(cmocka_unit_test(test_due_nothing_without_a_session),
          cmocka_unit_test(test_due_review_before_the_next_session),
          cmocka_unit_test(test_due_review_by_the_rules),
          cmocka_unit_test(test_due_scores_at_the_limits), cmocka_unit_test(test_due_window));
