/* SPDX-License-Identifier: Apache-2.0
 * app/spec: reading a JSON specification. Every problem is collected with the JSON pointer (RFC
 * 6901) of its place, so that one run tells them all; unknown keys are refused with the nearest
 * known one. Not thread-safe: one reader belongs to one thread. */
#pragma once

#include "fhir/json.h"
#include "knowledge/knowledge.h"

enum { EN_SPEC_PATH_MAX = 512 };

struct en_spec {
    const struct en_knowledge *knowledge;
    struct en_arena *arena;
    struct en_issues *issues;
    char path[EN_SPEC_PATH_MAX]; /* of the place that is being read; "" the whole */
    size_t path_size;
};

/* Each returns the size to go back to with en_spec_pop. */
size_t en_spec_push(struct en_spec *s, const char *key);
size_t en_spec_push_index(struct en_spec *s, size_t index);
void en_spec_pop(struct en_spec *s, size_t size);

/* A problem at the present place, or at one of its members. */
void en_spec_wrong(struct en_spec *s, const char *format, ...) EN_PRINTF(2, 3);
void en_spec_wrong_at(struct en_spec *s, const char *key, const char *format, ...) EN_PRINTF(3, 4);

/* A list of words ends with NULL. */

/* Whether it is an object; its keys must be of the list. */
bool en_spec_object(struct en_spec *s, struct json_object *object, const char *const *keys);

/* Members. Each is false, and *out unchanged, when the member is absent or (a problem) wrong. */
bool en_spec_number(struct en_spec *s, struct json_object *object, const char *key, double low,
                    double high, double *out);
bool en_spec_integer(struct en_spec *s, struct json_object *object, const char *key, long long low,
                     long long high, long long *out);
/* Text of 1 .. EN_SPEC_TEXT_MAX bytes without control characters; lives in the arena. */
enum { EN_SPEC_TEXT_MAX = 80 };
bool en_spec_text(struct en_spec *s, struct json_object *object, const char *key, const char **out);
/* One word of a list. */
bool en_spec_choice(struct en_spec *s, struct json_object *object, const char *key,
                    const char *const *words, size_t *out);
/* An array of 1 .. max ascending numbers ("what": "weeks"); *count is set. */
struct en_spec_list {
    const char *what;
    double low, high;
    size_t max;
};
bool en_spec_ascending(struct en_spec *s, struct json_object *object, const char *key,
                       const struct en_spec_list *list, double *out, size_t *count);
/* An array of at least one value and at most max, or NULL: absent, or (a problem) wrong. */
struct json_object *en_spec_array(struct en_spec *s, struct json_object *object, const char *key,
                                  size_t max);

/* A value by itself, at the present place. */
bool en_spec_number_of(struct en_spec *s, struct json_object *value, double low, double high,
                       double *out);
bool en_spec_text_of(struct en_spec *s, struct json_object *value, const char **out);

/* ": did you mean \"x\"?", or "" when nothing in the list is near; lives in the arena. */
const char *en_spec_nearest(struct en_spec *s, const char *word, const char *const *words);
