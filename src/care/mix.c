/* SPDX-License-Identifier: Apache-2.0
 * A mix: check the request, choose stocks, round to the syringe, recompute, judge the dose. */
#include "base/text.h"
#include "care/mixing.h"

#include <math.h>

enum { WARNINGS_MAX = 12 };

/* Arithmetic noise in a volume; far below a syringe's graduation. */
static const double VOLUME_TOLERANCE_ML = 1e-9;
static const double PERCENT_TOLERANCE = 1e-9, PERCENT_DIGITS = 1e9;

static bool is_technique(const struct mixing *m, const char *technique)
{
    return en_text_equal(m->request->technique, technique);
}

static bool is_anaesthetic(const struct en_knowledge *k, const char *component)
{
    const struct en_table *table = en_table_get(k, "la_limits");

    for (size_t i = 0; i < table->row_count; i++) {
        if (en_text_equal(en_cell(&table->rows[i], "drug"), component)) {
            return true;
        }
    }
    return false;
}

/* A misspelt technique or class would go without its limits. */
static enum en_status check_place(const struct en_knowledge *k, const char *what, const char *value,
                                  const char *fact, struct en_err *err)
{
    const struct en_row *row = en_row_find(k, "facts", fact);
    const char *values = row == NULL ? "" : en_cell(row, "values");

    if (value == NULL || en_list_has(values, value)) {
        return EN_OK;
    }
    return en_fail(err, EN_EINVAL, "\"%s\" is not a %s: %s", value, what, values);
}

static enum en_status check_request(const struct en_knowledge *k, const struct en_mix_request *r,
                                    struct en_err *err)
{
    const double beside_mg = r->bleb_mg + r->block_mg;

    if (!(r->volume_ml > 0.0 && isfinite(r->volume_ml))) {
        return en_fail(err, EN_EINVAL, "the volume of a mix must be above 0 mL");
    }
    if (!(r->dextrose_percent >= 0.0 && r->dextrose_percent <= 100.0)) {
        return en_fail(err, EN_EINVAL, "dextrose must be from 0 to 100 %%");
    }
    if (!(r->anaesthetic_percent >= 0.0 && r->anaesthetic_percent <= 100.0)) {
        return en_fail(err, EN_EINVAL, "the anaesthetic must be from 0 to 100 %%");
    }
    if (!(r->bleb_mg >= 0.0 && r->block_mg >= 0.0 && isfinite(beside_mg))) {
        return en_fail(err, EN_EINVAL, "doses of blebs and blocks must not be negative");
    }
    if (r->anaesthetic != NULL && !is_anaesthetic(k, r->anaesthetic)) {
        return en_fail(err, EN_EINVAL,
                       "\"%s\" is not an anaesthetic of la_limits.tsv: use one of its drugs",
                       r->anaesthetic);
    }
    if (r->anaesthetic == NULL && r->anaesthetic_percent > 0.0) {
        return en_fail(err, EN_EINVAL, "name the anaesthetic that goes with its percentage");
    }
    EN_TRY(check_place(k, "technique", r->technique, "site_kind", err));
    return check_place(k, "site class", r->site_class, "site_class", err);
}

/* Limits of technique and site (clinical text, section 2.7) */

static const struct {
    const char *technique, *site_class, *limit, *where;
} DEXTROSE_LIMITS[] = {
    {"joint_space", NULL, "dextrose.ia_max", "in a joint space"},
    {"perineural", NULL, "dextrose.perineural_max", "next to a nerve"},
    {NULL, "N", "dextrose.class_n_max", "near the spine"},
};

/* Row of DEXTROSE_LIMITS with the lowest limit that applies; SIZE_MAX none. */
static size_t strictest_limit(const struct mixing *m)
{
    const struct en_mix_request *r = m->request;
    size_t found = SIZE_MAX;

    for (size_t i = 0; i < EN_COUNT(DEXTROSE_LIMITS); i++) {
        const char *technique = DEXTROSE_LIMITS[i].technique;
        const bool applies = technique != NULL
                                 ? is_technique(m, technique)
                                 : en_text_equal(r->site_class, DEXTROSE_LIMITS[i].site_class);

        if (applies && (found == SIZE_MAX || en_limit(m->p->k, DEXTROSE_LIMITS[i].limit) <
                                                 en_limit(m->p->k, DEXTROSE_LIMITS[found].limit))) {
            found = i;
        }
    }
    return found;
}

static double dextrose_limit(const struct mixing *m)
{
    const size_t row = strictest_limit(m);

    return row == SIZE_MAX ? INFINITY : en_limit(m->p->k, DEXTROSE_LIMITS[row].limit);
}

static bool exceeds_technique(struct mixing *m)
{
    const double limit = dextrose_limit(m), percent = m->request->dextrose_percent;

    if (!(percent > limit)) {
        return false;
    }
    m->out->refusal = care_print(m->p, "%g %% dextrose %s: the limit is %g %%.", percent,
                                 DEXTROSE_LIMITS[strictest_limit(m)].where, limit);
    m->out->nearest = care_print(m->p, "%g %% dextrose", limit);
    return true;
}

/* Syringe */

static double graduation(const struct en_knowledge *k, double ml)
{
    const bool is_large = ml > en_limit(k, "mix.rounding_large_above") + VOLUME_TOLERANCE_ML;

    return en_limit(k, is_large ? "mix.rounding_large" : "mix.rounding_small");
}

/* count graduations as mL; the division keeps 6 x 0.1 at 0.6 */
static double graduated(double count, double step)
{
    return count / round(1.0 / step);
}

static double round_volume(const struct en_knowledge *k, double ml)
{
    const double step = graduation(k, ml);

    return graduated(floor(ml / step + 0.5), step);
}

/* Dextrose to the nearest graduation, but never so that rounding lifts it above the limit of the
 * technique. */
static double round_dextrose(const struct mixing *m, const struct en_row *stock, double ml)
{
    const double rounded = round_volume(m->p->k, ml), step = graduation(m->p->k, ml);
    const double percent =
        stock == NULL ? 0.0 : rounded * en_cell_number(stock, "percent") / m->request->volume_ml;

    if (percent > dextrose_limit(m) + PERCENT_TOLERANCE) {
        return graduated(floor((ml + VOLUME_TOLERANCE_ML) / step), step);
    }
    return rounded;
}

/* The diluent is rounded up, so that the mix is never less than what the sites need. */
static double round_up(const struct en_knowledge *k, double ml)
{
    const double step = graduation(k, ml);

    return graduated(ceil((ml - VOLUME_TOLERANCE_ML) / step), step);
}

static void add_part(struct mixing *m, const struct en_row *stock, double exact_ml, double ml)
{
    if (stock != NULL && m->out->part_count < EN_MIX_PARTS_MAX) {
        m->out->parts[m->out->part_count++] =
            (struct en_mix_part){.stock = stock, .exact_ml = exact_ml, .ml = ml};
    }
}

static void fill_parts(struct mixing *m, const struct mix_choice *choice)
{
    const struct en_mix_request *r = m->request;
    const double dextrose_ml = mix_share(choice->dextrose, r->dextrose_percent) * r->volume_ml;
    const double la_ml = mix_share(choice->anaesthetic, r->anaesthetic_percent) * r->volume_ml;
    const double dextrose_rounded = round_dextrose(m, choice->dextrose, dextrose_ml);
    const double la_rounded = round_volume(m->p->k, la_ml);
    const double rest_ml = r->volume_ml - dextrose_rounded - la_rounded;

    add_part(m, choice->dextrose, dextrose_ml, dextrose_rounded);
    add_part(m, choice->anaesthetic, la_ml, la_rounded);
    if (rest_ml > VOLUME_TOLERANCE_ML) {
        add_part(m, choice->diluent, r->volume_ml - dextrose_ml - la_ml,
                 round_up(m->p->k, rest_ml));
    }
}

/* A part below half a graduation cannot be drawn up: tell the smallest batch that can. */
static bool is_too_small(struct mixing *m)
{
    for (size_t i = 0; i < m->out->part_count; i++) {
        const struct en_mix_part *part = &m->out->parts[i];

        if (part->ml <= 0.0) {
            const double step = en_limit(m->p->k, "mix.rounding_small");
            const double least_ml = ceil(m->request->volume_ml * step / part->exact_ml);

            m->out->refusal =
                care_print(m->p, "%.3g mL of %s is less than the syringe can measure (%g mL).",
                           part->exact_ml, en_cell(part->stock, "title"), step);
            m->out->nearest = care_print(m->p, "the same mix with at least %g mL", least_ml);
            return true;
        }
    }
    return false;
}

/* What the mix is after rounding */

/* Osmoles of a stock per litre from its composition: dextrose by its form, salts as two particles
 * (substances.tsv). A stock of sodium chloride names its salt once, in nacl_mg_per_ml. */
static double stock_osmolarity(struct care_pad *p, const struct en_row *stock)
{
    const char *component = en_cell(stock, "component");
    const bool is_dextrose = en_text_equal(component, "dextrose");
    const char *id =
        care_print(p, "%s_%s", component, is_dextrose ? en_cell(stock, "form") : "hcl");
    const struct en_row *active = en_row_find(p->k, "substances", id);
    const struct en_row *salt = en_row_find(p->k, "substances", "sodium_chloride");
    const double nacl = en_cell_number(stock, "nacl_mg_per_ml");
    double mosm_per_ml = 0.0;

    if (active != NULL) {
        mosm_per_ml += en_cell_number(stock, "strength_mg_per_ml") /
                       en_cell_number(active, "molar_mass_g_per_mol") *
                       en_cell_number(active, "particles");
    }
    if (salt != NULL && nacl > 0.0) {
        mosm_per_ml +=
            nacl / en_cell_number(salt, "molar_mass_g_per_mol") * en_cell_number(salt, "particles");
    }
    return mosm_per_ml * 1000.0;
}

/* Without the noise of the last digits, so that 15 % is not above 15 %. */
static double clean(double percent)
{
    return round(percent * PERCENT_DIGITS) / PERCENT_DIGITS;
}

static double deviation(double actual, double wanted)
{
    return wanted > 0.0 ? actual / wanted - 1.0 : 0.0;
}

static void recompute(struct mixing *m)
{
    struct en_mix *out = m->out;
    double dextrose = 0.0, anaesthetic = 0.0, osmoles = 0.0;

    for (size_t i = 0; i < out->part_count; i++) {
        const struct en_row *stock = out->parts[i].stock;
        const double ml = out->parts[i].ml, mg = ml * en_cell_number(stock, "strength_mg_per_ml");

        out->volume_ml += ml;
        osmoles += ml * stock_osmolarity(m->p, stock);
        if (en_text_equal(en_cell(stock, "role"), "proliferant")) {
            dextrose += ml * en_cell_number(stock, "percent");
            out->dextrose_g += mg / 1000.0;
        } else if (en_text_equal(en_cell(stock, "role"), "anaesthetic")) {
            anaesthetic += ml * en_cell_number(stock, "percent");
            out->anaesthetic_mg += mg;
        }
        out->has_preservative |= !en_text_equal(en_cell(stock, "preservative"), "none");
    }
    out->dextrose_percent = clean(dextrose / out->volume_ml);
    out->anaesthetic_percent = clean(anaesthetic / out->volume_ml);
    out->osmolarity_mosm_per_l = osmoles / out->volume_ml;
    out->dextrose_deviation = deviation(out->dextrose_percent, m->request->dextrose_percent);
    out->anaesthetic_deviation =
        deviation(out->anaesthetic_percent, m->request->anaesthetic_percent);
}

static void fill_dose(struct mixing *m, const struct en_dose_patient *patient)
{
    const struct en_mix_request *r = m->request;
    const double mg = m->out->anaesthetic_mg + r->bleb_mg + r->block_mg;
    const struct en_row *usual =
        en_row_find(m->p->k, "stocks", care_policy(m->p->k, "mix_anaesthetic"));
    const char *drug = r->anaesthetic != NULL ? r->anaesthetic
                       : usual == NULL        ? NULL
                                              : en_cell(usual, "component");

    if (drug == NULL || !(mg > 0.0)) {
        m->out->dose.drug = r->anaesthetic;
        m->out->load = 0.0;
        return;
    }
    care_dose(m->p, drug, mg, patient, &m->out->dose);
    m->out->load = m->out->dose.fraction;
}

/* Warnings and refusal */

static void warn(struct mixing *m, const char **list, const char *text)
{
    if (list != NULL && m->out->warning_count < WARNINGS_MAX) {
        list[m->out->warning_count++] = text;
    }
}

static void warn_composition(struct mixing *m, const char **list)
{
    const struct en_mix *out = m->out;
    const double tolerance = en_limit(m->p->k, "mix.deviation_caution") / 100.0;

    if (fabs(out->dextrose_deviation) > tolerance) {
        warn(m, list,
             care_print(m->p, "After rounding the dextrose is %.3g %% (%+.1f %%).",
                        out->dextrose_percent, out->dextrose_deviation * 100.0));
    }
    if (fabs(out->anaesthetic_deviation) > tolerance) {
        warn(m, list,
             care_print(m->p, "After rounding the anaesthetic is %.3g %% (%+.1f %%).",
                        out->anaesthetic_percent, out->anaesthetic_deviation * 100.0));
    }
    if (is_technique(m, "perineural") &&
        out->osmolarity_mosm_per_l > en_limit(m->p->k, "mix.perineural_osmolarity_caution")) {
        warn(m, list,
             care_print(m->p, "%.0f mOsm/L next to a nerve: use plain 5 %% dextrose.",
                        out->osmolarity_mosm_per_l));
    }
    if (out->dextrose_g > en_limit(m->p->k, "dextrose.session_warn")) {
        warn(m, list, care_print(m->p, "%.1f g dextrose in one mix.", out->dextrose_g));
    }
}

static void warn_stocks(struct mixing *m, const char **list)
{
    for (size_t i = 0; i < m->out->part_count; i++) {
        const struct en_row *stock = m->out->parts[i].stock;

        if (en_text_equal(en_cell(stock, "use"), "restricted")) {
            warn(m, list,
                 care_print(m->p, "%s: %s", en_cell(stock, "title"), en_cell(stock, "note")));
        }
        if (en_text_equal(en_cell(stock, "role"), "proliferant") &&
            en_cell_number(stock, "percent") >= en_limit(m->p->k, "dextrose.high_alert")) {
            warn(m, list,
                 care_print(m->p,
                            "%s is a high-alert medicine: independent check of product and "
                            "volume.",
                            en_cell(stock, "title")));
        }
    }
}

/* Anaesthetic in a joint: drug, the limit and whether reaching it is already too much. */
static const struct {
    const char *drug, *limit;
    bool is_inclusive;
} JOINT_LIMITS[] = {
    {"lidocaine", "la.ia_lidocaine_max_default", false},
    {"bupivacaine", "la.ia_bupivacaine_caution", true},
    {"ropivacaine", "la.ia_ropivacaine_max", false},
};

static void warn_joint(struct mixing *m, const char **list)
{
    for (size_t i = 0; is_technique(m, "joint_space") && i < EN_COUNT(JOINT_LIMITS); i++) {
        const double limit = en_limit(m->p->k, JOINT_LIMITS[i].limit);
        const double percent = m->out->anaesthetic_percent;

        if (en_text_equal(m->request->anaesthetic, JOINT_LIMITS[i].drug) &&
            (JOINT_LIMITS[i].is_inclusive ? percent >= limit : percent > limit)) {
            warn(m, list,
                 care_print(m->p,
                            "%.3g %% %s in a joint: anaesthetics harm cartilage cells in the "
                            "laboratory; limit %g %%.",
                            percent, JOINT_LIMITS[i].drug, limit));
        }
    }
}

static void judge_dose(struct mixing *m, const char **list)
{
    const struct en_dose_line *dose = &m->out->dose;
    const double stop = en_limit(m->p->k, "la.load_stop");

    if (isnan(m->out->load)) {
        warn(m, list,
             "The patient's maximum of the anaesthetic is not known: weight and height are "
             "needed.");
    } else if (m->out->load > stop) {
        m->out->is_possible = false;
        m->out->refusal =
            care_print(m->p, "%.0f mg %s with blebs and blocks: the patient's maximum is %.0f mg.",
                       dose->mg, dose->drug, dose->max_mg);
        m->out->nearest = care_print(m->p, "at most %.0f mg %s in all", dose->max_mg, dose->drug);
    } else if (m->out->load > en_limit(m->p->k, "la.double_check_load")) {
        warn(m, list,
             care_print(m->p, "%.0f %% of the maximum of %s: independent second check.",
                        m->out->load * 100.0, dose->drug));
    }
    if (dose->factor_reason != NULL && dose->factor_reason[0] != '\0') {
        warn(m, list,
             care_print(m->p, "Maximum of %s times %g: %s.", dose->drug, dose->factor,
                        dose->factor_reason));
    }
}

/* Water without anything in it must not be injected. */
static bool is_plain_water(const struct mixing *m)
{
    const struct en_mix *out = m->out;

    return out->part_count == 1 && en_text_equal(en_cell(out->parts[0].stock, "role"), "diluent") &&
           !(out->osmolarity_mosm_per_l > 0.0);
}

static void finish(struct mixing *m, const struct en_dose_patient *patient)
{
    const char **warnings = CARE_NEW(m->p, const char *, WARNINGS_MAX);

    recompute(m);
    fill_dose(m, patient);
    m->out->warnings = warnings;
    m->out->is_possible = true;
    if (is_plain_water(m)) {
        m->out->is_possible = false;
        m->out->refusal = "Water is never injected alone.";
    }
    warn_composition(m, warnings);
    warn_joint(m, warnings);
    judge_dose(m, warnings);
    warn_stocks(m, warnings);
}

static const char *usual_diluent(const struct care_pad *p, const struct en_mix_request *r)
{
    return r->diluent != NULL ? r->diluent : care_policy(p->k, "diluent");
}

static void make(struct mixing *m, const struct en_dose_patient *patient)
{
    const char *unknown = mix_unknown_stock(m);
    struct mix_choice choice;

    if (unknown != NULL) {
        m->out->has_unknown_stock = true;
        m->out->refusal = care_print(m->p,
                                     "\"%s\" is not a known, enabled product: check name and "
                                     "strength on the label.",
                                     unknown);
    } else if (exceeds_technique(m)) {
        return;
    } else if (!mix_choose(m, &choice)) {
        mix_refuse_unreachable(m);
    } else {
        fill_parts(m, &choice);
        if (!is_too_small(m)) {
            finish(m, patient);
        }
    }
}

enum en_status en_mix_compute(const struct en_care *care, const struct en_mix_request *request,
                              const struct en_dose_patient *patient, struct en_arena *a,
                              struct en_mix *out, struct en_err *err)
{
    struct care_pad p = care_pad(care, a);
    struct mixing m = {.p = &p, .request = request, .out = out};

    *out = (struct en_mix){.osmolarity_mosm_per_l = NAN, .load = NAN};
    EN_TRY(check_request(p.k, request, err));
    m.diluent = usual_diluent(&p, request);
    make(&m, patient);
    return care_check(&p, "the mix", err);
}
