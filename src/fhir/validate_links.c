/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "fhir/primitive.h"
#include "fhir/validate_inside.h"

#include <ctype.h>
#include <string.h>

/* Whether "(A|B)" names the type; NULL names all. */
static bool is_target(const char *targets, const char *type, size_t size)
{
    if (targets == NULL) {
        return true;
    }
    for (const char *p = targets; *p != ')' && *p != '\0';) {
        const size_t length = strcspn(++p, "|)");

        if (length == size && strncmp(p, type, size) == 0) {
            return true;
        }
        p += length;
    }
    return false;
}

static bool is_id_text(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!isalnum((unsigned char)text[i]) && text[i] != '-' && text[i] != '.') {
            return false;
        }
    }
    return size > 0 && size <= 64;
}

static bool is_resource_type(const struct en_walk *w, const char *name, size_t size)
{
    const struct en_r4_element *type = size == 0 ? NULL : en_r4_find(w->r4, name, size);

    return type != NULL && strcmp(type->binding, "resource") == 0;
}

bool en_is_absolute(const char *text)
{
    size_t i = 0;

    while (isalnum((unsigned char)text[i]) || (i > 0 && text[i] == '-')) {
        i++;
    }
    return i > 0 && text[i] == ':';
}

static void wrong_target(struct en_walk *w)
{
    EN_REPORT(w, "value", "points to a type of resource that is not allowed here");
}

/* "Type/id" or "Type/id/_history/version": the type, NULL when it is none of them. */
static const char *relative_type(const struct en_walk *w, const char *text, size_t *size)
{
    static const char HISTORY[] = "/_history/";
    const char *id;

    *size = strcspn(text, "/");
    id = text[*size] == '/' ? text + *size + 1 : "";
    const size_t id_size = strcspn(id, "/");
    const char *rest = id + id_size;
    const bool has_version =
        en_text_starts(rest, HISTORY) &&
        is_id_text(rest + sizeof HISTORY - 1, strlen(rest) - sizeof HISTORY + 1);

    return is_resource_type(w, text, *size) && is_id_text(id, id_size) &&
                   (*rest == '\0' || has_version)
               ? text
               : NULL;
}

/* The last two parts of "https://server/fhir/Type/id", when they look so. */
static const char *absolute_type(const struct en_walk *w, const char *text, size_t *size)
{
    const char *end = strstr(text, "/_history/");
    const char *id = end == NULL ? text + strlen(text) : end, *type;

    while (id > text && id[-1] != '/') {
        id--;
    }
    if (id == text || !en_text_starts(text, "http")) {
        return NULL;
    }
    type = id - 1;
    while (type > text && type[-1] != '/') {
        type--;
    }
    *size = (size_t)(id - 1 - type);
    return is_resource_type(w, type, *size) ? type : NULL;
}

/* Contained resources */

static struct json_object *contained_find(const struct en_walk *w, const char *id)
{
    struct json_object *list = en_json_get(w->container->value, "contained");

    for (size_t i = 0; i < en_json_count(list); i++) {
        if (en_text_equal(en_json_text(en_json_at(list, i), "id"), id)) {
            return en_json_at(list, i);
        }
    }
    return NULL;
}

/* Remember that something points to "#id". */
static void note_use(struct en_walk *w, const char *id)
{
    struct en_local_use *use = EN_NEW(w->arena, struct en_local_use, 1);

    if (use == NULL) {
        EN_NO_ROOM(w, "the contained resources");
        return;
    }
    *use = (struct en_local_use){id, w->contained, w->container->uses};
    w->container->uses = use;
}

/* dom-3: what is contained is pointed to from its container, or points to it. */
void en_check_contained_used(struct en_walk *w)
{
    struct json_object *list = en_json_get(w->container->value, "contained");

    for (size_t i = 0; i < en_json_count(list); i++) {
        const char *id = en_json_text(en_json_at(list, i), "id");
        bool is_used = false;

        for (const struct en_local_use *u = w->container->uses; u != NULL && !is_used;
             u = u->next) {
            is_used =
                (id != NULL && strcmp(u->id, id) == 0) || (u->contained == i && u->id[0] == '\0');
        }
        if (!is_used && json_object_is_type(en_json_at(list, i), json_type_object)) {
            const size_t before = en_path_push(&w->path, "contained");

            (void)en_path_push_index(&w->path, i);
            EN_REPORT(w, "invariant", "dom-3: nothing in the resource points to it");
            en_path_pop(&w->path, before);
        }
    }
}

/* References */

static void check_type(struct en_walk *w, const char *targets, const char *type, size_t size,
                       const char *stated)
{
    if (!is_target(targets, type, size)) {
        wrong_target(w);
    } else if (stated != NULL && (strlen(stated) != size || strncmp(stated, type, size) != 0)) {
        EN_REPORT(w, "value", "points to another type of resource than the reference states");
    }
}

static void check_local(struct en_walk *w, const char *targets, const char *id, const char *stated)
{
    struct json_object *found = contained_find(w, id);
    const char *type = en_json_text(found, "resourceType");

    note_use(w, id);
    if (id[0] == '\0') { /* "#" alone is the container itself */
        found = w->container->value;
        type = en_json_text(found, "resourceType");
    }
    if (found == NULL) {
        EN_REPORT(w, "not-found", "there is no contained resource with this id");
    } else if (type != NULL) {
        check_type(w, targets, type, strlen(type), stated);
    }
}

/* Elements whose targets must travel with them. */
static bool must_resolve(const struct en_walk *w, const struct en_r4_element *e)
{
    static const struct {
        const char *bundle, *element;
    } WHOLE[] = {
        {"document", "Composition.subject"},       {"document", "Composition.encounter"},
        {"document", "Composition.author"},        {"document", "Composition.attester.party"},
        {"document", "Composition.custodian"},     {"document", "Composition.event.detail"},
        {"document", "Composition.section.focus"}, {"document", "Composition.section.entry"},
        {"message", "MessageHeader.focus"},
    };
    const char *type = w->bundle == NULL ? NULL : en_json_text(w->bundle->bundle, "type");

    for (size_t i = 0; i < EN_COUNT(WHOLE); i++) {
        if (en_text_equal(type, WHOLE[i].bundle) && strcmp(e->path, WHOLE[i].element) == 0) {
            return true;
        }
    }
    return false;
}

static void check_remote(struct en_walk *w, const struct en_r4_member *m, const char *text,
                         const char *stated)
{
    size_t size = 0;
    const bool is_absolute = en_is_absolute(text);
    const char *type = is_absolute ? absolute_type(w, text, &size) : relative_type(w, text, &size);
    size_t count = 0;
    struct json_object *found = en_bundle_find(w, w->container->full_url, text, &count);
    const char *found_type = en_json_text(found, "resourceType");

    if (found_type != NULL) {
        check_type(w, m->targets, found_type, strlen(found_type), stated);
    } else if (type != NULL) {
        check_type(w, m->targets, type, size, stated);
    } else if (!is_absolute) {
        EN_REPORT(w, "value", "must be Type/id, #id or an absolute URL");
    }
    if (count != 1 && must_resolve(w, m->element)) {
        EN_REPORT(w, "not-found", "the Bundle has %s entry with this fullUrl",
                  count == 0 ? "no" : "more than one");
    }
}

void en_check_reference(struct en_walk *w, const struct en_r4_member *m, struct json_object *value)
{
    const char *text = en_json_text(value, "reference"), *stated = en_json_text(value, "type");

    if (stated != NULL && is_resource_type(w, stated, strlen(stated)) &&
        !is_target(m->targets, stated, strlen(stated))) {
        const size_t before = en_path_push(&w->path, "type");

        wrong_target(w);
        en_path_pop(&w->path, before);
        return;
    }
    if (text == NULL) {
        return;
    }
    const size_t before = en_path_push(&w->path, "reference");

    if (text[0] == '#') {
        check_local(w, m->targets, text + 1, stated);
    } else {
        check_remote(w, m, text, stated);
    }
    en_path_pop(&w->path, before);
}

/* The address of a resource that defines something ("ValueSet.url"), and other elements that name
 * such a resource though their type is uri. */
static bool is_definition(const struct en_r4_element *e)
{
    const char *dot = strchr(e->path, '.');

    return (dot != NULL && strcmp(dot, ".url") == 0 && !en_text_starts(e->path, "Extension.")) ||
           strcmp(e->path, "ValueSet.compose.include.system") == 0;
}

/* In a uri, letters of either case; only the type uuid wants small ones. */
static bool is_uuid(const char *text)
{
    for (int i = 0; i < 36; i++) {
        const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (is_dash ? text[i] != '-' : !isxdigit((unsigned char)text[i])) {
            return false;
        }
    }
    return text[36] == '\0';
}

/* A value of type uri, url or canonical. */
void en_check_address(struct en_walk *w, const struct en_r4_member *m, struct json_object *value)
{
    const char *text = json_object_get_string(value);
    const bool is_canonical = strcmp(m->type, "canonical") == 0;

    if (en_text_starts(text, "urn:uuid:") || en_text_starts(text, "urn:oid:")) {
        if (!(text[4] == 'u' ? is_uuid(text + 9) : en_primitive_problem("oid", value) == NULL)) {
            EN_REPORT(w, "value", "names a UUID or an OID that is malformed");
        }
    } else if (text[0] == '#' && !is_definition(m->element)) {
        note_use(w, text + 1);
        if (is_canonical && contained_find(w, text + 1) == NULL) {
            EN_REPORT(w, "not-found", "there is no contained resource with this id");
        }
    } else if (is_canonical && !en_is_absolute(text)) {
        EN_WARN(w, "value", "should be an absolute address or #id");
    } else if (strcmp(m->type, "uri") == 0 && is_definition(m->element) && !en_is_absolute(text)) {
        EN_REPORT(w, "value", "must be an absolute address");
    }
}

/* Ids of elements */

static size_t id_slot(const struct en_id_set *set, const char *id)
{
    size_t slot = (size_t)en_hash(EN_HASH_START, id, strlen(id)) & (set->slot_count - 1);

    while (set->slots[slot] != NULL && strcmp(set->slots[slot], id) != 0) {
        slot = (slot + 1) & (set->slot_count - 1);
    }
    return slot;
}

static bool id_room(struct en_walk *w, struct en_id_set *set)
{
    struct en_id_set more = {.slot_count = set->slot_count == 0 ? 16 : 2 * set->slot_count};

    if (2 * set->count < set->slot_count) {
        return true;
    }
    more.slots = EN_NEW(w->arena, const char *, more.slot_count);
    if (more.slots == NULL) {
        return false;
    }
    for (size_t i = 0; i < set->slot_count; i++) {
        if (set->slots[i] != NULL) {
            more.slots[id_slot(&more, set->slots[i])] = set->slots[i];
            more.count++;
        }
    }
    *set = more;
    return true;
}

void en_check_id(struct en_walk *w, const char *id)
{
    struct en_id_set *set = &w->container->ids;

    if (!id_room(w, set)) {
        EN_NO_ROOM(w, "the ids");
        return;
    }
    const size_t slot = id_slot(set, id);

    if (set->slots[slot] != NULL) {
        EN_REPORT(w, "duplicate", "the same id stands twice in the resource");
        return;
    }
    set->slots[slot] = id;
    set->count++;
}
