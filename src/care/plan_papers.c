/* SPDX-License-Identifier: Apache-2.0
 * Checklist, costs, alternatives and payer of a plan, and where its defaults come from. */
#include "base/text.h"
#include "care/planning.h"

#include <string.h>

/* Checklist */

/* Recorded allergies that change an item of the checklist (rule CI-17). */
static const struct {
    const char *fact, *phases, *what;
} SUBSTITUTES[] = {
    {"allergy_chlorhexidine", "asepsis; room", "no chlorhexidine"},
    {"allergy_iodine", "asepsis", "no iodine"},
    {"allergy_latex", "asepsis; room", "latex-free items"},
    {"allergy_adhesive", "after", "no adhesive dressing"},
};

static const char *item_text(struct planning *g, const struct en_row *row)
{
    const char *substitutes = "";

    for (size_t i = 0; i < EN_COUNT(SUBSTITUTES); i++) {
        if (care_truth(&g->view, SUBSTITUTES[i].fact) == EN_TRUE &&
            en_list_has(SUBSTITUTES[i].phases, en_cell(row, "phase"))) {
            substitutes = care_list_add(g->p, substitutes, SUBSTITUTES[i].what);
        }
    }
    return substitutes[0] == '\0'
               ? en_cell(row, "item")
               : care_print(g->p, "%s. ALLERGY: %s", en_cell(row, "item"), substitutes);
}

static enum en_status plan_checklist(struct planning *g, struct en_err *err)
{
    const struct en_table *table = en_table_get(g->p->k, "checklist");
    const en_day day = g->out->session_count > 0 ? g->out->sessions[0].day : EN_DAY_UNKNOWN;
    struct care_scene scene;

    EN_TRY(care_scene_make(g->care, g->c, &g->out->target, g->out, g->p->a, &scene, err));
    g->out->checklist = CARE_NEW(g->p, struct en_dated_row, table->row_count);
    for (size_t i = 0; g->out->checklist != NULL && i < table->row_count; i++) {
        const struct en_row *row = &table->rows[i];
        const bool is_before = en_text_equal(en_cell(row, "phase"), "before_day");

        if (care_scene_truth(g->p, &scene, en_cell_expr(row, "when")) == EN_FALSE) {
            continue;
        }
        g->out->checklist[g->out->checklist_count++] = (struct en_dated_row){
            .row = row,
            .from = is_before ? EN_DAY_UNKNOWN : day,
            .to = is_before && day != EN_DAY_UNKNOWN ? day - 1 : day,
            .text = item_text(g, row),
        };
    }
    return EN_OK;
}

/* Costs, alternatives, payer */

static bool uses_guidance(const struct planning *g, const char *list)
{
    for (size_t i = 0; i < g->out->site_count; i++) {
        if (en_list_has(list, g->out->sites[i].guidance)) {
            return true;
        }
    }
    return false;
}

static bool is_cost_due(const struct planning *g, const char *id)
{
    if (en_text_equal(id, "guidance_us")) {
        return uses_guidance(g, "US");
    }
    if (en_text_equal(id, "guidance_fl")) {
        return uses_guidance(g, "FL; CT");
    }
    return !en_text_equal(id, "region_extra"); /* a plan is for one region */
}

static void plan_costs(struct planning *g)
{
    const struct en_table *table = en_table_get(g->p->k, "costs");

    g->out->costs = CARE_NEW(g->p, const struct en_row *, table->row_count);
    for (size_t i = 0; g->out->costs != NULL && i < table->row_count; i++) {
        if (is_cost_due(g, en_cell(&table->rows[i], "id"))) {
            g->out->costs[g->out->cost_count++] = &table->rows[i];
        }
    }
}

static void plan_alternatives(struct planning *g)
{
    const char *list = g->out->condition == NULL ? "" : en_cell(g->out->condition, "alternatives");
    const char *id;

    g->out->alternatives =
        CARE_NEW(g->p, const struct en_row *, en_table_get(g->p->k, "alternatives")->row_count);
    while (g->out->alternatives != NULL && (id = care_next(g->p, &list)) != NULL) {
        const struct en_row *row = en_row_find(g->p->k, "alternatives", id);

        if (row != NULL) {
            g->out->alternatives[g->out->alternative_count++] = row;
        }
    }
}

/* The payer's name as the patient gives it is short ("Medicare"), the table's is long. */
static bool is_payer(const struct en_row *row, const struct en_cover *cover)
{
    const char *payer = en_cell(row, "payer"), *jurisdiction = en_cell(row, "jurisdiction");
    const bool is_place_open = cover->jurisdiction == NULL || jurisdiction[0] == '\0' ||
                               en_text_equal(jurisdiction, cover->jurisdiction);

    return is_place_open && !en_text_is_empty(cover->payer) &&
           (strcasestr(payer, cover->payer) != NULL || strcasestr(cover->payer, payer) != NULL);
}

static bool covers_condition(const struct planning *g, const struct en_row *row)
{
    const char *list = en_cell(row, "condition");

    return list[0] == '\0' ||
           (g->out->condition != NULL && en_list_has(list, en_cell(g->out->condition, "id")));
}

static void plan_cover(struct planning *g)
{
    const struct en_table *table = en_table_get(g->p->k, "coverage");

    for (size_t c = 0; c < g->c->cover_count && g->out->cover == NULL; c++) {
        for (size_t i = 0; i < table->row_count && g->out->cover == NULL; i++) {
            if (is_payer(&table->rows[i], &g->c->covers[c]) &&
                covers_condition(g, &table->rows[i])) {
                g->out->cover = &table->rows[i];
            }
        }
    }
}

/* Defaults */

static void add_default(struct planning *g, const char *what, const char *value,
                        const struct en_row *row)
{
    if (row != NULL) {
        g->out->defaults[g->out->default_count++] =
            (struct en_default){.what = what,
                                .value = value,
                                .source = en_cell(row, "source"),
                                .grade = en_cell(row, "grade"),
                                .is_approved = en_cell(row, "approved_by")[0] != '\0',
                                .is_clinics = en_text_equal(en_cell(row, "source"), "clinic")};
    }
}

static void add_policy(struct planning *g, const char *id)
{
    const struct en_row *row = en_row_find(g->p->k, "policies", id);

    if (row != NULL) {
        add_default(g, en_cell(row, "title"), en_cell(row, "value"), row);
    }
}

static void add_limit(struct planning *g, const char *id)
{
    const struct en_row *row = en_row_find(g->p->k, "limits", id);

    if (row != NULL) {
        add_default(g, en_cell(row, "title"),
                    care_print(g->p, "%s %s", en_cell(row, "value"), en_cell(row, "unit")), row);
    }
}

static void add_site_default(struct planning *g, const struct en_plan_site *site)
{
    add_default(g, care_print(g->p, "site %s", en_cell(site->site, "id")),
                care_print(g->p, "%d x %.3g mL of %g %%, %s", site->points,
                           site->volume_per_point_ml, site->dextrose_percent, site->guidance),
                site->site);
}

enum { OTHER_DEFAULTS = 8 };

static void plan_defaults(struct planning *g)
{
    const struct en_row *schedule = g->out->schedule;

    g->out->defaults =
        CARE_NEW(g->p, struct en_default, g->out->site_count + (size_t)OTHER_DEFAULTS);
    if (g->out->defaults == NULL) {
        return;
    }
    if (schedule != NULL) {
        add_default(g, "schedule",
                    care_print(g->p, "%s: %s", en_cell(schedule, "id"), en_cell(schedule, "title")),
                    schedule);
    }
    for (size_t i = 0; i < g->out->site_count; i++) {
        add_site_default(g, &g->out->sites[i]);
    }
    if (g->options->anaesthetic == NULL) {
        add_policy(g, "mix_anaesthetic");
    }
    add_limit(g, "la.default_percent");
    add_policy(g, "diluent");
    add_policy(g, "jurisdiction");
    add_policy(g, "thermal");
    add_policy(g, "nsaid");
    add_limit(g, "observation.min");
}

enum en_status plan_papers(struct planning *g, struct en_err *err)
{
    EN_TRY(plan_checklist(g, err));
    plan_costs(g);
    plan_alternatives(g);
    plan_cover(g);
    plan_defaults(g);
    return care_check(g->p, "the papers of the plan", err);
}
