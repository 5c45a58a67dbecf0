/* SPDX-License-Identifier: Apache-2.0
 * CDS Hooks 2.0, as an EHR sees it: who may call, what must be sent, what the cards look like. The
 * shapes of requests are those of HL7's test cases and of the official sandbox. */
#include "base/clock.h"
#include "base/text.h"
#include "fhir/json.h"
#include "server/cds.h"
#include "store/cds.h"

#include "support/jwt.h"
#include "support/rest.h"
#include "support/stores.h"

enum { DAY = 20514 }; /* 2026-03-02 */

#define ISSUER "https://ehr.example"
#define ROOT   "http://127.0.0.1:8080"
#define HOOK   "0f9b6c1e-2d7a-4c55-9d8e-3a1b2c4d5e6f"

struct ehr {
    struct rest_test t;
    gnutls_privkey_t key;
    int tokens; /* made so far: each has an id of its own */
};

static void open_ehr(struct ehr *e, const char *url)
{
    struct en_err err = {""};

    *e = (struct ehr){.tokens = 0};
    rest_open_clinic(&e->t, url, DAY);
    e->t.caller = (struct en_caller){.role = EN_ROLE_NONE};
    e->key = jwt_key("ES384", 0);
    const char *clients =
        en_arena_print(&e->t.arena,
                       "{\"clients\":[{\"iss\":\"" ISSUER "\",\"keys\":%s,\"origins\":[\"https://"
                       "page.example\"]}]}",
                       jwt_jwk(e->key, "k1", false, &e->t.arena));

    if (en_cds_read(clients, strlen(clients), &e->t.arena, &e->t.server.cds, &err) != EN_OK) {
        fail_msg("%s", err.text);
    }
}

static void close_ehr(struct ehr *e)
{
    gnutls_privkey_deinit(e->key);
    rest_close_clinic(&e->t);
}

/* "Authorization: Bearer ...": a token for the address, that ends in so many seconds. */
static const char *token(struct ehr *e, const char *address, int life_s)
{
    const long long now_s = en_clock_us() / 1000000;
    const char *payload = en_arena_print(&e->t.arena,
                                         "{\"iss\":\"" ISSUER "\",\"sub\":\"ehr\",\"aud\":\"" ROOT
                                         "%s\",\"exp\":%lld,\"iat\":%lld,"
                                         "\"jti\":\"t%d\"}",
                                         address, now_s + life_s, now_s, ++e->tokens);

    return en_arena_print(&e->t.arena, "Authorization: Bearer %s",
                          jwt_sign(e->key, "ES384",
                                   "{\"alg\":\"ES384\",\"typ\":\"JWT\",\"kid\":\"k1\"}", payload,
                                   &e->t.arena));
}

/* No null, no "", no [] but of cards, no {}: CDS Hooks forbids them. */
static void check_full(struct json_object *value, const char *name)
{
    if (json_object_is_type(value, json_type_array)) {
        CHECK(en_json_count(value) > 0 || en_text_equal(name, "cards"));
        for (size_t i = 0; i < en_json_count(value); i++) {
            check_full(en_json_at(value, i), "");
        }
        return;
    }
    if (json_object_is_type(value, json_type_object)) {
        CHECK(json_object_object_length(value) > 0);
        json_object_object_foreach(value, key, member)
        {
            check_full(member, key);
        }
        return;
    }
    CHECK(value != NULL && json_object_get_string(value)[0] != '\0');
}

static size_t letters(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++) {
        count += ((unsigned char)*text & 0xc0U) == 0x80U ? 0 : 1;
    }
    return count;
}

/* What every card must have. */
static void check_card(struct json_object *card)
{
    const char *summary = en_json_text(card, "summary");
    struct json_object *source = en_json_get(card, "source");

    CHECK(summary != NULL && letters(summary) < 140);
    CHECK(en_list_has("info; warning; critical", en_json_text(card, "indicator")));
    CHECK_TEXT(en_json_text(source, "label"), "Enthesis");
    CHECK_TEXT(en_json_text(source, "url"), ROOT);
    CHECK(strlen(en_json_text(card, "uuid")) == 36);
}

/* Cards of an answer, each looked at. */
static size_t cards_of(const struct rest_answer *a)
{
    struct json_object *root = json_tokener_parse(a->body);
    struct json_object *cards = en_json_get(root, "cards");
    const size_t count = en_json_count(cards);

    CHECK_TEXT(rest_header(a, "Content-Type"), "application/json");
    CHECK(json_object_is_type(cards, json_type_array));
    check_full(root, "");
    for (size_t i = 0; i < count; i++) {
        check_card(en_json_at(cards, i));
    }
    (void)json_object_put(root);
    return count;
}

/* A searchset of all resources of a type in an example; what the EHR sends for one template. */
static const char *searchset(struct ehr *e, struct json_object *bundle, const char *type)
{
    struct json_object *entries = en_json_get(bundle, "entry");
    const char *list = "";

    for (size_t i = 0; i < en_json_count(entries); i++) {
        struct json_object *resource = en_json_get(en_json_at(entries, i), "resource");

        if (en_text_equal(en_json_text(resource, "resourceType"), type)) {
            list = en_arena_print(&e->t.arena, "%s%s{\"resource\":%s}", list,
                                  list[0] == '\0' ? "" : ",", json_object_to_json_string(resource));
        }
    }
    return list[0] == '\0'
               ? "null"
               : en_arena_print(
                     &e->t.arena,
                     "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[%s]}", list);
}

/* The members of the prefetch of an example, without braces. */
static const char *prefetch(struct ehr *e, const char *file)
{
    struct en_buf bytes = EN_BUF(8 << 20);
    const char *path = en_arena_print(&e->t.arena, EN_SOURCE_ROOT "/examples/cases/%s", file);

    CHECK(en_buf_read_file(&bytes, path, NULL) == EN_OK);
    struct json_object *bundle = json_tokener_parse(en_buf_text(&bytes));
    struct json_object *entries = en_json_get(bundle, "entry");
    const char *patient = "null";

    for (size_t i = 0; i < en_json_count(entries); i++) {
        struct json_object *resource = en_json_get(en_json_at(entries, i), "resource");

        if (en_text_equal(en_json_text(resource, "resourceType"), "Patient")) {
            patient = en_arena_copy(&e->t.arena, json_object_to_json_string(resource), SIZE_MAX);
        }
    }
    const char *text = en_arena_print(
        &e->t.arena,
        "\"patient\":%s,\"conditions\":%s,\"allergies\":%s,\"medications\":%s,\"observations\":%s,"
        "\"procedures\":%s,\"prescriptions\":null",
        patient, searchset(e, bundle, "Condition"), searchset(e, bundle, "AllergyIntolerance"),
        searchset(e, bundle, "MedicationStatement"), searchset(e, bundle, "Observation"),
        searchset(e, bundle, "Procedure"));

    (void)json_object_put(bundle);
    en_buf_free(&bytes);
    return text;
}

#define ORDER(id, code)                                                                            \
    "{\"resourceType\":\"ServiceRequest\",\"id\":\"" id                                            \
    "\",\"status\":\"draft\",\"intent\":\"order\",\"code\":{" code                                 \
    "},\"subject\":{\"reference\":\"Patient/patient\"}}"
#define PROLOTHERAPY "\"text\":\"Prolotherapy, right knee\""
#define OTHER        "\"text\":\"X-ray of the knee\""

static const char *orders(struct ehr *e, const char *member, const char *resource)
{
    return en_arena_print(&e->t.arena,
                          "\"%s\":{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[{"
                          "\"resource\":%s}]}",
                          member, resource);
}

static const char *request(struct ehr *e, const char *hook, const char *context,
                           const char *prefetched)
{
    return en_arena_print(&e->t.arena,
                          "{\"hookInstance\":\"" HOOK "\",\"hook\":\"%s\",\"fhirServer\":"
                          "\"https://ehr.example/fhir\",\"context\":{\"userId\":\"Practitioner/u\","
                          "\"patientId\":\"patient\"%s%s},\"prefetch\":{%s}}",
                          hook, context[0] == '\0' ? "" : ",", context, prefetched);
}

static struct rest_answer call(struct ehr *e, int status, const char *service, const char *body)
{
    const char *address = en_arena_print(&e->t.arena, "/cds-services/%s", service);

    return rest_expect(&e->t, status, "POST", address, token(e, address, 60), body);
}

/* Discovery needs no token and says what must be sent. */
static void test_discovery(const char *url)
{
    struct ehr e;

    open_ehr(&e, url);
    const struct rest_answer a = rest_expect(&e.t, 200, "GET", "/cds-services", NULL, NULL);
    struct json_object *root = json_tokener_parse(a.body);
    struct json_object *services = en_json_get(root, "services");

    check_full(root, "");
    CHECK(en_json_count(services) == 4);
    for (size_t i = 0; i < en_json_count(services); i++) {
        struct json_object *s = en_json_at(services, i);

        CHECK(en_json_text(s, "hook") != NULL && en_json_text(s, "id") != NULL);
        CHECK(en_json_text(s, "description") != NULL);
        CHECK_TEXT(en_json_text(en_json_get(s, "prefetch"), "patient"),
                   "Patient/{{context.patientId}}");
    }
    (void)json_object_put(root);
    close_ehr(&e);
}

/* Only a fresh token of an EHR in the list, for this very address, opens the door; else a bare 401
 * that says nothing. */
static void test_who_may_call(const char *url)
{
    static const char SIGN[] = "/cds-services/prolotherapy-order-sign";
    struct ehr e, stranger;

    open_ehr(&e, url);
    const char *body = request(&e, "order-sign", orders(&e, "draftOrders", ORDER("o1", OTHER)),
                               prefetch(&e, "knee-oa.json"));
    struct rest_answer a = rest_expect(&e.t, 401, "POST", SIGN, NULL, body);

    CHECK(a.size == 0);
    CHECK_TEXT(rest_header(&a, "WWW-Authenticate"), "Bearer");
    (void)rest_expect(&e.t, 401, "POST", SIGN, "Authorization: Bearer x.y.z", body);
    (void)rest_expect(&e.t, 401, "POST", SIGN, token(&e, "/cds-services", 60), body);
    (void)rest_expect(&e.t, 401, "POST", SIGN, token(&e, SIGN, -3600), body);
    (void)rest_expect(&e.t, 401, "POST", SIGN, token(&e, SIGN, 86400), body);
    stranger = e;
    stranger.key = jwt_key("ES384", 0);
    (void)rest_expect(&e.t, 401, "POST", SIGN, token(&stranger, SIGN, 60), body);
    gnutls_privkey_deinit(stranger.key);
    e.tokens = stranger.tokens;
    const char *once = token(&e, SIGN, 60);

    (void)rest_expect(&e.t, 200, "POST", SIGN, once, body);
    (void)rest_expect(&e.t, 401, "POST", SIGN, once, body); /* somebody repeats it */
    e.t.server.cds->count = 0;
    (void)rest_expect(&e.t, 401, "POST", SIGN, token(&e, SIGN, 60), body);
    close_ehr(&e);
}

/* A contraindication is a critical card; what is not known is one warning, never silence. */
static void test_order_sign_tells_what_fires(const char *url)
{
    struct ehr e;

    open_ehr(&e, url);
    const char *order = orders(&e, "draftOrders", ORDER("o1", PROLOTHERAPY));
    struct rest_answer a = call(&e, 200, "prolotherapy-order-sign",
                                request(&e, "order-sign", order, prefetch(&e, "hot-joint.json")));

    CHECK(cards_of(&a) >= 2);
    CHECK_CONTAINS(a.body, "\"critical\"");
    CHECK_CONTAINS(a.body, "Septic joint suspected");
    CHECK_CONTAINS(a.body, "CI-02");
    const struct rest_answer again =
        call(&e, 200, "prolotherapy-order-sign",
             request(&e, "order-sign", order, prefetch(&e, "hot-joint.json")));

    CHECK_TEXT(again.body, a.body);
    /* Almost nothing is known of this one. */
    a = call(&e, 200, "prolotherapy-order-sign",
             request(&e, "order-sign", order,
                     "\"patient\":{\"resourceType\":\"Patient\",\"id\":\"patient\"},"
                     "\"conditions\":null,\"allergies\":null,\"medications\":null"));
    CHECK(cards_of(&a) >= 1);
    CHECK_CONTAINS(a.body, "could stop it");
    CHECK_CONTAINS(a.body, "\"warning\"");
    CHECK(rest_audited(&e.t, "order-sign", NULL, 0) == 3);
    close_ehr(&e);
}

/* What is no prolotherapy gets no card, whatever the record says. Codes, words and displays are
 * understood. */
static void test_silence_where_it_is_not_about_prolotherapy(const char *url)
{
    static const char *const CODES[] = {
        ORDER("o1", "\"coding\":[{\"system\":\"https://enthesis.org/fhir/CodeSystem/procedure\","
                    "\"code\":\"prolotherapy-session\"}]"),
        ORDER("o1", "\"coding\":[{\"system\":\"urn:x\",\"code\":\"M0076\"}]"),
        ORDER("o1", "\"coding\":[{\"system\":\"urn:x\",\"code\":\"1\",\"display\":\"Regenerative "
                    "injection therapy of the knee\"}]"),
        ORDER("o1", PROLOTHERAPY),
    };
    struct ehr e;
    struct rest_answer a;

    open_ehr(&e, url);
    const char *record = prefetch(&e, "hot-joint.json");

    a = call(&e, 200, "prolotherapy-order-sign",
             request(&e, "order-sign", orders(&e, "draftOrders", ORDER("o1", OTHER)), record));
    CHECK(cards_of(&a) == 0);
    for (size_t i = 0; i < EN_COUNT(CODES); i++) {
        a = call(&e, 200, "prolotherapy-order-sign",
                 request(&e, "order-sign", orders(&e, "draftOrders", CODES[i]), record));
        CHECK(cards_of(&a) > 0);
    }
    close_ehr(&e);
}

/* Only what the user selected is checked. */
static void test_order_select(const char *url)
{
    struct ehr e;
    struct rest_answer a;

    open_ehr(&e, url);
    const char *order = orders(&e, "draftOrders", ORDER("o1", PROLOTHERAPY));
    const char *record = prefetch(&e, "hot-joint.json");

    a = call(&e, 200, "prolotherapy-order-select",
             request(&e, "order-select",
                     en_arena_print(&e.t.arena, "\"selections\":[\"ServiceRequest/o2\"],%s", order),
                     record));
    CHECK(cards_of(&a) == 0);
    a = call(&e, 200, "prolotherapy-order-select",
             request(&e, "order-select",
                     en_arena_print(&e.t.arena, "\"selections\":[\"ServiceRequest/o1\"],%s", order),
                     record));
    CHECK(cards_of(&a) > 0);
    close_ehr(&e);
}

/* Looking at a patient is disturbed only when prolotherapy is ordered or planned, and something
 * speaks against it: then once. */
static void test_patient_view_is_quiet(const char *url)
{
    struct ehr e;
    struct rest_answer a;

    open_ehr(&e, url);
    const char *record = prefetch(&e, "hot-joint.json");

    a = call(
        &e, 200, "prolotherapy-patient-view",
        request(&e, "patient-view", "", en_arena_print(&e.t.arena, "%s,\"orders\":null", record)));
    CHECK(cards_of(&a) == 0);
    a = call(
        &e, 200, "prolotherapy-patient-view",
        request(&e, "patient-view", "",
                en_arena_print(&e.t.arena, "%s,\"orders\":%s", record, ORDER("o1", PROLOTHERAPY))));
    CHECK(cards_of(&a) == 1);
    CHECK_CONTAINS(a.body, "critical");
    a = call(&e, 200, "prolotherapy-patient-view",
             request(&e, "patient-view", "",
                     en_arena_print(&e.t.arena, "%s,\"orders\":%s", prefetch(&e, "knee-oa.json"),
                                    ORDER("o1", PROLOTHERAPY))));
    CHECK(cards_of(&a) == 0);
    close_ehr(&e);
}

/* A booking is checked like an order, on its day. */
static void test_appointment_book(const char *url)
{
    static const char BOOKING[] =
        "{\"resourceType\":\"Appointment\",\"id\":\"a1\",\"status\":\"proposed\",\"serviceType\":[{"
        "\"text\":\"prolotherapy\"}],\"start\":\"2026-03-09T10:00:00Z\",\"end\":"
        "\"2026-03-09T11:00:00Z\",\"participant\":[{\"actor\":{\"reference\":\"Patient/patient\"},"
        "\"status\":\"accepted\"}]}";
    struct ehr e;

    open_ehr(&e, url);
    const struct rest_answer a =
        call(&e, 200, "prolotherapy-appointment-book",
             request(&e, "appointment-book", orders(&e, "appointments", BOOKING),
                     prefetch(&e, "hot-joint.json")));

    CHECK(cards_of(&a) > 0);
    close_ehr(&e);
}

/* What is missing is told with 412 and its name: nothing is fetched. null is an answer. */
static void test_missing_prefetch(const char *url)
{
    struct ehr e;
    struct rest_answer a;

    open_ehr(&e, url);
    const char *order = orders(&e, "draftOrders", ORDER("o1", PROLOTHERAPY));

    a = call(&e, 412, "prolotherapy-order-sign", request(&e, "order-sign", order, ""));
    CHECK_CONTAINS(a.body, "prefetch.patient");
    a = call(&e, 412, "prolotherapy-order-sign",
             request(&e, "order-sign", order,
                     "\"patient\":{\"resourceType\":\"Patient\",\"id\":\"patient\"},"
                     "\"conditions\":null,\"allergies\":null"));
    CHECK_CONTAINS(a.body, "prefetch.medications");
    (void)call(&e, 412, "prolotherapy-order-sign",
               request(&e, "order-sign", order,
                       "\"patient\":null,\"conditions\":null,\"allergies\":null,\"medications\":"
                       "null"));
    a = call(&e, 400, "prolotherapy-order-sign",
             request(&e, "order-sign", order,
                     "\"patient\":{\"resourceType\":\"Patient\",\"id\":\"another\"},"
                     "\"conditions\":null,\"allergies\":null,\"medications\":null"));
    CHECK_CONTAINS(a.body, "another than context.patientId");
    close_ehr(&e);
}

/* Calls that are wrong in themselves, as HL7's test cases have them. */
static void test_wrong_calls(const char *url)
{
    struct ehr e;
    struct rest_answer a;

    open_ehr(&e, url);
    const char *record = prefetch(&e, "knee-oa.json");
    const char *order = orders(&e, "draftOrders", ORDER("o1", PROLOTHERAPY));
    const char *good = request(&e, "order-sign", order, record);
    static const struct {
        const char *from, *to, *part;
    } WRONG[] = {
        {"\"patientId\":\"patient\"", "\"patientId\":\"Patient/patient\"", "patientId"},
        {HOOK, "not-a-uuid", "hookInstance"},
        {"\"hook\":\"order-sign\"", "\"hook\":\"order-select\"", "hook"},
        {"\"userId\":\"Practitioner/u\",", "", "userId"},
        {"\"status\":\"draft\"", "\"status\":\"Xdraft\"", "status"},
        {"\"draftOrders\"", "\"drafts\"", "draftOrders"},
        {"\"context\":{", "\"context\":{{", ""},
    };

    for (size_t i = 0; i < EN_COUNT(WRONG); i++) {
        const char *at = strstr(good, WRONG[i].from);

        CHECK(at != NULL);
        a = call(&e, 400, "prolotherapy-order-sign",
                 en_arena_print(&e.t.arena, "%.*s%s%s", (int)(at - good), good, WRONG[i].to,
                                at + strlen(WRONG[i].from)));
        CHECK_CONTAINS(a.body, WRONG[i].part);
    }
    (void)call(&e, 404, "no-such-service", good);
    close_ehr(&e);
}

/* A record that cannot be read is told as such: no cards would look like no findings. */
static void test_unreadable_record(const char *url)
{
    struct ehr e;

    open_ehr(&e, url);
    const struct rest_answer a =
        call(&e, 200, "prolotherapy-order-sign",
             request(&e, "order-sign", orders(&e, "draftOrders", ORDER("o1", PROLOTHERAPY)),
                     "\"patient\":{\"resourceType\":\"Patient\",\"id\":\"patient\",\"birthDate\":"
                     "\"X2002-09-26\"},\"conditions\":null,\"allergies\":null,\"medications\":"
                     "null"));

    CHECK(cards_of(&a) == 1);
    CHECK_CONTAINS(a.body, "could not be read");
    CHECK_CONTAINS(a.body, "birthDate");
    CHECK(strstr(a.body, "X2002") == NULL);
    close_ehr(&e);
}

struct figures {
    int64_t shown, overridden;
};

static enum en_status figures_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct figures *f = context;

    return en_tx_cds_figures(tx, NULL, &f->shown, &f->overridden, err);
}

/* What became of a card is kept, once, for cards that were shown to this EHR. */
static void test_feedback(const char *url)
{
    static const char ADDRESS[] = "/cds-services/prolotherapy-order-sign/feedback";
    struct ehr e;
    struct figures f = {0};

    open_ehr(&e, url);
    const struct rest_answer a =
        call(&e, 200, "prolotherapy-order-sign",
             request(&e, "order-sign", orders(&e, "draftOrders", ORDER("o1", PROLOTHERAPY)),
                     prefetch(&e, "hot-joint.json")));
    const char *good = en_arena_print(
        &e.t.arena,
        "{\"feedback\":[{\"card\":\"%s\",\"outcome\":\"overridden\",\"overrideReason\":{\"reason\":"
        "{"
        "\"code\":\"no-longer-true\"},\"userComment\":\"she is fine\"},\"outcomeTimestamp\":"
        "\"2026-03-02T10:00:00Z\"}]}",
        rest_member(&e.t, &a, "uuid"));

    (void)rest_expect(&e.t, 401, "POST", ADDRESS, NULL, good);
    (void)rest_expect(&e.t, 200, "POST", ADDRESS, token(&e, ADDRESS, 60), good);
    (void)rest_expect(&e.t, 200, "POST", ADDRESS, token(&e, ADDRESS, 60), good);
    CHECK(en_store_read(e.t.server.store, figures_work, &f, NULL) == EN_OK);
    CHECK(f.shown == (int64_t)rest_count(&a, "\"uuid\"") && f.overridden == 1);
    (void)rest_expect(&e.t, 404, "POST", ADDRESS, token(&e, ADDRESS, 60),
                      "{\"feedback\":[{\"card\":\"" HOOK "\",\"outcome\":\"accepted\","
                      "\"outcomeTimestamp\":\"2026-03-02T10:00:00Z\"}]}");
    (void)rest_expect(&e.t, 400, "POST", ADDRESS, token(&e, ADDRESS, 60),
                      "{\"feedback\":[{\"card\":\"" HOOK "\",\"outcome\":\"liked\","
                      "\"outcomeTimestamp\":\"2026-03-02T10:00:00Z\"}]}");
    (void)rest_expect(&e.t, 400, "POST", ADDRESS, token(&e, ADDRESS, 60), "{\"feedback\":[]}");
    close_ehr(&e);
}

/* A browser page of a listed origin may call; of another it may not. */
static void test_pages_of_other_hosts(const char *url)
{
    static const char SIGN[] = "/cds-services/prolotherapy-order-sign";
    struct ehr e;

    open_ehr(&e, url);
    struct rest_answer a =
        rest_expect(&e.t, 204, "OPTIONS", SIGN, "Origin: https://page.example", NULL);

    CHECK_TEXT(rest_header(&a, "Access-Control-Allow-Origin"), "https://page.example");
    CHECK_CONTAINS(rest_header(&a, "Access-Control-Allow-Headers"), "Authorization");
    CHECK_CONTAINS(rest_header(&a, "Access-Control-Allow-Methods"), "POST");
    CHECK_TEXT(rest_header(&a, "Vary"), "Origin");
    a = rest_expect(&e.t, 204, "OPTIONS", SIGN, "Origin: https://other.example", NULL);
    CHECK(rest_header(&a, "Access-Control-Allow-Origin") == NULL);
    a = rest_expect(&e.t, 200, "GET", "/cds-services", "Origin: https://page.example", NULL);
    CHECK_TEXT(rest_header(&a, "Access-Control-Allow-Origin"), "https://page.example");
    close_ehr(&e);
}

/* A list of EHRs that is wrong stops the start, and the text says where. */
static void test_list_of_ehrs(void **state)
{
    static const char *const WRONG[] = {
        "{}",
        "{\"clients\":[]}",
        "{\"clients\":[{\"iss\":\"https://a\"}]}",
        "{\"clients\":[{\"iss\":\"https://a\",\"keys\":{\"keys\":[]}}]}",
        "not json",
    };
    struct en_arena a = EN_ARENA(4 << 20);
    gnutls_privkey_t key = jwt_key("ES384", 0);
    struct en_cds *cds = NULL;
    struct en_err err = {""};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(WRONG); i++) {
        CHECK(en_cds_read(WRONG[i], strlen(WRONG[i]), &a, &cds, &err) == EN_EINVAL);
        CHECK(err.text[0] != '\0');
    }
    const char *secret = en_arena_print(&a, "{\"clients\":[{\"iss\":\"https://a\",\"keys\":%s}]}",
                                        jwt_jwk(key, "k", true, &a));

    CHECK(en_cds_read(secret, strlen(secret), &a, &cds, &err) == EN_EINVAL);
    const char *origin =
        en_arena_print(&a,
                       "{\"clients\":[{\"iss\":\"https://a\",\"keys\":%s,\"origins\":[\"https://a/"
                       "path\"]}]}",
                       jwt_jwk(key, "k", false, &a));

    CHECK(en_cds_read(origin, strlen(origin), &a, &cds, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "client 1");
    CHECK(en_cds_load(NULL, &a, &cds, &err) == EN_OK && cds->count == 0);
    CHECK(en_cds_load("/nowhere/at/all", &a, &cds, &err) == EN_ENOTFOUND);
    gnutls_privkey_deinit(key);
    en_arena_free(&a);
}

TEST_MAIN(ON_BOTH(test_discovery), ON_BOTH(test_who_may_call),
          ON_BOTH(test_order_sign_tells_what_fires),
          ON_BOTH(test_silence_where_it_is_not_about_prolotherapy), ON_BOTH(test_order_select),
          ON_BOTH(test_patient_view_is_quiet), ON_BOTH(test_appointment_book),
          ON_BOTH(test_missing_prefetch), ON_BOTH(test_wrong_calls),
          ON_BOTH(test_unreadable_record), ON_BOTH(test_feedback),
          ON_BOTH(test_pages_of_other_hosts), cmocka_unit_test(test_list_of_ehrs));
