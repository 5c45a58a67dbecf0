/* SPDX-License-Identifier: Apache-2.0
 * report/terminal_selfcheck: the page of a self-check. */
#include "report/page.h"
#include "report/selfcheck.h"

#include <math.h>

static const char RANKS_NOTE[] =
    "ranks: of the truth within the posterior, 20 bins from lowest to highest; half a block is "
    "what is expected. chance: how often chi-square (19 degrees of freedom) is larger when the "
    "posterior is right. in 50 %, in 90 %: share of persons whose truth lies in the middle half, "
    "and in the middle 90 %, of the posterior.";

static const char SCORE_NOTE[] =
    "The error of a simulated score is Student's t with 4 degrees of freedom, as the posterior "
    "takes it; that of a forecast is normal with the same SD. The ends of a band belong to it: "
    "with scores at the ends of the scale the printed bands hold %s and %s.";

static const char CASES_NOTE[] =
    "effective: patients of the population that carry the weight, of %zu; below 100 the reports "
    "come in by stages. off: largest difference of mean, SD, 5, 50 and 95 %% of nine quantities, "
    "in standard errors; square: mean of their squares, 1 to 1.4 by chance. NRS: "
    "largest difference of expected pain and gain. one run: root mean square error of its means "
    "and of its quantiles, in posterior SDs. evidence: difference of the logarithm from that of "
    "%zu patients, with its standard error.";

const char *en_selfcheck_bar(double count, double expected)
{
    static const char *const BLOCKS[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    const double eighths = expected > 0.0 ? 4.0 * count / expected + 0.5 : 0.0;

    return BLOCKS[eighths < 8.0 ? (size_t)fmax(eighths, 0.0) : 8];
}

static const char *bars(struct en_words *w, const struct en_selfcheck_ranks *r, size_t persons)
{
    const char *text = "";

    for (size_t b = 0; b < EN_SELFCHECK_BINS; b++) {
        text = en_words_print(
            w, "%s%s", text,
            en_selfcheck_bar((double)r->bin[b], (double)persons / EN_SELFCHECK_BINS));
    }
    return text;
}

static void put_rank(struct en_page_table *t, const char *name, const struct en_selfcheck_ranks *r,
                     size_t persons)
{
    struct en_words *w = t->page->w;
    const char *cells[] = {
        name,
        bars(w, r, persons),
        en_words_fixed(w, r->chi_square, 1),
        en_words_fixed(w, r->chance, 3),
        en_words_share(w, r->in_50),
        en_words_share(w, r->in_90),
    };

    en_page_table_row(t, cells);
}

static void put_ranks(struct en_page *p, const struct en_selfcheck_report *r)
{
    const struct en_selfcheck *s = r->sum;
    struct en_page_table t = {
        .page = p,
        .columns = {{"quantity", 0, false},
                    {"ranks", EN_SELFCHECK_BINS, false},
                    {"chi²", 5, true},
                    {"chance", 6, true},
                    {"in 50 %", 7, true},
                    {"in 90 %", 7, true}},
        .count = 6,
    };

    en_page_heading(p, "WHERE THE TRUTH LIES IN THE POSTERIOR");
    en_page_table_head(&t);
    for (size_t k = 0; k < EN_QUANTITY_COUNT; k++) {
        put_rank(&t, EN_QUANTITY_NAMES[k], &s->rank[k], s->persons);
    }
    put_rank(&t, "next score", &s->score, s->persons);
    put_rank(&t, "next score, normal error", &s->normal, s->persons);
    en_page_blank(p);
    en_page_text(p, 0, "", EN_INK_FAINT, RANKS_NOTE);
    en_page_text(p, 0, "", EN_INK_FAINT,
                 en_words_print(p->w, SCORE_NOTE, en_words_share(p->w, s->band_50),
                                en_words_share(p->w, s->band_90)));
}

static void put_weights(struct en_page *p, const struct en_selfcheck *s)
{
    struct en_words *w = p->w;
    struct en_page_table t = {
        .page = p,
        .columns = {{"weight of a hypothesis", 0, false},
                    {"times", 7, true},
                    {"true", 7, true},
                    {"by the weights", 16, true}},
        .count = 4,
    };

    en_page_heading(p, "HOW OFTEN A HYPOTHESIS IS THE TRUE ONE");
    en_page_table_head(&t);
    for (size_t g = 0; g < EN_SELFCHECK_GROUPS; g++) {
        const struct en_selfcheck_group *x = &s->group[g];
        const char *cells[] = {
            en_words_print(w, "%zu to %zu %%", 10 * g, 10 * (g + 1)),
            en_words_print(w, "%zu", x->count),
            en_words_print(w, "%zu", x->is_true),
            en_words_print(w, "%s ± %s", en_words_fixed(w, x->expected, 1),
                           en_words_fixed(w, x->sd, 1)),
        };

        if (x->count > 0) {
            en_page_table_row(&t, cells);
        }
    }
    en_page_blank(p);
    en_page_text(p, 0, "", EN_INK_FAINT,
                 en_words_print(w,
                                "All weights together promise %s SD more than they keep (within "
                                "-3.3 and 3.3 by chance in 99.9 of 100).",
                                en_words_fixed(w, s->confidence, 1)));
}

static void put_case(struct en_page_table *t, const struct en_reference *c, size_t repeats)
{
    struct en_words *w = t->page->w;
    struct en_reference_sum sum;

    en_reference_sum_up(c, repeats, &sum);
    const double error = sqrt(c->evidence.chains_error * c->evidence.chains_error +
                              c->evidence.sd * c->evidence.sd / (double)repeats);
    const char *cells[] = {
        c->name,
        en_words_fixed(w, c->effective, 0),
        en_words_fixed(w, sum.largest_off, 1),
        en_words_fixed(w, sum.mean_square, 1),
        en_words_fixed(w, sum.bias_nrs, 2),
        en_words_print(w, "%s %s", en_words_fixed(w, sum.mean_error, 2),
                       en_words_fixed(w, sum.quantile_error, 2)),
        en_words_print(w, "%s ± %s", en_words_fixed(w, c->evidence.mean - c->evidence.chains, 2),
                       en_words_fixed(w, error, 2)),
    };

    en_page_table_row(t, cells);
}

static void put_cases(struct en_page *p, const struct en_selfcheck_report *r)
{
    struct en_page_table t = {
        .page = p,
        .columns = {{"case", 0, false},
                    {"effective", 9, true},
                    {"off", 4, true},
                    {"square", 6, true},
                    {"NRS", 4, true},
                    {"one run", 9, true},
                    {"evidence", 13, true}},
        .count = 7,
    };

    en_page_heading(p, "BESIDE LONG CHAINS");
    en_page_table_head(&t);
    for (size_t i = 0; i < r->case_count; i++) {
        put_case(&t, &r->cases[i], r->chains->repeats);
    }
    en_page_blank(p);
    en_page_text(p, 0, "", EN_INK_FAINT,
                 en_words_print(p->w, CASES_NOTE, r->chains->draws, r->chains->population));
}

static void print_page(struct en_page *p, const struct en_selfcheck_report *r)
{
    struct en_words *w = p->w;

    en_page_pair(p, "SELF-CHECK OF THE POSTERIOR OF ONE PERSON",
                 en_words_print(w, "%zu simulated persons", r->sum->persons));
    if (!r->is_calibrated) {
        en_page_box(p, EN_INK_YELLOW, "BEFORE CALIBRATION",
                    "The population is that of the priors.");
    }
    en_page_text(p, 0, "", EN_INK_PLAIN,
                 en_words_print(w,
                                "Persons are drawn from the model's own population and report as "
                                "the model says: this checks the calculation, not the model. "
                                "%zu draws of each hypothesis; in %zu persons at least one "
                                "posterior was refined.",
                                r->draws, r->sum->refined));
    put_ranks(p, r);
    put_weights(p, r->sum);
    if (r->case_count > 0) {
        put_cases(p, r);
    }
}

enum en_status en_selfcheck_terminal(const struct en_selfcheck_report *r, int width,
                                     bool use_colour, struct en_buf *out, struct en_err *err)
{
    struct en_arena arena = EN_ARENA(4 << 20);
    struct en_words w = {.arena = &arena, .knowledge = r->knowledge, .today = r->today};
    struct en_page page = {
        .out = out, .w = &w, .width = en_page_width(width), .use_colour = use_colour};

    print_page(&page, r);
    return en_page_end(&page, EN_OK, err);
}
