/* SPDX-License-Identifier: Apache-2.0
 * Instances made from the tables of R4's elements: what the tables allow is valid, and one step
 * beside it is refused at the right place. Nothing is written by hand: no row is left out. */
#include "fhir/r4.h"
#include "fhir/validate.h"
#include "unit/fhir/bundle.h"

enum { KEY_MAX = 128, TEXT_MAX = 1024 };

static struct en_arena memory = {.limit = EN_REQUEST_ARENA};
static struct en_r4 r4;

static int load(void **state)
{
    (void)state;
    return en_r4_load(&memory, &r4, NULL) == EN_OK ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    en_arena_free(&memory);
    return 0;
}

/* One value of each primitive type, as the grammar of R4 has it. */
static const struct sample {
    const char *type, *json;
} SAMPLES[] = {
    {"base64Binary", "\"QUJD\""},
    {"boolean", "false"},
    {"canonical", "\"http://example.org/a|1\""},
    {"code", "\"x\""},
    {"date", "\"2026-03\""},
    {"dateTime", "\"2026-03-01T10:00:00Z\""},
    {"decimal", "0.10"},
    {"id", "\"a-1.B\""},
    {"instant", "\"2026-03-01T10:00:00.5+01:00\""},
    {"integer", "-1"},
    {"markdown", "\"*x*\""},
    {"oid", "\"urn:oid:1.2.3\""},
    {"positiveInt", "1"},
    {"string", "\"x\""},
    {"time", "\"10:00:00\""},
    {"unsignedInt", "0"},
    {"uri", "\"urn:x\""},
    {"url", "\"http://example.org\""},
    {"uuid", "\"urn:uuid:c757873d-ec9a-4326-a141-556f43239520\""},
    {"xhtml", "\"<div>x</div>\""},
};

static struct json_object *json_of(const char *text)
{
    struct json_object *value = json_tokener_parse(text);

    CHECK(value != NULL || strcmp(text, "null") == 0);
    return value;
}

static const struct en_r4_element *type_of(const char *name, size_t size)
{
    const struct en_r4_element *type = en_r4_find(&r4, name, size);

    CHECK(type != NULL);
    return type;
}

static bool is_primitive(const struct en_r4_element *type)
{
    return strcmp(type->binding, "primitive-type") == 0;
}

static bool is_resource(const struct en_r4_element *type)
{
    return strcmp(type->binding, "resource") == 0;
}

/* Codes that follow a grammar and are not listed. */
static const struct en_r4_codes GRAMMARS[] = {
    {"*mime", "urn:ietf:bcp:13", "text/plain"},
    {"*language", "urn:ietf:bcp:47", "en"},
    {"*currency", "urn:iso:std:iso:4217", "EUR"},
};

/* The first code of the set that the element is bound to, with its system. */
static struct en_r4_codes code_of(const char *set, char code[KEY_MAX])
{
    for (size_t i = 0; i < r4.code_count; i++) {
        if (strcmp(r4.codes[i].set, set) == 0) {
            const size_t size = strcspn(r4.codes[i].codes, " ");

            CHECK(size > 0 && size < KEY_MAX);
            memcpy(code, r4.codes[i].codes, size);
            code[size] = '\0';
            return r4.codes[i];
        }
    }
    for (size_t i = 0; i < EN_COUNT(GRAMMARS); i++) {
        if (strcmp(GRAMMARS[i].set, set) == 0) {
            (void)snprintf(code, KEY_MAX, "%s", GRAMMARS[i].codes);
            return GRAMMARS[i];
        }
    }
    print_error("no codes for %s\n", set);
    fail();
    return (struct en_r4_codes){0};
}

static struct json_object *minimal(const struct en_r4_element *type,
                                   const struct en_r4_element *without);

static struct json_object *primitive(const struct en_r4_element *e, const char *type)
{
    char code[KEY_MAX];

    if (strcmp(type, "code") == 0 && e->binding[0] != '\0') {
        (void)code_of(e->binding, code);
        return json_object_new_string(code);
    }
    for (size_t i = 0; i < EN_COUNT(SAMPLES); i++) {
        if (strcmp(SAMPLES[i].type, type) == 0) {
            return json_of(SAMPLES[i].json);
        }
    }
    print_error("no sample of %s\n", type);
    fail();
    return NULL;
}

static struct json_object *coding(const struct en_r4_element *e)
{
    char code[KEY_MAX];
    const struct en_r4_codes set = code_of(e->binding, code);
    struct json_object *object = json_object_new_object();

    (void)json_object_object_add(object, "system", json_object_new_string(set.system));
    (void)json_object_object_add(object, "code", json_object_new_string(code));
    return object;
}

/* A Reference to the first kind of resource that is allowed there. */
static struct json_object *reference(const char *targets)
{
    struct json_object *object = json_object_new_object();
    char text[KEY_MAX] = "Patient/1";

    if (targets != NULL) {
        (void)snprintf(text, sizeof text, "%.*s/1", (int)strcspn(targets + 1, "|)"), targets + 1);
    }
    (void)json_object_object_add(object, "reference", json_object_new_string(text));
    return object;
}

/* One value of an element, of the type at `types` ("Quantity string"). */
static struct json_object *value_of(const struct en_r4_element *e, const char *types)
{
    const char *name = NULL, *targets = NULL;
    size_t size = 0;

    if (types[0] == '#') {
        return minimal(type_of(types + 1, SIZE_MAX), NULL);
    }
    CHECK(en_r4_next_type(types, &name, &size, &targets) != NULL);
    const struct en_r4_element *type = type_of(name, size);

    if (is_primitive(type)) {
        return primitive(e, type->path);
    }
    if (e->first_child != NULL) {
        return minimal(e, NULL);
    }
    if (strcmp(type->path, "Resource") == 0) {
        return json_of("{\"resourceType\":\"Patient\"}");
    }
    if (strcmp(type->path, "Reference") == 0) {
        return reference(targets);
    }
    if (strcmp(type->path, "Coding") == 0 && e->binding[0] != '\0') {
        return coding(e);
    }
    if (strcmp(type->path, "CodeableConcept") == 0 && e->binding[0] != '\0') {
        struct json_object *concept = json_object_new_object();
        struct json_object *list = json_object_new_array();

        (void)json_object_array_add(list, coding(e));
        (void)json_object_object_add(concept, "coding", list);
        return concept;
    }
    return minimal(type, NULL);
}

/* The member's name: of a choice with the type behind it. */
static void key_of(const struct en_r4_element *e, const char *types, char out[KEY_MAX])
{
    const char *name = NULL, *targets = NULL;
    size_t size = 0;

    (void)snprintf(out, KEY_MAX, "%s", e->name);
    if (e->is_choice) {
        CHECK(en_r4_next_type(types, &name, &size, &targets) != NULL);
        (void)snprintf(out, KEY_MAX, "%s%c%.*s", e->name, name[0] & ~0x20, (int)size - 1, name + 1);
    }
}

static void add_member(struct json_object *object, const struct en_r4_element *e, const char *types)
{
    struct json_object *value = value_of(e, types);
    char key[KEY_MAX];

    if (e->max > 1) {
        struct json_object *list = json_object_new_array();

        (void)json_object_array_add(list, value);
        value = list;
    }
    key_of(e, types, key);
    (void)json_object_object_add(object, key, value);
}

/* What an object of this type has when nothing of it is required: FHIR knows no empty objects. */
static void fill(struct json_object *object, const struct en_r4_element *type)
{
    for (const struct en_r4_element *p = type; p != NULL; p = en_r4_base(&r4, p)) {
        for (const struct en_r4_element *e = p->first_child; e != NULL; e = e->next) {
            if (!e->is_choice && e->types[0] != '#' && strchr(e->types, ' ') == NULL &&
                is_primitive(type_of(e->types, strcspn(e->types, "(")))) {
                add_member(object, e, e->types);
                return;
            }
        }
    }
}

/* The smallest object of a type or of an element with children; `without` is left out. */
static struct json_object *minimal(const struct en_r4_element *type,
                                   const struct en_r4_element *without)
{
    struct json_object *object = json_object_new_object();

    if (is_resource(type)) {
        (void)json_object_object_add(object, "resourceType", json_object_new_string(type->path));
    }
    if (strcmp(type->path, "Reference") == 0) {
        (void)json_object_object_add(object, "display", json_object_new_string("x"));
    } else if (strcmp(type->path, "Extension") == 0 &&
               (without == NULL ||
                (strcmp(without->name, "value") != 0 && strcmp(without->name, "extension") != 0))) {
        (void)json_object_object_add(object, "valueCode", json_object_new_string("x"));
    } else if (strcmp(type->path, "Quantity") == 0 || strcmp(type->types, "Quantity") == 0) {
        (void)json_object_object_add(object, "system", json_object_new_string("urn:x"));
    }
    for (const struct en_r4_element *p = type; p != NULL; p = en_r4_base(&r4, p)) {
        for (const struct en_r4_element *e = p->first_child; e != NULL; e = e->next) {
            if (e->min > 0 && e != without) {
                add_member(object, e, e->types);
            }
        }
    }
    if (json_object_object_length(object) == 0 && without == NULL) {
        fill(object, type);
    }
    return object;
}

/* What the tables of elements and codes say. The smallest instances of some types break rules that
 * join several elements (an AllergyIntolerance without clinicalStatus): those are for
 * test_constraints. */
static struct en_issues validate(struct json_object *root)
{
    const struct en_arena_mark mark = en_arena_mark(&memory);
    struct en_issues issues = {0}, kept = {0};

    en_r4_validate(&r4, root, &memory, &issues);
    kept.items = EN_NEW(&memory, struct en_issue, issues.count);
    for (size_t i = 0; i < issues.count; i++) {
        if (issues.items[i].severity == EN_ISSUE_ERROR &&
            strcmp(issues.items[i].code, "invariant") != 0) {
            kept.items[kept.count++] = issues.items[i];
        }
    }
    kept.error_count = kept.count;
    en_arena_rewind(&memory, mark); /* the texts stay until the next validation */
    return kept;
}

static void expect_valid(struct json_object *root)
{
    const struct en_issues issues = validate(root);

    if (issues.error_count != 0) {
        print_error("%s\n", json_object_to_json_string(root));
        print_issues(&issues);
        fail();
    }
}

/* Exactly one problem, of this kind, at this place. */
static void expect_problem(struct json_object *root, const char *path, const char *code)
{
    const struct en_issues issues = validate(root);

    if (issues.error_count != 1 || strcmp(issues.items[0].path, path) != 0 ||
        strcmp(issues.items[0].code, code) != 0) {
        print_error("%s\nexpected %s: %s\n", json_object_to_json_string(root), path, code);
        print_issues(&issues);
        fail();
    }
}

/* Every resource */

typedef void with_resource(const struct en_r4_element *type, struct json_object *root);

static void each_resource(with_resource *work)
{
    size_t count = 0;

    for (size_t i = 0; i < r4.element_count; i++) {
        const struct en_r4_element *type = &r4.elements[i];

        if (strchr(type->path, '.') == NULL && is_resource(type)) {
            struct json_object *root = minimal(type, NULL);

            work(type, root);
            json_object_put(root);
            count++;
        }
    }
    CHECK(count == 146);
}

static void smallest_is_valid(const struct en_r4_element *type, struct json_object *root)
{
    (void)type;
    expect_valid(root);
}

/* R4 has 146 kinds of resources; the smallest instance of each is valid. */
static void test_smallest_instance_is_valid(void **state)
{
    (void)state;
    each_resource(smallest_is_valid);
}

static void extra_is_refused(const struct en_r4_element *type, struct json_object *root)
{
    static const char *const EXTRAS[] = {"unheardOf", "resourcetype", "iD", "extensions", "x"};
    char path[KEY_MAX];

    for (size_t i = 0; i < EN_COUNT(EXTRAS); i++) {
        (void)json_object_object_add(root, EXTRAS[i], json_object_new_boolean(1));
        (void)snprintf(path, sizeof path, "%s.%s", type->path, EXTRAS[i]);
        expect_problem(root, path, "structure");
        json_object_object_del(root, EXTRAS[i]);
    }
    expect_valid(root);
}

/* A member that R4 does not have is named, whatever the resource; a spelling beside counts. */
static void test_extra_element_is_refused(void **state)
{
    (void)state;
    each_resource(extra_is_refused);
}

/* Required elements */

struct walk {
    struct json_object *root;
    char path[TEXT_MAX];
    size_t seen;
};

typedef void with_member(struct walk *w, struct json_object *object, const char *key,
                         const struct en_r4_element *e);

/* The type, or the element with children, that defines the members of e's value. */
static const struct en_r4_element *inside_of(const struct en_r4_element *e, const char *choice)
{
    const char *name = e->types, *targets = NULL;
    size_t size = 0;

    if (e->types[0] == '#') {
        return type_of(e->types + 1, SIZE_MAX);
    }
    if (e->first_child != NULL) {
        return e;
    }
    if (choice != NULL) {
        return type_of(choice, SIZE_MAX);
    }
    CHECK(en_r4_next_type(e->types, &name, &size, &targets) != NULL);
    return type_of(name, size);
}

/* Call work for each required member, in depth. */
static void walk_object(struct walk *w, const struct en_r4_element *type,
                        struct json_object *object, with_member *work)
{
    const size_t length = strlen(w->path);
    const char *keys[64];
    size_t count = 0;

    json_object_object_foreach(object, name, item)
    {
        (void)item;
        CHECK(count < EN_COUNT(keys));
        keys[count] = en_arena_copy(&memory, name, SIZE_MAX);
        count++;
    }
    for (size_t i = 0; i < count; i++) {
        const char *choice = NULL;
        const struct en_r4_element *e = en_r4_child(&r4, type, keys[i], &choice);

        if (e == NULL || e->min == 0) {
            continue;
        }
        struct json_object *value = json_object_object_get(object, keys[i]);
        const bool is_list = json_object_is_type(value, json_type_array);

        work(w, object, keys[i], e);
        value = json_object_object_get(object, keys[i]);
        value = is_list ? json_object_array_get_idx(value, 0) : value;
        (void)snprintf(w->path + length, sizeof w->path - length, ".%s%s", keys[i],
                       is_list ? "[0]" : "");
        if (json_object_is_type(value, json_type_object)) {
            walk_object(w, inside_of(e, choice), value, work);
        }
        w->path[length] = '\0';
    }
}

static void walk_resource(const struct en_r4_element *type, struct json_object *root,
                          with_member *work, size_t *seen)
{
    struct walk w = {.root = root};

    (void)snprintf(w.path, sizeof w.path, "%s", type->path);
    walk_object(&w, type, root, work);
    *seen += w.seen;
}

static void expect_at(struct walk *w, const char *name, const char *code)
{
    char path[TEXT_MAX + KEY_MAX];

    (void)snprintf(path, sizeof path, "%s%s%s", w->path, name[0] == '\0' ? "" : ".", name);
    expect_problem(w->root, path, code);
    w->seen++;
}

static void drop_member(struct walk *w, struct json_object *object, const char *key,
                        const struct en_r4_element *e)
{
    struct json_object *value = json_object_get(json_object_object_get(object, key));

    json_object_object_del(object, key);
    if (json_object_object_length(object) == 0) {
        expect_at(w, "", "structure"); /* what is left is an empty object */
    } else {
        expect_at(w, e->name, "required");
    }
    (void)json_object_object_add(object, key, value);
}

static size_t seen_total;

static void drop_each(const struct en_r4_element *type, struct json_object *root)
{
    walk_resource(type, root, drop_member, &seen_total);
    expect_valid(root);
}

/* Whatever is required, at any depth, is missed at its own place and nowhere else. */
static void test_missing_required_element_is_named(void **state)
{
    (void)state;
    seen_total = 0;
    each_resource(drop_each);
    CHECK(seen_total > 250);
}

/* A JSON value that no type takes in place of this one. */
static struct json_object *wrong_for(struct json_object *value)
{
    return json_object_is_type(value, json_type_object)   ? json_object_new_string("x")
           : json_object_is_type(value, json_type_string) ? json_object_new_int(1)
                                                          : json_object_new_string("x");
}

/* null is refused as such, and what is required is still missing. */
static void expect_null(struct walk *w, const char *key)
{
    char path[TEXT_MAX + KEY_MAX];
    const struct en_issues issues = validate(w->root);

    (void)snprintf(path, sizeof path, "%s.%s", w->path, key);
    CHECK(issues.error_count == 2);
    CHECK_TEXT(issues.items[0].path, path);
    CHECK_TEXT(issues.items[0].code, "structure");
    CHECK_TEXT(issues.items[1].code, "required");
}

static void spoil_member(struct walk *w, struct json_object *object, const char *key,
                         const struct en_r4_element *e)
{
    struct json_object *value = json_object_get(json_object_object_get(object, key));
    const bool is_list = json_object_is_type(value, json_type_array);
    struct json_object *item = is_list ? json_object_array_get_idx(value, 0) : value;
    const bool is_object = json_object_is_type(item, json_type_object);
    struct json_object *list = json_object_new_array();
    char name[KEY_MAX];

    (void)e;
    /* One value in place of a list, a list in place of one value. */
    if (is_list) {
        (void)json_object_object_add(object, key, json_object_get(item));
    } else {
        (void)json_object_array_add(list, json_object_get(item));
        (void)json_object_object_add(object, key, json_object_get(list));
    }
    expect_at(w, key, "structure");
    /* Nothing at all. */
    (void)json_object_object_add(object, key, json_object_new_array());
    expect_at(w, key, "structure");
    (void)json_object_object_add(object, key, NULL);
    expect_null(w, key);
    /* Another kind of value. */
    (void)snprintf(name, sizeof name, "%s%s", key, is_list ? "[0]" : "");
    if (is_list) {
        struct json_object *one = json_object_new_array();

        (void)json_object_array_add(one, wrong_for(item));
        (void)json_object_object_add(object, key, one);
    } else {
        (void)json_object_object_add(object, key, wrong_for(item));
    }
    expect_at(w, name, is_object ? "structure" : "value");
    (void)json_object_object_add(object, key, value);
    json_object_put(list);
}

static void spoil_each(const struct en_r4_element *type, struct json_object *root)
{
    walk_resource(type, root, spoil_member, &seen_total);
    expect_valid(root);
}

/* A value of another shape or kind in place of a required one is refused at its place. */
static void test_wrong_type_is_named(void **state)
{
    (void)state;
    seen_total = 0;
    each_resource(spoil_each);
    CHECK(seen_total > 750);
}

/* Every element */

static const struct en_r4_element *parent_of(const struct en_r4_element *e)
{
    const char *dot = strrchr(e->path, '.');

    return dot == NULL ? NULL : type_of(e->path, (size_t)(dot - e->path));
}

/* An instance around an object of this type or element: a resource; NULL when none can hold it. */
static struct json_object *around(const struct en_r4_element *type, struct json_object *object)
{
    const struct en_r4_element *parent = parent_of(type);
    const char *choice = NULL;
    char key[KEY_MAX];

    if (parent != NULL) {
        struct json_object *outer = minimal(parent, type);
        struct json_object *value = type->max > 1 ? json_object_new_array() : object;

        if (type->max > 1) {
            (void)json_object_array_add(value, object);
        }
        key_of(type, type->types, key);
        (void)json_object_object_add(outer, key, value);
        return around(parent, outer);
    }
    if (is_resource(type)) {
        return object;
    }
    (void)snprintf(key, sizeof key, "value%s", type->path);
    if (en_r4_child(&r4, type_of("Extension", SIZE_MAX), key, &choice) == NULL) {
        json_object_put(object);
        return NULL;
    }
    struct json_object *root = json_of("{\"resourceType\":\"Patient\",\"extension\":[{\"url\":"
                                       "\"http://example.org/a\"}]}");
    struct json_object *list = json_object_object_get(root, "extension");

    (void)json_object_object_add(json_object_array_get_idx(list, 0), key, object);
    return root;
}

/* The element with each of its types, in an instance that has nothing else to spare. */
static size_t check_element(const struct en_r4_element *e)
{
    const struct en_r4_element *parent = parent_of(e);
    const char *types = e->types, *name, *targets;
    size_t size, count = 0;

    while (types != NULL && types[0] != '\0') {
        struct json_object *object = minimal(parent, e);

        add_member(object, e, types);
        struct json_object *root = around(parent, object);

        if (root != NULL) {
            expect_valid(root);
            json_object_put(root);
            count++;
        }
        types = types[0] == '#' ? NULL : en_r4_next_type(types, &name, &size, &targets);
        while (types != NULL && types[0] == ' ') {
            types++;
        }
    }
    return count;
}

/* Each of the five thousand elements may be there, with each type that its row names. A text as a
 * Reference's address has a grammar of its own (test_validate). */
static void test_every_element_is_accepted(void **state)
{
    size_t elements = 0, values = 0;

    (void)state;
    for (size_t i = 0; i < r4.element_count; i++) {
        const struct en_r4_element *e = &r4.elements[i];

        if (strchr(e->path, '.') != NULL && strcmp(e->path, "Reference.reference") != 0) {
            const size_t count = check_element(e);

            elements += count > 0 ? 1 : 0;
            values += count;
        }
    }
    CHECK(elements > 4000);
    CHECK(values > elements + 500);
}

/* Codes */

/* A required set of codes holds its codes and nothing near them: not a part of one, not one with
 * something behind it, not two of them at once. */
static void test_codes_are_whole_words(void **state)
{
    char code[KEY_MAX], other[2 * KEY_MAX];
    size_t pairs = 0;

    (void)state;
    for (size_t i = 0; i < r4.code_count; i++) {
        const struct en_r4_codes set = r4.codes[i];
        const char *second = strchr(set.codes, ' ');

        (void)code_of(set.set, code);
        CHECK(en_r4_has_code(&r4, set.set, NULL, code));
        (void)snprintf(other, sizeof other, "%s.", code);
        CHECK(!en_r4_has_code(&r4, set.set, NULL, other));
        (void)snprintf(other, sizeof other, "%s ", code);
        CHECK(!en_r4_has_code(&r4, set.set, NULL, other));
        if (second != NULL) {
            (void)snprintf(other, sizeof other, "%.*s",
                           (int)(second - set.codes + 1 + (long)strcspn(second + 1, " ")),
                           set.codes);
            CHECK(!en_r4_has_code(&r4, set.set, NULL, other));
            pairs++;
        }
    }
    CHECK(pairs > 100);
}

#define EACH_TEST(X)                                                                               \
    X(test_smallest_instance_is_valid)                                                             \
    X(test_extra_element_is_refused)                                                               \
    X(test_missing_required_element_is_named)                                                      \
    X(test_wrong_type_is_named)                                                                    \
    X(test_every_element_is_accepted)                                                              \
    X(test_codes_are_whole_words)

int main(void)
{
#define X(name) cmocka_unit_test(name),
    const struct CMUnitTest tests[] = {EACH_TEST(X)};
#undef X

    return cmocka_run_group_tests(tests, load, unload);
}
