/* SPDX-License-Identifier: Apache-2.0
 * Rules over facts. For each rule the gravest tier that is true counts, per site; a tier that
 * cannot be decided counts unless a graver or equal one of its rule is true. Tiers of one rule for
 * several sites become one finding with the list of sites. Tiers of triage and review are no
 * ladder: there each one counts. */
#include "base/text.h"
#include "care/inside.h"

#include <stdlib.h>
#include <string.h>

/* Facts without which nothing is decided: a STOP that rests on these alone means "not known yet",
 * not "not suitable". */
static const char *const GATES[] = {
    "weight",          "height",    "allergy_list_reviewed", "medication_list_reviewed",
    "condition_known", "side_known"};

/* What the words of column `outcome` weigh; those of triage and review share the scale. */
static const struct {
    const char *outcome;
    enum en_severity severity;
} OUTCOMES[] = {
    {"stop", EN_STOP},        {"E", EN_STOP},           {"defer", EN_DEFER}, {"S", EN_DEFER},
    {"rediagnose", EN_DEFER}, {"caution", EN_CAUTION},  {"U", EN_CAUTION},   {"adjust", EN_CAUTION},
    {"reassess", EN_CAUTION}, {"maintain", EN_CAUTION},
};

struct run {
    struct care_pad *p;
    const struct care_scene *scene;
    struct care_findings *out;
    size_t capacity;
    const struct en_row *rule;
    const struct en_row *const *tiers; /* of the rule, shape [tier_count] */
    size_t tier_count;
    bool is_ladder; /* lesser tiers are left out when a graver one is true */
};

static enum en_severity tier_severity(const struct en_row *tier)
{
    const char *outcome = en_cell(tier, "outcome");

    for (size_t i = 0; i < EN_COUNT(OUTCOMES); i++) {
        if (en_text_equal(outcome, OUTCOMES[i].outcome)) {
            return OUTCOMES[i].severity;
        }
    }
    return EN_INFO;
}

static bool is_site_tier(const struct en_row *tier)
{
    return en_text_equal(en_cell(tier, "scope"), "site");
}

static struct en_fact_view view_of(const struct care_pad *p, const struct en_fact *facts)
{
    return (struct en_fact_view){.knowledge = p->k, .facts = facts, .today = p->today};
}

static bool is_gate_fact(const char *id)
{
    for (size_t i = 0; i < EN_COUNT(GATES); i++) {
        if (en_text_equal(GATES[i], id)) {
            return true;
        }
    }
    return false;
}

/* A STOP that names nothing but gate facts. */
static bool is_gate(const struct run *r, const struct en_row *tier)
{
    const struct en_table *facts = en_table_get(r->p->k, "facts");
    const size_t *inputs = NULL;
    const size_t count = en_expr_inputs(en_cell_expr(tier, "when"), &inputs);
    bool all = count > 0 && tier_severity(tier) == EN_STOP;

    for (size_t i = 0; all && i < count; i++) {
        all = is_gate_fact(en_cell(&facts->rows[inputs[i]], "id"));
    }
    return all;
}

static void fill_inputs(const struct run *r, struct en_finding *f, const struct en_fact *facts)
{
    const struct en_table *table = en_table_get(r->p->k, "facts");
    const struct en_fact_view view = view_of(r->p, facts);
    const size_t *inputs = NULL;
    const size_t count = en_expr_inputs(en_cell_expr(f->tier, "when"), &inputs);
    struct en_input *list = CARE_NEW(r->p, struct en_input, count);

    if (list == NULL) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        list[i].fact = en_cell(&table->rows[inputs[i]], "id");
        list[i].value = facts[inputs[i]];
        (void)en_fact_seen(&view, inputs[i], &list[i].is_stale);
    }
    f->inputs = list;
    f->input_count = count;
}

/* Facts in the way: those that Kleene's rules leave open, or for a gate those that are not true. */
static size_t missing_facts(const struct run *r, const struct en_finding *f,
                            const struct en_fact *facts, size_t *out, size_t capacity)
{
    const struct en_expr *e = en_cell_expr(f->tier, "when");
    const struct en_fact_view view = view_of(r->p, facts);
    const size_t *inputs = NULL;
    size_t count = en_expr_missing(e, &view, out, capacity);

    if (count > 0 || !is_gate(r, f->tier)) {
        return count;
    }
    const size_t input_count = en_expr_inputs(e, &inputs);

    for (size_t i = 0; i < input_count && count < capacity; i++) {
        const struct en_fact fact = en_fact_seen(&view, inputs[i], NULL);

        if (fact.kind == EN_FACT_UNKNOWN || (fact.kind == EN_FACT_BOOL && !fact.truth)) {
            out[count++] = inputs[i];
        }
    }
    return count;
}

static void fill_missing(const struct run *r, struct en_finding *f, const struct en_fact *facts)
{
    const struct en_table *table = en_table_get(r->p->k, "facts");
    size_t *indices = CARE_NEW(r->p, size_t, f->input_count);
    const char **names = CARE_NEW(r->p, const char *, f->input_count);

    if (indices == NULL || names == NULL) {
        return;
    }
    f->missing_count = missing_facts(r, f, facts, indices, f->input_count);
    for (size_t i = 0; i < f->missing_count; i++) {
        names[i] = en_cell(&table->rows[indices[i]], "id");
    }
    f->missing = names;
}

static bool has_override(const struct en_row *rule, const struct en_row *tier)
{
    const char *own = en_cell(tier, "override");

    return !en_text_equal(own[0] == '\0' ? en_cell(rule, "override") : own, "none");
}

/* One tier at one site (NULL: the case) becomes a finding, or joins the one for other sites. */
static void add_finding(struct run *r, const struct en_row *tier, bool is_unknown, const char *site,
                        const struct en_fact *facts)
{
    struct care_findings *out = r->out;

    for (size_t i = 0; i < out->count; i++) {
        if (out->items[i].tier == tier && out->items[i].is_unknown == is_unknown) {
            out->items[i].sites = care_list_add(r->p, out->items[i].sites, site);
            return;
        }
    }
    if (out->count == r->capacity) {
        r->p->is_full = true; /* never: capacity is two per tier */
        return;
    }
    struct en_finding *f = &out->items[out->count++];

    *f = (struct en_finding){.rule = r->rule,
                             .tier = tier,
                             .severity = tier_severity(tier),
                             .is_unknown = is_unknown,
                             .has_override = has_override(r->rule, tier),
                             .sites = site};
    fill_inputs(r, f, facts);
    if (is_unknown) {
        fill_missing(r, f, facts);
    }
}

/* The tiers of the rule with this scope, over these facts. floor: severity already found for the
 * rule, lesser ones are left out. Returns the gravest that is true. */
static enum en_severity judge(struct run *r, bool at_site, const char *site,
                              const struct en_fact *facts, enum en_severity floor)
{
    const struct en_fact_view view = view_of(r->p, facts);
    enum en_severity gravest = floor;

    for (size_t i = 0; i < r->tier_count; i++) {
        const enum en_severity s = tier_severity(r->tiers[i]);

        if (r->is_ladder && is_site_tier(r->tiers[i]) == at_site && s < gravest &&
            !is_gate(r, r->tiers[i]) &&
            en_expr_truth(en_cell_expr(r->tiers[i], "when"), &view) == EN_TRUE) {
            gravest = s;
        }
    }
    for (size_t i = 0; i < r->tier_count; i++) {
        const struct en_row *tier = r->tiers[i];
        const enum en_severity s = tier_severity(tier);

        if (is_site_tier(tier) != at_site || s > gravest) {
            continue;
        }
        const enum en_truth t = en_expr_truth(en_cell_expr(tier, "when"), &view);

        if (t == EN_TRUE) {
            add_finding(r, tier, is_gate(r, tier), site, facts);
        } else if (t == EN_UNKNOWN && (s < gravest || s == EN_INFO)) {
            add_finding(r, tier, true, site, facts);
        }
    }
    return gravest;
}

static void judge_rule(struct run *r)
{
    const enum en_severity floor = judge(r, false, "", r->scene->facts, EN_INFO);

    if (r->scene->site_count == 0) {
        (void)judge(r, true, "", r->scene->facts, floor);
    }
    for (size_t i = 0; i < r->scene->site_count; i++) {
        (void)judge(r, true, r->scene->sites[i], r->scene->site_facts[i], floor);
    }
}

/* The tiers of a rule, in the order of the file; room for all tiers in list. */
static size_t tiers_of(const struct en_knowledge *k, const struct en_row *rule,
                       const struct en_row **list)
{
    const struct en_table *table = en_table_get(k, "tiers");
    size_t count = 0;

    for (size_t i = 0; i < table->row_count; i++) {
        if (en_text_equal(en_cell(&table->rows[i], "rule"), en_cell(rule, "id"))) {
            list[count++] = &table->rows[i];
        }
    }
    return count;
}

static int finding_order(const void *left, const void *right)
{
    const struct en_finding *a = left, *b = right;

    if (a->is_unknown != b->is_unknown) {
        return a->is_unknown ? 1 : -1;
    }
    if (a->severity != b->severity) {
        return a->severity < b->severity ? -1 : 1;
    }
    return a->tier->line - b->tier->line; /* each tier once per group: a total order */
}

void care_rules_run(struct care_pad *p, const char *families, const struct care_scene *scene,
                    struct care_findings *out)
{
    const struct en_table *rules = en_table_get(p->k, "rules");
    const size_t tier_count = en_table_get(p->k, "tiers")->row_count;
    const struct en_row **tiers = CARE_NEW(p, const struct en_row *, tier_count);
    struct run r = {.p = p, .scene = scene, .out = out, .capacity = 2 * tier_count, .tiers = tiers};

    *out = (struct care_findings){.items = CARE_NEW(p, struct en_finding, r.capacity)};
    if (tiers == NULL || out->items == NULL) {
        return;
    }
    for (size_t i = 0; i < rules->row_count; i++) {
        if (!en_list_has(families, en_cell(&rules->rows[i], "family"))) {
            continue;
        }
        r.rule = &rules->rows[i];
        r.is_ladder = !en_list_has("triage; review", en_cell(r.rule, "family"));
        r.tier_count = tiers_of(p->k, r.rule, tiers);
        judge_rule(&r);
        out->rule_count++;
    }
    qsort(out->items, out->count, sizeof *out->items, finding_order);
    while (out->fired_count < out->count && !out->items[out->fired_count].is_unknown) {
        out->fired_count++;
    }
}

enum en_truth care_scene_truth(const struct care_pad *p, const struct care_scene *scene,
                               const struct en_expr *e)
{
    if (e == NULL) {
        return EN_TRUE;
    }
    struct en_fact_view view = view_of(p, scene->facts);
    enum en_truth result = scene->site_count == 0 ? en_expr_truth(e, &view) : EN_FALSE;

    for (size_t i = 0; i < scene->site_count && result != EN_TRUE; i++) {
        view.facts = scene->site_facts[i];
        const enum en_truth t = en_expr_truth(e, &view);

        result = t == EN_FALSE ? result : t;
    }
    return result;
}

/* Questions */

/* What to ask for a derived fact that is missing: the facts or fields it is made of. A derived fact
 * that is not listed is asked for itself (its row says where it comes from). */
static const struct {
    const char *derived, *ask;
} ASK[] = {
    {"age_years", "birth_date"},
    {"bmi", "weight; height"},
    {"dose_weight", "weight; height"},
    {"la_load", "weight; height; birth_date"},
    {"pain_duration_weeks", "pain_onset_date"},
    {"structure_identified", "structure_confirmed"},
    {"nsaid_washout_left", "nsaid_last_dose"},
    {"nrs_baseline", "nrs"},
    {"nrs_now", "nrs"},
    {"nrs_change_percent", "nrs"},
    {"nrs_fall", "nrs"},
    {"nrs_rise_weeks", "nrs"},
    {"gain_lost_fraction", "nrs"},
    {"gain_lost_weeks", "nrs"},
    {"days_since_last_score", "nrs"},
    {"psfs_gain", "psfs"},
    {"function_gain_mcid", "psfs"},
};

static const char *ask_for(const struct en_fact_view *view, const char *fact)
{
    /* Without a site every fact about sites is open: ask once which sites. */
    if (en_text_starts(fact, "site_") && care_truth(view, "sites_planned") != EN_TRUE) {
        return "sites_planned";
    }
    for (size_t i = 0; i < EN_COUNT(ASK); i++) {
        if (en_text_equal(ASK[i].derived, fact)) {
            return ASK[i].ask;
        }
    }
    return fact;
}

struct asking {
    struct care_pad *p;
    const struct en_fact_view *view;
    struct en_question *items;
    size_t count;
};

static void ask(struct asking *q, const char *fact, enum en_severity severity)
{
    const size_t index = en_fact_index(q->p->k, fact);

    if (index == SIZE_MAX) {
        return;
    }
    const struct en_row *row = &en_table_get(q->p->k, "facts")->rows[index];

    if (en_cell(row, "question")[0] == '\0') {
        return; /* derived from the plan: nobody can answer it; the finding names it */
    }
    for (size_t i = 0; i < q->count; i++) {
        if (q->items[i].fact == row) {
            q->items[i].severity =
                severity < q->items[i].severity ? severity : q->items[i].severity;
            return;
        }
    }
    struct en_question *item = &q->items[q->count++];

    *item = (struct en_question){
        .fact = row, .severity = severity, .as_of = q->view->facts[index].as_of};
    (void)en_fact_seen(q->view, index, &item->is_stale);
}

/* The parts of a derived fact that are not known; all parts when each is known by itself. */
static void ask_parts(struct asking *q, const char *fact, enum en_severity severity)
{
    const char *list = ask_for(q->view, fact), *item;
    bool was_asked = false;

    while ((item = care_next(q->p, &list)) != NULL) {
        const size_t index = en_fact_index(q->p->k, item);
        const bool is_open =
            index != SIZE_MAX && en_fact_seen(q->view, index, NULL).kind == EN_FACT_UNKNOWN;

        if (is_open || en_text_equal(item, fact)) {
            ask(q, item, severity);
            was_asked = true;
        }
    }
    if (!was_asked) {
        ask(q, fact, severity);
    }
}

static int question_order(const void *left, const void *right)
{
    const struct en_question *a = left, *b = right;

    if (a->severity != b->severity) {
        return a->severity < b->severity ? -1 : 1;
    }
    return a->fact->line - b->fact->line;
}

void care_questions(struct care_pad *p, const struct care_findings *f, const struct en_fact *facts,
                    struct en_question **out, size_t *count)
{
    const struct en_fact_view view = view_of(p, facts);
    const size_t fact_count = en_table_get(p->k, "facts")->row_count;
    struct asking q = {.p = p, .view = &view, .items = CARE_NEW(p, struct en_question, fact_count)};

    *out = q.items;
    *count = 0;
    if (q.items == NULL) {
        return;
    }
    for (size_t i = f->fired_count; i < f->count; i++) {
        for (size_t j = 0; j < f->items[i].missing_count; j++) {
            ask_parts(&q, f->items[i].missing[j], f->items[i].severity);
        }
    }
    qsort(q.items, q.count, sizeof *q.items, question_order);
    *count = q.count;
}
