/* SPDX-License-Identifier: Apache-2.0
 * server/session_sheet_write: the sheet of a session as JSON. */
#include "base/instant.h"
#include "base/text.h"
#include "care/after.h"
#include "server/session_sheet.h"

#include <math.h>

/* Behind the point: of volumes and doses, and of shares. */
enum { DIGITS = 2, DIGITS_SHARE = 3 };

/* A number that is not known is left out. */
static void number(struct en_writer *w, const char *key, double value, int digits)
{
    if (isfinite(value)) {
        en_write_number(w, key, value, digits);
    }
}

/* A list cell as an array of texts. */
static void list(struct en_writer *w, struct en_arena *a, const char *key, const char *items)
{
    const char *item = NULL;
    size_t size = 0;

    en_write_open(w, key, '[');
    while ((items = en_list_next(items, &item, &size)) != NULL) {
        en_write_text(w, NULL, en_arena_copy(a, item, size));
    }
    en_write_close(w);
}

/* Source, grade and whether a clinician approved the row: shown wherever it is used. */
static void origin(struct en_writer *w, const struct en_row *row)
{
    en_write_text(w, "source", en_cell(row, "source"));
    en_write_text(w, "grade", en_cell(row, "grade"));
    en_write_text(w, "verified", en_cell(row, "verified"));
    en_write_bool(w, "approved", en_cell(row, "approved_by")[0] != '\0');
}

/* Plan */

static void write_site(struct en_writer *w, struct en_arena *a, const struct en_plan *plan,
                       const struct en_plan_site *s)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "site", en_cell(s->site, "id"));
    en_write_text(w, "structure", en_cell(s->site, "structure"));
    en_write_text(w, "region", en_cell(s->site, "region"));
    en_write_text(w, "class", en_cell(s->site, "site_class"));
    en_write_text(w, "kind", en_cell(s->site, "kind"));
    en_write_text(w, "side", en_side_text(s->side));
    en_write_integer(w, "points", s->points);
    number(w, "ml_per_point", s->volume_per_point_ml, DIGITS);
    number(w, "ml", s->volume_ml, DIGITS);
    number(w, "percent", s->dextrose_percent, DIGITS);
    en_write_text(w, "landmark", en_cell(s->site, "landmark"));
    en_write_text(w, "needle", en_cell(s->site, "needle"));
    en_write_text(w, "guidance", s->guidance);
    en_write_bool(w, "guidance_required", s->guidance_required);
    list(w, a, "risks", en_cell(s->site, "risks"));
    en_write_text(w, "danger", en_cell(s->site, "danger"));
    en_write_text(w, "reason", s->reason);
    en_write_text(w, "mix", plan->mixes[s->mix].label);
    origin(w, s->site);
    en_write_close(w);
}

static void write_part(struct en_writer *w, const struct en_knowledge *k,
                       const struct en_mix_part *part)
{
    const bool is_dextrose = en_text_equal(en_cell(part->stock, "component"), "dextrose");

    en_write_open(w, NULL, '{');
    en_write_text(w, "stock", en_cell(part->stock, "id"));
    en_write_text(w, "title", en_cell(part->stock, "title"));
    number(w, "ml", part->ml, DIGITS);
    en_write_bool(w, "single_dose", en_cell_bool(part->stock, "single_dose"));
    en_write_bool(w, "high_alert",
                  is_dextrose &&
                      en_cell_number(part->stock, "percent") >= en_limit(k, "dextrose.high_alert"));
    origin(w, part->stock);
    en_write_close(w);
}

static void write_mix(struct en_writer *w, const struct en_knowledge *k,
                      const struct en_plan_mix *m)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "label", m->label);
    number(w, "ml", m->mix.volume_ml, DIGITS);
    number(w, "needed_ml", m->needed_ml, DIGITS);
    number(w, "dextrose_percent", m->mix.dextrose_percent, DIGITS);
    en_write_text(w, "anaesthetic", m->request.anaesthetic);
    number(w, "anaesthetic_percent", m->mix.anaesthetic_percent, DIGITS);
    number(w, "mosm_per_l", m->mix.osmolarity_mosm_per_l, 0);
    en_write_bool(w, "possible", m->mix.is_possible);
    en_write_text(w, "refusal", m->mix.refusal);
    en_write_open(w, "parts", '[');
    for (size_t i = 0; i < m->mix.part_count; i++) {
        write_part(w, k, &m->mix.parts[i]);
    }
    en_write_close(w);
    en_write_open(w, "warnings", '[');
    for (size_t i = 0; i < m->mix.warning_count; i++) {
        en_write_text(w, NULL, m->mix.warnings[i]);
    }
    en_write_close(w);
    en_write_close(w);
}

static void write_totals(struct en_writer *w, const struct en_plan_totals *t)
{
    en_write_open(w, "totals", '{');
    en_write_integer(w, "points", t->points);
    number(w, "volume_ml", t->volume_ml, DIGITS);
    number(w, "volume_limit_ml", t->volume_limit_ml, DIGITS);
    number(w, "dextrose_g", t->dextrose_g, DIGITS);
    number(w, "dextrose_warn_g", t->dextrose_warn_g, DIGITS);
    number(w, "load", t->load, DIGITS_SHARE);
    en_write_open(w, "drugs", '[');
    for (size_t i = 0; i < t->dose_count; i++) {
        en_write_open(w, NULL, '{');
        en_write_text(w, "drug", t->doses[i].drug);
        number(w, "mg", t->doses[i].mg, DIGITS);
        number(w, "max_mg", t->doses[i].max_mg, DIGITS);
        number(w, "share", t->doses[i].fraction, DIGITS_SHARE);
        en_write_close(w);
    }
    en_write_close(w);
    en_write_close(w);
}

/* Sessions of this course: those of another problem are not counted. */
static long long sessions_given(const struct en_session_sheet *s)
{
    const struct en_care care = {s->o->app.knowledge, s->o->app.today};
    const struct en_plan *plan = &s->answer->plan;
    const struct en_course course = en_course_of(&care, &s->o->c, &plan->target, plan);
    long long count = 0;

    for (size_t i = 0; i < s->o->c.session_count; i++) {
        count += en_course_has(&course, &s->o->c.sessions[i]) ? 1 : 0;
    }
    return count;
}

static void write_plan(const struct en_session_sheet *s, struct en_writer *w)
{
    const struct en_plan *plan = &s->answer->plan;
    const struct en_knowledge *k = s->o->app.knowledge;

    en_write_text(w, "condition", plan->condition == NULL ? "" : en_cell(plan->condition, "title"));
    en_write_text(w, "side", en_side_text(plan->target.side));
    en_write_integer(w, "number", sessions_given(s) + 1);
    en_write_integer(w, "of", (long long)plan->session_count);
    en_write_integer(w, "observation_min", plan->totals.observation_min);
    en_write_open(w, "sites", '[');
    for (size_t i = 0; i < plan->site_count; i++) {
        write_site(w, s->o->rq->arena, plan, &plan->sites[i]);
    }
    en_write_close(w);
    en_write_open(w, "mixes", '[');
    for (size_t i = 0; i < plan->mix_count; i++) {
        write_mix(w, k, &plan->mixes[i]);
    }
    en_write_close(w);
    write_totals(w, &plan->totals);
}

/* Verdict and facts */

static void write_verdict(const struct en_session_sheet *s, struct en_writer *w)
{
    const struct en_assessment *v = &s->answer->assessment;

    en_write_text(w, "verdict", en_verdict_text(v->verdict));
    en_write_bool(w, "allowed", en_app_allows(v->verdict));
    en_write_open(w, "findings", '[');
    for (size_t i = 0; i < v->finding_count; i++) {
        const struct en_finding *f = &v->findings[i];

        en_write_open(w, NULL, '{');
        en_write_text(w, "rule", en_cell(f->rule, "id"));
        en_write_text(w, "title", en_cell(f->rule, "title"));
        en_write_text(w, "severity", en_severity_text(f->severity));
        en_write_bool(w, "unknown", f->is_unknown);
        en_write_text(w, "text", en_cell(f->tier, "message"));
        origin(w, f->tier);
        en_write_close(w);
    }
    en_write_close(w);
}

/* Whether any of the medicines is taken: "yes", "no", or nobody knows, or asks. */
static const char *bleeding(const struct en_session_sheet *s, const char *classes)
{
    const struct en_knowledge *k = s->o->app.knowledge;
    const struct en_fact_view view = {k, s->facts, s->o->app.today};
    const char *item = NULL, *out = en_text_is_empty(classes) ? "unknown" : "no";
    size_t size = 0;

    while ((classes = en_list_next(classes, &item, &size)) != NULL) {
        const char *id = en_arena_copy(s->o->rq->arena, item, size);
        const size_t index = id == NULL ? SIZE_MAX : en_fact_index(k, id);
        struct en_fact fact = {.kind = EN_FACT_UNKNOWN};

        if (index != SIZE_MAX) {
            fact = en_fact_seen(&view, index, NULL);
        }
        if (fact.kind == EN_FACT_BOOL && fact.truth) {
            return "yes";
        }
        out = fact.kind == EN_FACT_BOOL ? out : "unknown";
    }
    return out;
}

static bool is_bleeding_drug(const struct en_knowledge *k, const char *drug, const char *classes)
{
    const struct en_row *row = en_row_find(k, "drugs", drug);
    const char *of = row == NULL ? "" : en_cell(row, "classes"), *item = NULL;
    size_t size = 0;

    while ((of = en_list_next(of, &item, &size)) != NULL) {
        char id[64] = "";

        if (size < sizeof id) {
            for (size_t i = 0; i < size; i++) {
                id[i] = item[i];
            }
            if (en_list_has(classes, id)) {
                return true;
            }
        }
    }
    return false;
}

static void write_fact(const struct en_session_sheet *s, struct en_writer *w, const char *key,
                       const char *fact)
{
    const struct en_fact_view view = {s->o->app.knowledge, s->facts, s->o->app.today};
    const struct en_fact f = en_fact_seen(&view, en_fact_index(view.knowledge, fact), NULL);

    if (f.kind == EN_FACT_NUMBER) {
        number(w, key, f.number, 1);
    } else if (f.kind == EN_FACT_BOOL) {
        en_write_bool(w, key, f.truth);
    }
}

static void write_facts(const struct en_session_sheet *s, struct en_writer *w)
{
    const struct en_case *c = &s->o->c;
    const struct en_knowledge *k = s->o->app.knowledge;
    const char *classes = en_policy(k, "timeout_bleeding");

    write_fact(s, w, "weight_kg", "weight");
    write_fact(s, w, "height_cm", "height");
    write_fact(s, w, "allergies_reviewed", "allergy_list_reviewed");
    en_write_open(w, "allergies", '[');
    for (size_t i = 0; i < c->allergy_count; i++) {
        en_write_text(w, NULL, c->allergies[i].text);
    }
    en_write_close(w);
    en_write_text(w, "bleeding", bleeding(s, classes));
    en_write_open(w, "medicines", '[');
    for (size_t i = 0; i < c->medication_count; i++) {
        if (c->medications[i].is_active) {
            en_write_open(w, NULL, '{');
            en_write_text(w, "text", c->medications[i].text);
            en_write_bool(w, "bleeding", is_bleeding_drug(k, c->medications[i].drug, classes));
            en_write_close(w);
        }
    }
    en_write_close(w);
}

/* Tables */

static void write_checklist(const struct en_session_sheet *s, struct en_writer *w)
{
    const struct en_plan *plan = &s->answer->plan;

    en_write_open(w, "checklist", '[');
    for (size_t i = 0; i < plan->checklist_count; i++) {
        const struct en_row *row = plan->checklist[i].row;

        en_write_open(w, NULL, '{');
        en_write_text(w, "id", en_cell(row, "id"));
        en_write_text(w, "phase", en_cell(row, "phase"));
        en_write_text(w, "item", plan->checklist[i].text);
        en_write_text(w, "required", en_cell(row, "required"));
        en_write_bool(w, "before_signing", en_cell_bool(row, "before_signing"));
        en_write_text(w, "confirm", en_cell(row, "confirm"));
        en_write_text(w, "note", en_cell(row, "note"));
        list(w, s->o->rq->arena, "captures", en_cell(row, "captures"));
        origin(w, row);
        en_write_close(w);
    }
    en_write_close(w);
}

static bool is_listed(const struct en_plan *plan, const struct en_row *row)
{
    for (size_t i = 0; i < plan->checklist_count; i++) {
        if (plan->checklist[i].row == row) {
            return true;
        }
    }
    return false;
}

/* Lines that a signature asks for and that apply to none of these sites: their answer is no. */
static void write_not_applicable(const struct en_session_sheet *s, struct en_writer *w)
{
    const struct en_table *t = en_table_get(s->o->app.knowledge, "checklist");

    en_write_open(w, "not_applicable", '[');
    for (size_t i = 0; i < t->row_count; i++) {
        if (en_cell_bool(&t->rows[i], "before_signing") &&
            !is_listed(&s->answer->plan, &t->rows[i])) {
            en_write_text(w, NULL, en_cell(&t->rows[i], "id"));
        }
    }
    en_write_close(w);
}

static void write_emergencies(const struct en_session_sheet *s, struct en_writer *w)
{
    const struct en_table *t = en_table_get(s->o->app.knowledge, "emergencies");

    en_write_open(w, "emergencies", '[');
    for (size_t i = 0; i < t->row_count; i++) {
        const struct en_row *row = &t->rows[i];

        en_write_open(w, NULL, '{');
        en_write_text(w, "id", en_cell(row, "id"));
        en_write_text(w, "title", en_cell(row, "title"));
        en_write_text(w, "trigger", en_cell(row, "trigger"));
        list(w, s->o->rq->arena, "steps", en_cell(row, "steps"));
        origin(w, row);
        en_write_close(w);
    }
    en_write_close(w);
}

static void write_events(const struct en_session_sheet *s, struct en_writer *w)
{
    const struct en_table *t = en_table_get(s->o->app.knowledge, "ae_codes");

    en_write_open(w, "events", '[');
    for (size_t i = 0; i < t->row_count; i++) {
        const struct en_row *row = &t->rows[i];

        en_write_open(w, NULL, '{');
        en_write_text(w, "id", en_cell(row, "id"));
        en_write_text(w, "title", en_cell(row, "title"));
        number(w, "grade_low", en_cell_number(row, "grade_low"), 0);
        number(w, "grade_high", en_cell_number(row, "grade_high"), 0);
        en_write_bool(w, "serious", en_cell_bool(row, "serious"));
        en_write_text(w, "note", en_cell(row, "note"));
        en_write_close(w);
    }
    en_write_close(w);
}

static void write_stocks(const struct en_session_sheet *s, struct en_writer *w)
{
    const struct en_table *t = en_table_get(s->o->app.knowledge, "stocks");

    en_write_open(w, "stocks", '[');
    for (size_t i = 0; i < t->row_count; i++) {
        const struct en_row *row = &t->rows[i];

        if (!en_text_equal(en_cell(row, "use"), "disabled")) {
            en_write_open(w, NULL, '{');
            en_write_text(w, "stock", en_cell(row, "id"));
            en_write_text(w, "title", en_cell(row, "title"));
            en_write_text(w, "component", en_cell(row, "component"));
            en_write_bool(w, "single_dose", en_cell_bool(row, "single_dose"));
            en_write_close(w);
        }
    }
    en_write_close(w);
}

void en_session_sheet_tables(const struct en_session_sheet *s, struct en_writer *w)
{
    const struct en_knowledge *k = s->o->app.knowledge;

    write_checklist(s, w);
    write_not_applicable(s, w);
    write_emergencies(s, w);
    write_events(s, w);
    write_stocks(s, w);
    en_write_open(w, "limits", '{');
    number(w, "timeout_people", en_limit(k, "timeout.people"), 0);
    number(w, "syringe_use_within_min", en_limit(k, "syringe.expiry"), 0);
    number(w, "observation_min", en_limit(k, "observation.min"), 0);
    number(w, "vitals_change_percent", en_limit(k, "discharge.vitals_change"), 0);
    number(w, "antiseptic_dry_s", en_limit(k, "antisepsis.dry_time"), 0);
    number(w, "volume_step_ml", en_limit(k, "mix.rounding_small"), DIGITS);
    number(w, "needle_withdraw_mm", en_limit(k, "needle.withdraw"), DIGITS);
    en_write_close(w);
}

enum en_status en_session_sheet_write(const struct en_session_sheet *s, struct en_buf *out)
{
    struct en_writer w = EN_WRITER(out);
    char now[EN_INSTANT_TEXT_MAX];

    en_write_open(&w, NULL, '{');
    en_write_text(&w, "now", en_instant_text(s->o->rq->now_us, now));
    en_write_date(&w, "today", s->o->app.today);
    en_write_text(&w, "knowledge", en_knowledge_version(s->o->app.knowledge));
    en_write_text(&w, "plan", s->plan);
    en_write_text(&w, "plan_status", s->plan_status);
    en_write_text(&w, "parameters", s->parameters);
    en_write_text(&w, "consent", s->consent);
    en_write_text(&w, "consent_date", s->consent_date);
    write_verdict(s, &w);
    write_facts(s, &w);
    write_plan(s, &w);
    en_session_sheet_write_last(s, &w);
    en_session_sheet_tables(s, &w);
    en_write_close(&w);
    return en_write_end(&w, "the sheet of a session", s->o->err);
}
