/* SPDX-License-Identifier: Apache-2.0
 * app/clinic_rows: the numbers of a simulated clinic as a table, as JSON and as the section of
 * docs/validation.md. */
#include "app/clinic.h"
#include "app/sheet.h"

#include "base/text.h"
#include "fhir/writer.h"

#include <math.h>
#include <string.h>

enum { ROWS_OF_ONE_MAX = 2048, DIGITS = 5 };

static const struct en_sheet_column COLUMNS[] = {
    {"condition", "condition", true},
    {"kind", "setting, rule or signal", true},
    {"id", "rule of stopping_rules.tsv, signal of early_signals.tsv", true},
    {"title", "in words", true},
    {"quantity", "what the value is", true},
    {"value", "value, or mean over patients", true},
    {"error", "standard error of the mean", true},
    {"low", "2.5 % of patients lie below", true},
    {"high", "97.5 %", true},
    {NULL, NULL, false},
};

/* --- making rows ------------------------------------------------------------------------------ */

struct pad {
    struct en_clinic_rows *out;
    struct en_arena *a;
    const char *condition, *kind, *id, *title;
    bool failed;
};

static void put_mean(struct pad *p, const char *quantity, const struct en_clinic_mean *x)
{
    if (quantity == NULL || p->out->count == ROWS_OF_ONE_MAX) {
        p->failed = true;
        return;
    }
    p->out->rows[p->out->count++] = (struct en_clinic_row){
        p->condition, p->kind, p->id, p->title, quantity, x->mean, x->error, x->low, x->high};
}

static void put_value(struct pad *p, const char *quantity, double value)
{
    put_mean(p, quantity, &(struct en_clinic_mean){value, NAN, NAN, NAN});
}

/* "pain_26" */
static const char *at_week(const struct pad *p, const char *quantity, double week)
{
    return en_arena_print(p->a, "%s_%g", quantity, week);
}

static void put_setting(struct pad *p, const struct en_clinic_answer *answer)
{
    const struct en_clinic_request *q = &answer->request;
    const struct en_clinic_result *r = &answer->result;

    p->kind = "setting";
    p->id = "clinic";
    p->title = en_cell(answer->condition, "title");
    put_value(p, "patients", (double)q->patients);
    put_value(p, "forecast_patients", (double)q->forecast_patients);
    put_value(p, "draws", (double)q->draws);
    put_value(p, "sessions", q->sessions);
    put_value(p, "interval_days", q->interval_days);
    put_value(p, "dextrose_percent", q->dose.dextrose_percent);
    put_value(p, "coverage", q->dose.coverage);
    put_value(p, "is_calibrated", answer->posterior.is_calibrated);
    put_value(p, "has_condition_data", answer->has_condition_data);
    put_value(p, "truth", answer->truth);
    put_value(p, "important_change", q->mic_nrs);
    put_value(p, "worthwhile", q->worthwhile_nrs);
    put_value(p, "baseline", r->baseline);
    for (size_t k = 0; k < q->week_count; k++) {
        put_mean(p, at_week(p, "nothing", q->weeks[k]), &r->nothing[k]);
    }
    put_value(p, "failed", (double)r->failed);
}

static void put_stops(struct pad *p, const struct en_clinic_outcome *o, size_t sessions)
{
    static const char *const REASONS[] = {"stopped_fixed", "stopped_early", "stopped_goal",
                                          "stopped_forecast"};
    double by_reason[EN_COUNT(REASONS)] = {0};

    for (size_t k = 1; k < sessions; k++) {
        double sum = 0.0;

        for (size_t reason = 0; reason < EN_COUNT(REASONS); reason++) {
            sum += o->stopped[k][reason];
            by_reason[reason] += o->stopped[k][reason];
        }
        put_value(p, at_week(p, "stopped_after", (double)k), sum);
    }
    for (size_t reason = 0; reason < EN_COUNT(REASONS); reason++) {
        put_value(p, REASONS[reason], by_reason[reason]);
    }
}

static void put_rule(struct pad *p, const struct en_clinic_request *q,
                     const struct en_clinic_outcome *o)
{
    put_value(p, "patients", (double)o->patients);
    put_mean(p, "sessions", &o->sessions);
    put_value(p, "saved", o->saved);
    for (size_t k = 0; k < q->week_count; k++) {
        put_mean(p, at_week(p, "pain", q->weeks[k]), &o->pain[k]);
        put_value(p, at_week(p, "improved", q->weeks[k]), o->improved[k]);
    }
    put_mean(p, "beyond_nothing", &o->beyond_nothing);
    put_mean(p, "beyond_one", &o->beyond_one);
    put_mean(p, "lost", &o->lost);
    put_mean(p, "chosen", &o->chosen);
    put_value(p, "lost_per_session", o->lost_per_session);
    put_value(p, "lost_important", o->lost_important);
    put_stops(p, o, (size_t)q->sessions);
}

static void put_accuracy(struct pad *p, const char *of, const struct en_clinic_accuracy *x)
{
    put_value(p, en_arena_print(p->a, "%s_base", of), x->base);
    put_value(p, en_arena_print(p->a, "%s_sensitivity", of), x->sensitivity);
    put_value(p, en_arena_print(p->a, "%s_specificity", of), x->specificity);
    put_value(p, en_arena_print(p->a, "%s_area", of), x->area);
}

enum en_status en_clinic_rows_of(const struct en_clinic_answer *answer, struct en_arena *a,
                                 struct en_clinic_rows *out, struct en_err *err)
{
    const struct en_clinic_request *q = &answer->request;
    struct pad p = {.out = out, .a = a, .condition = en_cell(answer->condition, "id")};

    *out = (struct en_clinic_rows){.rows = EN_NEW(a, struct en_clinic_row, ROWS_OF_ONE_MAX)};
    if (out->rows == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the table of a clinic");
    }
    put_setting(&p, answer);
    for (size_t i = 0; i < q->rule_count; i++) {
        p.kind = "rule";
        p.id = answer->rule_ids[i];
        p.title = answer->rule_titles[i];
        put_rule(&p, q, &answer->result.outcomes[i]);
    }
    for (size_t s = 0; s < q->signal_count; s++) {
        const struct en_clinic_prediction *x = &answer->result.predictions[s];

        p.kind = "signal";
        p.id = answer->signal_ids[s];
        p.title = answer->signal_titles[s];
        put_value(&p, "patients", (double)x->patients);
        put_value(&p, "share", x->share);
        put_accuracy(&p, "better", &x->better);
        put_accuracy(&p, "gains", &x->gains);
        put_accuracy(&p, "worthwhile", &x->worthwhile);
    }
    return p.failed ? en_fail(err, EN_ENOMEM, "no memory for the table of a clinic") : EN_OK;
}

enum en_status en_clinic_rows_replace(const struct en_clinic_rows *old,
                                      const struct en_clinic_rows *own, struct en_arena *a,
                                      struct en_clinic_rows *out, struct en_err *err)
{
    const char *condition = own->count == 0 ? "" : own->rows[0].condition;
    bool is_placed = false;

    *out =
        (struct en_clinic_rows){.rows = EN_NEW(a, struct en_clinic_row, old->count + own->count)};
    if (out->rows == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the table of a clinic");
    }
    for (size_t i = 0; i <= old->count; i++) {
        const bool is_own = i < old->count && en_text_equal(old->rows[i].condition, condition);

        if ((is_own || i == old->count) && !is_placed) {
            memcpy(out->rows + out->count, own->rows, own->count * sizeof *own->rows);
            out->count += own->count;
            is_placed = true;
        }
        if (i < old->count && !is_own) {
            out->rows[out->count++] = old->rows[i];
        }
    }
    return EN_OK;
}

/* --- the file --------------------------------------------------------------------------------- */

static void put_number(struct en_buf *out, double value)
{
    if (isnan(value)) {
        en_buf_add(out, "\t");
    } else {
        en_buf_print(out, "\t%.5g", value);
    }
}

void en_clinic_rows_print(const struct en_clinic_rows *rows, struct en_buf *out)
{
    en_sheet_head("Written by enthesis validate clinic: stopping rules in a simulated clinic.",
                  COLUMNS, out);
    for (size_t i = 0; i < rows->count; i++) {
        const struct en_clinic_row *r = &rows->rows[i];

        en_buf_print(out, "%s\t%s\t%s\t%s\t%s", r->condition, r->kind, r->id, r->title,
                     r->quantity);
        put_number(out, r->value);
        put_number(out, r->error);
        put_number(out, r->low);
        put_number(out, r->high);
        en_buf_add(out, "\n");
    }
}

enum en_status en_clinic_rows_read(const char *file, const char *bytes, size_t size,
                                   struct en_arena *a, struct en_clinic_rows *out,
                                   struct en_err *err)
{
    struct en_sheet s;

    EN_TRY(en_sheet_read(file, bytes, size, COLUMNS, a, &s, err));
    *out = (struct en_clinic_rows){EN_NEW(a, struct en_clinic_row, s.row_count), s.row_count};
    if (out->rows == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the table of a clinic");
    }
    for (size_t i = 0; i < s.row_count; i++) {
        struct en_clinic_row *r = &out->rows[i];

        *r = (struct en_clinic_row){.condition = en_sheet_cell(&s, i, "condition"),
                                    .kind = en_sheet_cell(&s, i, "kind"),
                                    .id = en_sheet_cell(&s, i, "id"),
                                    .title = en_sheet_cell(&s, i, "title"),
                                    .quantity = en_sheet_cell(&s, i, "quantity")};
        EN_TRY(en_sheet_number(&s, i, "value", -1e9, 1e9, &r->value, err));
        EN_TRY(en_sheet_number(&s, i, "error", 0.0, 1e9, &r->error, err));
        EN_TRY(en_sheet_number(&s, i, "low", -1e9, 1e9, &r->low, err));
        EN_TRY(en_sheet_number(&s, i, "high", -1e9, 1e9, &r->high, err));
    }
    return EN_OK;
}

/* --- JSON ------------------------------------------------------------------------------------- */

static bool is_of_one(const struct en_clinic_row *x, const struct en_clinic_row *y)
{
    return en_text_equal(x->kind, y->kind) && en_text_equal(x->id, y->id) &&
           en_text_equal(x->condition, y->condition);
}

static void write_value(struct en_writer *w, const struct en_clinic_row *r)
{
    if (isnan(r->error)) {
        en_write_number(w, r->quantity, r->value, DIGITS);
        return;
    }
    en_write_open(w, r->quantity, '{');
    en_write_number(w, "mean", r->value, DIGITS);
    en_write_number(w, "error", r->error, DIGITS);
    en_write_number(w, "low", r->low, DIGITS);
    en_write_number(w, "high", r->high, DIGITS);
    en_write_close(w);
}

/* All of a kind, each as an object. */
static void write_kind(struct en_writer *w, const struct en_clinic_rows *rows, const char *kind)
{
    bool is_open = false;

    for (size_t i = 0; i < rows->count; i++) {
        const struct en_clinic_row *r = &rows->rows[i];

        if (!en_text_equal(r->kind, kind)) {
            continue;
        }
        if (!is_open) {
            en_write_open(w, NULL, '{');
            en_write_text(w, "id", r->id);
            en_write_text(w, "title", r->title);
        }
        write_value(w, r);
        is_open = i + 1 < rows->count && is_of_one(r, r + 1);
        if (!is_open) {
            en_write_close(w);
        }
    }
}

enum en_status en_clinic_json(const struct en_clinic_rows *rows, struct en_buf *out,
                              struct en_err *err)
{
    struct en_writer w = EN_WRITER(out);

    en_write_open(&w, NULL, '{');
    en_write_text(&w, "condition", rows->count == 0 ? "" : rows->rows[0].condition);
    en_write_open(&w, "settings", '[');
    write_kind(&w, rows, "setting");
    en_write_close(&w);
    en_write_open(&w, "rules", '[');
    write_kind(&w, rows, "rule");
    en_write_close(&w);
    en_write_open(&w, "signals", '[');
    write_kind(&w, rows, "signal");
    en_write_close(&w);
    en_write_close(&w);
    return en_write_end(&w, "the answer", err);
}
