/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <stddef.h>
#include <time.h>

int64_t en_clock_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

double en_clock_s(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

en_day en_clock_today(void)
{
    const time_t now = time(NULL);
    struct tm local;
    char text[EN_DATE_TEXT_MAX];
    en_day day = EN_DAY_UNKNOWN;

    if (localtime_r(&now, &local) != NULL && strftime(text, sizeof text, "%Y-%m-%d", &local) > 0) {
        (void)en_date_parse(text, &day, NULL);
    }
    return day;
}
