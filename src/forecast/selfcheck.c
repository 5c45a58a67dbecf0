/* SPDX-License-Identifier: Apache-2.0 */
#include "forecast/selfcheck.h"

#include "base/limits.h"
#include "base/pool.h"
#include "cohort/score.h"
#include "forecast/subject.h"
#include "num/scalar.h"
#include "num/stats.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum {
    DRAWS_MIN = 16,
    DRAWS_FEW = 64, /* of a hypothesis with a weight below RARE: at least, else */
    FEWER = 4,      /* this part of the others' */
    /* Patients of four hypotheses, their states and scores: some 20 KiB for each draw. */
    ARENA = 256 << 20
};

static const double RARE = 0.01;

/* What a random number is for; its index is the quantity. Part of the golden results: append
 * only. */
enum purpose { FOR_TIES = 5400 };
enum { TIE_OF_SCORE = 100, TIE_OF_NORMAL };

const char *const EN_QUANTITY_IDS[EN_QUANTITY_COUNT] = {
    [EN_QUANTITY_USUAL] = "usual",       [EN_QUANTITY_OWN] = "own",
    [EN_QUANTITY_NATURAL] = "natural",   [EN_QUANTITY_CALMING] = "kHd",
    [EN_QUANTITY_COVERAGE] = "coverage", [EN_QUANTITY_DAMAGE] = "cD",
    [EN_QUANTITY_GO_ON] = "go_on",       [EN_QUANTITY_STOP] = "stop",
    [EN_QUANTITY_GAIN] = "gain",
};

const char *const EN_QUANTITY_NAMES[EN_QUANTITY_COUNT] = {
    [EN_QUANTITY_USUAL] = "usual pain",
    [EN_QUANTITY_OWN] = "own response",
    [EN_QUANTITY_NATURAL] = "response of clinic and condition",
    [EN_QUANTITY_CALMING] = "desensitisation",
    [EN_QUANTITY_COVERAGE] = "coverage",
    [EN_QUANTITY_DAMAGE] = "inflammation per damage",
    [EN_QUANTITY_GO_ON] = "pain when going on",
    [EN_QUANTITY_STOP] = "pain when stopping",
    [EN_QUANTITY_GAIN] = "gain of going on",
};

/* --- the posterior of one person -------------------------------------------------------------- */

/* What one hypothesis says; without draws: it was not asked. */
struct answer {
    size_t draws;
    double *values; /* shape [QUANTITY_ROWS][stride] */
    double *scores; /* of the next day, ascending */
    size_t stride;
};

struct view {
    const struct en_selfcheck_settings *settings;
    uint64_t index;
    struct en_arena *arena;
    struct subject subject;
    struct answer answer[EN_HYPOTHESES];
    struct en_selfcheck_person *out;
};

static enum en_status predict(const struct view *v, const struct en_individual *x,
                              struct answer *out, struct en_err *err)
{
    const struct quantity_plan *plan = &v->subject.plan;
    const size_t count = x->cohort.patients.count;
    struct en_cohort_noise noise;

    out->stride = x->cohort.patients.stride;
    out->values = EN_NEW(v->arena, double, QUANTITY_ROWS * out->stride);
    out->scores = EN_NEW(v->arena, double, out->stride);
    if (out->values == NULL || out->scores == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu patients", count);
    }
    EN_TRY(quantity_values(&x->cohort, x->state, &v->subject.followup, plan, v->arena, out->values,
                           err));
    EN_TRY(en_cohort_noise(&x->cohort, &plan->next_day, 1, 1, v->arena, &noise, err));
    for (size_t i = 0; i < count; i++) {
        out->scores[i] = en_score_held(out->values[QUANTITY_NEXT * out->stride + i] +
                                           noise.fluctuation[i] + noise.pain_error[i],
                                       10.0);
    }
    en_sort(out->scores, count);
    return EN_OK;
}

/* A hypothesis that hardly counts is asked less. */
static size_t draws_of(const struct en_selfcheck_settings *s, size_t h)
{
    const double weight = s->posterior->weight[h];
    const size_t fewer = s->draws / FEWER > DRAWS_FEW ? s->draws / FEWER : DRAWS_FEW;

    if (!(weight > 0.0)) {
        return 0;
    }
    return weight < RARE && fewer < s->draws ? fewer : s->draws;
}

static enum en_status learn(struct view *v, struct en_err *err)
{
    const struct en_posterior *p = v->settings->posterior;
    struct en_cohort_source source = v->subject.source;
    struct en_followup told = v->subject.followup;
    double log_evidence[EN_HYPOTHESES] = {0};

    source.seed = subject_seed(v->settings->seed, v->index, SUBJECT_POSTERIOR);
    for (size_t k = 0; k < told.observation_count; k++) {
        told.observations[k].error *= v->settings->error_told;
    }
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        struct en_individual x;

        v->answer[h].draws = source.count = draws_of(v->settings, h);
        if (source.count == 0) {
            continue;
        }
        source.hypothesis = h;
        EN_TRY(en_individual_from(&v->subject.person, &source, &told, v->arena, &x, err));
        EN_TRY(predict(v, &x, &v->answer[h], err));
        log_evidence[h] = x.log_evidence;
        v->out->refined += x.stages > 0;
    }
    en_individual_weights(p->weight, log_evidence, v->out->weight);
    return EN_OK;
}

/* --- ranks ------------------------------------------------------------------------------------ */

/* The truth is one of draws + 1 equals: so many of the draws lie below it, and its place among its
 * equals is drawn. */
static double rank_among(const double *values, size_t count, double truth, double u)
{
    size_t below = 0, equal = 0;

    for (size_t i = 0; i < count; i++) {
        below += values[i] < truth;
        equal += values[i] == truth;
    }
    return ((double)below + u * (double)(equal + 1)) / (double)(count + 1);
}

static double tie(const struct view *v, uint32_t index)
{
    return en_random_uniform((struct en_random){v->settings->seed, v->index, FOR_TIES, index});
}

static double score_rank(const struct view *v, double score, uint32_t index)
{
    double rank = 0.0;

    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        if (v->out->weight[h] > 0.0) {
            rank += v->out->weight[h] *
                    rank_among(v->answer[h].scores, v->answer[h].draws, score, tie(v, index));
        }
    }
    return rank;
}

/* The next score in the bands that a forecast prints. */
static void cover(const struct view *v)
{
    static const double P[EN_SELFCHECK_BAND] = {0.05, 0.25, 0.75, 0.95};
    struct en_sample samples[EN_HYPOTHESES];

    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        samples[h] = (struct en_sample){v->answer[h].scores, v->answer[h].draws, v->out->weight[h]};
    }
    en_quantiles(samples, EN_HYPOTHESES, P, EN_SELFCHECK_BAND, v->out->band);
    v->out->score = v->subject.score;
}

static void rank(const struct view *v)
{
    for (uint32_t k = 0; k < EN_QUANTITY_COUNT; k++) {
        for (size_t h = 0; h < EN_HYPOTHESES; h++) {
            const struct answer *x = &v->answer[h];

            if (v->out->weight[h] > 0.0) {
                v->out->rank[k] +=
                    v->out->weight[h] *
                    rank_among(x->values + k * x->stride, x->draws, v->subject.truth[k], tie(v, k));
            }
        }
    }
    v->out->score_rank = score_rank(v, v->subject.score, TIE_OF_SCORE);
    v->out->normal_rank = score_rank(v, v->subject.normal_score, TIE_OF_NORMAL);
    cover(v);
}

static enum en_status check_person(struct view *v, struct en_err *err)
{
    EN_TRY(subject_draw(v->settings->posterior, v->settings->seed, v->index, v->arena, &v->subject,
                        err));
    v->out->hypothesis = v->subject.source.hypothesis;
    v->out->report_count = v->subject.followup.observation_count;
    EN_TRY(learn(v, err));
    rank(v);
    return EN_OK;
}

/* --- all persons ------------------------------------------------------------------------------ */

/* Why a person could not be checked. */
struct failure {
    enum en_status status;
    struct en_err err;
};

struct job {
    const struct en_selfcheck_settings *settings;
    uint64_t first;
    struct en_selfcheck_person *out;
    struct en_arena arena[EN_THREADS_MAX];
    size_t failed[EN_THREADS_MAX]; /* person, count: none */
    struct failure failure[EN_THREADS_MAX];
};

static void work(void *context, size_t i, int worker)
{
    struct job *j = context;
    struct en_arena *a = &j->arena[worker];
    const struct en_arena_mark mark = en_arena_mark(a);
    struct failure f = {EN_OK, {""}};
    struct view v = {.settings = j->settings, .index = j->first + i, .arena = a, .out = &j->out[i]};

    j->out[i] = (struct en_selfcheck_person){0};
    f.status = check_person(&v, &f.err);
    en_arena_rewind(a, mark);
    if (f.status != EN_OK && i < j->failed[worker]) {
        j->failed[worker] = i;
        j->failure[worker] = f;
    }
}

/* The first person that failed: the same on any number of threads. */
static enum en_status first_failure(const struct job *j, size_t count, struct en_err *err)
{
    size_t first = count, who = 0;

    for (size_t k = 0; k < EN_THREADS_MAX; k++) {
        if (j->failed[k] < first) {
            first = j->failed[k];
            who = k;
        }
    }
    return first == count ? EN_OK
                          : en_fail(err, j->failure[who].status, "simulated person %" PRIu64 ": %s",
                                    j->first + first, j->failure[who].err.text);
}

enum en_status en_selfcheck_run(const struct en_selfcheck_settings *settings, uint64_t first,
                                size_t count, struct en_selfcheck_person *out, struct en_err *err)
{
    struct job j = {.settings = settings, .first = first, .out = out};

    if (settings->draws < DRAWS_MIN) {
        return en_fail(err, EN_EINVAL, "draws: below %d", (int)DRAWS_MIN);
    }
    if (!(settings->error_told >= 0.01 && settings->error_told <= 100.0)) {
        return en_fail(err, EN_EINVAL, "error_told: outside 0.01 .. 100");
    }
    for (size_t k = 0; k < EN_THREADS_MAX; k++) {
        j.arena[k] = EN_ARENA(ARENA);
        j.failed[k] = count;
    }
    en_pool_run(settings->threads, count, work, &j);
    for (size_t k = 0; k < EN_THREADS_MAX; k++) {
        en_arena_free(&j.arena[k]);
    }
    return first_failure(&j, count, err);
}

/* --- sums ------------------------------------------------------------------------------------- */

static void add_rank(struct en_selfcheck_ranks *r, double rank)
{
    const size_t bin = (size_t)(rank * EN_SELFCHECK_BINS);

    r->bin[bin < EN_SELFCHECK_BINS ? bin : EN_SELFCHECK_BINS - 1]++;
    r->in_50 += rank >= 0.25 && rank <= 0.75;
    r->in_90 += rank >= 0.05 && rank <= 0.95;
}

static void end_ranks(struct en_selfcheck_ranks *r, size_t persons)
{
    const double expected = (double)persons / EN_SELFCHECK_BINS;

    for (size_t b = 0; b < EN_SELFCHECK_BINS; b++) {
        const double off = (double)r->bin[b] - expected;

        r->chi_square += off * off / expected;
    }
    r->chance = en_chi_square_above(r->chi_square, EN_SELFCHECK_BINS - 1);
    r->in_50 /= (double)persons;
    r->in_90 /= (double)persons;
}

/* Of a person's hypotheses that fall into a group at most one is the true one. */
static void add_weights(const struct en_selfcheck_person *p, struct en_selfcheck *out)
{
    double sum[EN_SELFCHECK_GROUPS] = {0};

    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        const size_t place = (size_t)(p->weight[h] * EN_SELFCHECK_GROUPS);
        const size_t g = place < EN_SELFCHECK_GROUPS ? place : EN_SELFCHECK_GROUPS - 1;

        sum[g] += p->weight[h];
        out->group[g].count++;
        out->group[g].is_true += h == p->hypothesis;
    }
    for (size_t g = 0; g < EN_SELFCHECK_GROUPS; g++) {
        out->group[g].expected += sum[g];
        out->group[g].sd += sum[g] * (1.0 - sum[g]); /* the variance, until all are in */
    }
}

/* What the weights promise is what a person's true hypothesis has, w_h; on average that is the sum
 * of their squares. */
static double confidence_of(const struct en_selfcheck_person *persons, size_t count)
{
    double off = 0.0, variance = 0.0;

    for (size_t i = 0; i < count; i++) {
        const double *w = persons[i].weight;
        double squares = 0.0, cubes = 0.0;

        for (size_t h = 0; h < EN_HYPOTHESES; h++) {
            squares += w[h] * w[h];
            cubes += w[h] * w[h] * w[h];
        }
        off += squares - w[persons[i].hypothesis];
        variance += cubes - squares * squares;
    }
    return variance > 0.0 ? off / sqrt(variance) : 0.0;
}

void en_selfcheck_sum(const struct en_selfcheck_person *persons, size_t count,
                      struct en_selfcheck *out)
{
    *out = (struct en_selfcheck){.persons = count};
    for (size_t i = 0; i < count; i++) {
        const struct en_selfcheck_person *p = &persons[i];

        for (size_t k = 0; k < EN_QUANTITY_COUNT; k++) {
            add_rank(&out->rank[k], p->rank[k]);
        }
        add_rank(&out->score, p->score_rank);
        add_rank(&out->normal, p->normal_rank);
        add_weights(p, out);
        out->refined += p->refined > 0;
        out->band_50 += p->score >= p->band[1] && p->score <= p->band[2];
        out->band_90 += p->score >= p->band[0] && p->score <= p->band[3];
    }
    out->confidence = confidence_of(persons, count);
    for (size_t k = 0; k < EN_QUANTITY_COUNT; k++) {
        end_ranks(&out->rank[k], count);
    }
    end_ranks(&out->score, count);
    end_ranks(&out->normal, count);
    out->band_50 /= (double)count;
    out->band_90 /= (double)count;
    for (size_t g = 0; g < EN_SELFCHECK_GROUPS; g++) {
        out->group[g].sd = sqrt(fmax(out->group[g].sd, 0.0));
    }
}
