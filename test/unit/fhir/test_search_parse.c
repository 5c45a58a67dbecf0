/* SPDX-License-Identifier: Apache-2.0
 * Queries: each form that is understood, and each one at its limits that is refused. */
#include "base/buf.h"
#include "base/instant.h"
#include "base/text.h"
#include "fhir/fhir.h"
#include "support/search_table.h"

/* What one parse gave. */
struct parsed {
    struct en_arena a;
    struct en_search_query q;
    struct en_issues issues;
    struct en_err err;
    enum en_status st;
};

static struct parsed *parse(const char *type, const char *query, bool is_lenient)
{
    static struct parsed p;

    en_arena_free(&p.a);
    p = (struct parsed){.a = EN_ARENA(4 << 20)};
    p.st = en_search_parse(search_table(), type, query, is_lenient, &p.a, &p.q, &p.issues, &p.err);
    CHECK((p.st == EN_OK) == (p.issues.error_count == 0));
    return &p;
}

static void add_value(const struct en_search_value *v, enum en_search_kind kind, struct en_buf *out)
{
    static const char *const PREFIXES[] = {"",    "ne ", "gt ", "lt ", "ge ",
                                           "le ", "sa ", "eb ", "ap "};
    char low[EN_INSTANT_TEXT_MAX], high[EN_INSTANT_TEXT_MAX];

    en_buf_add(out, PREFIXES[v->prefix]);
    switch (kind) {
    case EN_SEARCH_TOKEN:
    case EN_SEARCH_REFERENCE:
        en_buf_print(out, "%s|%s", v->any_system ? "*" : v->system, v->code);
        break;
    case EN_SEARCH_STRING:
        en_buf_print(out, "%s<%s>", v->code, v->text);
        break;
    case EN_SEARCH_DATE:
    case EN_SEARCH_UPDATED:
        en_buf_print(out, "%s..%s", en_instant_text(v->low_us, low),
                     en_instant_text(v->high_us, high));
        break;
    case EN_SEARCH_NUMBER:
        en_buf_print(out, "%.10g in %.10g..%.10g", v->number, v->low, v->high);
        break;
    case EN_SEARCH_QUANTITY:
        en_buf_print(out, "%.10g in %.10g..%.10g %s|%s", v->number, v->low, v->high,
                     v->any_system ? "*" : v->system, v->code);
        break;
    case EN_SEARCH_URI:
    case EN_SEARCH_ID:
        en_buf_add(out, v->code);
        break;
    }
}

static void add_clause(const struct en_search_clause *c, struct en_buf *out)
{
    static const char *const MODIFIERS[] = {"", ":exact", ":contains", ":not", ":missing", ":type"};

    en_buf_print(out, "%s.%s%s", c->param->type, c->param->name, MODIFIERS[c->modifier]);
    if (c->chain != NULL) {
        en_buf_add(out, " -> ");
        add_clause(c->chain, out);
        return;
    }
    CHECK(c->value_count > 0);
    if (c->modifier == EN_MODIFIER_MISSING) {
        en_buf_add(out, c->is_missing ? "=true" : "=false");
        return;
    }
    for (size_t i = 0; i < c->value_count; i++) {
        en_buf_add(out, i == 0 ? "=" : ",");
        add_value(&c->values[i], c->param->kind, out);
    }
}

/* The clauses as text, " & " between. */
static void check_clauses(const char *type, const char *query, const char *expected)
{
    const struct parsed *p = parse(type, query, false);
    struct en_buf out = EN_BUF(1 << 20);

    if (p->st != EN_OK) {
        print_error("%s: %s\n", query, p->err.text);
    }
    CHECK(p->st == EN_OK);
    for (size_t i = 0; i < p->q.clause_count; i++) {
        en_buf_add(&out, i == 0 ? "" : " & ");
        add_clause(&p->q.clauses[i], &out);
    }
    CHECK_TEXT(en_buf_text(&out), expected);
    en_buf_free(&out);
}

/* Every form of a value that R4 has and the server promises. */
static void test_parse_reads_each_form(void **state)
{
    (void)state;
    check_clauses("Patient", "identifier=1", "Patient.identifier=*|1");
    check_clauses("Patient", "identifier=s%7C1", "Patient.identifier=s|1");
    check_clauses("Patient", "identifier=%7C1", "Patient.identifier=|1");
    check_clauses("Patient", "identifier=s|", "Patient.identifier=s|");
    check_clauses("Patient", "identifier=a\\,b,c\\|d,e\\$f,g\\\\h",
                  "Patient.identifier=*|a,b,*|c|d,*|e$f,*|g\\h");
    check_clauses("Patient", "email=A@B.c&phone=1", "Patient.email=*|a@b.c & Patient.phone=*|1");
    check_clauses("Patient", "gender:not=male,female", "Patient.gender:not=*|male,*|female");
    check_clauses("Patient", "name=%C3%89lodie+X", "Patient.name=elodie x<\xC3\x89lodie X>");
    check_clauses("Patient", "family:exact=Mc%20D", "Patient.family:exact=mc d<Mc D>");
    check_clauses("Patient", "family:contains=on", "Patient.family:contains=on<on>");
    check_clauses("Patient", "family:missing=true&given:missing=false",
                  "Patient.family:missing=true & Patient.given:missing=false");
    check_clauses("Patient", "_id=a,b-1.C", "Patient._id=a,b-1.C");
    check_clauses("Observation", "patient=1,Patient/2", "Observation.patient=|1,Patient|2");
    check_clauses("Observation", "subject:Patient=1", "Observation.subject:type=Patient|1");
    check_clauses("Observation", "subject:Patient=Patient/1", "Observation.subject:type=Patient|1");
    check_clauses("Observation", "subject=https://a.org/fhir/Patient/1",
                  "Observation.subject=|https://a.org/fhir/Patient/1");
    check_clauses("Observation", "patient.identifier=s|1",
                  "Observation.patient -> Patient.identifier=s|1");
    check_clauses("Observation", "patient.name:exact=A",
                  "Observation.patient -> Patient.name:exact=a<A>");
    check_clauses("Observation", "subject:Patient.name=a",
                  "Observation.subject:type -> Patient.name=a<a>");
    check_clauses("Observation", "encounter._id=1", "Observation.encounter -> Encounter._id=1");
    check_clauses("Observation", "date=ge2020-02",
                  "Observation.date=ge 2020-02-01T00:00:00.000Z..2020-02-29T23:59:59.999Z");
    check_clauses("Observation", "date=2020-01-01T10:00:00+02:00",
                  "Observation.date=2020-01-01T08:00:00.000Z..2020-01-01T08:00:00.999Z");
    check_clauses("Observation", "date=2020-01-01T10:00:00%2B02:00,eq2021",
                  "Observation.date=2020-01-01T08:00:00.000Z..2020-01-01T08:00:00.999Z,"
                  "2021-01-01T00:00:00.000Z..2021-12-31T23:59:59.999Z");
    check_clauses("Observation", "_lastUpdated=gt2020",
                  "Observation._lastUpdated=gt 2020-01-01T00:00:00.000Z..2020-12-31T23:59:59.999Z");
    check_clauses("Observation", "value-quantity=5.4|http://unitsofmeasure.org|mg",
                  "Observation.value-quantity=5.4 in 5.35..5.45 http://unitsofmeasure.org|mg");
    check_clauses("Observation", "value-quantity=le5.40||mg",
                  "Observation.value-quantity=le 5.4 in 5.395..5.405 *|mg");
    check_clauses("Observation", "value-quantity=ap-100",
                  "Observation.value-quantity=ap -100 in -100.5..-99.5 *|");
    check_clauses("RiskAssessment", "probability=gt0.8",
                  "RiskAssessment.probability=gt 0.8 in 0.75..0.85");
    check_clauses("Questionnaire", "url=http://a.org/Q|1", "Questionnaire.url=http://a.org/Q|1");
    check_clauses("Observation", "status=final&status=amended",
                  "Observation.status=*|final & Observation.status=*|amended");
    check_clauses("Observation", "", "");
    check_clauses("Observation", NULL, "");
    check_clauses("Observation", "&&_format=json&&_pretty=true&", "");
}

static void check_span(const char *text, double number, double low, double high)
{
    char query[128];

    (void)snprintf(query, sizeof query, "probability=%s", text);
    const struct parsed *p = parse("RiskAssessment", query, false);

    CHECK(p->st == EN_OK);
    const struct en_search_value *v = &p->q.clauses[0].values[0];

    /* Bit for bit: what was sent with these digits must compare as equal. */
    CHECK(memcmp(&v->number, &number, sizeof number) == 0);
    CHECK(memcmp(&v->low, &low, sizeof low) == 0);
    CHECK(memcmp(&v->high, &high, sizeof high) == 0);
}

/* The span of a number is half a unit of its last digit to both sides, with exact ends. */
static void test_parse_tells_the_precision_of_numbers(void **state)
{
    (void)state;
    check_span("72.5", 72.5, 72.45, 72.55);
    check_span("100", 100, 99.5, 100.5);
    check_span("100.00", 100, 99.995, 100.005);
    check_span("-0.10", -0.10, -0.105, -0.095);
    check_span("0", 0, -0.5, 0.5);
    check_span("0.00", 0, -0.005, 0.005);
    check_span("1e2", 100, 50, 150);
    check_span("5.4e-3", 5.4e-3, 5.35e-3, 5.45e-3);
    check_span("eq1", 1, 0.5, 1.5);
    check_span("123456789012345678901", 123456789012345678901.0, 123456789012345678901.0,
               123456789012345678901.0);
}

/* A refusal names the parameter and says what is taken; a value is never repeated. */
static void check_refused(const char *type, const char *query, const char *part)
{
    const struct parsed *p = parse(type, query, false);

    if (p->st != EN_EINVAL || strstr(p->err.text, part) == NULL) {
        print_error("%s: %s\n", query, p->err.text);
    }
    CHECK(p->st == EN_EINVAL);
    CHECK(p->q.clause_count == 0 && p->q.clauses == NULL);
    CHECK(p->issues.count >= 1);
    CHECK_CONTAINS(p->issues.items[p->issues.count - 1].text, part);
    CHECK(strstr(p->issues.items[0].text, "SECRET") == NULL);
}

static void test_parse_refuses_what_it_does_not_know(void **state)
{
    (void)state;
    check_refused("Patient", "nam=SECRET",
                  "nam is no search parameter of Patient; did you mean name");
    check_refused("Patient", "abcdefgh=SECRET",
                  "abcdefgh is no search parameter of Patient; /metadata");
    check_refused("Patient", "SECRET+Name=1", "(unnamed)");
    check_refused("Patient", "_has:Observation:patient:code=1", "no search parameter");
    check_refused("Patient", "_compartment=1", "no search parameter");
    check_refused("Observation", "subject:Patient._compartment=1", "no search parameter");
    check_refused("Patient", "_text=SECRET", "_text is no search parameter");
    check_refused("Patient", "name:below=SECRET", ":exact, :contains, :missing");
    check_refused("Patient", "gender:exact=SECRET", ":not, :missing");
    check_refused("Patient", "name:=SECRET_", "name");
    check_refused("Patient", "_id:missing=true", "none");
    check_refused("Patient", "family:missing=maybe", "true or false");
    check_refused("Patient", "name=", "has no value");
    check_refused("Patient", "name", "has no value");
    check_refused("Patient", "name=a,,b", "empty value");
    check_refused("Patient", "name=,", "empty value");
    check_refused("Patient", "name=+", "letter or digit");
    check_refused("Patient", "name=%CC%81", "letter or digit");
    check_refused("Patient", "identifier=a|b|SECRET", "system|code");
    check_refused("Patient", "identifier=|", "system|code");
    check_refused("Patient", "birthdate=SECRET", "YYYY-MM-DD");
    check_refused("Patient", "birthdate=xx2020", "YYYY-MM-DD");
    check_refused("Patient", "birthdate=2020-02-30", "YYYY-MM-DD");
    check_refused("Patient", "birthdate=ge", "YYYY-MM-DD");
    check_refused("Patient", "_id=a/SECRET", "up to 64");
    check_refused("Patient", "_id=a_b", "up to 64");
    check_refused("Observation", "patient=Practitioner/1", "refers to: Patient");
    check_refused("Observation", "patient=a/b/SECRET", "Type/id");
    check_refused("Observation", "subject:Practitioner=1",
                  "refers to: Device Group Location Patient");
    check_refused("Observation", "subject:Patient=Group/1", "ids of that type");
    check_refused("Observation", "subject.name=SECRET", "subject:Patient.name");
    check_refused("Observation", "patient.nonsense=SECRET", "name the type");
    check_refused("Observation", "patient:Patient.nonsense=SECRET",
                  "no search parameter of Patient");
    check_refused("Observation", "patient.organization.name=SECRET", "chained twice");
    check_refused("Observation", "code.name=SECRET", "only references");
    check_refused("Observation", "patient:missing.name=SECRET", "only references");
    check_refused("Observation", "value-quantity=5|mg", "number||unit");
    check_refused("Observation", "value-quantity=5|s|", "number||unit");
    check_refused("Observation", "value-quantity=SECRET", "takes a number");
    check_refused("RiskAssessment", "probability=nan", "takes a number");
    check_refused("RiskAssessment", "probability=0x10", "takes a number");
    check_refused("RiskAssessment", "probability=1e999", "takes a number");
    check_refused("Patient", "name=%zz", "percent-encoded");
    check_refused("Patient", "name=%4", "percent-encoded");
    check_refused("Patient", "name=a%00SECRET", "percent-encoded");
    check_refused("Patient", "name=%ff", "percent-encoded");
}

/* The controls: what each takes and what it refuses. */
static void test_parse_reads_controls(void **state)
{
    (void)state;
    const struct parsed *p = parse("Observation",
                                   "_sort=-date,_id&_count=7&_total=accurate&_summary=true&"
                                   "_elements=code,status&_cursor=abc&_include=Observation:subject"
                                   ":Patient&_revinclude=Provenance:target&_include=Observation:"
                                   "encounter",
                                   false);

    CHECK(p->st == EN_OK);
    CHECK(p->q.sort_count == 2 && p->q.sorts[0].is_descending && !p->q.sorts[1].is_descending);
    CHECK_TEXT(p->q.sorts[0].param->name, "date");
    CHECK(p->q.count == 7 && p->q.total == EN_TOTAL_ACCURATE && p->q.summary == EN_SUMMARY_TRUE);
    CHECK_TEXT(p->q.elements, "code; status");
    CHECK_TEXT(p->q.cursor, "abc");
    CHECK(p->q.include_count == 3);
    CHECK_TEXT(p->q.includes[0].target, "Patient");
    CHECK(p->q.includes[1].is_reverse);
    CHECK_TEXT(p->q.includes[1].target, "Observation");
    CHECK(p->q.includes[2].target == NULL);
    CHECK_TEXT(p->q.text, "_sort=-date,_id&_count=7&_total=accurate&_summary=true&_elements=code,"
                          "status&_include=Observation:subject:Patient&_revinclude=Provenance:"
                          "target&_include=Observation:encounter");
    CHECK(parse("Observation", "", false)->q.count == EN_SEARCH_COUNT);
    CHECK(parse("Observation", "_count=0", false)->q.count == 0);
    p = parse("Observation", "_count=501", false);
    CHECK(p->q.count == EN_SEARCH_COUNT_MAX);
    CHECK_TEXT(p->q.text, "_count=500");
    CHECK(parse("Observation", "_total=none&_summary=false", false)->st == EN_OK);
    CHECK(parse("Observation", "_total=estimate", false)->q.total == EN_TOTAL_ACCURATE);
    CHECK(parse("Observation", "_summary=count", false)->q.summary == EN_SUMMARY_COUNT);
}

static void test_parse_refuses_wrong_controls(void **state)
{
    (void)state;
    check_refused("Observation", "_sort=nonsense", "_sort takes search parameters");
    check_refused("Observation", "_sort=_compartment", "_sort takes search parameters");
    check_refused("Observation", "_sort=", "_sort has no value");
    check_refused("Observation", "_sort=date,code,status,_id", "at most 3");
    check_refused("Observation", "_sort=date&_sort=code", "stands twice");
    check_refused("Observation", "_count=-1", "_count takes");
    check_refused("Observation", "_count=ten", "_count takes");
    check_refused("Observation", "_count=1&_count=2", "stands twice");
    check_refused("Observation", "_count=99999999999999999999", "_count takes");
    check_refused("Observation", "_total=all", "_total is none");
    check_refused("Observation", "_summary=short", "_summary is true, text, data");
    check_refused("Observation", "_elements=a.b", "_elements takes names");
    check_refused("Observation", "_elements=,", "_elements has no value");
    check_refused("Observation", "_cursor=a&_cursor=b", "stands twice");
    check_refused("Observation", "_include=*", "* is not supported");
    check_refused("Observation", "_include=Observation:*", "takes a reference parameter");
    check_refused("Observation", "_include=Observation", "Type:parameter");
    check_refused("Observation", "_include=Observation:subject:Patient:x", "Type:parameter");
    check_refused("Observation", "_include=:", "Type:parameter");
    check_refused("Observation", "_include=Observation:code", "takes a reference parameter");
    check_refused("Observation", "_include=Patient:organization", "of the type searched");
    check_refused("Observation", "_include=Observation:subject:Practitioner", "refers to");
    check_refused("Observation", "_include:iterate=Observation:subject", "has no modifiers");
    check_refused("Observation", "_revinclude=Encounter:location", "refers to");
    check_refused("Observation", "_revinclude=Nonsense:location", "any type");
    check_refused("Observation", "_sort:desc=date", "has no modifiers");
}

/* Ceilings: as many as are allowed, and one more. */
static void test_parse_has_limits(void **state)
{
    struct en_buf b = EN_BUF(1 << 16);

    (void)state;
    for (int i = 0; i < EN_SEARCH_CLAUSES_MAX; i++) {
        en_buf_add(&b, "&status=final");
    }
    CHECK(parse("Observation", en_buf_text(&b), false)->q.clause_count == EN_SEARCH_CLAUSES_MAX);
    en_buf_add(&b, "&status=final");
    check_refused("Observation", en_buf_text(&b), "one too many");
    en_buf_clear(&b);
    en_buf_add(&b, "code=a");
    for (int i = 1; i < EN_SEARCH_VALUES_MAX; i++) {
        en_buf_add(&b, ",a");
    }
    CHECK(parse("Observation", en_buf_text(&b), false)->q.clauses[0].value_count ==
          EN_SEARCH_VALUES_MAX);
    en_buf_add(&b, ",a");
    check_refused("Observation", en_buf_text(&b), "at most 200 values");
    en_buf_clear(&b);
    for (int i = 0; i < EN_SEARCH_INCLUDES_MAX; i++) {
        en_buf_add(&b, "&_include=Observation:subject");
    }
    CHECK(parse("Observation", en_buf_text(&b), false)->st == EN_OK);
    en_buf_add(&b, "&_include=Observation:subject");
    check_refused("Observation", en_buf_text(&b), "at most 8 times");
    en_buf_clear(&b);
    en_buf_print(&b, "name=%0*d", EN_SEARCH_TEXT_MAX, 0);
    CHECK(parse("Patient", en_buf_text(&b), false)->st == EN_OK);
    en_buf_add(&b, "0");
    check_refused("Patient", en_buf_text(&b), "at most 256 bytes");
    en_buf_clear(&b);
    en_buf_print(&b, "name:exact=%0*d", 2 * EN_SEARCH_TEXT_MAX, 0);
    CHECK(parse("Patient", en_buf_text(&b), false)->st == EN_OK);
    en_buf_free(&b);
}

/* handling=lenient leaves out what is unknown, says so, and refuses what is only wrong. */
static void test_parse_lenient_leaves_out_the_unknown(void **state)
{
    (void)state;
    const struct parsed *p = parse("Patient", "nonsense=1&family=a&x:y.z=2", true);

    CHECK(p->st == EN_OK && p->q.clause_count == 1);
    CHECK(p->issues.count == 2 && p->issues.items[0].severity == EN_ISSUE_WARNING);
    CHECK_TEXT(p->q.text, "family=a");
    CHECK(parse("Patient", "birthdate=nonsense", true)->st == EN_EINVAL);
    CHECK(parse("Patient", "name:below=a", true)->st == EN_EINVAL);
}

/* The text for the self link means the same when it is read again, whatever the letters. */
static void test_parse_text_reads_the_same(void **state)
{
    static const char *const QUERIES[] = {
        "name=%C3%89lodie+X%26Y%3DZ&identifier=s%7Ca%5C%2Cb,c",
        "family:exact=%25%2B+a&birthdate=ge1950-01-01T00:00:00%2B01:00",
        "_sort=-family&_count=3&gender:not=male",
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(QUERIES); i++) {
        char first[512];
        const struct parsed *p = parse("Patient", QUERIES[i], false);

        CHECK(p->st == EN_OK);
        (void)snprintf(first, sizeof first, "%s", p->q.text);
        p = parse("Patient", first, false);
        CHECK(p->st == EN_OK);
        CHECK_TEXT(p->q.text, first);
    }
    CHECK_TEXT(parse("Patient", "name=a%26b", false)->q.text, "name=a%26b");
}

/* A full arena is EN_ENOMEM, at whatever point, and never half a query. */
static void test_parse_reports_a_full_arena(void **state)
{
    static const char QUERY[] = "identifier=s|1&name=abc&birthdate=ge2020&general-practitioner.name"
                                "=x&_elements=name&_sort=family";

    (void)state;
    for (size_t limit = 0;; limit += 64) {
        struct en_arena a = EN_ARENA(limit);
        struct en_search_query q;
        struct en_issues issues = {0};
        const enum en_status st =
            en_search_parse(search_table(), "Practitioner", QUERY, true, &a, &q, &issues, NULL);

        CHECK(st == EN_OK || st == EN_ENOMEM);
        CHECK(st == EN_OK || q.clauses == NULL);
        en_arena_free(&a);
        if (st == EN_OK) {
            break;
        }
        CHECK(limit < (1 << 16));
    }
}

TEST_MAIN(cmocka_unit_test(test_parse_reads_each_form),
          cmocka_unit_test(test_parse_tells_the_precision_of_numbers),
          cmocka_unit_test(test_parse_refuses_what_it_does_not_know),
          cmocka_unit_test(test_parse_reads_controls),
          cmocka_unit_test(test_parse_refuses_wrong_controls),
          cmocka_unit_test(test_parse_has_limits),
          cmocka_unit_test(test_parse_lenient_leaves_out_the_unknown),
          cmocka_unit_test(test_parse_text_reads_the_same),
          cmocka_unit_test(test_parse_reports_a_full_arena));
