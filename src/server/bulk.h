/* SPDX-License-Identifier: Apache-2.0
 * server/bulk: Bulk Data 2.0: all that a clinic, its patients or a group's patients have, as NDJSON
 * files. Inside of bulk*.c and the tests.
 *
 * What is exported is as it was when the export was asked for: a resource that changed since then
 * is given in the version of that moment. Memory does not grow with the clinic. */
#pragma once

#include "server/jobs.h"

enum en_bulk_level { EN_BULK_SYSTEM, EN_BULK_PATIENT, EN_BULK_GROUP };

/* Read what a client asked for; the request as it is kept with the job (JSON), NULL: rs refuses.
 * group: id, NULL none. */
EN_MUST_USE enum en_status en_bulk_request(struct en_server *s, const struct en_http_request *rq,
                                           enum en_bulk_level level, const char *group,
                                           const char **out, struct en_http_response *rs,
                                           struct en_err *err);

/* The work of the kind "export". */
en_job_run en_bulk_job;

/* A line of a file may be so long; a part of a file has so many lines. */
enum { EN_BULK_PAGE = 200, EN_BULK_FILE_LINES = 100000 };
