/* SPDX-License-Identifier: Apache-2.0
 * Metropolis moves of one particle: a random walk in each block with the covariance of the
 * particles. */
#include "cohort/calibration.h"

#include "num/linear.h"
#include "num/scalar.h"

#include <math.h>
#include <string.h>

/* Purposes of random numbers, above those of calibrate.c; part of the golden results. */
enum purpose { FOR_MOVE = 100 };

static const double IMPOSSIBLE = -1e300;

/* Likelihood. */

static double study_likelihood(const struct en_calibration *c, struct worker *w, const double *z,
                               const double *tissue, size_t study)
{
    const int condition = c->evidence->studies[study].condition;
    const size_t first = c->first_row[study], count = c->first_row[study + 1] - first;
    const double average[EN_CONDITION_EFFECT_COUNT] = {0.0};
    struct en_effects effects;

    if (count == 0) {
        return 0.0;
    }
    en_effects_of(c->hypothesis, z,
                  condition < 0
                      ? average
                      : z + EN_LEARNED_COUNT + EN_CONDITION_EFFECT_COUNT * (size_t)condition,
                  0.0, &effects);
    for (size_t k = 0; k < count; k++) {
        w->expected[k] = response_row(c->plan, &effects, tissue, c->rows[first + k], &w->versus[k]);
    }
    const struct study_view view = {
        .evidence = c->evidence,
        .rows = c->rows + first,
        .count = count,
        .expected = w->expected,
        .versus = w->versus,
        .effects = &effects,
    };
    const double sum = study_log_likelihood(&view, w->room);

    return isfinite(sum) ? sum : IMPOSSIBLE;
}

static bool make_tissue(const struct en_calibration *c, struct worker *w, const double *z,
                        double *tissue)
{
    const double average[EN_CONDITION_EFFECT_COUNT] = {0.0};
    struct en_effects effects;

    en_effects_of(c->hypothesis, z, average, 0.0, &effects);
    return response_tissue(c->plan, &effects, &w->batch, tissue, NULL) == EN_OK;
}

void calibration_evaluate(struct en_calibration *c, struct worker *w, size_t i)
{
    const size_t studies = c->evidence->study_count;
    const double *z = c->z + i * c->size;
    const bool is_possible = make_tissue(c, w, z, w->tissue);

    for (size_t s = 0; s < studies; s++) {
        c->likelihood[i * studies + s] =
            is_possible ? study_likelihood(c, w, z, w->tissue, s) : IMPOSSIBLE;
    }
}

/* Covariances. */

/* First number and size of a block; k: which condition. */
struct range {
    size_t first, size;
};

static struct range block_range(enum block block, size_t k)
{
    if (block == BLOCK_TISSUE) {
        return (struct range){0, TISSUE_SIZE};
    }
    if (block == BLOCK_RESPONSE) {
        return (struct range){TISSUE_SIZE, EN_LEARNED_COUNT - TISSUE_SIZE};
    }
    return (struct range){EN_LEARNED_COUNT + EN_CONDITION_EFFECT_COUNT * k,
                          EN_CONDITION_EFFECT_COUNT};
}

enum {
    RESPONSE_SIZE = EN_LEARNED_COUNT - TISSUE_SIZE,
    RESPONSE_AT = TISSUE_SIZE * TISSUE_SIZE,
    CONDITIONS_AT = RESPONSE_AT + RESPONSE_SIZE * RESPONSE_SIZE,
    CONDITION_SIZE = EN_CONDITION_EFFECT_COUNT * EN_CONDITION_EFFECT_COUNT
};

size_t block_factor_size(const struct en_calibration *c)
{
    return CONDITIONS_AT + CONDITION_SIZE * c->evidence->condition_count;
}

static double *factor_of(const struct en_calibration *c, enum block block, size_t k)
{
    if (block == BLOCK_TISSUE) {
        return c->factor;
    }
    return c->factor +
           (block == BLOCK_RESPONSE ? (size_t)RESPONSE_AT : CONDITIONS_AT + CONDITION_SIZE * k);
}

/* Covariance of the particles in a range; a little of the prior keeps it positive definite. */
static void fill_factor(const struct en_calibration *c, struct range range, double *factor)
{
    const size_t n = c->settings.particles, size = range.size;
    double mean[EN_LEARNED_COUNT] = {0};

    for (size_t j = 0; j < size; j++) {
        for (size_t i = 0; i < n; i++) {
            mean[j] += c->z[i * c->size + range.first + j];
        }
        mean[j] /= (double)n;
    }
    for (size_t j = 0; j < size; j++) {
        for (size_t k = 0; k <= j; k++) {
            double sum = 0.0;

            for (size_t i = 0; i < n; i++) {
                const double *z = c->z + i * c->size + range.first;

                sum += (z[j] - mean[j]) * (z[k] - mean[k]);
            }
            factor[j * size + k] = factor[k * size + j] = sum / (double)n + (j == k ? 1e-4 : 0.0);
        }
    }
    /* With 1e-4 on the diagonal of a covariance it cannot fail; the prior's if it does. */
    if (!en_cholesky(factor, size)) {
        memset(factor, 0, size * size * sizeof *factor);
        for (size_t j = 0; j < size; j++) {
            factor[j * size + j] = 1.0;
        }
    }
}

void calibration_factors(struct en_calibration *c)
{
    fill_factor(c, block_range(BLOCK_TISSUE, 0), factor_of(c, BLOCK_TISSUE, 0));
    fill_factor(c, block_range(BLOCK_RESPONSE, 0), factor_of(c, BLOCK_RESPONSE, 0));
    for (size_t k = 0; k < c->evidence->condition_count; k++) {
        fill_factor(c, block_range(BLOCK_CONDITIONS, k), factor_of(c, BLOCK_CONDITIONS, k));
    }
}

/* Moves. */

/* A particle on its way through a round of moves. */
struct walk {
    struct en_calibration *c;
    struct worker *w;
    size_t i;
    struct en_random at; /* index counts on */
};

static double uniform(struct walk *walk)
{
    walk->at.index++;
    return en_random_uniform(walk->at);
}

/* Proposal in w->z; returns the log ratio of the priors. */
static double propose(struct walk *walk, enum block block, size_t k)
{
    const struct en_calibration *c = walk->c;
    const struct range range = block_range(block, k);
    const double *z = c->z + walk->i * c->size;
    const double scale = c->scale[block] * 2.38 / sqrt((double)range.size);
    const double width = c->settings.prior_width * c->settings.prior_width;
    double free[EN_LEARNED_COUNT], step[EN_LEARNED_COUNT], ratio = 0.0;

    for (size_t j = 0; j < range.size; j++) {
        free[j] = en_normal_quantile(uniform(walk));
    }
    en_multiply_lower(factor_of(c, block, k), range.size, free, step);
    memcpy(walk->w->z, z, c->size * sizeof *z);
    for (size_t j = 0; j < range.size; j++) {
        const double before = z[range.first + j], after = before + scale * step[j];

        walk->w->z[range.first + j] = after;
        ratio += 0.5 * (before * before - after * after) / width;
    }
    return ratio;
}

/* Log ratio of the tempered likelihoods of the proposal, whose studies' are kept. */
static double compare(struct walk *walk, const double *tissue, int condition)
{
    const struct en_calibration *c = walk->c;
    const size_t studies = c->evidence->study_count;
    const double *before = c->likelihood + walk->i * studies;
    double ratio = 0.0;

    for (size_t s = 0; s < studies; s++) {
        walk->w->likelihood[s] = before[s];
        if (condition >= 0 && c->evidence->studies[s].condition != condition) {
            continue;
        }
        walk->w->likelihood[s] = study_likelihood(c, walk->w, walk->w->z, tissue, s);
        ratio += c->exponent[s] * (walk->w->likelihood[s] - before[s]);
    }
    return ratio;
}

/* Whether the proposal was taken. */
static bool decide(struct walk *walk, enum block block, double ratio)
{
    struct en_calibration *c = walk->c;
    const size_t studies = c->evidence->study_count;

    if (!(en_log(uniform(walk)) < ratio)) {
        return false;
    }
    memcpy(c->z + walk->i * c->size, walk->w->z, c->size * sizeof(double));
    memcpy(c->likelihood + walk->i * studies, walk->w->likelihood, studies * sizeof(double));
    c->accepted[walk->i * BLOCKS + block]++;
    return true;
}

static void move_tissue(struct walk *walk)
{
    struct worker *w = walk->w;
    const double prior = propose(walk, BLOCK_TISSUE, 0);
    const bool is_possible = make_tissue(walk->c, w, w->z, w->tissue_new);
    const double ratio = is_possible ? compare(walk, w->tissue_new, -1) : IMPOSSIBLE;

    if (decide(walk, BLOCK_TISSUE, prior + ratio)) {
        double *swap = w->tissue;

        w->tissue = w->tissue_new;
        w->tissue_new = swap;
    }
}

static void move_response(struct walk *walk, enum block block, size_t k)
{
    const double prior = propose(walk, block, k);
    const int condition = block == BLOCK_CONDITIONS ? (int)k : -1;

    (void)decide(walk, block, prior + compare(walk, walk->w->tissue, condition));
}

void calibration_move(struct en_calibration *c, struct worker *w, size_t i)
{
    struct walk walk = {
        .c = c,
        .w = w,
        .i = i,
        .at = {c->settings.seed, i, FOR_MOVE + (uint32_t)c->step_count, 0},
    };

    /* No specific effect: the tissue does not touch the scores, but for a flare of hours. */
    const bool has_tissue = en_heal_hypothesis(c->hypothesis).has_laxity;

    if (!make_tissue(c, w, c->z + i * c->size, w->tissue)) {
        return;
    }
    for (size_t round = 0; round < c->settings.moves; round++) {
        if (has_tissue) {
            move_tissue(&walk);
        }
        move_response(&walk, BLOCK_RESPONSE, 0);
        for (size_t k = 0; k < c->evidence->condition_count; k++) {
            move_response(&walk, BLOCK_CONDITIONS, k);
        }
    }
}
