/* SPDX-License-Identifier: Apache-2.0 */
#include "cohort/validate.h"

#include "base/limits.h"
#include "base/pool.h"
#include "cohort/likelihood.h"
#include "cohort/score.h"
#include "num/scalar.h"
#include "num/stats.h"

#include <assert.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

/* Purposes of random numbers; part of the golden results: append only. */
enum purpose { FOR_ARM = 200, FOR_OTHER_ARM, FOR_SAMPLING };

double en_crps_normal(double mean, double sd, double x)
{
    static const double INVERSE_ROOT_PI = 0.56418958354775628695;
    const double z = (x - mean) / sd;

    return sd * (z * (2.0 * en_normal_cdf(z) - 1.0) + 2.0 * en_normal_density(z) - INVERSE_ROOT_PI);
}

/* E|X - x| - E|X - X'| / 2; the second by the order statistics. */
double en_crps_sample(const double *sorted, size_t count, double x)
{
    const double n = (double)count;
    double to_x = 0.0, among = 0.0;

    for (size_t i = 0; i < count; i++) {
        to_x += fabs(sorted[i] - x);
        among += (2.0 * (double)i + 1.0 - n) * sorted[i];
    }
    return to_x / n - among / (n * n);
}

/* Predictive draws. */

struct worker_room {
    struct en_batch batch;
    double *tissue;
};

struct job {
    const struct en_evidence *evidence;
    const struct en_posterior *posterior;
    const struct response_plan *plan;
    uint64_t seed;
    size_t draws;
    size_t first[EN_HYPOTHESES + 1]; /* draws of each hypothesis: first[h] .. first[h + 1] - 1 */
    double *values;                  /* shape [row][draws], in shares */
    struct worker_room rooms[EN_THREADS_MAX];
    atomic_bool failed;
};

static double normal_at(const struct job *job, size_t study, size_t draw, uint32_t purpose,
                        uint32_t index)
{
    return en_random_normal(
        (struct en_random){job->seed, (uint64_t)study * job->draws + draw, purpose, index});
}

/* What a report of this row would read, in shares. */
static double draw_value(const struct job *job, const struct en_effects *effects,
                         const double *tissue, size_t row, size_t draw)
{
    const struct en_evidence_row *r = &job->evidence->rows[row];
    const size_t study = job->evidence->arms[r->arm].study;
    struct response other;
    const struct response expected = response_row(job->plan, effects, tissue, row, &other);
    double value = expected.value + expected.per_arm * effects->arm_sd *
                                        normal_at(job, study, draw, FOR_ARM, (uint32_t)r->arm);

    if (r->versus != SIZE_MAX) {
        value -= other.per_arm * effects->arm_sd *
                 normal_at(job, study, draw, FOR_ARM, (uint32_t)r->versus);
    }
    double variance =
        en_report_variance(r, &expected) + EN_REPORT_DISCREPANCY * EN_REPORT_DISCREPANCY;

    if (r->outcome >= EN_EVIDENCE_RESPONDER_PAIN) {
        value = en_score_held(value, 1.0);
        variance = (value * (1.0 - value) + 0.25 / r->n) / r->n;
    }
    value += sqrt(variance) * normal_at(job, study, draw, FOR_SAMPLING, (uint32_t)row);
    return r->outcome >= EN_EVIDENCE_RESPONDER_PAIN ? en_score_held(value, 1.0) : value;
}

/* Which study of how many trials. */
struct study_place {
    struct en_random at;
    double pooled;
};

/* The mean over several trials deviates less than one of them. */
static void study_effects(const struct job *job, size_t h, size_t particle, int condition,
                          struct study_place place, struct en_effects *out)
{
    const double share = 1.0 / sqrt(place.pooled);
    struct en_effects average;

    en_posterior_effects(job->posterior, h, particle, condition, true, place.at, &average);
    en_posterior_effects(job->posterior, h, particle, condition, false, place.at, out);
    out->natural = average.natural + share * (out->natural - average.natural);
    out->arm_sd *= share;
}

/* All draws of one hypothesis that use one particle. */
static void draw_particle(struct job *job, struct worker_room *room, size_t h, size_t particle)
{
    const struct en_evidence *e = job->evidence;
    const size_t count = job->posterior->count[h];
    struct en_effects effects;

    en_posterior_effects(job->posterior, h, particle, -1, true, (struct en_random){0}, &effects);
    if (response_tissue(job->plan, &effects, &room->batch, room->tissue, NULL) != EN_OK) {
        atomic_store(&job->failed, true);
        return;
    }
    for (size_t d = job->first[h] + particle; d < job->first[h + 1]; d += count) {
        for (size_t r = 0; r < e->row_count; r++) {
            const size_t study = e->arms[e->rows[r].arm].study;
            const int condition = e->studies[study].condition;
            const char *id = condition < 0 ? NULL : e->conditions[condition];
            const struct en_random at = {job->seed, (uint64_t)study * job->draws + d, 0, 0};

            study_effects(job, h, particle,
                          id == NULL ? -1 : en_posterior_condition(job->posterior, id),
                          (struct study_place){at, e->studies[study].pooled}, &effects);
            job->values[r * job->draws + d] = draw_value(job, &effects, room->tissue, r, d);
        }
    }
}

static void work(void *context, size_t index, int worker)
{
    struct job *job = context;
    size_t h = 0;

    while (index >= job->posterior->count[h]) {
        index -= job->posterior->count[h++];
    }
    draw_particle(job, &job->rooms[worker], h, index);
}

/* Draws by hypothesis in the proportion of their weights. */
static void share_draws(struct job *job)
{
    double passed = 0.0;

    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        passed += job->posterior->weight[h];
        job->first[h + 1] =
            h + 1 == EN_HYPOTHESES ? job->draws : (size_t)floor(passed * (double)job->draws + 0.5);
    }
}

/* The plain mean. */

/* What kind of report a row is: 0 .. 3 by the arm's context, dextrose apart; contrasts apart. */
static int kind_of(const struct en_evidence *e, const struct en_evidence_row *row)
{
    const struct en_evidence_arm *arm = &e->arms[row->arm];
    const int kind = arm->has_dextrose ? EN_CONTEXT_COUNT : (int)arm->context;

    if (row->versus == SIZE_MAX) {
        return kind;
    }
    const struct en_evidence_arm *other = &e->arms[row->versus];

    return 10 + kind * 10 + (other->has_dextrose ? EN_CONTEXT_COUNT : (int)other->context);
}

/* A row being predicted from those of others. */
struct plain_view {
    const struct en_evidence *e, *from;
    const struct en_evidence_row *row;
    bool is_same_condition;
};

static const char *condition_of(const struct en_evidence *e, const struct en_evidence_row *row)
{
    const int condition = e->studies[e->arms[row->arm].study].condition;

    return condition < 0 ? "" : e->conditions[condition];
}

static bool is_comparable(const struct plain_view *v, const struct en_evidence_row *other)
{
    const size_t study = v->from->arms[other->arm].study;
    const size_t mine = v->e->arms[v->row->arm].study;
    /* Of the same evidence: the data set that the row comes from is left out. */
    const bool is_own =
        v->e == v->from && v->from->studies[study].dataset == v->e->studies[mine].dataset;

    return !is_own && other->is_fit && other->outcome == v->row->outcome &&
           kind_of(v->from, other) == kind_of(v->e, v->row) &&
           (!v->is_same_condition ||
            strcmp(condition_of(v->from, other), condition_of(v->e, v->row)) == 0);
}

/* The comparable row of a data set whose week is nearest; NULL when there is none. */
static const struct en_evidence_row *nearest(const struct plain_view *v, size_t dataset)
{
    const struct en_evidence_row *best = NULL;

    for (size_t r = 0; r < v->from->row_count; r++) {
        const struct en_evidence_row *other = &v->from->rows[r];

        if (v->from->studies[v->from->arms[other->arm].study].dataset == dataset &&
            is_comparable(v, other) &&
            (best == NULL || fabs(other->week - v->row->week) < fabs(best->week - v->row->week))) {
            best = other;
        }
    }
    return best;
}

/* Random-effects mean (DerSimonian and Laird 1986) of one report of each data set; returns how many
 * there are. Its predictive for a new study is normal with the sum of both variances. */
static size_t plain_mean(const struct plain_view *v, double *mean, double *variance)
{
    static const struct response UNKNOWN = {.sd = 0.45}; /* usual spread of change over baseline */
    double w = 0.0, wy = 0.0, ww = 0.0, wyy = 0.0, between = 0.0;
    size_t count = 0;

    for (int pass = 0; pass < 2; pass++) {
        w = wy = ww = wyy = 0.0;
        count = 0;
        for (size_t d = 0; d < v->from->study_count; d++) {
            const struct en_evidence_row *r = nearest(v, d);

            if (r == NULL) {
                continue;
            }
            const double one = 1.0 / (en_report_variance(r, &UNKNOWN) + between);
            const double y = en_report_value(r);

            count++;
            w += one;
            wy += one * y;
            ww += one * one;
            wyy += one * y * y;
        }
        if (pass == 0 && count > 1) {
            const double heterogeneity = wyy - wy * wy / w - (double)(count - 1);

            between = fmax(heterogeneity / (w - ww / w), 0.0);
        }
    }
    *mean = count > 0 ? wy / w : 0.0;
    *variance = count > 0 ? 1.0 / w + between : 0.0;
    return count;
}

static void predict_plain(const struct en_evidence *e, const struct en_evidence *from, size_t row,
                          struct en_prediction *out)
{
    static const struct response UNKNOWN = {.sd = 0.45};
    struct plain_view v = {e, from, &e->rows[row], true};
    double mean, variance;

    /* Fewer than two other trials of the condition: those of all conditions. */
    if (plain_mean(&v, &mean, &variance) < 2) {
        v.is_same_condition = false;
        if (plain_mean(&v, &mean, &variance) == 0) {
            variance = 0.25 * 0.25; /* nothing comparable: no change, give or take a quarter */
        }
    }
    out->plain_mean = mean;
    out->plain_sd = sqrt(variance + en_report_variance(&e->rows[row], &UNKNOWN));
    out->plain_crps = en_crps_normal(mean, out->plain_sd, en_report_value(&e->rows[row]));
}

/* Results. */

static void summarise(const struct en_evidence *e, size_t row, double *draws, size_t count,
                      struct en_prediction *out)
{
    static const double PROBABILITIES[] = {0.05, 0.25, 0.5, 0.75, 0.95};
    const struct en_evidence_row *r = &e->rows[row];
    const bool is_share = r->outcome >= EN_EVIDENCE_RESPONDER_PAIN;
    const double unit = is_share ? 1.0 : r->baseline, value = en_report_value(r);
    double q[5], squares = 0.0;
    size_t below = 0;

    en_sort(draws, count);
    const double mean = en_sum(draws, count) / (double)count;

    for (size_t i = 0; i < count; i++) {
        squares += (draws[i] - mean) * (draws[i] - mean);
        below += draws[i] < value;
    }
    const struct en_sample sample = {draws, count, 1.0};

    en_quantiles(&sample, 1, PROBABILITIES, 5, q);
    out->mean = unit * mean;
    out->sd = unit * sqrt(squares / (double)count);
    out->q =
        (struct en_predictive){unit * q[0], unit * q[1], unit * q[2], unit * q[3], unit * q[4]};
    out->crps = en_crps_sample(draws, count, value);
    out->pit = (double)below / (double)count;
}

static enum en_status prepare(struct job *job, int threads, struct en_arena *a, struct en_err *err)
{
    enum { PATIENTS = 32 };
    const int workers = threads > 0 ? threads : en_pool_processors();

    EN_TRY(response_plan(job->evidence, PATIENTS, a, &job->plan, err));
    job->values = EN_NEW(a, double, job->evidence->row_count * job->draws + 1);
    if (job->values == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu draws", job->draws);
    }
    for (int w = 0; w < workers; w++) {
        EN_TRY(response_batch(job->plan, a, &job->rooms[w].batch, err));
        job->rooms[w].tissue = EN_NEW(a, double, response_tissue_size(job->plan) + 1);
        if (job->rooms[w].tissue == NULL) {
            return en_fail(err, EN_ELIMIT, "no room for a worker");
        }
    }
    return EN_OK;
}

static enum en_status predict(struct job *job, const struct en_evidence *plain, int threads,
                              struct en_arena *a, struct en_prediction *out, struct en_err *err)
{
    size_t particles = 0;

    EN_TRY(prepare(job, threads, a, err));
    share_draws(job);
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        particles += job->posterior->count[h];
    }
    en_pool_run(threads, particles, work, job);
    if (atomic_load(&job->failed)) {
        return en_fail(err, EN_ENUMERIC, "the tissue of a particle cannot be computed");
    }
    for (size_t r = 0; r < job->evidence->row_count; r++) {
        summarise(job->evidence, r, job->values + r * job->draws, job->draws, &out[r]);
        predict_plain(job->evidence, plain, r, &out[r]);
        const double unit = job->evidence->rows[r].outcome >= EN_EVIDENCE_RESPONDER_PAIN
                                ? 1.0
                                : job->evidence->rows[r].baseline;

        out[r].plain_mean *= unit;
        out[r].plain_sd *= unit;
    }
    return EN_OK;
}

enum en_status en_predict(const struct en_evidence *e, const struct en_posterior *p,
                          const struct en_evidence *plain,
                          const struct en_predict_settings *settings, struct en_arena *scratch,
                          struct en_prediction *predictions, struct en_err *err)
{
    const struct en_arena_mark mark = en_arena_mark(scratch);
    struct job job = {
        .evidence = e, .posterior = p, .seed = settings->seed, .draws = settings->draws};

    EN_TRY(en_evidence_check(e, err));
    if (settings->draws < 20 || settings->draws > 1000000) {
        return en_fail(err, EN_EINVAL, "draws: outside 20 .. 1000000");
    }
    if (settings->threads < 0 || settings->threads > EN_THREADS_MAX) {
        return en_fail(err, EN_EINVAL, "threads: outside 0 .. %d", (int)EN_THREADS_MAX);
    }
    const enum en_status st = predict(&job, plain, settings->threads, scratch, predictions, err);

    en_arena_rewind(scratch, mark);
    return st;
}

/* A controlled contrast of dextrose with something else that found nothing. */
static bool is_null_contrast(const struct en_evidence *e, const struct en_evidence_row *row)
{
    return row->versus != SIZE_MAX && e->arms[row->arm].has_dextrose &&
           !e->arms[row->versus].has_dextrose && row->se > 0.0 && fabs(row->value) < 1.96 * row->se;
}

void en_validation_of(const struct en_evidence *e, const struct en_prediction *predictions,
                      struct en_validation *out)
{
    *out = (struct en_validation){.count = e->row_count};
    for (size_t r = 0; r < e->row_count; r++) {
        const struct en_evidence_row *row = &e->rows[r];
        const struct en_prediction *p = &predictions[r];
        const double plain = fabs(row->value - p->plain_mean) / p->plain_sd;

        out->covered_50 += row->value >= p->q.q25 && row->value <= p->q.q75;
        out->covered_90 += row->value >= p->q.q05 && row->value <= p->q.q95;
        out->plain_covered_90 += plain <= 1.6448536269514722;
        out->crps += p->crps;
        out->plain_crps += p->plain_crps;
        if (is_null_contrast(e, row)) {
            out->null_count++;
            out->null_covered += p->q.q05 <= 0.0 && p->q.q95 >= 0.0;
        }
    }
    const double n = e->row_count > 0 ? (double)e->row_count : NAN;

    out->covered_50 /= n;
    out->covered_90 /= n;
    out->plain_covered_90 /= n;
    out->crps /= n;
    out->plain_crps /= n;
}
