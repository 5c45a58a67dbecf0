/* SPDX-License-Identifier: Apache-2.0
 * Random searches against a plain reading of R4's rules: each resource by itself, over the values
 * that it is found by. On every way that the store may take. */
#include "unit/store/search_fixture.h"

#include <json-c/json.h>
#include <stdlib.h>

enum { RESOURCES = 240, SEARCHES = 700, TEXT_MAX = 1024, IDS_MAX = 8192 };

/* A resource as the model knows it. */
struct item {
    char id[16];
    const char *type;
    char text[TEXT_MAX];
    struct en_index_value *values;
    size_t count;
};

struct model {
    struct en_arena a;
    struct item items[RESOURCES];
    uint64_t seed;
};

static unsigned draw(struct model *m, unsigned limit)
{
    m->seed = m->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(m->seed >> 33) % limit;
}

static const char *pick(struct model *m, const char *const *of, unsigned count)
{
    return of[draw(m, count)];
}

#define PICK(m, ...)                                                                               \
    pick((m), (const char *const[]){__VA_ARGS__},                                                  \
         (unsigned)EN_COUNT(((const char *const[]){__VA_ARGS__})))

/* Resources: few different values, so that searches meet some. */

static void make_patient(struct model *m, struct item *it)
{
    (void)snprintf(
        it->text, TEXT_MAX,
        "{'resourceType':'Patient','gender':'%s','name':[{'family':'%s','given':['%s']}]"
        ",'identifier':[{'system':'urn:%s','value':'%u'},{'value':'%u'}]%s}",
        PICK(m, "male", "female"), PICK(m, "Alba", "\xC3\x81lbani", "Bo", "al% x"),
        PICK(m, "Ann", "Bea", "Cy"), PICK(m, "a", "b"), draw(m, 5), draw(m, 5),
        PICK(m, "", ",'birthDate':'1970'", ",'birthDate':'1970-02'", ",'birthDate':'1970-02-03'"));
}

static void make_observation(struct model *m, struct item *it)
{
    static const char *const DATES[] = {
        "",
        ",'effectiveDateTime':'2020'",
        ",'effectiveDateTime':'2020-02'",
        ",'effectiveDateTime':'2020-02-03'",
        ",'effectiveDateTime':'2020-02-03T23:59:59Z'",
        ",'effectiveDateTime':'2020-02-04T00:00:00Z'",
        ",'effectivePeriod':{'start':'2020-02-02','end':'2020-02-03'}",
        ",'effectivePeriod':{'start':'2020-02-03'}",
        ",'effectivePeriod':{'end':'2020-02-03'}",
        ",'effectiveTiming':{'event':['2020-02-03','2020-03']}",
    };
    static const char *const VALUES[] = {
        "",
        ",'valueQuantity':{'value':5}",
        ",'valueQuantity':{'value':5.4,'system':'urn:u','code':'kg'}",
        ",'valueQuantity':{'value':5.45,'unit':'kg'}",
        ",'valueQuantity':{'value':-5,'comparator':'<','system':'urn:u','code':'g'}",
        ",'valueQuantity':{'value':5,'comparator':'>'}",
        ",'valueCodeableConcept':{'coding':[{'system':'urn:a','code':'x'}],'text':'Alba y'}",
    };

    (void)snprintf(
        it->text, TEXT_MAX,
        "{'resourceType':'Observation','status':'%s','code':{'coding':[{'system':'urn:%s'"
        ",'code':'%s'},{'code':'%s'}]},'subject':{'reference':'%s%u'}%s%s}",
        PICK(m, "final", "amended"), PICK(m, "a", "b"), PICK(m, "x", "y", "z"), PICK(m, "x", "y"),
        PICK(m, "Patient/i", "Patient/i", "Group/i"), draw(m, RESOURCES),
        pick(m, DATES, EN_COUNT(DATES)), pick(m, VALUES, EN_COUNT(VALUES)));
}

static void make_all(struct model *m, struct en_store *s)
{
    const char *texts[RESOURCES], *ids[RESOURCES];

    for (int i = 0; i < RESOURCES; i++) {
        struct item *it = &m->items[i];
        char *json = it->text;

        (void)snprintf(it->id, sizeof it->id, "i%d", i);
        it->type = i % 3 == 0 ? "Patient" : "Observation";
        if (i % 3 == 0) {
            make_patient(m, it);
        } else {
            make_observation(m, it);
        }
        texts[i] = it->text;
        ids[i] = it->id;
        for (char *quote; (quote = strchr(json, '\'')) != NULL;) {
            *quote = '"';
        }
        struct json_object *resource = json_tokener_parse(json);

        CHECK(en_search_extract(search_table(), resource, &m->a, &it->values, &it->count, NULL) ==
              EN_OK);
        (void)json_object_put(resource);
    }
    search_put_all(s, texts, ids, RESOURCES);
}

/* The rules */

static bool span_fits(const struct en_search_value *v, int64_t low, int64_t high)
{
    const bool is_within = low >= v->low_us && high <= v->high_us;

    switch (v->prefix) {
    case EN_EQ:
        return is_within;
    case EN_NE:
        return !is_within;
    case EN_GT:
        return high > v->high_us;
    case EN_LT:
        return low < v->low_us;
    case EN_GE:
        return high >= v->low_us;
    case EN_LE:
        return low <= v->high_us;
    case EN_SA:
        return low > v->high_us;
    case EN_EB:
        return high < v->low_us;
    case EN_AP:
        break; /* depends on the clock; not drawn */
    }
    return false;
}

static bool number_fits(const struct en_search_value *v, const struct en_index_value *x)
{
    const bool is_within = x->low >= v->low && x->high < v->high;
    const double n = v->number, tenth = fabs(n) / 10;
    bool fits = false;

    switch (v->prefix) {
    case EN_EQ:
        fits = is_within;
        break;
    case EN_NE:
        fits = !is_within;
        break;
    case EN_GT:
        fits = x->high > n;
        break;
    case EN_LT:
        fits = x->low < n;
        break;
    case EN_GE:
        fits = x->high >= n;
        break;
    case EN_LE:
        fits = x->low <= n;
        break;
    case EN_SA:
        fits = x->low > n;
        break;
    case EN_EB:
        fits = x->high < n;
        break;
    case EN_AP:
        fits = x->low <= n + tenth && x->high >= n - tenth;
        break;
    }
    return fits && (v->code[0] == '\0' || strcmp(v->code, x->code) == 0) &&
           (v->system[0] == '\0' || strcmp(v->system, x->system) == 0);
}

static bool value_fits(const struct en_search_clause *c, const struct en_search_value *v,
                       const struct en_index_value *x)
{
    switch (c->param->kind) {
    case EN_SEARCH_TOKEN:
        return (v->code[0] == '\0' || strcmp(v->code, x->code) == 0) &&
               (v->any_system || strcmp(v->system, x->system) == 0);
    case EN_SEARCH_STRING:
        return c->modifier == EN_MODIFIER_EXACT ? strcmp(v->text, x->text) == 0
               : c->modifier == EN_MODIFIER_CONTAINS
                   ? strstr(x->code, v->code) != NULL
                   : strncmp(x->code, v->code, strlen(v->code)) == 0;
    case EN_SEARCH_REFERENCE:
        return strcmp(v->code, x->code) == 0 &&
               (v->system[0] == '\0' || strcmp(v->system, x->system) == 0);
    case EN_SEARCH_DATE:
        return span_fits(v, x->low_us, x->high_us);
    case EN_SEARCH_NUMBER:
    case EN_SEARCH_QUANTITY:
        return number_fits(v, x);
    case EN_SEARCH_URI:
    case EN_SEARCH_ID:
    case EN_SEARCH_UPDATED:
        break;
    }
    fail();
    return false;
}

static bool clause_fits(struct model *m, const struct en_search_clause *c, const struct item *it);

static bool chain_fits(struct model *m, const struct en_search_clause *c,
                       const struct en_index_value *x)
{
    for (int i = 0; i < RESOURCES; i++) {
        if (strcmp(m->items[i].type, c->chain->param->type) == 0 &&
            strcmp(x->system, m->items[i].type) == 0 && strcmp(x->code, m->items[i].id) == 0) {
            return clause_fits(m, c->chain, &m->items[i]);
        }
    }
    return false;
}

static bool clause_fits(struct model *m, const struct en_search_clause *c, const struct item *it)
{
    size_t there = 0;
    bool fits = false;

    if (c->chain == NULL && c->param->kind == EN_SEARCH_ID) {
        for (size_t i = 0; i < c->value_count; i++) {
            fits = fits || strcmp(c->values[i].code, it->id) == 0;
        }
        return fits;
    }
    for (size_t k = 0; k < it->count; k++) {
        const struct en_index_value *x = &it->values[k];

        if (x->param->key != c->param->key) {
            continue;
        }
        there++;
        if (c->chain != NULL) {
            fits = fits || chain_fits(m, c, x);
            continue;
        }
        for (size_t i = 0; i < c->value_count && c->modifier != EN_MODIFIER_MISSING; i++) {
            fits = fits || value_fits(c, &c->values[i], x);
        }
    }
    return c->modifier == EN_MODIFIER_MISSING ? (there == 0) == c->is_missing
           : c->modifier == EN_MODIFIER_NOT   ? !fits
                                              : fits;
}

/* Searches */

static const char *draw_clause(struct model *m, bool is_patient)
{
    static char text[256];
    const char *prefix = PICK(m, "", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb");

    if (is_patient) {
        switch (draw(m, 8)) {
        case 0:
            return PICK(m, "gender=male", "gender:not=male", "gender=male,female");
        case 1:
            return PICK(m, "family=al", "family:exact=Alba", "family:contains=%25", "name=b,c",
                        "family=alb,bo", "family:contains=LBA");
        case 2:
            return PICK(m, "identifier=urn:a|1", "identifier=1", "identifier=|1",
                        "identifier=urn:b|", "identifier=1,urn:a|2,3", "identifier:not=1,2");
        case 3:
            return PICK(m, "birthdate:missing=true", "birthdate:missing=false");
        case 4:
            (void)snprintf(text, sizeof text, "_id=i%u,i%u,i%u", draw(m, RESOURCES),
                           draw(m, RESOURCES), draw(m, RESOURCES));
            return text;
        default:
            (void)snprintf(text, sizeof text, "birthdate=%s%s", prefix,
                           PICK(m, "1970", "1970-02", "1970-02-03", "1970-01-01,1971"));
            return text;
        }
    }
    switch (draw(m, 9)) {
    case 0:
        return PICK(m, "status=final", "status:not=final", "code=x", "code=urn:a|x", "code=|y",
                    "code=urn:b|", "code=x,urn:b|z", "code:not=urn:a|x", "combo-code=z");
    case 1:
        (void)snprintf(text, sizeof text, "%si%u",
                       PICK(m, "patient=", "subject=", "subject=Patient/", "subject:Group="),
                       draw(m, RESOURCES));
        return text;
    case 2:
        return PICK(m, "value-quantity:missing=true", "value-string=alba", "date:missing=true",
                    "value-concept=x");
    case 3:
        return PICK(m, "patient.gender=male", "patient.name=al,b", "subject:Patient.identifier=1",
                    "patient.birthdate=ge1970-02", "patient.gender:not=male",
                    "patient.birthdate:missing=true", "patient.identifier=urn:a|1,urn:b|2",
                    "patient._id=i0,i3,i6");
    case 4:
    case 5:
        (void)snprintf(text, sizeof text, "value-quantity=%s%s%s", prefix,
                       PICK(m, "5", "5.4", "5.0", "-5", "5.450"),
                       PICK(m, "", "", "|urn:u|kg", "||kg"));
        return text;
    default:
        (void)snprintf(text, sizeof text, "date=%s%s", prefix,
                       PICK(m, "2020", "2020-02", "2020-02-03", "2020-02-04",
                            "2020-02-03T23:59:59Z", "2020-02-03,2020-03"));
        return text;
    }
}

/* The ids that fit, in the order of creation. */
static void expected_ids(struct model *m, const char *type, const struct en_search_query *q,
                         char out[IDS_MAX])
{
    size_t size = 0;

    out[0] = '\0';
    for (int i = 0; i < RESOURCES; i++) {
        bool fits = strcmp(m->items[i].type, type) == 0;

        for (size_t k = 0; k < q->clause_count && fits; k++) {
            fits = clause_fits(m, &q->clauses[k], &m->items[i]);
        }
        if (fits) {
            size += (size_t)snprintf(out + size, IDS_MAX - size, "%s%s", size == 0 ? "" : " ",
                                     m->items[i].id);
        }
    }
}

/* The same words in any order. */
static bool are_same_set(const char *a, const char *b)
{
    char word[32];

    if (strlen(a) != strlen(b)) {
        return false;
    }
    for (const char *p = a; *p != '\0'; p += strspn(p, " ")) {
        (void)snprintf(word, sizeof word, "%.*s", (int)strcspn(p, " "), p);
        if (!has_word(b, word)) {
            return false;
        }
        p += strlen(word);
    }
    return true;
}

static void check_search(struct model *m, struct en_store *s, const char *type, const char *query)
{
    static const int CEILINGS[] = {0, 20, 5000};
    struct en_arena a = EN_ARENA(4 << 20);
    struct en_search_query q;
    struct en_issues issues = {0};
    char expected[IDS_MAX];

    CHECK(en_search_parse(search_table(), type, query, false, &a, &q, &issues, NULL) == EN_OK);
    expected_ids(m, type, &q, expected);
    search_gather_max = CEILINGS[draw(m, EN_COUNT(CEILINGS))];
    const char *actual = search_ids(s, type, query, NULL);
    const bool is_same =
        q.sort_count == 0 ? strcmp(actual, expected) == 0 : are_same_set(actual, expected);

    if (!is_same) {
        print_error("%s?%s with at most %d gathered\n", type, query, search_gather_max);
        CHECK_TEXT(actual, expected);
    }
    en_arena_free(&a);
}

static void searches_agree_with_the_model(const char *url)
{
    static struct model m;
    struct en_store *s = store_opened(url);
    const char *seed = getenv("SEED");
    struct en_buf query = EN_BUF(1 << 12);

    m = (struct model){.a = EN_ARENA(64 << 20), .seed = seed == NULL ? 1 : (uint64_t)atoll(seed)};
    print_message("SEED=%llu\n", (unsigned long long)m.seed);
    make_all(&m, s);
    for (int i = 0; i < SEARCHES; i++) {
        const bool is_patient = i % 3 == 0;

        en_buf_clear(&query);
        for (unsigned n = 1 + draw(&m, 3); n > 0; n--) {
            en_buf_print(&query, "%s&", draw_clause(&m, is_patient));
        }
        en_buf_print(&query, "_count=%s%s", PICK(&m, "7", "30", "500"),
                     is_patient ? PICK(&m, "", "", "&_sort=-birthdate", "&_sort=family",
                                       "&_sort=gender,-_id")
                                : PICK(&m, "", "", "&_sort=-date", "&_sort=value-quantity",
                                       "&_sort=code,date", "&_sort=-_lastUpdated"));
        check_search(&m, s, is_patient ? "Patient" : "Observation", en_buf_text(&query));
    }
    search_gather_max = 5000;
    en_buf_free(&query);
    en_arena_free(&m.a);
    en_store_close(s);
}

TEST_MAIN(ON_BOTH(searches_agree_with_the_model));
