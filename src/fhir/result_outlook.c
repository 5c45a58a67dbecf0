/* SPDX-License-Identifier: Apache-2.0
 * The forecast in the course of treatment: one RiskAssessment of all its points. */
#include "fhir/result_inside.h"

#include "base/text.h"

#include <math.h>

static void write_prediction(struct en_result *r, const struct en_forecast_point *p)
{
    en_write_open(&r->w, NULL, '{');
    en_result_band(r, p);
    en_result_concept(r, "outcome", NULL, NULL, p->outcome);
    if (p->probability >= 0.0 && p->probability <= 1.0) {
        en_write_number(&r->w, "probabilityDecimal", p->probability, 3);
    }
    en_write_open(&r->w, "whenRange", '{');
    en_result_quantity(r, "low", p->week, 1, "wk");
    en_result_quantity(r, "high", p->week, 1, "wk");
    en_write_close(&r->w);
    if (isnan(p->median)) {
        en_write_print(&r->w, "rationale", "%s; hypothesis: %s.", p->arm, p->hypothesis);
    } else {
        en_write_print(&r->w, "rationale",
                       "%s; hypothesis: %s. Median %.1f; half of all such patients %.1f to %.1f; "
                       "nine of ten %.1f to %.1f.",
                       p->arm, p->hypothesis, p->median, p->q25, p->q75, p->q05, p->q95);
    }
    en_write_close(&r->w);
}

/* An entry without an address is told by what it is and its day. */
static void write_basis(struct en_result *r, const struct en_outlook_part *part)
{
    if (part->basis_count == 0) {
        return;
    }
    en_write_open(&r->w, "basis", '[');
    for (size_t i = 0; i < part->basis_count; i++) {
        en_write_open(&r->w, NULL, '{');
        en_write_text(&r->w, "reference", part->basis[i].resource);
        en_write_text(&r->w, "display", part->basis[i].display);
        en_write_close(&r->w);
    }
    en_write_close(&r->w);
}

void en_result_outlook(struct en_result *r, const struct en_outlook_part *part)
{
    char name[64];

    (void)snprintf(name, sizeof name, "outlook.%s", part->name);
    en_result_open(r, "RiskAssessment", name);
    en_write_text(&r->w, "status", "preliminary");
    en_result_concept(r, "method", NULL, NULL, part->points.method);
    en_result_concept(r, "code", NULL, NULL, part->text);
    en_result_subject(r, "subject");
    en_write_date(&r->w, "occurrenceDateTime", part->day);
    write_basis(r, part);
    if (part->points.count > 0) {
        en_write_open(&r->w, "prediction", '[');
        for (size_t i = 0; i < part->points.count; i++) {
            write_prediction(r, &part->points.items[i]);
        }
        en_write_close(&r->w);
    }
    en_result_note(r, part->note);
    en_result_close(r);
}
