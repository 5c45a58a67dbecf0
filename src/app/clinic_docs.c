/* SPDX-License-Identifier: Apache-2.0
 * app/clinic_docs: the section of docs/validation.md on the simulated clinic. */
#include "app/clinic.h"

#include "base/text.h"

#include <math.h>

static const char HEAD[] = "\n## Stopping rules in a simulated clinic\n\n";

static const char HOW[] =
    "`enthesis validate clinic` makes virtual patients of a condition (hypothesis, particle, "
    "clinic\n"
    "and person as the stored posterior has them), gives them a course, and lets a rule decide at\n"
    "the visit before each session, from scores with fluctuation and error, whether to go on. "
    "What\n"
    "counts is their pain without either, mean over the goal weeks, against the same patient's "
    "pain\n"
    "with every session. The table behind it is [clinic.tsv](clinic.tsv); what follows from it is\n"
    "in [note 0007](notes/0007-stopping-rules.md).\n"
    "\n"
    "*given* sessions, mean; *pain* at the last goal week; *better* by the important change, from\n"
    "the observed baseline; *beyond one* less pain than after one session; *lost* against every\n"
    "session, with the standard error of the mean; *95 %* of patients lose between; *a session*\n"
    "lost for each session saved; *lose* share of patients who lose a point or more; *chosen* "
    "less\n"
    "lost than if the same stops fell on patients by chance: what the rule knows about whom to\n"
    "stop. A rule that asks the forecast stops where that expects less from each session left "
    "than\n"
    "so many points; the last but one is told the patient's own gain, which no rule can know.\n"
    "\n"
    "Signals: *better* is observed improvement by the important change with every session at the\n"
    "first goal week, as a cohort without a control reports it; *gains* is what the sessions left\n"
    "after the signal bring that patient, above the median patient's and by a point or more. "
    "*area*\n"
    "under the curve of all thresholds: 0.5 says nothing.\n";

struct docs {
    const struct en_clinic_rows *rows;
    struct en_buf *out;
    const char *condition;
};

/* NULL when there is no such row. */
static const struct en_clinic_row *find(const struct docs *d, const char *id, const char *quantity)
{
    for (size_t i = 0; i < d->rows->count; i++) {
        const struct en_clinic_row *r = &d->rows->rows[i];

        if (en_text_equal(r->condition, d->condition) && en_text_equal(r->id, id) &&
            en_text_equal(r->quantity, quantity)) {
            return r;
        }
    }
    return NULL;
}

static double value_of(const struct docs *d, const char *id, const char *quantity)
{
    const struct en_clinic_row *r = find(d, id, quantity);

    return r == NULL ? NAN : r->value;
}

/* The last of a rule's rows whose quantity begins so: that of the last goal week. */
static double last_of(const struct docs *d, const char *id, const char *start)
{
    double value = NAN;

    for (size_t i = 0; i < d->rows->count; i++) {
        const struct en_clinic_row *r = &d->rows->rows[i];

        if (en_text_equal(r->condition, d->condition) && en_text_equal(r->id, id) &&
            en_text_starts(r->quantity, start)) {
            value = r->value;
        }
    }
    return value;
}

/* What rounds to nothing has no sign. */
static double unsigned_zero(double value)
{
    return fabs(value) < 0.0005 ? 0.0 : value;
}

static void put_number(const struct docs *d, double value, int decimals)
{
    if (isnan(value)) {
        en_buf_add(d->out, " – |");
    } else {
        en_buf_print(d->out, " %.*f |", decimals, value);
    }
}

static void put_share(const struct docs *d, double share)
{
    if (isnan(share)) {
        en_buf_add(d->out, " – |");
    } else if (share > 0.0 && share < 0.005) { /* small is not none, and large not all */
        en_buf_add(d->out, " <1 % |");
    } else if (share > 0.995 && share < 1.0 - 1e-9) {
        en_buf_add(d->out, " >99 % |");
    } else {
        en_buf_print(d->out, " %.0f %% |", 100.0 * share);
    }
}

static void put_mean(const struct docs *d, const char *id, const char *quantity)
{
    const struct en_clinic_row *r = find(d, id, quantity);

    if (r == NULL || isnan(r->value)) {
        en_buf_add(d->out, " – |");
    } else {
        en_buf_print(d->out, " %.3f ± %.3f |", unsigned_zero(r->value), r->error);
    }
}

static void put_rule(const struct docs *d, const char *id, const char *title)
{
    const struct en_clinic_row *lost = find(d, id, "lost");

    en_buf_print(d->out, "| %s |", title);
    put_number(d, value_of(d, id, "patients"), 0);
    put_number(d, value_of(d, id, "sessions"), 2);
    put_number(d, last_of(d, id, "pain_"), 2);
    put_share(d, last_of(d, id, "improved_"));
    put_number(d, value_of(d, id, "beyond_one"), 2);
    put_mean(d, id, "lost");
    if (lost == NULL || isnan(lost->value)) {
        en_buf_add(d->out, " – |");
    } else {
        en_buf_print(d->out, " %.2f to %.2f |", lost->low, lost->high);
    }
    put_number(d, value_of(d, id, "lost_per_session"), 3);
    put_share(d, value_of(d, id, "lost_important"));
    put_mean(d, id, "chosen");
    en_buf_add(d->out, "\n");
}

/* Who stops when and why; not of a number that is fixed, where that is plain. */
static void put_stop(const struct docs *d, const char *id, const char *title)
{
    static const char *const WHY[] = {"stopped_early", "stopped_goal", "stopped_forecast"};

    if (!(value_of(d, id, "saved") > 0.0) || value_of(d, id, "stopped_fixed") > 0.0) {
        return;
    }
    en_buf_print(d->out, "| %s |", title);
    for (int k = 1; k < EN_CLINIC_SESSIONS_MAX; k++) {
        char quantity[64];

        (void)snprintf(quantity, sizeof quantity, "stopped_after_%d", k);
        if (find(d, id, quantity) != NULL) {
            put_share(d, value_of(d, id, quantity));
        }
    }
    for (size_t k = 0; k < EN_COUNT(WHY); k++) {
        put_share(d, value_of(d, id, WHY[k]));
    }
    en_buf_add(d->out, "\n");
}

static void put_stop_head(const struct docs *d)
{
    const int sessions = (int)value_of(d, "clinic", "sessions");

    en_buf_add(d->out, "\n| stop after |");
    for (int k = 1; k < sessions; k++) {
        en_buf_print(d->out, " %d |", k);
    }
    en_buf_add(d->out, " by too small a fall | by the goal | by the forecast |\n|---|");
    for (int k = 1; k < sessions + 3; k++) {
        en_buf_add(d->out, "---|");
    }
    en_buf_add(d->out, "\n");
}

static void put_signal(const struct docs *d, const char *id, const char *title)
{
    static const char *const OF[] = {"better", "gains", "worthwhile"};

    en_buf_print(d->out, "| %s |", title);
    put_share(d, value_of(d, id, "share"));
    for (size_t k = 0; k < EN_COUNT(OF); k++) {
        static const char *const WHAT[] = {"base", "sensitivity", "specificity", "area"};

        for (size_t j = k == 1 ? 1 : 0; j < EN_COUNT(WHAT); j++) { /* half are above the median */
            char quantity[64];

            (void)snprintf(quantity, sizeof quantity, "%s_%s", OF[k], WHAT[j]);
            if (j + 1 < EN_COUNT(WHAT)) {
                put_share(d, value_of(d, id, quantity));
            } else {
                put_number(d, value_of(d, id, quantity), 2);
            }
        }
    }
    en_buf_add(d->out, "\n");
}

/* A line for each of a kind, in the order of the table. */
static void put_kind(const struct docs *d, const char *kind,
                     void (*put)(const struct docs *, const char *, const char *))
{
    const char *before = "";

    for (size_t i = 0; i < d->rows->count; i++) {
        const struct en_clinic_row *r = &d->rows->rows[i];

        if (en_text_equal(r->condition, d->condition) && en_text_equal(r->kind, kind) &&
            !en_text_equal(r->id, before)) {
            before = r->id;
            put(d, r->id, r->title);
        }
    }
}

static void put_condition(const struct docs *d, const char *title)
{
    static const char CLINIC[] = "clinic";

    en_buf_print(d->out, "\n### %s\n\n", title);
    if (!(value_of(d, CLINIC, "is_calibrated") > 0.0)) {
        en_buf_add(d->out, "Before calibration: these numbers follow from priors.\n\n");
    } else if (!(value_of(d, CLINIC, "has_condition_data") > 0.0)) {
        en_buf_add(d->out, "No controlled trial of this condition was used: the average over "
                           "conditions stands for it.\n\n");
    }
    en_buf_print(d->out,
                 "%.0f patients, %.0f with forecasts of %.0f draws. %.0f sessions, %.0f days "
                 "apart,\ndextrose %.1f %%, coverage %.0f %%. Observed pain before: %.2f; without "
                 "any session %.2f at the\nlast goal week.\n\n",
                 value_of(d, CLINIC, "patients"), value_of(d, CLINIC, "forecast_patients"),
                 value_of(d, CLINIC, "draws"), value_of(d, CLINIC, "sessions"),
                 value_of(d, CLINIC, "interval_days"), value_of(d, CLINIC, "dextrose_percent"),
                 100.0 * value_of(d, CLINIC, "coverage"), value_of(d, CLINIC, "baseline"),
                 last_of(d, CLINIC, "nothing_"));
    en_buf_add(d->out, "| rule | n | given | pain | better | beyond one | lost | 95 % | a session "
                       "| lose | chosen |\n|---|---|---|---|---|---|---|---|---|---|---|\n");
    put_kind(d, "rule", put_rule);
    put_stop_head(d);
    put_kind(d, "rule", put_stop);
    en_buf_add(d->out,
               "\n| signal | yes | better: true | found | spared | area | gains above median: "
               "found | spared | area | gains a point: true | found | spared | area |\n"
               "|---|---|---|---|---|---|---|---|---|---|---|---|---|\n");
    put_kind(d, "signal", put_signal);
}

void en_clinic_docs(const struct en_knowledge *k, const struct en_clinic_rows *rows,
                    struct en_buf *out)
{
    struct docs d = {.rows = rows, .out = out, .condition = ""};

    en_buf_add(out, HEAD);
    if (rows == NULL || rows->count == 0) {
        en_buf_add(out, "Not done yet.\n");
        return;
    }
    en_buf_add(out, HOW);
    for (size_t i = 0; i < rows->count; i++) {
        const struct en_row *condition = en_row_find(k, "conditions", rows->rows[i].condition);

        if (en_text_equal(rows->rows[i].condition, d.condition)) {
            continue;
        }
        d.condition = rows->rows[i].condition;
        put_condition(&d, condition == NULL ? d.condition : en_cell(condition, "title"));
    }
}
