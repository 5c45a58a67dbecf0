/* SPDX-License-Identifier: Apache-2.0
 * The next step: what is gravest comes first, and nothing that is unknown lets a step be skipped.
 */
#include "care/next.h"

#include "base/text.h"
#include "fixture.h"

/* All is well: a plan, a consent, a session today. Each test spoils it. */
struct scene {
    struct en_readiness readiness;
    struct en_due due;
    struct en_next_request rq;
};

static void open_scene(struct scene *s)
{
    *s = (struct scene){.due = {.last_session = EN_DAY_UNKNOWN, .review_since = EN_DAY_UNKNOWN}};
    for (int i = 0; i < EN_READY_KINDS; i++) {
        s->readiness.parts[i] = (struct en_ready_part){.state = EN_READY_YES, .reason = "fine"};
    }
    s->rq = (struct en_next_request){.is_readable = true,
                                     .has_problem = true,
                                     .plan = EN_READY_PLAN_APPROVED,
                                     .readiness = &s->readiness,
                                     .due = &s->due,
                                     .next_visit = fx_today()};
}

static void check_step(const struct scene *s, enum en_step step, const char *reason)
{
    const struct en_care care = fx_care();
    const struct en_next next = en_next_step(&care, &s->rq);

    CHECK_TEXT(en_step_code(next.step), en_step_code(step));
    CHECK_TEXT(next.reason, reason);
}

/* Today it starts, tomorrow one waits, without an appointment one books. */
static void test_next_step_on_the_day_before_and_unbooked(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s);
    check_step(&s, EN_STEP_START, "today");
    s.rq.next_visit = fx_today() + 1;
    check_step(&s, EN_STEP_WAIT, "booked");
    s.rq.next_visit = EN_DAY_UNKNOWN;
    check_step(&s, EN_STEP_BOOK, "not_booked");
    s.rq.is_session_done = true;
    check_step(&s, EN_STEP_WAIT, "done_today");
}

/* From the top: each obstacle that is added is graver than those before it. */
static void test_next_step_gravest_first(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s);
    s.readiness.parts[EN_READY_CONSENT] = (struct en_ready_part){EN_READY_NO, "missing", NULL, 0};
    check_step(&s, EN_STEP_CONSENT, "missing");
    s.rq.plan = EN_READY_PLAN_DRAFT;
    check_step(&s, EN_STEP_APPROVE, "draft");
    s.rq.plan = EN_READY_PLAN_NONE;
    check_step(&s, EN_STEP_PLAN, "none");
    s.readiness.parts[EN_READY_LABS] = (struct en_ready_part){EN_READY_NO, "due", NULL, 0};
    check_step(&s, EN_STEP_LABS, "due");
    s.readiness.parts[EN_READY_ANSWERS] = (struct en_ready_part){EN_READY_NO, "open", NULL, 0};
    check_step(&s, EN_STEP_ASSESS, "open");
    s.readiness.parts[EN_READY_VERDICT] =
        (struct en_ready_part){EN_READY_STOPPED, "deferred", NULL, 0};
    check_step(&s, EN_STEP_ASSESS, "deferred");
    s.due.review = "rules";
    check_step(&s, EN_STEP_REVIEW, "rules");
    s.rq.has_problem = false;
    check_step(&s, EN_STEP_ASSESS, "no_problem");
    s.rq.is_readable = false;
    check_step(&s, EN_STEP_ASSESS, "unreadable");
    s.rq.is_session_open = true;
    check_step(&s, EN_STEP_SESSION, "open");
    s.rq.has_alert = true;
    check_step(&s, EN_STEP_ALERT, "alert");
}

/* What is asked at arrival does not keep a plan from being made; an open verdict that no question
 * explains does. */
static void test_next_step_at_arrival_and_unknown(void **state)
{
    struct scene s;

    (void)state;
    open_scene(&s);
    s.readiness.parts[EN_READY_ANSWERS].state = EN_READY_AT_ARRIVAL;
    s.readiness.parts[EN_READY_VERDICT].state = EN_READY_AT_ARRIVAL;
    check_step(&s, EN_STEP_START, "today");
    s.readiness.parts[EN_READY_VERDICT] = (struct en_ready_part){EN_READY_NO, "open", NULL, 0};
    check_step(&s, EN_STEP_ASSESS, "open");
}

/* After a course nothing but its scores is left; with a new plan it goes on. */
static void test_next_step_after_a_course(void **state)
{
    struct en_due_scores scores = {.is_overdue = true, .to = fx_today() - 1};
    struct scene s;

    (void)state;
    open_scene(&s);
    s.rq.plan = EN_READY_PLAN_NONE;
    s.rq.next_visit = EN_DAY_UNKNOWN;
    s.due.sessions_given = 3;
    s.due.last_session = fx_today() - 100;
    check_step(&s, EN_STEP_WAIT, "course_over");
    s.due.scores = &scores;
    s.due.score_count = 1;
    check_step(&s, EN_STEP_SCORE, "overdue");
    scores.is_overdue = false;
    check_step(&s, EN_STEP_SCORE, "due");
    s.rq.plan = EN_READY_PLAN_DRAFT;
    check_step(&s, EN_STEP_APPROVE, "draft");
}

TEST_MAIN(cmocka_unit_test(test_next_step_on_the_day_before_and_unbooked),
          cmocka_unit_test(test_next_step_gravest_first),
          cmocka_unit_test(test_next_step_at_arrival_and_unknown),
          cmocka_unit_test(test_next_step_after_a_course));
