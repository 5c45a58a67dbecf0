/* SPDX-License-Identifier: Apache-2.0
 * The answers to every example as Bundles: triage, review, assessment and plan. What must hold for
 * one must hold for all, whatever the case brings into the answer. */
#include "fhir/result.h"
#include "fhir/systems.h"
#include "unit/fhir/examples.h"

static struct en_arena memory = {.limit = EN_REQUEST_ARENA};

/* One example and what was decided on it. */
struct answers {
    struct en_case c;
    struct en_care care;
    struct en_plan plan;
    struct en_assessment assessment;
    struct en_triage triage;
    struct en_review review;
    bool has_plan;
};

static struct answers decide(const char *name, const char *text)
{
    static const char *const DAYS[] = {"2026-03-02", "2026-06-01"};
    const struct en_plan_options options = {.start = EN_DAY_UNKNOWN};
    struct answers x = {.care = {.knowledge = knowledge()}};
    enum en_status st = EN_EINVAL;
    struct en_err err = {""};

    for (size_t i = 0; i < EN_COUNT(DAYS) && st != EN_OK; i++) {
        struct en_issues issues = {0};

        x.care.today = day_of(DAYS[i]);
        st = en_fhir_read_case(knowledge(), text, strlen(text), x.care.today, &memory, &x.c,
                               &issues, NULL);
    }
    CHECK(st == EN_OK);
    x.has_plan = en_plan_make(&x.care, &x.c, &options, &memory, &x.plan, &err) == EN_OK;
    if (en_assess(&x.care, &x.c, x.has_plan ? &x.plan : NULL, &memory, &x.assessment, &err) !=
            EN_OK ||
        en_triage_run(&x.care, &x.c, &memory, &x.triage, &err) != EN_OK ||
        en_review_run(&x.care, &x.c, 0, &memory, &x.review, &err) != EN_OK) {
        print_error("%s: %s\n", name, err.text);
        fail();
    }
    return x;
}

enum answer { TRIAGE, REVIEW, ASSESSMENT, PLAN, ANSWER_COUNT };

/* The Bundle's text in the arena; NULL when there is no such answer. */
static const char *write_answer(const struct answers *x, enum answer which)
{
    struct en_buf json = EN_BUF(EN_OUTPUT_MAX);
    enum en_status st = EN_OK;

    if (which == TRIAGE) {
        st = en_fhir_write_triage(&x->care, &x->c, &x->triage, &json, NULL);
    } else if (which == REVIEW) {
        st = en_fhir_write_review(&x->care, &x->c, &x->review, x->review.advice, NULL, &json, NULL);
    } else if (which == ASSESSMENT) {
        st = en_fhir_write_assessment(&x->care, &x->c, &x->assessment, &json, NULL);
    } else if (x->has_plan) {
        st = en_fhir_write_plan(&x->care, &x->c, &x->plan, &x->assessment, NULL, &json, NULL);
    }
    CHECK(st == EN_OK);
    const char *text = json.size == 0 ? NULL : en_arena_copy(&memory, json.bytes, json.size);

    en_buf_free(&json);
    return text;
}

typedef void with_answer(const struct answers *x, const char *text, struct json_object *root);

static with_answer *present_work;
static size_t answer_count;

static void answer_example(const char *name, const char *text)
{
    const struct en_arena_mark mark = en_arena_mark(&memory);
    const struct answers x = decide(name, text);

    for (enum answer i = 0; i < ANSWER_COUNT; i++) {
        const char *json = write_answer(&x, i);
        struct en_issues issues = {0};
        struct json_object *root = NULL;

        if (json == NULL) {
            continue;
        }
        if (en_json_read(json, strlen(json), &memory, &root, &issues, NULL) != EN_OK) {
            print_error("%s, answer %d\n", name, (int)i);
            print_issues(&issues);
            fail();
        }
        present_work(&x, json, root);
        json_object_put(root);
        answer_count++;
    }
    en_arena_rewind(&memory, mark);
}

static void each_answer(with_answer *work)
{
    present_work = work;
    answer_count = 0;
    each_example(answer_example);
    CHECK(answer_count > 75);
    en_arena_free(&memory);
}

/* Validity */

static void check_valid(const struct answers *x, const char *text, struct json_object *root)
{
    struct en_issues issues = {0};

    (void)x;
    (void)text;
    if (en_fhir_validate(root, &memory, &issues, NULL) != EN_OK) {
        print_issues(&issues);
        fail();
    }
    CHECK(issues.count == 0);
}

static void test_every_answer_is_valid(void **state)
{
    (void)state;
    each_answer(check_valid);
}

/* Addresses */

static bool is_address(struct json_object *entries, const char *urn)
{
    for (size_t i = 0; i < en_json_count(entries); i++) {
        if (en_text_equal(en_json_text(en_json_at(entries, i), "fullUrl"), urn)) {
            return true;
        }
    }
    return false;
}

static void check_references(struct json_object *entries, struct json_object *value)
{
    for (size_t i = 0; i < en_json_count(value); i++) {
        check_references(entries, en_json_at(value, i));
    }
    if (!json_object_is_type(value, json_type_object)) {
        return;
    }
    json_object_object_foreach(value, key, item)
    {
        if (strcmp(key, "reference") == 0) { /* CarePlan.activity has an object of this name */
            if (json_object_is_type(item, json_type_string) &&
                !is_address(entries, json_object_get_string(item))) {
                print_error("%s is no entry\n", json_object_get_string(item));
                fail();
            }
        }
        check_references(entries, item);
    }
}

static void check_addresses(const struct answers *x, const char *text, struct json_object *root)
{
    struct json_object *entries = en_json_get(root, "entry");

    (void)x;
    (void)text;
    for (size_t i = 0; i < en_json_count(entries); i++) {
        const char *url = en_json_text(en_json_at(entries, i), "fullUrl");
        const char *id = en_json_text(en_json_get(en_json_at(entries, i), "resource"), "id");

        CHECK(en_text_starts(url, "urn:uuid:") && en_text_equal(url + strlen("urn:uuid:"), id));
        for (size_t j = 0; j < i; j++) {
            CHECK(!en_text_equal(url, en_json_text(en_json_at(entries, j), "fullUrl")));
        }
    }
    check_references(entries, entries);
}

/* Addresses are unique and every reference is one of them: a Bundle stands alone. */
static void test_every_reference_resolves(void **state)
{
    (void)state;
    each_answer(check_addresses);
}

/* What stands in it */

static void check_leaves(struct json_object *value)
{
    if (json_object_is_type(value, json_type_string)) {
        const char *text = json_object_get_string(value);

        CHECK(text[0] != '\0');
        CHECK(strstr(text, "(null)") == NULL && strstr(text, "nan") != text);
        CHECK(strchr(text, '{') == NULL || strchr(text, ' ') == NULL); /* no placeholder left */
        return;
    }
    CHECK(value != NULL);
    if (json_object_is_type(value, json_type_array)) {
        CHECK(en_json_count(value) > 0);
        for (size_t i = 0; i < en_json_count(value); i++) {
            check_leaves(en_json_at(value, i));
        }
    } else if (json_object_is_type(value, json_type_object)) {
        CHECK(json_object_object_length(value) > 0);
        json_object_object_foreach(value, key, item)
        {
            CHECK(key[0] != '\0');
            check_leaves(item);
        }
    } else if (json_object_is_type(value, json_type_double)) {
        CHECK(isfinite(json_object_get_double(value)));
    }
}

static void check_texts(const struct answers *x, const char *text, struct json_object *root)
{
    (void)x;
    (void)text;
    check_leaves(root);
}

/* No empty value, no number that is none, no placeholder that was not filled. */
static void test_no_answer_has_holes(void **state)
{
    (void)state;
    each_answer(check_texts);
}

static void check_name(const struct answers *x, const char *text, struct json_object *root)
{
    struct json_object *entries = en_json_get(root, "entry");
    size_t patients = 0;

    (void)text;
    for (size_t i = 0; i < en_json_count(entries); i++) {
        struct json_object *resource = en_json_get(en_json_at(entries, i), "resource");
        const bool is_patient = en_text_equal(en_json_text(resource, "resourceType"), "Patient");

        patients += is_patient ? 1 : 0;
        CHECK(is_patient || x->c.person.name == NULL ||
              strstr(json_object_to_json_string(resource), x->c.person.name) == NULL);
    }
    CHECK(patients == 1);
}

/* The name stands in the Patient alone: every other resource may be sent on without it. */
static void test_the_name_stands_in_one_place(void **state)
{
    (void)state;
    each_answer(check_name);
}

static size_t tier_codes;

static void check_codes(struct json_object *value)
{
    const char *system = en_json_text(value, "system"), *code = en_json_text(value, "code");

    for (size_t i = 0; i < en_json_count(value); i++) {
        check_codes(en_json_at(value, i));
    }
    if (!json_object_is_type(value, json_type_object)) {
        return;
    }
    if (en_text_equal(system, EN_RULE_SYSTEM)) {
        const bool is_known = en_row_find(knowledge(), "tiers", code) != NULL ||
                              en_row_find(knowledge(), "rules", code) != NULL;

        if (!is_known) {
            print_error("%s is no rule\n", code);
            fail();
        }
        tier_codes++;
    } else if (en_text_equal(system, EN_CONDITION_SYSTEM)) {
        CHECK(en_row_find(knowledge(), "conditions", code) != NULL);
    } else if (en_text_equal(system, EN_SITE_SYSTEM)) {
        CHECK(en_row_find(knowledge(), "atlas", code) != NULL);
    } else if (en_text_equal(system, EN_INSTRUMENT_SYSTEM)) {
        CHECK(en_row_find(knowledge(), "instruments", code) != NULL);
    }
    json_object_object_foreach(value, key, item)
    {
        (void)key;
        check_codes(item);
    }
}

static void check_known_codes(const struct answers *x, const char *text, struct json_object *root)
{
    (void)x;
    (void)text;
    check_codes(root);
}

/* A code of ours names a row of the knowledge that the reader can look up. */
static void test_every_code_has_its_row(void **state)
{
    (void)state;
    tier_codes = 0;
    each_answer(check_known_codes);
    CHECK(tier_codes > 100);
}

/* Bytes and days */

static void check_again(const char *name, const char *text)
{
    const struct en_arena_mark mark = en_arena_mark(&memory);
    const struct answers x = decide(name, text), y = decide(name, text);

    for (enum answer i = 0; i < ANSWER_COUNT; i++) {
        const char *one = write_answer(&x, i), *two = write_answer(&y, i);

        CHECK(en_text_equal(one, two));
    }
    en_arena_rewind(&memory, mark);
}

/* The same case gives the same bytes, decided anew. */
static void test_every_answer_is_repeatable(void **state)
{
    (void)state;
    each_example(check_again);
    en_arena_free(&memory);
}

static void check_read_back(const struct answers *x, const char *text, struct json_object *root)
{
    struct en_issues issues = {0};
    struct en_case c;

    (void)root;
    if (en_fhir_read_case(knowledge(), text, strlen(text), x->care.today, &memory, &c, &issues,
                          NULL) != EN_OK) {
        print_issues(&issues);
        fail();
    }
    CHECK(en_text_equal(c.person.name, x->c.person.name));
    CHECK(en_text_equal(c.person.id, x->c.person.id));
    CHECK(c.person.birth_known == x->c.person.birth_known);
    CHECK(!c.person.birth_known || c.person.birth == x->c.person.birth);
    for (size_t i = 0; i < c.fact_count; i++) {
        const char *id = en_cell(&en_table_get(knowledge(), "facts")->rows[i], "id");

        if (c.facts[i].kind != EN_FACT_UNKNOWN && strcmp(id, "birth_date") != 0) {
            print_error("the answer says %s\n", id);
            fail();
        }
    }
}

/* An answer that comes back as input says who it is about and nothing else: what the program
 * decided must not become what was found. */
static void test_no_answer_is_evidence(void **state)
{
    (void)state;
    each_answer(check_read_back);
}

TEST_MAIN(cmocka_unit_test(test_every_answer_is_valid),
          cmocka_unit_test(test_every_reference_resolves),
          cmocka_unit_test(test_no_answer_has_holes),
          cmocka_unit_test(test_the_name_stands_in_one_place),
          cmocka_unit_test(test_every_code_has_its_row),
          cmocka_unit_test(test_every_answer_is_repeatable),
          cmocka_unit_test(test_no_answer_is_evidence));
