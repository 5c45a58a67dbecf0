/* SPDX-License-Identifier: Apache-2.0 */
#include "base/date.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

struct civil {
    int year, month, day;
};

/* Days since 1970-01-01, counting years from March so that the leap day comes last. */
static en_day days_from_civil(struct civil c)
{
    const int year = c.month <= 2 ? c.year - 1 : c.year;
    const int era = year / 400;
    const int year_of_era = year - era * 400;
    const int day_of_year = (153 * (c.month + (c.month > 2 ? -3 : 9)) + 2) / 5 + c.day - 1;
    const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

static struct civil civil_from_days(en_day day)
{
    const int z = day + 719468;
    const int era = z / 146097;
    const int doe = z - era * 146097;
    const int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const int mp = (5 * doy + 2) / 153;
    const int month = mp < 10 ? mp + 3 : mp - 9;

    return (struct civil){
        .year = yoe + era * 400 + (month <= 2 ? 1 : 0),
        .month = month,
        .day = doy - (153 * mp + 2) / 5 + 1,
    };
}

static int days_in_month(int year, int month)
{
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : DAYS[month - 1];
}

/* count digits as a number; false when one is no digit. */
static bool digits(const char *text, int count, int *out)
{
    int value = 0;

    for (int i = 0; i < count; i++) {
        if (!isdigit((unsigned char)text[i])) {
            return false;
        }
        value = value * 10 + (text[i] - '0');
    }
    *out = value;
    return true;
}

/* "Thh:mm:ss[.fff](Z|+hh:mm|-hh:mm)" */
static bool is_time(const char *text)
{
    int hour = 0, minute = 0, second = 0, zone_hour = 0, zone_minute = 0;

    if (text[0] != 'T' || !digits(text + 1, 2, &hour) || text[3] != ':' ||
        !digits(text + 4, 2, &minute) || text[6] != ':' || !digits(text + 7, 2, &second) ||
        hour > 23 || minute > 59 || second > 60) {
        return false;
    }
    text += 9;
    if (*text == '.') {
        const size_t fraction = strspn(text + 1, "0123456789");

        if (fraction == 0) {
            return false;
        }
        text += 1 + fraction;
    }
    if (strcmp(text, "Z") == 0) {
        return true;
    }
    return (*text == '+' || *text == '-') && digits(text + 1, 2, &zone_hour) && text[3] == ':' &&
           digits(text + 4, 2, &zone_minute) && zone_minute <= 59 &&
           zone_hour * 60 + zone_minute <= 14 * 60 && text[6] == '\0';
}

bool en_date_parse(const char *text, en_day *out, enum en_date_precision *precision)
{
    struct civil c = {.month = 1, .day = 1};
    enum en_date_precision p = EN_DATE_YEAR;

    if (text == NULL || !digits(text, 4, &c.year) || c.year == 0) {
        return false;
    }
    text += 4;
    if (*text == '-') {
        p = EN_DATE_MONTH;
        if (!digits(text + 1, 2, &c.month) || c.month < 1 || c.month > 12) {
            return false;
        }
        text += 3;
        if (*text == '-') {
            p = EN_DATE_DAY;
            if (!digits(text + 1, 2, &c.day) || c.day < 1 ||
                c.day > days_in_month(c.year, c.month)) {
                return false;
            }
            text += 3;
        }
    }
    if (*text != '\0' && (p != EN_DATE_DAY || !is_time(text))) {
        return false;
    }
    *out = days_from_civil(c);
    if (precision != NULL) {
        *precision = p;
    }
    return true;
}

const char *en_date_text(en_day day, char out[EN_DATE_TEXT_MAX])
{
    const en_day first = days_from_civil((struct civil){1, 1, 1});
    const en_day last = days_from_civil((struct civil){9999, 12, 31});

    if (day < first || day > last) {
        (void)snprintf(out, EN_DATE_TEXT_MAX, "unknown");
    } else {
        const struct civil c = civil_from_days(day);

        (void)snprintf(out, EN_DATE_TEXT_MAX, "%04u-%02u-%02u", (unsigned)c.year % 10000,
                       (unsigned)c.month % 100, (unsigned)c.day % 100);
    }
    return out;
}

int en_years_between(en_day birth, en_day day)
{
    if (birth == EN_DAY_UNKNOWN || day == EN_DAY_UNKNOWN || birth > day) {
        return -1;
    }
    const struct civil b = civil_from_days(birth), d = civil_from_days(day);
    const bool before_birthday = d.month < b.month || (d.month == b.month && d.day < b.day);

    return d.year - b.year - (before_birthday ? 1 : 0);
}

int en_weekday(en_day day)
{
    return (day % 7 + 7 + 3) % 7; /* 1970-01-01 was a Thursday */
}

const char *en_weekday_name(en_day day)
{
    static const char *const NAME[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                       "Friday", "Saturday", "Sunday"};

    return day == EN_DAY_UNKNOWN ? "unknown" : NAME[en_weekday(day)];
}
