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

struct timespec en_clock_deadline(double wait_s)
{
    /* A century is as good as ever, and fits. */
    const double limit_s = 3.2e9;
    const double until_s =
        en_clock_s() + (wait_s > 0.0 ? wait_s < limit_s ? wait_s : limit_s : 0.0);
    const time_t whole = (time_t)until_s;

    return (struct timespec){.tv_sec = whole, .tv_nsec = (long)((until_s - (double)whole) * 1e9)};
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
