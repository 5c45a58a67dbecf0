/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/fhirpath.h"

#include "base/instant.h"
#include "base/limits.h"
#include "base/text.h"
#include "fhir/fhirpath_inside.h"
#include "fhir/json.h"
#include "fhir/number.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

/* Collections */

void en_fp_stop(struct en_fp_run *r)
{
    r->steps = 0;
    r->lacks_memory = true;
}

bool en_fp_push(struct en_fp_run *r, struct en_fp_list *list, const struct en_fp_item *item)
{
    if (r->steps == 0) {
        return false;
    }
    r->steps--;
    if (list->count == list->room) {
        const size_t room = list->room == 0 ? 4 : 2 * list->room;
        struct en_fp_item *more = EN_NEW(r->context->arena, struct en_fp_item, room);

        if (more == NULL) {
            en_fp_stop(r);
            return false;
        }
        if (list->count > 0) {
            memcpy(more, list->items, list->count * sizeof *more);
        }
        list->items = more;
        list->room = room;
    }
    list->items[list->count++] = *item;
    return true;
}

void en_fp_push_boolean(struct en_fp_run *r, struct en_fp_list *list, bool truth)
{
    (void)en_fp_push(r, list, &(struct en_fp_item){.kind = EN_FP_BOOLEAN, .truth = truth});
}

void en_fp_push_text(struct en_fp_run *r, struct en_fp_list *list, enum en_fp_kind kind,
                     const char *text)
{
    (void)en_fp_push(r, list, &(struct en_fp_item){.kind = kind, .text = text});
}

/* Nodes */

struct en_fp_item en_fhirpath_item(const struct en_r4 *r4, const struct en_r4_member *m,
                                   struct json_object *value, struct json_object *extras)
{
    struct en_fp_item item = {.value = value, .shape = m->shape, .type = m->type, .extras = extras};
    const char *name = en_json_text(value, "resourceType");

    if (name != NULL && m->type != NULL && strcmp(m->type, "Resource") == 0) {
        const struct en_r4_element *type = en_r4_find(r4, name, SIZE_MAX);

        if (type != NULL) {
            item.shape = type;
            item.type = type->path;
        }
    }
    return item;
}

/* All values of one member: of a list one by one, with what stands beside each. */
static void push_values(struct en_fp_run *r, const struct en_r4_member *m,
                        struct json_object *value, struct json_object *extras,
                        struct en_fp_list *out)
{
    const bool is_list =
        json_object_is_type(value, json_type_array) || json_object_is_type(extras, json_type_array);
    const size_t values = en_json_count(value), others = en_json_count(extras);
    struct en_fp_item item;

    if (!is_list && (value != NULL || extras != NULL)) {
        item = en_fhirpath_item(r->context->r4, m, value, extras);
        (void)en_fp_push(r, out, &item);
    }
    for (size_t i = 0; is_list && i < (values > others ? values : others); i++) {
        item = en_fhirpath_item(r->context->r4, m, en_json_at(value, i), en_json_at(extras, i));
        if ((item.value != NULL || item.extras != NULL) && !en_fp_push(r, out, &item)) {
            return;
        }
    }
}

/* The member with this key of the object, when the definitions know it. */
static void push_member(struct en_fp_run *r, const struct en_r4_element *shape,
                        struct json_object *object, const char *key, struct en_fp_list *out)
{
    struct json_object *value = en_json_get(object, key);
    struct en_r4_member m;
    char sibling[80];

    if (!en_r4_member(r->context->r4, shape, key, &m)) {
        return;
    }
    (void)snprintf(sibling, sizeof sibling, "_%s", key);
    push_values(r, &m, value, en_json_get(object, sibling), out);
}

static const struct en_r4_element *definition(const struct en_r4_element *shape, const char *name)
{
    for (const struct en_r4_element *p = shape; p != NULL; p = p->base) {
        for (const struct en_r4_element *e = p->first_child; e != NULL; e = e->next) {
            if (strcmp(e->name, name) == 0) {
                return e;
            }
        }
    }
    return NULL;
}

/* Where an item's members stand: in its value, or beside a primitive. */
static struct json_object *object_of(const struct en_fp_item *item)
{
    if (json_object_is_type(item->value, json_type_object)) {
        return item->value;
    }
    return json_object_is_type(item->extras, json_type_object) ? item->extras : NULL;
}

void en_fp_members(struct en_fp_run *r, const struct en_fp_item *item, const char *name,
                   struct en_fp_list *out)
{
    struct json_object *object = item->kind == EN_FP_NODE ? object_of(item) : NULL;
    const struct en_r4_element *e =
        object == NULL || item->shape == NULL ? NULL : definition(item->shape, name);
    const size_t length = strlen(name);

    if (e == NULL) {
        return;
    }
    if (!e->is_choice) {
        push_member(r, item->shape, object, name, out);
        return;
    }
    json_object_object_foreach(object, key, value)
    {
        const char *plain = key[0] == '_' ? key + 1 : key;
        const bool is_seen = key[0] == '_' && en_json_get(object, plain) != NULL;

        (void)value;
        if (!is_seen && en_text_starts(plain, name) && isupper((unsigned char)plain[length])) {
            push_member(r, item->shape, object, plain, out);
        }
    }
}

void en_fp_children(struct en_fp_run *r, const struct en_fp_item *item, struct en_fp_list *out)
{
    struct json_object *object = item->kind == EN_FP_NODE ? object_of(item) : NULL;

    if (object == NULL || item->shape == NULL) {
        return;
    }
    json_object_object_foreach(object, key, value)
    {
        const char *plain = key[0] == '_' ? key + 1 : key;

        (void)value;
        if (key[0] != '_' || en_json_get(object, plain) == NULL) {
            push_member(r, item->shape, object, plain, out);
        }
    }
}

/* Values */

struct en_fp_item en_fp_plain(const struct en_fp_item *item)
{
    struct en_fp_item plain = *item;

    if (item->kind != EN_FP_NODE) {
        return plain;
    }
    if (json_object_is_type(item->value, json_type_boolean)) {
        plain.kind = EN_FP_BOOLEAN;
        plain.truth = json_object_get_boolean(item->value) != 0;
    } else if (json_object_is_type(item->value, json_type_string)) {
        plain.kind = EN_FP_STRING;
        plain.text = json_object_get_string(item->value);
    } else if (json_object_is_type(item->value, json_type_int) ||
               json_object_is_type(item->value, json_type_double)) {
        plain.kind = EN_FP_NUMBER;
        plain.text = json_object_get_string(item->value);
    }
    return plain;
}

enum en_fp_answer en_fp_truth(const struct en_fp_list *list)
{
    if (list->count == 0) {
        return EN_FP_UNKNOWN;
    }
    const struct en_fp_item plain = en_fp_plain(&list->items[0]);

    return list->count == 1 && plain.kind == EN_FP_BOOLEAN && !plain.truth ? EN_FP_FALSE
                                                                           : EN_FP_TRUE;
}

bool en_fp_equal(const struct en_fp_item *a, const struct en_fp_item *b)
{
    const struct en_fp_item x = en_fp_plain(a), y = en_fp_plain(b);

    if (x.kind != y.kind) {
        return false;
    }
    switch (x.kind) {
    case EN_FP_STRING:
        return strcmp(x.text, y.text) == 0;
    case EN_FP_NUMBER:
        return en_number_equal(x.text, y.text);
    case EN_FP_BOOLEAN:
        return x.truth == y.truth;
    case EN_FP_NODE:
        break;
    }
    return x.value != NULL && y.value != NULL && en_json_equal(x.value, y.value);
}

static bool is_moment(const struct en_fp_item *item)
{
    return item->type != NULL &&
           (strcmp(item->type, "date") == 0 || strcmp(item->type, "dateTime") == 0 ||
            strcmp(item->type, "instant") == 0);
}

/* Two dates of different precision that overlap are neither before nor behind each other. */
static bool compare_moments(const char *a, const char *b, int *order)
{
    int64_t a_low, a_high, b_low, b_high;

    if (!en_instant_span(a, &a_low, &a_high) || !en_instant_span(b, &b_low, &b_high)) {
        return false;
    }
    *order = a_high < b_low ? -1 : a_low > b_high ? 1 : 0;
    return *order != 0 || (a_low == b_low && a_high == b_high);
}

/* Quantities of one unit. */
static bool compare_quantities(struct json_object *a, struct json_object *b, int *order)
{
    static const char *const UNITS[] = {"system", "code", "unit"};
    struct json_object *x = en_json_get(a, "value"), *y = en_json_get(b, "value");

    for (size_t i = 0; i < EN_COUNT(UNITS); i++) {
        if (!en_text_equal(en_json_text(a, UNITS[i]), en_json_text(b, UNITS[i]))) {
            return false;
        }
    }
    if (en_fp_plain(&(struct en_fp_item){.value = x}).kind != EN_FP_NUMBER ||
        en_fp_plain(&(struct en_fp_item){.value = y}).kind != EN_FP_NUMBER) {
        return false;
    }
    *order = en_number_compare(json_object_get_string(x), json_object_get_string(y));
    return true;
}

bool en_fp_compare(const struct en_fp_item *a, const struct en_fp_item *b, int *order)
{
    const struct en_fp_item x = en_fp_plain(a), y = en_fp_plain(b);

    if (x.kind != y.kind || x.kind == EN_FP_BOOLEAN) {
        return false;
    }
    if (x.kind == EN_FP_NODE) {
        return compare_quantities(x.value, y.value, order);
    }
    if (x.kind == EN_FP_NUMBER) {
        *order = en_number_compare(x.text, y.text);
        return true;
    }
    if (is_moment(a) || is_moment(b)) {
        return compare_moments(x.text, y.text, order);
    }
    *order = strcmp(x.text, y.text);
    return true;
}

const char *en_fp_text(const struct en_fp_list *list)
{
    if (list->count != 1) {
        return NULL;
    }
    const struct en_fp_item plain = en_fp_plain(&list->items[0]);

    return plain.kind == EN_FP_STRING || plain.kind == EN_FP_NUMBER ? plain.text : NULL;
}

bool en_fp_is_type(const struct en_fp_item *item, const char *name)
{
    static const char *const PLAIN[] = {"", "String", "Decimal", "Boolean"};

    if (item->kind != EN_FP_NODE) {
        return strcmp(PLAIN[item->kind], name) == 0;
    }
    if (item->type != NULL && en_text_equal_nocase(item->type, name)) {
        return true; /* FHIR's boolean is System's Boolean, too */
    }
    for (const struct en_r4_element *p = item->shape; p != NULL; p = p->base) {
        if (strcmp(p->path, name) == 0) {
            return true;
        }
    }
    return false;
}

/* The walk over the program */

static void push_literal(struct en_fp_run *r, const struct en_fhirpath *p, struct en_fp_list *out)
{
    if (p->node == EN_FP_LITERAL_BOOLEAN) {
        en_fp_push_boolean(r, out, strcmp(p->text, "true") == 0);
    } else {
        en_fp_push_text(r, out, p->node == EN_FP_LITERAL_NUMBER ? EN_FP_NUMBER : EN_FP_STRING,
                        p->text);
    }
}

static void push_variable(struct en_fp_run *r, const char *name, struct en_fp_list *out)
{
    if (strcmp(name, "resource") == 0) {
        (void)en_fp_push(r, out, &r->context->resource);
    } else if (strcmp(name, "context") == 0) {
        (void)en_fp_push(r, out, r->focus);
    } else if (strcmp(name, "ucum") == 0) {
        en_fp_push_text(r, out, EN_FP_STRING, "http://unitsofmeasure.org");
    }
}

/* A name alone may be the type of the focus: Appointment.status. */
static void push_steps(struct en_fp_run *r, const struct en_fhirpath *p,
                       const struct en_fp_list *input, struct en_fp_list *out)
{
    for (size_t i = 0; i < input->count; i++) {
        const struct en_fp_item *item = &input->items[i];

        if (p->left == NULL && isupper((unsigned char)p->text[0]) && en_fp_is_type(item, p->text)) {
            (void)en_fp_push(r, out, item);
        } else {
            en_fp_members(r, item, p->text, out);
        }
    }
}

static void push_of_type(struct en_fp_run *r, const struct en_fhirpath *p,
                         const struct en_fp_list *input, struct en_fp_list *out)
{
    for (size_t i = 0; i < input->count; i++) {
        const bool is_type = en_fp_is_type(&input->items[i], p->right->text);

        if (strcmp(p->text, "is") == 0) {
            en_fp_push_boolean(r, out, is_type);
        } else if (is_type) {
            (void)en_fp_push(r, out, &input->items[i]);
        }
    }
}

struct en_fp_list en_fp_evaluate(struct en_fp_run *r, const struct en_fhirpath *p,
                                 const struct en_fp_list *focus, const struct en_fp_item *self)
{
    struct en_fp_list out = {0}, input = {0}, right = {0};

    if (r->steps == 0) {
        return out;
    }
    r->steps--;
    switch (p->node) {
    case EN_FP_LITERAL_STRING:
    case EN_FP_LITERAL_NUMBER:
    case EN_FP_LITERAL_BOOLEAN:
        push_literal(r, p, &out);
        return out;
    case EN_FP_THIS:
        (void)en_fp_push(r, &out, self);
        return out;
    case EN_FP_VARIABLE:
        push_variable(r, p->text, &out);
        return out;
    case EN_FP_MEMBER:
    case EN_FP_CALL:
    case EN_FP_OPERATOR:
    case EN_FP_TYPE:
        break;
    }
    input = p->left == NULL ? *focus : en_fp_evaluate(r, p->left, focus, self);
    if (p->node == EN_FP_MEMBER) {
        push_steps(r, p, &input, &out);
    } else if (p->node == EN_FP_CALL) {
        p->function(r, &(struct en_fp_call){p, &input, focus, self}, &out);
    } else if (p->node == EN_FP_TYPE) {
        push_of_type(r, p, &input, &out);
    } else {
        right = en_fp_evaluate(r, p->right, focus, self);
        p->operate(r, &input, &right, &out);
    }
    return out;
}

enum en_fp_answer en_fhirpath_holds(const struct en_fhirpath *program,
                                    const struct en_fp_context *context,
                                    const struct en_fp_item *focus)
{
    struct en_fp_run r = {.context = context, .focus = focus, .steps = EN_FHIRPATH_STEPS_MAX};
    const struct en_arena_mark mark = en_arena_mark(context->arena);
    struct en_fp_item item = *focus;
    const struct en_fp_list list = {.items = &item, .count = 1, .room = 1};

    assert(program != NULL && context->r4 != NULL);
    const struct en_fp_list result = en_fp_evaluate(&r, program, &list, focus);
    const enum en_fp_answer answer = en_fp_truth(&result);

    en_arena_rewind(context->arena, mark);
    if (r.lacks_memory) {
        return EN_FP_NO_MEMORY;
    }
    if (r.steps == 0) {
        return EN_FP_TOO_COSTLY;
    }
    /* A constraint must be true: nothing is not. Only what cannot be compared is no fault. */
    return answer == EN_FP_UNKNOWN && !r.is_uncertain ? EN_FP_FALSE : answer;
}
