/* SPDX-License-Identifier: Apache-2.0 */
#include "server/jobs.h"

#include "base/clock.h"
#include "base/instant.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/spool.h"
#include "base/text.h"

#include <string.h>

#define STOPPED "the server was stopped before this was done: ask again"

enum { THREADS = 2, WAITING_MAX = 32, SWEEP_MAX = 100 };

/* Other servers are told so often [s] that a job is being done; after SILENCE_US it is not. */
static const double TELL_S = 10.0;
static const int64_t SILENCE_US = 60 * INT64_C(1000000);
static const int64_t WAITING_US = 3600 * INT64_C(1000000);

struct en_jobs {
    struct en_server *server;
    struct en_workers *workers;
    struct en_gate *gate;
};

struct en_gate *en_jobs_gate(const struct en_jobs *j)
{
    return j->gate;
}

const char *en_job_folder(const struct en_server *s, const char *id, struct en_arena *a)
{
    return en_arena_print(a, "%s/export/%s", s->options.data, id);
}

const char *en_http_root(const struct en_http_request *rq)
{
    static const char FHIR[] = "/fhir";
    const size_t size = strlen(rq->base), end = sizeof FHIR - 1;
    const bool has_end = size >= end && strcmp(rq->base + size - end, FHIR) == 0;

    return en_arena_copy(rq->arena, rq->base, has_end ? size - end : size);
}

/* Works on rows */

struct work {
    enum { FIND, START, END, SEEN, SILENT, EXPIRED, FORGET } what;
    struct en_job_row row;
    const char *from;
    int64_t running_us, waiting_us;
    struct en_arena *arena;
    const char **ids;
    size_t count;
};

static enum en_status do_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct work *w = context;

    switch (w->what) {
    case FIND:
        return en_tx_job_get(tx, w->row.id, w->arena, &w->row, err);
    case START:
    case END:
        return en_tx_job_set(tx, w->row.id, w->from, &w->row, err);
    case SEEN:
        return en_tx_job_seen(tx, w->row.id, err);
    case SILENT:
        return en_tx_job_fail_silent(tx, w->running_us, w->waiting_us, STOPPED, err);
    case EXPIRED:
        return en_tx_job_expired(tx, en_tx_now_us(tx), SWEEP_MAX, w->arena, &w->ids, &w->count,
                                 err);
    case FORGET:
        return en_tx_job_delete(tx, w->row.id, err);
    }
    return en_fail(err, EN_EBUG, "no such work on a job");
}

static enum en_status forget(struct en_server *s, const char *id, struct en_arena *a,
                             struct en_err *err)
{
    struct work w = {.what = FORGET, .row = {.id = id}};
    const char *folder = en_job_folder(s, id, a);

    EN_TRY(folder == NULL ? en_fail(err, EN_ENOMEM, "no memory for a path")
                          : en_folder_remove(folder, err));
    return en_store_write(s->store, do_work, &w, err);
}

/* Take away what expired, files first: what fails is tried again the next time. */
static enum en_status sweep(struct en_server *s, struct en_err *err)
{
    struct en_arena a = EN_ARENA(1 << 20);
    struct work w = {.what = EXPIRED, .arena = &a};
    enum en_status st = en_store_read(s->store, do_work, &w, err);

    for (size_t i = 0; i < w.count && st == EN_OK; i++) {
        st = forget(s, w.ids[i], &a, err);
    }
    en_arena_free(&a);
    return st;
}

static enum en_status fail_silent(struct en_server *s, bool is_start, struct en_err *err)
{
    const bool is_alone = is_start && en_store_is_alone(s->store);
    const int64_t now_us = en_clock_us();
    struct work w = {.what = SILENT,
                     .running_us = is_alone ? INT64_MAX : now_us - SILENCE_US,
                     .waiting_us = is_alone ? INT64_MAX : now_us - WAITING_US};

    return en_store_write(s->store, do_work, &w, err);
}

/* Doing */

static const struct en_job_kind *kind_of(const char *name)
{
    for (const struct en_job_kind *k = EN_JOB_KINDS; k->name != NULL; k++) {
        if (en_text_equal(k->name, name)) {
            return k;
        }
    }
    return NULL;
}

bool en_job_tell(struct en_job *job, double share)
{
    struct work w = {.what = SEEN, .row = {.id = job->row->id}};
    const double now_s = en_clock_s();

    en_task_tell(job->task, share);
    if (now_s - job->told_s > TELL_S) {
        job->told_s = now_s;
        /* Not told is not lost: the next one tells it. */
        (void)!en_store_write(job->server->store, do_work, &w, NULL);
    }
    return !en_task_is_cancelled(job->task);
}

static enum en_status run_kind(struct en_job *job, struct en_buf *result, struct en_err *err)
{
    const struct en_job_kind *kind = kind_of(job->row->kind);

    if (kind == NULL) {
        return en_fail(err, EN_EBUG, "no such kind of long work");
    }
    EN_TRY(kind->run(job, result, err));
    return en_buf_check(result, "the result", err);
}

/* The state at the end. A job that was deleted meanwhile leaves nothing. */
static void finish(struct en_job *job, enum en_status st, const struct en_buf *result,
                   const struct en_err *why)
{
    struct en_err err = {""};
    const char *problem = en_task_is_closing(job->task) ? STOPPED : why->text;
    struct work w = {.what = END,
                     .row = {.id = job->row->id,
                             .state = st == EN_OK ? "done" : "failed",
                             .result = st == EN_OK ? en_buf_text(result) : NULL,
                             .problem = st == EN_OK ? "" : problem},
                     .from = "running"};
    enum en_status end = en_store_write(job->server->store, do_work, &w, &err);

    if (end == EN_ENOTFOUND || st != EN_OK) {
        const char *folder = en_job_folder(job->server, job->row->id, job->arena);

        end = folder == NULL ? end : en_folder_remove(folder, &err);
    }
    if (end != EN_OK && end != EN_ENOTFOUND) {
        en_log_event(job->server->log, EN_LOG_ERROR, "job", NULL, err.text);
    }
}

static void run_task(void *context, const char *key, struct en_task *task)
{
    struct en_jobs *j = context;
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_buf result = EN_BUF(EN_OUTPUT_MAX);
    struct en_err err = {""};
    struct work start = {.what = START, .row = {.id = key, .state = "running"}, .from = "waiting"};
    struct work find = {.what = FIND, .row = {.id = key}, .arena = &a};
    enum en_status st = en_store_write(j->server->store, do_work, &start, &err);

    if (st == EN_OK) {
        st = en_store_read(j->server->store, do_work, &find, &err);
    }
    if (st == EN_OK) {
        struct en_job job = {j->server, &find.row, task, &a, en_clock_s()};

        st = run_kind(&job, &result, &err);
        finish(&job, st, &result, &err);
    }
    if (st != EN_OK && !en_task_is_cancelled(task)) {
        en_log_event(j->server->log, EN_LOG_WARNING, "job", NULL, err.text);
    }
    en_buf_free(&result);
    en_arena_free(&a);
}

/* Opening and closing */

static enum en_status open_parts(struct en_jobs *j, struct en_err *err)
{
    EN_TRY(fail_silent(j->server, true, err));
    EN_TRY(sweep(j->server, err));
    EN_TRY(en_gate_open(en_pool_processors(), WAITING_MAX, &j->gate, err));
    return en_workers_open(THREADS, EN_JOBS_QUEUE, &j->workers, err);
}

enum en_status en_jobs_open(struct en_server *s, struct en_err *err)
{
    struct en_jobs *j = EN_NEW(&s->arena, struct en_jobs, 1);

    if (j == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for long work");
    }
    j->server = s;
    s->jobs = j;
    const enum en_status st = open_parts(j, err);

    if (st != EN_OK) {
        en_jobs_close(s);
    }
    return st;
}

void en_jobs_close(struct en_server *s)
{
    if (s->jobs != NULL) {
        en_workers_close(s->jobs->workers);
        en_gate_close(s->jobs->gate);
        s->jobs = NULL;
    }
}

/* Asking */

struct adding {
    struct en_job_row row;
    const struct en_audit *audit;
};

static enum en_status add_work(struct en_tx *tx, void *context, struct en_err *err)
{
    const struct adding *a = context;

    EN_TRY(en_tx_job_add(tx, &a->row, EN_JOBS_PER_OWNER, err));
    return en_tx_audit(tx, a->audit, err);
}

static enum en_status refuse_many(struct en_http_response *rs, const struct en_err *why)
{
    en_http_add_header(rs, "Retry-After", "30");
    return en_refuse(rs, 429, "throttled", "%s", why->text);
}

/* Whether the queue has room is known only when it is in; then it is taken out again. */
static enum en_status enqueue(struct en_server *s, const struct adding *adding,
                              struct en_http_response *rs, bool *is_refused, struct en_err *err)
{
    struct work gone = {.what = FORGET, .row = {.id = adding->row.id}};
    struct en_err full = {""};
    const enum en_status st =
        en_workers_add(s->jobs->workers, adding->row.id, run_task, s->jobs, &full);

    *is_refused = st == EN_ELIMIT;
    if (st == EN_OK) {
        return EN_OK;
    }
    EN_TRY(en_store_write(s->store, do_work, &gone, err));
    return *is_refused ? refuse_many(rs, &full) : en_fail(err, st, "%s", full.text);
}

enum en_status en_jobs_add(struct en_server *s, const struct en_http_request *rq, const char *kind,
                           const char *request, const struct en_audit *audit,
                           struct en_http_response *rs, struct en_err *err)
{
    const char *id = en_store_id(rq->arena), *root = en_http_root(rq);
    const struct en_job_kind *of = kind_of(kind);
    struct adding adding = {
        .row = {.id = id,
                .kind = kind,
                .owner = rq->caller.login,
                .request = request,
                .expires_us = rq->now_us + (of == NULL ? 0 : of->keep_s) * INT64_C(1000000)},
        .audit = audit,
    };
    const char *location = id == NULL || root == NULL || of == NULL
                               ? NULL
                               : en_arena_print(rq->arena, "%s/%s/%s", root, of->place, id);
    struct en_err many = {""};
    bool is_refused = false;

    if (location == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a long task");
    }
    EN_TRY(sweep(s, err));
    const enum en_status st = en_store_write(s->store, add_work, &adding, &many);

    if (st != EN_OK) {
        return st == EN_ELIMIT ? refuse_many(rs, &many) : en_fail(err, st, "%s", many.text);
    }
    EN_TRY(enqueue(s, &adding, rs, &is_refused, err));
    if (!is_refused) {
        rs->status = 202;
        en_http_add_header(rs, "Content-Location", location);
    }
    return EN_OK;
}

enum en_status en_job_find(struct en_server *s, const struct en_http_request *rq,
                           struct en_job_row *out, struct en_err *err)
{
    struct work w = {.what = FIND, .row = {.id = rq->args[0]}, .arena = rq->arena};

    EN_TRY(en_store_read(s->store, do_work, &w, err));
    if (!en_text_equal(w.row.owner, rq->caller.login)) {
        return en_fail(err, EN_ENOTFOUND, "there is no such task, or no more");
    }
    *out = w.row;
    return EN_OK;
}

static enum en_status answer_unfinished(struct en_server *s, const struct en_http_request *rq,
                                        const struct en_job_row *row, struct en_http_response *rs,
                                        struct en_err *err)
{
    double share = 0.0;
    const enum en_task_state state = en_workers_look(s->jobs->workers, row->id, &share);

    if (state == EN_TASK_NONE && row->seen_us < rq->now_us - SILENCE_US) {
        EN_TRY(fail_silent(s, false, err)); /* its server is gone: the next poll tells it */
    }
    const char *progress = state == EN_TASK_WAITING
                               ? "waiting"
                               : en_arena_print(rq->arena, "%d%% done", (int)(share * 100.0));

    rs->status = 202;
    en_http_add_header(rs, "X-Progress", progress == NULL ? "running" : progress);
    en_http_add_header(rs, "Retry-After", "1");
    return EN_OK;
}

enum en_status en_job_poll(struct en_server *s, const struct en_http_request *rq,
                           struct en_http_response *rs, struct en_err *err)
{
    struct en_job_row row = {0};
    char *expires = EN_NEW(rq->arena, char, EN_INSTANT_TEXT_MAX);

    EN_TRY(en_job_find(s, rq, &row, err));
    if (en_text_equal(row.state, "waiting") || en_text_equal(row.state, "running")) {
        return answer_unfinished(s, rq, &row, rs, err);
    }
    if (!en_text_equal(row.state, "done")) {
        return en_refuse(rs, 500, "processing", "this task failed: %s", row.problem);
    }
    if (expires != NULL) {
        en_http_add_header(rs, "Expires", en_instant_http_text(row.expires_us, expires));
    }
    rs->content_type = "application/json";
    en_buf_add(&rs->body, row.result);
    return EN_OK;
}

enum en_status en_job_delete(struct en_server *s, const struct en_http_request *rq,
                             struct en_http_response *rs, struct en_err *err)
{
    struct en_job_row row = {0};

    EN_TRY(en_job_find(s, rq, &row, err));
    (void)en_workers_cancel(s->jobs->workers, row.id);
    EN_TRY(forget(s, row.id, rq->arena, err));
    rs->status = 202;
    return EN_OK;
}
