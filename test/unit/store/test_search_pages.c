/* SPDX-License-Identifier: Apache-2.0
 * Order and pages: what comes first, and that going through the pages meets everything once,
 * whatever is written meanwhile. */
#include "unit/store/search_fixture.h"

#include <stdlib.h>

/* Both ways to an order: along an index (0: nothing may be gathered), and by gathered values. */
static void check_order(struct en_store *s, const char *type, const char *sort,
                        const char *expected)
{
    char query[256];

    for (int way = 0; way < 2; way++) {
        for (int count = 1; count < 4; count++) {
            (void)snprintf(query, sizeof query, "_sort=%s&_count=%d%s", sort, count,
                           way == 0 ? "" : "&_lastUpdated=gt2000");
            check_ids(s, type, query, expected);
        }
    }
}

#define PERSON "{'resourceType':'Patient',"

/* Rising by the least value, falling by the greatest, what has none last in both. */
static void order_is_by_values(const char *url)
{
    struct en_store *s = store_opened(url);

    search_put(s, PERSON "'birthDate':'1970','name':[{'family':'C'}]}", "a");
    search_put(s, PERSON "'name':[{'family':'b'},{'family':'Z'}]}", "b");
    search_put(s, PERSON "'birthDate':'1969-12-31','identifier':[{'system':'urn:x','value':'2'}]}",
               "c");
    search_put(s,
               PERSON "'birthDate':'1971','name':[{'family':'\xC3\x84'}],'identifier':[{"
                      "'value':'10'}]}",
               "d");
    check_order(s, "Patient", "birthdate", "c a d b");
    check_order(s, "Patient", "-birthdate", "d a c b");
    check_order(s, "Patient", "family", "d b a c");
    check_order(s, "Patient", "-family", "b a d c");
    check_order(s, "Patient", "identifier", "d c a b");
    check_order(s, "Patient", "-_id", "d c b a");
    check_order(s, "Patient", "_id", "a b c d");
    check_order(s, "Patient", "_lastUpdated", "a b c d");
    check_order(s, "Patient", "-_lastUpdated", "d c b a");
    search_put(s, PERSON "'active':true}", "a");
    check_order(s, "Patient", "_lastUpdated", "b c d a");
    check_order(s, "Patient", "-birthdate", "d c b a");
    en_store_close(s);
}

#define SEEN "{'resourceType':'Observation',"

/* Several sorts: each decides where those before are equal, and unknown equals unknown. */
static void order_is_by_several_values(const char *url)
{
    struct en_store *s = store_opened(url);

    search_put(s, SEEN "'status':'final','effectiveDateTime':'2020','valueQuantity':{'value':-2}}",
               "a");
    search_put(s, SEEN "'status':'final','effectiveDateTime':'2021','valueQuantity':{'value':10}}",
               "b");
    search_put(s, SEEN "'status':'amended','effectiveDateTime':'2020'}", "c");
    search_put(s, SEEN "'status':'final'}", "d");
    search_put(s, SEEN "'status':'amended','valueQuantity':{'value':9}}", "e");
    search_put(s, SEEN "'status':'final'}", "f");
    check_order(s, "Observation", "status,-date", "c e b a f d");
    check_order(s, "Observation", "-status,date,_id", "a b d f c e");
    check_order(s, "Observation", "value-quantity,status,-_id", "a e b c f d");
    check_order(s, "Observation", "-value-quantity", "b e a f d c");
    en_store_close(s);
}

/* Of two resources with the same value the order is the same on every page. */
static void ties_do_not_move(const char *url)
{
    struct en_store *s = store_opened(url);
    char id[16];

    for (int i = 0; i < 20; i++) {
        (void)snprintf(id, sizeof id, "t%02d", i);
        search_put(s, SEEN "'status':'final','effectiveDateTime':'2020-01-01'}", id);
    }
    for (int count = 1; count < 12; count += 5) {
        char query[64];

        (void)snprintf(query, sizeof query, "_sort=date&_count=%d", count);
        check_ids(
            s, "Observation", query,
            "t00 t01 t02 t03 t04 t05 t06 t07 t08 t09 t10 t11 t12 t13 t14 t15 t16 t17 t18 t19");
        (void)snprintf(query, sizeof query, "_sort=-date&_count=%d", count);
        check_ids(
            s, "Observation", query,
            "t19 t18 t17 t16 t15 t14 t13 t12 t11 t10 t09 t08 t07 t06 t05 t04 t03 t02 t01 t00");
    }
    en_store_close(s);
}

enum { PEOPLE = 40, PAGE = 7, TEXT_MAX = 512 };

/* A person whose values go round in different steps; every fourth lacks some. */
static const char *person(char text[TEXT_MAX], int n)
{
    if (n % 4 == 3) {
        (void)snprintf(text, TEXT_MAX, PERSON "'active':true}");
    } else {
        (void)snprintf(text, TEXT_MAX,
                       PERSON "'birthDate':'19%02d-01-01','name':[{'family':'N%d','given':['G%d',"
                              "'H%d']}],'identifier':[{'value':'%d'}],'active':%s,"
                              "'generalPractitioner':[{'reference':'Practitioner/d%d'}]}",
                       n * 7 % 60 + 10, n * 11 % 13, n % 5, n % 7, n * 17 % 97,
                       n % 2 == 0 ? "true" : "false", n % 6);
    }
    return text;
}

static void put_person(struct en_store *s, const char *id, int n)
{
    char text[TEXT_MAX];

    search_put(s, person(text, n), id);
}

static void put_people(struct en_store *s)
{
    static char texts[PEOPLE][TEXT_MAX], ids[PEOPLE][16];
    const char *text[PEOPLE], *id[PEOPLE];

    for (int i = 0; i < PEOPLE; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "p%d", i);
        text[i] = person(texts[i], i);
        id[i] = ids[i];
    }
    search_put_all(s, text, id, PEOPLE);
}

static enum en_status delete_work(struct en_tx *tx, void *context, struct en_err *err)
{
    enum en_status st = EN_OK;
    char id[32];

    for (const char *p = context; *p != '\0' && st == EN_OK; p += strspn(p, " ")) {
        (void)snprintf(id, sizeof id, "%.*s", (int)strcspn(p, " "), p);
        st = en_tx_delete(tx, "Patient", id, EN_VERSION_ANY, NULL, err);
        p += strlen(id);
    }
    return st;
}

/* Nobody is left. */
static void clear(struct en_store *s)
{
    char ids[16384];

    (void)snprintf(ids, sizeof ids, "%s", search_ids(s, "Patient", "_count=500", NULL));
    CHECK(en_store_write(s, delete_work, ids, NULL) == EN_OK);
    check_ids(s, "Patient", "", "");
}

/* Between two pages: new ones everywhere in the order, one that was met changes or goes, the very
 * last one that was met as well. Those are marked in `touched`. */
static void disturb(struct en_store *s, int page, const struct found *f, bool touched[PEOPLE])
{
    const char *first = f->page.items[0].id, *last = f->page.items[f->page.count - 1].id;
    char id[32];

    for (int i = 0; i < 3; i++) {
        (void)snprintf(id, sizeof id, "new%d-%d", page, i);
        put_person(s, id, page * 13 + i * 5);
    }
    if (first[0] == 'p') {
        put_person(s, first, page * 19 + 1);
        touched[atoi(first + 1)] = true;
    }
    if (last[0] == 'p') {
        touched[atoi(last + 1)] = true;
        if (page % 2 == 0) {
            CHECK(store_delete(s, "Patient", last, EN_VERSION_ANY, NULL, NULL) == EN_OK);
        } else {
            put_person(s, last, page * 23 + 2);
        }
    }
}

/* Those that nobody touched are met once each, whatever happens to the others. */
static void check_undisturbed(const char *url, const char *query)
{
    struct en_store *s = store_opened(url);
    bool touched[PEOPLE] = {false};
    int met[PEOPLE] = {0};
    char cursor[256] = "";
    bool is_last = false;

    put_people(s);
    for (int page = 0; !is_last; page++) {
        struct found f;

        CHECK(page < 100);
        search_run(s, "Patient", query, page == 0 ? NULL : cursor, NULL, &f);
        CHECK(f.st == EN_OK && f.page.count > 0);
        for (size_t i = 0; i < f.page.count; i++) {
            if (f.page.items[i].id[0] == 'p') {
                met[atoi(f.page.items[i].id + 1)]++;
            }
        }
        is_last = f.page.next_cursor == NULL || page > 30;
        (void)snprintf(cursor, sizeof cursor, "%s", is_last ? "" : f.page.next_cursor);
        if (page < 8) {
            disturb(s, page, &f, touched);
        }
        found_free(&f);
    }
    for (int i = 0; i < PEOPLE; i++) {
        if (!touched[i] && met[i] != 1) {
            print_error("%s: p%d was met %d times\n", query, i, met[i]);
            fail();
        }
    }
    clear(s);
    en_store_close(s);
}

static void pages_stand_writing(const char *url)
{
    static const char *const SORTS[] = {
        "",
        "_sort=family",
        "_sort=-family",
        "_sort=birthdate",
        "_sort=-_id",
        "_sort=-birthdate",
        "_sort=general-practitioner",
        "_sort=-_lastUpdated",
        "_sort=_id",
        "_sort=_lastUpdated",
        "_sort=given,-identifier",
        "_sort=active",
    };
    char query[128];

    for (size_t i = 0; i < EN_COUNT(SORTS); i++) {
        for (int way = 0; way < 2; way++) {
            (void)snprintf(query, sizeof query, "_count=%d&%s%s", PAGE, SORTS[i],
                           way == 0 ? "" : "&active:missing=false&_lastUpdated=gt2000");
            check_undisturbed(url, query);
        }
    }
}

static void check_cursor(struct en_store *s, const char *type, const char *query,
                         const char *cursor, const char *compartment)
{
    struct found f;

    search_run(s, type, query, cursor, compartment, &f);
    CHECK(f.st == EN_EINVAL && f.page.count == 0);
    CHECK_CONTAINS(f.err.text, "search again");
    found_free(&f);
}

/* A cursor that is not of this very search, or none at all, is refused. */
static void strange_cursors_are_refused(const char *url)
{
    struct en_store *s = store_opened(url);
    static const char *const STRANGE[] = {
        "",
        "x",
        "s1",
        "s1-",
        "s1-k",
        "s1-k-1",
        "s1-k-1-1",
        "s1-k-1-1-1",
        "s1-q-1-1-1",
        "h1-1-1-1",
        "s1-k-99999999999999999999-1-1",
        "s1-k--1-1-1",
        "s1-s-1-1-1\n",
        "s1-k-1-1-1-1",
    };
    char cursor[256], other[256];
    struct found f;

    search_put(s, PERSON "'birthDate':'1970'}", "a");
    search_put(s, PERSON "'birthDate':'1971'}", "b");
    search_run(s, "Patient", "_count=1&_sort=birthdate", NULL, NULL, &f);
    CHECK(f.page.next_cursor != NULL);
    (void)snprintf(cursor, sizeof cursor, "%s", f.page.next_cursor);
    found_free(&f);
    /* It tells no value of a patient. */
    CHECK(strstr(cursor, "1970") == NULL);
    for (size_t i = 0; i < EN_COUNT(STRANGE); i++) {
        check_cursor(s, "Patient", "_count=1&_sort=birthdate", STRANGE[i], NULL);
    }
    for (size_t i = 0; cursor[i] != '\0'; i++) {
        (void)snprintf(other, sizeof other, "%s", cursor);
        other[i] = other[i] == '1' ? '2' : '1';
        check_cursor(s, "Patient", "_count=1&_sort=birthdate", other, NULL);
    }
    check_cursor(s, "Patient", "_count=1&_sort=-birthdate", cursor, NULL);
    check_cursor(s, "Patient", "_count=2&_sort=birthdate", cursor, NULL);
    check_cursor(s, "Practitioner", "_count=1&_sort=family", cursor, NULL);
    check_cursor(s, "Patient", "_count=1&_sort=birthdate", cursor, "a");
    search_run(s, "Patient", "_count=1&_sort=birthdate", cursor, NULL, &f);
    CHECK(f.st == EN_OK && f.page.count == 1 && f.page.next_cursor == NULL);
    CHECK_TEXT(f.page.items[0].id, "b");
    found_free(&f);
    en_store_close(s);
}

static void check_included(struct en_store *s, const char *query, const char *expected)
{
    struct found f;
    struct en_buf ids = EN_BUF(1 << 16);

    search_run(s, "Observation", query, NULL, NULL, &f);
    CHECK(f.st == EN_OK && !f.page.include_was_cut);
    for (size_t i = 0; i < f.page.included_count; i++) {
        en_buf_print(&ids, "%s%s/%s", i == 0 ? "" : " ", f.page.included[i].type,
                     f.page.included[i].id);
    }
    CHECK_TEXT(en_buf_text(&ids), expected);
    en_buf_free(&ids);
    found_free(&f);
}

/* What comes along: each once, not what is on the page, not what is deleted or nowhere. */
static void includes_follow_references(const char *url)
{
    struct en_store *s = store_opened(url);

    search_put(s, PERSON "'active':true}", "p1");
    search_put(s, "{'resourceType':'Practitioner'}", "d1");
    search_put(s, "{'resourceType':'Encounter','subject':{'reference':'Patient/p1'}}", "e1");
    search_put(s,
               SEEN "'subject':{'reference':'Patient/p1'},'encounter':{'reference':'Encounter/e1'}"
                    ",'performer':[{'reference':'Practitioner/d1'},{'reference':'Patient/p1'}]}",
               "a");
    search_put(s,
               SEEN "'subject':{'reference':'Patient/p1'},'derivedFrom':[{'reference':"
                    "'Observation/a'}],'performer':[{'reference':'Practitioner/none'}]}",
               "b");
    search_put(s,
               "{'resourceType':'Provenance','target':[{'reference':'Observation/a'},{"
               "'reference':'Observation/b'}]}",
               "v1");
    check_included(s, "_include=Observation:subject", "Patient/p1");
    check_included(s, "_include=Observation:performer", "Patient/p1 Practitioner/d1");
    check_included(s, "_include=Observation:performer:Practitioner", "Practitioner/d1");
    check_included(s, "_include=Observation:subject&_include=Observation:encounter",
                   "Patient/p1 Encounter/e1");
    check_included(s, "_include=Observation:derived-from", "");
    check_included(s, "_id=b&_include=Observation:derived-from", "Observation/a");
    check_included(s, "_id=a&_revinclude=Observation:derived-from", "Observation/b");
    check_included(s, "_revinclude=Provenance:target", "Provenance/v1");
    check_included(s, "_id=x&_include=Observation:subject", "");
    CHECK(store_delete(s, "Practitioner", "d1", EN_VERSION_ANY, NULL, NULL) == EN_OK);
    check_included(s, "_include=Observation:performer:Practitioner", "");
    en_store_close(s);
}

/* As many as are allowed, and one more: cut, and said. */
static void includes_are_capped(const char *url)
{
    struct en_store *s = store_opened(url);
    static char ids[EN_SEARCH_INCLUDED_MAX + 1][16];
    static const char *text[EN_SEARCH_INCLUDED_MAX + 1], *id[EN_SEARCH_INCLUDED_MAX + 1];
    struct found f;

    search_put(s, PERSON "'active':true}", "p1");
    for (int i = 0; i <= EN_SEARCH_INCLUDED_MAX; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "o%d", i);
        id[i] = ids[i];
        text[i] = SEEN "'subject':{'reference':'Patient/p1'}}";
    }
    search_put_all(s, text, id, EN_SEARCH_INCLUDED_MAX);
    search_run(s, "Patient", "_revinclude=Observation:subject", NULL, NULL, &f);
    CHECK(f.page.included_count == EN_SEARCH_INCLUDED_MAX && !f.page.include_was_cut);
    found_free(&f);
    search_put_all(s, text + EN_SEARCH_INCLUDED_MAX, id + EN_SEARCH_INCLUDED_MAX, 1);
    search_run(s, "Patient", "_revinclude=Observation:subject", NULL, NULL, &f);
    CHECK(f.page.included_count == EN_SEARCH_INCLUDED_MAX && f.page.include_was_cut);
    found_free(&f);
    en_store_close(s);
}

TEST_MAIN(ON_BOTH(order_is_by_values), ON_BOTH(order_is_by_several_values),
          ON_BOTH(ties_do_not_move), ON_BOTH(pages_stand_writing),
          ON_BOTH(strange_cursors_are_refused), ON_BOTH(includes_follow_references),
          ON_BOTH(includes_are_capped));
