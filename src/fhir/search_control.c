/* SPDX-License-Identifier: Apache-2.0
 * The parameters that steer a search: _sort, _count, _include and their like. */
#include "base/text.h"
#include "fhir/search_inside.h"
#include "fhir/search_value.h"

#include <ctype.h>
#include <string.h>

enum { ELEMENT_MAX = 64 };

static const char *copy(struct en_search_reader *r, const char *text, size_t size)
{
    const char *out = en_arena_copy(r->a, text, size);

    r->is_full = r->is_full || out == NULL;
    return out == NULL ? "" : out;
}

static bool sort(struct en_search_reader *r, const char *name, const char *value)
{
    struct en_search_query *q = r->out;

    if (q->sort_count > 0) {
        return en_search_refuse(r, "value", name, "stands twice; give one list");
    }
    while (*value != '\0') {
        const bool is_descending = value[0] == '-';
        const size_t size = strcspn(value += is_descending ? 1 : 0, ",");
        const char *key = copy(r, value, size);
        const struct en_search_param *p = en_search_param_find(r->params, r->type, key);

        if (q->sort_count == EN_SEARCH_SORTS_MAX) {
            return en_search_refuse(r, "too-costly", name, "takes at most %d parameters",
                                    EN_SEARCH_SORTS_MAX);
        }
        if (p == NULL || strcmp(key, EN_SEARCH_COMPARTMENT) == 0) {
            return en_search_refuse(r, "not-supported", name,
                                    "takes search parameters of %s, with '-' before one that "
                                    "falls; /metadata lists them",
                                    r->type);
        }
        q->sorts[q->sort_count++] = (struct en_search_sort){p, is_descending};
        value += size + (value[size] == ',' ? 1 : 0);
    }
    return q->sort_count > 0 || en_search_refuse(r, "value", name, "has no value");
}

static bool count(struct en_search_reader *r, const char *name, const char *value)
{
    long long number = 0;

    if (r->out->count >= 0) {
        return en_search_refuse(r, "value", name, "stands twice");
    }
    if (!en_text_integer(value, 0, INT32_MAX, &number)) {
        return en_search_refuse(r, "value", name,
                                "takes a number from 0 on; a page holds at most "
                                "%d",
                                EN_SEARCH_COUNT_MAX);
    }
    r->out->count = number > EN_SEARCH_COUNT_MAX ? EN_SEARCH_COUNT_MAX : (int)number;
    return true;
}

static bool total(struct en_search_reader *r, const char *name, const char *value)
{
    if (strcmp(value, "none") == 0) {
        r->out->total = EN_TOTAL_NONE;
        return true;
    }
    if (strcmp(value, "accurate") == 0 || strcmp(value, "estimate") == 0) {
        r->out->total = EN_TOTAL_ACCURATE;
        return true;
    }
    return en_search_refuse(r, "value", name, "is none, estimate or accurate");
}

static bool summary(struct en_search_reader *r, const char *name, const char *value)
{
    static const char *const NAMES[] = {"false", "true", "count", "text", "data"};

    for (size_t i = 0; i < EN_COUNT(NAMES); i++) {
        if (strcmp(value, NAMES[i]) == 0) {
            r->out->summary = (enum en_search_summary)i;
            return true;
        }
    }
    return en_search_refuse(r, "not-supported", name, "is true, text, data, count or false");
}

/* "name,birthDate" -> "name; birthDate" */
static bool elements(struct en_search_reader *r, const char *name, const char *value)
{
    char *list = EN_NEW(r->a, char, 2 * strlen(value) + 1), *to = list;

    if (list == NULL) {
        r->is_full = true;
        return false;
    }
    while (*value != '\0') {
        const size_t size = strcspn(value, ",");

        for (size_t i = 0; i < size; i++) {
            if (!isalnum((unsigned char)value[i]) || size > ELEMENT_MAX) {
                return en_search_refuse(r, "value", name,
                                        "takes names of elements of %s, parted by commas", r->type);
            }
        }
        if (size > 0 && to != list) {
            *to++ = ';';
            *to++ = ' ';
        }
        for (size_t i = 0; i < size; i++) {
            *to++ = value[i];
        }
        value += size + (value[size] == ',' ? 1 : 0);
    }
    r->out->elements = list;
    return to != list || en_search_refuse(r, "value", name, "has no value");
}

static bool cursor(struct en_search_reader *r, const char *name, const char *value)
{
    if (r->out->cursor != NULL) {
        return en_search_refuse(r, "value", name, "stands twice");
    }
    r->out->cursor = copy(r, value, SIZE_MAX);
    return true;
}

static bool skip(struct en_search_reader *r, const char *name, const char *value)
{
    (void)r;
    (void)name;
    (void)value;
    return true;
}

/* Cut "Type:param:Target" at colons; the last is NULL when absent. False when it is none such. */
static bool cut_include(struct en_search_reader *r, const char *value, const char *parts[3])
{
    for (size_t i = 0; i < 3; i++) {
        const size_t size = value == NULL ? 0 : strcspn(value, ":");

        parts[i] = value == NULL ? NULL : copy(r, value, size);
        if (value != NULL && size == 0) {
            return false;
        }
        value = value == NULL || value[size] == '\0' ? NULL : value + size + 1;
    }
    return value == NULL && parts[1] != NULL;
}

static bool include(struct en_search_reader *r, const char *name, const char *value)
{
    struct en_search_query *q = r->out;
    const bool is_reverse = strcmp(name, "_revinclude") == 0;
    const char *parts[3];

    if (!cut_include(r, value, parts)) {
        return en_search_refuse(
            r, "not-supported", name,
            "takes Type:parameter or Type:parameter:Target; * is not supported");
    }
    const struct en_search_param *p = en_search_param_find(r->params, parts[0], parts[1]);

    if (p == NULL || parts[0] == NULL || p->kind != EN_SEARCH_REFERENCE ||
        strcmp(p->name, EN_SEARCH_COMPARTMENT) == 0 ||
        (!is_reverse && strcmp(parts[0], r->type) != 0)) {
        return en_search_refuse(r, "not-supported", name,
                                is_reverse ? "takes a reference parameter of any type"
                                           : "takes a reference parameter of the type searched");
    }
    const char *target = is_reverse ? r->type : parts[2];

    if ((target != NULL && !en_search_is_target(p->targets, target)) ||
        (is_reverse && parts[2] != NULL && !en_text_equal(parts[2], r->type))) {
        return en_search_refuse(r, "value", name, "follows a parameter that refers to: %s",
                                p->targets);
    }
    if (q->include_count == EN_SEARCH_INCLUDES_MAX) {
        return en_search_refuse(r, "too-costly", name, "may stand at most %d times",
                                EN_SEARCH_INCLUDES_MAX);
    }
    q->includes[q->include_count++] = (struct en_search_include){p, target, is_reverse};
    return true;
}

bool en_search_read_control(struct en_search_reader *r, const char *name, const char *value,
                            bool *is_good)
{
    static const struct {
        const char *name;
        bool (*read)(struct en_search_reader *, const char *, const char *);
    } CONTROLS[] = {
        {"_count", count},     {"_cursor", cursor}, {"_elements", elements},  {"_format", skip},
        {"_include", include}, {"_pretty", skip},   {"_revinclude", include}, {"_sort", sort},
        {"_summary", summary}, {"_total", total},
    };

    for (size_t i = 0; i < EN_COUNT(CONTROLS); i++) {
        const size_t size = strlen(CONTROLS[i].name);

        if (strncmp(name, CONTROLS[i].name, size) != 0 ||
            (name[size] != '\0' && name[size] != ':')) {
            continue;
        }
        *is_good = name[size] == '\0'
                       ? CONTROLS[i].read(r, name, value)
                       : en_search_refuse(r, "not-supported", name, "has no modifiers here");
        return true;
    }
    return false;
}
