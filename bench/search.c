/* SPDX-License-Identifier: Apache-2.0 */
#include "search.h"

#include "app/optimise.h"
#include "base/limits.h"
#include "task.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

enum { OPTIONS = 200, REPEATS = 5, SEED = 1, ARENA = 1 << 30 };

static double wall_s(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Best wall time of the search [s]. */
static double search_s(const struct en_search_request *q, struct en_arena *a)
{
    const struct en_arena_mark mark = en_arena_mark(a);
    double best = INFINITY;

    for (int k = 0; k < REPEATS; k++) {
        const double start = wall_s();
        struct en_search found;
        struct en_err err = {0};

        must(en_search_run(q, a, &found, &err), &err);
        best = fmin(best, wall_s() - start);
        en_arena_rewind(a, mark);
    }
    return best;
}

static void read_knee(const struct en_app *app, struct en_arena *a, struct en_case *out)
{
    FILE *f = fopen(EN_SOURCE_ROOT "/examples/cases/knee-oa.json", "rb");
    char *bytes = EN_NEW(a, char, EN_CASE_FILE_MAX);
    struct en_issues issues = {0};
    struct en_err err = {0};

    if (f == NULL || bytes == NULL) {
        must(en_fail(&err, EN_EIO, "the knee example cannot be read"), &err);
        return;
    }
    const size_t size = fread(bytes, 1, EN_CASE_FILE_MAX, f);

    (void)fclose(f);
    must(en_app_case(app, bytes, size, a, out, &issues, &err), &err);
}

void search_print(void)
{
    static struct en_optimise answer;
    struct en_arena own = {.limit = ARENA};
    struct en_optimise_request request = {
        .plan = {.options = {.start = EN_DAY_UNKNOWN}, .seed = SEED, .threads = 2}};
    struct en_knowledge *knowledge = NULL;
    enum en_date_precision precision;
    struct en_app app = {0};
    struct en_err err = {0};
    struct en_case knee;

    must(en_knowledge_load(NULL, &own, &knowledge, &err), &err);
    app.knowledge = knowledge;
    (void)en_date_parse("2026-03-02", &app.today, &precision);
    read_knee(&app, &own, &knee);
    const double start = wall_s();

    must(en_app_optimise(&app, &knee, &request, &own, &answer, &err), &err);
    const double whole = wall_s() - start;
    struct en_search_request q = answer.question;
    const size_t *n = answer.search.patients;

    q.option_count = q.option_count < OPTIONS ? q.option_count : OPTIONS;
    const double two = search_s(&q, &own);

    q.base.threads = 1;
    const double one = search_s(&q, &own);

    (void)printf(
        "search over %zu plans, %zu patients, a year: %.2f s on 2 threads, target <= 2, aim "
        "0.5; %.2f s on 1\n",
        q.option_count, n[0] + n[1] + n[2] + n[3], two, one);
    (void)printf("  plans made, judged and compared, from a case: %zu options in %.2f s\n",
                 answer.candidates.count, whole);
    en_arena_free(&own);
}
