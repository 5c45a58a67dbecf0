/* SPDX-License-Identifier: Apache-2.0 */
#include "cohort/response_plan.h"
#include "cohort/score.h"
#include "num/scalar.h"

#include <math.h>
#include <string.h>

/* Tissue of a particle. */

size_t response_tissue_size(const struct response_plan *p)
{
    return p->tissue_size;
}

enum en_status response_batch(const struct response_plan *p, struct en_arena *a,
                              struct en_batch *batch, struct en_err *err)
{
    EN_TRY(en_batch_init(batch, a, p->patients, err));
    for (size_t k = 0; k < EN_PARAMETER_COUNT; k++) {
        memcpy(batch->parameter[k], p->centre.parameter[k], p->stride * sizeof(double));
    }
    return en_heal_balance(batch, 0, p->stride, err);
}

/* Parameter k of all patients, moved from the prior's centre to another. */
static void recentre(const struct response_plan *p, struct en_batch *batch, size_t k, double centre)
{
    const double factor = centre / EN_REVISED[k];

    for (size_t i = 0; i < p->stride; i++) {
        batch->parameter[k][i] = p->centre.parameter[k][i] * factor;
    }
}

enum en_status response_tissue(const struct response_plan *p, const struct en_effects *effects,
                               struct en_batch *batch, double *tissue, struct en_err *err)
{
    recentre(p, batch, EN_P(zmax), effects->zmax);
    recentre(p, batch, EN_P(kHd), effects->kHd);
    recentre(p, batch, EN_P(kHu), effects->kHu);
    recentre(p, batch, EN_P(gS), effects->gS);
    recentre(p, batch, EN_P(kG2), effects->kG2);
    for (size_t c = 0; c < p->course_count; c++) {
        const struct course *course = &p->courses[c];
        const struct en_evidence_arm *arm = course->arm;

        if (course->day_count == 0) {
            continue; /* nothing is reported of it */
        }
        struct en_session sessions[EN_EVIDENCE_SESSIONS_MAX];
        const struct en_change change = {0.0, arm->rehabilitation, 1.0};
        const struct en_schedule schedule = {
            .sessions = sessions,
            .session_count = arm->session_count,
            .changes = &change,
            .change_count = 1,
            .coverage = course->coverage,
            .given = course->given,
            .tolerance = 1e-3,
        };
        const struct en_request request = {course->days, course->day_count, EN_SCORE_OUTPUTS,
                                           EN_SCORE_OUTPUT_COUNT};

        for (size_t s = 0; s < arm->session_count; s++) {
            const struct en_trial_session *x = &arm->sessions[s];

            sessions[s] =
                (struct en_session){x->day, x->dextrose_percent, 0.0, x->coverage, x->needle};
        }
        EN_TRY(en_heal_run(&schedule, batch, 0, p->patients, &request, tissue + course->at, err));
    }
    return EN_OK;
}

/* Expected reports. */

/* One row and arm being evaluated. */
struct view {
    const struct response_plan *p;
    const struct en_effects *e;
    const double *tissue;
    const struct en_evidence_row *row;
    const struct en_evidence_arm *arm;
    size_t course, day; /* day SIZE_MAX: at rest, or before the first session */
    double week;
};

/* A quantity and its slopes on the deviations of the study and of the arm. */
struct slope {
    double value, per_study, per_arm;
};

/* Numbers of one patient in one trial, before any treatment. */
struct person {
    double baseline_nrs, baseline_function, usual;
};

static struct en_tissue tissue_at(const struct view *v, size_t i)
{
    if (v->course == SIZE_MAX || v->day == SIZE_MAX) {
        return (struct en_tissue){1.0, 1.0, 0.0, 1.0};
    }
    const struct course *c = &v->p->courses[v->course];
    const double *t = v->tissue + c->at + v->day * v->p->stride + i;
    const size_t step = c->day_count * v->p->stride;

    return (struct en_tissue){t[0], t[step], t[2 * step], t[3 * step]};
}

static bool is_function(enum en_evidence_outcome outcome)
{
    return outcome == EN_EVIDENCE_FUNCTION || outcome == EN_EVIDENCE_RESPONDER_FUNCTION;
}

/* Spread of the scores at entry where a report has none: that of RABAGO2013 (WOMAC composite 15.0,
 * pain 1.49), the trial with most results in the tables. Its share of the mean is held, so that
 * few patients stand at an end of the scale (assumed). */
static const double USUAL_SD_FUNCTION = 15.0, USUAL_SD_PAIN = 1.5, SPREAD_MAX = 0.35;

static struct person person(const struct view *v, size_t i)
{
    const double z = deviate(v->p, BY_BASELINE, i), mean = v->row->baseline;
    const double per_pain = EN_REVISED[EN_P(aW1)], per_laxity = EN_REVISED[EN_P(aW2)];
    const bool has_function = is_function(v->row->outcome);
    const double mean_nrs =
        has_function ? fmin(fmax((mean - per_laxity) / per_pain, 2.0), 9.0) : mean;
    const double sd = isnan(v->row->baseline_sd)
                          ? (has_function ? USUAL_SD_FUNCTION : USUAL_SD_PAIN)
                          : v->row->baseline_sd;
    struct person q = {0};

    q.baseline_nrs = fmin(
        fmax(mean_nrs + z * fmin(has_function ? sd / per_pain : sd, SPREAD_MAX * mean_nrs), 0.5),
        10.0);
    q.baseline_function =
        has_function ? fmin(fmax(mean + z * fmin(sd, 0.5 * mean), 2.0), 100.0) : NAN;
    q.usual = en_population_usual(mean_nrs, q.baseline_nrs, deviate(v->p, BY_TRAIT, i));
    return q;
}

/* What a report says beyond what patients get. */
static double report_excess(const struct view *v)
{
    if (!v->p->evidence->studies[v->arm->study].is_controlled) {
        return v->e->uncontrolled;
    }
    return v->arm->has_dextrose ? v->e->trial_bias : 0.0;
}

/* True pain of patient i without fluctuation. */
static struct slope true_pain(const struct view *v, const struct person *q, size_t i)
{
    const struct en_unspecific response = {
        .kind = v->arm->context,
        .first_day = v->arm->session_count > 0 ? v->arm->sessions[0].day : 0.0,
        .own = report_excess(v) + v->e->patient_sd * deviate(v->p, BY_RESPONSE, i),
        .time_ratio = v->p->centre.parameter[EN_P(tctx)][i] / EN_REVISED[EN_P(tctx)],
    };
    const double day = 7.0 * v->week;
    double own_come = 0.0;
    const struct en_pain pain = {
        .usual = q->usual,
        .wm = v->e->wm,
        .wh = v->e->wh,
        .flare = EN_REVISED[EN_P(aC)],
        .context = en_effects_share(v->e, &response, day, &own_come),
    };
    const struct en_tissue t = tissue_at(v, i);
    const double natural = en_score_waned(day, v->e->injection_half_d * response.time_ratio);

    return (struct slope){en_score_pain(&pain, &t), -q->usual * natural, -q->usual * own_come};
}

/* A quantity that grows s times as fast as x. */
static struct slope scaled(struct slope x, double value, double s)
{
    return (struct slope){value, s * x.per_study, s * x.per_arm};
}

/* Mean of a normal number that is held within 0 .. high. */
static struct slope held(struct slope x, double sd, double high)
{
    struct slope out = x;

    if (x.value < 4.0 * sd) {
        const double z = x.value / sd, inside = en_normal_cdf(z);

        out = scaled(out, x.value * inside + sd * en_normal_density(z), inside);
    }
    if (x.value > high - 4.0 * sd) {
        const double z = (high - x.value) / sd, inside = en_normal_cdf(z);

        out = scaled(out, out.value - (x.value - high) * (1.0 - inside) - sd * en_normal_density(z),
                     inside);
    }
    return out;
}

static double pain_noise(bool has_error)
{
    const struct en_model *m = &EN_MODEL;

    return sqrt(m->ou_sd * m->ou_sd + (has_error ? m->nrs_error_sd * m->nrs_error_sd : 0.0));
}

static struct slope function_of(const struct view *v, const struct person *q, struct slope pain,
                                size_t i)
{
    const struct slope now = held(pain, pain_noise(false), 10.0);
    struct en_function f = {
        .baseline_nrs = q->baseline_nrs,
        .baseline_function = q->baseline_function,
        .per_pain = EN_REVISED[EN_P(aW1)],
        .per_laxity = EN_REVISED[EN_P(aW2)],
        .has_laxity = v->e->has_laxity,
        .ratio = v->e->function_ratio,
    };
    const double laxity = tissue_at(v, i).laxity_ratio;
    const double score = en_score_function(&f, now.value, laxity);
    const double above = en_score_function(&f, now.value + 1.0, laxity);

    return scaled(now, score, above - score);
}

/* Expected score less baseline, over the trial's mean baseline, or chance to respond. */
static struct slope expected(const struct view *v, size_t i)
{
    const struct person q = person(v, i);
    const struct slope pain = true_pain(v, &q, i);
    const double mean = v->row->baseline;

    if (v->row->outcome == EN_EVIDENCE_PAIN) {
        const struct slope s = held(pain, pain_noise(true), 10.0);

        return scaled(s, (s.value - q.baseline_nrs) / mean, 1.0 / mean);
    }
    if (v->row->outcome == EN_EVIDENCE_RESPONDER_PAIN) {
        const double sd = pain_noise(true);
        const double z = ((1.0 - v->row->threshold / 100.0) * q.baseline_nrs - pain.value) / sd;

        return scaled(pain, en_normal_cdf(z), -en_normal_density(z) / sd);
    }
    const struct slope f = function_of(v, &q, pain, i);

    if (v->row->outcome == EN_EVIDENCE_FUNCTION) {
        return scaled(f, (f.value - q.baseline_function) / mean, 1.0 / mean);
    }
    const double sd = EN_MODEL.function_error_sd;
    const double z = (q.baseline_function - v->row->threshold - f.value) / sd;

    return scaled(f, en_normal_cdf(z), -en_normal_density(z) / sd);
}

/* Error of one score at both times, in shares of the baseline. */
static double noise_variance(const struct en_evidence_row *row)
{
    const struct en_model *m = &EN_MODEL;
    const double sd =
        row->outcome == EN_EVIDENCE_PAIN
            ? pain_noise(true)
            : sqrt(m->function_error_sd * m->function_error_sd +
                   EN_REVISED[EN_P(aW1)] * EN_REVISED[EN_P(aW1)] * m->ou_sd * m->ou_sd);

    return sd * sd / (row->baseline * row->baseline);
}

static struct response mean_response(const struct view *v)
{
    double sum = 0.0, squares = 0.0, studies = 0.0, arms = 0.0;
    const double count = (double)v->p->patients;

    for (size_t i = 0; i < v->p->patients; i++) {
        const struct slope s = expected(v, i);

        sum += s.value;
        squares += s.value * s.value;
        studies += s.per_study;
        arms += s.per_arm;
    }
    const double mean = sum / count, spread = fmax(squares / count - mean * mean, 0.0);
    const bool is_share = v->row->outcome >= EN_EVIDENCE_RESPONDER_PAIN;

    return (struct response){
        .value = mean,
        .per_study = studies / count,
        .per_arm = arms / count,
        .sd = is_share ? sqrt(fmax(mean * (1.0 - mean), 1e-4))
                       : sqrt(spread + noise_variance(v->row)),
    };
}

/* Change of one arm between the two times of the row. */
static struct response arm_response(struct view v, size_t arm, struct place place)
{
    v.arm = &v.p->evidence->arms[arm];
    v.course = place.course;
    v.day = place.day;
    v.week = v.row->week;
    struct response now = mean_response(&v);

    if (v.row->from_week > 0.0) {
        v.day = place.from_day;
        v.week = v.row->from_week;
        const struct response then = mean_response(&v);

        now.value -= then.value;
        now.per_study -= then.per_study;
        now.per_arm -= then.per_arm;
    }
    return now;
}

struct response response_row(const struct response_plan *p, const struct en_effects *effects,
                             const double *tissue, size_t row, struct response *versus)
{
    const struct en_evidence_row *r = &p->evidence->rows[row];
    const struct view v = {.p = p, .e = effects, .tissue = tissue, .row = r};
    struct response out = arm_response(v, r->arm, p->place[row]);

    *versus = (struct response){0};
    if (r->versus != SIZE_MAX) {
        *versus = arm_response(v, r->versus, p->versus_place[row]);
        out.value -= versus->value;
    }
    return out;
}
