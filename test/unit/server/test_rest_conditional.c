/* SPDX-License-Identifier: Apache-2.0
 * Conditional interactions: a query decides what is changed. The bug that peers report most is
 * here: parallel conditional creates that make one patient twice. */
#include "base/text.h"

#include "support/rest.h"
#include "support/stores.h"

#include <pthread.h>

#define SYSTEM "http://example.org/number"
#define PATIENT(number)                                                                            \
    "{\"resourceType\":\"Patient\",\"identifier\":[{\"system\":\"" SYSTEM "\",\"value\":\"" number \
    "\"}],\"name\":[{\"family\":\"" FAMILY "\"}]}"
#define IF_NONE(number) "If-None-Exist: identifier=" SYSTEM "|" number

static size_t patients(struct rest_test *t)
{
    const struct rest_answer a = rest_expect(t, 200, "GET", "/fhir/Patient", NULL, NULL);

    return rest_count(&a, "\"fullUrl\"");
}

/* 0 found: created; 1: told where; more: refused. */
static void test_conditional_create(const char *url)
{
    struct rest_test t;

    rest_open(&t, url);
    struct rest_answer a =
        rest_expect(&t, 201, "POST", "/fhir/Patient", IF_NONE("1"), PATIENT("1"));
    const char *id = rest_member(&t, &a, "id");

    a = rest_expect(&t, 200, "POST", "/fhir/Patient", IF_NONE("1"), PATIENT("1"));
    CHECK_TEXT(rest_member(&t, &a, "id"), id);
    CHECK_CONTAINS(rest_header(&a, "Location"), id);
    CHECK_TEXT(rest_header(&a, "ETag"), "W/\"1\"");
    CHECK(patients(&t) == 1);
    a = rest_expect(&t, 201, "POST", "/fhir/Patient", "If-None-Exist: ?identifier=" SYSTEM "|2",
                    PATIENT("2"));
    (void)rest_expect(&t, 201, "POST", "/fhir/Patient", NULL, PATIENT("2"));
    (void)rest_expect(&t, 412, "POST", "/fhir/Patient", IF_NONE("2"), PATIENT("2"));
    CHECK(patients(&t) == 3);
    /* Criteria that cannot be read must not count as "none found". */
    (void)rest_expect(&t, 400, "POST", "/fhir/Patient", "If-None-Exist: nonsense=1", PATIENT("3"));
    (void)rest_expect(&t, 400, "POST", "/fhir/Patient",
                      "If-None-Exist: nonsense=1\nPrefer: handling=lenient", PATIENT("3"));
    (void)rest_expect(&t, 412, "POST", "/fhir/Patient", "If-None-Exist: _count=1", PATIENT("3"));
    (void)rest_expect(&t, 400, "POST", "/fhir/Patient", "If-None-Exist: gender=male&_sort=name",
                      PATIENT("3"));
    CHECK(patients(&t) == 3);
    rest_close(&t);
}

static void test_conditional_update_patch_delete(const char *url)
{
    struct rest_test t;

    rest_open(&t, url);
    struct rest_answer a =
        rest_expect(&t, 201, "PUT", "/fhir/Patient?identifier=" SYSTEM "|1", NULL, PATIENT("1"));
    const char *id = rest_member(&t, &a, "id");

    a = rest_expect(&t, 200, "PUT", "/fhir/Patient?identifier=" SYSTEM "|1", NULL, PATIENT("1"));
    CHECK_TEXT(rest_member(&t, &a, "id"), id);
    CHECK_TEXT(rest_header(&a, "ETag"), "W/\"2\"");
    (void)rest_expect(&t, 412, "PUT", "/fhir/Patient?identifier=" SYSTEM "|1", "If-Match: W/\"1\"",
                      PATIENT("1"));
    /* Another patient's id in the body, and an id that exists though the query finds nothing. */
    const char *other =
        "{\"resourceType\":\"Patient\",\"id\":\"other\",\"identifier\":[{\"system\":"
        "\"" SYSTEM "\",\"value\":\"9\"}]}";

    (void)rest_expect(&t, 400, "PUT", "/fhir/Patient?identifier=" SYSTEM "|1", NULL, other);
    a = rest_expect(&t, 201, "PUT", "/fhir/Patient?identifier=" SYSTEM "|8", NULL, other);
    CHECK_TEXT(rest_member(&t, &a, "id"), "other");
    (void)rest_expect(&t, 409, "PUT", "/fhir/Patient?identifier=" SYSTEM "|7", NULL, other);
    a = rest_expect(&t, 200, "PATCH", "/fhir/Patient?identifier=" SYSTEM "|1", NULL,
                    "[{\"op\":\"add\",\"path\":\"/gender\",\"value\":\"male\"}]");
    CHECK_CONTAINS(a.body, "\"gender\":\"male\"");
    (void)rest_expect(&t, 404, "PATCH", "/fhir/Patient?identifier=" SYSTEM "|none", NULL, "[]");
    (void)rest_expect(&t, 201, "POST", "/fhir/Patient", NULL, PATIENT("1"));
    (void)rest_expect(&t, 412, "PUT", "/fhir/Patient?identifier=" SYSTEM "|1", NULL, PATIENT("1"));
    (void)rest_expect(&t, 412, "PATCH", "/fhir/Patient?identifier=" SYSTEM "|1", NULL, "[]");
    (void)rest_expect(&t, 412, "DELETE", "/fhir/Patient?identifier=" SYSTEM "|1", NULL, NULL);
    (void)rest_expect(&t, 204, "DELETE", "/fhir/Patient?identifier=" SYSTEM "|9", NULL, NULL);
    (void)rest_expect(&t, 410, "GET", "/fhir/Patient/other", NULL, NULL);
    (void)rest_expect(&t, 204, "DELETE", "/fhir/Patient?identifier=" SYSTEM "|9", NULL, NULL);
    (void)rest_expect(&t, 400, "DELETE", "/fhir/Patient?nonsense=9", NULL, NULL);
    CHECK(patients(&t) == 2);
    rest_close(&t);
}

enum { CLIENTS = 16, ROUNDS = 8 };

struct client {
    struct rest_test t; /* tables and store of the test, an arena of its own */
    const char *number, *body;
    int created, found, other;
    const char *id;
    pthread_barrier_t *start;
};

static void *create_at_once(void *context)
{
    struct client *c = context;

    (void)pthread_barrier_wait(c->start);
    const struct rest_answer a = rest_ask(
        &c->t, "POST", "/fhir/Patient",
        en_arena_print(&c->t.arena, "If-None-Exist: identifier=" SYSTEM "|%s", c->number), c->body);

    c->created += a.status == 201;
    c->found += a.status == 200;
    c->other += a.status != 200 && a.status != 201;
    c->id = a.status < 300 ? rest_member(&c->t, &a, "id") : a.body;
    return NULL;
}

/* All at once: one makes it, all others are told the same place. tests: servers on one database. */
static void race(struct rest_test *tests, size_t test_count)
{
    static struct client clients[CLIENTS];
    pthread_barrier_t start;
    pthread_t threads[CLIENTS];

    for (int round = 0; round < ROUNDS; round++) {
        char number[16], body[512];
        int created = 0;

        (void)snprintf(number, sizeof number, "r%d", round);
        (void)snprintf(body, sizeof body,
                       "{\"resourceType\":\"Patient\",\"identifier\":[{\"system\":\"" SYSTEM
                       "\",\"value\":\"%s\"}]}",
                       number);
        CHECK(pthread_barrier_init(&start, NULL, CLIENTS) == 0);
        for (size_t i = 0; i < CLIENTS; i++) {
            clients[i] = (struct client){
                .t = tests[i % test_count], .number = number, .body = body, .start = &start};
            clients[i].t.arena = EN_ARENA(64 << 20);
            CHECK(pthread_create(&threads[i], NULL, create_at_once, &clients[i]) == 0);
        }
        for (size_t i = 0; i < CLIENTS; i++) {
            CHECK(pthread_join(threads[i], NULL) == 0);
            created += clients[i].created;
            if (clients[i].other != 0) {
                fail_msg("%s", clients[i].id);
            }
            CHECK_TEXT(clients[i].id, clients[0].id);
        }
        CHECK(created == 1);
        for (size_t i = 0; i < CLIENTS; i++) {
            en_arena_free(&clients[i].t.arena);
        }
        (void)pthread_barrier_destroy(&start);
    }
    CHECK(patients(&tests[0]) == ROUNDS);
}

static void test_parallel_conditional_creates_make_one(const char *url)
{
    struct rest_test t;

    rest_open(&t, url);
    race(&t, 1);
    rest_close(&t);
}

/* Two servers on one PostgreSQL know nothing of each other but the database. */
static void test_two_servers_make_one(const char *url)
{
    static struct rest_test tests[2];

    rest_open(&tests[0], url);
    rest_open(&tests[1], url);
    race(tests, 2);
    rest_close(&tests[0]);
    rest_close(&tests[1]);
}

TEST_MAIN(ON_BOTH(test_conditional_create), ON_BOTH(test_conditional_update_patch_delete),
          ON_BOTH(test_parallel_conditional_creates_make_one),
          ON_POSTGRESQL(test_two_servers_make_one));
