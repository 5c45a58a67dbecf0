/* SPDX-License-Identifier: Apache-2.0
 * report/paper_plan: the clinician's document. */
#include "report/paper.h"

#include "base/text.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const struct en_colour RED = {0.72, 0.16, 0.06}, AMBER = {0.60, 0.39, 0.0};
static const struct en_colour GREEN = {0.0, 0.44, 0.33}, FAINT = {0.38, 0.41, 0.45};

static struct en_colour verdict_colour(const struct en_assessment *a)
{
    if (a == NULL) {
        return AMBER;
    }
    return a->verdict == EN_VERDICT_SUITABLE ? GREEN
           : a->verdict == EN_VERDICT_NOT_SUITABLE ? RED
                                                   : AMBER;
}

/* First letter large, as at the start of a sentence. */
static const char *sentence(struct en_words *w, const char *text)
{
    if (text[0] >= 'a' && text[0] <= 'z') {
        return en_words_print(w, "%c%s", text[0] - 'a' + 'A', text + 1);
    }
    return text;
}

static void put_title(struct en_layout *l, const struct en_report *r)
{
    struct en_words *w = l->w;
    const struct en_person *p = r->c == NULL ? NULL : &r->c->person;
    char birth[EN_DATE_TEXT_MAX];
    const char *born = p == NULL || !p->birth_known ? "unknown" : en_date_text(p->birth, birth);
    const char *name = p == NULL || p->name == NULL ? "name unknown" : en_words_clean(w, p->name);

    en_layout_title(l,
                    en_words_print(w, "%s, %s", en_words_condition(w, r), en_words_side(w, r)),
                    en_words_print(w, "Injection plan for \u2068%s\u2069 · born %s (%s) · %s", name,
                                   born, en_words_age(w, r), en_words_sex(w, r)));
}

static void put_verdict(struct en_layout *l, const struct en_report *r)
{
    struct en_words *w = l->w;
    const struct en_assessment *a = r->assessment;

    if (a == NULL) {
        en_layout_box(l, AMBER, "No verdict", "The case has not been assessed.");
        return;
    }
    const char *more = en_words_is_blocked(r)
                           ? " No injection plan is printed: the verdict does not allow one."
                           : "";
    const char *open =
        r->plan == NULL ? "" : en_words_print(w, " %s.", sentence(w, en_words_defaults(w, r->plan)));

    en_layout_box(l, verdict_colour(a), sentence(w, en_verdict_text(a->verdict)),
                  en_words_print(w, "%s.%s%s%s", sentence(w, en_words_rules(w, a)),
                                 a->has_stop_without_override
                                     ? " At least one that applies has no override."
                                     : "",
                                 more, open));
}

static const struct en_colour *severity_colour(enum en_severity s)
{
    return s == EN_STOP ? &RED : s == EN_INFO ? &FAINT : &AMBER;
}

static void put_finding(struct en_layout_table *t, const struct en_finding *f)
{
    struct en_words *w = t->layout->w;
    const char *sites = en_words_clean(w, f->sites);
    const char *what = en_words_print(w, "%s%s%s", en_words_cell(w, f->rule, "title"),
                                      *sites == '\0' ? "" : " at ", sites);
    const char *message = en_words_cell(w, f->tier, "message");
    const char *found = en_words_inputs(w, f);

    if (f->is_unknown) {
        message = "Cannot be decided yet: unknown is not \"no\".";
        found = en_words_print(w, "missing: %s", en_words_facts(w, f->missing, f->missing_count));
    }
    const struct en_layout_cell cells[] = {
        {.text = sentence(w, en_severity_text(f->severity)),
         .sub = f->severity == EN_STOP && !f->has_override ? "no override" : NULL,
         .is_bold = true,
         .colour = severity_colour(f->severity)},
        {.text = en_words_cell(w, f->rule, "id")},
        {.text = what, .sub = message, .is_bold = true},
        {.text = found},
        {.text = en_words_cell(w, f->tier, "threshold"), .sub = en_words_source(w, f->tier)},
    };

    en_layout_table_row(t, cells);
}

static void put_findings(struct en_layout *l, const struct en_assessment *a)
{
    struct en_layout_table t = {
        .layout = l,
        .columns = {{"", 8.5, false},
                    {"Rule", 7.5, false},
                    {"What it means", 42, false},
                    {"Found", 22, false},
                    {"Limit, source", 20, false}},
        .count = 5,
        .scale = 0.93,
    };

    if (a == NULL || a->finding_count == 0) {
        return;
    }
    en_layout_heading(l, "Rules that apply or cannot be decided");
    en_layout_table_head(&t);
    for (size_t i = 0; i < a->finding_count; i++) {
        put_finding(&t, &a->findings[i]);
    }
}

static void put_questions(struct en_layout *l, const struct en_assessment *a)
{
    struct en_words *w = l->w;
    char date[EN_DATE_TEXT_MAX];

    if (a == NULL || a->question_count == 0) {
        return;
    }
    en_layout_heading(l, "Ask or measure next");
    for (size_t i = 0; i < a->question_count; i++) {
        const struct en_question *q = &a->questions[i];
        const char *old = "";

        if (q->is_stale) {
            old = en_words_print(w, " The value of %s is too old.", en_date_text(q->as_of, date));
        }
        en_layout_item(l, en_words_print(w, "%zu.", i + 1),
                       en_words_print(w, "%s%s (decides: %s)", en_words_cell(w, q->fact, "question"),
                                      old, en_severity_text(q->severity)));
    }
}

static void put_evidence(struct en_layout *l, const struct en_report *r)
{
    struct en_words *w = l->w;
    const struct en_row *row = r->assessment == NULL ? NULL : r->assessment->condition;
    const struct en_colour colours[] = {GREEN, RED};

    if (row == NULL) {
        return;
    }
    const char *titles[] = {
        en_words_print(w, "Evidence for (grade %s)", en_words_cell(w, row, "evidence_grade")),
        "Evidence against"};
    const char *texts[] = {en_words_cell(w, row, "evidence_for"),
                           en_words_cell(w, row, "evidence_against")};
    const struct en_style faint = en_layout_style(l, 0.9, false, EN_COLOUR_FAINT);
    const char *banner = en_words_cell(w, row, "banner");

    en_layout_space(l, 0.8 * l->sheet->font);
    en_layout_twins(l, colours, titles, texts);
    en_layout_text(l, &faint, 0.0,
                   en_words_print(w, "%s%s%s", banner, *banner == '\0' ? "" : " Source: ",
                                  en_words_source(w, row)));
}

static const char *side_word(struct en_words *w, enum en_side side)
{
    return side == EN_SIDE_UNKNOWN ? "side?" : en_words_clean(w, en_side_text(side));
}

static void put_site(struct en_layout_table *t, const struct en_plan *plan,
                     const struct en_plan_site *s)
{
    struct en_words *w = t->layout->w;
    const char *danger = en_words_cell(w, s->site, "danger");
    const char *risks = en_words_cell(w, s->site, "risks");
    const struct en_layout_cell cells[] = {
        {.text = en_words_cell(w, s->site, "id"), .sub = side_word(w, s->side), .is_bold = true},
        {.text = en_words_cell(w, s->site, "structure"),
         .sub = en_words_print(w, "%s · %s", en_words_clean(w, s->reason),
                               en_words_source(w, s->link == NULL ? s->site : s->link))},
        {.text = en_words_print(w, "%d × %s", s->points,
                                en_words_number(w, s->volume_per_point_ml, 2)),
         .sub = en_words_print(w, "= %s mL", en_words_fixed(w, s->volume_ml, 1))},
        {.text = en_words_print(w, "%s %%", en_words_number(w, s->dextrose_percent, 1)),
         .sub = s->mix < plan->mix_count
                    ? en_words_print(w, "mix %s", en_words_clean(w, plan->mixes[s->mix].label))
                    : "mix unknown"},
        {.text = en_words_cell(w, s->site, "needle")},
        {.text = en_words_guidance(s->guidance),
         .sub = s->guidance_required ? "required" : NULL,
         .is_bold = s->guidance_required},
        {.text = *danger == '\0' ? NULL : danger,
         .sub = *risks == '\0' && *danger == '\0' ? "not listed" : risks,
         .is_bold = true,
         .colour = &RED},
    };

    en_layout_table_row(t, cells);
}

static void put_sites(struct en_layout *l, const struct en_plan *plan)
{
    struct en_layout_table t = {
        .layout = l,
        .columns = {{"Site", 8.5, false},
                    {"Structure, why", 33, false},
                    {"Points × mL", 11, true},
                    {"Dextrose", 9, true},
                    {"Needle", 13, false},
                    {"Guidance", 11, false},
                    {"At risk", 19, false}},
        .count = 7,
        .scale = 0.95,
    };

    en_layout_heading(l, "Sites");
    en_layout_table_head(&t);
    for (size_t i = 0; i < plan->site_count; i++) {
        put_site(&t, plan, &plan->sites[i]);
    }
}

static const char *steps_of(struct en_words *w, const struct en_mix *mix)
{
    const char *out = "";

    if (!mix->is_possible) {
        return en_words_print(w, "NOT POSSIBLE: %s%s%s", en_words_clean(w, mix->refusal),
                              mix->nearest == NULL ? "" : " Nearest possible: ",
                              en_words_clean(w, mix->nearest));
    }
    for (size_t i = 0; i < mix->part_count; i++) {
        const struct en_mix_part *p = &mix->parts[i];
        const bool is_rounded = fabs(p->exact_ml - p->ml) > 0.005;
        const char *exact =
            is_rounded ? en_words_print(w, " (exact %s)", en_words_number(w, p->exact_ml, 2)) : "";

        out = en_words_print(w, "%s%s%zu. %s mL%s %s", out, i == 0 ? "" : "\n", i + 1,
                             en_words_fixed(w, p->ml, 1), exact,
                             en_words_cell(w, p->stock, "title"));
    }
    return out;
}

static const char *notes_of(struct en_words *w, const struct en_mix *mix)
{
    const char *out = mix->has_preservative ? "Contains a preservative. " : "";

    for (size_t i = 0; i < mix->warning_count; i++) {
        out = en_words_print(w, "%s%s. ", out, sentence(w, en_words_clean(w, mix->warnings[i])));
    }
    for (size_t i = 0; i < mix->alternative_count; i++) {
        out = en_words_print(w, "%sOr: %s. ", out, en_words_clean(w, mix->alternatives[i]));
    }
    return out;
}

static void put_mixes(struct en_layout *l, const struct en_plan *plan)
{
    struct en_words *w = l->w;
    struct en_layout_table t = {
        .layout = l,
        .columns = {{"Mix", 6, false},
                    {"Volume", 9, true},
                    {"Steps", 48, false},
                    {"Dextrose", 10, true},
                    {"Anaesthetic", 12, true},
                    {"Osmolarity", 13, true}},
        .count = 6,
        .scale = 0.95,
    };

    en_layout_heading(l, "Solutions for one session");
    en_layout_table_head(&t);
    for (size_t i = 0; i < plan->mix_count; i++) {
        const struct en_mix *m = &plan->mixes[i].mix;
        const bool ok = m->is_possible;
        const struct en_layout_cell cells[] = {
            {.text = en_words_clean(w, plan->mixes[i].label), .is_bold = true},
            {.text = ok ? en_words_print(w, "%s mL", en_words_fixed(w, m->volume_ml, 1)) : NULL},
            {.text = steps_of(w, m), .sub = notes_of(w, m), .colour = ok ? NULL : &RED},
            {.text = ok ? en_words_print(w, "%s %%", en_words_number(w, m->dextrose_percent, 2))
                        : NULL},
            {.text = ok ? en_words_print(w, "%s %%", en_words_number(w, m->anaesthetic_percent, 2))
                        : NULL},
            {.text = ok ? en_words_print(w, "%s mOsm/L",
                                         en_words_fixed(w, m->osmolarity_mosm_per_l, 0))
                        : NULL},
        };

        en_layout_table_row(&t, cells);
    }
}

static void put_total(struct en_layout_table *t, const char *what, const char *amount,
                      const char *limit, double share)
{
    struct en_words *w = t->layout->w;
    const struct en_layout_cell cells[] = {
        {.text = what},
        {.text = amount},
        {.text = limit},
        {.text = en_words_share(w, share),
         .is_bold = true,
         .colour = share <= 1.0 ? NULL : &RED},
    };

    en_layout_table_row(t, cells);
}

static void put_doses(struct en_layout_table *t, const struct en_plan_totals *totals)
{
    struct en_words *w = t->layout->w;

    for (size_t i = 0; i < totals->dose_count; i++) {
        const struct en_dose_line *d = &totals->doses[i];
        const char *factor = "";

        if (d->factor < 1.0) {
            factor = en_words_print(w, " (reduced to %s: %s)", en_words_share(w, d->factor),
                                    en_words_clean(w, d->factor_reason));
        }
        put_total(t, sentence(w, en_words_clean(w, d->drug)),
                  en_words_print(w, "%s mg", en_words_number(w, d->mg, 1)),
                  en_words_print(w, "maximum %s mg%s", en_words_number(w, d->max_mg, 0), factor),
                  d->fraction);
    }
    if (totals->dose_count > 1) {
        put_total(t, "All anaesthetics", "", "sum of the shares", totals->load);
    }
}

static void put_totals(struct en_layout *l, const struct en_plan *plan)
{
    struct en_words *w = l->w;
    const struct en_plan_totals *p = &plan->totals;
    struct en_layout_table t = {
        .layout = l,
        .columns = {{"Total of one session", 30, false},
                    {"Amount", 20, true},
                    {"Limit", 35, false},
                    {"Share", 15, true}},
        .count = 4,
        .scale = 0.95,
    };

    en_layout_space(l, 0.7 * l->sheet->font);
    en_layout_table_head(&t);
    put_total(&t, en_words_print(w, "Volume in %d points", p->points),
              en_words_print(w, "%s mL", en_words_fixed(w, p->volume_ml, 1)),
              en_words_print(w, "%s mL", en_words_number(w, p->volume_limit_ml, 1)),
              p->volume_ml / p->volume_limit_ml);
    put_total(&t, "Dextrose", en_words_print(w, "%s g", en_words_number(w, p->dextrose_g, 2)),
              en_words_print(w, "warning from %s g", en_words_number(w, p->dextrose_warn_g, 1)),
              p->dextrose_g / p->dextrose_warn_g);
    put_doses(&t, p);
}

static void put_dates(struct en_layout *l, const struct en_plan *plan)
{
    struct en_words *w = l->w;
    const char *sessions = "", *reviews = "";
    const struct en_colour colours[] = {EN_COLOUR_BLUE, EN_COLOUR_FAINT};

    for (size_t i = 0; i < plan->session_count; i++) {
        const struct en_plan_session *s = &plan->sessions[i];

        sessions = en_words_print(w, "%s%s%d. %s%s", sessions, i == 0 ? "" : "\n", s->number,
                                  en_words_day(w, s->day),
                                  s->is_optional ? " (optional: only if the review says so)" : "");
    }
    for (size_t i = 0; i < plan->followup_count; i++) {
        reviews = en_words_print(w, "%s%s%s: %s", reviews, i == 0 ? "" : "\n",
                                 en_words_day(w, plan->followups[i].from),
                                 en_words_clean(w, plan->followups[i].text));
    }
    const char *titles[] = {"Sessions", "Follow-up"};
    const char *texts[] = {sessions, reviews};
    const struct en_style faint = en_layout_style(l, 0.9, false, EN_COLOUR_FAINT);

    en_layout_heading(l, "Dates");
    en_layout_twins(l, colours, titles, texts);
    en_layout_text(l, &faint, 0.0,
                   en_words_print(w, "%s, every %d days · %s. Watch the patient for %d minutes.",
                                  en_words_cell(w, plan->schedule, "title"), plan->interval_days,
                                  en_words_source(w, plan->schedule),
                                  plan->totals.observation_min));
}

static void put_forecast_row(struct en_layout_table *t, const struct en_forecast *f,
                             enum en_outcome o, size_t arm)
{
    struct en_words *w = t->layout->w;
    struct en_layout_cell cells[EN_LAYOUT_COLUMNS_MAX] = {
        {.text = en_words_arm(f->request.arms[arm].id), .sub = en_words_outcome(o),
         .is_bold = true}};
    const int n = o == EN_OUTCOME_PAIN ? 1 : 0;

    for (size_t i = 1; i < t->count; i++) {
        const struct en_band *b = &f->band[arm][o][EN_MIXED][i - 1];

        cells[i].text = en_words_print(w, "%s [%s–%s]", en_words_fixed(w, b->q[2], n),
                                       en_words_fixed(w, b->q[1], n), en_words_fixed(w, b->q[3], n));
        cells[i].sub = en_words_print(w, "(%s–%s) %s", en_words_fixed(w, b->q[0], n),
                                      en_words_fixed(w, b->q[4], n),
                                      en_words_share(w, b->mic_probability));
    }
    en_layout_table_row(t, cells);
}

static void put_forecast_table(struct en_layout *l, const struct en_forecast *f)
{
    struct en_words *w = l->w;
    struct en_layout_table t = {
        .layout = l, .columns = {{"", 22, false}}, .count = 1, .scale = 0.93};
    const struct en_style faint = en_layout_style(l, 0.9, false, EN_COLOUR_FAINT);

    for (size_t i = 0; i < f->request.week_count && t.count < EN_LAYOUT_COLUMNS_MAX; i++) {
        t.columns[t.count++] = (struct en_layout_column){
            en_words_print(w, "week %s", en_words_number(w, f->request.weeks[i], 1)), 18, false};
    }
    en_layout_table_head(&t);
    for (enum en_outcome o = EN_OUTCOME_PAIN; o < EN_OUTCOME_COUNT; o++) {
        for (size_t arm = 0; arm < f->request.arm_count; arm++) {
            put_forecast_row(&t, f, o, arm);
        }
    }
    en_layout_space(l, 2.0);
    en_layout_text(
        l, &faint, 0.0,
        en_words_print(w,
                       "Median [middle 50 %%] (middle 90 %%) and the chance of a gain of at least "
                       "%s points of pain or %s of function; %zu virtual patients, seed %llu.",
                       en_words_number(w, f->request.mic_nrs, 1),
                       en_words_number(w, f->request.mic_function, 1), f->request.patients,
                       (unsigned long long)f->request.seed));
}

static void put_forecast(struct en_layout *l, const struct en_paper_content *content)
{
    struct en_words *w = l->w;
    const struct en_forecast *f = content->report->forecast;

    if (!content->has_charts) {
        return;
    }
    struct en_chart one = content->charts[EN_OUTCOME_PAIN];

    en_layout_heading(l, f->is_calibrated ? "Forecast" : "Forecast, before calibration");
    if (!f->is_calibrated) {
        const struct en_style warn = en_layout_style(l, 1.0, true, EN_COLOUR_AMBER);

        en_layout_text(
            l, &warn, 0.0,
            en_words_text(w, "forecast.before_calibration",
                          "Before calibration: the model has not been fitted to trials."));
    }
    en_layout_charts(l, content->charts, EN_OUTCOME_COUNT, 178.0);
    en_layout_need(l, 120.0);
    const struct en_style bold = en_layout_style(l, 1.0, true, EN_COLOUR_INK);

    en_layout_text(l, &bold, 0.0, "Pain, by hypothesis of how it may work");
    en_layout_hypotheses(l, &one, 96.0);
    put_forecast_table(l, f);
}

static void put_rest(struct en_layout *l, const struct en_plan *plan)
{
    struct en_words *w = l->w;

    if (plan->rehabilitation_count > 0) {
        en_layout_heading(l, "Rehabilitation");
    }
    for (size_t i = 0; i < plan->rehabilitation_count; i++) {
        const struct en_dated_row *d = &plan->rehabilitation[i];

        en_layout_item(l, "•",
                       en_words_print(w, "%s to %s: %s", en_words_day(w, d->from),
                                      en_words_day(w, d->to), en_words_clean(w, d->text)));
    }
}

static void put_alternatives(struct en_layout *l, const struct en_plan *plan)
{
    struct en_words *w = l->w;

    if (plan->alternative_count == 0) {
        return;
    }
    en_layout_heading(l, "Alternatives to the injections");
    for (size_t i = 0; i < plan->alternative_count; i++) {
        en_layout_item(l, "•",
                       en_words_print(w, "%s: %s",
                                      en_words_cell(w, plan->alternatives[i], "title"),
                                      en_words_cell(w, plan->alternatives[i], "text")));
    }
}

static void put_costs(struct en_layout *l, const struct en_plan *plan)
{
    struct en_words *w = l->w;
    const char *lines = "";

    if (plan->cost_count == 0 && plan->cover == NULL) {
        return;
    }
    for (size_t i = 0; i < plan->cost_count; i++) {
        const char *amount = en_words_cell(w, plan->costs[i], "amount");

        lines = en_words_print(w, "%s%s%s: %s %s", lines, i == 0 ? "" : "; ",
                               en_words_cell(w, plan->costs[i], "title"),
                               *amount == '\0' ? "________" : amount,
                               en_words_cell(w, plan->costs[i], "currency"));
    }
    en_layout_heading(l, "Cost and payer");
    if (plan->cost_count > 0) {
        en_layout_item(l, "•", lines);
    }
    en_layout_item(l, "•",
                   plan->cover == NULL
                       ? "Payer: position unknown, ask before the first session."
                       : en_words_print(w, "%s: %s. %s", en_words_cell(w, plan->cover, "payer"),
                                        en_words_cell(w, plan->cover, "status"),
                                        en_words_cell(w, plan->cover, "text")));
}

static void put_checklist(struct en_layout *l, const struct en_plan *plan)
{
    const char *items[64];
    struct en_words *w = l->w;
    size_t count = 0;

    for (size_t i = 0; i < plan->checklist_count && count < EN_COUNT(items); i++) {
        const struct en_dated_row *d = &plan->checklist[i];
        const char *required = en_words_cell(w, d->row, "required");
        const bool is_always = *required == '\0' || strcmp(required, "yes") == 0;

        items[count++] = en_words_print(w, "%s: %s%s%s%s", en_words_cell(w, d->row, "phase"),
                                        en_words_clean(w, d->text), is_always ? "" : " [",
                                        is_always ? "" : required, is_always ? "" : "]");
    }
    if (count > 0) {
        en_layout_heading(l, "Checklist of the day");
        en_layout_checks(l, items, count);
    }
}

static void put_plan(struct en_layout *l, const struct en_paper_content *content)
{
    static const char *const LABELS[] = {"Clinician, licence", "Signature", "Date"};
    static const double SHARES[] = {0.42, 0.38, 0.20};
    const struct en_plan *plan = content->report->plan;

    put_sites(l, plan);
    put_mixes(l, plan);
    put_totals(l, plan);
    put_dates(l, plan);
    put_forecast(l, content);
    put_rest(l, plan);
    put_alternatives(l, plan);
    put_costs(l, plan);
    put_checklist(l, plan);
    en_layout_space(l, l->sheet->font);
    en_layout_lines(l, LABELS, SHARES, EN_COUNT(LABELS));
}

void en_paper_plan_body(struct en_layout *l, const void *content)
{
    const struct en_paper_content *p = content;
    const struct en_report *r = p->report;

    put_title(l, r);
    put_verdict(l, r);
    put_findings(l, r->assessment);
    put_questions(l, r->assessment);
    put_evidence(l, r);
    if (!en_words_is_blocked(r)) {
        put_plan(l, p);
    } else if (r->plan != NULL) {
        put_alternatives(l, r->plan);
    }
}
