/* SPDX-License-Identifier: Apache-2.0
 * Derived facts of one site of a plan. */
#include "base/text.h"
#include "care/inside.h"

#include <math.h>

static enum en_truth truth_of(bool is_true)
{
    return is_true ? EN_TRUE : EN_FALSE;
}

/* Who */

static const struct en_practitioner *operator_of(const struct care_derive *d)
{
    return d->c->practitioner_count > 0 ? &d->c->practitioners[0] : NULL;
}

enum en_truth care_privilege(const struct care_derive *d, const char *region)
{
    const struct en_practitioner *o = operator_of(d);

    if (o == NULL || o->regions == NULL || region == NULL) {
        return EN_UNKNOWN;
    }
    if (o->licence_expiry != EN_DAY_UNKNOWN && o->licence_expiry < d->p->today) {
        return EN_FALSE;
    }
    if (!en_list_has(o->regions, region)) {
        return EN_FALSE;
    }
    return o->licence_expiry == EN_DAY_UNKNOWN ? EN_UNKNOWN : EN_TRUE;
}

static enum en_truth is_guidance_ok(const struct care_derive *d, const struct en_plan_site *site)
{
    const struct en_practitioner *o = operator_of(d);
    const char *required = en_cell(site->site, "guidance_required");

    if (required[0] == '\0') {
        return EN_TRUE;
    }
    if (!en_list_has(required, site->guidance)) {
        return EN_FALSE;
    }
    if (o == NULL || o->guidance == NULL) {
        return EN_UNKNOWN;
    }
    return truth_of(en_list_has(o->guidance, site->guidance));
}

/* What */

/* Potency against lidocaine by the ratio of the maxima per kg; bupivacaine and ropivacaine have
 * facts and limits of their own and count 0 here. */
static double lidocaine_percent(const struct care_derive *d, const char *drug, double percent)
{
    if (drug == NULL || en_list_has("bupivacaine; ropivacaine", drug)) {
        return 0.0;
    }
    const struct en_row *own =
        en_row_find(d->p->k, "la_limits", care_print(d->p, "%s.default.plain", drug));
    const struct en_row *lidocaine = en_row_find(d->p->k, "la_limits", "lidocaine.default.plain");

    if (own == NULL || lidocaine == NULL) {
        return percent;
    }
    return percent * en_cell_number(lidocaine, "mg_per_kg") / en_cell_number(own, "mg_per_kg");
}

static double percent_if(const char *drug, const char *wanted, double percent)
{
    return en_text_equal(drug, wanted) ? percent : 0.0;
}

static bool has_other_proliferant(const struct en_mix *mix)
{
    for (size_t i = 0; i < mix->part_count; i++) {
        const struct en_row *stock = mix->parts[i].stock;

        if (en_text_equal(en_cell(stock, "role"), "proliferant") &&
            !en_text_equal(en_cell(stock, "component"), "dextrose")) {
            return true;
        }
    }
    return false;
}

/* What is in the syringe; what was asked for when it could not be mixed. */
static void derive_mix(struct care_derive *d, const struct en_plan_site *site)
{
    const struct en_plan_mix *m = &d->plan->mixes[site->mix];
    const bool is_made = m->mix.part_count > 0 && m->mix.volume_ml > 0.0;
    const char *drug = m->request.anaesthetic;
    const double la = is_made ? m->mix.anaesthetic_percent : m->request.anaesthetic_percent;

    care_set_number(d, "site_dextrose",
                    is_made ? m->mix.dextrose_percent : m->request.dextrose_percent,
                    "derived: mix");
    care_set_number(d, "site_la_percent", lidocaine_percent(d, drug, la), "derived: mix");
    care_set_number(d, "site_bupivacaine_percent", percent_if(drug, "bupivacaine", la),
                    "derived: mix");
    care_set_number(d, "site_ropivacaine_percent", percent_if(drug, "ropivacaine", la),
                    "derived: mix");
    care_set_truth(d, "site_preservative", is_made ? truth_of(m->mix.has_preservative) : EN_UNKNOWN,
                   "derived: mix");
    care_set_truth(d, "site_other_proliferant",
                   is_made ? truth_of(has_other_proliferant(&m->mix)) : EN_UNKNOWN, "derived: mix");
}

/* The joint's own limit, else the upper end of the atlas; per point unless that is a total. */
static enum en_truth is_over_volume(const struct care_derive *d, const struct en_plan_site *site)
{
    const struct en_row *joint = en_row_find(d->p->k, "site_limits", en_cell(site->site, "id"));
    const bool is_total = en_text_equal(en_cell(site->site, "volume_basis"), "total");
    const double own = en_cell_number(site->site, "volume_max_ml");
    const double limit = joint == NULL ? own : en_limit(d->p->k, en_cell(joint, "limit"));
    const double volume = is_total || joint != NULL ? site->volume_ml : site->volume_per_point_ml;

    return isnan(limit) || isnan(volume) ? EN_UNKNOWN : truth_of(volume > limit);
}

void care_derive_site(struct care_derive *d, const struct en_plan_site *site)
{
    const struct en_row *row = site->site;

    care_set_code(d, "region", en_cell(row, "region"), "derived: site");
    care_set_code(d, "site_class", en_cell(row, "site_class"), "derived: atlas");
    care_set_code(d, "site_kind", en_cell(row, "kind"), "derived: atlas");
    care_set_truth(d, "site_enabled", truth_of(en_cell_bool(row, "enabled")), "derived: atlas");
    care_set_code(d, "site_guidance", site->guidance, "derived: plan");
    care_set_truth(d, "site_guidance_required", truth_of(site->guidance_required),
                   "derived: atlas");
    care_set_truth(d, "site_guidance_ok", is_guidance_ok(d, site), "derived: operator");
    care_set_truth(d, "site_privilege", care_privilege(d, en_cell(row, "region")),
                   "derived: operator");
    care_set_truth(d, "site_volume_over_limit", is_over_volume(d, site), "derived: atlas");
    if (d->plan != NULL && site->mix < d->plan->mix_count) {
        derive_mix(d, site);
    }
}
