/* SPDX-License-Identifier: Apache-2.0 */
#include "forecast/reference.h"

#include "base/pool.h"
#include "forecast/hard_case.h"
#include "forecast/learn.h"
#include "num/scalar.h"
#include "num/stats.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum {
    SAMPLES = 8,     /* of each chain, evenly spread over the second half of its steps */
    PLACE_EVERY = 4, /* steps: then another particle is proposed instead of other numbers */
    PART = 64,
    REPEATS_MAX = 64,
    POPULATION_PART = 4000
};
_Static_assert((int)HARD_CASES == (int)EN_REFERENCE_CASES, "the cases");

/* What a random number is for; its index is the step. Part of the golden results: append only. */
enum purpose { FOR_STEP = 5500, FOR_SCALE, FOR_CHOICE, FOR_PLACE, FOR_ACCEPTANCE };

/* Steps are long and short ones, so that none needs to be tuned; this share of the long way. */
static const double LONGEST = 1.5, SHORTEST = 0.03;
/* Share of the numbers that a step changes, in every second step; the others change all. */
static const double SHARE = 0.25;
/* Half the width, in probability, of the slope that the density at a quantile is taken from. */
static const double NEAR = 0.02;

static const double P[EN_STATISTIC_COUNT] = {
    [EN_STATISTIC_5] = 0.05, [EN_STATISTIC_50] = 0.5, [EN_STATISTIC_95] = 0.95};

struct en_reference_settings en_reference_defaults(void)
{
    return (struct en_reference_settings){
        .chains = 512, .steps = 3200, .draws = 2000, .repeats = 8, .population = 200000, .seed = 1};
}

/* One case at work. */
struct work {
    const struct en_reference_settings *settings;
    const struct hard_case *c;
    struct en_followup followup;
    struct quantity_plan plan;
    struct en_cohort_source source;
    struct en_arena *arena;
    struct learn learn;
    struct en_cohort cohort, proposal;
    bool *valid;                       /* shape [chains] */
    double *log_likelihood, *proposed; /* shape [chains] */
    uint32_t step;
    double *samples; /* shape [EN_QUANTITY_COUNT][SAMPLES][chains] */
    struct en_reference *out;
};

/* --- likelihood of a cohort ------------------------------------------------------------------- */

/* For count patients, made by w->source. */
static enum en_status make_learn(struct work *w, size_t stride, struct en_err *err)
{
    const struct en_followup *f = &w->followup;
    struct learn *l = &w->learn;

    *l = (struct learn){
        .person = &w->c->person, .source = &w->source, .followup = f, .scratch = w->arena};
    EN_TRY(observe_make(f->observations, f->observation_count, w->arena, &l->observe, err));
    l->day_count = course_days(f, l->days, l->day_of);
    l->tissue = EN_NEW(w->arena, double, EN_SCORE_OUTPUT_COUNT * l->day_count * stride);
    return l->tissue != NULL ? EN_OK : en_fail(err, EN_ELIMIT, "no room for the reports");
}

static enum en_status weigh(const struct work *w, const struct en_cohort *c, double *out,
                            struct en_err *err)
{
    EN_TRY(learn_run(&w->learn, c, NULL, err));
    learn_weigh(&w->learn, c, out, NULL);
    return EN_OK;
}

/* --- chains ----------------------------------------------------------------------------------- */

static double uniform(const struct work *w, size_t i, uint32_t purpose)
{
    return en_random_uniform((struct en_random){w->source.seed, i, purpose, w->step});
}

/* Other numbers: a step in all of them, or in a few. */
static void step_from(const struct work *w, size_t i, const double *from, double *to)
{
    const double u = uniform(w, i, FOR_SCALE);
    const double scale = SHORTEST * en_exp(u * en_log(LONGEST / SHORTEST));
    const bool is_few = w->step % 2 == 0;

    for (uint32_t k = 0; k < EN_COHORT_NUMBERS; k += 2) {
        const struct en_random at = {w->source.seed, i, FOR_STEP, w->step * EN_COHORT_NUMBERS + k};
        struct en_random choice = at;
        double z[2], chosen[2];

        choice.purpose = FOR_CHOICE;
        en_random_normals(at, z);
        en_random_uniforms(choice, chosen);
        for (uint32_t n = 0; n < 2; n++) {
            to[k + n] = from[k + n] + (!is_few || chosen[n] < SHARE ? scale * z[n] : 0.0);
        }
    }
}

static void propose_part(void *context, size_t index, int worker)
{
    const struct work *w = context;
    const size_t count = w->settings->chains;
    const bool is_place = w->step % PLACE_EVERY == PLACE_EVERY - 1;

    (void)worker;
    for (size_t i = index * PART; i < count && i < (index + 1) * PART; i++) {
        const double *from = w->cohort.numbers + i * EN_COHORT_NUMBERS;
        double *to = w->proposal.numbers + i * EN_COHORT_NUMBERS;

        w->proposal.places[i] = w->cohort.places[i];
        if (is_place) {
            memcpy(to, from, EN_COHORT_NUMBERS * sizeof *to);
            w->proposal.places[i] =
                (struct en_cohort_place){(uint64_t)(uniform(w, i, FOR_PLACE) * 0x1p32), 0};
        } else {
            step_from(w, i, from, to);
        }
    }
}

static double half_squares(const double *z)
{
    double squares = 0.0;

    for (size_t k = 0; k < EN_COHORT_NUMBERS; k++) {
        squares += z[k] * z[k];
    }
    return 0.5 * squares;
}

/* Metropolis: the density of the numbers is normal, that of the particles the same for all.
 * Constraints refuse one draw in 20,000, so that what they take from each particle is nothing. */
static size_t accept(struct work *w)
{
    size_t accepted = 0;

    for (size_t i = 0; i < w->settings->chains; i++) {
        const size_t at = i * EN_COHORT_NUMBERS;
        const double gain = w->proposed[i] - w->log_likelihood[i] +
                            half_squares(w->cohort.numbers + at) -
                            half_squares(w->proposal.numbers + at);

        if (w->valid[i] && w->proposed[i] > -INFINITY &&
            !(en_log(uniform(w, i, FOR_ACCEPTANCE)) >= gain)) {
            en_cohort_copy(&w->cohort, &w->proposal, i);
            w->log_likelihood[i] = w->proposed[i];
            accepted++;
        }
    }
    return accepted;
}

/* The quantities of all chains. */
static enum en_status take_sample(struct work *w, size_t sample, struct en_err *err)
{
    const struct en_arena_mark mark = en_arena_mark(w->arena);
    const size_t stride = w->cohort.patients.stride, chains = w->settings->chains;
    double *values = EN_NEW(w->arena, double, QUANTITY_ROWS *stride);

    if (values == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu chains", chains);
    }
    EN_TRY(quantity_values(&w->cohort, NULL, &w->followup, &w->plan, w->arena, values, err));
    for (size_t k = 0; k < EN_QUANTITY_COUNT; k++) {
        memcpy(w->samples + (k * SAMPLES + sample) * chains, values + k * stride,
               chains * sizeof *values);
    }
    en_arena_rewind(w->arena, mark);
    return EN_OK;
}

/* Steps until so many are done; accepted: counted on. */
static enum en_status advance(struct work *w, size_t until, size_t *accepted, struct en_err *err)
{
    for (; w->step < until; w->step++) {
        en_pool_run(w->settings->threads, w->settings->chains / PART + 1, propose_part, w);
        EN_TRY(en_cohort_remake(&w->c->person, &w->source, &w->proposal, w->valid, err));
        EN_TRY(weigh(w, &w->proposal, w->proposed, err));
        *accepted += accept(w);
    }
    return EN_OK;
}

static enum en_status run_chains(struct work *w, struct en_err *err)
{
    const size_t steps = w->settings->steps, apart = steps / (2 * (size_t)SAMPLES);
    size_t accepted = 0;

    w->step = 0;
    for (size_t sample = 0; sample < SAMPLES; sample++) {
        EN_TRY(advance(w, steps - (SAMPLES - 1 - sample) * apart, &accepted, err));
        EN_TRY(take_sample(w, sample, err));
    }
    w->out->moved = (double)accepted / (double)(steps * w->settings->chains);
    return EN_OK;
}

static enum en_status begin_chains(struct work *w, struct en_err *err)
{
    const size_t chains = w->settings->chains;

    w->source.count = chains;
    w->source.seed = w->settings->seed + 1000;
    w->source.keeps_numbers = true;
    EN_TRY(en_cohort_from(&w->c->person, &w->source, w->arena, &w->cohort, err));
    EN_TRY(en_cohort_make(&w->source, w->arena, &w->proposal, err));
    EN_TRY(make_learn(w, w->cohort.patients.stride, err));
    w->valid = EN_NEW(w->arena, bool, chains);
    w->log_likelihood = EN_NEW(w->arena, double, chains);
    w->proposed = EN_NEW(w->arena, double, chains);
    if (w->valid == NULL || w->log_likelihood == NULL || w->proposed == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu chains", chains);
    }
    return weigh(w, &w->cohort, w->log_likelihood, err);
}

/* --- statistics ------------------------------------------------------------------------------- */

/* Mean and variance of values. */
static void spread_of(const double *values, size_t count, double *mean, double *variance)
{
    double squares = 0.0;

    *mean = en_sum(values, count) / (double)count;
    for (size_t i = 0; i < count; i++) {
        squares += (values[i] - *mean) * (values[i] - *mean);
    }
    *variance = squares / (double)(count - 1);
}

static void describe(const double *values, size_t count, double *sorted,
                     double out[EN_STATISTIC_COUNT])
{
    double variance;

    spread_of(values, count, &out[EN_STATISTIC_MEAN], &variance);
    out[EN_STATISTIC_SD] = sqrt(variance);
    memcpy(sorted, values, count * sizeof *sorted);
    en_sort(sorted, count);
    const struct en_sample sample = {sorted, count, 1.0};

    en_quantiles(&sample, 1, P + EN_STATISTIC_5, EN_STATISTIC_COUNT - EN_STATISTIC_5,
                 out + EN_STATISTIC_5);
}

/* What one value adds to an estimate of a statistic, times the number of values: its influence. */
static double influence(double x, enum en_statistic s, const double is[EN_STATISTIC_COUNT],
                        double density)
{
    const double off = x - is[EN_STATISTIC_MEAN], sd = is[EN_STATISTIC_SD];

    switch (s) {
    case EN_STATISTIC_MEAN:
        return off;
    case EN_STATISTIC_SD:
        return sd > 0.0 ? (off * off - sd * sd) / (2.0 * sd) : 0.0;
    case EN_STATISTIC_5:
    case EN_STATISTIC_50:
    case EN_STATISTIC_95:
        return density > 0.0 ? (P[s] - (x <= is[s] ? 1.0 : 0.0)) / density : 0.0;
    case EN_STATISTIC_COUNT:
        break;
    }
    return NAN;
}

static double density_at(const double *sorted, size_t count, double p)
{
    const struct en_sample sample = {sorted, count, 1.0};
    const double ends[] = {p - NEAR, p + NEAR};
    double q[2];

    en_quantiles(&sample, 1, ends, 2, q);
    return q[1] > q[0] ? 2.0 * NEAR / (q[1] - q[0]) : 0.0;
}

/* Standard error of a statistic: chains are independent, samples of a chain are not. room: shape
 * [chains] */
static double error_of(const struct work *w, const double *values, enum en_statistic s,
                       const double is[EN_STATISTIC_COUNT], double density, double *room)
{
    const size_t chains = w->settings->chains;
    double mean, variance;

    for (size_t i = 0; i < chains; i++) {
        room[i] = 0.0;
        for (size_t k = 0; k < SAMPLES; k++) {
            room[i] += influence(values[k * chains + i], s, is, density) / SAMPLES;
        }
    }
    spread_of(room, chains, &mean, &variance);
    return sqrt(variance / (double)chains);
}

/* First half of the samples to the second, in standard errors. */
static double drift_of(const struct work *w, const double *values, double *room)
{
    const size_t chains = w->settings->chains;
    double mean, variance;

    for (size_t i = 0; i < chains; i++) {
        room[i] = 0.0;
        for (size_t k = 0; k < SAMPLES; k++) {
            room[i] += (k < SAMPLES / 2 ? -1.0 : 1.0) * values[k * chains + i];
        }
    }
    spread_of(room, chains, &mean, &variance);
    return variance > 0.0 ? fabs(mean) / sqrt(variance / (double)chains) : 0.0;
}

static enum en_status describe_chains(struct work *w, struct en_err *err)
{
    const size_t chains = w->settings->chains, count = SAMPLES * chains;
    double *sorted = EN_NEW(w->arena, double, count), *room = EN_NEW(w->arena, double, chains);

    if (sorted == NULL || room == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu chains", chains);
    }
    w->out->independent = (double)count;
    for (size_t k = 0; k < EN_QUANTITY_COUNT; k++) {
        const double *values = w->samples + k * count;
        double is[EN_STATISTIC_COUNT];

        describe(values, count, sorted, is);
        for (size_t s = 0; s < EN_STATISTIC_COUNT; s++) {
            struct en_reference_pair *p = &w->out->pair[k][s];
            const double density = P[s] > 0.0 ? density_at(sorted, count, P[s]) : 0.0;

            p->chains = is[s];
            p->chains_error = error_of(w, values, (enum en_statistic)s, is, density, room);
        }
        const double ratio = is[EN_STATISTIC_SD] / w->out->pair[k][EN_STATISTIC_MEAN].chains_error;

        w->out->independent = fmin(w->out->independent, ratio * ratio);
        w->out->drift = fmax(w->out->drift, drift_of(w, values, room));
    }
    return EN_OK;
}

static enum en_status chains(struct work *w, struct en_err *err)
{
    const size_t size = (size_t)EN_QUANTITY_COUNT * SAMPLES * w->settings->chains;

    w->samples = EN_NEW(w->arena, double, size);
    if (w->samples == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu chains", w->settings->chains);
    }
    EN_TRY(begin_chains(w, err));
    EN_TRY(run_chains(w, err));
    return describe_chains(w, err);
}

/* --- the posterior that is checked ------------------------------------------------------------ */

/* shape [EN_QUANTITY_COUNT * EN_STATISTIC_COUNT + 1][repeats], the log evidence last */
enum { ROWS = EN_QUANTITY_COUNT * EN_STATISTIC_COUNT + 1 };

static enum en_status repeat(struct work *w, size_t n, double *results, struct en_err *err)
{
    const size_t repeats = w->settings->repeats, draws = w->settings->draws;
    struct en_individual x;
    double is[EN_STATISTIC_COUNT];

    w->source.count = draws;
    w->source.seed = w->settings->seed + n;
    w->source.keeps_numbers = false;
    EN_TRY(en_individual_from(&w->c->person, &w->source, &w->followup, w->arena, &x, err));
    const size_t stride = x.cohort.patients.stride;
    double *values = EN_NEW(w->arena, double, QUANTITY_ROWS *stride);
    double *sorted = EN_NEW(w->arena, double, stride);

    if (values == NULL || sorted == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu patients", draws);
    }
    EN_TRY(quantity_values(&x.cohort, x.state, &w->followup, &w->plan, w->arena, values, err));
    for (size_t k = 0; k < EN_QUANTITY_COUNT; k++) {
        describe(values + k * stride, draws, sorted, is);
        for (size_t s = 0; s < EN_STATISTIC_COUNT; s++) {
            results[(k * EN_STATISTIC_COUNT + s) * repeats + n] = is[s];
        }
    }
    results[(ROWS - 1) * repeats + n] = x.log_evidence;
    w->out->effective += x.effective / (double)repeats;
    w->out->stages += x.stages / (double)repeats;
    return EN_OK;
}

static void describe_repeats(const double *results, size_t repeats, struct en_reference_pair *p)
{
    double variance;

    spread_of(results, repeats, &p->mean, &variance);
    p->sd = sqrt(variance);
}

static enum en_status repeats(struct work *w, struct en_err *err)
{
    const size_t count = w->settings->repeats;
    double *results = EN_NEW(w->arena, double, ROWS *count);

    if (results == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu repeats", count);
    }
    for (size_t n = 0; n < count; n++) {
        const struct en_arena_mark mark = en_arena_mark(w->arena);

        EN_TRY(repeat(w, n, results, err));
        en_arena_rewind(w->arena, mark);
    }
    for (size_t k = 0; k < EN_QUANTITY_COUNT; k++) {
        for (size_t s = 0; s < EN_STATISTIC_COUNT; s++) {
            describe_repeats(results + (k * EN_STATISTIC_COUNT + s) * count, count,
                             &w->out->pair[k][s]);
        }
    }
    describe_repeats(results + (size_t)(ROWS - 1) * count, count, &w->out->evidence);
    return EN_OK;
}

/* --- evidence --------------------------------------------------------------------------------- */

/* Mean likelihood of a large population, piece by piece; the pieces differ by seed. */
static enum en_status population(struct work *w, struct en_err *err)
{
    const size_t parts = w->settings->population / POPULATION_PART;
    double *means = EN_NEW(w->arena, double, parts);
    double most = -INFINITY, mean, variance;

    w->source.count = POPULATION_PART;
    for (size_t n = 0; means != NULL && n < parts; n++) {
        const struct en_arena_mark mark = en_arena_mark(w->arena);
        double *log_likelihood = EN_NEW(w->arena, double, POPULATION_PART);
        double *weight = EN_NEW(w->arena, double, POPULATION_PART);
        struct en_cohort c;

        if (log_likelihood == NULL || weight == NULL) {
            return en_fail(err, EN_ELIMIT, "no room for a population");
        }
        w->source.seed = w->settings->seed + 2000 + n;
        EN_TRY(en_cohort_from(&w->c->person, &w->source, w->arena, &c, err));
        EN_TRY(make_learn(w, c.patients.stride, err));
        EN_TRY(weigh(w, &c, log_likelihood, err));
        (void)learn_weights(log_likelihood, POPULATION_PART, 1.0, weight, &means[n]);
        most = fmax(most, means[n]);
        en_arena_rewind(w->arena, mark);
    }
    if (means == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for a population");
    }
    for (size_t n = 0; n < parts; n++) {
        means[n] = en_exp(means[n] - most);
    }
    spread_of(means, parts, &mean, &variance);
    w->out->evidence.chains = most + en_log(mean);
    w->out->evidence.chains_error = sqrt(variance / (double)parts) / mean;
    return EN_OK;
}

/* --- all of it -------------------------------------------------------------------------------- */

static enum en_status check(const struct en_reference_settings *s, struct en_err *err)
{
    if (s->chains < 16 || s->steps < 4 * (size_t)SAMPLES || s->steps > 1000000) {
        return en_fail(err, EN_EINVAL, "at least 16 chains and %d steps, at most 1000000 steps",
                       4 * SAMPLES);
    }
    if (s->repeats < 2 || s->repeats > REPEATS_MAX || s->draws < 16) {
        return en_fail(err, EN_EINVAL, "2 to %d repeats, at least 16 draws", (int)REPEATS_MAX);
    }
    if (s->population < 2 * (size_t)POPULATION_PART) {
        return en_fail(err, EN_EINVAL, "a population of at least %d", 2 * POPULATION_PART);
    }
    return EN_OK;
}

enum en_status en_reference_run(const struct en_reference_settings *settings, size_t index,
                                struct en_arena *a, struct en_reference *out, struct en_err *err)
{
    const struct en_arena_mark mark = en_arena_mark(a);
    const struct hard_case *c = &HARD_CASE[index];
    struct work w = {.settings = settings, .c = c, .arena = a, .out = out};

    assert(index < EN_REFERENCE_CASES);
    *out = (struct en_reference){.name = c->name, .hypothesis = c->hypothesis};
    EN_TRY(check(settings, err));
    w.source = (struct en_cohort_source){.posterior = settings->posterior,
                                         .hypothesis = c->hypothesis,
                                         .condition = -1,
                                         .population_nrs = NAN,
                                         .threads = settings->threads};
    hard_case_followup(c, &w.followup, &w.plan);
    EN_TRY(chains(&w, err));
    EN_TRY(repeats(&w, err));
    EN_TRY(population(&w, err));
    en_arena_rewind(a, mark);
    return EN_OK;
}

double en_reference_off(const struct en_reference_pair *p, size_t repeats)
{
    const double error = sqrt(p->chains_error * p->chains_error + p->sd * p->sd / (double)repeats);

    return error > 0.0 ? (p->mean - p->chains) / error : 0.0;
}

/* --- in a few numbers ------------------------------------------------------------------------- */

/* Quantities whose SD is below this do not differ: twice what gains are rounded to. */
static const double NOTHING = 2e-3;

/* Square of the error of one run: its spread, and its bias as far as that is not by chance. */
static double run_error(const struct en_reference_pair *p, size_t repeats)
{
    const double bias = p->mean - p->chains;
    const double chance = p->chains_error * p->chains_error + p->sd * p->sd / (double)repeats;

    return p->sd * p->sd + fmax(bias * bias - chance, 0.0);
}

static void add_quantity(const struct en_reference_pair *p, size_t repeats, bool is_nrs,
                         struct en_reference_sum *out)
{
    const double sd = p[EN_STATISTIC_SD].chains;

    for (size_t s = 0; s < EN_STATISTIC_COUNT; s++) {
        const double off = en_reference_off(&p[s], repeats), bias = fabs(p[s].mean - p[s].chains);

        out->largest_off = fmax(out->largest_off, fabs(off));
        out->mean_square += off * off;
        out->pairs++;
        if (s == EN_STATISTIC_MEAN) {
            out->bias = fmax(out->bias, bias / sd);
            out->mean_error += run_error(&p[s], repeats) / (sd * sd);
        }
        if (s >= EN_STATISTIC_5) {
            out->quantile_error += run_error(&p[s], repeats) / (sd * sd) / 3.0;
        }
        if (is_nrs && s != EN_STATISTIC_SD) {
            out->bias_nrs = fmax(out->bias_nrs, bias);
        }
    }
}

void en_reference_sum_up(const struct en_reference *r, size_t repeats, struct en_reference_sum *out)
{
    *out = (struct en_reference_sum){0};
    for (size_t k = 0; k < EN_QUANTITY_COUNT; k++) {
        if (r->pair[k][EN_STATISTIC_SD].chains > NOTHING) {
            add_quantity(r->pair[k], repeats, k >= EN_QUANTITY_GO_ON, out);
        }
    }
    const double quantities = (double)out->pairs / EN_STATISTIC_COUNT;

    out->mean_square /= fmax((double)out->pairs, 1.0);
    out->mean_error = sqrt(out->mean_error / fmax(quantities, 1.0));
    out->quantile_error = sqrt(out->quantile_error / fmax(quantities, 1.0));
}
