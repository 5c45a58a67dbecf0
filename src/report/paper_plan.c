/* SPDX-License-Identifier: Apache-2.0
 * report/paper_plan: the clinician's document. */
#include "report/paper.h"

#include "base/text.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const struct en_colour RED = {0.72, 0.16, 0.06}, AMBER = {0.60, 0.39, 0.0};
static const struct en_colour GREEN = {0.0, 0.44, 0.33}, FAINT = {0.38, 0.41, 0.45};

/* A heading with the head and first row of its table, or with its boxes [pt]. */
static const double HEAD_NEED = 100.0;

static struct en_colour verdict_colour(const struct en_assessment *a)
{
    if (a == NULL) {
        return AMBER;
    }
    return a->verdict == EN_VERDICT_SUITABLE ? GREEN
           : a->verdict == EN_VERDICT_NOT_SUITABLE ? RED
                                                   : AMBER;
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
                    en_words_print(w, "%s \u2068%s\u2069 · born %s (%s) · %s",
                                   en_words_is_blocked(r) ? "Assessment of" : "Injection plan for",
                                   name, born, en_words_age(w, r), en_words_sex(w, r)));
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
        en_words_is_blocked(r) ? "" : en_words_print(w, " %s.", en_words_sentence(w, en_words_defaults(w, r->plan)));

    en_layout_box(l, verdict_colour(a), en_words_sentence(w, en_verdict_text(a->verdict)),
                  en_words_print(w, "%s.%s%s%s", en_words_sentence(w, en_words_rules(w, a)),
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
        {.text = en_words_sentence(w, en_severity_text(f->severity)),
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
    en_layout_need(l, HEAD_NEED);
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

    if (row == NULL) {
        return;
    }
    const struct en_layout_note notes[] = {
        {GREEN,
         en_words_print(w, "Evidence for (grade %s)", en_words_cell(w, row, "evidence_grade")),
         en_words_cell(w, row, "evidence_for")},
        {RED, "Evidence against", en_words_cell(w, row, "evidence_against")},
    };
    const struct en_style faint = en_layout_style(l, 0.9, false, EN_COLOUR_FAINT);
    const char *banner = en_words_cell(w, row, "banner");

    en_layout_boxes(l, notes, EN_COUNT(notes));
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
         .sub = en_words_print(w, "%s mL", en_words_fixed(w, s->volume_ml, 1))},
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
        .columns = {{"Site", 7.5, false},
                    {"Structure, why", 36, false},
                    {"Points", 8, true},
                    {"Dextrose", 8.5, true},
                    {"Needle", 14.5, false},
                    {"Guidance", 10.5, false},
                    {"At risk", 20, false}},
        .count = 7,
        .scale = 0.95,
    };

    en_layout_need(l, HEAD_NEED);
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
        out = en_words_print(w, "%s%s. ", out, en_words_sentence(w, en_words_clean(w, mix->warnings[i])));
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

    en_layout_need(l, HEAD_NEED);
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

/* "volume 15.5 of 30 mL (52 %)", one total in a line; *is_over when it is not surely below. */
static const char *total_words(struct en_words *w, const char *before, const char *what,
                               double share, bool *is_over)
{
    *is_over = *is_over || !(share <= 1.0);
    return en_words_print(w, "%s%s%s (%s)", before, *before == '\0' ? "" : "\n", what,
                          en_words_share(w, share));
}

static const char *dose_words(struct en_words *w, const struct en_dose_line *d)
{
    const char *factor = "";

    if (d->factor < 1.0) {
        factor = en_words_print(w, ", maximum reduced to %s: %s", en_words_share(w, d->factor),
                                en_words_clean(w, d->factor_reason));
    }
    return en_words_print(w, "%s %s of %s mg%s", en_words_sentence(w, en_words_clean(w, d->drug)),
                          en_words_number(w, d->mg, 1), en_words_number(w, d->max_mg, 0), factor);
}

static struct en_layout_note totals_note(struct en_words *w, const struct en_plan_totals *t)
{
    bool is_over = false;
    const char *out = total_words(w, "",
                                  en_words_print(w, "Volume %s of %s mL",
                                                 en_words_fixed(w, t->volume_ml, 1),
                                                 en_words_number(w, t->volume_limit_ml, 1)),
                                  t->volume_ml / t->volume_limit_ml, &is_over);

    out = total_words(w, out,
                      en_words_print(w, "Dextrose %s g, warning at %s g",
                                     en_words_number(w, t->dextrose_g, 2),
                                     en_words_number(w, t->dextrose_warn_g, 1)),
                      t->dextrose_g / t->dextrose_warn_g, &is_over);
    for (size_t i = 0; i < t->dose_count; i++) {
        out = total_words(w, out, dose_words(w, &t->doses[i]), t->doses[i].fraction, &is_over);
    }
    if (t->dose_count > 1) {
        out = total_words(w, out, "All anaesthetics together", t->load, &is_over);
    }
    out = en_words_print(w, "%s\n%d points\nWatch the patient for %d minutes", out, t->points,
                         t->observation_min);
    return (struct en_layout_note){is_over ? RED : GREEN, "Totals of one session", out};
}

static const char *session_words(struct en_words *w, const struct en_plan *plan)
{
    const char *out = "";

    for (size_t i = 0; i < plan->session_count; i++) {
        const struct en_plan_session *s = &plan->sessions[i];

        out = en_words_print(w, "%s%s%d. %s%s", out, i == 0 ? "" : "\n", s->number,
                             en_words_day(w, s->day), s->is_optional ? " if review says so" : "");
    }
    return out;
}

/* Follow-ups that say the same are one line with several dates. */
static const char *followup_words(struct en_words *w, const struct en_plan *plan)
{
    const char *out = "", *before = NULL;

    for (size_t i = 0; i < plan->followup_count; i++) {
        const struct en_dated_row *d = &plan->followups[i];
        const char *day = en_words_day(w, d->from);

        if (before == NULL || strcmp(before, d->text) != 0) {
            out = en_words_print(w, "%s%s%s:\n%s", out, *out == '\0' ? "" : "\n",
                                 en_words_clean(w, d->text), day);
        } else {
            out = en_words_print(w, "%s, %s", out, day);
        }
        before = d->text;
    }
    return *out == '\0' ? "none planned" : out;
}

static void put_dates(struct en_layout *l, const struct en_plan *plan)
{
    struct en_words *w = l->w;
    const struct en_style faint = en_layout_style(l, 0.9, false, EN_COLOUR_FAINT);
    const struct en_layout_note notes[] = {
        totals_note(w, &plan->totals),
        {EN_COLOUR_BLUE, "Sessions", session_words(w, plan)},
        {EN_COLOUR_FAINT, "Follow-up", followup_words(w, plan)},
    };

    en_layout_need(l, HEAD_NEED);
    en_layout_heading(l, "Totals and dates");
    en_layout_boxes(l, notes, EN_COUNT(notes));
    en_layout_text(l, &faint, 0.0,
                   en_words_print(w, "%s, every %d days · %s",
                                  en_words_cell(w, plan->schedule, "title"), plan->interval_days,
                                  en_words_source(w, plan->schedule)));
}

/* Arms that stand beside each other for each outcome; the terminal prints all. */
enum { ARMS_BESIDE = 4 };

static void put_forecast_row(struct en_layout_table *t, const struct en_forecast *f, size_t week)
{
    struct en_words *w = t->layout->w;
    struct en_layout_cell cells[EN_LAYOUT_COLUMNS_MAX] = {
        {.text = en_words_number(w, f->request.weeks[week], 1), .is_bold = true}};
    const size_t arms = (t->count - 1) / EN_OUTCOME_COUNT;

    for (size_t i = 1; i < t->count; i++) {
        const enum en_outcome o = (i - 1) / arms == 0 ? EN_OUTCOME_PAIN : EN_OUTCOME_FUNCTION;
        const struct en_band *b = &f->band[(i - 1) % arms][o][EN_MIXED][week];
        const int n = o == EN_OUTCOME_PAIN ? 1 : 0;

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
        .layout = l, .columns = {{"Week", 6, false}}, .count = 1, .scale = 0.88};
    const struct en_style faint = en_layout_style(l, 0.9, false, EN_COLOUR_FAINT);
    const size_t arms = f->request.arm_count < ARMS_BESIDE ? f->request.arm_count : ARMS_BESIDE;

    for (enum en_outcome o = EN_OUTCOME_PAIN; o < EN_OUTCOME_COUNT; o++) {
        for (size_t arm = 0; arm < arms; arm++) {
            t.columns[t.count++] = (struct en_layout_column){
                en_words_print(w, "%s, %s", en_words_outcome(o), f->request.arms[arm].id), 12,
                false};
        }
    }
    en_layout_table_head(&t);
    for (size_t week = 0; week < f->request.week_count; week++) {
        put_forecast_row(&t, f, week);
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
    en_layout_charts(l, content->charts, EN_OUTCOME_COUNT, 170.0);
    en_layout_need(l, 100.0);
    const struct en_style bold = en_layout_style(l, 1.0, true, EN_COLOUR_INK);

    en_layout_text(l, &bold, 0.0, "Pain, by hypothesis of how it may work (weight)");
    en_layout_hypotheses(l, &one, 84.0);
    put_forecast_table(l, f);
}

/* A bold word and what belongs to it, in one paragraph. */
static void put_line(struct en_layout *l, const char *title, const char *text)
{
    if (*text != '\0') {
        en_layout_item(l, "•", en_words_print(l->w, "%s: %s", title, text));
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
        put_line(l, en_words_cell(w, plan->alternatives[i], "title"),
                 en_words_cell(w, plan->alternatives[i], "text"));
    }
}

static const char *cost_words(struct en_words *w, const struct en_plan *plan)
{
    const char *out = "";

    for (size_t i = 0; i < plan->cost_count; i++) {
        const char *amount = en_words_cell(w, plan->costs[i], "amount");

        out = en_words_print(w, "%s%s%s %s %s", out, i == 0 ? "" : "; ",
                             en_words_cell(w, plan->costs[i], "title"),
                             *amount == '\0' ? "________" : amount,
                             en_words_cell(w, plan->costs[i], "currency"));
    }
    return out;
}

static void put_rest(struct en_layout *l, const struct en_plan *plan)
{
    struct en_words *w = l->w;
    const char *phases = "", *others = "";

    for (size_t i = 0; i < plan->rehabilitation_count; i++) {
        const struct en_dated_row *d = &plan->rehabilitation[i];
        char from[EN_DATE_TEXT_MAX], to[EN_DATE_TEXT_MAX];

        phases = en_words_print(w, "%s%s%s to %s %s", phases, i == 0 ? "" : "; ",
                                en_date_text(d->from, from), en_date_text(d->to, to),
                                en_words_clean(w, d->text));
    }
    for (size_t i = 0; i < plan->alternative_count; i++) {
        others = en_words_print(w, "%s%s%s", others, i == 0 ? "" : "; ",
                                en_words_cell(w, plan->alternatives[i], "title"));
    }
    en_layout_heading(l, "Beside the injections");
    put_line(l, "Alternatives to them", others);
    put_line(l, "Rehabilitation", phases);
    put_line(l, "Cost", cost_words(w, plan));
    put_line(l, "Payer",
             plan->cover == NULL
                 ? "position unknown, ask before the first session"
                 : en_words_print(w, "%s: %s. %s", en_words_cell(w, plan->cover, "payer"),
                                  en_words_code(w, en_cell(plan->cover, "status")),
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

        items[count++] = en_words_print(w, "%s: %s%s%s%s", en_words_code(w, en_cell(d->row, "phase")),
                                        en_words_clean(w, d->text), is_always ? "" : " [",
                                        is_always ? "" : required, is_always ? "" : "]");
    }
    if (count > 0) {
        en_layout_need(l, en_layout_checks_height(l, items, count, 3) + 8.0 * l->sheet->font);
        en_layout_heading(l, "Checklist of the day");
        en_layout_checks(l, items, count, 3);
    }
}

static void put_plan(struct en_layout *l, const struct en_paper_content *content)
{
    static const char *const LABELS[] = {"Clinician, licence", "Signature", "Date"};
    static const double SHARES[] = {0.42, 0.38, 0.20};
    const struct en_plan *plan = content->report->plan;

    put_sites(l, plan);
    put_mixes(l, plan);
    put_dates(l, plan);
    put_forecast(l, content);
    put_rest(l, plan);
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
    put_evidence(l, r);
    put_findings(l, r->assessment);
    put_questions(l, r->assessment);
    if (!en_words_is_blocked(r)) {
        put_plan(l, p);
    } else if (r->plan != NULL) {
        put_alternatives(l, r->plan);
    }
}
