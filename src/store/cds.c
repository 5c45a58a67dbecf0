/* SPDX-License-Identifier: Apache-2.0 */
#include "store/cds.h"

#include "store/bind.h"

enum en_status en_tx_cds_card(struct en_tx *tx, const struct en_cds_card_row *card,
                              struct en_err *err)
{
    return en_tx_change(tx,
                        "INSERT INTO cds_card (uuid, service, client, rule, indicator, shown_us)"
                        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
                        EN_BINDS(EN_BIND_TEXT(card->uuid), EN_BIND_TEXT(card->service),
                                 EN_BIND_TEXT(card->client), EN_BIND_TEXT(card->rule),
                                 EN_BIND_TEXT(card->indicator), EN_BIND_INTEGER(tx->now_us)),
                        NULL, err);
}

static void read_count(struct en_query *q, struct en_arena *a, void *item)
{
    int64_t *count = item;

    (void)a;
    *count = en_query_integer(q, 0);
}

/* NOLINTNEXTLINE(readability-non-const-parameter): out is written by read_count. */
static enum en_status count(struct en_tx *tx, const char *sql, struct en_binds binds, int64_t *out,
                            struct en_err *err)
{
    struct en_arena a = EN_ARENA(4096);
    const struct en_one one = {read_count, out, "nothing to count"};
    const enum en_status st = en_tx_ask_one(tx, sql, binds, &one, &a, err);

    en_arena_free(&a);
    return st;
}

enum en_status en_tx_cds_feedback(struct en_tx *tx, const struct en_cds_feedback_row *f,
                                  struct en_err *err)
{
    int64_t cards = 0;

    EN_TRY(count(tx, "SELECT count(*) FROM cds_card WHERE uuid = $1 AND client = $2",
                 EN_BINDS(EN_BIND_TEXT(f->uuid), EN_BIND_TEXT(f->client)), &cards, err));
    if (cards == 0) {
        return en_fail(err, EN_ENOTFOUND, "no such card was shown to this client");
    }
    return en_tx_change(tx,
                        "INSERT INTO cds_feedback (uuid, client, outcome, reason, decided_us)"
                        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                        EN_BINDS(EN_BIND_TEXT(f->uuid), EN_BIND_TEXT(f->client),
                                 EN_BIND_TEXT(f->outcome), EN_BIND_TEXT(f->reason),
                                 EN_BIND_INTEGER(f->decided_us)),
                        NULL, err);
}

enum en_status en_tx_cds_figures(struct en_tx *tx, const char *service, int64_t *shown,
                                 int64_t *overridden, struct en_err *err)
{
    const char *any = service == NULL ? "" : service;

    EN_TRY(count(tx, "SELECT count(*) FROM cds_card WHERE (CAST($1 AS TEXT) = '' OR service = $1)",
                 EN_BINDS(EN_BIND_TEXT(any)), shown, err));
    return count(tx,
                 "SELECT count(DISTINCT c.uuid) FROM cds_card c"
                 " JOIN cds_feedback f ON f.uuid = c.uuid AND f.client = c.client"
                 " WHERE f.outcome = 'overridden' AND (CAST($1 AS TEXT) = '' OR c.service = $1)",
                 EN_BINDS(EN_BIND_TEXT(any)), overridden, err);
}
