/* SPDX-License-Identifier: Apache-2.0
 * CDS Hooks as an EHR calls it: preflight, discovery, services with their prefetch, feedback. */
#include "support/clinic.h"
#include "support/jwt.h"

#include "base/text.h"
#include "fhir/json.h"
#include "server/cds_inside.h"
#include "support/stores.h"

#include <string.h>

enum { DAY = 20514 }; /* 2026-03-02 */

#define ISSUER "https://ehr.example"
#define ORIGIN "https://ehr.example:8443"
#define ROOT   "http://clinic.example"
#define SIGN   "/cds-services/enthesis-order-sign"
#define SELECT "/cds-services/enthesis-order-select"
#define VIEW   "/cds-services/enthesis-patient-view"
#define BOOK   "/cds-services/enthesis-appointment-book"
#define HEAD   "\"hookInstance\":\"5a1f0c9e-2b7d-4c63-9d58-0e4b7a6f1c23\""
#define PEOPLE "\"userId\":\"Practitioner/practitioner\",\"patientId\":\"patient\""

#define ORDER                                                                                      \
    "{\"resource\":{\"resourceType\":\"ServiceRequest\",\"id\":\"o1\",\"status\":\"draft\","       \
    "\"intent\":\"order\",\"code\":{\"text\":\"Prolotherapy of the knee\"},"                       \
    "\"subject\":{\"reference\":\"Patient/patient\"}}}"
#define OTHER_ORDER                                                                                \
    "{\"resource\":{\"resourceType\":\"ServiceRequest\",\"id\":\"o2\",\"status\":\"draft\","       \
    "\"intent\":\"order\",\"code\":{\"text\":\"Chest X-ray\"},"                                    \
    "\"subject\":{\"reference\":\"Patient/patient\"}}}"
#define DRAFTS(entries)                                                                            \
    "\"draftOrders\":{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[" entries "]" \
    "}"

static gnutls_privkey_t key, other_key;
static int jti;

static int make_keys(void **state)
{
    (void)state;
    key = jwt_key("ES384", 0);
    other_key = jwt_key("ES384", 0);
    return 0;
}

static int drop_keys(void **state)
{
    (void)state;
    gnutls_privkey_deinit(key);
    gnutls_privkey_deinit(other_key);
    return 0;
}

static void open_ehr(struct clinic *c, const char *url)
{
    struct en_knowledge *knowledge = NULL;
    struct en_err err = {""};

    clinic_open(c, url);
    CHECK(en_knowledge_load(NULL, &c->arena, &knowledge, NULL) == EN_OK);
    c->server.knowledge = knowledge;
    c->server.options.today = DAY;
    const char *file = en_arena_print(&c->arena,
                                      "{\"clients\":[{\"name\":\"ehr\",\"iss\":\"" ISSUER "\","
                                      "\"jwks\":{\"keys\":[%s]},\"origins\":[\"" ORIGIN "\"]}]}",
                                      jwt_jwk(key, "k", false, &c->arena));

    if (en_cds_clients_read(file, strlen(file), "clients.json", &c->arena, &c->server.cds, &err) !=
        EN_OK) {
        fail_msg("%s", err.text);
    }
}

/* What a token says, and how it differs from a proper one. */
struct claims {
    const char *issuer, *audience, *jti, *algorithm;
    int64_t from_s, to_s; /* beside now */
    bool without_iat, by_other;
};

static const char *token(struct clinic *c, const struct claims *t)
{
    const int64_t now_s = c->now_us / 1000000;
    const char *algorithm = t->algorithm == NULL ? "ES384" : t->algorithm;
    const char *issued =
        t->without_iat ? ""
                       : en_arena_print(&c->arena, ",\"iat\":%lld", (long long)(now_s + t->from_s));
    const char *id = t->jti == NULL ? en_arena_print(&c->arena, "j%d", ++jti) : t->jti;

    return jwt_sign(
        t->by_other ? other_key : key, "ES384",
        en_arena_print(&c->arena, "{\"alg\":\"%s\",\"kid\":\"k\",\"typ\":\"JWT\"}", algorithm),
        en_arena_print(&c->arena, "{\"iss\":\"%s\",\"aud\":\"%s\",\"exp\":%lld,\"jti\":\"%s\"%s}",
                       t->issuer == NULL ? ISSUER : t->issuer, t->audience,
                       (long long)(now_s + (t->to_s == 0 ? 300 : t->to_s)), id, issued),
        &c->arena);
}

static struct clinic_answer ask_with(struct clinic *c, const struct claims *t, const char *method,
                                     const char *target, const char *body)
{
    const char *headers = en_arena_print(
        &c->arena, "Content-Type: application/json\nOrigin: " ORIGIN "\nAuthorization: Bearer %s\n",
        token(c, t));

    return clinic_ask(c, NULL, method, target, headers, body);
}

/* The shape of every answer: no null, "", [] or {} but for the empty list of cards. */
static void check_values(struct json_object *value, bool is_cards)
{
    CHECK(value != NULL);
    if (json_object_is_type(value, json_type_string)) {
        CHECK(json_object_get_string_len(value) > 0);
    } else if (json_object_is_type(value, json_type_array)) {
        CHECK(is_cards || json_object_array_length(value) > 0);
        for (size_t i = 0; i < json_object_array_length(value); i++) {
            check_values(json_object_array_get_idx(value, i), false);
        }
    } else if (json_object_is_type(value, json_type_object)) {
        CHECK(json_object_object_length(value) > 0);
        json_object_object_foreach(value, name, member)
        {
            check_values(member, strcmp(name, "cards") == 0);
        }
    }
}

static void check_card(struct json_object *card)
{
    const char *summary = en_json_text(card, "summary");
    struct json_object *source = en_json_get(card, "source");

    CHECK(summary != NULL && strlen(summary) < 140);
    CHECK(en_cds_is_uuid(en_json_text(card, "uuid")));
    CHECK(en_list_has("info; warning; critical", en_json_text(card, "indicator")));
    CHECK(en_json_text(card, "detail") != NULL);
    CHECK(en_json_text(source, "label") != NULL && en_json_text(source, "url") != NULL);
    CHECK((en_json_get(card, "suggestions") == NULL) ==
          (en_json_get(card, "selectionBehavior") == NULL));
    for (size_t i = 0; i < en_json_count(en_json_get(card, "overrideReasons")); i++) {
        CHECK(en_json_text(en_json_at(en_json_get(card, "overrideReasons"), i), "display") != NULL);
    }
}

static void check_shape(const struct clinic_answer *answer)
{
    struct json_object *root = json_tokener_parse(answer->body);

    check_values(root, false);
    if (answer->status == 200 && en_json_get(root, "services") == NULL) {
        struct json_object *cards = en_json_get(root, "cards");

        CHECK(json_object_is_type(cards, json_type_array));
        for (size_t i = 0; i < en_json_count(cards); i++) {
            check_card(en_json_at(cards, i));
        }
        CHECK(strstr(answer->body, "Synthetic Patient") == NULL);
        CHECK(strstr(answer->body, "1968-05-14") == NULL);
    }
    CHECK(answer->status < 400 || en_json_text(root, "message") != NULL);
    (void)json_object_put(root);
}

/* Ask with a proper token: the status must be this one, the shape always right. */
static struct clinic_answer expect(struct clinic *c, int status, const char *target,
                                   const char *body)
{
    const struct claims t = {.audience = en_arena_print(&c->arena, ROOT "%s", target)};
    const struct clinic_answer answer =
        ask_with(c, &t, body == NULL ? "GET" : "POST", target, body);

    if (answer.status != status) {
        fail_msg("%s answers %d, not %d: %s", target, answer.status, status, answer.body);
    }
    if (answer.body[0] != '\0') {
        check_shape(&answer);
    }
    return answer;
}

/* How often the part occurs. */
static size_t count(const char *text, const char *part)
{
    size_t n = 0;

    for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part)) {
        n++;
    }
    return n;
}

/* The prefetch of a case of examples/cases as an EHR would send it: by the keys that are declared,
 * a Bundle for each search, null where nothing was found. without: key that is left out. */
static const char *prefetch_of(struct clinic *c, const char *file, const char *without)
{
    struct en_buf bytes = EN_BUF(8 << 20), out = EN_BUF(8 << 20);
    const char *path = en_arena_print(&c->arena, EN_SOURCE_ROOT "/examples/cases/%s", file);

    CHECK(en_buf_read_file(&bytes, path, NULL) == EN_OK);
    struct json_object *root = json_tokener_parse(en_buf_text(&bytes));
    struct json_object *entries = en_json_get(root, "entry");
    bool is_first = true;

    en_buf_add(&out, "\"prefetch\":{");
    for (const struct en_cds_prefetch *p = EN_CDS_PREFETCH; p->key != NULL; p++) {
        const size_t size = strcspn(p->template, "/?");
        const bool is_read = p->template[size] == '/';
        size_t found = 0;

        if (without != NULL && strcmp(without, p->key) == 0) {
            continue;
        }
        en_buf_print(&out, "%s\"%s\":", is_first ? "" : ",", p->key);
        is_first = false;
        for (size_t i = 0; i < en_json_count(entries); i++) {
            struct json_object *one = en_json_get(en_json_at(entries, i), "resource");
            const char *type = en_json_text(one, "resourceType");

            if (strlen(type) != size || strncmp(type, p->template, size) != 0) {
                continue;
            }
            en_buf_add(&out, is_read      ? ""
                             : found == 0 ? "{\"resourceType\":\"Bundle\",\"type\":\"searchset\","
                                            "\"entry\":[{\"resource\":"
                                          : ",{\"resource\":");
            en_buf_add(&out, json_object_to_json_string_ext(one, JSON_C_TO_STRING_PLAIN));
            en_buf_add(&out, is_read ? "" : "}");
            found++;
        }
        en_buf_add(&out, found == 0 ? "null" : is_read ? "" : "]}");
    }
    en_buf_add(&out, "}");
    const char *text = en_arena_copy(&c->arena, en_buf_text(&out), out.size);

    (void)json_object_put(root);
    en_buf_free(&bytes);
    en_buf_free(&out);
    return text;
}

static const char *sign_body(struct clinic *c, const char *file)
{
    return en_arena_print(&c->arena,
                          "{\"hook\":\"order-sign\"," HEAD ",\"context\":{" PEOPLE
                          "," DRAFTS(OTHER_ORDER "," ORDER) "},%s}",
                          prefetch_of(c, file, NULL));
}

/* A browser's EHR asks first whether its page may ask; only origins of clients may. */
static void test_preflight_is_for_origins_of_clients(const char *url)
{
    struct clinic c;

    open_ehr(&c, url);
    const struct clinic_answer yes =
        clinic_ask(&c, NULL, "OPTIONS", SIGN,
                   "Origin: " ORIGIN "\nAccess-Control-Request-Method: POST\n", NULL);

    CHECK(yes.status == 204);
    CHECK_TEXT(clinic_header(&yes, "Access-Control-Allow-Origin"), ORIGIN);
    CHECK_CONTAINS(clinic_header(&yes, "Access-Control-Allow-Methods"), "POST");
    CHECK_CONTAINS(clinic_header(&yes, "Access-Control-Allow-Headers"), "Authorization");
    const struct clinic_answer no =
        clinic_ask(&c, NULL, "OPTIONS", SIGN, "Origin: https://evil.example\n", NULL);

    CHECK(no.status == 204);
    CHECK(clinic_header(&no, "Access-Control-Allow-Origin") == NULL);
    CHECK_TEXT(clinic_header(&no, "Vary"), "Origin");
    clinic_close(&c);
}

/* Discovery lists what there is, with templates of the syntax that every EHR knows. */
static void test_discovery_lists_services(const char *url)
{
    struct clinic c;

    open_ehr(&c, url);
    const struct clinic_answer answer = expect(&c, 200, "/cds-services", NULL);

    CHECK(count(answer.body, "\"hook\"") == 4);
    CHECK_CONTAINS(answer.body, "\"enthesis-order-sign\"");
    CHECK_CONTAINS(answer.body, "\"Patient/{{context.patientId}}\"");
    CHECK_TEXT(clinic_header(&answer, "Access-Control-Allow-Origin"), ORIGIN);
    CHECK(clinic_audited(&c, "cds-services", 0) == 1);
    clinic_close(&c);
}

/* No call without a token that this EHR signed for this very address, now, once. The answer is
 * bare: nothing tells which of these was wrong. */
static void test_calls_need_a_fresh_token_of_a_client(const char *url)
{
    static const struct claims WRONG[] = {
        {.audience = ROOT "/cds-services/other"},
        {.audience = "https://clinic.example/cds-services"},
        {.audience = ROOT "/cds-services", .issuer = "https://other.example"},
        {.audience = ROOT "/cds-services", .by_other = true},
        {.audience = ROOT "/cds-services", .algorithm = "none"},
        {.audience = ROOT "/cds-services", .algorithm = "HS384"},
        {.audience = ROOT "/cds-services", .from_s = -1000, .to_s = -500},
        {.audience = ROOT "/cds-services", .to_s = 100000},
        {.audience = ROOT "/cds-services", .without_iat = true},
        {.audience = ROOT "/cds-services", .jti = ""},
    };
    const struct claims right = {.audience = ROOT "/cds-services", .jti = "once"};
    struct clinic c;

    open_ehr(&c, url);
    for (size_t i = 0; i < EN_COUNT(WRONG); i++) {
        const struct clinic_answer answer = ask_with(&c, &WRONG[i], "GET", "/cds-services", NULL);

        if (answer.status != 401 || answer.body[0] != '\0') {
            fail_msg("token %zu: %d %s", i, answer.status, answer.body);
        }
    }
    CHECK(clinic_ask(&c, NULL, "GET", "/cds-services", NULL, NULL).status == 401);
    CHECK(ask_with(&c, &right, "GET", "/cds-services", NULL).status == 200);
    CHECK(ask_with(&c, &right, "GET", "/cds-services", NULL).status == 401);
    /* All but a stranger's and the three that are no tokens at all; and the one that came twice. */
    CHECK(clinic_audited(&c, "denied", 8) == EN_COUNT(WRONG) - 4 + 1);
    c.server.cds = NULL; /* no file of clients */
    CHECK(ask_with(&c, &(struct claims){.audience = ROOT "/cds-services"}, "GET", "/cds-services",
                   NULL)
              .status == 401);
    clinic_close(&c);
}

/* The file of clients is read to the letter: a typing error must not let somebody in, or keep
 * somebody out unseen. */
static void test_file_of_clients_is_strict(const char *url)
{
    struct clinic c;

    open_ehr(&c, url);
    const char *jwk = jwt_jwk(key, "k", false, &c.arena);
    const char *good = en_arena_print(&c.arena,
                                      "{\"name\":\"a\",\"iss\":\"https://a.example\","
                                      "\"jwks\":{\"keys\":[%s]}}",
                                      jwk);
    const char *const wrong[] = {
        "{}",
        "[]",
        "{\"clients\":[]}",
        "{\"clients\":[",
        "{\"clients\":[1]}",
        "{\"clients\":[{\"name\":\"a\",\"iss\":\"https://a.example\"}]}",
        "{\"clients\":[{\"name\":\"a\",\"iss\":\"https://a.example\",\"jwks\":{\"keys\":[]}}]}",
        en_arena_print(&c.arena, "{\"clients\":[%s,%s]}", good, good),
        en_arena_print(&c.arena, "{\"clients\":[%s],\"more\":1}", good),
        en_arena_print(&c.arena,
                       "{\"clients\":[{\"name\":\"A B\",\"iss\":\"i\",\"jwks\":{\"keys\":[%s]}}]}",
                       jwk),
        en_arena_print(&c.arena,
                       "{\"clients\":[{\"name\":\"a\",\"iss\":\"i\",\"jwks\":{\"keys\":[%s]},"
                       "\"origins\":[\"https://a.example/\"]}]}",
                       jwk),
        en_arena_print(&c.arena,
                       "{\"clients\":[{\"name\":\"a\",\"iss\":\"i\",\"jwks\":{\"keys\":[%s]},"
                       "\"origins\":[\"*\"]}]}",
                       jwk),
        en_arena_print(&c.arena,
                       "{\"clients\":[{\"name\":\"a\",\"iss\":\"i\",\"jwks\":{\"keys\":[%s]},"
                       "\"orgins\":[\"https://a.example\"]}]}",
                       jwk),
        en_arena_print(&c.arena,
                       "{\"clients\":[{\"name\":\"a\",\"iss\":\"i\",\"jwks\":{\"keys\":[%s]}}]}",
                       jwt_jwk(key, "k", true, &c.arena)),
    };
    const struct en_cds *cds = NULL;

    for (size_t i = 0; i < EN_COUNT(wrong); i++) {
        struct en_err err = {""};

        if (en_cds_clients_read(wrong[i], strlen(wrong[i]), "f.json", &c.arena, &cds, &err) !=
                EN_EINVAL ||
            strstr(err.text, "f.json") == NULL) {
            fail_msg("file %zu: %s", i, err.text);
        }
    }
    good = en_arena_print(&c.arena, "{\"clients\":[%s]}", good);
    CHECK(en_cds_clients_read(good, strlen(good), "f.json", &c.arena, &cds, NULL) == EN_OK);
    CHECK(en_cds_client_of(cds, "https://a.example") != NULL);
    CHECK(!en_cds_is_origin(cds, NULL, "null") && !en_cds_is_origin(cds, NULL, NULL));
    clinic_close(&c);
}

/* An order that a rule stops gets a critical card that names the rule, its source and its grade,
 * and that nobody approved it; the call is in the audit trail under the patient's id. */
static void test_order_sign_tells_what_stops(const char *url)
{
    struct clinic c;

    open_ehr(&c, url);
    const struct clinic_answer answer = expect(&c, 200, SIGN, sign_body(&c, "hot-joint.json"));

    CHECK(count(answer.body, "\"critical\"") >= 1);
    CHECK_CONTAINS(answer.body, "(CI-02)");
    CHECK_CONTAINS(answer.body, "grade G");
    CHECK_CONTAINS(answer.body, "not approved by a clinician");
    CHECK_CONTAINS(answer.body, "no override");
    CHECK_CONTAINS(answer.body, en_knowledge_version(c.server.knowledge));
    CHECK_TEXT(clinic_header(&answer, "Access-Control-Allow-Origin"), ORIGIN);
    CHECK(clinic_audited(&c, "order-sign", 0) == 1);
    CHECK(store_number(url, "SELECT count(*) FROM cds_card") ==
          (int64_t)count(answer.body, "\"uuid\""));
    clinic_close(&c);
}

/* The verdict is the one of `enthesis assess`: a case that may be treated has no critical card and
 * no open questions; what is unknown is asked, never passed over. */
static void test_order_sign_judges_as_assess_does(const char *url)
{
    struct clinic c;

    open_ehr(&c, url);
    const struct clinic_answer fine = expect(&c, 200, SIGN, sign_body(&c, "knee-oa.json"));

    CHECK(count(fine.body, "\"critical\"") == 0);
    CHECK(strstr(fine.body, "cannot be decided") == NULL);
    const struct clinic_answer open = expect(&c, 200, SIGN, sign_body(&c, "unknown-weight.json"));

    CHECK_CONTAINS(open.body, "cannot be decided");
    CHECK_CONTAINS(open.body, "\"warning\"");
    clinic_close(&c);
}

/* What is no prolotherapy is none of our business, and needs no data. */
static void test_other_orders_are_left_alone(const char *url)
{
    struct clinic c;

    open_ehr(&c, url);
    const struct clinic_answer none = expect(&c, 200, SIGN,
                                             "{\"hook\":\"order-sign\"," HEAD
                                             ",\"context\":{" PEOPLE "," DRAFTS(OTHER_ORDER) "}}");

    CHECK(count(none.body, "\"uuid\"") == 0);
    const char *form =
        "{\"hook\":\"order-select\"," HEAD ",\"context\":{" PEOPLE
        ",\"selections\":[\"ServiceRequest/%s\"]," DRAFTS(OTHER_ORDER "," ORDER) "},%s}";
    const char *data = prefetch_of(&c, "hot-joint.json", NULL);

    for (int i = 1; i <= 2; i++) {
        char id[3] = {'o', (char)('0' + i), '\0'};
        struct en_buf body = EN_BUF(8 << 20);

        /* The draft that is selected decides, not what else lies in the basket. */
        const char *at = strstr(form, "%s");

        en_buf_add_bytes(&body, form, (size_t)(at - form));
        en_buf_add(&body, id);
        en_buf_add_bytes(&body, at + 2, strlen(at + 2) - 3);
        en_buf_print(&body, "%s}", data);
        const struct clinic_answer answer = expect(&c, 200, SELECT, en_buf_text(&body));

        CHECK((count(answer.body, "\"critical\"") > 0) == (i == 1));
        en_buf_free(&body);
    }
    clinic_close(&c);
}

/* patient-view is silent unless prolotherapy is planned; then one card sums up. */
static void test_patient_view_speaks_when_it_is_planned(const char *url)
{
    struct clinic c;

    open_ehr(&c, url);
    const char *data = prefetch_of(&c, "hot-joint.json", NULL);
    const char *body = en_arena_print(
        &c.arena, "{\"hook\":\"patient-view\"," HEAD ",\"context\":{" PEOPLE "},%s}", data);
    const struct clinic_answer silent = expect(&c, 200, VIEW, body);

    CHECK(count(silent.body, "\"uuid\"") == 0);
    const char *plans = strstr(data, "\"plans\":null");

    CHECK(plans != NULL);
    body = en_arena_print(&c.arena,
                          "{\"hook\":\"patient-view\"," HEAD ",\"context\":{" PEOPLE
                          "},%.*s\"plans\":{\"resourceType\":\"Bundle\",\"type\":\"searchset\","
                          "\"entry\":[{\"resource\":{\"resourceType\":\"CarePlan\",\"id\":\"cp\","
                          "\"status\":\"active\",\"intent\":\"plan\",\"title\":\"Prolotherapy\","
                          "\"subject\":{\"reference\":\"Patient/patient\"}}}]}%s}",
                          (int)(plans - data), data, plans + strlen("\"plans\":null"));
    const struct clinic_answer answer = expect(&c, 200, VIEW, body);

    CHECK(count(answer.body, "\"uuid\"") == 1);
    CHECK_CONTAINS(answer.body, "\"critical\"");
    CHECK_CONTAINS(answer.body, "CI-02");
    clinic_close(&c);
}

/* The same for a session that is being booked. */
static void test_appointment_is_checked_when_it_is_for_it(const char *url)
{
    struct clinic c;

    open_ehr(&c, url);
    const char *data = prefetch_of(&c, "hot-joint.json", NULL);

    for (int i = 0; i < 2; i++) {
        const char *body = en_arena_print(
            &c.arena,
            "{\"hook\":\"appointment-book\"," HEAD ",\"context\":{" PEOPLE
            ",\"appointments\":{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":["
            "{\"resource\":{\"resourceType\":\"Appointment\",\"id\":\"a\",\"status\":\"proposed\","
            "\"serviceType\":[{\"text\":\"%s\"}],\"participant\":[{\"actor\":{\"reference\":"
            "\"Patient/patient\"},\"status\":\"needs-action\"}]}}]}},%s}",
            i == 0 ? "Prolotherapy session" : "Podiatry", data);
        const struct clinic_answer answer = expect(&c, 200, BOOK, body);

        CHECK(count(answer.body, "\"critical\"") == (i == 0 ? 1U : 0U));
    }
    clinic_close(&c);
}

/* What lacks is asked for by 412, never fetched; a page of several is told. */
static void test_missing_prefetch_is_412(const char *url)
{
    static const char *const NEEDED[] = {"patient", "conditions", "allergies", "observations"};
    struct clinic c;

    open_ehr(&c, url);
    for (size_t i = 0; i < EN_COUNT(NEEDED); i++) {
        const struct clinic_answer answer =
            expect(&c, 412, SIGN,
                   en_arena_print(&c.arena,
                                  "{\"hook\":\"order-sign\"," HEAD
                                  ",\"fhirServer\":\"http://127.0.0.1:9/fhir\",\"context\":{" PEOPLE
                                  "," DRAFTS(ORDER) "},%s}",
                                  prefetch_of(&c, "knee-oa.json", NEEDED[i])));

        CHECK_CONTAINS(answer.body, NEEDED[i]);
    }
    const char *cut = sign_body(&c, "knee-oa.json");
    const char *mark = strstr(cut, "\"conditions\":{");

    CHECK(mark != NULL);
    mark += strlen("\"conditions\":{");
    const struct clinic_answer answer = expect(
        &c, 200, SIGN,
        en_arena_print(&c.arena, "%.*s\"link\":[{\"relation\":\"next\",\"url\":\"http://x/2\"}],%s",
                       (int)(mark - cut), cut, mark));

    CHECK_CONTAINS(answer.body, "not all of the record was sent");
    CHECK(clinic_audited(&c, "order-sign", 4) == EN_COUNT(NEEDED));
    clinic_close(&c);
}

/* Calls that are not what their hook says; the message names the member. */
static void test_bad_calls_are_400(const char *url)
{
    static const struct {
        const char *target, *body, *word;
    } BAD[] = {
        {SIGN, "{", "JSON"},
        {SIGN, "[]", "object"},
        {SIGN, "{" HEAD ",\"context\":{" PEOPLE "," DRAFTS(ORDER) "}}", "hook"},
        {SIGN, "{\"hook\":\"patient-view\"," HEAD ",\"context\":{" PEOPLE "}}", "order-sign"},
        {SIGN, "{\"hook\":\"order-sign\",\"context\":{" PEOPLE "," DRAFTS(ORDER) "}}",
         "hookInstance"},
        {SIGN,
         "{\"hook\":\"order-sign\",\"hookInstance\":\"1\",\"context\":{" PEOPLE
         "," DRAFTS(ORDER) "}}",
         "hookInstance"},
        {SIGN, "{\"hook\":\"order-sign\"," HEAD "}", "context"},
        {SIGN, "{\"hook\":\"order-sign\"," HEAD ",\"context\":null}", "context"},
        {SIGN, "{\"hook\":\"order-sign\"," HEAD ",\"context\":{" PEOPLE "}}", "draftOrders"},
        {SIGN,
         "{\"hook\":\"order-sign\"," HEAD ",\"context\":{\"userId\":\"Practitioner/1\","
         "\"patientId\":\"Patient/patient\"," DRAFTS(ORDER) "}}",
         "patientId"},
        {SIGN,
         "{\"hook\":\"order-sign\"," HEAD ",\"context\":{\"userId\":\"1\","
         "\"patientId\":\"patient\"," DRAFTS(ORDER) "}}",
         "userId"},
        {SIGN,
         "{\"hook\":\"order-sign\"," HEAD ",\"context\":{\"userId\":\"Practitioner/1\","
         "\"patientId\":\"somebody\"," DRAFTS(ORDER) "}}",
         "draft"},
        {SIGN,
         "{\"hook\":\"order-sign\"," HEAD ",\"fhirAuthorization\":{\"access_token\":\"t\"},"
         "\"context\":{" PEOPLE "," DRAFTS(ORDER) "}}",
         "fhirServer"},
        {SIGN,
         "{\"hook\":\"order-sign\"," HEAD ",\"fhirServer\":\"file:///etc/passwd\","
         "\"context\":{" PEOPLE "," DRAFTS(ORDER) "}}",
         "fhirServer"},
        {SIGN,
         "{\"hook\":\"order-sign\"," HEAD ",\"context\":{" PEOPLE
         "," DRAFTS(ORDER) "},\"prefetch\":[]}",
         "prefetch"},
        {SIGN,
         "{\"hook\":\"order-sign\"," HEAD ",\"context\":{" PEOPLE
         "," DRAFTS(ORDER) "},\"prefetch\":{\"conditions\":{\"entry\":[]}}}",
         "conditions"},
        {SIGN,
         "{\"hook\":\"order-sign\"," HEAD ",\"context\":{" PEOPLE "," DRAFTS(
             ORDER) "},\"prefetch\":{\"patient\":{\"resourceType\":\"Patient\",\"id\":\"x\"}}}",
         "another Patient"},
        {SELECT,
         "{\"hook\":\"order-select\"," HEAD ",\"context\":{" PEOPLE
         ",\"selections\":[\"o1\"]," DRAFTS(ORDER) "}}",
         "selections"},
        {SELECT, "{\"hook\":\"order-select\"," HEAD ",\"context\":{" PEOPLE "," DRAFTS(ORDER) "}}",
         "selections"},
        {BOOK, "{\"hook\":\"appointment-book\"," HEAD ",\"context\":{" PEOPLE "}}", "appointments"},
    };
    struct clinic c;

    open_ehr(&c, url);
    for (size_t i = 0; i < EN_COUNT(BAD); i++) {
        const struct clinic_answer answer = expect(&c, 400, BAD[i].target, BAD[i].body);

        CHECK_CONTAINS(answer.body, BAD[i].word);
    }
    (void)expect(&c, 404, "/cds-services/other", "{}");
    /* A resource that is none of FHIR's makes no case. */
    const char *body = sign_body(&c, "knee-oa.json");
    char *gender = strstr(body, "\"female\"");

    CHECK(gender != NULL);
    memcpy(gender, "\"fxmale\"", 8);
    CHECK_CONTAINS(expect(&c, 422, SIGN, body).body, "gender");
    clinic_close(&c);
}

static struct clinic_answer tell(struct clinic *c, int status, const char *card, const char *rest)
{
    return expect(c, status, SIGN "/feedback",
                  en_arena_print(&c->arena, "{\"feedback\":[{\"card\":\"%s\"%s}]}", card, rest));
}

#define AT ",\"outcomeTimestamp\":\"2026-03-02T10:00:00Z\""

/* What became of a card is kept once, with its rule; nobody can tell of cards that he was not
 * given. */
static void test_feedback_is_kept(const char *url)
{
    static const char OVERRIDDEN[] =
        ",\"outcome\":\"overridden\",\"overrideReason\":{\"reason\":{\"code\":\"already-handled\","
        "\"system\":\"https://enthesis.org/fhir/CodeSystem/override-reason\"},\"userComment\":"
        "\"seen\"}" AT;
    static const char *const BAD[] = {
        "",
        AT,
        ",\"outcome\":\"ignored\"" AT,
        ",\"outcome\":\"overridden\"",
        ",\"outcome\":\"overridden\",\"outcomeTimestamp\":\"yesterday\"",
        ",\"outcome\":\"overridden\",\"outcomeTimestamp\":\"2999-01-01T00:00:00Z\"",
        ",\"outcome\":\"accepted\"" AT,
        ",\"outcome\":\"accepted\",\"acceptedSuggestions\":[]" AT,
        ",\"outcome\":\"accepted\",\"acceptedSuggestions\":[{\"id\":1}]" AT,
        ",\"outcome\":\"overridden\",\"acceptedSuggestions\":[{\"id\":\"s\"}]" AT,
        ",\"outcome\":\"overridden\",\"overrideReason\":\"no\"" AT,
        ",\"outcome\":\"overridden\",\"overrideReason\":{\"reason\":{\"display\":\"x\"}}" AT,
    };
    struct clinic c;

    open_ehr(&c, url);
    const struct clinic_answer cards = expect(&c, 200, SIGN, sign_body(&c, "hot-joint.json"));
    struct json_object *root = json_tokener_parse(cards.body);
    const char *uuid = en_arena_copy(
        &c.arena, en_json_text(en_json_at(en_json_get(root, "cards"), 0), "uuid"), SIZE_MAX);

    (void)json_object_put(root);
    (void)tell(&c, 200, uuid, OVERRIDDEN);
    (void)tell(&c, 200, uuid, OVERRIDDEN);
    CHECK(store_number(url, "SELECT count(*) FROM cds_feedback") == 1);
    CHECK(store_number(url, "SELECT count(*) FROM cds_feedback WHERE rule = 'CI-02.stop' AND"
                            " reason_code = 'already-handled' AND comment = 'seen' AND"
                            " client = 'cds:ehr'") == 1);
    CHECK(clinic_audited(&c, "cds-feedback", 0) == 2);
    for (size_t i = 0; i < EN_COUNT(BAD); i++) {
        (void)tell(&c, 400, uuid, BAD[i]);
    }
    (void)tell(&c, 400, "1", OVERRIDDEN);
    (void)tell(&c, 400, "5a1f0c9e-2b7d-4c63-9d58-0e4b7a6f1c23", OVERRIDDEN);
    (void)expect(&c, 400, SIGN "/feedback", "{\"feedback\":[]}");
    (void)expect(
        &c, 400, VIEW "/feedback",
        en_arena_print(&c.arena, "{\"feedback\":[{\"card\":\"%s\"%s}]}", uuid, OVERRIDDEN));
    (void)expect(&c, 404, "/cds-services/other/feedback", "{}");
    CHECK(store_number(url, "SELECT count(*) FROM cds_feedback") == 1);
    clinic_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_SQLITE(test_preflight_is_for_origins_of_clients),
        ON_SQLITE(test_discovery_lists_services),
        ON_BOTH(test_calls_need_a_fresh_token_of_a_client),
        ON_SQLITE(test_file_of_clients_is_strict),
        ON_BOTH(test_order_sign_tells_what_stops),
        ON_SQLITE(test_order_sign_judges_as_assess_does),
        ON_SQLITE(test_other_orders_are_left_alone),
        ON_SQLITE(test_patient_view_speaks_when_it_is_planned),
        ON_SQLITE(test_appointment_is_checked_when_it_is_for_it),
        ON_SQLITE(test_missing_prefetch_is_412),
        ON_SQLITE(test_bad_calls_are_400),
        ON_BOTH(test_feedback_is_kept),
    };

    return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
