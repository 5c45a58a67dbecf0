/* SPDX-License-Identifier: Apache-2.0
 * How the databases run a search: no table of the index is ever read whole, on no way, whether the
 * database knows its statistics or not. A search that reads all of a parameter's entries is slow in
 * a large clinic and fast in a test, so the plans are what is tested. */
#include "unit/store/search_fixture.h"
#include "unit/store/search_load.h"

#include "store/search_inside.h"

enum { PATIENTS = 1500, EACH = 10 };

static const char *const QUERIES[][2] = {
    {"Observation", "patient=p7"},
    {"Observation", "patient=p7&date=ge2010"},
    {"Observation", "patient=p7&date=ge2010&code=http://loinc.org|c1&_sort=-date"},
    {"Observation", "patient=p7&code=c1,c2&value-quantity=gt5||kg"},
    {"Observation", "subject=Patient/p7&status:not=amended&_sort=-date,code"},
    {"Observation", "code=http://loinc.org|c1"},
    {"Observation", "code=c1"},
    {"Observation", "code=c1,c2&date=ge2010&date=lt2020"},
    {"Observation", "code=c1&value-quantity=5.5"},
    {"Observation", "date=2010-03-04"},
    {"Observation", "date=ge2024-08"},
    {"Observation", "date=lt2000-01-03"},
    {"Observation", "date=ge2001&_sort=-date"},
    {"Observation", "_sort=-date"},
    {"Observation", "_sort=value-quantity"},
    {"Observation", "_sort=code&status=final"},
    {"Observation", "_sort=-_lastUpdated"},
    {"Observation", "_lastUpdated=gt2020"},
    {"Observation", "_id=o1,o2&code=c1"},
    {"Observation", "value-quantity=5.5|http://unitsofmeasure.org|kg"},
    {"Observation", "patient.identifier=urn:clinic|7"},
    {"Observation", "patient.identifier=7&date=ge2010"},
    {"Observation", "patient.family=family+12"},
    {"Observation", "date:missing=true"},
    {"Observation", "status:not=final"},
    {"Patient", "family=family+12"},
    {"Patient", "family:exact=Family+12"},
    {"Patient", "identifier=urn:clinic|7"},
    {"Patient", "identifier=7"},
    {"Patient", "_sort=family"},
    {"Patient", "family=family+12&_sort=-family"},
};

/* What the plan says, line by line. */
struct explain {
    const char *type, *query, *compartment;
    int gather_max;
    bool is_count;
    struct en_buf text;
};

/* The same steps as en_search_page, with the statement explained and not run. */
static enum en_status explain_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct explain *e = context;
    struct en_arena a = EN_ARENA(4 << 20);
    struct en_search_query q;
    struct en_issues issues = {0};
    struct en_search_run run = {.tx = tx, .query = &q, .a = &a, .gather_max = e->gather_max};
    struct en_sql sql = EN_SQL(&a);
    struct en_query *query;
    bool has_row;

    EN_TRY(en_search_parse(search_table(), e->type, e->query, false, &a, &q, &issues, err));
    q.compartment = e->compartment;
    EN_TRY(en_search_plan_make(&run, err));
    en_sql_add(&sql, en_db_kind(tx->db) == EN_DB_SQLITE ? "EXPLAIN QUERY PLAN " : "EXPLAIN ");
    if (e->is_count) {
        en_search_count_sql(&run, &sql);
    } else {
        en_search_page_sql(&run, q.count + 1, &sql);
    }
    EN_TRY(en_sql_get(&sql, tx, &query, err));
    en_buf_clear(&e->text);
    while (en_query_next(query, &has_row, err) == EN_OK && has_row) {
        en_buf_print(&e->text, "%s\n",
                     en_query_text(query, en_db_kind(tx->db) == EN_DB_SQLITE ? 3 : 0, &a));
    }
    en_query_done(query);
    en_sql_free(&sql);
    en_arena_free(&a);
    return EN_OK;
}

/* A source that was gathered has the name c, too, and is read whole: the set is small. What is read
 * whole by another name, or as a table of the index, is a fault. */
static bool is_good(const char *plan, bool is_gathered)
{
    const char *wide = strstr(plan, "(param=?)");
    static const char *const TABLES[] = {"SCAN x", "SCAN j", "SCAN k", "SCAN r", "SCAN v",
                                         "SCAN t", "SCAN z", "SCAN h", "SCAN u", "Seq Scan"};

    for (size_t i = 0; i < EN_COUNT(TABLES); i++) {
        if (strstr(plan, TABLES[i]) != NULL) {
            return false;
        }
    }
    /* All entries of a parameter: only along the order that was asked for, which ends early. */
    while (wide != NULL) {
        while (wide > plan && wide[-1] != '\n') {
            wide--;
        }
        if (strncmp(wide, "SEARCH c ", 9) != 0) {
            return false;
        }
        wide = strstr(strchr(wide, '\n'), "(param=?)");
    }
    return strstr(plan, "ANY(") == NULL && (is_gathered || strstr(plan, "SCAN c") == NULL);
}

static void check_plan(struct en_store *s, const char *type, const char *query,
                       const char *compartment, int gather_max)
{
    struct explain e = {.type = type,
                        .query = query,
                        .compartment = compartment,
                        .gather_max = gather_max,
                        .text = EN_BUF(1 << 20)};
    struct en_err err = {""};

    CHECK(en_store_read(s, explain_work, &e, &err) == EN_OK);
    CHECK(e.text.size > 0);
    if (!is_good(en_buf_text(&e.text), strstr(en_buf_text(&e.text), "CO-ROUTINE c") != NULL ||
                                           strstr(en_buf_text(&e.text), "MATERIALIZE c") != NULL)) {
        print_error("%s?%s, gathering %d:\n%s", type, query, gather_max, en_buf_text(&e.text));
        fail();
    }
    en_buf_free(&e.text);
}

static void check_plans(struct en_store *s)
{
    static const int CEILINGS[] = {0, 5000};

    for (size_t i = 0; i < EN_COUNT(QUERIES); i++) {
        for (size_t k = 0; k < EN_COUNT(CEILINGS); k++) {
            check_plan(s, QUERIES[i][0], QUERIES[i][1], NULL, CEILINGS[k]);
            check_plan(s, QUERIES[i][0], QUERIES[i][1], "p7", CEILINGS[k]);
        }
    }
}

static void no_plan_reads_a_table_whole(const char *url)
{
    struct en_store *s = store_opened(url);

    search_load(url, PATIENTS, EACH);
    check_plans(s);
    en_store_close(s);
    /* A fresh SQLite file has no statistics, and its planner decides by shape alone. */
    if (strncmp(url, "postgresql:", 11) != 0) {
        store_sql(url, "DELETE FROM sqlite_stat1");
        s = store_opened(url);
        check_plans(s);
        en_store_close(s);
    }
}

/* The rows that are loaded are those that the store would have written: searches find them. */
static void the_loaded_clinic_is_searched(const char *url)
{
    struct en_store *s = store_opened(url);

    search_load(url, 200, 5);
    check_ids(s, "Patient", "identifier=urn:clinic|7", "p7");
    check_ids(s, "Observation", "patient=p7", "o7 o207 o407 o607 o807");
    check_ids(s, "Observation", "patient=p7&_sort=-date&_count=2", "o807 o607 o407 o207 o7");
    check_ids(s, "Observation", "patient.identifier=7&value-quantity=7.5",
              "o7 o207 o407 o607 o807");
    search_gather_max = 0;
    check_ids(s, "Observation", "_sort=-date&patient.identifier=7&_count=2",
              "o807 o607 o407 o207 o7");
    search_gather_max = EN_SEARCH_GATHER_MAX;
    en_store_close(s);
}

TEST_MAIN(ON_BOTH(the_loaded_clinic_is_searched), ON_BOTH(no_plan_reads_a_table_whole));
