/* SPDX-License-Identifier: Apache-2.0
 * app/diary_write: the resources of a day. */
#include "app/diary.h"

#include "base/limits.h"
#include "base/text.h"
#include "fhir/systems.h"
#include "fhir/writer.h"

#include <math.h>

#define ABSENT_EXTENSION "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
#define ABSENT_SYSTEM    "http://terminology.hl7.org/CodeSystem/data-absent-reason"
#define ABSENT_CODE      "asked-unknown"
#define DETAIL_EXTENSION "http://hl7.org/fhir/StructureDefinition/flag-detail"

static void open_resource(struct en_writer *w, const char *type)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "resourceType", type);
}

static void write_patient(struct en_writer *w, const char *key, const struct en_diary_day *d)
{
    en_write_open(w, key, '{');
    en_write_print(w, "reference", "Patient/%s", d->patient);
    en_write_close(w);
}

static void write_response_reference(struct en_writer *w, const char *key,
                                     const struct en_diary_day *d)
{
    en_write_open(w, key, '{');
    en_write_print(w, "reference", "QuestionnaireResponse/%s", d->response);
    en_write_close(w);
}

static void write_coding(struct en_writer *w, const char *system, const char *code)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "system", system);
    en_write_text(w, "code", code);
    en_write_close(w);
}

static void write_concept(struct en_writer *w, const char *key, const char *system,
                          const char *code, const char *text)
{
    en_write_open(w, key, '{');
    en_write_open(w, "coding", '[');
    write_coding(w, system, code);
    en_write_close(w);
    en_write_text(w, "text", text);
    en_write_close(w);
}

/* The answers */

static void open_item(struct en_writer *w, const char *link, const char *text)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "linkId", link);
    en_write_text(w, "text", text);
    en_write_open(w, "answer", '[');
    en_write_open(w, NULL, '{');
}

static void close_item(struct en_writer *w)
{
    en_write_close(w);
    en_write_close(w);
    en_write_close(w);
}

/* Asked, and the patient does not know or did not say: R4's way to write it. */
static void write_absent(struct en_writer *w)
{
    en_write_open(w, "extension", '[');
    en_write_open(w, NULL, '{');
    en_write_text(w, "url", ABSENT_EXTENSION);
    en_write_text(w, "valueCode", ABSENT_CODE);
    en_write_close(w);
    en_write_close(w);
}

static void write_quantity(struct en_writer *w, const char *key, double value, const char *unit)
{
    en_write_open(w, key, '{');
    en_write_number(w, "value", value, 1);
    en_write_text(w, "unit", unit);
    en_write_text(w, "system", EN_UCUM);
    en_write_text(w, "code", unit);
    en_write_close(w);
}

/* linkId "score.nrs" is no instrument's id: the Observation is what is read as the score. */
static void write_scores(struct en_writer *w, const struct en_diary_day *d)
{
    for (size_t i = 0; i < d->form->score_count; i++) {
        const struct en_row *row = d->form->scores[i];
        char link[EN_DIARY_KEY_MAX + sizeof "score."];

        (void)snprintf(link, sizeof link, "score.%s", en_cell(row, "id"));
        open_item(w, link, en_cell(row, "title"));
        if (isnan(d->entry->scores[i])) {
            write_absent(w);
        } else {
            en_write_integer(w, "valueInteger", (long long)d->entry->scores[i]);
        }
        close_item(w);
    }
}

static void write_drug_answer(struct en_writer *w, const struct en_diary_day *d, size_t drug)
{
    en_write_open(w, NULL, '{');
    en_write_open(w, "valueCoding", '{');
    en_write_text(w, "system", EN_VALUE_SYSTEM);
    en_write_text(w, "code", drug == SIZE_MAX ? "none" : en_cell(d->form->drugs[drug], "id"));
    en_write_close(w);
    en_write_close(w);
}

static void write_drugs(struct en_writer *w, const struct en_diary_day *d)
{
    bool takes_any = false;

    if (!d->entry->knows_drugs) {
        open_item(w, "drugs", "Medicines taken");
        write_absent(w);
        close_item(w);
        return;
    }
    en_write_open(w, NULL, '{');
    en_write_text(w, "linkId", "drugs");
    en_write_text(w, "text", "Medicines taken");
    en_write_open(w, "answer", '[');
    for (size_t i = 0; i < d->form->drug_count; i++) {
        if (d->entry->takes[i]) {
            write_drug_answer(w, d, i);
            takes_any = true;
        }
    }
    if (!takes_any) {
        write_drug_answer(w, d, SIZE_MAX);
    }
    en_write_close(w);
    en_write_close(w);
}

static void write_words(struct en_writer *w, const char *link, const char *text, const char *words)
{
    if (!en_text_is_empty(words)) {
        open_item(w, link, text);
        en_write_text(w, "valueString", words);
        close_item(w);
    }
}

static void write_symptom(struct en_writer *w, const struct en_diary_day *d,
                          const struct en_diary_answer *answer)
{
    const struct en_row *row = en_row_find(d->knowledge, "facts", answer->fact);
    const bool is_number = en_text_equal(en_cell(row, "type"), "number");

    open_item(w, answer->fact, en_cell(row, "title"));
    if (is_number ? isnan(answer->number) : answer->truth == EN_UNKNOWN) {
        write_absent(w);
    } else if (is_number) {
        write_quantity(w, "valueQuantity", answer->number, en_cell(row, "unit"));
    } else {
        en_write_bool(w, "valueBoolean", answer->truth == EN_TRUE);
    }
    close_item(w);
}

void en_diary_write_response(const struct en_diary_day *d, struct en_buf *out)
{
    struct en_writer w = EN_WRITER(out);

    open_resource(&w, "QuestionnaireResponse");
    en_write_open(&w, "extension", '[');
    en_write_open(&w, NULL, '{');
    en_write_text(&w, "url", EN_DIARY_LEVEL);
    en_write_text(&w, "valueCode", en_diary_level_code(d->triage->level));
    en_write_close(&w);
    en_write_close(&w);
    en_write_open(&w, "identifier", '{');
    en_write_text(&w, "system", EN_DIARY_KEY_SYSTEM);
    en_write_text(&w, "value", d->entry->key);
    en_write_close(&w);
    en_write_text(&w, "questionnaire", EN_DIARY_FORM);
    en_write_text(&w, "status", d->is_correction ? "amended" : "completed");
    write_patient(&w, "subject", d);
    en_write_date(&w, "authored", d->entry->day);
    write_patient(&w, "author", d);
    write_patient(&w, "source", d);
    en_write_open(&w, "item", '[');
    write_scores(&w, d);
    write_drugs(&w, d);
    write_words(&w, "other_drugs", "Other medicines taken", d->entry->other_drugs);
    for (size_t i = 0; i < d->entry->answer_count; i++) {
        write_symptom(&w, d, &d->entry->answers[i]);
    }
    write_words(&w, "note", "What else the patient said", d->entry->note);
    en_write_close(&w);
    en_write_close(&w);
}

/* What is derived */

static void write_body_site(struct en_writer *w, const struct en_diary_course *course)
{
    if (course->region == NULL && course->side == EN_SIDE_UNKNOWN) {
        return;
    }
    en_write_open(w, "bodySite", '{');
    en_write_open(w, "coding", '[');
    if (course->region != NULL) {
        write_coding(w, EN_REGION_SYSTEM, course->region);
    }
    if (course->side != EN_SIDE_UNKNOWN) {
        write_coding(w, EN_SIDE_SYSTEM, en_side_text(course->side));
    }
    en_write_close(w);
    en_write_close(w);
}

static void open_observation(struct en_writer *w, const struct en_diary_day *d, const char *status,
                             const char *system, const char *code)
{
    open_resource(w, "Observation");
    en_write_text(w, "status", status);
    en_write_open(w, "category", '[');
    write_concept(w, NULL, "http://terminology.hl7.org/CodeSystem/observation-category", "survey",
                  NULL);
    en_write_close(w);
    write_concept(w, "code", system, code, NULL);
    write_patient(w, "subject", d);
    en_write_date(w, "effectiveDateTime", d->entry->day);
    en_write_open(w, "performer", '[');
    write_patient(w, NULL, d);
    en_write_close(w);
}

static void close_observation(struct en_writer *w, const struct en_diary_day *d)
{
    en_write_open(w, "derivedFrom", '[');
    write_response_reference(w, NULL, d);
    en_write_close(w);
    en_write_close(w);
}

void en_diary_write_score(const struct en_diary_day *d, size_t score, struct en_buf *out)
{
    const double value = d->entry->scores[score];
    struct en_writer w = EN_WRITER(out);

    open_observation(&w, d, d->is_correction ? "amended" : "final", EN_INSTRUMENT_SYSTEM,
                     en_cell(d->form->scores[score], "id"));
    if (isnan(value)) {
        write_concept(&w, "dataAbsentReason", ABSENT_SYSTEM, ABSENT_CODE, NULL);
    } else {
        write_quantity(&w, "valueQuantity", value, "{score}");
    }
    write_body_site(&w, &d->course);
    close_observation(&w, d);
}

void en_diary_write_nsaid(const struct en_diary_day *d, struct en_buf *out)
{
    const bool takes = en_diary_takes_nsaid(d->form, d->entry);
    struct en_writer w = EN_WRITER(out);

    open_observation(&w, d, takes ? "final" : "entered-in-error", EN_FACT_SYSTEM,
                     "nsaid_last_dose");
    if (takes) {
        en_write_date(&w, "valueDateTime", d->entry->day);
    } else {
        write_concept(&w, "dataAbsentReason", ABSENT_SYSTEM, ABSENT_CODE, NULL);
    }
    close_observation(&w, d);
}

/* "Diary, same day: TR-08 Fever; TR-09 Spreading redness". */
static void write_reasons(struct en_writer *w, const struct en_diary_day *d,
                          enum en_triage_level level)
{
    struct en_buf text = EN_BUF(EN_OUTPUT_MAX);
    const char *before = ": ";

    en_buf_print(&text, "Diary, %s", en_triage_text(level));
    for (size_t i = 0; i < d->triage->finding_count; i++) {
        const struct en_finding *f = &d->triage->findings[i];

        if (!f->is_unknown && !en_text_equal(en_cell(f->tier, "outcome"), "R")) {
            en_buf_print(&text, "%s%s %s", before, en_cell(f->rule, "id"),
                         en_cell(f->rule, "title"));
            before = "; ";
        }
    }
    if (d->triage->was_raised) {
        en_buf_print(&text, "%sa question about an emergency was not answered", before);
    }
    if (d->triage->level > level) {
        en_buf_print(&text, ". The answers of the same day were changed since: %s",
                     en_triage_text(d->triage->level));
    }
    en_write_text(w, "text", en_buf_text(&text));
    en_buf_free(&text);
}

void en_diary_write_flag(const struct en_diary_day *d, enum en_triage_level level,
                         struct en_buf *out)
{
    struct en_writer w = EN_WRITER(out);

    open_resource(&w, "Flag");
    en_write_open(&w, "extension", '[');
    en_write_open(&w, NULL, '{');
    en_write_text(&w, "url", DETAIL_EXTENSION);
    write_response_reference(&w, "valueReference", d);
    en_write_close(&w);
    en_write_close(&w);
    en_write_text(&w, "status", "active");
    en_write_open(&w, "category", '[');
    write_concept(&w, NULL, "http://terminology.hl7.org/CodeSystem/flag-category", "clinical",
                  NULL);
    en_write_close(&w);
    en_write_open(&w, "code", '{');
    en_write_open(&w, "coding", '[');
    write_coding(&w, EN_DIARY_FLAG_SYSTEM, en_diary_level_code(level));
    en_write_close(&w);
    write_reasons(&w, d, level);
    en_write_close(&w);
    write_patient(&w, "subject", d);
    en_write_open(&w, "period", '{');
    en_write_date(&w, "start", d->entry->day);
    en_write_close(&w);
    write_patient(&w, "author", d);
    en_write_close(&w);
}
