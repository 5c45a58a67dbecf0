/* SPDX-License-Identifier: Apache-2.0
 * The table of the model's numbers, its revision, and the constraints on virtual patients. */
#include "reference.h"

#include "base/buf.h"
#include "base/embedded.h"
#include "base/text.h"

/* The four sampling constraints, each at its limit and beyond. Nominal loop gain is 0.458. */
static void test_constraints_name_what_is_broken(void **state)
{
    struct en_arena a = EN_ARENA(8 << 20);
    struct en_batch b;
    struct en_parameters p = nominal();

    (void)state;
    CHECK(en_batch_init(&b, &a, 1, NULL) == EN_OK);
    CHECK(en_heal_broken(&b, 0) == NULL);
    CHECK_NEAR(p.cN * p.rN / p.dN + p.cM * p.rM / (p.k12 + p.d1), 0.458, 5e-4);
    p.cN = (0.7999 - 0.12 / 0.55) / 4.0;
    put(&b, 0, &p);
    CHECK(en_heal_broken(&b, 0) == NULL);
    p.cN = (0.8001 - 0.12 / 0.55) / 4.0;
    put(&b, 0, &p);
    CHECK_TEXT(en_heal_broken(&b, 0), "loop gain");
    p = nominal();
    p.C3b = 0.17; /* more III than its replacement by I leaves room for */
    put(&b, 0, &p);
    CHECK_TEXT(en_heal_broken(&b, 0), "k1");
    CHECK(b.balance[1][0] == 0.0);
    p = nominal();
    p.Phib = 0.99;
    put(&b, 0, &p);
    CHECK_TEXT(en_heal_broken(&b, 0), "b");
    p = nominal();
    p.q = 1.0;
    put(&b, 0, &p);
    CHECK_TEXT(en_heal_broken(&b, 0), "q");
    en_arena_free(&a);
}

/* docs/model.md prints this text of the program; the lines are made here when they differ. */
static void check_document_has(const char *text)
{
    struct en_buf document = EN_BUF(1 << 20);

    CHECK(en_buf_read_file(&document, EN_SOURCE_ROOT "/docs/model.md", NULL) == EN_OK);
    if (strstr(en_buf_text(&document), text) == NULL) {
        print_error("docs/model.md must contain:\n%s", text);
        fail();
    }
    en_buf_free(&document);
}

static void test_document_has_the_table(void **state)
{
    struct en_buf table = EN_BUF(1 << 20);

    (void)state;
    en_parameters_print(&table);
    check_document_has(en_buf_text(&table));
    en_buf_free(&table);
}

/* The equations of the document are those that are compiled. */
static void test_document_has_the_equations(void **state)
{
    size_t found = 0;

    (void)state;
    for (const struct en_embedded *f = EN_MODEL_FILES; f->name != NULL; f++) {
        if (strcmp(f->name, "equations.md") == 0) {
            check_document_has(f->bytes);
            found++;
        }
    }
    CHECK(found == 1);
}

/* Nominal values lie inside their ranges, spreads are positive, every row says where it is from. */
static void test_table_is_sound(void **state)
{
    (void)state;
    for (size_t i = 0; i < EN_PARAMETER_COUNT; i++) {
        const struct en_parameter_row *r = &EN_PARAMETERS[i];

        CHECK(r->low <= r->nominal && r->nominal <= r->high && r->cv >= 0.0);
        CHECK(r->unit[0] != 0 && r->meaning[0] != 0 && r->source[0] != 0);
        CHECK(strstr("excerpt derived calibrated assumed memory structural", r->provenance));
    }
    CHECK_TEXT(EN_PARAMETERS[EN_P(kHd)].symbol, "kHd");
    CHECK(en_heal_hypothesis(1).wm == 0.75 && en_heal_hypothesis(2).wh == 0.65);
    CHECK(!en_heal_hypothesis(0).has_laxity && en_heal_hypothesis(3).has_laxity);
}

/* The revised numbers lie inside their own ranges, say where they are from, and make a balanced
 * patient without a broken constraint, whose turnover flux is twice the nominal one; what was not
 * revised is nominal. */
static void test_revision_is_sound(void **state)
{
    static const struct {
        const char *symbol, *source, *provenance;
        double value, low, high;
        size_t place;
    } ROWS[] = {
#define EN_REVISION(s, value, low, high, source, provenance)                                       \
    {#s, source, provenance, value, low, high, EN_P(s)},
#include "heal/revision.def"
#undef EN_REVISION
    };
    struct en_arena a = EN_ARENA(1 << 20);
    size_t revised = 0;
    struct en_batch b;

    (void)state;
    CHECK(en_batch_init(&b, &a, 1, NULL) == EN_OK);
    const double flux = b.balance[4][0];

    en_batch_revise(&b);
    for (size_t i = 0; i < EN_COUNT(ROWS); i++) {
        CHECK(ROWS[i].low <= ROWS[i].value && ROWS[i].value <= ROWS[i].high);
        CHECK(ROWS[i].source[0] != 0);
        CHECK(strstr("excerpt derived calibrated assumed", ROWS[i].provenance) != NULL);
        CHECK_TEXT(EN_PARAMETERS[ROWS[i].place].symbol, ROWS[i].symbol);
        CHECK(b.parameter[ROWS[i].place][0] == ROWS[i].value);
    }
    for (size_t k = 0; k < EN_PARAMETER_COUNT; k++) {
        revised += EN_REVISED[k] != EN_PARAMETERS[k].nominal;
    }
    CHECK(revised == EN_COUNT(ROWS));
    CHECK(en_heal_broken(&b, 0) == NULL);
    CHECK_NEAR(b.balance[4][0], 2.0 * flux, 1e-12);
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_constraints_name_what_is_broken),
          cmocka_unit_test(test_document_has_the_table),
          cmocka_unit_test(test_document_has_the_equations), cmocka_unit_test(test_table_is_sound),
          cmocka_unit_test(test_revision_is_sound));
