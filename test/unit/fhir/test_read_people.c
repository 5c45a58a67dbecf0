/* SPDX-License-Identifier: Apache-2.0
 * Clinicians, payers, procedures, examination, scores, and resources that state a fact. */
#include "unit/fhir/bundle.h"

#define PRIVILEGE(code)                                                                            \
    "{'coding':[{'system':'https://enthesis.org/fhir/CodeSystem/privilege','code':'" code "'}]}"
#define DOCTOR                                                                                     \
    "{'resource':{'resourceType':'Practitioner','id':'d1','name':[{'text':'Synthetic Doctor'}],"   \
    "'qualification':[{'identifier':[{'value':'L-1'}],'code':{'text':'Licence'},"                  \
    "'period':{'end':'2027-01-31'}}]}}"
#define ROLE(more)                                                                                 \
    "{'resource':{'resourceType':'PractitionerRole','practitioner':{'reference':'Practitioner/"    \
    "d1'}," more "}}"

static void test_practitioner_and_role(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case c = good_case(
        &a, PATIENT "," ROLE("'specialty':[" PRIVILEGE("knee") "," PRIVILEGE("elbow") "," PRIVILEGE(
                "guidance-us") "],'extension':[{'url':'https://enthesis.org/fhir/"
                               "StructureDefinition/"
                               "training-hours','valueDecimal':120.5}]") "," DOCTOR);

    (void)state;
    CHECK(c.practitioner_count == 1);
    CHECK_TEXT(c.practitioners[0].name, "Synthetic Doctor");
    CHECK_TEXT(c.practitioners[0].licence, "L-1");
    CHECK(c.practitioners[0].licence_expiry == day_of("2027-01-31"));
    CHECK_TEXT(c.practitioners[0].regions, "knee; elbow");
    CHECK_TEXT(c.practitioners[0].guidance, "US");
    CHECK_NEAR(c.practitioners[0].training_hours, 120.5, 0.0);
    en_arena_free(&a);
}

/* Nothing said is unknown; "none" is none; an inactive role gives nothing. */
static void test_practitioner_unknowns(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_case c = good_case(&a, PATIENT ",{'resource':{'resourceType':'Practitioner'}}");

    (void)state;
    CHECK(c.practitioners[0].regions == NULL && c.practitioners[0].guidance == NULL);
    CHECK(c.practitioners[0].licence == NULL && isnan(c.practitioners[0].training_hours));
    CHECK(c.practitioners[0].licence_expiry == EN_DAY_UNKNOWN);
    c = good_case(&a, PATIENT "," DOCTOR "," ROLE("'specialty':[" PRIVILEGE("none") "]"));
    CHECK_TEXT(c.practitioners[0].regions, "");
    CHECK_TEXT(c.practitioners[0].guidance, "");
    c = good_case(&a, PATIENT "," DOCTOR
                              "," ROLE("'active':false,'specialty':[" PRIVILEGE("knee") "]"));
    CHECK(c.practitioners[0].regions == NULL);
    c = good_case(&a, PATIENT "," DOCTOR "," ROLE(
                          "'period':{'end':'2026-03-09'},'specialty':[" PRIVILEGE("knee") "]"));
    CHECK(c.practitioners[0].regions == NULL); /* ended yesterday */
    en_arena_free(&a);
}

static void test_coverage(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_case c = good_case(
        &a, PATIENT ",{'resource':{'resourceType':'Coverage','status':'active','beneficiary':"
                    "{'reference':'Patient/p1'},'payor':[{'reference':'#o'}],'contained':[{"
                    "'resourceType':'Organization','id':'o','name':'Some payer','address':[{"
                    "'country':'US'}]}]}}");

    (void)state;
    CHECK(c.cover_count == 1);
    CHECK_TEXT(c.covers[0].payer, "Some payer");
    CHECK_TEXT(c.covers[0].jurisdiction, "us");
    c = good_case(&a, PATIENT ",{'resource':{'resourceType':'Coverage','status':'cancelled',"
                              "'beneficiary':{'reference':'Patient/p1'},'payor':[{'display':'x'}]"
                              "}}");
    CHECK(c.cover_count == 0);
    c = good_case(&a, PATIENT ",{'resource':{'resourceType':'Coverage','status':'active',"
                              "'beneficiary':{'reference':'Patient/p1'},'payor':[{'display':'x'}]"
                              "}}");
    CHECK_TEXT(c.covers[0].payer, "x");
    CHECK(c.covers[0].jurisdiction == NULL);
    en_arena_free(&a);
}

#define PROCEDURE(code, more)                                                                      \
    "{'resource':{'resourceType':'Procedure','status':'completed'," SUBJECT ",'code':{'coding':["  \
    "{'system':'https://enthesis.org/fhir/CodeSystem/procedure','code':'" code "'}]}" more "}}"
#define AMOUNT(name, value, unit)                                                                  \
    "{'url':'https://enthesis.org/fhir/StructureDefinition/session-" name                          \
    "','valueQuantity':{'value':" value ",'system':'http://unitsofmeasure.org','code':'" unit      \
    "'}}"
#define SITE(code)                                                                                 \
    "{'coding':[{'system':'https://enthesis.org/fhir/CodeSystem/site','code':'" code "'}]}"

#define AMOUNTS                                                                                    \
    AMOUNT("dextrose", "4.5", "g")                                                                 \
    "," AMOUNT("lidocaine", "60", "mg") "," AMOUNT("volume", "22.5", "mL")
#define GRADE                                                                                      \
    "{'url':'https://enthesis.org/fhir/StructureDefinition/session-ae-grade','valueInteger':1}"

static void test_session_is_read(void **state)
{
    static const char MORE[] = ",'performedDateTime':'2026-02-01','bodySite':[" SITE(
        "KNE-01") "," SITE("KNE-02") ",{'text':'right'}],'extension':[" AMOUNTS "," GRADE "]";
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case c = good_case(
        &a, en_arena_print(&a, PATIENT "," PROCEDURE("prolotherapy-session", "%s"), MORE));

    (void)state;
    CHECK(c.session_count == 1);
    CHECK_TEXT(c.sessions[0].region, "knee");
    CHECK(c.sessions[0].side == EN_SIDE_RIGHT && c.sessions[0].day == day_of("2026-02-01"));
    CHECK(c.sessions[0].site_count == 2);
    CHECK_TEXT(c.sessions[0].sites[1], "KNE-02");
    CHECK_NEAR(c.sessions[0].dextrose_g, 4.5, 0.0);
    CHECK_NEAR(c.sessions[0].lidocaine_mg, 60.0, 0.0);
    CHECK_NEAR(c.sessions[0].volume_ml, 22.5, 0.0);
    CHECK(c.sessions[0].ae_grade == 1);
    CHECK(c.sessions[0].resource == NULL); /* neither an id nor a full URL */
    CHECK(c.sessions[0].guidance == NULL && isnan(c.sessions[0].site_volume_ml[1]));
    en_arena_free(&a);
}

#define GUIDANCE(code)                                                                             \
    "{'url':'https://enthesis.org/fhir/StructureDefinition/session-guidance','valueCode':'" code   \
    "'}"
#define SITE_GIVEN(code, more)                                                                     \
    "{'coding':[{'system':'https://enthesis.org/fhir/CodeSystem/site','code':'" code               \
    "'}],'extension':[" more "]}"

/* How the needle was guided, and what was given at each site: a site without amounts is unknown,
 * and a side among the body sites does not shift them. */
static void test_session_sites_and_guidance(void **state)
{
    static const char MORE[] =
        ",'performedDateTime':'2026-02-01','bodySite':[{'text':'right'}," SITE(
            "KNE-01") "," SITE_GIVEN("KNE-02",
                                     AMOUNT("volume", "1.5", "mL") "," AMOUNT(
                                         "dextrose", "0.25", "g")) "],"
                                                                   "'extension':"
                                                                   "[" GUIDANCE("US") "]";
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case c = good_case(
        &a, en_arena_print(&a, PATIENT "," PROCEDURE("prolotherapy-session", "%s"), MORE));
    const struct en_past_session *s = &c.sessions[0];

    (void)state;
    CHECK(s->site_count == 2);
    CHECK_TEXT(s->guidance, "US");
    CHECK_TEXT(s->sites[1], "KNE-02");
    CHECK(isnan(s->site_volume_ml[0]) && isnan(s->site_dextrose_g[0]));
    CHECK_NEAR(s->site_volume_ml[1], 1.5, 0.0);
    CHECK_NEAR(s->site_dextrose_g[1], 0.25, 0.0);
    en_arena_free(&a);
}

#define SCORE(day, value, site)                                                                    \
    "{'resource':{'resourceType':'Observation','status':'final'," SUBJECT                          \
    ",'effectiveDateTime':'" day "','code':{'coding':[{'system':"                                  \
    "'https://enthesis.org/fhir/CodeSystem/fact','code':'nrs'}]},'valueQuantity':{'value':" value  \
    ",'code':'1','system':'http://unitsofmeasure.org'},'bodySite':{'text':'" site "'}}}"
#define ANSWER(day, value)                                                                         \
    "{'resource':{'resourceType':'QuestionnaireResponse','status':'completed'," SUBJECT            \
    ",'authored':'" day "','item':[{'linkId':'nrs','answer':[{'valueInteger':" value "}]}]}}"

/* A diary is many scores of one instrument: all of them are kept, each with its day, side and
 * region, whichever resource brought it; only the newest becomes the fact. */
static void test_every_score_of_a_diary_is_kept(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case c = good_case(
        &a, PATIENT "," KNEE "," SCORE("2026-02-01", "7", "right knee") "," SCORE(
                "2026-02-15", "5",
                "left knee") "," ANSWER("2026-02-20",
                                        "6") "," SCORE("2026-03-01", "4",
                                                       "right knee") "," SCORE("2026-03-02", "2",
                                                                               "right elbow"));
    static const struct {
        const char *day, *region;
        double value;
        enum en_side side;
    } WANTED[] = {
        {"2026-02-01", "knee", 7.0, EN_SIDE_RIGHT},  {"2026-02-15", "knee", 5.0, EN_SIDE_LEFT},
        {"2026-02-20", NULL, 6.0, EN_SIDE_UNKNOWN},  {"2026-03-01", "knee", 4.0, EN_SIDE_RIGHT},
        {"2026-03-02", "elbow", 2.0, EN_SIDE_RIGHT},
    };

    (void)state;
    CHECK(c.score_count == EN_COUNT(WANTED));
    for (size_t i = 0; i < EN_COUNT(WANTED); i++) {
        size_t found = 0;

        for (size_t j = 0; j < c.score_count; j++) {
            found += c.scores[j].day == day_of(WANTED[i].day) &&
                     fabs(c.scores[j].value - WANTED[i].value) < 1e-9 &&
                     c.scores[j].side == WANTED[i].side &&
                     en_text_equal(c.scores[j].region, WANTED[i].region);
        }
        CHECK(found == 1);
    }
    CHECK_NEAR(fact_of(&c, "nrs").number, 4.0, 0.0);
    en_arena_free(&a);
}

static void test_session_unknown_amounts(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case c =
        good_case(&a, PATIENT "," PROCEDURE("prolotherapy-session",
                                            ",'performedPeriod':{'start':'2026-02-01'},'bodySite':["
                                            "{'text':'left elbow'}]"));

    (void)state;
    CHECK(isnan(c.sessions[0].dextrose_g) && isnan(c.sessions[0].lidocaine_mg));
    CHECK(isnan(c.sessions[0].volume_ml) && c.sessions[0].ae_grade == -1);
    CHECK_TEXT(c.sessions[0].region, "elbow");
    CHECK(c.sessions[0].day == day_of("2026-02-01") && c.sessions[0].site_count == 0);
    en_arena_free(&a);
}

/* A score keeps where it was read, so that a result can name what it rests on: type and id, else
 * the full URL, else nothing. */
static void test_scores_keep_their_address(void **state)
{
    static const char CODE[] =
        "'code':{'coding':[{'system':'https://enthesis.org/fhir/CodeSystem/fact','code':'nrs'}]}";
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case c = good_case(
        &a, en_arena_print(
                &a,
                PATIENT ",{'fullUrl':'urn:uuid:00000000-0000-4000-8000-000000000007','resource':{"
                        "'resourceType':'Observation','id':'s1','status':'final'," SUBJECT
                        ",'effectiveDateTime':'2026-02-01',%s,'valueInteger':7}}"
                        ",{'fullUrl':'urn:uuid:00000000-0000-4000-8000-000000000008','resource':{"
                        "'resourceType':'Observation','status':'final'," SUBJECT
                        ",'effectiveDateTime':'2026-02-02',%s,'valueInteger':6}}"
                        "," SCORE("2026-02-03", "5", "right knee"),
                CODE, CODE));

    (void)state;
    CHECK(c.score_count == 3);
    CHECK_TEXT(c.scores[0].resource, "Observation/s1");
    CHECK_TEXT(c.scores[1].resource, "urn:uuid:00000000-0000-4000-8000-000000000008");
    CHECK(c.scores[2].resource == NULL);
    en_arena_free(&a);
}

/* An earlier steroid injection counts at the treated place only. */
static void test_steroid_injection(void **state)
{
    static const struct {
        const char *site;
        bool counts;
    } CASES[] = {{"right knee", true}, {"knee", true}, {"left knee", false}, {"shoulder", false}};
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        const struct en_case c = good_case(
            &a, en_arena_print(&a,
                               PATIENT "," KNEE "," PROCEDURE(
                                   "steroid-injection",
                                   ",'performedDateTime':'2026-02-20','bodySite':[{'text':'%s'}]"),
                               CASES[i].site));

        CHECK(c.treatment_count == 1);
        CHECK_TEXT(c.treatments[0].kind, "steroid-injection");
        CHECK(fact_of(&c, "steroid_injection_12w").truth == CASES[i].counts);
        CHECK((fact_of(&c, "steroid_injection_date").date == day_of("2026-02-20")) ==
              CASES[i].counts);
    }
    en_arena_free(&a);
}

static void test_treatment_by_text_and_not_done(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_case c = good_case(
        &a, PATIENT ",{'resource':{'resourceType':'Procedure','status':'completed'," SUBJECT
                    ",'code':{'text':'physiotherapy'},'performedDateTime':'2025'}}");

    (void)state;
    CHECK(c.treatment_count == 1);
    CHECK_TEXT(c.treatments[0].kind, "physiotherapy");
    CHECK(c.treatments[0].day == day_of("2025-01-01"));
    c = good_case(&a,
                  PATIENT ",{'resource':{'resourceType':'Procedure','status':'not-done'," SUBJECT
                          ",'code':{'text':'physiotherapy'}}}");
    CHECK(c.treatment_count == 0);
    c = good_case(&a, PATIENT
                  ",{'resource':{'resourceType':'Procedure','status':'completed'," SUBJECT "}}");
    CHECK(c.treatment_count == 0);
    en_arena_free(&a);
}

#define EXAM(code, more)                                                                           \
    "{'resource':{'resourceType':'Observation','status':'final'," SUBJECT                          \
    ",'effectiveDateTime':'2026-03-10','code':{'text':'flexion','coding':[{'system':"              \
    "'https://enthesis.org/fhir/CodeSystem/exam','code':'" code "'}]}" more "}}"

static void test_exam_findings(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case c = good_case(
        &a, PATIENT "," EXAM("tenderness", ",'valueInteger':2,'bodySite':" SITE("KNE-01")) "," EXAM(
                "laxity",
                ",'valueQuantity':{'value':3,'code':'{score}','system':"
                "'http://unitsofmeasure.org'},'bodySite':" SITE(
                    "KNE-03")) "," EXAM("motion",
                                        ",'valueQuantity':{'value':118,'code':'deg','system':"
                                        "'http://unitsofmeasure.org'},'bodySite':{'text':'right "
                                        "knee'}"));

    (void)state;
    CHECK(c.exam_count == 3);
    CHECK(c.exams[0].kind == EN_EXAM_TENDERNESS && c.exams[0].value > 1.9);
    CHECK_TEXT(c.exams[0].site, "KNE-01");
    CHECK(c.exams[1].kind == EN_EXAM_LAXITY && c.exams[1].value > 2.9);
    CHECK(c.exams[2].kind == EN_EXAM_MOTION && c.exams[2].site == NULL);
    CHECK_TEXT(c.exams[2].structure, "flexion");
    CHECK(c.exams[2].side == EN_SIDE_RIGHT && c.exams[2].day == today());
    en_arena_free(&a);
}

/* Each mistake with its place. */
static void test_people_errors(void **state)
{
    static const struct {
        const char *entry, *path, *code;
    } CASES[] = {
        {ROLE("'active':true"), "practitioner", "not-found"},
        {EXAM("tenderness", ",'valueInteger':2"), "bodySite", "required"},
        {EXAM("tenderness", ",'valueInteger':4,'bodySite':" SITE("KNE-01")), "value", "value"},
        {EXAM("tenderness", ",'valueInteger':-1,'bodySite':" SITE("KNE-01")), "value", "value"},
        {EXAM("tenderness", ",'bodySite':" SITE("KNE-01")), "value", "value"},
        {EXAM("laxity", ",'valueQuantity':{'value':1.5},'bodySite':" SITE("KNE-01")), "value",
         "value"},
        {EXAM("motion", ",'valueInteger':90"), "value", "value"},
        {PROCEDURE("prolotherapy-session", ",'performedDateTime':'2026-02-01'"), "bodySite",
         "required"},
        {PROCEDURE("prolotherapy-session", ",'bodySite':[{'text':'knee'}]"), "performed",
         "required"},
        {PROCEDURE("prolotherapy-session", ",'performedDateTime':'2026-05-01','bodySite':[{'text':"
                                           "'knee'}]"),
         "performedDateTime", "value"},
        {PROCEDURE(
             "prolotherapy-session",
             ",'performedDateTime':'2026-02-01','bodySite':[{'text':'knee'}],'extension':[" AMOUNT(
                 "dextrose", "4.5", "mg") "]"),
         "extension", "value"},
        {PROCEDURE(
             "prolotherapy-session",
             ",'performedDateTime':'2026-02-01','bodySite':[{'text':'knee'}],'extension':[" AMOUNT(
                 "volume", "-1", "mL") "]"),
         "extension", "value"},
        {PROCEDURE("prolotherapy-session", ",'performedDateTime':'2026-02-01','bodySite':[{'text':"
                                           "'knee'}],'extension':[" GUIDANCE("MR") "]"),
         "extension", "value"},
        {PROCEDURE("prolotherapy-session",
                   ",'performedDateTime':'2026-02-01','bodySite':[" SITE_GIVEN(
                       "KNE-02", AMOUNT("volume", "1", "g")) "]"),
         "bodySite[0].extension", "value"},
        {"{'resource':{'resourceType':'Observation','status':'final'," SUBJECT ",'code':{'coding':["
         "{'system':'https://enthesis.org/fhir/CodeSystem/instrument','code':'peg'}]},"
         "'valueInteger':11}}",
         "valueInteger", "value"},
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        struct en_issues issues;
        struct en_case c;
        const char *text = bundle(&a, en_arena_print(&a, PATIENT ",%s", CASES[i].entry));
        const char *path = en_arena_print(&a, "Bundle.entry[1].resource.%s", CASES[i].path);

        CHECK(read_case(&a, text, &c, &issues) == EN_EINVAL);
        if (issue_at(&issues, path) == NULL ||
            strcmp(issue_at(&issues, path)->code, CASES[i].code) != 0) {
            print_error("expected %s\n", path);
            print_issues(&issues);
            fail();
        }
    }
    en_arena_free(&a);
}

/* Privileges are codes of a closed list. */
static void test_role_unknown_privilege(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    struct en_issues issues;
    struct en_case c;

    (void)state;
    CHECK(read_case(&a,
                    bundle(&a, PATIENT "," DOCTOR "," ROLE("'specialty':[" PRIVILEGE("brain") "]")),
                    &c, &issues) == EN_EINVAL);
    CHECK(issue_at(&issues, "Bundle.entry[2].resource.specialty") != NULL);
    en_arena_free(&a);
}

/* All scores stay, with their days; the newest one is the fact. */
static void test_scores_over_time(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case c = good_case(
        &a, PATIENT
        ",{'resource':{'resourceType':'Observation','status':'final'," SUBJECT ",'code':{'coding':["
        "{'system':'http://loinc.org','code':'72514-3'}]},'effectiveDateTime':'2026-01-01',"
        "'valueQuantity':{'value':7,'code':'{score}','system':'http://unitsofmeasure.org'}}},"
        "{'resource':{'resourceType':'Observation','status':'final'," SUBJECT ",'code':{'coding':["
        "{'system':'https://enthesis.org/fhir/CodeSystem/instrument','code':'nrs'}]},"
        "'effectiveDateTime':'2026-03-01','valueInteger':4}},"
        "{'resource':{'resourceType':'Observation','status':'final'," SUBJECT ",'code':{'coding':["
        "{'system':'https://enthesis.org/fhir/CodeSystem/instrument','code':'lefs'}]},"
        "'effectiveDateTime':'2026-03-01','valueQuantity':{'value':52,'code':'{score}','system':"
        "'http://unitsofmeasure.org'}}}");

    (void)state;
    CHECK(c.score_count == 3);
    CHECK_TEXT(c.scores[0].instrument, "nrs");
    CHECK(c.scores[0].day == day_of("2026-01-01") && c.scores[0].value > 6.9);
    CHECK_TEXT(c.scores[2].instrument, "lefs");
    CHECK_NEAR(fact_of(&c, "nrs").number, 4.0, 0.0);
    CHECK(fact_of(&c, "nrs").as_of == day_of("2026-03-01"));
    en_arena_free(&a);
}

#define OWN(code)                                                                                  \
    "'coding':[{'system':'https://enthesis.org/fhir/CodeSystem/fact','code':'" code "'}]"

/* Resources that state a fact by being there, and what their status makes of it. */
static void test_stating_resources(void **state)
{
    static const struct {
        const char *resource, *fact;
        enum en_fact_kind kind;
        bool truth;
    } CASES[] = {
        {"'resourceType':'Consent','status':'active','scope':{'text':'x'},'policyRule':{'text':'x'"
         "},'dateTime':'2026-03-10','category':[{" OWN(
             "consent_possible") "}],'patient':"
                                 "{'reference':'Patient/p1'}",
         "consent_possible", EN_FACT_BOOL, true},
        {"'resourceType':'Consent','status':'rejected','scope':{'text':'x'},'policyRule':{'text':"
         "'x'},'category':[{" OWN("consent_possible") "}],'patient':{'reference':'Patient/p1'}",
         "consent_possible", EN_FACT_BOOL, false},
        {"'resourceType':'Consent','status':'draft','scope':{'text':'x'},'policyRule':{'text':'x'}"
         ",'category':[{" OWN("consent_possible") "}],'patient':{'reference':'Patient/p1'}",
         "consent_possible", EN_FACT_UNKNOWN, false},
        {"'resourceType':'DocumentReference','status':'current','content':[{'attachment':{'title':"
         "'x'}}],'type':{" OWN("haematology_plan") "}," SUBJECT,
         "haematology_plan", EN_FACT_BOOL, true},
        {"'resourceType':'ServiceRequest','status':'active','intent':'order','code':{" OWN(
             "arthroplasty_planned_3m") "}," SUBJECT,
         "arthroplasty_planned_3m", EN_FACT_BOOL, true},
        {"'resourceType':'Goal','lifecycleStatus':'accepted','description':{" OWN(
             "goals_agreed") "}"
                             "," SUBJECT,
         "goals_agreed", EN_FACT_BOOL, true},
        {"'resourceType':'Device','status':'active','type':{" OWN("emergency_kit_ok") "}",
         "emergency_kit_ok", EN_FACT_BOOL, true},
        {"'resourceType':'DiagnosticReport','status':'final','effectiveDateTime':'2026-01-05',"
         "'code':{" OWN("tear_imaging_date") "}," SUBJECT,
         "tear_imaging_date", EN_FACT_DATE, false},
        {"'resourceType':'DiagnosticReport','status':'final','code':{'text':'MRI'},"
         "'conclusionCode':[{" OWN("complete_tear_or_surgical") "}]," SUBJECT,
         "complete_tear_or_surgical", EN_FACT_BOOL, true},
        {"'resourceType':'Procedure','status':'completed','performedDateTime':'2025-05-01','code':"
         "{" OWN("conservative_care_tried") "}," SUBJECT,
         "conservative_care_tried", EN_FACT_BOOL, true},
    };
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        const struct en_case c =
            good_case(&a, en_arena_print(&a, PATIENT ",{'resource':{%s}}", CASES[i].resource));
        const struct en_fact f = fact_of(&c, CASES[i].fact);

        if (f.kind != CASES[i].kind || f.truth != CASES[i].truth) {
            print_error("%s\n", CASES[i].resource);
            fail();
        }
    }
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_practitioner_and_role),
          cmocka_unit_test(test_practitioner_unknowns), cmocka_unit_test(test_coverage),
          cmocka_unit_test(test_session_is_read), cmocka_unit_test(test_scores_keep_their_address),
          cmocka_unit_test(test_session_sites_and_guidance),
          cmocka_unit_test(test_every_score_of_a_diary_is_kept),
          cmocka_unit_test(test_session_unknown_amounts), cmocka_unit_test(test_steroid_injection),
          cmocka_unit_test(test_treatment_by_text_and_not_done),
          cmocka_unit_test(test_exam_findings), cmocka_unit_test(test_people_errors),
          cmocka_unit_test(test_role_unknown_privilege), cmocka_unit_test(test_scores_over_time),
          cmocka_unit_test(test_stating_resources));
