/* SPDX-License-Identifier: Apache-2.0
 * cohort/response_plan: what expected reports are made from and what does not depend on the
 * particle. Internal to cohort/response. */
#pragma once

#include "cohort/response.h"

/* Quasi-random dimensions of a patient. */
enum dimension {
    BY_BASELINE,
    BY_TRAIT,
    BY_COVERAGE,
    BY_RESPONSE,
    BY_SEVERITY,
    BY_SMOKER,
    BY_DIABETES,
    BY_EFFECT /* and one for each of EN_COHORT_EFFECTS */
};

/* A run that arms share: same sessions, same rehabilitation. */
struct course {
    const struct en_evidence_arm *arm; /* the first of those that share it */
    double *days;                      /* [d] ascending, shape [day_count] */
    size_t day_count;
    size_t at;        /* of its tissue: shape [output][day][patients] */
    double *coverage; /* shape [session][stride] */
    double *given;    /* an as-needed session is given to every other patient */
};

/* Where a row finds its tissue. */
struct place {
    size_t course, day, from_day; /* from_day SIZE_MAX: before the first session */
};

struct response_plan {
    const struct en_evidence *evidence;
    size_t patients, stride;
    struct course *courses; /* shape [course_count] */
    size_t course_count, tissue_size;
    size_t *course_of;                  /* shape [arm]; SIZE_MAX: the tissue stays at rest */
    struct place *place, *versus_place; /* shape [row] */
    double *z;                          /* shape [dimension][patients], standard normal */
    struct en_batch centre;             /* patients with every number but those that are learned */
};

static inline double deviate(const struct response_plan *p, size_t dimension, size_t i)
{
    return p->z[dimension * p->patients + i];
}
