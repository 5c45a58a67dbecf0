/* SPDX-License-Identifier: Apache-2.0
 * report/terminal_trial: the page of a virtual trial. */
#include "report/page.h"
#include "report/trial.h"

static const char SIGNS[] =
    "Changes are later minus baseline and high scores are worse, so an improvement of pain or "
    "function is negative. mean, SD: over patients. The three columns behind them: what a trial of "
    "this size would report, 5 %, 50 % and 95 % of such trials. The last four: the difference from "
    "the last arm it would report, and how often with p < 0.05 in favour of the arm.";

static void print_row(struct en_page_table *t, const struct en_trial_report *r, size_t h,
                      size_t arm, size_t outcome)
{
    const struct en_trial *trial = r->result->trial;
    struct en_words *w = t->page->w;
    const struct en_trial_words words = en_trial_words(w, &trial->outcomes[outcome]);
    const int n = words.decimals;

    for (size_t week = 0; week < trial->week_count; week++) {
        const size_t at = en_trial_at(trial, h, arm, outcome, week);
        const struct en_trial_cell *cell = &r->result->arms[at];
        const struct en_predictive *p = &cell->predictive;
        const struct en_predictive *c = &r->result->contrasts[at].predictive;
        const bool is_last = arm + 1 == trial->arm_count;
#define FIXED(value) en_words_fixed(w, words.factor *(value), n)
        const char *cells[] = {
            week == 0 ? en_words_clean(w, trial->arms[arm].name) : "",
            en_words_number(w, trial->weeks[week], 1),
            FIXED(cell->mean),
            FIXED(cell->sd),
            FIXED(p->q05),
            FIXED(p->q50),
            FIXED(p->q95),
            is_last ? "" : FIXED(c->q05),
            is_last ? "" : FIXED(c->q50),
            is_last ? "" : FIXED(c->q95),
            is_last ? "" : en_words_share(w, r->result->power[at]),
        };
#undef FIXED

        en_page_table_row(t, cells);
    }
}

static void print_outcome(struct en_page *p, const struct en_trial_report *r, size_t h,
                          size_t outcome)
{
    const struct en_trial *trial = r->result->trial;
    struct en_page_table t = {
        .page = p,
        .columns = {{"arm", 0, false},
                    {"week", 4, true},
                    {"mean", 6, true},
                    {"SD", 5, true},
                    {"5 %", 6, true},
                    {"50 %", 6, true},
                    {"95 %", 6, true},
                    {"5 %", 6, true},
                    {"50 %", 6, true},
                    {"95 %", 6, true},
                    {"p<.05", 5, true}},
        .count = 11,
    };

    en_page_table_head(&t);
    for (size_t arm = 0; arm < trial->arm_count; arm++) {
        print_row(&t, r, h, arm, outcome);
    }
}

static void print_outcomes(struct en_page *p, const struct en_trial_report *r)
{
    const struct en_trial *trial = r->result->trial;

    for (size_t o = 0; o < trial->outcome_count; o++) {
        const struct en_trial_words words = en_trial_words(p->w, &trial->outcomes[o]);

        en_page_heading(p, en_words_print(p->w, "%s (%s)", words.title, words.better));
        print_outcome(p, r, EN_HYPOTHESES, o);
        for (size_t h = 0; h < EN_HYPOTHESES && r->with_hypotheses; h++) {
            const struct en_hypothesis hypothesis = en_heal_hypothesis(h);

            en_page_blank(p);
            en_page_text(p, 0, "", EN_INK_BOLD,
                         en_words_print(p->w, "under %s, %s (weight %s)", hypothesis.id,
                                        hypothesis.name,
                                        en_words_share(p->w, r->result->weight[h])));
            print_outcome(p, r, h, o);
        }
    }
}

static void print_arms(struct en_page *p, const struct en_trial *t)
{
    struct en_page_table table = {
        .page = p,
        .columns = {{"arm", 0, false},
                    {"patients", 8, true},
                    {"sessions", 8, true},
                    {"as needed", 9, true},
                    {"dextrose", 8, true},
                    {"reached", 7, true}},
        .count = 6,
    };

    en_page_table_head(&table);
    for (size_t i = 0; i < t->arm_count; i++) {
        const struct en_trial_arm *arm = &t->arms[i];
        size_t needed = 0;

        for (size_t k = 0; k < arm->session_count; k++) {
            needed += arm->sessions[k].is_as_needed ? 1 : 0;
        }
        const bool has_sessions = arm->session_count > 0;
        const char *cells[] = {
            en_words_clean(p->w, arm->name),
            en_words_print(p->w, "%zu", arm->n),
            en_words_print(p->w, "%zu", arm->session_count - needed),
            en_words_print(p->w, "%zu", needed),
            has_sessions
                ? en_words_print(p->w, "%s %%",
                                 en_words_number(p->w, arm->sessions[0].dextrose_percent, 1))
                : "",
            has_sessions ? en_words_share(p->w, arm->sessions[0].coverage) : "",
        };

        en_page_table_row(&table, cells);
    }
}

static void print_page(struct en_page *p, const struct en_trial_report *r)
{
    struct en_words *w = p->w;
    const struct en_trial *t = r->result->trial;

    en_page_pair(p, en_words_print(w, "VIRTUAL TRIAL · %s", en_words_clean(w, r->name)), r->title);
    if (!r->is_calibrated) {
        en_page_box(p, EN_INK_YELLOW, "BEFORE CALIBRATION",
                    "The model has not been fitted to trials. These numbers follow from priors; "
                    "use them to understand the model, not to plan or to judge a treatment.");
    } else if (!r->has_condition_data) {
        en_page_box(p, EN_INK_YELLOW, "NO DATA FOR THIS CONDITION",
                    "No controlled trial of this condition was used: the spread over all "
                    "conditions stands for it.");
    }
    print_arms(p, t);
    if (t->arm_count > 1) {
        en_page_heading(p, "WHAT A TRIAL OF THIS SIZE WOULD CONCLUDE");
        for (size_t arm = 0; arm + 1 < t->arm_count; arm++) {
            en_page_text(p, 0, "·", EN_INK_PLAIN, en_trial_conclusion(w, r, arm));
        }
        if (r->size != NULL) {
            en_page_text(p, 0, "·", EN_INK_PLAIN, en_trial_size_words(w, r));
        }
    }
    print_outcomes(p, r);
    en_page_blank(p);
    en_page_text(p, 0, "", EN_INK_FAINT, SIGNS);
    en_page_text(p, 0, "", EN_INK_FAINT, en_trial_method(w, r));
}

enum en_status en_trial_terminal(const struct en_trial_report *r, int width, bool use_colour,
                                 struct en_buf *out, struct en_err *err)
{
    struct en_arena arena = EN_ARENA(16 << 20);
    struct en_words w = {.arena = &arena, .knowledge = r->knowledge, .today = r->today};
    struct en_page page = {
        .out = out, .w = &w, .width = en_page_width(width), .use_colour = use_colour};

    print_page(&page, r);
    return en_page_end(&page, EN_OK, err);
}
