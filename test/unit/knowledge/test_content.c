/* SPDX-License-Identifier: Apache-2.0
 * What the tables of the binary promise to each other and to the program, beyond what the loader
 * refuses. */
#include "base/text.h"
#include "knowledge/knowledge.h"

#include "small.h"

static struct en_arena arena = {.limit = 64 << 20};
static struct en_knowledge *k;

static int load(void **state)
{
    struct en_err err = {""};

    (void)state;
    if (en_knowledge_load(NULL, &arena, &k, &err) != EN_OK) {
        print_error("%s\n", err.text);
        return 1;
    }
    return 0;
}

static int unload(void **state)
{
    (void)state;
    en_arena_free(&arena);
    return 0;
}

/* Say which row is wrong before the test fails. */
static void check_row(const struct en_row *row, bool is_right, const char *what)
{
    if (!is_right) {
        print_error("%s.tsv:%d %s: %s\n", row->table->name, row->line, en_cell(row, "id"), what);
        fail();
    }
}

static const char *fact_id(size_t index)
{
    return en_cell(&en_table_get(k, "facts")->rows[index], "id");
}

/* The rules of the clinical text: 57 contraindications, 12 review rules and 22 triage rules, by the
 * ids that the text gives them. */
static void test_content_has_every_rule(void **state)
{
    static const struct {
        const char *format;
        int count;
    } FAMILIES[] = {{"CI-%02d", 57}, {"TR-%02d", 22}, {"RV-%d", 12}};

    (void)state;
    for (size_t i = 0; i < EN_COUNT(FAMILIES); i++) {
        for (int n = 1; n <= FAMILIES[i].count; n++) {
            const char *kind = FAMILIES[i].format;
            char id[16];

            (void)snprintf(id, sizeof id, "%.3s%s%d", kind, n < 10 && kind[4] == '0' ? "0" : "", n);
            if (en_row_find(k, "rules", id) == NULL) {
                print_error("rule %s is missing\n", id);
                fail();
            }
        }
    }
}

/* A tier belongs to its rule by its id, and its outcome to the family of the rule. */
static void test_content_tiers_belong_to_their_rules(void **state)
{
    static const struct {
        const char *family, *outcomes;
    } ALLOWED[] = {
        {"contraindication", "stop; defer; caution; info"},
        {"suitability", "stop; defer; caution; info"},
        {"dose", "stop; defer; caution; info"},
        {"triage", "E; S; U; R; info"},
    };
    const struct en_table *tiers = en_table_get(k, "tiers");

    (void)state;
    for (size_t i = 0; i < tiers->row_count; i++) {
        const struct en_row *tier = &tiers->rows[i];
        const struct en_row *rule = en_row_find(k, "rules", en_cell(tier, "rule"));
        const char *id = en_cell(tier, "id");
        const size_t size = strlen(en_cell(rule, "id"));

        check_row(tier, en_text_starts(id, en_cell(rule, "id")) && id[size] == '.',
                  "the id is not that of its rule with a suffix");
        for (size_t f = 0; f < EN_COUNT(ALLOWED); f++) {
            if (strcmp(en_cell(rule, "family"), ALLOWED[f].family) == 0) {
                check_row(tier, en_list_has(ALLOWED[f].outcomes, en_cell(tier, "outcome")),
                          "the outcome is none of its family");
            }
        }
    }
}

/* Whether a tier of the rule names the fact. */
static bool is_named(const char *rule, const char *fact)
{
    const struct en_table *tiers = en_table_get(k, "tiers");

    for (size_t i = 0; i < tiers->row_count; i++) {
        const size_t *inputs = NULL;

        if (strcmp(en_cell(&tiers->rows[i], "rule"), rule) != 0) {
            continue;
        }
        const size_t count = en_expr_inputs(en_cell_expr(&tiers->rows[i], "when"), &inputs);

        for (size_t f = 0; f < count; f++) {
            if (strcmp(fact_id(inputs[f]), fact) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* `asks` is what the tiers name: a fact that is forgotten there would never be asked for. */
static void test_content_rules_ask_for_what_their_tiers_name(void **state)
{
    const struct en_table *tiers = en_table_get(k, "tiers");
    const struct en_table *rules = en_table_get(k, "rules");

    (void)state;
    for (size_t i = 0; i < tiers->row_count; i++) {
        const struct en_row *rule = en_row_find(k, "rules", en_cell(&tiers->rows[i], "rule"));
        const size_t *inputs = NULL;
        const size_t count = en_expr_inputs(en_cell_expr(&tiers->rows[i], "when"), &inputs);

        for (size_t f = 0; f < count; f++) {
            check_row(&tiers->rows[i], en_list_has(en_cell(rule, "asks"), fact_id(inputs[f])),
                      fact_id(inputs[f]));
        }
    }
    for (size_t i = 0; i < rules->row_count; i++) {
        const char *rest = en_cell(&rules->rows[i], "asks"), *item = NULL;
        size_t size = 0;

        while ((rest = en_list_next(rest, &item, &size)) != NULL) {
            char fact[EN_TABLE_ID_MAX + 1];

            (void)snprintf(fact, sizeof fact, "%.*s", (int)size, item);
            check_row(&rules->rows[i], is_named(en_cell(&rules->rows[i], "id"), fact), fact);
        }
    }
}

/* A fact that is asked for has a question; one that is computed has none to ask. Plausible ranges
 * have their ends in order. */
static void test_content_facts_can_be_asked(void **state)
{
    const struct en_table *facts = en_table_get(k, "facts");

    (void)state;
    for (size_t i = 0; i < facts->row_count; i++) {
        const struct en_row *fact = &facts->rows[i];
        const bool is_derived = strcmp(en_cell(fact, "origin"), "derived") == 0;
        const double low = en_cell_number(fact, "low"), high = en_cell_number(fact, "high");

        check_row(fact, is_derived || en_cell(fact, "question")[0] != '\0', "no question");
        check_row(fact, isnan(low) || isnan(high) || low < high, "the range is empty");
    }
}

/* Each quantity has one canonical unit, whose own conversion changes nothing, and every conversion
 * can be undone. */
static void test_content_units_have_one_canonical_unit(void **state)
{
    const struct en_table *units = en_table_get(k, "units");

    (void)state;
    for (size_t i = 0; i < units->row_count; i++) {
        const struct en_row *a = &units->rows[i];
        const double factor = en_cell_number(a, "factor"), offset = en_cell_number(a, "offset");

        check_row(a, factor > 0.0, "the factor is not positive");
        if (strcmp(en_cell(a, "unit"), en_cell(a, "canonical")) == 0) {
            check_row(a, factor == 1.0 && offset == 0.0, "the canonical unit is changed");
        }
        for (size_t j = 0; j < i; j++) {
            const struct en_row *b = &units->rows[j];

            if (strcmp(en_cell(a, "quantity"), en_cell(b, "quantity")) != 0) {
                continue;
            }
            check_row(a, strcmp(en_cell(a, "canonical"), en_cell(b, "canonical")) == 0,
                      "another canonical unit than before");
            check_row(a, strcmp(en_cell(a, "unit"), en_cell(b, "unit")) != 0,
                      "the unit stands twice");
        }
    }
}

/* In the atlas the default lies between the ends; class N sites are off until switched on. */
static void test_content_atlas_defaults_lie_in_their_ranges(void **state)
{
    static const char *const RANGES[][3] = {
        {"points_min", "points_default", "points_max"},
        {"volume_min_ml", "volume_ml", "volume_max_ml"},
        {"dextrose_min_percent", "dextrose_percent", "dextrose_max_percent"},
    };
    const struct en_table *atlas = en_table_get(k, "atlas");

    (void)state;
    for (size_t i = 0; i < atlas->row_count; i++) {
        const struct en_row *site = &atlas->rows[i];

        for (size_t r = 0; r < EN_COUNT(RANGES); r++) {
            const double low = en_cell_number(site, RANGES[r][0]);
            const double value = en_cell_number(site, RANGES[r][1]);
            const double high = en_cell_number(site, RANGES[r][2]);

            check_row(site, !en_cell_bool(site, "enabled") || (low <= value && value <= high),
                      RANGES[r][1]);
        }
        check_row(site,
                  strcmp(en_cell(site, "site_class"), "N") != 0 ||
                      !en_cell_bool(site, "default_on"),
                  "a class N site is on by default");
    }
}

/* Nobody has signed a row yet, and what is only remembered is never called verified. */
static void test_content_says_what_is_not_verified(void **state)
{
    (void)state;
    for (size_t i = 1; i < en_knowledge_table_count(k); i++) {
        const struct en_table *t = en_knowledge_table_at(k, i);

        for (size_t r = 0; r < t->row_count && strcmp(t->name, "sources") != 0; r++) {
            const struct en_row *row = &t->rows[r];

            check_row(row, en_cell(row, "approved_by")[0] == '\0', "it is approved");
            check_row(row,
                      strcmp(en_cell(row, "source"), "memory") != 0 ||
                          strcmp(en_cell(row, "verified"), "yes") != 0,
                      "verified from memory");
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, load, unload)

TEST_MAIN(TEST(test_content_has_every_rule), TEST(test_content_tiers_belong_to_their_rules),
          TEST(test_content_rules_ask_for_what_their_tiers_name),
          TEST(test_content_facts_can_be_asked), TEST(test_content_units_have_one_canonical_unit),
          TEST(test_content_atlas_defaults_lie_in_their_ranges),
          TEST(test_content_says_what_is_not_verified));
