/* SPDX-License-Identifier: Apache-2.0
 * Long work: virtual trials and exports, by FHIR's asynchronous pattern, on both databases. */
#include "base/limits.h"
#include "base/text.h"
#include "fhir/json.h"
#include "server/jobs.h"

#include "support/rest.h"
#include "support/stores.h"

#include <sys/stat.h>
#include <unistd.h>

enum { DAY = 20514 }; /* 2026-03-02 */

#define ASYNC "Prefer: respond-async\nAccept: application/fhir+json"

#define ARM(percent)                                                                               \
    "\"n\":3,\"sessions_weeks\":[0,4],\"injections\":[{\"site_kind\":\"joint_space\","             \
    "\"dextrose_percent\":" percent ",\"volume_ml\":6,\"guidance\":\"ultrasound\"}]}"

static const char TRIAL[] = "{\"name\":\"small\",\"condition\":\"oa_knee\",\"arms\":["
                            "{\"name\":\"dextrose\"," ARM("25") ",{\"name\":\"saline\"," ARM(
                                "0") "],\"observe_weeks\":[12],\"outcomes\":[\"nrs_change\"]}";

/* Path of the address that the answer names. */
static const char *place_of(const struct rest_answer *a)
{
    const char *url = rest_header(a, "Content-Location");

    CHECK(url != NULL && strncmp(url, "http://127.0.0.1:8080/", 22) == 0);
    return url + 21;
}

/* Ask until it is done. */
static struct rest_answer wait_for(struct rest_test *t, const char *place)
{
    struct rest_answer a;

    for (int i = 0; i < 20000; i++) {
        a = rest_ask(t, "GET", place, NULL, NULL);
        if (a.status != 202) {
            return a;
        }
        CHECK(rest_header(&a, "X-Progress") != NULL && rest_header(&a, "Retry-After") != NULL);
        CHECK(a.size == 0);
        (void)usleep(2000);
    }
    fail_msg("%s is never done", place);
    return a;
}

/* A trial is started, asked for, answered as JSON, and forgotten on request, by nobody else. */
static void test_trial_is_answered_later(const char *url)
{
    struct rest_test t;

    rest_open_clinic(&t, url, DAY);
    struct rest_answer a =
        rest_expect(&t, 202, "POST", "/fhir/$trial?patients=500&seed=7", NULL, TRIAL);
    const char *place = place_of(&a);

    /* Each sees the own runs, with what they were asked. */
    CHECK_CONTAINS(rest_expect(&t, 200, "GET", "/jobs", NULL, NULL).body, "\"specification\": \"");
    t.caller.login = "another";
    CHECK(strstr(rest_expect(&t, 200, "GET", "/jobs", NULL, NULL).body, "\"id\"") == NULL);
    (void)rest_expect(&t, 404, "GET", place, NULL, NULL);
    (void)rest_expect(&t, 404, "DELETE", place, NULL, NULL);
    t.caller.login = "owner";
    a = wait_for(&t, place);
    CHECK(a.status == 200 && rest_header(&a, "Expires") != NULL);
    CHECK_CONTAINS(a.body, "\"nrs_change\"");
    const struct rest_answer again = rest_expect(&t, 200, "GET", place, NULL, NULL);

    CHECK_TEXT(again.body, a.body);
    (void)rest_expect(&t, 202, "DELETE", place, NULL, NULL);
    (void)rest_expect(&t, 404, "GET", place, NULL, NULL);
    (void)rest_expect(&t, 404, "DELETE", place, NULL, NULL);
    CHECK(rest_audited(&t, "$trial", NULL, 0) == 1);
    rest_close_clinic(&t);
}

/* A wrong specification is told at once, with the place of each problem. */
static void test_wrong_trials_are_refused_at_once(const char *url)
{
    struct rest_test t;

    rest_open_clinic(&t, url, DAY);
    struct rest_answer a = rest_expect(&t, 422, "POST", "/fhir/$trial", NULL, "{\"name\":\"x\"}");

    CHECK_CONTAINS(a.body, "arms");
    (void)rest_expect(&t, 400, "POST", "/fhir/$trial", NULL, NULL);
    (void)rest_expect(&t, 400, "POST", "/fhir/$trial?patients=1000001", NULL, TRIAL);
    (void)rest_expect(&t, 400, "POST", "/fhir/$trial?patient=3", NULL, TRIAL);
    (void)rest_expect(&t, 404, "GET", "/jobs/0123456789abcdef0123456789abcdef", NULL, NULL);
    rest_close_clinic(&t);
}

/* One client has so many unfinished at most, and hears when to come again. What is cancelled makes
 * room. */
static void test_jobs_of_one_client_are_bounded(const char *url)
{
    const char *places[EN_JOBS_PER_OWNER];
    struct rest_test t;
    struct rest_answer a;

    rest_open_clinic(&t, url, DAY);
    for (size_t i = 0; i < EN_COUNT(places); i++) {
        a = rest_expect(&t, 202, "POST", "/fhir/$trial?patients=1000000", NULL, TRIAL);
        places[i] = place_of(&a);
    }
    a = rest_expect(&t, 429, "POST", "/fhir/$trial", NULL, TRIAL);
    CHECK(rest_header(&a, "Retry-After") != NULL);
    (void)rest_expect(&t, 202, "GET", places[0], NULL, NULL);
    (void)rest_expect(&t, 202, "DELETE", places[3], NULL, NULL); /* waits */
    (void)rest_expect(&t, 202, "DELETE", places[0], NULL, NULL); /* runs */
    (void)rest_expect(&t, 404, "GET", places[0], NULL, NULL);
    a = rest_expect(&t, 202, "POST", "/fhir/$trial?patients=100", NULL, TRIAL);
    for (size_t i = 1; i < 3; i++) {
        (void)rest_expect(&t, 202, "DELETE", places[i], NULL, NULL);
    }
    a = wait_for(&t, place_of(&a));
    CHECK(a.status == 200);
    rest_close_clinic(&t);
}

/* What ran when the server stopped is not forgotten: it has failed, and says what to do. */
static void test_stop_of_the_server_is_told(const char *url)
{
    struct rest_test t;
    struct en_err err = {""};

    rest_open_clinic(&t, url, DAY);
    struct rest_answer a =
        rest_expect(&t, 202, "POST", "/fhir/$trial?patients=1000000", NULL, TRIAL);
    const char *first = place_of(&a);

    en_jobs_close(&t.server);
    CHECK(en_jobs_open(&t.server, &err) == EN_OK);
    a = rest_ask(&t, "GET", first, NULL, NULL);
    CHECK(a.status == 500 || a.status == 202); /* on PostgreSQL another server might still do it */
    if (a.status == 500) {
        CHECK_CONTAINS(a.body, "ask again");
    }
    (void)rest_expect(&t, 202, "DELETE", first, NULL, NULL);
    rest_close_clinic(&t);
}

/* Export */

static struct rest_answer manifest_of(struct rest_test *t, const char *target)
{
    const struct rest_answer a = rest_expect(t, 202, "GET", target, ASYNC, NULL);
    const struct rest_answer done = wait_for(t, place_of(&a));

    if (done.status != 200) {
        fail_msg("%s ends with %d: %s", target, done.status, done.body);
    }
    CHECK_CONTAINS(done.body, "\"transactionTime\"");
    CHECK_CONTAINS(done.body, "\"requiresAccessToken\": true");
    return done;
}

/* Lines of the file of a type, NULL: the manifest has none; *text becomes its text. */
static size_t lines_of(struct rest_test *t, const struct rest_answer *manifest, const char *type,
                       const char **text)
{
    struct json_object *root = json_tokener_parse(manifest->body);
    struct json_object *output = en_json_get(root, "output");
    size_t lines = 0;

    *text = "";
    for (size_t i = 0; i < en_json_count(output); i++) {
        struct json_object *file = en_json_at(output, i);
        const char *url = en_json_text(file, "url");

        if (!en_text_equal(en_json_text(file, "type"), type)) {
            continue;
        }
        const struct rest_answer a = rest_expect(t, 200, "GET", url + 21, NULL, NULL);

        CHECK_TEXT(rest_header(&a, "Content-Type"), "application/fhir+ndjson");
        *text = a.body;
        for (const char *at = a.body; (at = strchr(at, '\n')) != NULL; at++) {
            lines++;
        }
        CHECK(json_object_get_int64(en_json_get(file, "count")) == (int64_t)lines);
    }
    (void)json_object_put(root);
    return lines;
}

/* Files are gathered with the rights of who asked. Who has fewer by the time of fetching them (an
 * owner who became a researcher, a service without the scope) gets none of them. */
static void test_export_ends_with_the_rights(const char *url)
{
    struct rest_test t;

    rest_open_clinic(&t, url, DAY);
    rest_import(&t, "cases/knee-oa.json");
    struct rest_answer m = manifest_of(&t, "/fhir/$export?_type=Patient");
    const char *at = strstr(m.body, "/export/");

    CHECK(at != NULL);
    const char *file = en_arena_copy(&t.arena, at, strcspn(at, "\""));

    (void)rest_expect(&t, 200, "GET", file, NULL, NULL);
    t.caller.role = EN_ROLE_RESEARCHER;
    (void)rest_expect(&t, 403, "GET", file, NULL, NULL);
    t.caller.role = EN_ROLE_SERVICE;
    t.caller.scopes = "system/*.rs";
    m = manifest_of(&t, "/fhir/$export?_type=Patient");
    at = strstr(m.body, "/export/");
    CHECK(at != NULL);
    file = en_arena_copy(&t.arena, at, strcspn(at, "\""));
    (void)rest_expect(&t, 200, "GET", file, NULL, NULL);
    t.caller.scopes = "system/Observation.rs";
    (void)rest_expect(&t, 403, "GET", file, NULL, NULL);
    rest_close_clinic(&t);
}

/* Every current resource, once, as it is stored; no deleted one, and of types that were asked for
 * alone. */
static void test_export_holds_everything_once(const char *url)
{
    struct rest_test t;
    const char *text = NULL;

    rest_open_clinic(&t, url, DAY);
    rest_import(&t, "cases/knee-oa.json");
    (void)rest_expect(&t, 204, "DELETE", "/fhir/Observation/r1", NULL, NULL);
    struct rest_answer m = manifest_of(&t, "/fhir/$export");

    CHECK(lines_of(&t, &m, "Patient", &text) == 1);
    const struct rest_answer patient =
        rest_expect(&t, 200, "GET", "/fhir/Patient/patient", NULL, NULL);

    CHECK_TEXT(text, en_arena_print(&t.arena, "%s\n", patient.body));
    const size_t observations = lines_of(&t, &m, "Observation", &text);

    CHECK(observations > 30 && strstr(text, "\"id\":\"r1\"") == NULL);
    CHECK(strstr(text, "\"id\":\"r2\"") != NULL);
    CHECK(lines_of(&t, &m, "Practitioner", &text) == 1);
    m = manifest_of(&t, "/fhir/Patient/$export?_type=Observation,Condition");
    CHECK(lines_of(&t, &m, "Observation", &text) == observations);
    CHECK(lines_of(&t, &m, "Condition", &text) == 1);
    CHECK(lines_of(&t, &m, "Patient", &text) == 0);
    m = manifest_of(&t, "/fhir/Patient/$export");
    CHECK(lines_of(&t, &m, "Practitioner", &text) == 0); /* in nobody's record */
    CHECK(rest_audited(&t, "$export", NULL, 0) > 6);     /* start, end and each file */
    rest_close_clinic(&t);
}

/* A group's patients and nobody else; who left the group is out. */
static void test_export_of_a_group(const char *url)
{
    struct rest_test t;
    const char *text = NULL;

    rest_open_clinic(&t, url, DAY);
    rest_import(&t, "cases/knee-oa.json");
    (void)rest_expect(&t, 201, "PUT", "/fhir/Patient/p2", NULL,
                      "{\"resourceType\":\"Patient\",\"id\":\"p2\"}");
    (void)rest_expect(&t, 201, "PUT", "/fhir/Group/g", NULL,
                      "{\"resourceType\":\"Group\",\"id\":\"g\",\"type\":\"person\",\"actual\":true"
                      ",\"member\":[{\"entity\":{\"reference\":\"Patient/p2\"}},{\"entity\":{"
                      "\"reference\":\"Patient/patient\"},\"inactive\":true}]}");
    const struct rest_answer m = manifest_of(&t, "/fhir/Group/g/$export");

    CHECK(lines_of(&t, &m, "Patient", &text) == 1);
    CHECK_CONTAINS(text, "\"p2\"");
    CHECK(lines_of(&t, &m, "Observation", &text) == 0);
    (void)rest_expect(&t, 404, "GET", "/fhir/Group/none/$export", ASYNC, NULL);
    rest_close_clinic(&t);
}

/* _since at the moment of a change takes it in, a moment later does not. */
static void test_export_since(const char *url)
{
    struct rest_test t;
    const char *text = NULL;

    rest_open_clinic(&t, url, DAY);
    rest_import(&t, "cases/knee-oa.json");
    (void)usleep(5000); /* the instants have milliseconds */
    const struct rest_answer a = rest_expect(&t, 201, "PUT", "/fhir/Patient/p2", NULL,
                                             "{\"resourceType\":\"Patient\",\"id\":\"p2\"}");
    const char *then = rest_member(&t, &a, "lastUpdated");
    struct rest_answer m =
        manifest_of(&t, en_arena_print(&t.arena, "/fhir/$export?_since=%s", then));

    CHECK(lines_of(&t, &m, "Patient", &text) == 1);
    CHECK_CONTAINS(text, "\"p2\"");
    CHECK(lines_of(&t, &m, "Observation", &text) == 0);
    m = manifest_of(&t, "/fhir/$export?_since=2999-01-01T00:00:00Z");
    CHECK(lines_of(&t, &m, "Patient", &text) == 0);
    rest_close_clinic(&t);
}

/* What a client may not ask for or asks for wrongly; nothing starts. */
static void test_export_refuses(const char *url)
{
    struct rest_test t;
    struct rest_answer a;

    rest_open_clinic(&t, url, DAY);
    rest_import(&t, "cases/knee-oa.json");
    (void)rest_expect(&t, 400, "GET", "/fhir/$export", "Accept: application/fhir+json", NULL);
    (void)rest_expect(&t, 406, "GET", "/fhir/$export",
                      "Prefer: respond-async\nAccept: application/fhir+xml", NULL);
    (void)rest_expect(&t, 400, "GET", "/fhir/$export?_outputFormat=csv", ASYNC, NULL);
    (void)rest_expect(&t, 400, "GET", "/fhir/$export?_since=yesterday", ASYNC, NULL);
    (void)rest_expect(&t, 400, "GET", "/fhir/$export?_type=Observatoin", ASYNC, NULL);
    (void)rest_expect(&t, 400, "GET", "/fhir/Patient/$export?_type=Practitioner", ASYNC, NULL);
    a = rest_expect(&t, 400, "GET", "/fhir/$export?_typeFilter=x", ASYNC, NULL);
    CHECK_CONTAINS(a.body, "_typeFilter");
    a = rest_expect(&t, 202, "GET", "/fhir/$export?_type=Patient", ASYNC, NULL);
    const char *place = place_of(&a);
    const struct rest_answer m = wait_for(&t, place);

    (void)rest_expect(&t, 404, "GET", en_arena_print(&t.arena, "%s/Patient.2.ndjson", place), NULL,
                      NULL);
    (void)rest_expect(&t, 404, "GET", en_arena_print(&t.arena, "%s/clinic.db", place), NULL, NULL);
    const char *file = en_arena_print(&t.arena, "%s/Patient.1.ndjson", place);

    CHECK_CONTAINS(m.body, file);
    (void)rest_expect(&t, 200, "GET", file, NULL, NULL);
    t.caller.login = "another";
    (void)rest_expect(&t, 404, "GET", file, NULL, NULL);
    t.caller.login = "owner";
    (void)rest_expect(&t, 202, "DELETE", place, NULL, NULL);
    (void)rest_expect(&t, 404, "GET", file, NULL, NULL);
    rest_close_clinic(&t);
}

/* A researcher gets what de-identification leaves, and no type that it does not know. */
static void test_export_for_research(const char *url)
{
    struct rest_test t;
    const char *text = NULL;

    rest_open_clinic(&t, url, DAY);
    rest_import(&t, "cases/knee-oa.json");
    t.caller.role = EN_ROLE_RESEARCHER;
    const struct rest_answer m = manifest_of(&t, "/fhir/$export");

    CHECK(lines_of(&t, &m, "Patient", &text) == 1);
    CHECK(strstr(text, "Synthetic Patient") == NULL && strstr(text, "SYN-01") == NULL);
    CHECK(strstr(text, "1968-05-14") == NULL && strstr(text, "\"id\":\"patient\"") == NULL);
    CHECK(lines_of(&t, &m, "Observation", &text) > 30);
    CHECK(strstr(text, "Patient/patient") == NULL && strstr(text, "2026-03-02") == NULL);
    CHECK(lines_of(&t, &m, "Practitioner", &text) == 0);
    (void)rest_expect(&t, 403, "GET", "/fhir/$export?_type=Practitioner", ASYNC, NULL);
    rest_close_clinic(&t);
}

/* A resource that changes while the export runs is given as it was when it was asked for. */
static void test_export_is_of_one_moment(const char *url)
{
    struct rest_test t;
    const char *text = NULL;

    rest_open_clinic(&t, url, DAY);
    (void)rest_expect(&t, 201, "PUT", "/fhir/Patient/p1", NULL,
                      "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"gender\":\"female\"}");
    struct rest_answer busy[2], a;

    for (size_t i = 0; i < EN_COUNT(busy); i++) { /* both threads have something to do */
        busy[i] = rest_expect(&t, 202, "POST", "/fhir/$trial?patients=1000000", NULL, TRIAL);
    }
    a = rest_expect(&t, 202, "GET", "/fhir/$export", ASYNC, NULL);
    const char *place = place_of(&a);

    (void)rest_expect(&t, 200, "PUT", "/fhir/Patient/p1", NULL,
                      "{\"resourceType\":\"Patient\",\"id\":\"p1\",\"gender\":\"male\"}");
    (void)rest_expect(&t, 201, "PUT", "/fhir/Patient/p2", NULL,
                      "{\"resourceType\":\"Patient\",\"id\":\"p2\"}");
    for (size_t i = 0; i < EN_COUNT(busy); i++) {
        (void)rest_expect(&t, 202, "DELETE", place_of(&busy[i]), NULL, NULL);
    }
    a = wait_for(&t, place);
    CHECK(lines_of(&t, &a, "Patient", &text) == 1);
    CHECK_CONTAINS(text, "\"versionId\":\"1\"");
    CHECK_CONTAINS(text, "female");
    rest_close_clinic(&t);
}

TEST_MAIN(ON_BOTH(test_trial_is_answered_later), ON_BOTH(test_wrong_trials_are_refused_at_once),
          ON_BOTH(test_jobs_of_one_client_are_bounded), ON_BOTH(test_stop_of_the_server_is_told),
          ON_BOTH(test_export_ends_with_the_rights), ON_BOTH(test_export_holds_everything_once),
          ON_BOTH(test_export_of_a_group), ON_BOTH(test_export_since), ON_BOTH(test_export_refuses),
          ON_BOTH(test_export_for_research), ON_BOTH(test_export_is_of_one_moment));
