/* SPDX-License-Identifier: Apache-2.0
 * Scoring rules of the questionnaires as their authors define them (clinical text, section 7.2).
 * The numbers here are the definition of each scale, not clinical thresholds: those are in
 * instruments.tsv. */
#include "care/scoring.h"
#include "base/text.h"

#include <math.h>

enum method { MEAN, SUM, PERCENT }; /* PERCENT: of the range from lowest to highest answer */

enum { PARTS_MAX = 3, ANY_COUNT = 0, HALF = 0 };

struct part {
    size_t items;        /* ANY_COUNT: as many as are given */
    size_t min_answered; /* HALF: at least half of them */
    double weight;       /* of this part in the score */
};

static const struct rule {
    const char *instrument, *scale;
    double low, high; /* range of one answer */
    enum method method;
    bool is_inverted; /* 100 - score: high is better although high answers are worse */
    struct part parts[PARTS_MAX];
} RULES[] = {
    {"nrs", NULL, 0, 10, MEAN, false, {{1, 1, 1.0}}},
    {"peg", NULL, 0, 10, MEAN, false, {{3, 3, 1.0}}},
    {"psfs", NULL, 0, 10, MEAN, false, {{ANY_COUNT, 3, 1.0}}},
    /* A tick list: what is not ticked is "no"; an empty form has no score. */
    {"rmdq", NULL, 0, 1, SUM, false, {{24, 1, 1.0}}},
    {"lefs", NULL, 0, 4, SUM, false, {{20, 20, 1.0}}},
    {"ndi", NULL, 0, 5, SUM, false, {{10, 10, 1.0}}},
    {"odi", NULL, 0, 5, PERCENT, false, {{10, 9, 1.0}}},
    {"quickdash", NULL, 1, 5, PERCENT, false, {{11, 10, 1.0}}},
    {"koos", NULL, 0, 4, PERCENT, true, {{ANY_COUNT, HALF, 1.0}}},
    {"hoos", NULL, 0, 4, PERCENT, true, {{ANY_COUNT, HALF, 1.0}}},
    {"faos", NULL, 0, 4, PERCENT, true, {{ANY_COUNT, HALF, 1.0}}},
    {"faam", "adl", 0, 4, PERCENT, false, {{21, 19, 1.0}}},
    {"faam", "sport", 0, 4, PERCENT, false, {{8, 7, 1.0}}},
    {"ffi",
     NULL,
     0,
     10,
     PERCENT,
     false,
     {{9, HALF, 1 / 3.0}, {9, HALF, 1 / 3.0}, {5, HALF, 1 / 3.0}}},
    {"spadi", NULL, 0, 10, PERCENT, false, {{5, 3, 0.5}, {8, 6, 0.5}}},
    {"spadi", "total", 0, 10, PERCENT, false, {{13, 11, 1.0}}},
    {"prtee", NULL, 0, 10, SUM, false, {{5, 5, 1.0}, {10, 10, 0.5}}},
    {"bctq", "symptom", 1, 5, MEAN, false, {{11, 11, 1.0}}},
    {"bctq", "function", 1, 5, MEAN, false, {{8, 8, 1.0}}},
    {"jfls", NULL, 0, 10, MEAN, false, {{8, 8, 1.0}}},
};

static const struct rule *find_rule(const char *instrument, const char *scale)
{
    for (size_t i = 0; i < EN_COUNT(RULES); i++) {
        if (en_text_equal(RULES[i].instrument, instrument) &&
            en_text_equal(RULES[i].scale, scale)) {
            return &RULES[i];
        }
    }
    return NULL;
}

static size_t item_count(const struct rule *rule, size_t given)
{
    size_t count = 0;

    for (size_t i = 0; i < PARTS_MAX; i++) {
        count += rule->parts[i].items;
    }
    return count == ANY_COUNT ? given : count;
}

static bool is_in_range(const struct rule *rule, const double *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!isnan(items[i]) && !(items[i] >= rule->low && items[i] <= rule->high)) {
            return false;
        }
    }
    return true;
}

/* One part; NAN when too few of its items were answered. */
static double part_score(const struct rule *rule, const struct part *part, const double *items,
                         size_t count)
{
    double sum = 0.0;
    size_t answered = 0;

    for (size_t i = 0; i < count; i++) {
        sum += isnan(items[i]) ? 0.0 : items[i];
        answered += isnan(items[i]) ? 0 : 1;
    }
    const bool is_enough =
        part->min_answered == HALF ? 2 * answered >= count : answered >= part->min_answered;

    if (!is_enough || answered == 0) {
        return NAN;
    }
    const double mean = sum / (double)answered;

    switch (rule->method) {
    case MEAN:
        return mean;
    case PERCENT:
        return (mean - rule->low) / (rule->high - rule->low) * 100.0;
    case SUM:
        break;
    }
    return sum;
}

enum en_status en_score_items(const struct en_knowledge *k, const char *instrument,
                              const char *scale, const double *items, size_t count, double *out,
                              struct en_err *err)
{
    const struct rule *rule = find_rule(instrument, scale);
    double score = 0.0;

    *out = NAN;
    if (rule == NULL || en_row_find(k, "instruments", instrument) == NULL) {
        return en_fail(err, EN_EINVAL, "no scoring rule for \"%s\" with this scale", instrument);
    }
    if (count == 0 || count != item_count(rule, count)) {
        return en_fail(err, EN_EINVAL, "\"%s\" has %zu items, not %zu", instrument,
                       item_count(rule, count), count);
    }
    if (!is_in_range(rule, items, count)) {
        return en_fail(err, EN_EINVAL, "an answer of \"%s\" is outside %g to %g", instrument,
                       rule->low, rule->high);
    }
    for (size_t i = 0; i < PARTS_MAX && rule->parts[i].weight > 0.0; i++) {
        const size_t size = rule->parts[i].items == ANY_COUNT ? count : rule->parts[i].items;

        score += rule->parts[i].weight * part_score(rule, &rule->parts[i], items, size);
        items += size;
    }
    *out = rule->is_inverted ? 100.0 - score : score;
    return EN_OK;
}
