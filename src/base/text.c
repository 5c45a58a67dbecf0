/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool en_text_equal(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool en_text_equal_nocase(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcasecmp(a, b) == 0);
}

bool en_text_starts(const char *text, const char *start)
{
    return text != NULL && strncmp(text, start, strlen(start)) == 0;
}

bool en_text_is_empty(const char *text)
{
    return text == NULL || text[0] == '\0';
}

bool en_text_number(const char *text, double *out)
{
    if (en_text_is_empty(text) || strspn(text, "0123456789+-.eE") != strlen(text)) {
        return false;
    }
    char *end = NULL;

    errno = 0;
    const double value = strtod(text, &end);

    if (*end != '\0' || !isfinite(value)) {
        return false;
    }
    *out = value;
    return true;
}

bool en_text_integer(const char *text, long long low, long long high, long long *out)
{
    if (en_text_is_empty(text) || strspn(text, "0123456789+-") != strlen(text)) {
        return false;
    }
    char *end = NULL;

    errno = 0;
    const long long value = strtoll(text, &end, 10);

    if (errno != 0 || *end != '\0' || value < low || value > high) {
        return false;
    }
    *out = value;
    return true;
}

const char *en_list_next(const char *list, const char **item, size_t *size)
{
    while (list != NULL && *list != '\0') {
        const char *start = list + strspn(list, "; ");
        size_t length = strcspn(start, ";");

        list = start + length;
        while (length > 0 && start[length - 1] == ' ') {
            length--;
        }
        if (length > 0) {
            *item = start;
            *size = length;
            return list;
        }
    }
    return NULL;
}

bool en_list_has(const char *list, const char *item)
{
    const char *found = NULL;
    size_t size = 0;

    while ((list = en_list_next(list, &found, &size)) != NULL) {
        if (strlen(item) == size && memcmp(item, found, size) == 0) {
            return true;
        }
    }
    return false;
}

/* Bytes of the well-formed UTF-8 letter at the start of bytes, and its code point; 0 when there is
 * none. The ranges of the second byte are those of the Unicode Standard, table 3-7. */
static size_t utf8_letter(const unsigned char *bytes, size_t size, uint32_t *code)
{
    const unsigned char first = bytes[0];
    const size_t length = first < 0x80   ? 1
                          : first < 0xc2 ? 0
                          : first < 0xe0 ? 2
                          : first < 0xf0 ? 3
                          : first < 0xf5 ? 4
                                         : 0;

    if (length == 0 || length > size) {
        return 0;
    }
    *code = length == 1 ? first : first & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80) {
            return 0;
        }
        *code = *code << 6 | (bytes[i] & 0x3fU);
    }
    const bool is_overlong = (length == 3 && *code < 0x800) || (length == 4 && *code < 0x10000);
    const bool is_surrogate = *code >= 0xd800 && *code <= 0xdfff;

    return is_overlong || is_surrogate || *code > 0x10ffff ? 0 : length;
}

bool en_utf8_valid(const char *bytes, size_t size, size_t *bad)
{
    uint32_t code;

    for (size_t i = 0; i < size;) {
        const size_t length = utf8_letter((const unsigned char *)bytes + i, size - i, &code);

        if (length == 0) {
            if (bad != NULL) {
                *bad = i;
            }
            return false;
        }
        i += length;
    }
    return true;
}

/* Columns of one letter; the ranges that occur in names and clinical text. */
static size_t letter_width(uint32_t code)
{
    static const struct {
        uint32_t first, last;
        size_t width;
    } RANGES[] = {
        {0x0300, 0x036f, 0},   /* combining marks */
        {0x1100, 0x115f, 2},   /* Hangul */
        {0x200b, 0x200f, 0},   /* zero-width spaces and joiners */
        {0x2e80, 0xa4cf, 2},   /* CJK */
        {0xac00, 0xd7a3, 2},   /* Hangul syllables */
        {0xf900, 0xfaff, 2},   /* CJK compatibility */
        {0xfe00, 0xfe0f, 0},   /* variation selectors */
        {0xfe30, 0xfe6f, 2},   /* CJK forms */
        {0xff00, 0xff60, 2},   /* full-width forms */
        {0x1f300, 0x1faff, 2}, /* pictographs */
        {0x20000, 0x3fffd, 2}, /* CJK extensions */
    };

    for (size_t i = 0; i < sizeof RANGES / sizeof *RANGES; i++) {
        if (code >= RANGES[i].first && code <= RANGES[i].last) {
            return RANGES[i].width;
        }
    }
    return 1;
}

/* Bytes and columns of the next letter; a malformed byte counts as one letter. */
static size_t letter_next(const char *text, size_t size, size_t *width)
{
    uint32_t code = 0;
    const size_t length = utf8_letter((const unsigned char *)text, size, &code);

    *width = length == 0 ? 1 : letter_width(code);
    return length == 0 ? 1 : length;
}

size_t en_utf8_width(const char *text, size_t size)
{
    size_t columns = 0, width;

    for (size_t i = 0; i < size;) {
        i += letter_next(text + i, size - i, &width);
        columns += width;
    }
    return columns;
}

size_t en_text_line(const char *text, size_t columns, const char **rest)
{
    const size_t size = strlen(text);
    size_t end = 0, used = 0, width, space = 0;

    while (end < size) {
        const size_t length = letter_next(text + end, size - end, &width);

        /* The first letter is always taken, so that every call moves on; a space may hang over. */
        if (text[end] == ' ') {
            space = end;
        } else if (used + width > columns && end > 0) {
            break;
        }
        end += length;
        used += width;
    }
    if (end < size && space > 0) {
        end = space;
    }
    *rest = text + end + strspn(text + end, " ");
    while (end > 0 && text[end - 1] == ' ') {
        end--;
    }
    return end;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t en_text_distance(const char *a, const char *b)
{
    const size_t a_size = strlen(a), b_size = strlen(b);
    size_t row[EN_TEXT_DISTANCE_MAX + 1]; /* edits from the first i bytes of a to each start of b */

    if (a_size > EN_TEXT_DISTANCE_MAX || b_size > EN_TEXT_DISTANCE_MAX) {
        return SIZE_MAX;
    }
    for (size_t j = 0; j <= b_size; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= a_size; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= b_size; j++) {
            const size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);

            diagonal = row[j];
            row[j] = smaller(changed, smaller(row[j], row[j - 1]) + 1);
        }
    }
    return row[b_size];
}

uint64_t en_hash(uint64_t start, const void *bytes, size_t size)
{
    const unsigned char *byte = bytes;
    uint64_t hash = start;

    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ byte[i]) * UINT64_C(1099511628211);
    }
    return hash;
}
