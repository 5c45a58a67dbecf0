/* SPDX-License-Identifier: Apache-2.0
 * app/diary_band: what was expected, from a forecast that is kept. */
#include "app/diary.h"

#include "base/text.h"
#include "fhir/concept.h"
#include "fhir/json.h"
#include "fhir/systems.h"

#include <math.h>

static struct json_object *part(struct json_object *band, const char *name)
{
    struct json_object *list = en_json_get(band, "extension");

    for (size_t i = 0; i < en_json_count(list); i++) {
        if (en_text_equal(en_json_text(en_json_at(list, i), "url"), name)) {
            return en_json_at(list, i);
        }
    }
    return NULL;
}

static double number(struct json_object *band, const char *name)
{
    struct json_object *value = en_json_get(part(band, name), "valueDecimal");

    return value == NULL ? NAN : json_object_get_double(value);
}

static bool says(struct json_object *band, const char *name, const char *text)
{
    return en_text_equal(en_json_text(part(band, name), "valueString"), text);
}

static struct json_object *band_of(struct json_object *prediction)
{
    struct json_object *list = en_json_get(prediction, "extension");

    for (size_t i = 0; i < en_json_count(list); i++) {
        if (en_text_equal(en_json_text(en_json_at(list, i), "url"), EN_EXTENSION_FORECAST)) {
            return en_json_at(list, i);
        }
    }
    return NULL;
}

static void read_point(struct json_object *prediction, struct en_diary_band *out)
{
    struct json_object *band = band_of(prediction);
    const char *outcome = en_concept_text(en_json_get(prediction, "outcome"));
    struct json_object *week =
        en_json_get(en_json_get(en_json_get(prediction, "whenRange"), "low"), "value");

    if (band == NULL || week == NULL || outcome == NULL || !en_text_starts(outcome, "pain") ||
        !says(band, "arm", "plan") || !says(band, "hypothesis", "mixed") ||
        out->count == EN_DIARY_EXPECTED_MAX) {
        return;
    }
    const struct en_diary_expected e = {
        .week = json_object_get_double(week),
        .q05 = number(band, "q05"),
        .q25 = number(band, "q25"),
        .median = number(band, "median"),
        .q75 = number(band, "q75"),
        .q95 = number(band, "q95"),
    };

    if (isfinite(e.q05 + e.q25 + e.median + e.q75 + e.q95)) {
        out->points[out->count++] = e;
    }
}

void en_diary_read_band(struct json_object *risk, struct en_diary_band *out)
{
    struct json_object *list = en_json_get(risk, "prediction");
    const char *day = en_json_text(risk, "occurrenceDateTime");

    *out = (struct en_diary_band){.made = EN_DAY_UNKNOWN};
    (void)en_date_parse(day == NULL ? "" : day, &out->made, NULL);
    for (size_t i = 0; i < en_json_count(list); i++) {
        read_point(en_json_at(list, i), out);
    }
}
