/* SPDX-License-Identifier: Apache-2.0
 * The plan (CarePlan, ServiceRequest, Goal) and the forecast (RiskAssessment). */
#include "fhir/result_inside.h"

#include "base/text.h"
#include "knowledge/knowledge.h"

#include <math.h>
#include <string.h>

static const char *session_name(int number, char out[32])
{
    (void)snprintf(out, 32, "session.%d", number);
    return out;
}

/* Goals */

/* What a goal is about. */
struct goal {
    const char *name, *text;
    const struct en_row *instrument;
    en_day due;
};

/* The latest score of the instrument, NAN when there is none. */
static double latest_score(const struct en_case *c, const char *instrument)
{
    double value = NAN;
    en_day day = EN_DAY_UNKNOWN;

    for (size_t i = 0; i < c->score_count; i++) {
        if (en_text_equal(c->scores[i].instrument, instrument) && c->scores[i].day >= day) {
            value = c->scores[i].value;
            day = c->scores[i].day;
        }
    }
    return value;
}

/* The instrument's own LOINC code where it has one. */
static void write_measure(struct en_result *r, const struct en_row *instrument)
{
    const char *loinc = en_cell(instrument, "loinc");
    const bool has_loinc = loinc[0] != '\0' && strpbrk(loinc, "; ") == NULL;

    en_result_concept(r, "measure", has_loinc ? EN_LOINC : EN_INSTRUMENT_SYSTEM,
                      has_loinc ? loinc : en_cell(instrument, "id"), en_cell(instrument, "title"));
}

/* A change by the minimal important difference from the present score. */
static void write_target(struct en_result *r, const struct goal *g)
{
    const double mcid = en_cell_number(g->instrument, "mcid");
    const double now = latest_score(r->c, en_cell(g->instrument, "id"));
    const bool is_fall = strcmp(en_cell(g->instrument, "direction"), "higher_worse") == 0;
    const double aim = is_fall ? fmax(now - mcid, en_cell_number(g->instrument, "low"))
                               : fmin(now + mcid, en_cell_number(g->instrument, "high"));

    en_write_open(&r->w, "target", '[');
    en_write_open(&r->w, NULL, '{');
    write_measure(r, g->instrument);
    if (isfinite(now) && isfinite(aim)) {
        en_write_open(&r->w, "detailQuantity", '{');
        en_write_number(&r->w, "value", aim, 1);
        en_write_text(&r->w, "comparator", is_fall ? "<=" : ">=");
        en_write_text(&r->w, "unit", "points");
        en_write_text(&r->w, "system", EN_UCUM);
        en_write_text(&r->w, "code", "{score}");
        en_write_close(&r->w);
    } else {
        en_write_print(&r->w, "detailString", "a %s of at least %s points",
                       is_fall ? "fall" : "rise", en_cell(g->instrument, "mcid"));
    }
    en_write_date(&r->w, "dueDate", g->due);
    en_write_close(&r->w);
    en_write_close(&r->w);
}

static void write_goal(struct en_result *r, const struct goal *g)
{
    en_result_open(r, "Goal", g->name);
    en_write_text(&r->w, "lifecycleStatus", "proposed");
    en_result_concept(r, "description", NULL, NULL, g->text);
    en_result_subject(r, "subject");
    write_target(r, g);
    en_result_close(r);
}

/* Goals exist for instruments with a minimal important difference. */
static size_t make_goals(const struct en_result *r, const struct en_plan *plan, struct goal out[2])
{
    const char *function =
        plan->condition == NULL ? "" : en_cell(plan->condition, "function_instrument");
    const struct en_row *pain = en_row_find(r->care->knowledge, "instruments", "nrs");
    const struct en_row *ability = en_row_find(r->care->knowledge, "instruments", function);
    en_day due = EN_DAY_UNKNOWN;
    size_t count = 0;

    for (size_t i = 0; i < plan->followup_count; i++) {
        due = plan->followups[i].from > due ? plan->followups[i].from : due;
    }
    if (pain != NULL && isfinite(en_cell_number(pain, "mcid"))) {
        out[count++] = (struct goal){"goal.pain", "Less pain", pain, due};
    }
    if (ability != NULL && isfinite(en_cell_number(ability, "mcid"))) {
        out[count++] = (struct goal){"goal.function", "Better function", ability, due};
    }
    return count;
}

/* Sessions */

/* The stocks of a mix: "Mix A: 10 mL (dextrose 15 %, lidocaine 0.2 %): 3 mL dextrose_50, ...". */
static void write_mix_note(struct en_result *r, const struct en_plan_mix *m)
{
    char parts[512] = "";
    size_t used = 0;

    for (size_t i = 0; i < m->mix.part_count && used < sizeof parts; i++) {
        const int more =
            snprintf(parts + used, sizeof parts - used, "%s%.1f mL %s", i == 0 ? "" : ", ",
                     m->mix.parts[i].ml, en_cell(m->mix.parts[i].stock, "title"));

        used += more > 0 ? (size_t)more : 0;
    }
    en_write_open(&r->w, NULL, '{');
    if (m->mix.is_possible) {
        en_write_print(&r->w, "text",
                       "Mix %s: %.1f mL, dextrose %.2f %%, anaesthetic %.2f %%, %.0f mOsm/L: %s.",
                       m->label == NULL ? "" : m->label, m->mix.volume_ml, m->mix.dextrose_percent,
                       m->mix.anaesthetic_percent, m->mix.osmolarity_mosm_per_l, parts);
    } else {
        en_write_print(&r->w, "text", "Mix %s cannot be made: %s", m->label == NULL ? "" : m->label,
                       m->mix.refusal == NULL ? "no reason given" : m->mix.refusal);
    }
    en_write_close(&r->w);
}

static void write_site_note(struct en_result *r, const struct en_plan *plan,
                            const struct en_plan_site *s)
{
    en_write_open(&r->w, NULL, '{');
    en_write_print(
        &r->w, "text", "%s %s, %s: %d point(s), %.1f mL in all, mix %s, guidance %s%s. %s",
        en_cell(s->site, "id"), en_cell(s->site, "structure"), en_side_text(s->side), s->points,
        s->volume_ml,
        s->mix < plan->mix_count && plan->mixes[s->mix].label != NULL ? plan->mixes[s->mix].label
                                                                      : "?",
        s->guidance == NULL ? "?" : s->guidance, s->guidance_required ? " (required)" : "",
        s->reason == NULL ? "" : s->reason);
    en_write_close(&r->w);
}

static void write_body_sites(struct en_result *r, const struct en_plan *plan)
{
    if (plan->site_count == 0) {
        return;
    }
    en_write_open(&r->w, "bodySite", '[');
    for (size_t i = 0; i < plan->site_count; i++) {
        char text[512];

        (void)snprintf(text, sizeof text, "%s, %s", en_cell(plan->sites[i].site, "structure"),
                       en_side_text(plan->sites[i].side));
        en_result_concept(r, NULL, EN_SITE_SYSTEM, en_cell(plan->sites[i].site, "id"), text);
    }
    en_write_close(&r->w);
}

static void write_session(struct en_result *r, const struct en_plan *plan,
                          const struct en_plan_session *s)
{
    char name[32];

    en_result_open(r, "ServiceRequest", session_name(s->number, name));
    en_write_text(&r->w, "status", "draft");
    en_write_text(&r->w, "intent", s->is_optional ? "option" : "proposal");
    en_result_concept(r, "code", EN_PROCEDURE_SYSTEM, "prolotherapy-session",
                      s->is_optional ? "Prolotherapy session, only after the review before it"
                                     : "Prolotherapy session");
    en_result_quantity(r, "quantityQuantity", plan->totals.volume_ml, 1, "mL");
    en_result_subject(r, "subject");
    en_write_date(&r->w, "occurrenceDateTime", s->day);
    en_write_date(&r->w, "authoredOn", r->care->today);
    write_body_sites(r, plan);
    if (plan->site_count + plan->mix_count > 0) {
        en_write_open(&r->w, "note", '[');
        for (size_t i = 0; i < plan->site_count; i++) {
            write_site_note(r, plan, &plan->sites[i]);
        }
        for (size_t i = 0; i < plan->mix_count; i++) {
            write_mix_note(r, &plan->mixes[i]);
        }
        en_write_close(&r->w);
    }
    en_result_close(r);
}

/* CarePlan */

static void write_dated(struct en_result *r, const struct en_dated_row *d)
{
    const bool has_text = !en_text_is_empty(d->text);

    en_write_open(&r->w, NULL, '{');
    en_write_open(&r->w, "detail", '{');
    en_write_text(&r->w, "status", "not-started");
    if (d->from != EN_DAY_UNKNOWN) {
        en_write_open(&r->w, "scheduledPeriod", '{');
        en_write_date(&r->w, "start", d->from);
        en_write_date(&r->w, "end", d->to >= d->from ? d->to : EN_DAY_UNKNOWN);
        en_write_close(&r->w);
    }
    en_write_text(&r->w, "description", has_text ? d->text : en_cell(d->row, "id"));
    en_write_close(&r->w);
    en_write_close(&r->w);
}

static void write_activities(struct en_result *r, const struct en_plan *plan)
{
    if (plan->session_count + plan->followup_count + plan->rehabilitation_count == 0) {
        return;
    }
    en_write_open(&r->w, "activity", '[');
    for (size_t i = 0; i < plan->session_count; i++) {
        char urn[EN_URN_MAX], name[32];

        en_write_open(&r->w, NULL, '{');
        en_result_reference(r, "reference",
                            en_result_urn(r, session_name(plan->sessions[i].number, name), urn));
        en_write_close(&r->w);
    }
    for (size_t i = 0; i < plan->rehabilitation_count; i++) {
        write_dated(r, &plan->rehabilitation[i]);
    }
    for (size_t i = 0; i < plan->followup_count; i++) {
        write_dated(r, &plan->followups[i]);
    }
    en_write_close(&r->w);
}

static void write_care_plan(struct en_result *r, const struct en_plan *plan,
                            const struct goal *goals, size_t goal_count)
{
    const char *title = plan->condition == NULL ? "" : en_cell(plan->condition, "title");
    const char *schedule = plan->schedule == NULL ? "" : en_cell(plan->schedule, "id");
    char urn[EN_URN_MAX];

    en_result_open(r, "CarePlan", "plan");
    en_write_text(&r->w, "status", "draft");
    en_write_text(&r->w, "intent", "proposal");
    en_write_text(&r->w, "title", "Prolotherapy plan");
    en_write_print(&r->w, "description", "%s (%s): %zu session(s), schedule %s.", title,
                   en_side_text(plan->target.side), plan->session_count, schedule);
    en_result_subject(r, "subject");
    if (plan->session_count > 0) {
        en_write_open(&r->w, "period", '{');
        en_write_date(&r->w, "start", plan->sessions[0].day);
        en_write_date(&r->w, "end", plan->sessions[plan->session_count - 1].day);
        en_write_close(&r->w);
    }
    en_write_date(&r->w, "created", r->care->today);
    if (goal_count > 0) {
        en_write_open(&r->w, "goal", '[');
        for (size_t i = 0; i < goal_count; i++) {
            en_result_reference(r, NULL, en_result_urn(r, goals[i].name, urn));
        }
        en_write_close(&r->w);
    }
    write_activities(r, plan);
    en_result_note(r, plan->condition == NULL ? NULL : en_cell(plan->condition, "banner"));
    en_result_close(r);
}

void en_result_plan(struct en_result *r, const struct en_plan *plan)
{
    struct goal goals[2];
    const size_t goal_count = make_goals(r, plan, goals);

    write_care_plan(r, plan, goals, goal_count);
    for (size_t i = 0; i < plan->session_count; i++) {
        write_session(r, plan, &plan->sessions[i]);
    }
    for (size_t i = 0; i < goal_count; i++) {
        write_goal(r, &goals[i]);
    }
}

/* Forecast */

static void write_prediction(struct en_result *r, const struct en_forecast_point *p)
{
    en_write_open(&r->w, NULL, '{');
    if (isfinite(p->median)) {
        en_result_band(r, p);
    }
    en_result_concept(r, "outcome", NULL, NULL, p->outcome);
    if (p->probability >= 0.0 && p->probability <= 1.0) {
        en_write_number(&r->w, "probabilityDecimal", p->probability, 3);
    }
    en_write_open(&r->w, "whenRange", '{');
    en_result_quantity(r, "low", p->week, 1, "wk");
    en_result_quantity(r, "high", p->week, 1, "wk");
    en_write_close(&r->w);
    if (p->rationale != NULL) {
        en_write_text(&r->w, "rationale", p->rationale);
        en_write_close(&r->w);
        return;
    }
    en_write_print(&r->w, "rationale",
                   "Median %.1f; half of all such patients %.1f to %.1f; nine of ten %.1f to %.1f. "
                   "The probability is that of a change of at least the minimal important one.",
                   p->median, p->q25, p->q75, p->q05, p->q95);
    en_write_close(&r->w);
}

static bool is_same_run(const struct en_forecast_point *a, const struct en_forecast_point *b)
{
    return en_text_equal(a->arm, b->arm) && en_text_equal(a->hypothesis, b->hypothesis);
}

/* One RiskAssessment per arm and hypothesis. */
void en_result_forecast(struct en_result *r, const struct en_forecast_points *f, en_day start)
{
    char name[64];

    for (size_t i = 0; i < f->count;) {
        const struct en_forecast_point *first = &f->items[i];

        (void)snprintf(name, sizeof name, "forecast.%zu", i);
        en_result_open(r, "RiskAssessment", name);
        en_write_text(&r->w, "status", "preliminary");
        en_write_open(&r->w, "method", '{');
        en_write_print(&r->w, "text", "%s; hypothesis: %s", f->method == NULL ? "" : f->method,
                       first->hypothesis);
        en_write_close(&r->w);
        en_write_open(&r->w, "code", '{');
        en_write_print(&r->w, "text", "Forecast with: %s", first->arm);
        en_write_close(&r->w);
        en_result_subject(r, "subject");
        en_write_date(&r->w, "occurrenceDateTime", start);
        en_write_open(&r->w, "prediction", '[');
        for (; i < f->count && is_same_run(first, &f->items[i]); i++) {
            write_prediction(r, &f->items[i]);
        }
        en_write_close(&r->w);
        en_result_close(r);
    }
}
