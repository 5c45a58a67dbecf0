/* SPDX-License-Identifier: Apache-2.0
 * server/sign_confirm: who signs shows once more who it is. */
#include "base/limits.h"
#include "base/text.h"
#include "server/attempt.h"
#include "server/auth.h"
#include "server/sign.h"

#include <string.h>

struct proof {
    const struct en_http_request *rq;
    const char *code;
    struct en_try guess;
    bool is_right, has_factor;
};

static enum en_status code_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct proof *p = context;
    struct en_account account;

    EN_TRY(en_tx_account_get(tx, p->rq->caller.login, p->rq->arena, &account, err));
    p->has_factor = account.totp_is_on && !account.is_disabled;
    if (!p->has_factor) {
        return EN_OK;
    }
    EN_TRY(en_tx_try_begin(tx, &p->guess, p->rq->now_us, err));
    if (p->guess.wait_s > 0) {
        return EN_OK;
    }
    EN_TRY(en_tx_auth_code(tx, &account, p->code, p->rq->now_us, &p->is_right, err));
    return p->is_right ? en_tx_try_undo(tx, &p->guess, err) : EN_OK;
}

static enum en_status confirm_code(struct en_server *server, const struct en_http_request *rq,
                                   struct en_http_response *rs, const char *code, bool *is_answered,
                                   struct en_err *err)
{
    struct proof p = {.rq = rq, .code = code};

    en_try_of(p.rq, p.rq->caller.login, &p.guess);
    EN_TRY(en_store_write(server->store, code_work, &p, err));
    *is_answered = !p.is_right;
    if (p.is_right) {
        return EN_OK;
    }
    if (p.guess.wait_s > 0) {
        en_auth_wait(p.rq, rs, p.guess.wait_s);
        return EN_OK;
    }
    EN_TRY(en_server_audit(
        server, p.rq,
        (struct en_audit){
            .action = 'E', .subtype = "second-factor", .outcome = 8, .detail = "wrong code"},
        err));
    return en_refuse(rs, 403, "login",
                     p.has_factor ? "the code is wrong, or was used before"
                                  : "the account has no second factor: give the password");
}

enum en_status en_sign_confirm(struct en_server *server, const struct en_http_request *rq,
                               struct en_http_response *rs, const struct en_sign_proof *proof,
                               bool *is_answered, struct en_err *err)
{
    const char *password = proof->password;
    struct en_account account;

    EN_TRY(en_auth_account(server, rq, rs, false, &account, is_answered, err));
    if (*is_answered) {
        return EN_OK;
    }
    if (!en_text_is_empty(password) && strlen(password) <= EN_PASSWORD_MAX) {
        return en_auth_confirm(server, rq, rs, &account, password, is_answered, err);
    }
    if (!en_text_is_empty(proof->code)) {
        return confirm_code(server, rq, rs, proof->code, is_answered, err);
    }
    *is_answered = true;
    return en_refuse(rs, 400, "required", "parameter \"password\" or \"code\": sign with one");
}
