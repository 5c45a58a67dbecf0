/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/patch.h"

#include "base/limits.h"
#include "base/text.h"
#include "fhir/issue.h"
#include "fhir/json.h"

#include <assert.h>
#include <string.h>

/* The operations work on a copy, which takes the place of the resource when all went well. */
struct patcher {
    struct json_object *root; /* owned */
    struct json_object *operation;
    struct en_arena *arena;
    size_t size; /* bytes of all values put in, about: `copy` could double them a thousand times */
    enum en_status status; /* EN_EINVAL; EN_ECONFLICT of a test; EN_ENOMEM */
    const char *member;    /* of the operation that is wrong, "" the operation as a whole */
};

/* Where a JSON Pointer leads. */
struct place {
    bool is_root;
    struct json_object *parent, *value; /* value NULL: JSON's null, or nothing there yet */
    const char *key;                    /* in an object */
    size_t index;                       /* in an array */
    bool exists;
    size_t depth; /* of the containers around it */
};

/* A function gives what is wrong, or NULL. */
typedef const char *apply(struct patcher *p);

static const char NO_MEMORY[] = "no memory for the patch";

static const char *wrong(struct patcher *p, const char *member, const char *problem)
{
    p->member = member;
    return problem;
}

static const char *no_memory(struct patcher *p)
{
    p->status = EN_ENOMEM;
    return wrong(p, "", NO_MEMORY);
}

/* JSON Pointer (RFC 6901) */

/* The next token of *pointer (which stands at '/'), with ~1 and ~0 resolved; NULL when malformed
 * or memory is exhausted. */
static char *next_token(struct en_arena *a, const char **pointer)
{
    const char *from = *pointer + 1;
    const size_t size = strcspn(from, "/");
    char *token = en_arena_copy(a, from, size), *to = token;

    for (size_t i = 0; token != NULL && i < size; i++) {
        char c = from[i];

        if (c == '~') {
            i++;
            if (from[i] != '0' && from[i] != '1') {
                return NULL;
            }
            c = '~';
            if (from[i] == '1') {
                c = '/';
            }
        }
        *to++ = c;
    }
    if (token != NULL) {
        *to = '\0';
        *pointer = from + size;
    }
    return token;
}

/* "0", "1", "42", but not "01" or "+1"; "-" is the place behind the last one. */
static bool array_index(const char *token, size_t count, size_t *out)
{
    long long index = 0;

    if (strcmp(token, "-") == 0) {
        *out = count;
        return true;
    }
    if (token[0] < '0' || token[0] > '9' || (token[0] == '0' && token[1] != '\0') ||
        !en_text_integer(token, 0, INT32_MAX, &index)) {
        return false;
    }
    *out = (size_t)index;
    return true;
}

/* One step down from the container that `at` leads to. */
static const char *step(struct place *at, const char *token)
{
    struct json_object *container = at->value;

    *at = (struct place){.parent = container, .depth = at->depth + 1};
    if (json_object_is_type(container, json_type_object)) {
        at->key = token;
        at->exists = json_object_object_get_ex(container, token, &at->value);
        return NULL;
    }
    if (!json_object_is_type(container, json_type_array)) {
        return "leads through a value that is no object and no array";
    }
    if (!array_index(token, en_json_count(container), &at->index)) {
        return "needs an index (0, 1, ... or -) in an array";
    }
    at->exists = at->index < en_json_count(container);
    at->value = en_json_at(container, at->index);
    return NULL;
}

static const char *find(struct patcher *p, const char *member, struct place *out)
{
    const char *pointer = en_json_text(p->operation, member);
    struct json_object *text = en_json_get(p->operation, member);

    *out = (struct place){.is_root = true, .exists = true, .value = p->root};
    p->member = member;
    if (pointer == NULL) {
        return "is required: a JSON Pointer such as /name/0/family";
    }
    if ((size_t)json_object_get_string_len(text) != strlen(pointer) ||
        (pointer[0] != '\0' && pointer[0] != '/')) {
        return "must be a JSON Pointer: empty, or begun with /";
    }
    while (*pointer != '\0') {
        const char *token = next_token(p->arena, &pointer);

        if (token == NULL) {
            return "must be a JSON Pointer: ~ stands only in ~0 and ~1";
        }
        if (!out->exists) {
            return "does not exist in the resource";
        }
        const char *problem = step(out, token);

        if (problem != NULL) {
            return problem;
        }
    }
    return NULL;
}

/* The place must be there already. */
static const char *find_existing(struct patcher *p, const char *member, struct place *out)
{
    const char *problem = find(p, member, out);

    return problem != NULL || out->exists ? problem : "does not exist in the resource";
}

/* Changing the tree */

/* Containers nested within the value. */
static size_t depth_of(struct json_object *value)
{
    size_t deepest = 0;

    if (json_object_is_type(value, json_type_object)) {
        json_object_object_foreach(value, key, item)
        {
            const size_t depth = depth_of(item);

            (void)key;
            deepest = depth > deepest ? depth : deepest;
        }
        return deepest + 1;
    }
    for (size_t i = 0; i < en_json_count(value); i++) {
        const size_t depth = depth_of(en_json_at(value, i));

        deepest = depth > deepest ? depth : deepest;
    }
    return deepest + (json_object_is_type(value, json_type_array) ? 1 : 0);
}

static bool make_room(struct json_object *array, size_t index)
{
    if (json_object_array_add(array, NULL) != 0) {
        return false;
    }
    for (size_t i = en_json_count(array) - 1; i > index; i--) {
        if (json_object_array_put_idx(array, i, json_object_get(en_json_at(array, i - 1))) != 0) {
            return false;
        }
    }
    return true;
}

/* Put a value, which is taken over in any case, where `at` leads: a member takes the place of the
 * one of its name, an item moves those behind it. */
static const char *put(struct patcher *p, const struct place *at, struct json_object *value,
                       bool is_insert)
{
    const char *problem = NULL;
    bool is_done = false;

    p->member = "path";
    if (at->depth + depth_of(value) > EN_JSON_DEPTH_MAX) {
        problem = "nests objects and arrays too deeply";
    } else if (at->is_root) {
        json_object_put(p->root);
        p->root = value;
        return NULL;
    } else if (at->key != NULL && !at->exists &&
               json_object_object_length(at->parent) >= EN_JSON_MEMBERS_MAX) {
        problem = "gives an object too many members";
    } else if (at->key != NULL) {
        is_done = json_object_object_add(at->parent, at->key, value) == 0;
    } else if (at->index > en_json_count(at->parent)) {
        problem = "lies behind the end of the array";
    } else {
        is_done = (!is_insert || make_room(at->parent, at->index)) &&
                  json_object_array_put_idx(at->parent, at->index, value) == 0;
    }
    if (is_done) {
        return NULL;
    }
    json_object_put(value);
    return problem == NULL ? no_memory(p) : problem;
}

static void take_out(const struct place *at)
{
    if (at->key != NULL) {
        json_object_object_del(at->parent, at->key);
    } else {
        (void)json_object_array_del_idx(at->parent, at->index, 1);
    }
}

/* A copy of a value (NULL is JSON's null); EN_CASE_FILE_MAX bounds all of them together. */
static const char *duplicate(struct patcher *p, struct json_object *value, struct json_object **out)
{
    size_t length = 4;

    *out = NULL;
    if (value != NULL) {
        (void)json_object_to_json_string_length(value, JSON_C_TO_STRING_PLAIN, &length);
    }
    p->size += length;
    if (p->size > EN_CASE_FILE_MAX) {
        return wrong(p, "", "makes the resource larger than 8 MiB");
    }
    return value == NULL || json_object_deep_copy(value, out, NULL) == 0 ? NULL : no_memory(p);
}

/* The operations */

static const char *new_value(struct patcher *p, struct json_object **out)
{
    struct json_object *value = NULL;

    *out = NULL;
    if (!json_object_object_get_ex(p->operation, "value", &value)) {
        return wrong(p, "value", "is required (null is a value)");
    }
    p->member = "value";
    return duplicate(p, value, out);
}

static const char *apply_add(struct patcher *p)
{
    struct place at;
    struct json_object *value = NULL;
    const char *problem = find(p, "path", &at);

    problem = problem == NULL ? new_value(p, &value) : problem;
    return problem == NULL ? put(p, &at, value, true) : problem;
}

static const char *apply_remove(struct patcher *p)
{
    struct place at;
    const char *problem = find_existing(p, "path", &at);

    if (problem == NULL && at.is_root) {
        problem = "must not be the whole resource";
    }
    if (problem == NULL) {
        take_out(&at);
    }
    return problem;
}

static const char *apply_replace(struct patcher *p)
{
    struct place at;
    struct json_object *value = NULL;
    const char *problem = find_existing(p, "path", &at);

    problem = problem == NULL ? new_value(p, &value) : problem;
    return problem == NULL ? put(p, &at, value, false) : problem;
}

/* Whether path lies within from: "/a" and "/a/b". */
static bool is_within(const char *from, const char *path)
{
    return en_text_starts(path, from) && path[strlen(from)] == '/';
}

static const char *apply_move(struct patcher *p)
{
    struct place from, to;
    const char *problem = find_existing(p, "from", &from);
    const char *source = en_json_text(p->operation, "from");
    const char *target = en_json_text(p->operation, "path");

    if (problem != NULL || en_text_equal(source, target)) {
        return problem;
    }
    if (target != NULL && is_within(source, target)) {
        return wrong(p, "path", "must not lie within the place that is moved");
    }
    struct json_object *value = json_object_get(from.value);

    if (!from.is_root) {
        take_out(&from);
    }
    problem = find(p, "path", &to);
    if (problem != NULL) {
        json_object_put(value);
        return problem;
    }
    return put(p, &to, value, true);
}

static const char *apply_copy(struct patcher *p)
{
    struct place from, to;
    struct json_object *value = NULL;
    const char *problem = find_existing(p, "from", &from);

    problem = problem == NULL ? find(p, "path", &to) : problem;
    problem = problem == NULL ? duplicate(p, from.value, &value) : problem;
    return problem == NULL ? put(p, &to, value, true) : problem;
}

static const char *apply_test(struct patcher *p)
{
    struct place at;
    struct json_object *value = NULL;
    const char *problem = find_existing(p, "path", &at);

    if (problem != NULL) {
        return problem;
    }
    if (!json_object_object_get_ex(p->operation, "value", &value)) {
        return wrong(p, "value", "is required (null is a value)");
    }
    if (!en_json_equal(at.value, value)) {
        p->status = EN_ECONFLICT;
        return wrong(p, "value", "is not what the resource holds at this path");
    }
    return NULL;
}

static const struct operation {
    const char *name;
    apply *run;
} OPERATIONS[] = {
    {"add", apply_add},   {"remove", apply_remove}, {"replace", apply_replace},
    {"move", apply_move}, {"copy", apply_copy},     {"test", apply_test},
};

static const char *run_operation(struct patcher *p)
{
    const char *name = en_json_text(p->operation, "op");

    if (!json_object_is_type(p->operation, json_type_object)) {
        return wrong(p, "", "must be an object with op and path");
    }
    for (size_t i = 0; i < EN_COUNT(OPERATIONS); i++) {
        if (en_text_equal(name, OPERATIONS[i].name)) {
            return OPERATIONS[i].run(p);
        }
    }
    return wrong(p, "op", "must be add, remove, replace, move, copy or test");
}

static void report(const struct patcher *p, size_t index, const char *problem,
                   struct en_issues *issues)
{
    const char *code = p->status == EN_ECONFLICT ? "conflict" : "invalid";
    char place[64];

    (void)snprintf(place, sizeof place, "$this[%zu]%s%s", index, p->member[0] == '\0' ? "" : ".",
                   p->member);
    en_issue_add(issues, p->arena, EN_ISSUE_ERROR, code, place, "JSON Patch: %s", problem);
}

static enum en_status run_all(struct patcher *p, struct json_object *patch,
                              struct en_issues *issues, struct en_err *err)
{
    for (size_t i = 0; i < en_json_count(patch); i++) {
        p->operation = en_json_at(patch, i);
        p->member = "";
        const char *problem = run_operation(p);

        if (problem != NULL && p->status == EN_ENOMEM) {
            return en_fail(err, EN_ENOMEM, "%s", NO_MEMORY);
        }
        if (problem != NULL) {
            report(p, i, problem, issues);
            return en_fail(err, p->status, "operation %zu of the JSON Patch: %s %s", i, p->member,
                           problem);
        }
    }
    return EN_OK;
}

enum en_status en_json_patch(struct json_object **resource, struct json_object *patch,
                             struct en_arena *a, struct en_issues *issues, struct en_err *err)
{
    struct patcher p = {.arena = a, .status = EN_EINVAL, .member = ""};

    assert(resource != NULL && issues != NULL);
    if (!json_object_is_type(patch, json_type_array) ||
        en_json_count(patch) > EN_PATCH_OPERATIONS_MAX) {
        en_issue_add(issues, a, EN_ISSUE_ERROR, "structure", "$this",
                     "a JSON Patch is an array of at most %d operations",
                     (int)EN_PATCH_OPERATIONS_MAX);
        return en_fail(err, EN_EINVAL, "the JSON Patch is no array of at most %d operations",
                       (int)EN_PATCH_OPERATIONS_MAX);
    }
    if (duplicate(&p, *resource, &p.root) != NULL) {
        return en_fail(err, p.status, "%s", p.status == EN_ENOMEM ? NO_MEMORY : "too large");
    }
    const enum en_status st = run_all(&p, patch, issues, err);

    if (st == EN_OK) {
        json_object_put(*resource);
        *resource = p.root;
    } else {
        json_object_put(p.root);
    }
    return st;
}
