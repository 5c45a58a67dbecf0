/* SPDX-License-Identifier: Apache-2.0
 * The four documents, read back with pdftotext. */
#include "fixture.h"
#include "reader.h"
#include "report/pdf_language.h"

#include "support/check.h"

static struct fixture f;

static struct en_buf write_paper(enum en_paper paper)
{
    struct en_buf pdf = EN_BUF(1 << 24);
    struct en_err err = {0};

    /* A forecast of which nothing has happened yet. */
    f.outlook = (struct en_report_outlook){.before = &f.forecast, .start = f.report.today};
    f.report.outlook = paper == EN_PAPER_FORECAST ? &f.outlook : NULL;
    if (en_paper_write(&f.report, paper, &pdf, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
    return pdf;
}

static struct en_buf read_paper(enum en_paper paper, int page, bool is_joined)
{
    struct en_buf pdf = write_paper(paper), text;

    reader_pdf(&pdf, page, is_joined, &text);
    en_buf_free(&pdf);
    return text;
}

/* Pages of the PDF: "page 1 of N", N below 10. */
static int page_count(const char *text)
{
    const char *of = strstr(text, "page 1 of ");

    CHECK(of != NULL && of[10] >= '1' && of[10] <= '9');
    return of[10] - '0';
}

/* One page holds its number, the patient and the day. */
static void check_page(enum en_paper paper, int page, int pages)
{
    struct en_buf text = read_paper(paper, page, true);
    char number[32];

    (void)snprintf(number, sizeof number, "page %d of %d", page, pages);
    CHECK_CONTAINS(en_buf_text(&text), number);
    CHECK_CONTAINS(en_buf_text(&text), "Synthetic Patient 01 · SYN-0001");
    CHECK_CONTAINS(en_buf_text(&text), "2026-01-05");
    en_buf_free(&text);
}

static void test_plan_holds_everything_to_carry_out(void **state)
{
    static const char *const PARTS[] = {
        "Knee osteoarthritis, right",
        "Synthetic Patient 01",
        "SYN-0001",
        "born 1967-03-02 (58 y)",
        "Evidence against",
        "CI-39",
        "missing: INR",
        "Ask or measure next",
        "22–25 G 1.5 in",
        "common peroneal",
        "Solutions for one session",
        "1417 mOsm/L",
        "Volume 15.5 of 30 mL",
        "Lidocaine 49 of 200 mg",
        "before calibration",
        "H0 no specific effect (25 %)",
        "H3 both (25 %)",
        "3.7 [2.5–4.8]",
        "(0.8–6.5) 59 %",
        "12 of 14 values are unapproved defaults: edit and sign",
        "Checklist of the day",
        "Beside the injections",
        "not yet approved by a clinician",
        "Signature",
    };
    static const char *const DATES[] = {"Mon 2026-01-05", "Mon 2026-02-02", "Mon 2026-03-02",
                                        "Mon 2026-03-30", "Mon 2026-04-27", "2027-01-04: Review:"};

    (void)state;
    fixture_init(&f);
    struct en_buf text = read_paper(EN_PAPER_PLAN, 0, true);

    for (size_t i = 0; i < EN_COUNT(PARTS); i++) {
        CHECK_CONTAINS(en_buf_text(&text), PARTS[i]);
    }
    for (size_t i = 0; i < EN_COUNT(DATES); i++) {
        CHECK_CONTAINS(en_buf_text(&text), DATES[i]);
    }
    for (size_t i = 0; i < f.plan.site_count; i++) {
        CHECK_CONTAINS(en_buf_text(&text), en_cell(f.sites[i].site, "id"));
    }
    CHECK_CONTAINS(en_buf_text(&text), en_knowledge_version(f.report.knowledge));
    CHECK_CONTAINS(en_buf_text(&text), "conditionally recommends"); /* the evidence against */
    CHECK(!reader_has_nan(en_buf_text(&text)));
    CHECK(page_count(en_buf_text(&text)) <= 3);
    en_buf_free(&text);
}

/* A clinician reads two sides: a usual knee with one remark fits, the checklist and the line to
 * sign included. */
static void test_usual_plan_fits_two_pages(void **state)
{
    (void)state;
    fixture_init(&f);
    f.plan.site_count = 7;
    f.assessment.finding_count = 1;
    f.assessment.fired_count = 1;
    f.assessment.question_count = 0;
    struct en_buf text = read_paper(EN_PAPER_PLAN, 0, true);
    struct en_buf last = read_paper(EN_PAPER_PLAN, 2, true);

    assert_int_equal(page_count(en_buf_text(&text)), 2);
    CHECK_CONTAINS(en_buf_text(&last), "Checklist of the day");
    CHECK_CONTAINS(en_buf_text(&last), "Clinician, licence");
    en_buf_free(&text);
    en_buf_free(&last);
}

/* Rehabilitation is one paragraph in days after a session; a batch says what is thrown away; costs
 * without amounts are one number; the source that all sites share is said once. */
static void test_plan_says_repeated_things_once(void **state)
{
    (void)state;
    fixture_init(&f);
    f.mixes[1].needed_ml = 9.0;
    struct en_buf text = read_paper(EN_PAPER_PLAN, 0, true);
    const char *source = en_cell(f.sites[3].link, "source");

    CHECK(reader_count(en_buf_text(&text), "Settle 0–3 d; Restore motion 3–14 d; "
                                           "Load 14–42 d.") == 1);
    CHECK(reader_count(en_buf_text(&text), "9.5 mL prepared, the sites take 9.0 mL, discard the "
                                           "rest.") == 1);
    CHECK(reader_count(en_buf_text(&text), "2 amounts to be filled in by the clinic") == 1);
    CHECK_CONTAINS(en_buf_text(&text), "Source where no other is named: ");
    CHECK_CONTAINS(en_buf_text(&text), source);
    CHECK_CONTAINS(en_buf_text(&text), "Optional: only if the review says so.");
    en_buf_free(&text);
}

/* The verdict alone is a document of the clinician; there is nothing in it for the patient. */
static void test_verdict_only_paper_has_no_plan(void **state)
{
    static const char *const ABSENT[] = {"KNE-0",     "Solutions",         "Forecast",
                                         "Checklist", "No injection plan", "First settle"};
    struct en_err err;

    (void)state;
    fixture_init(&f);
    f.report.is_verdict_only = true;
    f.findings[1].sites = "";
    struct en_buf text = read_paper(EN_PAPER_PLAN, 0, true);

    CHECK_CONTAINS(en_buf_text(&text), "Assessment · 2026-01-05");
    CHECK_CONTAINS(en_buf_text(&text), "Suitable with caution");
    CHECK_CONTAINS(en_buf_text(&text), "Alternatives to the injections");
    for (size_t i = 0; i < EN_COUNT(ABSENT); i++) {
        CHECK(strstr(en_buf_text(&text), ABSENT[i]) == NULL);
    }
    en_buf_free(&text);
    for (enum en_paper paper = EN_PAPER_LEAFLET; paper < EN_PAPER_NOTE; paper++) {
        struct en_buf pdf = EN_BUF(1 << 20);

        CHECK(en_paper_needs_plan(paper));
        CHECK(en_paper_write(&f.report, paper, &pdf, &err) == EN_EINVAL);
        en_buf_free(&pdf);
    }
}

/* Pages must not be mixed up between patients: name, id, document and date stand on each. */
static void test_every_page_names_patient_and_date(void **state)
{
    (void)state;
    fixture_init(&f);
    fixture_many_sites(&f);
    for (enum en_paper paper = 0; paper < EN_PAPER_COUNT; paper++) {
        struct en_buf all = read_paper(paper, 0, true);
        const int pages = page_count(en_buf_text(&all));

        for (int page = 1; page <= pages; page++) {
            check_page(paper, page, pages);
        }
        en_buf_free(&all);
    }
}

/* 40 sites take several pages; each of them starts with the head of the table. */
static void test_long_tables_break_and_repeat_their_head(void **state)
{
    (void)state;
    fixture_init(&f);
    fixture_many_sites(&f);
    struct en_buf all = read_paper(EN_PAPER_PLAN, 0, true);

    CHECK(page_count(en_buf_text(&all)) >= 4);
    CHECK(reader_count(en_buf_text(&all), "KNE-02") >= 4);
    CHECK(reader_count(en_buf_text(&all), "Structure, why") >= 3);
    for (int page = 2; page <= 3; page++) {
        struct en_buf text = read_paper(EN_PAPER_PLAN, page, true);

        CHECK_CONTAINS(en_buf_text(&text), "Structure, why");
        CHECK_CONTAINS(en_buf_text(&text), "KNE-");
        en_buf_free(&text);
    }
    en_buf_free(&all);
}

static void test_blocked_plan_has_no_sites_and_no_patient_papers(void **state)
{
    static const char *const ABSENT[] = {"KNE-0", "Solutions", "Sessions",  "Forecast",
                                         "mOsm",  "Checklist", "2026-02-02"};
    struct en_err err;

    (void)state;
    fixture_init(&f);
    fixture_block(&f);
    f.findings[1].sites = "";
    struct en_buf text = read_paper(EN_PAPER_PLAN, 0, true);

    CHECK_CONTAINS(en_buf_text(&text), "Assessment without a plan");
    CHECK_CONTAINS(en_buf_text(&text), "No injection plan is printed");
    CHECK_CONTAINS(en_buf_text(&text), "CI-02");
    CHECK_CONTAINS(en_buf_text(&text), "no override");
    /* Nothing is offered beside a septic joint. */
    CHECK(strstr(en_buf_text(&text), "Alternatives to") == NULL);
    for (size_t i = 0; i < EN_COUNT(ABSENT); i++) {
        CHECK(strstr(en_buf_text(&text), ABSENT[i]) == NULL);
    }
    en_buf_free(&text);
    for (enum en_paper paper = EN_PAPER_LEAFLET; paper < EN_PAPER_NOTE; paper++) {
        struct en_buf pdf = EN_BUF(1 << 20);

        CHECK(en_paper_needs_plan(paper));
        CHECK(en_paper_write(&f.report, paper, &pdf, &err) == EN_EINVAL);
        CHECK_CONTAINS(err.text, en_paper_name(paper));
        CHECK(pdf.size == 0);
        en_buf_free(&pdf);
    }
}

static void test_leaflet_is_the_knowledge_text(void **state)
{
    static const char *const PARTS[] = {
        "Prolotherapy: information for you", "What it is",           "What can go wrong",
        "We cannot promise that it will.",   "It may not help you.", "Monday 2 February 2026",
        "Questions you may want to ask"};

    (void)state;
    fixture_init(&f);
    struct en_buf text = read_paper(EN_PAPER_LEAFLET, 0, true);

    for (size_t i = 0; i < EN_COUNT(PARTS); i++) {
        CHECK_CONTAINS(en_buf_text(&text), PARTS[i]);
    }
    /* Before calibration the forecast is not for counselling: none of it reaches the patient. */
    CHECK(strstr(en_buf_text(&text), "calibration") == NULL);
    CHECK(strstr(en_buf_text(&text), "median") == NULL);
    en_buf_free(&text);
}

static void test_consent_has_lines_for_all_who_sign(void **state)
{
    static const char *const PARTS[] = {"Consent to prolotherapy",
                                        "Tibiofemoral joint",
                                        "Patient: name",
                                        "Clinician: name",
                                        "Interpreter: name",
                                        "Signature",
                                        "Date",
                                        "I have read this",
                                        "Version of text and knowledge"};

    (void)state;
    fixture_init(&f);
    struct en_buf text = read_paper(EN_PAPER_CONSENT, 0, true);
    const char *last;

    for (size_t i = 0; i < EN_COUNT(PARTS); i++) {
        CHECK_CONTAINS(en_buf_text(&text), PARTS[i]);
    }
    CHECK(strstr(en_buf_text(&text), "When to call") == NULL);
    last = strstr(en_buf_text(&text), "Patient: name");
    CHECK(strstr(last, "Interpreter: name") != NULL && strstr(last, "page 1 of") == NULL);
    en_buf_free(&text);
}

static void test_aftercare_has_dates_calls_and_phones(void **state)
{
    static const char *const PARTS[] = {
        "After your injection",   "session of Monday 5 January 2026",
        "When to call",           "trouble breathing",
        "Clinic, daytime",        "Out of hours",
        "Tuesday 6 January 2026", "Gentle movement",
        "Your next session",      "Monday 2 February 2026"};

    (void)state;
    fixture_init(&f);
    struct en_buf text = read_paper(EN_PAPER_AFTERCARE, 0, true);

    for (size_t i = 0; i < EN_COUNT(PARTS); i++) {
        CHECK_CONTAINS(en_buf_text(&text), PARTS[i]);
    }
    CHECK(!reader_has_nan(en_buf_text(&text)));
    en_buf_free(&text);
}

/* Same input, same bytes: the creation date is the day handed in, not the clock. */
static void test_bytes_are_repeatable(void **state)
{
    (void)state;
    fixture_init(&f);
    for (enum en_paper paper = 0; paper < EN_PAPER_COUNT; paper++) {
        struct en_buf a = write_paper(paper), b = write_paper(paper);

        CHECK(a.size == b.size && memcmp(a.bytes, b.bytes, a.size) == 0);
        CHECK(memmem(a.bytes, a.size, "(20260105000000Z)", 17) != NULL);
        CHECK(memmem(a.bytes, a.size, "/Lang (en)", 10) != NULL);
        CHECK(memmem(a.bytes, a.size, "/DisplayDocTitle true", 21) != NULL);
        en_buf_free(&a);
        en_buf_free(&b);
    }
}

/* Names in any script reach the paper with all their letters. */
static void test_names_of_any_script_are_printed(void **state)
{
    static const char *const NAMES[] = {"Synthetic Ñandú Đặng", "Synthetic Ελένη",
                                        "Synthetic Мария",      "Synthetic محمد",
                                        "Synthetic שרה",        "Synthetic 王小明"};
    static const char *const LOOKED_FOR[] = {"Ñandú Đặng", "Ελένη", "Мария",
                                             "محمد",       "שרה",   "王小明"};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(NAMES); i++) {
        fixture_init(&f);
        f.c.person.name = NAMES[i];
        struct en_buf text = read_paper(EN_PAPER_PLAN, 1, true);

        CHECK(reader_count(en_buf_text(&text), LOOKED_FOR[i]) >= 2);
        CHECK_CONTAINS(en_buf_text(&text), "SYN-0001");
        en_buf_free(&text);
    }
    fixture_init(&f);
    /* Devanagari clusters are reordered in the text layer: only the font tells. */
    f.c.person.name = "Synthetic सीता";
    struct en_buf pdf = write_paper(EN_PAPER_PLAN);

    CHECK(memmem(pdf.bytes, pdf.size, "Devanagari", 10) != NULL);
    en_buf_free(&pdf);
}

/* Long names, unknown values, impossible mixes: everything is printed, nothing is "nan". */
static void test_strained_plan_is_printed(void **state)
{
    static const char *const PARTS[] = {"NOT POSSIBLE", "unknown",      "Contains a preservative",
                                        "liver",        "name unknown", "age unknown"};

    (void)state;
    fixture_init(&f);
    fixture_strain(&f);
    struct en_buf text = read_paper(EN_PAPER_PLAN, 0, true);

    for (size_t i = 0; i < EN_COUNT(PARTS); i++) {
        CHECK_CONTAINS(en_buf_text(&text), PARTS[i]);
    }
    CHECK(!reader_has_nan(en_buf_text(&text)));
    en_buf_free(&text);
    for (enum en_paper paper = EN_PAPER_LEAFLET; paper < EN_PAPER_COUNT; paper++) {
        text = read_paper(paper, 0, true);
        CHECK(!reader_has_nan(en_buf_text(&text)));
        en_buf_free(&text);
    }
}

/* Every verdict heads the document in words, and only two of them lead to sites. */
static void test_every_verdict_heads_the_paper(void **state)
{
    static const struct {
        const char *text;
        enum en_verdict verdict;
        bool has_sites;
    } VERDICTS[] = {
        {"Suitable 73 rules", EN_VERDICT_SUITABLE, true},
        {"Suitable with caution 73 rules", EN_VERDICT_CAUTION, true},
        {"Defer 73 rules", EN_VERDICT_DEFER, false},
        {"Cannot be decided 73 rules", EN_VERDICT_UNDECIDED, false},
        {"Not suitable 73 rules", EN_VERDICT_NOT_SUITABLE, false},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(VERDICTS); i++) {
        fixture_init(&f);
        f.assessment.verdict = VERDICTS[i].verdict;
        f.findings[1].sites = "";
        struct en_buf text = read_paper(EN_PAPER_PLAN, 0, true);

        CHECK_CONTAINS(en_buf_text(&text), VERDICTS[i].text);
        CHECK((strstr(en_buf_text(&text), "KNE-01") != NULL) == VERDICTS[i].has_sites);
        CHECK((strstr(en_buf_text(&text), "First settle what stands above") != NULL) ==
              !VERDICTS[i].has_sites);
        en_buf_free(&text);
    }
    fixture_init(&f);
    f.report.assessment = NULL;
    struct en_buf text = read_paper(EN_PAPER_PLAN, 0, true);

    CHECK_CONTAINS(en_buf_text(&text), "The case has not been assessed.");
    CHECK(strstr(en_buf_text(&text), "KNE-01") == NULL);
    en_buf_free(&text);
}

/* Danger and risks, needle and guidance of each site reach the paper. */
static void test_every_site_keeps_what_the_hand_needs(void **state)
{
    (void)state;
    fixture_init(&f);
    struct en_buf text = read_paper(EN_PAPER_PLAN, 0, true);

    for (size_t i = 0; i < f.plan.site_count; i++) {
        char needle[64];

        /* Cells wrap, and pdftotext reads across: the first word of each. */
        (void)snprintf(needle, sizeof needle, "%.7s", en_cell(f.sites[i].site, "needle"));
        CHECK_CONTAINS(en_buf_text(&text), en_cell(f.sites[i].site, "id"));
        CHECK_CONTAINS(en_buf_text(&text), needle);
    }
    CHECK(reader_count(en_buf_text(&text), "landmarks") >= 7);
    CHECK(reader_count(en_buf_text(&text), "ultrasound") >= 2);
    CHECK(reader_count(en_buf_text(&text), "required") >= 2);
    CHECK(reader_count(en_buf_text(&text), "†") >= 3);
    en_buf_free(&text);
}

/* Follow-ups stand in one line each with their window; what they share stands once. */
static void test_follow_ups_have_windows(void **state)
{
    static const char *const TEXTS[] = {"6 weeks after it: all scores", "3 months after it: all "
                                                                        "scores"};

    (void)state;
    fixture_init(&f);
    for (size_t i = 0; i < 2; i++) {
        f.followups[i].text = TEXTS[i];
        f.followups[i].to = f.followups[i].from + 28;
    }
    f.plan.followup_count = 2;
    struct en_buf text = read_paper(EN_PAPER_PLAN, 0, true);

    CHECK_CONTAINS(en_buf_text(&text), "2026-02-09 to 2026-03-09: 6 weeks");
    CHECK_CONTAINS(en_buf_text(&text), "2026-03-09 to 2026-04-06: 3 months");
    CHECK(reader_count(en_buf_text(&text), "all scores") == 1);
    en_buf_free(&text);
    f.followups[0].from = EN_DAY_UNKNOWN;
    text = read_paper(EN_PAPER_PLAN, 0, true);
    CHECK_CONTAINS(en_buf_text(&text), "date unknown: 6 weeks");
    en_buf_free(&text);
    f.plan.followup_count = 0;
    text = read_paper(EN_PAPER_PLAN, 0, true);
    CHECK_CONTAINS(en_buf_text(&text), "none planned");
    en_buf_free(&text);
}

/* 52 sessions, the most that a plan may have, are all on every paper that lists them. */
static void test_long_lists_of_sessions_are_complete(void **state)
{
    static struct en_plan_session many[EN_PLAN_SESSIONS_MAX];
    static const enum en_paper PAPERS[] = {EN_PAPER_LEAFLET, EN_PAPER_CONSENT};

    (void)state;
    fixture_init(&f);
    for (int i = 0; i < EN_PLAN_SESSIONS_MAX; i++) {
        many[i] = (struct en_plan_session){i + 1, f.report.today + 7 * i, i > 40};
    }
    f.plan.sessions = many;
    f.plan.session_count = EN_PLAN_SESSIONS_MAX;
    f.report.forecast = NULL;
    for (size_t i = 0; i < EN_COUNT(PAPERS); i++) {
        struct en_buf text = read_paper(PAPERS[i], 0, true);

        CHECK_CONTAINS(en_buf_text(&text), "52. Monday 28 December 2026 (only if the review");
        CHECK(reader_count(en_buf_text(&text), ". Monday ") == EN_PLAN_SESSIONS_MAX);
        en_buf_free(&text);
    }
    struct en_buf text = read_paper(EN_PAPER_PLAN, 0, true);

    CHECK_CONTAINS(en_buf_text(&text), "52. Mon 2026-12-28 optional");
    CHECK(strstr(en_buf_text(&text), "Forecast") == NULL);
    en_buf_free(&text);
}

static void check_last_page_is_signed(void)
{
    static const char *const PARTS[] = {"Signatures",        "I have read this",
                                        "Patient: name",     "Clinician: name",
                                        "Interpreter: name", "Version of text and knowledge"};
    struct en_buf all = read_paper(EN_PAPER_CONSENT, 0, true);
    struct en_buf last = read_paper(EN_PAPER_CONSENT, page_count(en_buf_text(&all)), true);

    for (size_t i = 0; i < EN_COUNT(PARTS); i++) {
        CHECK_CONTAINS(en_buf_text(&last), PARTS[i]);
    }
    assert_int_equal(reader_count(en_buf_text(&all), "Patient: name"), 1);
    en_buf_free(&all);
    en_buf_free(&last);
}

/* The lines to sign stand with the words that are signed, however long the text before is. */
static void test_signatures_stand_with_their_words(void **state)
{
    (void)state;
    fixture_init(&f);
    for (size_t sites = 1; sites <= 9; sites += 2) {
        f.plan.site_count = sites;
        check_last_page_is_signed();
    }
}

static void test_full_buffer_is_an_error(void **state)
{
    struct en_err err;

    (void)state;
    fixture_init(&f);
    for (size_t limit = 1; limit < 20000; limit = limit * 5 + 1) {
        struct en_buf pdf = EN_BUF(limit);

        CHECK(en_paper_write(&f.report, EN_PAPER_PLAN, &pdf, &err) == EN_ELIMIT);
        CHECK(strstr(err.text, "Synthetic") == NULL);
        en_buf_free(&pdf);
    }
}

/* The language goes in as an incremental update, which needs cairo's trailer and catalog. */
static void test_language_needs_a_known_structure(void **state)
{
    static const char *const BROKEN[] = {
        "", "no pdf at all", "trailer << /Size 3 /Root 9 0 R /Info 1 0 R >> startxref 5",
        "\n9 0 obj\n<< >>\nendobj trailer << /Root 9 0 R >>"};
    struct en_err err;

    (void)state;
    for (size_t i = 0; i < EN_COUNT(BROKEN); i++) {
        struct en_buf in = EN_BUF(1024), out = EN_BUF(4096);

        en_buf_add(&in, BROKEN[i]);
        CHECK(en_pdf_set_language(&in, "en", &out, &err) == EN_EBUG);
        CHECK(out.size == 0);
        en_buf_free(&in);
        en_buf_free(&out);
    }
    struct en_buf in = EN_BUF(1024), out = EN_BUF(4096);

    en_buf_add(&in, "x\n2 0 obj\n<< /Type /Catalog\n>>\nendobj\ntrailer\n<< /Size 3\n /Root 2 0 R\n"
                    " /Info 1 0 R\n>>\nstartxref\n7\n%%EOF\n");
    CHECK(en_pdf_set_language(&in, "tr", &out, &err) == EN_OK);
    CHECK_CONTAINS(en_buf_text(&out), "/Type /Catalog\n   /Lang (tr)");
    CHECK_CONTAINS(en_buf_text(&out), "/Prev 7\n");
    en_buf_free(&in);
    en_buf_free(&out);
}

static void test_paper_names_are_file_names(void **state)
{
    enum en_paper paper = EN_PAPER_PLAN;

    (void)state;
    CHECK_TEXT(en_paper_name(EN_PAPER_PLAN), "plan");
    CHECK_TEXT(en_paper_name(EN_PAPER_LEAFLET), "leaflet");
    CHECK_TEXT(en_paper_name(EN_PAPER_CONSENT), "consent");
    CHECK_TEXT(en_paper_name(EN_PAPER_AFTERCARE), "aftercare");
    CHECK_TEXT(en_paper_name(EN_PAPER_NOTE), "note");
    CHECK_TEXT(en_paper_name(EN_PAPER_LETTER), "letter");
    CHECK(en_paper_find("letter", &paper) && paper == EN_PAPER_LETTER);
    CHECK(!en_paper_find("poem", &paper));
    CHECK(en_paper_is_patients(EN_PAPER_CONSENT) && !en_paper_is_patients(EN_PAPER_LETTER));
}

TEST_MAIN(cmocka_unit_test(test_plan_holds_everything_to_carry_out),
          cmocka_unit_test(test_usual_plan_fits_two_pages),
          cmocka_unit_test(test_plan_says_repeated_things_once),
          cmocka_unit_test(test_verdict_only_paper_has_no_plan),
          cmocka_unit_test(test_every_page_names_patient_and_date),
          cmocka_unit_test(test_long_tables_break_and_repeat_their_head),
          cmocka_unit_test(test_blocked_plan_has_no_sites_and_no_patient_papers),
          cmocka_unit_test(test_leaflet_is_the_knowledge_text),
          cmocka_unit_test(test_consent_has_lines_for_all_who_sign),
          cmocka_unit_test(test_aftercare_has_dates_calls_and_phones),
          cmocka_unit_test(test_bytes_are_repeatable),
          cmocka_unit_test(test_names_of_any_script_are_printed),
          cmocka_unit_test(test_strained_plan_is_printed),
          cmocka_unit_test(test_every_verdict_heads_the_paper),
          cmocka_unit_test(test_every_site_keeps_what_the_hand_needs),
          cmocka_unit_test(test_follow_ups_have_windows),
          cmocka_unit_test(test_long_lists_of_sessions_are_complete),
          cmocka_unit_test(test_signatures_stand_with_their_words),
          cmocka_unit_test(test_full_buffer_is_an_error),
          cmocka_unit_test(test_language_needs_a_known_structure),
          cmocka_unit_test(test_paper_names_are_file_names));
