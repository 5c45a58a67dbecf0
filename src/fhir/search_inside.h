/* SPDX-License-Identifier: Apache-2.0
 * fhir/search_inside: what the readers of a query share. Inside of fhir/. */
#pragma once

#include "fhir/issue.h"
#include "fhir/search.h"

struct en_search_reader {
    const struct en_search_params *params;
    const char *type; /* of the resources that are looked for */
    struct en_arena *a;
    struct en_search_query *out;
    struct en_issues *issues;
    bool is_lenient;
    bool is_full; /* the arena is */
};

/* A problem with the parameter `name`, which is told only when it looks like a name. Returns
 * false. */
bool en_search_refuse(struct en_search_reader *r, const char *code, const char *name,
                      const char *format, ...) EN_PRINTF(4, 5);

/* "subject:Patient.name:exact" and its value, decoded, as one more clause. *is_used false: the
 * parameter is unknown and the search lenient. Returns false after a problem. */
bool en_search_read_clause(struct en_search_reader *r, const char *name, const char *value,
                           bool *is_used);

/* For an unknown name: the one of this type that it may be meant for, or NULL. */
const char *en_search_nearest(const struct en_search_reader *r, const char *type, const char *name);

/* "_include", "_sort" ...: whether it is one of those, then *is_good tells of its value. */
bool en_search_read_control(struct en_search_reader *r, const char *name, const char *value,
                            bool *is_good);
