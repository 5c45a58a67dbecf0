/* SPDX-License-Identifier: Apache-2.0
 * Patient, Practitioner, PractitionerRole and Coverage. */
#include "fhir/read.h"

#include "base/text.h"
#include "knowledge/knowledge.h"

#include <math.h>
#include <string.h>
#include <strings.h>

/* Names */

/* The official name, or the first one. */
static struct json_object *best_name(struct json_object *names)
{
    for (size_t i = 0; i < en_json_count(names); i++) {
        if (en_text_equal(en_json_text(en_json_at(names, i), "use"), "official")) {
            return en_json_at(names, i);
        }
    }
    return en_json_at(names, 0);
}

/* HumanName as one line: its text, or given names and family. Any script; NULL when empty. */
static const char *name_text(struct en_arena *a, struct json_object *names)
{
    struct json_object *name = best_name(names), *given = en_json_get(name, "given");
    const char *text = en_json_text(name, "text"), *family = en_json_text(name, "family");
    const char *line = "";

    if (text != NULL) {
        return en_arena_copy(a, text, SIZE_MAX);
    }
    for (size_t i = 0; i < en_json_count(given) && line != NULL; i++) {
        struct json_object *part = en_json_at(given, i);

        if (part != NULL) {
            line = en_arena_print(a, "%s%s%s", line, line[0] == '\0' ? "" : " ",
                                  json_object_get_string(part));
        }
    }
    if (family != NULL && line != NULL) {
        line = en_arena_print(a, "%s%s%s", line, line[0] == '\0' ? "" : " ", family);
    }
    return en_text_is_empty(line) ? NULL : line;
}

/* Patient */

/* Ages decide rules (18, 70), so a birth date without its day leaves the age unknown. */
static void read_birth(struct en_reader *r, const struct en_entry *e)
{
    const struct en_row *age = en_row_find(r->k, "facts", "age_years");
    enum en_date_precision precision = EN_DATE_DAY;
    const char *text = en_json_text(e->resource, "birthDate");
    const char *path = en_reader_path(r, e->path, "birthDate");
    const en_day birth = en_reader_day(r, e->resource, e->path, "birthDate");

    if (birth == EN_DAY_UNKNOWN) {
        return;
    }
    if (age != NULL && (double)en_years_between(birth, r->today) > en_cell_number(age, "high")) {
        EN_READ_ERROR(r, "value", path, "is more than %s years ago: check the year",
                      en_cell(age, "high"));
        return;
    }
    if (en_date_parse(text, &(en_day){0}, &precision) && precision != EN_DATE_DAY) {
        EN_READ_WARNING(r, "value", path,
                        "is not a full date: the age stays unknown until the day is given");
        return;
    }
    r->out->person.birth = birth;
    r->out->person.birth_known = true;
    en_reader_give_date(r, "birth_date", birth, r->today, path);
}

/* Only "female" and "male" tell what doses and pregnancy rules ask; "unknown" stays unknown. */
static void read_gender(struct en_reader *r, const struct en_entry *e)
{
    const char *text = en_json_text(e->resource, "gender");
    const char *path = en_reader_path(r, e->path, "gender");
    const size_t fact = en_fact_index(r->k, "sex");

    if (text == NULL || fact == SIZE_MAX) {
        return;
    }
    if (!en_list_has(en_cell(en_reader_fact_row(r, fact), "values"), text)) {
        en_reader_give_unknown(r, fact, r->today, path);
        return;
    }
    en_reader_give(
        r, fact,
        (struct en_fact){.kind = EN_FACT_CODE, .code = en_reader_copy(r, text), .as_of = r->today},
        path);
}

void en_read_patient(struct en_reader *r, const struct en_entry *e)
{
    struct json_object *deceased = en_json_get(e->resource, "deceasedBoolean");
    struct json_object *identifier = en_json_at(en_json_get(e->resource, "identifier"), 0);

    if (json_object_get_boolean(deceased) || en_json_get(e->resource, "deceasedDateTime") != NULL) {
        EN_READ_ERROR(r, "business-rule", en_reader_path(r, e->path, "deceased"),
                      "is recorded: there is nothing to plan");
    }
    if (en_json_get(e->resource, "active") != NULL &&
        !json_object_get_boolean(en_json_get(e->resource, "active"))) {
        EN_READ_WARNING(r, "business-rule", en_reader_path(r, e->path, "active"),
                        "this patient record is not in use");
    }
    r->out->person.name = name_text(r->arena, en_json_get(e->resource, "name"));
    r->out->person.id = en_reader_copy(r, en_json_text(identifier, "value"));
    read_birth(r, e);
    read_gender(r, e);
    (void)en_reader_note(r, EN_NOTE_UNDERSTOOD, e->path, "the patient");
}

/* Staff */

static void read_hours(struct en_reader *r, struct json_object *resource, const char *path,
                       double *hours)
{
    struct json_object *extension = en_reader_extension(resource, EN_EXTENSION_TRAINING_HOURS);
    struct json_object *decimal = en_json_get(extension, "valueDecimal");
    struct json_object *value = decimal != NULL ? decimal : en_json_get(extension, "valueInteger");

    if (value != NULL) {
        *hours = json_object_get_double(value);
    } else if (extension != NULL) {
        EN_READ_ERROR(r, "value", en_reader_path(r, path, "extension"),
                      "training hours need a valueDecimal");
    }
}

void en_practitioner_read(struct json_object *resource, struct en_arena *a,
                          struct en_practitioner *out)
{
    struct json_object *qualification = en_json_at(en_json_get(resource, "qualification"), 0);
    struct json_object *identifier = en_json_at(en_json_get(qualification, "identifier"), 0);
    const char *end = en_json_text(en_json_get(qualification, "period"), "end");
    const char *licence = en_json_text(identifier, "value");

    *out = (struct en_practitioner){
        .name = name_text(a, en_json_get(resource, "name")),
        .licence = licence == NULL ? NULL : en_arena_copy(a, licence, SIZE_MAX),
        .licence_expiry = EN_DAY_UNKNOWN,
        .training_hours = NAN,
    };
    (void)en_date_parse(end, &out->licence_expiry, NULL); /* may lie in the future */
}

void en_read_practitioner(struct en_reader *r, const struct en_entry *e)
{
    struct en_practitioner *list =
        en_reader_grow(r, r->out->practitioners, r->out->practitioner_count, sizeof *list);

    if (list == NULL) {
        return;
    }
    r->out->practitioners = list;
    struct en_practitioner *p = &list[r->out->practitioner_count++];

    en_practitioner_read(e->resource, r->arena, p);
    read_hours(r, e->resource, e->path, &p->training_hours);
    (void)en_reader_note(r, EN_NOTE_UNDERSTOOD, e->path, "a practitioner and the licence");
}

/* The practitioner that a role names: roles come after practitioners, in the same order. */
static struct en_practitioner *practitioner_of(struct en_reader *r, const struct en_entry *e)
{
    struct json_object *target = en_reader_resolve(r, e, en_json_get(e->resource, "practitioner"));
    size_t index = 0;

    for (size_t i = 0; i < r->entry_count; i++) {
        if (strcmp(r->entries[i].type, "Practitioner") != 0) {
            continue;
        }
        if (r->entries[i].resource == target && index < r->out->practitioner_count) {
            return &r->out->practitioners[index];
        }
        index++;
    }
    return NULL;
}

static const char *list_join(struct en_reader *r, const char *list, const char *item, size_t size)
{
    const char *more = en_text_is_empty(list)
                           ? en_arena_copy(r->arena, item, size)
                           : en_arena_print(r->arena, "%s; %.*s", list, (int)size, item);

    return more == NULL ? list : more;
}

/* A privilege: a region, "guidance-us" and its like, or "none". */
static void read_privilege(struct en_reader *r, struct en_practitioner *p, const char *code,
                           const char *path)
{
    static const char GUIDANCE[] = "guidance-";
    const struct en_row *region = en_row_find(r->k, "facts", "region");
    const struct en_row *guidance = en_row_find(r->k, "facts", "site_guidance");
    const char *item = NULL, *list = guidance == NULL ? "" : en_cell(guidance, "values");
    size_t size = 0;

    if (region != NULL && en_list_has(en_cell(region, "values"), code)) {
        p->regions = list_join(r, p->regions, code, strlen(code));
        return;
    }
    if (strcmp(code, "none") == 0) {
        return;
    }
    while (en_text_starts(code, GUIDANCE) && (list = en_list_next(list, &item, &size)) != NULL) {
        const char *modality = code + sizeof GUIDANCE - 1;

        if (strlen(modality) == size && strncasecmp(modality, item, size) == 0) {
            p->guidance = list_join(r, p->guidance, item, size);
            return;
        }
    }
    EN_READ_ERROR(r, "code-invalid", path,
                  "is no privilege: a region, guidance-us, guidance-fl, guidance-ct or none");
}

void en_read_role(struct en_reader *r, const struct en_entry *e)
{
    struct json_object *list = en_json_get(e->resource, "specialty");
    struct json_object *active = en_json_get(e->resource, "active");
    struct en_practitioner *p = practitioner_of(r, e);
    const char *end = en_json_text(en_json_get(e->resource, "period"), "end");
    en_day last = EN_DAY_UNKNOWN;
    const char *path = en_reader_path(r, e->path, "specialty");

    if (p == NULL) {
        EN_READ_ERROR(r, "not-found", en_reader_path(r, e->path, "practitioner"),
                      "must refer to a Practitioner of this Bundle");
        return;
    }
    if (active != NULL && !json_object_get_boolean(active)) {
        (void)en_reader_note(r, EN_NOTE_IGNORED, e->path, "the role is not active");
        return;
    }
    if (en_date_parse(end, &last, NULL) && last < r->today) {
        (void)en_reader_note(r, EN_NOTE_IGNORED, e->path, "the role has ended");
        return;
    }
    for (size_t i = 0; i < en_json_count(list); i++) {
        const char *code = en_concept_code(en_json_at(list, i), EN_PRIVILEGE_SYSTEM);

        if (code != NULL) {
            /* One privilege makes both lists known: what is not named is not held. */
            p->regions = p->regions == NULL ? "" : p->regions;
            p->guidance = p->guidance == NULL ? "" : p->guidance;
            read_privilege(r, p, code, path);
        }
    }
    read_hours(r, e->resource, e->path, &p->training_hours);
    (void)en_reader_note(r, EN_NOTE_UNDERSTOOD, e->path, "privileges of the practitioner");
}

/* Coverage */

void en_read_coverage(struct en_reader *r, const struct en_entry *e)
{
    static const struct {
        const char *country, *jurisdiction;
    } COUNTRIES[] = {{"US", "us"}, {"USA", "us"}, {"GB", "uk"}, {"UK", "uk"}};
    struct json_object *payor = en_json_at(en_json_get(e->resource, "payor"), 0);
    struct json_object *organization = en_reader_resolve(r, e, payor);
    struct json_object *address = en_json_at(en_json_get(organization, "address"), 0);
    const char *status = en_json_text(e->resource, "status");
    const char *code = en_concept_code(en_json_get(e->resource, "type"), EN_PAYER_SYSTEM);
    const char *name = code != NULL ? code : en_json_text(payor, "display");
    const char *jurisdiction = NULL;

    if (!en_text_equal(status, "active")) {
        (void)en_reader_note(r, EN_NOTE_IGNORED, e->path, "the coverage is not active");
        return;
    }
    for (size_t i = 0; i < EN_COUNT(COUNTRIES); i++) {
        if (en_text_equal(en_json_text(address, "country"), COUNTRIES[i].country)) {
            jurisdiction = COUNTRIES[i].jurisdiction;
        }
    }
    struct en_cover *list = en_reader_grow(r, r->out->covers, r->out->cover_count, sizeof *list);

    if (list == NULL) {
        return;
    }
    r->out->covers = list;
    list[r->out->cover_count++] = (struct en_cover){
        .payer = en_reader_copy(r, name != NULL ? name : en_json_text(organization, "name")),
        .jurisdiction = jurisdiction,
    };
    (void)en_reader_note(r, EN_NOTE_UNDERSTOOD, e->path, "the payer");
}
