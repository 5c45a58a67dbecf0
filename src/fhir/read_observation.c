/* SPDX-License-Identifier: Apache-2.0
 * Observations (facts, scores, findings of the examination) and answered questionnaires. */
#include "fhir/read.h"

#include "base/text.h"
#include "fhir/units.h"
#include "knowledge/knowledge.h"

#include <math.h>
#include <string.h>

enum { FACTS_MAX = 16, EXAM_GRADE_MAX = 3 };

/* The treated region */

enum where { AT_TARGET, ELSEWHERE, UNCLEAR };

static const char *target_region(const struct en_reader *r, const struct en_target *t)
{
    const struct en_row *row =
        t->condition == NULL ? NULL : en_row_find(r->k, "conditions", t->condition);

    return row == NULL ? NULL : en_cell(row, "region");
}

/* No body site means the treated region; one that is not understood means neither. A condition
 * without a region of its own does not exclude any. */
static enum where where_is(const struct en_reader *r, const struct en_place *place)
{
    if (!place->is_given) {
        return AT_TARGET;
    }
    if (place->region == NULL && place->side == EN_SIDE_UNKNOWN) {
        return UNCLEAR;
    }
    for (size_t i = 0; i < r->out->target_count; i++) {
        const struct en_target *t = &r->out->targets[i];
        const char *region = target_region(r, t);
        const bool is_same_region = place->region == NULL || en_text_is_empty(region) ||
                                    en_text_equal(place->region, region);
        const bool is_same_side = place->side == EN_SIDE_UNKNOWN || t->side == EN_SIDE_UNKNOWN ||
                                  place->side == EN_SIDE_BOTH || t->side == EN_SIDE_BOTH ||
                                  place->side == t->side;

        if (is_same_region && is_same_side) {
            return AT_TARGET;
        }
    }
    return ELSEWHERE;
}

/* Whether the fact may take a value of this place; notes why not. */
static bool may_use(struct en_reader *r, size_t fact, const struct en_place *place,
                    const char *path)
{
    const struct en_row *row = en_reader_fact_row(r, fact);

    if (!en_cell_bool(row, "at_target")) {
        return true;
    }
    const enum where where = where_is(r, place);

    if (where != AT_TARGET) {
        (void)en_reader_note(r, EN_NOTE_IGNORED, path,
                             where == ELSEWHERE ? "it concerns another body site"
                                                : "its body site is not understood");
    }
    return where == AT_TARGET;
}

/* Scores */

static const struct en_row *instrument_of(const struct en_reader *r, struct json_object *concept)
{
    const char *own = en_concept_code(concept, EN_INSTRUMENT_SYSTEM);
    const char *loinc = en_concept_code(concept, EN_LOINC);
    const struct en_table *table = en_table_get(r->k, "instruments");

    if (own != NULL) {
        return en_row_find(r->k, "instruments", own);
    }
    for (size_t i = 0; loinc != NULL && i < table->row_count; i++) {
        if (en_list_has(en_cell(&table->rows[i], "loinc"), loinc)) {
            return &table->rows[i];
        }
    }
    return NULL;
}

/* A plain number or a Quantity whose unit is a count of points, or "%", or the measure's own unit,
 * which the instrument's scoring fixes. NAN when there is none. */
static double score_value(struct json_object *carrier)
{
    struct json_object *quantity = en_json_get(carrier, "valueQuantity");
    struct json_object *integer = en_json_get(carrier, "valueInteger");
    struct json_object *decimal = en_json_get(carrier, "valueDecimal");
    struct json_object *value = quantity != NULL  ? en_json_get(quantity, "value")
                                : integer != NULL ? integer
                                                  : decimal;

    if (value == NULL || en_json_get(quantity, "comparator") != NULL) {
        return NAN;
    }
    return json_object_get_double(value);
}

static void read_score(struct en_reader *r, const struct en_row *instrument,
                       struct json_object *carrier, const struct en_place *place, en_day day,
                       const char *path)
{
    const double value = score_value(carrier);
    const double low = en_cell_number(instrument, "low"), high = en_cell_number(instrument, "high");

    if (!isfinite(value)) {
        (void)en_reader_note(r, EN_NOTE_IGNORED, path, "a score without a number");
        return;
    }
    if (value < low || value > high) {
        EN_READ_ERROR(r, "value", path, "%s is outside its scale %s to %s",
                      en_cell(instrument, "id"), en_cell(instrument, "low"),
                      en_cell(instrument, "high"));
        return;
    }
    struct en_score *list = en_reader_grow(r, r->out->scores, r->out->score_count, sizeof *list);

    if (list == NULL) {
        return;
    }
    r->out->scores = list;
    list[r->out->score_count++] = (struct en_score){
        .instrument = en_cell(instrument, "id"),
        .value = value,
        .side = place->side,
        .day = day,
        .region = place->region,
        .resource = en_reader_address(r),
    };
    (void)en_reader_note(r, EN_NOTE_UNDERSTOOD, path, "a score");
}

/* Examination */

static const struct exam_code {
    const char *code;
    enum en_exam_kind kind;
} EXAM_CODES[] = {
    {"tenderness", EN_EXAM_TENDERNESS}, {"laxity", EN_EXAM_LAXITY}, {"motion", EN_EXAM_MOTION}};

/* A grade 0..3, or an angle in degrees. */
static bool exam_value(struct en_reader *r, const struct en_entry *e, enum en_exam_kind kind,
                       double *out)
{
    struct json_object *integer = en_json_get(e->resource, "valueInteger");
    struct json_object *quantity = en_json_get(e->resource, "valueQuantity");
    struct json_object *number = integer != NULL ? integer : en_json_get(quantity, "value");
    bool is_ucum = true;
    const char *unit = en_quantity_unit(quantity, &is_ucum);
    const char *path = en_reader_path(r, e->path, "value");

    *out = number == NULL ? NAN : json_object_get_double(number);
    if (kind == EN_EXAM_MOTION) {
        if (!isfinite(*out) || !is_ucum || !en_text_equal(unit, "deg")) {
            EN_READ_ERROR(r, "value", path, "a motion needs a valueQuantity in deg");
            return false;
        }
        return true;
    }
    const bool is_points = unit == NULL || en_list_has("1; {score}", unit);

    if (!(*out >= 0.0 && *out <= EXAM_GRADE_MAX) || floor(*out) < *out || !is_points) {
        EN_READ_ERROR(r, "value", path, "must be a grade 0, 1, 2 or 3");
        return false;
    }
    return true;
}

static void read_exam(struct en_reader *r, const struct en_entry *e, enum en_exam_kind kind,
                      en_day day)
{
    struct json_object *body_site = en_json_get(e->resource, "bodySite");
    const char *path = en_reader_path(r, e->path, "bodySite");
    const struct en_place place = en_reader_place(r, body_site, path);
    struct json_object *named =
        kind == EN_EXAM_MOTION ? en_json_get(e->resource, "code") : body_site;
    double value = NAN;

    if (kind != EN_EXAM_MOTION && place.site == NULL) {
        EN_READ_ERROR(r, "required", path, "needs a site of the atlas, from %s", EN_SITE_SYSTEM);
        return;
    }
    if (!exam_value(r, e, kind, &value)) {
        return;
    }
    struct en_exam *list = en_reader_grow(r, r->out->exams, r->out->exam_count, sizeof *list);

    if (list == NULL) {
        return;
    }
    r->out->exams = list;
    list[r->out->exam_count++] = (struct en_exam){
        .kind = kind,
        .site = kind == EN_EXAM_MOTION ? NULL : place.site,
        .structure = en_reader_copy(r, en_concept_text(named)),
        .side = place.side,
        .value = value,
        .day = day,
        .resource = en_reader_address(r),
    };
    (void)en_reader_note(r, EN_NOTE_UNDERSTOOD, e->path, "a finding of the examination");
}

/* Observation */

/* Facts and scores of an observation or a component; returns whether anything was recognised. */
static bool read_carrier(struct en_reader *r, struct json_object *carrier,
                         const struct en_place *place, en_day day, const char *path)
{
    struct json_object *concept = en_json_get(carrier, "code");
    const struct en_row *instrument = instrument_of(r, concept);
    size_t facts[FACTS_MAX];
    size_t count = en_reader_facts_of(r, concept, facts, FACTS_MAX);

    /* An instrument and a fact of the same id are the same thing, whichever code was used. */
    for (size_t i = 0; i < count && instrument == NULL; i++) {
        instrument =
            en_row_find(r->k, "instruments", en_cell(en_reader_fact_row(r, facts[i]), "id"));
    }
    if (count == 0 && instrument != NULL) {
        facts[0] = en_fact_index(r->k, en_cell(instrument, "id"));
        count = facts[0] == SIZE_MAX ? 0 : 1;
    }
    for (size_t i = 0; i < count; i++) {
        if (may_use(r, facts[i], place, path)) {
            en_reader_give_value(r, facts[i], carrier, day, path);
        }
    }
    if (instrument != NULL) {
        read_score(r, instrument, carrier, place, day, path);
    }
    return count > 0 || instrument != NULL;
}

static bool read_components(struct en_reader *r, const struct en_entry *e,
                            const struct en_place *place, en_day day)
{
    struct json_object *components = en_json_get(e->resource, "component");
    bool found = false;

    for (size_t i = 0; i < en_json_count(components); i++) {
        const char *path = en_arena_print(r->arena, "%s.component[%zu]", e->path, i);

        if (path != NULL && read_carrier(r, en_json_at(components, i), place, day, path)) {
            found = true;
        }
    }
    return found;
}

void en_read_observation(struct en_reader *r, const struct en_entry *e)
{
    struct json_object *concept = en_json_get(e->resource, "code");
    const char *exam = en_concept_code(concept, EN_EXAM_SYSTEM);
    const char *own = en_concept_code(concept, EN_FACT_SYSTEM);
    const char *status = en_json_text(e->resource, "status");

    if (en_list_has("entered-in-error; cancelled; registered", status)) {
        (void)en_reader_note(r, EN_NOTE_IGNORED, e->path, "its status says that it does not count");
        return;
    }
    if (own != NULL && en_fact_index(r->k, own) == SIZE_MAX) {
        EN_READ_ERROR(r, "code-invalid", en_reader_path(r, e->path, "code"),
                      "is no fact of this program");
        return;
    }
    const en_day day = en_reader_when(r, e->resource, e->path, "effective");

    for (size_t i = 0; exam != NULL && i < EN_COUNT(EXAM_CODES); i++) {
        if (strcmp(exam, EXAM_CODES[i].code) == 0) {
            read_exam(r, e, EXAM_CODES[i].kind, day);
            return;
        }
    }
    const struct en_place place = en_reader_place(r, en_json_get(e->resource, "bodySite"),
                                                  en_reader_path(r, e->path, "bodySite"));
    const bool has_fact = read_carrier(r, e->resource, &place, day, e->path);
    const bool has_component = read_components(r, e, &place, day);

    if (!has_fact && !has_component) {
        (void)en_reader_note(r, EN_NOTE_IGNORED, e->path, "no fact of this program has this code");
    }
}

/* QuestionnaireResponse */

static void read_items(struct en_reader *r, struct json_object *parent, en_day day,
                       const char *path);

static void read_answer(struct en_reader *r, const char *link, struct json_object *answer,
                        en_day day, const char *path)
{
    const size_t fact = en_fact_index(r->k, link);
    const struct en_row *instrument = en_row_find(r->k, "instruments", link);
    const struct en_place nowhere = {.side = EN_SIDE_UNKNOWN};

    if (fact != SIZE_MAX) {
        en_reader_give_value(r, fact, answer, day, path);
    }
    if (instrument != NULL && isfinite(score_value(answer))) {
        read_score(r, instrument, answer, &nowhere, day, path);
    }
    if (fact == SIZE_MAX && instrument == NULL) {
        (void)en_reader_note(r, EN_NOTE_IGNORED, path, "no fact of this program has this linkId");
    }
    read_items(r, answer, day, path);
}

/* Items nest below items and below answers; the JSON gate bounds the depth. */
static void read_items(struct en_reader *r, struct json_object *parent, en_day day,
                       const char *path)
{
    struct json_object *items = en_json_get(parent, "item");

    for (size_t i = 0; i < en_json_count(items); i++) {
        struct json_object *item = en_json_at(items, i), *answers = en_json_get(item, "answer");
        const char *link = en_json_text(item, "linkId");
        const char *item_path = en_arena_print(r->arena, "%s.item[%zu]", path, i);

        for (size_t j = 0; item_path != NULL && j < en_json_count(answers); j++) {
            const char *answer_path = en_arena_print(r->arena, "%s.answer[%zu]", item_path, j);

            if (answer_path != NULL && link != NULL) {
                read_answer(r, link, en_json_at(answers, j), day, answer_path);
            }
        }
        if (item_path != NULL) {
            read_items(r, item, day, item_path);
        }
    }
}

void en_read_answers(struct en_reader *r, const struct en_entry *e)
{
    const en_day day = en_reader_day(r, e->resource, e->path, "authored");

    if (en_text_equal(en_json_text(e->resource, "status"), "entered-in-error")) {
        (void)en_reader_note(r, EN_NOTE_IGNORED, e->path, "it was entered in error");
        return;
    }
    read_items(r, e->resource, day, e->path);
    (void)en_reader_note(r, EN_NOTE_UNDERSTOOD, e->path, "answers to questions");
}
