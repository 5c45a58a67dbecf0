/* SPDX-License-Identifier: Apache-2.0
 * Texts of Bundles for the tests. A single quote stands for a double one, so that JSON reads well
 * in C; the only patient there is is called "Synthetic Patient 01". */
#pragma once

#include "base/limits.h"
#include "base/text.h"
#include "fhir/json.h"
#include "knowledge/knowledge.h"

#include "support/check.h"

#define TODAY_TEXT "2026-03-10"

#define PATIENT                                                                                    \
    "{'fullUrl':'urn:uuid:00000000-0000-4000-8000-000000000001','resource':{"                      \
    "'resourceType':'Patient','id':'p1','name':[{'text':'Synthetic Patient 01'}],"                 \
    "'gender':'female','birthDate':'1961-05-04'}}"
#define SUBJECT "'subject':{'reference':'Patient/p1'}"
/* A member that R4 demands of each allergy but one entered in error. */
#define ACTIVE_ALLERGY                                                                             \
    "'clinicalStatus':{'coding':[{'system':"                                                       \
    "'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical','code':'active'}]}"
#define KNEE                                                                                       \
    "{'resource':{'resourceType':'Condition','id':'c1'," SUBJECT ",'code':{'coding':[{"            \
    "'system':'https://enthesis.org/fhir/CodeSystem/condition','code':'oa_knee'}]},"               \
    "'bodySite':[{'text':'right knee'}],'onsetDateTime':'2025-01-15'}}"

static inline en_day today(void)
{
    en_day day = EN_DAY_UNKNOWN;

    CHECK(en_date_parse(TODAY_TEXT, &day, NULL));
    return day;
}

static inline en_day day_of(const char *text)
{
    en_day day = EN_DAY_UNKNOWN;

    CHECK(en_date_parse(text, &day, NULL));
    return day;
}

/* The embedded knowledge, loaded once per test program. */
static inline const struct en_knowledge *knowledge(void)
{
    static struct en_arena a = {.limit = EN_REQUEST_ARENA};
    static struct en_knowledge *k;
    struct en_err err = {""};

    if (k == NULL && en_knowledge_load(NULL, &a, &k, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    return k;
}

static inline char *quoted(struct en_arena *a, const char *text)
{
    char *copy = en_arena_copy(a, text, SIZE_MAX);

    CHECK(copy != NULL);
    for (size_t i = 0; copy != NULL && copy[i] != '\0'; i++) {
        if (copy[i] == '\'') {
            copy[i] = '"';
        }
    }
    return copy;
}

/* A collection of these entries (without the comma at the end). */
static inline const char *bundle(struct en_arena *a, const char *entries)
{
    return quoted(a, en_arena_print(a, "{'resourceType':'Bundle','type':'collection','entry':[%s]}",
                                    entries));
}

/* Read a case; the result lives in the arena. */
static inline enum en_status read_case(struct en_arena *a, const char *text, struct en_case *out,
                                       struct en_issues *issues)
{
    *issues = (struct en_issues){0};
    return en_fhir_read_case(knowledge(), text, strlen(text), today(), a, out, issues, NULL);
}

static inline void print_issues(const struct en_issues *issues)
{
    for (size_t i = 0; i < issues->count; i++) {
        print_error("%s: %s: %s\n", issues->items[i].path, issues->items[i].code,
                    issues->items[i].text);
    }
}

/* A case that must be read without error. */
static inline struct en_case good_case(struct en_arena *a, const char *entries)
{
    struct en_issues issues;
    struct en_case c;

    if (read_case(a, bundle(a, entries), &c, &issues) != EN_OK) {
        print_issues(&issues);
        fail();
    }
    return c;
}

static inline struct en_fact fact_of(const struct en_case *c, const char *id)
{
    const size_t index = en_fact_index(knowledge(), id);

    CHECK(index < c->fact_count);
    return c->facts[index];
}

static inline const struct en_issue *issue_at(const struct en_issues *issues, const char *path)
{
    for (size_t i = 0; i < issues->count; i++) {
        if (strcmp(issues->items[i].path, path) == 0) {
            return &issues->items[i];
        }
    }
    return NULL;
}

/* No text of the issues may hold the patient's name. */
static inline void check_discreet(const struct en_issues *issues)
{
    for (size_t i = 0; i < issues->count; i++) {
        CHECK(strstr(issues->items[i].text, "Synthetic") == NULL);
        CHECK(strstr(issues->items[i].path, "Synthetic") == NULL);
    }
}
