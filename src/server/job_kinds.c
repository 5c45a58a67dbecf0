/* SPDX-License-Identifier: Apache-2.0 */
#include "server/job_kinds.h"

const struct en_job_kind EN_JOB_KINDS[] = {
    {"trial", en_trial_job},
    {"export", en_bulk_job},
    {NULL, NULL},
};
