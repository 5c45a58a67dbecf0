/* SPDX-License-Identifier: Apache-2.0
 * fhir/r4: HL7's R4 (4.0.1) definitions as a tree of elements, from embedded tables.
 *
 * Plain data in the caller's arena, constant after loading. */
#pragma once

#include "base/arena.h"

struct en_fhirpath;

/* A rule in FHIRPath that every instance of an element must keep: a row of constraints.tsv. */
struct en_r4_constraint {
    const char *key, *text; /* "con-4", and what it says */
    bool is_warning;
    const struct en_fhirpath *program;
    const struct en_r4_constraint *next; /* of the same element */
};

/* One system of a set of codes: "male female other unknown". A set whose name is the system's own
 * holds all of its codes. */
struct en_r4_codes {
    const char *set, *system, *codes;
};

/* An element, or a type or resource (which has no '.' in its path). */
struct en_r4_element {
    const char *path;    /* "Observation.value[x]" */
    const char *name;    /* "value": the last part of the path, without [x] */
    const char *types;   /* "Quantity string Reference(Patient|Group)", "#Questionnaire.item"; of a
                            type: the type it is derived from */
    const char *binding; /* name of a set of codes, "" none; of a type: its kind */
    int min, max;        /* max INT_MAX: "*" */
    bool is_choice;      /* [x] */
    bool is_summary;     /* of a resource: stands in its summary */
    const struct en_r4_element *first_child, *last_child, *next; /* in the order of the tables */
    const struct en_r4_element *base; /* the type it is derived from; of an element with children,
                                         the type whose children it has, too */
    const struct en_r4_element *type; /* what its only type, or '#' link, names; NULL of a choice */
    const struct en_r4_codes *codes;  /* of the binding: its first row; NULL none or a grammar */
    const struct en_r4_constraint *constraints;
};

/* An extension that HL7 defines. */
struct en_r4_extension {
    const char *url;
    const char *types;  /* of its value: "CodeableConcept string"; "" has extensions instead */
    const char *places; /* "Patient HumanName.family Element" */
    bool is_modifier;
};

struct en_r4 {
    struct en_r4_element *elements;       /* shape [element_count] */
    const struct en_r4_element **by_path; /* hash table, shape [slot_count] */
    struct en_r4_codes *codes;            /* shape [code_count], sorted by set */
    struct en_r4_extension *extensions;   /* shape [extension_count], sorted by url */
    size_t element_count, slot_count, code_count, extension_count;
};

EN_MUST_USE enum en_status en_r4_load(struct en_arena *a, struct en_r4 *out, struct en_err *err);

/* By path: "Patient", "Observation.component". NULL when there is none. size may be SIZE_MAX. */
const struct en_r4_element *en_r4_find(const struct en_r4 *r4, const char *path, size_t size);

/* The child of a type or element with this JSON name, its own or inherited. For a choice, *type
 * becomes the type that the name tells ("valueQuantity": "Quantity"). */
const struct en_r4_element *en_r4_child(const struct en_r4 *r4, const struct en_r4_element *parent,
                                        const char *key, const char **type);

/* The type that this one is derived from; NULL at the root. */
const struct en_r4_element *en_r4_base(const struct en_r4 *r4, const struct en_r4_element *type);

/* Next type of a list: sets *name and *size (without targets), and *targets ("(Patient|Group)...",
 * or NULL); returns the position behind it, NULL when none is left. */
const char *en_r4_next_type(const char *types, const char **name, size_t *size,
                            const char **targets);

/* The member of an object of this type or element with this JSON name. */
struct en_r4_member {
    const struct en_r4_element *element;
    const struct en_r4_element
        *shape;          /* what defines its children: a type, or the element itself */
    const char *type;    /* "Quantity", of a backbone element "BackboneElement" */
    const char *targets; /* "(Patient|Group)", NULL any */
};
bool en_r4_member(const struct en_r4 *r4, const struct en_r4_element *parent, const char *key,
                  struct en_r4_member *out);

/* The first row of a set of codes; those that follow with the same set belong to it. NULL: none. */
const struct en_r4_codes *en_r4_codes_find(const struct en_r4 *r4, const char *set);

/* Whether the set of this first row holds the code. system NULL: any system. */
bool en_r4_codes_have(const struct en_r4 *r4, const struct en_r4_codes *first, const char *system,
                      const char *code);

const struct en_r4_extension *en_r4_extension_find(const struct en_r4 *r4, const char *url);

/* Whether the set holds the code. system NULL: any system. */
bool en_r4_has_code(const struct en_r4 *r4, const char *set, const char *system, const char *code);
