/* SPDX-License-Identifier: Apache-2.0
 * bench/person: one person's posterior and forecast, beside published figures of programs that dose
 * drugs by a model. */
#pragma once

/* From 10,000 posterior draws: one arm, a year, eight times. */
void person_print_draws(void);

/* A case of the examples, from its Bundle to the review: posterior, bands, decision. */
void person_print_cases(void);
