/* SPDX-License-Identifier: Apache-2.0
 * Dosing weight and anaesthetic maxima: limits.tsv, la_limits.tsv, la_factors.tsv. */
#include "base/text.h"
#include "care/inside.h"

#include <math.h>

double care_bmi(double weight_kg, double height_cm)
{
    const double height_m = height_cm / 100.0;

    return weight_kg > 0.0 && height_m > 0.0 ? weight_kg / (height_m * height_m) : NAN;
}

/* Devine; the lower base when the sex is not known. */
static double ideal_weight(const struct en_knowledge *k, double height_cm, const char *sex)
{
    const bool is_male = en_text_equal(sex, "male");
    const double base =
        en_limit(k, is_male ? "ideal_weight.base_male" : "ideal_weight.base_female");
    const double above_cm = height_cm - en_limit(k, "ideal_weight.base_height");

    return base + en_limit(k, "ideal_weight.per_cm") * fmax(above_cm, 0.0);
}

double care_dose_weight(const struct en_knowledge *k, double weight_kg, double height_cm,
                        const char *sex)
{
    const double bmi = care_bmi(weight_kg, height_cm);

    if (isnan(bmi)) {
        return NAN;
    }
    if (bmi < en_limit(k, "dose_weight.bmi_threshold")) {
        return weight_kg;
    }
    const double ideal = ideal_weight(k, height_cm, sex) * en_limit(k, "dose_weight.ideal_factor");

    return fmin(weight_kg, ideal);
}

struct en_dose_patient care_patient(const struct en_knowledge *k, const struct en_fact *facts,
                                    en_day today)
{
    const struct en_fact_view view = {.knowledge = k, .facts = facts, .today = today};
    const double age = care_number(&view, "age_years");
    const char *jurisdiction = care_policy(k, "jurisdiction");

    return (struct en_dose_patient){
        .facts = facts,
        .weight_kg = care_number(&view, "weight"),
        .height_cm = care_number(&view, "height"),
        .age_years = age >= 0.0 ? (int)age : -1,
        .sex = care_code(&view, "sex"),
        .jurisdiction = jurisdiction,
    };
}

/* Plain limit of the drug for the jurisdiction, else the strictest ("default"). */
static const struct en_row *limit_row(const struct en_knowledge *k, const char *drug,
                                      const char *jurisdiction)
{
    const struct en_table *table = en_table_get(k, "la_limits");
    const struct en_row *strictest = NULL;

    for (size_t i = 0; i < table->row_count; i++) {
        const struct en_row *row = &table->rows[i];

        if (!en_text_equal(en_cell(row, "drug"), drug) || en_cell_bool(row, "adrenaline")) {
            continue;
        }
        if (en_text_equal(en_cell(row, "jurisdiction"), jurisdiction)) {
            return row;
        }
        if (en_text_equal(en_cell(row, "jurisdiction"), "default")) {
            strictest = row;
        }
    }
    return strictest;
}

static void put_number(const struct care_pad *p, struct en_fact *facts, const char *id,
                       double value)
{
    const size_t index = en_fact_index(p->k, id);

    if (index != SIZE_MAX && !isnan(value)) {
        facts[index] = (struct en_fact){.kind = EN_FACT_NUMBER, .number = value, .as_of = p->today};
    }
}

/* The patient's facts, or all unknown, with what the patient struct itself says. */
static const struct en_fact *patient_facts(struct care_pad *p,
                                           const struct en_dose_patient *patient)
{
    const size_t count = en_table_get(p->k, "facts")->row_count;
    struct en_fact *facts = patient->facts != NULL ? NULL : CARE_NEW(p, struct en_fact, count);

    if (facts == NULL) {
        return patient->facts;
    }
    put_number(p, facts, "weight", patient->weight_kg);
    put_number(p, facts, "height", patient->height_cm);
    put_number(p, facts, "age_years", patient->age_years < 0 ? NAN : (double)patient->age_years);
    return facts;
}

/* The lowest factor whose condition is true or not known. */
static void apply_factors(struct care_pad *p, const struct en_dose_patient *patient,
                          struct en_dose_line *out)
{
    const struct en_table *table = en_table_get(p->k, "la_factors");
    const struct en_fact_view view = {
        .knowledge = p->k, .facts = patient_facts(p, patient), .today = p->today};

    for (size_t i = 0; view.facts != NULL && i < table->row_count; i++) {
        const struct en_row *row = &table->rows[i];
        const double factor = en_cell_number(row, "factor");
        const enum en_truth t = en_expr_truth(en_cell_expr(row, "when"), &view);

        if (t == EN_FALSE || !(factor < out->factor)) {
            continue;
        }
        out->factor = factor;
        out->factor_reason = t == EN_TRUE ? en_cell(row, "title")
                                          : care_print(p, "not known: %s; the lower limit is used",
                                                       en_cell(row, "title"));
    }
}

void care_dose(struct care_pad *p, const char *drug, double mg,
               const struct en_dose_patient *patient, struct en_dose_line *out)
{
    *out = (struct en_dose_line){
        .drug = drug, .mg = mg, .max_mg = NAN, .fraction = NAN, .factor = 1.0, .factor_reason = ""};
    out->limit = limit_row(p->k, drug, patient->jurisdiction);
    if (out->limit == NULL) {
        return;
    }
    const double weight =
        care_dose_weight(p->k, patient->weight_kg, patient->height_cm, patient->sex);

    apply_factors(p, patient, out);
    /* fmin leaves the cap where the weight is not known: what is above it is too much for anybody,
     * what is below it stays unknown. */
    const double most_mg = fmin(en_cell_number(out->limit, "mg_per_kg") * weight,
                                en_cell_number(out->limit, "cap_mg")) *
                           out->factor;

    if (!isnan(weight) || mg > most_mg) {
        out->max_mg = most_mg;
        out->fraction = mg / most_mg;
    }
}
