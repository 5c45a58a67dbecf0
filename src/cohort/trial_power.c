/* SPDX-License-Identifier: Apache-2.0
 * Sample size: the power of trials of several sizes, and the size at which it is reached. */
#include "cohort/trial_inside.h"
#include "num/scalar.h"

#include <math.h>
#include <string.h>

enum {
    N_FIRST = 16,
    TRIALS = 500,   /* of each hypothesis and size */
    REFINEMENTS = 3 /* halvings of the bracket, on the scale of its logarithm */
};

/* What is asked, and the trial of two arms that answers it. */
struct search {
    struct en_trial *trial;
    const struct en_posterior *posterior;
    const struct en_sample_size_request *request;
    int threads;
    struct en_arena *scratch;
    struct en_sample_size *out;
};

static enum en_status check(const struct en_trial *t, const struct en_sample_size_request *q,
                            struct en_err *err)
{
    EN_TRY(en_trial_check(t, err));
    if (!(q->arm + 1 < t->arm_count)) {
        return en_fail(err, EN_EINVAL, "power.arm: not an arm that has a control");
    }
    if (!(q->outcome < t->outcome_count)) {
        return en_fail(err, EN_EINVAL, "power.outcome: no such outcome");
    }
    if (!(q->week < t->week_count)) {
        return en_fail(err, EN_EINVAL, "power.week: no such week");
    }
    if (!(q->power >= 0.01 && q->power <= 0.99)) {
        return en_fail(err, EN_EINVAL, "power.power: outside 0.01 .. 0.99");
    }
    if (!(q->n_max >= 2 && q->n_max <= EN_TRIAL_N_MAX)) {
        return en_fail(err, EN_EINVAL, "power.n_max: outside 2 .. %d", EN_TRIAL_N_MAX);
    }
    return EN_OK;
}

/* Both arms alone, one outcome, up to the week of interest: the visits stay what they are. */
static void reduce(const struct en_trial *t, const struct en_sample_size_request *q,
                   struct en_trial *out)
{
    *out = *t;
    out->arms[0] = t->arms[q->arm];
    out->arms[1] = t->arms[t->arm_count - 1];
    out->arm_count = 2;
    out->outcomes[0] = t->outcomes[q->outcome];
    out->outcome_count = 1;
    out->week_count = q->week + 1;
}

static void insert(struct en_sample_size *out, struct en_power_point point)
{
    size_t at = out->point_count++;

    for (; at > 0 && out->points[at - 1].n > point.n; at--) {
        out->points[at] = out->points[at - 1];
    }
    out->points[at] = point;
}

/* Power at a size, from trials whose random numbers are those of every other size. */
static enum en_status measure(const struct search *s, size_t n, double *power, struct en_err *err)
{
    struct en_trial *t = s->trial;
    const struct en_arena_mark mark = en_arena_mark(s->scratch);
    struct en_trial_result result;
    struct en_power_point point = {.n = n};

    t->arms[0].n = t->arms[1].n = n;
    t->patients = (uint64_t)EN_HYPOTHESES * TRIALS * n;
    int64_t *sums = EN_NEW(s->scratch, int64_t, en_trial_sums_count(t));

    if (sums == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for the sums of a trial");
    }
    EN_TRY(en_trial_run(t, s->posterior, 0, en_trial_units(t), s->threads, sums, s->scratch, err));
    EN_TRY(en_trial_summarise(t, s->posterior, sums, s->scratch, &result, err));
    /* The hypotheses share their patients: their errors are added, not their squares. */
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        const double of_h = result.power[en_trial_at(t, h, 0, 0, t->week_count - 1)];

        point.power += result.weight[h] * of_h;
        point.error += result.weight[h] * sqrt(of_h * (1.0 - of_h) / (double)result.trials);
    }
    *power = point.power;
    insert(s->out, point);
    en_arena_rewind(s->scratch, mark);
    return EN_OK;
}

/* Halve the size until the power is no longer reached, or 2 patients. */
static enum en_status bracket_below(const struct search *s, size_t *low, size_t *high,
                                    struct en_err *err)
{
    double power = 1.0;

    while (power >= s->request->power && *high >= 4) {
        EN_TRY(measure(s, *high / 2, &power, err));
        *low = power < s->request->power ? *high / 2 : 1;
        *high = power < s->request->power ? *high : *high / 2;
    }
    return EN_OK;
}

/* Sizes on both sides of the wanted power: low has less (or is 1), high has it (or is 0: none). */
static enum en_status bracket(const struct search *s, size_t *low, size_t *high, struct en_err *err)
{
    const size_t max = s->request->n_max;
    size_t n = N_FIRST < max ? N_FIRST : max;
    double power = 0.0;

    *low = 1;
    *high = n;
    EN_TRY(measure(s, n, &power, err));
    if (power >= s->request->power) {
        return bracket_below(s, low, high, err);
    }
    while (power < s->request->power && n < max) {
        *low = n;
        n = n <= max / 2 ? 2 * n : max;
        EN_TRY(measure(s, n, &power, err));
    }
    *high = power >= s->request->power ? n : 0;
    return EN_OK;
}

/* Where the straight line between the two sizes around it, over the logarithm of the size, reaches
 * the wanted power. */
static size_t interpolate(const struct en_sample_size *o, size_t low, size_t high, double wanted)
{
    const struct en_power_point *a = NULL, *b = NULL;

    for (size_t i = 0; i < o->point_count; i++) {
        a = o->points[i].n == low ? &o->points[i] : a;
        b = o->points[i].n == high ? &o->points[i] : b;
    }
    if (a == NULL || b == NULL || !(b->power > a->power)) {
        return high;
    }
    const double part = (wanted - a->power) / (b->power - a->power);
    const double n = (double)low * en_exp(part * en_log((double)high / (double)low));

    return (size_t)fmin(fmax(ceil(n - 1e-9), (double)low), (double)high);
}

static enum en_status find(const struct search *s, struct en_err *err)
{
    size_t low = 1, high = 0;

    EN_TRY(bracket(s, &low, &high, err));
    for (int k = 0; high > 0 && low > 1 && k < REFINEMENTS && high - low > 1; k++) {
        const size_t middle = (size_t)(sqrt((double)low * (double)high) + 0.5);
        double power = 0.0;

        if (middle <= low || middle >= high) {
            break;
        }
        EN_TRY(measure(s, middle, &power, err));
        low = power < s->request->power ? middle : low;
        high = power < s->request->power ? high : middle;
    }
    s->out->n = high > 0 ? interpolate(s->out, low, high, s->request->power) : 0;
    return EN_OK;
}

enum en_status en_trial_sample_size(const struct en_trial *t, const struct en_posterior *p,
                                    const struct en_sample_size_request *request, int threads,
                                    struct en_arena *scratch, struct en_sample_size *out,
                                    struct en_err *err)
{
    const struct en_arena_mark mark = en_arena_mark(scratch);

    memset(out, 0, sizeof *out);
    EN_TRY(check(t, request, err));
    struct en_trial *reduced = EN_NEW(scratch, struct en_trial, 1);

    if (reduced == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for a trial");
    }
    reduce(t, request, reduced);
    const struct search s = {reduced, p, request, threads, scratch, out};
    const enum en_status st = find(&s, err);

    if (st != EN_OK) {
        memset(out, 0, sizeof *out);
    }
    en_arena_rewind(scratch, mark);
    return st;
}
