/* SPDX-License-Identifier: Apache-2.0
 * server/clinic: what the one who keeps the clinic's server asks of it: whether the audit trail is
 * whole, and a backup. Both are long work (server/jobs). */
#include "store/clinic.h"
#include "base/instant.h"
#include "base/spool.h"
#include "base/text.h"
#include "fhir/json.h"
#include "fhir/writer.h"
#include "server/auth.h"
#include "server/job_kinds.h"
#include "server/seal.h"
#include "store/backup.h"

#include <string.h>

enum {
    PASSPHRASE_MIN = 12, /* as for passwords */
    PASSPHRASE_MAX = 512,
    HEADS_MAX = 4096,
    REQUEST_MAX = 16 << 10
};

static const char FILE_NAME[] = "clinic.backup";

/* What is asked, as a job keeps it: one member. */
static enum en_status one_member(const char *key, const char *text, struct en_arena *a,
                                 const char **out, struct en_err *err)
{
    struct en_buf b = EN_BUF(REQUEST_MAX);
    struct en_writer w = EN_WRITER(&b);

    en_write_open(&w, NULL, '{');
    en_write_text(&w, key, text);
    en_write_close(&w);
    const enum en_status st = en_write_end(&w, "the request", err);

    *out = st == EN_OK ? en_arena_copy(a, en_buf_text(&b), b.size) : NULL;
    en_buf_free(&b);
    return st != EN_OK || *out != NULL ? st : en_fail(err, EN_ENOMEM, "no memory for a request");
}

/* Writes the members of a result. */
static struct en_writer open_result(struct en_buf *result)
{
    struct en_writer w = EN_WRITER(result);

    en_write_open(&w, NULL, '{');
    return w;
}

static void tell(void *context, uint64_t done, uint64_t all)
{
    (void)en_job_tell(context, all == 0 ? 0.0 : (double)done / (double)all);
}

/* Audit trail */

static enum en_status check_start(struct en_server *s, const struct en_http_request *rq,
                                  struct en_http_response *rs, struct en_err *err)
{
    static const struct en_auth_field FIELDS[] = {{"heads", EN_AUTH_TEXT, false, HEADS_MAX}};
    struct en_audit audit = {.action = 'E', .subtype = "audit-check", .entity_type = "AuditEvent"};
    struct en_auth_value v[EN_COUNT(FIELDS)] = {{0}};
    const char *request = NULL;
    bool is_answered = false;

    if (rq->body_size > 0) {
        EN_TRY(en_auth_read(rq, rs, FIELDS, EN_COUNT(FIELDS), v, &is_answered, err));
    }
    if (is_answered) {
        return EN_OK;
    }
    en_audit_of(rq, &audit);
    EN_TRY(one_member("heads", v[0].text, rq->arena, &request, err));
    return en_jobs_add(s, rq, "audit-check", request, &audit, rs, err);
}

static enum en_status look_for_heads(struct en_job *job, char fault[256], bool *was_asked,
                                     struct en_err *err)
{
    struct json_object *root = json_tokener_parse(job->row->request);
    const char *heads = en_json_text(root, "heads");
    enum en_status st = EN_OK;

    *was_asked = heads != NULL;
    if (heads != NULL) {
        st = en_audit_find_heads(job->server->store, heads, fault, err);
    }
    (void)json_object_put(root);
    return st;
}

enum en_status en_audit_check_job(struct en_job *job, struct en_buf *result, struct en_err *err)
{
    struct en_audit_check *check = EN_NEW(job->arena, struct en_audit_check, 1);
    char lost[256] = "";
    bool was_asked = false;

    if (check == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a check");
    }
    EN_TRY(look_for_heads(job, lost, &was_asked, err));
    EN_TRY(en_audit_verify(job->server->store, tell, job, check, err));
    struct en_writer w = open_result(result);

    en_write_bool(&w, "whole", check->fault[0] == '\0' && lost[0] == '\0');
    en_write_integer(&w, "entries", (long long)check->entries);
    en_write_integer(&w, "chains", (long long)check->chains);
    en_write_text(&w, "fault", check->fault);
    en_write_text(&w, "heads", check->heads);
    if (was_asked) {
        en_write_bool(&w, "noted_heads_found", lost[0] == '\0');
        en_write_text(&w, "noted_heads_fault", lost);
    }
    en_write_close(&w);
    return en_write_end(&w, "the check", err);
}

/* Backup */

/* SAFETY: whoever finds an open session must not carry the clinic away: the password once more. */
static enum en_status backup_start(struct en_server *s, const struct en_http_request *rq,
                                   struct en_http_response *rs, struct en_err *err)
{
    static const struct en_auth_field FIELDS[] = {
        {"passphrase", EN_AUTH_TEXT, true, PASSPHRASE_MAX},
        {"password", EN_AUTH_TEXT, true, PASSPHRASE_MAX},
    };
    struct en_audit audit = {.action = 'E', .subtype = "backup", .entity_type = "Backup"};
    struct en_auth_value v[EN_COUNT(FIELDS)];
    struct en_account account = {0};
    const char *sealed = NULL, *request = NULL;
    bool is_answered = false;

    EN_TRY(en_auth_read(rq, rs, FIELDS, EN_COUNT(FIELDS), v, &is_answered, err));
    if (is_answered) {
        return EN_OK;
    }
    if (strlen(v[0].text) < PASSPHRASE_MIN) {
        return en_refuse(rs, 422, "value", "passphrase: at least %d bytes", (int)PASSPHRASE_MIN);
    }
    EN_TRY(en_auth_account(s, rq, rs, false, &account, &is_answered, err));
    if (!is_answered) {
        EN_TRY(en_auth_confirm(s, rq, rs, &account, v[1].text, &is_answered, err));
    }
    if (is_answered) {
        return EN_OK;
    }
    en_audit_of(rq, &audit);
    /* The row of a job is in the database: only this process can open what stands there. */
    EN_TRY(en_seal(s->run_key, v[0].text, rq->arena, &sealed, err));
    EN_TRY(one_member("passphrase", sealed, rq->arena, &request, err));
    return en_jobs_add(s, rq, "backup", request, &audit, rs, err);
}

struct noting {
    struct en_backup_taken taken;
};

static enum en_status note_work(struct en_tx *tx, void *context, struct en_err *err)
{
    const struct noting *n = context;

    return en_tx_backup_add(tx, &n->taken, err);
}

static enum en_status backup_options(struct en_job *job, struct en_backup_options *out,
                                     struct en_err *err)
{
    const struct en_server_options *o = &job->server->options;
    const char *folder = en_job_folder(job->server, job->row->id, job->arena);
    struct json_object *root = json_tokener_parse(job->row->request);
    const char *sealed = en_json_text(root, "passphrase");
    const enum en_status st =
        sealed == NULL ? en_fail(err, EN_EBUG, "a backup without its passphrase")
                       : en_unseal(job->server->run_key, sealed, job->arena, &out->passphrase, err);

    (void)json_object_put(root);
    EN_TRY(st);
    out->db = o->db != NULL ? o->db : en_arena_print(job->arena, "%s/clinic.db", o->data);
    out->file = folder == NULL ? NULL : en_arena_print(job->arena, "%s/%s", folder, FILE_NAME);
    if (out->db == NULL || out->file == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a backup");
    }
    out->progress = tell;
    out->context = job;
    out->operations = o->backup_operations;
    out->memory = o->backup_memory;
    return en_folder_make(folder, err);
}

/* Write it, then read it to its end with the same passphrase: a backup that cannot be read is
 * none. */
enum en_status en_backup_job(struct en_job *job, struct en_buf *result, struct en_err *err)
{
    struct en_backup_options options = {0};
    struct en_backup_result made, read;

    EN_TRY(backup_options(job, &options, err));
    EN_TRY(en_store_backup(&options, &made, err));
    EN_TRY(en_store_backup_check(&options, &read, err));
    if (read.rows != made.rows) {
        return en_fail(err, EN_EIO, "the backup does not hold what was written to it");
    }
    struct noting n = {.taken = {.login = job->row->owner,
                                 .rows = (int64_t)made.rows,
                                 .bytes = (int64_t)made.bytes}};
    char taken[EN_INSTANT_TEXT_MAX];

    EN_TRY(en_store_write(job->server->store, note_work, &n, err));
    struct en_writer w = open_result(result);

    en_write_bool(&w, "verified", true);
    en_write_integer(&w, "rows", (long long)made.rows);
    en_write_integer(&w, "bytes", (long long)made.bytes);
    en_write_integer(&w, "schema", made.schema);
    en_write_text(&w, "taken", en_instant_text(made.taken_us, taken));
    en_write_print(&w, "file", "/clinic/backup/%s/file", job->row->id);
    en_write_close(&w);
    return en_write_end(&w, "the backup", err);
}

struct last_call {
    struct en_arena *arena;
    struct en_backup_taken taken;
};

static enum en_status last_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct last_call *c = context;

    return en_tx_backup_last(tx, c->arena, &c->taken, err);
}

static enum en_status backup_last(struct en_server *s, const struct en_http_request *rq,
                                  struct en_http_response *rs, struct en_err *err)
{
    struct last_call c = {.arena = rq->arena};
    struct en_err none = {""};
    const enum en_status st = en_store_read(s->store, last_work, &c, &none);
    char taken[EN_INSTANT_TEXT_MAX];

    if (st != EN_OK && st != EN_ENOTFOUND) {
        return en_fail(err, st, "%s", none.text);
    }
    struct en_writer w = en_auth_writer(rs);

    if (st == EN_OK) {
        en_write_open(&w, "last", '{');
        en_write_text(&w, "taken", en_instant_text(c.taken.taken_us, taken));
        en_write_text(&w, "login", c.taken.login);
        en_write_integer(&w, "rows", c.taken.rows);
        en_write_integer(&w, "bytes", c.taken.bytes);
        en_write_close(&w);
    }
    return en_auth_end(&w, err);
}

static enum en_status backup_file(struct en_server *s, const struct en_http_request *rq,
                                  struct en_http_response *rs, struct en_err *err)
{
    const struct en_audit audit = {.action = 'R',
                                   .subtype = "backup",
                                   .entity_type = "Backup",
                                   .entity_id = rq->args[0],
                                   .detail = "the file"};
    struct en_job_row row = {0};

    EN_TRY(en_job_find(s, rq, &row, err));
    if (!en_text_equal(row.kind, "backup") || !en_text_equal(row.state, "done")) {
        return en_refuse(rs, 404, "not-found", "this is no backup, or it is not done");
    }
    const char *folder = en_job_folder(s, row.id, rq->arena);

    EN_TRY(en_server_audit(s, rq, audit, err));
    rs->content_type = "application/octet-stream";
    rs->file_path = folder == NULL ? NULL : en_arena_print(rq->arena, "%s/%s", folder, FILE_NAME);
    en_http_add_header(rs, "Content-Disposition", "attachment; filename=\"clinic.backup\"");
    return rs->file_path != NULL ? EN_OK : en_fail(err, EN_ENOMEM, "no memory for an address");
}

const struct en_route EN_ROUTES_CLINIC[] = {
    {EN_POST, "/clinic/audit-check", EN_RIGHT_AUDIT, check_start, 0,
     "check the hash chain of the audit trail, later: heads as noted before, to look for"},
    {EN_GET, "/clinic/audit-check/{}", EN_RIGHT_AUDIT, en_job_poll, EN_ROUTE_UNAUDITED,
     "how far the check is; whole or where it is broken, and its heads, to note down"},
    {EN_GET, "/clinic/backup", EN_RIGHT_KEEP, backup_last, EN_ROUTE_UNAUDITED,
     "when the last backup was taken by this address"},
    {EN_POST, "/clinic/backup", EN_RIGHT_KEEP, backup_start, 0,
     "back up the clinic, later: passphrase of the file, and the own password"},
    {EN_GET, "/clinic/backup/{}", EN_RIGHT_KEEP, en_job_poll, EN_ROUTE_UNAUDITED,
     "how far the backup is, and where its file is"},
    {EN_DELETE, "/clinic/backup/{}", EN_RIGHT_KEEP, en_job_delete, EN_ROUTE_UNAUDITED,
     "end the backup, or remove its file; an hour later the next long task removes it"},
    {EN_GET, "/clinic/backup/{}/file", EN_RIGHT_KEEP, backup_file, 0,
     "the sealed file, for whoever asked for it"},
    {0},
};
