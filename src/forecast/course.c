/* SPDX-License-Identifier: Apache-2.0 */
#include "forecast/course.h"

#include <string.h>

struct course_context course_given(const struct en_followup *f)
{
    return (struct course_context){
        .kind = f->given_count > 0 ? EN_CONTEXT_INJECTION : EN_CONTEXT_NONE,
        .first_day = f->given_count > 0 ? f->given[0].day : 0.0,
    };
}

double course_pain(const struct en_cohort *c, size_t i, const struct course_context *context,
                   double day, const struct en_tissue *tissue)
{
    const struct en_batch *b = &c->patients;
    const struct en_cohort_response *r = &c->responses[i];
    const struct en_unspecific unspecific = {
        .kind = context->kind,
        .first_day = context->first_day,
        .exercise_day = context->exercise_day,
        .own = r->own,
        .time_ratio = r->time_ratio,
    };
    const struct en_pain p = {
        .usual = b->parameter[EN_P(P0)][i],
        .wm = r->effects.wm,
        .wh = r->effects.wh,
        .flare = b->parameter[EN_P(aC)][i],
        .context = en_effects_share(&r->effects, &unspecific, day, NULL),
    };

    return en_score_pain(&p, tissue);
}

double course_function(const struct en_cohort *c, size_t i, double pain, double laxity_ratio)
{
    const struct en_batch *b = &c->patients;
    const struct en_cohort_response *r = &c->responses[i];
    const struct en_function f = {
        .baseline_nrs = c->baseline_nrs[i],
        .baseline_function = c->baseline_function[i],
        .per_pain = b->parameter[EN_P(aW1)][i],
        .per_laxity = b->parameter[EN_P(aW2)][i],
        .has_laxity = r->effects.has_laxity,
        .ratio = r->effects.function_ratio,
    };

    return en_score_function(&f, en_score_held(pain, 10.0), laxity_ratio);
}

struct en_tissue course_tissue(const double *values, size_t day_count, size_t stride, size_t day,
                               size_t i)
{
    const double *at = values + day * stride + i;
    const size_t output = day_count * stride;

    return (struct en_tissue){at[0], at[output], at[2 * output], at[3 * output]};
}

size_t course_days(const struct en_followup *f, double *days, size_t *day_of)
{
    size_t count = 0;

    for (size_t k = 0; k < f->observation_count; k++) {
        const double day = f->observations[k].day;

        if (count == 0 || day > days[count - 1]) {
            days[count++] = day;
        }
        day_of[k] = count - 1;
    }
    return count;
}

/* Coverage of each patient in a session; the same as in the session before where that is equal. */
static void cover(const struct course_run *r, const struct en_dose *dose,
                  const struct en_dose *before, double *coverage)
{
    const size_t stride = r->cohort->patients.stride;

    if (before != NULL && before->coverage == dose->coverage) {
        memcpy(coverage, coverage - stride, stride * sizeof *coverage);
    } else {
        en_cohort_coverage(r->cohort, dose->coverage, coverage);
    }
}

/* Usual load, or what it was up to today and is from then on. */
static size_t changes_of(const struct course_run *r, struct en_change changes[2])
{
    const double today = r->followup->today;

    changes[0] = (struct en_change){0.0, r->rehabilitation, 1.0};
    if (!(today > 0.0)) {
        return 1;
    }
    changes[0].stimulus = r->followup->rehabilitation;
    changes[1] = (struct en_change){today, r->rehabilitation, 1.0};
    return 2;
}

enum en_status course_run(const struct course_run *r, struct en_arena *scratch, double *values,
                          struct en_err *err)
{
    const struct en_arena_mark mark = en_arena_mark(scratch);
    const size_t given = r->followup->given_count, count = given + r->session_count;
    const size_t stride = r->cohort->patients.stride;
    double *coverage = EN_NEW(scratch, double, count *stride);
    struct en_session sessions[2 * EN_FORECAST_SESSIONS_MAX];
    struct en_change changes[2];
    const struct en_schedule schedule = {
        .sessions = sessions,
        .session_count = count,
        .changes = changes,
        .change_count = changes_of(r, changes),
        .coverage = coverage,
        .nsaid_days = EN_MODEL.nsaid_days,
        .tolerance = r->tolerance,
        .precision = r->precision,
        .from_day = r->from_day,
        .state = r->state,
    };
    const struct en_request request = {r->days, r->day_count, EN_SCORE_OUTPUTS,
                                       EN_SCORE_OUTPUT_COUNT};
    const struct en_dose *before = NULL;

    if (coverage == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu patients", r->cohort->patients.count);
    }
    for (size_t s = 0; s < count; s++) {
        const struct en_dose *d = s < given ? &r->followup->given[s] : &r->sessions[s - given];

        sessions[s] = (struct en_session){d->day, d->dextrose_percent, 0.0, d->coverage, d->needle};
        cover(r, d, before, coverage + s * stride);
        before = d;
    }
    const enum en_status st =
        en_cohort_run(&schedule, &r->cohort->patients, &request, r->threads, values, err);

    en_arena_rewind(scratch, mark);
    return st;
}

bool course_is_at_rest(const struct course_run *r)
{
    const bool was_usual = !(r->followup->today > 0.0) || r->followup->rehabilitation == 1.0;

    return r->followup->given_count == 0 && r->session_count == 0 && r->rehabilitation == 1.0 &&
           was_usual;
}

void course_rest(const struct course_run *r, double *values)
{
    static const double AT_REST[EN_SCORE_OUTPUT_COUNT] = {1.0, 1.0, 0.0, 1.0};
    const size_t size = r->day_count * r->cohort->patients.stride;

    for (size_t i = 0; i < EN_SCORE_OUTPUT_COUNT * size; i++) {
        values[i] = AT_REST[i / size];
    }
}
