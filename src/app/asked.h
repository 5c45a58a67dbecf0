/* SPDX-License-Identifier: Apache-2.0
 * app/asked: what is asked of an operation, by name ("sessions" is "3"). A command line and a FHIR
 * Parameters resource both end here, so that both mean the same. Pure functions. */
#pragma once

#include "app/optimise.h"

/* Named texts. A switch that is on has the text "". */
struct en_asked {
    /* The last text of this name, NULL: not given. */
    const char *(*text)(const void *context, const char *name);
    /* Of a name that may be repeated: its text number `index` from 0, NULL: no more. */
    const char *(*nth)(const void *context, const char *name, size_t index);
    const void *context;
    const char *prefix; /* of names in messages: "--" or "" */
};

const char *en_asked_text(const struct en_asked *asked, const char *name);

/* Typed values; when the name is not given, *out keeps its default. EN_EINVAL names the option and
 * what it needs. */
EN_MUST_USE enum en_status en_asked_number(const struct en_asked *asked, const char *name,
                                           double low, double high, double *out,
                                           struct en_err *err);
EN_MUST_USE enum en_status en_asked_integer(const struct en_asked *asked, const char *name,
                                            long long low, long long high, long long *out,
                                            struct en_err *err);
EN_MUST_USE enum en_status en_asked_day(const struct en_asked *asked, const char *name, en_day *out,
                                        struct en_err *err);

/* What a plan is made of: target, sites, schedule, sessions, interval, dextrose, volume-scale,
 * start, dates (in place of sessions, interval and start), guidance, anaesthetic, bleb-mg,
 * block-mg, stocks, patients, seed, threads. */
EN_MUST_USE enum en_status en_asked_plan(const struct en_app *app, const struct en_asked *asked,
                                         const struct en_case *c, struct en_arena *a,
                                         struct en_plan_request *out, struct en_err *err);

/* The goals of a forecast: goal, which may be repeated, "pain<=3; function<=20". */
EN_MUST_USE enum en_status en_asked_goals(const struct en_asked *asked,
                                          struct en_outlook_request *out, struct en_err *err);

/* Limits of a comparison of plans: max-sessions, max-dextrose, no-exercise. */
EN_MUST_USE enum en_status en_asked_limits(const struct en_asked *asked,
                                           struct en_candidate_limits *out, struct en_err *err);

/* A mix, and the patient that it is for: dextrose, volume, one anaesthetic by its name, diluent,
 * stocks, technique, site-class, bleb-mg, block-mg; weight, height, age, sex, jurisdiction, fact
 * ("liver_disease=none", may be repeated). The facts live in the arena. */
EN_MUST_USE enum en_status en_asked_mix(const struct en_app *app, const struct en_asked *asked,
                                        struct en_arena *a, struct en_mix_request *out,
                                        struct en_dose_patient *patient, struct en_err *err);
