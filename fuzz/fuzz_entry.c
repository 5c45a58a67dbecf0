/* SPDX-License-Identifier: Apache-2.0
 * A Bundle of requests, as far as it goes without a database: taken apart, its entries checked, its
 * conditions found to fit nothing, or one resource, and made ready.
 * - The Bundle, or an entry, is refused with a status and an issue, or every change has a valid id
 *   and a text.
 * - Made ready for other findings and back again, it is the same: works may run twice. */
#include "base/limits.h"
#include "base/text.h"
#include "fhir/json.h"
#include "fuzz.h"
#include "server/rest_bundle.h"
#include "server/rest_unit.h"

#include <string.h>

static struct en_arena table_arena = {.limit = 64 << 20};
static struct en_r4 r4;
static struct en_search_params params;
static struct en_server server;

static void check_done(const struct en_done *done)
{
    PROPERTY(done->status == 0 || (done->status >= 400 && done->status < 500));
    PROPERTY(!en_rest_refused(done) || done->issues.error_count > 0);
}

/* All texts that would be written, one behind the other; NULL when it is refused. */
static const char *settle(struct en_unit *u, int count, struct en_arena *a)
{
    struct en_buf all = EN_BUF(EN_OUTPUT_MAX);

    for (size_t i = 0; i < u->count; i++) {
        u->writes[i].match = (struct en_match){count, "found"};
    }
    for (size_t i = 0; i < u->pointer_count; i++) {
        u->pointers[i].match = (struct en_match){1, count == 1 ? "found" : "other"};
    }
    PROPERTY(en_unit_settle(u, NULL) == EN_OK);
    for (size_t i = 0; i < u->count; i++) {
        const struct en_write *w = &u->writes[i];

        check_done(w->done);
        if (!en_unit_refused(u) && !w->is_look && w->act == EN_ACT_PUT) {
            PROPERTY(en_rest_id_valid(w->id));
            PROPERTY(w->stamp.before != NULL && w->stamp.after != NULL);
            en_buf_print(&all, "%s %s%s\n", w->id, w->stamp.before, w->stamp.after);
        }
    }
    const char *out = en_unit_refused(u) ? NULL : en_arena_copy(a, en_buf_text(&all), SIZE_MAX);

    en_buf_free(&all);
    return out;
}

static void check_unit(const struct en_rest *rest, struct en_bundle *b)
{
    const struct en_unit_parts parts = {b->ins, b->dones, b->full_urls, b->count};
    struct en_unit u;

    PROPERTY(en_unit_open(&u, rest, &parts, NULL) == EN_OK);
    PROPERTY(en_unit_prepare(&u, NULL) == EN_OK);
    for (size_t i = 0; i < u.count; i++) {
        check_done(u.writes[i].done);
    }
    if (en_unit_refused(&u)) {
        return;
    }
    const char *before = settle(&u, 0, rest->arena);

    if (before == NULL || settle(&u, 1, rest->arena) == NULL) {
        return;
    }
    const char *after = settle(&u, 0, rest->arena);

    PROPERTY(after != NULL && strcmp(before, after) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_http_request rq = {.id = "0123456789abcdef",
                                       .query = "",
                                       .base = "http://127.0.0.1:8080/fhir",
                                       .caller = {.role = EN_ROLE_OWNER, .login = "owner"},
                                       .arena = &a};
    const struct en_rest rest = {.server = &server, .rq = &rq, .arena = &a, .is_bundle = true};
    struct json_object *tree = NULL;
    struct en_issues issues = {0};
    struct en_done done = {0};
    struct en_bundle b;

    if (params.count == 0) {
        PROPERTY(en_search_params_load(&table_arena, &params, NULL) == EN_OK);
        PROPERTY(en_r4_load(&table_arena, &r4, NULL) == EN_OK);
        server.r4 = &r4;
        server.params = &params;
    }
    if (en_json_read((const char *)bytes, size, &a, &tree, &issues, NULL) == EN_OK) {
        PROPERTY(en_bundle_read(&rest, tree, &b, &done, NULL) == EN_OK);
        check_done(&done);
        if (!en_rest_refused(&done)) {
            check_unit(&rest, &b);
        }
        en_bundle_free(&b);
    }
    json_object_put(tree);
    en_arena_free(&a);
    return 0;
}
