/* SPDX-License-Identifier: Apache-2.0
 * test/unit/care/fixture: a benign, complete synthetic case, and ways to spoil it. */
#pragma once

#include "care/care.h"
#include "support/check.h"

/* The embedded knowledge, loaded once; a failure to load fails the test. */
const struct en_knowledge *fx_knowledge(void);

/* The day of all tests: 2026-03-02, a Monday. */
en_day fx_today(void);
struct en_care fx_care(void);

/* A fresh arena of the test; give it back with en_arena_free. */
struct en_arena fx_arena(void);

/* Every intake fact known, harmless and from today; the condition on the right side since a year;
 * an operator privileged everywhere with every guidance. Male, 50 years, 80 kg, 180 cm. */
struct en_case *fx_case(struct en_arena *a, const char *condition);

void fx_bool(struct en_case *c, const char *fact, bool value);
void fx_number(struct en_case *c, const char *fact, double value);
void fx_code(struct en_case *c, const char *fact, const char *value);
void fx_date(struct en_case *c, const char *fact, en_day value);
void fx_forget(struct en_case *c, const char *fact);        /* unknown */
void fx_age(struct en_case *c, const char *fact, int days); /* so many days old */

/* "inr=3.1", "med_vka", "!med_vka", "?inr", "lmwh_dose=therapeutic", "tear_imaging_date=-184"
 * (days from today): several, separated by blanks. */
void fx_apply(struct en_case *c, const char *changes);

/* Plan with these options (NULL: none given) and assess it. */
struct en_plan fx_plan(struct en_arena *a, const struct en_case *c,
                       const struct en_plan_options *options);
struct en_plan_options fx_options(void);
struct en_assessment fx_assess(struct en_arena *a, const struct en_case *c,
                               const struct en_plan *plan);

/* How a tier stands in a list of findings: '+' fired, '?' unknown, '-' neither. */
char fx_tier(const struct en_finding *list, size_t count, const char *tier);

/* Add a score or a session, days before (negative) today. */
void fx_score(struct en_case *c, const char *instrument, double value, int day);
void fx_session(struct en_case *c, const char *region, int day);
