/* SPDX-License-Identifier: Apache-2.0 */
#include "cohort/population.h"

#include "cohort/patient.h"
#include "cohort/people.h"
#include "num/linear.h"

#include <math.h>

struct en_population en_population_defaults(void)
{
    const struct en_model *m = &EN_MODEL;
    const struct en_parameter_row *pain = &EN_PARAMETERS[EN_P(P0)];

    return (struct en_population){
        .age_years = {m->population_age, m->population_age_sd},
        .bmi = {29.0, 5.0}, /* assumed */
        .baseline_nrs = {pain->nominal, pain->nominal * pain->cv},
        .baseline_function = {37.0, 15.0}, /* rows aW1, aW2; SD assumed */
        .female = 0.6,                     /* assumed */
        .smoker = m->population_smoker,
        .diabetes = m->population_diabetes,
        .chronicity_median_years = 3.0, /* assumed */
        .chronicity_log_sd = 1.0,       /* assumed */
        .severity_age = 0.1,            /* assumed, as are all that follow but the dropout */
        .severity_bmi = 0.15,
        .severity_chronicity = 0.2,
        .age_bmi = 0.0,
        .age_diabetes = 0.2,
        .bmi_diabetes = 0.3,
        .pain_function = 0.6,
        .entry_nrs = 0.0,
        .entry_function = 0.0,
        .dropout_per_day = 5e-4, /* revision: 10 of 60 lost in 360 days */
        .dropout_per_nrs = 0.1,
        .adherence_sessions = 0.95,
        .adherence_rehabilitation = 0.7,
        .as_needed_improvement = 0.5, /* specification 6.4 */
        .nsaid = 0.0,
    };
}

double en_population_usual_mean(double baseline_mean)
{
    return baseline_mean * EN_MODEL.trait_mean / EN_PARAMETERS[EN_P(P0)].nominal;
}

double en_population_usual(double baseline_mean, double observed, double z)
{
    return en_patient_pain(en_population_usual_mean(baseline_mean), observed, z, 0.0).usual;
}

/* A number and the range it must be in. */
struct range {
    const char *field;
    double value, low, high;
};

static enum en_status check_ranges(const struct range *ranges, size_t count, struct en_err *err)
{
    for (size_t i = 0; i < count; i++) {
        const struct range *r = &ranges[i];

        if (!(r->value >= r->low && r->value <= r->high)) {
            return en_fail(err, EN_EINVAL, "population.%s: outside %g .. %g", r->field, r->low,
                           r->high);
        }
    }
    return EN_OK;
}

/* A threshold that hardly anyone reaches would be waited for in vain. */
static enum en_status check_entry(const char *field, double entry, const struct en_spread *scores,
                                  struct en_err *err)
{
    enum { REACH_SD = 2 };

    if (!(entry <= scores->mean + REACH_SD * scores->sd)) {
        return en_fail(err, EN_EINVAL,
                       "population.%s: more than %d standard deviations above the mean score",
                       field, REACH_SD);
    }
    return EN_OK;
}

enum en_status en_population_check(const struct en_population *p, struct en_err *err)
{
    const struct range ranges[] = {
        {"age_years.mean", p->age_years.mean, 18.0, 100.0},
        {"age_years.sd", p->age_years.sd, 0.0, 30.0},
        {"bmi.mean", p->bmi.mean, 15.0, 60.0},
        {"bmi.sd", p->bmi.sd, 0.0, 15.0},
        {"baseline_nrs.mean", p->baseline_nrs.mean, 0.5, 10.0},
        {"baseline_nrs.sd", p->baseline_nrs.sd, 0.0, 5.0},
        {"baseline_function.mean", p->baseline_function.mean, 1.0, 100.0},
        {"baseline_function.sd", p->baseline_function.sd, 0.0, 50.0},
        {"female", p->female, 0.0, 1.0},
        {"smoker", p->smoker, 0.0, 1.0},
        {"diabetes", p->diabetes, 0.0, 1.0},
        {"chronicity_median_years", p->chronicity_median_years, 0.0, 60.0},
        {"chronicity_log_sd", p->chronicity_log_sd, 0.0, 3.0},
        {"severity_age", p->severity_age, -1.0, 1.0},
        {"severity_bmi", p->severity_bmi, -1.0, 1.0},
        {"severity_chronicity", p->severity_chronicity, -1.0, 1.0},
        {"age_bmi", p->age_bmi, -1.0, 1.0},
        {"age_diabetes", p->age_diabetes, -1.0, 1.0},
        {"bmi_diabetes", p->bmi_diabetes, -1.0, 1.0},
        {"pain_function", p->pain_function, -1.0, 1.0},
        {"entry_nrs", p->entry_nrs, 0.0, 10.0},
        {"entry_function", p->entry_function, 0.0, 100.0},
        {"dropout_per_day", p->dropout_per_day, 0.0, 1.0},
        {"dropout_per_nrs", p->dropout_per_nrs, -5.0, 5.0},
        {"adherence_sessions", p->adherence_sessions, 0.0, 1.0},
        {"adherence_rehabilitation", p->adherence_rehabilitation, 0.0, 1.0},
        {"as_needed_improvement", p->as_needed_improvement, 0.0, 1.0},
        {"nsaid", p->nsaid, 0.0, 1.0},
    };
    struct people_covariates unused;

    EN_TRY(check_ranges(ranges, EN_COUNT(ranges), err));
    EN_TRY(check_entry("entry_nrs", p->entry_nrs, &p->baseline_nrs, err));
    EN_TRY(check_entry("entry_function", p->entry_function, &p->baseline_function, err));
    return people_covariates(p, &unused, err);
}

enum en_status people_covariates(const struct en_population *p, struct people_covariates *out,
                                 struct en_err *err)
{
    const double severity[] = {1.0, p->severity_age, p->severity_bmi, 0.0, p->severity_chronicity};
    const double matrix[PEOPLE_COUNT][PEOPLE_COUNT] = {
        [PEOPLE_SEVERITY] = {1.0},
        [PEOPLE_AGE] = {severity[PEOPLE_AGE], 1.0},
        [PEOPLE_BMI] = {severity[PEOPLE_BMI], p->age_bmi, 1.0},
        [PEOPLE_DIABETES] = {severity[PEOPLE_DIABETES], p->age_diabetes, p->bmi_diabetes, 1.0},
        [PEOPLE_CHRONICITY] = {severity[PEOPLE_CHRONICITY], 0.0, 0.0, 0.0, 1.0},
    };

    for (size_t i = 0; i < PEOPLE_COUNT; i++) {
        for (size_t j = 0; j <= i; j++) {
            out->factor[i][j] = matrix[i][j];
        }
        for (size_t j = i + 1; j < PEOPLE_COUNT; j++) {
            out->factor[i][j] = 0.0;
        }
    }
    if (!en_cholesky(&out->factor[0][0], PEOPLE_COUNT)) {
        return en_fail(err, EN_EINVAL,
                       "population: the correlations of severity, age, body-mass index, chronicity "
                       "and diabetes cannot hold together (their matrix is not positive definite)");
    }
    return EN_OK;
}
