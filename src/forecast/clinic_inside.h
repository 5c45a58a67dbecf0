/* SPDX-License-Identifier: Apache-2.0
 * forecast/clinic_inside: what a simulated clinic remembers. Inside forecast/clinic only. */
#pragma once

#include "forecast/clinic.h"

struct en_clinic {
    struct en_clinic_request request;
    struct en_dose doses[EN_CLINIC_SESSIONS_MAX]; /* the full course */
    size_t visits;                                /* sessions - 1 */
    uint8_t *hypothesis;                          /* of each patient, shape [patients] */
    double *baseline[2]; /* observed pain and function of day 0, shape [patients] each */
    double *score[2];    /* observed pain, function before session v + 2: [visit][patients], and
                            as the last row that of the first goal date, full course */
    double *pain;        /* expected, held [NRS]: shape [sessions + 1][week][patients] */
    double *gain;        /* as the forecast has it [NRS]: [visit][forecast_patients]; NAN unknown */
    uint8_t *failed;     /* forecasts of each patient that could not be made */
    size_t done;         /* patients with forecasts */
};

/* Mean expected pain of a patient over the goal dates after so many sessions. */
double clinic_pain(const struct en_clinic *c, size_t patient, size_t sessions);
