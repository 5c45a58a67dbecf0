/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "care/inside.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct care_pad care_pad(const struct en_care *care, struct en_arena *a)
{
    return (struct care_pad){.k = care->knowledge, .a = a, .today = care->today};
}

void *care_take(struct care_pad *p, size_t size, size_t count)
{
    void *result = en_arena_take(p->a, size, count);

    if (result == NULL) {
        p->is_full = true;
    }
    return result;
}

const char *care_print(struct care_pad *p, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    const char *text = en_arena_vprint(p->a, format, args);

    va_end(args);
    p->is_full |= text == NULL;
    return text == NULL ? "" : text;
}

const char *care_list_add(struct care_pad *p, const char *list, const char *item)
{
    if (en_text_is_empty(list)) {
        return item;
    }
    return en_list_has(list, item) ? list : care_print(p, "%s; %s", list, item);
}

enum en_status care_check(const struct care_pad *p, const char *what, struct en_err *err)
{
    return p->is_full ? en_fail(err, EN_ELIMIT, "no room for %s: the memory limit is reached", what)
                      : EN_OK;
}

const char *care_next(struct care_pad *p, const char **list)
{
    const char *item = NULL;
    size_t size = 0;

    *list = en_list_next(*list, &item, &size);
    if (*list == NULL) {
        return NULL;
    }
    return care_print(p, "%.*s", (int)size, item);
}

struct en_fact care_fact(const struct en_fact_view *view, const char *id)
{
    const size_t index = en_fact_index(view->knowledge, id);

    if (index == SIZE_MAX) {
        return (struct en_fact){0};
    }
    return en_fact_seen(view, index, NULL);
}

double care_number(const struct en_fact_view *view, const char *id)
{
    const struct en_fact f = care_fact(view, id);

    return f.kind == EN_FACT_NUMBER ? f.number : NAN;
}

enum en_truth care_truth(const struct en_fact_view *view, const char *id)
{
    const struct en_fact f = care_fact(view, id);

    if (f.kind != EN_FACT_BOOL) {
        return EN_UNKNOWN;
    }
    return f.truth ? EN_TRUE : EN_FALSE;
}

const char *care_code(const struct en_fact_view *view, const char *id)
{
    const struct en_fact f = care_fact(view, id);

    return f.kind == EN_FACT_CODE ? f.code : NULL;
}

en_day care_date(const struct en_fact_view *view, const char *id)
{
    const struct en_fact f = care_fact(view, id);

    return f.kind == EN_FACT_DATE ? f.date : EN_DAY_UNKNOWN;
}

const struct en_row *care_condition(const struct en_knowledge *k, const char *id)
{
    return en_text_is_empty(id) ? NULL : en_row_find(k, "conditions", id);
}

const char *care_policy(const struct en_knowledge *k, const char *id)
{
    const struct en_row *row = en_row_find(k, "policies", id);

    return row == NULL || en_cell(row, "value")[0] == '\0' ? NULL : en_cell(row, "value");
}

const char *care_day_text(struct care_pad *p, en_day day)
{
    char text[EN_DATE_TEXT_MAX];

    if (day == EN_DAY_UNKNOWN) {
        return "unknown";
    }
    return care_print(p, "%s %s", en_weekday_name(day), en_date_text(day, text));
}

/* Position of the closing brace when text is "{name}..." with a name of letters and _. */
static size_t placeholder_size(const char *text)
{
    const size_t size = strspn(text + 1, "abcdefghijklmnopqrstuvwxyz_");

    return size > 0 && text[size + 1] == '}' ? size : 0;
}

static const char *fill_value(const struct care_fill *fills, size_t count, const char *name,
                              size_t size)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(fills[i].name) == size && strncmp(fills[i].name, name, size) == 0) {
            return en_text_is_empty(fills[i].value) ? "____________" : fills[i].value;
        }
    }
    return NULL;
}

const char *care_fill(struct care_pad *p, const char *text, const struct care_fill *fills,
                      size_t fill_count, const char **unknown)
{
    const char *result = "", *brace;

    while ((brace = strchr(text, '{')) != NULL) {
        const size_t size = placeholder_size(brace);
        const char *value = size == 0 ? "{" : fill_value(fills, fill_count, brace + 1, size);

        if (value == NULL) {
            *unknown = care_print(p, "%.*s", (int)size, brace + 1);
            return NULL;
        }
        result = care_print(p, "%s%.*s%s", result, (int)(brace - text), text, value);
        text = brace + (size == 0 ? 1 : size + 2);
    }
    return result[0] == '\0' ? text : care_print(p, "%s%s", result, text);
}
