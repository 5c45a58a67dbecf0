/* SPDX-License-Identifier: Apache-2.0
 * server/match: which row of the tables a path belongs to. */
#include "server/route.h"

#include <assert.h>
#include <string.h>

/* Does the path fit the pattern? Sets where the segments at {} begin. */
static bool fits(const char *pattern, const char *path, const char **args)
{
    size_t count = 0;

    while (*pattern != '\0') {
        if (*path != '/' || *pattern != '/') {
            return false;
        }
        const size_t want = strcspn(pattern + 1, "/"), have = strcspn(path + 1, "/");
        const bool is_any = want == 2 && memcmp(pattern + 1, "{}", 2) == 0;

        if (is_any ? have == 0 || path[1] == '$' || path[1] == '_'
                   : want != have || memcmp(pattern + 1, path + 1, want) != 0) {
            return false;
        }
        if (is_any) {
            assert(count < EN_PATH_ARGS_MAX);
            args[count++] = path + 1;
        }
        pattern += want + 1;
        path += have + 1;
    }
    return *path == '\0';
}

static enum en_status take_args(const char *const *starts, struct en_arena *a,
                                struct en_route_match *out, struct en_err *err)
{
    for (size_t i = 0; i < EN_PATH_ARGS_MAX && starts[i] != NULL; i++) {
        out->args[i] = en_arena_copy(a, starts[i], strcspn(starts[i], "/"));
        if (out->args[i] == NULL) {
            return en_fail(err, EN_ENOMEM, "no memory for a path");
        }
    }
    return EN_OK;
}

enum en_status en_route_find(const struct en_route *const *tables, enum en_method method,
                             const char *path, struct en_arena *a, struct en_route_match *out,
                             struct en_err *err)
{
    const enum en_method wanted = method == EN_HEAD ? EN_GET : method;
    const char *starts[EN_PATH_ARGS_MAX] = {NULL};
    size_t index = 0;

    *out = (struct en_route_match){0};
    for (; *tables != NULL; tables++) {
        for (const struct en_route *r = *tables; r->pattern != NULL; r++, index++) {
            const char *found[EN_PATH_ARGS_MAX] = {NULL};

            if (!fits(r->pattern, path, found)) {
                continue;
            }
            out->allowed |= 1U << r->method;
            if (r->method == wanted && out->route == NULL) {
                out->route = r;
                out->index = index;
                memcpy(starts, found, sizeof starts);
            }
        }
    }
    if ((out->allowed & 1U << EN_GET) != 0) {
        out->allowed |= 1U << EN_HEAD;
    }
    return take_args(starts, a, out, err);
}

size_t en_route_count(const struct en_route *const *tables)
{
    size_t count = 0;

    for (; *tables != NULL; tables++) {
        for (const struct en_route *r = *tables; r->pattern != NULL; r++) {
            count++;
        }
    }
    return count;
}

const struct en_route *en_route_at(const struct en_route *const *tables, size_t index)
{
    for (; *tables != NULL; tables++) {
        for (const struct en_route *r = *tables; r->pattern != NULL; r++) {
            if (index-- == 0) {
                return r;
            }
        }
    }
    return NULL;
}
