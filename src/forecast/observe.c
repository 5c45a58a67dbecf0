/* SPDX-License-Identifier: Apache-2.0 */
#include "forecast/observe.h"

#include "cohort/score.h"
#include "num/lane_math.h"
#include "num/scalar.h"

#include <math.h>

#define HALF   ((size_t)OBSERVE_HALF)
#define GROUPS (HALF / EN_LANES)
#define NODES  ((size_t)OBSERVE_NODES)

#define SQRT_HALF  0.70710678118654752440
#define MIDDLE     ((OBSERVE_NODES - 1) / 2.0)
/* Narrower than this [steps] a normal distribution is not told by its values on the grid. */
#define NARROW     0.8
/* Factors of a likelihood are kept within these. */
#define FACTOR_MIN 1e-200
#define FACTOR_MAX 1e200
#define SEVERAL    1e100 /* their product, too */

/* Probabilities of the nodes: [0][i] is node i, [1][i] its mirror image, node NODES - 1 - i. */
struct nodes {
    double p[2][HALF];
};

/* Standard deviations of nodes 0 .. HALF - 1; their images lie at the opposite. */
static const double PLACE[HALF] = {
    -15.5 * OBSERVE_STEP, -14.5 * OBSERVE_STEP, -13.5 * OBSERVE_STEP, -12.5 * OBSERVE_STEP,
    -11.5 * OBSERVE_STEP, -10.5 * OBSERVE_STEP, -9.5 * OBSERVE_STEP,  -8.5 * OBSERVE_STEP,
    -7.5 * OBSERVE_STEP,  -6.5 * OBSERVE_STEP,  -5.5 * OBSERVE_STEP,  -4.5 * OBSERVE_STEP,
    -3.5 * OBSERVE_STEP,  -2.5 * OBSERVE_STEP,  -1.5 * OBSERVE_STEP,  -0.5 * OBSERVE_STEP,
};
_Static_assert(OBSERVE_HALF == 16 && 16 % EN_LANES == 0, "the places");

/* --- distributions on the grid ---------------------------------------------------------------- */

/* Normal weights from the node next to the middle on, outwards: each from the one before. offset:
 * that node less the mean, h: the step, both in SD. */
static void fill_normal(size_t next, double offset, double h, double *weight)
{
    const double fall = en_exp(-h * h);
    double up = en_exp(-h * (offset + 0.5 * h)), down = en_exp(h * (offset - 0.5 * h));

    weight[next] = 1.0;
    for (size_t k = next + 1; k < NODES && weight[k - 1] > FACTOR_MIN; k++) {
        weight[k] = weight[k - 1] * up;
        up *= fall;
    }
    for (size_t k = next; k > 0 && weight[k] > FACTOR_MIN; k--) {
        weight[k - 1] = weight[k] * down;
        down *= fall;
    }
}

/* Weights of three nodes with the mean and variance asked for; of two where that is less than they
 * spread. offset: place less the nearest node, -0.5 .. 0.5; both in steps. */
static void fill_narrow(size_t next, double offset, double variance, double *weight)
{
    const double spread = fmax(variance + offset * offset, fabs(offset));

    weight[next] = 1.0 - spread;
    if (next > 0) {
        weight[next - 1] = 0.5 * (spread - offset);
    }
    if (next < NODES - 1) {
        weight[next + 1] = 0.5 * (spread + offset);
    }
}

/* Normal distribution with this mean and SD (of the fluctuation 1), sum 1. */
static void fill(double mean, double sd, double weight[NODES])
{
    const double place = fmin(fmax(mean / OBSERVE_STEP + MIDDLE, 0.0), OBSERVE_NODES - 1.0);
    const size_t next = (size_t)(place + 0.5);
    const double offset = mean / OBSERVE_STEP + MIDDLE - (double)next, steps = sd / OBSERVE_STEP;

    for (size_t k = 0; k < NODES; k++) {
        weight[k] = 0.0;
    }
    if (steps < NARROW) {
        fill_narrow(next, place - (double)next, steps * steps, weight);
    } else {
        fill_normal(next, -offset / steps, 1.0 / steps, weight);
    }
    double sum = 0.0;

    for (size_t k = 0; k < NODES; k++) {
        sum += weight[k];
    }
    for (size_t k = 0; k < NODES; k++) {
        weight[k] /= sum;
    }
}

/* How the process goes on over a gap: the share of a deviation that is kept, and the SD of what
 * comes anew. */
static double kept_over(double gap_d, double *fresh)
{
    const double kept = en_exp(-gap_d / EN_MODEL.ou_tau);

    *fresh = sqrt(1.0 - kept * kept);
    return kept;
}

/* What the sums (plus) and the differences (minus) of mirrored nodes become. */
static void make_kernel(double gap_d, double *kernel)
{
    double fresh, row[NODES];
    const double kept = kept_over(gap_d, &fresh);
    double *plus = kernel, *minus = kernel + HALF * HALF;

    for (size_t i = 0; i < HALF; i++) {
        fill(kept * PLACE[i], fresh, row);
        for (size_t j = 0; j < HALF; j++) {
            plus[i * HALF + j] = row[j] + row[NODES - 1 - j];
            minus[i * HALF + j] = row[j] - row[NODES - 1 - j];
        }
    }
}

static double usual_error(enum en_measure measure)
{
    switch (measure) {
    case EN_MEASURE_PAIN:
        return EN_MODEL.nrs_error_sd;
    case EN_MEASURE_FUNCTION:
        return EN_MODEL.function_error_sd;
    case EN_MEASURE_LAXITY:
        return OBSERVE_LAXITY_SD;
    case EN_MEASURE_COUNT:
        break;
    }
    return NAN;
}

enum en_status observe_make(const struct en_observation *observations, size_t count,
                            struct en_arena *a, struct observe *out, struct en_err *err)
{
    double gaps[EN_OBSERVATIONS_MAX];
    const double **kernel = EN_NEW(a, const double *, count);
    double *per_error = EN_NEW(a, double, count);

    *out = (struct observe){.observations = observations, .kernel = kernel};
    if (count > EN_OBSERVATIONS_MAX || kernel == NULL || per_error == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu observations", count);
    }
    out->first_kept = kept_over(count > 0 ? observations[0].day : 0.0, &out->first_sd);
    for (size_t i = 0; i < count; i++) {
        const struct en_observation *now = &observations[i];
        size_t same = 1;

        per_error[i] = 1.0 / (SQRT_HALF * usual_error(now->measure) * now->error);
        kernel[i] = NULL;
        gaps[i] = i > 0 ? now->day - now[-1].day : 0.0;
        if (!(gaps[i] > 0.0)) {
            continue;
        }
        while (same < i && gaps[same] != gaps[i]) {
            same++;
        }
        if (same < i) {
            kernel[i] = kernel[same];
            continue;
        }
        double *made = EN_NEW(a, double, 2 * HALF * HALF);

        if (made == NULL) {
            return en_fail(err, EN_ELIMIT, "no room for %zu observations", count);
        }
        make_kernel(gaps[i], made);
        kernel[i] = made;
    }
    out->per_error = per_error;
    out->count = count;
    return EN_OK;
}

/* --- from one report to the next -------------------------------------------------------------- */

/* The nodes on the day of the first report. */
static void begin(const struct observe *o, const struct observe_course *c, struct nodes *n)
{
    const double mean = o->first_kept * c->start / EN_MODEL.ou_sd;
    const double sd = o->first_kept * c->start_sd / EN_MODEL.ou_sd;
    double weight[NODES];

    fill(mean, sqrt(sd * sd + o->first_sd * o->first_sd), weight);
    for (size_t i = 0; i < HALF; i++) {
        n->p[0][i] = weight[i];
        n->p[1][i] = weight[NODES - 1 - i];
    }
}

/* to = from * kernel */
static void multiply(const double from[HALF], const double *kernel, en_lane to[GROUPS])
{
    for (size_t g = 0; g < GROUPS; g++) {
        to[g] = en_lane_all(0.0);
    }
    for (size_t i = 0; i < HALF; i++) {
        const en_lane share = en_lane_all(from[i]);

        for (size_t g = 0; g < GROUPS; g++) {
            to[g] += share * en_lane_load(kernel + i * HALF + g * EN_LANES);
        }
    }
}

/* To the next day. */
static void advance(struct nodes *n, const double *kernel)
{
    const en_lane nothing = en_lane_all(0.0);
    double sum[HALF], difference[HALF];
    en_lane both[GROUPS], apart[GROUPS];

    for (size_t i = 0; i < HALF; i++) {
        sum[i] = n->p[0][i] + n->p[1][i];
        difference[i] = n->p[0][i] - n->p[1][i];
    }
    multiply(sum, kernel, both);
    multiply(difference, kernel + HALF * HALF, apart);
    for (size_t g = 0; g < GROUPS; g++) {
        /* Rounding may leave a little less than nothing. */
        en_lane_store(n->p[0] + g * EN_LANES, en_lane_max(0.5 * (both[g] + apart[g]), nothing));
        en_lane_store(n->p[1] + g * EN_LANES, en_lane_max(0.5 * (both[g] - apart[g]), nothing));
    }
}

/* What a report is expected to say at each node: first + slope * pain, pain held. */
struct expected {
    double pain, least, most; /* pain where the fluctuation is 0; held within */
    double first, slope;
    double value, per_error;
    int end; /* of the scale, where the report stands: -1 lower, 0 within, 1 upper */
};

/* Probability of the report at some nodes. */
EN_LANE_INLINE en_lane report_at(const struct expected *e, en_lane pain)
{
    const en_lane least = en_lane_all(e->least), most = en_lane_all(e->most);
    const en_lane held = en_lane_min(en_lane_max(pain, least), most);
    const en_lane t = (e->value - e->first - e->slope * held) * e->per_error;

    if (e->end == 0) {
        return e->per_error * en_lane_student4_density(t);
    }
    return en_lane_student4_cdf(e->end < 0 ? t : -t);
}

/* Weigh the nodes with the report; its probability. */
static double weigh(struct nodes *n, const struct expected *e)
{
    en_lane sum = en_lane_all(0.0);
    double all = 0.0;

    for (size_t g = 0; g < GROUPS; g++) {
        const en_lane slow = EN_MODEL.ou_sd * en_lane_load(PLACE + g * EN_LANES);
        double *low = n->p[0] + g * EN_LANES, *high = n->p[1] + g * EN_LANES;
        const en_lane a = en_lane_load(low) * report_at(e, e->pain + slow);
        const en_lane b = en_lane_load(high) * report_at(e, e->pain - slow);

        en_lane_store(low, a);
        en_lane_store(high, b);
        sum += a + b;
    }
    for (size_t i = 0; i < EN_LANES; i++) {
        all += sum[i];
    }
    const double scale = 1.0 / all;

    for (size_t i = 0; i < HALF; i++) {
        n->p[0][i] *= scale;
        n->p[1][i] *= scale;
    }
    return all;
}

static int end_of(double value, double high)
{
    return value <= 0.0 ? -1 : value >= high;
}

static struct expected expected_pain(const struct observe_course *c, size_t i, double value)
{
    return (struct expected){
        .pain = c->pain[i],
        .least = -INFINITY,
        .most = INFINITY,
        .slope = 1.0,
        .value = value,
        .end = end_of(value, 10.0),
    };
}

/* The score is linear in the pain: so it needs to be known at two. */
static struct expected expected_function(const struct observe_course *c, size_t i,
                                         const struct en_observation *now)
{
    const struct en_function f = {
        .baseline_nrs = c->baseline_nrs,
        .baseline_function = c->baseline_function,
        .per_pain = c->per_pain,
        .per_laxity = c->per_laxity,
        .has_laxity = c->has_laxity,
        .ratio = c->ratio,
    };
    const double first = now->scale * en_score_function(&f, 0.0, c->laxity[i]);
    const double last = now->scale * en_score_function(&f, 10.0, c->laxity[i]);

    return (struct expected){
        .pain = c->pain[i],
        .most = 10.0,
        .first = first,
        .slope = (last - first) / 10.0,
        .value = now->value,
        .end = end_of(now->value, 100.0),
    };
}

/* Weigh the nodes with report i; its probability given those before. */
static double take_in(const struct observe *o, const struct observe_course *c, size_t i,
                      struct nodes *n)
{
    const struct en_observation *now = &o->observations[i];

    if (now->measure == EN_MEASURE_LAXITY) {
        return o->per_error[i] * en_student4_density((now->value - c->laxity[i]) * o->per_error[i]);
    }
    struct expected e = now->measure == EN_MEASURE_PAIN ? expected_pain(c, i, now->value)
                                                        : expected_function(c, i, now);

    e.per_error = o->per_error[i];
    return weigh(n, &e);
}

static void copy_out(const struct nodes *n, double *last)
{
    for (size_t i = 0; i < HALF; i++) {
        last[i] = n->p[0][i];
        last[NODES - 1 - i] = n->p[1][i];
    }
}

double observe_likelihood(const struct observe *o, const struct observe_course *c, double *last)
{
    double product = 1.0, log_product = 0.0;
    struct nodes n;

    begin(o, c, &n);
    if (last != NULL) {
        copy_out(&n, last);
    }
    for (size_t i = 0; i < o->count; i++) {
        if (o->kernel[i] != NULL) {
            advance(&n, o->kernel[i]);
        }
        const double chance = take_in(o, c, i, &n);

        if (!(chance > FACTOR_MIN && chance < FACTOR_MAX)) {
            return -INFINITY;
        }
        /* A logarithm now and then instead of one each time. */
        product *= chance;
        if (!(product > 1.0 / SEVERAL && product < SEVERAL)) {
            log_product += en_log(product);
            product = 1.0;
        }
    }
    if (last != NULL) {
        copy_out(&n, last);
    }
    return log_product + en_log(product);
}

double observe_fluctuation(const double *last, double u)
{
    double below = 0.0;
    size_t k = 0;

    while (k < NODES - 1 && !(u < below + last[k])) {
        below += last[k++];
    }
    const double part = last[k] > 0.0 ? fmin(fmax((u - below) / last[k], 0.0), 1.0) : 0.5;

    return EN_MODEL.ou_sd * OBSERVE_STEP * ((double)k - MIDDLE - 0.5 + part);
}
