/* SPDX-License-Identifier: Apache-2.0
 * server/parameters: the parameters of an operation: a query, a Parameters resource, or (for what
 * takes a case or a specification) the resource itself as the body. Thread-safe: no state. */
#pragma once

#include "app/asked.h"
#include "server/http.h"

/* What an operation may be told. */
enum en_op_kind {
    EN_PARAMETER_VALUE,    /* once; a value[x] as its text */
    EN_PARAMETER_REPEATED, /* as often as EN_PARAMETERS_MAX allows */
    EN_PARAMETER_SWITCH,   /* a boolean; false is the same as absent */
    EN_PARAMETER_RESOURCE  /* a resource: the body's own, or one of a Parameters */
};

struct en_op_rule {
    const char *name;
    enum en_op_kind kind;
    const char *help; /* a clause, for docs/api.md and OperationDefinitions */
};

enum { EN_PARAMETERS_MAX = 64 };

struct en_op_parameter {
    const char *name, *text;
};

struct en_op_parameters {
    struct en_op_parameter items[EN_PARAMETERS_MAX];
    size_t count;
    const char *resource;      /* text of the resource; NULL none */
    const char *resource_name; /* of the parameter that it came in; NULL: it is the body itself */
    size_t resource_size;
};

/* Read what a request says. rules end with a NULL name. resource_type: what a body may be besides
 * Parameters: "Bundle"; "" a JSON object that is no resource; NULL nothing else. A refusal is
 * written to rs, and *is_refused set: a name that is not in the rules, one that is given twice, a
 * value that is no value. Texts live in the request's arena. _format and _pretty are passed over.
 */
EN_MUST_USE enum en_status
en_op_parameters_read(const struct en_http_request *rq, const struct en_op_rule *rules,
                      const char *resource_type, struct en_op_parameters *out,
                      struct en_http_response *rs, bool *is_refused, struct en_err *err);

/* The last text of the name; NULL: not given. A switch that is on has the text "". */
const char *en_op_parameter(const struct en_op_parameters *p, const char *name);

/* For the readers of app/asked. */
struct en_asked en_op_parameters_asked(const struct en_op_parameters *p);

/* "name=value" of all, in the order given, separated by '&': what was asked, for hashes and the
 * audit trail. In the arena; NULL when it is full. */
const char *en_op_parameters_text(const struct en_op_parameters *p, struct en_arena *a);
