/* SPDX-License-Identifier: Apache-2.0
 * A virtual trial in one call, watched and ended. */
#include "app/trial_job.h"

#include "base/limits.h"
#include "support/check.h"

struct watch {
    int count;
    double last;
    int end_at; /* call that ends it; 0 never */
};

static bool tell(void *context, double share)
{
    struct watch *w = context;

    CHECK(share > w->last && share <= 1.0);
    w->last = share;
    return ++w->count != w->end_at;
}

static const char SPEC[] =
    "{\"name\":\"small\",\"condition\":\"oa_knee\",\"arms\":["
    "{\"name\":\"dextrose\",\"n\":3,\"sessions_weeks\":[0,4,8],\"injections\":[{\"site_kind\":"
    "\"joint_space\",\"dextrose_percent\":25,\"volume_ml\":6,\"guidance\":\"ultrasound\"}]},"
    "{\"name\":\"saline\",\"n\":3,\"sessions_weeks\":[0,4,8],\"injections\":[{\"site_kind\":"
    "\"joint_space\",\"dextrose_percent\":0,\"volume_ml\":6,\"guidance\":\"ultrasound\"}]}],"
    "\"observe_weeks\":[12],\"outcomes\":[\"nrs_change\"]}";

struct run {
    struct en_arena arena;
    struct en_app app;
    struct en_buf json;
    enum en_status st;
    struct en_err err;
};

static struct run run(uint64_t patients, int threads, struct watch *w)
{
    struct run r = {.arena = EN_ARENA(EN_REQUEST_ARENA), .json = EN_BUF(EN_OUTPUT_MAX)};
    struct en_knowledge *knowledge = NULL;

    CHECK(en_knowledge_load(NULL, &r.arena, &knowledge, NULL) == EN_OK);
    r.app = (struct en_app){.knowledge = knowledge, .today = EN_DAY_UNKNOWN};
    const struct en_trial_request rq = {.bytes = SPEC,
                                        .size = sizeof SPEC - 1,
                                        .patients = patients,
                                        .threads = threads,
                                        .tell = tell,
                                        .context = w};

    r.st = en_app_trial(&r.app, &rq, &r.arena, &r.json, &r.err);
    return r;
}

static void done(struct run *r)
{
    en_buf_free(&r->json);
    en_arena_free(&r->arena);
}

/* The same bytes on one thread and two; the share that is told rises to 1. */
static void test_trial_tells_how_far_it_is(void **state)
{
    struct watch first = {0}, second = {0};
    struct run a = run(2000, 1, &first), b = run(2000, 2, &second);

    (void)state;
    if (a.st != EN_OK) {
        print_error("%s\n", a.err.text);
    }
    CHECK(a.st == EN_OK && b.st == EN_OK);
    CHECK(first.count > 0 && first.last >= 1.0 && second.last >= 1.0);
    CHECK_TEXT(en_buf_text(&a.json), en_buf_text(&b.json));
    CHECK_CONTAINS(en_buf_text(&a.json), "dextrose");
    done(&a);
    done(&b);
}

/* Whoever watches can end it; then there is no answer. */
static void test_trial_can_be_ended(void **state)
{
    struct watch w = {.end_at = 1};
    struct run r = run(2000, 1, &w);

    (void)state;
    CHECK(r.st == EN_ELIMIT && r.json.size == 0);
    done(&r);
}

/* More patients than a server calculates for a request are refused before anything runs. */
static void test_trial_has_a_size(void **state)
{
    struct watch w = {0};
    struct run r = run(EN_TRIAL_REQUEST_PATIENTS_MAX + 1, 1, &w);

    (void)state;
    CHECK(r.st == EN_EINVAL && w.count == 0);
    CHECK_CONTAINS(r.err.text, "patients");
    done(&r);
}

TEST_MAIN(cmocka_unit_test(test_trial_tells_how_far_it_is),
          cmocka_unit_test(test_trial_can_be_ended), cmocka_unit_test(test_trial_has_a_size));
