/* SPDX-License-Identifier: Apache-2.0 */
#include "app/exposure.h"

#include "base/text.h"
#include "heal/heal.h"

#include <math.h>

/* Sites of one kind; the atlas has 86 rows. */
enum { SITES_MAX = 256 };

double en_exposure_hit(const struct en_knowledge *k, const struct en_injection *injection)
{
    const struct en_table *t = en_table_get(k, "placement");
    const bool is_joint = en_text_equal(injection->kind, "joint_space");
    const char *general = is_joint ? "joint" : injection->is_surface ? "superficial" : "deep";
    double hit = NAN;

    for (size_t i = 0; i < t->row_count; i++) {
        const struct en_row *row = &t->rows[i];

        if (!en_text_equal(en_cell(row, "guidance"), injection->guidance)) {
            continue;
        }
        if (en_text_equal(en_cell(row, "site"), injection->site)) {
            return en_cell_number(row, "hit_probability");
        }
        if (en_text_starts(en_cell(row, "id"), general) && en_text_is_empty(en_cell(row, "site"))) {
            hit = en_cell_number(row, "hit_probability");
        }
    }
    return hit;
}

void en_exposure_add(struct en_exposure *e, const struct en_knowledge *k,
                     const struct en_injection *injection)
{
    const double volume = injection->volume_ml;

    e->reached_ml +=
        volume * en_exposure_hit(k, injection) * en_heal_fill(volume, injection->usual_ml);
    e->dextrose += volume * injection->dextrose_percent;
    e->volume_ml += volume;
}

double en_exposure_coverage(const struct en_exposure *e)
{
    return e->reached_ml / e->volume_ml;
}

double en_exposure_dextrose(const struct en_exposure *e)
{
    return e->dextrose / e->volume_ml;
}

/* A site that the condition is treated at. */
static bool is_of_condition(const struct en_knowledge *k, const char *condition, const char *site)
{
    const struct en_table *t = en_table_get(k, "condition_sites");

    for (size_t i = 0; i < t->row_count; i++) {
        if (en_text_equal(en_cell(&t->rows[i], "condition"), condition) &&
            en_text_equal(en_cell(&t->rows[i], "site"), site)) {
            return true;
        }
    }
    return false;
}

/* Middle value of 1 .. SITES_MAX numbers, which get sorted; the lower one of two. */
static double median(double *values, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const double value = values[i];
        size_t at = i;

        for (; at > 0 && values[at - 1] > value; at--) {
            values[at] = values[at - 1];
        }
        values[at] = value;
    }
    return values[(count - 1) / 2];
}

/* Over the sites of this kind; condition NULL: of all conditions. False when there is none. */
static bool usual_of(const struct en_knowledge *k, const char *condition, const char *kind,
                     struct en_usual_target *out)
{
    const struct en_table *t = en_table_get(k, "atlas");
    double volumes[SITES_MAX], points[SITES_MAX];
    size_t count = 0, surface_count = 0;

    for (size_t i = 0; i < t->row_count && count < SITES_MAX; i++) {
        const struct en_row *site = &t->rows[i];
        const double volume = en_cell_number(site, "volume_ml");
        const double site_points = en_cell_number(site, "points_default");
        const bool is_total = en_text_equal(en_cell(site, "volume_basis"), "total");

        if (!en_text_equal(en_cell(site, "kind"), kind) || !(volume > 0.0 && site_points >= 1.0) ||
            (condition != NULL && !is_of_condition(k, condition, en_cell(site, "id")))) {
            continue;
        }
        surface_count += en_text_equal(en_cell(site, "site_class"), "P") ? 1 : 0;
        volumes[count] = is_total ? volume / site_points : volume;
        points[count++] = site_points;
    }
    if (count == 0) {
        return false;
    }
    *out = (struct en_usual_target){median(volumes, count), median(points, count),
                                    2 * surface_count >= count};
    return true;
}

bool en_usual_target(const struct en_knowledge *k, const char *condition, const char *kind,
                     struct en_usual_target *out)
{
    return usual_of(k, condition, kind, out) || usual_of(k, NULL, kind, out);
}
