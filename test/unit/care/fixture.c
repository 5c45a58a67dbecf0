/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include "base/text.h"

enum { LIST_MAX = 32, WORD_MAX = 96 };

static struct en_arena knowledge_arena;
static struct en_knowledge *knowledge;

const struct en_knowledge *fx_knowledge(void)
{
    if (knowledge == NULL) {
        struct en_err err = {{0}};

        knowledge_arena = EN_ARENA(256 << 20);
        if (en_knowledge_load(NULL, &knowledge_arena, &knowledge, &err) != EN_OK) {
            print_error("%s\n", err.text);
            fail();
        }
    }
    return knowledge;
}

en_day fx_today(void)
{
    enum en_date_precision precision;
    en_day day = EN_DAY_UNKNOWN;

    CHECK(en_date_parse("2026-03-02", &day, &precision));
    return day;
}

struct en_care fx_care(void)
{
    return (struct en_care){.knowledge = fx_knowledge(), .today = fx_today()};
}

struct en_arena fx_arena(void)
{
    return EN_ARENA(64 << 20);
}

/* Bools that are harmless when true; all others when false. */
static const char *const TRUE_FACTS[] = {
    "pain_musculoskeletal",
    "structure_confirmed",
    "conservative_care_tried",
    "neuro_exam_done",
    "allergy_list_reviewed",
    "medication_list_reviewed",
    "consent_possible",
    "can_follow_aftercare",
    "goals_agreed",
    "evidence_acknowledged",
    "extra_reason_recorded",
    "emergency_kit_ok",
    "sij_block_positive",
    "pass_state",
};

static const struct {
    const char *fact;
    double value;
} NUMBERS[] = {
    {"weight", 80.0},      {"height", 180.0},        {"temperature", 36.8},
    {"crp", 2.0},          {"platelets", 250.0},     {"anc", 4.0},
    {"inr", 1.0},          {"heparin_hours", 700.0}, {"egfr", 95.0},
    {"steroid_dose", 0.0}, {"opioid_mme", 0.0},      {"systolic", 125.0},
    {"diastolic", 80.0},   {"heart_rate", 70.0},     {"respiratory_rate", 14.0},
    {"spo2", 98.0},        {"hba1c", 5.4},           {"glucose", 5.5},
    {"nrs", 6.0},          {"nrs_activity", 7.0},    {"peg", 5.0},
    {"psfs", 4.0},
};

static const struct {
    const char *fact, *value;
} CODES[] = {
    {"sex", "male"},
    {"lmwh_dose", "prophylactic"},
    {"cancer_status", "none"},
    {"liver_disease", "none"},
    {"renal_disease", "none"},
    {"prosthesis", "none"},
    {"activity_level", "everyday"},
};

static const struct {
    const char *fact;
    int days_ago;
} DATES[] = {
    {"birth_date", 50 * 365 + 13},   {"pain_onset_date", 365},           {"tear_imaging_date", 30},
    {"nsaid_last_dose", 365},        {"fluoroquinolone_last_dose", 365}, {"chemotherapy_last", 365},
    {"steroid_injection_date", 365},
};

static struct en_fact *slot(struct en_case *c, const char *fact)
{
    const size_t index = en_fact_index(fx_knowledge(), fact);

    if (index == SIZE_MAX) {
        print_error("facts.tsv has no \"%s\"\n", fact);
        fail();
    }
    return &c->facts[index];
}

void fx_bool(struct en_case *c, const char *fact, bool value)
{
    *slot(c, fact) = (struct en_fact){
        .kind = EN_FACT_BOOL, .truth = value, .as_of = fx_today(), .origin = "test"};
}

void fx_number(struct en_case *c, const char *fact, double value)
{
    *slot(c, fact) = (struct en_fact){
        .kind = EN_FACT_NUMBER, .number = value, .as_of = fx_today(), .origin = "test"};
}

void fx_code(struct en_case *c, const char *fact, const char *value)
{
    *slot(c, fact) = (struct en_fact){
        .kind = EN_FACT_CODE, .code = value, .as_of = fx_today(), .origin = "test"};
}

void fx_date(struct en_case *c, const char *fact, en_day value)
{
    *slot(c, fact) = (struct en_fact){
        .kind = EN_FACT_DATE, .date = value, .as_of = fx_today(), .origin = "test"};
}

void fx_forget(struct en_case *c, const char *fact)
{
    *slot(c, fact) = (struct en_fact){0};
}

void fx_age(struct en_case *c, const char *fact, int days)
{
    slot(c, fact)->as_of = fx_today() - days;
}

/* Changes as words */

static const char *copy_word(const char *text)
{
    return en_arena_copy(&knowledge_arena, text, SIZE_MAX);
}

static void apply_value(struct en_case *c, const char *fact, const char *value)
{
    const struct en_table *facts = en_table_get(fx_knowledge(), "facts");
    const struct en_row *row = &facts->rows[slot(c, fact) - c->facts];
    double number = 0.0;

    if (en_text_equal(en_cell(row, "type"), "code")) {
        fx_code(c, fact, copy_word(value));
        return;
    }
    CHECK(en_text_number(value, &number));
    if (en_text_equal(en_cell(row, "type"), "date")) {
        fx_date(c, fact, fx_today() + (en_day)number);
    } else {
        fx_number(c, fact, number);
    }
}

static void apply_word(struct en_case *c, const char *word)
{
    char fact[WORD_MAX] = {0};
    const char *value = strchr(word, '=');

    if (word[0] == '!') {
        fx_bool(c, word + 1, false);
    } else if (word[0] == '?') {
        fx_forget(c, word + 1);
    } else if (value == NULL) {
        fx_bool(c, word, true);
    } else {
        CHECK((size_t)(value - word) < sizeof fact);
        memcpy(fact, word, (size_t)(value - word));
        apply_value(c, fact, value + 1);
    }
}

void fx_apply(struct en_case *c, const char *changes)
{
    while (*changes != '\0') {
        char word[WORD_MAX] = {0};
        const size_t size = strcspn(changes, " ");

        CHECK(size < sizeof word);
        memcpy(word, changes, size);
        if (size > 0) {
            apply_word(c, word);
        }
        changes += size + (changes[size] == ' ' ? 1 : 0);
    }
}

/* The case */

static bool is_true_fact(const char *id)
{
    for (size_t i = 0; i < EN_COUNT(TRUE_FACTS); i++) {
        if (en_text_equal(TRUE_FACTS[i], id)) {
            return true;
        }
    }
    return false;
}

static void fill_facts(struct en_case *c)
{
    const struct en_table *facts = en_table_get(fx_knowledge(), "facts");

    for (size_t i = 0; i < facts->row_count; i++) {
        const struct en_row *row = &facts->rows[i];

        if (en_text_equal(en_cell(row, "origin"), "intake") &&
            en_text_equal(en_cell(row, "type"), "bool")) {
            fx_bool(c, en_cell(row, "id"), is_true_fact(en_cell(row, "id")));
        }
    }
    for (size_t i = 0; i < EN_COUNT(NUMBERS); i++) {
        fx_number(c, NUMBERS[i].fact, NUMBERS[i].value);
    }
    for (size_t i = 0; i < EN_COUNT(CODES); i++) {
        fx_code(c, CODES[i].fact, CODES[i].value);
    }
    for (size_t i = 0; i < EN_COUNT(DATES); i++) {
        fx_date(c, DATES[i].fact, fx_today() - DATES[i].days_ago);
    }
    /* A fact that is missing here would make every case undecided, and no test would say why. */
    for (size_t i = 0; i < facts->row_count; i++) {
        if (en_text_equal(en_cell(&facts->rows[i], "origin"), "intake") &&
            c->facts[i].kind == EN_FACT_UNKNOWN) {
            print_error("fixture: give a harmless \"%s\"\n", en_cell(&facts->rows[i], "id"));
            fail();
        }
    }
}

struct en_case *fx_case(struct en_arena *a, const char *condition)
{
    struct en_case *c = EN_NEW(a, struct en_case, 1);

    c->fact_count = en_table_get(fx_knowledge(), "facts")->row_count;
    c->facts = EN_NEW(a, struct en_fact, c->fact_count);
    c->targets = EN_NEW(a, struct en_target, 1);
    c->exams = EN_NEW(a, struct en_exam, LIST_MAX);
    c->scores = EN_NEW(a, struct en_score, LIST_MAX);
    c->sessions = EN_NEW(a, struct en_past_session, LIST_MAX);
    c->medications = EN_NEW(a, struct en_medication, LIST_MAX);
    c->practitioners = EN_NEW(a, struct en_practitioner, 1);
    c->covers = EN_NEW(a, struct en_cover, 1);
    c->person.name = "Synthetic Patient 01";
    fill_facts(c);
    c->targets[0] = (struct en_target){.condition = condition,
                                       .text = "synthetic",
                                       .side = EN_SIDE_RIGHT,
                                       .onset = fx_today() - 365};
    c->target_count = 1;
    c->practitioners[0] = (struct en_practitioner){
        .name = "Synthetic Clinician 01",
        .licence_expiry = fx_today() + 365,
        .training_hours = 100.0,
        .regions = "knee; hip; shoulder; elbow; wrist_hand; ankle_foot; lumbar_si; cervical; "
                   "thoracic; tmj",
        .guidance = "US; FL; CT"};
    c->practitioner_count = 1;
    return c;
}

/* Plan and assess */

struct en_plan_options fx_options(void)
{
    return (struct en_plan_options){.start = EN_DAY_UNKNOWN};
}

struct en_plan fx_plan(struct en_arena *a, const struct en_case *c,
                       const struct en_plan_options *options)
{
    const struct en_care care = fx_care();
    const struct en_plan_options usual = fx_options();
    struct en_err err = {{0}};
    struct en_plan plan;

    if (en_plan_make(&care, c, options == NULL ? &usual : options, a, &plan, &err) != EN_OK) {
        print_error("plan: %s\n", err.text);
        fail();
    }
    return plan;
}

struct en_assessment fx_assess(struct en_arena *a, const struct en_case *c,
                               const struct en_plan *plan)
{
    const struct en_care care = fx_care();
    struct en_err err = {{0}};
    struct en_assessment out;

    if (en_assess(&care, c, plan, a, &out, &err) != EN_OK) {
        print_error("assess: %s\n", err.text);
        fail();
    }
    return out;
}

char fx_tier(const struct en_finding *list, size_t count, const char *tier)
{
    char state = '-';

    if (en_row_find(fx_knowledge(), "tiers", tier) == NULL) {
        print_error("tiers.tsv has no \"%s\"\n", tier);
        fail();
    }
    for (size_t i = 0; i < count; i++) {
        if (en_text_equal(en_cell(list[i].tier, "id"), tier)) {
            state = !list[i].is_unknown ? '+' : state == '+' ? '+' : '?';
        }
    }
    return state;
}

void fx_score(struct en_case *c, const char *instrument, double value, int day)
{
    CHECK(c->score_count < LIST_MAX);
    c->scores[c->score_count++] = (struct en_score){
        .instrument = instrument, .value = value, .side = EN_SIDE_RIGHT, .day = fx_today() + day};
}

void fx_session(struct en_case *c, const char *region, int day)
{
    CHECK(c->session_count < LIST_MAX);
    c->sessions[c->session_count++] = (struct en_past_session){.region = region,
                                                               .side = EN_SIDE_RIGHT,
                                                               .day = fx_today() + day,
                                                               .dextrose_g = NAN,
                                                               .lidocaine_mg = NAN,
                                                               .volume_ml = NAN};
}
