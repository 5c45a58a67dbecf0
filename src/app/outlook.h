/* SPDX-License-Identifier: Apache-2.0
 * app/outlook: the forecast of a patient in the course of treatment. Turns what the case records
 * (sessions as given, scores, diary, examinations) into a follow-up for the science wing, says what
 * of it was left out and why, and asks for the population's forecast before and this patient's now.
 *
 * Day 0 of a course is its first session; without one it is today. Where that is today there is no
 * follow-up: no day has passed. */
#pragma once

#include "app/app.h"
#include "care/usage.h"

struct en_follow {
    struct en_followup followup;
    en_day start;        /* day 0 */
    double baseline_nrs; /* last score on or before day 0, not older than the facts allow; NAN */
    double baseline_function; /* 0..100, high = worse; NAN unknown */
    struct en_usage_note *notes;
    size_t note_count;
};

/* plan is of the case. as_planned: a session without volume or dextrose counts with what the plan
 * gives its sites (a note says so); otherwise it is refused with EN_EINVAL, naming its date and
 * what to enter, as is a session before the onset or a second, different one of a day. Every other
 * unusable entry is excluded with a note. */
EN_MUST_USE enum en_status en_app_follow(const struct en_app *app, const struct en_case *c,
                                         const struct en_plan *plan, bool as_planned,
                                         struct en_arena *a, struct en_follow *out,
                                         struct en_err *err);

struct en_outlook_request {
    struct en_plan_request plan; /* the plan whose rest is to come, patients, seed, threads */
    bool as_planned;
    struct en_goal goals[EN_GOALS_MAX]; /* none: half the baseline pain, and the important change */
    size_t goal_count;
    bool without_before; /* the population's forecast is not wanted: `before` is `now` */
    /* A forecast also while the verdict cannot be decided: what is not known of today (fever, blood
     * pressure) says nothing about what is to be expected. No plan is issued by it. */
    bool also_undecided;
    /* Of a review: other ways are not compared; the population's forecast is wanted, too. */
    bool without_ways, with_before;
};

/* Arms of `now`: "plan" (what is still to come), "saline" (the same with saline), "exercise" (stop
 * and train), "none" (stop). Its weeks are those of the policy that are still to come, and a few
 * from now where these are few; `before` has all of them. Without a follow-up `now` is `before`,
 * and it is the forecast of en_app_plan. */
struct en_outlook {
    struct en_plan_answer answer; /* case, assessment, plan; its forecast is `now` */
    struct en_follow follow;
    struct en_forecast *before; /* of the population, from day 0 with the sessions as planned */
    struct en_forecast
        *now; /* NULL as in en_plan_answer when no plan is issued, but for also_undecided */
    int sessions_left;      /* of the plan, from today on */
    double next_score_week; /* [wk] before the last one, when a score would teach most; NAN none */
};

EN_MUST_USE enum en_status en_app_outlook(const struct en_app *app, const struct en_case *c,
                                          const struct en_outlook_request *request,
                                          struct en_arena *a, struct en_outlook *out,
                                          struct en_err *err);

/* The answer as a FHIR Bundle: the assessment and, when it lets a plan be issued, a RiskAssessment
 * of the population before and of this patient now (left out when nothing has happened yet), with
 * what of the record it rests on. */
EN_MUST_USE enum en_status en_app_outlook_bundle(const struct en_app *app,
                                                 const struct en_outlook *outlook,
                                                 struct en_arena *a, struct en_buf *json,
                                                 struct en_err *err);
