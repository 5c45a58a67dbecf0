/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/subset.h"

#include "base/text.h"
#include "fhir/json.h"

#include <string.h>

static const char *const ALWAYS[] = {"resourceType", "id", "meta", "implicitRules",
                                     "modifierExtension"};

static bool is_always(const char *key)
{
    for (size_t i = 0; i < EN_COUNT(ALWAYS); i++) {
        if (strcmp(key, ALWAYS[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether a member of the resource itself stays. e is NULL for one that R4 does not know. */
static bool is_kept(const struct en_subset *subset, const struct en_r4_element *e, const char *key)
{
    switch (subset->kind) {
    case EN_SUBSET_NONE:
        return true;
    case EN_SUBSET_SUMMARY:
        return e != NULL && e->is_summary;
    case EN_SUBSET_TEXT:
        return (e != NULL && e->min > 0) || strcmp(key, "text") == 0;
    case EN_SUBSET_DATA:
        return strcmp(key, "text") != 0;
    case EN_SUBSET_ELEMENTS:
        return e != NULL && (e->min > 0 || en_list_has(subset->elements, e->name) ||
                             en_list_has(subset->elements, key));
    }
    return true;
}

/* The element's own children, or those of the element that it repeats ("#Questionnaire.item"). */
static const struct en_r4_element *with_children(const struct en_r4 *r4,
                                                 const struct en_r4_element *e)
{
    return e->types[0] == '#' ? en_r4_find(r4, e->types + 1, SIZE_MAX) : e;
}

static void keep_summary(const struct en_r4 *r4, const struct en_r4_element *e,
                         struct json_object *value);

/* Take out the members that are not kept. parent is the type or the backbone element. */
static void keep_members(const struct en_r4 *r4, const struct en_subset *subset,
                         const struct en_r4_element *parent, struct json_object *object)
{
    struct json_object_iterator at = json_object_iter_begin(object),
                                end = json_object_iter_end(object);

    while (!json_object_iter_equal(&at, &end)) {
        const char *key = json_object_iter_peek_name(&at), *type = NULL;
        const char *name = key[0] == '_' ? key + 1 : key; /* the sibling goes with its primitive */
        const struct en_r4_element *e = en_r4_child(r4, parent, name, &type);
        struct json_object *value = json_object_iter_peek_value(&at);

        /* The entry that the iterator stands on may go, once the iterator has left it. */
        json_object_iter_next(&at);
        if (!is_always(name) && !is_kept(subset, e, name)) {
            json_object_object_del(object, key);
        } else if (subset->kind == EN_SUBSET_SUMMARY && e != NULL) {
            keep_summary(r4, e, value);
        }
    }
}

/* Within a backbone element of a summary: only marked elements. Data types stay whole. */
static void keep_summary(const struct en_r4 *r4, const struct en_r4_element *e,
                         struct json_object *value)
{
    static const struct en_subset SUMMARY = {.kind = EN_SUBSET_SUMMARY};
    const struct en_r4_element *parent = with_children(r4, e);
    const size_t count = en_json_count(value);

    if (parent == NULL || parent->first_child == NULL) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        keep_summary(r4, e, en_json_at(value, i));
    }
    if (json_object_is_type(value, json_type_object)) {
        keep_members(r4, &SUMMARY, parent, value);
    }
}

/* Add a member; the object owns it afterwards. False when there was no memory. */
static bool add(struct json_object *object, const char *key, struct json_object *value)
{
    if (value != NULL && json_object_object_add(object, key, value) == 0) {
        return true;
    }
    json_object_put(value);
    return false;
}

static enum en_status add_tag(struct json_object *resource, struct en_err *err)
{
    struct json_object *meta = en_json_get(resource, "meta");
    bool fits = json_object_is_type(meta, json_type_object) ||
                add(resource, "meta", json_object_new_object());

    meta = en_json_get(resource, "meta");
    fits = fits && (json_object_is_type(en_json_get(meta, "tag"), json_type_array) ||
                    add(meta, "tag", json_object_new_array()));
    struct json_object *tag = json_object_new_object();

    fits = fits && tag != NULL && add(tag, "system", json_object_new_string(EN_SUBSETTED_SYSTEM)) &&
           add(tag, "code", json_object_new_string("SUBSETTED"));
    if (!fits || json_object_array_add(en_json_get(meta, "tag"), tag) != 0) {
        json_object_put(tag);
        return en_fail(err, EN_ENOMEM, "no memory for a part of the resource");
    }
    return EN_OK;
}

enum en_status en_fhir_subset(const struct en_r4 *r4, const struct en_subset *subset,
                              struct json_object *resource, struct en_err *err)
{
    const char *type = en_json_text(resource, "resourceType");
    const struct en_r4_element *definition = type == NULL ? NULL : en_r4_find(r4, type, SIZE_MAX);

    if (subset->kind == EN_SUBSET_NONE) {
        return EN_OK;
    }
    if (definition == NULL) {
        return en_fail(err, EN_EBUG, "a part was asked of something that is no resource");
    }
    keep_members(r4, subset, definition, resource);
    return add_tag(resource, err);
}
