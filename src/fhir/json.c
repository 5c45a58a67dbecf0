/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/json.h"

#include "base/limits.h"
#include "base/text.h"
#include "fhir/issue.h"
#include "fhir/number.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* The gate walks the text once, builds nothing, and stops at the first error of grammar; equal keys
 * are collected. json-c alone would let them through: it accepts NaN, Infinity and single quotes,
 * keeps the last of two equal keys and saturates large integers. */
struct gate {
    const char *start, *at, *end;
    struct en_arena *arena;
    struct en_issues *issues;
    struct en_path path;
    uint64_t *keys; /* hashes of the members of all open objects, shape [key_count] */
    size_t key_count, depth, value_count;
    bool has_failed;
};

static bool value(struct gate *g);

static void report(struct gate *g, const char *code, const char *what)
{
    size_t line = 1;
    const char *line_start = g->start;

    for (const char *p = g->start; p < g->at; p++) {
        if (*p == '\n') {
            line++;
            line_start = p + 1;
        }
    }
    const bool is_root = g->path.size == 0 || g->path.text[0] == '[';
    char place[EN_PATH_MAX + 8];

    (void)snprintf(place, sizeof place, "%s%s", is_root ? "$this" : "", g->path.text);
    en_issue_add(g->issues, g->arena, EN_ISSUE_ERROR, code, place, "JSON, line %zu, column %zu: %s",
                 line, (size_t)(g->at - line_start) + 1, what);
}

static bool refuse(struct gate *g, const char *code, const char *what)
{
    report(g, code, what);
    g->has_failed = true;
    return false;
}

static bool fail_structure(struct gate *g, const char *what)
{
    return refuse(g, "structure", what);
}

static int peek(const struct gate *g)
{
    return g->at < g->end ? (unsigned char)*g->at : -1;
}

static void skip_space(struct gate *g)
{
    for (int c = peek(g); c == ' ' || c == '\t' || c == '\r' || c == '\n'; c = peek(g)) {
        g->at++;
    }
}

/* Value of a hexadecimal digit, 16 when it is none. */
static unsigned hex_digit(int c)
{
    if (c >= '0' && c <= '9') {
        return (unsigned)(c - '0');
    }
    return isxdigit(c) ? (unsigned)(tolower(c) - 'a') + 10U : 16U;
}

/* Four hexadecimal digits behind "\u". */
static bool hex4(struct gate *g, unsigned *out)
{
    *out = 0;
    for (int i = 0; i < 4; i++) {
        const unsigned digit = g->at < g->end ? hex_digit((unsigned char)*g->at) : 16U;

        if (digit == 16U) {
            return fail_structure(g, "an escape \\u needs four hexadecimal digits");
        }
        *out = *out * 16 + digit;
        g->at++;
    }
    return true;
}

/* Hash of a code point as UTF-8, so that "a" and "\u0061" are equal keys. */
static uint64_t hash_point(uint64_t hash, unsigned point)
{
    unsigned char bytes[4];
    size_t size = 0;

    if (point < 0x80) {
        bytes[size++] = (unsigned char)point;
    } else if (point < 0x800) {
        bytes[size++] = (unsigned char)(0xc0 | point >> 6);
    } else if (point < 0x10000) {
        bytes[size++] = (unsigned char)(0xe0 | point >> 12);
        bytes[size++] = (unsigned char)(0x80 | (point >> 6 & 0x3f));
    } else {
        bytes[size++] = (unsigned char)(0xf0 | point >> 18);
        bytes[size++] = (unsigned char)(0x80 | (point >> 12 & 0x3f));
        bytes[size++] = (unsigned char)(0x80 | (point >> 6 & 0x3f));
    }
    if (point >= 0x80) {
        bytes[size++] = (unsigned char)(0x80 | (point & 0x3f));
    }
    return en_hash(hash, bytes, size);
}

/* \uXXXX, a pair of them for code points beyond 0xffff; a lone half is no character. */
static bool escape_unicode(struct gate *g, unsigned *point)
{
    unsigned low = 0;

    if (!hex4(g, point)) {
        return false;
    }
    if (*point >= 0xdc00 && *point <= 0xdfff) {
        return fail_structure(g, "half a surrogate pair is no character");
    }
    if (*point < 0xd800 || *point > 0xdbff) {
        return true;
    }
    if (g->end - g->at < 2 || g->at[0] != '\\' || g->at[1] != 'u') {
        return fail_structure(g, "half a surrogate pair is no character");
    }
    g->at += 2;
    if (!hex4(g, &low)) {
        return false;
    }
    if (low < 0xdc00 || low > 0xdfff) {
        return fail_structure(g, "half a surrogate pair is no character");
    }
    *point = 0x10000 + ((*point - 0xd800) << 10) + (low - 0xdc00);
    return true;
}

/* Behind a backslash. */
static bool escape(struct gate *g, unsigned *point)
{
    static const char FROM[] = "\"\\/bfnrt", TO[] = "\"\\/\b\f\n\r\t";
    const int c = peek(g);
    const char *found = c > 0 ? strchr(FROM, c) : NULL;

    if (c == 'u') {
        g->at++;
        return escape_unicode(g, point);
    }
    if (found == NULL) {
        return fail_structure(g, "this escape does not exist in JSON");
    }
    g->at++;
    *point = (unsigned char)TO[found - FROM];
    return true;
}

/* One character of UTF-8: no overlong form, no surrogate, nothing beyond U+10FFFF. */
static bool character(struct gate *g, unsigned *point)
{
    static const unsigned LOWEST[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned first = (unsigned char)*g->at;
    const int size = first < 0x80             ? 1
                     : (first & 0xe0) == 0xc0 ? 2
                     : (first & 0xf0) == 0xe0 ? 3
                     : (first & 0xf8) == 0xf0 ? 4
                                              : 0;

    if (size == 0 || g->end - g->at < size) {
        return refuse(g, "invalid", "the text is not valid UTF-8");
    }
    *point = size == 1 ? first : first & (0x7fU >> size);
    for (int i = 1; i < size; i++) {
        const unsigned c = (unsigned char)g->at[i];

        if ((c & 0xc0) != 0x80) {
            return refuse(g, "invalid", "the text is not valid UTF-8");
        }
        *point = *point << 6 | (c & 0x3f);
    }
    if (*point < LOWEST[size] || *point > 0x10ffff || (*point >= 0xd800 && *point <= 0xdfff)) {
        return refuse(g, "invalid", "the text is not valid UTF-8");
    }
    g->at += size;
    return true;
}

/* A string with its quotes; the hash of its characters goes to *hash. A plain name is copied to
 * `name`, cut to its size. */
static bool string(struct gate *g, uint64_t *hash, char *name, size_t name_size)
{
    size_t length = 0;

    *hash = EN_HASH_START;
    g->at++;
    for (;;) {
        unsigned point = 0;
        const int c = peek(g);

        if (c < 0) {
            return fail_structure(g, "a string has no end");
        }
        if (c == '"') {
            g->at++;
            break;
        }
        if (c < 0x20) {
            return fail_structure(g, "a control character in a string must be escaped");
        }
        g->at += c == '\\' ? 1 : 0;
        if (!(c == '\\' ? escape(g, &point) : character(g, &point))) {
            return false;
        }
        *hash = hash_point(*hash, point);
        if (length + 1 < name_size) {
            name[length] = '?';
            if (point > 0 && point < 0x80) {
                name[length] = (char)point;
            }
            length++;
        }
        if (point == 0 && name_size > 0) {
            return fail_structure(g, "a member's name must not hold the character U+0000");
        }
    }
    if (name_size > 0) {
        name[length] = '\0';
    }
    return true;
}

static size_t digits(struct gate *g)
{
    const char *start = g->at;

    while (g->at < g->end && isdigit((unsigned char)*g->at)) {
        g->at++;
    }
    return (size_t)(g->at - start);
}

/* Within what a double and a 64-bit integer hold: json-c would change anything beyond. */
static bool number_fits(struct gate *g, const char *start, bool is_integer)
{
    char text[EN_JSON_NUMBER_MAX + 1];
    const size_t size = (size_t)(g->at - start);
    double number = 0.0;
    long long integer = 0;

    if (size > EN_JSON_NUMBER_MAX) {
        return refuse(g, "too-long", "a number has too many digits");
    }
    memcpy(text, start, size);
    text[size] = '\0';
    if (is_integer ? !en_text_integer(text, INT64_MIN, INT64_MAX, &integer)
                   : !en_text_number(text, &number)) {
        return refuse(g, "value", "a number is too large");
    }
    return true;
}

static bool number(struct gate *g)
{
    const char *start = g->at;
    bool is_integer = true;

    g->at += *g->at == '-' ? 1 : 0;
    if (peek(g) == '0') {
        g->at++;
    } else if (digits(g) == 0) {
        return fail_structure(g, "this is no JSON value");
    }
    if (peek(g) == '.') {
        g->at++;
        is_integer = false;
        if (digits(g) == 0) {
            return fail_structure(g, "a decimal point needs a digit behind it");
        }
    }
    if (peek(g) == 'e' || peek(g) == 'E') {
        g->at++;
        is_integer = false;
        g->at += peek(g) == '+' || peek(g) == '-' ? 1 : 0;
        if (digits(g) == 0) {
            return fail_structure(g, "an exponent needs a digit");
        }
    }
    return number_fits(g, start, is_integer);
}

static bool word(struct gate *g, const char *text)
{
    const size_t size = strlen(text);

    if ((size_t)(g->end - g->at) < size || memcmp(g->at, text, size) != 0) {
        return fail_structure(g, "this is no JSON value (only true, false and null are words)");
    }
    g->at += size;
    return true;
}

/* Remember a member's name and report it when the open object (from `first`) has it already. */
static bool add_key(struct gate *g, size_t first, uint64_t hash, const char *at)
{
    if (g->key_count - first == EN_JSON_MEMBERS_MAX) {
        return refuse(g, "too-costly", "an object has too many members");
    }
    for (size_t i = first; i < g->key_count; i++) {
        if (g->keys[i] == hash) {
            const char *here = g->at;

            g->at = at;
            report(g, "structure", "this member stands twice in one object: keep one");
            g->at = here;
            break;
        }
    }
    g->keys[g->key_count++] = hash;
    return true;
}

static bool member(struct gate *g, size_t first)
{
    char name[80];
    uint64_t hash = 0;
    const char *at = g->at;

    if (peek(g) != '"') {
        return fail_structure(g, "a member's name in double quotes is expected");
    }
    if (!string(g, &hash, name, sizeof name)) {
        return false;
    }
    const size_t before = en_path_push(&g->path, name);

    if (!add_key(g, first, hash, at)) {
        return false;
    }
    skip_space(g);
    if (peek(g) != ':') {
        return fail_structure(g, "a colon is expected behind a member's name");
    }
    g->at++;
    if (!value(g)) {
        return false;
    }
    en_path_pop(&g->path, before);
    return true;
}

static bool item(struct gate *g, size_t index)
{
    const size_t before = en_path_push_index(&g->path, index);

    if (!value(g)) {
        return false;
    }
    en_path_pop(&g->path, before);
    return true;
}

/* An object or an array. */
static bool container(struct gate *g, char close)
{
    const size_t first = g->key_count;

    if (g->depth == EN_JSON_DEPTH_MAX) {
        return refuse(g, "too-costly", "objects and arrays are nested too deeply");
    }
    g->depth++;
    g->at++;
    skip_space(g);
    for (size_t i = 0; peek(g) != close || i > 0; i++) {
        skip_space(g);
        if (!(close == '}' ? member(g, first) : item(g, i))) {
            return false;
        }
        skip_space(g);
        if (peek(g) == close) {
            break;
        }
        if (peek(g) != ',') {
            return fail_structure(g, close == '}' ? "a comma or } is expected"
                                                  : "a comma or ] is expected");
        }
        g->at++;
    }
    g->at++;
    g->key_count = first;
    g->depth--;
    return true;
}

static bool value(struct gate *g)
{
    uint64_t hash = 0;

    if (g->value_count++ == EN_JSON_VALUES_MAX) {
        return refuse(g, "too-costly", "the text has too many values");
    }
    skip_space(g);
    switch (peek(g)) {
    case -1:
        return fail_structure(g, "the text ends where a value is expected");
    case '{':
        return container(g, '}');
    case '[':
        return container(g, ']');
    case '"':
        return string(g, &hash, NULL, 0);
    case 't':
        return word(g, "true");
    case 'f':
        return word(g, "false");
    case 'n':
        return word(g, "null");
    default:
        return number(g);
    }
}

enum en_status en_json_check(const char *bytes, size_t size, struct en_arena *a,
                             struct en_issues *issues, struct en_err *err)
{
    const size_t errors = issues->error_count;
    struct gate g = {
        .start = bytes, .at = bytes, .end = bytes + size, .arena = a, .issues = issues};

    g.keys = EN_NEW(a, uint64_t, (size_t)EN_JSON_DEPTH_MAX * EN_JSON_MEMBERS_MAX);
    if (g.keys == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory to check the JSON text");
    }
    if (size > EN_BODY_LARGE_MAX) {
        g.end = g.at;
        (void)refuse(&g, "too-long", "the text is larger than 64 MiB");
    } else if (size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0) {
        (void)refuse(&g, "structure", "save the file without a byte-order mark");
    } else if (value(&g)) {
        skip_space(&g);
        if (g.at < g.end) {
            (void)fail_structure(&g, "something stands behind the end of the JSON value");
        }
    }
    return issues->error_count == errors
               ? EN_OK
               : en_fail(err, EN_EINVAL, "the JSON text has errors: see the issues");
}

enum en_status en_json_read(const char *bytes, size_t size, struct en_arena *a,
                            struct json_object **out, struct en_issues *issues, struct en_err *err)
{
    *out = NULL;
    EN_TRY(en_json_check(bytes, size, a, issues, err));
    struct json_tokener *tokener = json_tokener_new_ex(EN_JSON_DEPTH_MAX + 2);
    const char *text = en_arena_copy(a, bytes, size); /* json-c wants the NUL at the end */

    if (tokener == NULL || text == NULL) {
        if (tokener != NULL) {
            json_tokener_free(tokener);
        }
        return en_fail(err, EN_ENOMEM, "no memory to read the JSON text");
    }
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    *out = json_tokener_parse_ex(tokener, text, (int)size + 1);
    const enum json_tokener_error problem = json_tokener_get_error(tokener);

    json_tokener_free(tokener);
    if (problem != json_tokener_success) {
        json_object_put(*out);
        *out = NULL;
        en_issue_add(issues, a, EN_ISSUE_ERROR, "structure", "$this",
                     "the JSON text cannot be read");
        return en_fail(err, EN_EINVAL, "the JSON text cannot be read");
    }
    return EN_OK;
}

struct json_object *en_json_get(struct json_object *object, const char *key)
{
    struct json_object *found = NULL;

    if (json_object_is_type(object, json_type_object)) {
        (void)json_object_object_get_ex(object, key, &found);
    }
    return found;
}

const char *en_json_text(struct json_object *object, const char *key)
{
    struct json_object *found = en_json_get(object, key);

    return json_object_is_type(found, json_type_string) ? json_object_get_string(found) : NULL;
}

size_t en_json_count(struct json_object *array)
{
    return json_object_is_type(array, json_type_array) ? json_object_array_length(array) : 0;
}

struct json_object *en_json_at(struct json_object *array, size_t index)
{
    return index < en_json_count(array) ? json_object_array_get_idx(array, index) : NULL;
}

static bool is_number(struct json_object *value)
{
    return json_object_is_type(value, json_type_int) ||
           json_object_is_type(value, json_type_double);
}

static bool arrays_equal(struct json_object *a, struct json_object *b)
{
    bool same = en_json_count(a) == en_json_count(b);

    for (size_t i = 0; i < en_json_count(a) && same; i++) {
        same = en_json_equal(en_json_at(a, i), en_json_at(b, i));
    }
    return same;
}

static bool objects_equal(struct json_object *a, struct json_object *b)
{
    bool same = json_object_object_length(a) == json_object_object_length(b);

    json_object_object_foreach(a, key, member)
    {
        struct json_object *other = NULL;

        same = same && json_object_object_get_ex(b, key, &other) && en_json_equal(member, other);
    }
    return same;
}

bool en_json_equal(struct json_object *a, struct json_object *b)
{
    if (is_number(a)) {
        return is_number(b) &&
               en_number_equal(json_object_get_string(a), json_object_get_string(b));
    }
    if (json_object_get_type(a) != json_object_get_type(b)) {
        return false;
    }
    if (json_object_is_type(a, json_type_array)) {
        return arrays_equal(a, b);
    }
    return json_object_is_type(a, json_type_object) ? objects_equal(a, b)
                                                    : json_object_equal(a, b) == 1;
}
