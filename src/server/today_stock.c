/* SPDX-License-Identifier: Apache-2.0
 * server/today_stock: whether the clinic has what the sessions of a day take.
 *
 * The vials of each stock are looked through newest first: those that were not given of yet are
 * among them. So the work goes with the sessions of the day, not with all that ever was on the
 * shelf. */
#include "base/text.h"
#include "fhir/json.h"
#include "fhir/systems.h"
#include "server/session_inside.h"
#include "server/today.h"

#include <string.h>

/* What was looked for before: the day's sessions take few kinds of stock. */
enum { STOCKS_MAX = 32 };

struct shelf {
    struct en_today *t;
    struct en_arena *a;
    struct en_shelf vials; /* room for a page of each stock */
    const char *stocks[STOCKS_MAX];
    size_t needed[STOCKS_MAX]; /* vials, at most */
    size_t stock_count;
};

static void count_need(struct shelf *s, const char *stock)
{
    for (size_t i = 0; i < s->stock_count; i++) {
        if (en_text_equal(s->stocks[i], stock)) {
            s->needed[i]++;
            return;
        }
    }
    if (s->stock_count < STOCKS_MAX) {
        s->stocks[s->stock_count] = stock;
        s->needed[s->stock_count++] = 1;
    }
}

static enum en_status count_needs(struct shelf *s, struct en_err *err)
{
    for (size_t i = 0; i < s->t->session_count; i++) {
        const char *item = NULL, *list = s->t->sessions[i].needs;
        size_t size = 0;

        while (list != NULL && (list = en_list_next(list, &item, &size)) != NULL) {
            const char *stock = en_arena_copy(s->a, item, size);

            if (stock == NULL) {
                return en_fail(err, EN_ENOMEM, "no memory for the stock");
            }
            count_need(s, stock);
        }
    }
    return EN_OK;
}

static en_day expiry_day(struct json_object *medication)
{
    const char *text = en_json_text(en_json_get(medication, "batch"), "expirationDate");
    en_day day = EN_DAY_UNKNOWN;

    return en_date_parse(text, &day, NULL) ? day : EN_DAY_UNKNOWN;
}

static bool is_still_good(const struct shelf *s, const struct en_vial *v)
{
    return v->is_usable && v->expiry_us >= s->t->from_us;
}

/* One vial of the shelf; *is_free when somebody may be given of it. */
static enum en_status add_vial(struct shelf *s, struct en_ruling *c, const struct en_version *v,
                               const char *stock, bool *is_free)
{
    struct json_object *tree = json_tokener_parse(v->body);
    struct en_shelf_vial *out = &s->vials.vials[s->vials.count];
    enum en_status st = en_session_vial(c, v->id, tree, NULL, false, &out->vial);

    /* Who was given of it is asked only where it could be given at all. */
    if (st == EN_OK && is_still_good(s, &out->vial)) {
        st = en_session_vial(c, v->id, tree, NULL, true, &out->vial);
    }
    out->vial.stock = stock;
    out->expiry = expiry_day(tree);
    out->is_reserved = false;
    *is_free = is_still_good(s, &out->vial) && out->vial.other_patients == 0;
    s->vials.count++;
    (void)json_object_put(tree);
    return st;
}

static enum en_status look_through(struct shelf *s, struct en_tx *tx, size_t stock,
                                   struct en_err *err)
{
    struct en_ruling c = {.tx = tx, .server = s->t->server, .rq = s->t->rq, .a = s->a, .err = err};
    const char *query = en_arena_print(s->a,
                                       "code=" EN_STOCK_SYSTEM "%%7C%s&_sort=-_lastUpdated"
                                       "&_count=%d",
                                       s->stocks[stock], (int)EN_SEARCH_COUNT_MAX);
    struct en_page page;
    size_t found = 0;

    EN_TRY(en_today_find(s->t, tx, "Medication", query, s->a, &page, err));
    for (size_t i = 0; i < page.count && found < s->needed[stock]; i++) {
        bool is_free = false;

        EN_TRY(add_vial(s, &c, &page.items[i], s->stocks[stock], &is_free));
        found += is_free ? 1 : 0;
    }
    return EN_OK;
}

static enum en_status shelf_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct shelf *s = context;

    s->vials.count = 0;
    for (size_t i = 0; i < s->stock_count; i++) {
        EN_TRY(look_through(s, tx, i, err));
    }
    return EN_OK;
}

/* The last microsecond in which the session may still give of a vial. */
static int64_t until_of(const struct en_today *t, const struct en_today_session *session)
{
    return session->end_us > session->start_us ? session->end_us : t->to_us;
}

enum en_status en_today_stock(struct en_today *t)
{
    const struct en_care care = {en_server_knowledge(t->server, t->rq), t->day};
    struct shelf s = {.t = t, .a = t->rq->arena};

    EN_TRY(count_needs(&s, t->err));
    s.vials.vials = EN_NEW(s.a, struct en_shelf_vial, s.stock_count * EN_SEARCH_COUNT_MAX);
    if (s.vials.vials == NULL) {
        return en_fail(t->err, EN_ENOMEM, "no memory for the stock");
    }
    EN_TRY(s.stock_count == 0 ? EN_OK : en_store_read(t->server->store, shelf_work, &s, t->err));
    for (size_t i = 0; i < t->session_count; i++) {
        struct en_today_session *session = &t->sessions[i];

        EN_TRY(!session->is_judged
                   ? EN_OK
                   : en_ready_stock(&care, session->needs, &s.vials, until_of(t, session), s.a,
                                    &session->readiness, t->err));
    }
    return EN_OK;
}
