/* SPDX-License-Identifier: Apache-2.0
 * Who did what and who saw what: the audit entries of interactions. */
#include "base/text.h"
#include "server/rest.h"

#include <string.h>

enum { PATIENTS_STEP = 8, ID_MAX = 64 };

struct list {
    const char **items;
    size_t count, capacity;
};

static enum en_status add(struct list *l, struct en_arena *a, const char *id, size_t size,
                          struct en_err *err)
{
    for (size_t i = 0; i < l->count; i++) {
        if (strlen(l->items[i]) == size && memcmp(l->items[i], id, size) == 0) {
            return EN_OK;
        }
    }
    if (l->count == l->capacity) {
        const size_t capacity = l->capacity == 0 ? PATIENTS_STEP : 2 * l->capacity;
        const char **items = EN_NEW(a, const char *, capacity);

        if (items == NULL) {
            return en_fail(err, EN_ENOMEM, "no memory for the audit entry");
        }
        if (l->count > 0) {
            memcpy(items, l->items, l->count * sizeof *items);
        }
        l->items = items;
        l->capacity = capacity;
    }
    l->items[l->count] = en_arena_copy(a, id, size);
    return l->items[l->count++] == NULL ? en_fail(err, EN_ENOMEM, "no memory for the audit entry")
                                        : EN_OK;
}

/* The id in "Patient/x/_history/1" or "https://host/fhir/Patient/x"; NULL: it is of no Patient. */
static const char *patient_of(const char *reference, size_t size, size_t *id_size)
{
    const char *found = memmem(reference, size, "Patient/", 8);

    if (found == NULL || (found != reference && found[-1] != '/')) {
        return NULL;
    }
    *id_size = strcspn(found + 8, "/\"?#|");
    return *id_size > 0 && *id_size <= ID_MAX ? found + 8 : NULL;
}

/* Stored texts have no needless spaces and escapes, so a reference to a Patient always reads the
 * same; inside of a string its quotes would be escaped. */
enum en_status en_rest_patients(const char *type, const char *id, const char *text,
                                struct en_arena *a, const char ***out, size_t *count,
                                struct en_err *err)
{
    static const char MARK[] = "\"reference\":\"";
    struct list l = {*out, *count, *count};
    enum en_status st = EN_OK;

    if (en_text_equal(type, "Patient") && id != NULL) {
        st = add(&l, a, id, strlen(id), err);
    }
    text = text == NULL ? "" : text;
    while (st == EN_OK && (text = strstr(text, MARK)) != NULL) {
        size_t size = 0;

        text += sizeof MARK - 1;
        const char *patient = patient_of(text, strcspn(text, "\""), &size);

        st = patient == NULL ? EN_OK : add(&l, a, patient, size, err);
    }
    *out = l.items;
    *count = l.count;
    return st;
}

static char action_of(enum en_rest_kind kind)
{
    switch (kind) {
    case EN_REST_READ:
    case EN_REST_VREAD:
    case EN_REST_HISTORY:
        return 'R';
    case EN_REST_SEARCH:
        return 'E';
    case EN_REST_CREATE:
        return 'C';
    case EN_REST_UPDATE:
    case EN_REST_PATCH:
        return 'U';
    case EN_REST_DELETE:
        return 'D';
    case EN_REST_KINDS:
        break;
    }
    return 'E';
}

void en_rest_access(const struct en_rest *rest, const struct en_interact *in,
                    const struct en_done *done, struct en_access *out)
{
    const struct en_http_request *rq = rest->rq;
    const int outcome = done->status < 400                           ? 0
                        : done->status == 401 || done->status == 403 ? 8
                        : done->status < 500                         ? 4
                                                                     : 12;

    out->audit = (struct en_audit){
        .action = action_of(in->kind),
        .subtype = en_rest_name(in->kind, in->type, in->id),
        .outcome = outcome,
        .agent = rq->caller.login,
        .role = en_role_name(rq->caller.role),
        .entity_type = done->type != NULL ? done->type : in->type,
        .entity_id = done->id != NULL ? done->id : in->id,
        .entity_version = done->version,
        .detail =
            in->kind == EN_REST_SEARCH && out->audit.detail != NULL ? out->audit.detail : in->query,
        .request = rq->id,
        .address = rq->address,
    };
}

enum en_status en_rest_audit_in(struct en_tx *tx, const struct en_access *access,
                                struct en_err *err)
{
    struct en_audit audit = access->audit;

    if (access->patient_count == 0) {
        return en_tx_audit(tx, &audit, err);
    }
    for (size_t i = 0; i < access->patient_count; i++) {
        audit.patient = access->patients[i];
        EN_TRY(en_tx_audit(tx, &audit, err));
    }
    return EN_OK;
}

static enum en_status audit_work(struct en_tx *tx, void *context, struct en_err *err)
{
    return en_rest_audit_in(tx, context, err);
}

enum en_status en_rest_audit(const struct en_rest *rest, const struct en_access *access,
                             struct en_err *err)
{
    struct en_access copy = *access;

    if (access->patient_count > 1) {
        return en_store_write(rest->server->store, audit_work, &copy, err);
    }
    copy.audit.patient = access->patient_count == 1 ? access->patients[0] : NULL;
    return en_store_audit(rest->server->store, &copy.audit, err);
}
