/* SPDX-License-Identifier: Apache-2.0
 * Documents as blocks: the same words as on paper, with their structure and meaning. */
#include "fixture.h"
#include "reader.h"
#include "report/blocks.h"

#include "care/session_note.h"

#include "support/check.h"

#include <string.h>

static struct fixture f;

static struct en_blocks blocks_of(enum en_paper paper, struct en_arena *a)
{
    struct en_blocks out;
    struct en_err err = {0};

    if (en_paper_blocks(&f.report, paper, a, &out, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    return out;
}

static struct en_buf pdf_of(enum en_paper paper)
{
    struct en_buf pdf = EN_BUF(1 << 24), text;
    struct en_err err = {0};

    CHECK(en_paper_write(&f.report, paper, &pdf, &err) == EN_OK);
    reader_pdf(&pdf, 0, true, &text);
    en_buf_free(&pdf);
    return text;
}

static void add(struct en_buf *out, const char *text)
{
    en_buf_print(out, " %s ", text == NULL ? "" : text);
}

static void add_block(struct en_buf *out, const struct en_block *b)
{
    add(out, b->text);
    add(out, b->sub);
    for (size_t i = 0; i < b->count; i++) {
        if (b->boxes != NULL) {
            add(out, b->boxes[i].title);
            add(out, b->boxes[i].text);
        } else if (b->items != NULL) {
            add(out, b->items[i]);
        } else if (b->columns != NULL) {
            add(out, b->columns[i].title);
        }
    }
    for (const struct en_block_row *row = b->rows; row != NULL; row = row->next) {
        for (size_t i = 0; i < b->count; i++) {
            add(out, row->cells[i].text);
            add(out, row->cells[i].sub);
        }
    }
}

/* All words of a document, each between blanks. */
static struct en_buf words_of(const struct en_blocks *blocks)
{
    struct en_buf out = EN_BUF(1 << 22);

    add(&out, blocks->head_left);
    add(&out, blocks->head_right);
    add(&out, blocks->foot);
    for (const struct en_block *b = blocks->first; b != NULL; b = b->next) {
        add_block(&out, b);
    }
    return out;
}

/* A line may end within "mg/dL" and "V-ASRA". */
static const char GAPS[] = " \n\r\t\f/-";

static struct en_buf closed(const char *text)
{
    struct en_buf out = EN_BUF(1 << 22);

    for (const char *at = text; *at != '\0'; at++) {
        if (strchr(GAPS, *at) == NULL) {
            en_buf_add_bytes(&out, at, 1);
        }
    }
    return out;
}

/* Every word of `text` stands in `other`, too; page numbers apart. */
static void check_words(const char *text, const char *other_text)
{
    struct en_buf buffer = closed(other_text);
    const char *other = en_buf_text(&buffer);

    for (const char *at = text + strspn(text, GAPS); *at != '\0'; at += strspn(at, GAPS)) {
        char word[256];
        const size_t size = strcspn(at, GAPS);

        (void)snprintf(word, sizeof word, "%.*s", (int)(size < 255 ? size : 255), at);
        at += size;
        /* An isolate around a name is no ink. */
        if (strstr(word, "\xe2\x81") == NULL && strstr(other, word) == NULL &&
            strcmp(word, "page") != 0) {
            print_error("the word \"%s\" is missing\n", word);
            fail();
        }
    }
    en_buf_free(&buffer);
}

/* One body writes both: what the browser shows has the words of the PDF, and no other. The
 * papers with charts are left out: their axes have words of their own. */
static void test_blocks_have_the_words_of_the_paper(void **state)
{
    static const enum en_paper PAPERS[] = {EN_PAPER_LEAFLET, EN_PAPER_CONSENT, EN_PAPER_AFTERCARE,
                                           EN_PAPER_LETTER};

    (void)state;
    fixture_init(&f);
    for (size_t i = 0; i < EN_COUNT(PAPERS); i++) {
        struct en_arena a = EN_ARENA(64 << 20);
        const struct en_blocks blocks = blocks_of(PAPERS[i], &a);
        struct en_buf words = words_of(&blocks), pdf = pdf_of(PAPERS[i]);

        check_words(en_buf_text(&words), en_buf_text(&pdf));
        check_words(en_buf_text(&pdf), en_buf_text(&words));
        en_buf_free(&words);
        en_buf_free(&pdf);
        en_arena_free(&a);
    }
}

static size_t count_kind(const struct en_blocks *blocks, enum en_block_kind kind)
{
    size_t count = 0;

    for (const struct en_block *b = blocks->first; b != NULL; b = b->next) {
        count += b->kind == kind ? 1 : 0;
    }
    return count;
}

/* Structure is kept: one title, headings, tables with as many cells as columns, lines to sign. */
static void test_blocks_keep_structure(void **state)
{
    struct en_arena a = EN_ARENA(64 << 20);

    (void)state;
    fixture_init(&f);
    struct en_blocks blocks = blocks_of(EN_PAPER_PLAN, &a);

    CHECK(count_kind(&blocks, EN_BLOCK_TITLE) == 1);
    CHECK(blocks.first->kind == EN_BLOCK_TITLE);
    CHECK(count_kind(&blocks, EN_BLOCK_HEADING) >= 6);
    CHECK(count_kind(&blocks, EN_BLOCK_TABLE) == 4);  /* rules, sites, solutions, forecast */
    CHECK(count_kind(&blocks, EN_BLOCK_CHARTS) == 2); /* outcomes; the four explanations */
    CHECK(count_kind(&blocks, EN_BLOCK_CHECKS) == 1);
    CHECK(count_kind(&blocks, EN_BLOCK_LINES) == 1);
    for (const struct en_block *b = blocks.first; b != NULL; b = b->next) {
        CHECK(b->kind != EN_BLOCK_TABLE || (b->rows != NULL && b->rows->cells != NULL));
        CHECK(b->kind != EN_BLOCK_CHARTS || b->charts[0].count > 0);
    }
    blocks = blocks_of(EN_PAPER_CONSENT, &a);
    CHECK(count_kind(&blocks, EN_BLOCK_LINES) == 3); /* patient, clinician, interpreter */
    CHECK(count_kind(&blocks, EN_BLOCK_ITEM) > 5);   /* the risks are a list */
    en_arena_free(&a);
}

/* Each colour of the palette is one meaning, and a stop is a danger: a reader without colours is
 * told so. */
static void test_colours_have_meanings(void **state)
{
    struct en_arena a = EN_ARENA(64 << 20);

    (void)state;
    CHECK(en_meaning_of(EN_COLOUR_INK) == EN_MEANING_PLAIN);
    CHECK(en_meaning_of(EN_COLOUR_FAINT) == EN_MEANING_NOTE);
    CHECK(en_meaning_of(EN_COLOUR_BLUE) == EN_MEANING_INFO);
    CHECK(en_meaning_of(EN_COLOUR_GREEN) == EN_MEANING_GOOD);
    CHECK(en_meaning_of(EN_COLOUR_AMBER) == EN_MEANING_CAUTION);
    CHECK(en_meaning_of(EN_COLOUR_RED) == EN_MEANING_DANGER);
    CHECK_TEXT(en_meaning_text(EN_MEANING_DANGER), "danger");
    fixture_init(&f);
    fixture_block(&f);
    const struct en_blocks blocks = blocks_of(EN_PAPER_PLAN, &a);
    const struct en_block *b = blocks.first;

    while (b->kind != EN_BLOCK_BOXES) {
        b = b->next;
    }
    CHECK(b->boxes[0].meaning == EN_MEANING_DANGER);
    CHECK_TEXT(b->boxes[0].title, "Not suitable");
    en_arena_free(&a);
}

/* A course of treatment has its charts before and now. */
static void test_outlook_has_before_and_now(void **state)
{
    struct en_arena a = EN_ARENA(64 << 20);

    (void)state;
    fixture_init(&f);
    fixture_course(&f);
    const struct en_blocks blocks = blocks_of(EN_PAPER_FORECAST, &a);

    CHECK(count_kind(&blocks, EN_BLOCK_COURSE) == 2); /* pain and function */
    for (const struct en_block *b = blocks.first; b != NULL; b = b->next) {
        if (b->kind == EN_BLOCK_COURSE) {
            CHECK(b->count == 2);
            CHECK(isnan(b->charts[0].today) || b->charts[0].today > 0.0);
            CHECK(b->charts[1].score_count > 0);
        }
    }
    en_arena_free(&a);
}

/* A full arena is told. */
static void test_full_arena_of_blocks(void **state)
{
    struct en_arena a = EN_ARENA(64 << 10);
    struct en_blocks out;
    struct en_err err = {0};

    (void)state;
    fixture_init(&f);
    CHECK(en_paper_blocks(&f.report, EN_PAPER_PLAN, &a, &out, &err) == EN_ENOMEM);
    en_arena_free(&a);
}

/* A session of two sites of which one was left out. */
static struct en_session_note note_fixture(bool is_signed)
{
    static struct en_note_dose doses[2];
    static struct en_note_vial vials[1] = {{"Dextrose 50 %", "LOT-7", "2027-03", "SN-1"}};
    static struct en_note_amount amounts[2] = {{"dextrose", 1625.0}, {"lidocaine", 24.0}};
    static struct en_note_check checks[2];
    static struct en_note_value values[1] = {{"Fainting", "mild", "2026-01-05T10:20:00Z", true}};
    static struct en_note_addendum addenda[1] = {
        {"The second lot was LOT-8.", "Synthetic Signer", "2026-01-06T08:00:00Z"}};

    doses[0] = (struct en_note_dose){.site = fixture_row("atlas", "KNE-01"),
                                     .side = EN_SIDE_RIGHT,
                                     .volume_ml = 5.0,
                                     .product = "Syringe A",
                                     .guidance = "US",
                                     .needle = "25G 40 mm",
                                     .reaction = "brief sting",
                                     .when = "2026-01-05T10:05:00Z",
                                     .was_given = true};
    doses[1] = (struct en_note_dose){.site = fixture_row("atlas", "KNE-02"), .volume_ml = NAN};
    checks[0] = (struct en_note_check){fixture_row("checklist", "CL-09"), EN_TRUE};
    checks[1] = (struct en_note_check){fixture_row("checklist", "CL-03"), EN_FALSE};
    return (struct en_session_note){
        .id = "s1",
        .start = "2026-01-05T09:40:00Z",
        .performers = "Synthetic Signer",
        .guidance = "US",
        .volume_ml = 5.0,
        .is_signed = is_signed,
        .signer = is_signed ? "Synthetic Signer" : NULL,
        .signed_at = is_signed ? "2026-01-05T11:00:00Z" : NULL,
        .signed_count = 9,
        .doses = doses,
        .vials = vials,
        .amounts = amounts,
        .checks = checks,
        .values = values,
        .addenda = addenda,
        .dose_count = 2,
        .vial_count = 1,
        .amount_count = 2,
        .check_count = 2,
        .value_count = 1,
        .addendum_count = is_signed ? 1 : 0,
    };
}

/* A note holds what was given, of what, what happened, what was ticked and who signed; a draft says
 * that it is one and has a line to sign. */
static void test_note_on_paper(void **state)
{
    static const char *const PARTS[] = {"By Synthetic Signer on 2026-01-05 11:00 UTC",
                                        "covers 9 records",
                                        "KNE-01",
                                        "5 mL",
                                        "25G 40 mm",
                                        "ultrasound",
                                        "Brief sting",
                                        "2026-01-05 10:05 UTC",
                                        "left out",
                                        "LOT-7",
                                        "2027-03",
                                        "SN-1",
                                        "Dextrose: 1.62 g",
                                        "Lidocaine: 24 mg",
                                        "Fainting",
                                        "harm",
                                        "not done",
                                        "Added after signing",
                                        "The second lot was LOT-8."};
    const struct en_session_note signed_note = note_fixture(true);

    (void)state;
    fixture_init(&f);
    f.report.note = &signed_note;
    struct en_buf text = pdf_of(EN_PAPER_NOTE);

    for (size_t i = 0; i < EN_COUNT(PARTS); i++) {
        CHECK_CONTAINS(en_buf_text(&text), PARTS[i]);
    }
    CHECK(strstr(en_buf_text(&text), "Not signed") == NULL);
    CHECK(!reader_has_nan(en_buf_text(&text)));
    en_buf_free(&text);
    const struct en_session_note draft = note_fixture(false);

    f.report.note = &draft;
    text = pdf_of(EN_PAPER_NOTE);
    CHECK_CONTAINS(en_buf_text(&text), "Not signed");
    CHECK_CONTAINS(en_buf_text(&text), "Clinician, licence");
    CHECK(strstr(en_buf_text(&text), "Added after") == NULL);
    en_buf_free(&text);
}

/* A session of which nothing is known is printed as not recorded, never as zero or as done. */
static void test_empty_note_says_not_recorded(void **state)
{
    struct en_buf pdf = EN_BUF(1 << 24);
    struct en_err err = {0};

    (void)state;
    fixture_init(&f);
    f.report.note = NULL;
    CHECK(en_paper_write(&f.report, EN_PAPER_NOTE, &pdf, &err) == EN_EINVAL); /* no session */
    en_buf_free(&pdf);
    f.report.note = &f.note;
    struct en_buf text = pdf_of(EN_PAPER_NOTE);

    CHECK_CONTAINS(en_buf_text(&text), "Carried out by: not recorded");
    CHECK_CONTAINS(en_buf_text(&text), "nothing was recorded as given");
    CHECK_CONTAINS(en_buf_text(&text), "Volume: unknown");
    CHECK(!reader_has_nan(en_buf_text(&text)));
    en_buf_free(&text);
}

/* A letter names rule and finding, keeps flags apart that were found, not found and not asked, says
 * what is not known and what is asked, and is addressed to nobody. */
static void test_letter_on_paper(void **state)
{
    static const char *const PARTS[] = {"For injections: not suitable",
                                        "Why I refer",
                                        "CI-02",
                                        "refer to hospital the same day",
                                        "Looked for, not found",
                                        "Not asked, or too long ago",
                                        "What is not known",
                                        "What I ask of you",
                                        "Send to hospital today",
                                        "To: colleague",
                                        "In my own words",
                                        "not yet approved by a clinician"};

    (void)state;
    fixture_init(&f);
    fixture_block(&f);
    struct en_buf text = pdf_of(EN_PAPER_LETTER);

    for (size_t i = 0; i < EN_COUNT(PARTS); i++) {
        CHECK_CONTAINS(en_buf_text(&text), PARTS[i]);
    }
    en_buf_free(&text);
}

TEST_MAIN(cmocka_unit_test(test_blocks_have_the_words_of_the_paper),
          cmocka_unit_test(test_blocks_keep_structure),
          cmocka_unit_test(test_colours_have_meanings),
          cmocka_unit_test(test_outlook_has_before_and_now),
          cmocka_unit_test(test_full_arena_of_blocks), cmocka_unit_test(test_note_on_paper),
          cmocka_unit_test(test_empty_note_says_not_recorded),
          cmocka_unit_test(test_letter_on_paper));
