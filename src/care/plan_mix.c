/* SPDX-License-Identifier: Apache-2.0
 * Mixes of a plan and the totals of one session. */
#include "base/text.h"
#include "care/planning.h"

#include <math.h>

/* Concentrations that differ by less are one mix [%]: below what any label states. */
static const double SAME_PERCENT = 1e-6;

static const char *technique_of(const struct en_row *site)
{
    return en_cell(site, "kind");
}

static bool is_one_of(const char *text, const char *list)
{
    return en_list_has(list, text);
}

/* Joint spaces and nerves have limits of their own, sites near the spine need other products. */
static const char *group_of(const struct en_row *site)
{
    const char *kind = technique_of(site);

    return is_one_of(kind, "joint_space; perineural") ? kind : "";
}

static bool is_class_n(const struct en_row *site)
{
    return en_text_equal(en_cell(site, "site_class"), "N");
}

static bool shares_mix(const struct en_plan_site *a, const struct en_plan_site *b)
{
    return fabs(a->dextrose_percent - b->dextrose_percent) < SAME_PERCENT &&
           en_text_equal(group_of(a->site), group_of(b->site)) &&
           is_class_n(a->site) == is_class_n(b->site);
}

/* The anaesthetic */

static const char *policy_component(const struct planning *g)
{
    const struct en_row *stock =
        en_row_find(g->p->k, "stocks", care_policy(g->p->k, "mix_anaesthetic"));

    return stock == NULL ? NULL : en_cell(stock, "component");
}

/* Component for the mixes, NULL for none. */
static const char *mix_anaesthetic(const struct planning *g)
{
    const char *wish = g->options->anaesthetic;

    if (wish == NULL) {
        return policy_component(g);
    }
    return en_text_equal(wish, "none") ? NULL : wish;
}

/* Next to a nerve plain dextrose is used, without anaesthetic. */
static const char *site_anaesthetic(const struct planning *g, const struct en_row *site)
{
    return en_text_equal(group_of(site), "perineural") ? NULL : mix_anaesthetic(g);
}

/* Mixes */

static double group_volume(const struct planning *g, size_t first)
{
    double volume_ml = 0.0;

    for (size_t i = first; i < g->out->site_count; i++) {
        if (shares_mix(&g->out->sites[first], &g->out->sites[i])) {
            volume_ml += g->out->sites[i].volume_ml;
        }
    }
    return volume_ml;
}

static struct en_mix_request request_for(const struct planning *g, const struct en_plan_site *site,
                                         double volume_ml)
{
    const char *drug = site_anaesthetic(g, site->site);

    return (struct en_mix_request){
        .dextrose_percent = site->dextrose_percent,
        .anaesthetic = drug,
        .anaesthetic_percent = drug == NULL ? 0.0 : en_limit(g->p->k, "la.default_percent"),
        .volume_ml = volume_ml,
        .stocks = g->options->stocks,
        .technique = technique_of(site->site),
        .site_class = en_cell(site->site, "site_class"),
    };
}

static bool is_exact(const struct planning *g, const struct en_mix *mix)
{
    const double tolerance = en_limit(g->p->k, "mix.deviation_caution") / 100.0;

    return mix->volume_ml > 0.0 && fabs(mix->dextrose_deviation) <= tolerance &&
           fabs(mix->anaesthetic_deviation) <= tolerance;
}

/* Some sites get so little that a syringe cannot measure the parts, or not well. Then a larger
 * batch is made, the smallest that is exact, and the rest is discarded. A refusal for any other
 * reason stays what it is. */
static enum en_status compute_mix(struct planning *g, struct en_plan_mix *mix, struct en_err *err)
{
    const struct en_dose_patient patient = care_patient(g->p->k, g->facts, g->p->today);
    const double step_ml = en_limit(g->p->k, "mix.rounding_large");
    struct en_mix_request larger = mix->request;
    struct en_mix trial;

    EN_TRY(en_mix_compute(g->care, &mix->request, &patient, g->p->a, &mix->mix, err));
    if (is_exact(g, &mix->mix) || mix->mix.part_count == 0) {
        return EN_OK;
    }
    larger.volume_ml = ceil(larger.volume_ml / step_ml) * step_ml;
    while (larger.volume_ml <= en_limit(g->p->k, "mix.batch_default")) {
        EN_TRY(en_mix_compute(g->care, &larger, &patient, g->p->a, &trial, err));
        if (trial.is_possible && is_exact(g, &trial)) {
            mix->request = larger;
            mix->mix = trial;
            return EN_OK;
        }
        larger.volume_ml += step_ml;
    }
    return EN_OK;
}

static enum en_status add_mix(struct planning *g, size_t first, struct en_err *err)
{
    const size_t index = g->out->mix_count;
    struct en_plan_mix *mix = &g->out->mixes[index];

    mix->needed_ml = group_volume(g, first);
    mix->request = request_for(g, &g->out->sites[first], mix->needed_ml);
    mix->label = care_print(g->p, "%c", (int)('A' + (int)(index % 26)));
    for (size_t i = first; i < g->out->site_count; i++) {
        if (shares_mix(&g->out->sites[first], &g->out->sites[i])) {
            g->out->sites[i].mix = index;
        }
    }
    g->out->mix_count++;
    return compute_mix(g, mix, err);
}

static bool has_mix(const struct planning *g, size_t site)
{
    for (size_t i = 0; i < site; i++) {
        if (shares_mix(&g->out->sites[i], &g->out->sites[site])) {
            return true;
        }
    }
    return false;
}

/* Totals */

static void add_dose(struct planning *g, const char *drug, double mg)
{
    struct en_plan_totals *t = &g->out->totals;

    if (drug == NULL || !(mg > 0.0)) {
        return;
    }
    for (size_t i = 0; i < t->dose_count; i++) {
        if (en_text_equal(t->doses[i].drug, drug)) {
            t->doses[i].mg += mg;
            return;
        }
    }
    t->doses[t->dose_count++] = (struct en_dose_line){.drug = drug, .mg = mg};
}

/* Blebs and blocks count for the anaesthetic of the plan, or the usual one when mixes have none. */
static const char *beside_drug(const struct planning *g)
{
    const char *drug = mix_anaesthetic(g);

    return drug == NULL ? policy_component(g) : drug;
}

static void sum_doses(struct planning *g)
{
    const struct en_dose_patient patient = care_patient(g->p->k, g->facts, g->p->today);
    struct en_plan_totals *t = &g->out->totals;

    for (size_t i = 0; i < g->out->mix_count; i++) {
        add_dose(g, g->out->mixes[i].request.anaesthetic, g->out->mixes[i].mix.anaesthetic_mg);
        t->dextrose_g += g->out->mixes[i].mix.dextrose_g;
    }
    add_dose(g, beside_drug(g), g->options->bleb_mg + g->options->block_mg);
    for (size_t i = 0; i < t->dose_count; i++) {
        care_dose(g->p, t->doses[i].drug, t->doses[i].mg, &patient, &t->doses[i]);
        t->load += t->doses[i].fraction; /* NAN stays NAN: one unknown maximum hides the load */
    }
}

/* Facts that ask for the longer observation unless they are known to be false. */
static const char *const WATCH[] = {"vasovagal_history",    "allergy_dextrose", "allergy_corn",
                                    "allergy_amide_la",     "allergy_ester_la", "allergy_latex",
                                    "allergy_preservative", "allergy_sulphite", "allergy_iodine",
                                    "allergy_chlorhexidine"};

static bool needs_long_watch(const struct planning *g)
{
    const double load_limit = en_limit(g->p->k, "observation.la_load");
    bool is_long = g->c->session_count == 0 || !(g->out->totals.load <= load_limit);

    for (size_t i = 0; i < EN_COUNT(WATCH); i++) {
        is_long |= care_truth(&g->view, WATCH[i]) != EN_FALSE;
    }
    for (size_t i = 0; i < g->out->site_count; i++) {
        is_long |= is_class_n(g->out->sites[i].site);
    }
    return is_long;
}

static void sum_sites(struct planning *g)
{
    struct en_plan_totals *t = &g->out->totals;

    for (size_t i = 0; i < g->out->site_count; i++) {
        t->points += g->out->sites[i].points;
        t->volume_ml += g->out->sites[i].volume_ml;
    }
    t->volume_limit_ml = en_limit(g->p->k, "volume.session_max");
    t->dextrose_warn_g = en_limit(g->p->k, "dextrose.session_warn");
    t->observation_min =
        (int)en_limit(g->p->k, needs_long_watch(g) ? "observation.extended" : "observation.min");
}

enum en_status plan_mixes(struct planning *g, struct en_err *err)
{
    g->out->mixes = CARE_NEW(g->p, struct en_plan_mix, g->out->site_count);
    g->out->totals.doses = CARE_NEW(g->p, struct en_dose_line, g->out->site_count + 1);
    if (g->out->mixes == NULL || g->out->totals.doses == NULL) {
        return care_check(g->p, "the mixes", err);
    }
    for (size_t i = 0; i < g->out->site_count; i++) {
        if (has_mix(g, i)) {
            continue;
        }
        EN_TRY(add_mix(g, i, err));
    }
    sum_doses(g);
    sum_sites(g);
    return EN_OK;
}
