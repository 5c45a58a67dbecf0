/* SPDX-License-Identifier: Apache-2.0
 * store/session: who is in: sessions, services, one-time links, signed tokens that were used, and
 * drafts. Tokens stand as hashes only.
 *
 * SQL alone: what is right stands in server/login. All functions belong into a work (store.h). */
#pragma once

#include "store/store.h"

enum {
    EN_CLIENTS_MAX = 1000,
    EN_LINKS_LIST_MAX = 1000,
    EN_DRAFT_KEY_MAX = 128,
    EN_DRAFT_MAX = 256 << 10, /* a session's notes are below 32 KiB */
    EN_DRAFTS_MAX = 50        /* of one account */
};

struct en_login_session {
    const char *hash;
    const char *kind;    /* "account", "client", "link" */
    const char *subject; /* login, id of the client, hash of the link */
    const char *patient; /* of a link; else NULL */
    const char *scopes;  /* of a client; else NULL */
    const char *csrf;    /* NULL: no cookie */
    int64_t created_us, seen_us, expires_us;
};

EN_MUST_USE enum en_status
en_tx_session_add(struct en_tx *tx, const struct en_login_session *session, struct en_err *err);

/* EN_ENOTFOUND. */
EN_MUST_USE enum en_status en_tx_session_get(struct en_tx *tx, const char *hash, struct en_arena *a,
                                             struct en_login_session *out, struct en_err *err);

/* It was used at that time. One that has ended meanwhile stays ended. */
EN_MUST_USE enum en_status en_tx_session_seen(struct en_tx *tx, const char *hash, int64_t seen_us,
                                              struct en_err *err);

/* End one; it may have ended already. */
EN_MUST_USE enum en_status en_tx_session_end(struct en_tx *tx, const char *hash,
                                             struct en_err *err);

/* End all of a subject. */
EN_MUST_USE enum en_status en_tx_session_end_all(struct en_tx *tx, const char *kind,
                                                 const char *subject, struct en_err *err);

/* Services */

struct en_client {
    const char *id, *name, *scopes;
    const char *keys;        /* JWK set; NULL */
    const char *secret_hash; /* NULL */
    bool is_disabled;
    int64_t created_us;
};

/* EN_ECONFLICT: there is such an id. */
EN_MUST_USE enum en_status en_tx_client_add(struct en_tx *tx, const struct en_client *client,
                                            struct en_err *err);
EN_MUST_USE enum en_status en_tx_client_get(struct en_tx *tx, const char *id, struct en_arena *a,
                                            struct en_client *out, struct en_err *err);
EN_MUST_USE enum en_status en_tx_client_list(struct en_tx *tx, struct en_arena *a,
                                             struct en_client **out, size_t *count,
                                             struct en_err *err);

/* Everything but its id. EN_ENOTFOUND. */
EN_MUST_USE enum en_status en_tx_client_put(struct en_tx *tx, const struct en_client *client,
                                            struct en_err *err);

/* Links */

struct en_patient_link {
    const char *hash, *patient, *purpose, *created_by;
    int64_t created_us, expires_us, uses_left;
};

EN_MUST_USE enum en_status en_tx_link_add(struct en_tx *tx, const struct en_patient_link *link,
                                          struct en_err *err);

/* Use it once. EN_ENOTFOUND: there is none, it is used up, or it has ended. */
EN_MUST_USE enum en_status en_tx_link_use(struct en_tx *tx, const char *hash, int64_t now_us,
                                          struct en_arena *a, struct en_patient_link *out,
                                          struct en_err *err);

/* All of a patient that may still be used, without their hashes' meaning to anybody else. */
EN_MUST_USE enum en_status en_tx_link_list(struct en_tx *tx, const char *patient, int64_t now_us,
                                           struct en_arena *a, struct en_patient_link **out,
                                           size_t *count, struct en_err *err);

/* End all links of a patient and the sessions that came of them. */
EN_MUST_USE enum en_status en_tx_link_end_all(struct en_tx *tx, const char *patient,
                                              struct en_err *err);

/* Signed tokens: take this one. EN_ECONFLICT: it was taken before. */
EN_MUST_USE enum en_status en_tx_use_token(struct en_tx *tx, const char *issuer, const char *jti,
                                           int64_t expires_us, struct en_err *err);

/* Drafts */

/* Key of what somebody is writing in a session; it goes when that Procedure is signed. */
#define EN_DRAFT_OF_SESSION "Procedure-%s"

/* The only one that a patient has: the answers of a day, until they are sent. */
#define EN_DRAFT_OF_DIARY "diary"

/* And a researcher: a trial that is being composed. */
#define EN_DRAFT_OF_TRIAL "trial"

struct en_draft {
    const char *key, *body;
    int64_t updated_us;
};

/* EN_ELIMIT: the account has EN_DRAFTS_MAX others. */
EN_MUST_USE enum en_status en_tx_draft_put(struct en_tx *tx, const char *login,
                                           const struct en_draft *draft, struct en_err *err);
EN_MUST_USE enum en_status en_tx_draft_get(struct en_tx *tx, const char *login, const char *key,
                                           struct en_arena *a, struct en_draft *out,
                                           struct en_err *err);

/* Drafts of an account, newest first, without their bodies. */
EN_MUST_USE enum en_status en_tx_draft_list(struct en_tx *tx, const char *login, struct en_arena *a,
                                            struct en_draft **out, size_t *count,
                                            struct en_err *err);

/* What was written is signed now, or was given up: it may be gone already. */
EN_MUST_USE enum en_status en_tx_draft_delete(struct en_tx *tx, const char *login, const char *key,
                                              struct en_err *err);

/* Take away what has ended: sessions, links, tokens used before now_us; tries older than a day;
 * drafts older than 90 days. */
EN_MUST_USE enum en_status en_tx_tidy(struct en_tx *tx, int64_t now_us, struct en_err *err);
