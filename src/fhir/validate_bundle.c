/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "fhir/validate_inside.h"

#include <string.h>

/* Addresses */

static size_t url_slot(const struct en_bundle_index *index, const char *url)
{
    size_t slot = (size_t)en_hash(EN_HASH_START, url, strlen(url)) & (index->slot_count - 1);

    while (index->urls[slot] != NULL && strcmp(index->urls[slot], url) != 0) {
        slot = (slot + 1) & (index->slot_count - 1);
    }
    return slot;
}

/* An entry without a fullUrl is found by its type and id. */
static const char *address_of(struct en_walk *w, struct json_object *entry)
{
    struct json_object *resource = en_json_get(entry, "resource");
    const char *url = en_json_text(entry, "fullUrl");
    const char *type = en_json_text(resource, "resourceType"), *id = en_json_text(resource, "id");

    if (url != NULL || type == NULL || id == NULL) {
        return url;
    }
    url = en_arena_print(w->arena, "%s/%s", type, id);
    if (url == NULL) {
        EN_NO_ROOM(w, "the entries");
    }
    return url;
}

void en_bundle_open(struct en_walk *w, struct json_object *bundle, struct en_bundle_index *out)
{
    struct json_object *entries = en_json_get(bundle, "entry");
    const size_t count = en_json_count(entries);

    *out = (struct en_bundle_index){.bundle = bundle, .slot_count = 1, .outer = w->bundle};
    while (out->slot_count < 2 * count + 1) {
        out->slot_count *= 2;
    }
    out->urls = EN_NEW(w->arena, const char *, out->slot_count);
    out->resources = EN_NEW(w->arena, struct json_object *, out->slot_count);
    out->counts = EN_NEW(w->arena, size_t, out->slot_count);
    if (out->urls == NULL || out->resources == NULL || out->counts == NULL) {
        EN_NO_ROOM(w, "the entries");
        out->slot_count = 0;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct json_object *entry = en_json_at(entries, i);
        const char *url = address_of(w, entry);

        if (url != NULL) {
            const size_t slot = url_slot(out, url);

            out->resources[slot] =
                out->urls[slot] == NULL ? en_json_get(entry, "resource") : out->resources[slot];
            out->urls[slot] = url;
            out->counts[slot]++;
        }
    }
}

/* What stands in front of "Type/id" in an address of a server; 0 when it is none. */
static size_t root_size(const char *url)
{
    size_t slashes = 0, size = strlen(url);

    if (!en_text_starts(url, "http")) {
        return 0;
    }
    while (size > 0 && slashes < 2) {
        size--;
        slashes += url[size] == '/' ? 1 : 0;
    }
    return slashes == 2 ? size + 1 : 0;
}

static bool is_version(struct json_object *resource, const char *version)
{
    return en_text_equal(en_json_text(en_json_get(resource, "meta"), "versionId"), version);
}

/* Of several versions under one address, the one that is asked for. */
static struct json_object *find_version(const struct en_bundle_index *index, const char *url,
                                        const char *version, size_t *count)
{
    struct json_object *entries = en_json_get(index->bundle, "entry");

    for (size_t i = 0; i < en_json_count(entries); i++) {
        struct json_object *entry = en_json_at(entries, i);

        if (en_text_equal(en_json_text(entry, "fullUrl"), url) &&
            is_version(en_json_get(entry, "resource"), version)) {
            *count = 1;
            return en_json_get(entry, "resource");
        }
    }
    *count = 0;
    return NULL;
}

static struct json_object *find_exact(const struct en_bundle_index *index, const char *url,
                                      const char *version, size_t *count)
{
    for (const struct en_bundle_index *i = index; i != NULL; i = i->outer) {
        const size_t slot = i->slot_count == 0 ? 0 : url_slot(i, url);

        if (i->slot_count == 0 || i->urls[slot] == NULL) {
            continue;
        }
        if (version != NULL && i->counts[slot] > 1) {
            return find_version(i, url, version, count);
        }
        *count = i->counts[slot];
        return i->resources[slot];
    }
    return NULL;
}

struct json_object *en_bundle_find(struct en_walk *w, const char *base, const char *address,
                                   size_t *count)
{
    static const char HISTORY[] = "/_history/";
    const char *history = strstr(address, HISTORY);
    const int size = history == NULL ? (int)strlen(address) : (int)(history - address);
    const int root = base == NULL || en_is_absolute(address) ? 0 : (int)root_size(base);

    *count = 0;
    if (w->bundle == NULL) {
        return NULL;
    }
    const struct en_arena_mark mark = en_arena_mark(w->arena);
    const char *url =
        en_arena_print(w->arena, "%.*s%.*s", root, base == NULL ? "" : base, size, address);
    const char *version = history == NULL ? NULL : history + sizeof HISTORY - 1;

    if (url == NULL) {
        EN_NO_ROOM(w, "the references");
        return NULL;
    }
    struct json_object *found = find_exact(w->bundle, url, version, count);

    en_arena_rewind(w->arena, mark);
    return found;
}

/* Entries */

static void check_full_url(struct en_walk *w, struct json_object *entry)
{
    const char *url = en_json_text(entry, "fullUrl");
    const char *id = en_json_text(en_json_get(entry, "resource"), "id");
    const char *slash = url == NULL ? NULL : strrchr(url, '/');
    const size_t before = en_path_push(&w->path, "fullUrl");

    if (url != NULL && !en_is_absolute(url)) {
        EN_REPORT(w, "value", "must be an absolute address");
    } else if (slash != NULL && id != NULL && en_text_starts(url, "http") &&
               strcmp(slash + 1, id) != 0) {
        EN_REPORT(w, "value", "must end with the id of its resource");
    }
    en_path_pop(&w->path, before);
}

/* The type that a search was for: of "https://server/fhir/Patient?name=a"; NULL unknown. */
static const struct en_r4_element *searched_type(const struct en_walk *w,
                                                 struct json_object *bundle)
{
    struct json_object *links = en_json_get(bundle, "link");

    for (size_t i = 0; i < en_json_count(links); i++) {
        struct json_object *link = en_json_at(links, i);
        const char *url = en_json_text(link, "url");

        if (url != NULL && en_text_equal(en_json_text(link, "relation"), "self")) {
            const char *end = strchr(url, '?'), *start = end;

            while (start != NULL && start > url && start[-1] != '/') {
                start--;
            }
            const struct en_r4_element *type =
                start == NULL || start == end ? NULL
                                              : en_r4_find(w->r4, start, (size_t)(end - start));

            return type != NULL && strcmp(type->binding, "resource") == 0 ? type : NULL;
        }
    }
    return NULL;
}

static void check_found(struct en_walk *w, struct json_object *entry,
                        const struct en_r4_element *searched)
{
    struct json_object *resource = en_json_get(entry, "resource");
    const char *mode = en_json_text(en_json_get(entry, "search"), "mode");
    const char *type = en_json_text(resource, "resourceType");
    const size_t before = en_path_push(&w->path, "resource");
    const bool is_outcome = en_text_equal(type, "OperationOutcome");

    if (type != NULL) {
        if (en_text_equal(mode, "outcome") && !is_outcome) {
            EN_REPORT(w, "invariant", "must be an OperationOutcome: its search.mode is outcome");
        } else if (!is_outcome && en_json_text(resource, "id") == NULL) {
            EN_REPORT(w, "required", "needs an id: it was found by a search");
        } else if (en_text_equal(mode, "match") && searched != NULL && !is_outcome &&
                   strcmp(searched->path, type) != 0) {
            EN_REPORT(w, "invariant", "is no match: the search was for another type");
        }
    }
    en_path_pop(&w->path, before);
}

/* What a request of a batch or transaction must carry. */
static void check_request(struct en_walk *w, struct json_object *entry)
{
    const char *method = en_json_text(en_json_get(entry, "request"), "method");
    const bool has_resource = en_json_get(entry, "resource") != NULL;
    const bool writes = en_text_equal(method, "POST") || en_text_equal(method, "PUT");
    const bool reads = en_text_equal(method, "GET") || en_text_equal(method, "HEAD") ||
                       en_text_equal(method, "DELETE");

    if (writes && !has_resource) {
        EN_REPORT(w, "required", "a request with POST or PUT needs a resource");
    } else if (reads && has_resource) {
        EN_REPORT(w, "invariant", "a request with GET, HEAD or DELETE has no resource");
    }
}

/* The same relation twice would leave open where the next page is. */
static void check_relations(struct en_walk *w, struct json_object *bundle)
{
    struct json_object *links = en_json_get(bundle, "link");

    for (size_t i = 1; i < en_json_count(links) && i < 64; i++) {
        const char *relation = en_json_text(en_json_at(links, i), "relation");

        for (size_t j = 0; relation != NULL && j < i; j++) {
            if (en_text_equal(en_json_text(en_json_at(links, j), "relation"), relation)) {
                const size_t before = en_path_push(&w->path, "link");

                (void)en_path_push_index(&w->path, i);
                EN_REPORT(w, "duplicate", "a relation stands only once");
                en_path_pop(&w->path, before);
                break;
            }
        }
    }
}

void en_bundle_check(struct en_walk *w, const struct en_bundle_index *index)
{
    struct json_object *entries = en_json_get(index->bundle, "entry");
    const char *type = en_json_text(index->bundle, "type");
    const bool is_search = en_text_equal(type, "searchset");
    const bool is_request = en_text_equal(type, "batch") || en_text_equal(type, "transaction");
    const struct en_r4_element *searched = is_search ? searched_type(w, index->bundle) : NULL;

    check_relations(w, index->bundle);
    for (size_t i = 0; i < en_json_count(entries); i++) {
        struct json_object *entry = en_json_at(entries, i);
        const size_t before = en_path_push(&w->path, "entry");

        (void)en_path_push_index(&w->path, i);
        check_full_url(w, entry);
        if (is_search) {
            check_found(w, entry, searched);
        } else if (is_request) {
            check_request(w, entry);
        }
        en_path_pop(&w->path, before);
    }
}
