/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/search_value.h"

#include "base/text.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

enum {
    HASH_DIGITS = 16,
    NUMBER_DIGITS_MAX = 17, /* of a number whose open span is worth telling */
    EXPONENT_MAX = 300
};

/* The largest size of at most `size` bytes that does not cut a letter of UTF-8 in two. */
static size_t whole_letters(const char *text, size_t size)
{
    while (size > 0 && ((unsigned char)text[size] & 0xC0U) == 0x80U) {
        size--;
    }
    return size;
}

const char *en_search_key_text(const char *text, struct en_arena *a)
{
    const size_t size = strlen(text);

    if (size <= EN_SEARCH_TEXT_MAX) {
        return en_arena_copy(a, text, size);
    }
    const size_t kept = whole_letters(text, EN_SEARCH_TEXT_MAX - HASH_DIGITS - 1);

    return en_arena_print(a, "%.*s~%016" PRIx64, (int)kept, text,
                          en_hash(EN_HASH_START, text, size));
}

const char *en_search_cut(const char *folded, struct en_arena *a)
{
    return strlen(folded) <= EN_SEARCH_TEXT_MAX
               ? folded
               : en_arena_copy(a, folded, whole_letters(folded, EN_SEARCH_TEXT_MAX));
}

const char *en_search_lower(const char *text, struct en_arena *a)
{
    static const char UPPER[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    char *copy = en_arena_copy(a, text, SIZE_MAX);

    for (char *p = copy; p != NULL && *p != '\0'; p++) {
        const char *at = *p == '\0' ? NULL : strchr(UPPER, *p);

        if (at != NULL) {
            *p = "abcdefghijklmnopqrstuvwxyz"[at - UPPER];
        }
    }
    return copy;
}

/* Digits without sign and point, and the power of ten of the last of them. False when there are too
 * many to tell. */
static bool digits_of(const char *text, char digits[NUMBER_DIGITS_MAX + 1], long long *power)
{
    const char *e = strpbrk(text, "eE");
    const char *end = e == NULL ? text + strlen(text) : e;
    size_t count = 0;
    bool is_behind_point = false;

    *power = 0;
    if (e != NULL && !en_text_integer(e + 1, -EXPONENT_MAX, EXPONENT_MAX, power)) {
        return false;
    }
    for (const char *p = text; p < end; p++) {
        if (*p == '.') {
            is_behind_point = true;
        }
        if (!isdigit((unsigned char)*p)) {
            continue;
        }
        *power -= is_behind_point ? 1 : 0;
        if (count == 0 && *p == '0') {
            continue; /* a leading zero */
        }
        if (count == NUMBER_DIGITS_MAX) {
            return false;
        }
        digits[count++] = *p;
    }
    digits[count] = '\0';
    return true;
}

bool en_search_number(const char *text, double *number, double *low, double *high)
{
    char digits[NUMBER_DIGITS_MAX + 1], end[2 * NUMBER_DIGITS_MAX + 32];
    long long power, whole = 0;
    double near_zero, far;

    if (!en_text_number(text, number)) {
        return false;
    }
    *low = *number;
    *high = *number;
    if (!digits_of(text, digits, &power)) {
        return true;
    }
    (void)en_text_integer(digits, 0, INT64_MAX, &whole);
    /* Written out and read again: 72.45 is then the same number as one that was sent as 72.45. */
    (void)snprintf(end, sizeof end, "%lld5e%lld", whole, power - 1);
    if (!en_text_number(end, &far)) {
        return true;
    }
    (void)snprintf(end, sizeof end, "%lld5e%lld", whole - 1, power - 1);
    if (whole == 0 || !en_text_number(end, &near_zero)) {
        near_zero = -far;
    }
    *low = text[0] == '-' ? -far : near_zero;
    *high = text[0] == '-' ? -near_zero : far;
    return true;
}

/* Bytes of a type's name at the start: "Patient". */
static size_t type_size(const char *text)
{
    size_t size = 0;

    while (isalpha((unsigned char)text[size])) {
        size++;
    }
    return isupper((unsigned char)text[0]) ? size : 0;
}

static size_t id_size(const char *text)
{
    size_t size = 0;

    while (isalnum((unsigned char)text[size]) || text[size] == '-' || text[size] == '.') {
        size++;
    }
    return size;
}

/* Whether the text is "Type/id" or "Type/id/_history/version". */
static bool is_local(const char *text, size_t *type, size_t *id)
{
    *type = type_size(text);
    if (*type == 0 || text[*type] != '/') {
        return false;
    }
    *id = id_size(text + *type + 1);
    const char *rest = text + *type + 1 + *id;

    return *id > 0 && (rest[0] == '\0' || en_text_starts(rest, "/_history/"));
}

/* "Patient" of "http://server/fhir/Patient/1"; "" when it does not end so. */
static const char *type_of_url(const char *url, struct en_arena *a)
{
    size_t type, id;

    for (const char *slash = url; (slash = strchr(slash, '/')) != NULL;) {
        slash++;
        if (is_local(slash, &type, &id)) {
            return en_arena_copy(a, slash, type);
        }
    }
    return "";
}

bool en_search_reference(const char *text, struct en_arena *a, const char **type, const char **id,
                         const char **target_type)
{
    size_t type_bytes, id_bytes;

    *id = NULL;
    if (is_local(text, &type_bytes, &id_bytes)) {
        *type = en_arena_copy(a, text, type_bytes);
        const char *whole = en_arena_copy(a, text + type_bytes + 1, id_bytes);

        *id = *type == NULL || whole == NULL ? NULL : en_search_key_text(whole, a);
        *target_type = *type;
        return true;
    }
    /* A scheme and a colon begin an absolute one. */
    const size_t scheme = strcspn(text, ":/?#");

    if (scheme == 0 || text[scheme] != ':') {
        return false;
    }
    *type = "";
    *target_type = type_of_url(text, a);
    *id = *target_type == NULL ? NULL : en_search_key_text(text, a);
    return true;
}

bool en_search_is_target(const char *targets, const char *type)
{
    const size_t size = strlen(type);

    for (const char *p = targets; *p != '\0'; p += strspn(p, " ")) {
        const size_t length = strcspn(p, " ");

        if (length == size && strncmp(p, type, size) == 0) {
            return true;
        }
        p += length;
    }
    return targets[0] == '\0';
}
