/* SPDX-License-Identifier: Apache-2.0
 * app/cross: leaving out one data set after the other. */
#include "app/calibration.h"

#include "app/state_file.h"

#include <string.h>

static const char KIND[] = "cross";

enum en_status en_cross_start(const struct en_calibration_run *run, struct en_arena *a,
                              struct en_cross *out, struct en_err *err)
{
    *out = (struct en_cross){.run = run};
    EN_TRY(en_evidence_contrasts(&run->evidence, a, &out->contrasts, err));
    out->predictions = EN_NEW(a, struct en_prediction, run->evidence.row_count);
    out->contrast_predictions = EN_NEW(a, struct en_prediction, out->contrasts.row_count);
    out->is_done = EN_NEW(a, bool, run->evidence.study_count);
    bool is_full =
        out->predictions == NULL || out->contrast_predictions == NULL || out->is_done == NULL;

    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        out->state[h] = EN_NEW(a, double, en_calibration_state_size(run->calibration[h]));
        if (out->state[h] == NULL) {
            is_full = true;
        } else {
            en_calibration_save(run->calibration[h], out->state[h]);
        }
    }
    return is_full ? en_fail(err, EN_ENOMEM, "no memory for the cross-validation") : EN_OK;
}

static bool has_rows(const struct en_evidence *e, size_t dataset)
{
    for (size_t i = 0; i < e->row_count; i++) {
        if (en_evidence_is_dataset(e, &e->rows[i], &dataset)) {
            return true;
        }
    }
    return false;
}

size_t en_cross_next(const struct en_cross *c)
{
    for (size_t d = 0; d < c->run->evidence.study_count; d++) {
        if (!c->is_done[d] && has_rows(&c->run->evidence, d)) {
            return d;
        }
    }
    return SIZE_MAX;
}

size_t en_cross_count(const struct en_cross *c, size_t *done)
{
    size_t count = 0;

    *done = 0;
    for (size_t d = 0; d < c->run->evidence.study_count; d++) {
        if (has_rows(&c->run->evidence, d)) {
            count++;
            *done += c->is_done[d];
        }
    }
    return count;
}

void en_cross_leave(struct en_cross *c, size_t dataset)
{
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        en_calibration_load(c->run->calibration[h], c->state[h]);
        en_calibration_leave_out(c->run->calibration[h], dataset);
    }
}

static bool is_other_dataset(const struct en_evidence *e, const struct en_evidence_row *row,
                             const void *context)
{
    return !en_evidence_is_dataset(e, row, context);
}

/* Predict the rows of `e` that are of the data set, into their places. */
static enum en_status predict_part(const struct en_cross *c, const struct en_evidence *e,
                                   const struct en_posterior *p, size_t dataset, struct en_arena *a,
                                   struct en_prediction *out, struct en_err *err)
{
    const struct en_calibration_settings *s = &c->run->settings;
    const struct en_predict_settings settings = {EN_CALIBRATION_DRAWS, s->seed, s->threads};
    struct en_evidence part, rest;

    EN_TRY(en_evidence_select(e, en_evidence_is_dataset, &dataset, a, &part, err));
    EN_TRY(en_evidence_select(e, is_other_dataset, &dataset, a, &rest, err));
    struct en_prediction *predictions = EN_NEW(a, struct en_prediction, part.row_count);
    size_t n = 0;

    if (predictions == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the cross-validation");
    }
    if (part.row_count > 0) {
        EN_TRY(en_predict(&part, p, &rest, &settings, a, predictions, err));
    }
    for (size_t i = 0; i < e->row_count; i++) {
        if (en_evidence_is_dataset(e, &e->rows[i], &dataset)) {
            out[i] = predictions[n++];
        }
    }
    return EN_OK;
}

enum en_status en_cross_predict(struct en_cross *c, size_t dataset, struct en_arena *scratch,
                                struct en_err *err)
{
    const struct en_arena_mark mark = en_arena_mark(scratch);
    struct en_posterior p;

    EN_TRY(en_calibration_posterior(c->run->calibration, c->run->settings.particles, scratch, &p,
                                    err));
    EN_TRY(predict_part(c, &c->run->evidence, &p, dataset, scratch, c->predictions, err));
    EN_TRY(predict_part(c, &c->contrasts, &p, dataset, scratch, c->contrast_predictions, err));
    c->is_done[dataset] = true;
    en_arena_rewind(scratch, mark);
    return EN_OK;
}

/* The checkpoint: predictions of rows and contrasts, and which data sets are done. */
struct part {
    void *at;
    size_t size;
};

enum { PARTS = 3 };

static size_t parts_of(const struct en_cross *c, struct part out[PARTS])
{
    out[0] = (struct part){c->predictions, c->run->evidence.row_count * sizeof *c->predictions};
    out[1] = (struct part){c->contrast_predictions,
                           c->contrasts.row_count * sizeof *c->contrast_predictions};
    out[2] = (struct part){c->is_done, c->run->evidence.study_count * sizeof *c->is_done};
    return out[0].size + out[1].size + out[2].size;
}

void en_cross_pack(const struct en_cross *c, struct en_buf *out, struct en_arena *scratch)
{
    const struct en_state_file which = {KIND, c->run->key};
    const struct en_arena_mark mark = en_arena_mark(scratch);
    struct part parts[PARTS];
    const size_t size = parts_of(c, parts);
    char *payload = EN_NEW(scratch, char, size);
    size_t at = 0;

    if (payload == NULL) {
        out->status = EN_ENOMEM;
        return;
    }
    for (size_t i = 0; i < PARTS; i++) {
        memcpy(payload + at, parts[i].at, parts[i].size);
        at += parts[i].size;
    }
    en_state_pack(&which, payload, size, out);
    en_arena_rewind(scratch, mark);
}

enum en_status en_cross_unpack(struct en_cross *c, const char *file, const struct en_buf *bytes,
                               struct en_err *err)
{
    const struct en_state_file which = {KIND, c->run->key};
    struct part parts[PARTS];
    const size_t wanted = parts_of(c, parts);
    const char *payload = NULL;
    size_t size = 0;

    EN_TRY(en_state_open(&which, file, en_buf_text(bytes), bytes->size, &payload, &size, err));
    if (size != wanted) {
        return en_fail(err, EN_EINVAL, "the checkpoint %s is of another version of this program",
                       file);
    }
    for (size_t i = 0; i < PARTS; i++) {
        memcpy(parts[i].at, payload, parts[i].size);
        payload += parts[i].size;
    }
    return EN_OK;
}
