/* SPDX-License-Identifier: Apache-2.0
 * Every name and every code that the tables know, read from a case: it means its own row, with
 * exactly that row's facts, and nothing beside it. */
#include "fhir/builder.h"
#include "unit/fhir/bundle.h"

#include <ctype.h>

#define NOW    EN_DAY_UNKNOWN
#define ICD    "http://hl7.org/fhir/sid/icd-10-cm"
#define SNOMED "http://snomed.info/sct"

static struct en_arena memory = {.limit = EN_REQUEST_ARENA};

/* Read one item beside a list that was reviewed today. */
static struct en_case case_of(const char *field, const char *value)
{
    const struct en_case_item items[] = {{field, value, NOW},
                                         {"medication_list_reviewed", "yes", NOW},
                                         {"allergy_list_reviewed", "yes", NOW}};
    struct en_buf json = EN_BUF(EN_CASE_FILE_MAX);
    struct en_issues issues = {0};
    struct en_case c = {0};

    if (en_fhir_build_case(knowledge(), &(struct en_case_items){items, EN_COUNT(items)}, today(),
                           &memory, &json, &issues, NULL) != EN_OK ||
        read_case(&memory, en_buf_text(&json), &c, &issues) != EN_OK) {
        print_error("%s %s\n", field, value);
        print_issues(&issues);
        fail();
    }
    en_buf_free(&json);
    return c;
}

/* Of the facts that begin with prefix exactly those of the list are true, and the rest false. */
static void expect_facts(const struct en_case *c, const char *prefix, const char *list,
                         const char *name)
{
    const struct en_table *facts = en_table_get(knowledge(), "facts");

    for (size_t i = 0; i < facts->row_count; i++) {
        const char *id = en_cell(&facts->rows[i], "id");

        if (!en_text_starts(id, prefix) || strstr(id, "_list_reviewed") != NULL ||
            strcmp(en_cell(&facts->rows[i], "type"), "bool") != 0) {
            continue;
        }
        if (c->facts[i].kind != EN_FACT_BOOL || c->facts[i].truth != en_list_has(list, id)) {
            print_error("%s: %s is %s\n", name, id,
                        c->facts[i].kind != EN_FACT_BOOL ? "unknown"
                        : c->facts[i].truth              ? "true"
                                                         : "false");
            fail();
        }
    }
}

typedef void with_name(const struct en_row *row, const char *name);

/* Call work for every step-th name of a column. */
static size_t each_name(const char *table_name, const char *column, size_t step, with_name *work)
{
    const struct en_table *table = en_table_get(knowledge(), table_name);
    size_t count = 0;

    for (size_t i = 0; i < table->row_count; i++) {
        const char *list = en_cell(&table->rows[i], column), *item = NULL;
        size_t size = 0;

        while ((list = en_list_next(list, &item, &size)) != NULL) {
            const struct en_arena_mark mark = en_arena_mark(&memory);

            if (count % step == 0) {
                work(&table->rows[i], en_arena_copy(&memory, item, size));
            }
            en_arena_rewind(&memory, mark);
            count++;
        }
    }
    return count;
}

/* The ways in which one name is written: as it is, in capitals, and in the middle of a line. */
static const char *spelling(const char *name, int way)
{
    char *text = way == 2 ? en_arena_print(&memory, "(generic) %s, 1 daily", name)
                          : en_arena_copy(&memory, name, SIZE_MAX);

    for (char *p = text; way == 1 && *p != '\0'; p++) {
        *p = (char)toupper((unsigned char)*p);
    }
    return text;
}

/* Medicines */

static void check_drug(const struct en_row *row, const char *name)
{
    /* The other spellings in turn: all three of each name take three times as long. */
    for (int way = 0; way < 3; way += 1 + (int)(strlen(name) % 2)) {
        const struct en_case c = case_of("drug", spelling(name, way));

        if (c.medication_count != 1 || c.medications[0].drug == NULL ||
            strcmp(c.medications[0].drug, en_cell(row, "id")) != 0) {
            print_error("\"%s\" is %s, not %s\n", spelling(name, way),
                        c.medication_count == 0 || c.medications[0].drug == NULL
                            ? "nothing"
                            : c.medications[0].drug,
                        en_cell(row, "id"));
            fail();
        }
        CHECK(c.medications[0].is_active);
        expect_facts(&c, "med_", en_cell(row, "classes"), name);
    }
}

/* A brand or generic name that is missed hides an anticoagulant; one that means two rows makes a
 * class true that is not. */
static void test_every_drug_name_means_its_row(void **state)
{
    (void)state;
    CHECK(each_name("drugs", "names", 1, check_drug) > 600);
}

static void check_drug_inside(const struct en_row *row, const char *name)
{
    const struct en_case c = case_of("drug", en_arena_print(&memory, "x%sx", name));

    for (size_t i = 0; i < c.medication_count; i++) {
        CHECK(!en_text_equal(c.medications[i].drug, en_cell(row, "id")));
    }
}

/* Letters around a name make another word of it. */
static void test_drug_name_inside_a_word_is_not_found(void **state)
{
    (void)state;
    (void)each_name("drugs", "names", 4, check_drug_inside);
}

static void check_stopped_drug(const struct en_row *row, const char *name)
{
    static const char LAST_DOSE[] = "med_nsaid; med_fluoroquinolone; med_chemotherapy";
    const struct en_case c = case_of("drug", en_arena_print(&memory, "%s until 2025-12-01", name));
    const char *list = en_cell(row, "classes"), *item = NULL;
    const char *still = "";
    size_t size = 0;

    while ((list = en_list_next(list, &item, &size)) != NULL) {
        const char *class_fact = en_arena_copy(&memory, item, size);

        if (en_list_has(LAST_DOSE, class_fact)) {
            still = en_arena_print(&memory, "%s; %s", still, class_fact);
        }
    }
    CHECK(c.medication_count == 1 && !c.medications[0].is_active);
    CHECK(c.medications[0].last_taken == day_of("2025-12-01"));
    expect_facts(&c, "med_", still, name);
}

/* Stopped medicines have no class any more, but for those whose last dose still counts. */
static void test_every_stopped_drug(void **state)
{
    (void)state;
    (void)each_name("drugs", "names", 4, check_stopped_drug);
}

/* Allergens */

static void check_allergen(const struct en_row *row, const char *name)
{
    if (strcmp(en_cell(row, "id"), "no_known_allergy") == 0) {
        return;
    }
    for (int way = 0; way < 3; way++) {
        const struct en_case c = case_of("allergy", spelling(name, way));

        if (c.allergy_count != 1 || c.allergies[0].allergen == NULL ||
            strcmp(c.allergies[0].allergen, en_cell(row, "id")) != 0) {
            print_error("\"%s\" is not %s\n", name, en_cell(row, "id"));
            fail();
        }
        expect_facts(&c, "allergy_", en_cell(row, "facts"), name);
    }
}

static void test_every_allergen_name_means_its_row(void **state)
{
    (void)state;
    CHECK(each_name("allergens", "names", 1, check_allergen) > 120);
}

static void check_no_allergy(const struct en_row *row, const char *name)
{
    if (strcmp(en_cell(row, "id"), "no_known_allergy") == 0) {
        const struct en_case c = case_of("allergy", name);

        expect_facts(&c, "allergy_", "", name);
    }
}

/* The usual words for "none" make no allergy true. */
static void test_no_known_allergy_is_none(void **state)
{
    (void)state;
    (void)each_name("allergens", "names", 1, check_no_allergy);
}

/* A thing that nobody here knows denies no class, though the list was reviewed. */
static void test_unknown_names_deny_nothing(void **state)
{
    const struct en_case drug = case_of("drug", "zyxomab"), allergy = case_of("allergy", "zyx");

    (void)state;
    CHECK(fact_of(&drug, "med_vka").kind == EN_FACT_UNKNOWN);
    CHECK(fact_of(&drug, "med_nsaid").kind == EN_FACT_UNKNOWN);
    CHECK(fact_of(&allergy, "allergy_latex").kind == EN_FACT_UNKNOWN);
    CHECK(fact_of(&allergy, "allergy_corn").kind == EN_FACT_UNKNOWN);
    CHECK(fact_of(&drug, "allergy_latex").kind == EN_FACT_BOOL);
}

/* Conditions */

static void expect_condition(const struct en_case *c, const char *id, const char *by)
{
    if (c->target_count != 1 || !en_text_equal(c->targets[0].condition, id)) {
        print_error("\"%s\" is %s, not %s\n", by,
                    c->target_count == 0 || c->targets[0].condition == NULL
                        ? "nothing"
                        : c->targets[0].condition,
                    id);
        fail();
    }
}

static void check_condition_name(const struct en_row *row, const char *name)
{
    const struct en_case c = case_of("condition", name);

    expect_condition(&c, en_cell(row, "id"), name);
    CHECK_TEXT(c.targets[0].text,
               strcmp(name, en_cell(row, "id")) == 0 ? en_cell(row, "title") : name);
}

/* Words of people, among them Turkish ones with and without their dots. */
static void test_every_condition_name_means_its_row(void **state)
{
    (void)state;
    CHECK(each_name("conditions", "synonyms", 1, check_condition_name) > 300);
    CHECK(each_name("conditions", "title", 1, check_condition_name) > 70);
    CHECK(each_name("conditions", "id", 1, check_condition_name) > 70);
}

/* A Condition with this code alone. */
static enum en_status read_code(const char *system, const char *code, struct en_case *c,
                                struct en_issues *issues)
{
    return read_case(
        &memory,
        bundle(&memory, en_arena_print(&memory,
                                       PATIENT ",{'resource':{'resourceType':'Condition'," SUBJECT
                                               ",'code':{'coding':[{'system':'%s',"
                                               "'code':'%s'}]}}}",
                                       system, code)),
        c, issues);
}

/* How many conditions list the code. */
static size_t owners(const char *column, const char *code)
{
    const struct en_table *table = en_table_get(knowledge(), "conditions");
    size_t count = 0;

    for (size_t i = 0; i < table->row_count; i++) {
        count += en_list_has(en_cell(&table->rows[i], column), code) ? 1 : 0;
    }
    return count;
}

static void check_code(const struct en_row *row, const char *system, const char *column,
                       const char *code)
{
    struct en_issues issues;
    struct en_case c;

    CHECK(read_code(system, code, &c, &issues) == EN_OK);
    expect_condition(&c, owners(column, code) == 1 ? en_cell(row, "id") : NULL, code);
    CHECK((owners(column, code) == 1) == (issues.count == 0));
    /* The same digits in another system are another thing. */
    CHECK(read_code("http://example.org/codes", code, &c, &issues) == EN_OK);
    expect_condition(&c, NULL, code);
}

static void check_icd(const struct en_row *row, const char *code)
{
    check_code(row, ICD, "icd10", code);
}

static void check_snomed(const struct en_row *row, const char *code)
{
    check_code(row, SNOMED, "snomed", code);
}

/* A code of one condition means it; a code of several (M53.3) leaves the choice to the person. */
static void test_every_diagnosis_code_means_its_row(void **state)
{
    (void)state;
    CHECK(each_name("conditions", "icd10", 1, check_icd) > 90);
    CHECK(each_name("conditions", "snomed", 1, check_snomed) > 8);
    CHECK(owners("icd10", "M53.3") == 2);
}

/* The conditions that codes.tsv names lie in the region of the one that was read. */
static void expect_same_region(const struct en_row *code, const char *condition)
{
    const char *list = en_cell(code, "condition"), *item = NULL;
    const struct en_row *read = en_row_find(knowledge(), "conditions", condition);
    bool fits = list[0] == '\0';
    size_t size = 0;

    while ((list = en_list_next(list, &item, &size)) != NULL) {
        const struct en_row *row =
            en_row_find(knowledge(), "conditions", en_arena_copy(&memory, item, size));

        fits = fits || strcmp(en_cell(row, "region"), en_cell(read, "region")) == 0;
    }
    if (!fits) {
        print_error("%s is %s\n", en_cell(code, "code"), condition);
        fail();
    }
}

/* Both tables of codes lead to the same part of the body, and the side in a code's words is the
 * target's side. */
static void test_codes_table_agrees(void **state)
{
    const struct en_table *table = en_table_get(knowledge(), "codes");
    size_t sides = 0;

    (void)state;
    for (size_t i = 0; i < table->row_count; i++) {
        const struct en_row *row = &table->rows[i];
        const char *display = en_cell(row, "display"), *code = en_cell(row, "code");
        const bool is_right = strstr(display, "right") != NULL;
        const bool is_left = strstr(display, "left") != NULL;
        struct en_issues issues;
        struct en_case c;

        if (strcmp(en_cell(row, "system"), "icd10cm") != 0 ||
            strcmp(en_cell(row, "use"), "diagnosis") != 0 || owners("icd10", code) != 1) {
            continue;
        }
        CHECK(read_code(ICD, code, &c, &issues) == EN_OK);
        CHECK(c.target_count == 1);
        expect_same_region(row, c.targets[0].condition);
        if (is_right != is_left) {
            CHECK(c.targets[0].side == (is_right ? EN_SIDE_RIGHT : EN_SIDE_LEFT));
            sides++;
        }
    }
    CHECK(sides > 50);
}

TEST_MAIN(cmocka_unit_test(test_every_drug_name_means_its_row),
          cmocka_unit_test(test_drug_name_inside_a_word_is_not_found),
          cmocka_unit_test(test_every_stopped_drug),
          cmocka_unit_test(test_every_allergen_name_means_its_row),
          cmocka_unit_test(test_no_known_allergy_is_none),
          cmocka_unit_test(test_unknown_names_deny_nothing),
          cmocka_unit_test(test_every_condition_name_means_its_row),
          cmocka_unit_test(test_every_diagnosis_code_means_its_row),
          cmocka_unit_test(test_codes_table_agrees));
