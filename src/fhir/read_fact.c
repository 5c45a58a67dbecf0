/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/read.h"

#include "base/instant.h"
#include "base/text.h"
#include "fhir/units.h"
#include "knowledge/knowledge.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

const struct en_row *en_reader_fact_row(const struct en_reader *r, size_t fact)
{
    return &r->facts->rows[fact];
}

static size_t fact_of_coding(const struct en_reader *r, const char *system, const char *code,
                             size_t from)
{
    if (from == 0 && en_text_equal(system, EN_FACT_SYSTEM) && code != NULL) {
        return en_fact_index(r->k, code);
    }
    for (size_t i = 0; i < r->code_count; i++) {
        if (r->codes[i].fact >= from && en_text_equal(r->codes[i].system, system) &&
            en_text_equal(r->codes[i].code, code)) {
            return r->codes[i].fact;
        }
    }
    return SIZE_MAX;
}

size_t en_reader_facts_of(const struct en_reader *r, struct json_object *concept, size_t *out,
                          size_t capacity)
{
    struct json_object *codings = en_json_get(concept, "coding");
    size_t count = 0;

    for (size_t i = 0; i < en_json_count(codings); i++) {
        struct json_object *coding = en_json_at(codings, i);
        const char *system = en_json_text(coding, "system"), *code = en_json_text(coding, "code");

        for (size_t from = 0; count < capacity;) {
            const size_t fact = fact_of_coding(r, system, code, from);
            bool is_new = fact != SIZE_MAX;

            for (size_t j = 0; j < count; j++) {
                is_new = is_new && out[j] != fact;
            }
            if (is_new) {
                out[count++] = fact;
            }
            if (fact == SIZE_MAX) {
                break;
            }
            from = fact + 1;
        }
    }
    return count;
}

/* Giving */

/* The moment of the entry that is being read, where it has one. */
static void set_moment(const struct en_reader *r, struct en_candidate *c)
{
    struct json_object *resource = r->current == NULL ? NULL : r->current->resource;
    const char *moment = en_json_text(resource, "effectiveDateTime");

    c->low_us = c->high_us = INT64_MIN;
    c->is_of_procedure = en_json_count(en_json_get(resource, "partOf")) > 0;
    if (moment != NULL && strchr(moment, 'T') != NULL) {
        (void)en_instant_span(moment, &c->low_us, &c->high_us);
    }
}

void en_reader_give(struct en_reader *r, size_t fact, struct en_fact value, const char *path)
{
    const char *id = en_cell(en_reader_fact_row(r, fact), "id");

    if (en_text_equal(en_cell(en_reader_fact_row(r, fact), "origin"), "derived")) {
        (void)en_reader_note(r, EN_NOTE_IGNORED, path, "this fact is computed from others");
        return;
    }
    struct en_candidate *list = en_reader_grow(r, r->candidates, r->candidate_count, sizeof *list);

    if (list == NULL) {
        return;
    }
    r->candidates = list;
    value.origin = value.origin == NULL ? path : value.origin;
    struct en_candidate *c = &list[r->candidate_count++];

    *c = (struct en_candidate){
        .fact = fact, .value = value, .note = en_reader_note(r, EN_NOTE_UNDERSTOOD, path, id)};
    set_moment(r, c);
}

void en_reader_give_bool(struct en_reader *r, size_t fact, bool truth, en_day day, const char *path)
{
    if (en_text_equal(en_cell(en_reader_fact_row(r, fact), "type"), "bool")) {
        en_reader_give(r, fact,
                       (struct en_fact){.kind = EN_FACT_BOOL, .truth = truth, .as_of = day}, path);
    } else {
        (void)en_reader_note(r, EN_NOTE_IGNORED, path,
                             "this fact needs a value: give it as an Observation");
    }
}

void en_reader_give_date(struct en_reader *r, const char *id, en_day date, en_day day,
                         const char *path)
{
    const size_t fact = en_fact_index(r->k, id);

    if (fact != SIZE_MAX && date != EN_DAY_UNKNOWN) {
        en_reader_give(r, fact, (struct en_fact){.kind = EN_FACT_DATE, .date = date, .as_of = day},
                       path);
    }
}

void en_reader_give_unknown(struct en_reader *r, size_t fact, en_day day, const char *path)
{
    en_reader_give(r, fact, (struct en_fact){.as_of = day}, path);
}

/* Values */

/* Where a value stands and what it is for. */
struct value_source {
    struct json_object *carrier;
    const struct en_row *row; /* of facts.tsv */
    size_t fact;
    en_day day;
    const char *path;
};

/* SAFETY: glucose codes that fix the dimension. A unit of the other dimension beside them is a
 * contradiction, and guessing wrong is an 18-fold error. */
static const struct code_dimension {
    const char *loinc, *unit_part;
} CODE_DIMENSIONS[] = {{"14743-9", "mol"}, {"2339-0", "g/"}, {"32016-8", "g/"}};

static bool unit_fits_code(const struct value_source *s, const char *unit)
{
    struct json_object *code = en_json_get(s->carrier, "code");

    for (size_t i = 0; i < EN_COUNT(CODE_DIMENSIONS); i++) {
        if (en_concept_has(code, EN_LOINC, CODE_DIMENSIONS[i].loinc) &&
            (unit == NULL || strstr(unit, CODE_DIMENSIONS[i].unit_part) == NULL)) {
            return false;
        }
    }
    return true;
}

static void give_number(struct en_reader *r, const struct value_source *s, double value,
                        const char *path)
{
    const double low = en_cell_number(s->row, "low"), high = en_cell_number(s->row, "high");
    const char *unit = en_cell(s->row, "unit");

    /* An absent limit (NAN) limits nothing. */
    if (value < low || value > high) {
        EN_READ_ERROR(r, "value", path, "%s is outside the plausible range %s to %s %s",
                      en_cell(s->row, "id"), en_cell(s->row, "low"), en_cell(s->row, "high"),
                      strcmp(unit, "1") == 0 ? "" : unit);
        return;
    }
    en_reader_give(r, s->fact,
                   (struct en_fact){.kind = EN_FACT_NUMBER, .number = value, .as_of = s->day},
                   s->path);
}

static void value_quantity(struct en_reader *r, const struct value_source *s,
                           struct json_object *quantity, const char *path)
{
    bool is_ucum = true;
    double value = NAN;
    const char *unit = en_quantity_unit(quantity, &is_ucum);
    struct json_object *number = en_json_get(quantity, "value");

    if (number == NULL || en_json_get(quantity, "comparator") != NULL) {
        (void)en_reader_note(r, EN_NOTE_IGNORED, path,
                             number == NULL ? "a quantity without a value"
                                            : "a bound (< or >) is not a value");
        en_reader_give_unknown(r, s->fact, s->day, s->path);
        return;
    }
    if (!is_ucum || !en_unit_convert(r->k, s->row, unit, json_object_get_double(number), &value)) {
        const char *list = en_unit_list(r->k, s->row, r->arena);

        EN_READ_ERROR(r, "value", path, "the unit of %s must be a UCUM code of: %s",
                      en_cell(s->row, "id"), list == NULL ? "" : list);
        return;
    }
    if (!unit_fits_code(s, unit)) {
        EN_READ_ERROR(r, "value", path,
                      "the unit contradicts the LOINC code (mass or amount of substance): check "
                      "which one is right");
        return;
    }
    give_number(r, s, value, path);
}

/* A number without a unit: only for facts whose unit is 1. */
static void value_plain_number(struct en_reader *r, const struct value_source *s,
                               struct json_object *number, const char *path)
{
    double value = NAN;

    if (!en_unit_convert(r->k, s->row, NULL, json_object_get_double(number), &value) ||
        strcmp(en_cell(s->row, "unit"), "1") != 0) {
        EN_READ_ERROR(r, "value", path, "%s needs a valueQuantity with its unit",
                      en_cell(s->row, "id"));
        return;
    }
    give_number(r, s, value, path);
}

static void give_truth(struct en_reader *r, const struct value_source *s, bool truth)
{
    en_reader_give_bool(r, s->fact, truth, s->day, s->path);
}

/* The item of `values` that equals the text, in the arena; NULL when there is none. */
static const char *value_of(struct en_reader *r, const struct en_row *row, const char *text)
{
    const char *item = NULL, *list = en_cell(row, "values");
    size_t size = 0;

    while (text != NULL && (list = en_list_next(list, &item, &size)) != NULL) {
        if (strlen(text) == size && strncasecmp(item, text, size) == 0) {
            return en_arena_copy(r->arena, item, size);
        }
    }
    return NULL;
}

static const struct yes_no {
    const char *system, *code;
    bool truth;
} YES_NO[] = {
    {EN_YES_NO, "Y", true},           {EN_YES_NO, "N", false},
    {EN_LOINC, "LA33-6", true},       {EN_LOINC, "LA32-8", false},
    {EN_VALUE_SYSTEM, "yes", true},   {EN_VALUE_SYSTEM, "no", false},
    {EN_INTERPRETATION, "POS", true}, {EN_INTERPRETATION, "NEG", false},
    {EN_INTERPRETATION, "DET", true}, {EN_INTERPRETATION, "ND", false},
};

/* 1 yes, 0 no, -1 neither. */
static int truth_of_coding(struct json_object *coding)
{
    for (size_t i = 0; i < EN_COUNT(YES_NO); i++) {
        if (en_text_equal(en_json_text(coding, "system"), YES_NO[i].system) &&
            en_text_equal(en_json_text(coding, "code"), YES_NO[i].code)) {
            return YES_NO[i].truth ? 1 : 0;
        }
    }
    return -1;
}

static int truth_of_text(const char *text)
{
    if (en_text_equal_nocase(text, "yes") || en_text_equal_nocase(text, "true")) {
        return 1;
    }
    return en_text_equal_nocase(text, "no") || en_text_equal_nocase(text, "false") ? 0 : -1;
}

/* Codings (an array, or one wrapped by the caller) and a text as a bool or a code. */
static void value_words(struct en_reader *r, const struct value_source *s,
                        struct json_object *codings, const char *text, const char *path)
{
    const bool is_bool = strcmp(en_cell(s->row, "type"), "bool") == 0;
    int truth = is_bool ? truth_of_text(text) : -1;
    const char *code = value_of(r, s->row, text);

    for (size_t i = 0; i < en_json_count(codings); i++) {
        struct json_object *coding = en_json_at(codings, i);
        const char *system = en_json_text(coding, "system");

        truth = truth < 0 ? truth_of_coding(coding) : truth;
        if (code == NULL && (system == NULL || en_text_starts(system, EN_FHIR_BASE))) {
            code = value_of(r, s->row, en_json_text(coding, "code"));
        }
    }
    if (is_bool && truth >= 0) {
        give_truth(r, s, truth == 1);
    } else if (!is_bool && code != NULL) {
        en_reader_give(r, s->fact,
                       (struct en_fact){.kind = EN_FACT_CODE, .code = code, .as_of = s->day},
                       s->path);
    } else {
        EN_READ_ERROR(r, "code-invalid", path, "%s must be one of: %s", en_cell(s->row, "id"),
                      is_bool ? "yes, no (or a valueBoolean)" : en_cell(s->row, "values"));
    }
}

static void value_date(struct en_reader *r, const struct value_source *s, const char *text,
                       const char *path)
{
    en_day date = EN_DAY_UNKNOWN;

    if (!en_date_parse(text, &date, NULL)) {
        EN_READ_ERROR(r, "value", path, "must be a date");
    } else if (date > r->today) {
        EN_READ_ERROR(r, "value", path, "lies in the future: correct the date");
    } else {
        en_reader_give(r, s->fact,
                       (struct en_fact){.kind = EN_FACT_DATE, .date = date, .as_of = s->day},
                       s->path);
    }
}

enum shape { QUANTITY, PLAIN_NUMBER, TRUTH, CONCEPT, CODING, WORD, DATE };

/* Which value[x] fits which type of fact. */
static const struct value_kind {
    const char *member;
    enum shape shape;
    const char *types; /* list of facts.tsv types that accept it */
} VALUE_KINDS[] = {
    {"valueQuantity", QUANTITY, "number"},
    {"valueInteger", PLAIN_NUMBER, "number"},
    {"valueDecimal", PLAIN_NUMBER, "number"},
    {"valueBoolean", TRUTH, "bool"},
    {"valueCodeableConcept", CONCEPT, "bool; code"},
    {"valueCoding", CODING, "bool; code"},
    {"valueString", WORD, "bool; code"},
    {"valueDate", DATE, "date"},
    {"valueDateTime", DATE, "date"},
};

static void read_kind(struct en_reader *r, const struct value_source *s,
                      const struct value_kind *kind, struct json_object *value)
{
    const char *path = en_reader_path(r, s->path, kind->member);

    switch (kind->shape) {
    case QUANTITY:
        value_quantity(r, s, value, path);
        break;
    case PLAIN_NUMBER:
        value_plain_number(r, s, value, path);
        break;
    case TRUTH:
        give_truth(r, s, json_object_get_boolean(value) != 0);
        break;
    case CONCEPT:
        value_words(r, s, en_json_get(value, "coding"), en_json_text(value, "text"), path);
        break;
    case CODING: {
        struct json_object *list = json_object_new_array();

        (void)json_object_array_add(list, json_object_get(value));
        value_words(r, s, list, NULL, path);
        json_object_put(list);
        break;
    }
    case WORD:
        value_words(r, s, NULL, json_object_get_string(value), path);
        break;
    case DATE:
        value_date(r, s, json_object_get_string(value), path);
        break;
    }
}

/* A bool fact of a laboratory test may stand in its interpretation alone: POS, NEG. */
static bool read_interpretation(struct en_reader *r, const struct value_source *s)
{
    struct json_object *list = en_json_get(s->carrier, "interpretation");
    int truth = -1;

    for (size_t i = 0; i < en_json_count(list) && truth < 0; i++) {
        struct json_object *codings = en_json_get(en_json_at(list, i), "coding");

        for (size_t j = 0; j < en_json_count(codings) && truth < 0; j++) {
            truth = truth_of_coding(en_json_at(codings, j));
        }
    }
    if (truth < 0 || strcmp(en_cell(s->row, "type"), "bool") != 0) {
        return false;
    }
    give_truth(r, s, truth == 1);
    return true;
}

void en_reader_give_value(struct en_reader *r, size_t fact, struct json_object *carrier, en_day day,
                          const char *path)
{
    const struct value_source s = {carrier, en_reader_fact_row(r, fact), fact, day, path};

    json_object_object_foreach(carrier, key, value)
    {
        if (!en_text_starts(key, "value") || !isupper((unsigned char)key[5])) {
            continue;
        }
        for (size_t i = 0; i < EN_COUNT(VALUE_KINDS); i++) {
            if (strcmp(VALUE_KINDS[i].member, key) == 0 &&
                en_list_has(VALUE_KINDS[i].types, en_cell(s.row, "type"))) {
                read_kind(r, &s, &VALUE_KINDS[i], value);
                return;
            }
        }
        EN_READ_ERROR(r, "value", en_reader_path(r, path, key),
                      "%s needs another type of value: %s", en_cell(s.row, "id"),
                      en_cell(s.row, "type"));
        return;
    }
    if (!read_interpretation(r, &s)) {
        en_reader_give_unknown(r, fact, day, path);
    }
}

/* Settling */

static bool is_same_value(const struct en_fact *a, const struct en_fact *b)
{
    if (a->kind != b->kind) {
        return false;
    }
    switch (a->kind) {
    case EN_FACT_BOOL:
        return a->truth == b->truth;
    case EN_FACT_NUMBER:
        return !(a->number < b->number) && !(a->number > b->number);
    case EN_FACT_CODE:
        return en_text_equal(a->code, b->code);
    case EN_FACT_DATE:
        return a->date == b->date;
    case EN_FACT_UNKNOWN:
        break;
    }
    return true;
}

static void ignore_note(struct en_reader *r, size_t note, const struct en_row *row, const char *why)
{
    if (note < r->out->note_count) {
        r->out->notes[note].kind = EN_NOTE_IGNORED;
        r->out->notes[note].what = en_arena_print(r->arena, "%s: %s", en_cell(row, "id"), why);
    }
}

/* Of one day: measured later, as far as the times tell. What is measured in the course of a
 * procedure comes after what only has the day: the day's findings led to it. */
static bool is_later(const struct en_candidate *a, const struct en_candidate *b)
{
    if (a->low_us == INT64_MIN || a->value.as_of != b->value.as_of) {
        return false;
    }
    return b->low_us == INT64_MIN ? a->is_of_procedure : a->low_us > b->high_us;
}

/* The newest value wins, an undated one is the oldest. Different values of one day whose times do
 * not tell which came later: unknown. */
static void settle(struct en_reader *r, struct en_candidate *winner[], struct en_candidate *c)
{
    struct en_candidate *before = winner[c->fact];
    const struct en_row *row = en_reader_fact_row(r, c->fact);

    if (before == NULL || c->value.as_of > before->value.as_of || is_later(c, before)) {
        if (before != NULL) {
            ignore_note(r, before->note, row, "a newer value is used");
        }
        winner[c->fact] = c;
    } else if (c->value.as_of < before->value.as_of || is_later(before, c)) {
        ignore_note(r, c->note, row, "a newer value is used");
    } else if (!is_same_value(&c->value, &before->value)) {
        static const char WHY[] = "two different values of one day: taken as unknown";

        ignore_note(r, c->note, row, WHY);
        ignore_note(r, before->note, row, WHY);
        EN_READ_WARNING(r, "conflict", c->value.origin,
                        "%s has another value of the same day elsewhere: it is taken as unknown",
                        en_cell(row, "id"));
        before->value = (struct en_fact){.as_of = c->value.as_of, .origin = c->value.origin};
    }
}

void en_reader_settle(struct en_reader *r)
{
    struct en_candidate **winner = EN_NEW(r->arena, struct en_candidate *, r->facts->row_count);

    if (winner == NULL) {
        r->status = en_fail(r->err, EN_ENOMEM, "no memory to read the case");
        return;
    }
    for (size_t i = 0; i < r->candidate_count; i++) {
        settle(r, winner, &r->candidates[i]);
    }
    for (size_t fact = 0; fact < r->facts->row_count; fact++) {
        if (winner[fact] != NULL) {
            r->out->facts[fact] = winner[fact]->value;
        }
        if (winner[fact] != NULL && winner[fact]->value.kind == EN_FACT_UNKNOWN) {
            const size_t note = winner[fact]->note;

            if (r->out->notes[note].kind == EN_NOTE_UNDERSTOOD) {
                ignore_note(r, note, en_reader_fact_row(r, fact), "no value was given");
            }
        }
    }
}
