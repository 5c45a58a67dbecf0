/* SPDX-License-Identifier: Apache-2.0
 * knowledge/trials: what must hold in the tables of published trials so that a program can simulate
 * an arm and compare a result: a study without its numbers is shown, never fitted. */
#include "base/text.h"
#include "knowledge/tables.h"

#include <math.h>
#include <string.h>

enum { WORDS_MAX = 5, WORD_SIZE = 32 };

/* Highest plausible numbers of one injection. */
static const double PERCENT_MAX = 50.0, VOLUME_MAX_ML = 60.0, POINTS_MAX = 60.0;

static const char SITE_KINDS[] = "ligament; tendon_enthesis; joint_space; joint_capsule; fascia; "
                                 "perineural; muscle; bursa; tendon_sheath";
static const char GUIDANCES[] = "landmark; ultrasound; fluoroscopy; ct";

/* Words between single spaces; 0 when there are too many or one is too long. */
static size_t split_words(const char *item, size_t size, char words[WORDS_MAX][WORD_SIZE])
{
    size_t count = 0;

    for (size_t at = 0; at < size;) {
        const char *space = memchr(item + at, ' ', size - at);
        const size_t length = space == NULL ? size - at : (size_t)(space - item) - at;

        if (count == WORDS_MAX || length == 0 || length >= WORD_SIZE) {
            return 0;
        }
        memcpy(words[count], item + at, length);
        words[count++][length] = '\0';
        at += length + 1;
    }
    return count;
}

static bool is_number_within(const char *text, double low, double high)
{
    double x;

    return en_text_number(text, &x) && x >= low && x <= high;
}

/* NULL, or what is wrong with "site_kind percent volume_ml points guidance". */
static const char *wrong_injection(const char *item, size_t size, bool has_dextrose)
{
    char w[WORDS_MAX][WORD_SIZE];

    if (split_words(item, size, w) != WORDS_MAX) {
        return "write site_kind dextrose_percent volume_ml points guidance";
    }
    if (!en_list_has(SITE_KINDS, w[0])) {
        return "unknown kind of site";
    }
    if (!is_number_within(w[1], 0.0, PERCENT_MAX)) {
        return "impossible concentration";
    }
    if (is_number_within(w[1], 0.0, 0.0) == has_dextrose) {
        return "the arm's kind says whether there is dextrose";
    }
    double points;

    if (!is_number_within(w[2], 0.01, VOLUME_MAX_ML)) {
        return "impossible volume";
    }
    if (!en_text_number(w[3], &points) || !(points >= 1.0 && points <= POINTS_MAX) ||
        points != floor(points)) {
        return "impossible number of points";
    }
    return en_list_has(GUIDANCES, w[4]) ? NULL : "unknown guidance";
}

/* Weeks ascend from 0; an empty list is no fault. */
static void check_weeks(struct en_loader *l, const struct en_table_data *t,
                        const struct en_row *row, const char *column)
{
    const char *rest = en_cell_or_empty(row, column), *item;
    double last = -1.0;
    size_t size;

    while ((rest = en_list_next(rest, &item, &size)) != NULL) {
        char text[WORD_SIZE] = "";
        double week = NAN;

        if (size < sizeof text) {
            memcpy(text, item, size);
        }
        if (!en_text_number(text, &week) || !(week >= 0.0 && week > last)) {
            en_problem_add(l, t->file, (size_t)row->line,
                           "%s: \"%.*s\" is no week behind the one before", column,
                           size < 64 ? (int)size : 64, item);
            return;
        }
        last = week;
    }
}

void en_trial_arm_check(struct en_loader *l, const struct en_table_data *t,
                        const struct en_row *row)
{
    const char *kind = en_cell_or_empty(row, "kind"), *item;
    const char *rest = en_cell_or_empty(row, "injections");
    const bool has_dextrose = strcmp(kind, "dextrose") == 0;
    size_t size;

    check_weeks(l, t, row, "sessions_weeks");
    check_weeks(l, t, row, "as_needed_weeks");
    if (rest[0] != '\0' && !has_dextrose && strcmp(kind, "injection") != 0) {
        en_problem_add(l, t->file, (size_t)row->line, "injections: an arm of kind %s has none",
                       kind);
        return;
    }
    while ((rest = en_list_next(rest, &item, &size)) != NULL) {
        const char *what = wrong_injection(item, size, has_dextrose);

        if (what != NULL) {
            en_problem_add(l, t->file, (size_t)row->line, "injections: \"%.*s\": %s",
                           size < 64 ? (int)size : 64, item, what);
        }
    }
}

/* A cell as number within low .. high. */
static bool has_number(const struct en_row *row, const char *column, double low, double high)
{
    return is_number_within(en_cell_or_empty(row, column), low, high);
}

/* NULL, or what a fitted result lacks. */
static const char *unfit(const struct en_row *row)
{
    const char *outcome = en_cell_or_empty(row, "outcome");
    const bool is_share = en_text_starts(outcome, "responder_");
    const bool is_pain =
        en_text_starts(outcome, "pain") || en_text_starts(outcome, "responder_pain");
    const double scale = is_pain ? 10.0 : 100.0;

    if (strcmp(en_cell_or_empty(row, "provenance"), "memory") == 0) {
        return "what is only remembered is never fitted";
    }
    if (!has_number(row, "week", 1e-4, 1040.0) || !has_number(row, "n", 1.0, 1e6) ||
        !has_number(row, "baseline", 1e-3, scale)) {
        return "a fitted result has a week, a number of people and a baseline on its scale";
    }
    if (is_share) {
        return has_number(row, "share", 0.0, 1.0) && has_number(row, "threshold", 1e-3, 100.0)
                   ? NULL
                   : "a fitted share has a threshold";
    }
    return has_number(row, "change", -scale, scale) && has_number(row, "change_se", 1e-6, scale)
               ? NULL
               : "a fitted change stands on its scale, with a standard error";
}

void en_trial_result_check(struct en_loader *l, const struct en_table_data *t,
                           const struct en_row *row)
{
    const char *use = en_cell_or_empty(row, "use"), *what = NULL;
    double week, from;

    if (strcmp(use, "fit") == 0) {
        what = unfit(row);
    } else if (en_cell_or_empty(row, "reason")[0] == '\0') {
        what = "say in reason why it is not fitted";
    }
    if (what != NULL) {
        en_problem_add(l, t->file, (size_t)row->line, "use: %s", what);
    }
    if (en_text_number(en_cell_or_empty(row, "week"), &week) &&
        !(en_text_number(en_cell_or_empty(row, "from_week"), &from) && from >= 0.0 &&
          from < week)) {
        en_problem_add(l, t->file, (size_t)row->line, "from_week: not before the week");
    }
}
