/* SPDX-License-Identifier: Apache-2.0
 * fhir/fhirpath: the part of FHIRPath that the constraints of R4's definitions use.
 *
 * A program is parsed once and is constant; it runs on json-c's tree with the definitions at hand,
 * so that `value` finds valueQuantity and `is` knows types. Bounded in depth and steps. No state:
 * thread-safe, as long as a tree belongs to one thread. */
#pragma once

#include "base/arena.h"
#include "fhir/r4.h"

struct json_object;

enum en_fp_kind { EN_FP_NODE, EN_FP_STRING, EN_FP_NUMBER, EN_FP_BOOLEAN };

/* One item of a collection. */
struct en_fp_item {
    enum en_fp_kind kind;
    struct json_object *value;  /* of a node; NULL: a primitive that has only extensions */
    struct json_object *extras; /* of a primitive: its sibling with "_", or NULL */
    const struct en_r4_element *shape;
    const char *type;
    const char *text; /* of a string or a number */
    bool truth;
};

/* The three values of logic, and the ends of steps and memory. */
enum en_fp_answer { EN_FP_UNKNOWN, EN_FP_FALSE, EN_FP_TRUE, EN_FP_TOO_COSTLY, EN_FP_NO_MEMORY };

struct en_fp_context {
    const struct en_r4 *r4;
    struct en_arena *arena;     /* for the run; given back at its end */
    struct en_fp_item resource; /* %resource: the nearest around the focus */
};

/* The program lives in the arena, and so must the text. EN_EBUG with the place of the mistake. */
EN_MUST_USE enum en_status en_fhirpath_parse(const char *text, struct en_arena *a,
                                             const struct en_fhirpath **out, struct en_err *err);

/* The value of a member as an item; extras may be NULL. */
struct en_fp_item en_fhirpath_item(const struct en_r4 *r4, const struct en_r4_member *m,
                                   struct json_object *value, struct json_object *extras);

/* Whether the program's result on this focus is true. An empty result is EN_FP_FALSE, but
 * EN_FP_UNKNOWN when two values could not be compared (dates of different precision that overlap,
 * quantities of different units). */
enum en_fp_answer en_fhirpath_holds(const struct en_fhirpath *program,
                                    const struct en_fp_context *context,
                                    const struct en_fp_item *focus);
