/* SPDX-License-Identifier: Apache-2.0
 * fhir/validate_inside: the walk over a resource and the checks that it calls. */
#pragma once

#include "fhir/fhirpath.h"
#include "fhir/issue.h"
#include "fhir/json.h"
#include "fhir/validate.h"

/* The addresses of a Bundle's entries. */
struct en_bundle_index {
    struct json_object *bundle;
    const char **urls;              /* hash table, shape [slot_count] */
    struct json_object **resources; /* of the url in the same place: the first with it */
    size_t *counts;                 /* of the resources with this url: versions of one */
    size_t slot_count;
    const struct en_bundle_index *outer; /* of the Bundle around this one */
};

/* One "#id" that something points to. */
struct en_local_use {
    const char *id;   /* without '#'; "" the container */
    size_t contained; /* where it stands: index in `contained`, SIZE_MAX in the container itself */
    struct en_local_use *next;
};

/* Element ids of one resource, to find the same twice. */
struct en_id_set {
    const char **slots; /* shape [slot_count] */
    size_t slot_count, count;
};

/* What changes from resource to resource; a contained one shares its container's. */
struct en_container {
    struct json_object *value; /* whose `contained` holds "#..." targets */
    const char *full_url;      /* of the entry that holds it, or NULL */
    struct en_local_use *uses;
    struct en_id_set ids;
};

/* Problems are reported and the walk goes on. */
struct en_walk {
    const struct en_r4 *r4;
    struct en_arena *arena;
    struct en_issues *issues;
    struct en_path path;
    size_t resource_path_size;  /* of the path, up to the present resource */
    struct en_fp_item resource; /* the nearest one */
    struct en_container *container;
    size_t contained;                     /* index of the present contained resource, or SIZE_MAX */
    const struct en_bundle_index *bundle; /* the nearest around; NULL none */
    const char *entry_url;                /* fullUrl of its entry that is being checked, or NULL */
    size_t inner_errors; /* of resources within resources: they do not spoil what is around them */
    int depth;
    bool is_envelope; /* resources of a Bundle are left to another walk */
};

/* The object that an extension, an id or a reference stands in. */
struct en_place {
    const struct en_r4_element *element; /* NULL: a resource at the root */
    const struct en_r4_element *shape;
};

#define EN_REPORT(w, code, ...)                                                                    \
    en_issue_add((w)->issues, (w)->arena, EN_ISSUE_ERROR, (code), (w)->path.text, __VA_ARGS__)
#define EN_WARN(w, code, ...)                                                                      \
    en_issue_add((w)->issues, (w)->arena, EN_ISSUE_WARNING, (code), (w)->path.text, __VA_ARGS__)

/* Memory is exhausted: what cannot be checked is not valid. */
#define EN_NO_ROOM(w, what)                                                                        \
    do {                                                                                           \
        (w)->issues->lacks_memory = true;                                                          \
        EN_REPORT((w), "too-costly", "no memory to check %s", (what));                             \
    } while (0)

/* validate_codes: bindings and codes of known systems */
void en_check_code(struct en_walk *w, const struct en_r4_element *e, const char *code);
void en_check_concept(struct en_walk *w, const struct en_r4_member *m, struct json_object *value);

/* validate_links: references, contained resources, ids, addresses */
void en_check_reference(struct en_walk *w, const struct en_r4_member *m, struct json_object *value);
void en_check_address(struct en_walk *w, const struct en_r4_member *m, struct json_object *value);
void en_check_id(struct en_walk *w, const char *id);
void en_check_contained_used(struct en_walk *w);
bool en_is_absolute(const char *text);

/* validate_bundle: what holds between the entries of a Bundle */
void en_bundle_open(struct en_walk *w, struct json_object *bundle, struct en_bundle_index *out);
void en_bundle_check(struct en_walk *w, const struct en_bundle_index *index);

/* The first resource at an address within the Bundles around, NULL none, and how many there are.
 * base: of a relative one, the fullUrl of the entry. */
struct json_object *en_bundle_find(struct en_walk *w, const char *base, const char *address,
                                   size_t *count);

/* validate_rules: rules of single types, and the constraints of the tables */
void en_check_rules(struct en_walk *w, const struct en_r4_element *shape,
                    struct json_object *value);
void en_check_extension(struct en_walk *w, const struct en_place *around, bool is_modifier,
                        struct json_object *value);
void en_check_constraints(struct en_walk *w, const struct en_r4_element *first,
                          const struct en_fp_item *item);
