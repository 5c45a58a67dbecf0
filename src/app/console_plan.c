/* SPDX-License-Identifier: Apache-2.0
 * app/console_plan: sites to choose from, stocks, schedules, dose; sites, mixes and dates. */
#include "app/console_inside.h"

#include "base/text.h"

#include <math.h>

/* Numbers */

static void write_mg(struct console *c, const char *key, double value)
{
    en_write_number(&c->w, key, value, 1);
}

/* A cell's number under its own name. */
static void write_cell(struct console *c, const struct en_row *row, const char *column)
{
    en_write_number(&c->w, column, en_cell_number(row, column), 3);
}

static void write_limit(struct console *c, const char *id)
{
    const struct en_row *row = en_row_find(c->app->knowledge, "limits", id);

    if (row == NULL) {
        return;
    }
    en_write_open(&c->w, NULL, '{');
    en_write_text(&c->w, "id", id);
    en_write_text(&c->w, "title", en_cell(row, "title"));
    en_write_number(&c->w, "value", en_cell_number(row, "value"), 3);
    en_write_text(&c->w, "unit", en_cell(row, "unit"));
    console_from(c, row);
    en_write_close(&c->w);
}

/* Sites to choose from */

static const struct en_row *link_of(const struct console *c, const struct en_row *site)
{
    const struct en_table *t = en_table_get(c->app->knowledge, "condition_sites");
    const struct en_row *condition = c->answer->plan.condition;

    for (size_t i = 0; condition != NULL && i < t->row_count; i++) {
        if (en_text_equal(en_cell(&t->rows[i], "condition"), en_cell(condition, "id")) &&
            en_text_equal(en_cell(&t->rows[i], "site"), en_cell(site, "id"))) {
            return &t->rows[i];
        }
    }
    return NULL;
}

static bool is_planned(const struct console *c, const struct en_row *site)
{
    for (size_t i = 0; i < c->answer->plan.site_count; i++) {
        if (c->answer->plan.sites[i].site == site) {
            return true;
        }
    }
    return false;
}

/* Whether a site is offered: in the region of the condition or of a planned site, or linked. */
static bool is_offered(const struct console *c, const struct en_row *site)
{
    const struct en_plan *plan = &c->answer->plan;
    const char *region = en_cell(site, "region");

    if (plan->condition != NULL && en_text_equal(en_cell(plan->condition, "region"), region)) {
        return true;
    }
    for (size_t i = 0; i < plan->site_count; i++) {
        if (en_text_equal(en_cell(plan->sites[i].site, "region"), region)) {
            return true;
        }
    }
    return link_of(c, site) != NULL;
}

static void write_site_limits(struct console *c, const struct en_row *site)
{
    static const char *const COLUMNS[] = {
        "points_min",       "points_default",       "points_max",
        "volume_ml",        "volume_min_ml",        "volume_max_ml",
        "dextrose_percent", "dextrose_min_percent", "dextrose_max_percent"};

    for (size_t i = 0; i < EN_COUNT(COLUMNS); i++) {
        write_cell(c, site, COLUMNS[i]);
    }
    en_write_text(&c->w, "volume_basis", en_cell(site, "volume_basis"));
    en_write_text(&c->w, "needle", en_cell(site, "needle"));
    en_write_text(&c->w, "guidance_default", en_cell(site, "guidance_default"));
    console_list(c, "guidance_required", en_cell(site, "guidance_required"));
    console_list(c, "guidance_advised", en_cell(site, "guidance_advised"));
}

static void write_atlas_site(struct console *c, const struct en_row *site)
{
    static const char *const COLUMNS[] = {
        "id",    "region", "structure",   "kind",           "landmark",
        "risks", "danger", "indications", "off_label_note", "note"};
    const struct en_row *link = link_of(c, site);

    en_write_open(&c->w, NULL, '{');
    for (size_t i = 0; i < EN_COUNT(COLUMNS); i++) {
        en_write_text(&c->w, COLUMNS[i], en_cell(site, COLUMNS[i]));
    }
    en_write_text(&c->w, "class", en_cell(site, "site_class"));
    en_write_bool(&c->w, "is_enabled", en_cell_bool(site, "enabled"));
    en_write_bool(&c->w, "is_default_on", en_cell_bool(site, "default_on"));
    en_write_bool(&c->w, "is_planned", is_planned(c, site));
    if (link != NULL) {
        en_write_text(&c->w, "role", en_cell(link, "role"));
        en_write_text(&c->w, "findings", en_cell(link, "findings"));
    }
    write_site_limits(c, site);
    console_from(c, site);
    en_write_close(&c->w);
}

static void write_atlas(struct console *c)
{
    const struct en_table *t = en_table_get(c->app->knowledge, "atlas");

    en_write_open(&c->w, "atlas", '[');
    for (size_t i = 0; i < t->row_count; i++) {
        if (is_offered(c, &t->rows[i])) {
            write_atlas_site(c, &t->rows[i]);
        }
    }
    en_write_close(&c->w);
}

/* Stocks and schedules to choose from */

static void write_stocks(struct console *c)
{
    const struct en_table *t = en_table_get(c->app->knowledge, "stocks");

    en_write_open(&c->w, "stocks", '[');
    for (size_t i = 0; i < t->row_count; i++) {
        const struct en_row *row = &t->rows[i];

        if (en_text_equal(en_cell(row, "use"), "disabled")) {
            continue;
        }
        en_write_open(&c->w, NULL, '{');
        en_write_text(&c->w, "id", en_cell(row, "id"));
        en_write_text(&c->w, "title", en_cell(row, "title"));
        en_write_text(&c->w, "component", en_cell(row, "component"));
        en_write_text(&c->w, "role", en_cell(row, "role"));
        en_write_text(&c->w, "use", en_cell(row, "use"));
        write_cell(c, row, "percent");
        en_write_text(&c->w, "note", en_cell(row, "note"));
        console_from(c, row);
        en_write_close(&c->w);
    }
    en_write_close(&c->w);
}

static void write_schedule(struct console *c, const char *key, const struct en_row *row)
{
    static const char *const NUMBERS[] = {"sessions_min",      "sessions",
                                          "sessions_max",      "interval_days",
                                          "interval_min_days", "interval_max_days"};

    en_write_open(&c->w, key, '{');
    en_write_text(&c->w, "id", en_cell(row, "id"));
    en_write_text(&c->w, "title", en_cell(row, "title"));
    for (size_t i = 0; i < EN_COUNT(NUMBERS); i++) {
        write_cell(c, row, NUMBERS[i]);
    }
    en_write_text(&c->w, "result", en_cell(row, "result"));
    en_write_text(&c->w, "evidence_grade", en_cell(row, "evidence_grade"));
    en_write_text(&c->w, "note", en_cell(row, "note"));
    console_from(c, row);
    en_write_close(&c->w);
}

/* Those of the condition, the default one, and the plan's own; evidence alone is left out. */
static bool is_schedule_offered(const struct console *c, const struct en_row *row)
{
    const struct en_row *condition = c->answer->plan.condition;
    const char *usual = en_policy(c->app->knowledge, "default_schedule");

    return en_cell_number(row, "sessions") > 0.0 &&
           (row == c->answer->plan.schedule || en_text_equal(en_cell(row, "id"), usual) ||
            (condition != NULL &&
             en_text_equal(en_cell(row, "condition"), en_cell(condition, "id"))));
}

static void write_schedules(struct console *c)
{
    const struct en_table *t = en_table_get(c->app->knowledge, "schedules");

    en_write_open(&c->w, "schedules", '[');
    for (size_t i = 0; i < t->row_count; i++) {
        if (is_schedule_offered(c, &t->rows[i])) {
            write_schedule(c, NULL, &t->rows[i]);
        }
    }
    en_write_close(&c->w);
}

/* Dose */

/* Anaesthetic over the patient's maximum: a word for each step of limits.tsv. */
static const char *load_state(const struct console *c, double load)
{
    if (!(load >= 0.0)) {
        return "unknown";
    }
    if (load > en_limit(c->app->knowledge, "la.load_stop")) {
        return "above";
    }
    return load > en_limit(c->app->knowledge, "la.double_check_load") ? "high" : "within";
}

static void write_dose(struct console *c, const struct en_dose_line *d)
{
    en_write_open(&c->w, NULL, '{');
    en_write_text(&c->w, "drug", d->drug);
    write_mg(c, "mg", d->mg);
    write_mg(c, "max_mg", d->max_mg);
    en_write_number(&c->w, "fraction", d->fraction, 4);
    en_write_text(&c->w, "state", load_state(c, d->fraction));
    if (d->factor < 1.0) {
        en_write_number(&c->w, "factor", d->factor, 3);
        en_write_text(&c->w, "factor_reason", d->factor_reason);
    }
    console_from(c, d->limit);
    en_write_close(&c->w);
}

/* All sources of one session: mixes, blebs, blocks. */
static void write_doses(struct console *c)
{
    const struct en_plan_totals *t = &c->answer->plan.totals;

    en_write_open(&c->w, "dose", '{');
    en_write_number(&c->w, "load", t->load, 4);
    en_write_text(&c->w, "state", load_state(c, t->load));
    en_write_number(&c->w, "bleb_mg", c->request->options.bleb_mg, 1);
    en_write_number(&c->w, "block_mg", c->request->options.block_mg, 1);
    en_write_open(&c->w, "drugs", '[');
    for (size_t i = 0; i < t->dose_count; i++) {
        write_dose(c, &t->doses[i]);
    }
    en_write_close(&c->w);
    en_write_close(&c->w);
}

void console_choices(struct console *c)
{
    static const char *const LIMITS[] = {
        "interval.hard_min",    "interval.window_min", "interval.window_max",  "la.load_stop",
        "la.double_check_load", "volume.session_max",  "dextrose.session_warn"};

    write_atlas(c);
    write_stocks(c);
    write_schedules(c);
    en_write_open(&c->w, "limits", '[');
    for (size_t i = 0; i < EN_COUNT(LIMITS); i++) {
        write_limit(c, LIMITS[i]);
    }
    en_write_close(&c->w);
    if (c->answer->plan.site_count > 0) {
        write_doses(c);
    }
}

/* The plan */

static void write_site(struct console *c, const struct en_plan_site *s)
{
    en_write_open(&c->w, NULL, '{');
    en_write_text(&c->w, "id", en_cell(s->site, "id"));
    en_write_text(&c->w, "structure", en_cell(s->site, "structure"));
    en_write_text(&c->w, "side", en_side_text(s->side));
    en_write_text(&c->w, "reason", s->reason);
    en_write_integer(&c->w, "points", s->points);
    en_write_number(&c->w, "volume_per_point_ml", s->volume_per_point_ml, 2);
    en_write_number(&c->w, "volume_ml", s->volume_ml, 2);
    en_write_number(&c->w, "dextrose_percent", s->dextrose_percent, 2);
    en_write_text(&c->w, "guidance", s->guidance);
    en_write_bool(&c->w, "is_guidance_required", s->guidance_required);
    en_write_text(&c->w, "mix", c->answer->plan.mixes[s->mix].label);
    console_from(c, s->link == NULL ? s->site : s->link);
    en_write_close(&c->w);
}

static void write_parts(struct console *c, const struct en_mix *mix)
{
    en_write_open(&c->w, "parts", '[');
    for (size_t i = 0; i < mix->part_count; i++) {
        const struct en_row *stock = mix->parts[i].stock;

        en_write_open(&c->w, NULL, '{');
        en_write_text(&c->w, "stock", en_cell(stock, "id"));
        en_write_text(&c->w, "title", en_cell(stock, "title"));
        en_write_text(&c->w, "role", en_cell(stock, "role"));
        en_write_number(&c->w, "ml", mix->parts[i].ml, 2);
        en_write_bool(&c->w, "is_single_dose", en_cell_bool(stock, "single_dose"));
        en_write_close(&c->w);
    }
    en_write_close(&c->w);
}

static void write_texts(struct console *c, const char *key, const char *const *texts, size_t count)
{
    en_write_open(&c->w, key, '[');
    for (size_t i = 0; i < count; i++) {
        en_write_text(&c->w, NULL, texts[i]);
    }
    en_write_close(&c->w);
}

static void write_mix(struct console *c, const struct en_plan_mix *m)
{
    const struct en_mix *x = &m->mix;

    en_write_open(&c->w, NULL, '{');
    en_write_text(&c->w, "label", m->label);
    en_write_bool(&c->w, "is_possible", x->is_possible);
    en_write_text(&c->w, "anaesthetic", m->request.anaesthetic);
    en_write_number(&c->w, "needed_ml", m->needed_ml, 2);
    if (x->is_possible) {
        write_parts(c, x);
        en_write_number(&c->w, "volume_ml", x->volume_ml, 2);
        en_write_number(&c->w, "dextrose_percent", x->dextrose_percent, 2);
        en_write_number(&c->w, "anaesthetic_percent", x->anaesthetic_percent, 3);
        en_write_number(&c->w, "osmolarity_mosm_per_l", x->osmolarity_mosm_per_l, 0);
        en_write_number(&c->w, "dextrose_g", x->dextrose_g, 2);
        en_write_number(&c->w, "anaesthetic_mg", x->anaesthetic_mg, 1);
        en_write_text(&c->w, "batch", en_words_batch(&c->words, m));
    } else {
        en_write_text(&c->w, "refusal", x->refusal);
        en_write_text(&c->w, "nearest", x->nearest);
    }
    write_texts(c, "warnings", x->warnings, x->warning_count);
    write_texts(c, "alternatives", x->alternatives, x->alternative_count);
    en_write_close(&c->w);
}

/* Days since the session before, beside what the schedule (else the limits) says. */
static void write_gap(struct console *c, int days)
{
    const struct en_row *schedule = c->answer->plan.schedule;
    double low = schedule == NULL ? NAN : en_cell_number(schedule, "interval_min_days");
    double high = schedule == NULL ? NAN : en_cell_number(schedule, "interval_max_days");

    low = low > 0.0 ? low : en_limit(c->app->knowledge, "interval.window_min");
    high = high > 0.0 ? high : en_limit(c->app->knowledge, "interval.window_max");
    en_write_integer(&c->w, "gap_days", days);
    en_write_text(&c->w, "gap_state", days < low ? "shorter" : days > high ? "longer" : "within");
}

static void write_sessions(struct console *c)
{
    const struct en_plan *plan = &c->answer->plan;

    en_write_open(&c->w, "sessions", '[');
    for (size_t i = 0; i < plan->session_count; i++) {
        const struct en_plan_session *s = &plan->sessions[i];

        en_write_open(&c->w, NULL, '{');
        en_write_integer(&c->w, "number", s->number);
        en_write_date(&c->w, "day", s->day);
        en_write_bool(&c->w, "is_optional", s->is_optional);
        if (i > 0) {
            write_gap(c, (int)(s->day - plan->sessions[i - 1].day));
        }
        en_write_close(&c->w);
    }
    en_write_close(&c->w);
}

static void write_totals(struct console *c)
{
    const struct en_plan_totals *t = &c->answer->plan.totals;

    en_write_open(&c->w, "totals", '{');
    en_write_integer(&c->w, "points", t->points);
    en_write_number(&c->w, "volume_ml", t->volume_ml, 2);
    en_write_number(&c->w, "volume_limit_ml", t->volume_limit_ml, 1);
    en_write_number(&c->w, "dextrose_g", t->dextrose_g, 2);
    en_write_number(&c->w, "dextrose_warn_g", t->dextrose_warn_g, 1);
    en_write_integer(&c->w, "observation_min", t->observation_min);
    en_write_close(&c->w);
}

static void write_followups(struct console *c)
{
    const struct en_plan *plan = &c->answer->plan;

    en_write_open(&c->w, "followups", '[');
    for (size_t i = 0; i < plan->followup_count; i++) {
        en_write_open(&c->w, NULL, '{');
        en_write_date(&c->w, "start", plan->followups[i].from);
        en_write_date(&c->w, "end", plan->followups[i].to);
        en_write_text(&c->w, "text", plan->followups[i].text);
        en_write_close(&c->w);
    }
    en_write_close(&c->w);
}

static void write_defaults(struct console *c)
{
    const struct en_plan *plan = &c->answer->plan;

    en_write_open(&c->w, "defaults", '[');
    for (size_t i = 0; i < plan->default_count; i++) {
        const struct en_default *d = &plan->defaults[i];

        en_write_open(&c->w, NULL, '{');
        en_write_text(&c->w, "what", d->what);
        en_write_text(&c->w, "value", d->value);
        en_write_text(&c->w, "source", d->source);
        en_write_text(&c->w, "grade", d->grade);
        en_write_bool(&c->w, "is_approved", d->is_approved);
        en_write_close(&c->w);
    }
    en_write_close(&c->w);
    en_write_text(&c->w, "defaults_text", en_words_defaults(&c->words, plan));
}

void console_plan(struct console *c)
{
    const struct en_plan *plan = &c->answer->plan;

    en_write_open(&c->w, "plan", '{');
    en_write_open(&c->w, "sites", '[');
    for (size_t i = 0; i < plan->site_count; i++) {
        write_site(c, &plan->sites[i]);
    }
    en_write_close(&c->w);
    en_write_open(&c->w, "mixes", '[');
    for (size_t i = 0; i < plan->mix_count; i++) {
        write_mix(c, &plan->mixes[i]);
    }
    en_write_close(&c->w);
    write_totals(c);
    if (plan->schedule != NULL) {
        write_schedule(c, "schedule", plan->schedule);
    }
    en_write_integer(&c->w, "interval_days", plan->interval_days);
    write_sessions(c);
    write_followups(c);
    write_defaults(c);
    en_write_close(&c->w);
}
