/* SPDX-License-Identifier: Apache-2.0
 * cohort/calibration: the inside of a calibration. Internal to cohort. */
#pragma once

#include "base/limits.h"
#include "cohort/calibrate.h"
#include "cohort/likelihood.h"

/* Numbers of a particle are moved in blocks: those that need the tissue anew, those that change the
 * response of every study, and those of one condition, which touch its studies alone. */
enum block { BLOCK_TISSUE, BLOCK_RESPONSE, BLOCK_CONDITIONS, BLOCKS };

enum { TISSUE_SIZE = EN_LEARNED_kG2 + 1 };

/* Room of one thread. */
struct worker {
    struct en_batch batch;
    double *tissue, *tissue_new;        /* of the particle, and of its proposal */
    double *z, *likelihood;             /* of the proposal */
    struct response *expected, *versus; /* shape [rows of a study] */
    double *room;
};

struct en_calibration {
    const struct en_evidence *evidence;
    struct en_calibration_settings settings;
    size_t hypothesis, size; /* numbers of a particle */
    const struct response_plan *plan;
    size_t *rows, *first_row; /* fitted rows by study: rows[first_row[s] .. first_row[s + 1] - 1] */
    size_t rows_max;
    double *z, *z_next;                   /* shape [particle][size] */
    double *likelihood, *likelihood_next; /* log, shape [particle][study] */
    double *weight;                       /* shape [particle] */
    double *exponent, *goal;              /* shape [study] */
    uint32_t *accepted;                   /* shape [particle][block] */
    double *factor;                       /* Cholesky factors of the blocks' covariances */
    double scale[BLOCKS];                 /* step sizes, 1: 2.38 / sqrt(size of the block) */
    double log_evidence;
    struct en_calibration_step steps[EN_CALIBRATION_STEPS_MAX];
    size_t step_count;
    struct worker workers[EN_THREADS_MAX];
    size_t worker_count;
};

/* Log likelihoods of all studies for particle i. A particle whose tissue cannot be computed is
 * impossible: -1e300. */
void calibration_evaluate(struct en_calibration *c, struct worker *w, size_t i);

/* Factors of the blocks' covariances over the particles. */
size_t block_factor_size(const struct en_calibration *c);
void calibration_factors(struct en_calibration *c);

/* The rounds of moves of particle i. */
void calibration_move(struct en_calibration *c, struct worker *w, size_t i);
