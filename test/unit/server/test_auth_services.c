/* SPDX-License-Identifier: Apache-2.0
 * Services with signed assertions or secrets, and patients by one-time links. */
#include "support/clinic.h"
#include "support/jwt.h"

#include "base/text.h"
#include "server/attempt.h"
#include "support/stores.h"

#include <string.h>

#define FORM      "Content-Type: application/x-www-form-urlencoded\n"
#define TOKEN_URL "http://clinic.example/auth/token"

static const int64_t SECOND_US = 1000000;

static gnutls_privkey_t key;

static int make_key(void **state)
{
    (void)state;
    key = jwt_key("ES384", 0);
    return 0;
}

static int drop_key(void **state)
{
    (void)state;
    gnutls_privkey_deinit(key);
    return 0;
}

static const char *assertion(struct clinic *c, const char *issuer, const char *jti)
{
    return jwt_sign(key, "ES384", "{\"alg\":\"ES384\",\"kid\":\"k\",\"typ\":\"JWT\"}",
                    en_arena_print(&c->arena,
                                   "{\"iss\":\"%s\",\"sub\":\"%s\",\"aud\":\"" TOKEN_URL
                                   "\",\"exp\":%lld,\"jti\":\"%s\"}",
                                   issuer, issuer, (long long)(c->now_us / SECOND_US + 300), jti),
                    &c->arena);
}

static struct clinic_answer ask_token(struct clinic *c, const char *scope, const char *signed_text)
{
    return clinic_ask(c, NULL, "POST", "/auth/token", FORM,
                      en_arena_print(&c->arena,
                                     "grant_type=client_credentials&scope=%s&client_assertion_type="
                                     "urn%%3Aietf%%3Aparams%%3Aoauth%%3Aclient-assertion-type%%3A"
                                     "jwt-bearer&client_assertion=%s",
                                     scope, signed_text));
}

static void add_client(struct clinic *c, struct browser *owner, const char *scopes)
{
    (void)clinic_expect(c, owner, 201, "POST", "/auth/clients",
                        en_arena_print(&c->arena,
                                       "{\"id\":\"ehr\",\"name\":\"An EHR\",\"scopes\":\"%s\","
                                       "\"jwks\":{\"keys\":[%s]}}",
                                       scopes, jwt_jwk(key, "k", false, &c->arena)));
}

/* A signed assertion gives a token with the scopes asked for, once, for five minutes; what the
 * token may not, it may not; an answer with a token is never kept. */
static void services_come_in_by_assertion(const char *url)
{
    struct clinic c;
    struct browser owner, service = {.bearer = NULL};

    clinic_open(&c, url);
    c.now_us = 1800000000 * SECOND_US;
    clinic_owner(&c, &owner);
    add_client(&c, &owner, "system/*.rs");
    struct clinic_answer token = ask_token(&c, "system/Patient.rs", assertion(&c, "ehr", "1"));

    CHECK(token.status == 200);
    CHECK_TEXT(clinic_member(&c, &token, "token_type"), "bearer");
    CHECK_TEXT(clinic_member(&c, &token, "scope"), "system/Patient.rs");
    CHECK_CONTAINS(token.body, "\"expires_in\": 300");
    service.bearer = clinic_member(&c, &token, "access_token");
    struct clinic_answer me = clinic_expect(&c, &service, 200, "GET", "/auth/me", NULL);

    CHECK_TEXT(clinic_member(&c, &me, "login"), "client:ehr");
    CHECK_TEXT(clinic_member(&c, &me, "role"), "service");
    (void)clinic_expect(&c, &service, 200, "GET", "/fhir/Patient", NULL);
    (void)clinic_expect(&c, &service, 403, "GET", "/fhir/Observation", NULL);
    (void)clinic_expect(&c, &service, 403, "GET", "/auth/accounts", NULL);
    CHECK(ask_token(&c, "system/Patient.rs", assertion(&c, "ehr", "1")).status == 400); /* replay */
    CHECK(ask_token(&c, "system/Patient.rs", assertion(&c, "ehr", "2")).status == 200);
    c.now_us += 300 * SECOND_US - 1;
    (void)clinic_expect(&c, &service, 200, "GET", "/auth/me", NULL);
    c.now_us += 1;
    struct clinic_answer late = clinic_expect(&c, &service, 401, "GET", "/auth/me", NULL);

    CHECK_CONTAINS(clinic_header(&late, "WWW-Authenticate"), "invalid_token");
    clinic_close(&c);
}

/* Everything else is refused with an error of OAuth, and nobody learns which clients there are. */
static void other_assertions_are_refused(const char *url)
{
    static const char *const SCOPES[] = {"system/Patient.crs", "system/*.rs+metrics",
                                         "patient/Patient.rs", "x", ""};
    static const char *const FORMS[] = {
        "",
        "grant_type=client_credentials",
        "grant_type=password&scope=system/Patient.rs",
        "grant_type=client_credentials&grant_type=client_credentials&scope=system/Patient.rs",
        "grant_type=client_credentials&scope=system/Patient.rs&client_assertion=a.b.c",
        "grant_type=client_credentials&scope=%",
    };
    struct clinic c;
    struct browser owner;

    clinic_open(&c, url);
    clinic_owner(&c, &owner);
    add_client(&c, &owner, "system/*.rs");
    for (size_t i = 0; i < EN_COUNT(SCOPES); i++) {
        const struct clinic_answer answer =
            ask_token(&c, SCOPES[i], assertion(&c, "ehr", en_arena_print(&c.arena, "s%zu", i)));

        CHECK(answer.status == 400);
        CHECK_TEXT(clinic_member(&c, &answer, "error"), "invalid_scope");
    }
    for (size_t i = 0; i < EN_COUNT(FORMS); i++) {
        CHECK(clinic_ask(&c, NULL, "POST", "/auth/token", FORM, FORMS[i]).status == 400);
    }
    CHECK(clinic_ask(&c, NULL, "POST", "/auth/token", NULL, "{}").status == 400);
    const struct clinic_answer unknown =
        ask_token(&c, "system/Patient.rs", assertion(&c, "no", "1"));
    gnutls_privkey_t other = jwt_key("ES384", 0), mine = key;

    key = other;
    const struct clinic_answer forged =
        ask_token(&c, "system/Patient.rs", assertion(&c, "ehr", "9"));

    key = mine;
    gnutls_privkey_deinit(other);
    CHECK(unknown.status == 400 && forged.status == 400);
    CHECK_TEXT(clinic_member(&c, &unknown, "error"), "invalid_client");
    CHECK_TEXT(unknown.body, forged.body);
    clinic_close(&c);
}

/* A service that is disabled, or loses scopes, loses its tokens at once and gets no more. */
static void services_can_be_stopped(const char *url)
{
    struct clinic c;
    struct browser owner, service = {.bearer = NULL}, by_secret;

    clinic_open(&c, url);
    clinic_owner(&c, &owner);
    add_client(&c, &owner, "system/*.rs");
    struct clinic_answer token = ask_token(&c, "system/*.rs", assertion(&c, "ehr", "1"));

    service.bearer = clinic_member(&c, &token, "access_token");
    (void)clinic_expect(&c, &service, 200, "GET", "/auth/me", NULL);
    (void)clinic_expect(&c, &owner, 204, "PATCH", "/auth/clients/ehr",
                        "{\"scopes\":\"system/Patient.rs\"}");
    (void)clinic_expect(&c, &service, 401, "GET", "/auth/me", NULL);
    CHECK(ask_token(&c, "system/*.rs", assertion(&c, "ehr", "2")).status == 400);
    CHECK(ask_token(&c, "system/Patient.rs", assertion(&c, "ehr", "3")).status == 200);
    (void)clinic_expect(&c, &owner, 204, "PATCH", "/auth/clients/ehr", "{\"disabled\":true}");
    CHECK(ask_token(&c, "system/Patient.rs", assertion(&c, "ehr", "4")).status == 400);
    clinic_service(&c, &owner, "metrics", &by_secret);
    (void)clinic_expect(&c, &by_secret, 403, "GET", "/fhir/Patient", NULL);
    (void)clinic_expect(&c, &owner, 400, "POST", "/auth/clients",
                        "{\"id\":\"bad\",\"name\":\"x\",\"scopes\":\"user/Patient.rs\"}");
    (void)clinic_expect(&c, &owner, 400, "POST", "/auth/clients",
                        en_arena_print(&c.arena,
                                       "{\"id\":\"bad\",\"name\":\"x\",\"scopes\":\"metrics\","
                                       "\"jwks\":%s}",
                                       jwt_jwk(key, "k", true, &c.arena)));
    (void)clinic_expect(&c, &owner, 409, "POST", "/auth/clients",
                        "{\"id\":\"ehr\",\"name\":\"x\",\"scopes\":\"metrics\"}");
    clinic_close(&c);
}

/* What SMART looks for, at both places, for every page. */
static void smart_is_described(const char *url)
{
    static const char *const PLACES[] = {"/.well-known/smart-configuration",
                                         "/fhir/.well-known/smart-configuration"};
    struct clinic c;

    clinic_open(&c, url);
    for (size_t i = 0; i < EN_COUNT(PLACES); i++) {
        const struct clinic_answer smart = clinic_expect(&c, NULL, 200, "GET", PLACES[i], NULL);

        CHECK_TEXT(clinic_member(&c, &smart, "token_endpoint"), TOKEN_URL);
        CHECK_CONTAINS(smart.body, "client-confidential-asymmetric");
        CHECK_TEXT(clinic_header(&smart, "Access-Control-Allow-Origin"), "*");
    }
    clinic_close(&c);
}

static const char *make_link(struct clinic *c, struct browser *b, const char *body)
{
    const struct clinic_answer made = clinic_expect(c, b, 201, "POST", "/auth/links", body);

    CHECK_CONTAINS(clinic_member(c, &made, "link"), "http://clinic.example/#link=");
    return clinic_member(c, &made, "token");
}

static int use_link(struct clinic *c, struct browser *b, const char *token)
{
    return clinic_ask(c, b, "POST", "/auth/link", NULL,
                      en_arena_print(&c->arena, "{\"token\":\"%s\"}", token))
        .status;
}

/* A link opens one patient's record, once, and nothing of the clinic. */
static void links_open_once(const char *url)
{
    struct clinic c;
    struct browser owner, reception, patient = {.bearer = NULL}, other = {.bearer = NULL};

    clinic_open(&c, url);
    clinic_owner(&c, &owner);
    clinic_patient(&c, "p1");
    clinic_staff(&c, &owner, "reception", &reception);
    (void)clinic_expect(&c, &owner, 404, "POST", "/auth/links", "{\"patient\":\"nobody\"}");
    (void)clinic_expect(&c, &owner, 400, "POST", "/auth/links", "{\"patient\":\"p1\",\"days\":91}");
    (void)clinic_expect(&c, &owner, 400, "POST", "/auth/links", "{\"patient\":\"p1\",\"uses\":0}");
    const char *token = make_link(&c, &reception, "{\"patient\":\"p1\"}");

    CHECK(use_link(&c, &patient, token) == 200);
    CHECK(use_link(&c, &other, token) == 401);
    CHECK(use_link(&c, &other, "x") == 401);
    const struct clinic_answer me = clinic_expect(&c, &patient, 200, "GET", "/auth/me", NULL);

    CHECK_TEXT(clinic_member(&c, &me, "role"), "patient");
    CHECK_TEXT(clinic_member(&c, &me, "patient"), "p1");
    CHECK(en_text_starts(clinic_member(&c, &me, "login"), "link:"));
    (void)clinic_expect(&c, &patient, 403, "GET", "/auth/accounts", NULL);
    (void)clinic_expect(&c, &patient, 403, "POST", "/auth/links", "{\"patient\":\"p1\"}");
    (void)clinic_expect(&c, &patient, 403, "PUT", "/auth/draft/x", "{}");
    (void)clinic_expect(&c, &patient, 403, "POST", "/auth/password",
                        "{\"current\":\"x\",\"new\":\"" CLINIC_PASSWORD "\"}");
    CHECK(clinic_audited(&c, "link-login", 0) == 1 && clinic_audited(&c, "link-login", 8) == 2);
    clinic_close(&c);
}

/* By a link to one record nothing of another is read, found, or written. */
static void links_stay_in_one_record(const char *url)
{
    struct clinic c;
    struct browser owner, patient;

    clinic_open(&c, url);
    clinic_owner(&c, &owner);
    clinic_patient(&c, "p1");
    clinic_patient(&c, "p2");
    clinic_link(&c, &owner, "p1", &patient);
    CHECK_CONTAINS(clinic_expect(&c, &patient, 200, "GET", "/fhir/Patient/p1", NULL).body, "p1");
    const int foreign = clinic_ask(&c, &patient, "GET", "/fhir/Patient/p2", NULL, NULL).status;

    CHECK(foreign == 403 || foreign == 404);
    char body[] = "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":"
                  "\"pain\"},\"subject\":{\"reference\":\"Patient/p1\"},\"valueInteger\":3}";

    CHECK(clinic_ask(&c, &patient, "POST", "/fhir/Observation",
                     "Content-Type: application/fhir+json\n", body)
              .status == 201);
    strstr(body, "Patient/p1")[9] = '2';
    const int written = clinic_ask(&c, &patient, "POST", "/fhir/Observation",
                                   "Content-Type: application/fhir+json\n", body)
                            .status;

    CHECK(written == 403 || written == 422);
    CHECK(store_number(url, "SELECT count(*) FROM resource WHERE type = 'Observation'") == 1);
    const struct clinic_answer found =
        clinic_expect(&c, &patient, 200, "GET", "/fhir/Observation", NULL);

    CHECK_CONTAINS(found.body, "Patient/p1");
    CHECK(strstr(found.body, "Patient/p2") == NULL);
    (void)clinic_expect(&c, &patient, 403, "GET", "/fhir/Condition", NULL);
    clinic_close(&c);
}

/* Times and uses at their limits; ending a patient's links ends what was opened by them. */
static void links_run_out(const char *url)
{
    const int64_t start = 1800000000 * SECOND_US, day_us = 86400 * SECOND_US;
    struct clinic c;
    struct browser owner, patient = {.bearer = NULL};

    clinic_open(&c, url);
    c.now_us = start;
    clinic_owner(&c, &owner);
    clinic_patient(&c, "p1");
    const char *two = make_link(&c, &owner, "{\"patient\":\"p1\",\"uses\":2,\"days\":3}");
    const char *late = make_link(&c, &owner, "{\"patient\":\"p1\",\"days\":3}");

    CHECK(use_link(&c, &patient, two) == 200);
    c.now_us = start + 3 * day_us - 1;
    CHECK(use_link(&c, &patient, two) == 200);
    CHECK(use_link(&c, &patient, two) == 401);
    (void)clinic_expect(&c, &patient, 200, "GET", "/auth/me", NULL);
    c.now_us += 1;
    CHECK(use_link(&c, &(struct browser){.bearer = NULL}, late) == 401);
    c.now_us = start + 3 * day_us - 1 + 7200 * SECOND_US;
    (void)clinic_expect(&c, &patient, 401, "GET", "/auth/me", NULL); /* two hours */
    clinic_close(&c);
}

static void links_can_be_ended(const char *url)
{
    struct clinic c;
    struct browser owner, patient, other = {.bearer = NULL};

    clinic_open(&c, url);
    clinic_owner(&c, &owner);
    clinic_patient(&c, "p1");
    clinic_patient(&c, "p2");
    clinic_link(&c, &owner, "p1", &patient);
    const char *open_one = make_link(&c, &owner, "{\"patient\":\"p1\"}");
    const char *others = make_link(&c, &owner, "{\"patient\":\"p2\"}");

    CHECK_CONTAINS(clinic_expect(&c, &owner, 200, "GET", "/auth/links/p1", NULL).body,
                   "\"uses_left\": 1");
    (void)clinic_expect(&c, &owner, 204, "DELETE", "/auth/links/p1", NULL);
    (void)clinic_expect(&c, &patient, 401, "GET", "/auth/me", NULL);
    CHECK(use_link(&c, &other, open_one) == 401);
    CHECK(use_link(&c, &other, others) == 200);
    clinic_close(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOTH(services_come_in_by_assertion),
        ON_SQLITE(other_assertions_are_refused),
        ON_SQLITE(services_can_be_stopped),
        ON_SQLITE(smart_is_described),
        ON_BOTH(links_open_once),
        ON_SQLITE(links_stay_in_one_record),
        ON_SQLITE(links_run_out),
        ON_SQLITE(links_can_be_ended),
    };

    return cmocka_run_group_tests(tests, make_key, drop_key);
}
