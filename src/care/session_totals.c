/* SPDX-License-Identifier: Apache-2.0
 * care/session_totals: how far a session is from its limits, told before one is reached. */
#include "base/text.h"
#include "care/inside.h"
#include "care/session_inside.h"

#include <math.h>

const char *en_standing_text(enum en_standing s)
{
    static const char *const TEXTS[] = {"fine", "near", "over", "unknown"};

    return TEXTS[s];
}

/* SAFETY: what is not known is never fine. */
static enum en_standing stand(const struct en_knowledge *k, double value, double limit)
{
    if (isnan(value) || isnan(limit)) {
        return EN_STANDING_UNKNOWN;
    }
    if (value > limit) {
        return EN_STANDING_OVER;
    }
    return value >= en_limit(k, "session.near_limit") * limit ? EN_STANDING_NEAR : EN_STANDING_FINE;
}

/* The dose with which the newest window ends. */
static size_t latest(const struct en_session_given *g)
{
    size_t at = 0;

    for (size_t i = 1; i < g->dose_count; i++) {
        at = g->doses[i].high_us > g->doses[at].high_us ? i : at;
    }
    return at;
}

static bool has_line(const struct en_session_totals *t, const char *drug)
{
    for (size_t i = 0; i < t->line_count; i++) {
        if (en_text_equal(t->lines[i].drug, drug)) {
            return true;
        }
    }
    return false;
}

static void add_lines(struct care_pad *p, const struct en_session_given *g,
                      const struct en_dose_patient *patient, struct en_session_totals *t)
{
    const int64_t window_us = (int64_t)(en_limit(p->k, "la.sum_window") * 3600e6);
    const size_t end = latest(g);

    for (size_t i = 0; i < g->dose_count; i++) {
        const char *drug = g->doses[i].drug;

        if (has_line(t, drug)) {
            continue;
        }
        struct en_dose_line *line = &t->lines[t->line_count++];

        care_dose(p, drug, care_dose_total(g->doses, g->dose_count, end, drug, window_us), patient,
                  line);
        line->drug = drug;
        t->load += line->fraction; /* NAN stays NAN: one unknown maximum hides the load */
    }
}

enum en_status en_session_sum(const struct en_care *care, const struct en_case *c,
                              const struct en_session_given *given, struct en_arena *a,
                              struct en_session_totals *out, struct en_err *err)
{
    const struct en_knowledge *k = care->knowledge;
    struct care_pad p = care_pad(care, a);
    struct en_fact *facts = NULL;

    *out = (struct en_session_totals){
        .volume_ml = given->volume_ml,
        .volume_limit_ml = en_limit(k, "volume.session_max"),
        .dextrose_g = given->dextrose_g,
        .dextrose_warn_g = en_limit(k, "dextrose.session_warn"),
        .load_limit = en_limit(k, "la.load_stop"),
    };
    out->lines = CARE_NEW(&p, struct en_dose_line, given->dose_count + 1);
    EN_TRY(en_derive_facts(care, c, NULL, NULL, a, &facts, err));
    const struct en_dose_patient patient = care_patient(k, facts, care->today);

    if (out->lines != NULL) {
        add_lines(&p, given, &patient, out);
    }
    out->needs_double_check = !(out->load <= en_limit(k, "la.double_check_load"));
    out->volume = stand(k, out->volume_ml, out->volume_limit_ml);
    out->dextrose = stand(k, out->dextrose_g, out->dextrose_warn_g);
    out->anaesthetic = stand(k, out->load, out->load_limit);
    return care_check(&p, "the running totals", err);
}

void en_session_check_volume(const struct en_knowledge *k, double volume_ml, struct en_arena *a,
                             struct en_breaches *out)
{
    const double limit_ml = en_limit(k, "volume.session_max");

    if (isnan(volume_ml)) {
        en_breach_add(out, "volume-total", "MedicationAdministration.dosage", a,
                      "the volume of the session cannot be known: enter each dose in mL");
    } else if (!(volume_ml <= limit_ml)) {
        en_breach_add(out, "volume-total", "MedicationAdministration.dosage", a,
                      "all sites of the session together would exceed %.0f mL", limit_ml);
    }
}
