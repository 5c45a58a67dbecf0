/* SPDX-License-Identifier: Apache-2.0
 * fhir/number: JSON numbers compared by value, exactly: "1.0", "1.00" and "10e-1" are equal, and
 * two decimals that one double cannot tell apart differ. Pure functions. */
#pragma once

#include <stdbool.h>

/* Both are numbers in the grammar of JSON. */
bool en_number_equal(const char *a, const char *b);

/* <0, 0 or >0, like strcmp. */
int en_number_compare(const char *a, const char *b);
