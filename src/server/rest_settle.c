/* SPDX-License-Identifier: Apache-2.0
 * The second part of a change: what is to be done, given what the conditions found, and the texts
 * and index values of it. */
#include "base/text.h"
#include "fhir/json.h"
#include "server/rest_unit.h"

#include <stdlib.h>
#include <string.h>

/* SAFETY: with several matches a guess would change the record of another patient. */
static bool refuse_several(const struct en_rest *rest, const struct en_write *w)
{
    if (w->match.count == EN_MATCH_SEVERAL) {
        en_rest_refuse(rest, w->done, 412, "multiple-matches",
                       "the condition fits more than one %s", w->in->type);
    }
    return w->match.count == EN_MATCH_SEVERAL;
}

/* Update of whatever the query finds. */
static void settle_update(const struct en_rest *rest, struct en_write *w)
{
    const char *own = w->own_id;

    if (w->match.count == 1) {
        w->id = w->match.id;
        if (own != NULL && !en_text_equal(own, w->id)) {
            en_rest_refuse(rest, w->done, 400, "value",
                           "the id in the body is not that of the %s that the query finds",
                           w->in->type);
        }
        return;
    }
    w->id = own == NULL ? w->fresh_id : own;
    w->must_be_new = true;
}

static void decide(const struct en_rest *rest, struct en_write *w)
{
    static const enum en_act ACTS[EN_REST_KINDS] = {
        [EN_REST_CREATE] = EN_ACT_PUT,
        [EN_REST_UPDATE] = EN_ACT_PUT,
        [EN_REST_PATCH] = EN_ACT_PATCH,
        [EN_REST_DELETE] = EN_ACT_DELETE,
    };
    const struct en_interact *in = w->in;

    w->act = ACTS[in->kind];
    w->must_be_new = false;
    w->id = in->kind == EN_REST_CREATE ? w->fresh_id : in->id;
    if (!w->is_conditional || refuse_several(rest, w)) {
        return;
    }
    switch (in->kind) {
    case EN_REST_CREATE:
        if (w->match.count == 1) {
            w->act = EN_ACT_FOUND;
            w->id = w->match.id;
        }
        return;
    case EN_REST_UPDATE:
        settle_update(rest, w);
        return;
    case EN_REST_PATCH:
        w->id = w->match.id;
        if (w->match.count == 0) {
            en_rest_refuse(rest, w->done, 404, "not-found", "the query finds no %s to change",
                           in->type);
        }
        return;
    case EN_REST_DELETE:
        w->id = w->match.id;
        w->act = w->match.count == 0 ? EN_ACT_NOTHING : EN_ACT_DELETE;
        return;
    case EN_REST_READ:
    case EN_REST_VREAD:
    case EN_REST_HISTORY:
    case EN_REST_SEARCH:
    case EN_REST_KINDS:
        return;
    }
}

/* Which entry's references are being set. */
struct setting {
    const struct en_unit *unit;
    const struct en_write *write;
};

/* Length of the part of a fullUrl before "Type/id": what relative references are relative to. */
static size_t root_of(const char *full_url)
{
    size_t size = strlen(full_url);

    for (int slashes = 0; size > 0; size--) {
        slashes += full_url[size - 1] == '/' ? 1 : 0;
        if (slashes == 2) {
            break;
        }
    }
    return size;
}

static const char *place_of(const struct en_unit *u, const struct en_write *target)
{
    return en_arena_print(u->rest->arena, "%s/%s", target->in->type, target->id);
}

static const char *place_of_pointer(const struct en_unit *u, const char *address)
{
    for (size_t i = 0; i < u->pointer_count; i++) {
        const struct en_pointer *p = &u->pointers[i];

        if (strcmp(p->text, address) == 0) {
            return p->write != NULL ? place_of(u, p->write)
                                    : en_arena_print(u->rest->arena, "%s/%s",
                                                     p->criteria.query.type, p->match.id);
        }
    }
    return NULL;
}

static const char *find_place(void *context, const char *address)
{
    const struct setting *s = context;
    const struct en_unit *u = s->unit;
    const char *own = s->write->full_url;
    const struct en_write *target = en_unit_look_up(u, address);

    if (target == NULL && own != NULL && en_text_starts(own, "http") &&
        strchr(address, ':') == NULL) {
        const char *whole =
            en_arena_print(u->rest->arena, "%.*s%s", (int)root_of(own), own, address);

        target = whole == NULL ? NULL : en_unit_look_up(u, whole);
    }
    return target != NULL ? place_of(u, target) : place_of_pointer(u, address);
}

enum en_status en_write_make(const struct en_rest *rest, struct json_object *body, const char *id,
                             struct en_write *w, struct en_err *err)
{
    EN_TRY(en_search_extract(rest->server->params, body, rest->arena, &w->index, &w->index_count,
                             err));
    return en_stamp_make(body, id, rest->arena, &w->stamp, err);
}

static enum en_status make(struct en_unit *u, struct en_write *w, struct en_err *err)
{
    struct setting s = {u, w};

    for (size_t i = 0; i < w->link_count; i++) {
        EN_TRY(en_link_set(&w->links[i], find_place, &s, err));
    }
    const enum en_status st = en_write_make(u->rest, w->in->body, w->id, w, err);

    if (st == EN_ELIMIT) {
        en_rest_refuse(u->rest, w->done, 422, "too-costly",
                       "the resource has more values to be found by than are kept");
        return EN_OK;
    }
    return st;
}

static int compare(const void *a, const void *b)
{
    const struct en_write *x = *(const struct en_write *const *)a,
                          *y = *(const struct en_write *const *)b;
    const int by_type = strcmp(x->in->type, y->in->type);

    return by_type != 0 ? by_type : strcmp(x->id, y->id);
}

/* What happens to a resource first and what second is not said by the order of entries. */
static enum en_status refuse_duplicates(struct en_unit *u, struct en_err *err)
{
    struct en_write **list = EN_NEW(u->rest->arena, struct en_write *, u->count);
    size_t count = 0;

    if (list == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a transaction");
    }
    for (size_t i = 0; i < u->count; i++) {
        struct en_write *w = &u->writes[i];

        if (!w->is_look && w->id != NULL && w->act != EN_ACT_FOUND && w->act != EN_ACT_NOTHING) {
            list[count++] = w;
        }
    }
    qsort(list, count, sizeof(struct en_write *), compare);
    for (size_t i = 1; i < count; i++) {
        if (compare(&list[i - 1], &list[i]) == 0) {
            en_rest_refuse(u->rest, list[i]->done, 400, "duplicate",
                           "two entries change the same resource");
        }
    }
    return EN_OK;
}

static void check_pointers(struct en_unit *u)
{
    for (size_t i = 0; i < u->pointer_count; i++) {
        const struct en_pointer *p = &u->pointers[i];

        if (p->write == NULL && p->match.count != 1) {
            en_rest_refuse(u->rest, u->writes[0].done, 412,
                           p->match.count == 0 ? "not-found" : "multiple-matches",
                           "a conditional reference to %s fits %s: it must fit exactly one",
                           p->criteria.query.type, p->match.count == 0 ? "none" : "more than one");
        }
    }
}

enum en_status en_unit_settle(struct en_unit *u, struct en_err *err)
{
    for (size_t i = 0; i < u->count; i++) {
        if (!u->writes[i].is_look) {
            decide(u->rest, &u->writes[i]);
        }
    }
    EN_TRY(refuse_duplicates(u, err));
    check_pointers(u);
    if (en_unit_refused(u)) {
        return EN_OK;
    }
    for (size_t i = 0; i < u->count; i++) {
        if (u->writes[i].is_look || u->writes[i].act != EN_ACT_PUT) {
            continue;
        }
        EN_TRY(make(u, &u->writes[i], err));
    }
    return EN_OK;
}
