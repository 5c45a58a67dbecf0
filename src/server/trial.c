/* SPDX-License-Identifier: Apache-2.0
 * server/trial: virtual trials as long work. They hold no patient's data. */
#include "app/trial_job.h"
#include "base/instant.h"
#include "base/limits.h"
#include "base/pool.h"
#include "base/text.h"
#include "fhir/json.h"
#include "fhir/writer.h"
#include "server/job_kinds.h"
#include "server/parameters.h"
#include "server/tables.h"

#include <limits.h>
#include <string.h>

/* Bytes that a byte of a text may take in JSON. */
enum { ESCAPED = 8 };

static const struct en_op_rule RULES[] = {
    {"specification", EN_PARAMETER_VALUE, "the trial as JSON (docs/trial.md)"},
    {"patients", EN_PARAMETER_VALUE, "virtual patients of each arm; default: the specification's"},
    {"seed", EN_PARAMETER_VALUE, "default: the specification's"},
    {NULL, EN_PARAMETER_VALUE, NULL},
};

static enum en_status read_request(const struct en_op_parameters *p, struct en_trial_request *out,
                                   struct en_err *err)
{
    const struct en_asked asked = en_op_parameters_asked(p);
    const char *text = en_op_parameter(p, "specification");
    long long patients = 0, seed = 0;

    if ((text == NULL) == (p->resource == NULL)) {
        return en_fail(err, EN_EINVAL,
                       "the body must be the specification of a trial, or Parameters with "
                       "\"specification\"");
    }
    EN_TRY(en_asked_integer(&asked, "patients", 1, EN_TRIAL_REQUEST_PATIENTS_MAX, &patients, err));
    EN_TRY(en_asked_integer(&asked, "seed", 0, LLONG_MAX, &seed, err));
    *out = (struct en_trial_request){
        .bytes = text != NULL ? text : p->resource,
        .size = text != NULL ? strlen(text) : p->resource_size,
        .patients = (uint64_t)patients,
        .has_seed = en_op_parameter(p, "seed") != NULL,
        .seed = (uint64_t)seed,
    };
    return out->size <= EN_TRIAL_SPEC_MAX
               ? EN_OK
               : en_fail(err, EN_EINVAL, "a specification has at most %d bytes",
                         (int)EN_TRIAL_SPEC_MAX);
}

/* What is kept of the request: all that the answer depends on. */
static enum en_status write_request(const struct en_trial_request *rq, struct en_arena *a,
                                    const char **out, struct en_err *err)
{
    struct en_buf text = EN_BUF((size_t)EN_TRIAL_SPEC_MAX * ESCAPED);
    struct en_writer w = EN_WRITER(&text);

    en_write_open(&w, NULL, '{');
    en_write_print(&w, "specification", "%.*s", (int)rq->size, rq->bytes);
    en_write_integer(&w, "patients", (long long)rq->patients);
    if (rq->has_seed) {
        en_write_integer(&w, "seed", (long long)rq->seed);
    }
    en_write_close(&w);
    const enum en_status st = en_write_end(&w, "the request", err);

    *out = st == EN_OK ? en_arena_copy(a, en_buf_text(&text), text.size) : NULL;
    en_buf_free(&text);
    return st != EN_OK || *out != NULL ? st : en_fail(err, EN_ENOMEM, "no memory for a trial");
}

enum en_status en_trial_start(struct en_server *s, const struct en_http_request *rq,
                              struct en_http_response *rs, struct en_err *err)
{
    const struct en_app app = en_server_app(s, rq);
    const struct en_audit audit = {.action = 'E',
                                   .subtype = "$trial",
                                   .agent = rq->caller.login,
                                   .role = en_role_name(rq->caller.role),
                                   .request = rq->id,
                                   .address = rq->address};
    struct en_op_parameters *p = EN_NEW(rq->arena, struct en_op_parameters, 1);
    struct en_trial_request request;
    struct en_issues issues = {0};
    const char *text = NULL;
    bool is_refused = false;

    if (p == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a trial");
    }
    EN_TRY(en_op_parameters_read(rq, RULES, "", p, rs, &is_refused, err));
    if (is_refused) {
        return EN_OK;
    }
    EN_TRY(read_request(p, &request, err));
    const enum en_status st = en_app_trial_check(&app, &request, rq->arena, &issues, err);

    if (st == EN_EINVAL && issues.error_count > 0) {
        return en_refuse_issues(rs, 422, &issues, err);
    }
    EN_TRY(st);
    EN_TRY(write_request(&request, rq->arena, &text, err));
    return en_jobs_add(s, rq, "trial", text, &audit, rs, err);
}

/* The own runs. */

enum { LIST_MAX = 50, SHOWN_SPEC_MAX = 32 << 10 };

struct listing {
    const struct en_http_request *rq;
    struct en_job_row *rows;
    size_t count;
};

static enum en_status list_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct listing *l = context;

    return en_tx_job_list(tx, &(struct en_job_query){l->rq->caller.login, "trial", LIST_MAX},
                          l->rq->arena, &l->rows, &l->count, err);
}

static void write_run(struct en_writer *w, const struct en_job_row *row)
{
    struct json_object *request = json_tokener_parse(row->request);
    const char *text = en_json_text(request, "specification");
    struct json_object *spec = text == NULL ? NULL : json_tokener_parse(text);
    char when[EN_INSTANT_TEXT_MAX];

    en_write_open(w, NULL, '{');
    en_write_text(w, "id", row->id);
    en_write_text(w, "state", row->state);
    en_write_text(w, "name", en_json_text(spec, "name"));
    en_write_text(w, "created", en_instant_text(row->created_us, when));
    en_write_text(w, "expires", en_instant_text(row->expires_us, when));
    en_write_text(w, "problem", row->problem);
    if (text != NULL && strlen(text) <= SHOWN_SPEC_MAX) {
        en_write_text(w, "specification", text);
    }
    en_write_close(w);
    (void)json_object_put(spec);
    (void)json_object_put(request);
}

enum en_status en_trial_list(struct en_server *s, const struct en_http_request *rq,
                             struct en_http_response *rs, struct en_err *err)
{
    struct listing l = {.rq = rq};
    struct en_writer w = EN_WRITER(&rs->body);

    EN_TRY(en_store_read(s->store, list_work, &l, err));
    rs->content_type = "application/json; charset=utf-8";
    en_write_open(&w, NULL, '{');
    en_write_open(&w, "jobs", '[');
    for (size_t i = 0; i < l.count; i++) {
        write_run(&w, &l.rows[i]);
    }
    en_write_close(&w);
    en_write_close(&w);
    return en_write_end(&w, "the runs", err);
}

/* Doing it */

static bool tell(void *context, double share)
{
    return en_job_tell((struct en_job *)context, share);
}

enum en_status en_trial_job(struct en_job *job, struct en_buf *result, struct en_err *err)
{
    struct en_shared_token *token = NULL;
    const struct en_app app = {.knowledge = en_tables_take(job->server, &token),
                               .today = EN_DAY_UNKNOWN};
    const int processors = en_pool_processors();
    struct json_object *root = json_tokener_parse(job->row->request);
    const char *text = en_json_text(root, "specification");
    struct json_object *seed = en_json_get(root, "seed");
    struct en_trial_request request = {
        .bytes = text,
        .size = text == NULL ? 0 : strlen(text),
        .patients = (uint64_t)json_object_get_int64(en_json_get(root, "patients")),
        .has_seed = seed != NULL,
        .seed = (uint64_t)json_object_get_int64(seed),
        .threads = processors > 1 ? processors - 1 : 1, /* one is left for requests */
        .tell = tell,
        .context = job,
    };
    const enum en_status st = text == NULL
                                  ? en_fail(err, EN_EBUG, "a trial without its specification")
                                  : en_app_trial(&app, &request, job->arena, result, err);

    (void)json_object_put(root);
    en_tables_give(job->server, token);
    return st;
}
