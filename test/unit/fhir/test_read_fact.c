/* SPDX-License-Identifier: Apache-2.0
 * Observations and answers as facts: values, units, ages, conflicts, body sites. */
#include "unit/fhir/bundle.h"

#define UCUM "'system':'http://unitsofmeasure.org'"

/* An observation of a LOINC or local code, with what more it has. Not inlined: gcc 12 with
 * sanitizers then sees a NULL text that cannot be. */
__attribute__((noinline)) static const char *observation(struct en_arena *a, const char *code,
                                                         const char *more)
{
    const char *system = strchr(code, '-') != NULL ? "http://loinc.org" : EN_FACT_SYSTEM;

    return en_arena_print(a,
                          "{'resource':{'resourceType':'Observation','status':'final',"
                          "'code':{'coding':[{'system':'%s','code':'%s'}]}," SUBJECT ",%s}}",
                          system, code, more);
}

static const char *with(struct en_arena *a, const char *entries)
{
    return en_arena_print(a, PATIENT "," KNEE ",%s", entries);
}

/* Units are converted by the factors of their definitions (international pound, inch, Fahrenheit;
 * glucose 180.16 g/mol; HbA1c by the NGSP-IFCC master equation). */
static void test_fact_units_are_converted(void **state)
{
    static const struct {
        const char *code, *value, *unit, *fact;
        double expected, tolerance;
    } CASES[] = {
        {"29463-7", "81.5", "kg", "weight", 81.5, 0.0},
        {"29463-7", "81500", "g", "weight", 81.5, 1e-9},
        {"29463-7", "180", "[lb_av]", "weight", 81.6466266, 1e-6},
        {"8302-2", "175", "cm", "height", 175.0, 0.0},
        {"8302-2", "1.75", "m", "height", 175.0, 1e-9},
        {"8302-2", "70", "[in_i]", "height", 177.8, 1e-9},
        {"8310-5", "37.0", "Cel", "temperature", 37.0, 0.0},
        {"8310-5", "98.6", "[degF]", "temperature", 37.0, 1e-6},
        {"8480-6", "16", "kPa", "systolic", 120.01, 0.01},
        {"14743-9", "5.5", "mmol/L", "glucose", 5.5, 0.0},
        {"2339-0", "100", "mg/dL", "glucose", 5.551, 0.001},
        {"34714-6", "2.5", "1", "inr", 2.5, 0.0},
        {"34714-6", "2.5", "{INR}", "inr", 2.5, 1e-12},
        {"777-3", "250", "10*3/uL", "platelets", 250.0, 1e-9},
        {"777-3", "250000", "/uL", "platelets", 250.0, 1e-9},
        {"72514-3", "7", "{score}", "nrs", 7.0, 0.0},
        {"weight", "81.5", "kg", "weight", 81.5, 0.0},
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        const struct en_case c = good_case(
            &a,
            with(&a, observation(&a, CASES[i].code,
                                 en_arena_print(&a,
                                                "'effectiveDateTime':'2026-03-10',"
                                                "'valueQuantity':{'value':%s," UCUM ",'code':'%s'}",
                                                CASES[i].value, CASES[i].unit))));
        const struct en_fact f = fact_of(&c, CASES[i].fact);

        CHECK(f.kind == EN_FACT_NUMBER);
        CHECK_NEAR(f.number, CASES[i].expected, CASES[i].tolerance);
        CHECK(f.as_of == today());
        CHECK_TEXT(f.origin, "Bundle.entry[2].resource");
    }
    en_arena_free(&a);
}

static void test_fact_hba1c_offset(void **state)
{
    const size_t index = en_fact_index(knowledge(), "hba1c");
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);

    (void)state;
    if (index != SIZE_MAX) {
        const struct en_case c = good_case(
            &a, with(&a, observation(&a, "hba1c",
                                     "'valueQuantity':{'value':53," UCUM ",'code':'mmol/mol'}")));

        CHECK_NEAR(c.facts[index].number, 7.0, 0.01);
    }
    en_arena_free(&a);
}

/* A unit is converted or refused, never assumed; a value beyond the plausible is refused. */
static void test_fact_bad_values_are_refused(void **state)
{
    static const struct {
        const char *code, *value, *path, *part;
    } CASES[] = {
        {"29463-7", "'valueQuantity':{'value':81.5}", "valueQuantity", "kg, g, [lb_av]"},
        {"29463-7", "'valueQuantity':{'value':81.5,'unit':'pounds'}", "valueQuantity", "UCUM"},
        {"29463-7", "'valueQuantity':{'value':81.5,'code':'lb'," UCUM "}", "valueQuantity", "UCUM"},
        {"29463-7", "'valueQuantity':{'value':81.5,'code':'kg','system':'http://x'}",
         "valueQuantity", "UCUM"},
        {"29463-7", "'valueQuantity':{'value':81.5,'code':'cm'," UCUM "}", "valueQuantity", "UCUM"},
        {"29463-7", "'valueQuantity':{'value':815,'code':'kg'," UCUM "}", "valueQuantity",
         "plausible range 20 to 300 kg"},
        {"29463-7", "'valueQuantity':{'value':19.9,'code':'kg'," UCUM "}", "valueQuantity",
         "plausible"},
        {"29463-7", "'valueInteger':81", "valueInteger", "with its unit"},
        {"29463-7", "'valueBoolean':true", "valueBoolean", "number"},
        {"29463-7", "'valueString':'81'", "valueString", "number"},
        {"2339-0", "'valueQuantity':{'value':5.5,'code':'mmol/L'," UCUM "}", "valueQuantity",
         "contradicts the LOINC code"},
        {"14743-9", "'valueQuantity':{'value':100,'code':'mg/dL'," UCUM "}", "valueQuantity",
         "contradicts the LOINC code"},
        {"14743-9", "'valueQuantity':{'value':100}", "valueQuantity", "UCUM"},
        {"diabetes", "'valueString':'perhaps'", "valueString", "yes, no"},
        {"diabetes", "'valueQuantity':{'value':1}", "valueQuantity", "bool"},
        {"renal_disease", "'valueString':'a bit'", "valueString", "none; moderate; severe"},
        {"nsaid_last_dose", "'valueDateTime':'2026-04-01'", "valueDateTime", "future"},
        {"no_such_fact", "'valueBoolean':true", "code", "no fact"},
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_issues issues;
    struct en_case c;

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        const char *text = bundle(&a, with(&a, observation(&a, CASES[i].code, CASES[i].value)));
        const char *path = en_arena_print(&a, "Bundle.entry[2].resource.%s", CASES[i].path);

        CHECK(read_case(&a, text, &c, &issues) == EN_EINVAL);
        if (issues.error_count != 1 || issue_at(&issues, path) == NULL) {
            print_error("%s %s\n", CASES[i].code, CASES[i].value);
            print_issues(&issues);
            fail();
        }
        CHECK_CONTAINS(issue_at(&issues, path)->text, CASES[i].part);
    }
    en_arena_free(&a);
}

/* The limits of the plausible range themselves are plausible. */
static void test_fact_range_includes_its_limits(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);

    (void)state;
    for (int weight = 20; weight <= 300; weight += 280) {
        const struct en_case c = good_case(
            &a, with(&a, observation(
                             &a, "weight",
                             en_arena_print(&a, "'valueQuantity':{'value':%d," UCUM ",'code':'kg'}",
                                            weight))));

        CHECK_NEAR(fact_of(&c, "weight").number, weight, 0.0);
    }
    en_arena_free(&a);
}

/* The ways to say yes, no and a code. */
static void test_fact_words(void **state)
{
    static const struct {
        const char *code, *value;
        enum en_fact_kind kind;
        const char *expected; /* "yes", "no", or the code */
    } CASES[] = {
        {"diabetes", "'valueBoolean':true", EN_FACT_BOOL, "yes"},
        {"diabetes", "'valueBoolean':false", EN_FACT_BOOL, "no"},
        {"diabetes", "'valueString':'Yes'", EN_FACT_BOOL, "yes"},
        {"diabetes", "'valueString':'no'", EN_FACT_BOOL, "no"},
        {"diabetes",
         "'valueCodeableConcept':{'coding':[{'system':'http://terminology.hl7.org/"
         "CodeSystem/v2-0136','code':'Y'}]}",
         EN_FACT_BOOL, "yes"},
        {"diabetes",
         "'valueCodeableConcept':{'coding':[{'system':'http://loinc.org','code':"
         "'LA32-8'}]}",
         EN_FACT_BOOL, "no"},
        {"2106-3",
         "'interpretation':[{'coding':[{'system':'http://terminology.hl7.org/CodeSystem/"
         "v3-ObservationInterpretation','code':'POS'}]}]",
         EN_FACT_BOOL, "yes"},
        {"2106-3",
         "'interpretation':[{'coding':[{'system':'http://terminology.hl7.org/CodeSystem/"
         "v3-ObservationInterpretation','code':'NEG'}]}]",
         EN_FACT_BOOL, "no"},
        {"renal_disease", "'valueString':'moderate'", EN_FACT_CODE, "moderate"},
        {"renal_disease", "'valueCodeableConcept':{'text':'Severe'}", EN_FACT_CODE, "severe"},
        {"renal_disease",
         "'valueCodeableConcept':{'coding':[{'system':'https://enthesis.org/fhir/"
         "CodeSystem/value','code':'none'}]}",
         EN_FACT_CODE, "none"},
        {"diabetes", "'dataAbsentReason':{'text':'not asked'}", EN_FACT_UNKNOWN, ""},
        {"diabetes", "'note':[{'text':'nothing'}]", EN_FACT_UNKNOWN, ""},
        {"crp", "'valueQuantity':{'value':5,'comparator':'<','code':'mg/L'," UCUM "}",
         EN_FACT_UNKNOWN, ""},
        {"crp", "'valueQuantity':{'code':'mg/L'," UCUM "}", EN_FACT_UNKNOWN, ""},
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        const struct en_case c =
            good_case(&a, with(&a, observation(&a, CASES[i].code, CASES[i].value)));
        const char *id = strcmp(CASES[i].code, "2106-3") == 0 ? "pregnant" : CASES[i].code;
        const struct en_fact f = fact_of(&c, id);

        CHECK(f.kind == CASES[i].kind);
        if (f.kind == EN_FACT_BOOL) {
            CHECK(f.truth == (strcmp(CASES[i].expected, "yes") == 0));
        } else if (f.kind == EN_FACT_CODE) {
            CHECK_TEXT(f.code, CASES[i].expected);
        }
    }
    en_arena_free(&a);
}

static const char *inr(struct en_arena *a, const char *value, const char *date)
{
    return observation(a, "34714-6",
                       en_arena_print(a, "%s%s%s'valueQuantity':{'value':%s," UCUM ",'code':'1'}",
                                      date[0] == '\0' ? "" : "'effectiveDateTime':'", date,
                                      date[0] == '\0' ? "" : "',", value));
}

/* The newest value counts, whatever the order in the file; an undated one is the oldest. */
static void test_fact_newest_wins(void **state)
{
    static const struct {
        const char *values[3], *dates[3];
        double expected; /* NAN unknown */
    } CASES[] = {
        {{"2.0", "3.0", "4.0"}, {"2026-03-01", "2026-03-03", "2026-03-02"}, 3.0},
        {{"2.0", "3.0", "4.0"}, {"2026-03-03", "2026-03-01", "2026-03-02"}, 2.0},
        {{"2.0", "3.0", "4.0"}, {"", "2026-03-01", ""}, 3.0},
        {{"2.0", "3.0", "4.0"}, {"2026-03-02", "2026-03-02", "2026-03-03"}, 4.0},
        {{"2.0", "2.00", "2.0"}, {"2026-03-02", "2026-03-02", "2026-03-02"}, 2.0},
        {{"2.0", "3.0", "3.0"}, {"2026-03-02", "2026-03-02", "2026-03-02"}, NAN},
        {{"2.0", "3.0", "4.0"}, {"", "", ""}, NAN},
        {{"2.0", "3.0", "4.0"}, {"2026-03-02", "2026-03-02", "2026-03-01"}, NAN},
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        const char *entries =
            en_arena_print(&a, "%s,%s,%s", inr(&a, CASES[i].values[0], CASES[i].dates[0]),
                           inr(&a, CASES[i].values[1], CASES[i].dates[1]),
                           inr(&a, CASES[i].values[2], CASES[i].dates[2]));
        const struct en_case c = good_case(&a, with(&a, entries));
        const struct en_fact f = fact_of(&c, "inr");

        if (isnan(CASES[i].expected)) {
            CHECK(f.kind == EN_FACT_UNKNOWN);
        } else {
            CHECK_NEAR(f.number, CASES[i].expected, 0.0);
        }
    }
    en_arena_free(&a);
}

/* A conflict is a warning that names the place, and both values are noted as not used. */
static void test_fact_conflict_is_told(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_issues issues;
    struct en_case c;
    size_t ignored = 0;

    (void)state;
    CHECK(read_case(&a,
                    bundle(&a, with(&a, en_arena_print(&a, "%s,%s", inr(&a, "2", "2026-03-02"),
                                                       inr(&a, "3", "2026-03-02")))),
                    &c, &issues) == EN_OK);
    CHECK(issues.count == 1 && issues.items[0].severity == EN_ISSUE_WARNING);
    CHECK_TEXT(issues.items[0].path, "Bundle.entry[3].resource");
    CHECK_CONTAINS(issues.items[0].text, "inr");
    for (size_t i = 0; i < c.note_count; i++) {
        ignored += strstr(c.notes[i].what, "two different values") != NULL ? 1 : 0;
    }
    CHECK(ignored == 2);
    en_arena_free(&a);
}

/* What the newest word leaves open is unknown, though an older value exists. */
static void test_fact_newest_unknown_hides_older_value(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case c = good_case(
        &a,
        with(&a, en_arena_print(&a, "%s,%s", inr(&a, "2", "2026-03-02"),
                                observation(&a, "34714-6",
                                            "'effectiveDateTime':'2026-03-05','dataAbsentReason':"
                                            "{'text':'clotted'}"))));

    (void)state;
    CHECK(fact_of(&c, "inr").kind == EN_FACT_UNKNOWN);
    en_arena_free(&a);
}

static void test_fact_status_that_does_not_count(void **state)
{
    static const char *const STATUSES[] = {"entered-in-error", "cancelled", "registered"};
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(STATUSES); i++) {
        const struct en_case c = good_case(
            &a, en_arena_print(&a,
                               PATIENT ",{'resource':{'resourceType':'Observation','status':'%s',"
                                       "'code':{'coding':[{'system':'http://loinc.org','code':"
                                       "'34714-6'}]}," SUBJECT ",'valueQuantity':{'value':2," UCUM
                                       ",'code':'1'}}}",
                               STATUSES[i]));

        CHECK(fact_of(&c, "inr").kind == EN_FACT_UNKNOWN);
        CHECK(c.notes[c.note_count - 1].kind == EN_NOTE_IGNORED);
    }
    en_arena_free(&a);
}

/* Blood pressure comes as one observation with two components. */
static void test_fact_components(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case c = good_case(
        &a,
        with(&a, observation(&a, "85354-9",
                             "'effectiveDateTime':'2026-03-10','component':["
                             "{'code':{'coding':[{'system':'http://loinc.org','code':'8480-6'}]},"
                             "'valueQuantity':{'value':128," UCUM ",'code':'mm[Hg]'}},"
                             "{'code':{'coding':[{'system':'http://loinc.org','code':'8462-4'}]},"
                             "'valueQuantity':{'value':82," UCUM ",'code':'mm[Hg]'}}]")));

    (void)state;
    CHECK_NEAR(fact_of(&c, "systolic").number, 128.0, 0.0);
    CHECK_NEAR(fact_of(&c, "diastolic").number, 82.0, 0.0);
    CHECK_TEXT(fact_of(&c, "diastolic").origin, "Bundle.entry[2].resource.component[1]");
    en_arena_free(&a);
}

/* The same digits are another thing in another system: 2106-3 is a race code elsewhere. */
static void test_fact_code_needs_its_system(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case c = good_case(
        &a, PATIENT ",{'resource':{'resourceType':'Observation','status':'final','code':{'coding':["
                    "{'system':'urn:oid:2.16.840.1.113883.6.238','code':'2106-3'}]}," SUBJECT
                    ",'valueBoolean':true}}");

    (void)state;
    CHECK(fact_of(&c, "pregnant").kind == EN_FACT_UNKNOWN);
    en_arena_free(&a);
}

/* A score of the other knee says nothing about the treated one. */
static void test_fact_target_region(void **state)
{
    static const struct {
        const char *site;
        bool is_used;
    } CASES[] = {
        {"'bodySite':{'text':'right knee'},", true},
        {"", true},
        {"'bodySite':{'text':'knee'},", true},
        {"'bodySite':{'text':'left knee'},", false},
        {"'bodySite':{'text':'right shoulder'},", false},
        {"'bodySite':{'text':'somewhere'},", false},
        {"'bodySite':{'coding':[{'system':'http://snomed.info/sct','code':'72696002'}]},", true},
        {"'bodySite':{'coding':[{'system':'http://snomed.info/sct','code':'16982005'}]},", false},
        {"'bodySite':{'coding':[{'system':'http://snomed.info/sct','code':'7771000'}]},", false},
        {"'bodySite':{'coding':[{'system':'https://enthesis.org/fhir/CodeSystem/site','code':"
         "'KNE-01'}]},",
         true},
        {"'bodySite':{'coding':[{'system':'https://enthesis.org/fhir/CodeSystem/region','code':"
         "'hip'}]},",
         false},
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        const struct en_case c = good_case(
            &a, with(&a, observation(&a, "nrs_activity",
                                     en_arena_print(&a, "%s'valueInteger':6", CASES[i].site))));

        if ((fact_of(&c, "nrs_activity").kind == EN_FACT_NUMBER) != CASES[i].is_used) {
            print_error("%s\n", CASES[i].site);
            fail();
        }
    }
    en_arena_free(&a);
}

/* Facts that are computed cannot be smuggled in. */
static void test_fact_derived_is_not_read(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case c =
        good_case(&a, with(&a, observation(&a, "site_privilege", "'valueBoolean':true")));

    (void)state;
    CHECK(fact_of(&c, "site_privilege").kind == EN_FACT_UNKNOWN);
    CHECK(c.notes[c.note_count - 1].kind == EN_NOTE_IGNORED);
    CHECK_CONTAINS(c.notes[c.note_count - 1].what, "computed");
    en_arena_free(&a);
}

/* Answers at any depth, below items and below answers; the form's date is theirs. */
static void test_answers_are_read(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case c = good_case(
        &a, PATIENT
        ",{'resource':{'resourceType':'QuestionnaireResponse','status':'completed',"
        "'authored':'2026-03-09T10:00:00+02:00'," SUBJECT ",'item':["
        "{'linkId':'group','item':[{'linkId':'diabetes','answer':[{'valueBoolean':true,'item':["
        "{'linkId':'smoker','answer':[{'valueCoding':{'system':"
        "'http://terminology.hl7.org/CodeSystem/v2-0136','code':'N'}}]}]}]}]},"
        "{'linkId':'renal_disease','answer':[{'valueCoding':{'system':"
        "'https://enthesis.org/fhir/CodeSystem/value','code':'severe'}}]},"
        "{'linkId':'weight','answer':[{'valueQuantity':{'value':80,'code':'kg'," UCUM "}}]},"
        "{'linkId':'nrs','answer':[{'valueInteger':6}]},"
        "{'linkId':'nsaid_last_dose','answer':[{'valueDate':'2026-03-01'}]},"
        "{'linkId':'height'},"
        "{'linkId':'favourite_colour','answer':[{'valueString':'blue'}]}]}}");

    (void)state;
    CHECK(fact_of(&c, "diabetes").truth);
    CHECK(fact_of(&c, "diabetes").as_of == day_of("2026-03-09"));
    CHECK(fact_of(&c, "smoker").kind == EN_FACT_BOOL && !fact_of(&c, "smoker").truth);
    CHECK_TEXT(fact_of(&c, "renal_disease").code, "severe");
    CHECK_NEAR(fact_of(&c, "weight").number, 80.0, 0.0);
    CHECK_NEAR(fact_of(&c, "nrs").number, 6.0, 0.0);
    CHECK(c.score_count == 1 && c.scores[0].value > 5.9 && c.scores[0].day == day_of("2026-03-09"));
    CHECK(fact_of(&c, "nsaid_last_dose").date == day_of("2026-03-01"));
    CHECK(fact_of(&c, "height").kind == EN_FACT_UNKNOWN);
    CHECK_TEXT(fact_of(&c, "smoker").origin,
               "Bundle.entry[1].resource.item[0].item[0].answer[0].item[0].answer[0]");
    en_arena_free(&a);
}

static void test_answers_bad_value_is_named(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_issues issues;
    struct en_case c;

    (void)state;
    CHECK(read_case(&a,
                    bundle(&a, PATIENT ",{'resource':{'resourceType':'QuestionnaireResponse',"
                                       "'status':'completed'," SUBJECT ",'item':["
                                       "{'linkId':'weight','answer':[{'valueDecimal':80}]},"
                                       "{'linkId':'sex','answer':[{'valueString':'x'}]}]}}"),
                    &c, &issues) == EN_EINVAL);
    CHECK(issues.error_count == 2);
    CHECK(issue_at(&issues, "Bundle.entry[1].resource.item[0].answer[0].valueDecimal") != NULL);
    CHECK(issue_at(&issues, "Bundle.entry[1].resource.item[1].answer[0].valueString") != NULL);
    en_arena_free(&a);
}

/* A pulse of the day, with when and as part of what it was measured. */
static const char *pulse(struct en_arena *a, const char *when, const char *value,
                         bool is_of_session)
{
    return observation(
        a, "8867-4",
        en_arena_print(
            a, "%s'effectiveDateTime':'%s','valueQuantity':{'value':%s," UCUM ",'code':'/min'}",
            is_of_session ? "'partOf':[{'reference':'Procedure/s1'}]," : "", when, value));
}

static double pulse_of(struct en_arena *a, const char *first, const char *second)
{
    const struct en_case c = good_case(a, with(a, en_arena_print(a, "%s,%s", first, second)));
    const struct en_fact *fact = &c.facts[en_fact_index(knowledge(), "heart_rate")];

    return fact->kind == EN_FACT_NUMBER ? fact->number : -1.0;
}

/* Of one day the later measurement counts, as far as the times tell, in whatever order they stand;
 * one of a session comes after what only has the day. Where nothing tells, it is unknown. */
static void test_fact_of_one_day_is_the_later_one(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const char *morning = pulse(&a, "2026-03-10T08:00:00Z", "70", false);
    const char *noon = pulse(&a, "2026-03-10T12:00:00Z", "90", false);
    const char *day = pulse(&a, "2026-03-10", "80", false);
    const char *session = pulse(&a, "2026-03-10T09:00:00Z", "100", true);

    (void)state;
    CHECK_NEAR(pulse_of(&a, morning, noon), 90.0, 0.0);
    CHECK_NEAR(pulse_of(&a, noon, morning), 90.0, 0.0);
    CHECK_NEAR(pulse_of(&a, day, session), 100.0, 0.0);
    CHECK_NEAR(pulse_of(&a, session, day), 100.0, 0.0);
    CHECK_NEAR(pulse_of(&a, day, noon), -1.0, 0.0);
    CHECK_NEAR(pulse_of(&a, noon, day), -1.0, 0.0);
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_fact_of_one_day_is_the_later_one),
          cmocka_unit_test(test_fact_units_are_converted), cmocka_unit_test(test_fact_hba1c_offset),
          cmocka_unit_test(test_fact_bad_values_are_refused),
          cmocka_unit_test(test_fact_range_includes_its_limits), cmocka_unit_test(test_fact_words),
          cmocka_unit_test(test_fact_newest_wins), cmocka_unit_test(test_fact_conflict_is_told),
          cmocka_unit_test(test_fact_newest_unknown_hides_older_value),
          cmocka_unit_test(test_fact_status_that_does_not_count),
          cmocka_unit_test(test_fact_components), cmocka_unit_test(test_fact_code_needs_its_system),
          cmocka_unit_test(test_fact_target_region),
          cmocka_unit_test(test_fact_derived_is_not_read), cmocka_unit_test(test_answers_are_read),
          cmocka_unit_test(test_answers_bad_value_is_named));
