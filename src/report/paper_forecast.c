/* SPDX-License-Identifier: Apache-2.0
 * report/paper_forecast: forecast of the clinician's document, and what stands beside the plan. */
#include "report/paper.h"

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

        cells[i].text = en_words_middle(w, b, o);
        cells[i].sub = en_words_wide(w, b, o);
    }
    en_layout_table_row(t, cells);
}

static void put_forecast_table(struct en_layout *l, const struct en_forecast *f)
{
    struct en_words *w = l->w;
    struct en_layout_table t = {
        .layout = l, .columns = {{"Week", 6, false}}, .count = 1, .scale = 0.86};
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

void en_paper_forecast(struct en_layout *l, const struct en_paper_content *content)
{
    struct en_words *w = l->w;
    const struct en_forecast *f = content->report->forecast;

    if (!content->has_charts) {
        return;
    }
    struct en_chart one = content->charts[EN_OUTCOME_PAIN];

    en_layout_need(l, 200.0); /* the heading stays with the charts */
    en_layout_heading(l, f->is_calibrated ? "Forecast" : "Forecast, before calibration");
    const struct en_style warn = en_layout_style(l, 1.0, true, EN_COLOUR_AMBER);
    const struct en_style plain = en_layout_style(l, 1.0, false, EN_COLOUR_INK);

    en_layout_text(l, f->is_calibrated ? &plain : &warn, 0.0, en_words_basis(w, f));
    en_layout_charts(l, content->charts, EN_OUTCOME_COUNT, 130.0);
    en_layout_need(l, 90.0);
    const struct en_style bold = en_layout_style(l, 1.0, true, EN_COLOUR_INK);

    en_layout_text(l, &bold, 0.0, "Pain, by hypothesis of how it may work (weight)");
    en_layout_hypotheses(l, &one, 64.0);
    put_forecast_table(l, f);
}

/* A bold word and what belongs to it, in one paragraph. */
static void put_line(struct en_layout *l, const char *title, const char *text)
{
    if (*text != '\0') {
        en_layout_item(l, "•", en_words_print(l->w, "%s: %s", title, text));
    }
}

void en_paper_rest(struct en_layout *l, const struct en_plan *plan)
{
    struct en_words *w = l->w;

    const char *phases = en_words_phases(w, plan), *costs = en_words_costs(w, plan);
    const char *payer =
        plan->cover == NULL
            ? "position unknown, ask before the first session"
            : en_words_print(w, "%s: %s. %s", en_words_cell(w, plan->cover, "payer"),
                             en_words_code(w, en_cell(plan->cover, "status")),
                             en_words_cell(w, plan->cover, "text"));

    en_layout_heading(l, "Beside the injections");
    put_line(l, "Alternatives to them", en_words_choices(w, plan));
    put_line(l, "Rehabilitation",
             en_words_print(w, "%s%s%s", phases, *phases == '\0' ? "" : " ",
                            en_words_exercises(w, plan)));
    put_line(l, *costs == '\0' ? "Payer" : "Cost",
             en_words_print(w, "%s%s%s", costs, *costs == '\0' ? "" : ". Payer: ", payer));
}
