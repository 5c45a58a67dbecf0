/* SPDX-License-Identifier: Apache-2.0 */
#include "server/job_kinds.h"

const struct en_job_kind EN_JOB_KINDS[] = {
    {"trial", en_trial_job, "jobs", EN_JOBS_KEEP_S},
    {"export", en_bulk_job, "export", EN_JOBS_KEEP_S},
    {"audit-check", en_audit_check_job, "clinic/audit-check", EN_JOBS_KEEP_S},
    /* Everything of the clinic in one file: no longer than it takes to fetch it. */
    {"backup", en_backup_job, "clinic/backup", EN_BACKUP_KEEP_S},
    {NULL, NULL, NULL, 0},
};
