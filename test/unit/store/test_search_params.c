/* SPDX-License-Identifier: Apache-2.0
 * Every parameter that the server declares, by itself: a resource that carries a value at each of
 * its paths is found by that value and not by another, and sorting by it loses and repeats nothing.
 * Nobody writes these tests: they are made from the table. */
#include "unit/store/search_fixture.h"

#include "base/date.h"
#include "base/text.h"

enum {
    PATH_MAX_BYTES = 128,
    FIRST_DAY = 10957, /* 2000-01-01 */
    CASES_MAX = 4000,
    BATCH = 200
};

/* How a type of value is written with a number in it, and how it is asked for; # stands for the
 * number in five digits, @ for a day of its own. */
static const struct form {
    const char *type;
    enum en_search_kind kind;
    const char *value, *query;
} FORMS[] = {
    {"boolean", EN_SEARCH_TOKEN, "true", "true"},
    {"true", EN_SEARCH_TOKEN, "'@'", "true"},
    {"code", EN_SEARCH_TOKEN, "'c#'", "c#"},
    {"id", EN_SEARCH_TOKEN, "'c#'", "c#"},
    {"string", EN_SEARCH_TOKEN, "'c#'", "c#"},
    {"uri", EN_SEARCH_TOKEN, "'urn:c:#'", "urn:c:#"},
    {"canonical", EN_SEARCH_TOKEN, "'urn:c:#'", "urn:c:#"},
    {"Coding", EN_SEARCH_TOKEN, "{'system':'urn:s','code':'c#'}", "urn:s|c#"},
    {"CodeableConcept", EN_SEARCH_TOKEN, "{'coding':[{'system':'urn:s','code':'c#'}]}", "c#"},
    {"Identifier", EN_SEARCH_TOKEN, "{'system':'urn:s','value':'C#'}", "urn:s|C#"},
    {"ContactPoint", EN_SEARCH_TOKEN, "{'value':'C#'}", "c#"},
    {"string", EN_SEARCH_STRING, "'N\xC3\xA4me #'", "name #"},
    {"markdown", EN_SEARCH_STRING, "'N\xC3\xA4me #'", "name #"},
    {"HumanName", EN_SEARCH_STRING, "{'given':['Name #']}", "name #"},
    {"Address", EN_SEARCH_STRING, "{'city':'Name #'}", "name #"},
    {"Reference", EN_SEARCH_REFERENCE, "{'reference':'%s/r#'}", "%s/r#"},
    {"canonical", EN_SEARCH_REFERENCE, "'http://example.org/c#|1'", "http://example.org/c#"},
    {"uri", EN_SEARCH_REFERENCE, "'http://example.org/c#'", "http://example.org/c#"},
    {"date", EN_SEARCH_DATE, "'@'", "@"},
    {"dateTime", EN_SEARCH_DATE, "'@T10:00:00Z'", "@"},
    {"instant", EN_SEARCH_DATE, "'@T10:00:00.000Z'", "@"},
    {"Period", EN_SEARCH_DATE, "{'start':'@','end':'@'}", "@"},
    {"Timing", EN_SEARCH_DATE, "{'event':['@']}", "@"},
    {"decimal", EN_SEARCH_NUMBER, "#.5", "#.5"},
    {"integer", EN_SEARCH_NUMBER, "#", "#"},
    {"positiveInt", EN_SEARCH_NUMBER, "#", "#"},
    {"unsignedInt", EN_SEARCH_NUMBER, "#", "#"},
    {"Range", EN_SEARCH_NUMBER, "{'low':{'value':#},'high':{'value':#}}", "#"},
    {"Quantity", EN_SEARCH_QUANTITY, "{'value':#,'system':'urn:u','code':'x'}", "#|urn:u|x"},
    {"Age", EN_SEARCH_QUANTITY, "{'value':#,'system':'urn:u','code':'x'}", "#|urn:u|x"},
    {"Count", EN_SEARCH_QUANTITY, "{'value':#,'system':'urn:u','code':'x'}", "#|urn:u|x"},
    {"Distance", EN_SEARCH_QUANTITY, "{'value':#,'system':'urn:u','code':'x'}", "#|urn:u|x"},
    {"Duration", EN_SEARCH_QUANTITY, "{'value':#,'system':'urn:u','code':'x'}", "#|urn:u|x"},
    {"Money", EN_SEARCH_QUANTITY, "{'value':#,'currency':'EUR'}", "#|urn:iso:std:iso:4217|EUR"},
    {"Range", EN_SEARCH_QUANTITY, "{'low':{'value':#,'code':'x'},'high':{'value':#}}", "#||x"},
    {"uri", EN_SEARCH_URI, "'http://example.org/c#'", "http://example.org/c#"},
    {"url", EN_SEARCH_URI, "'http://example.org/c#'", "http://example.org/c#"},
    {"oid", EN_SEARCH_URI, "'urn:oid:1.#'", "urn:oid:1.#"},
    {"uuid", EN_SEARCH_URI, "'urn:uuid:#'", "urn:uuid:#"},
    {"canonical", EN_SEARCH_URI, "'http://example.org/c#|1'", "http://example.org/c#"},
};

/* One path of one parameter. */
struct path_case {
    const struct en_search_param *param;
    const struct form *form;
    int number;
    char id[16];
    const char *resource;
};

static const struct form *form_of(const struct en_search_param *p, const char *path)
{
    const char *type = strchr(path, ':') + 1;
    const size_t size = strcspn(type, "@ ");

    for (size_t i = 0; i < EN_COUNT(FORMS); i++) {
        if (FORMS[i].kind == p->kind && strlen(FORMS[i].type) == size &&
            strncmp(FORMS[i].type, type, size) == 0) {
            return &FORMS[i];
        }
    }
    print_error("%s.%s: no form for %s\n", p->type, p->name, type);
    fail();
    return NULL;
}

/* The first target; a Patient where one may stand. */
static const char *target_of(const struct en_search_param *p, char room[64])
{
    if (en_search_is_target(p->targets, "Patient")) {
        return "Patient";
    }
    (void)snprintf(room, 64, "%.*s", (int)strcspn(p->targets, " "), p->targets);
    return room;
}

/* Put the number, the day and the target in. */
static void fill(struct en_buf *out, const char *text, const struct en_search_param *p, int number)
{
    char day[EN_DATE_TEXT_MAX], room[64];

    for (; *text != '\0'; text++) {
        if (*text == '#') {
            /* No leading zero, which JSON does not have. */
            en_buf_print(out, "%d", 10000 + number);
        } else if (*text == '@') {
            en_buf_add(out, en_date_text(FIRST_DAY + number, day));
        } else if (*text == '%') {
            en_buf_add(out, target_of(p, room));
            text++;
        } else {
            en_buf_add_bytes(out, text, 1);
        }
    }
}

/* {"a":{"b":[{value}]}} along the path; a step with a filter gets what it asks for. */
static const char *resource_of(const struct path_case *c, const char *path, struct en_arena *a)
{
    struct en_buf b = EN_BUF(1 << 12);
    int depth = 0;

    en_buf_print(&b, "{'resourceType':'%s'", c->param->type);
    for (const char *p = path; *p != ':'; p += *p == '.' ? 1 : 0) {
        const size_t size = strcspn(p, ".[:");

        en_buf_print(&b, ",'%.*s':", (int)size, p);
        p += size;
        if (*p == '[') {
            const size_t name = strcspn(p + 1, "="), end = strcspn(p, "]");

            en_buf_print(&b, "[{'%.*s':'%.*s','x':0", (int)name, p + 1, (int)(end - name - 2),
                         p + name + 2);
            p += end + 1;
            if (*p == ':') { /* the value itself is filtered: a ContactPoint */
                en_buf_add(&b, ",");
                fill(&b, c->form->value + 1, c->param, c->number);
                en_buf_add(&b, "]");
                break;
            }
            depth += 100;
        } else if (*p == '.') {
            en_buf_add(&b, "{'x':0");
            depth++;
        }
    }
    if (en_buf_text(&b)[b.size - 1] == ':') {
        fill(&b, c->form->value, c->param, c->number);
    }
    for (; depth % 100 > 0; depth--) {
        en_buf_add(&b, "}");
    }
    for (; depth > 0; depth -= 100) {
        en_buf_add(&b, "}]");
    }
    en_buf_add(&b, "}");
    const char *text = en_arena_copy(a, en_buf_text(&b), SIZE_MAX);

    en_buf_free(&b);
    return text;
}

/* Every path of every parameter of the table. */
static size_t all_cases(struct path_case *cases, struct en_arena *a)
{
    const struct en_search_params *t = search_table();
    size_t count = 0;

    for (size_t i = 0; i < t->count; i++) {
        const struct en_search_param *p = &t->items[i];

        if (p->kind == EN_SEARCH_ID || p->kind == EN_SEARCH_UPDATED) {
            continue;
        }
        for (const char *path = p->paths; *path != '\0'; path += strspn(path, " ")) {
            if (!en_text_starts(path, "else:")) {
                struct path_case *c = &cases[count];

                CHECK(count < CASES_MAX);
                *c = (struct path_case){.param = p, .form = form_of(p, path), .number = (int)count};
                (void)snprintf(c->id, sizeof c->id, "r%zu", count++);
                c->resource = resource_of(c, path, a);
            }
            path += strcspn(path, " ");
        }
    }
    return count;
}

static void put_cases(struct en_store *s, const struct path_case *cases, size_t count)
{
    const char *texts[BATCH], *ids[BATCH];

    for (size_t i = 0; i < count; i += BATCH) {
        const size_t size = count - i < BATCH ? count - i : BATCH;

        for (size_t k = 0; k < size; k++) {
            texts[k] = cases[i + k].resource;
            ids[k] = cases[i + k].id;
        }
        search_put_all(s, texts, ids, size);
    }
}

/* Whether the case is found by the value of this number. */
static bool is_found(struct en_store *s, const struct path_case *c, int number)
{
    struct en_buf query = EN_BUF(1 << 12);

    en_buf_print(&query, "%s=", c->param->name);
    if (number != c->number && strcmp(c->form->query, "true") == 0) {
        en_buf_add(&query, "false");
    } else {
        fill(&query, c->form->query, c->param, number);
    }
    en_buf_add(&query, "&_count=500");
    const bool is = has_word(search_ids(s, c->param->type, en_buf_text(&query), NULL), c->id);

    en_buf_free(&query);
    return is;
}

static void every_parameter_finds_its_value(const char *url)
{
    struct en_store *s = store_opened(url);
    struct en_arena a = EN_ARENA(64 << 20);
    struct path_case *cases = EN_NEW(&a, struct path_case, CASES_MAX);
    const size_t count = all_cases(cases, &a);

    CHECK(count > 1000);
    put_cases(s, cases, count);
    for (size_t i = 0; i < count; i++) {
        const struct path_case *c = &cases[i];

        /* Of the record's parameter the store alone asks. */
        if (strcmp(c->param->name, EN_SEARCH_COMPARTMENT) == 0) {
            char patient[16];

            (void)snprintf(patient, sizeof patient, "r%d", 10000 + c->number);
            CHECK(has_word(search_ids(s, c->param->type, "", patient), c->id));
            CHECK(!has_word(search_ids(s, c->param->type, "", "r1"), c->id));
            continue;
        }
        if (!is_found(s, c, c->number) || is_found(s, c, c->number + 5000)) {
            print_error("%s.%s: %s\n", c->param->type, c->param->name, c->resource);
            fail();
        }
    }
    en_arena_free(&a);
    en_store_close(s);
}

static size_t words_of(const char *text)
{
    size_t count = text[0] == '\0' ? 0 : 1;

    for (; *text != '\0'; text++) {
        count += *text == ' ' ? 1 : 0;
    }
    return count;
}

static void check_sort(struct en_store *s, const struct en_search_param *p, bool down,
                       const char *all, const char *more)
{
    char query[128], id[32];
    const size_t count = words_of(all);

    (void)snprintf(query, sizeof query, "_sort=%s%s&_count=%zu%s", down ? "-" : "", p->name,
                   count / 3 + 1, more);
    const char *sorted = search_ids(s, p->type, query, NULL);

    CHECK(words_of(sorted) == count);
    for (const char *at = all; *at != '\0'; at += strspn(at, " ")) {
        (void)snprintf(id, sizeof id, "%.*s", (int)strcspn(at, " "), at);
        if (!has_word(sorted, id)) {
            print_error("%s?%s loses %s\n", p->type, query, id);
            fail();
        }
        at += strlen(id);
    }
}

/* Both ways of sorting: along the index, and (with a further clause) by values gathered; one up and
 * the other down. */
static void every_parameter_sorts(const char *url)
{
    struct en_store *s = store_opened(url);
    struct en_arena a = EN_ARENA(64 << 20);
    struct path_case *cases = EN_NEW(&a, struct path_case, CASES_MAX);
    const size_t count = all_cases(cases, &a);
    const struct en_search_params *t = search_table();
    char all[8192] = "";
    const char *type = "";

    put_cases(s, cases, count);
    for (size_t i = 0; i < t->count; i++) {
        const struct en_search_param *p = &t->items[i];

        if (strcmp(p->name, EN_SEARCH_COMPARTMENT) == 0) {
            continue;
        }
        if (strcmp(type, p->type) != 0) {
            type = p->type;
            (void)snprintf(all, sizeof all, "%s", search_ids(s, type, "_count=500", NULL));
        }
        check_sort(s, p, i % 2 == 0, all, "");
        check_sort(s, p, i % 2 == 1, all, "&_lastUpdated=gt2000");
    }
    en_arena_free(&a);
    en_store_close(s);
}

TEST_MAIN(ON_BOTH(every_parameter_finds_its_value), ON_BOTH(every_parameter_sorts));
