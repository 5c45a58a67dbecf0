/* SPDX-License-Identifier: Apache-2.0
 * Which row of the route tables a path belongs to. The tables here are the tests' own. */
#include "server/route.h"

#include "support/check.h"

static const struct en_route FIRST[] = {
    {EN_GET, "/health", EN_RIGHT_PUBLIC, NULL, 0, ""},
    {EN_POST, "/fhir/Patient/{}/$plan", EN_RIGHT_DECIDE, NULL, 0, ""},
    {0},
};
static const struct en_route SECOND[] = {
    {EN_POST, "/fhir", EN_RIGHT_FHIR, NULL, 0, ""},
    {EN_GET, "/fhir/{}", EN_RIGHT_FHIR, NULL, 0, ""},
    {EN_GET, "/fhir/{}/{}", EN_RIGHT_FHIR, NULL, 0, ""},
    {EN_PUT, "/fhir/{}/{}", EN_RIGHT_FHIR, NULL, 0, ""},
    {EN_GET, "/fhir/{}/_history", EN_RIGHT_FHIR, NULL, 0, ""},
    {EN_GET, "/fhir/{}/{}/_history/{}", EN_RIGHT_FHIR, NULL, 0, ""},
    {EN_GET, "/fhir/Special/{}", EN_RIGHT_FHIR, NULL, 0, ""},
    {0},
};
static const struct en_route *const TABLES[] = {FIRST, SECOND, NULL};

static struct en_route_match find(struct en_arena *a, enum en_method method, const char *path)
{
    struct en_route_match match;

    CHECK(en_route_find(TABLES, method, path, a, &match, NULL) == EN_OK);
    return match;
}

static const char *pattern_of(struct en_arena *a, enum en_method method, const char *path)
{
    const struct en_route_match match = find(a, method, path);

    return match.route == NULL ? "" : match.route->pattern;
}

/* {} is one whole segment; the others match as they stand; the first row that fits wins. */
static void test_rows_match_whole_segments(void **state)
{
    struct en_arena a = EN_ARENA(1 << 20);

    (void)state;
    CHECK_TEXT(pattern_of(&a, EN_GET, "/health"), "/health");
    CHECK_TEXT(pattern_of(&a, EN_POST, "/fhir"), "/fhir");
    CHECK_TEXT(pattern_of(&a, EN_GET, "/fhir/Patient"), "/fhir/{}");
    CHECK_TEXT(pattern_of(&a, EN_GET, "/fhir/Patient/1"), "/fhir/{}/{}");
    CHECK_TEXT(pattern_of(&a, EN_GET, "/fhir/Special/1"), "/fhir/{}/{}");
    CHECK_TEXT(pattern_of(&a, EN_GET, "/fhir/Patient/_history"), "/fhir/{}/_history");
    CHECK_TEXT(pattern_of(&a, EN_POST, "/fhir/Patient/1/$plan"), "/fhir/Patient/{}/$plan");
    en_arena_free(&a);
}

/* What almost fits does not: other case, a longer or shorter path, an empty segment, and $ and _
 * words, which are operations and never ids. */
static void test_rows_refuse_what_almost_fits(void **state)
{
    static const char *const PATHS[] = {"/",
                                        "/healthy",
                                        "/Health",
                                        "/health/",
                                        "/heal",
                                        "/fhir/",
                                        "/fhir/$convert",
                                        "/fhir/_history",
                                        "",
                                        "/fhir/Patient/",
                                        "/fhir//1",
                                        "health",
                                        "/fhir/Patient/1/_history",
                                        "/fhir/Patient/$plan",
                                        "/fhir/Patient/1/_history/2/3"};
    struct en_arena a = EN_ARENA(1 << 20);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(PATHS); i++) {
        const struct en_route_match match = find(&a, EN_GET, PATHS[i]);

        CHECK(match.route == NULL && match.allowed == 0);
    }
    en_arena_free(&a);
}

/* The segments at {} are handed out in order. */
static void test_arguments_are_handed_out(void **state)
{
    struct en_arena a = EN_ARENA(1 << 20);
    const struct en_route_match match = find(&a, EN_GET, "/fhir/Patient/p-1/_history/12");

    (void)state;
    CHECK_TEXT(match.args[0], "Patient");
    CHECK_TEXT(match.args[1], "p-1");
    CHECK_TEXT(match.args[2], "12");
    CHECK(match.args[3] == NULL);
    CHECK(en_route_at(TABLES, match.index) == match.route);
    en_arena_free(&a);
}

/* HEAD is GET's; another method finds no row but learns which ones there are, for Allow. */
static void test_methods_of_a_path(void **state)
{
    struct en_arena a = EN_ARENA(1 << 20);
    struct en_route_match match = find(&a, EN_HEAD, "/fhir/Patient/1");

    (void)state;
    CHECK(match.route != NULL && match.route->method == EN_GET);
    match = find(&a, EN_DELETE, "/fhir/Patient/1");
    CHECK(match.route == NULL);
    CHECK(match.allowed == (1U << EN_GET | 1U << EN_HEAD | 1U << EN_PUT));
    CHECK(en_route_count(TABLES) == 9);
    CHECK(en_route_at(TABLES, 9) == NULL);
    en_arena_free(&a);
}

/* A full arena is told. */
static void test_no_memory_for_arguments(void **state)
{
    struct en_arena a = EN_ARENA(0);
    struct en_route_match match;

    (void)state;
    CHECK(en_route_find(TABLES, EN_GET, "/fhir/Patient", &a, &match, NULL) == EN_ENOMEM);
    CHECK(en_route_find(TABLES, EN_GET, "/health", &a, &match, NULL) == EN_OK);
}

TEST_MAIN(cmocka_unit_test(test_rows_match_whole_segments),
          cmocka_unit_test(test_rows_refuse_what_almost_fits),
          cmocka_unit_test(test_arguments_are_handed_out), cmocka_unit_test(test_methods_of_a_path),
          cmocka_unit_test(test_no_memory_for_arguments));
