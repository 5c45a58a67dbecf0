/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/primitive.h"

#include "base/date.h"
#include "base/text.h"
#include "fhir/xhtml.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* A FHIR string has at most 1 MiB. */
enum { STRING_MAX = 1 << 20 };

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Something visible, and no control character but tab and line ends. */
static bool is_string(const char *text, size_t size)
{
    bool has_more_than_space = false;

    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)text[i] < 0x20 && !is_space(text[i])) {
            return false;
        }
        has_more_than_space = has_more_than_space || !is_space(text[i]);
    }
    return has_more_than_space && size <= STRING_MAX;
}

/* Single spaces inside, none at the ends. */
static bool is_code(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (isspace((unsigned char)text[i]) &&
            (i == 0 || i + 1 == size || isspace((unsigned char)text[i + 1]))) {
            return false;
        }
    }
    return is_string(text, size);
}

static bool is_uri(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)text[i] <= 0x20) {
            return false;
        }
    }
    return size > 0;
}

static bool is_id(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!isalnum((unsigned char)text[i]) && text[i] != '-' && text[i] != '.') {
            return false;
        }
    }
    return size > 0 && size <= 64;
}

/* urn:oid:[0-2](.(0|[1-9]digits))+ */
static bool is_oid(const char *text, size_t size)
{
    static const char START[] = "urn:oid:";
    size_t i = sizeof START - 1;

    if (!en_text_starts(text, START) || text[i] < '0' || text[i] > '2' || i + 1 == size) {
        return false;
    }
    for (i++; i < size;) {
        if (text[i] != '.' || !isdigit((unsigned char)text[i + 1]) ||
            (text[i + 1] == '0' && isdigit((unsigned char)text[i + 2]))) {
            return false;
        }
        i++;
        while (isdigit((unsigned char)text[i])) {
            i++;
        }
    }
    return true;
}

static bool is_uuid(const char *text, size_t size)
{
    static const char START[] = "urn:uuid:";

    if (!en_text_starts(text, START) || size != sizeof START - 1 + 36) {
        return false;
    }
    text += sizeof START - 1;
    for (int i = 0; i < 36; i++) {
        const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (is_dash ? text[i] != '-' : strchr("0123456789abcdef", text[i]) == NULL) {
            return false;
        }
    }
    return true;
}

static bool is_base64(const char *text, size_t size)
{
    size_t count = 0, padding = 0;

    for (size_t i = 0; i < size; i++) {
        const unsigned char c = (unsigned char)text[i];

        if (is_space((char)c)) {
            continue;
        }
        if (c == '=') {
            padding++;
        } else if ((!isalnum(c) && c != '+' && c != '/') || padding > 0) {
            return false;
        }
        count++;
    }
    return count > 0 && count % 4 == 0 && padding <= 2;
}

static bool is_date(const char *text, size_t size)
{
    en_day day;

    return size <= 10 && en_date_parse(text, &day, NULL);
}

static bool is_date_time(const char *text, size_t size)
{
    en_day day;

    return size > 0 && en_date_parse(text, &day, NULL);
}

static bool is_instant(const char *text, size_t size)
{
    return size > 10 && is_date_time(text, size);
}

/* "hh:mm:ss[.fff]": a dateTime's time without a zone. */
static bool is_time(const char *text, size_t size)
{
    char full[64];
    en_day day;

    (void)snprintf(full, sizeof full, "2000-01-01T%sZ", text);
    return size >= 8 && size <= 32 && strpbrk(text, "Z+-") == NULL &&
           en_date_parse(full, &day, NULL);
}

static bool is_xhtml(const char *text, size_t size)
{
    const char *key;

    return size <= STRING_MAX && en_xhtml_problem(text, size, &key) == NULL;
}

/* Types that are JSON strings. */
static const struct format {
    const char *type;
    bool (*is_valid)(const char *text, size_t size);
    const char *problem;
} FORMATS[] = {
    {"string", is_string, "must be a text that is not empty and has no control characters"},
    {"markdown", is_string, "must be a text that is not empty and has no control characters"},
    {"code", is_code, "must be a code: no space at the ends, single spaces inside"},
    {"id", is_id, "must be an id: 1 to 64 letters, digits, '-' or '.'"},
    {"uri", is_uri, "must be a URI without spaces"},
    {"url", is_uri, "must be a URL without spaces"},
    {"canonical", is_uri, "must be a canonical URL without spaces"},
    {"oid", is_oid, "must be an OID such as urn:oid:1.2.3"},
    {"uuid", is_uuid, "must be a UUID such as urn:uuid:c757873d-ec9a-4326-a141-556f43239520"},
    {"base64Binary", is_base64, "must be base64"},
    {"date", is_date, "must be a date: YYYY, YYYY-MM or YYYY-MM-DD"},
    {"dateTime", is_date_time, "must be a date, or a date with time and zone"},
    {"instant", is_instant, "must be a date with time and zone"},
    {"time", is_time, "must be a time hh:mm:ss"},
    {"xhtml", is_xhtml, "must be one <div> without active content"},
};

/* Types that are JSON integers. */
static const struct integer_range {
    const char *type;
    int64_t low;
    const char *problem;
} INTEGERS[] = {
    {"integer", INT32_MIN, "must be an integer of 32 bits"},
    {"unsignedInt", 0, "must be an integer of 0 or more"},
    {"positiveInt", 1, "must be an integer of 1 or more"},
};

const char *en_primitive_problem(const char *type, struct json_object *value)
{
    if (strcmp(type, "boolean") == 0) {
        return json_object_is_type(value, json_type_boolean) ? NULL : "must be true or false";
    }
    if (strcmp(type, "decimal") == 0) {
        return json_object_is_type(value, json_type_int) ||
                       json_object_is_type(value, json_type_double)
                   ? NULL
                   : "must be a number without quotes";
    }
    for (size_t i = 0; i < sizeof INTEGERS / sizeof INTEGERS[0]; i++) {
        if (strcmp(type, INTEGERS[i].type) == 0) {
            const int64_t number = json_object_get_int64(value);

            return json_object_is_type(value, json_type_int) && number >= INTEGERS[i].low &&
                           number <= INT32_MAX
                       ? NULL
                       : INTEGERS[i].problem;
        }
    }
    for (size_t i = 0; i < sizeof FORMATS / sizeof FORMATS[0]; i++) {
        if (strcmp(type, FORMATS[i].type) != 0) {
            continue;
        }
        if (!json_object_is_type(value, json_type_string)) {
            return "must be a text in double quotes";
        }
        const char *text = json_object_get_string(value);
        const size_t size = (size_t)json_object_get_string_len(value);

        /* A NUL inside would hide what follows it. */
        return strlen(text) == size && FORMATS[i].is_valid(text, size) ? NULL : FORMATS[i].problem;
    }
    return "has a type that is not known";
}
