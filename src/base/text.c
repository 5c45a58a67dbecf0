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

uint64_t en_hash(uint64_t start, const void *bytes, size_t size)
{
    const unsigned char *byte = bytes;
    uint64_t hash = start;

    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ byte[i]) * UINT64_C(1099511628211);
    }
    return hash;
}
