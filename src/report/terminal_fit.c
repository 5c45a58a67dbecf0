/* SPDX-License-Identifier: Apache-2.0
 * report/terminal_fit: the report of a calibration, and a validation, as text. */
#include "report/fit_chart.h"
#include "report/fit_words.h"
#include "report/page.h"

#include <math.h>
#include <string.h>

enum { PAGE_ARENA = 32 << 20, BAR_MAX = 40 };

static void put_hypotheses(struct en_page *p, const struct en_fit_report *r)
{
    struct en_words *w = p->w;
    struct en_page_table t = {
        .page = p,
        .columns = {{"hypothesis", 0, false},
                    {"before", 6, true},
                    {"after", 6, true},
                    {"log evidence", 12, true},
                    {r->has_wide ? "wider" : "", 6, true}},
        .count = r->has_wide ? 5 : 4,
    };

    en_page_heading(p, "HYPOTHESES, WEIGHTS");
    en_page_table_head(&t);
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        const struct en_fit_hypothesis *x = &r->hypotheses[h];
        const char *const cells[] = {
            en_words_print(w, "%s %s", x->id, x->name),
            en_words_fixed(w, x->prior_weight, 2),
            en_words_fixed(w, x->weight, 3),
            en_words_fixed(w, x->log_evidence, 2),
            r->has_wide ? en_words_fixed(w, x->wide_weight, 3) : "",
        };

        en_page_table_row(&t, cells);
    }
    for (size_t h = 0; h < EN_HYPOTHESES && r->is_calibrated; h++) {
        en_page_text(
            p, 0, "", EN_INK_FAINT,
            en_words_print(w, "%s: %s", r->hypotheses[h].id, en_fit_steps(w, &r->hypotheses[h])));
    }
}

static void put_quantities(struct en_page *p, const struct en_fit_report *r)
{
    struct en_words *w = p->w;
    struct en_page_table t = {
        .page = p,
        .columns = {{"quantity", 0, false},
                    {"before", 21, false},
                    {"after", 21, false},
                    {"contraction", 11, true}},
        .count = 4,
    };

    en_page_heading(p, "QUANTITIES, MEDIAN AND MIDDLE 90 %");
    en_page_table_head(&t);
    for (size_t i = 0; i < EN_LEARNED_COUNT; i++) {
        const struct en_fit_quantity *q = &r->quantities[i];
        const double contraction = en_fit_contraction(r, i);
        const char *const cells[] = {
            q->symbol,
            en_fit_interval_words(w, &q->prior, 2),
            en_fit_interval_words(w, &q->posterior, 2),
            contraction >= EN_FIT_IDENTIFIED ? en_words_fixed(w, contraction, 2) : "none",
        };

        en_page_table_row(&t, cells);
    }
    en_page_text(p, 0, "", EN_INK_PLAIN, en_fit_unidentified(w, r));
}

static void put_conditions(struct en_page *p, const struct en_fit_report *r)
{
    struct en_words *w = p->w;
    struct en_page_table t = {
        .page = p,
        .columns = {{"condition", 0, false},
                    {"n", 3, true},
                    {"contextual response", 20, false},
                    {"specific effect", 20, false}},
        .count = 4,
    };

    if (r->condition_count == 0) {
        return;
    }
    en_page_heading(p, "CONDITIONS");
    en_page_table_head(&t);
    for (size_t c = 0; c < r->condition_count; c++) {
        const struct en_fit_condition *x = &r->conditions[c];
        const char *const cells[] = {
            x->title,
            en_words_print(w, "%zu", x->result_count),
            en_fit_interval_words(w, &x->effect[EN_CONDITION_CONTEXT], 2),
            en_fit_interval_words(w, &x->effect[EN_CONDITION_SPECIFIC], 2),
        };

        en_page_table_row(&t, cells);
    }
}

/* Reported and predicted results, all or those that lie outside. */
static void put_results(struct en_page *p, const struct en_fit_panel *panels, size_t count,
                        bool is_outside_only)
{
    struct en_words *w = p->w;
    struct en_page_table t = {
        .page = p,
        .columns = {{"result", 0, false},
                    {"week", 5, true},
                    {"reported", 8, true},
                    {"predicted, 90 %", 22, false},
                    {"", 3, false}},
        .count = 5,
    };

    en_page_table_head(&t);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < panels[i].count; k++) {
            const struct en_fit_result *x = &panels[i].results[k];
            const struct en_fit_interval q = {x->q.q05, x->q.q50, x->q.q95};
            const bool is_inside = en_fit_is_inside(x);
            const char *const cells[] = {
                is_outside_only
                    ? x->id
                    : en_words_print(w, "%s, %s, %s", panels[i].title, x->arm, panels[i].outcome),
                en_words_number(w, x->week, x->week < 1.0 ? 3 : 1),
                en_fit_number(w, x->value, 3),
                en_fit_interval_words(w, &q, 3),
                is_inside ? "" : "out",
            };

            if (!is_outside_only || !is_inside) {
                en_page_table_row(&t, cells);
            }
        }
    }
}

static void print_fit(struct en_page *p, const struct en_fit_report *r)
{
    en_page_pair(p, "CALIBRATION", en_words_print(p->w, "knowledge %s", r->version));
    en_page_rule(p, "━");
    en_page_text(p, 0, "", r->is_calibrated ? EN_INK_PLAIN : EN_INK_YELLOW, en_fit_method(p->w, r));
    en_page_text(p, 0, "", EN_INK_PLAIN, en_fit_summary(p->w, r));
    en_page_text(p, 0, "", EN_INK_PLAIN, en_fit_left_out(p->w, r));
    put_hypotheses(p, r);
    put_quantities(p, r);
    put_conditions(p, r);
    en_page_heading(p, "OUTSIDE THE 90 % INTERVAL");
    put_results(p, r->panels, r->panel_count, true);
}

enum en_status en_fit_terminal(const struct en_fit_report *r, int width, bool use_colour,
                               struct en_buf *out, struct en_err *err)
{
    struct en_arena arena = EN_ARENA(PAGE_ARENA);
    struct en_words w = {.arena = &arena, .today = r->today};
    struct en_page page = {out, &w, en_page_width(width), use_colour};
    print_fit(&page, r);
    return en_page_end(&page, EN_OK, err);
}

/* Validation */

/* A bar of full and empty cells. */
static const char *bar_of(struct en_words *w, double share, int width)
{
    const char *text = "";
    const int full = (int)lround(fmin(fmax(share, 0.0), 1.0) * width);

    for (int i = 0; i < full && i < BAR_MAX; i++) {
        text = en_words_print(w, "%s█", text);
    }
    return text;
}

static void put_calibration(struct en_page *p, const struct en_fit_validation *v)
{
    static const double LEVELS[] = {0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95};
    struct en_words *w = p->w;
    size_t bins[EN_FIT_BINS], most = 1;

    en_page_heading(p, "CALIBRATION PLOT");
    for (size_t i = 0; i < EN_COUNT(LEVELS); i++) {
        const double share = en_fit_coverage(v->pit, v->pit_count, LEVELS[i]);

        en_page_text(p, 0, "", EN_INK_PLAIN,
                     en_words_print(w, "%3.0f %% interval holds %3.0f %%  %s", 100.0 * LEVELS[i],
                                    100.0 * share, bar_of(w, share, BAR_MAX)));
    }
    en_page_blank(p);
    en_fit_histogram(v->pit, v->pit_count, bins);
    for (size_t b = 0; b < EN_FIT_BINS; b++) {
        most = bins[b] > most ? bins[b] : most;
    }
    for (size_t b = 0; b < EN_FIT_BINS; b++) {
        en_page_text(p, 0, "", EN_INK_PLAIN,
                     en_words_print(w, "%3zu to %3zu %% of the prediction %4zu  %s", 10 * b,
                                    10 * b + 10, bins[b],
                                    bar_of(w, (double)bins[b] / (double)most, BAR_MAX / 2)));
    }
}

static void print_validation(struct en_page *p, const struct en_fit_validation *v)
{
    struct en_words *w = p->w;
    const char *warning = en_validation_warning(w, v);
    const char *contrasts = en_validation_contrasts(w, v);

    en_page_pair(p, "VALIDATION", en_words_print(w, "knowledge %s", v->version));
    en_page_rule(p, "━");
    if (*warning != '\0') {
        en_page_text(p, 0, "", EN_INK_YELLOW, warning);
    }
    en_page_text(p, 0, "", EN_INK_PLAIN, en_validation_coverage(w, v));
    en_page_text(p, 0, "", EN_INK_PLAIN, en_validation_scores(w, v));
    if (*contrasts != '\0') {
        en_page_text(p, 0, "", EN_INK_PLAIN, contrasts);
    }
    put_calibration(p, v);
    en_page_heading(p, "RESULTS");
    put_results(p, v->panels, v->panel_count, false);
}

enum en_status en_validation_terminal(const struct en_fit_validation *v, int width, bool use_colour,
                                      struct en_buf *out, struct en_err *err)
{
    struct en_arena arena = EN_ARENA(PAGE_ARENA);
    struct en_words w = {.arena = &arena, .today = v->today};
    struct en_page page = {out, &w, en_page_width(width), use_colour};
    print_validation(&page, v);
    return en_page_end(&page, EN_OK, err);
}
