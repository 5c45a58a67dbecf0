/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/docs.h"

#include "base/text.h"
#include "fhir/builder.h"
#include "fhir/systems.h"
#include "fhir/units.h"
#include "knowledge/knowledge.h"

#include <string.h>

static const char INTRODUCTION[] =
    "# A case\n\n"
    "This file is written by `enthesis case docs`; change the tables, not this text.\n\n"
    "A case is one FHIR R4 (4.0.1) Bundle in JSON of type `collection`, `document` or `searchset`, "
    "with exactly one living Patient. Nobody has to write it by hand: `enthesis case new` builds "
    "it, `enthesis case show` lists what was understood, what was ignored and why, and what is "
    "still unknown.\n\n"
    "## What is checked\n\n"
    "1. The JSON text: RFC 8259, UTF-8, no equal keys, at most 8 MiB and 32 levels.\n"
    "2. Every resource against the R4 definitions: elements, cardinality, types, formats, codes of "
    "required bindings, references.\n"
    "3. The meaning: whose resource it is, dates, units, ranges, codes.\n\n"
    "All problems are answered at once as an OperationOutcome that names each element by its "
    "FHIRPath; then nothing of the case is used. No answer repeats a name or a value.\n\n"
    "## How values are chosen\n\n"
    "- Every resource must refer to the Patient (by `fullUrl`, `Patient/id`, or an identifier that "
    "the Patient has). One about someone else is an error.\n"
    "- A date after today is an error. A partial date counts as its first day.\n"
    "- Of several values of a fact the newest one counts, by its effective date; one without a "
    "date is the oldest. Of one day the later one counts where times tell it; what was measured in "
    "the course of a procedure comes after what only has the day. Else two different values of one "
    "day make the fact unknown.\n"
    "- `dataAbsentReason`, a missing value, and a bound such as `< 5` make the fact unknown.\n"
    "- A value older than its maximum age is unknown; 0 means that it must be of today.\n"
    "- A unit is a UCUM code that is converted by the table below, or the case is refused. A "
    "number without a unit is accepted only where the fact's unit is 1.\n"
    "- A fact marked *target* concerns the treated region: an Observation with another `bodySite` "
    "is not used for it.\n"
    "- Observations with status `entered-in-error`, `cancelled` or `registered` do not count.\n"
    "- A `modifierExtension` or `implicitRules` is refused: it could change the meaning.\n\n";

static const char CONVENTIONS[] =
    "## Resources\n\n"
    "| what | how it is written |\n|---|---|\n"
    "| any fact | Observation with code `FACT` of `" EN_FACT_SYSTEM "`, or a "
    "QuestionnaireResponse item whose `linkId` is the fact's id |\n"
    "| yes or no | `valueBoolean`; codes Y, N (v2-0136), LA33-6, LA32-8 (LOINC); for tests the "
    "interpretation POS, NEG, DET, ND |\n"
    "| a code | `valueCodeableConcept` with a code of `" EN_VALUE_SYSTEM "`, or its text |\n"
    "| patient | Patient: name, identifier, `birthDate`, `gender`; a deceased patient is refused "
    "|\n"
    "| problem to treat | Condition with a code of `" EN_CONDITION_SYSTEM "` (ids of "
    "conditions.tsv), ICD-10-CM, SNOMED CT, or a text that equals a title or synonym; side in "
    "`bodySite`; onset. Not recognised, but with a `bodySite` or of category "
    "`encounter-diagnosis`: a problem without a known condition |\n"
    "| other disease | Condition with the fact's code; `refuted` makes it false; unconfirmed or "
    "no longer active makes it unknown |\n"
    "| side | `bodySite` coded left, right, both, midline of `" EN_SIDE_SYSTEM "`, SNOMED CT "
    "24028007 (right) or 7771000 (left), the words left, right, both, bilateral, or the side in "
    "the ICD-10-CM code |\n"
    "| region, site | `bodySite` coded with `" EN_REGION_SYSTEM "` or `" EN_SITE_SYSTEM
    "` (ids of atlas.tsv) |\n"
    "| allergy | AllergyIntolerance; names of allergens.tsv are found as whole words. Code "
    "`no-known-allergy` of `" EN_LIST_SYSTEM "`, SNOMED CT 716186003 or the text \"no known "
    "allergy\" says that there is none |\n"
    "| medicine | MedicationStatement or MedicationRequest; names of drugs.tsv are found as whole "
    "words; `effectivePeriod.end` of a stopped one is the last dose. Code `no-current-medication` "
    "of `" EN_LIST_SYSTEM "` says that none is taken |\n"
    "| what is not in a list | false when `allergy_list_reviewed` or `medication_list_reviewed` "
    "is yes and of today, and everything in the list was recognised; else unknown |\n"
    "| session given | Procedure with code `prolotherapy-session` of `" EN_PROCEDURE_SYSTEM "`, "
    "date and `bodySite` (region, side, sites); extensions of `" EN_FHIR_BASE
    "StructureDefinition/`: `session-volume` (mL), `session-dextrose` (g), `session-lidocaine` "
    "(mg) as `valueQuantity`, `session-guidance` as `valueCode` LM, US, FL or CT, "
    "`session-ae-grade` as `valueInteger`. Volume and dextrose may also stand at each `bodySite` "
    "of the atlas, as extensions of it. A forecast from the course of treatment needs volume and "
    "dextrose |\n"
    "| earlier treatment | any other Procedure; code `steroid-injection`, `exercise`, `surgery` of "
    "the same system, or text |\n"
    "| tenderness, laxity | Observation with code `tenderness` or `laxity` of `" EN_EXAM_SYSTEM
    "`, grade 0 to 3, `bodySite` a site of the atlas |\n"
    "| motion | Observation with code `motion`, `code.text` the movement, `valueQuantity` in deg "
    "|\n"
    "| score | Observation with the id of instruments.tsv from `" EN_INSTRUMENT_SYSTEM
    "`, or its LOINC code, or a QuestionnaireResponse item whose `linkId` is that id. All of them "
    "count, each for its day: follow-up, flare diary. One with another region in `bodySite` "
    "belongs to another problem |\n"
    "| blood pressure | LOINC 85354-9 with components 8480-6 and 8462-4 |\n"
    "| imaging, consent, letters, goals | DiagnosticReport, Consent, DocumentReference, Goal, "
    "ServiceRequest, Device that carry the fact's code |\n"
    "| clinician | Practitioner (`qualification`: licence number, end of its period) and "
    "PractitionerRole: `specialty` coded with `" EN_PRIVILEGE_SYSTEM "` (regions, `guidance-us`, "
    "`guidance-fl`, `guidance-ct`, `none`), extension `" EN_EXTENSION_TRAINING_HOURS "` |\n"
    "| payer | Coverage: `payor.display`, or a code of `" EN_PAYER_SYSTEM "` in `type` |\n\n";

/* Ids of the rules that name the fact, each once: "CI-07, CI-11". */
static void write_rules(const struct en_knowledge *k, size_t fact, struct en_buf *out)
{
    const struct en_table *tiers = en_table_get(k, "tiers");
    const char *last = "";

    for (size_t i = 0; i < tiers->row_count; i++) {
        const struct en_expr *e = en_cell_expr(&tiers->rows[i], "when");
        const char *rule = en_cell(&tiers->rows[i], "rule");
        const size_t *inputs = NULL;
        const size_t count = e == NULL ? 0 : en_expr_inputs(e, &inputs);
        bool is_used = false;

        for (size_t j = 0; j < count; j++) {
            is_used = is_used || inputs[j] == fact;
        }
        /* The tiers of a rule stand together. */
        if (is_used && strcmp(rule, last) != 0) {
            en_buf_print(out, "%s%s", last[0] == '\0' ? "" : ", ", rule);
            last = rule;
        }
    }
}

static void write_type(const struct en_knowledge *k, const struct en_row *fact, struct en_arena *a,
                       struct en_buf *out)
{
    const char *type = en_cell(fact, "type");

    if (strcmp(type, "number") == 0) {
        const char *units = en_unit_list(k, fact, a);

        en_buf_print(out, "number; %s", units == NULL ? "" : units);
        if (en_cell(fact, "low")[0] != '\0' || en_cell(fact, "high")[0] != '\0') {
            en_buf_print(out, "; %s to %s", en_cell(fact, "low"), en_cell(fact, "high"));
        }
    } else if (strcmp(type, "code") == 0) {
        en_buf_print(out, "one of: %s", en_cell(fact, "values"));
    } else {
        en_buf_add(out, strcmp(type, "bool") == 0 ? "yes or no" : "date");
    }
}

static void write_fact(const struct en_knowledge *k, size_t index, struct en_arena *a,
                       struct en_buf *out)
{
    const struct en_row *fact = &en_table_get(k, "facts")->rows[index];
    const char *age = en_cell(fact, "max_age_days"), *codes = en_cell(fact, "codes");

    en_buf_print(out, "| `%s` | %s | ", en_cell(fact, "id"), en_cell(fact, "title"));
    write_type(k, fact, a, out);
    en_buf_print(out, " | %s%s%s | %s | %s | ", en_cell(fact, "resource"),
                 codes[0] == '\0' ? "" : ": ", codes, age,
                 en_cell_bool(fact, "at_target") ? "yes" : "");
    write_rules(k, index, out);
    en_buf_add(out, " |\n");
}

static void write_group(const struct en_knowledge *k, const char *group, struct en_arena *a,
                        struct en_buf *out)
{
    const struct en_table *facts = en_table_get(k, "facts");

    en_buf_print(out,
                 "### %s\n\n| fact | title | value | resource: codes | maximum age, d | target | "
                 "rules |\n|---|---|---|---|---|---|---|\n",
                 group);
    for (size_t i = 0; i < facts->row_count; i++) {
        if (strcmp(en_cell(&facts->rows[i], "group"), group) == 0) {
            write_fact(k, i, a, out);
        }
    }
    en_buf_add(out, "\n");
}

static void write_conversions(const struct en_knowledge *k, struct en_buf *out)
{
    const struct en_table *units = en_table_get(k, "units");

    en_buf_add(out, "## Conversions\n\nvalue in the canonical unit = value × factor + offset\n\n"
                    "| quantity | UCUM unit | canonical unit | factor | offset |\n"
                    "|---|---|---|---|---|\n");
    for (size_t i = 0; i < units->row_count; i++) {
        const struct en_row *row = &units->rows[i];

        en_buf_print(out, "| %s | `%s` | `%s` | %s | %s |\n", en_cell(row, "quantity"),
                     en_cell(row, "unit"), en_cell(row, "canonical"), en_cell(row, "factor"),
                     en_cell(row, "offset"));
    }
    en_buf_add(out, "\n");
}

static void write_fields(struct en_buf *out)
{
    en_buf_add(out, "## Fields of `enthesis case new`\n\nEvery fact's id is a field, and:\n\n"
                    "| field | what to write |\n|---|---|\n");
    for (const struct en_case_field *f = EN_CASE_FIELDS; f->name != NULL; f++) {
        en_buf_print(out, "| `%s` | %s |\n", f->name, f->help);
    }
}

enum en_status en_fhir_case_docs(const struct en_knowledge *k, struct en_arena *a,
                                 struct en_buf *out, struct en_err *err)
{
    const struct en_table *facts = en_table_get(k, "facts");

    en_buf_add(out, INTRODUCTION);
    en_buf_add(out, CONVENTIONS);
    en_buf_add(out, "## Facts\n\n");
    for (size_t i = 0; i < facts->row_count; i++) {
        const char *group = en_cell(&facts->rows[i], "group");
        bool is_first = true;

        for (size_t j = 0; j < i; j++) {
            is_first = is_first && strcmp(en_cell(&facts->rows[j], "group"), group) != 0;
        }
        if (is_first) {
            write_group(k, group, a, out);
        }
    }
    write_conversions(k, out);
    write_fields(out);
    return en_buf_check(out, "docs/case.md", err);
}
