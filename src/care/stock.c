/* SPDX-License-Identifier: Apache-2.0
 * Which stocks make a mix: candidates at hand, the choice among them, and what to say when none
 * reaches the request. */
#include "base/text.h"
#include "care/mixing.h"

#include <math.h>

/* Shares that miss the whole by less are the whole: 0.1 % is below any syringe's graduation, and
 * published percentages are rounded (6.67 % from two thirds of 10 %). */
static const double SHARE_TOLERANCE = 1e-3;

double mix_share(const struct en_row *stock, double percent)
{
    return stock == NULL ? 0.0 : percent / en_cell_number(stock, "percent");
}

static bool has_use(const struct en_row *stock, const char *use)
{
    return en_text_equal(en_cell(stock, "use"), use);
}

static bool is_policy_stock(const struct mixing *m, const char *id)
{
    return en_text_equal(id, care_policy(m->p->k, "mix_anaesthetic")) ||
           en_text_equal(id, m->diluent) ||
           en_text_equal(id, care_policy(m->p->k, "diluent_perineural"));
}

static bool has_default(const struct en_knowledge *k, const char *component)
{
    const struct en_table *table = en_table_get(k, "stocks");

    for (size_t i = 0; i < table->row_count; i++) {
        if (has_use(&table->rows[i], "default") &&
            en_text_equal(en_cell(&table->rows[i], "component"), component)) {
            return true;
        }
    }
    return false;
}

/* Without a list of stocks at hand: those of default use and of the policies; for a component that
 * has no default product, the allowed ones. */
static bool is_at_hand(const struct mixing *m, const struct en_row *stock)
{
    const char *id = en_cell(stock, "id");

    if (has_use(stock, "disabled")) {
        return false;
    }
    if (m->request->stocks != NULL) {
        return en_list_has(m->request->stocks, id);
    }
    return has_use(stock, "default") || is_policy_stock(m, id) ||
           (has_use(stock, "allowed") && !has_default(m->p->k, en_cell(stock, "component")));
}

/* Near the spine only preservative-free products; next to a nerve nothing that holds salt. */
static bool suits(const struct mixing *m, const struct en_row *stock)
{
    const bool is_preserved = !en_text_equal(en_cell(stock, "preservative"), "none");
    const bool is_diluent = en_text_equal(en_cell(stock, "role"), "diluent");

    if (is_preserved && en_text_equal(m->request->site_class, "N")) {
        return false;
    }
    return !is_diluent || !en_text_equal(m->request->technique, "perineural") ||
           en_text_equal(en_cell(stock, "component"), "water");
}

static void add(struct mix_stocks *list, const struct en_row *stock)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->rows[i] == stock) {
            return;
        }
    }
    if (list->count < MIX_STOCKS_MAX) {
        list->rows[list->count++] = stock;
    }
}

static bool has_component(const struct en_row *stock, const char *role, const char *component)
{
    return en_text_equal(en_cell(stock, "role"), role) &&
           (component == NULL || en_text_equal(en_cell(stock, "component"), component));
}

/* In the order of the list at hand; else the policy's product first, then the table's order. */
static void candidates(const struct mixing *m, const char *role, const char *component,
                       struct mix_stocks *out)
{
    const struct en_table *table = en_table_get(m->p->k, "stocks");
    const char *list = m->request->stocks, *item;

    out->count = 0;
    while (list != NULL && (item = care_next(m->p, &list)) != NULL) {
        const struct en_row *stock = en_row_find(m->p->k, "stocks", item);

        if (stock != NULL && has_component(stock, role, component) && is_at_hand(m, stock) &&
            suits(m, stock)) {
            add(out, stock);
        }
    }
    for (int pass = 0; m->request->stocks == NULL && pass < 2; pass++) {
        for (size_t i = 0; i < table->row_count; i++) {
            const struct en_row *stock = &table->rows[i];

            if (has_component(stock, role, component) && is_at_hand(m, stock) && suits(m, stock) &&
                (pass == 1 || is_policy_stock(m, en_cell(stock, "id")))) {
                add(out, stock);
            }
        }
    }
}

/* The diluent that was named, if it is at hand and suits; else the first that does. */
static const struct en_row *diluent(const struct mixing *m)
{
    struct mix_stocks list;

    candidates(m, "diluent", NULL, &list);
    if (m->request->diluent != NULL) {
        const struct en_row *named = en_row_find(m->p->k, "stocks", m->request->diluent);

        return named != NULL && suits(m, named) ? named : NULL;
    }
    for (size_t i = 0; i < list.count; i++) {
        if (en_text_equal(en_cell(list.rows[i], "id"), m->diluent)) {
            return list.rows[i];
        }
    }
    return list.count > 0 ? list.rows[0] : NULL;
}

static double rest(const struct mixing *m, const struct en_row *dextrose,
                   const struct en_row *anaesthetic)
{
    return 1.0 - mix_share(dextrose, m->request->dextrose_percent) -
           mix_share(anaesthetic, m->request->anaesthetic_percent);
}

/* Candidates for what is asked for; one NULL entry when nothing is. */
static void wanted(const struct mixing *m, bool is_dextrose, struct mix_stocks *out)
{
    const struct en_mix_request *r = m->request;

    if (is_dextrose ? r->dextrose_percent > 0.0 : r->anaesthetic_percent > 0.0) {
        candidates(m, is_dextrose ? "proliferant" : "anaesthetic",
                   is_dextrose ? "dextrose" : r->anaesthetic, out);
    } else {
        *out = (struct mix_stocks){.count = 1};
    }
}

/* A pair that needs no diluent (fewest vials) comes first, then the first that fits. */
bool mix_choose(const struct mixing *m, struct mix_choice *out)
{
    const struct en_row *filler = diluent(m);
    struct mix_stocks dextrose, anaesthetic;

    wanted(m, true, &dextrose);
    wanted(m, false, &anaesthetic);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < dextrose.count * anaesthetic.count; i++) {
            const struct en_row *d = dextrose.rows[i / anaesthetic.count];
            const struct en_row *l = anaesthetic.rows[i % anaesthetic.count];
            const double left = rest(m, d, l);
            const bool is_full = fabs(left) <= SHARE_TOLERANCE;

            if (is_full || (pass == 1 && left > 0.0 && filler != NULL)) {
                *out = (struct mix_choice){d, l, is_full ? NULL : filler};
                return true;
            }
        }
    }
    return false;
}

static bool is_usable(const struct en_knowledge *k, const char *id)
{
    const struct en_row *stock = en_row_find(k, "stocks", id);

    return stock != NULL && !has_use(stock, "disabled");
}

const char *mix_unknown_stock(const struct mixing *m)
{
    const char *list = m->request->stocks, *item;

    if (m->request->diluent != NULL && !is_usable(m->p->k, m->request->diluent)) {
        return m->request->diluent;
    }
    while (list != NULL && (item = care_next(m->p, &list)) != NULL) {
        if (!is_usable(m->p->k, item)) {
            return item;
        }
    }
    return NULL;
}

static const struct en_row *strongest(const struct mix_stocks *list)
{
    const struct en_row *best = NULL;

    for (size_t i = 0; i < list->count; i++) {
        if (best == NULL || (list->rows[i] != NULL && en_cell_number(list->rows[i], "percent") >
                                                          en_cell_number(best, "percent"))) {
            best = list->rows[i];
        }
    }
    return best;
}

/* Other products that would do, one per strength: with this stock in the place of its component and
 * the strongest of the other at hand. */
static void find_alternatives(struct mixing *m, const struct en_row *dextrose,
                              const struct en_row *anaesthetic)
{
    const struct en_table *table = en_table_get(m->p->k, "stocks");
    const char **texts = CARE_NEW(m->p, const char *, table->row_count);
    const bool needs_la = m->request->anaesthetic_percent > 0.0;
    const char *strengths = "";
    size_t count = 0;

    for (size_t i = 0; texts != NULL && i < table->row_count; i++) {
        const struct en_row *stock = &table->rows[i];
        const bool is_d = has_component(stock, "proliferant", "dextrose");
        const bool is_la = needs_la && has_component(stock, "anaesthetic", m->request->anaesthetic);
        const char *strength =
            care_print(m->p, "%s %s", en_cell(stock, "component"), en_cell(stock, "percent"));
        const struct en_row *d = is_d ? stock : dextrose, *l = is_la ? stock : anaesthetic;

        if ((!is_d && !is_la) || is_at_hand(m, stock) || !suits(m, stock) ||
            has_use(stock, "disabled") || (needs_la && l == NULL) || d == NULL ||
            rest(m, d, l) < -SHARE_TOLERANCE || en_list_has(strengths, strength)) {
            continue;
        }
        strengths = care_list_add(m->p, strengths, strength);
        texts[count++] = care_print(m->p, "%s (%s)", en_cell(stock, "title"), en_cell(stock, "id"));
    }
    m->out->alternatives = texts;
    m->out->alternative_count = count;
}

static const char *nearest(const struct mixing *m, const struct en_row *d, const struct en_row *l)
{
    const struct en_mix_request *r = m->request;
    const double left_for_la = 1.0 - mix_share(d, r->dextrose_percent);
    const double left_for_d = 1.0 - mix_share(l, r->anaesthetic_percent);

    if (l != NULL && left_for_la > SHARE_TOLERANCE) {
        return care_print(m->p, "%g %% dextrose with at most %.3g %% %s", r->dextrose_percent,
                          left_for_la * en_cell_number(l, "percent"), r->anaesthetic);
    }
    if (d != NULL && left_for_d > SHARE_TOLERANCE) {
        return care_print(m->p, "at most %.3g %% dextrose%s",
                          left_for_d * en_cell_number(d, "percent"),
                          l == NULL ? "" : " with this anaesthetic");
    }
    return NULL;
}

void mix_refuse_unreachable(struct mixing *m)
{
    const struct en_mix_request *r = m->request;
    struct mix_stocks dextrose, anaesthetic;

    wanted(m, true, &dextrose);
    wanted(m, false, &anaesthetic);
    const struct en_row *d = strongest(&dextrose), *l = strongest(&anaesthetic);
    const double left = rest(m, d, l);

    if (dextrose.count == 0) {
        m->out->refusal = "No dextrose product that may be used here is at hand.";
    } else if (anaesthetic.count == 0) {
        m->out->refusal =
            care_print(m->p, "No %s product that may be used here is at hand.", r->anaesthetic);
    } else if (left < 0.0) {
        m->out->refusal = care_print(
            m->p,
            "The parts need %.3g mL in a volume of %.3g mL: the products at hand are too weak.",
            (1.0 - left) * r->volume_ml, r->volume_ml);
        m->out->nearest = nearest(m, d, l);
    } else {
        m->out->refusal = "No diluent that may be used here is at hand.";
    }
    find_alternatives(m, d, l);
}
