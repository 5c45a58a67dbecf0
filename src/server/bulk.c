/* SPDX-License-Identifier: Apache-2.0
 * server/bulk: the addresses of Bulk Data. */
#include "server/bulk.h"

#include "base/text.h"
#include "fhir/json.h"
#include "server/record.h"
#include "server/route.h"

#include <ctype.h>
#include <string.h>

static struct en_audit audit_of(const struct en_http_request *rq, char action, const char *detail)
{
    return (struct en_audit){.action = action,
                             .subtype = "$export",
                             .agent = rq->caller.login,
                             .role = en_role_name(rq->caller.role),
                             .detail = detail,
                             .request = rq->id,
                             .address = rq->address};
}

static enum en_status start(struct en_server *s, const struct en_http_request *rq,
                            enum en_bulk_level level, const char *group,
                            struct en_http_response *rs, struct en_err *err)
{
    const char *detail =
        en_arena_print(rq->arena, "%s%s%s", rq->path, rq->query[0] == '\0' ? "" : "?", rq->query);
    const struct en_audit audit = audit_of(rq, 'E', detail);
    const char *request = NULL;

    if (rq->caller.patient != NULL) {
        return en_refuse(rs, 403, "forbidden", "who is bound to one patient exports nothing");
    }
    EN_TRY(en_bulk_request(s, rq, level, group, &request, rs, err));
    return request == NULL ? EN_OK : en_jobs_add(s, rq, "export", request, &audit, rs, err);
}

static enum en_status on_system(struct en_server *s, const struct en_http_request *rq,
                                struct en_http_response *rs, struct en_err *err)
{
    return start(s, rq, EN_BULK_SYSTEM, NULL, rs, err);
}

static enum en_status on_patients(struct en_server *s, const struct en_http_request *rq,
                                  struct en_http_response *rs, struct en_err *err)
{
    return start(s, rq, EN_BULK_PATIENT, NULL, rs, err);
}

struct looking {
    const struct en_http_request *rq;
    bool is_there;
};

static enum en_status look_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct looking *l = context;
    struct en_version v;

    EN_TRY(en_tx_get(tx, "Group", l->rq->args[0], 0, l->rq->arena, &v, err));
    l->is_there = !v.is_deleted;
    return EN_OK;
}

static enum en_status on_group(struct en_server *s, const struct en_http_request *rq,
                               struct en_http_response *rs, struct en_err *err)
{
    struct looking l = {.rq = rq};

    if (!en_may(&rq->caller, EN_DO_READ, "Group") || en_must_deidentify(&rq->caller)) {
        return en_refuse(rs, 403, "forbidden", "a %s may not read groups",
                         en_role_name(rq->caller.role));
    }
    EN_TRY(en_store_read(s->store, look_work, &l, err));
    return l.is_there ? start(s, rq, EN_BULK_GROUP, rq->args[0], rs, err)
                      : en_refuse(rs, 410, "deleted", "this Group was deleted");
}

static enum en_status on_no_group(struct en_server *s, const struct en_http_request *rq,
                                  struct en_http_response *rs, struct en_err *err)
{
    (void)s;
    (void)rq;
    (void)err;
    return en_refuse(rs, 400, "required", "name the group: /fhir/Group/[id]/$export");
}

/* "Type.1.ndjson" */
static bool is_file_name(const char *name)
{
    size_t i = 0;

    while (isalpha((unsigned char)name[i]) != 0) {
        i++;
    }
    if (i == 0 || i > 40 || name[i] != '.' || isdigit((unsigned char)name[i + 1]) == 0) {
        return false;
    }
    for (i++; isdigit((unsigned char)name[i]) != 0; i++) {
    }
    return strcmp(name + i, ".ndjson") == 0;
}

/* SAFETY: what was gathered with the rights of then is shown only as far as those of now go: not to
 * who became a researcher, nor to a service that lost the scope. */
static bool may_still(const struct en_caller *caller, const struct en_job_row *row,
                      const char *file, struct en_arena *a)
{
    struct json_object *request = json_tokener_parse(row->request);
    const char *type = en_arena_copy(a, file, strcspn(file, "."));
    const bool may = en_text_equal(en_json_text(request, "role"), en_role_name(caller->role)) &&
                     type != NULL && en_may(caller, EN_DO_READ, type);

    json_object_put(request);
    return may;
}

static enum en_status on_file(struct en_server *s, const struct en_http_request *rq,
                              struct en_http_response *rs, struct en_err *err)
{
    const struct en_audit audit = audit_of(rq, 'R', rq->args[1]);
    struct en_job_row row = {0};

    EN_TRY(en_job_find(s, rq, &row, err));
    const char *folder = en_job_folder(s, row.id, rq->arena);
    const char *address = en_arena_print(rq->arena, "/export/%s/%s\"", row.id, rq->args[1]);

    if (folder == NULL || address == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for an address");
    }
    if (!en_text_equal(row.state, "done") || !is_file_name(rq->args[1]) ||
        strstr(row.result, address) == NULL) {
        return en_refuse(rs, 404, "not-found", "this export has no such file");
    }
    if (!may_still(&rq->caller, &row, rq->args[1], rq->arena)) {
        return en_refuse(rs, 403, "forbidden",
                         "your rights are not those that this export was made with: ask anew");
    }
    EN_TRY(en_store_audit(s->store, &audit, err));
    rs->content_type = "application/fhir+ndjson";
    rs->file_path = en_arena_print(rq->arena, "%s/%s", folder, rq->args[1]);
    return rs->file_path != NULL ? EN_OK : en_fail(err, EN_ENOMEM, "no memory for an address");
}

const struct en_route EN_ROUTES_EXPORT[] = {
    {EN_GET, "/fhir/$export", EN_RIGHT_EXPORT, on_system, 0, "all resources, as files, later"},
    {EN_POST, "/fhir/$export", EN_RIGHT_EXPORT, on_system, 0, "all resources, as files, later"},
    {EN_GET, "/fhir/Patient/$export", EN_RIGHT_EXPORT, on_patients, 0,
     "the records of all patients, as files, later"},
    {EN_POST, "/fhir/Patient/$export", EN_RIGHT_EXPORT, on_patients, 0,
     "the records of all patients, as files, later"},
    {EN_GET, "/fhir/Group/$export", EN_RIGHT_EXPORT, on_no_group, EN_ROUTE_UNAUDITED,
     "refused: a group must be named"},
    {EN_GET, "/fhir/Group/{}/$export", EN_RIGHT_EXPORT, on_group, 0,
     "the records of a group's patients, as files, later"},
    {EN_POST, "/fhir/Group/{}/$export", EN_RIGHT_EXPORT, on_group, 0,
     "the records of a group's patients, as files, later"},
    {EN_GET, "/export/{}", EN_RIGHT_EXPORT, en_job_poll, EN_ROUTE_UNAUDITED,
     "how far an export is, and its files"},
    {EN_DELETE, "/export/{}", EN_RIGHT_EXPORT, en_job_delete, EN_ROUTE_UNAUDITED,
     "end an export, or remove its files"},
    {EN_GET, "/export/{}/{}", EN_RIGHT_EXPORT, on_file, 0, "a file of an export"},
    {EN_GET, NULL, EN_RIGHT_PUBLIC, NULL, 0, NULL},
};
