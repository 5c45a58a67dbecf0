/* SPDX-License-Identifier: Apache-2.0
 * server/bulk_job: writing the files of an export, page by page. */
#include "base/instant.h"
#include "base/limits.h"
#include "base/spool.h"
#include "base/text.h"
#include "fhir/json.h"
#include "fhir/writer.h"
#include "server/bulk.h"
#include "server/deidentify.h"

#include <sodium.h>
#include <string.h>

enum { FILES_MAX = 4096, PAGE_ARENA = 256 << 20, GROUP_MAX = 10000 };

struct file {
    const char *type;
    char name[48];
    uint64_t lines;
};

struct exporting {
    struct en_job *job;
    struct en_err *err;
    struct json_object *request;
    struct en_deidentify deidentify;
    bool is_deidentified;
    int64_t since_us, until_us;
    const char *folder;
    struct en_arena page; /* of one page; rewound behind it */
    struct en_spool *spool;
    struct file *files; /* shape [file_count] of [FILES_MAX]; the last one is open */
    size_t file_count;
    bool is_open;
    double share, step; /* of the whole that is done; that one type is */
};

/* Files */

static enum en_status close_file(struct exporting *x)
{
    if (!x->is_open) {
        return EN_OK;
    }
    x->is_open = false;
    return en_spool_close(x->spool, x->err);
}

static enum en_status open_file(struct exporting *x, const char *type)
{
    size_t part = 1;

    EN_TRY(close_file(x));
    if (x->file_count == FILES_MAX) {
        return en_fail(x->err, EN_ELIMIT, "the export has more than %d files", (int)FILES_MAX);
    }
    for (size_t i = 0; i < x->file_count; i++) {
        part += en_text_equal(x->files[i].type, type) ? 1 : 0;
    }
    struct file *f = &x->files[x->file_count];
    const char *path;

    *f = (struct file){.type = en_arena_copy(x->job->arena, type, SIZE_MAX)};
    (void)snprintf(f->name, sizeof f->name, "%s.%zu.ndjson", type, part);
    path = en_arena_print(x->job->arena, "%s/%s", x->folder, f->name);
    if (path == NULL || f->type == NULL) {
        return en_fail(x->err, EN_ENOMEM, "no memory for an export");
    }
    EN_TRY(en_spool_open(x->spool, path, x->err));
    x->file_count++;
    x->is_open = true;
    return EN_OK;
}

static enum en_status add_line(struct exporting *x, const char *type, const char *text, size_t size)
{
    const struct file *last = x->is_open ? &x->files[x->file_count - 1] : NULL;

    if (last == NULL || !en_text_equal(last->type, type) || last->lines == EN_BULK_FILE_LINES) {
        EN_TRY(open_file(x, type));
    }
    en_spool_add(x->spool, text, size);
    en_spool_add(x->spool, "\n", 1);
    x->files[x->file_count - 1].lines++;
    return EN_OK;
}

/* Resources */

static enum en_status add_deidentified(struct exporting *x, const struct en_version *v)
{
    struct json_object *tree = json_tokener_parse(v->body), *out = NULL;
    enum en_status st = en_deidentify(&x->deidentify, tree, &x->page, &out, x->err);

    if (st == EN_OK) {
        const char *text = json_object_to_json_string_ext(out, JSON_C_TO_STRING_PLAIN |
                                                                   JSON_C_TO_STRING_NOSLASHESCAPE);

        st = add_line(x, v->type, text, strlen(text));
    }
    (void)json_object_put(out);
    (void)json_object_put(tree);
    return st;
}

/* The version that was current when the export was asked for; *is_there false: there was none. */
static enum en_status version_then(struct en_tx *tx, struct exporting *x, struct en_version *v,
                                   bool *is_there)
{
    while (v->updated_us > x->until_us && v->version > 1) {
        EN_TRY(en_tx_get(tx, v->type, v->id, v->version - 1, &x->page, v, x->err));
    }
    *is_there = v->updated_us <= x->until_us && !v->is_deleted;
    return EN_OK;
}

static enum en_status add_version(struct en_tx *tx, struct exporting *x, struct en_version *v)
{
    bool is_there = true;

    EN_TRY(version_then(tx, x, v, &is_there));
    if (!is_there || v->updated_us < x->since_us) {
        return EN_OK;
    }
    return x->is_deidentified ? add_deidentified(x, v) : add_line(x, v->type, v->body, v->size);
}

static enum en_status add_versions(struct en_tx *tx, struct exporting *x,
                                   const struct en_page *page)
{
    for (size_t i = 0; i < page->count; i++) {
        EN_TRY(add_version(tx, x, &page->items[i]));
    }
    return EN_OK;
}

/* One page of a type, in a snapshot of its own, so that no reader is held for long. */
struct walk {
    struct exporting *x;
    const char *type;
    const char *patient; /* NULL: of everybody */
    int64_t after;       /* of everybody: where to go on */
    const char *cursor;  /* of a patient: the same */
    size_t count;
};

static enum en_status walk_page(struct en_tx *tx, void *context, struct en_err *err)
{
    struct walk *w = context;
    struct en_page page = {0};

    if (w->patient == NULL) {
        const struct en_walk walk = {.type = w->type, .after = w->after, .count = EN_BULK_PAGE};

        EN_TRY(en_tx_walk(tx, &walk, &w->x->page, &page, &w->after, err));
    } else {
        struct en_search_query query = {.type = w->type,
                                        .count = EN_BULK_PAGE,
                                        .compartment = w->patient,
                                        .cursor = w->cursor,
                                        .text = ""};

        EN_TRY(en_tx_search(tx, &query, &w->x->page, &page, err));
        w->cursor = page.next_cursor == NULL
                        ? NULL
                        : en_arena_copy(w->x->job->arena, page.next_cursor, SIZE_MAX);
    }
    w->count = page.count;
    return add_versions(tx, w->x, &page);
}

static enum en_status walk_type(struct exporting *x, const char *type, const char *patient)
{
    struct walk w = {.x = x, .type = type, .patient = patient};
    bool is_more = true;

    while (is_more) {
        const struct en_arena_mark mark = en_arena_mark(&x->page);

        if (!en_job_tell(x->job, x->share)) {
            return en_fail(x->err, EN_ELIMIT, "the export was ended before it was done");
        }
        EN_TRY(en_store_read(x->job->server->store, walk_page, &w, x->err));
        en_arena_rewind(&x->page, mark);
        is_more = patient == NULL ? w.count > 0 : w.cursor != NULL;
    }
    return EN_OK;
}

/* Groups */

struct member_list {
    struct exporting *x;
    const char *group;
    const char **ids; /* shape [count] of [GROUP_MAX] */
    size_t count;
};

static enum en_status read_members(struct en_tx *tx, void *context, struct en_err *err)
{
    struct member_list *l = context;
    struct en_version v;

    EN_TRY(en_tx_get(tx, "Group", l->group, 0, l->x->job->arena, &v, err));
    struct json_object *tree = v.is_deleted ? NULL : json_tokener_parse(v.body);
    struct json_object *members = en_json_get(tree, "member");

    for (size_t i = 0; i < en_json_count(members) && l->count < GROUP_MAX; i++) {
        struct json_object *member = en_json_at(members, i);
        const char *text = en_json_text(en_json_get(member, "entity"), "reference");
        const bool is_out = json_object_get_boolean(en_json_get(member, "inactive")) != 0;

        if (!is_out && text != NULL && en_text_starts(text, "Patient/")) {
            l->ids[l->count] = en_arena_copy(l->x->job->arena, text + 8, strcspn(text + 8, "/"));
            l->count += l->ids[l->count] == NULL ? 0 : 1;
        }
    }
    const bool is_cut = l->count == GROUP_MAX;

    (void)json_object_put(tree);
    return is_cut ? en_fail(err, EN_ELIMIT, "the group has %d members or more", (int)GROUP_MAX)
                  : EN_OK;
}

static enum en_status walk_members(struct exporting *x, const char *type,
                                   const struct member_list *members)
{
    for (size_t i = 0; i < members->count; i++) {
        EN_TRY(walk_type(x, type, members->ids[i]));
    }
    return EN_OK;
}

/* The whole */

static enum en_status export_types(struct exporting *x)
{
    struct json_object *types = en_json_get(x->request, "types");
    const char *group = en_json_text(x->request, "group");
    struct member_list members = {.x = x, .group = group};

    if (group != NULL) {
        members.ids = EN_NEW(x->job->arena, const char *, GROUP_MAX);
        EN_TRY(members.ids == NULL
                   ? en_fail(x->err, EN_ENOMEM, "no memory for an export")
                   : en_store_read(x->job->server->store, read_members, &members, x->err));
    }
    x->step = 1.0 / (double)(en_json_count(types) + 1);
    for (size_t i = 0; i < en_json_count(types); i++) {
        const char *type = json_object_get_string(en_json_at(types, i));

        EN_TRY(group == NULL ? walk_type(x, type, NULL) : walk_members(x, type, &members));
        x->share += x->step;
    }
    return close_file(x);
}

static void write_manifest(const struct exporting *x, struct en_buf *out)
{
    struct en_writer w = EN_WRITER(out);
    char then[EN_INSTANT_TEXT_MAX];

    en_write_open(&w, NULL, '{');
    en_write_text(&w, "transactionTime", en_instant_text(x->until_us, then));
    en_write_text(&w, "request", en_json_text(x->request, "url"));
    en_write_bool(&w, "requiresAccessToken", true);
    en_write_open(&w, "output", '[');
    for (size_t i = 0; i < x->file_count; i++) {
        en_write_open(&w, NULL, '{');
        en_write_text(&w, "type", x->files[i].type);
        en_write_print(&w, "url", "%s/export/%s/%s", en_json_text(x->request, "root"),
                       x->job->row->id, x->files[i].name);
        en_write_integer(&w, "count", (long long)x->files[i].lines);
        en_write_close(&w);
    }
    en_write_close(&w);
    en_write_open(&w, "error", '[');
    en_write_close(&w);
    en_write_close(&w);
}

static enum en_status audit_work(struct en_tx *tx, void *context, struct en_err *err)
{
    return en_tx_audit(tx, context, err);
}

/* Which types left the clinic, and how many of each. */
static enum en_status note_end(struct exporting *x)
{
    struct en_buf detail = EN_BUF(EN_OUTPUT_MAX);
    struct en_audit audit = {.action = 'R',
                             .subtype = "$export",
                             .agent = x->job->row->owner,
                             .role = en_json_text(x->request, "role"),
                             .request = en_json_text(x->request, "request"),
                             .address = en_json_text(x->request, "address")};

    for (size_t i = 0; i < x->file_count; i++) {
        en_buf_print(&detail, "%s%s %llu", i == 0 ? "" : ", ", x->files[i].name,
                     (unsigned long long)x->files[i].lines);
    }
    audit.detail = en_buf_text(&detail);
    const enum en_status st = en_store_write(x->job->server->store, audit_work, &audit, x->err);

    en_buf_free(&detail);
    return st;
}

static enum en_status run(struct exporting *x, struct en_buf *result)
{
    struct json_object *since = en_json_get(x->request, "since");
    const struct en_http_request now = {
        .today = (en_day)json_object_get_int(en_json_get(x->request, "today"))};

    x->since_us = since == NULL ? INT64_MIN : json_object_get_int64(since);
    x->until_us = x->job->row->created_us;
    x->is_deidentified = json_object_get_boolean(en_json_get(x->request, "deidentified")) != 0;
    x->folder = en_job_folder(x->job->server, x->job->row->id, x->job->arena);
    x->files = EN_NEW(x->job->arena, struct file, FILES_MAX);
    x->spool = EN_NEW(x->job->arena, struct en_spool, 1);
    if (x->folder == NULL || x->files == NULL || x->spool == NULL) {
        return en_fail(x->err, EN_ENOMEM, "no memory for an export");
    }
    if (x->is_deidentified) {
        x->deidentify = en_server_deidentify(x->job->server, &now);
    }
    EN_TRY(en_folder_make(x->folder, x->err));
    EN_TRY(export_types(x));
    EN_TRY(note_end(x));
    write_manifest(x, result);
    return EN_OK;
}

enum en_status en_bulk_job(struct en_job *job, struct en_buf *result, struct en_err *err)
{
    struct exporting x = {.job = job,
                          .err = err,
                          .request = json_tokener_parse(job->row->request),
                          .page = EN_ARENA(PAGE_ARENA)};
    enum en_status st = run(&x, result);

    if (x.is_open) {
        const enum en_status closed = en_spool_close(x.spool, st == EN_OK ? err : NULL);

        st = st == EN_OK ? closed : st;
    }
    sodium_memzero(x.deidentify.key, sizeof x.deidentify.key);
    en_arena_free(&x.page);
    (void)json_object_put(x.request);
    return st;
}
