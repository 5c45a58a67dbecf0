/* SPDX-License-Identifier: Apache-2.0
 * Aftercare with dates. Of items with a policy only the one that the clinic chose is given. */
#include "base/text.h"
#include "care/inside.h"

#include <math.h>
#include <string.h>

enum { HOURS_PER_DAY = 24 };

static en_day day_at(en_day session, double hours)
{
    return isnan(hours) ? EN_DAY_UNKNOWN : session + (en_day)floor(hours / HOURS_PER_DAY);
}

/* "4 hours after the session", or the date from the next day on. */
static const char *moment(struct care_pad *p, en_day session, double hours)
{
    if (isnan(hours)) {
        return "further notice";
    }
    if (hours > 0.0 && hours < HOURS_PER_DAY) {
        return care_print(p, "%g hours after the session", hours);
    }
    return care_day_text(p, day_at(session, hours));
}

/* "thermal=cold": given when policy thermal is cold. */
static bool follows_policy(const struct en_knowledge *k, const char *cell)
{
    const char *sign = strchr(cell, '=');

    if (cell[0] == '\0') {
        return true;
    }
    const struct en_table *table = en_table_get(k, "policies");

    for (size_t i = 0; sign != NULL && i < table->row_count; i++) {
        const char *id = en_cell(&table->rows[i], "id");

        if (strlen(id) == (size_t)(sign - cell) && strncmp(id, cell, strlen(id)) == 0) {
            return en_text_equal(en_cell(&table->rows[i], "value"), sign + 1);
        }
    }
    return false;
}

static const char *next_session(struct care_pad *p, const struct en_plan *plan, en_day session)
{
    for (size_t i = 0; plan != NULL && i < plan->session_count; i++) {
        if (plan->sessions[i].day > session && !plan->sessions[i].is_optional) {
            return care_day_text(p, plan->sessions[i].day);
        }
    }
    return "not booked";
}

/* Paracetamol below the weight split: per kg, rounded down to whole mg. */
static void paracetamol(struct care_pad *p, double weight_kg, const char **dose, const char **day)
{
    const double each = weight_kg * en_limit(p->k, "paracetamol.dose_per_kg");
    const double by_weight = weight_kg * en_limit(p->k, "paracetamol.day_per_kg");

    *dose = isnan(weight_kg) ? NULL : care_print(p, "%.0f", floor(each));
    *day =
        isnan(weight_kg)
            ? NULL
            : care_print(p, "%.0f", floor(fmin(by_weight, en_limit(p->k, "paracetamol.day_max"))));
}

struct sheet {
    struct care_pad *p;
    struct en_fact_view view;
    const struct en_plan *plan;
    en_day session;
};

static bool is_given(const struct sheet *s, const struct en_row *row)
{
    const struct en_expr *when = en_cell_expr(row, "applies_when");

    return follows_policy(s->p->k, en_cell(row, "policy")) &&
           (when == NULL || en_expr_truth(when, &s->view) == EN_TRUE);
}

static enum en_status add_item(struct sheet *s, const struct en_row *row, struct en_dated_row *out,
                               struct en_err *err)
{
    const double from = en_cell_number(row, "from_h"), to = en_cell_number(row, "to_h");
    const char *dose, *day_max, *unknown = NULL;

    paracetamol(s->p, care_number(&s->view, "weight"), &dose, &day_max);
    const struct care_fill fills[] = {
        {"from", moment(s->p, s->session, from)},
        {"to", moment(s->p, s->session, to)},
        {"date", next_session(s->p, s->plan, s->session)},
        {"paracetamol_dose_mg", dose},
        {"paracetamol_max_mg", day_max},
        {"emergency_number", care_policy(s->p->k, "emergency_number")},
        {"clinic_phone", care_policy(s->p->k, "clinic_phone")},
    };

    *out = (struct en_dated_row){
        .row = row,
        .from = day_at(s->session, from),
        .to = day_at(s->session, to),
        .text = care_fill(s->p, en_cell(row, "text"), fills, EN_COUNT(fills), &unknown)};
    if (out->text == NULL) {
        return en_fail(err, EN_EBUG, "aftercare %s: placeholder {%s} is not known",
                       en_cell(row, "id"), unknown);
    }
    const struct en_row *banned = en_banned_phrase(s->p->k, out->text);

    return banned == NULL ? EN_OK
                          : en_fail(err, EN_EBUG, "aftercare %s holds the banned phrase \"%s\"",
                                    en_cell(row, "id"), en_cell(banned, "pattern"));
}

/* NOLINTNEXTLINE(readability-function-size): eight parameters, each a thing of its own */
enum en_status en_aftercare(const struct en_care *care, const struct en_case *c,
                            const struct en_plan *plan, en_day session, struct en_arena *a,
                            struct en_dated_row **out, size_t *count, struct en_err *err)
{
    struct care_pad p = care_pad(care, a);
    const struct en_table *table = en_table_get(p.k, "aftercare");
    const struct en_target *target = plan != NULL          ? &plan->target
                                     : c->target_count > 0 ? &c->targets[0]
                                                           : NULL;
    struct en_fact *facts = NULL;

    *out = NULL;
    *count = 0;
    EN_TRY(care_derive(care, c, target, plan, a, &facts, err));
    struct en_dated_row *list = CARE_NEW(&p, struct en_dated_row, table->row_count);
    struct sheet s = {.p = &p, .plan = plan, .session = session};
    size_t filled = 0;

    s.view = (struct en_fact_view){.knowledge = p.k, .facts = facts, .today = care->today};
    for (size_t i = 0; list != NULL && i < table->row_count; i++) {
        if (!is_given(&s, &table->rows[i])) {
            continue;
        }
        EN_TRY(add_item(&s, &table->rows[i], &list[filled++], err));
    }
    EN_TRY(care_check(&p, "the aftercare", err));
    *out = list;
    *count = filled;
    return EN_OK;
}
