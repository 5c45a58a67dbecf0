/* SPDX-License-Identifier: Apache-2.0
 * What a resource is found by. A parameter's paths are read as they stand in the table: JSON names,
 * then the type of the value, which picks its reader. */
#include "base/instant.h"
#include "base/text.h"
#include "fhir/json.h"
#include "fhir/search_value.h"

#include <assert.h>
#include <float.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_BYTES = 64, FIRST_CAPACITY = 32 };

struct extraction {
    const struct en_search_param *param;
    struct en_arena *a;
    struct en_index_value *values; /* shape [count] of [capacity] */
    size_t count, capacity;
    size_t first;       /* of this parameter */
    const char *system; /* of the codes at this path; "" none */
    enum en_status st;  /* the first failure */
    struct en_err *err;
};

static void no_memory(struct extraction *x)
{
    if (x->st == EN_OK) {
        x->st = en_fail(x->err, EN_ENOMEM, "no memory for the index values of a resource");
    }
}

/* Make room for one more value. */
static bool make_room(struct extraction *x)
{
    if (x->count >= EN_INDEX_VALUES_MAX) {
        x->st = en_fail(x->err, EN_ELIMIT,
                        "the resource is found by more than %d values: divide it, for example the "
                        "members of a group or the entries of a list",
                        EN_INDEX_VALUES_MAX);
        return false;
    }
    if (x->count < x->capacity) {
        return true;
    }
    const size_t capacity = x->capacity == 0 ? FIRST_CAPACITY : 2 * x->capacity;
    struct en_index_value *more = EN_NEW(x->a, struct en_index_value, capacity);

    if (more == NULL) {
        no_memory(x);
        return false;
    }
    if (x->count > 0) {
        memcpy(more, x->values, x->count * sizeof *more);
    }
    x->values = more;
    x->capacity = capacity;
    return true;
}

/* One more value; texts are copied and kept short. */
static void add(struct extraction *x, struct en_index_value v)
{
    if (x->st != EN_OK || !make_room(x)) {
        return;
    }
    v.param = x->param;
    v.system = v.system == NULL ? "" : en_search_key_text(v.system, x->a);
    v.code = v.code == NULL ? "" : en_search_key_text(v.code, x->a);
    v.text = v.text == NULL ? "" : en_search_key_text(v.text, x->a);
    if (v.system == NULL || v.code == NULL || v.text == NULL) {
        no_memory(x);
        return;
    }
    x->values[x->count++] = v;
}

static void add_token(struct extraction *x, const char *system, const char *code)
{
    if (!en_text_is_empty(system) || !en_text_is_empty(code)) {
        add(x, (struct en_index_value){.system = system, .code = code});
    }
}

static const char *text_of(struct json_object *value)
{
    return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

static void read_code(struct extraction *x, struct json_object *value)
{
    add_token(x, x->system, text_of(value));
}

static void read_boolean(struct extraction *x, struct json_object *value)
{
    if (json_object_is_type(value, json_type_boolean)) {
        add_token(x, "", json_object_get_boolean(value) != 0 ? "true" : "false");
    }
}

/* Whatever stands here, that it does. */
static void read_presence(struct extraction *x, struct json_object *value)
{
    if (value != NULL) {
        add_token(x, "", "true");
    }
}

static void read_coding(struct extraction *x, struct json_object *value)
{
    add_token(x, en_json_text(value, "system"), en_json_text(value, "code"));
}

static void read_concept(struct extraction *x, struct json_object *value)
{
    struct json_object *codings = en_json_get(value, "coding");

    for (size_t i = 0; i < en_json_count(codings); i++) {
        read_coding(x, en_json_at(codings, i));
    }
}

static void read_identifier(struct extraction *x, struct json_object *value)
{
    add_token(x, en_json_text(value, "system"), en_json_text(value, "value"));
}

static void read_contact(struct extraction *x, struct json_object *value)
{
    const char *text = en_json_text(value, "value");

    const char *lower = text == NULL ? NULL : en_search_lower(text, x->a);

    if (text != NULL && lower == NULL) {
        no_memory(x);
    }
    add_token(x, "", lower);
}

static void add_string(struct extraction *x, const char *text)
{
    if (text == NULL) {
        return;
    }
    const char *folded = en_search_fold(text, x->a);

    folded = folded == NULL ? NULL : en_search_cut(folded, x->a);
    if (folded == NULL) {
        no_memory(x);
    } else if (folded[0] != '\0') {
        add(x, (struct en_index_value){.code = folded, .text = text});
    }
}

static void read_string(struct extraction *x, struct json_object *value)
{
    add_string(x, text_of(value));
}

/* These members of an object: texts, or lists of texts. */
static void add_parts(struct extraction *x, struct json_object *value, const char *const *names)
{
    for (; *names != NULL; names++) {
        struct json_object *part = en_json_get(value, *names);

        if (part != NULL && json_object_is_type(part, json_type_array)) {
            for (size_t i = 0; i < en_json_count(part); i++) {
                add_string(x, text_of(en_json_at(part, i)));
            }
        } else {
            add_string(x, text_of(part));
        }
    }
}

static void read_name(struct extraction *x, struct json_object *value)
{
    static const char *const PARTS[] = {"text", "family", "given", "prefix", "suffix", NULL};

    add_parts(x, value, PARTS);
}

static void read_address(struct extraction *x, struct json_object *value)
{
    static const char *const PARTS[] = {"text",  "line",       "city",    "district",
                                        "state", "postalCode", "country", NULL};

    add_parts(x, value, PARTS);
}

/* A canonical may carry a version behind "|"; it is found without it, too. */
static void add_without_version(struct extraction *x, const char *text)
{
    const char *bar = strchr(text, '|');
    const char *start = bar == NULL ? NULL : en_arena_copy(x->a, text, (size_t)(bar - text));

    if (bar != NULL && start == NULL) {
        no_memory(x);
    } else if (bar != NULL && bar > text) {
        add(x, (struct en_index_value){.code = start});
    }
}

static void read_link(struct extraction *x, struct json_object *value)
{
    const char *text = text_of(value), *type, *id, *target_type;

    if (text == NULL || !en_search_reference(text, x->a, &type, &id, &target_type)) {
        return;
    }
    if (id == NULL) {
        no_memory(x);
        return;
    }
    add(x, (struct en_index_value){.system = type, .code = id});
    add_without_version(x, text);
}

static void read_reference(struct extraction *x, struct json_object *value)
{
    const char *text = en_json_text(value, "reference"), *type, *id, *target_type;

    if (text == NULL || !en_search_reference(text, x->a, &type, &id, &target_type)) {
        return;
    }
    if (id == NULL) {
        no_memory(x);
    } else if (target_type[0] == '\0' || en_search_is_target(x->param->targets, target_type)) {
        add(x, (struct en_index_value){.system = type, .code = id});
    }
}

static void read_uri(struct extraction *x, struct json_object *value)
{
    const char *text = text_of(value);

    if (!en_text_is_empty(text)) {
        add(x, (struct en_index_value){.code = text});
        add_without_version(x, text);
    }
}

static void add_span(struct extraction *x, int64_t low_us, int64_t high_us)
{
    if (low_us <= high_us) {
        add(x, (struct en_index_value){.low_us = low_us, .high_us = high_us});
    }
}

static void read_date(struct extraction *x, struct json_object *value)
{
    int64_t low_us, high_us;

    if (en_instant_span(text_of(value), &low_us, &high_us)) {
        add_span(x, low_us, high_us);
    }
}

/* Its two ends; one that is absent or unreadable is open. False when both are. */
static bool period_ends(struct json_object *value, int64_t *low_us, int64_t *high_us)
{
    int64_t other;
    const bool has_start = en_instant_span(en_json_text(value, "start"), low_us, &other);
    const bool has_end = en_instant_span(en_json_text(value, "end"), &other, high_us);

    *low_us = has_start ? *low_us : INT64_MIN;
    *high_us = has_end ? *high_us : INT64_MAX;
    return has_start || has_end;
}

static void read_period(struct extraction *x, struct json_object *value)
{
    int64_t low_us, high_us;

    if (period_ends(value, &low_us, &high_us)) {
        add_span(x, low_us, high_us);
    }
}

/* The outer limits of its events and bounds: what R4's search asks for. */
static void read_timing(struct extraction *x, struct json_object *value)
{
    struct json_object *events = en_json_get(value, "event");
    int64_t low_us, high_us, first_us = INT64_MAX, last_us = INT64_MIN;
    bool is_known = false;

    for (size_t i = 0; i < en_json_count(events); i++) {
        if (en_instant_span(text_of(en_json_at(events, i)), &low_us, &high_us)) {
            first_us = low_us < first_us ? low_us : first_us;
            last_us = high_us > last_us ? high_us : last_us;
            is_known = true;
        }
    }
    if (period_ends(en_json_get(en_json_get(value, "repeat"), "boundsPeriod"), &low_us, &high_us)) {
        first_us = low_us < first_us ? low_us : first_us;
        last_us = high_us > last_us ? high_us : last_us;
        is_known = true;
    }
    if (is_known) {
        add_span(x, first_us, last_us);
    }
}

static bool number_of(struct json_object *value, double *out)
{
    if (!json_object_is_type(value, json_type_double) &&
        !json_object_is_type(value, json_type_int)) {
        return false;
    }
    *out = json_object_get_double(value);
    return *out >= -DBL_MAX && *out <= DBL_MAX;
}

static void read_number(struct extraction *x, struct json_object *value)
{
    double number;

    if (number_of(value, &number)) {
        add(x, (struct en_index_value){.low = number, .high = number});
    }
}

/* The code of the unit, and what it is called where that is another text. */
static void add_quantity(struct extraction *x, struct json_object *q, double low, double high)
{
    const char *code = en_json_text(q, "code"), *unit = en_json_text(q, "unit");

    add(x, (struct en_index_value){
               .system = en_json_text(q, "system"), .code = code, .low = low, .high = high});
    if (unit != NULL && !en_text_equal(unit, code)) {
        add(x, (struct en_index_value){.code = unit, .low = low, .high = high});
    }
}

/* "< 5" is anything below. */
static void read_quantity(struct extraction *x, struct json_object *value)
{
    const char *comparator = en_json_text(value, "comparator");
    double number;

    if (number_of(en_json_get(value, "value"), &number)) {
        const bool is_below = comparator != NULL && comparator[0] == '<';
        const bool is_above = comparator != NULL && comparator[0] == '>';

        add_quantity(x, value, is_below ? -DBL_MAX : number, is_above ? DBL_MAX : number);
    }
}

static void read_money(struct extraction *x, struct json_object *value)
{
    double number;

    if (number_of(en_json_get(value, "value"), &number)) {
        add(x, (struct en_index_value){.system = "urn:iso:std:iso:4217",
                                       .code = en_json_text(value, "currency"),
                                       .low = number,
                                       .high = number});
    }
}

static void read_range(struct extraction *x, struct json_object *value)
{
    struct json_object *low = en_json_get(value, "low"), *high = en_json_get(value, "high");
    double from = -DBL_MAX, to = DBL_MAX;
    const bool has_low = number_of(en_json_get(low, "value"), &from);
    const bool has_high = number_of(en_json_get(high, "value"), &to);

    if ((!has_low && !has_high) || from > to) {
        return;
    }
    if (x->param->kind == EN_SEARCH_NUMBER) {
        add(x, (struct en_index_value){.low = from, .high = to});
    } else {
        add_quantity(x, has_low ? low : high, from, to);
    }
}

static const struct reader {
    const char *type;
    enum en_search_kind kind;
    void (*read)(struct extraction *x, struct json_object *value);
} READERS[] = {
    {"boolean", EN_SEARCH_TOKEN, read_boolean},
    {"code", EN_SEARCH_TOKEN, read_code},
    {"id", EN_SEARCH_TOKEN, read_code},
    {"string", EN_SEARCH_TOKEN, read_code},
    {"uri", EN_SEARCH_TOKEN, read_code},
    {"canonical", EN_SEARCH_TOKEN, read_code},
    {"true", EN_SEARCH_TOKEN, read_presence},
    {"Coding", EN_SEARCH_TOKEN, read_coding},
    {"CodeableConcept", EN_SEARCH_TOKEN, read_concept},
    {"Identifier", EN_SEARCH_TOKEN, read_identifier},
    {"ContactPoint", EN_SEARCH_TOKEN, read_contact},
    {"string", EN_SEARCH_STRING, read_string},
    {"markdown", EN_SEARCH_STRING, read_string},
    {"HumanName", EN_SEARCH_STRING, read_name},
    {"Address", EN_SEARCH_STRING, read_address},
    {"Reference", EN_SEARCH_REFERENCE, read_reference},
    {"canonical", EN_SEARCH_REFERENCE, read_link},
    {"uri", EN_SEARCH_REFERENCE, read_link},
    {"date", EN_SEARCH_DATE, read_date},
    {"dateTime", EN_SEARCH_DATE, read_date},
    {"instant", EN_SEARCH_DATE, read_date},
    {"Period", EN_SEARCH_DATE, read_period},
    {"Timing", EN_SEARCH_DATE, read_timing},
    {"decimal", EN_SEARCH_NUMBER, read_number},
    {"integer", EN_SEARCH_NUMBER, read_number},
    {"positiveInt", EN_SEARCH_NUMBER, read_number},
    {"unsignedInt", EN_SEARCH_NUMBER, read_number},
    {"Range", EN_SEARCH_NUMBER, read_range},
    {"Quantity", EN_SEARCH_QUANTITY, read_quantity},
    {"Age", EN_SEARCH_QUANTITY, read_quantity},
    {"Count", EN_SEARCH_QUANTITY, read_quantity},
    {"Distance", EN_SEARCH_QUANTITY, read_quantity},
    {"Duration", EN_SEARCH_QUANTITY, read_quantity},
    {"Money", EN_SEARCH_QUANTITY, read_money},
    {"Range", EN_SEARCH_QUANTITY, read_range},
    {"uri", EN_SEARCH_URI, read_uri},
    {"url", EN_SEARCH_URI, read_uri},
    {"oid", EN_SEARCH_URI, read_uri},
    {"uuid", EN_SEARCH_URI, read_uri},
    {"canonical", EN_SEARCH_URI, read_uri},
};

/* Behind the colon: "CodeableConcept", "code@system". */
static void read_leaf(struct extraction *x, struct json_object *value, const char *type)
{
    const size_t size = strcspn(type, "@ ");
    char system[2 * NAME_MAX_BYTES] = "";

    if (type[size] == '@') {
        (void)snprintf(system, sizeof system, "%.*s", (int)strcspn(type + size + 1, " "),
                       type + size + 1);
    }
    x->system = system;
    for (size_t i = 0; i < EN_COUNT(READERS); i++) {
        const struct reader *r = &READERS[i];

        if (r->kind == x->param->kind && strncmp(r->type, type, size) == 0 &&
            r->type[size] == '\0') {
            r->read(x, value);
            break;
        }
    }
    x->system = "";
}

/* Whether the object has what the filter "system=phone" asks for. */
static bool fits(struct json_object *object, const char *filter)
{
    char name[NAME_MAX_BYTES];
    const size_t size = strcspn(filter, "=");
    const char *wanted = filter + size + 1;

    (void)snprintf(name, sizeof name, "%.*s", (int)size, filter);
    const char *text = en_json_text(object, name);
    const size_t length = strcspn(wanted, "]");

    return text != NULL && strlen(text) == length && strncmp(text, wanted, length) == 0;
}

/* Follow the path from here; a list stands for each of its items. Paths have four steps at most. */
static void walk(struct extraction *x, struct json_object *here, const char *path)
{
    char name[NAME_MAX_BYTES];
    const size_t size = strcspn(path, ".[:");

    (void)snprintf(name, sizeof name, "%.*s", (int)size, path);
    struct json_object *found = en_json_get(here, name);
    const char *filter = path[size] == '[' ? path + size + 1 : NULL;
    const char *rest = filter == NULL ? path + size : strchr(filter, ']') + 1;
    const bool is_list = found != NULL && json_object_is_type(found, json_type_array);
    const size_t count = is_list ? en_json_count(found) : 1;

    for (size_t i = 0; found != NULL && i < count; i++) {
        struct json_object *item = is_list ? en_json_at(found, i) : found;

        if (item == NULL || (filter != NULL && !fits(item, filter))) {
            continue;
        }
        if (rest[0] == '.') {
            walk(x, item, rest + 1);
        } else {
            read_leaf(x, item, rest + 1);
        }
    }
}

static int order_of_numbers(double a, double b)
{
    return a < b ? -1 : a > b;
}

/* In the order of the index tables' keys. */
static int by_value(const void *a, const void *b)
{
    const struct en_index_value *x = a, *y = b;
    int order = strcmp(x->code, y->code);

    order = order != 0 ? order : strcmp(x->system, y->system);
    order = order != 0 ? order : strcmp(x->text, y->text);
    order = order != 0 ? order : order_of_numbers(x->low, y->low);
    order = order != 0 ? order : order_of_numbers(x->high, y->high);
    if (order == 0 && x->low_us != y->low_us) {
        order = x->low_us < y->low_us ? -1 : 1;
    }
    if (order == 0 && x->high_us != y->high_us) {
        order = x->high_us < y->high_us ? -1 : 1;
    }
    return order;
}

/* The values of this parameter, each once. */
static void drop_repeats(struct extraction *x)
{
    size_t kept = x->first;

    if (x->count - x->first < 2) {
        return;
    }
    qsort(x->values + x->first, x->count - x->first, sizeof *x->values, by_value);
    for (size_t i = x->first; i < x->count; i++) {
        if (kept == x->first || by_value(&x->values[kept - 1], &x->values[i]) != 0) {
            x->values[kept++] = x->values[i];
        }
    }
    x->count = kept;
}

static void extract_param(struct extraction *x, struct json_object *resource)
{
    x->first = x->count;
    for (const char *p = x->param->paths; *p != '\0' && x->st == EN_OK; p += strspn(p, " ")) {
        if (!en_text_starts(p, "else:")) {
            walk(x, resource, p);
        } else if (x->count == x->first) {
            add_token(x, "", "false");
        }
        p += strcspn(p, " ");
    }
    drop_repeats(x);
}

enum en_status en_search_extract(const struct en_search_params *params,
                                 struct json_object *resource, struct en_arena *a,
                                 struct en_index_value **out, size_t *count, struct en_err *err)
{
    const char *type = en_json_text(resource, "resourceType");
    struct extraction x = {.a = a, .err = err, .system = ""};
    size_t param_count;

    *out = NULL;
    *count = 0;
    if (type == NULL) {
        return en_fail(err, EN_EINVAL, "the resource has no resourceType");
    }
    const struct en_search_param *first = en_search_params_of(params, type, &param_count);

    for (size_t i = 0; i < param_count && x.st == EN_OK; i++) {
        x.param = &first[i];
        if (x.param->kind != EN_SEARCH_ID && x.param->kind != EN_SEARCH_UPDATED) {
            extract_param(&x, resource);
        }
    }
    if (x.st == EN_OK) {
        *out = x.values;
        *count = x.count;
    }
    return x.st;
}
