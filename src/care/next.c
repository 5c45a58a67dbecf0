/* SPDX-License-Identifier: Apache-2.0 */
#include "care/next.h"

#include "base/text.h"

const char *en_step_code(enum en_step step)
{
    static const char *const CODES[EN_STEPS] = {
        "alert", "session", "assess",  "review", "score", "labs",
        "plan",  "approve", "consent", "book",   "start", "wait",
    };

    return CODES[step];
}

static const struct en_ready_part *part_of(const struct en_next_request *rq,
                                           enum en_ready_kind kind)
{
    return &rq->readiness->parts[kind];
}

static struct en_next step(enum en_step what, const char *reason)
{
    return (struct en_next){.step = what, .reason = reason, .day = EN_DAY_UNKNOWN};
}

static struct en_next step_on(enum en_step what, const char *reason, en_day day)
{
    return (struct en_next){.step = what, .reason = reason, .day = day};
}

static struct en_next step_for(enum en_step what, const struct en_ready_part *part)
{
    return (struct en_next){
        .step = what, .reason = part->reason, .part = part, .day = EN_DAY_UNKNOWN};
}

static bool was_treated(const struct en_next_request *rq)
{
    return rq->due != NULL && rq->due->sessions_given > 0;
}

static bool is_booked(const struct en_next_request *rq)
{
    return rq->next_visit != EN_DAY_UNKNOWN;
}

/* Between two courses, or behind the last one: nobody planned more, nobody booked. */
static bool is_course_over(const struct en_next_request *rq)
{
    return was_treated(rq) && !is_booked(rq) && rq->plan == EN_READY_PLAN_NONE;
}

static struct en_next after_course(const struct en_next_request *rq)
{
    return rq->due->score_count > 0
               ? step_on(EN_STEP_SCORE, rq->due->scores[0].is_overdue ? "overdue" : "due",
                         rq->due->scores[0].to)
               : step_on(EN_STEP_WAIT, "course_over", rq->due->last_session);
}

/* What a verdict, or what is missing for one, asks for; NULL: nothing is in the way. */
static const struct en_ready_part *obstacle(const struct en_next_request *rq)
{
    const struct en_ready_part *verdict = part_of(rq, EN_READY_VERDICT);
    const bool waits_for_performer = en_text_equal(verdict->reason, "performer");

    if (verdict->state == EN_READY_STOPPED) {
        return verdict;
    }
    if (part_of(rq, EN_READY_ANSWERS)->state == EN_READY_NO) {
        return part_of(rq, EN_READY_ANSWERS);
    }
    if (part_of(rq, EN_READY_LABS)->state == EN_READY_NO) {
        return part_of(rq, EN_READY_LABS);
    }
    return verdict->state == EN_READY_NO && !waits_for_performer ? verdict : NULL;
}

static bool is_of_labs(const struct en_next_request *rq, const struct en_ready_part *part)
{
    return part == part_of(rq, EN_READY_LABS);
}

static struct en_next towards_session(const struct en_care *care, const struct en_next_request *rq)
{
    if (rq->is_session_done) {
        return step_on(EN_STEP_WAIT, "done_today", rq->next_visit);
    }
    if (rq->plan != EN_READY_PLAN_APPROVED) {
        return step(rq->plan == EN_READY_PLAN_DRAFT ? EN_STEP_APPROVE : EN_STEP_PLAN,
                    rq->plan == EN_READY_PLAN_DRAFT ? "draft" : "none");
    }
    if (part_of(rq, EN_READY_CONSENT)->state != EN_READY_YES) {
        return step_for(EN_STEP_CONSENT, part_of(rq, EN_READY_CONSENT));
    }
    if (!is_booked(rq)) {
        return step(EN_STEP_BOOK, "not_booked");
    }
    return rq->next_visit <= care->today ? step_on(EN_STEP_START, "today", rq->next_visit)
                                         : step_on(EN_STEP_WAIT, "booked", rq->next_visit);
}

struct en_next en_next_step(const struct en_care *care, const struct en_next_request *rq)
{
    const struct en_ready_part *part;

    if (rq->has_alert) {
        return step(EN_STEP_ALERT, "alert");
    }
    if (rq->is_session_open) {
        return step(EN_STEP_SESSION, "open");
    }
    if (!rq->is_readable) {
        return step(EN_STEP_ASSESS, "unreadable");
    }
    if (!rq->has_problem) {
        return step(EN_STEP_ASSESS, "no_problem");
    }
    if (rq->due != NULL && rq->due->review != NULL) {
        return step_on(EN_STEP_REVIEW, rq->due->review, rq->due->review_since);
    }
    if (is_course_over(rq)) {
        return after_course(rq);
    }
    part = obstacle(rq);
    if (part != NULL) {
        return step_for(is_of_labs(rq, part) ? EN_STEP_LABS : EN_STEP_ASSESS, part);
    }
    return towards_session(care, rq);
}
