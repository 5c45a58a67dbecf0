/* SPDX-License-Identifier: Apache-2.0
 * cohort/patient: the formulas by which a virtual patient is drawn, shared by the forecast, by
 * trials and by calibration. docs/model.md, 4. Pure functions. */
#pragma once

#include "cohort/cohort.h"
#include "cohort/population.h"

/* People with the condition have usual pain with this mean [NRS] and the standard deviation
 * EN_MODEL.trait_sd. An observed score is usual pain, slow fluctuation and error, so the usual pain
 * that is expected of someone with an observed score lies closer to that mean. */
double en_patient_expected(double trait_mean, double observed);

/* Usual pain, within 0.1 .. 10, and the fluctuation on the day of the score [NRS]; z_usual and
 * z_fluctuation are standard normal. */
struct en_pain_start {
    double usual, fluctuation;
};
struct en_pain_start en_patient_pain(double trait_mean, double observed, double z_usual,
                                     double z_fluctuation);

/* Mean and SD of usual pain in patients whose observed scores have this mean and SD. */
struct en_spread en_patient_usual_spread(double trait_mean, const struct en_spread *observed);

/* Common factor of the severities, standard normal when both arguments are: it shares sqrt(r) with
 * usual pain, r = EN_MODEL.severity_correlation. */
double en_patient_severity(double pain_z, double z);

/* Standard deviations of an effect: with a severity, it shares sqrt(r) with the factor. */
double en_patient_effect_z(const struct en_effect *e, double factor, double own_z);
