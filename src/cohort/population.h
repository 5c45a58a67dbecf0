/* SPDX-License-Identifier: Apache-2.0
 * cohort/population: the people of a trial, from whom virtual patients are drawn: correlated
 * covariates, usual pain with its slow fluctuation and error, entry threshold (regression to the
 * mean is made explicit), dropout, adherence. */
#pragma once

#include "cohort/posterior.h"

/* Mean and standard deviation. */
struct en_spread {
    double mean, sd;
};

/* en_population_defaults() gives usable numbers; knowledge/population.tsv holds them with sources.
 * Observed scores at entry have baseline_nrs as mean and SD before the entry threshold. */
struct en_population {
    struct en_spread age_years, bmi, baseline_nrs, baseline_function;
    double female, smoker, diabetes; /* shares 0 .. 1 */
    double chronicity_median_years, chronicity_log_sd;
    /* Correlations of severity (usual pain and the state of the tissue) and covariates, -1 .. 1. */
    double severity_age, severity_bmi, severity_chronicity, age_bmi, age_diabetes, bmi_diabetes;
    double pain_function;  /* correlation of the observed scores at entry, -1 .. 1 */
    double entry_nrs;      /* observed pain at entry must reach it; 0: everyone */
    double entry_function; /* the same for function, 0: everyone */
    double dropout_per_day, dropout_per_nrs;             /* hazard h0 exp(beta (NRS - NRS0)) */
    double adherence_sessions, adherence_rehabilitation; /* shares 0 .. 1 */
    double as_needed_improvement; /* an as-needed session is given when pain has improved by less */
    double nsaid;                 /* share who take one after sessions */
};

struct en_population en_population_defaults(void);

/* Usual pain of people with the condition from whom a trial with this mean baseline takes its
 * patients, mean [NRS]: in the proportion of the model's rows trait_mean and P0, since trials of a
 * more painful condition draw on people with more pain. Its SD is EN_MODEL.trait_sd. */
double en_population_usual_mean(double baseline_mean);

/* Usual pain [NRS] of a patient with the observed score in such a trial: the score drawn towards
 * that mean (regression to the mean), z standard deviations from what is expected. */
double en_population_usual(double baseline_mean, double observed, double z);

/* Ranges, and correlations that can hold together; EN_EINVAL names the field. */
EN_MUST_USE enum en_status en_population_check(const struct en_population *p, struct en_err *err);
