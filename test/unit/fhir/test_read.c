/* SPDX-License-Identifier: Apache-2.0
 * Reading a case: the Bundle itself, the patient, references and dates. */
#include "unit/fhir/bundle.h"

static void test_read_smallest_case(void **state)
{
    struct en_arena a = EN_ARENA(EN_REQUEST_ARENA);
    const struct en_case c = good_case(&a, PATIENT "," KNEE);

    (void)state;
    CHECK_TEXT(c.person.name, "Synthetic Patient 01");
    CHECK(c.person.birth_known && c.person.birth == day_of("1961-05-04"));
    CHECK(c.target_count == 1);
    CHECK_TEXT(c.targets[0].condition, "oa_knee");
    CHECK(c.targets[0].side == EN_SIDE_RIGHT);
    CHECK(c.targets[0].onset == day_of("2025-01-15"));
    CHECK_TEXT(c.targets[0].path, "Bundle.entry[1].resource");
    CHECK_TEXT(fact_of(&c, "sex").code, "female");
    CHECK(fact_of(&c, "birth_date").date == day_of("1961-05-04"));
    CHECK(fact_of(&c, "weight").kind == EN_FACT_UNKNOWN);
    en_arena_free(&a);
}

TEST_MAIN(cmocka_unit_test(test_read_smallest_case));
