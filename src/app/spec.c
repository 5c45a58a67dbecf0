/* SPDX-License-Identifier: Apache-2.0 */
#include "app/spec.h"

#include "base/text.h"
#include "fhir/issue.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

static void path_add(struct en_spec *s, const char *text)
{
    const size_t length = strlen(text);

    if (length < sizeof s->path - s->path_size) {
        memcpy(s->path + s->path_size, text, length + 1);
        s->path_size += length;
    }
}

/* A key as it may be printed: in a pointer "~" and "/" are escaped; what is no plain text is not
 * repeated. */
static const char *printable(struct en_spec *s, const char *key, bool is_pointer)
{
    struct en_buf text = EN_BUF((size_t)4 * EN_SPEC_TEXT_MAX);
    bool is_plain = *key != '\0' && strlen(key) <= EN_SPEC_TEXT_MAX;

    for (const char *c = key; *c != '\0' && is_plain; c++) {
        const char one[2] = {*c, '\0'};

        is_plain = isprint((unsigned char)*c);
        en_buf_add(&text, is_pointer && *c == '~' ? "~0" : is_pointer && *c == '/' ? "~1" : one);
    }
    const char *copy =
        en_arena_copy(s->arena, is_plain ? en_buf_text(&text) : "(unnamed)", SIZE_MAX);

    en_buf_free(&text);
    return copy == NULL ? "" : copy;
}

size_t en_spec_push(struct en_spec *s, const char *key)
{
    const size_t before = s->path_size;

    path_add(s, "/");
    path_add(s, printable(s, key, true));
    return before;
}

size_t en_spec_push_index(struct en_spec *s, size_t index)
{
    const size_t before = s->path_size;
    char text[32];

    (void)snprintf(text, sizeof text, "/%zu", index);
    path_add(s, text);
    return before;
}

void en_spec_pop(struct en_spec *s, size_t size)
{
    s->path_size = size;
    s->path[size] = '\0';
}

static void EN_PRINTF(2, 0) wrong(struct en_spec *s, const char *format, va_list args)
{
    char *text = en_arena_vprint(s->arena, format, args);

    en_issue_add(s->issues, s->arena, EN_ISSUE_ERROR, "value", s->path, "%s",
                 text == NULL ? "no memory to say what is wrong" : text);
}

void en_spec_wrong(struct en_spec *s, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    wrong(s, format, args);
    va_end(args);
}

void en_spec_wrong_at(struct en_spec *s, const char *key, const char *format, ...)
{
    const size_t before = en_spec_push(s, key);
    va_list args;

    va_start(args, format);
    wrong(s, format, args);
    va_end(args);
    en_spec_pop(s, before);
}

const char *en_spec_nearest(struct en_spec *s, const char *word, const char *const *words)
{
    const char *nearest = NULL;
    size_t best = strlen(word) / 3 + 2; /* further away is another word */

    for (size_t i = 0; words[i] != NULL; i++) {
        const size_t distance = en_text_distance(word, words[i]);

        if (distance < best) {
            best = distance;
            nearest = words[i];
        }
    }
    const char *text =
        nearest == NULL ? NULL : en_arena_print(s->arena, ": did you mean \"%s\"?", nearest);

    return text == NULL ? "" : text;
}

static bool is_one_of(const char *word, const char *const *words, size_t *index)
{
    for (size_t i = 0; words[i] != NULL; i++) {
        if (en_text_equal(word, words[i])) {
            *index = i;
            return true;
        }
    }
    return false;
}

/* "a, b, c": all words of a list. */
static const char *all_words(struct en_spec *s, const char *const *words)
{
    const char *text = words[0];

    for (size_t i = 1; words[i] != NULL && text != NULL; i++) {
        text = en_arena_print(s->arena, "%s, %s", text, words[i]);
    }
    return text == NULL ? "" : text;
}

static void refuse_key(struct en_spec *s, const char *key, const char *const *keys)
{
    const char *nearest = en_spec_nearest(s, key, keys);

    if (*nearest == '\0') {
        en_spec_wrong_at(s, key, "there is no such key; known are %s", all_words(s, keys));
    } else {
        en_spec_wrong_at(s, key, "there is no such key%s", nearest);
    }
}

bool en_spec_object(struct en_spec *s, struct json_object *object, const char *const *keys)
{
    if (!json_object_is_type(object, json_type_object)) {
        en_spec_wrong(s, "an object { ... } is expected");
        return false;
    }
    json_object_object_foreach(object, key, value)
    {
        size_t index = 0;

        (void)value;
        if (!is_one_of(key, keys, &index)) {
            refuse_key(s, key, keys);
        }
    }
    return true;
}

static bool number_of(struct json_object *value, double *out)
{
    if (!json_object_is_type(value, json_type_int) &&
        !json_object_is_type(value, json_type_double)) {
        return false;
    }
    *out = json_object_get_double(value);
    return isfinite(*out);
}

bool en_spec_number_of(struct en_spec *s, struct json_object *value, double low, double high,
                       double *out)
{
    double number = NAN;

    if (!number_of(value, &number)) {
        en_spec_wrong(s, "a number is expected");
        return false;
    }
    if (!(number >= low && number <= high)) {
        en_spec_wrong(s, "must be %g to %g", low, high);
        return false;
    }
    *out = number;
    return true;
}

bool en_spec_text_of(struct en_spec *s, struct json_object *value, const char **out)
{
    const char *text =
        json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
    const size_t size = text == NULL ? 0 : (size_t)json_object_get_string_len(value);

    if (text == NULL) {
        en_spec_wrong(s, "text in double quotes is expected");
        return false;
    }
    if (size == 0 || size > EN_SPEC_TEXT_MAX) {
        en_spec_wrong(s, "text of 1 to %d bytes is expected", EN_SPEC_TEXT_MAX);
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        if (iscntrl((unsigned char)text[i])) {
            en_spec_wrong(s, "text must not hold control characters");
            return false;
        }
    }
    *out = en_arena_copy(s->arena, text, size);
    return *out != NULL;
}

bool en_spec_number(struct en_spec *s, struct json_object *object, const char *key, double low,
                    double high, double *out)
{
    struct json_object *value = NULL;

    if (!json_object_object_get_ex(object, key, &value)) {
        return false;
    }
    const size_t before = en_spec_push(s, key);
    const bool is_right = en_spec_number_of(s, value, low, high, out);

    en_spec_pop(s, before);
    return is_right;
}

bool en_spec_integer(struct en_spec *s, struct json_object *object, const char *key, long long low,
                     long long high, long long *out)
{
    struct json_object *value = NULL;

    if (!json_object_object_get_ex(object, key, &value)) {
        return false;
    }
    const int64_t number = json_object_get_int64(value);

    if (!json_object_is_type(value, json_type_int) || number < low || number > high) {
        en_spec_wrong_at(s, key, "must be a whole number from %lld to %lld", low, high);
        return false;
    }
    *out = number;
    return true;
}

bool en_spec_text(struct en_spec *s, struct json_object *object, const char *key, const char **out)
{
    struct json_object *value = NULL;

    if (!json_object_object_get_ex(object, key, &value)) {
        return false;
    }
    const size_t before = en_spec_push(s, key);
    const bool is_right = en_spec_text_of(s, value, out);

    en_spec_pop(s, before);
    return is_right;
}

bool en_spec_choice(struct en_spec *s, struct json_object *object, const char *key,
                    const char *const *words, size_t *out)
{
    const char *word = NULL;

    if (!en_spec_text(s, object, key, &word)) {
        return false;
    }
    if (!is_one_of(word, words, out)) {
        en_spec_wrong_at(s, key, "must be one of %s", all_words(s, words));
        return false;
    }
    return true;
}

struct json_object *en_spec_array(struct en_spec *s, struct json_object *object, const char *key,
                                  size_t max)
{
    struct json_object *value = NULL;

    if (!json_object_object_get_ex(object, key, &value)) {
        return NULL;
    }
    if (!json_object_is_type(value, json_type_array)) {
        en_spec_wrong_at(s, key, "an array [ ... ] is expected");
        return NULL;
    }
    if (en_json_count(value) == 0 || en_json_count(value) > max) {
        en_spec_wrong_at(s, key, "1 to %zu values are expected, not %zu", max,
                         en_json_count(value));
        return NULL;
    }
    return value;
}

bool en_spec_ascending(struct en_spec *s, struct json_object *object, const char *key,
                       const struct en_spec_list *list, double *out, size_t *count)
{
    struct json_object *array = en_spec_array(s, object, key, list->max);
    const size_t before = en_spec_push(s, key);
    bool is_right = array != NULL;

    for (size_t i = 0; i < en_json_count(array); i++) {
        const size_t at = en_spec_push_index(s, i);
        bool is_number = en_spec_number_of(s, en_json_at(array, i), list->low, list->high, &out[i]);

        if (is_number && is_right && i > 0 && !(out[i] > out[i - 1])) {
            en_spec_wrong(s, "%s must ascend", list->what);
            is_number = false;
        }
        is_right = is_right && is_number;
        en_spec_pop(s, at);
    }
    en_spec_pop(s, before);
    if (is_right) {
        *count = en_json_count(array);
    }
    return is_right;
}
