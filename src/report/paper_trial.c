/* SPDX-License-Identifier: Apache-2.0
 * report/paper_trial: the document of a virtual trial: conclusion, charts, tables, method. */
#include "report/chart_trial.h"
#include "report/layout.h"
#include "report/trial.h"

#include <math.h>

/* Height of a row of panels, and of the legend above the first [pt]. */
static const double ROW = 150.0, LEGEND = 24.0;

static void put_conclusion(struct en_layout *l, const struct en_trial_report *r)
{
    const struct en_trial *t = r->result->trial;

    if (!r->is_calibrated) {
        en_layout_box(l, EN_COLOUR_AMBER, "Before calibration",
                      "The model has not been fitted to trials. These numbers follow from priors; "
                      "use them to understand the model, not to plan or to judge a treatment.");
    } else if (!r->has_condition_data) {
        en_layout_box(l, EN_COLOUR_AMBER, "No data for this condition",
                      "No controlled trial of this condition was used: the spread over all "
                      "conditions stands for it.");
    }
    if (t->arm_count > 1) {
        en_layout_heading(l, "What a trial of this size would conclude");
    }
    for (size_t arm = 0; arm + 1 < t->arm_count; arm++) {
        en_layout_item(l, "•", en_trial_conclusion(l->w, r, arm));
    }
    if (r->size != NULL) {
        en_layout_item(l, "•", en_trial_size_words(l->w, r));
    }
}

static void put_charts(struct en_layout *l, const struct en_trial_report *r)
{
    const struct en_style faint = en_layout_style(l, 0.9, false, EN_COLOUR_FAINT);
    struct en_trial_panel box = {l->left, 0.0, l->right - l->left, ROW - 10.0,
                                 0.86 * l->sheet->font};

    en_layout_need(l, ROW + LEGEND + 40.0);
    en_layout_heading(l, "Over the weeks");
    en_layout_text(l, &faint, 0.0,
                   "Dots and lines: median of what trials of this size report; bars: 50 % and "
                   "90 % of them. Patients per arm in brackets.");
    box.y = l->y;
    l->y += en_trial_legend_draw(&l->canvas, l->w, r, &box) + 4.0;
    for (size_t o = 0; o < r->result->trial->outcome_count; o++) {
        en_layout_need(l, ROW);
        box.y = l->y;
        en_trial_row_draw(&l->canvas, l->w, r, o, &box);
        l->y += ROW;
    }
}

static void put_row(struct en_layout_table *t, const struct en_trial_report *r, size_t outcome,
                    size_t arm, size_t week)
{
    const struct en_trial *trial = r->result->trial;
    struct en_words *w = t->layout->w;
    const struct en_trial_words words = en_trial_words(w, &trial->outcomes[outcome]);
    const size_t at = en_trial_at(trial, EN_HYPOTHESES, arm, outcome, week);
    const struct en_trial_cell *cell = &r->result->arms[at];
    const struct en_predictive *both[] = {&cell->predictive, &r->result->contrasts[at].predictive};
    const bool is_last = arm + 1 == trial->arm_count;
    struct en_layout_cell cells[EN_LAYOUT_COLUMNS_MAX] = {
        {.text = week == 0 ? en_words_clean(w, trial->arms[arm].name) : "", .is_bold = true},
        {.text = en_words_number(w, trial->weeks[week], 1)},
        {.text = en_words_print(w, "%s (%s)",
                                en_words_fixed(w, words.factor * cell->mean, words.decimals),
                                en_words_fixed(w, words.factor * cell->sd, words.decimals))},
    };

    for (size_t i = 0; i < 2; i++) {
        const struct en_predictive *p = both[i];
#define FIXED(value) en_words_fixed(w, words.factor *(value), words.decimals)
        cells[3 + i].text =
            i == 1 && is_last
                ? ""
                : en_words_print(w, "%s [%s; %s] (%s; %s)", FIXED(p->q50), FIXED(p->q25),
                                 FIXED(p->q75), FIXED(p->q05), FIXED(p->q95));
#undef FIXED
    }
    cells[5].text = is_last ? "" : en_words_share(w, r->result->power[at]);
    en_layout_table_row(t, cells);
}

static void put_table(struct en_layout *l, const struct en_trial_report *r, size_t outcome)
{
    const struct en_trial *trial = r->result->trial;
    const struct en_trial_words words = en_trial_words(l->w, &trial->outcomes[outcome]);
    struct en_layout_table t = {
        .layout = l,
        .columns = {{"Arm", 20, false},
                    {"Week", 6, true},
                    {"Mean (SD)", 12, true},
                    {"A trial would report", 27, true},
                    {"Difference from the last arm", 27, true},
                    {"p < 0.05", 8, true}},
        .count = 6,
        .scale = 0.86,
    };

    en_layout_heading(l, en_words_print(l->w, "%s (%s)", words.title, words.better));
    en_layout_table_head(&t);
    for (size_t arm = 0; arm < trial->arm_count; arm++) {
        for (size_t week = 0; week < trial->week_count; week++) {
            put_row(&t, r, outcome, arm, week);
        }
    }
}

static void put_hypotheses(struct en_layout *l, const struct en_trial_report *r)
{
    const struct en_trial *trial = r->result->trial;
    const struct en_trial_words words = en_trial_words(l->w, &trial->outcomes[0]);
    const size_t week = trial->week_count - 1;
    struct en_layout_table t = {.layout = l,
                                .columns = {{"Hypothesis", 26, false}, {"Weight", 8, true}},
                                .count = 2,
                                .scale = 0.86};

    for (size_t arm = 0; arm < trial->arm_count && t.count < EN_LAYOUT_COLUMNS_MAX; arm++) {
        t.columns[t.count++] =
            (struct en_layout_column){en_words_clean(l->w, trial->arms[arm].name), 18, true};
    }
    en_layout_heading(l, en_words_print(l->w, "By hypothesis: %s, week %s", words.title,
                                        en_words_number(l->w, trial->weeks[week], 1)));
    en_layout_table_head(&t);
    for (size_t h = 0; h <= EN_HYPOTHESES; h++) {
        const bool is_mixed = h == EN_HYPOTHESES;
        struct en_layout_cell cells[EN_LAYOUT_COLUMNS_MAX] = {
            {.text = is_mixed ? "all, mixed"
                              : en_words_print(l->w, "%s %s", en_heal_hypothesis(h).id,
                                               en_heal_hypothesis(h).name),
             .is_bold = is_mixed},
            {.text = is_mixed ? "" : en_words_share(l->w, r->result->weight[h])}};

        for (size_t i = 2; i < t.count; i++) {
            const struct en_predictive *p =
                &r->result->arms[en_trial_at(trial, h, i - 2, 0, week)].predictive;

            cells[i].text = en_words_print(
                l->w, "%s (%s; %s)", en_words_fixed(l->w, words.factor * p->q50, words.decimals),
                en_words_fixed(l->w, words.factor * p->q05, words.decimals),
                en_words_fixed(l->w, words.factor * p->q95, words.decimals));
        }
        en_layout_table_row(&t, cells);
    }
}

static void trial_body(struct en_layout *l, const void *content)
{
    const struct en_trial_report *r = content;
    const struct en_style plain = en_layout_style(l, 0.95, false, EN_COLOUR_INK);

    en_layout_title(l, en_words_clean(l->w, r->name), r->title);
    put_conclusion(l, r);
    put_charts(l, r);
    for (size_t o = 0; o < r->result->trial->outcome_count; o++) {
        put_table(l, r, o);
    }
    put_hypotheses(l, r);
    en_layout_heading(l, "How to read it");
    en_layout_text(l, &plain, 0.0,
                   "Changes are later minus baseline and high scores are worse, so an improvement "
                   "of pain or function is negative. Mean and standard deviation are over "
                   "patients. Behind them stands what a trial of this size would report: median "
                   "[middle 50 %] (middle 90 %); it holds the chance of who takes part, the "
                   "differences between studies, and what is not known about the model and which "
                   "hypothesis is right. p < 0.05: how often the trial would find it, two-sided, "
                   "in favour of the arm.");
    en_layout_text(l, &plain, 0.0, en_trial_method(l->w, r));
}

enum en_status en_trial_pdf(const struct en_trial_report *r, struct en_buf *out, struct en_err *err)
{
    struct en_arena arena = EN_ARENA(32 << 20);
    struct en_words w = {.arena = &arena, .knowledge = r->knowledge, .today = r->today};
    char date[EN_DATE_TEXT_MAX];
    const struct en_sheet sheet = {
        .title = "Virtual trial",
        .head_left = en_words_clean(&w, r->name),
        .head_right = en_words_print(&w, "Virtual trial · %s", en_date_text(r->today, date)),
        .foot =
            en_words_print(&w, "Enthesis, knowledge %s. Virtual patients, not real ones.",
                           r->knowledge == NULL ? "unknown" : en_knowledge_version(r->knowledge)),
        .today = r->today,
        .font = 8.6,
    };
    enum en_status st = en_layout_write(&sheet, &w, trial_body, r, out, err);

    if (st == EN_OK && w.failed) {
        st = en_fail(err, EN_ENOMEM, "no memory for the words of the document");
    }
    en_arena_free(&arena);
    return st;
}
