/* SPDX-License-Identifier: Apache-2.0
 * The plan: sites of the condition and the examination, then mixes, dates and papers. */
#include "base/text.h"
#include "care/planning.h"

#include <math.h>
#include <string.h>

const char *plan_region(const struct planning *g)
{
    const struct en_row *condition = g->out->condition;

    if (condition != NULL && en_cell(condition, "region")[0] != '\0') {
        return en_cell(condition, "region");
    }
    return g->out->site_count > 0 ? en_cell(g->out->sites[0].site, "region") : NULL;
}

/* Which sites */

static const struct en_row *link_of(const struct planning *g, const char *site)
{
    const struct en_table *table = en_table_get(g->p->k, "condition_sites");

    for (size_t i = 0; g->out->condition != NULL && i < table->row_count; i++) {
        const struct en_row *row = &table->rows[i];

        if (en_text_equal(en_cell(row, "condition"), en_cell(g->out->condition, "id")) &&
            en_text_equal(en_cell(row, "site"), site)) {
            return row;
        }
    }
    return NULL;
}

/* The finding of the examination that justifies a site on this side; NULL none. */
static const struct en_exam *finding_at(const struct planning *g, const char *site,
                                        enum en_side side)
{
    for (size_t i = 0; i < g->c->exam_count; i++) {
        const struct en_exam *e = &g->c->exams[i];

        if (en_text_equal(e->site, site) && care_exam_counts(g->p, e, side)) {
            return e;
        }
    }
    return NULL;
}

/* Sites near the spine are off by default, unless the clinic's policy turns them on. */
static bool is_on(const struct planning *g, const struct en_row *site)
{
    const bool is_class_n_allowed = en_text_equal(care_policy(g->p->k, "class_n_sites"), "yes");

    return en_cell_bool(site, "enabled") &&
           (en_cell_bool(site, "default_on") || is_class_n_allowed);
}

static const char *link_reason(const struct planning *g, const struct en_row *link,
                               enum en_side side)
{
    const char *role = en_cell(link, "role"), *site = en_cell(link, "site");
    const struct en_exam *e = finding_at(g, site, side);

    if (en_text_equal(role, "primary")) {
        return "primary site of the condition";
    }
    if (!en_text_equal(role, "if_tender") || e == NULL) {
        return NULL;
    }
    return care_print(g->p, "%s (grade %g)", e->kind == EN_EXAM_LAXITY ? "lax" : "tender",
                      e->value);
}

/* Guidance */

static const struct en_practitioner *operator_of(const struct en_case *c)
{
    return c->practitioner_count > 0 ? &c->practitioners[0] : NULL;
}

/* Whether the operator has the modality: landmarks always; true when nothing is known, since the
 * rules ask for it. */
static bool may_use(const struct planning *g, const char *modality)
{
    const struct en_practitioner *o = operator_of(g->c);

    return en_text_equal(modality, "LM") || o == NULL || o->guidance == NULL ||
           en_list_has(o->guidance, modality);
}

/* The first of the required ones that the operator has, else the first. */
static const char *required_guidance(struct planning *g, const char *required)
{
    const char *list = required, *item, *first = NULL;

    if (g->options->guidance != NULL && en_list_has(required, g->options->guidance)) {
        return g->options->guidance;
    }
    while ((item = care_next(g->p, &list)) != NULL) {
        first = first == NULL ? item : first;
        if (may_use(g, item)) {
            return item;
        }
    }
    return first;
}

static const char *planned_guidance(struct planning *g, const struct en_row *site)
{
    const char *required = en_cell(site, "guidance_required");
    const char *usual = en_cell(site, "guidance_default");

    if (required[0] != '\0') {
        return required_guidance(g, required);
    }
    if (g->options->guidance != NULL) {
        return g->options->guidance;
    }
    return usual[0] != '\0' && may_use(g, usual) ? usual : "LM";
}

/* The list of sites */

/* Held within a range of the atlas, where it has one. */
static double within(const struct en_row *site, double value, const char *low, const char *high)
{
    return fmin(fmax(value, en_cell_number(site, low)), en_cell_number(site, high));
}

static double planned_volume(const struct planning *g, const struct en_row *site)
{
    const double usual = en_cell_number(site, "volume_ml"), scale = g->options->volume_scale;

    return scale == 0.0 ? usual : within(site, usual * scale, "volume_min_ml", "volume_max_ml");
}

static double planned_dextrose(const struct planning *g, const struct en_row *site)
{
    const double wanted = g->options->dextrose_percent;

    return wanted == 0.0 ? en_cell_number(site, "dextrose_percent")
                         : within(site, wanted, "dextrose_min_percent", "dextrose_max_percent");
}

static void add_site(struct planning *g, const struct en_row *site, const char *reason,
                     enum en_side side)
{
    struct en_plan_site *s = &g->out->sites[g->out->site_count++];
    const double points = en_cell_number(site, "points_default");
    const double volume = planned_volume(g, site);
    const bool is_total = en_text_equal(en_cell(site, "volume_basis"), "total");

    *s = (struct en_plan_site){
        .site = site,
        .link = link_of(g, en_cell(site, "id")),
        .reason = reason,
        .side = side,
        .points = points > 0.0 ? (int)points : 0,
        .volume_per_point_ml = is_total ? volume / points : volume,
        .volume_ml = is_total ? volume : volume * points,
        .dextrose_percent = planned_dextrose(g, site),
        .guidance = planned_guidance(g, site),
        .guidance_required = en_cell(site, "guidance_required")[0] != '\0',
    };
}

/* Both sides are two sites, each with its own reason, points and volume. link NULL: the clinician
 * chose the site. */
static void add_sides(struct planning *g, const struct en_row *site, const struct en_row *link)
{
    static const enum en_side BOTH[] = {EN_SIDE_LEFT, EN_SIDE_RIGHT};
    const bool is_both = g->out->target.side == EN_SIDE_BOTH;

    for (size_t i = 0; i < (is_both ? EN_COUNT(BOTH) : 1); i++) {
        const enum en_side side = is_both ? BOTH[i] : g->out->target.side;
        const char *reason = link == NULL ? "chosen by the clinician" : link_reason(g, link, side);

        if (reason != NULL) {
            add_site(g, site, reason, side);
        }
    }
}

static bool is_planned(const struct planning *g, const struct en_row *site)
{
    for (size_t i = 0; i < g->out->site_count; i++) {
        if (g->out->sites[i].site == site) {
            return true;
        }
    }
    return false;
}

static enum en_status chosen_sites(struct planning *g, struct en_err *err)
{
    const char *list = g->options->sites, *id;

    while ((id = care_next(g->p, &list)) != NULL) {
        const struct en_row *site = en_row_find(g->p->k, "atlas", id);

        if (site == NULL) {
            return en_fail(err, EN_EINVAL, "\"%s\" is not a site of the atlas", id);
        }
        if (!en_cell_bool(site, "enabled")) {
            return en_fail(err, EN_EINVAL, "site %s is disabled in the atlas: choose another", id);
        }
        if (!is_planned(g, site)) {
            add_sides(g, site, NULL);
        }
    }
    return EN_OK;
}

static void condition_sites(struct planning *g)
{
    const struct en_table *table = en_table_get(g->p->k, "condition_sites");

    for (size_t i = 0; g->out->condition != NULL && i < table->row_count; i++) {
        const struct en_row *link = &table->rows[i];
        const struct en_row *site = en_row_find(g->p->k, "atlas", en_cell(link, "site"));

        if (!en_text_equal(en_cell(link, "condition"), en_cell(g->out->condition, "id")) ||
            site == NULL || !is_on(g, site) || is_planned(g, site)) {
            continue;
        }
        add_sides(g, site, link);
    }
}

enum en_status plan_sites(struct planning *g, struct en_err *err)
{
    const size_t capacity = 2 * en_table_get(g->p->k, "atlas")->row_count;

    g->out->sites = CARE_NEW(g->p, struct en_plan_site, capacity);
    if (g->out->sites == NULL) {
        return care_check(g->p, "the sites", err);
    }
    if (g->options->sites != NULL) {
        return chosen_sites(g, err);
    }
    condition_sites(g);
    return EN_OK;
}

/* Options and the whole */

static bool is_modality(const char *text)
{
    return en_list_has("LM; US; FL; CT", text);
}

static enum en_status check_options(const struct planning *g, struct en_err *err)
{
    const struct en_plan_options *o = g->options;

    if (o->target > 0 && o->target >= g->c->target_count) {
        return en_fail(err, EN_EINVAL, "the case has %zu problem(s), there is no number %zu",
                       g->c->target_count, o->target + 1);
    }
    if (o->schedule != NULL && en_row_find(g->p->k, "schedules", o->schedule) == NULL) {
        return en_fail(err, EN_EINVAL, "\"%s\" is not a schedule", o->schedule);
    }
    if (o->start != EN_DAY_UNKNOWN && o->start < g->p->today) {
        return en_fail(err, EN_EINVAL, "the first session cannot lie before the decision");
    }
    if (o->guidance != NULL && !is_modality(o->guidance)) {
        return en_fail(err, EN_EINVAL, "\"%s\" is not a guidance: LM, US, FL or CT", o->guidance);
    }
    if (o->sessions < 0 || o->sessions > EN_PLAN_SESSIONS_MAX) {
        return en_fail(err, EN_EINVAL, "sessions must be from 1 to %d", (int)EN_PLAN_SESSIONS_MAX);
    }
    if (!(o->bleb_mg >= 0.0 && o->block_mg >= 0.0)) {
        return en_fail(err, EN_EINVAL, "doses of blebs and blocks must not be negative");
    }
    if (o->interval_days < 0 || o->interval_days > EN_PLAN_INTERVAL_MAX) {
        return en_fail(err, EN_EINVAL, "interval_days must be from 0 to %d",
                       (int)EN_PLAN_INTERVAL_MAX);
    }
    if (!(o->dextrose_percent >= 0.0 && o->dextrose_percent <= 100.0)) {
        return en_fail(err, EN_EINVAL, "dextrose_percent must be from 0 to 100");
    }
    if (!(o->volume_scale >= 0.0 && o->volume_scale <= 10.0)) {
        return en_fail(err, EN_EINVAL, "volume_scale must be from 0 to 10");
    }
    return EN_OK;
}

static enum en_status fill_plan(struct planning *g, struct en_err *err)
{
    EN_TRY(check_options(g, err));
    if (g->c->target_count > 0) {
        g->out->target = g->c->targets[g->options->target];
    }
    g->out->condition = care_condition(g->p->k, g->out->target.condition);
    EN_TRY(care_derive(g->care, g->c, &g->out->target, NULL, g->p->a, &g->facts, err));
    g->view.facts = g->facts;
    EN_TRY(plan_sites(g, err));
    EN_TRY(plan_mixes(g, err));
    EN_TRY(plan_dates(g, err));
    EN_TRY(plan_papers(g, err));
    return care_check(g->p, "the plan", err);
}

enum en_status en_plan_make(const struct en_care *care, const struct en_case *c,
                            const struct en_plan_options *options, struct en_arena *a,
                            struct en_plan *out, struct en_err *err)
{
    struct care_pad p = care_pad(care, a);
    struct planning g = {.care = care, .p = &p, .c = c, .options = options, .out = out};

    *out = (struct en_plan){0};
    g.out->target.onset = EN_DAY_UNKNOWN;
    g.view = (struct en_fact_view){.knowledge = p.k, .today = care->today};
    const enum en_status st = fill_plan(&g, err);

    if (st != EN_OK) {
        *out = (struct en_plan){0}; /* half a plan must never be used */
    }
    return st;
}
