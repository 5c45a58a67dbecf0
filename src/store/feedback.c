/* SPDX-License-Identifier: Apache-2.0 */
#include "store/feedback.h"

#include "store/bind.h"

enum en_status en_tx_card_add(struct en_tx *tx, const struct en_issued_card *card,
                              int64_t keep_from_us, struct en_err *err)
{
    EN_TRY(en_tx_change(tx, "DELETE FROM cds_card WHERE issued_us < $1",
                        EN_BINDS(EN_BIND_INTEGER(keep_from_us)), NULL, err));
    return en_tx_change(tx,
                        "INSERT INTO cds_card (uuid, client, service, rule, issued_us)"
                        " VALUES ($1, $2, $3, $4, $5)",
                        EN_BINDS(EN_BIND_TEXT(card->uuid), EN_BIND_TEXT(card->client),
                                 EN_BIND_TEXT(card->service), EN_BIND_TEXT(card->rule),
                                 EN_BIND_INTEGER(en_tx_now_us(tx))),
                        NULL, err);
}

static void read_card(struct en_query *q, struct en_arena *a, void *item)
{
    struct en_issued_card *out = item;

    out->uuid = en_query_text(q, 0, a);
    out->client = en_query_text(q, 1, a);
    out->service = en_query_text(q, 2, a);
    out->rule = en_query_text(q, 3, a);
}

enum en_status en_tx_card_get(struct en_tx *tx, const char *uuid, const char *client,
                              const char *service, struct en_arena *a, struct en_issued_card *out,
                              struct en_err *err)
{
    *out = (struct en_issued_card){0};
    EN_TRY(en_tx_ask_one(tx,
                         "SELECT uuid, client, service, rule FROM cds_card"
                         " WHERE uuid = $1 AND client = $2 AND service = $3",
                         EN_BINDS(EN_BIND_TEXT(uuid), EN_BIND_TEXT(client), EN_BIND_TEXT(service)),
                         &(struct en_one){read_card, out, "there is no such card"}, a, err));
    return out->uuid == NULL || out->client == NULL || out->service == NULL || out->rule == NULL
               ? en_fail(err, EN_ENOMEM, "no memory for a card")
               : EN_OK;
}

enum en_status en_tx_feedback_add(struct en_tx *tx, const struct en_issued_card *card,
                                  const struct en_feedback *f, struct en_err *err)
{
    return en_tx_change(
        tx,
        "INSERT INTO cds_feedback (card, outcome, outcome_us, client, service, rule, accepted,"
        " reason_system, reason_code, comment, received_us)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING",
        EN_BINDS(EN_BIND_TEXT(card->uuid), EN_BIND_TEXT(f->outcome), EN_BIND_INTEGER(f->outcome_us),
                 EN_BIND_TEXT(card->client), EN_BIND_TEXT(card->service), EN_BIND_TEXT(card->rule),
                 EN_BIND_TEXT(f->accepted), EN_BIND_TEXT(f->reason_system),
                 EN_BIND_TEXT(f->reason_code), EN_BIND_TEXT(f->comment),
                 EN_BIND_INTEGER(en_tx_now_us(tx))),
        NULL, err);
}
