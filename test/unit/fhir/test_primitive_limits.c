/* SPDX-License-Identifier: Apache-2.0
 * The primitive types of R4 at the ends of their grammar, inside a resource: an extension holds any
 * of them. The rules are those of https://hl7.org/fhir/R4/datatypes.html. */
#include "fhir/r4.h"
#include "fhir/validate.h"
#include "unit/fhir/bundle.h"

static struct en_arena memory = {.limit = EN_REQUEST_ARENA};
static struct en_r4 r4;

static int load(void **state)
{
    (void)state;
    return en_r4_load(&memory, &r4, NULL) == EN_OK ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    en_arena_free(&memory);
    return 0;
}

/* Whether a Basic resource with this value[x] is valid; a refusal is one problem at the value. */
static bool accepts(const char *type, struct json_object *value)
{
    const struct en_arena_mark mark = en_arena_mark(&memory);
    struct json_object *root = json_object_new_object(), *list = json_object_new_array();
    struct json_object *extension = json_object_new_object();
    struct en_issues issues = {0};
    char key[64], path[128];

    (void)snprintf(key, sizeof key, "value%c%s", type[0] & ~0x20, type + 1);
    (void)snprintf(path, sizeof path, "Patient.extension[0].%s", key);
    (void)json_object_object_add(root, "resourceType", json_object_new_string("Patient"));
    (void)json_object_object_add(extension, "url", json_object_new_string("http://example.org"));
    (void)json_object_object_add(extension, key, value);
    (void)json_object_array_add(list, extension);
    (void)json_object_object_add(root, "extension", list);
    en_r4_validate(&r4, root, &memory, &issues);
    json_object_put(root);
    if (issues.error_count > 0) {
        CHECK(issues.error_count == 1);
        CHECK_TEXT(issues.items[0].path, path);
        CHECK_TEXT(issues.items[0].code, "value");
    }
    en_arena_rewind(&memory, mark);
    return issues.error_count == 0;
}

static bool accepts_text(const char *type, const char *text)
{
    return accepts(type, json_object_new_string(text));
}

static void expect_text(const char *type, const char *text, bool is_good)
{
    if (accepts_text(type, text) != is_good) {
        print_error("%s \"%s\" is %s\n", type, text, is_good ? "refused" : "accepted");
        fail();
    }
}

static char *repeated(const char *start, char c, size_t count, const char *end)
{
    char *text = EN_NEW(&memory, char, strlen(start) + count + strlen(end) + 1);

    CHECK(text != NULL);
    memcpy(text, start, strlen(start));
    memset(text + strlen(start), c, count);
    memcpy(text + strlen(start) + count, end, strlen(end));
    return text;
}

/* Numbers */

/* 32 bits, from each type's own lower end, and one step beyond each end. */
static void test_integers_have_32_bits(void **state)
{
    static const struct {
        const char *type;
        int64_t low;
    } TYPES[] = {{"integer", INT32_MIN}, {"unsignedInt", 0}, {"positiveInt", 1}};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(TYPES); i++) {
        CHECK(accepts(TYPES[i].type, json_object_new_int64(TYPES[i].low)));
        CHECK(!accepts(TYPES[i].type, json_object_new_int64(TYPES[i].low - 1)));
        CHECK(accepts(TYPES[i].type, json_object_new_int64(INT32_MAX)));
        CHECK(!accepts(TYPES[i].type, json_object_new_int64((int64_t)INT32_MAX + 1)));
        CHECK(!accepts(TYPES[i].type, json_object_new_int64(INT64_MAX)));
        CHECK(!accepts(TYPES[i].type, json_object_new_uint64(UINT64_MAX)));
        CHECK(!accepts(TYPES[i].type, json_object_new_double(1.5)));
        CHECK(!accepts_text(TYPES[i].type, "1"));
        CHECK(!accepts(TYPES[i].type, json_object_new_boolean(1)));
    }
}

static void test_decimal_is_any_number_and_nothing_else(void **state)
{
    (void)state;
    CHECK(accepts("decimal", json_object_new_double_s(0.1, "0.100")));
    CHECK(accepts("decimal", json_object_new_int64(-7)));
    CHECK(accepts("decimal", json_object_new_double(1e-300)));
    CHECK(!accepts_text("decimal", "0.1"));
    CHECK(!accepts("decimal", json_object_new_boolean(0)));
    CHECK(accepts("boolean", json_object_new_boolean(0)));
    CHECK(!accepts("boolean", json_object_new_int(0)));
    CHECK(!accepts_text("boolean", "true"));
}

/* Texts */

/* 1 MiB of text is the most that FHIR allows; one letter more is not. */
static void test_string_ends_at_one_mebibyte(void **state)
{
    (void)state;
    CHECK(accepts_text("string", repeated("", 'a', 1 << 20, "")));
    CHECK(!accepts_text("string", repeated("", 'a', (1 << 20) + 1, "")));
    CHECK(accepts_text("markdown", repeated("", 'a', 1 << 20, "")));
    CHECK(!accepts_text("markdown", repeated("", 'a', (1 << 20) + 1, "")));
}

/* Of the control characters a text may hold tab, line feed and carriage return. */
static void test_string_refuses_control_characters(void **state)
{
    (void)state;
    for (int c = 1; c < 128; c++) {
        const char text[] = {'a', (char)c, 'b', '\0'};

        expect_text("string", text, c >= 0x20 || c == '\t' || c == '\n' || c == '\r');
        expect_text("uri", text, c > 0x20);
    }
    CHECK(!accepts("string", json_object_new_string_len("a\0b", 3)));
    CHECK(!accepts("uri", json_object_new_string_len("a\0b", 3)));
    expect_text("string", " a ", true);
    expect_text("string", " \t\r\n", false);
    expect_text("string", "", false);
    expect_text("string", "\xd0\x96", true);
}

/* [^\s]+(\s[^\s]+)*: every place of a space in three letters. */
static void test_code_allows_single_spaces_inside(void **state)
{
    static const char SPACES[] = " \t\n";

    (void)state;
    for (size_t i = 0; i < sizeof SPACES - 1; i++) {
        const char s = SPACES[i];
        const char inside[] = {'a', s, 'b', '\0'}, start[] = {s, 'a', '\0'}, end[] = {'a', s, '\0'};
        const char two[] = {'a', s, s, 'b', '\0'}, parted[] = {'a', s, 'b', s, 'c', '\0'};

        expect_text("code", inside, true);
        expect_text("code", parted, true);
        expect_text("code", start, false);
        expect_text("code", end, false);
        expect_text("code", two, false);
    }
    expect_text("code", "", false);
}

/* [A-Za-z0-9\-\.]{1,64}: every byte, and both lengths. */
static void test_id_has_its_letters_and_its_length(void **state)
{
    static const char ALLOWED[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.";

    (void)state;
    for (int c = 1; c < 128; c++) {
        const char text[] = {(char)c, '\0'};

        expect_text("id", text, strchr(ALLOWED, c) != NULL);
    }
    expect_text("id", "\xc3\xa9", false);
    expect_text("id", "", false);
    expect_text("id", repeated("", 'a', 64, ""), true);
    expect_text("id", repeated("", 'a', 65, ""), false);
}

static void test_addresses_have_no_spaces(void **state)
{
    static const char *const TYPES[] = {"uri", "url", "canonical"};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(TYPES); i++) {
        expect_text(TYPES[i], "http://example.org/a?b=c#d", true);
        expect_text(TYPES[i], "urn:oid:1.2", true);
        expect_text(TYPES[i], "", false);
        expect_text(TYPES[i], " a", false);
        expect_text(TYPES[i], "a b", false);
        expect_text(TYPES[i], "a\n", false);
    }
}

/* urn:oid:[0-2](\.(0|[1-9][0-9]*))+ */
static void test_oid_grammar(void **state)
{
    static const struct {
        const char *text;
        bool is_good;
    } CASES[] = {
        {"urn:oid:0.0", true},      {"urn:oid:2.999.1", true},
        {"urn:oid:1.10.100", true}, {"urn:oid:3.0", false},
        {"urn:oid:-1.0", false},    {"urn:oid:0", false},
        {"urn:oid:0.", false},      {"urn:oid:0.0.", false},
        {"urn:oid:0..0", false},    {"urn:oid:0.00", false},
        {"urn:oid:0.01", false},    {"urn:oid:0.a", false},
        {"urn:oid:0.1a", false},    {"URN:OID:0.0", false},
        {"urn:oid:", false},        {"urn:oid: 0.0", false},
        {"urn:oid:0.0 ", false},    {"oid:0.0", false},
        {"urn:oid:10.0", false},    {"urn:oid:1.0.0.0.0", true},
        {"urn:uuid:0.0", false},    {"", false},
        {"urn:oid:0.0\n", false},   {"urn:oid:0.1.2147483648", true},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        expect_text("oid", CASES[i].text, CASES[i].is_good);
    }
}

/* One changed byte anywhere in a UUID is refused, unless it is another hexadecimal digit. */
static void test_uuid_byte_by_byte(void **state)
{
    static const char GOOD[] = "urn:uuid:c757873d-ec9a-4326-a141-556f43239520";
    static const char CHANGES[] = "0aAg-: ";
    char text[sizeof GOOD];

    (void)state;
    expect_text("uuid", GOOD, true);
    for (size_t i = 0; i < sizeof GOOD - 1; i++) {
        for (size_t j = 0; j < sizeof CHANGES - 1; j++) {
            const bool is_digit = i >= 9 && GOOD[i] != '-';

            memcpy(text, GOOD, sizeof GOOD);
            text[i] = CHANGES[j];
            expect_text("uuid", text,
                        text[i] == GOOD[i] || (is_digit && strchr("0a", CHANGES[j]) != NULL));
        }
        memcpy(text, GOOD, sizeof GOOD);
        text[i] = '\0';
        expect_text("uuid", text, false);
    }
    expect_text("uuid", "urn:uuid:c757873d-ec9a-4326-a141-556f432395200", false);
}

/* Groups of four, padding at the end alone; line ends between groups are usual. */
static void test_base64_groups(void **state)
{
    (void)state;
    for (size_t length = 0; length <= 12; length++) {
        for (size_t padding = 0; padding <= 4; padding++) {
            const char *text = repeated(repeated("", 'A', length, ""), '=', padding, "");

            expect_text("base64Binary", text,
                        length > 0 && padding <= 2 && (length + padding) % 4 == 0);
        }
    }
    expect_text("base64Binary", "QUJD\r\nQUJD\n", true);
    expect_text("base64Binary", "+/+/", true);
    expect_text("base64Binary", "-_-_", false);
    expect_text("base64Binary", "QQ==QUJD", false);
    expect_text("base64Binary", "QUJ\xc3", false);
}

/* Dates and times */

/* Every month's last day and the day behind it, in a common and in a leap year. */
static void test_dates_know_the_months(void **state)
{
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    static const struct {
        int year;
        bool is_leap;
    } YEARS[] = {{2025, false}, {2024, true}, {1900, false},
                 {2000, true},  {1, false},   {9999, false}};
    char text[64];

    (void)state;
    for (size_t i = 0; i < EN_COUNT(YEARS); i++) {
        for (int month = 1; month <= 12; month++) {
            const int last = DAYS[month - 1] + (month == 2 && YEARS[i].is_leap ? 1 : 0);

            for (int day = 0; day <= 32; day++) {
                (void)snprintf(text, sizeof text, "%04d-%02d-%02d", YEARS[i].year, month, day);
                expect_text("date", text, day >= 1 && day <= last);
            }
        }
    }
    expect_text("date", "2025-00", false);
    expect_text("date", "2025-13", false);
    expect_text("date", "0000", false);
    expect_text("date", "10000", false);
    expect_text("date", "-2025", false);
    expect_text("date", "2025-", false);
    expect_text("date", "2025-1", false);
    expect_text("date", " 2025", false);
    expect_text("date", "2025 ", false);
    expect_text("date", "2025-01-01T", false);
    expect_text("date", "2025-01-01T10:00:00Z", false);
}

/* Hours, minutes, seconds and zones at their ends. A leap second is allowed, 24:00 is not; zones
 * end at 14:00 on either side. */
static void test_times_of_day_have_ends(void **state)
{
    static const struct {
        const char *time;
        bool is_good;
    } TIMES[] = {
        {"00:00:00", true},   {"23:59:59", true},        {"23:59:60", true},
        {"24:00:00", false},  {"23:60:00", false},       {"23:59:61", false},
        {"12:30:15.1", true}, {"12:30:15.", false},      {"12:30", false},
        {"12:30:5", false},   {"12:30:15.000001", true}, {"1:30:15", false},
        {"-1:30:15", false},  {"12:30:15.1.1", false},   {"12 30 15", false},
        {"12:30:15 ", false}, {" 12:30:15", false},      {"", false},
        {"ab:cd:ef", false},
    };
    static const struct {
        const char *zone;
        bool is_good;
    } ZONES[] = {
        {"Z", true},        {"+00:00", true},  {"-00:00", true},  {"+14:00", true},
        {"-14:00", true},   {"+13:59", true},  {"+14:01", false}, {"-14:59", false},
        {"+15:00", false},  {"+10:60", false}, {"+1:00", false},  {"+1000", false},
        {"z", false},       {"", false},       {"+01", false},    {"ZZ", false},
        {"+01:00Z", false}, {" Z", false},
    };
    char text[96];

    (void)state;
    for (size_t i = 0; i < EN_COUNT(TIMES); i++) {
        expect_text("time", TIMES[i].time, TIMES[i].is_good);
        for (size_t j = 0; j < EN_COUNT(ZONES); j++) {
            (void)snprintf(text, sizeof text, "2026-03-01T%s%s", TIMES[i].time, ZONES[j].zone);
            expect_text("instant", text, TIMES[i].is_good && ZONES[j].is_good);
            expect_text("dateTime", text, TIMES[i].is_good && ZONES[j].is_good);
            (void)snprintf(text, sizeof text, "%s%s", TIMES[i].time, ZONES[j].zone);
            CHECK(ZONES[j].zone[0] == '\0' || !accepts_text("time", text));
        }
    }
}

/* An instant is a moment: a day, a month or a year is none. A dateTime may be any of them. */
static void test_instant_needs_a_time(void **state)
{
    static const char *const PARTS[] = {"2026", "2026-03", "2026-03-01"};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(PARTS); i++) {
        expect_text("date", PARTS[i], true);
        expect_text("dateTime", PARTS[i], true);
        expect_text("instant", PARTS[i], false);
        expect_text("time", PARTS[i], false);
    }
    expect_text("dateTime", "2026-03T10:00:00Z", false);
    expect_text("dateTime", "2026T10:00:00Z", false);
    expect_text("dateTime", "2026-03-01 10:00:00Z", false);
}

/* The narrative */

/* One <div> whatever is in it, and nothing that a browser would run. */
static void test_narrative_is_one_div(void **state)
{
    static const struct {
        const char *div;
        bool is_good;
    } CASES[] = {
        {"<div>x</div>", true},
        {"<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\"><p>x</p></div>", true},
        {"<div\\n>x</div>", true},
        {"<divide>x</div>", false},
        {"<divx></div>", false},
        {"<p>x</p>", false},
        {"x<div>x</div>", false},
        {"<div>x</div>x", false},
        {"<div>x", false},
        {"<div>x<script>y</script></div>", false},
        {"<div>x<SCRIPT>y</SCRIPT></div>", false},
        {"<div><a href='javascript:x'>y</a></div>", false},
        {"<div><iframe/></div>", false},
        {"<div><!-- x --></div>", false}, /* nothing to read */
        {"<div>y<!-- x --></div>", true},
        {"<div>y<!--[if IE]>x<![endif]--></div>", false},
        {"<div onclick='x'>y</div>", false},
        {"<div><img src='x' onerror='y'/></div>", false},
        {"<div>on the left: one = 1</div>", true},
        /* Well-formed XML, with no entities but its own. */
        {"<div><p>x</div></p>", false},
        {"<div><p>x</p>", false},
        {"<div><P>x</P></div>", false},
        {"<div>a & b</div>", false},
        {"<div>a &amp; &lt; &gt; &quot; &apos; &#233; &#xe9; b</div>", true},
        {"<div>a &nbsp; b</div>", false},
        {"<div>a &#; b</div>", false},
        {"<div>1 < 2</div>", false},
        {"<div><br>x</div>", false},
        {"<div>x<br/></div>", true},
        {"<div><p class=x>y</p></div>", false},
        {"<div><p class='x'title='y'>z</p></div>", false},
        {"<div><p class>y</p></div>", false},
        {"<div><p title='a<b'>y</p></div>", false},
        {"<div><![CDATA[x]]></div>", false},
        {"<div><!DOCTYPE x>y</div>", false},
        {"<div><?php x?>y</div>", false},
        {"<div>x</div><!-- y -->", false},
        /* The lists of txt-1. */
        {"<div><a name='x' href='http://x/?a=1&amp;b=2'>y</a></div>", true},
        {"<div><a href='#x'>y</a><a href='mailto:a@b'>z</a></div>", true},
        {"<div><a target='_blank' href='x'>y</a></div>", false},
        {"<div><form>x</form></div>", false},
        {"<div><style>x</style>y</div>", false},
        {"<div><svg/>x</div>", false},
        {"<div><blockquote>x</blockquote></div>", true},
        {"<div xmlns='http://www.w3.org/2000/svg'>x</div>", false},
        {"<div xml:lang='en' lang='en'>x</div>", true},
        {"<div><a href=' JavaScript:x'>y</a></div>", false},
        {"<div><a href='java&#115;cript:x'>y</a></div>", false},
        {"<div><a href='java\\tscript:x'>y</a></div>", false},
        {"<div><img src='data:text/html,x'/>y</div>", false},
        {"<div><img src='data:image/png;base64,QUJD'/></div>", true},
        /* txt-2 */
        {"<div> \\n </div>", false},
        {"<div><p></p><br/></div>", false},
        {"<div><img alt='x'/></div>", false},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        const struct en_arena_mark mark = en_arena_mark(&memory);
        const char *text =
            en_arena_print(&memory,
                           "{\"resourceType\":\"Patient\",\"text\":{\"status\":\"generated\","
                           "\"div\":\"%s\"}}",
                           CASES[i].div);
        struct json_object *root = NULL;
        struct en_issues issues = {0};

        if (en_json_read(text, strlen(text), &memory, &root, &issues, NULL) != EN_OK) {
            print_error("%s\n", text);
            fail();
        }
        en_r4_validate(&r4, root, &memory, &issues);
        json_object_put(root);
        if ((issues.error_count == 0) != CASES[i].is_good) {
            print_error("%s\n", CASES[i].div);
            fail();
        }
        CHECK(CASES[i].is_good || issue_at(&issues, "Patient.text.div") != NULL);
        en_arena_rewind(&memory, mark);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integers_have_32_bits),
        cmocka_unit_test(test_decimal_is_any_number_and_nothing_else),
        cmocka_unit_test(test_string_ends_at_one_mebibyte),
        cmocka_unit_test(test_string_refuses_control_characters),
        cmocka_unit_test(test_code_allows_single_spaces_inside),
        cmocka_unit_test(test_id_has_its_letters_and_its_length),
        cmocka_unit_test(test_addresses_have_no_spaces),
        cmocka_unit_test(test_oid_grammar),
        cmocka_unit_test(test_uuid_byte_by_byte),
        cmocka_unit_test(test_base64_groups),
        cmocka_unit_test(test_dates_know_the_months),
        cmocka_unit_test(test_times_of_day_have_ends),
        cmocka_unit_test(test_instant_needs_a_time),
        cmocka_unit_test(test_narrative_is_one_div),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
