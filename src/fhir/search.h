/* SPDX-License-Identifier: Apache-2.0
 * fhir/search: the search parameters of R4, what a resource is found by, and queries.
 *
 * The parameters are an embedded table (r4/search.tsv, made by tools/r4_search.mjs from HL7's
 * SearchParameters): only those listed there exist; CapabilityStatement and errors are written from
 * it. Extraction turns a resource into index values, parsing turns a query string into clauses over
 * the same values; store/search joins the two. No state: thread-safe. */
#pragma once

#include "base/arena.h"
#include "fhir/fhir.h"
#include "fhir/r4.h"

enum en_search_kind {
    EN_SEARCH_TOKEN,
    EN_SEARCH_STRING,
    EN_SEARCH_REFERENCE,
    EN_SEARCH_DATE,
    EN_SEARCH_NUMBER,
    EN_SEARCH_QUANTITY,
    EN_SEARCH_URI,
    EN_SEARCH_ID,     /* _id: the resource's own id */
    EN_SEARCH_UPDATED /* _lastUpdated: when this version was written */
};

/* One parameter of one type of resource. key is a 31-bit hash of "Type.name", the same for ever: it
 * stands in the index tables (a test refuses two equal keys). */
struct en_search_param {
    const char *type, *name, *paths;
    const char *targets; /* of a reference: "Patient Group"; "" any */
    enum en_search_kind kind;
    int32_t key;
    bool is_of_patient; /* resources of this type are part of a patient's record */
};

struct en_search_params {
    struct en_search_param *items; /* shape [count], by type and name */
    const char **types;            /* shape [type_count], sorted: the resources that are kept */
    size_t count, type_count;
};

/* en_search_param.key. */
int32_t en_search_key(const char *type, const char *name);

/* Whether a list of targets holds the type; an empty list holds all. */
bool en_search_is_target(const char *targets, const char *type);

/* Besides HL7's parameters the table holds, for each type that belongs to a patient, the reference
 * parameter "_compartment": every Patient whose record the resource is part of. */
#define EN_SEARCH_COMPARTMENT "_compartment"

EN_MUST_USE enum en_status en_search_params_load(struct en_arena *a, struct en_search_params *out,
                                                 struct en_err *err);

/* The parameters of one type: the first, and how many; NULL and 0 for a type that is not kept. */
const struct en_search_param *en_search_params_of(const struct en_search_params *params,
                                                  const char *type, size_t *count);

/* NULL when this type has no such parameter. Every type has _id and _lastUpdated. */
const struct en_search_param *en_search_param_find(const struct en_search_params *params,
                                                   const char *type, const char *name);

enum { EN_SEARCH_TEXT_MAX = 256 };

/* What one resource is found by under one parameter. Texts live in the arena and are at most
 * EN_SEARCH_TEXT_MAX bytes: of a longer one the start stands, with a hash of the whole; of a folded
 * one the start alone. */
struct en_index_value {
    const struct en_search_param *param;
    /* token, quantity: system, "" none. reference: type of the target, "" for an absolute URL or
     * urn. Else "". */
    const char *system;
    /* token: code (of a phone number or e-mail address: in lower case). quantity: code of the unit.
     * reference: id of the target, or the whole URL; a canonical with a version also without it.
     * uri: the URI. string: folded (en_search_fold). */
    const char *code;
    const char *text; /* string: as written, for :exact. Else "" */
    /* number, quantity: as written, both the same; ends of a Range; "< 5" is -DBL_MAX .. 5. */
    double low, high;
    int64_t low_us, high_us; /* date: first and last microsecond; open ends INT64_MIN, INT64_MAX */
};

/* Everything a resource is found by, without _id and _lastUpdated. At most EN_INDEX_VALUES_MAX,
 * then EN_ELIMIT. A value that cannot be read is left out: validation told it already. */
EN_MUST_USE enum en_status en_search_extract(const struct en_search_params *params,
                                             struct json_object *resource, struct en_arena *a,
                                             struct en_index_value **out, size_t *count,
                                             struct en_err *err);

/* Lower case, accents and combining marks removed (Latin, Greek and Cyrillic letters), spaces
 * collapsed: what string search compares. In the arena, whole; NULL when it is full. */
const char *en_search_fold(const char *text, struct en_arena *a);

/* Queries */

enum en_search_modifier {
    EN_MODIFIER_NONE,
    EN_MODIFIER_EXACT,    /* string */
    EN_MODIFIER_CONTAINS, /* string */
    EN_MODIFIER_NOT,      /* token: also finds resources without a value */
    EN_MODIFIER_MISSING,  /* any: is_missing */
    EN_MODIFIER_IN_TYPE   /* reference: subject:Patient=x; the type stands in the values' system */
};

enum en_search_prefix { EN_EQ, EN_NE, EN_GT, EN_LT, EN_GE, EN_LE, EN_SA, EN_EB, EN_AP };

struct en_search_value {
    enum en_search_prefix prefix;     /* date, number, quantity; else EN_EQ */
    bool any_system;                  /* token, quantity: "code" without '|': any system will do */
    const char *system, *code, *text; /* as in en_index_value; token with "" code: any code of the
                                         system. reference with "" system: any type */
    double number;                    /* as written: what gt, lt, ge, le, sa and eb compare with */
    double low, high;                 /* what its digits leave open: 72.5 is 72.45 .. 72.55 */
    int64_t low_us, high_us;
};

struct en_search_clause {
    const struct en_search_param *param;
    enum en_search_modifier modifier;
    bool is_missing;
    struct en_search_value *values; /* shape [value_count]: one of them must fit */
    size_t value_count;
    /* Chain (patient.identifier): the referenced resource must fit this clause. NULL: none. */
    const struct en_search_clause *chain;
};

struct en_search_sort {
    const struct en_search_param *param;
    bool is_descending;
};

/* _include=Type:param:Target, _revinclude=Type:param. target NULL: any. */
struct en_search_include {
    const struct en_search_param *param;
    const char *target;
    bool is_reverse;
};

enum en_search_total { EN_TOTAL_NONE, EN_TOTAL_ACCURATE };
enum en_search_summary {
    EN_SUMMARY_FALSE,
    EN_SUMMARY_TRUE,
    EN_SUMMARY_COUNT,
    EN_SUMMARY_TEXT,
    EN_SUMMARY_DATA
};

enum {
    EN_SEARCH_CLAUSES_MAX = 32,
    EN_SEARCH_VALUES_MAX = 200, /* of one clause */
    EN_SEARCH_SORTS_MAX = 3,
    EN_SEARCH_INCLUDES_MAX = 8,
    EN_SEARCH_COUNT = 50,
    EN_SEARCH_COUNT_MAX = 500,
    EN_SEARCH_INCLUDED_MAX = 1000, /* resources that one page includes */
    EN_INDEX_VALUES_MAX = 2000
};

struct en_search_query {
    const char *type;
    struct en_search_clause *clauses; /* shape [clause_count]: all must fit */
    struct en_search_sort sorts[EN_SEARCH_SORTS_MAX];
    struct en_search_include includes[EN_SEARCH_INCLUDES_MAX];
    size_t clause_count, sort_count, include_count;
    int count;          /* of a page */
    const char *cursor; /* of the page before, as the store gave it; NULL: the first page */
    enum en_search_total total;
    enum en_search_summary summary;
    const char *elements;    /* list "name; birthDate"; NULL: all */
    const char *compartment; /* id of a Patient: nothing outside of this record; NULL: no limit.
                                Set by the server from the caller's rights, never by the query. */
    /* The query as it was understood, for the `self` link: percent-encoded, in the order given,
     * without what a lenient search left out and without _cursor, so that "&_cursor=" with the
     * next one makes the `next` link. */
    const char *text;
};

/* Read the text of a query ("family=a&birthdate=ge1950", percent-encoded, also the body of a POST
 * _search; may be NULL or empty). Problems go to issues: an unknown parameter is an error that
 * names it, or with is_lenient a warning, and it is left out. EN_EINVAL when there is an error.
 * _format and _pretty are accepted and skipped. A chained parameter is one level deep, and an
 * _include follows references once. */
EN_MUST_USE enum en_status en_search_parse(const struct en_search_params *params, const char *type,
                                           const char *query, bool is_lenient, struct en_arena *a,
                                           struct en_search_query *out, struct en_issues *issues,
                                           struct en_err *err);
