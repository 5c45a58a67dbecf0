/* SPDX-License-Identifier: Apache-2.0
 * server/knowledge_approve: a clinician's approval of a row, and its withdrawal. */
#include "base/text.h"
#include "care/session.h"
#include "fhir/json.h"
#include "knowledge/describe.h"
#include "server/knowledge.h"

#include <string.h>

/* A rule has eight tiers at most today; a name and a licence number stand in one cell of a table
 * and in a line of print. */
enum { TIERS_MAX = 64, TIERS_BYTES_MAX = 16 << 10, PERSON_MAX = 200 };

/* NULL: it can be printed. SAFETY: what does not fit a cell would keep the tables from loading. */
static const char *text_fault(const struct en_practitioner *p)
{
    if (en_text_is_empty(p->name)) {
        return "the name of this account's Practitioner is not recorded";
    }
    return en_tables_text_fits(p->name, PERSON_MAX) &&
                   (p->licence == NULL || en_tables_text_fits(p->licence, PERSON_MAX))
               ? NULL
               : "the name or licence number of this account's Practitioner is no line of at most "
                 "200 bytes";
}

enum en_status en_tx_clinician(struct en_tx *tx, const struct en_http_request *rq,
                               struct en_clinician *out, struct en_err *err)
{
    struct en_err missing = {""};
    struct en_version v = {0};

    *out = (struct en_clinician){.id = rq->caller.practitioner};
    if (en_text_is_empty(out->id)) {
        out->fault = "this account has no Practitioner with a licence: the owner sets it under "
                     "Administration, Staff";
        return EN_OK;
    }
    const enum en_status st = en_tx_get(tx, "Practitioner", out->id, 0, rq->arena, &v, &missing);

    if (st != EN_OK && st != EN_ENOTFOUND) {
        return en_fail(err, st, "%s", missing.text);
    }
    if (st == EN_ENOTFOUND || v.is_deleted) {
        out->fault = "the Practitioner of this account is not in the record: the owner enters it "
                     "under Administration, Staff";
        return EN_OK;
    }
    struct json_object *tree = json_tokener_parse(v.body);

    en_practitioner_read(tree, rq->arena, &out->person);
    (void)json_object_put(tree);
    out->fault = text_fault(&out->person);
    out->fault = out->fault != NULL ? out->fault : en_licence_fault(&out->person, rq->today);
    return EN_OK;
}

/* Rows that are approved, or whose approval is taken back, together. */
struct approving {
    const struct en_http_request *rq;
    const struct en_row *rows[TIERS_MAX + 1];
    char hashes[TIERS_MAX + 1][EN_ROW_HASH];
    size_t count;
    bool is_withdrawal;
};

static enum en_status write_one(struct en_tx *tx, const struct approving *a, size_t index,
                                const struct en_clinician *who, struct en_err *err)
{
    const struct en_row *row = a->rows[index];
    const struct en_approval approval = {
        .table = row->table->name,
        .row = en_cell(row, "id"),
        .hash = a->hashes[index],
        .is_withdrawn = a->is_withdrawal,
        .login = a->rq->caller.login,
        .practitioner = who->id == NULL ? "" : who->id,
        .name = who->person.name == NULL ? "" : who->person.name,
        .licence = who->person.licence == NULL ? "" : who->person.licence,
    };
    struct en_audit audit = {
        .action = a->is_withdrawal ? 'D' : 'C',
        .subtype = "approval",
        .entity_type = "Knowledge",
        .entity_id = en_arena_print(a->rq->arena, "%s.%s", approval.table, approval.row),
        .detail = approval.hash,
    };

    en_audit_of(a->rq, &audit);
    EN_TRY(en_tx_approval_add(tx, &approval, err));
    return en_tx_audit(tx, &audit, err);
}

static enum en_status approve_work(struct en_tx *tx, void *context, struct en_err *err)
{
    const struct approving *a = context;
    struct en_clinician who;

    EN_TRY(en_tx_clinician(tx, a->rq, &who, err));
    if (who.fault != NULL) {
        return en_fail(err, EN_EDENIED, "%s", who.fault);
    }
    for (size_t i = 0; i < a->count; i++) {
        EN_TRY(write_one(tx, a, i, &who, err));
    }
    return EN_OK;
}

/* Note a row for approval; SAFETY: only as it was read. *is_answered: it reads differently. */
static void take_row(struct approving *a, const struct en_row *row, const char *seen,
                     struct en_http_response *rs, bool *is_answered)
{
    en_row_hash(row, a->hashes[a->count]);
    if (!en_text_equal(seen, a->hashes[a->count])) {
        *is_answered = true;
        (void)en_refuse(rs, 412, "conflict",
                        "%s of %s reads differently than what you approve: look at it again",
                        en_cell(row, "id"), row->table->name);
        return;
    }
    a->rows[a->count++] = row;
}

/* The tiers of the rule that are approved with it. */
static void take_tiers(struct approving *a, const struct en_knowledge *k, const char *json,
                       struct en_http_response *rs, bool *is_answered)
{
    struct json_object *tiers = json == NULL ? NULL : json_tokener_parse(json);
    const char *rule = en_cell(a->rows[0], "id");

    if (tiers != NULL) {
        json_object_object_foreach(tiers, id, hash)
        {
            const struct en_row *row = en_text_equal(a->rows[0]->table->name, "rules")
                                           ? en_row_find(k, "tiers", id)
                                           : NULL;

            if (*is_answered || (row != NULL && en_cell(row, "approved_by")[0] != '\0')) {
                continue; /* approved already */
            }
            if (row == NULL || !en_text_equal(en_cell(row, "rule"), rule) || a->count > TIERS_MAX) {
                *is_answered = true;
                (void)en_refuse(rs, 400, "value",
                                "tiers: names a row that is no tier of this rule");
                continue;
            }
            take_row(a, row, json_object_get_string(hash), rs, is_answered);
        }
    }
    (void)json_object_put(tiers);
}

enum en_status en_knowledge_approve(struct en_server *s, const struct en_http_request *rq,
                                    struct en_http_response *rs, struct en_err *err)
{
    static const struct en_auth_field FIELDS[] = {
        {"hash", EN_AUTH_TEXT, true, EN_ROW_HASH},
        {"tiers", EN_AUTH_JSON, false, TIERS_BYTES_MAX},
    };
    struct approving *a = EN_NEW(rq->arena, struct approving, 1);
    struct en_auth_value v[EN_COUNT(FIELDS)];
    const struct en_table *t = NULL;
    const struct en_row *row = NULL;
    bool is_answered = false;

    EN_TRY(en_knowledge_place(s, rq, rs, &t, &row, &is_answered));
    if (!is_answered) {
        EN_TRY(en_auth_read(rq, rs, FIELDS, EN_COUNT(FIELDS), v, &is_answered, err));
    }
    if (is_answered) {
        return EN_OK;
    }
    if (a == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for an approval");
    }
    if (!en_table_is_signed(t)) {
        return en_refuse(rs, 400, "not-supported", "rows of %s are not approved", t->name);
    }
    a->rq = rq;
    take_row(a, row, v[0].text, rs, &is_answered);
    if (!is_answered) {
        take_tiers(a, en_server_knowledge(s, rq), v[1].text, rs, &is_answered);
    }
    if (is_answered) {
        return EN_OK;
    }
    if (a->count == 1 && en_cell(row, "approved_by")[0] != '\0') {
        return en_refuse(rs, 409, "conflict", "this row is approved already, by %s",
                         en_cell(row, "approved_by"));
    }
    EN_TRY(en_store_write(s->store, approve_work, a, err));
    EN_TRY(en_tables_renew(s, err));
    rs->status = 204;
    return EN_OK;
}

static enum en_status withdraw_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct approving *a = context;
    struct en_approval *history = NULL;
    struct en_clinician who;
    size_t count = 0;

    EN_TRY(en_tx_clinician(tx, a->rq, &who, err));
    EN_TRY(en_tx_approvals_of(tx, a->rows[0]->table->name, en_cell(a->rows[0], "id"), a->rq->arena,
                              &history, &count, err));
    if (count == 0 || history[0].is_withdrawn) {
        return en_fail(err, EN_ENOTFOUND, "this clinic has not approved this row");
    }
    memcpy(a->hashes[0], history[0].hash, strnlen(history[0].hash, EN_ROW_HASH - 1) + 1);
    return write_one(tx, a, 0, &who, err);
}

enum en_status en_knowledge_withdraw(struct en_server *s, const struct en_http_request *rq,
                                     struct en_http_response *rs, struct en_err *err)
{
    struct approving *a = EN_NEW(rq->arena, struct approving, 1);
    const struct en_table *t = NULL;
    const struct en_row *row = NULL;
    bool is_answered = false;

    EN_TRY(en_knowledge_place(s, rq, rs, &t, &row, &is_answered));
    if (is_answered) {
        return EN_OK;
    }
    if (a == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for an approval");
    }
    *a = (struct approving){.rq = rq, .rows = {row}, .count = 1, .is_withdrawal = true};
    EN_TRY(en_store_write(s->store, withdraw_work, a, err));
    EN_TRY(en_tables_renew(s, err));
    rs->status = 204;
    return EN_OK;
}
