/* SPDX-License-Identifier: Apache-2.0
 * Findings as DetectedIssues: the rule, its tier, what it looked at and what is missing. */
#include "fhir/result_inside.h"

#include "base/text.h"
#include "knowledge/knowledge.h"

#include <stdio.h>

#define FINDING_EXTENSION EN_FHIR_BASE "StructureDefinition/finding"

/* FHIR has three severities for our four. */
static const char *severity_code(enum en_severity severity)
{
    static const char *const CODES[EN_SEVERITY_COUNT] = {"high", "high", "moderate", "low"};

    return CODES[severity];
}

/* A value in words: "yes", "3.4", "81 kg", "under 5 years". */
static void input_value(const struct en_row *fact, const struct en_fact *value, char *out,
                        size_t size)
{
    const char *unit = fact == NULL ? "" : en_cell(fact, "unit");
    char date[EN_DATE_TEXT_MAX];

    switch (value->kind) {
    case EN_FACT_UNKNOWN:
        (void)snprintf(out, size, "not known");
        break;
    case EN_FACT_BOOL:
        (void)snprintf(out, size, "%s", value->truth ? "yes" : "no");
        break;
    case EN_FACT_NUMBER:
        unit = en_text_equal(unit, "1") ? "" : unit;
        (void)snprintf(out, size, "%.4g%s%s", value->number, unit[0] == '\0' ? "" : " ", unit);
        break;
    case EN_FACT_CODE:
        (void)snprintf(out, size, "%s", value->code);
        break;
    case EN_FACT_DATE:
        (void)snprintf(out, size, "%s", en_date_text(value->date, date));
        break;
    }
}

/* A fact that the tier looked at, with its title, its value and the day of it. */
static void write_input(struct en_result *r, const struct en_input *input)
{
    const struct en_row *fact = en_row_find(r->care->knowledge, "facts", input->fact);
    const en_day day = input->value.kind == EN_FACT_UNKNOWN ? EN_DAY_UNKNOWN : input->value.as_of;
    char value[256], date[EN_DATE_TEXT_MAX] = "", text[512];

    input_value(fact, &input->value, value, sizeof value);
    if (day != EN_DAY_UNKNOWN) {
        (void)en_date_text(day, date);
    }
    const char *end = input->is_stale ? "too old" : "";

    (void)snprintf(text, sizeof text, "%s: %s%s%s%s%s%s",
                   fact == NULL ? input->fact : en_cell(fact, "title"), value,
                   date[0] != '\0' || end[0] != '\0' ? " (" : "", date,
                   date[0] != '\0' && end[0] != '\0' ? ", " : "", end,
                   date[0] != '\0' || end[0] != '\0' ? ")" : "");
    en_result_concept(r, NULL, EN_FACT_SYSTEM, input->fact, text);
}

static void write_part(struct en_result *r, const char *url, const char *key, const char *value)
{
    if (!en_text_is_empty(value)) {
        en_write_open(&r->w, NULL, '{');
        en_write_text(&r->w, "url", url);
        en_write_text(&r->w, key, value);
        en_write_close(&r->w);
    }
}

/* What R4's DetectedIssue has no place for: how grave it is in our four words, who may override it,
 * how well it is founded, and the facts that would decide it. */
static void write_finding_extension(struct en_result *r, const struct en_finding *f)
{
    const char *own = en_cell(f->tier, "override");

    en_write_open(&r->w, "extension", '[');
    en_write_open(&r->w, NULL, '{');
    en_write_open(&r->w, "extension", '[');
    write_part(r, "outcome", "valueCode", en_cell(f->tier, "outcome"));
    write_part(r, "override", "valueCode", own[0] == '\0' ? en_cell(f->rule, "override") : own);
    write_part(r, "grade", "valueCode", en_cell(f->tier, "grade"));
    write_part(r, "source", "valueString", en_cell(f->tier, "source"));
    write_part(r, "verified", "valueCode", en_cell(f->tier, "verified"));
    write_part(r, "approved-by", "valueString", en_cell(f->tier, "approved_by"));
    for (size_t i = 0; f->is_unknown && i < f->missing_count; i++) {
        write_part(r, "missing", "valueCode", f->missing[i]);
    }
    en_write_close(&r->w);
    en_write_text(&r->w, "url", FINDING_EXTENSION);
    en_write_close(&r->w);
    en_write_close(&r->w);
}

static void write_evidence(struct en_result *r, const struct en_finding *f)
{
    en_write_open(&r->w, "evidence", '[');
    en_write_open(&r->w, NULL, '{');
    en_write_open(&r->w, "code", '[');
    en_result_concept(r, NULL, EN_RULE_SYSTEM, en_cell(f->tier, "id"),
                      en_cell(f->tier, "threshold"));
    for (size_t i = 0; i < f->input_count; i++) {
        write_input(r, &f->inputs[i]);
    }
    en_write_close(&r->w);
    en_write_close(&r->w);
    en_write_close(&r->w);
}

static void write_detail(struct en_result *r, const struct en_finding *f)
{
    char text[1024];
    size_t used = 0;

    for (size_t i = 0; f->is_unknown && i < f->missing_count && used < sizeof text; i++) {
        const int more =
            snprintf(text + used, sizeof text - used, "%s%s", i == 0 ? "" : ", ", f->missing[i]);

        used += more > 0 ? (size_t)more : 0;
    }
    en_write_print(
        &r->w, "detail", "%s%s%s%s%s", en_cell(f->tier, "message"),
        used > 0 ? " Not decided: unknown are " : "", used > 0 ? text : "",
        en_text_is_empty(f->sites) ? "" : " Sites: ", en_text_is_empty(f->sites) ? "" : f->sites);
}

static void write_mitigation(struct en_result *r, const struct en_finding *f)
{
    const char *action = en_cell(f->rule, "action");

    if (action[0] == '\0') {
        return;
    }
    en_write_open(&r->w, "mitigation", '[');
    en_write_open(&r->w, NULL, '{');
    en_result_concept(r, "action", NULL, NULL, action);
    en_write_close(&r->w);
    en_write_close(&r->w);
}

void en_result_findings(struct en_result *r, const struct en_finding *findings, size_t count)
{
    char name[96];

    for (size_t i = 0; i < count; i++) {
        const struct en_finding *f = &findings[i];

        (void)snprintf(name, sizeof name, "finding.%zu.%s", i, en_cell(f->tier, "id"));
        en_result_open(r, "DetectedIssue", name);
        write_finding_extension(r, f);
        en_write_text(&r->w, "status", f->is_unknown ? "preliminary" : "final");
        en_result_concept(r, "code", EN_RULE_SYSTEM, en_cell(f->rule, "id"),
                          en_cell(f->rule, "title"));
        en_write_text(&r->w, "severity", severity_code(f->severity));
        en_result_subject(r, "patient");
        en_write_date(&r->w, "identifiedDateTime", r->care->today);
        write_evidence(r, f);
        write_detail(r, f);
        write_mitigation(r, f);
        en_result_close(r);
    }
}
