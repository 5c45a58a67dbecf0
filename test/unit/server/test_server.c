/* SPDX-License-Identifier: Apache-2.0
 * A whole server, asked over the network: the way of a request from the guard to the log, TLS, the
 * door that is closed by default, starting and ending. */
#include "base/text.h"
#include "support/server.h"

#include <gnutls/crypto.h>
#include <stdlib.h>
#include <strings.h>

#define PATIENT "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"Synthetic\"}]}"

/* What every answer carries, good or bad. */
static void check_headers(const struct http_answer *answer, bool is_tls)
{
    static const char *const NAMES[] = {"Content-Security-Policy",
                                        "X-Content-Type-Options",
                                        "X-Frame-Options",
                                        "Referrer-Policy",
                                        "Cache-Control",
                                        "X-Request-Id",
                                        "Cross-Origin-Opener-Policy",
                                        "Cross-Origin-Resource-Policy",
                                        "Permissions-Policy"};

    for (size_t i = 0; i < EN_COUNT(NAMES); i++) {
        if (http_value(answer, NAMES[i]) == NULL) {
            fail_msg("no %s in: %s", NAMES[i], answer->head);
        }
    }
    CHECK((http_value(answer, "Strict-Transport-Security") != NULL) == is_tls);
    CHECK(answer->status < 400 || strstr(answer->body, "OperationOutcome") != NULL);
}

static void expect(struct test_server *t, int status, const char *method, const char *target,
                   const char *headers, const char *body)
{
    struct http_answer answer = server_expect(t, status, method, target, headers, body);

    check_headers(&answer, t->is_tls);
    http_free(&answer);
}

/* Addresses and methods: 404, 405 with Allow, OPTIONS, HEAD; without a login 401 for all that is
 * not public, with the way to log in. */
static void test_addresses_and_methods(void **state)
{
    struct test_server t;
    struct http_answer answer;

    (void)state;
    server_open(&t, NULL, NULL);
    expect(&t, 200, "GET", "/health", "", NULL);
    expect(&t, 404, "GET", "/nothing", "", NULL);
    answer = server_expect(&t, 405, "DELETE", "/health", "", NULL);
    CHECK_TEXT(http_value(&answer, "Allow"), "GET, HEAD, OPTIONS");
    check_headers(&answer, false);
    http_free(&answer);
    answer = server_expect(&t, 204, "OPTIONS", "/health", "", NULL);
    CHECK_TEXT(http_value(&answer, "Allow"), "GET, HEAD, OPTIONS");
    http_free(&answer);
    answer = server_expect(&t, 200, "HEAD", "/health", "", NULL);
    CHECK_TEXT(http_value(&answer, "Content-Length"), "16");
    http_free(&answer);
    answer = server_expect(&t, 401, "GET", "/fhir/Patient", "", NULL);
    CHECK_CONTAINS(http_value(&answer, "WWW-Authenticate"), "Bearer");
    http_free(&answer);
    expect(&t, 401, "POST", "/fhir/Patient", "", PATIENT);
    expect(&t, 401, "GET", "/metrics", "", NULL);
    answer = server_expect(&t, 200, "GET", "/robots.txt", "", NULL);
    CHECK_CONTAINS(http_value(&answer, "Cache-Control"), "public");
    http_free(&answer);
    server_close(&t);
}

/* The first password must be changed before anything else; then the owner may do what an owner may,
 * and others what their role may. */
static void test_rights_are_asked(void **state)
{
    struct test_server t;
    char owner[SERVER_HEADERS], auditor[SERVER_HEADERS];

    (void)state;
    server_open(&t, NULL, NULL);
    CHECK(server_login(&t, "owner", "a wrong password", owner) == 401);
    CHECK(server_login(&t, "owner", t.first, owner) == 200);
    expect(&t, 403, "GET", "/fhir/Patient", owner, NULL);
    expect(&t, 403, "GET", "/metrics", owner, NULL);
    expect(&t, 200, "GET", "/auth/me", owner, NULL);
    server_owner(&t, owner);
    expect(&t, 200, "GET", "/fhir/Patient", owner, NULL);
    server_staff(&t, owner, "auditor", auditor);
    expect(&t, 403, "GET", "/auth/accounts", auditor, NULL);
    expect(&t, 403, "GET", "/fhir/Patient", auditor, NULL);
    server_close(&t);
}

/* A page of another site makes a browser send our cookie, but cannot know the token, and its Origin
 * shows. The same for logging somebody in. */
static void test_forged_requests_are_refused(void **state)
{
    struct test_server t;
    char owner[SERVER_HEADERS], cookie[SERVER_HEADERS], text[SERVER_HEADERS + 128];

    (void)state;
    server_open(&t, NULL, NULL);
    server_owner(&t, owner);
    (void)snprintf(cookie, sizeof cookie, "%.*s", (int)(strstr(owner, "\r\n") + 2 - owner), owner);
    expect(&t, 200, "GET", "/fhir/Patient", cookie, NULL);
    expect(&t, 403, "POST", "/fhir/Patient", cookie, PATIENT);
    (void)snprintf(text, sizeof text, "%sX-CSRF-Token: %s\r\n", cookie, "0123456789");
    expect(&t, 403, "POST", "/fhir/Patient", text, PATIENT);
    expect(&t, 201, "POST", "/fhir/Patient", owner, PATIENT);
    (void)snprintf(text, sizeof text, "%sOrigin: http://localhost\r\n", owner);
    expect(&t, 201, "POST", "/fhir/Patient", text, PATIENT);
    static const char *const OTHERS[] = {"http://localhost.example", "http://localhos",
                                         "https://localhost",        "null",
                                         "http://localhost:1",       ""};

    for (size_t i = 0; i < EN_COUNT(OTHERS); i++) {
        (void)snprintf(text, sizeof text, "%sOrigin: %s\r\n", owner, OTHERS[i]);
        expect(&t, 403, "POST", "/fhir/Patient", text, PATIENT);
        (void)snprintf(text, sizeof text, "Origin: %s\r\n", OTHERS[i]);
        expect(&t, 403, "POST", "/auth/login", text, "{\"login\":\"a\",\"password\":\"b\"}");
    }
    server_close(&t);
}

/* Bodies must say that they are JSON: a form of another site cannot. */
static void test_bodies_must_be_json(void **state)
{
    static const struct {
        const char *type;
        int status;
    } CASES[] = {
        {"application/fhir+json", 201},
        {"Application/FHIR+JSON; fhirVersion=4.0", 201},
        {"application/json;charset=UTF-8", 201},
        {"application/json; charset=\"utf-8\"", 201},
        {"application/json; charset=latin1", 415},
        {"text/plain", 415},
        {"application/jsonx", 415},
        {"application/fhir+xml", 415},
        {"application/x-www-form-urlencoded", 415},
        {"multipart/form-data; boundary=x", 415},
    };
    struct test_server t;
    char owner[SERVER_HEADERS], text[SERVER_HEADERS + 128];

    (void)state;
    server_open(&t, NULL, NULL);
    server_owner(&t, owner);
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        (void)snprintf(text, sizeof text, "%sContent-Type: %s\r\n", owner, CASES[i].type);
        expect(&t, CASES[i].status, "POST", "/fhir/Patient", text, PATIENT);
    }
    server_close(&t);
}

/* Without a login an address has so many requests; then it waits. Who is logged in does not. */
static void test_strangers_are_limited(void **state)
{
    struct en_server_options options = {.anonymous_per_s = 0.01};
    struct test_server t;
    struct http_answer answer;
    char owner[SERVER_HEADERS];

    (void)state;
    server_open(&t, &options, NULL);
    expect(&t, 404, "GET", "/nothing", "", NULL); /* the burst is one */
    answer = server_expect(&t, 429, "GET", "/health", "", NULL);
    CHECK(strtol(http_value(&answer, "Retry-After"), NULL, 10) > 1);
    check_headers(&answer, false);
    http_free(&answer);
    expect(&t, 429, "GET", "/nothing", "", NULL);
    expect(&t, 429, "GET", "/fhir/Patient", "", NULL);
    expect(&t, 429, "GET", "/fhir/Patient", "Authorization: Bearer stale\r\n", NULL);
    server_close(&t);
    options.anonymous_per_s = 3.0; /* two logins, and one left */
    server_open(&t, &options, NULL);
    server_owner(&t, owner);
    do {
        http_free(&answer);
        answer = server_ask(&t, "GET", "/health", "", NULL);
    } while (answer.status == 200);
    CHECK(answer.status == 429);
    http_free(&answer);
    expect(&t, 200, "GET", "/fhir/Patient", owner, NULL);
    server_close(&t);
}

/* A line of the log names the route, never the address: an id is a patient's, a query a name. */
static void test_log_holds_no_patient(void **state)
{
    struct test_server t;
    char owner[SERVER_HEADERS];

    (void)state;
    server_open(&t, NULL, NULL);
    server_owner(&t, owner);
    expect(&t, 200, "GET", "/fhir/Patient?family=Syntheticfamily", owner, NULL);
    expect(&t, 404, "GET", "/fhir/Patient/synthetic-id", owner, NULL);
    expect(&t, 404, "GET", "/Syntheticfamily", owner, NULL);
    expect(&t, 400, "GET", "/fhir/Patient?nothing=Syntheticfamily", owner, NULL);
    expect(&t, 400, "GET", "/../Syntheticfamily", "", NULL);
    server_stop(&t);
    CHECK_CONTAINS(t.log, " event=start ");
    CHECK_CONTAINS(t.log, " method=GET route=/fhir/{} status=200 ");
    CHECK_CONTAINS(t.log, " method=GET route=/fhir/{}/{} status=404 ");
    CHECK_CONTAINS(t.log, " login=owner");
    CHECK_CONTAINS(t.log, " event=refused ");
    CHECK_CONTAINS(t.log, " event=stop ");
    CHECK(strcasestr(t.log, "synthetic") == NULL);
    CHECK(strstr(t.log, t.first) == NULL && strstr(t.log, SERVER_PASSWORD) == NULL);
    server_close(&t);
}

/* Figures are for whom the right was given; they count what was done. */
static void test_figures_are_told(void **state)
{
    struct test_server t;
    struct http_answer answer;
    char owner[SERVER_HEADERS];

    (void)state;
    server_open(&t, NULL, NULL);
    server_owner(&t, owner);
    expect(&t, 200, "GET", "/health", "", NULL);
    answer = server_expect(&t, 200, "GET", "/metrics", owner, NULL);
    CHECK_CONTAINS(http_value(&answer, "Content-Type"), "text/plain; version=0.0.4");
    while (strstr(answer.body, "requests_total{method=\"GET\",route=\"/health\"") == NULL) {
        http_free(&answer); /* a request is counted a moment after its answer */
        answer = server_expect(&t, 200, "GET", "/metrics", owner, NULL);
    }
    CHECK_CONTAINS(answer.body, "enthesis_store_commits_total ");
    http_free(&answer);
    server_close(&t);
}

/* Under TLS the server shows the certificate whose fingerprint it tells, the same after a new
 * start. */
static void test_tls_shows_its_certificate(void **state)
{
    const struct en_server_options options = {.with_tls = true};
    unsigned char der[4096], hash[32];
    char text[96], first[96];
    struct test_server t;

    (void)state;
    server_open(&t, &options, NULL);
    (void)snprintf(first, sizeof first, "%s", t.server->fingerprint);
    struct http *h = http_open(t.port, true);
    const size_t size = http_certificate(h, der, sizeof der);

    CHECK(size > 0 && gnutls_hash_fast(GNUTLS_DIG_SHA256, der, size, hash) == 0);
    for (size_t i = 0; i < sizeof hash; i++) {
        (void)snprintf(text + 3 * i, 4, "%02X%s", hash[i], i + 1 < sizeof hash ? ":" : "");
    }
    CHECK_TEXT(text, first);
    http_close(h);
    expect(&t, 200, "GET", "/health", "", NULL);
    expect(&t, 404, "GET", "/nothing", "", NULL);
    server_stop(&t);
    CHECK(server_start(&t, NULL) == EN_OK);
    CHECK_TEXT(t.server->fingerprint, first);
    server_close(&t);
}

/* Closed by default: beyond loopback only with a changed password, and then with TLS. */
static void test_door_is_closed_at_first(void **state)
{
    struct en_err err = {""};
    struct test_server t;
    char owner[SERVER_HEADERS];

    (void)state;
    server_open(&t, NULL, NULL);
    server_stop(&t);
    t.options.listen = "0.0.0.0:0";
    CHECK(server_start(&t, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "first password");
    t.options.listen = "127.0.0.1:0";
    CHECK(server_start(&t, &err) == EN_OK);
    server_owner(&t, owner);
    server_stop(&t);
    t.options.listen = "0.0.0.0:0";
    CHECK(server_start(&t, &err) == EN_OK);
    CHECK(t.is_tls);
    CHECK(server_login(&t, "owner", SERVER_PASSWORD, owner) == 200);
    expect(&t, 200, "GET", "/fhir/Patient", owner, NULL);
    server_close(&t);
}

/* Two servers on one folder, or one address, are refused, and the first one goes on. */
static void test_one_server_for_one_folder(void **state)
{
    struct en_err err = {""};
    struct test_server t;
    struct en_server *second = NULL;
    char taken[32];

    (void)state;
    server_open(&t, NULL, NULL);
    struct en_server_options options = t.options;

    options.log = NULL;
    CHECK(en_server_start(&options, t.knowledge, NULL, &second, &err) == EN_ECONFLICT);
    CHECK_CONTAINS(err.text, t.folder);
    struct test_server other;

    server_open(&other, NULL, NULL);
    server_stop(&other);
    (void)snprintf(taken, sizeof taken, "127.0.0.1:%d", t.port);
    other.options.listen = taken;
    CHECK(server_start(&other, &err) == EN_ECONFLICT);
    CHECK_CONTAINS(err.text, "taken");
    expect(&t, 200, "GET", "/health", "", NULL);
    server_close(&other);
    server_close(&t);
}

/* Links lead to where the client asked, or to the address that was given for it. */
static void test_links_lead_to_the_client_s_address(void **state)
{
    const struct en_server_options options = {.base_url = "https://clinic.example"};
    struct test_server t;
    struct http_answer answer;
    char owner[SERVER_HEADERS];

    (void)state;
    server_open(&t, NULL, NULL);
    server_owner(&t, owner);
    answer = server_expect(&t, 201, "POST", "/fhir/Patient", owner, PATIENT);
    CHECK(strncmp(http_value(&answer, "Location"), "http://localhost/fhir/Patient/", 30) == 0);
    http_free(&answer);
    server_close(&t);
    server_open(&t, &options, NULL);
    server_owner(&t, owner);
    answer = server_expect(&t, 201, "POST", "/fhir/Patient", owner, PATIENT);
    CHECK(strncmp(http_value(&answer, "Location"), "https://clinic.example/fhir/Patient/", 36) ==
          0);
    CHECK(http_value(&answer, "Strict-Transport-Security") != NULL); /* the proxy speaks TLS */
    http_free(&answer);
    server_close(&t);
}

TEST_MAIN(cmocka_unit_test(test_addresses_and_methods), cmocka_unit_test(test_rights_are_asked),
          cmocka_unit_test(test_forged_requests_are_refused),
          cmocka_unit_test(test_bodies_must_be_json), cmocka_unit_test(test_strangers_are_limited),
          cmocka_unit_test(test_log_holds_no_patient), cmocka_unit_test(test_figures_are_told),
          cmocka_unit_test(test_tls_shows_its_certificate),
          cmocka_unit_test(test_door_is_closed_at_first),
          cmocka_unit_test(test_one_server_for_one_folder),
          cmocka_unit_test(test_links_lead_to_the_client_s_address));
