/* SPDX-License-Identifier: Apache-2.0 */
#include "cohort/response_plan.h"

#include "cohort/cohort.h"
#include "cohort/patient.h"
#include "cohort/score.h"
#include "num/scalar.h"
#include "num/sobol.h"

#include <math.h>
#include <string.h>

/* Patients. */

static size_t dimensions(void)
{
    return BY_EFFECT + EN_COHORT_EFFECT_COUNT;
}

/* Parameters of patient i from its deviates; the centres of the learned rows are the prior's. */
static void fill_patient(struct response_plan *p, size_t i)
{
    const struct en_model *m = &EN_MODEL;
    const double factor = en_patient_severity(deviate(p, BY_TRAIT, i), deviate(p, BY_SEVERITY, i));
    const double smoker = en_normal_quantile(m->population_smoker);
    const double diabetes = en_normal_quantile(m->population_diabetes);
    struct en_batch *b = &p->centre;

    en_heal_covariates(b, i,
                       &(struct en_covariates){
                           .age_years = m->population_age,
                           .is_smoker = deviate(p, BY_SMOKER, i) < smoker,
                           .has_diabetes = deviate(p, BY_DIABETES, i) < diabetes,
                       });
    for (size_t k = 0; k < EN_COHORT_EFFECT_COUNT; k++) {
        const struct en_effect *e = &EN_COHORT_EFFECTS[k];
        const double z = en_patient_effect_z(e, factor, deviate(p, BY_EFFECT + k, i));

        b->parameter[e->parameter][i] = en_effect_around(e, EN_REVISED[e->parameter], z);
    }
}

/* Deviates of patient i from point `index` of the sequence. */
static void set_deviates(struct response_plan *p, const struct en_sobol *sobol, size_t i,
                         uint32_t index)
{
    for (size_t d = 0; d < dimensions(); d++) {
        p->z[d * p->patients + i] = en_sobol_normal(sobol, index, (uint32_t)d);
    }
}

/* The first points of the sequence that keep the constraints of virtual patients. */
static enum en_status make_patients(struct response_plan *p, struct en_arena *a, struct en_err *err)
{
    enum { POINTS_PER_PATIENT = 100, SEED = 1 };
    struct en_sobol sobol;
    uint32_t index = 0;

    en_sobol_init(&sobol, SEED);
    p->z = EN_NEW(a, double, dimensions() * p->patients);
    if (p->z == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for %zu patients", p->patients);
    }
    EN_TRY(en_batch_init(&p->centre, a, p->patients, err));
    p->stride = p->centre.stride;
    en_batch_revise(&p->centre);
    for (size_t i = 0; i < p->patients; i++) {
        do {
            if (index == POINTS_PER_PATIENT * p->patients) {
                return en_fail(err, EN_ENUMERIC, "no virtual patient satisfies the constraints");
            }
            set_deviates(p, &sobol, i, index++);
            fill_patient(p, i);
        } while (en_heal_broken(&p->centre, i) != NULL);
    }
    return en_heal_balance(&p->centre, 0, p->stride, err);
}

/* Courses. */

static bool is_at_rest(const struct en_evidence_arm *arm)
{
    return arm->session_count == 0 && arm->rehabilitation == 1.0;
}

static bool is_same_course(const struct en_evidence_arm *a, const struct en_evidence_arm *b)
{
    if (a->session_count != b->session_count || a->rehabilitation != b->rehabilitation) {
        return false;
    }
    for (size_t s = 0; s < a->session_count; s++) {
        const struct en_trial_session *x = &a->sessions[s], *y = &b->sessions[s];

        if (x->day != y->day || x->dextrose_percent != y->dextrose_percent ||
            x->coverage != y->coverage || x->needle != y->needle ||
            x->is_as_needed != y->is_as_needed) {
            return false;
        }
    }
    return true;
}

static void find_courses(struct response_plan *p)
{
    const struct en_evidence *e = p->evidence;

    for (size_t a = 0; a < e->arm_count; a++) {
        size_t c = 0;

        p->course_of[a] = SIZE_MAX;
        if (is_at_rest(&e->arms[a])) {
            continue;
        }
        while (c < p->course_count && !is_same_course(p->courses[c].arm, &e->arms[a])) {
            c++;
        }
        p->courses[c].arm = &e->arms[a];
        p->course_count += c == p->course_count;
        p->course_of[a] = c;
    }
}

static void add_day(struct course *c, double week)
{
    const double day = 7.0 * week;
    size_t at = c->day_count;

    while (at > 0 && c->days[at - 1] >= day) {
        at--;
    }
    if (at < c->day_count && c->days[at] == day) {
        return;
    }
    memmove(c->days + at + 1, c->days + at, (c->day_count - at) * sizeof *c->days);
    c->days[at] = day;
    c->day_count++;
}

static size_t day_index(const struct course *c, double week)
{
    for (size_t d = 0; d < c->day_count; d++) {
        if (c->days[d] == 7.0 * week) {
            return d;
        }
    }
    return SIZE_MAX;
}

static struct place place_of(const struct response_plan *p, const struct en_evidence_row *row,
                             size_t arm)
{
    struct place place = {p->course_of[arm], SIZE_MAX, SIZE_MAX};

    if (place.course != SIZE_MAX) {
        place.day = day_index(&p->courses[place.course], row->week);
        place.from_day =
            row->from_week > 0.0 ? day_index(&p->courses[place.course], row->from_week) : SIZE_MAX;
    }
    return place;
}

static enum en_status fill_course(const struct response_plan *p, struct course *c,
                                  struct en_arena *a, struct en_err *err)
{
    const struct en_evidence_arm *arm = c->arm;
    double *coverage_z = p->z + BY_COVERAGE * p->patients;

    c->coverage = EN_NEW(a, double, arm->session_count * p->stride);
    c->given = EN_NEW(a, double, arm->session_count * p->stride);
    if (c->coverage == NULL || c->given == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for the sessions of %s", arm->id);
    }
    for (size_t s = 0; s < arm->session_count; s++) {
        for (size_t i = 0; i < p->stride; i++) {
            const bool is_given = !arm->sessions[s].is_as_needed || i % 2 == 0;
            const double z = i < p->patients ? coverage_z[i] : 0.0;

            c->given[s * p->stride + i] = is_given ? 1.0 : 0.0;
            c->coverage[s * p->stride + i] = en_cohort_coverage_of(arm->sessions[s].coverage, z);
        }
    }
    return EN_OK;
}

/* Both times of a row in the courses of its arms. */
static void add_days(struct response_plan *p, const struct en_evidence_row *row)
{
    const size_t arms[2] = {row->arm, row->versus};

    for (size_t k = 0; k < 2; k++) {
        const size_t c = arms[k] == SIZE_MAX ? SIZE_MAX : p->course_of[arms[k]];

        if (c == SIZE_MAX) {
            continue;
        }
        add_day(&p->courses[c], row->week);
        if (row->from_week > 0.0) {
            add_day(&p->courses[c], row->from_week);
        }
    }
}

static void set_places(struct response_plan *p)
{
    const struct en_evidence *e = p->evidence;

    for (size_t c = 0; c < p->course_count; c++) {
        p->courses[c].at = p->tissue_size;
        p->tissue_size += EN_SCORE_OUTPUT_COUNT * p->courses[c].day_count * p->stride;
    }
    for (size_t r = 0; r < e->row_count; r++) {
        p->place[r] = place_of(p, &e->rows[r], e->rows[r].arm);
        if (e->rows[r].versus != SIZE_MAX) {
            p->versus_place[r] = place_of(p, &e->rows[r], e->rows[r].versus);
        }
    }
}

static enum en_status make_courses(struct response_plan *p, struct en_arena *a, struct en_err *err)
{
    const struct en_evidence *e = p->evidence;

    find_courses(p);
    for (size_t c = 0; c < p->course_count; c++) {
        p->courses[c].days = EN_NEW(a, double, 2 * e->row_count * 2);
        if (p->courses[c].days == NULL) {
            return en_fail(err, EN_ELIMIT, "no room for the days of %zu courses", p->course_count);
        }
        EN_TRY(fill_course(p, &p->courses[c], a, err));
    }
    for (size_t r = 0; r < e->row_count; r++) {
        add_days(p, &e->rows[r]);
    }
    set_places(p);
    return EN_OK;
}

enum en_status response_plan(const struct en_evidence *e, size_t patients, struct en_arena *a,
                             const struct response_plan **out, struct en_err *err)
{
    struct response_plan *p = EN_NEW(a, struct response_plan, 1);

    if (p == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for the evidence");
    }
    p->evidence = e;
    p->patients = patients;
    p->courses = EN_NEW(a, struct course, e->arm_count + 1);
    p->course_of = EN_NEW(a, size_t, e->arm_count + 1);
    p->place = EN_NEW(a, struct place, e->row_count + 1);
    p->versus_place = EN_NEW(a, struct place, e->row_count + 1);
    if (p->courses == NULL || p->course_of == NULL || p->place == NULL || p->versus_place == NULL) {
        return en_fail(err, EN_ELIMIT, "no room for the evidence");
    }
    EN_TRY(make_patients(p, a, err));
    EN_TRY(make_courses(p, a, err));
    *out = p;
    return EN_OK;
}
