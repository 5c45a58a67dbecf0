/* SPDX-License-Identifier: Apache-2.0
 * The same case written in other ways is the same case; a text with one byte too few or too many
 * is none. Held against every example. */
#include "unit/fhir/examples.h"

static struct en_arena memory = {.limit = EN_REQUEST_ARENA};

static en_day example_day(void)
{
    return day_of("2026-06-01"); /* that of the latest example */
}

static enum en_status read_text(const char *text, size_t size, struct en_case *c)
{
    struct en_issues issues = {0};

    return en_fhir_read_case(knowledge(), text, size, example_day(), &memory, c, &issues, NULL);
}

/* Comparing */

static bool is_same_number(double a, double b)
{
    return (isnan(a) && isnan(b)) || (!(a < b) && !(a > b));
}

static void expect_same_facts(const struct en_case *a, const struct en_case *b, const char *name)
{
    CHECK(a->fact_count == b->fact_count);
    for (size_t i = 0; i < a->fact_count; i++) {
        const struct en_fact *x = &a->facts[i], *y = &b->facts[i];

        if (x->kind != y->kind || x->truth != y->truth || x->date != y->date ||
            x->as_of != y->as_of || !is_same_number(x->number, y->number) ||
            !en_text_equal(x->code, y->code)) {
            print_error("%s: fact %s differs\n", name,
                        en_cell(&en_table_get(knowledge(), "facts")->rows[i], "id"));
            fail();
        }
    }
}

static void expect_same_counts(const struct en_case *a, const struct en_case *b)
{
    CHECK(a->target_count == b->target_count && a->exam_count == b->exam_count);
    CHECK(a->score_count == b->score_count && a->session_count == b->session_count);
    CHECK(a->treatment_count == b->treatment_count && a->allergy_count == b->allergy_count);
    CHECK(a->medication_count == b->medication_count && a->cover_count == b->cover_count);
    CHECK(a->practitioner_count == b->practitioner_count);
    CHECK(en_text_equal(a->person.name, b->person.name));
    CHECK(en_text_equal(a->person.id, b->person.id));
    CHECK(a->person.birth == b->person.birth && a->person.birth_known == b->person.birth_known);
}

/* Everything, in the same order. */
static void expect_same_case(const struct en_case *a, const struct en_case *b, const char *name)
{
    expect_same_facts(a, b, name);
    expect_same_counts(a, b);
    for (size_t i = 0; i < a->target_count; i++) {
        CHECK(en_text_equal(a->targets[i].condition, b->targets[i].condition));
        CHECK(en_text_equal(a->targets[i].text, b->targets[i].text));
        CHECK(a->targets[i].side == b->targets[i].side);
        CHECK(a->targets[i].onset == b->targets[i].onset);
    }
    for (size_t i = 0; i < a->score_count; i++) {
        CHECK(en_text_equal(a->scores[i].instrument, b->scores[i].instrument));
        CHECK(is_same_number(a->scores[i].value, b->scores[i].value));
        CHECK(a->scores[i].day == b->scores[i].day && a->scores[i].side == b->scores[i].side);
    }
    for (size_t i = 0; i < a->medication_count; i++) {
        CHECK(en_text_equal(a->medications[i].text, b->medications[i].text));
        CHECK(en_text_equal(a->medications[i].drug, b->medications[i].drug));
        CHECK(a->medications[i].is_active == b->medications[i].is_active);
    }
}

/* Writing */

/* Ways to write a tree. */
struct style {
    const char *space; /* between tokens */
    bool are_members_reversed, is_escaped;
    bool are_entries_reversed; /* the items of Bundle.entry */
    size_t repeat;             /* write the first member of this object twice; 0 none */
    size_t objects;            /* so far */
};

static void write_string(struct en_buf *out, const struct style *s, const char *text)
{
    en_buf_add(out, "\"");
    for (const char *p = text; *p != '\0'; p++) {
        const unsigned char c = (unsigned char)*p;

        if (c < 0x20 || c == '"' || c == '\\' || (s->is_escaped && c < 0x80)) {
            en_buf_print(out, "\\u%04x", c);
        } else {
            en_buf_add_bytes(out, p, 1);
        }
    }
    en_buf_add(out, "\"");
}

static void write_value(struct en_buf *out, struct style *s, struct json_object *value,
                        bool is_reversed);

static void write_member(struct en_buf *out, struct style *s, const char *key,
                         struct json_object *value)
{
    write_string(out, s, key);
    en_buf_print(out, "%s:%s", s->space, s->space);
    write_value(out, s, value, s->are_entries_reversed && strcmp(key, "entry") == 0);
}

static void write_object(struct en_buf *out, struct style *s, struct json_object *value)
{
    const size_t number = ++s->objects;
    const char *keys[EN_JSON_MEMBERS_MAX];
    size_t count = 0;

    json_object_object_foreach(value, key, item)
    {
        (void)item;
        CHECK(count < EN_COUNT(keys));
        keys[count++] = key;
    }
    en_buf_print(out, "{%s", s->space);
    for (size_t i = 0; i < count; i++) {
        const char *name = keys[s->are_members_reversed ? count - 1 - i : i];

        en_buf_add(out, i == 0 ? "" : ",");
        en_buf_add(out, s->space);
        write_member(out, s, name, json_object_object_get(value, name));
        if (i == 0 && number == s->repeat) {
            en_buf_add(out, ",");
            write_member(out, s, name, json_object_object_get(value, name));
        }
    }
    en_buf_print(out, "%s}", s->space);
}

static void write_value(struct en_buf *out, struct style *s, struct json_object *value,
                        bool is_reversed)
{
    if (json_object_is_type(value, json_type_object)) {
        write_object(out, s, value);
    } else if (json_object_is_type(value, json_type_array)) {
        const size_t count = en_json_count(value);

        en_buf_add(out, "[");
        for (size_t i = 0; i < count; i++) {
            en_buf_print(out, "%s%s", i == 0 ? "" : ",", s->space);
            write_value(out, s, en_json_at(value, is_reversed ? count - 1 - i : i), false);
        }
        en_buf_print(out, "%s]", s->space);
    } else if (json_object_is_type(value, json_type_string)) {
        write_string(out, s, json_object_get_string(value));
    } else {
        en_buf_add(out, json_object_to_json_string(value));
    }
}

/* Read the example written in this style. */
static enum en_status read_styled(const char *text, struct style *s, struct en_case *c)
{
    struct en_buf out = EN_BUF(EN_CASE_FILE_MAX);
    struct json_object *root = NULL;
    struct en_issues issues = {0};

    CHECK(en_json_read(text, strlen(text), &memory, &root, &issues, NULL) == EN_OK);
    s->objects = 0;
    write_value(&out, s, root, false);
    json_object_put(root);
    CHECK(out.status == EN_OK);
    const enum en_status st = read_text(en_buf_text(&out), out.size, c);

    en_buf_free(&out);
    return st;
}

/* Same */

static void check_styles(const char *name, const char *text)
{
    struct style styles[] = {
        {.space = ""},
        {.space = " \t\r\n"},
        {.space = "", .are_members_reversed = true},
        {.space = " ", .is_escaped = true},
        {.space = "\n", .is_escaped = true, .are_members_reversed = true},
    };
    const struct en_arena_mark mark = en_arena_mark(&memory);
    struct en_case original, other;

    CHECK(read_text(text, strlen(text), &original) == EN_OK);
    for (size_t i = 0; i < EN_COUNT(styles); i++) {
        CHECK(read_styled(text, &styles[i], &other) == EN_OK);
        expect_same_case(&original, &other, name);
    }
    en_arena_rewind(&memory, mark);
}

/* White space, the order of members and the writing of letters mean nothing in JSON. */
static void test_writing_does_not_matter(void **state)
{
    (void)state;
    each_example(check_styles);
}

static void check_reversed(const char *name, const char *text)
{
    const struct en_arena_mark mark = en_arena_mark(&memory);
    struct style s = {.space = "", .are_entries_reversed = true};
    struct en_case original, other;

    CHECK(read_text(text, strlen(text), &original) == EN_OK);
    CHECK(read_styled(text, &s, &other) == EN_OK);
    expect_same_facts(&original, &other, name);
    expect_same_counts(&original, &other);
    en_arena_rewind(&memory, mark);
}

/* Neither does the order of the entries: an export has none. */
static void test_order_of_entries_does_not_matter(void **state)
{
    (void)state;
    each_example(check_reversed);
}

/* Refused */

static void check_repeats(const char *name, const char *text)
{
    const struct en_arena_mark mark = en_arena_mark(&memory);
    struct style s = {.space = ""};
    struct en_case c;

    CHECK(read_styled(text, &s, &c) == EN_OK);
    const size_t count = s.objects, step = 1 + count / 12;

    for (s.repeat = 1; s.repeat <= count; s.repeat += step) {
        if (read_styled(text, &s, &c) != EN_EINVAL) {
            print_error("%s: a member of object %zu is there twice\n", name, s.repeat);
            fail();
        }
        CHECK(c.facts == NULL);
        en_arena_rewind(&memory, mark);
    }
}

/* The same member twice, even with the same value, in any object: two readers might differ. */
static void test_repeated_members_are_refused(void **state)
{
    (void)state;
    each_example(check_repeats);
}

static bool is_json(const char *bytes, size_t size)
{
    const struct en_arena_mark mark = en_arena_mark(&memory);
    struct en_issues issues = {0};
    const bool is_good = en_json_check(bytes, size, &memory, &issues, NULL) == EN_OK;

    CHECK(is_good == (issues.error_count == 0));
    en_arena_rewind(&memory, mark);
    return is_good;
}

/* Whether byte i is inside a string; quotes themselves are not. */
static void mark_strings(const char *text, size_t size, bool *is_inside)
{
    bool inside = false;

    for (size_t i = 0; i < size; i++) {
        if (text[i] == '"') {
            inside = !inside;
            is_inside[i] = false;
            continue;
        }
        is_inside[i] = inside;
        if (inside && text[i] == '\\') {
            is_inside[++i] = true;
        }
    }
    CHECK(!inside);
}

enum { PART_MAX = 4000 }; /* bytes of an example: mutations are quadratic in it */

/* The example without the byte at `without`, with `extra` (one byte) before `at`. */
static size_t changed(const char *text, size_t size, size_t without, size_t at, char extra,
                      char *out)
{
    size_t length = 0;

    for (size_t i = 0; i <= size; i++) {
        if (i == at) {
            out[length++] = extra;
        }
        if (i < size && i != without) {
            out[length++] = text[i];
        }
    }
    return length;
}

/* Work on the beginning of an example that is made whole by hand. */
static size_t small_text(char out[PART_MAX])
{
    const char *text = bundle(&memory, PATIENT "," KNEE);
    const size_t size = strlen(text);

    CHECK(size < PART_MAX - 2);
    memcpy(out, text, size + 1);
    return size;
}

/* Without any one of its brackets, colons, commas or quotes the text is no JSON any more. */
static void test_each_structural_byte_is_needed(void **state)
{
    char text[PART_MAX], other[PART_MAX];
    bool is_inside[PART_MAX] = {false};
    const size_t size = small_text(text);
    size_t seen = 0;

    (void)state;
    mark_strings(text, size, is_inside);
    CHECK(is_json(text, size));
    for (size_t i = 0; i < size; i++) {
        if (!is_inside[i] && strchr("{}[]:,\"", text[i]) != NULL) {
            const size_t length = changed(text, size, i, SIZE_MAX, '\0', other);

            if (is_json(other, length)) {
                print_error("without byte %zu: %.*s\n", i, (int)length, other);
                fail();
            }
            seen++;
        }
    }
    CHECK(seen > 100);
    en_arena_free(&memory);
}

/* One byte more between the tokens is white space or a mistake. */
static void test_each_byte_between_tokens_counts(void **state)
{
    char text[PART_MAX], other[PART_MAX];
    bool is_inside[PART_MAX] = {false};
    const size_t size = small_text(text);

    (void)state;
    mark_strings(text, size, is_inside);
    for (int c = 0; c < 256; c++) {
        for (size_t i = 0; i <= size; i += 1 + (size_t)c % 3) {
            const bool is_between =
                i == 0 || i == size || (!is_inside[i] && !is_inside[i - 1] && text[i - 1] != '"');
            const size_t length = changed(text, size, SIZE_MAX, i, (char)c, other);

            if (is_between) {
                CHECK(is_json(other, length) == (c == ' ' || c == '\t' || c == '\n' || c == '\r'));
            }
        }
    }
    en_arena_free(&memory);
}

/* NUL, control characters and bytes that are no UTF-8 are refused wherever they stand. */
static void test_bad_bytes_are_refused_everywhere(void **state)
{
    static const unsigned char BYTES[] = {0x00, 0x01, 0x0b, 0x1f, 0x80,
                                          0xbf, 0xc0, 0xc3, 0xf5, 0xff};
    char text[PART_MAX], other[PART_MAX];
    const size_t size = small_text(text);

    (void)state;
    for (size_t i = 0; i <= size; i++) {
        for (size_t j = 0; j < sizeof BYTES; j++) {
            const size_t length = changed(text, size, SIZE_MAX, i, (char)BYTES[j], other);

            CHECK(!is_json(other, length));
        }
    }
    en_arena_free(&memory);
}

static void check_truncations(const char *name, const char *text)
{
    size_t cut = strlen(text);

    while (cut > 0 && strchr(" \n\t\r", text[cut - 1]) != NULL) {
        cut--;
    }
    CHECK(is_json(text, cut));
    for (size_t part = 0; part < cut; part += 1 + cut / 97) {
        if (is_json(text, part)) {
            print_error("%s is whole after %zu of %zu bytes\n", name, part, cut);
            fail();
        }
    }
    CHECK(!is_json(text, cut - 1));
}

/* A file that was cut off in transfer is never a smaller case. */
static void test_truncated_examples_are_refused(void **state)
{
    (void)state;
    each_example(check_truncations);
}

TEST_MAIN(cmocka_unit_test(test_writing_does_not_matter),
          cmocka_unit_test(test_order_of_entries_does_not_matter),
          cmocka_unit_test(test_repeated_members_are_refused),
          cmocka_unit_test(test_each_structural_byte_is_needed),
          cmocka_unit_test(test_each_byte_between_tokens_counts),
          cmocka_unit_test(test_bad_bytes_are_refused_everywhere),
          cmocka_unit_test(test_truncated_examples_are_refused));
