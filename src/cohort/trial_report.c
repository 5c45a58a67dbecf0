/* SPDX-License-Identifier: Apache-2.0
 * From the patients of a virtual trial to what it reports, and from many reports to results. */
#include "cohort/trial_inside.h"
#include "num/scalar.h"

#include <assert.h>
#include <math.h>

size_t trial_cell(const struct en_trial *t, size_t replicate, size_t arm, size_t outcome,
                  size_t week)
{
    return ((replicate * t->arm_count + arm) * t->outcome_count + outcome) * t->week_count + week;
}

/* --- measures --------------------------------------------------------------------------------- */

/* One row a measure: the largest mean and difference of a report, and what is good. Bins are 0.2 %
 * of the scale or less. */
static const struct measure {
    double low, high;
    bool is_share;
    int good; /* 1: more is better, -1: less is better */
} MEASURES[EN_TRIAL_MEASURE_COUNT] = {
    [EN_TRIAL_NRS_CHANGE] = {-10.0, 10.0, false, -1},
    [EN_TRIAL_WOMAC_CHANGE] = {-100.0, 100.0, false, -1},
    [EN_TRIAL_RESPONDER_NRS] = {0.0, 1.0, true, 1},
    [EN_TRIAL_RESPONDER_WOMAC] = {0.0, 1.0, true, 1},
    [EN_TRIAL_STIFFNESS_CHANGE] = {-50.0, 50.0, false, 1},
    [EN_TRIAL_LAXITY_CHANGE] = {-5.0, 5.0, false, -1},
};

struct en_histogram trial_means(enum en_trial_measure m)
{
    return (struct en_histogram){MEASURES[m].low, MEASURES[m].high, TRIAL_BINS};
}

struct en_histogram trial_contrasts(enum en_trial_measure m)
{
    return (struct en_histogram){-MEASURES[m].high, MEASURES[m].high, TRIAL_BINS};
}

bool trial_is_share(enum en_trial_measure m)
{
    return MEASURES[m].is_share;
}

/* --- one report ------------------------------------------------------------------------------- */

/* Pooled z test of two shares. */
static bool shares_differ(const struct en_exact *a, const struct en_exact *b)
{
    const double na = (double)a->count, nb = (double)b->count;
    const double pooled = (na * en_exact_mean(a) + nb * en_exact_mean(b)) / (na + nb);
    const double variance = pooled * (1.0 - pooled) * (1.0 / na + 1.0 / nb);
    const double difference = en_exact_mean(a) - en_exact_mean(b);

    return variance > 0.0 && fabs(difference) > en_normal_quantile(0.975) * sqrt(variance);
}

/* Welch's t test of two means; two patients in each are needed. */
static bool means_differ(const struct en_exact *a, const struct en_exact *b)
{
    const double va = en_exact_variance(a) / (double)a->count;
    const double vb = en_exact_variance(b) / (double)b->count;
    const double variance = va + vb;

    if (!(variance > 0.0)) {
        return false;
    }
    const double df =
        variance * variance / (va * va / (double)(a->count - 1) + vb * vb / (double)(b->count - 1));

    return fabs(en_exact_mean(a) - en_exact_mean(b)) > en_student_critical(df) * sqrt(variance);
}

static bool is_better(enum en_trial_measure m, const struct en_exact *arm,
                      const struct en_exact *control)
{
    const double gain = MEASURES[m].good * (en_exact_mean(arm) - en_exact_mean(control));

    if (!(gain > 0.0)) {
        return false;
    }
    return MEASURES[m].is_share ? shares_differ(arm, control) : means_differ(arm, control);
}

static void report(enum en_trial_measure m, const struct en_exact *arm,
                   const struct en_exact *control, struct trial_sums *sums)
{
    const struct en_histogram means = trial_means(m), contrasts = trial_contrasts(m);

    en_exact_share(&sums->patients.count, arm->count);
    en_exact_share(&sums->patients.sum, arm->sum);
    en_exact_share(&sums->patients.squares_high, arm->squares_high);
    en_exact_share(&sums->patients.squares_low, arm->squares_low);
    if (arm->count == 0) {
        return;
    }
    const double mean = en_exact_mean(arm);

    en_exact_share(&sums->mean[en_histogram_bin(&means, mean)], 1);
    if (control == NULL || control->count == 0) {
        return;
    }
    en_exact_share(&sums->contrast[en_histogram_bin(&contrasts, mean - en_exact_mean(control))], 1);
    en_exact_share(&sums->better, is_better(m, arm, control));
}

static struct trial_sums *sums_cell(int64_t *sums, size_t at)
{
    return (struct trial_sums *)(void *)(sums + TRIAL_HEAD_COUNT + at * TRIAL_CELL_COUNT);
}

void trial_report(const struct en_trial *t, size_t h, const struct en_exact *cells, size_t count,
                  int64_t *sums)
{
    const size_t last = t->arm_count - 1;

    for (size_t r = 0; r < count; r++) {
        for (size_t i = 0; i < t->arm_count * t->outcome_count * t->week_count; i++) {
            const size_t week = i % t->week_count, rest = i / t->week_count;
            const size_t outcome = rest % t->outcome_count, arm = rest / t->outcome_count;
            const struct en_exact *control =
                arm < last ? &cells[trial_cell(t, r, last, outcome, week)] : NULL;

            report(t->outcomes[outcome].measure, &cells[trial_cell(t, r, arm, outcome, week)],
                   control, sums_cell(sums, en_trial_at(t, h, arm, outcome, week)));
        }
    }
}

/* --- results ---------------------------------------------------------------------------------- */

static const double PROBABILITIES[] = {0.05, 0.25, 0.5, 0.75, 0.95};

static struct en_predictive predictive(const struct en_histogram *h,
                                       const struct en_counts *samples, size_t count)
{
    double q[EN_COUNT(PROBABILITIES)];

    en_histogram_quantiles(h, samples, count, PROBABILITIES, EN_COUNT(PROBABILITIES), q);
    return (struct en_predictive){q[0], q[1], q[2], q[3], q[4]};
}

static double spread(enum en_trial_measure m, const struct en_exact *e)
{
    const double mean = en_exact_mean(e);

    return MEASURES[m].is_share ? sqrt(mean * (1.0 - mean)) : sqrt(en_exact_variance(e));
}

/* Mean and SD of a mixture; parts without patients do not count. */
static void mix(const struct en_trial_cell *const *parts, const double *weight,
                struct en_trial_cell *out)
{
    double whole = 0.0, mean = 0.0, square = 0.0;

    *out = (struct en_trial_cell){.mean = NAN, .sd = NAN};
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        out->count += parts[h]->count;
        if (weight[h] > 0.0 && !isnan(parts[h]->mean)) {
            whole += weight[h];
            mean += weight[h] * parts[h]->mean;
        }
    }
    if (!(whole > 0.0)) {
        return;
    }
    out->mean = mean / whole;
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        const double off = parts[h]->mean - out->mean;

        if (weight[h] > 0.0 && !isnan(parts[h]->mean)) {
            square += weight[h] / whole * (parts[h]->sd * parts[h]->sd + off * off);
        }
    }
    out->sd = sqrt(square);
}

/* Arm, outcome and week being summarised. */
struct place {
    const struct en_trial *trial;
    const int64_t *sums;
    size_t arm, outcome, week;
};

static const struct trial_sums *sums_of(const struct place *at, size_t h)
{
    return (const struct trial_sums *)(const void *)(at->sums + TRIAL_HEAD_COUNT +
                                                     en_trial_at(at->trial, h, at->arm, at->outcome,
                                                                 at->week) *
                                                         TRIAL_CELL_COUNT);
}

static void fill_arm(const struct place *at, struct en_trial_result *out)
{
    const enum en_trial_measure m = at->trial->outcomes[at->outcome].measure;
    const struct en_histogram grid = trial_means(m);
    const struct en_trial_cell *parts[EN_HYPOTHESES];
    struct en_counts samples[EN_HYPOTHESES];
    struct en_trial_cell *mixed =
        &out->arms[en_trial_at(at->trial, EN_HYPOTHESES, at->arm, at->outcome, at->week)];

    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        const struct trial_sums *s = sums_of(at, h);
        struct en_trial_cell *cell =
            &out->arms[en_trial_at(at->trial, h, at->arm, at->outcome, at->week)];

        samples[h] = (struct en_counts){s->mean, 1.0};
        *cell = (struct en_trial_cell){
            .count = (uint64_t)s->patients.count,
            .mean = en_exact_mean(&s->patients),
            .sd = spread(m, &s->patients),
            .predictive = predictive(&grid, &samples[h], 1),
        };
        samples[h].weight = out->weight[h];
        parts[h] = cell;
    }
    mix(parts, out->weight, mixed);
    mixed->predictive = predictive(&grid, samples, EN_HYPOTHESES);
}

/* The difference of two patients, one of each arm: their SDs add as squares. */
static struct en_trial_cell difference(const struct en_trial_cell *arm,
                                       const struct en_trial_cell *control)
{
    return (struct en_trial_cell){
        .count = arm->count + control->count,
        .mean = arm->mean - control->mean,
        .sd = sqrt(arm->sd * arm->sd + control->sd * control->sd),
    };
}

static void fill_contrast(const struct place *at, struct en_trial_result *out)
{
    const struct en_trial *t = at->trial;
    const struct en_histogram grid = trial_contrasts(t->outcomes[at->outcome].measure);
    struct en_counts samples[EN_HYPOTHESES];
    double power = 0.0;

    for (size_t h = 0; h <= EN_HYPOTHESES; h++) {
        const size_t place = en_trial_at(t, h, at->arm, at->outcome, at->week);
        const size_t control = en_trial_at(t, h, t->arm_count - 1, at->outcome, at->week);
        struct en_trial_cell *cell = &out->contrasts[place];

        *cell = difference(&out->arms[place], &out->arms[control]);
        if (h == EN_HYPOTHESES) {
            cell->predictive = predictive(&grid, samples, EN_HYPOTHESES);
            out->power[place] = power;
            break;
        }
        samples[h] = (struct en_counts){sums_of(at, h)->contrast, 1.0};
        cell->predictive = predictive(&grid, &samples[h], 1);
        samples[h].weight = out->weight[h];
        out->power[place] = (double)sums_of(at, h)->better / (double)out->trials;
        power += out->weight[h] * out->power[place];
    }
}

enum en_status en_trial_summarise(const struct en_trial *t, const struct en_posterior *p,
                                  const int64_t *sums, struct en_arena *a,
                                  struct en_trial_result *out, struct en_err *err)
{
    const size_t cells = (EN_HYPOTHESES + 1) * t->arm_count * t->outcome_count * t->week_count;

    *out = (struct en_trial_result){
        .trial = t,
        .trials = trial_replicates(t),
        .drawn = (uint64_t)sums[TRIAL_DRAWN],
        .refused_entry = (uint64_t)sums[TRIAL_REFUSED_ENTRY],
        .refused_constraint = (uint64_t)sums[TRIAL_REFUSED_CONSTRAINT],
        .arms = EN_NEW(a, struct en_trial_cell, cells),
        .contrasts = EN_NEW(a, struct en_trial_cell, cells),
        .power = EN_NEW(a, double, cells),
    };
    if (out->arms == NULL || out->contrasts == NULL || out->power == NULL) {
        *out = (struct en_trial_result){0};
        return en_fail(err, EN_ELIMIT, "no room for the results of a trial");
    }
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        out->weight[h] = p->weight[h];
    }
    for (size_t i = 0; i < t->arm_count * t->outcome_count * t->week_count; i++) {
        const size_t rest = i / t->week_count;
        const struct place at = {t, sums, rest / t->outcome_count, rest % t->outcome_count,
                                 i % t->week_count};

        fill_arm(&at, out);
    }
    for (size_t i = 0; i < (t->arm_count - 1) * t->outcome_count * t->week_count; i++) {
        const size_t rest = i / t->week_count;
        const struct place at = {t, sums, rest / t->outcome_count, rest % t->outcome_count,
                                 i % t->week_count};

        fill_contrast(&at, out);
    }
    return EN_OK;
}
