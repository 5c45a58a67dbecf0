/* SPDX-License-Identifier: Apache-2.0
 * Parameters of an operation, by query, by Parameters, or the resource itself. */
#include "server/parameters.h"

#include "support/check.h"

static const struct en_op_rule RULES[] = {
    {"sessions", EN_PARAMETER_VALUE, "a number"},
    {"goal", EN_PARAMETER_REPEATED, "as often as wanted"},
    {"as-planned", EN_PARAMETER_SWITCH, "a switch"},
    {"resource", EN_PARAMETER_RESOURCE, "the case"},
    {NULL, EN_PARAMETER_VALUE, NULL},
};

struct asked {
    struct en_arena arena;
    struct en_op_parameters p;
    struct en_http_response rs;
    bool is_refused;
    enum en_status st;
};

static struct asked ask(const char *query, const char *body)
{
    struct asked a = {.arena = EN_ARENA(4 << 20), .rs = EN_HTTP_RESPONSE};
    struct en_http_request rq = {
        .query = query, .body = body, .body_size = body == NULL ? 0 : strlen(body)};

    rq.arena = &a.arena;
    a.st = en_op_parameters_read(&rq, RULES, "Bundle", &a.p, &a.rs, &a.is_refused, NULL);
    return a;
}

static void done(struct asked *a)
{
    en_buf_free(&a->rs.body);
    en_arena_free(&a->arena);
}

static void check_refused(const char *query, const char *body, const char *part)
{
    struct asked a = ask(query, body);

    CHECK(a.st == EN_EINVAL || (a.st == EN_OK && a.is_refused));
    if (a.is_refused) {
        CHECK(a.rs.status == 400);
        CHECK_CONTAINS(en_buf_text(&a.rs.body), part);
    }
    done(&a);
}

/* A query and a Parameters resource that say the same are the same, whatever the type of value. */
static void test_query_and_parameters_say_the_same(void **state)
{
    struct asked q = ask("sessions=3&goal=pain%3C%3D3&as-planned=true&goal=b&_format=json", NULL);
    struct asked b = ask("", "{\"resourceType\":\"Parameters\",\"parameter\":["
                             "{\"name\":\"sessions\",\"valueInteger\":3},"
                             "{\"name\":\"goal\",\"valueString\":\"pain<=3\"},"
                             "{\"name\":\"as-planned\",\"valueBoolean\":true},"
                             "{\"id\":\"x\",\"name\":\"goal\",\"valueCode\":\"b\"}]}");

    (void)state;
    CHECK(q.st == EN_OK && !q.is_refused && b.st == EN_OK && !b.is_refused);
    CHECK_TEXT(en_op_parameters_text(&q.p, &q.arena), en_op_parameters_text(&b.p, &b.arena));
    CHECK_TEXT(en_op_parameters_text(&q.p, &q.arena), "sessions=3&goal=pain<=3&as-planned=&goal=b");
    const struct en_asked asked = en_op_parameters_asked(&q.p);
    long long sessions = 0;

    CHECK(en_asked_integer(&asked, "sessions", 1, 24, &sessions, NULL) == EN_OK && sessions == 3);
    CHECK_TEXT(asked.nth(asked.context, "goal", 1), "b");
    CHECK(asked.nth(asked.context, "goal", 2) == NULL);
    CHECK(en_op_parameter(&q.p, "resource") == NULL);
    done(&q);
    done(&b);
}

/* A switch that is off is the same as one that is not named. Decimals keep their text. */
static void test_switch_off_and_decimals(void **state)
{
    struct asked a = ask("", "{\"resourceType\":\"Parameters\",\"parameter\":["
                             "{\"name\":\"as-planned\",\"valueBoolean\":false},"
                             "{\"name\":\"sessions\",\"valueDecimal\":3.00}]}");

    (void)state;
    CHECK(a.st == EN_OK && !a.is_refused);
    CHECK(en_op_parameter(&a.p, "as-planned") == NULL);
    CHECK_TEXT(en_op_parameter(&a.p, "sessions"), "3.00");
    done(&a);
}

/* The resource is the body itself or a member of Parameters. */
static void test_resource_is_the_body_or_a_parameter(void **state)
{
    struct asked a = ask("sessions=2", "{\"resourceType\":\"Bundle\",\"type\":\"collection\"}");
    struct asked b =
        ask("", "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"resource\","
                "\"resource\":{\"resourceType\":\"Bundle\", \"total\": 1.50}}]}");

    (void)state;
    CHECK(a.st == EN_OK && !a.is_refused && b.st == EN_OK && !b.is_refused);
    CHECK_TEXT(a.p.resource, "{\"resourceType\":\"Bundle\",\"type\":\"collection\"}");
    CHECK_TEXT(b.p.resource, "{\"resourceType\":\"Bundle\",\"total\":1.50}");
    CHECK(b.p.resource_size == strlen(b.p.resource));
    CHECK_TEXT(en_op_parameter(&a.p, "sessions"), "2");
    done(&a);
    done(&b);
}

/* What is not understood is refused by name, never passed over. */
static void test_what_is_not_understood_is_refused(void **state)
{
    (void)state;
    check_refused("session=3", NULL, "session");
    check_refused("sessions=3&sessions=4", NULL, "twice");
    check_refused("as-planned=yes", NULL, "true or false");
    check_refused("resource=x", NULL, "resource");
    check_refused("sessions=%zz", NULL, "");
    check_refused("", "{\"resourceType\":\"Patient\"}", "Parameters or a Bundle");
    check_refused("", "[]", "Parameters");
    check_refused("", "{\"name\":\"a plain object\"}", "Parameters");
    check_refused("", "{\"resourceType\":\"Parameters\"", "");
    check_refused("", "{\"resourceType\":\"Parameters\",\"parameter\":[{\"valueInteger\":3}]}",
                  "needs a name");
    check_refused("", "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"sessions\"}]}",
                  "one value");
    check_refused("",
                  "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"sessions\","
                  "\"valueInteger\":3,\"valueString\":\"3\"}]}",
                  "one value");
    check_refused("",
                  "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"sessions\","
                  "\"valueQuantity\":{\"value\":3}}]}",
                  "one value");
    check_refused("",
                  "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"resource\","
                  "\"valueString\":\"x\"}]}",
                  "no such parameter");
    check_refused("sessions=3",
                  "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"sessions\","
                  "\"valueInteger\":3}]}",
                  "twice");
}

/* More parameters than there is room for are refused, not cut. */
static void test_too_many_parameters_are_refused(void **state)
{
    char query[EN_PARAMETERS_MAX * 8 + 16] = "goal=a";

    (void)state;
    for (int i = 1; i < EN_PARAMETERS_MAX; i++) {
        (void)strcat(query, "&goal=a"); /* NOLINT(clang-analyzer-security.insecureAPI.strcpy) */
    }
    struct asked a = ask(query, NULL);

    CHECK(a.st == EN_OK && !a.is_refused && a.p.count == EN_PARAMETERS_MAX);
    done(&a);
    (void)strcat(query, "&goal=a"); /* NOLINT(clang-analyzer-security.insecureAPI.strcpy) */
    check_refused(query, NULL, "too many");
}

TEST_MAIN(cmocka_unit_test(test_query_and_parameters_say_the_same),
          cmocka_unit_test(test_switch_off_and_decimals),
          cmocka_unit_test(test_resource_is_the_body_or_a_parameter),
          cmocka_unit_test(test_what_is_not_understood_is_refused),
          cmocka_unit_test(test_too_many_parameters_are_refused));
