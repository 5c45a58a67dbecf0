/* SPDX-License-Identifier: Apache-2.0 */
#include "forecast/quantity.h"

#include "forecast/course.h"

#include <math.h>
#include <string.h>

/* Gains that differ by less [NRS] are equal: without a specific effect all are nothing but error of
 * the integrator. */
static const double GAIN_STEP = 1e-3;

enum { NEXT, LAST, DAYS };

struct ask {
    const struct en_cohort *cohort;
    const double *state;
    const struct en_followup *followup;
    const struct quantity_plan *plan;
    struct en_arena *scratch;
    double days[DAYS];
};

/* Tissue of both days with or without further sessions.   values  out  [output][DAYS][stride] */
static enum en_status run(const struct ask *q, bool goes_on, double *values, struct en_err *err)
{
    const size_t size = EN_STATE_COUNT * q->cohort->patients.stride;
    struct course_run r = {
        .cohort = q->cohort,
        .followup = q->followup,
        .sessions = q->plan->sessions,
        .session_count = goes_on ? q->plan->session_count : 0,
        .rehabilitation = q->followup->rehabilitation,
        .days = q->days,
        .day_count = DAYS,
        .threads = 1,
    };

    if (course_is_at_rest(&r)) {
        course_rest(&r, values);
        return EN_OK;
    }
    if (q->state != NULL) {
        r.from_day = q->followup->today;
        r.state = EN_NEW(q->scratch, double, size);
        if (r.state == NULL) {
            return en_fail(err, EN_ELIMIT, "no room for %zu patients", q->cohort->patients.count);
        }
        memcpy(r.state, q->state, size * sizeof *r.state);
    }
    return course_run(&r, q->scratch, values, err);
}

/* Expected pain without further sessions or with them. What was given brings the same in both. */
static double expect(const struct ask *q, const double *tissue, bool goes_on, size_t day, size_t i)
{
    struct course_context brings = course_given(q->followup);

    if (goes_on && q->followup->given_count == 0 && q->plan->session_count > 0) {
        brings.kind = EN_CONTEXT_INJECTION;
        brings.first_day = q->plan->sessions[0].day;
    }
    const struct en_tissue t = course_tissue(tissue, DAYS, q->cohort->patients.stride, day, i);

    return course_pain(q->cohort, i, &brings, q->days[day], &t);
}

static double rounded(double gain)
{
    return GAIN_STEP * round(gain / GAIN_STEP);
}

static void fill(const struct ask *q, const double *on, const double *off, double *values)
{
    const struct en_cohort *c = q->cohort;
    const size_t stride = c->patients.stride;

    for (size_t i = 0; i < c->patients.count; i++) {
        const double go_on = en_score_held(expect(q, on, true, LAST, i), 10.0);
        const double stop = en_score_held(expect(q, off, false, LAST, i), 10.0);

        values[EN_QUANTITY_USUAL * stride + i] = c->patients.parameter[EN_P(P0)][i];
        values[EN_QUANTITY_OWN * stride + i] = c->responses[i].own;
        values[EN_QUANTITY_NATURAL * stride + i] = c->responses[i].effects.natural;
        values[EN_QUANTITY_CALMING * stride + i] = c->patients.parameter[EN_P(kHd)][i];
        values[EN_QUANTITY_COVERAGE * stride + i] = c->coverage_z[i];
        values[EN_QUANTITY_DAMAGE * stride + i] = c->patients.parameter[EN_P(cD)][i];
        values[EN_QUANTITY_GO_ON * stride + i] = go_on;
        values[EN_QUANTITY_STOP * stride + i] = stop;
        values[EN_QUANTITY_GAIN * stride + i] = rounded(stop - go_on);
        values[QUANTITY_NEXT * stride + i] = expect(q, off, false, NEXT, i);
    }
}

enum en_status quantity_values(const struct en_cohort *c, const double *state,
                               const struct en_followup *f, const struct quantity_plan *plan,
                               struct en_arena *a, double *values, struct en_err *err)
{
    const struct en_arena_mark mark = en_arena_mark(a);
    const size_t size = (size_t)EN_SCORE_OUTPUT_COUNT * DAYS * c->patients.stride;
    const struct ask q = {c, state, f, plan, a, {plan->next_day, plan->last_day}};
    double *on = EN_NEW(a, double, size), *off = EN_NEW(a, double, size);

    if (on == NULL || off == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu patients", c->patients.count);
    }
    EN_TRY(run(&q, true, on, err));
    EN_TRY(run(&q, false, off, err));
    fill(&q, on, off, values);
    en_arena_rewind(a, mark);
    return EN_OK;
}
