/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/builder.h"

#include "base/limits.h"
#include "base/text.h"
#include "fhir/concept.h"
#include "fhir/issue.h"
#include "fhir/systems.h"
#include "fhir/units.h"
#include "fhir/writer.h"
#include "knowledge/knowledge.h"

#include <ctype.h>
#include <string.h>

struct builder {
    struct en_writer w;
    const struct en_knowledge *k;
    const struct en_case_items *items;
    struct en_arena *arena;
    struct en_issues *issues;
    en_day today;
    size_t number; /* of the next resource */
};

#define SUBJECT "Patient/patient"

/* Sites of one session: more than any plan has. */
enum { PROCEDURE_SITES_MAX = 40 };

#define REFUSE(b, item, ...)                                                                       \
    en_issue_add((b)->issues, (b)->arena, EN_ISSUE_ERROR, "value", (item)->field, __VA_ARGS__)

/* Pieces */

static const char *first_value(const struct builder *b, const char *field)
{
    for (size_t i = 0; i < b->items->count; i++) {
        if (strcmp(b->items->items[i].field, field) == 0) {
            return b->items->items[i].value;
        }
    }
    return NULL;
}

static en_day day_of(const struct builder *b, const struct en_case_item *item)
{
    return item->day == EN_DAY_UNKNOWN ? b->today : item->day;
}

static void open_resource(struct builder *b, const char *type)
{
    en_write_open(&b->w, NULL, '{');
    en_write_open(&b->w, "resource", '{');
    en_write_text(&b->w, "resourceType", type);
    en_write_print(&b->w, "id", "r%zu", ++b->number);
}

static void close_resource(struct builder *b)
{
    en_write_close(&b->w);
    en_write_close(&b->w);
}

static void write_reference(struct builder *b, const char *key, const char *to)
{
    en_write_open(&b->w, key, '{');
    en_write_text(&b->w, "reference", to);
    en_write_close(&b->w);
}

static void write_concept(struct builder *b, const char *key, const char *system, const char *code,
                          const char *text)
{
    en_write_open(&b->w, key, '{');
    if (code != NULL) {
        en_write_open(&b->w, "coding", '[');
        en_write_open(&b->w, NULL, '{');
        en_write_text(&b->w, "system", system);
        en_write_text(&b->w, "code", code);
        en_write_close(&b->w);
        en_write_close(&b->w);
    }
    en_write_text(&b->w, "text", text);
    en_write_close(&b->w);
}

/* The next word of a value: copied to out, "" when it is too long; NULL when there is none. */
static const char *next_word(const char *text, char *out, size_t out_size)
{
    text += strspn(text, " ");
    const size_t size = strcspn(text, " ");
    const size_t copied = size < out_size ? size : 0;

    memcpy(out, text, copied);
    out[copied] = '\0';
    return size == 0 ? NULL : text + size;
}

static bool is_side(const char *word)
{
    return en_list_has("left; right; both; midline", word);
}

/* Nothing is left of a value; also when its last words were not there at all. */
static bool is_end(const char *rest)
{
    return rest == NULL || rest[strspn(rest, " ")] == '\0';
}

/* A text that FHIR takes: something visible, and no control characters. */
static bool is_text(const char *text)
{
    bool is_visible = false;

    for (const char *p = text; *p != '\0'; p++) {
        if ((unsigned char)*p < ' ') {
            return false;
        }
        is_visible = is_visible || *p != ' ';
    }
    return is_visible;
}

#define REFUSE_TEXT(b, item) REFUSE(b, item, "must not be empty and must be a single line of text")

/* A number as JSON writes it: "81.5", not ".5", "+5" or "5.". */
static bool is_json_number(const char *text)
{
    double number = 0.0;
    const char *p = text[0] == '-' ? text + 1 : text;
    const size_t length = strlen(text);

    return en_text_number(text, &number) && isdigit((unsigned char)p[0]) &&
           !(p[0] == '0' && isdigit((unsigned char)p[1])) &&
           strspn(p, "0123456789.") == strlen(p) && text[length - 1] != '.';
}

/* Facts */

/* What people write, and UCUM's code for it. */
static const struct spelling {
    const char *written, *ucum;
} SPELLINGS[] = {
    {"lb", "[lb_av]"},     {"lbs", "[lb_av]"}, {"oz", "[oz_av]"},  {"in", "[in_i]"},
    {"inch", "[in_i]"},    {"ft", "[ft_i]"},   {"F", "[degF]"},    {"degF", "[degF]"},
    {"C", "Cel"},          {"degC", "Cel"},    {"mmHg", "mm[Hg]"}, {"bpm", "/min"},
    {"points", "{score}"},
};

static const char *ucum_of(const char *written)
{
    for (size_t i = 0; i < EN_COUNT(SPELLINGS); i++) {
        if (strcmp(SPELLINGS[i].written, written) == 0) {
            return SPELLINGS[i].ucum;
        }
    }
    return written;
}

/* A number and its unit, checked: false when refused. */
static bool parse_quantity(struct builder *b, const struct en_case_item *item,
                           const struct en_row *fact, char number[64], const char **unit)
{
    const char *rest = next_word(item->value, number, 64);
    double value = 0.0;

    if (rest == NULL || !is_json_number(number)) {
        REFUSE(b, item, "needs a number such as 81.5, and its unit");
        return false;
    }
    rest += strspn(rest, " ");
    *unit = rest[0] == '\0' ? "1" : ucum_of(rest);
    (void)en_text_number(number, &value);
    if (!en_unit_convert(b->k, fact, rest[0] == '\0' ? NULL : *unit, value, &value)) {
        const char *list = en_unit_list(b->k, fact, b->arena);

        REFUSE(b, item, "needs one of these units behind the number: %s", list == NULL ? "" : list);
        return false;
    }
    if (value < en_cell_number(fact, "low") || value > en_cell_number(fact, "high")) {
        REFUSE(b, item, "is outside the plausible range %s to %s %s", en_cell(fact, "low"),
               en_cell(fact, "high"), en_cell(fact, "unit"));
        return false;
    }
    return true;
}

static void write_quantity(struct builder *b, const char *number, const char *unit)
{
    en_write_open(&b->w, "valueQuantity", '{');
    en_write_decimal(&b->w, "value", number);
    en_write_text(&b->w, "unit", unit);
    en_write_text(&b->w, "system", EN_UCUM);
    en_write_text(&b->w, "code", unit);
    en_write_close(&b->w);
}

static void open_observation(struct builder *b, const struct en_case_item *item, const char *system,
                             const char *code)
{
    open_resource(b, "Observation");
    en_write_text(&b->w, "status", "final");
    write_concept(b, "code", system, code, NULL);
    write_reference(b, "subject", SUBJECT);
    en_write_date(&b->w, "effectiveDateTime", day_of(b, item));
}

static void write_unknown(struct builder *b)
{
    write_concept(b, "dataAbsentReason", "http://terminology.hl7.org/CodeSystem/data-absent-reason",
                  "asked-unknown", NULL);
}

static void build_bool(struct builder *b, const struct en_case_item *item)
{
    const bool is_yes = en_list_has("yes; true; y", item->value);

    if (!is_yes && !en_list_has("no; false; n", item->value)) {
        REFUSE(b, item, "must be yes, no or unknown");
        return;
    }
    open_observation(b, item, EN_FACT_SYSTEM, item->field);
    en_write_bool(&b->w, "valueBoolean", is_yes);
    close_resource(b);
}

static void build_fact(struct builder *b, const struct en_case_item *item,
                       const struct en_row *fact)
{
    const char *type = en_cell(fact, "type"), *unit = NULL;
    char number[64];
    en_day date = EN_DAY_UNKNOWN;

    if (strcmp(en_cell(fact, "origin"), "derived") == 0) {
        REFUSE(b, item, "is computed from other facts and cannot be given");
    } else if (strcmp(item->value, "unknown") == 0) {
        open_observation(b, item, EN_FACT_SYSTEM, item->field);
        write_unknown(b);
        close_resource(b);
    } else if (strcmp(type, "bool") == 0) {
        build_bool(b, item);
    } else if (strcmp(type, "number") == 0) {
        if (parse_quantity(b, item, fact, number, &unit)) {
            open_observation(b, item, EN_FACT_SYSTEM, item->field);
            write_quantity(b, number, unit);
            close_resource(b);
        }
    } else if (strcmp(type, "code") == 0) {
        if (!en_list_has(en_cell(fact, "values"), item->value)) {
            REFUSE(b, item, "must be one of: %s", en_cell(fact, "values"));
            return;
        }
        open_observation(b, item, EN_FACT_SYSTEM, item->field);
        write_concept(b, "valueCodeableConcept", EN_VALUE_SYSTEM, item->value, NULL);
        close_resource(b);
    } else if (!en_date_parse(item->value, &date, NULL) || date > b->today) {
        REFUSE(b, item, "must be a date YYYY-MM-DD, not after today");
    } else {
        open_observation(b, item, EN_FACT_SYSTEM, item->field);
        en_write_text(&b->w, "valueDateTime", item->value);
        close_resource(b);
    }
}

/* Fields */

static void build_condition(struct builder *b, const struct en_case_item *item)
{
    const struct en_row *row = en_row_find(b->k, "conditions", item->value);
    const char *side = first_value(b, "side"), *onset = first_value(b, "onset");

    if (!is_text(item->value)) {
        REFUSE_TEXT(b, item);
        return;
    }
    open_resource(b, "Condition");
    write_concept(b, "clinicalStatus", "http://terminology.hl7.org/CodeSystem/condition-clinical",
                  "active", NULL);
    en_write_open(&b->w, "category", '[');
    write_concept(b, NULL, "http://terminology.hl7.org/CodeSystem/condition-category",
                  "encounter-diagnosis", NULL);
    en_write_close(&b->w);
    write_concept(b, "code", EN_CONDITION_SYSTEM, row == NULL ? NULL : item->value,
                  row == NULL ? item->value : en_cell(row, "title"));
    if (side != NULL) {
        en_write_open(&b->w, "bodySite", '[');
        write_concept(b, NULL, EN_SIDE_SYSTEM, side, NULL);
        en_write_close(&b->w);
    }
    write_reference(b, "subject", SUBJECT);
    en_write_text(&b->w, "onsetDateTime", onset);
    en_write_date(&b->w, "recordedDate", day_of(b, item));
    close_resource(b);
}

static void build_side(struct builder *b, const struct en_case_item *item)
{
    if (!is_side(item->value)) {
        REFUSE(b, item, "must be left, right, both or midline");
    }
}

static void build_date(struct builder *b, const struct en_case_item *item)
{
    en_day day = EN_DAY_UNKNOWN;

    if (!en_date_parse(item->value, &day, NULL) || day > b->today ||
        strlen(item->value) >= EN_DATE_TEXT_MAX) {
        REFUSE(b, item, "must be a date YYYY-MM-DD, not after today");
    }
}

/* Split "words until DATE"; false when a part is wrong. until is "" when not given. */
static bool split_until(struct builder *b, const struct en_case_item *item, const char **text,
                        const char **until)
{
    const char *at = strstr(item->value, " until ");
    en_day day = EN_DAY_UNKNOWN;

    *text = item->value;
    *until = "";
    if (at != NULL) {
        *text = en_arena_copy(b->arena, item->value, (size_t)(at - item->value));
        *until = at + strlen(" until ");
        if (*text == NULL || !en_date_parse(*until, &day, NULL)) {
            REFUSE(b, item, "needs a date YYYY-MM-DD behind \"until\"");
            return false;
        }
    }
    if (!is_text(*text)) {
        REFUSE_TEXT(b, item);
        return false;
    }
    return true;
}

static void build_drug(struct builder *b, const struct en_case_item *item)
{
    const char *text, *until;
    const bool is_none = strcmp(item->value, "none") == 0;

    if (!split_until(b, item, &text, &until)) {
        return;
    }
    open_resource(b, "MedicationStatement");
    en_write_text(&b->w, "status", until[0] == '\0' ? "active" : "stopped");
    write_concept(b, "medicationCodeableConcept", EN_LIST_SYSTEM,
                  is_none ? "no-current-medication" : NULL, is_none ? NULL : text);
    write_reference(b, "subject", SUBJECT);
    if (until[0] != '\0') {
        en_write_open(&b->w, "effectivePeriod", '{');
        en_write_text(&b->w, "end", until);
        en_write_close(&b->w);
    }
    en_write_date(&b->w, "dateAsserted", day_of(b, item));
    close_resource(b);
}

static void build_allergy(struct builder *b, const struct en_case_item *item)
{
    const bool is_none = strcmp(item->value, "none") == 0;

    if (!is_text(item->value)) {
        REFUSE_TEXT(b, item);
        return;
    }
    open_resource(b, "AllergyIntolerance");
    write_concept(b, "clinicalStatus",
                  "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active",
                  NULL);
    write_concept(b, "code", EN_LIST_SYSTEM, is_none ? "no-known-allergy" : NULL,
                  is_none ? NULL : item->value);
    write_reference(b, "patient", SUBJECT);
    en_write_date(&b->w, "recordedDate", day_of(b, item));
    close_resource(b);
}

/* "KNE-01 2 right" */
static void build_exam(struct builder *b, const struct en_case_item *item)
{
    char site[64] = "", grade[8] = "", side[16] = "";
    const char *rest = next_word(item->value, site, sizeof site);

    rest = rest == NULL ? NULL : next_word(rest, grade, sizeof grade);
    if (rest != NULL) {
        rest = next_word(rest, side, sizeof side);
    }
    if (en_row_find(b->k, "atlas", site) == NULL) {
        REFUSE(b, item, "needs a site of the atlas first, such as KNE-01");
        return;
    }
    if (!en_list_has("0; 1; 2; 3", grade) || (rest != NULL && !is_side(side)) || !is_end(rest)) {
        REFUSE(b, item, "needs a grade 0 to 3 behind the site, and then perhaps a side");
        return;
    }
    open_observation(b, item, EN_EXAM_SYSTEM, item->field);
    en_write_decimal(&b->w, "valueInteger", grade);
    en_write_open(&b->w, "bodySite", '{');
    en_write_open(&b->w, "coding", '[');
    for (int i = 0; i < (side[0] == '\0' ? 1 : 2); i++) {
        en_write_open(&b->w, NULL, '{');
        en_write_text(&b->w, "system", i == 0 ? EN_SITE_SYSTEM : EN_SIDE_SYSTEM);
        en_write_text(&b->w, "code", i == 0 ? site : side);
        en_write_close(&b->w);
    }
    en_write_close(&b->w);
    en_write_close(&b->w);
    close_resource(b);
}

/* "peg 6.3", "nrs 6 left" */
static void build_score(struct builder *b, const struct en_case_item *item)
{
    char id[64] = "", number[64] = "", side[16] = "";
    const char *rest = next_word(item->value, id, sizeof id);
    const struct en_row *instrument = en_row_find(b->k, "instruments", id);
    double value = 0.0;

    if (rest != NULL) {
        rest = next_word(rest, number, sizeof number);
    }
    if (rest != NULL) {
        rest = next_word(rest, side, sizeof side);
    }
    if (instrument == NULL || !is_json_number(number) || (rest != NULL && !is_side(side)) ||
        !is_end(rest)) {
        REFUSE(b, item, "needs an instrument and its value, such as nrs 7, and perhaps a side");
        return;
    }
    (void)en_text_number(number, &value);
    if (value < en_cell_number(instrument, "low") || value > en_cell_number(instrument, "high")) {
        REFUSE(b, item, "is outside the scale %s to %s of %s", en_cell(instrument, "low"),
               en_cell(instrument, "high"), id);
        return;
    }
    open_observation(b, item, EN_INSTRUMENT_SYSTEM, id);
    write_quantity(b, number, "{score}");
    if (side[0] != '\0') {
        write_concept(b, "bodySite", EN_SIDE_SYSTEM, side, NULL);
    }
    close_resource(b);
}

/* What was done where: "knee right", of a session also what was given. */
struct procedure {
    char region[32], side[16], volume[32], dextrose[32], guidance[8];
    char sites[PROCEDURE_SITES_MAX][EN_TABLE_ID_MAX];
    size_t site_count;
};

/* A word behind the region; false when it is none of those, or a second one of its kind. next is
 * the word behind it. */
static bool take_word(const struct builder *b, struct procedure *p, const char *word,
                      const char *next, bool *takes_next)
{
    const bool is_volume = strcmp(next, "mL") == 0;

    *takes_next = is_json_number(word) && (is_volume || strcmp(next, "g") == 0);
    if (*takes_next) {
        char *out = is_volume ? p->volume : p->dextrose;

        return out[0] == '\0' && word[0] != '-' &&
               snprintf(out, sizeof p->volume, "%s", word) < (int)sizeof p->volume;
    }
    if (is_side(word)) {
        return p->side[0] == '\0' && snprintf(p->side, sizeof p->side, "%s", word) > 0;
    }
    if (en_list_has("LM; US; FL; CT", word)) {
        return p->guidance[0] == '\0' && snprintf(p->guidance, sizeof p->guidance, "%s", word) > 0;
    }
    if (en_row_find(b->k, "atlas", word) != NULL && p->site_count < PROCEDURE_SITES_MAX) {
        return snprintf(p->sites[p->site_count++], sizeof p->sites[0], "%s", word) > 0;
    }
    return false;
}

/* "knee right 10 mL 1.5 g US KNE-01 KNE-02" */
static bool parse_procedure(const struct builder *b, const char *text, bool is_session,
                            struct procedure *p)
{
    const struct en_row *regions = en_row_find(b->k, "facts", "region");
    const char *rest = next_word(text, p->region, sizeof p->region);
    char word[EN_TABLE_ID_MAX], next[EN_TABLE_ID_MAX];

    if (regions == NULL || !en_list_has(en_cell(regions, "values"), p->region)) {
        return false;
    }
    while (!is_end(rest)) {
        bool takes_next = false;

        rest = next_word(rest, word, sizeof word);
        const char *behind = rest == NULL ? NULL : next_word(rest, next, sizeof next);

        if (!take_word(b, p, word, behind == NULL ? "" : next, &takes_next) ||
            (!is_session && !is_side(word))) {
            return false;
        }
        rest = takes_next ? behind : rest;
    }
    return true;
}

static void write_amount(struct builder *b, const char *url, const char *number, const char *unit)
{
    if (number[0] != '\0') {
        en_write_open(&b->w, NULL, '{');
        en_write_text(&b->w, "url", url);
        write_quantity(b, number, unit);
        en_write_close(&b->w);
    }
}

static void write_given(struct builder *b, const struct procedure *p)
{
    if (p->volume[0] == '\0' && p->dextrose[0] == '\0' && p->guidance[0] == '\0') {
        return;
    }
    en_write_open(&b->w, "extension", '[');
    write_amount(b, EN_EXTENSION_VOLUME, p->volume, "mL");
    write_amount(b, EN_EXTENSION_DEXTROSE, p->dextrose, "g");
    if (p->guidance[0] != '\0') {
        en_write_open(&b->w, NULL, '{');
        en_write_text(&b->w, "url", EN_EXTENSION_GUIDANCE);
        en_write_text(&b->w, "valueCode", p->guidance);
        en_write_close(&b->w);
    }
    en_write_close(&b->w);
}

/* A session or another procedure. */
static void build_procedure(struct builder *b, const struct en_case_item *item)
{
    const bool is_session = strcmp(item->field, "session") == 0;
    const struct en_row *regions = en_row_find(b->k, "facts", "region");
    struct procedure p = {.site_count = 0};

    if (!parse_procedure(b, item->value, is_session, &p)) {
        REFUSE(b, item, "needs a region (%s), and then perhaps a side%s",
               regions == NULL ? "" : en_cell(regions, "values"),
               is_session ? ", what was given (10 mL 1.5 g), guidance (US) and sites (KNE-01)"
                          : "");
        return;
    }
    open_resource(b, "Procedure");
    write_given(b, &p);
    en_write_text(&b->w, "status", "completed");
    write_concept(b, "code", EN_PROCEDURE_SYSTEM,
                  is_session ? "prolotherapy-session" : "steroid-injection", NULL);
    write_reference(b, "subject", SUBJECT);
    en_write_date(&b->w, "performedDateTime", day_of(b, item));
    en_write_open(&b->w, "bodySite", '[');
    write_concept(b, NULL, EN_REGION_SYSTEM, p.region, NULL);
    if (p.side[0] != '\0') {
        write_concept(b, NULL, EN_SIDE_SYSTEM, p.side, NULL);
    }
    for (size_t i = 0; i < p.site_count; i++) {
        write_concept(b, NULL, EN_SITE_SYSTEM, p.sites[i], NULL);
    }
    en_write_close(&b->w);
    close_resource(b);
}

static void build_role(struct builder *b)
{
    const char *hours = first_value(b, "training_hours");

    open_resource(b, "PractitionerRole");
    if (hours != NULL && is_json_number(hours)) {
        en_write_open(&b->w, "extension", '[');
        en_write_open(&b->w, NULL, '{');
        en_write_text(&b->w, "url", EN_EXTENSION_TRAINING_HOURS);
        en_write_decimal(&b->w, "valueDecimal", hours);
        en_write_close(&b->w);
        en_write_close(&b->w);
    }
    write_reference(b, "practitioner", "Practitioner/practitioner");
    if (first_value(b, "privilege") != NULL) {
        en_write_open(&b->w, "specialty", '[');
        for (size_t i = 0; i < b->items->count; i++) {
            if (strcmp(b->items->items[i].field, "privilege") == 0) {
                write_concept(b, NULL, EN_PRIVILEGE_SYSTEM, b->items->items[i].value, NULL);
            }
        }
        en_write_close(&b->w);
    }
    close_resource(b);
}

static void build_practitioner(struct builder *b, const struct en_case_item *item)
{
    const char *licence, *until;

    if (!split_until(b, item, &licence, &until)) {
        return;
    }
    en_write_open(&b->w, NULL, '{');
    en_write_open(&b->w, "resource", '{');
    en_write_text(&b->w, "resourceType", "Practitioner");
    en_write_text(&b->w, "id", "practitioner");
    en_write_open(&b->w, "qualification", '[');
    en_write_open(&b->w, NULL, '{');
    en_write_open(&b->w, "identifier", '[');
    en_write_open(&b->w, NULL, '{');
    en_write_text(&b->w, "value", licence);
    en_write_close(&b->w);
    en_write_close(&b->w);
    write_concept(b, "code", NULL, NULL, "Licence");
    if (until[0] != '\0') {
        en_write_open(&b->w, "period", '{');
        en_write_text(&b->w, "end", until);
        en_write_close(&b->w);
    }
    en_write_close(&b->w);
    en_write_close(&b->w);
    close_resource(b);
    build_role(b);
}

static void build_privilege(struct builder *b, const struct en_case_item *item)
{
    const struct en_row *regions = en_row_find(b->k, "facts", "region");

    if (first_value(b, "practitioner") == NULL) {
        REFUSE(b, item, "needs the field practitioner as well");
    } else if (!en_list_has("guidance-us; guidance-fl; guidance-ct; none", item->value) &&
               (regions == NULL || !en_list_has(en_cell(regions, "values"), item->value))) {
        REFUSE(b, item, "must be a region, guidance-us, guidance-fl, guidance-ct or none");
    }
}

static void build_hours(struct builder *b, const struct en_case_item *item)
{
    if (!is_json_number(item->value) || first_value(b, "practitioner") == NULL) {
        REFUSE(b, item, "must be a number, beside the field practitioner");
    }
}

static void build_payer(struct builder *b, const struct en_case_item *item)
{
    if (!is_text(item->value)) {
        REFUSE_TEXT(b, item);
        return;
    }
    open_resource(b, "Coverage");
    en_write_text(&b->w, "status", "active");
    write_reference(b, "beneficiary", SUBJECT);
    en_write_open(&b->w, "payor", '[');
    en_write_open(&b->w, NULL, '{');
    en_write_text(&b->w, "display", item->value);
    en_write_close(&b->w);
    en_write_close(&b->w);
    close_resource(b);
}

/* Written with the patient. */
static void build_patient_field(struct builder *b, const struct en_case_item *item)
{
    if (!is_text(item->value)) {
        REFUSE_TEXT(b, item);
    }
}

static void build_sex(struct builder *b, const struct en_case_item *item)
{
    if (!en_list_has("female; male; other; unknown", item->value)) {
        REFUSE(b, item, "must be female, male, other or unknown");
    }
}

const struct en_case_field EN_CASE_FIELDS[] = {
    {"name", "the patient's name, any script"},
    {"id", "the patient's number"},
    {"birth_date", "date of birth, YYYY-MM-DD"},
    {"sex", "female, male, other or unknown"},
    {"condition", "what is to be treated: oa_knee, or words"},
    {"side", "left, right, both or midline"},
    {"onset", "when it began, YYYY-MM-DD"},
    {"drug", "a medicine; \"NAME until YYYY-MM-DD\" when stopped; none"},
    {"allergy", "an allergen; none"},
    {"tenderness", "site, grade 0-3, side: KNE-01 2 right"},
    {"laxity", "site, grade 0-3, side: ANK-01 2 left"},
    {"score", "instrument and value, and perhaps a side: peg 6.3"},
    {"session", "a session that was given: knee right 10 mL 1.5 g US KNE-01"},
    {"steroid_injection", "region and side of a steroid injection"},
    {"practitioner", "licence number, \"until YYYY-MM-DD\""},
    {"privilege", "region, guidance-us, guidance-fl, guidance-ct, none"},
    {"training_hours", "hours of training in this treatment"},
    {"payer", "who pays"},
    {NULL, NULL},
};

/* In the order of EN_CASE_FIELDS. */
static void (*const BUILDERS[])(struct builder *b, const struct en_case_item *item) = {
    build_patient_field, build_patient_field, build_date,      build_sex,       build_condition,
    build_side,          build_date,          build_drug,      build_allergy,   build_exam,
    build_exam,          build_score,         build_procedure, build_procedure, build_practitioner,
    build_privilege,     build_hours,         build_payer,
};

_Static_assert(EN_COUNT(BUILDERS) + 1 == EN_COUNT(EN_CASE_FIELDS), "one builder per field");

/* The Bundle */

static void write_patient(struct builder *b)
{
    const char *name = first_value(b, "name"), *id = first_value(b, "id");
    const char *sex = first_value(b, "sex");

    en_write_open(&b->w, NULL, '{');
    en_write_open(&b->w, "resource", '{');
    en_write_text(&b->w, "resourceType", "Patient");
    en_write_text(&b->w, "id", "patient");
    if (!en_text_is_empty(id)) {
        en_write_open(&b->w, "identifier", '[');
        en_write_open(&b->w, NULL, '{');
        en_write_text(&b->w, "value", id);
        en_write_close(&b->w);
        en_write_close(&b->w);
    }
    if (!en_text_is_empty(name)) {
        en_write_open(&b->w, "name", '[');
        en_write_open(&b->w, NULL, '{');
        en_write_text(&b->w, "text", name);
        en_write_close(&b->w);
        en_write_close(&b->w);
    }
    en_write_text(&b->w, "gender", sex);
    en_write_text(&b->w, "birthDate", first_value(b, "birth_date"));
    close_resource(b);
}

static void build_item(struct builder *b, const struct en_case_item *item)
{
    const struct en_row *fact = en_row_find(b->k, "facts", item->field);

    if (day_of(b, item) > b->today) {
        REFUSE(b, item, "is dated in the future");
        return;
    }
    for (size_t i = 0; i < EN_COUNT(BUILDERS); i++) {
        if (strcmp(EN_CASE_FIELDS[i].name, item->field) == 0) {
            BUILDERS[i](b, item);
            return;
        }
    }
    if (fact == NULL) {
        en_issue_add(b->issues, b->arena, EN_ISSUE_ERROR, "not-found", item->field,
                     "is no field and no fact: see `enthesis case new --fields`");
        return;
    }
    build_fact(b, item, fact);
}

enum en_status en_fhir_build_case(const struct en_knowledge *k, const struct en_case_items *items,
                                  en_day today, struct en_arena *a, struct en_buf *json,
                                  struct en_issues *issues, struct en_err *err)
{
    const size_t errors = issues->error_count;
    struct en_buf out = EN_BUF(EN_CASE_FILE_MAX);
    struct builder b = {
        .w = EN_WRITER(&out), .k = k, .items = items, .arena = a, .issues = issues, .today = today};
    enum en_status st = EN_OK;

    en_write_open(&b.w, NULL, '{');
    en_write_text(&b.w, "resourceType", "Bundle");
    en_write_text(&b.w, "type", "collection");
    en_write_open(&b.w, "entry", '[');
    write_patient(&b);
    for (size_t i = 0; i < items->count; i++) {
        build_item(&b, &items->items[i]);
    }
    en_write_close(&b.w);
    en_write_close(&b.w);
    st = en_write_end(&b.w, "the case", err);
    if (st == EN_OK && issues->error_count > errors) {
        st = en_fail(err, EN_EINVAL, "the case has %zu error(s): see the issues",
                     issues->error_count - errors);
    }
    if (st == EN_OK) {
        en_buf_add_bytes(json, out.bytes, out.size);
        st = en_buf_check(json, "the case", err);
    }
    en_buf_free(&out);
    return st;
}
