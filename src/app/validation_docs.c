/* SPDX-License-Identifier: Apache-2.0
 * app/validation_docs: docs/validation.md, and the answer of `enthesis validate` as JSON. */
#include "app/validation.h"

#include "base/text.h"
#include "fhir/writer.h"

#include <math.h>
#include <string.h>

enum { DIGITS = 5, OUTSIDE_MAX = 200 };

/* JSON */

static void write_row(struct en_writer *w, const struct en_validation_row *r)
{
    const struct en_predictive *q = &r->p.q;

    en_write_open(w, NULL, '{');
    en_write_text(w, "id", r->id);
    en_write_text(w, "study", r->study);
    en_write_text(w, "condition", r->condition);
    en_write_text(w, "arm", r->arm);
    en_write_text(w, "versus", r->versus);
    en_write_text(w, "outcome", r->outcome);
    en_write_number(w, "week", r->week, DIGITS);
    en_write_number(w, "n", r->n, DIGITS);
    en_write_number(w, "reported", r->value, DIGITS);
    en_write_number(w, "se", r->se, DIGITS);
    en_write_open(w, "predictive", '{');
    en_write_number(w, "q05", q->q05, DIGITS);
    en_write_number(w, "q25", q->q25, DIGITS);
    en_write_number(w, "q50", q->q50, DIGITS);
    en_write_number(w, "q75", q->q75, DIGITS);
    en_write_number(w, "q95", q->q95, DIGITS);
    en_write_close(w);
    en_write_bool(w, "covered_50", r->value >= q->q25 && r->value <= q->q75);
    en_write_bool(w, "covered_90", r->value >= q->q05 && r->value <= q->q95);
    en_write_number(w, "crps", r->p.crps, DIGITS);
    en_write_number(w, "plain_crps", r->p.plain_crps, DIGITS);
    en_write_number(w, "pit", r->p.pit, DIGITS);
    en_write_close(w);
}

static void write_rows(struct en_writer *w, const char *key, const struct en_validation_rows *rows)
{
    struct en_validation score;
    char name[32];

    en_write_open(w, key, '[');
    for (size_t i = 0; i < rows->count; i++) {
        write_row(w, &rows->rows[i]);
    }
    en_write_close(w);
    (void)snprintf(name, sizeof name, "%s_score", key);
    en_validation_score(rows, NULL, NULL, &score);
    en_write_open(w, name, '{');
    en_write_integer(w, "count", (long long)score.count);
    en_write_number(w, "covered_50", score.covered_50, DIGITS);
    en_write_number(w, "covered_90", score.covered_90, DIGITS);
    en_write_number(w, "crps", score.crps, DIGITS);
    en_write_number(w, "plain_crps", score.plain_crps, DIGITS);
    en_write_number(w, "plain_covered_90", score.plain_covered_90, DIGITS);
    en_write_integer(w, "found_nothing", (long long)score.null_count);
    en_write_integer(w, "found_nothing_as_predicted", (long long)score.null_covered);
    en_write_close(w);
}

enum en_status en_validation_json(const struct en_validate_answer *answer, struct en_buf *out,
                                  struct en_err *err)
{
    struct en_writer w = EN_WRITER(out);

    en_write_open(&w, NULL, '{');
    en_write_bool(&w, "is_calibrated", answer->posterior.is_calibrated);
    en_write_integer(&w, "studies_known_to_calibration", (long long)answer->published.known_count);
    write_rows(&w, "rows", &answer->rows);
    write_rows(&w, "contrasts", &answer->contrasts);
    en_write_close(&w);
    return en_write_end(&w, "the answer", err);
}

/* Markdown */

static void put_columns(struct en_buf *out)
{
    en_buf_add(out, "| column | what it says |\n|---|---|\n");
    for (const struct en_sheet_column *c = EN_PUBLISHED_COLUMNS; c->name != NULL; c++) {
        en_buf_print(out, "| `%s`%s | %s |\n", c->name, c->is_required ? " (needed)" : "",
                     c->meaning);
    }
}

static const char HOW[] =
    "# Validation\n"
    "\n"
    "Written by `enthesis calibrate cross --markdown`; the table behind it is\n"
    "[validation.tsv](validation.tsv).\n"
    "\n"
    "## Your own table of published results\n"
    "\n"
    "`enthesis validate FILE` reads a table of published results, predicts each with the stored\n"
    "posterior before it looks at the reported value, and prints how often the 50 % and 90 %\n"
    "intervals cover what was reported, the CRPS (continuous ranked probability score, lower is\n"
    "better) against that of the plain meta-analytic mean, and a calibration plot. With\n"
    "`--json` everything comes as JSON, with `--svg FILE` or `--pdf FILE` as a picture.\n"
    "\n"
    "A prediction is the distribution of what a report of that size would say: parameters,\n"
    "hypotheses, condition, study, arm and sampling error are all in it. The plain mean is the\n"
    "random-effects mean of comparable results of the tables of trials (same outcome, same kind "
    "of\n"
    "arm, nearest week; of the same condition when there are two), without the studies of FILE.\n"
    "\n"
    "FILE is text: one line with the names of the columns, parted by tabs, then one line for each\n"
    "result. Lines that begin with # are skipped. Columns may stand in any order; those that are\n"
    "not needed may be left out. `examples/trials/published.tsv` is an example.\n"
    "\n";

static const char CROSS[] =
    "\n"
    "## Leaving out one data set after the other\n"
    "\n"
    "Each data set of the tables of trials (studies that share people are one) was taken out of\n"
    "the calibration of all four hypotheses, and its results were predicted by what was left; the\n"
    "weights of the hypotheses were formed without it as well. The plain mean was taken from the\n"
    "same other data sets. The model's form and its priors were chosen with knowledge of many of\n"
    "these trials, so this is a check of the calibration, not a validation on unseen trials.\n"
    "\n";

static void put_share(struct en_buf *out, double share)
{
    if (isnan(share)) {
        en_buf_add(out, " –");
    } else {
        en_buf_print(out, " %.0f %%", 100.0 * share);
    }
}

/* One line of the table of scores. */
static void put_score(struct en_buf *out, const char *title, const struct en_validation *s)
{
    if (s->count == 0) {
        return;
    }
    en_buf_print(out, "| %s | %zu |", title, s->count);
    put_share(out, s->covered_50);
    en_buf_add(out, " |");
    put_share(out, s->covered_90);
    en_buf_print(out, " | %.3f | %.3f |", s->crps, s->plain_crps);
    put_share(out, s->plain_covered_90);
    en_buf_add(out, " |\n");
}

static bool is_contrast(const struct en_validation_row *row, const void *context)
{
    (void)context;
    return *row->versus != '\0';
}

static bool is_single(const struct en_validation_row *row, const void *context)
{
    (void)context;
    return *row->versus == '\0';
}

static bool is_outcome(const struct en_validation_row *row, const void *context)
{
    return *row->versus == '\0' && en_text_equal(row->outcome, context);
}

static bool is_condition(const struct en_validation_row *row, const void *context)
{
    return *row->versus == '\0' && en_text_equal(row->condition, context);
}

static bool is_treatment(const struct en_validation_row *row, const void *context)
{
    return *row->versus == '\0' && row->is_dextrose == *(const bool *)context;
}

static void put_part(struct en_buf *out, const struct en_validation_rows *rows, const char *title,
                     en_validation_choice *is_wanted, const void *context)
{
    struct en_validation score;

    en_validation_score(rows, is_wanted, context, &score);
    put_score(out, title, &score);
}

/* The first row of its condition. */
static bool is_new_condition(const struct en_validation_rows *rows, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (en_text_equal(rows->rows[i].condition, rows->rows[index].condition)) {
            return false;
        }
    }
    return true;
}

static void put_scores(struct en_buf *out, const struct en_validation_rows *rows)
{
    static const char *const OUTCOMES[] = {"pain", "function", "responder_pain",
                                           "responder_function"};
    static const bool TREATMENTS[] = {true, false};

    en_buf_add(out,
               "| results | n | in 50 % | in 90 % | CRPS | CRPS of the plain mean | plain mean, "
               "in 90 % |\n|---|---|---|---|---|---|---|\n");
    put_part(out, rows, "**changes and shares of arms**", is_single, NULL);
    for (size_t i = 0; i < EN_COUNT(OUTCOMES); i++) {
        put_part(out, rows, OUTCOMES[i], is_outcome, OUTCOMES[i]);
    }
    put_part(out, rows, "arms with dextrose", is_treatment, &TREATMENTS[0]);
    put_part(out, rows, "arms without", is_treatment, &TREATMENTS[1]);
    for (size_t i = 0; i < rows->count; i++) {
        const char *condition = rows->rows[i].condition;

        if (is_new_condition(rows, i)) {
            put_part(out, rows, *condition == '\0' ? "no condition" : condition, is_condition,
                     condition);
        }
    }
    put_part(out, rows, "**dextrose less control**", is_contrast, NULL);
}

/* In words, whichever way it went. */
static void put_verdict(struct en_buf *out, const struct en_validation_rows *rows)
{
    struct en_validation arms, contrasts;

    en_validation_score(rows, is_single, NULL, &arms);
    en_validation_score(rows, is_contrast, NULL, &contrasts);
    en_buf_print(out,
                 "\nThe 90 %% intervals cover %.0f %% of %zu results of arms; the aim is 80 to 100 "
                 "%%: %s.\n",
                 100.0 * arms.covered_90, arms.count,
                 arms.covered_90 >= 0.8 ? "met" : "**missed**");
    en_buf_print(out,
                 "The CRPS is %.3f, that of the plain mean %.3f (%.0f %%): the model predicts "
                 "%s.\n",
                 arms.crps, arms.plain_crps, 100.0 * arms.crps / arms.plain_crps,
                 arms.crps < arms.plain_crps ? "better" : "**no better**");
    if (contrasts.null_count > 0) {
        en_buf_print(out,
                     "Of %zu comparisons of dextrose with a control that found nothing (their "
                     "interval holds 0), the\npredictions allow for nothing in %zu (their 90 %% "
                     "interval holds 0).\n",
                     contrasts.null_count, contrasts.null_covered);
    }
}

static void put_outside(struct en_buf *out, const struct en_validation_rows *rows)
{
    size_t count = 0;

    en_buf_add(out, "\n### Outside the 90 % interval\n\n"
                    "| result | reported | predicted, 90 % | plain mean |\n|---|---|---|---|\n");
    for (size_t i = 0; i < rows->count && count < OUTSIDE_MAX; i++) {
        const struct en_validation_row *r = &rows->rows[i];

        if (r->value >= r->p.q.q05 && r->value <= r->p.q.q95) {
            continue;
        }
        en_buf_print(out, "| %s%s%s | %.3g | %.3g (%.3g to %.3g) | %.3g |\n", r->id,
                     *r->versus == '\0' ? "" : " less ", r->versus, r->value, r->p.q.q50,
                     r->p.q.q05, r->p.q.q95, r->p.plain_mean);
        count++;
    }
    if (count == 0) {
        en_buf_add(out, "| none | | | |\n");
    }
}

void en_validation_docs(const struct en_validation_rows *rows, struct en_buf *out)
{
    en_buf_add(out, HOW);
    put_columns(out);
    if (rows == NULL || rows->count == 0) {
        en_buf_add(out, "\n## Leaving out one data set after the other\n\nNot done yet.\n");
        return;
    }
    en_buf_add(out, CROSS);
    put_scores(out, rows);
    put_verdict(out, rows);
    put_outside(out, rows);
}
