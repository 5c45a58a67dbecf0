/* SPDX-License-Identifier: Apache-2.0
 * The finished courses of the demo clinic: the same from the same seed, nothing later than the day
 * they end, and a table that cannot be read is refused by its line. */
#include "app/demo_courses.h"

#include "fhir/fhir.h"
#include "fhir/json.h"

#include "support/check.h"

enum { MEMORY = 64 << 20, UNTIL = 20501 /* 2026-02-17 */ };

#define ROW                                                                                        \
    "oa_knee\tKnee\tSynthetic-Knee\tKNE-01 6 25; KNE-02 1 "                                        \
    "15\tUS\t40\t560\t100\t3\t28\tlefs\t6.4\t"                                                     \
    "1.1\t2.4\t1.9\t40\t8\t4\t0.9\t42; 91; 182; 365 | AE-PAIN 1 0.2; AE-BRUISE 1 0.1\n"

static struct en_arena memory = {.limit = MEMORY};
static struct en_knowledge *knowledge;

static int load(void **state)
{
    (void)state;
    return en_knowledge_load(NULL, &memory, &knowledge, NULL) == EN_OK ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    en_arena_free(&memory);
    return 0;
}

static struct en_buf drawn(const char *tsv, uint64_t seed)
{
    struct en_buf json = EN_BUF(MEMORY);
    struct en_err err = {""};

    if (en_demo_courses(knowledge, tsv, seed, UNTIL, &memory, &json, &err) != EN_OK) {
        fail_msg("%s", err.text);
    }
    return json;
}

static void test_demo_courses_follow_the_seed(void **state)
{
    struct en_buf one = drawn(ROW, 6), two = drawn(ROW, 6), other = drawn(ROW, 7);

    (void)state;
    CHECK_TEXT(en_buf_text(&one), en_buf_text(&two));
    CHECK(strcmp(en_buf_text(&one), en_buf_text(&other)) != 0);
    en_buf_free(&one);
    en_buf_free(&two);
    en_buf_free(&other);
}

/* What one kind of resource is: how many, and the latest day of them. */
struct kind {
    size_t count;
    en_day last;
};

static void count_one(struct json_object *r, const char *type, const char *date, struct kind *out)
{
    en_day day = 0;

    if (strcmp(en_json_text(r, "resourceType"), type) == 0) {
        out->count++;
        CHECK(date[0] == '\0' || en_date_parse(en_json_text(r, date), &day, NULL));
        out->last = day > out->last ? day : out->last;
    }
}

/* As many courses and sessions as the table says; scores fewer than the visits, since people stay
 * away; nothing after the day the records end; pain on its scale; some harms, not at every
 * session. */
static void test_demo_courses_look_like_a_clinic(void **state)
{
    struct en_buf json = drawn(ROW, 6);
    struct json_object *bundle = NULL, *entries;
    struct en_issues issues = {0};
    struct kind people = {0}, sessions = {0}, scores = {0}, harms = {0};

    (void)state;
    CHECK(en_json_read(en_buf_text(&json), json.size, &memory, &bundle, &issues, NULL) == EN_OK);
    entries = en_json_get(bundle, "entry");
    for (size_t i = 0; i < en_json_count(entries); i++) {
        struct json_object *r = en_json_get(en_json_at(entries, i), "resource");
        struct json_object *value = en_json_get(en_json_get(r, "valueQuantity"), "value");

        count_one(r, "Patient", "", &people);
        count_one(r, "Procedure", "performedDateTime", &sessions);
        count_one(r, "Observation", "effectiveDateTime", &scores);
        count_one(r, "AdverseEvent", "date", &harms);
        if (strstr(en_json_text(r, "id"), "-nrs-") != NULL) {
            CHECK(json_object_get_double(value) >= 0.0 && json_object_get_double(value) <= 10.0);
        }
    }
    CHECK(people.count == 40 && sessions.count == 120);
    CHECK(scores.count > 400 && scores.count < (size_t)40 * (2 + 3 + 4 * 4));
    CHECK(harms.count > 10 && harms.count < 70);
    CHECK(scores.last <= UNTIL && sessions.last < UNTIL);
    json_object_put(bundle);
    en_buf_free(&json);
}

static void test_demo_courses_refuse_a_bad_line(void **state)
{
    static const char *const BAD[] = {
        "oa_knee\ttoo few cells\n",
        "no_condition" ROW,
        "oa_knee\tKnee\tS\tKNE-99 6 25\tUS\t4\t560\t100\t3\t28\tlefs\t6\t1\t2\t1\t40\t8\t4\t1\t42 "
        "|\n",
        "oa_knee\tKnee\tS\tKNE-01 6 25\tUS\t4\t10\t100\t3\t28\tlefs\t6\t1\t2\t1\t40\t8\t4\t1\t42 "
        "|\n",
        "oa_knee\tKnee\tS\tKNE-01 6\tUS\t4\t560\t100\t3\t28\tlefs\t6\t1\t2\t1\t40\t8\t4\t1\t42 |\n",
        "oa_knee\tKnee\tS\tKNE-01 6 "
        "25\tUS\t4\t560\t100\t3\t28\tlefs\t6\t1\t2\t1\t40\t8\t4\t1\t42\n",
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(BAD); i++) {
        struct en_buf json = EN_BUF(MEMORY);
        struct en_err err = {""};
        const char *tsv = en_arena_print(&memory, "# head\n%s", BAD[i]);

        if (en_demo_courses(knowledge, tsv, 6, UNTIL, &memory, &json, &err) != EN_EINVAL) {
            fail_msg("line %zu is taken", i);
        }
        CHECK_CONTAINS(err.text, "line 2");
        en_buf_free(&json);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_demo_courses_follow_the_seed),
        cmocka_unit_test(test_demo_courses_look_like_a_clinic),
        cmocka_unit_test(test_demo_courses_refuse_a_bad_line),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
