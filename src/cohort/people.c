/* SPDX-License-Identifier: Apache-2.0 */
#include "cohort/people.h"

#include "cohort/patient.h"
#include "num/random.h"
#include "num/scalar.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum { ATTEMPTS_MAX = 10000 };

/* What a pair of random numbers is for; its index is the attempt. Part of the golden results:
 * append only. */
enum purpose {
    FOR_SCORES = 2000, /* pain, function */
    FOR_USUAL,         /* usual pain, fluctuation */
    FOR_SEVERITY,      /* severity, contextual response */
    FOR_AGE,           /* age, body-mass index */
    FOR_ILLNESS,       /* diabetes, chronicity */
    FOR_HABITS,        /* sex, smoking */
    FOR_DRUGS,         /* NSAID */
    FOR_EFFECTS        /* the first of several: two effects each, the last also coverage */
};

/* One patient being drawn. */
struct draw {
    const struct people *q;
    const struct people_numbers *n;
    const struct en_effects *effects;
    struct en_batch *b;
    size_t i;
    struct person *out;
};

/* --- random numbers --------------------------------------------------------------------------- */

/* Those of the scores: most that are refused are refused by them. */
static void number_scores(const struct people *q, uint64_t member, uint32_t attempt,
                          struct people_numbers *out)
{
    en_random_normals((struct en_random){q->seed, member, FOR_SCORES, attempt},
                      out->normal + PEOPLE_Z_PAIN);
}

static void number_rest(const struct people *q, uint64_t member, uint32_t attempt,
                        struct people_numbers *out)
{
    static const struct {
        enum people_normal first;
        uint32_t purpose;
    } PAIRS[] = {
        {PEOPLE_Z_USUAL, FOR_USUAL},
        {PEOPLE_Z_SEVERITY, FOR_SEVERITY},
        {PEOPLE_Z_AGE, FOR_AGE},
        {PEOPLE_Z_DIABETES, FOR_ILLNESS},
    };
    struct en_random at = {.seed = q->seed, .member = member, .index = attempt};

    for (size_t k = 0; k < EN_COUNT(PAIRS); k++) {
        at.purpose = PAIRS[k].purpose;
        en_random_normals(at, out->normal + PAIRS[k].first);
    }
    for (uint32_t k = 0; PEOPLE_Z_EFFECTS + 2 * k < PEOPLE_NORMALS; k++) {
        at.purpose = FOR_EFFECTS + k;
        en_random_normals(at, out->normal + PEOPLE_Z_EFFECTS + 2 * (size_t)k);
    }
    at.purpose = FOR_HABITS;
    en_random_uniforms(at, out->habit);
    at.purpose = FOR_DRUGS;
    out->drug = en_random_uniform(at);
}

void people_numbers(const struct people *q, uint64_t member, uint32_t attempt,
                    struct people_numbers *out)
{
    number_scores(q, member, attempt, out);
    number_rest(q, member, attempt, out);
}

/* --- what follows from them ------------------------------------------------------------------- */

enum en_status people_make(const struct en_population *p, const struct people_known *known,
                           bool needs_function, uint64_t seed, struct people *out,
                           struct en_err *err)
{
    static const struct people_known NOTHING = {NAN, NAN, NAN, -1, -1, -1};
    const double usual_mean = en_population_usual_mean(p->baseline_nrs.mean);

    *out = (struct people){
        .population = p,
        .known = known == NULL ? NOTHING : *known,
        .usual_mean = usual_mean,
        .usual = en_patient_usual_spread(usual_mean, &p->baseline_nrs),
        .diabetes_above = INFINITY,
        .needs_function = needs_function || p->entry_function > 0.0,
        .seed = seed,
    };
    if (p->diabetes > 0.0) {
        out->diabetes_above = p->diabetes < 1.0 ? en_normal_quantile(1.0 - p->diabetes) : -INFINITY;
    }
    assert(EN_COHORT_EFFECT_COUNT <= PEOPLE_EFFECTS_MAX);
    for (size_t k = 0; k < EN_COHORT_EFFECT_COUNT; k++) {
        out->effect_spread[k] = en_effect_spread(&EN_COHORT_EFFECTS[k]);
    }
    return people_covariates(p, &out->covariates, err);
}

/* Standard deviations of a known value from its mean. */
static double standard(double x, const struct en_spread *s)
{
    return s->sd > 0.0 ? (x - s->mean) / s->sd : 0.0;
}

/* Observed scores, each given the other where one is known; false when they are below the entry
 * thresholds. */
static bool draw_scores(const struct draw *d)
{
    const struct en_population *p = d->q->population;
    const struct people_known *known = &d->q->known;
    const double shared = p->pain_function, own = sqrt(1.0 - shared * shared);
    struct person *out = d->out;
    double z[2] = {d->n->normal[PEOPLE_Z_PAIN], d->n->normal[PEOPLE_Z_FUNCTION]};

    out->baseline_nrs = known->baseline_nrs;
    out->baseline_function = NAN;
    if (!isnan(known->baseline_nrs)) {
        z[0] = standard(known->baseline_nrs, &p->baseline_nrs);
    } else {
        if (!isnan(known->baseline_function)) {
            z[0] = shared * standard(known->baseline_function, &p->baseline_function) + own * z[0];
        }
        out->baseline_nrs = fmin(fmax(p->baseline_nrs.mean + p->baseline_nrs.sd * z[0], 0.0), 10.0);
    }
    if (d->q->needs_function) {
        const double drawn = shared * z[0] + own * z[1];

        out->baseline_function =
            isnan(known->baseline_function)
                ? fmin(fmax(p->baseline_function.mean + p->baseline_function.sd * drawn, 0.0),
                       100.0)
                : known->baseline_function;
    }
    return out->baseline_nrs >= p->entry_nrs &&
           (!d->q->needs_function || out->baseline_function >= p->entry_function);
}

static bool drawn_share(int known, double uniform, double share)
{
    return known >= 0 ? known > 0 : uniform < share;
}

/* Sex, smoking, NSAID: independent of all else. */
static void draw_habits(const struct draw *d)
{
    const struct en_population *p = d->q->population;
    const struct people_known *known = &d->q->known;

    d->out->is_female = d->n->habit[0] < p->female;
    d->out->is_smoker = drawn_share(known->is_smoker, d->n->habit[1], p->smoker);
    d->out->takes_nsaid = drawn_share(known->takes_nsaid, d->n->drug, p->nsaid);
}

/* Covariates, correlated with severity as it stands among the population's patients, and with the
 * age where that is known. */
static void draw_covariates(const struct draw *d, double severity)
{
    const struct en_population *p = d->q->population;
    const struct people_known *known = &d->q->known;
    const double(*l)[PEOPLE_COUNT] = d->q->covariates.factor;
    struct person *out = d->out;
    double z[PEOPLE_COUNT] = {severity}, value[PEOPLE_COUNT];

    memcpy(z + PEOPLE_AGE, d->n->normal + PEOPLE_Z_AGE, (PEOPLE_COUNT - 1) * sizeof *z);
    if (!isnan(known->age_years)) {
        z[PEOPLE_AGE] = (standard(known->age_years, &p->age_years) -
                         l[PEOPLE_AGE][PEOPLE_SEVERITY] * severity) /
                        l[PEOPLE_AGE][PEOPLE_AGE];
    }
    for (size_t i = 0; i < PEOPLE_COUNT; i++) {
        value[i] = 0.0;
        for (size_t k = 0; k <= i; k++) {
            value[i] += l[i][k] * z[k];
        }
    }
    out->age_years =
        isnan(known->age_years)
            ? fmin(fmax(p->age_years.mean + p->age_years.sd * value[PEOPLE_AGE], 18.0), 100.0)
            : known->age_years;
    out->bmi = fmax(p->bmi.mean + p->bmi.sd * value[PEOPLE_BMI], 14.0);
    out->chronicity_years =
        p->chronicity_median_years * en_exp(p->chronicity_log_sd * value[PEOPLE_CHRONICITY]);
    out->has_diabetes = known->has_diabetes < 0 ? value[PEOPLE_DIABETES] > d->q->diabetes_above
                                                : known->has_diabetes > 0;
    draw_habits(d);
    en_heal_covariates(d->b, d->i,
                       &(struct en_covariates){
                           .age_years = out->age_years,
                           .is_smoker = out->is_smoker,
                           .has_diabetes = out->has_diabetes,
                           .takes_nsaid = out->takes_nsaid,
                       });
}

/* Centre of a parameter: what calibration says, or the revised number. */
static double centre(const struct en_effects *e, size_t parameter)
{
    switch (parameter) {
    case EN_P(kHd):
        return e->kHd;
    case EN_P(kHu):
        return e->kHu;
    case EN_P(kG2):
        return e->kG2;
    default:
        return EN_REVISED[parameter];
    }
}

static void draw_effects(const struct draw *d, double factor)
{
    const double *z = d->n->normal + PEOPLE_Z_EFFECTS;

    for (size_t k = 0; k < EN_COHORT_EFFECT_COUNT; k++) {
        const struct en_effect *e = &EN_COHORT_EFFECTS[k];

        d->b->parameter[e->parameter][d->i] =
            en_effect_at(e, d->q->effect_spread[k], centre(d->effects, e->parameter),
                         en_patient_effect_z(e, factor, z[k]));
    }
    d->out->coverage_z = z[EN_COHORT_EFFECT_COUNT];
    d->b->parameter[EN_P(zmax)][d->i] = d->effects->zmax;
    d->b->parameter[EN_P(gS)][d->i] = d->effects->gS;
    d->out->time_ratio = d->b->parameter[EN_P(tctx)][d->i] / EN_REVISED[EN_P(tctx)];
}

/* Everything but the scores. */
static void draw_person(const struct draw *d)
{
    const struct people *q = d->q;
    struct person *out = d->out;
    const double *z = d->n->normal;
    const struct en_pain_start start = en_patient_pain(q->usual_mean, out->baseline_nrs,
                                                       z[PEOPLE_Z_USUAL], z[PEOPLE_Z_FLUCTUATION]);
    const double among_all = (start.usual - q->usual_mean) / EN_MODEL.trait_sd;
    const double among_these = (start.usual - q->usual.mean) / q->usual.sd;

    out->usual = start.usual;
    out->fluctuation = start.fluctuation;
    out->response_z = z[PEOPLE_Z_RESPONSE];
    d->b->parameter[EN_P(P0)][d->i] = start.usual;
    draw_covariates(d, en_patient_severity(among_these, z[PEOPLE_Z_SEVERITY]));
    draw_effects(d, en_patient_severity(among_all, z[PEOPLE_Z_SEVERITY]));
}

/* The patient of the draw; false when its parameters break a constraint. */
static bool make_person(const struct draw *d)
{
    draw_person(d);
    return en_heal_balance(d->b, d->i, 1, NULL) == EN_OK && en_heal_broken(d->b, d->i) == NULL;
}

bool people_set(const struct people *q, const struct people_numbers *n,
                const struct en_effects *effects, struct en_batch *b, size_t i, struct person *out)
{
    const struct draw d = {q, n, effects, b, i, out};

    return draw_scores(&d) && make_person(&d);
}

bool people_draw(const struct people *q, uint64_t member, const struct en_effects *effects,
                 struct en_batch *b, size_t i, struct person *out, struct people_counts *counts)
{
    struct people_numbers *n = &out->numbers;
    const struct draw d = {q, n, effects, b, i, out};

    for (uint32_t attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
        counts->drawn++;
        number_scores(q, member, attempt, n);
        if (!draw_scores(&d)) {
            counts->refused_entry++;
            continue;
        }
        number_rest(q, member, attempt, n);
        out->attempt = attempt;
        if (make_person(&d)) {
            return true;
        }
        counts->refused_constraint++;
    }
    return false;
}
