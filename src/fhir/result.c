/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/result_inside.h"

#include "base/text.h"
#include "knowledge/knowledge.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#define VERDICT_EXTENSION EN_FHIR_BASE "StructureDefinition/verdict"

/* Ids */

static uint64_t hash_text(uint64_t hash, const char *text)
{
    return en_hash(hash, text == NULL ? "" : text, text == NULL ? 1 : strlen(text) + 1);
}

/* Spread FNV's weak upper bits (the finaliser of splitmix64). */
static uint64_t mixed(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    return x ^ (x >> 31);
}

/* A UUID of version 8 (RFC 9562: custom), from seed and name. */
const char *en_result_urn(const struct en_result *r, const char *name, char out[EN_URN_MAX])
{
    const uint64_t high = mixed(hash_text(r->seed, name));
    const uint64_t low = mixed(hash_text(high, name));

    (void)snprintf(out, EN_URN_MAX, "urn:uuid:%08x-%04x-8%03x-%04x-%012llx", (unsigned)(high >> 32),
                   (unsigned)(high >> 16 & 0xffff), (unsigned)(high & 0xfff),
                   (unsigned)(0x8000 | (low >> 48 & 0x3fff)),
                   (unsigned long long)(low & UINT64_C(0xffffffffffff)));
    return out;
}

/* Pieces */

void en_result_open(struct en_result *r, const char *type, const char *name)
{
    char urn[EN_URN_MAX];

    en_write_open(&r->w, NULL, '{');
    en_write_text(&r->w, "fullUrl", en_result_urn(r, name, urn));
    en_write_open(&r->w, "resource", '{');
    en_write_text(&r->w, "resourceType", type);
    en_write_text(&r->w, "id", urn + strlen("urn:uuid:"));
}

void en_result_close(struct en_result *r)
{
    en_write_close(&r->w);
    en_write_close(&r->w);
}

void en_result_reference(struct en_result *r, const char *key, const char *urn)
{
    en_write_open(&r->w, key, '{');
    en_write_text(&r->w, "reference", urn);
    en_write_close(&r->w);
}

void en_result_subject(struct en_result *r, const char *key)
{
    en_result_reference(r, key, r->patient);
}

void en_result_concept(struct en_result *r, const char *key, const char *system, const char *code,
                       const char *text)
{
    en_write_open(&r->w, key, '{');
    if (system != NULL && !en_text_is_empty(code)) {
        en_write_open(&r->w, "coding", '[');
        en_write_open(&r->w, NULL, '{');
        en_write_text(&r->w, "system", system);
        en_write_text(&r->w, "code", code);
        en_write_close(&r->w);
        en_write_close(&r->w);
    }
    en_write_text(&r->w, "text", text);
    en_write_close(&r->w);
}

void en_result_quantity(struct en_result *r, const char *key, double value, int digits,
                        const char *unit)
{
    if (isnan(value)) {
        return;
    }
    en_write_open(&r->w, key, '{');
    en_write_number(&r->w, "value", value, digits);
    en_write_text(&r->w, "unit", unit);
    en_write_text(&r->w, "system", EN_UCUM);
    en_write_text(&r->w, "code", unit);
    en_write_close(&r->w);
}

void en_result_note(struct en_result *r, const char *text)
{
    if (en_text_is_empty(text)) {
        return;
    }
    en_write_open(&r->w, "note", '[');
    en_write_open(&r->w, NULL, '{');
    en_write_text(&r->w, "text", text);
    en_write_close(&r->w);
    en_write_close(&r->w);
}

static void write_band_part(struct en_result *r, const char *url, const char *text, double number)
{
    if (text == NULL && isnan(number)) {
        return;
    }
    en_write_open(&r->w, NULL, '{');
    en_write_text(&r->w, "url", url);
    en_write_text(&r->w, "valueString", text);
    en_write_number(&r->w, "valueDecimal", text == NULL ? number : NAN, 3);
    en_write_close(&r->w);
}

/* What a program reads: R4's prediction has no place for an arm and a band. */
void en_result_band(struct en_result *r, const struct en_forecast_point *p)
{
    en_write_open(&r->w, "extension", '[');
    en_write_open(&r->w, NULL, '{');
    en_write_open(&r->w, "extension", '[');
    write_band_part(r, "arm", p->arm, NAN);
    write_band_part(r, "hypothesis", p->hypothesis, NAN);
    write_band_part(r, "q05", NULL, p->q05);
    write_band_part(r, "q25", NULL, p->q25);
    write_band_part(r, "median", NULL, p->median);
    write_band_part(r, "q75", NULL, p->q75);
    write_band_part(r, "q95", NULL, p->q95);
    en_write_close(&r->w);
    en_write_text(&r->w, "url", EN_EXTENSION_FORECAST);
    en_write_close(&r->w);
    en_write_close(&r->w);
}

/* The Bundle */

static void write_patient(struct en_result *r)
{
    const struct en_person *p = &r->c->person;

    en_result_open(r, "Patient", "patient");
    if (!en_text_is_empty(p->id)) {
        en_write_open(&r->w, "identifier", '[');
        en_write_open(&r->w, NULL, '{');
        en_write_text(&r->w, "value", p->id);
        en_write_close(&r->w);
        en_write_close(&r->w);
    }
    if (!en_text_is_empty(p->name)) {
        en_write_open(&r->w, "name", '[');
        en_write_open(&r->w, NULL, '{');
        en_write_text(&r->w, "text", p->name);
        en_write_close(&r->w);
        en_write_close(&r->w);
    }
    if (p->birth_known) {
        en_write_date(&r->w, "birthDate", p->birth);
    }
    en_result_close(r);
}

void en_result_start(struct en_result *r, const struct en_care *care, const struct en_case *c,
                     struct en_buf *json)
{
    *r = (struct en_result){.w = EN_WRITER(json), .care = care, .c = c};
    r->seed = hash_text(EN_HASH_START, c->person.id);
    r->seed = en_hash(r->seed, &c->person.birth, sizeof c->person.birth);
    r->seed = en_hash(r->seed, &care->today, sizeof care->today);
    r->seed = hash_text(r->seed, en_knowledge_version(care->knowledge));
    (void)en_result_urn(r, "patient", r->patient);
    en_write_open(&r->w, NULL, '{');
    en_write_text(&r->w, "resourceType", "Bundle");
    en_write_text(&r->w, "type", "collection");
    en_write_open(&r->w, "entry", '[');
    write_patient(r);
}

enum en_status en_result_end(struct en_result *r, const char *what, struct en_err *err)
{
    en_write_close(&r->w);
    en_write_close(&r->w);
    return en_write_end(&r->w, what, err);
}

/* Questions */

static void write_option(struct en_result *r, const char *code, size_t size)
{
    char text[64];

    (void)snprintf(text, sizeof text, "%.*s", (int)size, code);
    en_write_open(&r->w, NULL, '{');
    en_write_open(&r->w, "valueCoding", '{');
    en_write_text(&r->w, "system", EN_VALUE_SYSTEM);
    en_write_text(&r->w, "code", text);
    en_write_close(&r->w);
    en_write_close(&r->w);
}

static void write_question(struct en_result *r, const struct en_row *fact)
{
    static const struct {
        const char *type, *item;
    } TYPES[] = {{"bool", "boolean"}, {"number", "quantity"}, {"code", "choice"}, {"date", "date"}};
    const char *question = en_cell(fact, "question"), *type = en_cell(fact, "type");
    const char *item = NULL, *list = en_cell(fact, "values");
    const char *unit = en_cell(fact, "unit");
    size_t size = 0;

    en_write_open(&r->w, NULL, '{');
    en_write_text(&r->w, "linkId", en_cell(fact, "id"));
    en_write_print(
        &r->w, "text", "%s%s%s%s", question[0] != '\0' ? question : en_cell(fact, "title"),
        unit[0] != '\0' && strcmp(unit, "1") != 0 ? " (" : "", strcmp(unit, "1") != 0 ? unit : "",
        unit[0] != '\0' && strcmp(unit, "1") != 0 ? ")" : "");
    for (size_t i = 0; i < EN_COUNT(TYPES); i++) {
        if (strcmp(TYPES[i].type, type) == 0) {
            en_write_text(&r->w, "type", TYPES[i].item);
        }
    }
    if (list[0] != '\0') {
        en_write_open(&r->w, "answerOption", '[');
        while ((list = en_list_next(list, &item, &size)) != NULL) {
            write_option(r, item, size);
        }
        en_write_close(&r->w);
    }
    en_write_close(&r->w);
}

void en_result_questions(struct en_result *r, const struct en_question *questions, size_t count)
{
    if (count == 0) {
        return;
    }
    en_result_open(r, "Questionnaire", "questions");
    en_write_text(&r->w, "title", "What is still unknown");
    en_write_text(&r->w, "status", "active");
    en_write_open(&r->w, "subjectType", '[');
    en_write_text(&r->w, NULL, "Patient");
    en_write_close(&r->w);
    en_write_date(&r->w, "date", r->care->today);
    en_write_open(&r->w, "item", '[');
    for (size_t i = 0; i < count; i++) {
        write_question(r, questions[i].fact);
    }
    en_write_close(&r->w);
    en_result_close(r);
}

/* Guidance */

void en_result_guidance(struct en_result *r, const struct en_guidance *g)
{
    char urn[EN_URN_MAX], verdict[64];
    size_t i = 0;

    /* The verdict as a code: words joined by "-". */
    for (; g->verdict[i] != '\0' && i + 1 < sizeof verdict; i++) {
        verdict[i] = isalnum((unsigned char)g->verdict[i]) ? g->verdict[i] : '-';
    }
    verdict[i] = '\0';
    en_result_open(r, "GuidanceResponse", "guidance");
    en_write_open(&r->w, "extension", '[');
    en_write_open(&r->w, NULL, '{');
    en_write_text(&r->w, "url", VERDICT_EXTENSION);
    en_write_text(&r->w, "valueCode", verdict);
    en_write_close(&r->w);
    en_write_close(&r->w);
    en_write_print(&r->w, "moduleUri", EN_FHIR_BASE "%s", g->module);
    en_write_text(&r->w, "status", g->needs_data ? "data-required" : "success");
    en_result_subject(r, "subject");
    en_write_date(&r->w, "occurrenceDateTime", r->care->today);
    en_write_open(&r->w, "note", '[');
    en_write_open(&r->w, NULL, '{');
    en_write_print(&r->w, "text", "%s. %s", g->verdict, g->note);
    en_write_close(&r->w);
    en_write_open(&r->w, NULL, '{');
    en_write_print(&r->w, "text",
                   "Knowledge version %s. Rows that no clinician has approved yet are used and "
                   "marked as such.",
                   en_knowledge_version(r->care->knowledge));
    en_write_close(&r->w);
    en_write_close(&r->w);
    if (g->result != NULL) {
        en_result_reference(r, "result", en_result_urn(r, g->result, urn));
    }
    en_result_close(r);
}

static void assessment_part(struct en_result *r, const struct en_assessment *s, const char *module,
                            const char *result)
{
    const struct en_guidance guidance = {
        .module = module,
        .verdict = en_verdict_text(s->verdict),
        .note =
            s->condition == NULL ? "The condition is not known." : en_cell(s->condition, "banner"),
        .result = result,
        .needs_data = s->verdict == EN_VERDICT_UNDECIDED,
    };

    en_result_guidance(r, &guidance);
    en_result_findings(r, s->findings, s->finding_count);
    en_result_questions(r, s->questions, s->question_count);
}

enum en_status en_fhir_write_assessment(const struct en_care *care, const struct en_case *c,
                                        const struct en_assessment *assessment, struct en_buf *json,
                                        struct en_err *err)
{
    struct en_result r;

    en_result_start(&r, care, c, json);
    assessment_part(&r, assessment, "assess", NULL);
    return en_result_end(&r, "the assessment", err);
}

enum en_status en_fhir_write_plan(const struct en_care *care, const struct en_case *c,
                                  const struct en_plan *plan,
                                  const struct en_assessment *assessment,
                                  const struct en_forecast_points *forecast, struct en_buf *json,
                                  struct en_err *err)
{
    struct en_result r;

    en_result_start(&r, care, c, json);
    assessment_part(&r, assessment, plan == NULL ? "assess" : "plan", plan == NULL ? NULL : "plan");
    if (plan != NULL) {
        en_result_plan(&r, plan);
    }
    if (forecast != NULL && forecast->count > 0) {
        en_result_forecast(&r, forecast,
                           plan != NULL && plan->session_count > 0 ? plan->sessions[0].day
                                                                   : care->today);
    }
    return en_result_end(&r, "the plan", err);
}

enum en_status en_fhir_write_outlook(const struct en_care *care, const struct en_case *c,
                                     const struct en_assessment *assessment,
                                     const struct en_outlook_part *parts, size_t count,
                                     struct en_buf *json, struct en_err *err)
{
    struct en_result r;

    en_result_start(&r, care, c, json);
    assessment_part(&r, assessment, "forecast", NULL);
    for (size_t i = 0; i < count; i++) {
        en_result_outlook(&r, &parts[i]);
    }
    return en_result_end(&r, "the forecast", err);
}

enum en_status en_fhir_write_triage(const struct en_care *care, const struct en_case *c,
                                    const struct en_triage *triage, struct en_buf *json,
                                    struct en_err *err)
{
    struct en_result r;
    char note[256];

    (void)snprintf(note, sizeof note, "Act %s.%s",
                   triage->time_limit == NULL ? "" : triage->time_limit,
                   triage->was_raised ? " An unanswered question raised the level." : "");
    en_result_start(&r, care, c, json);
    en_result_guidance(&r, &(struct en_guidance){.module = "triage",
                                                 .verdict = en_triage_text(triage->level),
                                                 .note = note});
    en_result_findings(&r, triage->findings, triage->finding_count);
    return en_result_end(&r, "the triage", err);
}

enum en_status en_fhir_write_review(const struct en_care *care, const struct en_case *c,
                                    const struct en_review *review, enum en_advice advice,
                                    const char *reason, struct en_buf *json, struct en_err *err)
{
    struct en_result r;
    char note[1024];

    (void)snprintf(note, sizeof note, "Response: %s. %s%s%s", en_response_text(review->response),
                   review->reason == NULL ? "" : review->reason, reason == NULL ? "" : " ",
                   reason == NULL ? "" : reason);
    en_result_start(&r, care, c, json);
    en_result_guidance(&r, &(struct en_guidance){.module = "review",
                                                 .verdict = en_advice_text(advice),
                                                 .note = note,
                                                 .needs_data = advice == EN_ADVICE_ASK});
    en_result_findings(&r, review->findings, review->finding_count);
    en_result_questions(&r, review->questions, review->question_count);
    return en_result_end(&r, "the review", err);
}
