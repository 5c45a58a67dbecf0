/* SPDX-License-Identifier: Apache-2.0
 * report/terminal_clinic: the page of a simulated clinic. */
#include "report/clinic.h"
#include "report/page.h"

#include <math.h>

static const char RULES_NOTE[] =
    "given: sessions, mean. better: by the important change, from the observed baseline. beyond "
    "one: less pain than after one session, mean over the goal weeks. Pain is without fluctuation "
    "and error; rules see it with both.";

static const char LOSS_NOTE[] =
    "lost: more pain than with every session, mean over the goal weeks, in the same patients, with "
    "the standard error of that mean. 95 %%: of patients lie between. a session: lost for each "
    "session saved. %s+: share of patients who lose so many points or more. chosen: less lost than "
    "if the same stops fell on patients by chance, with its standard error: what the rule knows "
    "about whom to stop.";

static const char SIGNALS_NOTE[] =
    "true: share in whom it comes true. found: of these the signal says yes (sensitivity). "
    "spared: of the others it says no (specificity). area: under the curve of all thresholds; 0.5 "
    "says nothing, 1 everything. Better: observed, all sessions, first goal week, as a cohort "
    "without a control reports it. Gains: from the sessions that are left.";

static const char *percent(struct en_words *w, double share)
{
    return isnan(share) ? "–" : en_words_share(w, share);
}

static const char *fixed(struct en_words *w, double value, int decimals)
{
    return isnan(value) ? "–" : en_words_fixed(w, value, decimals);
}

static const char *with_error(struct en_words *w, const struct en_clinic_mean *x)
{
    return isnan(x->mean) ? "–"
                          : en_words_print(w, "%s ±%s", en_words_fixed(w, x->mean, 3),
                                           en_words_fixed(w, x->error, 3));
}

static void put_rules(struct en_page *p, const struct en_clinic_report *r)
{
    struct en_words *w = p->w;
    const struct en_clinic_request *q = r->request;
    const size_t last = q->week_count - 1;
    struct en_page_table t = {
        .page = p,
        .columns = {{"rule", 0, false},
                    {"n", 6, true},
                    {"given", 5, true},
                    {en_words_print(w, "pain %g", q->weeks[0]), 7, true},
                    {en_words_print(w, "pain %g", q->weeks[last]), 7, true},
                    {"better", 6, true},
                    {"beyond one", 10, true}},
        .count = 7,
    };

    en_page_heading(p, "RULES");
    en_page_table_head(&t);
    for (size_t i = 0; i < q->rule_count; i++) {
        const struct en_clinic_outcome *o = &r->result->outcomes[i];
        const char *cells[] = {
            r->rule_titles[i],
            en_words_print(w, "%zu", o->patients),
            fixed(w, o->sessions.mean, 2),
            fixed(w, o->pain[0].mean, 2),
            fixed(w, o->pain[last].mean, 2),
            percent(w, o->improved[last]),
            fixed(w, o->beyond_one.mean, 2),
        };

        en_page_table_row(&t, cells);
    }
    en_page_blank(p);
    en_page_text(p, 0, "", EN_INK_FAINT, RULES_NOTE);
}

static void put_losses(struct en_page *p, const struct en_clinic_report *r)
{
    struct en_words *w = p->w;
    const char *important = en_words_number(w, r->request->loss_nrs, 2);
    struct en_page_table t = {
        .page = p,
        .columns = {{"rule", 0, false},
                    {"lost", 12, true},
                    {"95 %", 13, true},
                    {"a session", 9, true},
                    {en_words_print(w, "%s+", important), 4, true},
                    {"chosen", 13, true}},
        .count = 6,
    };

    en_page_heading(p, "LOST AGAINST EVERY SESSION");
    en_page_table_head(&t);
    for (size_t i = 0; i < r->request->rule_count; i++) {
        const struct en_clinic_outcome *o = &r->result->outcomes[i];
        const char *cells[] = {
            r->rule_titles[i],
            with_error(w, &o->lost),
            o->patients == 0 ? "–"
                             : en_words_print(w, "%s to %s", en_words_fixed(w, o->lost.low, 2),
                                              en_words_fixed(w, o->lost.high, 2)),
            fixed(w, o->lost_per_session, 3),
            percent(w, o->lost_important),
            with_error(w, &o->chosen),
        };

        if (o->saved > 0.0) {
            en_page_table_row(&t, cells);
        }
    }
    en_page_blank(p);
    en_page_text(p, 0, "", EN_INK_FAINT, en_words_print(w, LOSS_NOTE, important));
}

/* Shares who stop, by sessions given and by reason. */
static void put_stops(struct en_page *p, const struct en_clinic_report *r)
{
    static const char *const AFTER[] = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"};
    struct en_words *w = p->w;
    const size_t after = (size_t)r->request->sessions - 1, shown = after < 5 ? after : 5;
    struct en_page_table t = {.page = p, .columns = {{"stop after", 0, false}}, .count = 1};

    for (size_t k = 0; k < shown; k++) {
        t.columns[t.count++] = (struct en_page_column){AFTER[k], 5, true};
    }
    t.columns[t.count++] = (struct en_page_column){"early", 6, true};
    t.columns[t.count++] = (struct en_page_column){"goal", 6, true};
    t.columns[t.count++] = (struct en_page_column){"forecast", 8, true};
    en_page_heading(p, "WHO STOPS WHEN, AND WHY");
    en_page_table_head(&t);
    for (size_t i = 0; i < r->request->rule_count; i++) {
        const struct en_clinic_outcome *o = &r->result->outcomes[i];
        double why[EN_RULE_STOP_FUTILE + 1] = {0};
        const char *cells[EN_PAGE_COLUMNS_MAX] = {r->rule_titles[i]};
        size_t count = 1;

        if (o->patients == 0 || r->request->rules[i].sessions > 0) {
            continue;
        }
        for (size_t k = 1; k <= after; k++) {
            double stopped = 0.0;

            for (size_t reason = 0; reason <= EN_RULE_STOP_FUTILE; reason++) {
                stopped += o->stopped[k][reason];
                why[reason] += o->stopped[k][reason];
            }
            if (k <= shown) {
                cells[count++] = percent(w, stopped);
            }
        }
        cells[count++] = percent(w, why[EN_RULE_STOP_EARLY]);
        cells[count++] = percent(w, why[EN_RULE_STOP_SUCCESS]);
        cells[count++] = percent(w, why[EN_RULE_STOP_FUTILE]);
        en_page_table_row(&t, cells);
    }
}

static void put_accuracy(struct en_page_table *t, const char *title, const char *of,
                         const struct en_clinic_accuracy *x)
{
    struct en_words *w = t->page->w;
    const char *cells[] = {
        title,
        of,
        percent(w, x->base),
        percent(w, x->sensitivity),
        percent(w, x->specificity),
        fixed(w, x->area, 2),
    };

    en_page_table_row(t, cells);
}

static void put_signals(struct en_page *p, const struct en_clinic_report *r)
{
    struct en_words *w = p->w;
    struct en_page_table t = {
        .page = p,
        .columns = {{"signal", 0, false},
                    {"predicts", 20, false},
                    {"true", 5, true},
                    {"found", 6, true},
                    {"spared", 6, true},
                    {"area", 5, true}},
        .count = 6,
    };

    en_page_heading(p, "WHAT AN EARLY SIGN TELLS");
    en_page_table_head(&t);
    for (size_t s = 0; s < r->request->signal_count; s++) {
        const struct en_clinic_prediction *x = &r->result->predictions[s];

        if (x->patients == 0) {
            continue;
        }
        put_accuracy(&t, r->signal_titles[s], "better", &x->better);
        put_accuracy(&t, "", "gains, above median", &x->gains);
        put_accuracy(&t, "",
                     en_words_print(w, "gains %s or more",
                                    en_words_number(w, r->request->worthwhile_nrs, 2)),
                     &x->worthwhile);
    }
    en_page_blank(p);
    en_page_text(p, 0, "", EN_INK_FAINT, SIGNALS_NOTE);
}

/* Who they are, and what is done. */
static const char *setting(struct en_words *w, const struct en_clinic_report *r)
{
    const struct en_clinic_request *q = r->request;
    const char *weeks = "";

    for (size_t k = 0; k < q->week_count; k++) {
        weeks = en_words_print(w, "%s%s%s", weeks, k == 0 ? "" : " and ",
                               en_words_number(w, q->weeks[k], 1));
    }
    return en_words_print(
        w,
        "%zu virtual patients (%zu of them with a forecast of %zu draws at each visit), observed "
        "pain %s on average. A full course: %d sessions, %s days apart, dextrose %s %%, coverage "
        "%s. Goal weeks %s. Without any session pain is %s at the last.",
        q->patients, q->forecast_patients, q->draws, en_words_fixed(w, r->result->baseline, 2),
        q->sessions, en_words_number(w, q->interval_days, 1),
        en_words_number(w, q->dose.dextrose_percent, 1), en_words_share(w, q->dose.coverage), weeks,
        en_words_fixed(w, r->result->nothing[q->week_count - 1].mean, 2));
}

static void print_page(struct en_page *p, const struct en_clinic_report *r)
{
    struct en_words *w = p->w;

    en_page_pair(p, "SIMULATED CLINIC", r->condition);
    if (!r->is_calibrated) {
        en_page_box(p, EN_INK_YELLOW, "BEFORE CALIBRATION",
                    "The model has not been fitted to trials. These numbers follow from priors; "
                    "use them to understand the rules, not to choose one.");
    } else if (!r->has_condition_data) {
        en_page_box(p, EN_INK_YELLOW, "NO DATA FOR THIS CONDITION",
                    "No controlled trial of this condition was used: the spread over all "
                    "conditions stands for it.");
    }
    if (r->truth != NULL) {
        en_page_box(p, EN_INK_YELLOW, "WHAT IF",
                    en_words_print(w,
                                   "Of all patients %s is true; the forecasts believe what the "
                                   "posterior says.",
                                   r->truth));
    }
    en_page_text(p, 0, "", EN_INK_PLAIN, setting(w, r));
    if (r->result->failed > 0) {
        en_page_text(p, 0, "", EN_INK_PLAIN,
                     en_words_print(w, "%zu forecasts could not be made: there a rule goes on.",
                                    r->result->failed));
    }
    put_rules(p, r);
    put_losses(p, r);
    put_stops(p, r);
    put_signals(p, r);
}

enum en_status en_clinic_terminal(const struct en_clinic_report *r, int width, bool use_colour,
                                  struct en_buf *out, struct en_err *err)
{
    struct en_arena arena = EN_ARENA(4 << 20);
    struct en_words w = {.arena = &arena, .knowledge = r->knowledge, .today = r->today};
    struct en_page page = {
        .out = out, .w = &w, .width = en_page_width(width), .use_colour = use_colour};

    print_page(&page, r);
    return en_page_end(&page, EN_OK, err);
}
