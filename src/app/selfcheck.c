/* SPDX-License-Identifier: Apache-2.0 */
#include "app/selfcheck.h"

#include "app/posterior_file.h"
#include "app/sheet.h"
#include "base/text.h"
#include "fhir/writer.h"

#include <math.h>

enum {
    PIECE = 20,    /* persons of one advance */
    OF_CASE = 100, /* a case takes about as long as so many persons */
    ROWS_MAX = 2048,
    DIGITS = 5
};

/* --- running it ------------------------------------------------------------------------------- */

enum en_status en_app_selfcheck_open(const struct en_app *app,
                                     const struct en_selfcheck_options *options, struct en_arena *a,
                                     struct en_selfcheck_answer *out, struct en_err *err)
{
    *out = (struct en_selfcheck_answer){
        .options = *options,
        .chains = en_reference_defaults(),
        .persons = EN_NEW(a, struct en_selfcheck_person, options->persons),
        .cases = EN_NEW(a, struct en_reference, options->cases),
        .all = options->persons + OF_CASE * options->cases,
    };
    if (out->persons == NULL || out->cases == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for %zu persons", options->persons);
    }
    out->chains.seed = options->seed;
    out->chains.threads = options->threads;
    return en_app_posterior(app, a, &out->posterior, err);
}

static enum en_status more_persons(struct en_selfcheck_answer *x, struct en_err *err)
{
    const size_t left = x->options.persons - x->persons_done, count = left < PIECE ? left : PIECE;
    const struct en_selfcheck_settings settings = {.posterior = &x->posterior,
                                                   .draws = x->options.draws,
                                                   .seed = x->options.seed,
                                                   .threads = x->options.threads,
                                                   .error_told = 1.0};

    EN_TRY(en_selfcheck_run(&settings, x->persons_done, count, x->persons + x->persons_done, err));
    x->persons_done += count;
    x->done += count;
    return EN_OK;
}

enum en_status en_app_selfcheck_advance(struct en_selfcheck_answer *x, struct en_arena *scratch,
                                        struct en_err *err)
{
    if (x->persons_done < x->options.persons) {
        EN_TRY(more_persons(x, err));
    } else if (x->cases_done < x->options.cases) {
        x->chains.posterior = &x->posterior;
        EN_TRY(en_reference_run(&x->chains, x->cases_done, scratch, &x->cases[x->cases_done], err));
        x->cases_done++;
        x->done += OF_CASE;
    }
    if (x->done == x->all) {
        en_selfcheck_sum(x->persons, x->options.persons, &x->sum);
    }
    return EN_OK;
}

struct en_selfcheck_report en_app_selfcheck_report(const struct en_app *app,
                                                   const struct en_selfcheck_answer *answer)
{
    return (struct en_selfcheck_report){
        .knowledge = app->knowledge,
        .sum = &answer->sum,
        .draws = answer->options.draws,
        .cases = answer->cases,
        .case_count = answer->options.cases,
        .chains = &answer->chains,
        .is_calibrated = answer->posterior.is_calibrated,
        .today = app->today,
    };
}

/* --- making rows ------------------------------------------------------------------------------ */

struct pad {
    struct en_selfcheck_rows *out;
    struct en_arena *a;
    const char *kind, *id, *title;
    bool failed;
};

static void put(struct pad *p, const char *quantity, double value)
{
    if (quantity == NULL || p->id == NULL || p->title == NULL || p->out->count == ROWS_MAX) {
        p->failed = true;
        return;
    }
    p->out->rows[p->out->count++] =
        (struct en_selfcheck_row){p->kind, p->id, p->title, quantity, value};
}

static void put_setting(struct pad *p, const struct en_selfcheck_answer *x)
{
    p->kind = "setting";
    p->id = "self";
    p->title = "simulated persons and long chains";
    put(p, "persons", (double)x->options.persons);
    put(p, "draws", (double)x->options.draws);
    put(p, "seed", (double)x->options.seed);
    put(p, "is_calibrated", x->posterior.is_calibrated);
    put(p, "refined", (double)x->sum.refined);
    put(p, "band_50", x->sum.band_50);
    put(p, "band_90", x->sum.band_90);
    put(p, "confidence", x->sum.confidence);
    put(p, "chains", (double)x->chains.chains);
    put(p, "steps", (double)x->chains.steps);
    put(p, "repeats", (double)x->chains.repeats);
    put(p, "patients", (double)x->chains.draws);
    put(p, "population", (double)x->chains.population);
}

static void put_ranks(struct pad *p, const char *id, const char *title,
                      const struct en_selfcheck_ranks *r)
{
    p->kind = "rank";
    p->id = id;
    p->title = title;
    put(p, "chi_square", r->chi_square);
    put(p, "chance", r->chance);
    put(p, "in_50", r->in_50);
    put(p, "in_90", r->in_90);
    for (size_t b = 0; b < EN_SELFCHECK_BINS; b++) {
        put(p, en_arena_print(p->a, "bin_%zu", b), (double)r->bin[b]);
    }
}

static void put_group(struct pad *p, size_t g, const struct en_selfcheck_group *x)
{
    p->kind = "weight";
    p->id = en_arena_print(p->a, "group_%zu", g);
    p->title = en_arena_print(p->a, "%zu to %zu %%", 10 * g, 10 * (g + 1));
    put(p, "count", (double)x->count);
    put(p, "is_true", (double)x->is_true);
    put(p, "expected", x->expected);
    put(p, "sd", x->sd);
}

static void put_case(struct pad *p, size_t i, const struct en_reference *r, size_t repeats)
{
    struct en_reference_sum sum;

    en_reference_sum_up(r, repeats, &sum);
    p->kind = "case";
    p->id = en_arena_print(p->a, "case_%zu", i + 1);
    p->title = r->name;
    put(p, "hypothesis", (double)r->hypothesis);
    put(p, "effective", r->effective);
    put(p, "stages", r->stages);
    put(p, "moved", r->moved);
    put(p, "independent", r->independent);
    put(p, "drift", r->drift);
    put(p, "largest_off", sum.largest_off);
    put(p, "mean_square", sum.mean_square);
    put(p, "bias", sum.bias);
    put(p, "bias_nrs", sum.bias_nrs);
    put(p, "mean_error", sum.mean_error);
    put(p, "quantile_error", sum.quantile_error);
    put(p, "evidence", r->evidence.chains);
    put(p, "evidence_error", r->evidence.chains_error);
    put(p, "evidence_mean", r->evidence.mean);
    put(p, "evidence_sd", r->evidence.sd);
}

enum en_status en_selfcheck_rows_of(const struct en_selfcheck_answer *answer, struct en_arena *a,
                                    struct en_selfcheck_rows *out, struct en_err *err)
{
    const struct en_selfcheck *s = &answer->sum;
    struct pad p = {.out = out, .a = a};

    *out = (struct en_selfcheck_rows){.rows = EN_NEW(a, struct en_selfcheck_row, ROWS_MAX)};
    if (out->rows == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the table of a self-check");
    }
    put_setting(&p, answer);
    for (size_t k = 0; k < EN_QUANTITY_COUNT; k++) {
        put_ranks(&p, EN_QUANTITY_IDS[k], EN_QUANTITY_NAMES[k], &s->rank[k]);
    }
    put_ranks(&p, "score", "next score", &s->score);
    put_ranks(&p, "normal_score", "next score, normal error", &s->normal);
    for (size_t g = 0; g < EN_SELFCHECK_GROUPS; g++) {
        put_group(&p, g, &s->group[g]);
    }
    for (size_t i = 0; i < answer->options.cases; i++) {
        put_case(&p, i, &answer->cases[i], answer->chains.repeats);
    }
    return p.failed ? en_fail(err, EN_ENOMEM, "no memory for the table of a self-check") : EN_OK;
}

/* --- the file --------------------------------------------------------------------------------- */

static const struct en_sheet_column COLUMNS[] = {
    {"kind", "setting, rank, weight or case", true},
    {"id", "quantity, group of weights or case", true},
    {"title", "in words", true},
    {"quantity", "what the value is", true},
    {"value", "its value", true},
    {NULL, NULL, false},
};

void en_selfcheck_rows_print(const struct en_selfcheck_rows *rows, struct en_buf *out)
{
    en_sheet_head("Written by enthesis validate self: the posterior of one person put to the test.",
                  COLUMNS, out);
    for (size_t i = 0; i < rows->count; i++) {
        const struct en_selfcheck_row *r = &rows->rows[i];

        en_buf_print(out, "%s\t%s\t%s\t%s\t%.5g\n", r->kind, r->id, r->title, r->quantity,
                     r->value);
    }
}

enum en_status en_selfcheck_rows_read(const char *file, const char *bytes, size_t size,
                                      struct en_arena *a, struct en_selfcheck_rows *out,
                                      struct en_err *err)
{
    struct en_sheet s;

    EN_TRY(en_sheet_read(file, bytes, size, COLUMNS, a, &s, err));
    *out = (struct en_selfcheck_rows){EN_NEW(a, struct en_selfcheck_row, s.row_count), s.row_count};
    if (out->rows == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the table of a self-check");
    }
    for (size_t i = 0; i < s.row_count; i++) {
        struct en_selfcheck_row *r = &out->rows[i];

        *r = (struct en_selfcheck_row){.kind = en_sheet_cell(&s, i, "kind"),
                                       .id = en_sheet_cell(&s, i, "id"),
                                       .title = en_sheet_cell(&s, i, "title"),
                                       .quantity = en_sheet_cell(&s, i, "quantity")};
        EN_TRY(en_sheet_number(&s, i, "value", -1e18, 1e18, &r->value, err));
        if (isnan(r->value)) {
            return en_sheet_wrong(&s, i, "value", err, "is empty");
        }
    }
    return EN_OK;
}

/* --- JSON ------------------------------------------------------------------------------------- */

static bool is_of_one(const struct en_selfcheck_row *x, const struct en_selfcheck_row *y)
{
    return en_text_equal(x->kind, y->kind) && en_text_equal(x->id, y->id);
}

/* All of a kind, each as an object. */
static void write_kind(struct en_writer *w, const struct en_selfcheck_rows *rows, const char *key,
                       const char *kind)
{
    bool is_open = false;

    en_write_open(w, key, '[');
    for (size_t i = 0; i < rows->count; i++) {
        const struct en_selfcheck_row *r = &rows->rows[i];

        if (!en_text_equal(r->kind, kind)) {
            continue;
        }
        if (!is_open) {
            en_write_open(w, NULL, '{');
            en_write_text(w, "id", r->id);
            en_write_text(w, "title", r->title);
        }
        en_write_number(w, r->quantity, r->value, DIGITS);
        is_open = i + 1 < rows->count && is_of_one(r, r + 1);
        if (!is_open) {
            en_write_close(w);
        }
    }
    en_write_close(w);
}

enum en_status en_selfcheck_json(const struct en_selfcheck_rows *rows, struct en_buf *out,
                                 struct en_err *err)
{
    struct en_writer w = EN_WRITER(out);

    en_write_open(&w, NULL, '{');
    write_kind(&w, rows, "settings", "setting");
    write_kind(&w, rows, "ranks", "rank");
    write_kind(&w, rows, "weights", "weight");
    write_kind(&w, rows, "cases", "case");
    en_write_close(&w);
    return en_write_end(&w, "the answer", err);
}
