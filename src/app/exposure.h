/* SPDX-License-Identifier: Apache-2.0
 * app/exposure: what of an injection reaches its target, from the tables of placement and atlas
 * (docs/model.md, coverage). A plan and a trial ask here, so that both mean the same by it. */
#pragma once

#include "knowledge/knowledge.h"

/* What is injected into one target. */
struct en_injection {
    const char *site;        /* id of the atlas; NULL: of a kind alone, the general rows count */
    const char *kind;        /* atlas.kind, "joint_space" */
    const char *guidance;    /* LM, US, FL, CT */
    bool is_surface;         /* superficial or peripheral (class P); means nothing for a joint */
    double volume_ml;        /* [mL] > 0, over all points */
    double usual_ml;         /* [mL] > 0, what such a target usually takes, over all points */
    double dextrose_percent; /* [% w/v] */
};

/* Chance that the needle reaches the target: the row of the site itself, else of its kind. NAN when
 * the table has none. */
double en_exposure_hit(const struct en_knowledge *k, const struct en_injection *injection);

/* A session: sums over its injections. A zeroed one is empty. */
struct en_exposure {
    double reached_ml, volume_ml, dextrose; /* dextrose [mL %] */
};

/* Add an injection. NAN when its hit is unknown. */
void en_exposure_add(struct en_exposure *e, const struct en_knowledge *k,
                     const struct en_injection *injection);

/* Expected share of the target tissue that is reached, 0 .. 1, and concentration [% w/v], both
 * weighted by volume. NAN without an injection. */
double en_exposure_coverage(const struct en_exposure *e);
double en_exposure_dextrose(const struct en_exposure *e);

/* What is usual for a kind of target in a condition: over the condition's sites of this kind, or
 * over all of the atlas where it has none. False when the atlas has no such kind. */
struct en_usual_target {
    double point_ml; /* [mL] median volume of a point */
    double points;   /* median number of points of a site */
    bool is_surface; /* at least half of the sites are superficial or peripheral */
};
bool en_usual_target(const struct en_knowledge *k, const char *condition, const char *kind,
                     struct en_usual_target *out);
