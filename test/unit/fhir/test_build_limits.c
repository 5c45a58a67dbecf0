/* SPDX-License-Identifier: Apache-2.0
 * Fields of a case at the limits of facts.tsv and units.tsv, there and back. */
#include "fhir/builder.h"
#include "fhir/units.h"
#include "unit/fhir/bundle.h"

#define NOW EN_DAY_UNKNOWN

static struct en_arena memory = {.limit = EN_REQUEST_ARENA};

/* Build one item and read it back; the status of the first of both that fails. */
static enum en_status there_and_back(const struct en_case_item *items, size_t count,
                                     struct en_case *c, struct en_issues *issues, bool *was_built)
{
    struct en_buf json = EN_BUF(EN_CASE_FILE_MAX);

    *issues = (struct en_issues){0};
    enum en_status st = en_fhir_build_case(knowledge(), &(struct en_case_items){items, count},
                                           today(), &memory, &json, issues, NULL);

    *was_built = st == EN_OK;
    if (st == EN_OK) {
        st = read_case(&memory, en_buf_text(&json), c, issues);
    }
    en_buf_free(&json);
    return st;
}

/* A fact given as this text reads back as *out. */
static bool gives(const char *id, const char *text, struct en_fact *out)
{
    const struct en_arena_mark mark = en_arena_mark(&memory);
    const struct en_case_item item = {id, text, NOW};
    struct en_issues issues;
    struct en_case c;
    bool was_built = false;
    const enum en_status st = there_and_back(&item, 1, &c, &issues, &was_built);

    if (st == EN_OK) {
        *out = fact_of(&c, id);
    } else {
        CHECK(st == EN_EINVAL && issues.error_count == 1);
        CHECK(!was_built);
        CHECK_TEXT(issues.items[0].path, id);
    }
    en_arena_rewind(&memory, mark);
    return st == EN_OK;
}

typedef void with_fact(const struct en_row *fact);

static void each_fact(const char *type, with_fact *work, size_t least)
{
    const struct en_table *facts = en_table_get(knowledge(), "facts");
    size_t count = 0;

    for (size_t i = 0; i < facts->row_count; i++) {
        if (strcmp(en_cell(&facts->rows[i], "type"), type) == 0 &&
            strcmp(en_cell(&facts->rows[i], "origin"), "derived") != 0) {
            work(&facts->rows[i]);
            count++;
        }
    }
    if (count < least) {
        print_error("only %zu facts of type %s\n", count, type);
        fail();
    }
}

/* Numbers */

struct unit {
    const char *name;
    double factor, offset; /* canonical = value * factor + offset */
};

/* A number in this unit as text without an exponent. */
static const char *number_text(double canonical, const struct unit *u)
{
    return en_arena_print(&memory, "%.12f %s", (canonical - u->offset) / u->factor, u->name);
}

static void check_inside(const struct en_row *fact, double canonical, const struct unit *u)
{
    const char *id = en_cell(fact, "id"), *text = number_text(canonical, u);
    struct en_fact got = {0};

    if (!gives(id, text, &got)) {
        print_error("%s = %s is refused\n", id, text);
        fail();
    }
    CHECK(got.kind == EN_FACT_NUMBER && got.as_of == today());
    CHECK_NEAR(got.number, canonical, 1e-9 * fmax(1.0, fabs(canonical)));
}

static void check_outside(const struct en_row *fact, double canonical, const struct unit *u)
{
    const char *id = en_cell(fact, "id"), *text = number_text(canonical, u);
    struct en_fact got = {0};

    if (gives(id, text, &got)) {
        print_error("%s = %s is accepted\n", id, text);
        fail();
    }
}

/* The limits of the plausible range are inside, a ten-thousandth of it beyond them is not; a hair
 * inside makes up for the rounding of the conversion. */
static void check_range(const struct en_row *fact, const struct unit *u)
{
    const double low = en_cell_number(fact, "low"), high = en_cell_number(fact, "high");
    const double hair = (high - low) * 1e-10, step = (high - low) * 1e-4;
    const bool is_exact = strcmp(u->name, en_cell(fact, "unit")) == 0;

    CHECK(low < high);
    check_inside(fact, is_exact ? low : low + hair, u);
    check_inside(fact, is_exact ? high : high - hair, u);
    check_inside(fact, 0.5 * (low + high), u);
    check_outside(fact, low - step, u);
    check_outside(fact, high + step, u);
    check_outside(fact, high * 1e6, u);
}

static size_t unit_count;

static void check_units(const struct en_row *fact)
{
    const struct en_table *units = en_table_get(knowledge(), "units");

    for (size_t i = 0; i < units->row_count; i++) {
        const struct en_row *row = &units->rows[i];
        const struct unit u = {en_cell(row, "unit"), en_cell_number(row, "factor"),
                               en_cell_number(row, "offset")};

        if (en_unit_find(knowledge(), fact, u.name) == row) {
            check_range(fact, &u);
            unit_count++;
        }
    }
}

/* Every number at both ends of its range in every unit it may have: one wrong factor, one limit
 * taken in the wrong unit or one "<" for "<=" fails here. */
static void test_numbers_keep_their_range_in_every_unit(void **state)
{
    (void)state;
    unit_count = 0;
    each_fact("number", check_units, 25);
    CHECK(unit_count > 60);
}

/* A unit of something else is refused, also where the digits would be plausible. */
static void check_strange_units(const struct en_row *fact)
{
    const struct en_table *units = en_table_get(knowledge(), "units");
    const double middle = 0.5 * (en_cell_number(fact, "low") + en_cell_number(fact, "high"));

    for (size_t i = 0; i < units->row_count; i++) {
        const struct unit u = {en_cell(&units->rows[i], "unit"), 1.0, 0.0};

        if (en_unit_find(knowledge(), fact, u.name) == NULL) {
            check_outside(fact, middle, &u);
        }
    }
}

static void test_numbers_refuse_units_of_other_quantities(void **state)
{
    (void)state;
    each_fact("number", check_strange_units, 25);
}

static void check_bare_number(const struct en_row *fact)
{
    const double middle = 0.5 * (en_cell_number(fact, "low") + en_cell_number(fact, "high"));
    const struct unit none = {"", 1.0, 0.0};

    if (strcmp(en_cell(fact, "unit"), "1") == 0) {
        check_inside(fact, middle, &none);
    } else {
        check_outside(fact, middle, &none);
        if (strcmp(en_cell(fact, "quantity"), "percent") == 0) {
            check_outside(fact, middle / 100.0, &none); /* units.tsv: unit 1 must be given */
        }
    }
}

/* A number without a unit is one of the unit 1 and no other: 81.5 might be pounds, and a saturation
 * of 0.97 might be a slip for 97. */
static void test_numbers_need_their_unit(void **state)
{
    (void)state;
    each_fact("number", check_bare_number, 25);
}

/* A value that reaches the reader by FHIR, without the builder before it. */
static enum en_status observe(const char *id, const char *quantity, struct en_fact *out)
{
    const struct en_arena_mark mark = en_arena_mark(&memory);
    const char *entries = en_arena_print(
        &memory,
        PATIENT ",{'resource':{'resourceType':'Observation','status':'final','code':{'coding':[{"
                "'system':'" EN_FACT_SYSTEM "','code':'%s'}]}," SUBJECT
                ",'effectiveDateTime':'" TODAY_TEXT "','valueQuantity':%s}}",
        id, quantity);
    struct en_issues issues;
    struct en_case c;
    const enum en_status st = read_case(&memory, bundle(&memory, entries), &c, &issues);

    *out = st == EN_OK ? fact_of(&c, id) : (struct en_fact){0};
    en_arena_rewind(&memory, mark);
    return st;
}

/* The same rule where the number comes from a machine: a Quantity without any unit. */
static void test_quantity_without_unit_is_refused(void **state)
{
    static const struct {
        const char *id, *quantity;
        enum en_status status;
        double value;
    } CASES[] = {
        {"spo2", "{'value':0.97}", EN_EINVAL, 0.0},
        {"spo2", "{'value':97}", EN_EINVAL, 0.0},
        {"spo2", "{'value':0.97,'unit':'1'}", EN_OK, 97.0},
        {"spo2", "{'value':97,'unit':'%'}", EN_OK, 97.0},
        {"weight", "{'value':81.5}", EN_EINVAL, 0.0},
        {"weight", "{'value':81.5,'unit':'kg'}", EN_OK, 81.5},
        {"glucose", "{'value':5.5}", EN_EINVAL, 0.0},
        {"inr", "{'value':2.5}", EN_OK, 2.5},
        {"nrs", "{'value':7}", EN_OK, 7.0},
        {"heart_rate", "{'value':70}", EN_EINVAL, 0.0},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        struct en_fact got = {0};

        if (observe(CASES[i].id, CASES[i].quantity, &got) != CASES[i].status) {
            print_error("%s %s\n", CASES[i].id, CASES[i].quantity);
            fail();
        }
        CHECK((got.kind == EN_FACT_NUMBER) == (CASES[i].status == EN_OK));
        CHECK_NEAR(got.number, CASES[i].value, 1e-9);
    }
}

/* Each instrument at both ends of its scale and one step of 0.01 beyond them. */
static void test_scores_keep_their_scale(void **state)
{
    static const struct {
        const char *column;
        double step;
        bool is_good;
    } CASES[] = {
        {"low", 0.0, true}, {"high", 0.0, true}, {"low", -0.01, false}, {"high", 0.01, false}};
    const struct en_table *table = en_table_get(knowledge(), "instruments");
    size_t count = 0;

    (void)state;
    for (size_t i = 0; i < table->row_count * EN_COUNT(CASES); i++) {
        const struct en_row *row = &table->rows[i / EN_COUNT(CASES)];
        const size_t j = i % EN_COUNT(CASES);
        const double end = en_cell_number(row, CASES[j].column);
        const char *text =
            en_arena_print(&memory, "%s %.2f", en_cell(row, "id"), end + CASES[j].step);
        const struct en_case_item item = {"score", text, NOW};
        struct en_issues issues;
        struct en_case c = {0};
        bool was_built = false;

        if (isnan(end)) {
            continue;
        }
        const enum en_status st = there_and_back(&item, 1, &c, &issues, &was_built);

        if ((st == EN_OK) != CASES[j].is_good || was_built != CASES[j].is_good) {
            print_error("score %s\n", text);
            print_issues(&issues);
            fail();
        }
        if (CASES[j].is_good) {
            CHECK(c.score_count == 1);
            CHECK_TEXT(c.scores[0].instrument, en_cell(row, "id"));
            CHECK_NEAR(c.scores[0].value, end, 1e-9);
        }
        count++;
    }
    CHECK(count > 80);
}

/* Codes, dates, truth */

static void check_codes(const struct en_row *fact)
{
    const char *id = en_cell(fact, "id"), *list = en_cell(fact, "values"), *item = NULL;
    struct en_fact got = {0};
    size_t size = 0;

    while ((list = en_list_next(list, &item, &size)) != NULL) {
        const char *code = en_arena_copy(&memory, item, size);

        CHECK(gives(id, code, &got));
        CHECK(got.kind == EN_FACT_CODE);
        CHECK_TEXT(got.code, code);
        CHECK(!gives(id, en_arena_print(&memory, "%sx", code), &got));
        CHECK(!gives(id, en_arena_print(&memory, "%s; %s", code, code), &got));
        CHECK(size < 2 || !gives(id, en_arena_copy(&memory, item, size - 1), &got));
    }
    CHECK(!gives(id, "", &got));
    CHECK(!gives(id, en_cell(fact, "values"), &got));
}

/* Each word of a list is taken, and nothing beside it. */
static void test_codes_are_taken_one_by_one(void **state)
{
    (void)state;
    each_fact("code", check_codes, 5);
}

static void check_truth(const struct en_row *fact)
{
    const char *id = en_cell(fact, "id");
    struct en_fact got = {0};

    CHECK(gives(id, "yes", &got) && got.kind == EN_FACT_BOOL && got.truth);
    CHECK(gives(id, "no", &got) && got.kind == EN_FACT_BOOL && !got.truth);
    CHECK(gives(id, "unknown", &got) && got.kind == EN_FACT_UNKNOWN);
    CHECK(!gives(id, "", &got) && !gives(id, "perhaps", &got) && !gives(id, "1", &got));
    CHECK(!gives(id, "yes no", &got));
}

static void test_truth_is_yes_or_no(void **state)
{
    (void)state;
    each_fact("bool", check_truth, 100);
}

static void check_dates(const struct en_row *fact)
{
    const char *id = en_cell(fact, "id");
    char text[EN_DATE_TEXT_MAX];
    struct en_fact got = {0};

    if (strcmp(id, "birth_date") == 0) {
        return; /* the patient's: an age of 0 has rules of its own */
    }
    CHECK(gives(id, en_date_text(today(), text), &got) && got.date == today());
    CHECK(gives(id, "2024-02-29", &got) && got.date == day_of("2024-02-29"));
    CHECK(gives(id, "2024", &got) && got.date == day_of("2024-01-01"));
    CHECK(!gives(id, en_date_text(today() + 1, text), &got));
    CHECK(!gives(id, "2025-02-29", &got) && !gives(id, "yesterday", &got));
}

/* Today is not the future, tomorrow is. */
static void test_dates_end_today(void **state)
{
    (void)state;
    each_fact("date", check_dates, 5);
}

/* Whatever people write */

static const char *const ODD[] = {
    "",
    " ",
    "0",
    "-1",
    "1e9",
    "yes",
    "none",
    "unknown",
    "knee",
    "knee right",
    "knee right left",
    "knee  right",
    "KNE-01 2 right",
    "KNE-01 2 right left",
    "KNE-01 2 2",
    "nrs 7",
    "nrs 7 8",
    "nrs 11",
    "nrs -1",
    "peg 6.3 left",
    "ibuprofen until 2026-03-01",
    "ibuprofen until 2026-03-01 until 2026-03-02",
    " until 2026-03-01",
    "until 2026-03-01",
    "2026-03-01",
    "2026-03-01T10:00:00Z",
    "2026-03-10T10:00:00+14:00",
    "female",
    "left",
    "guidance-us",
    "80 kg",
    "80 kg kg",
    "80kg",
    "\"quoted\" \\ text",
    "tab\there",
    "line\nend",
    "\xd0\x96\xd0\xb5\xd0\xbd\xd0\xb0",
    "\x01",
    "80.0000000000000000000000000000000000000000000000000000000000000000000000000000000 kg",
    "80.000000000000000000000000000000000000000000000000000000000000000000000000000x kg",
};

/* What the builder accepts, the reader accepts: whatever is written into a field, the mistake is
 * told at the field and not later at a path of FHIR, which the person never wrote. */
static void test_what_is_built_reads_back(void **state)
{
    size_t built = 0, refused = 0;

    (void)state;
    for (const struct en_case_field *f = EN_CASE_FIELDS; f->name != NULL; f++) {
        for (size_t i = 0; i < EN_COUNT(ODD); i++) {
            const struct en_arena_mark mark = en_arena_mark(&memory);
            const struct en_case_item items[] = {{f->name, ODD[i], NOW},
                                                 {"practitioner", "L-1", NOW}};
            const size_t count =
                strcmp(f->name, "privilege") == 0 || strcmp(f->name, "training_hours") == 0 ? 2 : 1;
            struct en_issues issues;
            struct en_case c;
            bool was_built = false;
            const enum en_status st = there_and_back(items, count, &c, &issues, &was_built);

            if (was_built && st != EN_OK) {
                print_error("%s \"%s\" is built and does not read\n", f->name, ODD[i]);
                print_issues(&issues);
                fail();
            }
            built += was_built ? 1 : 0;
            refused += was_built ? 0 : 1;
            en_arena_rewind(&memory, mark);
        }
    }
    CHECK(built > 100 && refused > 200);
}

/* Words that nobody reads must not be dropped: "knee right left" is a question, not the right. */
static void test_words_left_over_are_refused(void **state)
{
    static const struct en_case_item ITEMS[] = {
        {"tenderness", "KNE-01 2 right left", NOW},
        {"laxity", "KNE-03 1 left 2", NOW},
        {"session", "knee right left", NOW},
        {"steroid_injection", "knee left (both)", NOW},
        {"score", "peg 6.3 left right", NOW},
        {"session", "knee 10 mL 12 mL", NOW},
        {"session", "knee US LM", NOW},
        {"steroid_injection", "knee left 2 mL", NOW},
        {"score", "nrs 7 8", NOW},
        {"weight", "80 kg 81 kg", NOW},
        {"inr", "2.0 3.0", NOW},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ITEMS); i++) {
        struct en_issues issues;
        struct en_case c;
        bool was_built = false;

        if (there_and_back(&ITEMS[i], 1, &c, &issues, &was_built) == EN_OK) {
            print_error("%s %s is accepted\n", ITEMS[i].field, ITEMS[i].value);
            fail();
        }
        CHECK_TEXT(issues.items[0].path, ITEMS[i].field);
    }
}

/* A long number is read to its end: what stands behind the sixtieth digit counts as well. */
static void test_long_numbers_are_read_to_their_end(void **state)
{
    char text[128] = "80.";
    struct en_fact got = {0};

    (void)state;
    for (size_t length = 3; length < 110; length++) {
        (void)snprintf(text + length, sizeof text - length, "x kg");
        CHECK(!gives("weight", text, &got));
        (void)snprintf(text + length, sizeof text - length, "0 kg");
        if (gives("weight", text, &got)) {
            CHECK_NEAR(got.number, 80.0, 0.0);
        }
        text[length] = '0';
    }
}

TEST_MAIN(cmocka_unit_test(test_numbers_keep_their_range_in_every_unit),
          cmocka_unit_test(test_numbers_refuse_units_of_other_quantities),
          cmocka_unit_test(test_numbers_need_their_unit),
          cmocka_unit_test(test_quantity_without_unit_is_refused),
          cmocka_unit_test(test_scores_keep_their_scale),
          cmocka_unit_test(test_codes_are_taken_one_by_one),
          cmocka_unit_test(test_truth_is_yes_or_no), cmocka_unit_test(test_dates_end_today),
          cmocka_unit_test(test_what_is_built_reads_back),
          cmocka_unit_test(test_words_left_over_are_refused),
          cmocka_unit_test(test_long_numbers_are_read_to_their_end));
