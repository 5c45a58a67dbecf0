/* SPDX-License-Identifier: Apache-2.0 */
#include "cohort/cohort.h"

#include "base/pool.h"

#include <stdatomic.h>

/* Patients of one piece of work: some 2 ms. */
enum { PART = EN_BATCH_TILE };

struct run_job {
    const struct en_schedule *schedule;
    const struct en_batch *patients;
    const struct en_request *request;
    double *values;
    atomic_size_t failed; /* the first part that failed, or SIZE_MAX */
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
        size_t first = atomic_load(&job->failed);

        while (index < first && !atomic_compare_exchange_weak(&job->failed, &first, index)) {
        }
    }
}

enum en_status en_cohort_run(const struct en_schedule *schedule, const struct en_batch *patients,
                             const struct en_request *request, int threads, double *values,
                             struct en_err *err)
{
    struct run_job job = {
        .schedule = schedule, .patients = patients, .request = request, .failed = SIZE_MAX};
    const size_t parts = (patients->count + PART - 1) / PART;

    job.values = values;
    en_pool_run(threads, parts, work, &job);
    /* What failed is run again to have its text: that of the first part, whatever the order was. A
     * part that fails has not changed its states. */
    const size_t failed = atomic_load(&job.failed);

    return failed == SIZE_MAX ? EN_OK : run_part(&job, failed, err);
}
