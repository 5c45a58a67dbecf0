/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/validate.h"

#include "base/limits.h"
#include "base/text.h"
#include "fhir/primitive.h"
#include "fhir/validate_inside.h"
#include "fhir/xhtml.h"

#include <limits.h>
#include <string.h>

static void resource(struct en_walk *w, struct json_object *value, bool is_contained);
static void object(struct en_walk *w, const struct en_place *place, struct json_object *value);

static bool is_primitive(const struct en_r4_element *type)
{
    return type != NULL && strcmp(type->binding, "primitive-type") == 0;
}

/* Values */

/* `id` and `extension` of a primitive: {"_birthDate": {"extension": [...]}}. */
static void primitive_extras(struct en_walk *w, const struct en_r4_member *m,
                             struct json_object *extras)
{
    /* Their own definition, with the primitive's as what they stand in. */
    const struct en_place place = {m->element, m->shape};

    if (!json_object_is_type(extras, json_type_object)) {
        EN_REPORT(w, "structure", "must be an object with id or extension");
        return;
    }
    object(w, &place, extras);
}

static void primitive(struct en_walk *w, const struct en_r4_member *m, struct json_object *value)
{
    const char *problem = en_primitive_problem(m->type, value);
    const char *text = json_object_get_string(value), *key = "";

    if (strcmp(m->type, "xhtml") == 0 && json_object_is_type(value, json_type_string)) {
        problem = en_xhtml_problem(text, (size_t)json_object_get_string_len(value), &key);
        if (problem != NULL) {
            EN_REPORT(w, "value", "%s%s%s", key, key[0] == '\0' ? "" : ": ", problem);
        }
    } else if (problem != NULL) {
        EN_REPORT(w, "value", "%s", problem);
    } else if (strcmp(m->type, "code") == 0) {
        en_check_code(w, m->element, text);
    } else if (strcmp(m->type, "uri") == 0 || strcmp(m->type, "url") == 0 ||
               strcmp(m->type, "canonical") == 0) {
        en_check_address(w, m, value);
    }
}

/* sqty-1: a Quantity where R4 wants a plain amount. */
static void check_simple_quantity(struct en_walk *w, const struct en_r4_member *m,
                                  struct json_object *value)
{
    if (m->targets != NULL && en_text_starts(m->targets, "(SimpleQuantity") &&
        en_json_get(value, "comparator") != NULL) {
        EN_REPORT(w, "invariant", "sqty-1: the comparator is not used here");
    }
}

static void complex(struct en_walk *w, const struct en_place *around, const struct en_r4_member *m,
                    struct json_object *value)
{
    const struct en_place place = {m->element, m->shape};
    const size_t errors = w->issues->error_count - w->inner_errors;

    object(w, &place, value);
    if (w->issues->error_count - w->inner_errors != errors) {
        return; /* its parts come first */
    }
    en_check_concept(w, m, value);
    if (strcmp(m->type, "Reference") == 0) {
        en_check_reference(w, m, value);
    } else if (strcmp(m->type, "Quantity") == 0) {
        check_simple_quantity(w, m, value);
    } else if (strcmp(m->type, "Extension") == 0) {
        en_check_extension(w, around, strcmp(m->element->name, "modifierExtension") == 0, value);
    }
}

/* extras: what stands beside a primitive, or NULL. */
static void single(struct en_walk *w, const struct en_place *around, const struct en_r4_member *m,
                   struct json_object *value, struct json_object *extras)
{
    const size_t errors = w->issues->error_count - w->inner_errors;
    const bool is_resource = strcmp(m->type, "Resource") == 0;

    if (is_resource && w->is_envelope) {
        return;
    }
    if (is_resource) {
        resource(w, value, strcmp(m->element->path, "DomainResource.contained") == 0);
    } else if (is_primitive(m->shape)) {
        primitive(w, m, value);
    } else {
        complex(w, around, m, value);
    }
    if (is_resource || w->issues->error_count - w->inner_errors != errors) {
        return; /* a rule about what is malformed would only repeat it */
    }
    const struct en_fp_item item = en_fhirpath_item(w->r4, m, value, extras);

    en_check_constraints(w, m->element, &item);
    for (const struct en_r4_element *p = m->shape; p != NULL; p = p->base) {
        if (p != m->element) {
            en_check_constraints(w, p, &item);
        }
    }
}

static void list(struct en_walk *w, const struct en_place *around, const struct en_r4_member *m,
                 struct json_object *value, struct json_object *extras)
{
    const size_t count = en_json_count(value);
    const bool is_contained = strcmp(m->element->path, "DomainResource.contained") == 0;

    if (!json_object_is_type(value, json_type_array)) {
        EN_REPORT(w, "structure", "must be an array: put the value in [ ]");
        return;
    }
    if (count == 0) {
        EN_REPORT(w, "structure", "an array must not be empty: leave the element out");
    }
    if (m->element->max < INT_MAX && count > (size_t)m->element->max) {
        EN_REPORT(w, "structure", "must not have more than %d values", m->element->max);
    }
    for (size_t i = 0; i < count; i++) {
        struct json_object *item = en_json_at(value, i), *extra = en_json_at(extras, i);
        const size_t before = en_path_push_index(&w->path, i);
        const size_t contained = w->contained;

        w->contained = is_contained ? i : contained;
        if (item != NULL) {
            single(w, around, m, item, extra);
        } else if (extra == NULL) {
            EN_REPORT(w, "structure", "null is not a value in FHIR");
        }
        w->contained = contained;
        en_path_pop(&w->path, before);
    }
}

/* The sibling with "_" of a primitive element. */
static void siblings(struct en_walk *w, const struct en_r4_member *m, struct json_object *value,
                     struct json_object *extras)
{
    if (!is_primitive(m->shape)) {
        EN_REPORT(w, "structure", "only a primitive element has a sibling with _");
        return;
    }
    if (m->element->max <= 1) {
        primitive_extras(w, m, extras);
        return;
    }
    for (size_t i = 0; i < en_json_count(extras); i++) {
        if (en_json_at(extras, i) != NULL) {
            const size_t before = en_path_push_index(&w->path, i);

            primitive_extras(w, m, en_json_at(extras, i));
            en_path_pop(&w->path, before);
        }
    }
    if (en_json_count(extras) == 0 ||
        (value != NULL && en_json_count(extras) != en_json_count(value))) {
        EN_REPORT(w, "structure", "the array with _ must be as long as the other");
    }
}

/* A value and its sibling with "_", either of which may be NULL. */
static void values(struct en_walk *w, const struct en_place *around, const struct en_r4_member *m,
                   struct json_object *value, struct json_object *extras)
{
    if (extras != NULL) {
        siblings(w, m, value, extras);
    }
    if (value == NULL) {
        return;
    }
    if (m->element->max > 1) {
        list(w, around, m, value, extras);
    } else if (json_object_is_type(value, json_type_array)) {
        EN_REPORT(w, "structure", "must be a single value, not an array");
    } else {
        single(w, around, m, value, extras);
    }
}

/* Objects */

/* Members of one object that were met: for choices and for what is required. */
struct met {
    const struct en_r4_element *elements[EN_JSON_MEMBERS_MAX];
    const char *keys[EN_JSON_MEMBERS_MAX]; /* without "_" */
    size_t count;
};

static const char *met_key(const struct met *met, const struct en_r4_element *e)
{
    for (size_t i = 0; i < met->count; i++) {
        if (met->elements[i] == e) {
            return met->keys[i];
        }
    }
    return NULL;
}

static void object_member(struct en_walk *w, const struct en_place *place,
                          struct json_object *parent, const char *key, struct met *met)
{
    const bool is_sibling = key[0] == '_';
    const char *name = is_sibling ? key + 1 : key;
    const size_t before = en_path_push(&w->path, key);
    struct json_object *value = en_json_get(parent, key), *extras = NULL;
    char sibling[80];
    struct en_r4_member m;

    (void)snprintf(sibling, sizeof sibling, "_%s", name);
    if (is_sibling && en_json_get(parent, name) != NULL) {
        en_path_pop(&w->path, before); /* checked with its value */
        return;
    }
    extras = en_json_get(parent, sibling);
    if (!en_r4_member(w->r4, place->shape, name, &m)) {
        EN_REPORT(w, "structure", "is no element of %s", place->shape->path);
    } else if (value == NULL) {
        EN_REPORT(w, "structure", "null is not a value in FHIR: leave the element out");
    } else {
        const char *other = met_key(met, m.element);

        if (other != NULL && strcmp(other, name) != 0) {
            EN_REPORT(w, "structure", "only one kind of %s[x] may be given", m.element->name);
        }
        if (met->count < EN_JSON_MEMBERS_MAX) {
            met->elements[met->count] = m.element;
            met->keys[met->count++] = name;
        }
        values(w, place, &m, is_sibling ? NULL : value, extras);
    }
    en_path_pop(&w->path, before);
}

static void check_required(struct en_walk *w, const struct en_r4_element *type,
                           const struct met *met)
{
    for (const struct en_r4_element *p = type; p != NULL; p = p->base) {
        for (const struct en_r4_element *e = p->first_child; e != NULL; e = e->next) {
            if (e->min > 0 && met_key(met, e) == NULL) {
                const size_t before = en_path_push(&w->path, e->name);

                EN_REPORT(w, "required", "is required%s",
                          e->is_choice ? " in one of its types" : "");
                en_path_pop(&w->path, before);
            }
        }
    }
}

/* Whether the object holds something at all; ele-1: an id alone is nothing. */
static bool has_content(struct en_walk *w, const struct en_place *place, struct json_object *value)
{
    if (!json_object_is_type(value, json_type_object)) {
        EN_REPORT(w, "structure", "must be an object of type %s", place->shape->path);
        return false;
    }
    const int count = json_object_object_length(value);

    if (count == 0) {
        EN_REPORT(w, "structure", "an object must not be empty: leave the element out");
        return false;
    }
    if (count == 1 && en_json_get(value, "id") != NULL && !is_primitive(place->shape) &&
        place->element != NULL) {
        EN_REPORT(w, "invariant", "ele-1: an element needs more than an id");
        return false;
    }
    if (w->depth == 2 * EN_JSON_DEPTH_MAX) {
        EN_REPORT(w, "too-costly", "is nested too deeply");
        return false;
    }
    return true;
}

/* place->element is NULL for a resource. */
static void object(struct en_walk *w, const struct en_place *place, struct json_object *value)
{
    struct met met = {.count = 0};
    const char *id = en_json_text(value, "id"), *entry_url = w->entry_url;
    const bool is_resource = place->element == NULL;

    if (!has_content(w, place, value)) {
        return;
    }
    w->depth++;
    if (!is_resource && strcmp(place->element->path, "Bundle.entry") == 0) {
        w->entry_url = en_json_text(value, "fullUrl");
    }
    json_object_object_foreach(value, key, item)
    {
        (void)item;
        if (!is_resource || strcmp(key, "resourceType") != 0) {
            object_member(w, place, value, key, &met);
        }
    }
    check_required(w, place->shape, &met);
    en_check_rules(w, place->shape, value);
    /* A StructureDefinition has its elements twice, with the same ids. */
    if (id != NULL && (!is_resource || w->contained != SIZE_MAX) &&
        strcmp(place->shape->path, "ElementDefinition") != 0) {
        en_check_id(w, id);
    }
    w->entry_url = entry_url;
    w->depth--;
}

/* Resources */

/* The constraints of the type and those it is derived from. */
static void resource_rules(struct en_walk *w, const struct en_r4_element *type)
{
    for (const struct en_r4_element *p = type; p != NULL; p = p->base) {
        en_check_constraints(w, p, &w->resource);
    }
}

/* A resource that is not contained: ids, addresses and contained resources in it are its own. */
static void container(struct en_walk *w, const struct en_place *place, struct json_object *value)
{
    struct en_container own = {.value = value, .full_url = w->entry_url};
    struct en_container *around = w->container;
    const struct en_bundle_index *bundle = w->bundle;
    const size_t contained = w->contained;
    struct en_bundle_index index;
    const bool is_bundle = strcmp(place->shape->path, "Bundle") == 0;

    w->container = &own;
    w->contained = SIZE_MAX;
    if (is_bundle) {
        en_bundle_open(w, value, &index);
        w->bundle = &index;
    }
    const size_t errors = w->issues->error_count - w->inner_errors;

    object(w, place, value);
    if (w->issues->error_count - w->inner_errors == errors) {
        en_check_contained_used(w);
    }
    if (is_bundle) {
        en_bundle_check(w, &index);
    }
    w->bundle = bundle;
    w->container = around;
    w->contained = contained;
}

static const struct en_r4_element *resource_type(struct en_walk *w, struct json_object *value)
{
    const char *name = en_json_text(value, "resourceType");
    const struct en_r4_element *type = name == NULL ? NULL : en_r4_find(w->r4, name, SIZE_MAX);

    if (!json_object_is_type(value, json_type_object)) {
        EN_REPORT(w, "structure", "must be a resource: an object with a resourceType");
        return NULL;
    }
    if (type == NULL || strcmp(type->binding, "resource") != 0) {
        const size_t before = en_path_push(&w->path, "resourceType");

        EN_REPORT(w, name == NULL ? "required" : "value",
                  "must name a type of resource of FHIR R4, such as Patient");
        en_path_pop(&w->path, before);
        return NULL;
    }
    return type;
}

static void resource(struct en_walk *w, struct json_object *value, bool is_contained)
{
    const struct en_r4_element *type = resource_type(w, value);
    const struct en_fp_item around = w->resource;
    const size_t path_size = w->resource_path_size, inner = w->inner_errors;
    const size_t errors = w->issues->error_count;

    if (type == NULL) {
        return;
    }
    if (w->path.size == 0) {
        (void)en_path_push(&w->path, type->path);
    }
    const struct en_place place = {NULL, type};

    w->resource = (struct en_fp_item){.value = value, .shape = type, .type = type->path};
    w->resource_path_size = w->path.size;
    if (!is_contained) {
        container(w, &place, value);
    } else if (en_json_get(value, "contained") != NULL) {
        EN_REPORT(w, "invariant", "dom-2: a contained resource must not contain others");
    } else {
        object(w, &place, value);
    }
    if (w->issues->error_count - errors == w->inner_errors - inner) {
        resource_rules(w, type);
    }
    w->resource = around;
    w->resource_path_size = path_size;
    if (!is_contained && w->depth > 0) {
        w->inner_errors = inner + (w->issues->error_count - errors);
    }
}

void en_r4_validate(const struct en_r4 *r4, struct json_object *value, struct en_arena *a,
                    struct en_issues *issues)
{
    struct en_walk w = {.r4 = r4, .arena = a, .issues = issues, .contained = SIZE_MAX};

    resource(&w, value, false);
}

void en_r4_validate_envelope(const struct en_r4 *r4, struct json_object *bundle, struct en_arena *a,
                             struct en_issues *issues)
{
    struct en_walk w = {
        .r4 = r4, .arena = a, .issues = issues, .contained = SIZE_MAX, .is_envelope = true};

    resource(&w, bundle, false);
}

enum en_status en_fhir_validate(struct json_object *resource_object, struct en_arena *a,
                                struct en_issues *issues, struct en_err *err)
{
    const size_t errors = issues->error_count;
    struct en_r4 r4;

    EN_TRY(en_r4_load(a, &r4, err));
    en_r4_validate(&r4, resource_object, a, issues);
    if (issues->lacks_memory) {
        return en_fail(err, EN_ENOMEM, "no memory to check the resource");
    }
    return issues->error_count == errors
               ? EN_OK
               : en_fail(err, EN_EINVAL, "the resource is not valid FHIR R4: see the issues");
}
