/* SPDX-License-Identifier: Apache-2.0 */
#include "base/instant.h"

#include "base/date.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define SECOND_US 1000000LL
#define MINUTE_US (60 * SECOND_US)
#define DAY_US    (1440 * MINUTE_US)

enum { DATE_SIZE = 10, TIME_SIZE = 8, FRACTION_MAX = 18, HTTP_SIZE = 29, MONTHS = 12 };

static const char MONTH_NAMES[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

static bool two_digits(const char *text, int high, int *out)
{
    if (!isdigit((unsigned char)text[0]) || !isdigit((unsigned char)text[1])) {
        return false;
    }
    *out = (text[0] - '0') * 10 + (text[1] - '0');
    return *out <= high;
}

/* "Z", "+01:00", or nothing, which is UTC. */
static bool zone(const char *text, int64_t *offset_us)
{
    int hours, minutes;

    *offset_us = 0;
    if (text[0] == '\0' || strcmp(text, "Z") == 0) {
        return true;
    }
    if ((text[0] != '+' && text[0] != '-') || strlen(text) != 6 || text[3] != ':' ||
        !two_digits(text + 1, 14, &hours) || !two_digits(text + 4, 59, &minutes)) {
        return false;
    }
    *offset_us = (hours * 60LL + minutes) * MINUTE_US * (text[0] == '-' ? -1 : 1);
    return true;
}

/* Digits behind the point of the second: where it starts and how long it is [us]. */
static const char *fraction(const char *text, int64_t *start_us, int64_t *size_us)
{
    int64_t unit = SECOND_US;
    int digits = 0;

    *start_us = 0;
    for (; digits < FRACTION_MAX && isdigit((unsigned char)text[digits]); digits++) {
        if (unit > 1) {
            unit /= 10;
            *start_us += (text[digits] - '0') * unit;
        }
    }
    *size_us = unit;
    return digits == 0 ? NULL : text + digits;
}

/* "hh:mm:ss" with a fraction and a zone; "hh:mm" as searches may write it. */
static bool time_of_day(const char *text, int64_t *start_us, int64_t *size_us)
{
    int hours, minutes, seconds = 0;
    int64_t part_us = 0, offset_us;

    if (strnlen(text, 5) < 5 || !two_digits(text, 23, &hours) || text[2] != ':' ||
        !two_digits(text + 3, 59, &minutes)) {
        return false;
    }
    text += 5;
    *size_us = MINUTE_US;
    if (text[0] == ':') {
        if (strnlen(text, 3) < 3 || !two_digits(text + 1, 60, &seconds)) {
            return false;
        }
        text += 3;
        *size_us = SECOND_US;
        if (text[0] == '.') {
            text = fraction(text + 1, &part_us, size_us);
        }
    }
    if (text == NULL || !zone(text, &offset_us)) {
        return false;
    }
    *start_us = (hours * 60LL + minutes) * MINUTE_US + seconds * SECOND_US + part_us - offset_us;
    return true;
}

/* First day behind the year, month or day that begins with this one. */
static en_day next_day(const char *date, en_day day, enum en_date_precision precision)
{
    const int year =
        (date[0] - '0') * 1000 + (date[1] - '0') * 100 + (date[2] - '0') * 10 + (date[3] - '0');
    const int month = precision == EN_DATE_YEAR ? 12 : (date[5] - '0') * 10 + (date[6] - '0');
    char next[2 * EN_DATE_TEXT_MAX];
    en_day out;

    if (precision == EN_DATE_DAY) {
        return day + 1;
    }
    (void)snprintf(next, sizeof next, "%04d-%02d-01", month == 12 ? (year + 1) % 10000 : year,
                   month == 12 ? 1 : month + 1);
    return en_date_parse(next, &out, NULL) ? out : day + 1;
}

bool en_instant_span(const char *text, int64_t *low_us, int64_t *high_us)
{
    char date[DATE_SIZE + 1];
    enum en_date_precision precision;
    int64_t start_us, size_us;
    en_day day;

    if (text == NULL) {
        return false;
    }
    const char *mark = strchr(text, 'T');
    const size_t size = mark == NULL ? strlen(text) : (size_t)(mark - text);

    if (size > DATE_SIZE || (mark != NULL && size != DATE_SIZE)) {
        return false;
    }
    memcpy(date, text, size);
    date[size] = '\0';
    if (!en_date_parse(date, &day, &precision)) {
        return false;
    }
    if (mark == NULL) {
        *low_us = day * DAY_US;
        *high_us = next_day(date, day, precision) * DAY_US - 1;
        return true;
    }
    if (!time_of_day(mark + 1, &start_us, &size_us)) {
        return false;
    }
    *low_us = day * DAY_US + start_us;
    *high_us = *low_us + size_us - 1;
    return true;
}

static int64_t day_of(int64_t us)
{
    return us >= 0 ? us / DAY_US : -((DAY_US - 1 - us) / DAY_US);
}

const char *en_instant_text(int64_t us, char out[EN_INSTANT_TEXT_MAX])
{
    const int64_t day = day_of(us);
    const int64_t rest_ms = (us - day * DAY_US) / 1000;
    char date[EN_DATE_TEXT_MAX];

    (void)snprintf(out, EN_INSTANT_TEXT_MAX, "%sT%02d:%02d:%02d.%03dZ",
                   en_date_text((en_day)day, date), (int)(rest_ms / 3600000),
                   (int)(rest_ms / 60000 % 60), (int)(rest_ms / 1000 % 60), (int)(rest_ms % 1000));
    return out;
}

const char *en_instant_http_text(int64_t us, char out[EN_INSTANT_TEXT_MAX])
{
    const int64_t day = day_of(us), second = (us - day * DAY_US) / SECOND_US;
    char date[EN_DATE_TEXT_MAX];
    int month = 0;

    (void)en_date_text((en_day)day, date);
    (void)two_digits(date + 5, MONTHS, &month);
    (void)snprintf(out, EN_INSTANT_TEXT_MAX, "%.3s, %.2s %.3s %.4s %02d:%02d:%02d GMT",
                   en_weekday_name((en_day)day), date + 8,
                   MONTH_NAMES + 3 * (ptrdiff_t)(month > 0 ? month - 1 : 0), date,
                   (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60));
    return out;
}

bool en_instant_http(const char *text, int64_t *out_us)
{
    char iso[EN_INSTANT_TEXT_MAX];
    int64_t high_us;

    if (text == NULL || strlen(text) != HTTP_SIZE || strncmp(text + 3, ", ", 2) != 0 ||
        strcmp(text + 25, " GMT") != 0 || text[7] != ' ' || text[11] != ' ' || text[16] != ' ') {
        return false;
    }
    for (int month = 0; month < MONTHS; month++) {
        if (strncmp(text + 8, MONTH_NAMES + 3 * (ptrdiff_t)month, 3) == 0) {
            (void)snprintf(iso, sizeof iso, "%.4s-%02d-%.2sT%.8sZ", text + 12, month + 1, text + 5,
                           text + 17);
            return en_instant_span(iso, out_us, &high_us);
        }
    }
    return false;
}
