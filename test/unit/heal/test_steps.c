/* SPDX-License-Identifier: Apache-2.0
 * The count of steps, from which the benchmark has the share of useful operations. */
#include "heal/heal.h"

#include "support/check.h"

static const double DAYS[] = {7, 8, 10, 35, 63, 84, 182, 364};
static const struct en_session SESSIONS[] = {
    {7, 15, 0, 0.55, 1}, {35, 15, 0, 0.55, 1}, {63, 15, 0, 0.55, 1}, {91, 15, 0, 0.55, 1}};

/* Each patient's steps are counted anew in each run: at least one from event to event (8 days asked
 * for, a session on day 91 between them), more at a smaller tolerance, equal for equal patients,
 * and none of a patient outside the part that is run. */
static void test_steps_are_counted(void **state)
{
    enum { N = 16, PART = 8 };
    static const enum en_output NRS[] = {EN_OUTPUT_NRS};
    const struct en_request q = {DAYS, EN_COUNT(DAYS), NRS, 1};
    struct en_schedule s = {.sessions = SESSIONS, .session_count = EN_COUNT(SESSIONS)};
    uint32_t usual[N] = {0}, fine[N] = {0};
    struct en_arena a = EN_ARENA(16 << 20);
    struct en_batch b;

    (void)state;
    CHECK(en_batch_init(&b, &a, N, NULL) == EN_OK);
    double *v = EN_NEW(&a, double, EN_COUNT(DAYS) * b.stride);

    s.steps = usual;
    for (int again = 0; again < 2; again++) {
        CHECK(en_heal_run(&s, &b, 0, PART, &q, v, NULL) == EN_OK);
    }
    s.steps = fine;
    s.tolerance = 1e-7;
    CHECK(en_heal_run(&s, &b, 0, N, &q, v, NULL) == EN_OK);
    for (size_t i = 0; i < N; i++) {
        CHECK(i < PART ? usual[i] >= 9 && usual[i] == usual[0] : usual[i] == 0);
        CHECK(usual[i] < fine[i] && fine[i] == fine[0] && fine[i] < 10 * usual[0]);
    }
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_steps_are_counted));
