/* SPDX-License-Identifier: Apache-2.0
 * What patients get: consent, leaflet, calls, aftercare. Honest, complete, dated. */
#include "fixture.h"

#include "base/text.h"

struct scene {
    struct en_arena a;
    struct en_case *c;
    struct en_plan_options options;
    struct en_plan plan;
    struct en_paragraph *paragraphs;
    size_t paragraph_count;
    struct en_dated_row *items;
    size_t item_count;
};

static struct scene scene(const char *condition)
{
    struct scene s = {.a = fx_arena(), .options = fx_options()};

    s.c = fx_case(&s.a, condition);
    return s;
}

static void write_document(struct scene *s, enum en_document document)
{
    const struct en_care care = fx_care();
    struct en_err err = {{0}};

    s->plan = fx_plan(&s->a, s->c, &s->options);
    if (en_document_text(&care, s->c, &s->plan, document, &s->a, &s->paragraphs,
                         &s->paragraph_count, &err) != EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
}

static void write_aftercare(struct scene *s)
{
    const struct en_care care = fx_care();
    struct en_err err = {{0}};

    s->plan = fx_plan(&s->a, s->c, &s->options);
    if (en_aftercare(&care, s->c, &s->plan, fx_today(), &s->a, &s->items, &s->item_count, &err) !=
        EN_OK) {
        print_error("%s\n", err.text);
        fail();
    }
}

static const char *paragraph(const struct scene *s, const char *id)
{
    for (size_t i = 0; i < s->paragraph_count; i++) {
        if (en_text_equal(en_cell(s->paragraphs[i].row, "id"), id)) {
            return s->paragraphs[i].text;
        }
    }
    return NULL;
}

static const struct en_dated_row *item(const struct scene *s, const char *id)
{
    for (size_t i = 0; i < s->item_count; i++) {
        if (en_text_equal(en_cell(s->items[i].row, "id"), id)) {
            return &s->items[i];
        }
    }
    return NULL;
}

/* Banned phrases */

/* Whole words, any case, `*` for any ending; parts of other words are free. */
static void test_banned_phrases(void **state)
{
    static const struct {
        const char *text, *id; /* NULL: allowed */
    } ROWS[] = {
        {"This will cure you", "BP-cure"},
        {"CURED in a week", "BP-cure"},
        {"it is curing", NULL}, /* another stem */
        {"a secure place", NULL},
        {"Results are guaranteed.", "BP-guarantee"},
        {"(guarantee)", "BP-guarantee"},
        {"pain-free life", "BP-pain-free"},
        {"pain free", "BP-pain_free"},
        {"there is no risk", "BP-no-risk"},
        {"no risks at all", "BP-no-risk"},
        {"flushes toxins out", "BP-toxin"},
        {"botulinumtoxin", NULL},
        {"uses stem cells", "BP-stem-cell"},
        {"masks the pain", "BP-mask-pain"},
        {"steroids mask the pain", "BP-mask-pain"},
        {"sterilise the skin", "BP-sterilise-skin"},
        {"non-invasive", "BP-non-invasive"},
        {"minimally invasive", NULL},
        {"", NULL},
        {NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        const struct en_row *found = en_banned_phrase(fx_knowledge(), ROWS[i].text);

        if ((found == NULL) != (ROWS[i].id == NULL)) {
            print_error("\"%s\"\n", ROWS[i].text);
        }
        CHECK((found == NULL) == (ROWS[i].id == NULL));
        if (found != NULL) {
            CHECK_TEXT(en_cell(found, "id"), ROWS[i].id);
        }
    }
}

/* All documents of all conditions: no banned phrase, no open placeholder, no empty paragraph. */
static void test_documents_of_every_condition(void **state)
{
    static const enum en_document DOCUMENTS[] = {EN_DOCUMENT_CONSENT, EN_DOCUMENT_LEAFLET,
                                                 EN_DOCUMENT_CALL};
    const struct en_table *conditions = en_table_get(fx_knowledge(), "conditions");

    (void)state;
    for (size_t i = 0; i < conditions->row_count; i++) {
        for (size_t d = 0; d < EN_COUNT(DOCUMENTS); d++) {
            struct scene s = scene(en_cell(&conditions->rows[i], "id"));

            write_document(&s, DOCUMENTS[d]);
            CHECK(s.paragraph_count > 3);
            for (size_t k = 0; k < s.paragraph_count; k++) {
                CHECK(s.paragraphs[k].text[0] != '\0' && s.paragraphs[k].section[0] != '\0');
                CHECK(strchr(s.paragraphs[k].text, '{') == NULL);
                CHECK(en_banned_phrase(fx_knowledge(), s.paragraphs[k].text) == NULL);
            }
            write_aftercare(&s);
            CHECK(s.item_count >= 10);
            for (size_t k = 0; k < s.item_count; k++) {
                CHECK(strchr(s.items[k].text, '{') == NULL);
                CHECK(en_banned_phrase(fx_knowledge(), s.items[k].text) == NULL);
            }
            en_arena_free(&s.a);
        }
    }
}

/* Consent */

/* Consent names what the clinical text asks for (checklist item 7), in the fixed order. */
static void test_consent_has_every_section(void **state)
{
    static const char *const SECTIONS[] = {
        "what",         "why",       "how",           "off_label",     "evidence",
        "alternatives", "expected",  "risks",         "harms_numbers", "cost",
        "sessions",     "aftercare", "right_to_stop", "questions",     "signatures"};
    struct scene s = scene("oa_knee");
    size_t at = 0;

    (void)state;
    write_document(&s, EN_DOCUMENT_CONSENT);
    for (size_t i = 0; i < s.paragraph_count && at < EN_COUNT(SECTIONS); i++) {
        if (en_text_equal(s.paragraphs[i].section, SECTIONS[at])) {
            at++;
        }
    }
    if (at < EN_COUNT(SECTIONS)) {
        print_error("no section %s\n", SECTIONS[at]);
    }
    CHECK(at == EN_COUNT(SECTIONS));
    en_arena_free(&s.a);
}

static void test_consent_is_filled(void **state)
{
    struct scene s = scene("oa_knee");

    (void)state;
    write_document(&s, EN_DOCUMENT_CONSENT);
    const char *plan = paragraph(&s, "what.plan");

    CHECK_CONTAINS(plan, "25 % dextrose with 0.2 % lidocaine");
    CHECK_CONTAINS(plan, "15 % dextrose with 0.2 % lidocaine");
    CHECK_CONTAINS(plan, "at the knee");
    CHECK_CONTAINS(plan, "3, and up to 5 if the review says so");
    CHECK_CONTAINS(paragraph(&s, "sessions.plan"), "4 weeks");
    CHECK_CONTAINS(paragraph(&s, "evidence.against"),
                   en_cell(s.plan.condition, "evidence_against"));
    CHECK_CONTAINS(paragraph(&s, "evidence.for"), en_cell(s.plan.condition, "evidence_for"));
    CHECK_CONTAINS(paragraph(&s, "evidence.grade"), "Fair");
    CHECK_CONTAINS(paragraph(&s, "alternatives.list"), "Exercise");
    CHECK_CONTAINS(paragraph(&s, "why.goals"), "____");
    CHECK_CONTAINS(paragraph(&s, "signatures.decision"), "Monday 2026-03-02");
    CHECK_CONTAINS(paragraph(&s, "signatures.clinician"), "Synthetic Clinician 01");
    CHECK_CONTAINS(paragraph(&s, "signatures.clinician"), en_knowledge_version(fx_knowledge()));
    CHECK_CONTAINS(paragraph(&s, "off_label.main"), "off-label");
    en_arena_free(&s.a);
}

/* A number never stands without what it was counted in. The knee gets its own figures, the spine
 * the survey's. */
static void test_rates_have_denominators(void **state)
{
    struct scene knee = scene("oa_knee"), back = scene("ddd_lumbar");

    (void)state;
    write_document(&knee, EN_DOCUMENT_CONSENT);
    CHECK_CONTAINS(paragraph(&knee, "harms_numbers.rates"), "1 of 2700, registry");
    CHECK(strstr(paragraph(&knee, "harms_numbers.rates"), "spinal headache") == NULL);
    back.options.sites = "LSI-06";
    write_document(&back, EN_DOCUMENT_CONSENT);
    CHECK_CONTAINS(paragraph(&back, "harms_numbers.rates"), "spinal headache");
    CHECK_CONTAINS(paragraph(&back, "harms_numbers.rates"), "164 of 342000, derived");
    en_arena_free(&knee.a);
    en_arena_free(&back.a);
}

/* Risks belong to the sites: joint, spine, lung, nerve. An unknown never hides one. */
static void test_risks_follow_the_sites(void **state)
{
    static const struct {
        const char *condition, *sites, *changes, *paragraph;
        bool is_printed;
    } ROWS[] = {
        {"oa_knee", NULL, "", "risks.joint", true},
        {"oa_knee", "KNE-02", "", "risks.joint", false},
        {"oa_knee", NULL, "", "risks.cord", false},
        {"ddd_lumbar", "LSI-06", "", "risks.cord", true},
        {"ddd_lumbar", "LSI-06", "", "risks.headache", true},
        {"thoracic_spine_pain", "THO-01", "", "risks.lung", true},
        {"cts", NULL, "", "risks.perineural", true},
        {"cts", NULL, "", "risks.la", false},
        {"oa_knee", NULL, "", "risks.la", true},
        {"oa_knee", NULL, "?height", "risks.la", true},
        {"oa_knee", NULL, "diabetes", "risks.diabetes", true},
        {"oa_knee", NULL, "", "risks.diabetes", false},
        {"oa_knee", NULL, "?diabetes", "risks.diabetes", true},
        {"oa_knee", NULL, "med_vka", "risks.thinner", true},
        {"osgood_schlatter", NULL, "birth_date=-5000", "risks.child", true},
        {"oa_knee", NULL, "", "risks.child", false},
        {"osgood_schlatter", NULL, "birth_date=-5000", "signatures.guardian", true},
        {"oa_knee", NULL, "?birth_date", "signatures.guardian", false},
        {"chronic_nonspecific_lbp", NULL, "", "evidence.lbp", true},
        {"chronic_nonspecific_lbp", NULL, "", "evidence.neg", true},
        {"oa_knee", NULL, "", "evidence.oa", true},
        {"tendinopathy_patellar", NULL, "", "evidence.oa", false},
        {"oa_knee", NULL, "", "evidence.nma", true},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        struct scene s = scene(ROWS[i].condition);

        s.options.sites = ROWS[i].sites;
        fx_apply(s.c, ROWS[i].changes);
        write_document(&s, EN_DOCUMENT_CONSENT);
        if ((paragraph(&s, ROWS[i].paragraph) != NULL) != ROWS[i].is_printed) {
            print_error("%s for %s \"%s\"\n", ROWS[i].paragraph, ROWS[i].condition,
                        ROWS[i].changes);
        }
        CHECK((paragraph(&s, ROWS[i].paragraph) != NULL) == ROWS[i].is_printed);
        en_arena_free(&s.a);
    }
}

/* What a payer says is printed for patients of that country only. */
static void test_cost_follows_the_country(void **state)
{
    struct scene s = scene("oa_knee");

    (void)state;
    write_document(&s, EN_DOCUMENT_CONSENT);
    CHECK(paragraph(&s, "cost.medicare") == NULL);
    s.c->covers[0] = (struct en_cover){.payer = "Medicare", .jurisdiction = "us"};
    s.c->cover_count = 1;
    write_document(&s, EN_DOCUMENT_CONSENT);
    CHECK(paragraph(&s, "cost.medicare") != NULL);
    CHECK(paragraph(&s, "cost.nhs") == NULL);
    en_arena_free(&s.a);
}

/* The guidance that is planned is the one that is explained. */
static void test_guidance_is_explained(void **state)
{
    static const struct {
        const char *guidance, *paragraph;
    } ROWS[] = {{"LM", "how.landmark"}, {"US", "how.us"}, {"FL", "how.xray"}};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        struct scene s = scene("oa_knee");

        s.options.guidance = ROWS[i].guidance;
        write_document(&s, EN_DOCUMENT_LEAFLET);
        for (size_t k = 0; k < EN_COUNT(ROWS); k++) {
            CHECK((paragraph(&s, ROWS[k].paragraph) != NULL) == (i == k));
        }
        en_arena_free(&s.a);
    }
}

/* Who may call when: the list that goes with the aftercare; headaches only after the back. */
static void test_call_list(void **state)
{
    struct scene knee = scene("oa_knee"), back = scene("ddd_lumbar");

    (void)state;
    write_document(&knee, EN_DOCUMENT_CALL);
    CHECK(paragraph(&knee, "call.now") != NULL && paragraph(&knee, "call.today") != NULL);
    CHECK(paragraph(&knee, "call.today.headache") == NULL);
    CHECK_CONTAINS(paragraph(&knee, "call.now"), "Call ____________ now");
    back.options.sites = "LSI-04";
    write_document(&back, EN_DOCUMENT_CALL);
    CHECK(paragraph(&back, "call.today.headache") != NULL);
    en_arena_free(&knee.a);
    en_arena_free(&back.a);
}

/* Aftercare */

/* Dates from the day of the session: rest 3 days, strenuous 4, NSAID from 5 before to 14 after. */
static void test_aftercare_is_dated(void **state)
{
    static const struct {
        const char *id;
        int from, to;
    } ROWS[] = {{"AC-01", 0, 3}, {"AC-03", 0, 4}, {"AC-04", 1, 3}, {"AC-07.avoid_window", -5, 14},
                {"AC-09", 0, 2}, {"AC-13", 1, 14}};
    struct scene s = scene("oa_knee");

    (void)state;
    write_aftercare(&s);
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        const struct en_dated_row *found = item(&s, ROWS[i].id);

        CHECK(found != NULL);
        CHECK(found->from == fx_today() + ROWS[i].from);
        CHECK(found->to == fx_today() + ROWS[i].to);
    }
    CHECK_CONTAINS(item(&s, "AC-01")->text, "until Thursday 2026-03-05");
    CHECK_CONTAINS(item(&s, "AC-02")->text, "4 hours after the session");
    CHECK_CONTAINS(item(&s, "AC-13")->text, "Your next session: Monday 2026-03-30");
    CHECK(item(&s, "AC-15")->to == EN_DAY_UNKNOWN);
    en_arena_free(&s.a);
}

/* One thermal item, the one of the policy: never warm and cold advice side by side. */
static void test_one_thermal_item(void **state)
{
    struct scene s = scene("oa_knee");
    size_t count = 0;

    (void)state;
    write_aftercare(&s);
    for (size_t i = 0; i < s.item_count; i++) {
        count += en_text_starts(en_cell(s.items[i].row, "id"), "AC-08") ? 1 : 0;
    }
    CHECK(count == 1);
    CHECK(item(&s, "AC-08.patient_choice") != NULL);
    en_arena_free(&s.a);
}

/* Paracetamol: 500 to 1000 mg from 50 kg; below it 15 mg per kg and at most the lower of 75 mg per
 * kg and 3 g a day (45 kg: 675 mg, 3000 mg; 39 kg: 585 mg, 2925 mg); no dose without a weight. */
static void test_paracetamol_goes_by_weight(void **state)
{
    static const struct {
        const char *changes, *id, *dose, *day;
    } ROWS[] = {
        {"weight=50", "AC-06.ge50", "500 to 1000 mg", "3000 mg"},
        {"weight=45", "AC-06.lt50", "up to 675 mg", "3000 mg in 24 hours"},
        {"weight=39", "AC-06.lt50", "up to 585 mg", "2925 mg in 24 hours"},
        {"?weight", "AC-06.unknown", "ask us first", "weight"},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        struct scene s = scene("oa_knee");
        size_t count = 0;

        fx_apply(s.c, ROWS[i].changes);
        write_aftercare(&s);
        for (size_t k = 0; k < s.item_count; k++) {
            count += en_text_starts(en_cell(s.items[k].row, "id"), "AC-06") ? 1 : 0;
        }
        CHECK(count == 1);
        CHECK(item(&s, ROWS[i].id) != NULL);
        CHECK_CONTAINS(item(&s, ROWS[i].id)->text, ROWS[i].dose);
        CHECK_CONTAINS(item(&s, ROWS[i].id)->text, ROWS[i].day);
        en_arena_free(&s.a);
    }
}

/* A weight of long ago is no weight: no dose is printed. */
static void test_stale_weight_prints_no_dose(void **state)
{
    struct scene s = scene("oa_knee");

    (void)state;
    fx_age(s.c, "weight", 200);
    write_aftercare(&s);
    CHECK(item(&s, "AC-06.unknown") != NULL && item(&s, "AC-06.ge50") == NULL);
    en_arena_free(&s.a);
}

/* After the last session, and without a plan, the next date is not invented. */
static void test_next_session_is_not_invented(void **state)
{
    const struct en_care care = fx_care();
    struct scene s = scene("oa_knee");

    (void)state;
    s.options.sessions = 1;
    write_aftercare(&s);
    CHECK_CONTAINS(item(&s, "AC-13")->text, "Your next session: not booked");
    CHECK(en_aftercare(&care, s.c, NULL, fx_today(), &s.a, &s.items, &s.item_count, NULL) == EN_OK);
    CHECK_CONTAINS(item(&s, "AC-13")->text, "not booked");
    en_arena_free(&s.a);
}

TEST_MAIN(cmocka_unit_test(test_banned_phrases),
          cmocka_unit_test(test_documents_of_every_condition),
          cmocka_unit_test(test_consent_has_every_section),
          cmocka_unit_test(test_consent_is_filled), cmocka_unit_test(test_rates_have_denominators),
          cmocka_unit_test(test_risks_follow_the_sites),
          cmocka_unit_test(test_cost_follows_the_country),
          cmocka_unit_test(test_guidance_is_explained), cmocka_unit_test(test_call_list),
          cmocka_unit_test(test_aftercare_is_dated), cmocka_unit_test(test_one_thermal_item),
          cmocka_unit_test(test_paracetamol_goes_by_weight),
          cmocka_unit_test(test_stale_weight_prints_no_dose),
          cmocka_unit_test(test_next_session_is_not_invented));
