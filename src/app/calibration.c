/* SPDX-License-Identifier: Apache-2.0 */
#include "app/calibration.h"

#include "app/state_file.h"
#include "base/text.h"
#include "num/stats.h"

#include <math.h>
#include <string.h>

static const char KIND[] = "calibrate";

/* Everything that decides the result; the number of threads does not. */
static uint64_t key_of(const struct en_calibration_run *r)
{
    const struct en_calibration_settings *s = &r->settings;
    const uint64_t parts[] = {r->evidence_hash, en_learned_hash(), s->particles,
                              s->patients,      s->moves,          s->seed};
    const uint64_t hash = en_hash(EN_HASH_START, parts, sizeof parts);

    return en_hash(hash, &s->prior_width, sizeof s->prior_width);
}

enum en_status en_calibration_run_start(const struct en_app *app,
                                        const struct en_calibration_settings *settings,
                                        struct en_arena *a, struct en_calibration_run *out,
                                        struct en_err *err)
{
    struct en_app_evidence all;

    *out = (struct en_calibration_run){.settings = *settings,
                                       .evidence_hash = en_evidence_hash(app->knowledge)};
    EN_TRY(en_app_evidence(app, a, &all, err));
    EN_TRY(en_evidence_select(&all.evidence, en_evidence_is_fit, NULL, a, &out->evidence, err));
    if (out->evidence.row_count == 0) {
        return en_fail(err, EN_EINVAL, "trial_results.tsv: no row has use fit");
    }
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        EN_TRY(en_calibration_start(&out->evidence, h, settings, a, &out->calibration[h], err));
    }
    out->key = key_of(out);
    return EN_OK;
}

bool en_calibration_run_done(const struct en_calibration_run *r)
{
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        if (!en_calibration_done(r->calibration[h])) {
            return false;
        }
    }
    return true;
}

/* States of the hypotheses, one behind the other. */
static size_t state_bytes(const struct en_calibration_run *r)
{
    return en_calibration_state_size(r->calibration[0]) * sizeof(double);
}

void en_calibration_run_pack(const struct en_calibration_run *r, struct en_arena *scratch,
                             struct en_buf *out)
{
    const struct en_state_file which = {KIND, r->key};
    const struct en_arena_mark mark = en_arena_mark(scratch);
    const size_t size = state_bytes(r) / sizeof(double);
    double *states = EN_NEW(scratch, double, EN_HYPOTHESES *size);

    if (states == NULL) {
        out->status = EN_ENOMEM;
        return;
    }
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        en_calibration_save(r->calibration[h], states + h * size);
    }
    en_state_pack(&which, states, EN_HYPOTHESES * size * sizeof(double), out);
    en_arena_rewind(scratch, mark);
}

enum en_status en_calibration_run_unpack(struct en_calibration_run *r, const char *file,
                                         const struct en_buf *bytes, struct en_arena *scratch,
                                         struct en_err *err)
{
    const struct en_state_file which = {KIND, r->key};
    const struct en_arena_mark mark = en_arena_mark(scratch);
    const size_t one = state_bytes(r);
    const char *payload = NULL;
    size_t size = 0;

    EN_TRY(en_state_open(&which, file, en_buf_text(bytes), bytes->size, &payload, &size, err));
    if (size != EN_HYPOTHESES * one) {
        return en_fail(err, EN_EINVAL, "the checkpoint %s is of another version of this program",
                       file);
    }
    double *state = EN_NEW(scratch, double, one / sizeof(double)); /* aligned, unlike the payload */

    if (state == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a checkpoint");
    }
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        memcpy(state, payload + h * one, one);
        en_calibration_load(r->calibration[h], state);
    }
    en_arena_rewind(scratch, mark);
    return EN_OK;
}

enum en_status en_calibration_run_record(const struct en_calibration_run *r, size_t kept,
                                         struct en_arena *a, struct en_posterior_record *out,
                                         struct en_err *err)
{
    *out = (struct en_posterior_record){
        .settings = r->settings, .evidence = r->evidence_hash, .learned = en_learned_hash()};
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        out->step_count[h] = en_calibration_steps(r->calibration[h], &out->steps[h]);
    }
    return en_calibration_posterior(r->calibration, kept, a, &out->posterior, err);
}

/* With wider priors */

size_t en_evidence_key_row(const struct en_evidence *e, size_t condition)
{
    size_t best = SIZE_MAX;

    for (size_t i = 0; i < e->row_count; i++) {
        const struct en_evidence_row *row = &e->rows[i];
        const struct en_evidence_arm *arm = &e->arms[row->arm];

        if (row->is_fit && row->versus == SIZE_MAX && row->from_week == 0.0 &&
            row->outcome < EN_EVIDENCE_RESPONDER_PAIN && arm->has_dextrose &&
            e->studies[arm->study].condition == (int)condition &&
            (best == SIZE_MAX || row->n > e->rows[best].n ||
             (row->arm == e->rows[best].arm && row->week > e->rows[best].week))) {
            best = i;
        }
    }
    return best;
}

/* Quantiles of a learned quantity over the hypotheses. */
enum en_status en_learned_quantiles(const struct en_posterior *p, enum en_learned row,
                                    struct en_arena *scratch, double out[3], struct en_err *err)
{
    static const double PROBABILITIES[] = {0.05, 0.5, 0.95};
    const struct en_arena_mark mark = en_arena_mark(scratch);
    const size_t size = en_posterior_size(p->condition_count);
    struct en_sample samples[EN_HYPOTHESES];

    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        double *values = EN_NEW(scratch, double, p->count[h]);

        if (values == NULL) {
            return en_fail(err, EN_ENOMEM, "no memory for the posterior");
        }
        for (size_t i = 0; i < p->count[h]; i++) {
            values[i] = en_learned_value(row, p->particles[h][i * size + row]);
        }
        en_sort(values, p->count[h]);
        samples[h] = (struct en_sample){values, p->count[h], p->weight[h]};
    }
    en_quantiles(samples, EN_HYPOTHESES, PROBABILITIES, 3, out);
    en_arena_rewind(scratch, mark);
    return EN_OK;
}

static bool is_key(const struct en_evidence *e, const struct en_evidence_row *row,
                   const void *context)
{
    (void)context;
    for (size_t c = 0; c < e->condition_count; c++) {
        if (en_evidence_key_row(e, c) == (size_t)(row - e->rows)) {
            return true;
        }
    }
    return false;
}

enum en_status en_calibration_run_wide(const struct en_calibration_run *r,
                                       const struct en_posterior *p, struct en_arena *a,
                                       struct en_wide_value **out, size_t *count,
                                       struct en_err *err)
{
    const struct en_predict_settings settings = {EN_CALIBRATION_DRAWS, r->settings.seed,
                                                 r->settings.threads};
    struct en_evidence key;

    EN_TRY(en_evidence_select(&r->evidence, is_key, NULL, a, &key, err));
    struct en_prediction *predictions = EN_NEW(a, struct en_prediction, key.row_count + 1);
    struct en_wide_value *v =
        EN_NEW(a, struct en_wide_value, 1 + 2 * EN_HYPOTHESES + EN_LEARNED_COUNT + key.row_count);
    size_t n = 0;

    if (predictions == NULL || v == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the wider priors");
    }
    v[n++] = (struct en_wide_value){"setting", "prior_width", r->settings.prior_width, NAN, NAN};
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        const char *id = en_heal_hypothesis(h).id;

        v[n++] = (struct en_wide_value){"weight", id, p->weight[h], NAN, NAN};
        v[n++] = (struct en_wide_value){"log_evidence", id, p->log_evidence[h], NAN, NAN};
    }
    for (enum en_learned i = 0; i < EN_LEARNED_COUNT; i++) {
        double q[3];

        EN_TRY(en_learned_quantiles(p, i, a, q, err));
        v[n++] = (struct en_wide_value){"learned", EN_LEARNED_ROWS[i].symbol, q[1], q[0], q[2]};
    }
    EN_TRY(en_predict(&key, p, &r->evidence, &settings, a, predictions, err));
    for (size_t i = 0; i < key.row_count; i++) {
        const struct en_predictive *q = &predictions[i].q;

        v[n++] = (struct en_wide_value){"prediction", key.rows[i].id, q->q50, q->q05, q->q95};
    }
    *out = v;
    *count = n;
    return EN_OK;
}
