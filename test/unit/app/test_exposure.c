/* SPDX-License-Identifier: Apache-2.0
 * What of an injection reaches its target, from the embedded tables. */
#include "app/exposure.h"

#include "heal/heal.h"

#include "support/check.h"

static struct en_arena arena = {.limit = 256 << 20};
static struct en_knowledge *knowledge;

static struct en_injection joint(const char *site, const char *guidance)
{
    return (struct en_injection){.site = site,
                                 .kind = "joint_space",
                                 .guidance = guidance,
                                 .is_surface = true,
                                 .volume_ml = 6.0,
                                 .usual_ml = 6.0,
                                 .dextrose_percent = 25.0};
}

static double hit_of(const char *id)
{
    return en_cell_number(en_row_find(knowledge, "placement", id), "hit_probability");
}

/* The row of the site is preferred; without a site the general row of its kind and depth counts; a
 * modality that the table does not have is unknown, not zero. */
static void test_hit_prefers_the_row_of_the_site(void **state)
{
    struct en_injection ligament = joint(NULL, "LM");
    const struct en_injection own = joint("KNE-01", "LM"), any = joint(NULL, "LM");
    const struct en_injection unknown = joint(NULL, "CT");

    (void)state;
    CHECK(en_exposure_hit(knowledge, &own) == hit_of("KNE-01.LM"));
    CHECK(en_exposure_hit(knowledge, &any) == hit_of("joint.LM"));
    CHECK(isnan(en_exposure_hit(knowledge, &unknown)));
    ligament.kind = "ligament";
    CHECK(en_exposure_hit(knowledge, &ligament) == hit_of("superficial.LM"));
    ligament.is_surface = false;
    CHECK(en_exposure_hit(knowledge, &ligament) == hit_of("deep.LM"));
}

/* Two injections count by their volume: 6 mL of 25 % and 2 mL of 5 % make 20 %. One alone reaches
 * hit times fill, and without any both are unknown. */
static void test_sums_are_weighted_by_volume(void **state)
{
    const struct en_injection first = joint(NULL, "LM");
    struct en_injection second = joint(NULL, "US");
    struct en_exposure e = {0};

    (void)state;
    CHECK(isnan(en_exposure_coverage(&e)) && isnan(en_exposure_dextrose(&e)));
    en_exposure_add(&e, knowledge, &first);
    const double one = hit_of("joint.LM") * en_heal_fill(6.0, 6.0);

    CHECK_NEAR(en_exposure_coverage(&e), one, 1e-15);
    second.volume_ml = 2.0;
    second.dextrose_percent = 5.0;
    en_exposure_add(&e, knowledge, &second);
    CHECK_NEAR(en_exposure_dextrose(&e), 20.0, 1e-12);
    CHECK_NEAR(en_exposure_coverage(&e),
               (6.0 * one + 2.0 * hit_of("joint.US") * en_heal_fill(2.0, 6.0)) / 8.0, 1e-15);
}

/* Ligaments of the knee are superficial, those of the low back are not; a condition without a site
 * of the kind takes the whole atlas; a kind that does not exist is refused. */
static void test_usual_target_follows_the_condition(void **state)
{
    struct en_usual_target knee, back, all, other;

    (void)state;
    CHECK(en_usual_target(knowledge, "oa_knee", "ligament", &knee));
    CHECK(en_usual_target(knowledge, "chronic_nonspecific_lbp", "ligament", &back));
    CHECK(knee.is_surface && !back.is_surface);
    CHECK(knee.point_ml == 0.5 && knee.points >= 1.0);
    CHECK(en_usual_target(knowledge, NULL, "perineural", &all));
    CHECK(en_usual_target(knowledge, "oa_knee", "perineural", &other));
    CHECK(all.point_ml == other.point_ml);
    CHECK(!en_usual_target(knowledge, "oa_knee", "hair", &other));
}

static int setup(void **state)
{
    (void)state;
    return en_knowledge_load(NULL, &arena, &knowledge, NULL) == EN_OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    en_arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hit_prefers_the_row_of_the_site),
        cmocka_unit_test(test_sums_are_weighted_by_volume),
        cmocka_unit_test(test_usual_target_follows_the_condition),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
