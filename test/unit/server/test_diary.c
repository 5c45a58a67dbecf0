/* SPDX-License-Identifier: Apache-2.0
 * A patient's own page: what it shows, and that a day's answers are kept once, checked, and never
 * somebody else's. */
#include "base/text.h"
#include "fhir/json.h"
#include "fhir/validate.h"
#include "server/auth.h"

#include "support/clinic.h"
#include "support/rest.h"
#include "support/stores.h"

#include <pthread.h>

enum { DAY = 20514, CLIENTS = 8 }; /* 2026-03-02, two days after the session of the case */

static void as_patient(struct rest_test *t)
{
    t->caller =
        (struct en_caller){.role = EN_ROLE_PATIENT, .login = "link:test", .patient = "patient"};
}

static void as_owner(struct rest_test *t)
{
    t->caller = (struct en_caller){.role = EN_ROLE_OWNER, .login = "owner"};
}

static void open_diary(struct rest_test *t, const char *url)
{
    rest_open_clinic(t, url, DAY);
    rest_import(t, "cases/after-expected.json");
    as_patient(t);
}

/* A submission with these members beside key and day. */
static const char *body(struct rest_test *t, const char *key, const char *members)
{
    return en_arena_print(&t->arena, "{\"key\":\"%s\",\"day\":\"2026-03-02\"%s%s}", key,
                          members[0] == '\0' ? "" : ",", members);
}

static struct rest_answer post(struct rest_test *t, int status, const char *key,
                               const char *members)
{
    return rest_expect(t, status, "POST", "/diary", NULL, body(t, key, members));
}

/* Every question that GET asks, answered with no; `but` is told to be so. */
static const char *all_no(struct rest_test *t, const char *but)
{
    const struct rest_answer shown = rest_expect(t, 200, "GET", "/diary", NULL, NULL);
    struct json_object *root = json_tokener_parse(shown.body);
    struct json_object *list = en_json_get(en_json_get(root, "questions"), "symptoms");
    const char *out = "";

    CHECK(en_json_count(list) > 10);
    for (size_t i = 0; i < en_json_count(list); i++) {
        const char *id = en_json_text(en_json_at(list, i), "id");
        const bool is_number = en_text_equal(en_json_text(en_json_at(list, i), "type"), "number");

        out = en_arena_print(&t->arena, "%s%s\"%s\":%s", out, out[0] == '\0' ? "" : ",", id,
                             is_number              ? "36.8"
                             : en_list_has(but, id) ? "true"
                                                    : "false");
    }
    (void)json_object_put(root);
    return en_arena_print(&t->arena, "\"symptoms\":{%s}", out);
}

/* Resources of a type in the record, as the owner finds them. */
static size_t count_of(struct rest_test *t, const char *query)
{
    const struct en_caller before = t->caller;

    as_owner(t);
    const struct rest_answer a =
        rest_expect(t, 200, "GET", en_arena_print(&t->arena, "/fhir/%s", query), NULL, NULL);

    t->caller = before;
    return rest_count(&a, "\"fullUrl\"");
}

static void check_valid(struct rest_test *t, const char *query, size_t expected)
{
    const struct en_caller before = t->caller;

    as_owner(t);
    const struct rest_answer a =
        rest_expect(t, 200, "GET", en_arena_print(&t->arena, "/fhir/%s", query), NULL, NULL);
    struct json_object *bundle = json_tokener_parse(a.body);
    struct json_object *entries = en_json_get(bundle, "entry");

    CHECK(en_json_count(entries) == expected);
    for (size_t i = 0; i < en_json_count(entries); i++) {
        struct en_issues issues = {0};

        en_r4_validate(&t->r4, en_json_get(en_json_at(entries, i), "resource"), &t->arena, &issues);
        if (issues.error_count > 0) {
            fail_msg("%s: %s: %s", query, issues.items[0].path, issues.items[0].text);
        }
    }
    (void)json_object_put(bundle);
    t->caller = before;
}

/* The page gets what it needs of its own patient, and no family name, birth date or number. */
static void test_diary_shows_its_own(const char *url)
{
    struct rest_test t;

    open_diary(&t, url);
    as_owner(&t);
    (void)rest_expect(&t, 200, "PUT", "/fhir/Patient/patient", NULL,
                      "{\"resourceType\":\"Patient\",\"id\":\"patient\",\"name\":[{\"family\":"
                      "\"" FAMILY "\",\"given\":[\"Synthetic\"]}],\"birthDate\":\"1968-05-14\","
                      "\"identifier\":[{\"value\":\"SYN-31\"}]}");
    (void)rest_expect(&t, 201, "PUT", "/fhir/Appointment/a1", NULL,
                      "{\"resourceType\":\"Appointment\",\"id\":\"a1\",\"status\":\"booked\","
                      "\"start\":\"2026-03-28T10:30:00Z\",\"end\":\"2026-03-28T11:30:00Z\","
                      "\"participant\":[{\"actor\":{\"reference\":\"Patient/patient\"},\"status\":"
                      "\"accepted\"}]}");
    t.caller =
        (struct en_caller){.role = EN_ROLE_PATIENT, .login = "link:test", .patient = "patient"};
    const struct rest_answer a = rest_expect(&t, 200, "GET", "/diary", NULL, NULL);

    CHECK(strstr(a.body, FAMILY) == NULL && strstr(a.body, "1968") == NULL);
    CHECK(strstr(a.body, "SYN-31") == NULL);
    CHECK_CONTAINS(a.body, "\"given_name\": \"Synthetic\"");
    CHECK_CONTAINS(a.body, "\"last_session\": \"2026-02-28\"");
    CHECK_CONTAINS(a.body, "\"next_session\": \"2026-03-28\"");
    CHECK_CONTAINS(a.body, "\"phone\": null"); /* the clinic has not said it: never invented */
    CHECK_CONTAINS(a.body, "\"entry\": null");
    CHECK_CONTAINS(a.body, "Saturday 2026-03-28"); /* aftercare names the next session */
    CHECK(rest_audited(&t, "diary", "patient", 0) == 1);
    rest_close_clinic(&t);
}

/* The scale's ends are in, what is beyond them is not, and neither is half a point. */
static void test_diary_scores_have_limits(const char *url)
{
    static const struct {
        const char *members;
        int status;
    } ROWS[] = {
        {"\"scores\":{\"nrs\":-1}", 422},  {"\"scores\":{\"nrs\":11}", 422},
        {"\"scores\":{\"nrs\":4.5}", 422}, {"\"scores\":{\"nrs\":\"4\"}", 422},
        {"\"scores\":{\"peg\":4}", 422},   {"\"scores\":[4]", 422},
        {"\"scores\":{\"nrs\":0}", 201},
    };
    struct rest_test t;

    open_diary(&t, url);
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        (void)post(&t, ROWS[i].status, "key-00000001", ROWS[i].members);
    }
    const struct rest_answer a =
        post(&t, 200, "key-00000002", "\"version\":1,\"scores\":{\"nrs\":10,\"psfs\":null}");

    CHECK_CONTAINS(a.body, "\"nrs\": 10");
    CHECK_CONTAINS(a.body, "\"psfs\": null");
    CHECK(count_of(&t, "QuestionnaireResponse?patient=patient") == 1);
    check_valid(&t, "Observation?patient=patient&category=survey", 2);
    check_valid(&t, "QuestionnaireResponse?patient=patient", 1);
    rest_close_clinic(&t);
}

static void test_diary_names_what_is_wrong(const char *url)
{
    static const struct {
        const char *text, *says;
        int status;
    } ROWS[] = {
        {"[]", "$this", 422},
        {"{", "", 400},
        {"{}", "key", 422},
        {"{\"key\":\"k\",\"day\":\"2026-03-02\"}", "key", 422},
        {"{\"key\":\"key-00000001\",\"day\":\"2026-03-01\"}", "day", 422},
        {"{\"key\":\"key-00000001\",\"day\":\"2026-03-03\"}", "day", 422},
        {"{\"key\":\"key-00000001\",\"day\":\"2026-03-02\",\"x\":1}", "not known here", 422},
        {"{\"key\":\"key-00000001\",\"day\":\"2026-03-02\",\"symptoms\":{\"weight\":true}}",
         "symptoms", 422},
        {"{\"key\":\"key-00000001\",\"day\":\"2026-03-02\",\"symptoms\":{\"sx_fever\":1}}",
         "sx_fever", 422},
        {"{\"key\":\"key-00000001\",\"day\":\"2026-03-02\",\"symptoms\":{\"sx_temperature\":98.6}}",
         "sx_temperature", 422},
        {"{\"key\":\"key-00000001\",\"day\":\"2026-03-02\",\"drugs\":[\"wine\"]}", "drugs", 422},
        {"{\"key\":\"key-00000001\",\"day\":\"2026-03-02\",\"version\":0}", "version", 422},
        {"{\"key\":\"key-00000001\",\"day\":\"2026-03-02\",\"note\":7}", "note", 422},
    };
    struct rest_test t;

    open_diary(&t, url);
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        const struct rest_answer a =
            rest_expect(&t, ROWS[i].status, "POST", "/diary", NULL, ROWS[i].text);

        CHECK_CONTAINS(a.body, ROWS[i].says);
    }
    CHECK(count_of(&t, "QuestionnaireResponse?patient=patient") == 0);
    rest_close_clinic(&t);
}

/* A double tap, or a second try after an answer that was lost: the same answer, nothing twice.
 * Other answers of the day must name the version that they correct. */
static void test_diary_day_is_kept_once(const char *url)
{
    struct rest_test t;

    open_diary(&t, url);
    const char *first = "\"scores\":{\"nrs\":4},\"drugs\":[\"ibuprofen\"]";
    const char *answer = post(&t, 201, "key-00000001", first).body;

    CHECK_TEXT(post(&t, 200, "key-00000001", first).body, answer);
    (void)post(&t, 409, "key-00000001", "\"scores\":{\"nrs\":5}");
    (void)post(&t, 412, "key-00000002", "\"scores\":{\"nrs\":5}");
    (void)post(&t, 412, "key-00000002", "\"version\":2,\"scores\":{\"nrs\":5}");
    CHECK(count_of(&t, "Observation?patient=patient&code=nsaid_last_dose&status=final") == 1);
    const struct rest_answer a =
        post(&t, 200, "key-00000002", "\"version\":1,\"scores\":{\"nrs\":5},\"drugs\":[]");

    CHECK_CONTAINS(a.body, "\"version\": 2");
    (void)post(&t, 412, "key-00000003", "\"version\":1,\"scores\":{\"nrs\":6}");
    CHECK(count_of(&t, "QuestionnaireResponse?patient=patient") == 1);
    CHECK(count_of(&t, "Observation?patient=patient&code=nsaid_last_dose&status=final") == 0);
    CHECK(count_of(
              &t, "Observation?patient=patient&code=nsaid_last_dose&status=entered-in-error") == 1);
    CHECK_CONTAINS(rest_expect(&t, 200, "GET", "/diary", NULL, NULL).body, "\"nrs\": 5");
    rest_close_clinic(&t);
}

struct client {
    struct rest_test t; /* a copy: the arena is its own */
    pthread_barrier_t *start;
    int status;
};

static void *send_at_once(void *context)
{
    struct client *c = context;

    (void)pthread_barrier_wait(c->start);
    c->status = rest_ask(&c->t, "POST", "/diary", NULL,
                         body(&c->t, "key-00000001", "\"scores\":{\"nrs\":4}"))
                    .status;
    return NULL;
}

/* Many taps at once make one entry, and each is told that it is kept. */
static void test_diary_taps_at_once_make_one(const char *url)
{
    struct client clients[CLIENTS];
    pthread_barrier_t start;
    pthread_t threads[CLIENTS];
    struct rest_test t;
    int created = 0;

    open_diary(&t, url);
    CHECK(pthread_barrier_init(&start, NULL, CLIENTS) == 0);
    for (size_t i = 0; i < CLIENTS; i++) {
        clients[i] = (struct client){.t = t, .start = &start};
        clients[i].t.arena = EN_ARENA(256 << 20);
        CHECK(pthread_create(&threads[i], NULL, send_at_once, &clients[i]) == 0);
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
        created += clients[i].status == 201;
        CHECK(clients[i].status == 201 || clients[i].status == 200);
        en_arena_free(&clients[i].t.arena);
    }
    (void)pthread_barrier_destroy(&start);
    CHECK(created == 1);
    CHECK(count_of(&t, "QuestionnaireResponse?patient=patient") == 1);
    rest_close_clinic(&t);
}

/* An alerting answer is a Flag that the clinic sees; a correction never lowers nor removes it, a
 * graver one raises it. */
static void test_diary_alert_is_never_lowered(const char *url)
{
    struct rest_test t;

    open_diary(&t, url);
    struct rest_answer a = post(&t, 201, "key-00000001", all_no(&t, ""));

    CHECK_CONTAINS(a.body, "\"level\": \"R\"");
    CHECK_CONTAINS(a.body, "\"alerted\": false");
    CHECK(count_of(&t, "Flag?patient=patient") == 0);
    a = post(&t, 200, "key-00000002",
             en_arena_print(&t.arena, "\"version\":1,%s", all_no(&t, "sx_fever")));
    CHECK_CONTAINS(a.body, "\"level\": \"S\"");
    CHECK_CONTAINS(a.body, "\"hours\": 4");
    CHECK_CONTAINS(a.body, "\"alerted\": true");
    check_valid(&t, "Flag?patient=patient", 1);
    a = post(&t, 200, "key-00000003", en_arena_print(&t.arena, "\"version\":2,%s", all_no(&t, "")));
    CHECK_CONTAINS(a.body, "\"level\": \"R\"");
    CHECK_CONTAINS(a.body, "\"alerted\": true");
    as_owner(&t);
    a = rest_expect(&t, 200, "GET", "/fhir/Flag?patient=patient", NULL, NULL);
    CHECK_CONTAINS(a.body, "\"code\":\"S\"");
    CHECK_CONTAINS(a.body, "were changed since: routine advice");
    t.caller =
        (struct en_caller){.role = EN_ROLE_PATIENT, .login = "link:test", .patient = "patient"};
    (void)post(&t, 200, "key-00000004",
               en_arena_print(&t.arena, "\"version\":3,%s", all_no(&t, "sx_fever; sx_hot_joint")));
    as_owner(&t);
    a = rest_expect(&t, 200, "GET", "/fhir/Flag?patient=patient", NULL, NULL);
    CHECK_CONTAINS(a.body, "\"code\":\"E\"");
    CHECK(rest_count(&a, "\"fullUrl\"") == 1);
    rest_close_clinic(&t);
}

/* Nothing answered is urgent enough that somebody calls. */
static void test_diary_without_answers_alerts(const char *url)
{
    struct rest_test t;

    open_diary(&t, url);
    const struct rest_answer a = post(&t, 201, "key-00000001", "");

    CHECK_CONTAINS(a.body, "\"was_raised\": true");
    CHECK_CONTAINS(a.body, "\"alerted\": true");
    CHECK_CONTAINS(a.body, "\"nrs\": null");
    check_valid(&t, "Flag?patient=patient", 1);
    rest_close_clinic(&t);
}

/* Neither another patient's, nor for who has no right; staff read, and do not write for them. */
static void test_diary_is_ones_own(const char *url)
{
    struct rest_test t;

    open_diary(&t, url);
    (void)rest_expect(&t, 404, "GET", "/diary/other", NULL, NULL);
    t.caller.patient = "nobody";
    (void)rest_expect(&t, 404, "GET", "/diary", NULL, NULL);
    (void)rest_expect(&t, 404, "GET", "/diary/patient", NULL, NULL);
    (void)rest_expect(&t, 404, "POST", "/diary", NULL, body(&t, "key-00000001", ""));
    as_owner(&t);
    (void)rest_expect(&t, 400, "GET", "/diary", NULL, NULL);
    (void)rest_expect(&t, 404, "GET", "/diary/nobody", NULL, NULL);
    (void)rest_expect(&t, 200, "GET", "/diary/patient", NULL, NULL);
    (void)rest_expect(&t, 403, "POST", "/diary", NULL, body(&t, "key-00000001", ""));
    rest_close_clinic(&t);
}

/* What a patient wrote is read by the operations: the score counts once, and what was taken on a
 * day is no contradiction to "takes no medicine". */
static void test_diary_feeds_the_record(const char *url)
{
    struct rest_test t;

    open_diary(&t, url);
    const struct rest_answer before = rest_expect(&t, 200, "GET", "/diary", NULL, NULL);

    (void)post(&t, 201, "key-00000001", "\"scores\":{\"nrs\":4},\"drugs\":[\"naproxen\"]");
    const struct rest_answer after = rest_expect(&t, 200, "GET", "/diary", NULL, NULL);

    CHECK_CONTAINS(after.body, "\"day\": \"2026-03-02\",\n        \"value\": 4");
    CHECK(rest_count(&after, "\"score\": \"nrs\"") ==
          rest_count(&before, "\"score\": \"nrs\"") + 1);
    as_owner(&t);
    (void)rest_expect(&t, 200, "GET", "/fhir/Patient/patient/$triage", NULL, NULL);
    rest_close_clinic(&t);
}

/* A record with an error in it keeps nobody from telling of a fever. */
static void test_diary_goes_on_with_a_broken_record(const char *url)
{
    struct rest_test t;

    open_diary(&t, url);
    as_owner(&t);
    (void)rest_expect(&t, 201, "PUT", "/fhir/Observation/broken", NULL,
                      "{\"resourceType\":\"Observation\",\"id\":\"broken\",\"status\":\"final\","
                      "\"code\":{\"coding\":[{\"system\":"
                      "\"https://enthesis.org/fhir/CodeSystem/fact\",\"code\":\"none\"}]},"
                      "\"subject\":{\"reference\":\"Patient/patient\"},\"effectiveDateTime\":"
                      "\"2026-03-01\"}");
    as_patient(&t);
    const struct rest_answer shown = rest_expect(&t, 200, "GET", "/diary", NULL, NULL);

    CHECK_CONTAINS(shown.body, "\"is_record_complete\": false");
    const struct rest_answer a = post(&t, 201, "key-00000001", "\"symptoms\":{\"sx_fever\":true}");

    CHECK_CONTAINS(a.body, "\"alerted\": true");
    rest_close_clinic(&t);
}

/* A forecast that is kept comes back as what was expected of pain, by day. */
static void test_diary_shows_what_was_expected(const char *url)
{
    struct rest_test t;

    rest_open_clinic(&t, url, DAY);
    rest_import(&t, "cases/knee-oa.json");
    as_patient(&t);
    CHECK_CONTAINS(rest_expect(&t, 200, "GET", "/diary", NULL, NULL).body, "\"expected\": []");
    as_owner(&t);
    t.caller.practitioner = "practitioner"; /* whose licence and privileges a plan rests on */
    (void)rest_expect(&t, 200, "POST", "/fhir/Patient/patient/$plan?patients=100", NULL, "");
    as_patient(&t);
    const struct rest_answer a = rest_expect(&t, 200, "GET", "/diary", NULL, NULL);

    CHECK(rest_count(&a, "\"middle\"") > 2);
    rest_close_clinic(&t);
}

/* A researcher keeps the draft of a trial, which is nobody's data, and no other. */
static void test_diary_and_trial_have_drafts(const char *url)
{
    struct clinic c;
    struct browser owner, researcher;

    clinic_open(&c, url);
    clinic_owner(&c, &owner);
    clinic_staff(&c, &owner, "researcher", &researcher);
    (void)clinic_expect(&c, &researcher, 204, "PUT", "/auth/draft/trial", "{}");
    (void)clinic_expect(&c, &researcher, 204, "DELETE", "/auth/draft/trial", NULL);
    (void)clinic_expect(&c, &researcher, 403, "PUT", "/auth/draft/diary", "{}");
    (void)clinic_expect(&c, &researcher, 403, "PUT", "/auth/draft/other", "{}");
    clinic_close(&c);
}

/* SAFETY: an entry that staff took back is not in the patient's way: the day is told anew, and it
 * alerts as any other. */
static void test_diary_after_an_entry_was_taken_back(const char *url)
{
    struct rest_test t;

    open_diary(&t, url);
    (void)post(&t, 201, "key-number-one", all_no(&t, ""));
    as_owner(&t);
    const struct rest_answer found =
        rest_expect(&t, 200, "GET", "/fhir/QuestionnaireResponse?patient=patient", NULL, NULL);
    const char *id = NULL;
    struct json_object *bundle = json_tokener_parse(found.body);
    struct json_object *list = en_json_get(bundle, "entry");

    for (size_t i = 0; i < en_json_count(list); i++) {
        struct json_object *one = en_json_get(en_json_at(list, i), "resource");

        if (en_text_equal(en_json_text(one, "authored"), "2026-03-02")) {
            id = en_arena_copy(&t.arena, en_json_text(one, "id"), SIZE_MAX);
        }
    }
    (void)json_object_put(bundle);
    CHECK(id != NULL);
    (void)rest_expect(&t, 200, "PATCH",
                      en_arena_print(&t.arena, "/fhir/QuestionnaireResponse/%s", id), NULL,
                      "[{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"entered-in-error\"}]");
    as_patient(&t);
    (void)post(&t, 201, "key-number-two", all_no(&t, "sx_fever"));
    CHECK(count_of(&t, "Flag?patient=patient") == 1);
    rest_close_clinic(&t);
}

/* A link that is over opens nothing, and neither does the session that it opened. */
static void test_diary_ends_with_its_session(const char *url)
{
    struct clinic c;
    struct browser owner, patient;
    struct en_knowledge *knowledge = NULL;

    clinic_open(&c, url);
    CHECK(en_knowledge_load(NULL, &c.arena, &knowledge, NULL) == EN_OK);
    c.server.knowledge = knowledge;
    clinic_owner(&c, &owner);
    clinic_patient(&c, "p1");
    clinic_link(&c, &owner, "p1", &patient);
    (void)clinic_expect(&c, &patient, 200, "GET", "/diary", NULL);
    /* What is being answered survives a page that the telephone put to sleep; nothing else does. */
    (void)clinic_expect(&c, &patient, 204, "PUT", "/auth/draft/diary", "{\"a\":1}");
    CHECK_TEXT(clinic_expect(&c, &patient, 200, "GET", "/auth/draft/diary", NULL).body,
               "{\"a\":1}");
    (void)clinic_expect(&c, &patient, 403, "PUT", "/auth/draft/other", "{}");
    (void)clinic_expect(&c, &patient, 403, "GET", "/auth/draft", NULL);
    c.now_us += (int64_t)c.server.login->options.patient_s * 1000000 + 1;
    (void)clinic_expect(&c, &patient, 401, "GET", "/diary", NULL);
    c.now_us -= (int64_t)c.server.login->options.patient_s * 1000000 + 1;
    clinic_link(&c, &owner, "p1", &patient);
    (void)clinic_expect(&c, &owner, 204, "DELETE", "/auth/links/p1", NULL);
    (void)clinic_expect(&c, &patient, 401, "GET", "/diary", NULL);
    clinic_close(&c);
}

TEST_MAIN(ON_SQLITE(test_diary_after_an_entry_was_taken_back), ON_BOTH(test_diary_shows_its_own),
          ON_BOTH(test_diary_scores_have_limits), ON_BOTH(test_diary_names_what_is_wrong),
          ON_BOTH(test_diary_day_is_kept_once), ON_BOTH(test_diary_taps_at_once_make_one),
          ON_BOTH(test_diary_alert_is_never_lowered), ON_BOTH(test_diary_without_answers_alerts),
          ON_BOTH(test_diary_is_ones_own), ON_BOTH(test_diary_feeds_the_record),
          ON_BOTH(test_diary_goes_on_with_a_broken_record),
          ON_BOTH(test_diary_ends_with_its_session), ON_BOTH(test_diary_shows_what_was_expected),
          ON_BOTH(test_diary_and_trial_have_drafts));
