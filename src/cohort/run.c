/* SPDX-License-Identifier: Apache-2.0 */
#include "cohort/cohort.h"

#include "base/pool.h"

#include <stdatomic.h>

/* Patients of one piece of work: some 2 ms. A multiple of EN_BATCH_PART. */
enum { PART = 64 };

struct run_job {
    const struct en_schedule *schedule;
    const struct en_batch *patients;
    const struct en_request *request;
    double *values;
    atomic_bool failed;
};

static enum en_status run_part(struct run_job *job, size_t index, struct en_err *err)
{
    const size_t first = index * PART, left = job->patients->count - first;

    return en_heal_run(job->schedule, job->patients, first, left < PART ? left : PART, job->request,
                       job->values, err);
}

static void work(void *context, size_t index, int worker)
{
    struct run_job *job = context;

    (void)worker;
    if (run_part(job, index, NULL) != EN_OK) {
        atomic_store(&job->failed, true);
    }
}

enum en_status en_cohort_run(const struct en_schedule *schedule, const struct en_batch *patients,
                             const struct en_request *request, int threads, double *values,
                             struct en_err *err)
{
    const struct en_grid grid = schedule->grid;
    struct en_schedule same = *schedule;
    struct run_job job = {&same, patients, request, values, false};
    const size_t parts = (patients->count + PART - 1) / PART;

    if (grid.first_d == 0.0 && grid.growth == 0.0 && grid.cap_d == 0.0) {
        same.grid = en_heal_grid(patients);
    }
    en_pool_run(threads, parts, work, &job);
    /* What failed is run again to have its text: that of the first part, whatever the order was. */
    for (size_t i = 0; atomic_load(&job.failed) && i < parts; i++) {
        EN_TRY(run_part(&job, i, err));
    }
    return EN_OK;
}
