/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/shift.h"

#include "base/instant.h"
#include "base/text.h"
#include "fhir/json.h"

#include <stdio.h>
#include <string.h>

enum { MINUTES_A_DAY = 1440, DAY_MIN = -719162, DAY_MAX = 2932896, CLOCK_AT = 11, CLOCK_SIZE = 5 };

/* "hh:mm" at the time of day, moved; the days that it runs over are added to *days. */
static void move_clock(int minutes, char *clock, int *days)
{
    const int from =
        ((clock[0] - '0') * 10 + clock[1] - '0') * 60 + (clock[3] - '0') * 10 + clock[4] - '0';
    int to = from + minutes % MINUTES_A_DAY;
    char text[16];

    *days += minutes / MINUTES_A_DAY;
    if (to < 0 || to >= MINUTES_A_DAY) {
        *days += to < 0 ? -1 : 1;
        to += to < 0 ? MINUTES_A_DAY : -MINUTES_A_DAY;
    }
    (void)snprintf(text, sizeof text, "%02d:%02d", to / 60 % 24, to % 60);
    memcpy(clock, text, CLOCK_SIZE);
}

/* False: the day is none that can be written. */
static bool move_day(en_day day, int days, size_t size, char *out)
{
    const int64_t to = (int64_t)day + days;
    char text[EN_DATE_TEXT_MAX];

    if (to < DAY_MIN || to > DAY_MAX) {
        return false;
    }
    memcpy(out, en_date_text((en_day)to, text), size);
    return true;
}

bool en_shift_text(const struct en_shift *by, const char *text, char out[EN_SHIFT_TEXT])
{
    static const size_t SIZES[] = {[EN_DATE_YEAR] = 4, [EN_DATE_MONTH] = 7, [EN_DATE_DAY] = 10};
    const size_t size = text == NULL ? 0 : strlen(text);
    char moved[EN_SHIFT_TEXT];
    enum en_date_precision precision;
    int64_t low_us = 0, high_us = 0;
    int days = by->days;
    en_day day;

    if (size == 0 || size >= sizeof moved || !en_date_parse(text, &day, &precision)) {
        return false;
    }
    memcpy(moved, text, size + 1);
    if (size > CLOCK_AT) {
        move_clock(by->minutes, moved + CLOCK_AT, &days);
    }
    if (!move_day(day, days, SIZES[precision], moved)) {
        return false;
    }
    if (size > CLOCK_AT && en_instant_span(moved, &low_us, &high_us) && low_us > by->now_us) {
        (void)en_instant_text(by->now_us, moved);
    }
    memcpy(out, moved, strlen(moved) + 1);
    return true;
}

static enum en_status move_object(const struct en_r4 *r4, const struct en_shift *by,
                                  const struct en_r4_element *shape, struct json_object *object,
                                  struct en_err *err);

static enum en_status move_value(const struct en_r4 *r4, const struct en_shift *by,
                                 const struct en_r4_member *m, struct json_object *value,
                                 struct en_err *err)
{
    const size_t count = en_json_count(value);
    char moved[EN_SHIFT_TEXT];

    for (size_t i = 0; i < count; i++) {
        EN_TRY(move_value(r4, by, m, en_json_at(value, i), err));
    }
    if (json_object_is_type(value, json_type_object)) {
        return move_object(r4, by, m->shape, value, err);
    }
    if (!json_object_is_type(value, json_type_string) ||
        !en_list_has("date; dateTime; instant", m->type)) {
        return EN_OK;
    }
    if (!en_shift_text(by, json_object_get_string(value), moved)) {
        return en_fail(err, EN_EINVAL, "%s: is no date that can be moved", m->element->path);
    }
    return json_object_set_string(value, moved) != 0
               ? EN_OK
               : en_fail(err, EN_ENOMEM, "no memory for a date");
}

/* What the definitions do not know is left as it is: validation tells of it. */
static enum en_status move_object(const struct en_r4 *r4, const struct en_shift *by,
                                  const struct en_r4_element *shape, struct json_object *object,
                                  struct en_err *err)
{
    const char *type = en_json_text(object, "resourceType");
    struct en_r4_member m;

    shape = type == NULL ? shape : en_r4_find(r4, type, SIZE_MAX);
    if (shape == NULL) {
        return EN_OK;
    }
    json_object_object_foreach(object, key, value)
    {
        EN_TRY(en_r4_member(r4, shape, key, &m) ? move_value(r4, by, &m, value, err) : EN_OK);
    }
    return EN_OK;
}

enum en_status en_fhir_shift(const struct en_r4 *r4, const struct en_shift *by,
                             struct json_object *resource, struct en_err *err)
{
    return move_object(r4, by, NULL, resource, err);
}
