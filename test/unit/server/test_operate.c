/* SPDX-License-Identifier: Apache-2.0
 * The operations: the same answers as the command line, kept with where they came from. */
#include "base/limits.h"
#include "base/text.h"
#include "cli/cli.h"
#include "fhir/json.h"
#include "server/digest.h"

#include "support/rest.h"
#include "support/stores.h"

#include <stdlib.h>

enum { DAY = 20514 }; /* 2026-03-02 */

/* What `enthesis WORDS... --today DAY --json` prints. */
static const char *cli(struct rest_test *t, const char *command, const char *file, const char *day,
                       const char *option, const char *value)
{
    const char *words[] = {"enthesis", command, file, "--today", day, "--json", option, value};
    char *argv[EN_COUNT(words)], *text = NULL;
    size_t size = 0;
    int argc = 0;
    FILE *out = open_memstream(&text, &size);

    for (; argc < (int)EN_COUNT(words) && words[argc] != NULL; argc++) {
        argv[argc] = en_arena_copy(&t->arena, words[argc], SIZE_MAX);
    }
    const int status = en_cli_main(argc, argv, stdin, out, stderr);

    CHECK(status == 0 || status == EN_EXIT_BLOCKED);
    CHECK(fclose(out) == 0);
    const char *copy = en_arena_copy(&t->arena, text, SIZE_MAX);

    free(text);
    return copy;
}

static const char *path_of(struct rest_test *t, const char *file)
{
    return en_arena_print(&t->arena, EN_SOURCE_ROOT "/examples/%s", file);
}

static const char *text_of(struct rest_test *t, const char *file)
{
    struct en_buf bytes = EN_BUF(8 << 20);

    CHECK(en_buf_read_file(&bytes, path_of(t, file), NULL) == EN_OK);
    const char *text = en_arena_copy(&t->arena, en_buf_text(&bytes), SIZE_MAX);

    en_buf_free(&bytes);
    return text;
}

/* A case in the body: byte for byte what the command line prints, for every operation. */
static void test_bundle_is_answered_as_by_the_command_line(const char *url)
{
    static const struct {
        const char *command, *file, *day, *query, *option, *value;
    } RUNS[] = {
        {"assess", "cases/knee-oa.json", "2026-03-02", "", NULL, NULL},
        {"plan", "cases/knee-oa.json", "2026-03-02", "", NULL, NULL},
        {"plan", "cases/knee-oa.json", "2026-03-02", "&sessions=2", "--sessions", "2"},
        {"plan", "cases/unknown-weight.json", "2026-03-02", "", NULL, NULL},
        {"forecast", "cases/follow-responder.json", "2026-06-01", "&patients=64", "--patients",
         "64"},
        {"review", "cases/review-responder.json", "2026-06-01", "&as-planned=true", "--as-planned",
         NULL},
        {"triage", "cases/after-fever-hot-knee.json", "2026-03-02", "", NULL, NULL},
    };
    struct rest_test t;

    rest_open_clinic(&t, url, EN_DAY_UNKNOWN);
    for (size_t i = 0; i < EN_COUNT(RUNS); i++) {
        const char *target = en_arena_print(&t.arena, "/fhir/$%s?today=%s%s", RUNS[i].command,
                                            RUNS[i].day, RUNS[i].query);
        const struct rest_answer a =
            rest_expect(&t, 200, "POST", target, NULL, text_of(&t, RUNS[i].file));

        CHECK_TEXT(a.body, cli(&t, RUNS[i].command, path_of(&t, RUNS[i].file), RUNS[i].day,
                               RUNS[i].option, RUNS[i].value));
        CHECK(rest_audited(&t, en_arena_print(&t.arena, "$%s", RUNS[i].command), NULL, 0) > 0);
    }
    rest_close_clinic(&t);
}

/* Put the addresses of the stored results in the place of those of the command line. */
static const char *with_stored_addresses(struct rest_test *t, const char *cli_text,
                                         const struct rest_answer *answer)
{
    struct json_object *mine = json_tokener_parse(cli_text);
    struct json_object *theirs = json_tokener_parse(answer->body);
    struct json_object *from = en_json_get(mine, "entry"), *to = en_json_get(theirs, "entry");
    const char *text = cli_text;

    for (size_t i = 0; i < en_json_count(from); i++) {
        const char *urn = en_json_text(en_json_at(from, i), "fullUrl");
        struct json_object *r = i == 0 ? NULL : en_json_get(en_json_at(to, i - 1), "resource");
        const char *address =
            i == 0 ? "Patient/patient"
                   : en_arena_print(&t->arena, "%s/%s", en_json_text(r, "resourceType"),
                                    en_json_text(r, "id"));
        const char *id = urn + strlen("urn:uuid:"), *at;

        while ((at = strstr(text, urn)) != NULL) {
            text = en_arena_print(&t->arena, "%.*s%s%s", (int)(at - text), text, address,
                                  at + strlen(urn));
        }
        while ((at = strstr(text, id)) != NULL) {
            text = en_arena_print(&t->arena, "%.*s%s%s", (int)(at - text), text,
                                  strchr(address, '/') + 1, at + strlen(id));
        }
    }
    (void)json_object_put(mine);
    (void)json_object_put(theirs);
    return text;
}

/* What a stored plan has beside: which Condition of the store it is about. */
static void drop_problem(struct json_object *resource)
{
    struct json_object *list = en_json_get(resource, "addresses");

    if (en_text_equal(en_json_text(resource, "resourceType"), "CarePlan")) {
        CHECK_TEXT(en_json_text(en_json_at(list, 0), "reference"), "Condition/r43");
        json_object_object_del(resource, "addresses");
    }
}

static void check_same_resources(struct rest_test *t, const char *cli_text,
                                 const struct rest_answer *answer)
{
    struct json_object *mine = json_tokener_parse(with_stored_addresses(t, cli_text, answer));
    struct json_object *theirs = json_tokener_parse(answer->body);
    struct json_object *from = en_json_get(mine, "entry"), *to = en_json_get(theirs, "entry");

    /* Without the Patient, and with the Provenance. */
    CHECK(en_json_count(from) == en_json_count(to));
    for (size_t i = 1; i < en_json_count(from); i++) {
        struct en_buf a = EN_BUF(EN_OUTPUT_MAX), b = EN_BUF(EN_OUTPUT_MAX);

        drop_problem(en_json_get(en_json_at(to, i - 1), "resource"));
        en_canonical_add(en_json_get(en_json_at(from, i), "resource"), &a);
        en_canonical_add(en_json_get(en_json_at(to, i - 1), "resource"), &b);
        CHECK_TEXT(en_buf_text(&b), en_buf_text(&a));
        en_buf_free(&a);
        en_buf_free(&b);
    }
    (void)json_object_put(mine);
    (void)json_object_put(theirs);
}

/* A stored patient gets what the command line says of the same case, under stored ids; asking again
 * makes nothing again, and results are no facts of the next question. */
static void test_stored_patient_is_answered_as_by_the_command_line(const char *url)
{
    struct rest_test t;

    rest_open_clinic(&t, url, DAY);
    t.caller.practitioner = "practitioner";
    rest_import(&t, "cases/knee-oa.json");
    const struct rest_answer first =
        rest_expect(&t, 200, "POST", "/fhir/Patient/patient/$plan", NULL, NULL);

    check_same_resources(
        &t, cli(&t, "plan", path_of(&t, "cases/knee-oa.json"), "2026-03-02", NULL, NULL), &first);
    const struct rest_answer again =
        rest_expect(&t, 200, "POST", "/fhir/Patient/patient/$plan", NULL, NULL);

    CHECK_TEXT(again.body, first.body);
    CHECK(rest_count(&again, "\"versionId\":\"1\"") > 5);
    CHECK(rest_count(&again, "\"versionId\":\"2\"") == 0);
    CHECK(rest_audited(&t, "$plan", "patient", 0) == 2);
    const struct rest_answer plans =
        rest_expect(&t, 200, "GET", "/fhir/CarePlan?patient=patient", NULL, NULL);

    CHECK(rest_count(&plans, "\"resourceType\":\"CarePlan\"") == 1);
    rest_close_clinic(&t);
}

/* The Provenance names every version that the results rest on, the program and the knowledge, and
 * the copy of the record whose hash it holds. */
static void test_provenance_and_frozen_record(const char *url)
{
    struct rest_test t;

    rest_open_clinic(&t, url, DAY);
    t.caller.practitioner = "practitioner";
    rest_import(&t, "cases/knee-oa.json");
    (void)rest_expect(&t, 200, "POST", "/fhir/Patient/patient/$assess", NULL, NULL);
    const struct rest_answer found = rest_expect(&t, 200, "GET", "/fhir/Provenance", NULL, NULL);

    CHECK(rest_count(&found, "\"resourceType\":\"Provenance\"") == 1);
    CHECK_CONTAINS(found.body, "\"Observation/r1/_history/1\"");
    CHECK_CONTAINS(found.body, "\"Patient/patient/_history/1\"");
    CHECK_CONTAINS(found.body, "\"Practitioner/practitioner/_history/1\"");
    CHECK_CONTAINS(found.body, en_knowledge_version(t.server.knowledge));
    CHECK_CONTAINS(found.body, "enthesis " EN_VERSION);
    CHECK_CONTAINS(found.body, "\"reference\":\"Practitioner/practitioner\"");
    const struct rest_answer copy =
        rest_expect(&t, 200, "GET", "/fhir/DocumentReference?patient=patient", NULL, NULL);
    const char *hash = rest_member(&t, &copy, "value"), *data = rest_member(&t, &copy, "data");
    char *record = EN_NEW(&t.arena, char, strlen(data));
    char own[EN_DIGEST_TEXT];
    struct en_digest d;
    size_t size = 0;

    CHECK(sodium_base642bin((unsigned char *)record, strlen(data), data, strlen(data), NULL, &size,
                            NULL, sodium_base64_VARIANT_ORIGINAL) == 0);
    en_digest_start(&d);
    en_digest_add(&d, record, size);
    en_digest_end(&d, own);
    CHECK_TEXT(hash, own);
    CHECK_CONTAINS(found.body, own);
    CHECK_CONTAINS(record, "\"id\":\"r48\"");
    rest_close_clinic(&t);
}

static size_t stored(struct rest_test *t, const char *type)
{
    const struct rest_answer a = rest_expect(
        t, 200, "GET", en_arena_print(&t->arena, "/fhir/%s?_count=100", type), NULL, NULL);

    return rest_count(&a, "\"fullUrl\"");
}

/* GET, store=false and whoever may not create results: the answer, and nothing kept. */
static void test_answers_that_are_not_kept(const char *url)
{
    struct rest_test t;

    rest_open_clinic(&t, url, DAY);
    rest_import(&t, "cases/knee-oa.json");
    const struct rest_answer a =
        rest_expect(&t, 200, "GET", "/fhir/Patient/patient/$assess", NULL, NULL);
    const struct rest_answer b =
        rest_expect(&t, 200, "POST", "/fhir/Patient/patient/$assess?store=false", NULL, NULL);

    CHECK_TEXT(a.body, b.body);
    t.caller.role = EN_ROLE_ASSISTANT; /* reads clinical resources, does not write them */
    const struct rest_answer c =
        rest_expect(&t, 200, "POST", "/fhir/Patient/patient/$assess", NULL, NULL);

    CHECK_TEXT(a.body, c.body);
    t.caller.role = EN_ROLE_OWNER;
    CHECK(stored(&t, "GuidanceResponse") == 0 && stored(&t, "Provenance") == 0);
    CHECK(rest_audited(&t, "$assess", "patient", 0) == 3);
    rest_close_clinic(&t);
}

/* A draft counts as if it were stored, in the place of what has its id, and leaves nothing behind.
 */
static void test_draft_counts_and_is_not_kept(const char *url)
{
    static const char DRAFT[] =
        "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"draft\",\"resource\":{"
        "\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{\"resource\":{"
        "\"resourceType\":\"Observation\",\"id\":\"%s\",\"status\":\"final\",\"code\":{\"coding\":["
        "{\"system\":"
        "\"https://enthesis.org/fhir/CodeSystem/fact\",\"code\":\"%s\"}]},\"subject\":{"
        "\"reference\":\"Patient/patient\"},\"effectiveDateTime\":\"2026-03-02\","
        "\"valueBoolean\":true}}]}}]}";
    struct rest_test t;

    rest_open_clinic(&t, url, DAY);
    rest_import(&t, "cases/knee-oa.json");
    const char *body = en_arena_print(&t.arena, DRAFT, "x1", "septic_arthritis_suspected");
    struct rest_answer a = rest_expect(&t, 200, "GET", "/fhir/Patient/patient/$assess", NULL, NULL);

    CHECK(strstr(a.body, "CI-02") == NULL);
    /* The record says "no" of the same day: two values of one day are none. */
    a = rest_expect(&t, 200, "POST", "/fhir/Patient/patient/$assess", NULL, body);
    CHECK_CONTAINS(a.body, "\"valueCode\": \"septic_arthritis_suspected\"");
    /* In the place of the record's own resource it is a plain "yes". */
    a = rest_expect(&t, 200, "POST", "/fhir/Patient/patient/$assess", NULL,
                    en_arena_print(&t.arena, DRAFT, "r9", "septic_arthritis_suspected"));
    CHECK_CONTAINS(a.body, "\"text\": \"Septic joint suspected: yes (2026-03-02)\"");
    CHECK(strstr(a.body, "\"valueCode\": \"septic_arthritis_suspected\"") == NULL);
    a = rest_expect(&t, 200, "POST", "/fhir/Patient/patient/$assess", NULL,
                    en_arena_print(&t.arena, DRAFT, "r24", "smoker"));
    CHECK_CONTAINS(a.body, "\"code\": \"CI-51\"");
    CHECK(stored(&t, "GuidanceResponse") == 0 && stored(&t, "Provenance") == 0);
    a = rest_expect(&t, 422, "POST", "/fhir/Patient/patient/$assess", NULL,
                    en_arena_print(&t.arena, DRAFT, "x1", "no_such_fact"));
    CHECK_CONTAINS(a.body, "Bundle.entry[0].resource.code");
    (void)rest_expect(&t, 400, "POST", "/fhir/$assess", NULL, body);
    (void)rest_expect(&t, 400, "POST", "/fhir/Patient/patient/$plan", NULL, body);
    rest_close_clinic(&t);
}

/* The questions come from the tables, and the record's answers name value, day and place. */
static void test_intake(const char *url)
{
    struct rest_test t;

    rest_open_clinic(&t, url, DAY);
    rest_import(&t, "cases/knee-oa.json");
    struct rest_answer a = rest_expect(&t, 200, "GET", "/clinic/questions", NULL, NULL);

    CHECK_CONTAINS(a.body, "\"id\": \"weight\"");
    CHECK_CONTAINS(a.body, "\"id\": \"oa_knee\"");
    CHECK_CONTAINS(a.body, "\"id\": \"knee.flexion\"");
    CHECK(strstr(a.body, "sx_fever") == NULL);
    a = rest_expect(&t, 200, "GET", "/clinic/intake/patient", NULL, NULL);
    CHECK_CONTAINS(a.body, "\"fact\": \"weight\"");
    CHECK_CONTAINS(a.body, "\"condition\": \"oa_knee\"");
    CHECK_CONTAINS(a.body, "\"resource\": \"Observation/");
    CHECK(rest_audited(&t, "intake", "patient", 0) == 1);
    (void)rest_expect(&t, 404, "GET", "/clinic/intake/nobody", NULL, NULL);
    rest_close_clinic(&t);
}

/* Parameters in the body mean what the same words mean on the command line. */
static void test_parameters_in_the_body(const char *url)
{
    struct rest_test t;

    rest_open_clinic(&t, url, DAY);
    const char *body = en_arena_print(
        &t.arena,
        "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"sessions\","
        "\"valueInteger\":2},{\"name\":\"start\",\"valueDate\":\"2026-03-16\"},{\"name\":\"today\","
        "\"valueDate\":\"2026-03-02\"},{\"name\":\"resource\",\"resource\":%s}]}",
        text_of(&t, "cases/knee-oa.json"));
    const struct rest_answer a = rest_expect(&t, 200, "POST", "/fhir/$plan", NULL, body);

    CHECK(rest_count(&a, "\"resourceType\": \"ServiceRequest\"") == 2);
    CHECK_CONTAINS(a.body, "\"start\": \"2026-03-16\"");
    rest_close_clinic(&t);
}

/* What is wrong is named, before anything is calculated or kept. */
static void test_what_is_wrong_is_named(const char *url)
{
    struct rest_test t;
    struct rest_answer a;

    rest_open_clinic(&t, url, DAY);
    rest_import(&t, "cases/knee-oa.json");
    (void)rest_expect(&t, 404, "POST", "/fhir/Patient/nobody/$plan", NULL, NULL);
    a = rest_expect(&t, 400, "POST", "/fhir/Patient/patient/$plan?session=3", NULL, NULL);
    CHECK_CONTAINS(a.body, "session");
    a = rest_expect(&t, 400, "POST", "/fhir/Patient/patient/$plan?sessions=300", NULL, NULL);
    CHECK_CONTAINS(a.body, "sessions needs a whole number");
    a = rest_expect(&t, 400, "POST", "/fhir/Patient/patient/$plan?patients=20001", NULL, NULL);
    CHECK_CONTAINS(a.body, "patients: at most 20000");
    (void)rest_expect(&t, 400, "POST", "/fhir/Patient/patient/$plan?store=maybe", NULL, NULL);
    (void)rest_expect(&t, 400, "POST", "/fhir/Patient/patient/$plan?today=2026-03-02", NULL, NULL);
    a = rest_expect(&t, 400, "POST", "/fhir/Patient/patient/$plan?max-sessions=2", NULL, NULL);
    CHECK_CONTAINS(a.body, "goes with optimise");
    (void)rest_expect(&t, 400, "POST", "/fhir/$plan", NULL, NULL);
    (void)rest_expect(&t, 400, "POST", "/fhir/$plan", NULL, "{\"resourceType\":\"Patient\"}");
    a = rest_expect(&t, 422, "POST", "/fhir/$plan", NULL,
                    "{\"resourceType\":\"Bundle\",\"type\":\"collection\"}");
    CHECK_CONTAINS(a.body, "exactly one Patient");
    a = rest_expect(&t, 422, "POST", "/fhir/$plan", NULL, text_of(&t, "broken/many-problems.json"));
    CHECK(rest_count(&a, "\"severity\"") > 3);
    CHECK(stored(&t, "Provenance") == 0);
    rest_close_clinic(&t);
}

/* Who is bound to one patient learns nothing of another, not even that there is one; a researcher
 * sees no stored patient through an operation. */
static void test_who_may_not(const char *url)
{
    struct rest_test t;

    rest_open_clinic(&t, url, DAY);
    rest_import(&t, "cases/knee-oa.json");
    t.caller.patient = "other";
    (void)rest_expect(&t, 404, "GET", "/fhir/Patient/patient/$assess", NULL, NULL);
    (void)rest_expect(&t, 404, "GET", "/fhir/Patient/nobody/$assess", NULL, NULL);
    t.caller.patient = NULL;
    t.caller.role = EN_ROLE_RESEARCHER;
    (void)rest_expect(&t, 403, "GET", "/fhir/Patient/patient/$assess", NULL, NULL);
    rest_close_clinic(&t);
}

/* A mix as Parameters: possible with its parts, or not with the reason. */
static void test_mix(const char *url)
{
    struct rest_test t;

    rest_open_clinic(&t, url, DAY);
    struct rest_answer a = rest_expect(
        &t, 200, "GET", "/fhir/$mix?dextrose=15&lidocaine=0.2&volume=10&weight=80&height=180", NULL,
        NULL);

    CHECK_CONTAINS(a.body, "\"resourceType\": \"Parameters\"");
    CHECK_CONTAINS(a.body, "dextrose_50");
    CHECK_CONTAINS(a.body, "\"name\": \"load\"");
    const struct rest_answer b = rest_expect(
        &t, 200, "POST", "/fhir/$mix", NULL,
        "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"dextrose\",\"valueDecimal\":15"
        "},{\"name\":\"lidocaine\",\"valueDecimal\":0.2},{\"name\":\"volume\",\"valueDecimal\":10},"
        "{\"name\":\"weight\",\"valueInteger\":80},{\"name\":\"height\",\"valueInteger\":180}]}");

    CHECK_TEXT(a.body, b.body);
    a = rest_expect(&t, 200, "GET",
                    "/fhir/$mix?dextrose=25&lidocaine=0.6&volume=10&stocks=dextrose_50;lidocaine_1",
                    NULL, NULL);
    CHECK_CONTAINS(a.body, "\"valueBoolean\": false");
    CHECK_CONTAINS(a.body, "\"name\": \"refusal\"");
    (void)rest_expect(&t, 400, "GET", "/fhir/$mix?dextrose=15", NULL, NULL);
    a = rest_expect(&t, 400, "GET", "/fhir/$mix?dextrose=15&volume=10&technique=x", NULL, NULL);
    CHECK_CONTAINS(a.body, "technique needs one of");
    rest_close_clinic(&t);
}

TEST_MAIN(ON_BOTH(test_bundle_is_answered_as_by_the_command_line),
          ON_BOTH(test_stored_patient_is_answered_as_by_the_command_line),
          ON_BOTH(test_provenance_and_frozen_record), ON_BOTH(test_answers_that_are_not_kept),
          ON_BOTH(test_draft_counts_and_is_not_kept), ON_BOTH(test_intake),
          ON_BOTH(test_parameters_in_the_body), ON_BOTH(test_what_is_wrong_is_named),
          ON_BOTH(test_who_may_not), ON_BOTH(test_mix));
