/* SPDX-License-Identifier: Apache-2.0
 * Sequential Monte Carlo: reweight by a step of the exponents, resample, move each particle by
 * Metropolis steps in blocks (Del Moral, Doucet, Jasra 2006; step sizes by the effective sample
 * size). */
#include "cohort/calibrate.h"

#include "base/pool.h"
#include "cohort/calibration.h"
#include "num/scalar.h"
#include "num/stats.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Purposes of random numbers; part of the golden results: append only. */
enum purpose { FOR_START, FOR_RESAMPLE };

struct en_calibration_settings en_calibration_defaults(void)
{
    return (struct en_calibration_settings){
        .particles = 1000, .patients = 32, .moves = 3, .prior_width = 1.0, .seed = 1};
}

static enum en_status check_settings(const struct en_calibration_settings *s, struct en_err *err)
{
    if (s->particles < 8 || s->particles > 100000) {
        return en_fail(err, EN_EINVAL, "particles: outside 8 .. 100000");
    }
    if (s->patients < EN_BATCH_PART || s->patients > 4096 || s->patients % EN_BATCH_PART != 0) {
        return en_fail(err, EN_EINVAL, "patients: not a multiple of %d within %d .. 4096",
                       (int)EN_BATCH_PART, (int)EN_BATCH_PART);
    }
    if (s->moves > 100) {
        return en_fail(err, EN_EINVAL, "moves: above 100");
    }
    if (!(s->prior_width >= 0.1 && s->prior_width <= 10.0)) {
        return en_fail(err, EN_EINVAL, "prior_width: outside 0.1 .. 10");
    }
    if (s->threads < 0 || s->threads > EN_THREADS_MAX) {
        return en_fail(err, EN_EINVAL, "threads: outside 0 .. %d", (int)EN_THREADS_MAX);
    }
    return EN_OK;
}

/* Rows that are fitted, by study. */
static bool list_rows(struct en_calibration *c, struct en_arena *a)
{
    const struct en_evidence *e = c->evidence;
    size_t count = 0;

    c->rows = EN_NEW(a, size_t, e->row_count + 1);
    c->first_row = EN_NEW(a, size_t, e->study_count + 1);
    if (c->rows == NULL || c->first_row == NULL) {
        return false;
    }
    for (size_t s = 0; s < e->study_count; s++) {
        c->first_row[s] = count;
        for (size_t r = 0; r < e->row_count; r++) {
            if (e->rows[r].is_fit && e->arms[e->rows[r].arm].study == s) {
                c->rows[count++] = r;
            }
        }
        c->rows_max = count - c->first_row[s] > c->rows_max ? count - c->first_row[s] : c->rows_max;
    }
    c->first_row[e->study_count] = count;
    return true;
}

static enum en_status make_worker(const struct en_calibration *c, struct worker *w,
                                  struct en_arena *a, struct en_err *err)
{
    const size_t tissue = response_tissue_size(c->plan) + 1, n = c->rows_max + 1;

    EN_TRY(response_batch(c->plan, a, &w->batch, err));
    w->tissue = EN_NEW(a, double, tissue);
    w->tissue_new = EN_NEW(a, double, tissue);
    w->z = EN_NEW(a, double, c->size);
    w->likelihood = EN_NEW(a, double, c->evidence->study_count + 1);
    w->expected = EN_NEW(a, struct response, n);
    w->versus = EN_NEW(a, struct response, n);
    w->room = EN_NEW(a, double, n *(n + 1));
    if (w->tissue == NULL || w->tissue_new == NULL || w->z == NULL || w->likelihood == NULL ||
        w->expected == NULL || w->versus == NULL || w->room == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for a worker");
    }
    return EN_OK;
}

static enum en_status make_arrays(struct en_calibration *c, struct en_arena *a, struct en_err *err)
{
    const size_t n = c->settings.particles, studies = c->evidence->study_count;

    c->z = EN_NEW(a, double, n * c->size);
    c->z_next = EN_NEW(a, double, n * c->size);
    c->likelihood = EN_NEW(a, double, n *(studies + 1));
    c->likelihood_next = EN_NEW(a, double, n *(studies + 1));
    c->weight = EN_NEW(a, double, n);
    c->exponent = EN_NEW(a, double, studies + 1);
    c->goal = EN_NEW(a, double, studies + 1);
    c->accepted = EN_NEW(a, uint32_t, n * BLOCKS);
    c->factor = EN_NEW(a, double, block_factor_size(c));
    if (!list_rows(c, a) || c->z == NULL || c->z_next == NULL || c->likelihood == NULL ||
        c->likelihood_next == NULL || c->weight == NULL || c->exponent == NULL || c->goal == NULL ||
        c->accepted == NULL || c->factor == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu particles", n);
    }
    c->worker_count =
        (size_t)(c->settings.threads > 0 ? c->settings.threads : en_pool_processors());
    for (size_t w = 0; w < c->worker_count; w++) {
        EN_TRY(make_worker(c, &c->workers[w], a, err));
    }
    return EN_OK;
}

static void evaluate(void *context, size_t i, int worker)
{
    struct en_calibration *c = context;

    calibration_evaluate(c, &c->workers[worker], i);
}

enum en_status en_calibration_start(const struct en_evidence *e, size_t hypothesis,
                                    const struct en_calibration_settings *settings,
                                    struct en_arena *a, struct en_calibration **out,
                                    struct en_err *err)
{
    struct en_calibration *c = EN_NEW(a, struct en_calibration, 1);

    assert(hypothesis < EN_HYPOTHESES);
    EN_TRY(check_settings(settings, err));
    EN_TRY(en_evidence_check(e, err));
    if (c == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for a calibration");
    }
    c->evidence = e;
    c->settings = *settings;
    c->hypothesis = hypothesis;
    c->size = en_posterior_size(e->condition_count);
    c->scale[BLOCK_TISSUE] = c->scale[BLOCK_RESPONSE] = c->scale[BLOCK_CONDITIONS] = 1.0;
    EN_TRY(response_plan(e, settings->patients, a, &c->plan, err));
    EN_TRY(make_arrays(c, a, err));
    en_calibration_leave_out(c, SIZE_MAX);
    for (size_t i = 0; i < settings->particles * c->size; i++) {
        c->z[i] = settings->prior_width *
                  en_random_normal((struct en_random){settings->seed, i / c->size, FOR_START,
                                                      (uint32_t)(i % c->size)});
    }
    en_pool_run(settings->threads, settings->particles, evaluate, c);
    *out = c;
    return EN_OK;
}

void en_calibration_leave_out(struct en_calibration *c, size_t dataset)
{
    for (size_t s = 0; s < c->evidence->study_count; s++) {
        c->goal[s] = c->evidence->studies[s].dataset == dataset ? 0.0 : 1.0;
    }
}

bool en_calibration_done(const struct en_calibration *c)
{
    for (size_t s = 0; s < c->evidence->study_count; s++) {
        if (c->exponent[s] != c->goal[s]) {
            return false;
        }
    }
    return true;
}

double en_calibration_progress(const struct en_calibration *c)
{
    double left = 0.0;
    size_t studies = c->evidence->study_count;

    for (size_t s = 0; s < studies; s++) {
        left = fmax(left, fabs(c->goal[s] - c->exponent[s]));
    }
    return 1.0 - left;
}

/* One step. */

/* Weights of a step of this share of the way; returns the effective sample size. */
static double reweight(struct en_calibration *c, double share, double *log_mean)
{
    const size_t n = c->settings.particles, studies = c->evidence->study_count;
    double largest = -INFINITY, sum = 0.0, squares = 0.0;

    for (size_t i = 0; i < n; i++) {
        double log_weight = 0.0;

        for (size_t s = 0; s < studies; s++) {
            const double step = share * (c->goal[s] - c->exponent[s]);

            log_weight += step == 0.0 ? 0.0 : step * c->likelihood[i * studies + s];
        }
        c->weight[i] = log_weight;
        largest = fmax(largest, log_weight);
    }
    for (size_t i = 0; i < n; i++) {
        c->weight[i] = en_exp(c->weight[i] - largest);
        squares += c->weight[i] * c->weight[i];
    }
    sum = en_sum(c->weight, n);
    *log_mean = largest + en_log(sum / (double)n);
    return sum * sum / squares;
}

/* The largest share of the way that keeps the wanted effective sample size. */
static double choose_share(struct en_calibration *c)
{
    static const double KEPT = 0.6;
    const double wanted = KEPT * (double)c->settings.particles;
    double low = 0.0, high = 1.0, ignored;

    if (reweight(c, 1.0, &ignored) >= wanted) {
        return 1.0;
    }
    for (int k = 0; k < 40; k++) {
        const double middle = 0.5 * (low + high);

        *(reweight(c, middle, &ignored) >= wanted ? &low : &high) = middle;
    }
    return low > 0.0 ? low : high;
}

/* Systematic resampling: one uniform number for all. */
static void resample(struct en_calibration *c)
{
    const size_t n = c->settings.particles, studies = c->evidence->study_count;
    const double u =
        en_random_uniform((struct en_random){c->settings.seed, c->step_count, FOR_RESAMPLE, 0});
    const double step = en_sum(c->weight, n) / (double)n;
    double passed = c->weight[0];
    size_t from = 0;

    for (size_t i = 0; i < n; i++) {
        while (passed < ((double)i + u) * step && from + 1 < n) {
            passed += c->weight[++from];
        }
        memcpy(c->z_next + i * c->size, c->z + from * c->size, c->size * sizeof(double));
        memcpy(c->likelihood_next + i * studies, c->likelihood + from * studies,
               studies * sizeof(double));
    }
    double *swap = c->z;

    c->z = c->z_next;
    c->z_next = swap;
    swap = c->likelihood;
    c->likelihood = c->likelihood_next;
    c->likelihood_next = swap;
}

static void move(void *context, size_t i, int worker)
{
    struct en_calibration *c = context;

    calibration_move(c, &c->workers[worker], i);
}

/* Step sizes follow the share of moves that were accepted. */
static void adapt(struct en_calibration *c, struct en_calibration_step *step)
{
    static const double WANTED[BLOCKS] = {0.25, 0.25, 0.3};
    const size_t n = c->settings.particles;

    for (size_t b = 0; b < BLOCKS; b++) {
        const double tried = (double)(n * c->settings.moves) *
                             (b == BLOCK_CONDITIONS ? (double)c->evidence->condition_count : 1.0);
        double accepted = 0.0;

        for (size_t i = 0; i < n; i++) {
            accepted += (double)c->accepted[i * BLOCKS + b];
        }
        step->accepted[b] = tried > 0.0 ? accepted / tried : 0.0;
        if (tried > 0.0) {
            c->scale[b] =
                fmin(fmax(c->scale[b] * en_exp(2.0 * (step->accepted[b] - WANTED[b])), 0.02), 3.0);
        }
    }
}

enum en_status en_calibration_advance(struct en_calibration *c, struct en_err *err)
{
    const size_t n = c->settings.particles;

    if (en_calibration_done(c)) {
        return EN_OK;
    }
    if (c->step_count == EN_CALIBRATION_STEPS_MAX) {
        return en_fail(err, EN_ENUMERIC, "calibration: %d steps do not suffice",
                       (int)EN_CALIBRATION_STEPS_MAX);
    }
    struct en_calibration_step *step = &c->steps[c->step_count];
    const double share = choose_share(c);

    step->ess = reweight(c, share, &step->log_evidence);
    c->log_evidence += step->log_evidence;
    for (size_t s = 0; s < c->evidence->study_count; s++) {
        c->exponent[s] =
            share == 1.0 ? c->goal[s] : c->exponent[s] + share * (c->goal[s] - c->exponent[s]);
    }
    resample(c);
    calibration_factors(c);
    memset(c->accepted, 0, n * BLOCKS * sizeof *c->accepted);
    en_pool_run(c->settings.threads, n, move, c);
    adapt(c, step);
    step->exponent = en_calibration_progress(c);
    c->step_count++;
    return EN_OK;
}

/* What comes out. */

double en_calibration_log_evidence(const struct en_calibration *c)
{
    return c->log_evidence;
}

size_t en_calibration_steps(const struct en_calibration *c, const struct en_calibration_step **out)
{
    *out = c->steps;
    return c->step_count;
}

/* Copies numbers between a calibration and an array, whichever way. */
struct tape {
    double *at;
    bool is_saving;
};

static void pass(struct tape *t, double *values, size_t count)
{
    memcpy(t->is_saving ? t->at : values, t->is_saving ? values : t->at, count * sizeof(double));
    t->at += count;
}

static void pass_all(struct en_calibration *c, struct tape *t)
{
    const size_t n = c->settings.particles, studies = c->evidence->study_count;
    double steps = (double)c->step_count;

    pass(t, c->z, n * c->size);
    pass(t, c->likelihood, n * studies);
    pass(t, c->exponent, studies);
    pass(t, c->goal, studies);
    pass(t, c->scale, BLOCKS);
    pass(t, &c->log_evidence, 1);
    pass(t, &steps, 1);
    pass(t, (double *)c->steps, EN_CALIBRATION_STEPS_MAX * sizeof *c->steps / sizeof(double));
    c->step_count = (size_t)steps;
}

size_t en_calibration_state_size(const struct en_calibration *c)
{
    const size_t n = c->settings.particles, studies = c->evidence->study_count;

    return n * (c->size + studies) + 2 * studies + BLOCKS + 2 +
           EN_CALIBRATION_STEPS_MAX * sizeof *c->steps / sizeof(double);
}

void en_calibration_save(const struct en_calibration *c, double *state)
{
    struct en_calibration same = *c;

    pass_all(&same, &(struct tape){state, true});
}

void en_calibration_load(struct en_calibration *c, const double *state)
{
    /* The tape only reads it. */
    union {
        const double *in;
        double *out;
    } from = {.in = state};

    pass_all(c, &(struct tape){from.out, false});
}

/* Trials and results that were fitted. */
static void count_data(const struct en_evidence *e, struct en_posterior *out)
{
    for (size_t s = 0; s < e->study_count; s++) {
        size_t rows = 0;

        for (size_t r = 0; r < e->row_count; r++) {
            rows += e->rows[r].is_fit && e->arms[e->rows[r].arm].study == s;
        }
        out->study_count += rows > 0;
        out->row_count += rows;
    }
}

enum en_status en_calibration_posterior(struct en_calibration *const c[EN_HYPOTHESES], size_t count,
                                        struct en_arena *a, struct en_posterior *out,
                                        struct en_err *err)
{
    const struct en_evidence *e = c[0]->evidence;
    double largest = -INFINITY, sum = 0.0;

    en_posterior_no_data(out);
    out->conditions = e->conditions;
    out->condition_count = e->condition_count;
    count_data(e, out);
    out->is_calibrated = true;
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        const size_t n = c[h]->settings.particles, kept = count < n ? count : n;
        double *z = EN_NEW(a, double, kept *c[h]->size);

        if (z == NULL) {
            return en_fail(err, EN_ELIMIT, "no room for %zu particles", kept);
        }
        for (size_t i = 0; i < kept; i++) {
            memcpy(z + i * c[h]->size, c[h]->z + i * n / kept * c[h]->size,
                   c[h]->size * sizeof(double));
        }
        out->particles[h] = z;
        out->count[h] = kept;
        out->log_evidence[h] = c[h]->log_evidence;
        largest = fmax(largest, c[h]->log_evidence);
    }
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        out->weight[h] = out->prior_weight[h] * en_exp(out->log_evidence[h] - largest);
        sum += out->weight[h];
    }
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        out->weight[h] /= sum;
    }
    return EN_OK;
}
