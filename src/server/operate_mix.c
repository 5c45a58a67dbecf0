/* SPDX-License-Identifier: Apache-2.0
 * server/operate_mix: from stocks to a syringe, as `enthesis mix`. It asks nothing of the store. */
#include "fhir/systems.h"
#include "fhir/writer.h"
#include "server/operate.h"

#include <math.h>

static const struct en_op_rule RULES[] = {
    {"dextrose", EN_PARAMETER_VALUE, "final dextrose, % w/v"},
    {"volume", EN_PARAMETER_VALUE, "volume to prepare, mL"},
    {"lidocaine", EN_PARAMETER_VALUE, "final lidocaine, %"},
    {"bupivacaine", EN_PARAMETER_VALUE, "final bupivacaine, %"},
    {"ropivacaine", EN_PARAMETER_VALUE, "final ropivacaine, %"},
    {"mepivacaine", EN_PARAMETER_VALUE, "final mepivacaine, %"},
    {"procaine", EN_PARAMETER_VALUE, "final procaine, %"},
    {"diluent", EN_PARAMETER_VALUE, "diluent; default: the policy's"},
    {"stocks", EN_PARAMETER_VALUE, "stocks at hand"},
    {"technique", EN_PARAMETER_VALUE, "limits of that technique"},
    {"site-class", EN_PARAMETER_VALUE, "P, D or N: limits of that class"},
    {"bleb-mg", EN_PARAMETER_VALUE, "the same anaesthetic given as skin blebs"},
    {"block-mg", EN_PARAMETER_VALUE, "the same anaesthetic given as a block"},
    {"weight", EN_PARAMETER_VALUE, "the patient's weight, kg"},
    {"height", EN_PARAMETER_VALUE, "the patient's height, cm"},
    {"age", EN_PARAMETER_VALUE, "the patient's age, years"},
    {"sex", EN_PARAMETER_VALUE, "female or male"},
    {"fact", EN_PARAMETER_REPEATED, "about the patient: liver_disease=none"},
    {"jurisdiction", EN_PARAMETER_VALUE, "whose maximum doses; default: the strictest"},
    {NULL, EN_PARAMETER_VALUE, NULL},
};

static void open_parameter(struct en_writer *w, const char *name)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "name", name);
}

static void write_bool(struct en_writer *w, const char *name, bool value)
{
    open_parameter(w, name);
    en_write_bool(w, "valueBoolean", value);
    en_write_close(w);
}

static void write_text(struct en_writer *w, const char *name, const char *text)
{
    if (text != NULL && text[0] != '\0') {
        open_parameter(w, name);
        en_write_text(w, "valueString", text);
        en_write_close(w);
    }
}

/* A number that is not known is left out. */
static void write_quantity(struct en_writer *w, const char *name, double value, int digits,
                           const char *unit)
{
    if (isnan(value)) {
        return;
    }
    open_parameter(w, name);
    en_write_open(w, "valueQuantity", '{');
    en_write_number(w, "value", value, digits);
    en_write_text(w, "unit", unit);
    en_write_text(w, "system", EN_UCUM);
    en_write_text(w, "code", unit);
    en_write_close(w);
    en_write_close(w);
}

static void write_part(struct en_writer *w, const struct en_mix_part *part)
{
    open_parameter(w, "part");
    en_write_open(w, "part", '[');
    open_parameter(w, "stock");
    en_write_open(w, "valueCoding", '{');
    en_write_text(w, "system", EN_STOCK_SYSTEM);
    en_write_text(w, "code", en_cell(part->stock, "id"));
    en_write_text(w, "display", en_cell(part->stock, "title"));
    en_write_close(w);
    en_write_close(w);
    write_quantity(w, "volume", part->ml, 1, "mL");
    write_bool(w, "single-dose", en_cell_bool(part->stock, "single_dose"));
    en_write_close(w);
    en_write_close(w);
}

static void write_dose(struct en_writer *w, const struct en_mix *mix)
{
    const struct en_dose_line *d = &mix->dose;

    if (d->drug == NULL) {
        return;
    }
    write_text(w, "anaesthetic", d->drug);
    write_quantity(w, "anaesthetic-concentration", mix->anaesthetic_percent, 4, "%");
    write_quantity(w, "anaesthetic-in-mix", mix->anaesthetic_mg, 2, "mg");
    write_quantity(w, "anaesthetic-total", d->mg, 2, "mg");
    write_quantity(w, "anaesthetic-maximum", d->max_mg, 2, "mg");
    write_quantity(w, "load", d->fraction, 4, "1");
    write_text(w, "reduced", d->factor < 1.0 ? d->factor_reason : NULL);
}

static void write_mix(const struct en_mix *mix, struct en_writer *w)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "resourceType", "Parameters");
    en_write_open(w, "parameter", '[');
    write_bool(w, "possible", mix->is_possible);
    if (mix->is_possible) {
        for (size_t i = 0; i < mix->part_count; i++) {
            write_part(w, &mix->parts[i]);
        }
        write_quantity(w, "volume", mix->volume_ml, 1, "mL");
        write_quantity(w, "dextrose-concentration", mix->dextrose_percent, 4, "%");
        write_quantity(w, "dextrose", mix->dextrose_g, 3, "g");
        write_quantity(w, "osmolarity", mix->osmolarity_mosm_per_l, 0, "mosm/L");
        write_dose(w, mix);
    }
    write_text(w, "refusal", mix->is_possible ? NULL : mix->refusal);
    write_text(w, "nearest", mix->is_possible ? NULL : mix->nearest);
    for (size_t i = 0; i < mix->alternative_count; i++) {
        write_text(w, "alternative", mix->alternatives[i]);
    }
    for (size_t i = 0; i < mix->warning_count; i++) {
        write_text(w, "warning", mix->warnings[i]);
    }
    en_write_close(w);
    en_write_close(w);
}

enum en_status en_operate_mix(struct en_server *s, const struct en_http_request *rq,
                              struct en_http_response *rs, struct en_err *err)
{
    const struct en_app app = en_server_app(s, rq);
    const struct en_care care = {app.knowledge, app.today};
    struct en_op_parameters *p = EN_NEW(rq->arena, struct en_op_parameters, 1);
    struct en_writer w = EN_WRITER(&rs->body);
    struct en_mix_request request;
    struct en_dose_patient patient;
    struct en_mix mix;
    bool is_refused = false;

    if (p == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a mix");
    }
    EN_TRY(en_op_parameters_read(rq, RULES, NULL, p, rs, &is_refused, err));
    if (is_refused) {
        return EN_OK;
    }
    const struct en_asked asked = en_op_parameters_asked(p);

    EN_TRY(en_asked_mix(&app, &asked, rq->arena, &request, &patient, err));
    EN_TRY(en_mix_compute(&care, &request, &patient, rq->arena, &mix, err));
    write_mix(&mix, &w);
    return en_write_end(&w, "the mix", err);
}
