/* SPDX-License-Identifier: Apache-2.0 */
#include "app/posterior_file.h"

#include "app/evidence.h"
#include "base/limits.h"
#include "base/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const HYPOTHESES[EN_HYPOTHESES] = {"H0", "H1", "H2", "H3"};

/* How the line of names and every row end. */
static const char ENDS[] = "\tsource\tgrade\tverified\tapproved_by\n";
static const char ROW_ENDS[] = "\tcalibration\tE\tyes\t\n";

/* Sources of the numbers */

uint64_t en_learned_hash(void)
{
    uint64_t hash = EN_HASH_START;

    for (size_t i = 0; i < EN_LEARNED_COUNT; i++) {
        const struct en_learned_row *r = &EN_LEARNED_ROWS[i];

        hash = en_hash(hash, r->symbol, strlen(r->symbol) + 1);
        hash = en_hash(hash, &r->scale, sizeof r->scale);
        hash = en_hash(hash, &r->centre, sizeof r->centre);
        hash = en_hash(hash, &r->spread, sizeof r->spread);
    }
    hash = en_hash(hash, EN_REVISED, sizeof EN_REVISED);
    return en_hash(hash, &EN_MODEL, sizeof EN_MODEL);
}

/* Writing */

void en_posterior_print(const struct en_posterior *p, struct en_buf *out)
{
    const size_t size = en_posterior_size(p->condition_count);

    en_buf_print(out, "id\thypothesis\tvalues%s", ENDS);
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        for (size_t i = 0; i < p->count[h]; i++) {
            en_buf_print(out, "%s.%zu\t%s\t", HYPOTHESES[h], i, HYPOTHESES[h]);
            for (size_t k = 0; k < size; k++) {
                en_buf_print(out, "%s%.5f", k == 0 ? "" : ";", p->particles[h][i * size + k]);
            }
            en_buf_add(out, ROW_ENDS);
        }
    }
}

static void put_info(struct en_buf *out, const char *key, const char *value, const char *meaning)
{
    en_buf_print(out, "posterior.%s\t%s\t%s%s", key, value, meaning, ROW_ENDS);
}

static void put_count(struct en_buf *out, const char *key, uint64_t value, const char *meaning)
{
    char text[32];

    (void)snprintf(text, sizeof text, "%" PRIu64, value);
    put_info(out, key, text, meaning);
}

static void put_hash(struct en_buf *out, const char *key, uint64_t value, const char *meaning)
{
    char text[32];

    (void)snprintf(text, sizeof text, "%016" PRIx64, value);
    put_info(out, key, text, meaning);
}

static void put_number(struct en_buf *out, const char *key, double value, const char *meaning)
{
    char text[40];

    (void)snprintf(text, sizeof text, "%.11g", value);
    put_info(out, key, text, meaning);
}

static void put_hypothesis(struct en_buf *out, const struct en_posterior *p, size_t h)
{
    const struct {
        const char *key, *meaning;
        double value;
    } rows[] = {
        {"prior_weight", "weight of the hypothesis before calibration", p->prior_weight[h]},
        {"weight", "weight of the hypothesis after calibration", p->weight[h]},
        {"log_evidence", "log of the probability of the reports under the hypothesis",
         p->log_evidence[h]},
    };

    for (size_t i = 0; i < EN_COUNT(rows); i++) {
        char key[40];

        (void)snprintf(key, sizeof key, "%s.%s", HYPOTHESES[h], rows[i].key);
        put_number(out, key, rows[i].value, rows[i].meaning);
    }
}

void en_posterior_print_info(const struct en_posterior_record *r, struct en_buf *out)
{
    const struct en_posterior *p = &r->posterior;
    struct en_buf conditions = EN_BUF(EN_TABLE_CELL_MAX);

    for (size_t i = 0; i < p->condition_count; i++) {
        en_buf_print(&conditions, "%s%s", i == 0 ? "" : ";", p->conditions[i]);
    }
    en_buf_print(out, "id\tvalue\tmeaning%s", ENDS);
    put_hash(out, "evidence", r->evidence, "hash of what calibration saw of the tables of trials");
    put_hash(out, "learned", r->learned, "hash of the learned quantities and the model's centres");
    put_info(out, "conditions", p->condition_count == 0 ? "none" : en_buf_text(&conditions),
             "conditions with data, in the order of the particles");
    put_count(out, "studies", p->study_count, "studies that were fitted");
    put_count(out, "results", p->row_count, "results that were fitted");
    put_count(out, "seed", r->settings.seed, "seed of the calibration");
    put_count(out, "particles", r->settings.particles,
              "particles of each hypothesis, before thinning");
    put_count(out, "patients", r->settings.patients, "quasi-random patients of an arm");
    put_count(out, "moves", r->settings.moves, "rounds of moves after each step");
    put_number(out, "prior_width", r->settings.prior_width, "multiplies the spread of every prior");
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        put_hypothesis(out, p, h);
    }
    en_buf_free(&conditions);
}

void en_posterior_print_steps(const struct en_posterior_record *r, struct en_buf *out)
{
    en_buf_print(out,
                 "id\thypothesis\texponent\tess\tlog_evidence\taccepted_tissue\t"
                 "accepted_response\taccepted_conditions%s",
                 ENDS);
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        for (size_t i = 0; i < r->step_count[h]; i++) {
            const struct en_calibration_step *s = &r->steps[h][i];

            en_buf_print(out, "%s.%zu\t%s\t%.6g\t%.6g\t%.9g\t%.4f\t%.4f\t%.4f%s", HYPOTHESES[h], i,
                         HYPOTHESES[h], s->exponent, s->ess, s->log_evidence, s->accepted[0],
                         s->accepted[1], s->accepted[2], ROW_ENDS);
        }
    }
}

/* Reading */

static enum en_status stale(struct en_err *err, const char *what)
{
    return en_fail(err, EN_EINVAL, "the stored posterior %s: run `make calibrate`", what);
}

static const char *info_of(const struct en_knowledge *k, const char *key)
{
    char id[EN_TABLE_ID_MAX];

    (void)snprintf(id, sizeof id, "posterior.%s", key);
    const struct en_row *row = en_row_find(k, "posterior_info", id);

    return row == NULL ? "" : en_cell(row, "value");
}

static enum en_status missing(struct en_err *err, const char *key)
{
    return en_fail(err, EN_EINVAL,
                   "posterior_info.tsv: the row posterior.%s is missing or no number: run `make "
                   "calibrate`",
                   key);
}

static enum en_status read_number(const struct en_knowledge *k, const char *key, double *out,
                                  struct en_err *err)
{
    return en_text_number(info_of(k, key), out) ? EN_OK : missing(err, key);
}

static enum en_status read_count(const struct en_knowledge *k, const char *key, uint64_t *out,
                                 struct en_err *err)
{
    long long value = 0;

    if (!en_text_integer(info_of(k, key), 0, INT64_MAX, &value)) {
        return missing(err, key);
    }
    *out = (uint64_t)value;
    return EN_OK;
}

static enum en_status read_hash(const struct en_knowledge *k, const char *key, uint64_t *out,
                                struct en_err *err)
{
    const char *text = info_of(k, key);
    char *end = NULL;

    if (strlen(text) != 16 || strspn(text, "0123456789abcdef") != 16) {
        return missing(err, key);
    }
    *out = strtoull(text, &end, 16);
    return EN_OK;
}

static enum en_status read_conditions(const struct en_knowledge *k, struct en_arena *a,
                                      struct en_posterior *out, struct en_err *err)
{
    const char *list = info_of(k, "conditions"), *item = NULL;
    const char **ids = EN_NEW(a, const char *, EN_POSTERIOR_CONDITIONS_MAX);
    size_t size = 0;

    if (ids == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the posterior");
    }
    if (en_text_is_empty(list)) {
        return missing(err, "conditions");
    }
    while (!en_text_equal(list, "none") && (list = en_list_next(list, &item, &size)) != NULL) {
        if (out->condition_count == EN_POSTERIOR_CONDITIONS_MAX) {
            return en_fail(err, EN_ELIMIT, "posterior_info.tsv: more than %d conditions",
                           (int)EN_POSTERIOR_CONDITIONS_MAX);
        }
        ids[out->condition_count] = en_arena_copy(a, item, size);
        if (ids[out->condition_count++] == NULL) {
            return en_fail(err, EN_ENOMEM, "no memory for the posterior");
        }
    }
    out->conditions = ids;
    return EN_OK;
}

static enum en_status read_settings(const struct en_knowledge *k, struct en_posterior_record *out,
                                    struct en_err *err)
{
    uint64_t particles = 0, patients = 0, moves = 0, studies = 0, results = 0;

    out->settings = en_calibration_defaults();
    EN_TRY(read_count(k, "studies", &studies, err));
    EN_TRY(read_count(k, "results", &results, err));
    EN_TRY(read_count(k, "seed", &out->settings.seed, err));
    EN_TRY(read_count(k, "particles", &particles, err));
    EN_TRY(read_count(k, "patients", &patients, err));
    EN_TRY(read_count(k, "moves", &moves, err));
    EN_TRY(read_number(k, "prior_width", &out->settings.prior_width, err));
    out->settings.particles = (size_t)particles;
    out->settings.patients = (size_t)patients;
    out->settings.moves = (size_t)moves;
    out->posterior.study_count = (size_t)studies;
    out->posterior.row_count = (size_t)results;
    EN_TRY(read_hash(k, "evidence", &out->evidence, err));
    return read_hash(k, "learned", &out->learned, err);
}

static enum en_status read_weights(const struct en_knowledge *k, struct en_posterior *p,
                                   struct en_err *err)
{
    double sum = 0.0, prior_sum = 0.0;

    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        char key[3][40];

        (void)snprintf(key[0], sizeof key[0], "%s.prior_weight", HYPOTHESES[h]);
        (void)snprintf(key[1], sizeof key[1], "%s.weight", HYPOTHESES[h]);
        (void)snprintf(key[2], sizeof key[2], "%s.log_evidence", HYPOTHESES[h]);
        EN_TRY(read_number(k, key[0], &p->prior_weight[h], err));
        EN_TRY(read_number(k, key[1], &p->weight[h], err));
        EN_TRY(read_number(k, key[2], &p->log_evidence[h], err));
        if (!(p->weight[h] >= 0.0 && p->prior_weight[h] >= 0.0)) {
            return stale(err, "has a negative weight");
        }
        sum += p->weight[h];
        prior_sum += p->prior_weight[h];
    }
    if (!(fabs(sum - 1.0) < 1e-9 && fabs(prior_sum - 1.0) < 1e-9)) {
        return stale(err, "has weights that do not sum to 1");
    }
    return EN_OK;
}

static size_t hypothesis_of(const struct en_row *row)
{
    return (size_t)(en_cell(row, "hypothesis")[1] - '0');
}

/* Numbers of one row, exactly `count` of them. */
static enum en_status read_values(const struct en_row *row, size_t count, double *out,
                                  struct en_err *err)
{
    const char *list = en_cell(row, "values"), *item = NULL;
    size_t size = 0, n = 0;
    char text[40];

    while ((list = en_list_next(list, &item, &size)) != NULL) {
        if (n == count || size >= sizeof text ||
            snprintf(text, sizeof text, "%.*s", (int)size, item) < 0 ||
            !en_text_number(text, &out[n]) || !(fabs(out[n]) < 100.0)) {
            return en_fail(err, EN_EINVAL,
                           "posterior.tsv:%d: values: %zu numbers below 100 are wanted", row->line,
                           count);
        }
        n++;
    }
    if (n != count) {
        return en_fail(err, EN_EINVAL, "posterior.tsv:%d: values: %zu numbers are wanted, not %zu",
                       row->line, count, n);
    }
    return EN_OK;
}

static enum en_status read_particles(const struct en_knowledge *k, struct en_arena *a,
                                     struct en_posterior *out, struct en_err *err)
{
    const struct en_table *t = en_table_get(k, "posterior");
    const size_t size = en_posterior_size(out->condition_count);
    double *values[EN_HYPOTHESES];
    size_t used[EN_HYPOTHESES] = {0};

    for (size_t i = 0; i < t->row_count; i++) {
        out->count[hypothesis_of(&t->rows[i])]++;
    }
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        if (out->count[h] == 0) {
            return stale(err, "has no particles for a hypothesis");
        }
        values[h] = EN_NEW(a, double, out->count[h] * size);
        if (values[h] == NULL) {
            return en_fail(err, EN_ENOMEM, "no memory for the posterior");
        }
        out->particles[h] = values[h];
    }
    for (size_t i = 0; i < t->row_count; i++) {
        const size_t h = hypothesis_of(&t->rows[i]);

        EN_TRY(read_values(&t->rows[i], size, values[h] + used[h]++ * size, err));
    }
    return EN_OK;
}

static enum en_status read_steps(const struct en_knowledge *k, struct en_arena *a,
                                 struct en_posterior_record *out, struct en_err *err)
{
    const struct en_table *t = en_table_get(k, "posterior_steps");
    struct en_calibration_step *steps = EN_NEW(a, struct en_calibration_step, t->row_count);
    size_t used = 0;

    if (steps == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the posterior");
    }
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        out->steps[h] = steps + used;
        for (size_t i = 0; i < t->row_count; i++) {
            const struct en_row *row = &t->rows[i];

            if (hypothesis_of(row) != h) {
                continue;
            }
            steps[used++] = (struct en_calibration_step){
                .exponent = en_cell_number(row, "exponent"),
                .ess = en_cell_number(row, "ess"),
                .log_evidence = en_cell_number(row, "log_evidence"),
                .accepted = {en_cell_number(row, "accepted_tissue"),
                             en_cell_number(row, "accepted_response"),
                             en_cell_number(row, "accepted_conditions")},
            };
            out->step_count[h]++;
        }
    }
    return EN_OK;
}

enum en_status en_posterior_read(const struct en_knowledge *k, struct en_arena *a,
                                 struct en_posterior_record *out, struct en_err *err)
{
    *out = (struct en_posterior_record){.settings = en_calibration_defaults()};
    if (en_table_get(k, "posterior")->row_count == 0) {
        return en_posterior_prior(EN_POSTERIOR_PRIOR_PARTICLES, 1, a, &out->posterior, err);
    }
    EN_TRY(read_settings(k, out, err));
    if (out->learned != en_learned_hash()) {
        return stale(err, "was made with other priors or another model");
    }
    if (out->evidence != en_evidence_hash(k)) {
        return stale(err, "was made from other tables of trials");
    }
    EN_TRY(read_conditions(k, a, &out->posterior, err));
    EN_TRY(read_weights(k, &out->posterior, err));
    EN_TRY(read_particles(k, a, &out->posterior, err));
    out->posterior.is_calibrated = true;
    return read_steps(k, a, out, err);
}

enum en_status en_app_posterior(const struct en_app *app, struct en_arena *a,
                                struct en_posterior *out, struct en_err *err)
{
    struct en_posterior_record record;
    const enum en_status st = en_posterior_read(app->knowledge, a, &record, err);

    *out = record.posterior;
    return st;
}

/* With wider priors */

void en_wide_print(const struct en_wide_value *values, size_t count, struct en_buf *out)
{
    en_buf_print(out, "id\tkind\tname\tvalue\tlow\thigh%s", ENDS);
    for (size_t i = 0; i < count; i++) {
        const struct en_wide_value *v = &values[i];

        en_buf_print(out, "%s.%s\t%s\t%s\t%.6g\t", v->kind, v->name, v->kind, v->name, v->value);
        if (isfinite(v->low) && isfinite(v->high)) {
            en_buf_print(out, "%.6g\t%.6g%s", v->low, v->high, ROW_ENDS);
        } else {
            en_buf_print(out, "\t%s", ROW_ENDS);
        }
    }
}

bool en_wide_find(const struct en_knowledge *k, const char *kind, const char *name,
                  struct en_wide_value *out)
{
    char id[2 * EN_TABLE_ID_MAX];

    (void)snprintf(id, sizeof id, "%s.%s", kind, name);
    const struct en_row *row = en_row_find(k, "posterior_wide", id);

    if (row == NULL) {
        return false;
    }
    *out = (struct en_wide_value){
        en_cell(row, "kind"),       en_cell(row, "name"),        en_cell_number(row, "value"),
        en_cell_number(row, "low"), en_cell_number(row, "high"),
    };
    return true;
}
