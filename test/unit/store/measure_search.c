/* SPDX-License-Identifier: Apache-2.0
 * measure_search PATIENTS [EACH]: how long searches take in a clinic of that size, on both
 * databases: a table of medians and 99th percentiles [microseconds]. Run by hand, not by the
 * tests: it loads for minutes and takes about 1.5 KiB of disk an Observation. */
#include "unit/store/search_fixture.h"
#include "unit/store/search_load.h"

#include "base/clock.h"
#include "base/text.h"
#include "support/pg.h"

#include <stdlib.h>
#include <unistd.h>

enum { RUNS = 400, EACH = 10 };

/* # stands for a patient's number, another one in each run. */
static const char *const QUERIES[][2] = {
    {"Observation", "patient=p#&date=ge2010&_count=50"},
    {"Observation", "patient=p#&date=ge2010&_sort=-date&_count=50"},
    {"Observation", "patient=p#&code=http://loinc.org|c1&date=ge2010&_count=50"},
    {"Observation", "patient.identifier=urn:clinic|#&date=ge2010&_count=50"},
    {"Observation", "code=c1&_count=50"},
    {"Observation", "code=c1&value-quantity=ge199&_count=50"},
    {"Observation", "date=2010-03-04&_count=50"},
    {"Observation", "date=ge2024&_count=50"},
    {"Observation", "_sort=-date&_count=50"},
    {"Observation", "status=final&_sort=-date&_count=50"},
    {"Observation", "_sort=-_lastUpdated&_count=50"},
    {"Patient", "identifier=#"},
    {"Patient", "family=family+#&_count=50"},
    {"Patient", "_sort=family&_count=50"},
};

static int by_number(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static void measure(struct en_store *s, const char *name, const char *type, const char *form,
                    int patients)
{
    static double us[RUNS];
    char query[256];
    size_t rows = 0;

    for (int i = -RUNS / 10; i < RUNS; i++) {
        const int place = (int)strcspn(form, "#");
        struct found f;

        (void)snprintf(query, sizeof query, "%.*s", place, form);
        if (form[place] == '#') {
            (void)snprintf(query + place, sizeof query - (size_t)place, "%d%s",
                           (i * 7919 % patients + patients) % patients + 1, form + place + 1);
        }
        const double start = en_clock_s();

        search_run(s, type, query, NULL, NULL, &f);
        CHECK(f.st == EN_OK);
        if (i >= 0) {
            us[i] = 1e6 * (en_clock_s() - start);
            rows += f.page.count;
        }
        found_free(&f);
    }
    qsort(us, RUNS, sizeof us[0], by_number);
    (void)printf("%-10s %6d  %7.0f %7.0f  %5.1f  %s?%s\n", name, patients, us[RUNS / 2],
                 us[RUNS * 99 / 100], (double)rows / RUNS, type, form);
    (void)fflush(stdout);
}

static void measure_all(const char *name, const char *url, int patients, int each)
{
    struct en_store *s = store_opened(url);
    const double start = en_clock_s();

    en_store_close(s);
    search_load(url, patients, each);
    (void)printf("# %s: %d patients with %d observations each, loaded in %.0f s\n", name, patients,
                 each, en_clock_s() - start);
    s = store_opened(url);
    for (size_t i = 0; i < EN_COUNT(QUERIES); i++) {
        measure(s, name, QUERIES[i][0], QUERIES[i][1], patients);
    }
    en_store_close(s);
}

int main(int argc, char **argv)
{
    char folder[] = "/tmp/enthesis-measure-XXXXXX", path[64], url[PG_URL_MAX];
    long long patients = 0, each = EACH;

    if (argc < 2 || !en_text_integer(argv[1], 1, 1000000, &patients) ||
        (argc > 2 && !en_text_integer(argv[2], 1, 1000, &each)) || mkdtemp(folder) == NULL) {
        (void)fprintf(stderr, "usage: measure_search PATIENTS [OBSERVATIONS OF EACH]\n");
        return 2;
    }
    (void)printf("database   patients median    99%%  rows  search\n");
    (void)snprintf(path, sizeof path, "%s/clinic.db", folder);
    measure_all("SQLite", path, (int)patients, (int)each);
    pg_database(url);
    measure_all("PostgreSQL", url, (int)patients, (int)each);
    (void)unlink(path);
    return 0;
}
