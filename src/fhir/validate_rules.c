/* SPDX-License-Identifier: Apache-2.0 */
#include "base/instant.h"
#include "base/text.h"
#include "fhir/validate_inside.h"

#include <ctype.h>
#include <string.h>

/* Rules of single types that are no FHIRPath, or are faster and more exact as code */

static bool has_choice(struct json_object *value, const char *name)
{
    if (!json_object_is_type(value, json_type_object)) {
        return false;
    }
    json_object_object_foreach(value, key, item)
    {
        const char *plain = key[0] == '_' ? key + 1 : key;

        (void)item;
        if (en_text_starts(plain, name) && isupper((unsigned char)plain[strlen(name)])) {
            return true;
        }
    }
    return false;
}

/* per-1: the start is not after the end. Dates of different precision may overlap. */
static void check_period(struct en_walk *w, struct json_object *value)
{
    const char *start = en_json_text(value, "start"), *end = en_json_text(value, "end");
    int64_t start_low, start_high, end_low, end_high;

    if (start != NULL && end != NULL && en_instant_span(start, &start_low, &start_high) &&
        en_instant_span(end, &end_low, &end_high) && start_low > end_high) {
        EN_REPORT(w, "invariant", "per-1: a period must not end before it starts");
    }
}

/* Bytes that base64 stands for; 0 when it is not well-formed. */
static size_t base64_size(const char *text)
{
    size_t count = 0, padding = 0;

    for (; *text != '\0'; text++) {
        if (!isspace((unsigned char)*text)) {
            count++;
            padding += *text == '=' ? 1 : 0;
        }
    }
    return count % 4 == 0 && padding <= 2 && count >= 4 ? count / 4 * 3 - padding : 0;
}

static void check_attachment(struct en_walk *w, struct json_object *value)
{
    const char *data = en_json_text(value, "data");
    struct json_object *size = en_json_get(value, "size");

    if (data != NULL && json_object_is_type(size, json_type_int) && base64_size(data) > 0 &&
        (int64_t)base64_size(data) != json_object_get_int64(size)) {
        EN_REPORT(w, "invariant", "the size is not that of the data");
    }
}

static void check_identifier(struct en_walk *w, struct json_object *value)
{
    const char *system = en_json_text(value, "system");

    if (system != NULL && !en_is_absolute(system)) {
        EN_REPORT(w, "value", "the system of an identifier must be an absolute URI");
    }
}

static const struct type_rule {
    const char *type;
    void (*check)(struct en_walk *w, struct json_object *value);
} TYPE_RULES[] = {
    {"Attachment", check_attachment},
    {"Identifier", check_identifier},
    {"Period", check_period},
};

void en_check_rules(struct en_walk *w, const struct en_r4_element *shape, struct json_object *value)
{
    for (size_t i = 0; i < EN_COUNT(TYPE_RULES); i++) {
        if (strcmp(TYPE_RULES[i].type, shape->path) == 0) {
            TYPE_RULES[i].check(w, value);
        }
    }
}

/* Extensions */

static bool list_has(const char *words, const char *word, size_t size)
{
    for (const char *p = words; *p != '\0'; p += strspn(p, " ")) {
        const size_t length = strcspn(p, " ");

        if (length == size && strncmp(p, word, size) == 0) {
            return true;
        }
        p += length;
    }
    return false;
}

/* "Patient.name.family" of "Bundle.entry[3].resource.name[0].family.extension[0]": the place of the
 * extension, counted from its resource. */
static size_t place_text(const struct en_walk *w, char *out, size_t room)
{
    const char *type = w->resource.type == NULL ? "" : w->resource.type;
    size_t size = (size_t)snprintf(out, room, "%s", type);

    for (const char *p = w->path.text + w->resource_path_size; *p != '\0' && size + 1 < room;) {
        if (*p == '[') {
            p += strcspn(p, "]");
            p += *p == ']' ? 1 : 0;
        } else {
            out[size++] = *p++;
        }
    }
    out[size] = '\0';
    char *last = strrchr(out, '.');

    return last == NULL ? size : (size_t)(last - out);
}

/* Whether HL7 defined the extension for the place where it stands. */
static bool may_stand_here(const struct en_walk *w, const struct en_r4_extension *known,
                           const struct en_place *around)
{
    char place[EN_PATH_MAX];

    if (list_has(known->places, "Element", strlen("Element"))) {
        return true; /* anywhere, resources included */
    }
    for (const struct en_r4_element *p = around->shape; p != NULL; p = p->base) {
        if (list_has(known->places, p->path, strlen(p->path))) {
            return true;
        }
    }
    if (around->element != NULL) {
        const char *path = around->element->path;
        const char *choice = strstr(path, "[x]");

        if (list_has(known->places, path, strlen(path)) ||
            (choice != NULL && list_has(known->places, path, (size_t)(choice - path)))) {
            return true;
        }
    }
    return list_has(known->places, place, place_text(w, place, sizeof place));
}

/* The type of an extension's value, NULL when it has none. */
static const char *value_type(const struct en_walk *w, struct json_object *value)
{
    const struct en_r4_element *extension = en_r4_find(w->r4, "Extension", SIZE_MAX);
    struct en_r4_member m;

    json_object_object_foreach(value, key, item)
    {
        const char *plain = key[0] == '_' ? key + 1 : key;

        (void)item;
        if (en_text_starts(plain, "value") && en_r4_member(w->r4, extension, plain, &m)) {
            return m.type;
        }
    }
    return NULL;
}

static void check_known(struct en_walk *w, const struct en_r4_extension *known,
                        const struct en_place *around, bool is_modifier, struct json_object *value)
{
    const char *type = value_type(w, value);

    if (type != NULL && !list_has(known->types, type, strlen(type))) {
        EN_REPORT(w, "structure", "this extension has %s, not such a value",
                  known->types[0] == '\0' ? "further extensions" : known->types);
    } else if (type == NULL && known->types[0] != '\0' && en_json_get(value, "extension") != NULL &&
               !en_text_equal(known->types, "")) {
        EN_REPORT(w, "structure", "this extension has a value, not further extensions");
    }
    if (known->is_modifier != is_modifier) {
        EN_REPORT(w, "structure", "this extension belongs into %s",
                  known->is_modifier ? "modifierExtension" : "extension");
    }
    if (!may_stand_here(w, known, around)) {
        EN_REPORT(w, "structure", "this extension is not defined for this place, but for: %s",
                  known->places);
    }
}

void en_check_extension(struct en_walk *w, const struct en_place *around, bool is_modifier,
                        struct json_object *value)
{
    static const char HL7[] = "http://hl7.org/fhir/StructureDefinition/";
    const char *url = en_json_text(value, "url");
    const bool is_inner = around->shape != NULL && strcmp(around->shape->path, "Extension") == 0;
    const struct en_r4_extension *known = url == NULL ? NULL : en_r4_extension_find(w->r4, url);

    if (has_choice(value, "value") == (en_json_get(value, "extension") != NULL)) {
        EN_REPORT(w, "invariant", "ext-1: an extension has either a value or further extensions");
    } else if (known != NULL) {
        check_known(w, known, around, is_modifier, value);
    } else if (url != NULL && !is_inner && !en_is_absolute(url)) {
        EN_REPORT(w, "value", "the url of an extension must be absolute");
    } else if (url != NULL && strchr(url, '|') != NULL) {
        EN_REPORT(w, "value", "the url of an extension has no version");
    } else if (url != NULL && en_text_starts(url, HL7)) {
        EN_WARN(w, "extension", "this extension is not one that HL7 defined with R4");
    }
}

/* Constraints */

void en_check_constraints(struct en_walk *w, const struct en_r4_element *first,
                          const struct en_fp_item *item)
{
    const struct en_fp_context context = {.r4 = w->r4, .arena = w->arena, .resource = w->resource};

    for (const struct en_r4_constraint *c = first->constraints; c != NULL; c = c->next) {
        /* dom-6 recommends a narrative: saying so of the resource at the root is enough. */
        if (w->depth > 0 && strcmp(c->key, "dom-6") == 0) {
            continue;
        }
        const enum en_fp_answer answer = en_fhirpath_holds(c->program, &context, item);

        if (answer == EN_FP_NO_MEMORY) {
            EN_NO_ROOM(w, c->key);
        } else if (answer == EN_FP_TOO_COSTLY) {
            EN_REPORT(w, "too-costly", "%s cannot be checked: too many values", c->key);
        } else if (answer == EN_FP_FALSE && c->is_warning) {
            EN_WARN(w, "invariant", "%s: %s", c->key, c->text);
        } else if (answer == EN_FP_FALSE) {
            EN_REPORT(w, "invariant", "%s: %s", c->key, c->text);
        }
    }
}
