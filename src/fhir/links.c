/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/links.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/text.h"
#include "fhir/json.h"

#include <assert.h>
#include <string.h>

enum { ADDRESS_MAX = 512 }; /* longer ones are none of a resource */

/* The walk keeps the names from the nearest resource down to the place; the definitions are asked
 * only about a place that holds a wanted address, which is rare. */
struct walk {
    const struct en_r4 *r4;
    en_link_is_wanted *is_wanted;
    void *context;
    struct en_arena *arena;
    struct en_link *items;
    size_t count, capacity;
    const char *names[EN_JSON_DEPTH_MAX + 2];
    size_t depth;
    size_t start;     /* where the nearest resource begins in names */
    const char *type; /* of the nearest resource */
    bool is_full;
};

static void add_link(struct walk *w, enum en_link_kind kind, struct json_object *place)
{
    if (w->count == w->capacity) {
        const size_t capacity = w->capacity == 0 ? 16 : 2 * w->capacity;
        struct en_link *items = EN_NEW(w->arena, struct en_link, capacity);

        if (items == NULL) {
            w->is_full = true;
            return;
        }
        if (w->count > 0) {
            memcpy(items, w->items, w->count * sizeof *items);
        }
        w->items = items;
        w->capacity = capacity;
    }
    const char *original = en_arena_copy(w->arena, json_object_get_string(place), SIZE_MAX);

    w->is_full = w->is_full || original == NULL;
    w->items[w->count++] = (struct en_link){kind, place, original};
}

/* Whether the present place is of a type that holds addresses of resources. */
static bool is_address(const struct walk *w)
{
    static const char *const TYPES[] = {"uri", "url", "oid", "uuid"};
    const struct en_r4_element *e = w->type == NULL ? NULL : en_r4_find(w->r4, w->type, SIZE_MAX);
    const char *type = NULL;

    for (size_t i = w->start; i < w->depth && e != NULL; i++) {
        type = NULL;
        e = en_r4_child(w->r4, e, w->names[i], &type);
        if (e == NULL) {
            return false;
        }
        type = type == NULL ? e->types : type;
        if (i + 1 < w->depth && e->first_child == NULL) {
            const char *name, *targets;
            size_t size;

            if (type[0] == '#') {
                e = en_r4_find(w->r4, type + 1, SIZE_MAX);
            } else {
                e = en_r4_next_type(type, &name, &size, &targets) == NULL
                        ? NULL
                        : en_r4_find(w->r4, name, size);
            }
        }
    }
    for (size_t i = 0; i < EN_COUNT(TYPES); i++) {
        if (type != NULL && strcmp(type, TYPES[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Next address in the attributes href and src of XHTML: sets *address and *size, returns the place
 * behind it; NULL when there is none. */
static const char *next_attribute(const char *at, const char **address, size_t *size)
{
    static const char *const NAMES[] = {"href=", "src="};

    for (; *at != '\0'; at++) {
        for (size_t i = 0; i < EN_COUNT(NAMES); i++) {
            const size_t length = strlen(NAMES[i]);

            if (strncmp(at, NAMES[i], length) != 0 || (at[length] != '"' && at[length] != '\'')) {
                continue;
            }
            const char *start = at + length + 1, *end = strchr(start, at[length]);

            if (end != NULL) {
                *address = start;
                *size = (size_t)(end - start);
                return end;
            }
        }
    }
    return NULL;
}

/* Copy of an address that is short enough to be one of a resource; "" otherwise. */
static const char *address_text(const char *address, size_t size, char out[ADDRESS_MAX])
{
    (void)snprintf(out, ADDRESS_MAX, "%.*s", size < ADDRESS_MAX ? (int)size : 0, address);
    return out;
}

static bool has_wanted_attribute(const struct walk *w, const char *text)
{
    const char *address;
    char copy[ADDRESS_MAX];
    size_t size;

    while ((text = next_attribute(text, &address, &size)) != NULL) {
        if (w->is_wanted(w->context, address_text(address, size, copy))) {
            return true;
        }
    }
    return false;
}

static void look_at_text(struct walk *w, struct json_object *value)
{
    const char *name = w->depth > 0 ? w->names[w->depth - 1] : "";
    const char *text = json_object_get_string(value);

    if (strcmp(name, "reference") == 0) {
        if (text[0] != '#') {
            add_link(w, EN_LINK_REFERENCE, value);
        }
    } else if (strcmp(name, "div") == 0) {
        if (has_wanted_attribute(w, text)) {
            add_link(w, EN_LINK_NARRATIVE, value);
        }
    } else if (w->is_wanted(w->context, text) && is_address(w)) {
        add_link(w, EN_LINK_URI, value);
    }
}

static void look_at(struct walk *w, struct json_object *value);

static void look_into(struct walk *w, struct json_object *object)
{
    const size_t depth = w->depth, start = w->start;
    const char *type = en_json_text(object, "resourceType"), *outer = w->type;

    assert(depth < EN_COUNT(w->names));
    if (type != NULL) { /* contained, or in a Bundle: names count from here */
        w->type = type;
        w->start = depth;
    }
    json_object_object_foreach(object, key, value)
    {
        w->names[depth] = key;
        w->depth = depth + 1;
        look_at(w, value);
    }
    w->type = outer;
    w->start = start;
    w->depth = depth;
}

static void look_at(struct walk *w, struct json_object *value)
{
    const size_t count = en_json_count(value);

    for (size_t i = 0; i < count; i++) {
        look_at(w, en_json_at(value, i));
    }
    if (json_object_is_type(value, json_type_string)) {
        look_at_text(w, value);
    } else if (json_object_is_type(value, json_type_object)) {
        look_into(w, value);
    }
}

/* NOLINTNEXTLINE(readability-function-size): five inputs, and the three that every reader has. */
enum en_status en_fhir_links(const struct en_r4 *r4, struct json_object *resource,
                             en_link_is_wanted *is_wanted, void *context, struct en_arena *a,
                             struct en_link **out, size_t *count, struct en_err *err)
{
    struct walk w = {.r4 = r4, .is_wanted = is_wanted, .context = context, .arena = a};

    look_at(&w, resource);
    *out = w.items;
    *count = w.count;
    return w.is_full ? en_fail(err, EN_ENOMEM, "no memory for the references of a resource")
                     : EN_OK;
}

/* The narrative with the addresses that find gives. */
static enum en_status set_narrative(const struct en_link *link, en_link_find *find, void *context,
                                    struct en_err *err)
{
    struct en_buf text = EN_BUF(EN_CASE_FILE_MAX);
    const char *from = link->original, *at = link->original, *address;
    char copy[ADDRESS_MAX];
    size_t size;

    while ((at = next_attribute(at, &address, &size)) != NULL) {
        const char *found = find(context, address_text(address, size, copy));

        if (found != NULL) {
            en_buf_add_bytes(&text, from, (size_t)(address - from));
            en_buf_add(&text, found);
            from = at;
        }
    }
    en_buf_add(&text, from);
    enum en_status st = en_buf_check(&text, "the narrative", err);

    if (st == EN_OK && json_object_set_string(link->place, en_buf_text(&text)) == 0) {
        st = en_fail(err, EN_ENOMEM, "no memory for a narrative");
    }
    en_buf_free(&text);
    return st;
}

enum en_status en_link_set(const struct en_link *link, en_link_find *find, void *context,
                           struct en_err *err)
{
    if (link->kind == EN_LINK_NARRATIVE) {
        return set_narrative(link, find, context, err);
    }
    const char *found = find(context, link->original);

    return json_object_set_string(link->place, found == NULL ? link->original : found) == 0
               ? en_fail(err, EN_ENOMEM, "no memory for a reference")
               : EN_OK;
}
