/* SPDX-License-Identifier: Apache-2.0
 * Results as Bundles: they must be valid by our own definitions, resolve within themselves, and be
 * the same bytes for the same input. */
#include "fhir/builder.h"
#include "fhir/result.h"
#include "unit/fhir/bundle.h"

#define NOW EN_DAY_UNKNOWN

static const struct en_case_item ITEMS[] = {
    {"name", "Synthetic Patient 08", NOW},
    {"id", "P-8", NOW},
    {"birth_date", "1961-05-04", NOW},
    {"sex", "female", NOW},
    {"condition", "oa_knee", NOW},
    {"side", "right", NOW},
    {"onset", "2025-01-15", NOW},
    {"weight", "80 kg", NOW},
    {"height", "170 cm", NOW},
    {"nrs", "7", NOW},
    {"score", "lefs 40", NOW},
    {"allergy", "none", NOW},
    {"drug", "none", NOW},
    {"inr", "3.4", NOW},
    {"diabetes", "no", NOW},
    {"skin_infection_at_site", "yes", NOW},
};

struct scene {
    struct en_arena a;
    struct en_case c;
    struct en_care care;
    struct en_plan plan;
    struct en_assessment assessment;
};

static struct scene *scene(void)
{
    static struct scene s = {.a = {.limit = EN_REQUEST_ARENA}};
    const struct en_plan_options options = {.start = EN_DAY_UNKNOWN};
    struct en_buf json = EN_BUF(EN_CASE_FILE_MAX);
    struct en_issues issues = {0};
    struct en_err err = {""};

    if (s.care.knowledge != NULL) {
        return &s;
    }
    s.care = (struct en_care){knowledge(), today()};
    CHECK(en_fhir_build_case(knowledge(), &(struct en_case_items){ITEMS, EN_COUNT(ITEMS)}, today(),
                             &s.a, &json, &issues, NULL) == EN_OK);
    CHECK(read_case(&s.a, en_buf_text(&json), &s.c, &issues) == EN_OK);
    en_buf_free(&json);
    if (en_plan_make(&s.care, &s.c, &options, &s.a, &s.plan, &err) != EN_OK ||
        en_assess(&s.care, &s.c, &s.plan, &s.a, &s.assessment, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    return &s;
}

static void collect(struct json_object *value, const char **urls, size_t *count, size_t capacity,
                    const char *key)
{
    if (json_object_is_type(value, json_type_array)) {
        for (size_t i = 0; i < en_json_count(value); i++) {
            collect(en_json_at(value, i), urls, count, capacity, key);
        }
    } else if (json_object_is_type(value, json_type_object)) {
        json_object_object_foreach(value, name, member)
        {
            if (strcmp(name, key) == 0 && json_object_is_type(member, json_type_string)) {
                CHECK(*count < capacity);
                urls[(*count)++] = json_object_get_string(member);
            }
            collect(member, urls, count, capacity, key);
        }
    }
}

/* Valid, every reference is an entry, every address is there once. Returns the tree. */
static struct json_object *check_bundle(struct en_arena *a, const struct en_buf *json)
{
    const char *urls[500], *references[500];
    size_t url_count = 0, reference_count = 0;
    struct json_object *root = NULL;
    struct en_issues issues = {0};

    if (en_json_read(en_buf_text(json), json->size, a, &root, &issues, NULL) != EN_OK ||
        en_fhir_validate(root, a, &issues, NULL) != EN_OK) {
        print_issues(&issues);
        fail();
    }
    collect(root, urls, &url_count, EN_COUNT(urls), "fullUrl");
    collect(root, references, &reference_count, EN_COUNT(references), "reference");
    for (size_t i = 0; i < reference_count; i++) {
        size_t found = 0;

        for (size_t j = 0; j < url_count; j++) {
            found += strcmp(references[i], urls[j]) == 0 ? 1 : 0;
        }
        CHECK(found == 1);
    }
    for (size_t i = 0; i < url_count; i++) {
        for (size_t j = 0; j < i; j++) {
            CHECK(strcmp(urls[i], urls[j]) != 0);
        }
    }
    return root;
}

/* Number of entries of a type; *first is the first one. */
static size_t count_type(struct json_object *root, const char *type, struct json_object **first)
{
    struct json_object *entries = en_json_get(root, "entry");
    size_t count = 0;

    for (size_t i = 0; i < en_json_count(entries); i++) {
        struct json_object *resource = en_json_get(en_json_at(entries, i), "resource");

        if (strcmp(en_json_text(resource, "resourceType"), type) == 0) {
            if (count++ == 0 && first != NULL) {
                *first = resource;
            }
        }
    }
    return count;
}

static const struct en_forecast_point POINTS[] = {
    {"pain 0-10", "plan", "mixed", 12.0, 4.2, 2.0, 3.3, 5.1, 6.4, 0.6125, NULL},
    {"pain 0-10", "plan", "mixed", 26.0, 4.0, 1.9, 3.1, 5.0, 6.2, 0.64, NULL},
    {"pain 0-10", "saline", "mixed", 12.0, 5.0, 2.6, 4.1, 5.9, 7.0, NAN, NULL},
    {"pain 0-10", "saline", "H0", 12.0, 5.0, 2.6, 4.1, 5.9, 7.0, 1.0, NULL},
};

static void test_plan_is_written(void **state)
{
    struct scene *s = scene();
    const struct en_forecast_points forecast = {POINTS, EN_COUNT(POINTS), "a method"};
    struct en_buf json = EN_BUF(EN_OUTPUT_MAX), again = EN_BUF(EN_OUTPUT_MAX);
    struct json_object *first = NULL;

    (void)state;
    CHECK(en_fhir_write_plan(&s->care, &s->c, &s->plan, &s->assessment, &forecast, &json, NULL) ==
          EN_OK);
    struct json_object *root = check_bundle(&s->a, &json);

    CHECK(count_type(root, "Patient", NULL) == 1);
    CHECK(count_type(root, "GuidanceResponse", &first) == 1);
    CHECK(en_json_get(first, "result") != NULL);
    CHECK(count_type(root, "CarePlan", &first) == 1);
    CHECK(en_json_count(en_json_get(first, "activity")) >= s->plan.session_count);
    CHECK(count_type(root, "ServiceRequest", &first) == s->plan.session_count);
    CHECK(en_json_count(en_json_get(first, "bodySite")) == s->plan.site_count);
    CHECK(en_json_get(first, "quantityQuantity") != NULL);
    CHECK(count_type(root, "DetectedIssue", NULL) == s->assessment.finding_count);
    CHECK(count_type(root, "Goal", &first) == 2);
    CHECK(count_type(root, "RiskAssessment", &first) == 3);
    CHECK(en_json_count(en_json_get(first, "prediction")) == 2);
    CHECK_TEXT(json_object_get_string(en_json_get(en_json_at(en_json_get(first, "prediction"), 0),
                                                  "probabilityDecimal")),
               "0.613");
    CHECK((count_type(root, "Questionnaire", NULL) == 1) == (s->assessment.question_count > 0));
    CHECK(en_fhir_write_plan(&s->care, &s->c, &s->plan, &s->assessment, &forecast, &again, NULL) ==
          EN_OK);
    CHECK_TEXT(en_buf_text(&json), en_buf_text(&again));
    json_object_put(root);
    en_buf_free(&json);
    en_buf_free(&again);
}

/* Each forecast of a course is one RiskAssessment: its points keep arm, hypothesis and band in an
 * extension, a chance alone has no band; the basis is named as the case names it. */
static void test_outlook_is_written(void **state)
{
    static const struct en_basis BASIS[] = {{"Observation/s1", "nrs, 2026-03-02"},
                                            {NULL, "session, 2026-03-02"}};
    static const struct en_forecast_point GOAL = {.outcome = "goal: pain of 3 or less",
                                                  .arm = "plan",
                                                  .hypothesis = "mixed",
                                                  .week = 26.0,
                                                  .median = NAN,
                                                  .q05 = NAN,
                                                  .q25 = NAN,
                                                  .q75 = NAN,
                                                  .q95 = NAN,
                                                  .probability = 0.4};
    struct scene *s = scene();
    const struct en_outlook_part parts[] = {
        {"before",
         "Before",
         "a note",
         s->care.today,
         {POINTS, EN_COUNT(POINTS), "a method"},
         NULL,
         0},
        {"now", "Now", NULL, s->care.today, {&GOAL, 1, "another"}, BASIS, EN_COUNT(BASIS)},
    };
    struct en_buf json = EN_BUF(EN_OUTPUT_MAX);
    struct json_object *root = NULL, *first = NULL;
    struct en_issues issues = {0};

    (void)state;
    CHECK(en_fhir_write_outlook(&s->care, &s->c, &s->assessment, parts, EN_COUNT(parts), &json,
                                NULL) == EN_OK);
    CHECK(en_json_read(en_buf_text(&json), json.size, &s->a, &root, &issues, NULL) == EN_OK);
    CHECK(en_fhir_validate(root, &s->a, &issues, NULL) == EN_OK);
    CHECK(count_type(root, "RiskAssessment", &first) == 2);
    CHECK(count_type(root, "GuidanceResponse", NULL) == 1);
    CHECK(en_json_count(en_json_get(first, "prediction")) == EN_COUNT(POINTS));
    CHECK(en_json_get(first, "basis") == NULL);
    CHECK_CONTAINS(en_buf_text(&json), "\"reference\": \"Observation/s1\"");
    CHECK_CONTAINS(en_buf_text(&json), "\"display\": \"session, 2026-03-02\"");
    CHECK_CONTAINS(en_buf_text(&json), "plan; hypothesis: mixed. Median 4.2; half of all such");
    CHECK_CONTAINS(en_buf_text(&json), "\"rationale\": \"plan; hypothesis: mixed.\"");
    CHECK_CONTAINS(en_buf_text(&json), "\"probabilityDecimal\": 0.4");
    json_object_put(root);
    en_buf_free(&json);
}

/* The goal is the present score less one minimal important difference (nrs 7, MCID 2). */
static void test_plan_goal_of_pain(void **state)
{
    struct scene *s = scene();
    struct en_buf json = EN_BUF(EN_OUTPUT_MAX);
    struct json_object *goal = NULL;
    const double mcid = en_cell_number(en_row_find(knowledge(), "instruments", "nrs"), "mcid");

    (void)state;
    CHECK(en_fhir_write_plan(&s->care, &s->c, &s->plan, &s->assessment, NULL, &json, NULL) ==
          EN_OK);
    struct json_object *root = check_bundle(&s->a, &json);

    CHECK(count_type(root, "RiskAssessment", NULL) == 0);
    CHECK(count_type(root, "Goal", &goal) == 2);
    struct json_object *target = en_json_at(en_json_get(goal, "target"), 0);
    struct json_object *quantity = en_json_get(target, "detailQuantity");

    CHECK_NEAR(json_object_get_double(en_json_get(quantity, "value")), 7.0 - mcid, 1e-9);
    CHECK_TEXT(en_json_text(quantity, "comparator"), "<=");
    json_object_put(root);
    en_buf_free(&json);
}

/* A finding tells its outcome, override, grade and source; one that is not decided names as codes
 * what would decide it; each input tells its value. */
static void check_finding(struct json_object *issue)
{
    static const char *const NEEDED[] = {"outcome", "override", "grade", "source", "verified"};
    struct json_object *parts =
        en_json_get(en_json_at(en_json_get(issue, "extension"), 0), "extension");
    struct json_object *codes = en_json_get(en_json_at(en_json_get(issue, "evidence"), 0), "code");
    size_t needed = 0, missing = 0;

    for (size_t i = 0; i < en_json_count(parts); i++) {
        const char *url = en_json_text(en_json_at(parts, i), "url");

        for (size_t j = 0; j < EN_COUNT(NEEDED); j++) {
            needed += en_text_equal(url, NEEDED[j]) ? 1 : 0;
        }
        missing += en_text_equal(url, "missing") ? 1 : 0;
    }
    CHECK(needed == EN_COUNT(NEEDED));
    CHECK((missing > 0) == en_text_equal(en_json_text(issue, "status"), "preliminary"));
    for (size_t i = 1; i < en_json_count(codes); i++) {
        CHECK(strstr(en_json_text(en_json_at(codes, i), "text"), ": ") != NULL);
    }
}

/* Each finding says rule, tier, gravity and what to do; unknown ones name what is missing. */
static void test_assessment_is_written(void **state)
{
    struct scene *s = scene();
    struct en_buf json = EN_BUF(EN_OUTPUT_MAX);
    size_t high = 0, preliminary = 0, fired = 0;

    (void)state;
    CHECK(en_fhir_write_assessment(&s->care, &s->c, &s->assessment, &json, NULL) == EN_OK);
    struct json_object *root = check_bundle(&s->a, &json);
    struct json_object *entries = en_json_get(root, "entry");

    for (size_t i = 0; i < en_json_count(entries); i++) {
        struct json_object *r = en_json_get(en_json_at(entries, i), "resource");

        if (strcmp(en_json_text(r, "resourceType"), "DetectedIssue") != 0) {
            continue;
        }
        struct json_object *code = en_json_at(en_json_get(en_json_get(r, "code"), "coding"), 0);

        high += strcmp(en_json_text(r, "severity"), "high") == 0 ? 1 : 0;
        preliminary += strcmp(en_json_text(r, "status"), "preliminary") == 0 ? 1 : 0;
        fired += en_text_equal(en_json_text(code, "code"), "CI-01") &&
                         en_text_equal(en_json_text(r, "status"), "final")
                     ? 1
                     : 0;
        CHECK(en_json_count(en_json_get(r, "evidence")) == 1);
        CHECK(en_json_text(r, "detail") != NULL);
        check_finding(r);
    }
    CHECK(fired == 1);
    CHECK(high > 0);
    CHECK(preliminary == s->assessment.finding_count - s->assessment.fired_count);
    CHECK_CONTAINS(en_buf_text(&json), en_knowledge_version(knowledge()));
    json_object_put(root);
    en_buf_free(&json);
}

/* What is still unknown becomes a form whose answers read back: each linkId is a fact. */
static void test_questions_are_facts(void **state)
{
    struct scene *s = scene();
    struct en_buf json = EN_BUF(EN_OUTPUT_MAX);
    struct json_object *form = NULL;

    (void)state;
    CHECK(s->assessment.question_count > 0);
    CHECK(en_fhir_write_assessment(&s->care, &s->c, &s->assessment, &json, NULL) == EN_OK);
    struct json_object *root = check_bundle(&s->a, &json);

    CHECK(count_type(root, "Questionnaire", &form) == 1);
    for (size_t i = 0; i < en_json_count(en_json_get(form, "item")); i++) {
        struct json_object *item = en_json_at(en_json_get(form, "item"), i);

        CHECK(en_fact_index(knowledge(), en_json_text(item, "linkId")) != SIZE_MAX);
        CHECK(en_json_text(item, "text") != NULL && en_json_text(item, "type") != NULL);
    }
    json_object_put(root);
    en_buf_free(&json);
}

static void test_triage_and_review_are_written(void **state)
{
    struct scene *s = scene();
    struct en_buf json = EN_BUF(EN_OUTPUT_MAX);
    struct json_object *root, *guidance = NULL;
    struct en_triage triage;
    struct en_review review;

    (void)state;
    CHECK(en_triage_run(&s->care, &s->c, &s->a, &triage, NULL) == EN_OK);
    CHECK(en_fhir_write_triage(&s->care, &s->c, &triage, &json, NULL) == EN_OK);
    root = check_bundle(&s->a, &json);
    CHECK(count_type(root, "GuidanceResponse", &guidance) == 1);
    CHECK_CONTAINS(en_json_text(guidance, "moduleUri"), "triage");
    json_object_put(root);
    en_buf_clear(&json);
    CHECK(en_review_run(&s->care, &s->c, 0, &s->a, &review, NULL) == EN_OK);
    CHECK(en_fhir_write_review(&s->care, &s->c, &review, review.advice, NULL, &json, NULL) ==
          EN_OK);
    root = check_bundle(&s->a, &json);
    CHECK(count_type(root, "GuidanceResponse", &guidance) == 1);
    CHECK_CONTAINS(en_json_text(guidance, "moduleUri"), "review");
    json_object_put(root);
    en_buf_free(&json);
}

/* Ids follow patient, day and knowledge: two people's plans never share one. */
static void test_ids_differ_between_patients(void **state)
{
    struct scene *s = scene();
    struct en_case other = s->c;
    struct en_buf one = EN_BUF(EN_OUTPUT_MAX), two = EN_BUF(EN_OUTPUT_MAX);
    const char *urls[500];
    size_t count = 0;

    (void)state;
    other.person.id = "P-9";
    CHECK(en_fhir_write_assessment(&s->care, &s->c, &s->assessment, &one, NULL) == EN_OK);
    CHECK(en_fhir_write_assessment(&s->care, &other, &s->assessment, &two, NULL) == EN_OK);
    struct json_object *root = check_bundle(&s->a, &one);

    collect(root, urls, &count, EN_COUNT(urls), "fullUrl");
    for (size_t i = 0; i < count; i++) {
        CHECK(strstr(en_buf_text(&two), urls[i]) == NULL);
    }
    json_object_put(root);
    en_buf_free(&one);
    en_buf_free(&two);
}

/* An almost empty case and plan: nothing empty is written, and it is still valid. */
static void test_results_of_nothing(void **state)
{
    struct scene *s = scene();
    const struct en_case nobody = {.person = {.birth = EN_DAY_UNKNOWN}};
    const struct en_plan plan = {.target = {.onset = EN_DAY_UNKNOWN}};
    const struct en_assessment assessment = {.verdict = EN_VERDICT_UNDECIDED};
    struct en_buf json = EN_BUF(EN_OUTPUT_MAX), tiny = EN_BUF(64);
    struct json_object *guidance = NULL;

    (void)state;
    CHECK(en_fhir_write_plan(&s->care, &nobody, &plan, &assessment, NULL, &json, NULL) == EN_OK);
    struct json_object *root = check_bundle(&s->a, &json);

    CHECK(count_type(root, "GuidanceResponse", &guidance) == 1);
    CHECK_TEXT(en_json_text(guidance, "status"), "data-required");
    json_object_put(root);
    CHECK(en_fhir_write_plan(&s->care, &nobody, &plan, &assessment, NULL, &tiny, NULL) ==
          EN_ELIMIT);
    en_buf_free(&json);
    en_buf_free(&tiny);
}

TEST_MAIN(cmocka_unit_test(test_plan_is_written), cmocka_unit_test(test_plan_goal_of_pain),
          cmocka_unit_test(test_outlook_is_written), cmocka_unit_test(test_assessment_is_written),
          cmocka_unit_test(test_questions_are_facts),
          cmocka_unit_test(test_triage_and_review_are_written),
          cmocka_unit_test(test_ids_differ_between_patients),
          cmocka_unit_test(test_results_of_nothing));
