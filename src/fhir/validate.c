/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/validate.h"

#include "base/limits.h"
#include "base/text.h"
#include "fhir/issue.h"
#include "fhir/json.h"
#include "fhir/primitive.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>

/* The walk over a resource. Problems are reported and the walk goes on. */
struct walk {
    const struct en_r4 *r4;
    struct en_arena *arena;
    struct en_issues *issues;
    struct en_path path;
    struct json_object *container; /* the resource whose `contained` holds "#..." targets */
    int depth;
};

/* A member of an object that is being checked. */
struct member {
    const struct en_r4_element *element;
    const char *type;    /* name of its type, "#Questionnaire.item" */
    const char *targets; /* of a Reference; NULL any */
};

static void resource(struct walk *w, struct json_object *value, bool is_contained);
static void object(struct walk *w, const struct en_r4_element *type, struct json_object *value);

#define REPORT(w, code, ...)                                                                       \
    en_issue_add((w)->issues, (w)->arena, EN_ISSUE_ERROR, (code), (w)->path.text, __VA_ARGS__)

static bool is_primitive(const struct en_r4_element *type)
{
    return type != NULL && strcmp(type->binding, "primitive-type") == 0;
}

/* Required bindings */

static void check_code(struct walk *w, const struct en_r4_element *e, const char *code)
{
    if (e->binding[0] != '\0' && !en_r4_has_code(w->r4, e->binding, NULL, code)) {
        REPORT(w, "code-invalid", "is not a code of the value set %s", e->binding);
    }
}

static bool coding_fits(struct walk *w, const char *set, struct json_object *coding)
{
    const char *code = en_json_text(coding, "code"), *system = en_json_text(coding, "system");

    return code != NULL && system != NULL && en_r4_has_code(w->r4, set, system, code);
}

/* A Coding or CodeableConcept with a required binding needs one coding of the set. */
static void check_concept(struct walk *w, const struct member *m, struct json_object *value)
{
    const char *set = m->element->binding;
    struct json_object *codings = en_json_get(value, "coding");
    bool fits = false;

    if (set[0] == '\0') {
        return;
    }
    if (strcmp(m->type, "Coding") == 0) {
        fits = coding_fits(w, set, value);
    } else if (strcmp(m->type, "CodeableConcept") == 0) {
        for (size_t i = 0; i < en_json_count(codings) && !fits; i++) {
            fits = coding_fits(w, set, en_json_at(codings, i));
        }
    } else {
        return;
    }
    if (!fits) {
        REPORT(w, "code-invalid", "needs a coding (system and code) of the value set %s", set);
    }
}

/* References */

/* Whether "(A|B)" names the type; NULL names all. */
static bool is_target(const char *targets, const char *type, size_t size)
{
    if (targets == NULL) {
        return true;
    }
    for (const char *p = targets; *p != ')' && *p != '\0';) {
        const size_t length = strcspn(++p, "|)");

        if (length == size && strncmp(p, type, size) == 0) {
            return true;
        }
        p += length;
    }
    return false;
}

static bool is_id_text(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!isalnum((unsigned char)text[i]) && text[i] != '-' && text[i] != '.') {
            return false;
        }
    }
    return size > 0 && size <= 64;
}

/* "Type/id" or "Type/id/_history/version". */
static void check_relative(struct walk *w, const char *targets, const char *text)
{
    static const char HISTORY[] = "/_history/";
    const size_t type_size = strcspn(text, "/");
    const struct en_r4_element *type = en_r4_find(w->r4, text, type_size);
    const char *id = text[type_size] == '/' ? text + type_size + 1 : "";
    const size_t id_size = strcspn(id, "/");
    const char *rest = id + id_size;
    const bool has_version =
        en_text_starts(rest, HISTORY) &&
        is_id_text(rest + sizeof HISTORY - 1, strlen(rest) - sizeof HISTORY + 1);

    if (type == NULL || strcmp(type->binding, "resource") != 0 || !is_id_text(id, id_size) ||
        (*rest != '\0' && !has_version)) {
        REPORT(w, "value", "must be Type/id, #id or an absolute URL");
    } else if (!is_target(targets, text, type_size)) {
        REPORT(w, "value", "points to a type of resource that is not allowed here");
    }
}

static void check_contained(struct walk *w, const char *targets, const char *id)
{
    struct json_object *contained = en_json_get(w->container, "contained");

    for (size_t i = 0; i < en_json_count(contained); i++) {
        struct json_object *candidate = en_json_at(contained, i);
        const char *type = en_json_text(candidate, "resourceType");

        if (en_text_equal(en_json_text(candidate, "id"), id)) {
            if (type != NULL && !is_target(targets, type, strlen(type))) {
                REPORT(w, "value", "points to a type of resource that is not allowed here");
            }
            return;
        }
    }
    REPORT(w, "not-found", "there is no contained resource with this id");
}

/* "urn:..." or "scheme://...". */
static bool is_absolute(const char *text)
{
    size_t i = 0;

    while (isalnum((unsigned char)text[i])) {
        i++;
    }
    return i > 0 && text[i] == ':';
}

static void check_reference(struct walk *w, const char *targets, struct json_object *value)
{
    const char *text = en_json_text(value, "reference");

    if (text == NULL) {
        return;
    }
    const size_t before = en_path_push(&w->path, "reference");

    if (text[0] == '#') {
        if (text[1] != '\0') { /* "#" alone is the container itself */
            check_contained(w, targets, text + 1);
        }
    } else if (!is_absolute(text)) {
        check_relative(w, targets, text);
    }
    en_path_pop(&w->path, before);
}

/* Rules of single types */

static bool has_choice(struct json_object *value, const char *name)
{
    if (!json_object_is_type(value, json_type_object)) {
        return false;
    }
    json_object_object_foreach(value, key, item)
    {
        (void)item;
        if (en_text_starts(key, name) && isupper((unsigned char)key[strlen(name)])) {
            return true;
        }
    }
    return false;
}

/* ext-1: a value or further extensions, not both and not none. */
static void check_extension(struct walk *w, struct json_object *value)
{
    if (has_choice(value, "value") == (en_json_get(value, "extension") != NULL)) {
        REPORT(w, "invariant", "an extension has either a value or further extensions");
    }
}

/* per-1: the start is not after the end. */
static void check_period(struct walk *w, struct json_object *value)
{
    en_day start, end;

    if (en_date_parse(en_json_text(value, "start"), &start, NULL) &&
        en_date_parse(en_json_text(value, "end"), &end, NULL) && start > end) {
        REPORT(w, "invariant", "a period must not end before it starts");
    }
}

/* qty-3: a coded unit needs its system. */
static void check_quantity(struct walk *w, struct json_object *value)
{
    if (en_json_get(value, "code") != NULL && en_json_get(value, "system") == NULL) {
        REPORT(w, "invariant", "a unit's code needs its system: http://unitsofmeasure.org");
    }
}

/* obs-6: a reason for a missing value stands only where the value is missing. */
static void check_observation(struct walk *w, struct json_object *value)
{
    if (has_choice(value, "value") && en_json_get(value, "dataAbsentReason") != NULL) {
        REPORT(w, "invariant", "has both a value and a reason why there is none");
    }
}

static const struct type_rule {
    const char *type;
    void (*check)(struct walk *w, struct json_object *value);
} TYPE_RULES[] = {
    {"Extension", check_extension},
    {"Period", check_period},
    {"Quantity", check_quantity},
    {"Age", check_quantity},
    {"Duration", check_quantity},
    {"Distance", check_quantity},
    {"Count", check_quantity},
    {"Observation", check_observation},
    {"Observation.component", check_observation},
};

static void check_type_rules(struct walk *w, const char *type, struct json_object *value)
{
    for (size_t i = 0; i < EN_COUNT(TYPE_RULES); i++) {
        if (strcmp(TYPE_RULES[i].type, type) == 0) {
            TYPE_RULES[i].check(w, value);
        }
    }
}

/* Values */

/* `id` and `extension` of a primitive: {"_birthDate": {"extension": [...]}}. */
static void primitive_extras(struct walk *w, struct json_object *extras)
{
    if (!json_object_is_type(extras, json_type_object)) {
        REPORT(w, "structure", "must be an object with id or extension");
        return;
    }
    object(w, en_r4_find(w->r4, "Element", SIZE_MAX), extras);
}

static void single(struct walk *w, const struct member *m, struct json_object *value)
{
    const bool is_link = m->type[0] == '#';
    const struct en_r4_element *type =
        is_link ? en_r4_find(w->r4, m->type + 1, SIZE_MAX) : en_r4_find(w->r4, m->type, SIZE_MAX);

    if (is_primitive(type)) {
        const char *problem = en_primitive_problem(m->type, value);

        if (problem != NULL) {
            REPORT(w, "value", "%s", problem);
        } else if (strcmp(m->type, "code") == 0) {
            check_code(w, m->element, json_object_get_string(value));
        }
        return;
    }
    if (strcmp(m->type, "Resource") == 0) {
        resource(w, value, strcmp(m->element->path, "DomainResource.contained") == 0);
        return;
    }
    /* A backbone element's children stand below the element itself. */
    object(w, m->element->first_child != NULL ? m->element : type, value);
    if (json_object_is_type(value, json_type_object)) {
        check_concept(w, m, value);
        if (strcmp(m->type, "Reference") == 0) {
            check_reference(w, m->targets, value);
        }
    }
}

static void list(struct walk *w, const struct member *m, struct json_object *value,
                 struct json_object *extras)
{
    const size_t count = en_json_count(value);

    if (!json_object_is_type(value, json_type_array)) {
        REPORT(w, "structure", "must be an array: put the value in [ ]");
        return;
    }
    if (count == 0) {
        REPORT(w, "structure", "an array must not be empty: leave the element out");
    }
    if (m->element->max < INT_MAX && count > (size_t)m->element->max) {
        REPORT(w, "structure", "must not have more than %d values", m->element->max);
    }
    for (size_t i = 0; i < count; i++) {
        struct json_object *item = en_json_at(value, i), *extra = en_json_at(extras, i);
        const size_t before = en_path_push_index(&w->path, i);

        if (item != NULL) {
            single(w, m, item);
        } else if (extra == NULL) {
            REPORT(w, "structure", "null is not a value in FHIR");
        }
        en_path_pop(&w->path, before);
    }
}

/* A value and its sibling with "_", either of which may be NULL. */
static void values(struct walk *w, const struct member *m, struct json_object *value, bool is_list,
                   struct json_object *extras)
{
    if (extras != NULL && !is_primitive(en_r4_find(w->r4, m->type, SIZE_MAX))) {
        REPORT(w, "structure", "only a primitive element has a sibling with _");
    } else if (extras != NULL && is_list) {
        for (size_t i = 0; i < en_json_count(extras); i++) {
            if (en_json_at(extras, i) != NULL) {
                primitive_extras(w, en_json_at(extras, i));
            }
        }
        if (en_json_count(extras) == 0 ||
            (value != NULL && en_json_count(extras) != en_json_count(value))) {
            REPORT(w, "structure", "the array with _ must be as long as the other");
        }
    } else if (extras != NULL) {
        primitive_extras(w, extras);
    }
    if (value == NULL) {
        return;
    }
    if (is_list) {
        list(w, m, value, extras);
    } else if (json_object_is_type(value, json_type_array)) {
        REPORT(w, "structure", "must be a single value, not an array");
    } else {
        single(w, m, value);
    }
}

/* Find a member's definition; the type of one that is no choice stands in its row. */
static bool find_member(struct walk *w, const struct en_r4_element *type, const char *key,
                        struct member *out)
{
    const char *name = NULL;
    size_t size = 0;

    *out = (struct member){0};
    out->element = en_r4_child(w->r4, type, key, &out->type);
    if (out->element == NULL) {
        return false;
    }
    const char *types = out->element->types;

    if (out->type == NULL && types[0] == '#') {
        out->type = types;
        return true;
    }
    if (out->type == NULL) {
        (void)en_r4_next_type(types, &name, &size, &out->targets);
        out->type = en_r4_find(w->r4, name, size)->path;
        return true;
    }
    while ((types = en_r4_next_type(types, &name, &size, &out->targets)) != NULL) {
        if (strncmp(out->type, name, size) == 0 && out->type[size] == '\0') {
            break;
        }
    }
    return true;
}

static bool is_list_element(const struct en_r4_element *e)
{
    return e->max > 1;
}

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

static void object_member(struct walk *w, const struct en_r4_element *type,
                          struct json_object *parent, const char *key, struct met *met)
{
    const bool is_sibling = key[0] == '_';
    const char *name = is_sibling ? key + 1 : key;
    const size_t before = en_path_push(&w->path, key);
    struct json_object *value = en_json_get(parent, key), *extras = NULL;
    char sibling[80];
    struct member m;

    (void)snprintf(sibling, sizeof sibling, "_%s", name);
    if (is_sibling && en_json_get(parent, name) != NULL) {
        en_path_pop(&w->path, before); /* checked with its value */
        return;
    }
    extras = en_json_get(parent, sibling);
    if (!find_member(w, type, name, &m)) {
        REPORT(w, "structure", "is no element of %s", type->path);
    } else if (value == NULL) {
        REPORT(w, "structure", "null is not a value in FHIR: leave the element out");
    } else {
        const char *other = met_key(met, m.element);

        if (other != NULL && strcmp(other, name) != 0) {
            REPORT(w, "structure", "only one kind of %s[x] may be given", m.element->name);
        }
        if (met->count < EN_JSON_MEMBERS_MAX) {
            met->elements[met->count] = m.element;
            met->keys[met->count++] = name;
        }
        values(w, &m, is_sibling ? NULL : value, is_list_element(m.element), extras);
    }
    en_path_pop(&w->path, before);
}

static void check_required(struct walk *w, const struct en_r4_element *type, const struct met *met)
{
    for (const struct en_r4_element *p = type; p != NULL; p = en_r4_base(w->r4, p)) {
        for (const struct en_r4_element *e = p->first_child; e != NULL; e = e->next) {
            if (e->min > 0 && met_key(met, e) == NULL) {
                const size_t before = en_path_push(&w->path, e->name);

                REPORT(w, "required", "is required%s", e->is_choice ? " in one of its types" : "");
                en_path_pop(&w->path, before);
            }
        }
    }
}

static void object(struct walk *w, const struct en_r4_element *type, struct json_object *value)
{
    struct met met = {.count = 0};

    if (!json_object_is_type(value, json_type_object)) {
        REPORT(w, "structure", "must be an object of type %s", type->path);
        return;
    }
    if (json_object_object_length(value) == 0) {
        REPORT(w, "structure", "an object must not be empty: leave the element out");
        return;
    }
    if (w->depth == 2 * EN_JSON_DEPTH_MAX) {
        REPORT(w, "too-costly", "is nested too deeply");
        return;
    }
    const bool is_resource = strcmp(type->binding, "resource") == 0;

    w->depth++;
    json_object_object_foreach(value, key, item)
    {
        (void)item;
        if (!is_resource || strcmp(key, "resourceType") != 0) {
            object_member(w, type, value, key, &met);
        }
    }
    check_required(w, type, &met);
    check_type_rules(w, type->path, value);
    w->depth--;
}

/* A resource; one inside another is `contained` and may not contain more (dom-2). */
static void resource(struct walk *w, struct json_object *value, bool is_contained)
{
    const char *name = en_json_text(value, "resourceType");
    const struct en_r4_element *type = name == NULL ? NULL : en_r4_find(w->r4, name, SIZE_MAX);
    struct json_object *container = w->container;

    if (!json_object_is_type(value, json_type_object)) {
        REPORT(w, "structure", "must be a resource: an object with a resourceType");
        return;
    }
    if (type == NULL || strcmp(type->binding, "resource") != 0) {
        const size_t before = en_path_push(&w->path, "resourceType");

        REPORT(w, name == NULL ? "required" : "value",
               "must name a type of resource of FHIR R4, such as Patient");
        en_path_pop(&w->path, before);
        return;
    }
    if (w->path.size == 0) {
        (void)en_path_push(&w->path, name);
    }
    if (is_contained && en_json_get(value, "contained") != NULL) {
        REPORT(w, "invariant", "a contained resource must not contain others");
    }
    w->container = is_contained ? container : value;
    object(w, type, value);
    w->container = container;
}

void en_r4_validate(const struct en_r4 *r4, struct json_object *value, struct en_arena *a,
                    struct en_issues *issues)
{
    struct walk w = {.r4 = r4, .arena = a, .issues = issues};

    resource(&w, value, false);
}

enum en_status en_fhir_validate(struct json_object *resource_object, struct en_arena *a,
                                struct en_issues *issues, struct en_err *err)
{
    const size_t errors = issues->error_count;
    struct en_r4 r4;

    EN_TRY(en_r4_load(a, &r4, err));
    en_r4_validate(&r4, resource_object, a, issues);
    return issues->error_count == errors
               ? EN_OK
               : en_fail(err, EN_EINVAL, "the resource is not valid FHIR R4: see the issues");
}
