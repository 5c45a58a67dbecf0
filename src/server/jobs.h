/* SPDX-License-Identifier: Apache-2.0
 * server/jobs: long work (virtual trials, exports) beside the requests, by FHIR's asynchronous
 * pattern: 202 with Content-Location, then 202 with X-Progress until it is done, 200 with the
 * result, DELETE ends it and forgets it.
 *
 * A bounded queue and few threads; the states are rows (store/job), so that a stop of the server is
 * told to who waits. Files of a job lie in data/export/ID and go when it expires. Thread-safe. */
#pragma once

#include "base/gate.h"
#include "base/workers.h"
#include "server/server.h"
#include "store/job.h"

struct en_jobs;

enum {
    EN_JOBS_QUEUE = 64,     /* unfinished ones of everybody */
    EN_JOBS_PER_OWNER = 4,  /* unfinished ones of one client */
    EN_JOBS_KEEP_S = 86400, /* a result that nobody fetched within a day is made anew */
    EN_BACKUP_KEEP_S = 3600
};

/* A job that is being done. Its arena is its own. */
struct en_job {
    struct en_server *server;
    const struct en_job_row *row;
    struct en_task *task;
    struct en_arena *arena;
    double told_s;
};

/* Do it; what is written to result is what a client gets at the end. */
typedef enum en_status en_job_run(struct en_job *job, struct en_buf *result, struct en_err *err);

/* Kinds (job_kinds.c); ended by a NULL name. */
struct en_job_kind {
    const char *name;
    en_job_run *run;
    const char *place; /* "root/PLACE/ID" is where it is asked for */
    int keep_s;        /* how long the result stays */
};
extern const struct en_job_kind EN_JOB_KINDS[];

/* Fail what a former start left unfinished, take away what expired, start the threads. s->jobs is
 * set. Call after the store is open. */
EN_MUST_USE enum en_status en_jobs_open(struct en_server *s, struct en_err *err);

/* End what runs; it has failed then, and says so. */
void en_jobs_close(struct en_server *s);

/* Who wants to calculate within a request goes through here. */
struct en_gate *en_jobs_gate(const struct en_jobs *j);

/* A new job of the caller; the answer becomes 202 with Content-Location "root/PLACE/ID". audit is
 * written in the same transaction. Refused with 429 when too many are unfinished. */
EN_MUST_USE enum en_status en_jobs_add(struct en_server *s, const struct en_http_request *rq,
                                       const char *kind, const char *request,
                                       const struct en_audit *audit, struct en_http_response *rs,
                                       struct en_err *err);

/* Within a job: how far it is (0 .. 1). False: it shall stop. Also tells other servers that it is
 * still being done. */
bool en_job_tell(struct en_job *job, double share);

/* Folder of a job's files, in the arena; NULL when it is full. */
const char *en_job_folder(const struct en_server *s, const char *id, struct en_arena *a);

/* "https://host": where pages, jobs and hooks are; rq->base without "/fhir". In the arena. */
const char *en_http_root(const struct en_http_request *rq);

/* Handlers: args[0] is the id. */
enum en_status en_job_poll(struct en_server *s, const struct en_http_request *rq,
                           struct en_http_response *rs, struct en_err *err);
enum en_status en_job_delete(struct en_server *s, const struct en_http_request *rq,
                             struct en_http_response *rs, struct en_err *err);

/* The job of the caller; EN_ENOTFOUND also when it is somebody else's. */
EN_MUST_USE enum en_status en_job_find(struct en_server *s, const struct en_http_request *rq,
                                       struct en_job_row *out, struct en_err *err);
