/* SPDX-License-Identifier: Apache-2.0
 * heal/lanes: the integrator, one function per instruction set from the one source lanes.c. The
 * bytes of the results are equal; the choice is made in run.c. Internal to heal. */
#pragma once

#include "heal/heal.h"

struct heal_job {
    const struct en_schedule *schedule;
    const struct en_batch *patients;
    const struct en_request *request;
    struct en_grid grid;
    double *values;    /* shape [output][day][stride] */
    size_t first, end; /* patients, multiples of EN_BATCH_PART */
    bool has_roots;    /* q is 0.5 and p 1.5 in all of them */
};

void heal_run_baseline(const struct heal_job *job);
void heal_run_avx2(const struct heal_job *job);
void heal_run_avx512(const struct heal_job *job);
