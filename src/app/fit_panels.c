/* SPDX-License-Identifier: Apache-2.0
 * app/fit_panels: results and their predictions, grouped for pictures by study and outcome. */
#include "app/fit_report.h"

#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const OUTCOMES[EN_EVIDENCE_OUTCOME_COUNT] = {
    "pain, change [NRS]",
    "function, change [0-100]",
    "share with less pain [%]",
    "share with better function [%]",
};
static const char *const DIFFERENCES[EN_EVIDENCE_OUTCOME_COUNT] = {
    "pain, difference [NRS]",
    "function, difference [0-100]",
    "difference of shares [%]",
    "difference of shares [%]",
};

/* Results of one panel belong together. */
static bool is_same_panel(const struct en_evidence *e, const struct en_evidence_row *a,
                          const struct en_evidence_row *b)
{
    return e->arms[a->arm].study == e->arms[b->arm].study && a->outcome == b->outcome &&
           (a->versus == SIZE_MAX) == (b->versus == SIZE_MAX);
}

/* The name of an arm within its study: "dextrose" of RABAGO2013.dextrose. */
static const char *arm_name(const struct en_evidence *e, size_t arm)
{
    const char *id = e->arms[arm].id, *study = e->studies[e->arms[arm].study].id;
    const size_t size = strlen(study);

    return en_text_starts(id, study) && id[size] == '.' ? id + size + 1 : id;
}

static const char *result_name(const struct en_evidence *e, const struct en_evidence_row *row,
                               struct en_arena *a)
{
    const char *name = arm_name(e, row->arm);

    return row->versus == SIZE_MAX
               ? name
               : en_arena_print(a, "%s less %s", name, arm_name(e, row->versus));
}

/* Error of a reported value; of a share from its number of patients. */
static double error_of(const struct en_evidence_row *row)
{
    if (row->outcome >= EN_EVIDENCE_RESPONDER_PAIN) {
        const double p = (row->value * row->n + 1.0) / (row->n + 2.0);

        return sqrt(p * (1.0 - p) / row->n);
    }
    return row->se > 0.0 ? row->se : row->sd / sqrt(row->n);
}

/* By week, then arm. */
static int compare_results(const void *left, const void *right)
{
    const struct en_fit_result *a = left, *b = right;

    if (a->week != b->week) {
        return a->week < b->week ? -1 : 1;
    }
    return a->arm_index < b->arm_index ? -1 : a->arm_index > b->arm_index;
}

/* Number of an arm within the results so far: the first of its name. */
static size_t arm_place(const struct en_fit_result *results, size_t count, const char *arm)
{
    size_t next = 0;

    for (size_t i = 0; i < count; i++) {
        if (en_text_equal(results[i].arm, arm)) {
            return results[i].arm_index;
        }
        next = results[i].arm_index + 1 > next ? results[i].arm_index + 1 : next;
    }
    return next;
}

/* After sorting, arms are numbered in the order in which they stand. */
static void number_arms(struct en_fit_result *results, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        results[i].arm_index = arm_place(results, i, results[i].arm);
    }
}

/* The panel that begins with row `first`; its results take the place `results`. */
static struct en_fit_panel make_panel(const struct en_evidence *e,
                                      const struct en_prediction *predictions, size_t first,
                                      struct en_fit_result *results, struct en_arena *a)
{
    static const double WIDTH = 1.959963984540054;
    const struct en_evidence_row *head = &e->rows[first];
    const bool is_share = head->outcome >= EN_EVIDENCE_RESPONDER_PAIN;
    size_t count = 0;

    for (size_t i = first; i < e->row_count; i++) {
        const struct en_evidence_row *row = &e->rows[i];

        if (!is_same_panel(e, head, row)) {
            continue;
        }
        const double error = WIDTH * error_of(row);
        const char *name = result_name(e, row, a);

        results[count] = (struct en_fit_result){
            .id = row->id,
            .arm = name == NULL ? "" : name,
            .week = row->week,
            .value = row->value,
            .low = is_share ? fmax(row->value - error, 0.0) : row->value - error,
            .high = is_share ? fmin(row->value + error, 1.0) : row->value + error,
            .q = predictions[i].q,
            .is_fit = row->is_fit,
        };
        results[count].arm_index = arm_place(results, count, results[count].arm);
        count++;
    }
    qsort(results, count, sizeof *results, compare_results);
    number_arms(results, count);
    return (struct en_fit_panel){
        .outcome = (head->versus == SIZE_MAX ? OUTCOMES : DIFFERENCES)[head->outcome],
        .factor = is_share ? 100.0 : 1.0,
        .results = results,
        .count = count,
    };
}

/* No earlier row belongs to the same panel. */
static bool is_first(const struct en_evidence *e, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (is_same_panel(e, &e->rows[i], &e->rows[index])) {
            return false;
        }
    }
    return true;
}

enum en_status en_fit_panels(const struct en_evidence *e, const struct en_prediction *predictions,
                             const char *const *titles, struct en_arena *a,
                             const struct en_fit_panel **out, size_t *count, struct en_err *err)
{
    struct en_fit_panel *panels = EN_NEW(a, struct en_fit_panel, e->row_count);
    struct en_fit_result *results = EN_NEW(a, struct en_fit_result, e->row_count);
    size_t used = 0;

    *count = 0;
    if (panels == NULL || results == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the charts");
    }
    for (size_t i = 0; i < e->row_count; i++) {
        if (is_first(e, i)) {
            const size_t study = e->arms[e->rows[i].arm].study;
            struct en_fit_panel *panel = &panels[(*count)++];

            *panel = make_panel(e, predictions, i, results + used, a);
            panel->title = titles == NULL ? e->studies[study].id : titles[study];
            used += panel->count;
        }
    }
    *out = panels;
    return EN_OK;
}
