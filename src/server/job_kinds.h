/* SPDX-License-Identifier: Apache-2.0
 * server/job_kinds: what is done as long work. Inside of jobs.c, job_kinds.c and their tests. */
#pragma once

#include "server/bulk.h"

en_job_run en_trial_job, en_audit_check_job, en_backup_job;

/* POST /fhir/$trial */
/* The caller's runs, newest first: name, state, specification. */
enum en_status en_trial_list(struct en_server *s, const struct en_http_request *rq,
                             struct en_http_response *rs, struct en_err *err);
enum en_status en_trial_start(struct en_server *s, const struct en_http_request *rq,
                              struct en_http_response *rs, struct en_err *err);
