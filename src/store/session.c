/* SPDX-License-Identifier: Apache-2.0 */
#include "store/session.h"

#include "store/bind.h"

#define SESSION_COLUMNS                                                                            \
    "hash, kind, subject, patient, scopes, csrf, created_us, seen_us, expires_us"
#define CLIENT_COLUMNS "id, name, scopes, keys, secret_hash, is_disabled, created_us"
#define LINK_COLUMNS   "hash, patient, purpose, created_by, created_us, expires_us, uses_left"

static const int64_t DAY_US = INT64_C(86400000000);
enum { ATTEMPT_DAYS = 1, DRAFT_DAYS = 90 };

static void read_session(struct en_query *q, struct en_arena *a, void *item)
{
    struct en_login_session *out = item;

    out->hash = en_query_text(q, 0, a);
    out->kind = en_query_text(q, 1, a);
    out->subject = en_query_text(q, 2, a);
    out->patient = en_query_text(q, 3, a);
    out->scopes = en_query_text(q, 4, a);
    out->csrf = en_query_text(q, 5, a);
    out->created_us = en_query_integer(q, 6);
    out->seen_us = en_query_integer(q, 7);
    out->expires_us = en_query_integer(q, 8);
}

enum en_status en_tx_session_add(struct en_tx *tx, const struct en_login_session *session,
                                 struct en_err *err)
{
    return en_tx_change(
        tx, "INSERT INTO session (" SESSION_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        EN_BINDS(EN_BIND_TEXT(session->hash), EN_BIND_TEXT(session->kind),
                 EN_BIND_TEXT(session->subject), EN_BIND_TEXT(session->patient),
                 EN_BIND_TEXT(session->scopes), EN_BIND_TEXT(session->csrf),
                 EN_BIND_INTEGER(session->created_us), EN_BIND_INTEGER(session->seen_us),
                 EN_BIND_INTEGER(session->expires_us)),
        NULL, err);
}

enum en_status en_tx_session_get(struct en_tx *tx, const char *hash, struct en_arena *a,
                                 struct en_login_session *out, struct en_err *err)
{
    *out = (struct en_login_session){0};
    EN_TRY(en_tx_ask_one(tx, "SELECT " SESSION_COLUMNS " FROM session WHERE hash = $1",
                         EN_BINDS(EN_BIND_TEXT(hash)),
                         &(struct en_one){read_session, out, "there is no such session"}, a, err));
    if (out->hash == NULL || out->kind == NULL || out->subject == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a session");
    }
    return EN_OK;
}

enum en_status en_tx_session_seen(struct en_tx *tx, const char *hash, int64_t seen_us,
                                  struct en_err *err)
{
    return en_tx_change(tx, "UPDATE session SET seen_us = $2 WHERE hash = $1 AND seen_us < $2",
                        EN_BINDS(EN_BIND_TEXT(hash), EN_BIND_INTEGER(seen_us)), NULL, err);
}

enum en_status en_tx_session_end(struct en_tx *tx, const char *hash, struct en_err *err)
{
    return en_tx_change(tx, "DELETE FROM session WHERE hash = $1", EN_BINDS(EN_BIND_TEXT(hash)),
                        NULL, err);
}

enum en_status en_tx_session_end_all(struct en_tx *tx, const char *kind, const char *subject,
                                     struct en_err *err)
{
    return en_tx_change(tx, "DELETE FROM session WHERE kind = $1 AND subject = $2",
                        EN_BINDS(EN_BIND_TEXT(kind), EN_BIND_TEXT(subject)), NULL, err);
}

static void read_client(struct en_query *q, struct en_arena *a, void *item)
{
    struct en_client *out = item;

    out->id = en_query_text(q, 0, a);
    out->name = en_query_text(q, 1, a);
    out->scopes = en_query_text(q, 2, a);
    out->keys = en_query_text(q, 3, a);
    out->secret_hash = en_query_text(q, 4, a);
    out->is_disabled = en_query_integer(q, 5) != 0;
    out->created_us = en_query_integer(q, 6);
}

static enum en_status check_client(const struct en_client *client, struct en_err *err)
{
    const bool is_whole = client->id != NULL && client->name != NULL && client->scopes != NULL;

    return is_whole ? EN_OK : en_fail(err, EN_ENOMEM, "no memory for a service");
}

enum en_status en_tx_client_add(struct en_tx *tx, const struct en_client *client,
                                struct en_err *err)
{
    int64_t changes = 0;

    EN_TRY(en_tx_change(
        tx,
        "INSERT INTO client (" CLIENT_COLUMNS
        ") VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        EN_BINDS(EN_BIND_TEXT(client->id), EN_BIND_TEXT(client->name), EN_BIND_TEXT(client->scopes),
                 EN_BIND_TEXT(client->keys), EN_BIND_TEXT(client->secret_hash),
                 EN_BIND_INTEGER(client->is_disabled), EN_BIND_INTEGER(client->created_us)),
        &changes, err));
    return changes == 1 ? EN_OK
                        : en_fail(err, EN_ECONFLICT, "there is a service with this id already");
}

enum en_status en_tx_client_get(struct en_tx *tx, const char *id, struct en_arena *a,
                                struct en_client *out, struct en_err *err)
{
    *out = (struct en_client){0};
    EN_TRY(en_tx_ask_one(tx, "SELECT " CLIENT_COLUMNS " FROM client WHERE id = $1",
                         EN_BINDS(EN_BIND_TEXT(id)),
                         &(struct en_one){read_client, out, "there is no such service"}, a, err));
    return check_client(out, err);
}

enum en_status en_tx_client_list(struct en_tx *tx, struct en_arena *a, struct en_client **out,
                                 size_t *count, struct en_err *err)
{
    struct en_list list = {.item_size = sizeof **out, .max = EN_CLIENTS_MAX, .read = read_client};

    *out = NULL;
    *count = 0;
    EN_TRY(en_tx_ask_all(tx, "SELECT " CLIENT_COLUMNS " FROM client ORDER BY id",
                         (struct en_binds){0}, a, &list, err));
    *out = list.items;
    for (size_t i = 0; i < list.count; i++) {
        EN_TRY(check_client(&(*out)[i], err));
    }
    *count = list.count;
    return EN_OK;
}

enum en_status en_tx_client_put(struct en_tx *tx, const struct en_client *client,
                                struct en_err *err)
{
    int64_t changes = 0;

    EN_TRY(en_tx_change(
        tx,
        "UPDATE client SET name = $2, scopes = $3, keys = $4, secret_hash = $5, is_disabled = $6"
        " WHERE id = $1",
        EN_BINDS(EN_BIND_TEXT(client->id), EN_BIND_TEXT(client->name), EN_BIND_TEXT(client->scopes),
                 EN_BIND_TEXT(client->keys), EN_BIND_TEXT(client->secret_hash),
                 EN_BIND_INTEGER(client->is_disabled)),
        &changes, err));
    return changes == 1 ? EN_OK : en_fail(err, EN_ENOTFOUND, "there is no such service");
}

static void read_link(struct en_query *q, struct en_arena *a, void *item)
{
    struct en_patient_link *out = item;

    out->hash = en_query_text(q, 0, a);
    out->patient = en_query_text(q, 1, a);
    out->purpose = en_query_text(q, 2, a);
    out->created_by = en_query_text(q, 3, a);
    out->created_us = en_query_integer(q, 4);
    out->expires_us = en_query_integer(q, 5);
    out->uses_left = en_query_integer(q, 6);
}

enum en_status en_tx_link_add(struct en_tx *tx, const struct en_patient_link *link,
                              struct en_err *err)
{
    return en_tx_change(
        tx, "INSERT INTO link (" LINK_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7)",
        EN_BINDS(EN_BIND_TEXT(link->hash), EN_BIND_TEXT(link->patient), EN_BIND_TEXT(link->purpose),
                 EN_BIND_TEXT(link->created_by), EN_BIND_INTEGER(link->created_us),
                 EN_BIND_INTEGER(link->expires_us), EN_BIND_INTEGER(link->uses_left)),
        NULL, err);
}

enum en_status en_tx_link_use(struct en_tx *tx, const char *hash, int64_t now_us,
                              struct en_arena *a, struct en_patient_link *out, struct en_err *err)
{
    static const char NONE[] = "the link is not known, was used, or has ended";
    int64_t changes = 0;

    *out = (struct en_patient_link){0};
    /* Looking and taking in one statement: of two at the same time only one gets the last use. */
    EN_TRY(en_tx_change(tx,
                        "UPDATE link SET uses_left = uses_left - 1"
                        " WHERE hash = $1 AND uses_left > 0 AND expires_us > $2",
                        EN_BINDS(EN_BIND_TEXT(hash), EN_BIND_INTEGER(now_us)), &changes, err));
    if (changes != 1) {
        return en_fail(err, EN_ENOTFOUND, "%s", NONE);
    }
    EN_TRY(en_tx_ask_one(tx, "SELECT " LINK_COLUMNS " FROM link WHERE hash = $1",
                         EN_BINDS(EN_BIND_TEXT(hash)), &(struct en_one){read_link, out, NONE}, a,
                         err));
    return out->patient == NULL || out->purpose == NULL
               ? en_fail(err, EN_ENOMEM, "no memory for a link")
               : EN_OK;
}

enum en_status en_tx_link_list(struct en_tx *tx, const char *patient, int64_t now_us,
                               struct en_arena *a, struct en_patient_link **out, size_t *count,
                               struct en_err *err)
{
    struct en_list list = {.item_size = sizeof **out, .max = EN_LINKS_LIST_MAX, .read = read_link};

    *out = NULL;
    *count = 0;
    EN_TRY(en_tx_ask_all(tx,
                         "SELECT " LINK_COLUMNS " FROM link WHERE patient = $1 AND expires_us > $2"
                         " AND uses_left > 0 ORDER BY created_us",
                         EN_BINDS(EN_BIND_TEXT(patient), EN_BIND_INTEGER(now_us)), a, &list, err));
    *out = list.items;
    *count = list.count;
    return EN_OK;
}

enum en_status en_tx_link_end_all(struct en_tx *tx, const char *patient, struct en_err *err)
{
    EN_TRY(en_tx_change(tx, "DELETE FROM session WHERE kind = 'link' AND patient = $1",
                        EN_BINDS(EN_BIND_TEXT(patient)), NULL, err));
    return en_tx_change(tx, "DELETE FROM link WHERE patient = $1", EN_BINDS(EN_BIND_TEXT(patient)),
                        NULL, err);
}

enum en_status en_tx_use_token(struct en_tx *tx, const char *issuer, const char *jti,
                               int64_t expires_us, struct en_err *err)
{
    int64_t changes = 0;

    EN_TRY(
        en_tx_change(tx,
                     "INSERT INTO used_token (issuer, jti, expires_us) VALUES ($1, $2, $3)"
                     " ON CONFLICT DO NOTHING",
                     EN_BINDS(EN_BIND_TEXT(issuer), EN_BIND_TEXT(jti), EN_BIND_INTEGER(expires_us)),
                     &changes, err));
    return changes == 1 ? EN_OK
                        : en_fail(err, EN_ECONFLICT,
                                  "jti: this token was used before; make a new "
                                  "one for each request");
}

static void read_draft(struct en_query *q, struct en_arena *a, void *item)
{
    struct en_draft *out = item;

    out->key = en_query_text(q, 0, a);
    out->updated_us = en_query_integer(q, 1);
    out->body = en_query_text(q, 2, a);
}

static void read_count(struct en_query *q, struct en_arena *a, void *item)
{
    int64_t *out = item;

    (void)a;
    *out = en_query_integer(q, 0);
}

enum en_status en_tx_draft_put(struct en_tx *tx, const char *login, const struct en_draft *draft,
                               struct en_err *err)
{
    int64_t others = 0;

    EN_TRY(en_tx_ask_one(tx, "SELECT count(*) FROM draft WHERE login = $1 AND key <> $2",
                         EN_BINDS(EN_BIND_TEXT(login), EN_BIND_TEXT(draft->key)),
                         &(struct en_one){read_count, &others, ""}, NULL, err));
    if (others >= EN_DRAFTS_MAX) {
        return en_fail(err, EN_ELIMIT, "there are %d drafts already: sign or delete some",
                       EN_DRAFTS_MAX);
    }
    return en_tx_change(tx,
                        "INSERT INTO draft (login, key, body, updated_us) VALUES ($1, $2, $3, $4)"
                        " ON CONFLICT (login, key) DO UPDATE SET body = excluded.body,"
                        " updated_us = excluded.updated_us",
                        EN_BINDS(EN_BIND_TEXT(login), EN_BIND_TEXT(draft->key),
                                 EN_BIND_TEXT(draft->body), EN_BIND_INTEGER(draft->updated_us)),
                        NULL, err);
}

enum en_status en_tx_draft_get(struct en_tx *tx, const char *login, const char *key,
                               struct en_arena *a, struct en_draft *out, struct en_err *err)
{
    *out = (struct en_draft){0};
    EN_TRY(en_tx_ask_one(tx,
                         "SELECT key, updated_us, body FROM draft WHERE login = $1 AND key = $2",
                         EN_BINDS(EN_BIND_TEXT(login), EN_BIND_TEXT(key)),
                         &(struct en_one){read_draft, out, "there is no such draft"}, a, err));
    return out->body == NULL ? en_fail(err, EN_ENOMEM, "no memory for a draft") : EN_OK;
}

enum en_status en_tx_draft_list(struct en_tx *tx, const char *login, struct en_arena *a,
                                struct en_draft **out, size_t *count, struct en_err *err)
{
    struct en_list list = {.item_size = sizeof **out, .max = EN_DRAFTS_MAX + 1, .read = read_draft};

    *out = NULL;
    *count = 0;
    EN_TRY(en_tx_ask_all(tx,
                         "SELECT key, updated_us, NULL FROM draft WHERE login = $1"
                         " ORDER BY updated_us DESC, key",
                         EN_BINDS(EN_BIND_TEXT(login)), a, &list, err));
    *out = list.items;
    *count = list.count;
    return EN_OK;
}

enum en_status en_tx_draft_delete(struct en_tx *tx, const char *login, const char *key,
                                  struct en_err *err)
{
    return en_tx_change(tx, "DELETE FROM draft WHERE login = $1 AND key = $2",
                        EN_BINDS(EN_BIND_TEXT(login), EN_BIND_TEXT(key)), NULL, err);
}

enum en_status en_tx_tidy(struct en_tx *tx, int64_t now_us, struct en_err *err)
{
    static const struct {
        const char *sql;
        int days;
    } OLD[] = {
        {"DELETE FROM session WHERE expires_us < $1", 0},
        {"DELETE FROM link WHERE expires_us < $1", 0},
        {"DELETE FROM used_token WHERE expires_us < $1", 0},
        {"DELETE FROM attempt WHERE last_us < $1", ATTEMPT_DAYS},
        {"DELETE FROM draft WHERE updated_us < $1", DRAFT_DAYS},
    };

    for (size_t i = 0; i < EN_COUNT(OLD); i++) {
        EN_TRY(en_tx_change(tx, OLD[i].sql,
                            EN_BINDS(EN_BIND_INTEGER(now_us - OLD[i].days * DAY_US)), NULL, err));
    }
    return EN_OK;
}
