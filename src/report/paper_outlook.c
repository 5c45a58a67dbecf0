/* SPDX-License-Identifier: Apache-2.0
 * report/paper_outlook: the forecast of a patient in the course of treatment, for the clinician. */
#include "report/paper.h"

#include "base/text.h"

#include <math.h>

/* All that was used, in one line. */
static const char *used(struct en_words *w, const struct en_report_outlook *o)
{
    const char *out = "";

    for (size_t i = 0; i < o->note_count; i++) {
        const char *text =
            o->notes[i].usage == EN_USAGE_USED ? en_words_usage(w, o->notes, o->note_count, i) : "";

        out =
            *text == '\0' ? out : en_words_print(w, "%s%s%s", out, *out == '\0' ? "" : "; ", text);
    }
    return out;
}

/* Notes of one kind, those that say the same in one line. */
static void put_kind(struct en_layout *l, const struct en_report_outlook *o, enum en_usage usage,
                     const char *mark, const struct en_style *style)
{
    for (size_t i = 0; i < o->note_count; i++) {
        const char *text =
            o->notes[i].usage == usage ? en_words_usage(l->w, o->notes, o->note_count, i) : "";

        if (*text != '\0') {
            en_layout_text(l, style, 8.0, en_words_print(l->w, "%s: %s", mark, text));
        }
    }
}

static void put_notes(struct en_layout *l, const struct en_report_outlook *o)
{
    const struct en_style red = en_layout_style(l, 1.0, true, EN_COLOUR_RED);
    const struct en_style amber = en_layout_style(l, 1.0, false, EN_COLOUR_AMBER);
    const struct en_style faint = en_layout_style(l, 1.0, false, EN_COLOUR_FAINT);
    const char *rest = used(l->w, o);

    put_kind(l, o, EN_USAGE_EXCLUDED, "left out", &red);
    put_kind(l, o, EN_USAGE_ASSUMED, "assumed", &amber);
    if (*rest != '\0') {
        en_layout_text(l, &faint, 8.0, en_words_print(l->w, "used: %s", rest));
    }
}

static void put_record(struct en_layout *l, const struct en_report *r)
{
    const struct en_style plain = en_layout_style(l, 1.0, false, EN_COLOUR_INK);

    en_layout_heading(l, "The record");
    en_layout_text(l, &plain, 0.0, en_words_record(l->w, r));
    put_notes(l, r->outlook);
}

/* Whether the function of this person was measured. */
static bool has_function(const struct en_report *r)
{
    return isfinite(r->forecast->request.person.baseline_function);
}

static void put_charts(struct en_layout *l, const struct en_paper_content *content)
{
    const struct en_forecast *before = content->report->outlook->before;
    const struct en_style warn = en_layout_style(l, 1.0, true, EN_COLOUR_AMBER);
    const struct en_style plain = en_layout_style(l, 1.0, false, EN_COLOUR_INK);
    const size_t outcomes = has_function(content->report) ? EN_OUTCOME_COUNT : 1;

    en_layout_need(l, 200.0); /* the heading stays with a chart */
    en_layout_heading(l, before->is_calibrated ? "Forecast" : "Forecast, before calibration");
    en_layout_text(l, before->is_calibrated ? &plain : &warn, 0.0, en_words_basis(l->w, before));
    en_layout_space(l, 3.0);
    if (!content->has_before) {
        en_layout_charts(l, content->charts, outcomes, 150.0);
        return;
    }
    for (size_t o = 0; o < outcomes; o++) {
        en_layout_course(l, &content->before[o], &content->charts[o], o == 0 ? 165.0 : 132.0);
    }
}

static void put_sayings(struct en_layout *l, const struct en_sayings *s)
{
    en_layout_need(l, 60.0);
    en_layout_heading(l, "To say aloud");
    for (size_t i = 0; i < s->count; i++) {
        en_layout_item(l, "•", s->text[i]);
    }
}

/* Bands of one arm and outcome; a week that the forecast has not gives an empty cell. */
static struct en_layout_cell cell_of(struct en_words *w, const struct en_forecast *f, size_t arm,
                                     enum en_outcome o, size_t week)
{
    if (week >= f->request.week_count || arm >= f->request.arm_count) {
        return (struct en_layout_cell){.text = NULL};
    }
    const struct en_band *b = &f->band[arm][o][EN_MIXED][week];

    return (struct en_layout_cell){
        .text = en_words_print(w, "%s %s", en_words_middle(w, b, o), en_words_wide(w, b, o))};
}

static void put_week(struct en_layout_table *t, const struct en_report *r, size_t week)
{
    const struct en_forecast *now = r->forecast, *before = r->outlook->before;
    const struct en_shown arms = en_words_arms_shown(now);
    const double date = now->request.weeks[week];
    const bool is_course = en_words_is_course(now);
    struct en_words *w = t->layout->w;

    for (size_t i = 0; i < arms.count; i++) {
        const size_t arm = arms.index[i], then = en_words_week(before, date);
        struct en_layout_cell cells[EN_LAYOUT_COLUMNS_MAX] = {
            {.text = i == 0 ? en_words_number(w, date, 1) : NULL, .is_bold = true},
            {.text = en_words_arm_of(now, arm), .is_bold = arm == 0}};
        size_t count = 2;

        for (enum en_outcome o = EN_OUTCOME_PAIN; count < t->count; o++) {
            if (is_course) {
                cells[count++] = cell_of(w, before, arm, o, then);
            }
            cells[count++] = cell_of(w, now, arm, o, week);
        }
        en_layout_table_row(t, cells);
    }
}

/* Before and now of pain and, where it was measured, of function. */
static void put_bands(struct en_layout *l, const struct en_report *r)
{
    const struct en_forecast *now = r->forecast;
    const size_t outcomes = has_function(r) ? EN_OUTCOME_COUNT : 1;
    const struct en_style faint = en_layout_style(l, 0.9, false, EN_COLOUR_FAINT);
    struct en_words *w = l->w;
    struct en_layout_table t = {.layout = l,
                                .columns = {{"Week", 5.2, false}, {"Choice", 14, false}},
                                .count = 2,
                                .scale = 0.86};

    for (size_t o = 0; o < outcomes; o++) {
        const char *name = en_words_outcome((enum en_outcome)o);

        if (en_words_is_course(now)) {
            t.columns[t.count++] =
                (struct en_layout_column){en_words_print(w, "%s, before", name), 20.5, false};
        }
        t.columns[t.count++] = (struct en_layout_column){
            en_words_is_course(now) ? en_words_print(w, "%s, now", name) : name, 20.5, false};
    }
    en_layout_need(l, EN_PAPER_NEED);
    en_layout_heading(l, "Numbers");
    en_layout_table_head(&t);
    for (size_t week = 0; week < now->request.week_count; week++) {
        put_week(&t, r, week);
    }
    en_layout_space(l, 2.0);
    en_layout_text(
        l, &faint, 0.0,
        en_words_print(w,
                       "Weeks from the first session. Median [middle 50 %%] (middle 90 %%) and the "
                       "chance of a gain of at least %s points of pain or %s of function from the "
                       "start; pain 0 to 10, function 0 to 100, high is worse.%s",
                       en_words_number(w, now->request.mic_nrs, 1),
                       en_words_number(w, now->request.mic_function, 1),
                       en_words_is_course(now) ? " Before: patients like this one, with the plan, "
                                                 "saline, exercise and no treatment from the first "
                                                 "session on. Now: this patient from today on."
                                               : ""));
}

/* Columns for the arms from `first` on. */
static void add_arms(struct en_layout_table *t, const struct en_forecast *f, size_t first)
{
    const struct en_shown arms = en_words_arms_shown(f);

    for (size_t i = first; i < arms.count; i++) {
        t->columns[t->count++] =
            (struct en_layout_column){en_words_arm_of(f, arms.index[i]), 17, false};
    }
}

static void put_gains(struct en_layout *l, const struct en_forecast *f)
{
    const struct en_shown arms = en_words_arms_shown(f);
    const struct en_style bold = en_layout_style(l, 1.0, true, EN_COLOUR_INK);
    struct en_words *w = l->w;
    struct en_layout_table t = {
        .layout = l, .columns = {{"Week", 8, false}}, .count = 1, .scale = 0.9};

    en_layout_need(l, EN_PAPER_NEED);
    en_layout_space(l, 4.0);
    en_layout_text(
        l, &bold, 0.0,
        en_words_print(w,
                       "%s instead of the others: points of pain less, and the chance of "
                       "%s or more",
                       en_words_arm_of(f, 0), en_words_number(w, en_words_worthwhile(f), 1)));
    add_arms(&t, f, 1);
    en_layout_table_head(&t);
    for (size_t week = 0; week < f->request.week_count; week++) {
        struct en_layout_cell cells[EN_LAYOUT_COLUMNS_MAX] = {
            {.text = en_words_number(w, f->request.weeks[week], 1), .is_bold = true}};

        for (size_t i = 1; i < arms.count; i++) {
            const struct en_gain *g = &f->gain[arms.index[i]][week];

            cells[i] = (struct en_layout_cell){.text = en_words_print(w, "%s %s",
                                                                      en_words_gain_middle(w, g),
                                                                      en_words_gain_wide(w, g))};
        }
        en_layout_table_row(&t, cells);
    }
}

static void put_goal(struct en_layout_table *t, const struct en_report *r, size_t goal, size_t week,
                     bool is_named)
{
    const struct en_forecast *now = r->forecast, *before = r->outlook->before;
    const struct en_shown arms = en_words_arms_shown(now);
    const size_t then = en_words_week(before, now->request.weeks[week]);
    const bool has_before =
        en_words_is_course(now) && then != SIZE_MAX && goal < before->request.goal_count;
    struct en_words *w = t->layout->w;
    struct en_layout_cell cells[EN_LAYOUT_COLUMNS_MAX] = {
        {.text = is_named ? en_words_goal(w, &now->request.goals[goal]) : NULL},
        {.text = en_words_number(w, now->request.weeks[week], 1), .is_bold = true}};

    for (size_t i = 0; i < arms.count; i++) {
        const char *share = en_words_share(w, now->goal[arms.index[i]][goal][week]);

        cells[2 + i].text =
            has_before ? en_words_print(w, "%s (%s)", share,
                                        en_words_share(w, before->goal[arms.index[i]][goal][then]))
                       : share;
    }
    en_layout_table_row(t, cells);
}

/* On the date that the sentences speak of and on the last one; the terminal has all. */
static void put_goals(struct en_layout *l, const struct en_report *r)
{
    const struct en_forecast *f = r->forecast;
    const size_t spoken = en_words_spoken_week(f);
    const struct en_style bold = en_layout_style(l, 1.0, true, EN_COLOUR_INK);
    struct en_layout_table t = {.layout = l,
                                .columns = {{"Goal", 20, false}, {"Week", 6, false}},
                                .count = 2,
                                .scale = 0.9};

    if (f->request.goal_count == 0) {
        return;
    }
    en_layout_need(l, EN_PAPER_NEED);
    en_layout_space(l, 4.0);
    en_layout_text(l, &bold, 0.0,
                   en_words_is_course(f) ? "Chance to be at the goal: now (before)"
                                         : "Chance to be at the goal");
    add_arms(&t, f, 0);
    en_layout_table_head(&t);
    for (size_t goal = 0; goal < f->request.goal_count && goal < EN_GOALS_MAX; goal++) {
        for (size_t week = 0; week < f->request.week_count; week++) {
            if (week == spoken || week + 1 == f->request.week_count) {
                put_goal(&t, r, goal, week, week == spoken);
            }
        }
    }
}

static void put_hypotheses(struct en_layout *l, const struct en_report *r)
{
    const struct en_forecast *now = r->forecast, *before = r->outlook->before;
    const struct en_shown arms = en_words_arms_shown(now);
    const struct en_style bold = en_layout_style(l, 1.0, true, EN_COLOUR_INK);
    const struct en_style faint = en_layout_style(l, 0.9, false, EN_COLOUR_FAINT);
    const size_t last = now->request.week_count - 1;
    struct en_words *w = l->w;
    struct en_layout_table t = {.layout = l,
                                .columns = {{"Explanation", 24, false},
                                            {"Before", 10, true},
                                            {"Now", 10, true},
                                            {"", 4, false}},
                                .count = 4,
                                .scale = 0.9};

    en_layout_need(l, EN_PAPER_NEED);
    en_layout_space(l, 4.0);
    en_layout_text(
        l, &bold, 0.0,
        en_words_print(w,
                       "How the treatment may work: weight, and pain in week %s with its "
                       "chance of that gain",
                       en_words_number(w, now->request.weeks[last], 1)));
    add_arms(&t, now, 0);
    en_layout_table_head(&t);
    for (size_t h = 0; h < EN_HYPOTHESIS_COUNT; h++) {
        struct en_layout_cell cells[EN_LAYOUT_COLUMNS_MAX] = {
            {.text = en_words_hypothesis(h)},
            {.text = en_words_share(w, before->weight[h])},
            {.text = en_words_share(w, now->weight[h]), .is_bold = true}};

        for (size_t i = 0; i < arms.count; i++) {
            const struct en_band *b = &now->band[arms.index[i]][EN_OUTCOME_PAIN][h][last];

            cells[4 + i].text = en_words_print(w, "%s · %s", en_words_fixed(w, b->q[2], 1),
                                               en_words_share(w, b->mic_probability));
        }
        en_layout_table_row(&t, cells);
    }
    en_layout_space(l, 2.0);
    en_layout_text(l, &faint, 0.0, EN_WORDS_NO_EFFECT);
}

/* The values of the tables that the words rest on, with their sources. */
static void put_sources(struct en_layout *l, const struct en_report *r)
{
    static const char *const LIMITS[] = {"review.responder_points", "forecast.function_mic",
                                         "forecast.worthwhile_nrs", "forecast.exercise_load"};
    const struct en_style faint = en_layout_style(l, 0.9, false, EN_COLOUR_FAINT);
    struct en_words *w = l->w;

    en_layout_space(l, 4.0);
    en_layout_text(l, &faint, 0.0, en_words_learning(w, r->forecast));
    for (size_t i = 0; i < EN_COUNT(LIMITS); i++) {
        const struct en_row *row = en_row_find(r->knowledge, "limits", LIMITS[i]);

        if (row != NULL) {
            en_layout_text(l, &faint, 0.0,
                           en_words_print(w, "%s: %s · %s", en_words_cell(w, row, "title"),
                                          en_words_cell(w, row, "value"), en_words_source(w, row)));
        }
    }
    en_layout_text(l, &faint, 0.0, EN_WORDS_DAGGER ".");
}

void en_paper_outlook_body(struct en_layout *l, const void *content)
{
    const struct en_paper_content *c = content;
    const struct en_report *r = c->report;

    en_paper_title(l, r,
                   en_words_is_course(r->forecast) ? "Forecast in the course of treatment for"
                                                   : "Forecast before the first session for");
    en_paper_verdict(l, r);
    put_record(l, r);
    put_charts(l, c);
    put_sayings(l, &c->sayings);
    put_bands(l, r);
    put_gains(l, r->forecast);
    put_goals(l, r);
    put_hypotheses(l, r);
    put_sources(l, r);
}
