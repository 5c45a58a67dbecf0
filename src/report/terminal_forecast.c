/* SPDX-License-Identifier: Apache-2.0 */
#include "report/terminal.h"

/* Columns of the tables, see their definitions. */
enum { LEFT = 6, WIDTH_BAND = 17, LEFT_HYPOTHESIS = 28, WIDTH_CHANCE = 12 };
enum { ARMS_BESIDE = 4 }; /* arms in one table at most; 80 columns hold as many */

/* Columns of `width` that fit the page beside `taken`, 1 .. ARMS_BESIDE. */
static size_t arms_beside(const struct en_page *p, int taken, int width)
{
    const int fit = (p->width - taken) / (width + 1);

    return fit < 1 ? 1 : fit > ARMS_BESIDE ? ARMS_BESIDE : (size_t)fit;
}

static const char *share_or_dash(struct en_words *w, double share)
{
    return share >= 0.0 ? en_words_share(w, share) : "unknown";
}

static void print_arms(struct en_page *p, const struct en_forecast *f, enum en_outcome o,
                       size_t first)
{
    struct en_words *w = p->w;
    struct en_page_table t = {.page = p, .columns = {{"week", 5, true}}, .count = 1, .indent = 1};
    const size_t end = first + arms_beside(p, LEFT, WIDTH_BAND);

    for (size_t arm = first; arm < f->request.arm_count && arm < end; arm++) {
        t.columns[t.count++] = (struct en_page_column){en_words_arm_of(f, arm), WIDTH_BAND, false};
    }
    en_page_table_head(&t);
    for (size_t week = 0; week < f->request.week_count; week++) {
        const char *top[1 + ARMS_BESIDE] = {en_words_number(w, f->request.weeks[week], 1)};
        const char *below[1 + ARMS_BESIDE] = {""};

        for (size_t i = 1; i < t.count; i++) {
            const struct en_band *b = &f->band[first + i - 1][o][EN_MIXED][week];

            top[i] = en_words_middle(w, b, o);
            below[i] = en_words_wide(w, b, o);
        }
        en_page_table_row(&t, top);
        en_page_table_row(&t, below);
    }
}

static void print_hypotheses(struct en_page *p, const struct en_forecast *f, enum en_outcome o)
{
    struct en_words *w = p->w;
    struct en_page_table t = {
        .page = p,
        .columns = {{"hypothesis", 0, false}, {"weight", 6, true}},
        .count = 2,
    };
    const size_t week = f->request.week_count - 1;
    const size_t fit = arms_beside(p, LEFT_HYPOTHESIS, WIDTH_CHANCE);
    const size_t arms = f->request.arm_count < fit ? f->request.arm_count : fit;
    const int decimals = o == EN_OUTCOME_PAIN ? 1 : 0;

    for (size_t arm = 0; arm < arms; arm++) {
        t.columns[t.count++] =
            (struct en_page_column){en_words_arm_of(f, arm), WIDTH_CHANCE, false};
    }
    en_page_table_head(&t);
    for (size_t h = 0; h <= EN_MIXED; h++) {
        const char *cells[2 + ARMS_BESIDE] = {en_words_hypothesis(h),
                                              h == EN_MIXED ? "" : en_words_share(w, f->weight[h])};

        for (size_t arm = 0; arm < arms; arm++) {
            const struct en_band *b = &f->band[arm][o][h][week];

            cells[2 + arm] = en_words_print(w, "%s · %s", en_words_fixed(w, b->q[2], decimals),
                                            share_or_dash(w, b->mic_probability));
        }
        en_page_table_row(&t, cells);
    }
}

void en_terminal_bands(struct en_page *p, const struct en_forecast *f, enum en_outcome o)
{
    struct en_words *w = p->w;
    const bool is_pain = o == EN_OUTCOME_PAIN;
    const double mic = is_pain ? f->request.mic_nrs : f->request.mic_function;
    const char *week = en_words_number(w, f->request.weeks[f->request.week_count - 1], 1);

    en_page_blank(p);
    en_page_text(p, 0, "", EN_INK_BOLD,
                 en_words_print(w,
                                "%s, 0 to %d (high is worse): median [middle 50 %%] (middle 90 %%) "
                                "chance of a gain of %s or more",
                                en_words_outcome(o), is_pain ? 10 : 100,
                                en_words_number(w, mic, 1)));
    for (size_t arm = 0; arm < f->request.arm_count; arm += arms_beside(p, LEFT, WIDTH_BAND)) {
        print_arms(p, f, o, arm);
    }
    if (!is_pain) {
        return;
    }
    en_page_text(p, 0, "", EN_INK_BOLD,
                 en_words_print(w, "%s at week %s by hypothesis: median · chance of that gain",
                                en_words_outcome(o), week));
    print_hypotheses(p, f, o);
}

/* How much more often the plan brings an important gain than each of the others. */
static void print_gains(struct en_page *p, const struct en_forecast *f)
{
    struct en_words *w = p->w;
    const size_t week = f->request.week_count - 1;
    const char *list = "";

    for (size_t arm = 1; arm < f->request.arm_count; arm++) {
        list = en_words_print(w, "%s%s%s %s", list, *list == '\0' ? "" : ", ",
                              en_words_phrase(f->request.arms[arm].id),
                              share_or_dash(w, f->better_by_mic[arm][week]));
    }
    if (*list != '\0') {
        en_page_blank(p);
        en_page_text(p, 0, "", EN_INK_PLAIN,
                     en_words_print(w,
                                    "Chance of at least %s points less pain at week %s with the "
                                    "plan than with: %s",
                                    en_words_number(w, f->request.mic_nrs, 1),
                                    en_words_number(w, f->request.weeks[week], 1), list));
    }
}

void en_terminal_forecast(struct en_page *p, const struct en_forecast *f)
{
    struct en_words *w = p->w;

    if (f->request.arm_count == 0 || f->request.week_count == 0) {
        return;
    }
    en_page_heading(p, f->is_calibrated ? "FORECAST" : "FORECAST, before calibration");
    en_page_text(p, 0, "", f->is_calibrated ? EN_INK_PLAIN : EN_INK_YELLOW, en_words_basis(w, f));
    en_page_text(p, 0, "", EN_INK_PLAIN,
                 en_words_print(w, "%zu virtual patients like this one, seed %llu.",
                                f->request.patients, (unsigned long long)f->request.seed));
    en_terminal_bands(p, f, EN_OUTCOME_PAIN);
    en_terminal_bands(p, f, EN_OUTCOME_FUNCTION);
    print_gains(p, f);
}
