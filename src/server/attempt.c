/* SPDX-License-Identifier: Apache-2.0 */
#include "server/attempt.h"

#include "base/text.h"
#include "server/route.h"
#include "server/token.h"

static const int64_t SECOND_US = 1000000;

int64_t en_attempt_wait_s(const struct en_attempt *attempt, int64_t now_us)
{
    const int64_t left_us = attempt->locked_until_us - now_us;

    /* A clock that was set back must not lock for longer than the longest wait. */
    if (left_us <= 0 || left_us > EN_ATTEMPT_WAIT_MAX_S * SECOND_US) {
        return 0;
    }
    return (left_us + SECOND_US - 1) / SECOND_US;
}

void en_attempt_failed(struct en_attempt *attempt, int limit, int64_t now_us)
{
    if (now_us - attempt->last_us > EN_ATTEMPT_FORGET_S * SECOND_US) {
        *attempt = (struct en_attempt){0};
    }
    attempt->failed++;
    attempt->last_us = now_us;
    if (attempt->failed >= limit) {
        int64_t wait_s = EN_ATTEMPT_WAIT_S;

        for (int64_t i = limit; i < attempt->failed && wait_s < EN_ATTEMPT_WAIT_MAX_S; i++) {
            wait_s *= 2;
        }
        wait_s = wait_s < EN_ATTEMPT_WAIT_MAX_S ? wait_s : EN_ATTEMPT_WAIT_MAX_S;
        attempt->locked_until_us = now_us + wait_s * SECOND_US;
    }
}

void en_try_of(const struct en_http_request *rq, const char *name, struct en_try *out)
{
    char network[EN_CLIENT_KEY];

    *out = (struct en_try){.has_address = !en_text_starts(rq->address, "127.") &&
                                          !en_text_equal(rq->address, "::1")};
    en_token_hash("try-name", name, out->name_key);
    en_token_hash("try-address", en_client_key(rq->address, network), out->address_key);
}

enum en_status en_tx_try_begin(struct en_tx *tx, struct en_try *t, int64_t now_us,
                               struct en_err *err)
{
    struct en_attempt name, address = {0};

    EN_TRY(en_tx_attempt_get(tx, t->name_key, &name, err));
    if (t->has_address) {
        EN_TRY(en_tx_attempt_get(tx, t->address_key, &address, err));
    }
    const int64_t of_name = en_attempt_wait_s(&name, now_us);
    const int64_t of_address = en_attempt_wait_s(&address, now_us);

    t->wait_s = of_name > of_address ? of_name : of_address;
    if (t->wait_s > 0) {
        return EN_OK;
    }
    en_attempt_failed(&name, EN_ATTEMPTS_LOGIN, now_us);
    en_attempt_failed(&address, EN_ATTEMPTS_ADDRESS, now_us);
    t->is_locked_now = en_attempt_wait_s(&name, now_us) > 0;
    EN_TRY(en_tx_attempt_put(tx, t->name_key, &name, err));
    return t->has_address ? en_tx_attempt_put(tx, t->address_key, &address, err) : EN_OK;
}

/* One failure less; a wait that it made goes, too. */
static enum en_status take_off(struct en_tx *tx, const char *key, struct en_err *err)
{
    struct en_attempt attempt;

    EN_TRY(en_tx_attempt_get(tx, key, &attempt, err));
    if (attempt.failed > 0) {
        attempt.failed--;
        attempt.locked_until_us = 0;
    }
    return en_tx_attempt_put(tx, key, &attempt, err);
}

enum en_status en_tx_try_succeeded(struct en_tx *tx, const struct en_try *t, struct en_err *err)
{
    EN_TRY(en_tx_attempt_put(tx, t->name_key, &(struct en_attempt){0}, err));
    return t->has_address ? take_off(tx, t->address_key, err) : EN_OK;
}

enum en_status en_tx_try_undo(struct en_tx *tx, const struct en_try *t, struct en_err *err)
{
    EN_TRY(take_off(tx, t->name_key, err));
    return t->has_address ? take_off(tx, t->address_key, err) : EN_OK;
}
