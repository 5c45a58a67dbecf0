/* SPDX-License-Identifier: Apache-2.0
 * A large clinic, written straight into the tables as the store would leave them: for plans and
 * measurements, where writing each resource would take too long. */
#pragma once

/* Patients p1 .. pN, each with `each` Observations (o1 ..., going round the patients, so that those
 * of one lie far apart), then the database's statistics. The database at url must be set up. */
void search_load(const char *url, int patients, int each);

enum { LOAD_DAYS = 9000, LOAD_CODES = 40, LOAD_VALUES = 200 };
