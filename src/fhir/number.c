/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/number.h"

#include "base/limits.h"

#include <ctype.h>
#include <string.h>

/* 0.d1d2d3... times ten to a power: no zero at either end of the digits; zero has none. */
struct decimal {
    bool is_negative;
    char digits[EN_JSON_NUMBER_MAX + 1];
    long long power;
};

/* The exponent behind e or E. Beyond any that a number of finite value can have, it is cut. */
static long long exponent(const char *text)
{
    const bool is_negative = text[0] == '-';
    long long value = 0;

    for (text += text[0] == '-' || text[0] == '+' ? 1 : 0; isdigit((unsigned char)*text); text++) {
        value = value < 1000000 ? value * 10 + (*text - '0') : value;
    }
    return is_negative ? -value : value;
}

static struct decimal read(const char *text)
{
    struct decimal d = {.is_negative = text[0] == '-'};
    size_t count = 0;
    bool is_fraction = false;

    for (text += d.is_negative ? 1 : 0; isdigit((unsigned char)*text) || *text == '.'; text++) {
        if (*text == '.') {
            is_fraction = true;
        } else if (count > 0 || *text != '0') {
            d.power += is_fraction ? 0 : 1;
            if (count < EN_JSON_NUMBER_MAX) {
                d.digits[count++] = *text;
            }
        } else {
            d.power -= is_fraction ? 1 : 0; /* a zero before the first digit */
        }
    }
    if (*text == 'e' || *text == 'E') {
        d.power += exponent(text + 1);
    }
    while (count > 0 && d.digits[count - 1] == '0') {
        count--;
    }
    d.digits[count] = '\0';
    if (count == 0) {
        d = (struct decimal){0};
    }
    return d;
}

int en_number_compare(const char *a, const char *b)
{
    const struct decimal x = read(a), y = read(b);
    const int sign = x.is_negative ? -1 : 1;

    if (x.digits[0] == '\0' || y.digits[0] == '\0') {
        const int left = x.digits[0] == '\0' ? 0 : sign;
        const int right = y.digits[0] == '\0' ? 0 : (y.is_negative ? -1 : 1);

        return left - right;
    }
    if (x.is_negative != y.is_negative) {
        return sign;
    }
    if (x.power != y.power) {
        return x.power > y.power ? sign : -sign;
    }
    const int order = strcmp(x.digits, y.digits);

    return ((order > 0) - (order < 0)) * sign;
}

bool en_number_equal(const char *a, const char *b)
{
    return en_number_compare(a, b) == 0;
}
