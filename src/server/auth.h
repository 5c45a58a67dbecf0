/* SPDX-License-Identifier: Apache-2.0
 * server/auth: what the handlers of /auth share, and of other addresses that speak plain JSON. */
#pragma once

#include "server/audit.h"
#include "server/login_inside.h"
#include "server/staff.h"

/* Bodies: one JSON object with known members. */

enum en_auth_kind { EN_AUTH_TEXT, EN_AUTH_FLAG, EN_AUTH_NUMBER, EN_AUTH_JSON };

struct en_auth_field {
    const char *name;
    enum en_auth_kind kind;
    bool is_required;
    long long max; /* bytes of a text or of JSON; a number's largest value, its least is 1 */
};

struct en_auth_value {
    const char *text; /* of a text, or of JSON; NULL when not given */
    long long number;
    bool is_given, flag;
};

enum { EN_AUTH_FIELDS_MAX = 8 };

/* Read the body; values has one place per field. All problems at once are answered with 400:
 * *is_answered. */
EN_MUST_USE enum en_status en_auth_read(const struct en_http_request *rq,
                                        struct en_http_response *rs,
                                        const struct en_auth_field *fields, size_t count,
                                        struct en_auth_value *values, bool *is_answered,
                                        struct en_err *err);

/* Begin an answer in plain JSON: {"...": end with en_write_close and en_write_end. */
struct en_writer en_auth_writer(struct en_http_response *rs);
EN_MUST_USE enum en_status en_auth_end(struct en_writer *w, struct en_err *err);

/* "https://host" without the "/fhir" of rq->base; NULL when the arena is full. */
const char *en_auth_origin(const struct en_http_request *rq);

/* Who does it, for server/staff. */
struct en_staff en_auth_staff(struct en_server *s, const struct en_http_request *rq);

/* The account of the caller, as it is now. *is_answered: it is no person's session (403), or the
 * password must be changed first and may_be_fresh is false (403). */
EN_MUST_USE enum en_status en_auth_account(struct en_server *s, const struct en_http_request *rq,
                                           struct en_http_response *rs, bool may_be_fresh,
                                           struct en_account *out, bool *is_answered,
                                           struct en_err *err);

/* The caller's password once more, before something that matters: counted and limited like a login.
 * *is_answered: it was wrong (403), or must wait (429). */
EN_MUST_USE enum en_status en_auth_confirm(struct en_server *s, const struct en_http_request *rq,
                                           struct en_http_response *rs,
                                           const struct en_account *account, const char *password,
                                           bool *is_answered, struct en_err *err);

/* Answer that somebody must wait. */
void en_auth_wait(const struct en_http_request *rq, struct en_http_response *rs, int64_t wait_s);

/* Whether the code of an app, or a recovery code, is right; used up within the work: account is
 * changed and written. */
EN_MUST_USE enum en_status en_tx_auth_code(struct en_tx *tx, struct en_account *account,
                                           const char *code, int64_t now_us, bool *is_right,
                                           struct en_err *err);

/* What a page must know of the session: role, CSRF token, what comes next. */
EN_MUST_USE enum en_status en_auth_me(const struct en_server *s, const struct en_caller *caller,
                                      const struct en_account *account, int64_t expires_us,
                                      struct en_http_response *rs, struct en_err *err);

/* Handlers, by file. */
en_handler en_auth_login, en_auth_logout, en_auth_get_me, en_auth_password; /* auth_session.c */
en_handler en_auth_totp_begin, en_auth_totp_confirm, en_auth_totp_off;      /* auth_totp.c */
en_handler en_auth_accounts, en_auth_account_add, en_auth_account_alter, en_auth_account_reset;
en_handler en_auth_clients, en_auth_client_add, en_auth_client_alter;            /* auth_staff.c */
en_handler en_auth_token, en_auth_smart;                                         /* auth_token.c */
en_handler en_auth_links, en_auth_link_add, en_auth_links_end, en_auth_link_use; /* auth_link.c */
en_handler en_auth_drafts, en_auth_draft_get, en_auth_draft_put, en_auth_draft_delete;
