/* SPDX-License-Identifier: Apache-2.0
 * What searches find, on both databases: each kind of parameter at the borders of R4's rules. */
#include "unit/store/search_fixture.h"

/* Tokens: R4's four forms; :not also finds what has no value. */
static void tokens_match_by_form(const char *url)
{
    struct en_store *s = store_opened(url);

    search_put(s, "{'resourceType':'Patient','identifier':[{'system':'urn:a','value':'1'}]}", "a1");
    search_put(s, "{'resourceType':'Patient','identifier':[{'system':'urn:b','value':'1'}]}", "b1");
    search_put(s, "{'resourceType':'Patient','identifier':[{'value':'1'}]}", "x1");
    search_put(s, "{'resourceType':'Patient','identifier':[{'system':'urn:a','value':'2,|$\\\\'}]}",
               "a2");
    search_put(s, "{'resourceType':'Patient','gender':'male','active':true}", "m");
    check_ids(s, "Patient", "identifier=1", "a1 b1 x1");
    check_ids(s, "Patient", "identifier=urn:a|1", "a1");
    check_ids(s, "Patient", "identifier=|1", "x1");
    check_ids(s, "Patient", "identifier=urn:a|", "a1 a2");
    check_ids(s, "Patient", "identifier=2\\,\\|\\$\\\\", "a2");
    check_ids(s, "Patient", "identifier=urn:a|1,urn:b|1", "a1 b1");
    check_ids(s, "Patient", "identifier=urn:a|1&identifier=1", "a1");
    check_ids(s, "Patient", "identifier=urn:a|1&identifier=urn:b|1", "");
    check_ids(s, "Patient", "identifier=3", "");
    check_ids(s, "Patient", "identifier=1&identifier:not=urn:a|1,urn:b|1", "x1");
    check_ids(s, "Patient", "gender:not=female", "a1 b1 x1 a2 m");
    check_ids(s, "Patient", "gender:not=male", "a1 b1 x1 a2");
    check_ids(s, "Patient", "gender=male", "m");
    check_ids(s, "Patient", "gender=http://hl7.org/fhir/administrative-gender|male", "m");
    check_ids(s, "Patient", "gender=Male", "");
    check_ids(s, "Patient", "active=true", "m");
    check_ids(s, "Patient", "gender:missing=true", "a1 b1 x1 a2");
    check_ids(s, "Patient", "gender:missing=false", "m");
    check_ids(s, "Patient", "deceased=false&gender:missing=false", "m");
    en_store_close(s);
}

/* Strings: the start, without case and accents; :exact with them; :contains with wildcards as
 * letters. */
static void strings_match_folded(const char *url)
{
    struct en_store *s = store_opened(url);

    search_put(s, "{'resourceType':'Patient','name':[{'family':'Mu\xCC\x88ller','given':['Ana']}]}",
               "a");
    search_put(s, "{'resourceType':'Patient','name':[{'family':'M\xC3\xBCllerov\xC3\xA1'}]}", "b");
    search_put(s, "{'resourceType':'Patient','name':[{'family':'A%b_c'},{'text':'Zed'}]}", "c");
    search_put(s, "{'resourceType':'Patient','address':[{'city':'Muller'}]}", "d");
    search_put(s, "{'resourceType':'Patient','name':[{'family':'\xF4\x8F\xBF\xBF'}]}", "e");
    check_ids(s, "Patient", "family=MULLER", "a b");
    check_ids(s, "Patient", "family=M%C3%BCller", "a b");
    check_ids(s, "Patient", "family:exact=M%C3%BCller", "");
    check_ids(s, "Patient", "family:exact=Mu%CC%88ller", "a");
    check_ids(s, "Patient", "family=uller", "");
    check_ids(s, "Patient", "family:contains=LLER", "a b");
    check_ids(s, "Patient", "name=an", "a");
    check_ids(s, "Patient", "name=z", "c");
    check_ids(s, "Patient", "family:contains=%25b_", "c");
    check_ids(s, "Patient", "family:contains=a_b", "");
    check_ids(s, "Patient", "family:contains=b%25", "");
    check_ids(s, "Patient", "family=a%25", "c");
    check_ids(s, "Patient", "address-city=mul", "d");
    check_ids(s, "Patient", "family=mullerov,zed", "b");
    check_ids(s, "Patient", "family:missing=true", "d");
    check_ids(s, "Patient", "name:contains=ul&name=an", "a");
    en_store_close(s);
}

#define SEEN "{'resourceType':'Observation',"

/* Dates: spans against spans, at the first and last moment of each. */
static void dates_match_by_span(const char *url)
{
    struct en_store *s = store_opened(url);

    search_put(s, SEEN "'effectiveDateTime':'2020-01-31T23:59:59.999Z'}", "jan-end");
    search_put(s, SEEN "'effectiveDateTime':'2020-02-01T00:00:00.000Z'}", "feb-first");
    search_put(s, SEEN "'effectiveDateTime':'2020-02-29T23:59:59.999Z'}", "feb-last");
    search_put(s, SEEN "'effectiveDateTime':'2020-03-01T00:00:00Z'}", "mar-first");
    search_put(s, SEEN "'effectiveDateTime':'2020-02'}", "feb");
    search_put(s, SEEN "'effectivePeriod':{'start':'2020-02-10'}}", "open-end");
    search_put(s, SEEN "'effectivePeriod':{'end':'2020-02-10'}}", "open-start");
    search_put(s, SEEN "'effectivePeriod':{'start':'2019','end':'2021'}}", "around");
    search_put(s, SEEN "'status':'final'}", "none");
    check_ids(s, "Observation", "date=2020-02", "feb-first feb-last feb");
    check_ids(s, "Observation", "date=eq2020-02-01", "feb-first");
    check_ids(s, "Observation", "date=2020", "jan-end feb-first feb-last mar-first feb");
    check_ids(s, "Observation", "date=ne2020-02", "jan-end mar-first open-end open-start around");
    check_ids(s, "Observation", "date=gt2020-02", "mar-first open-end around");
    check_ids(s, "Observation", "date=lt2020-02", "jan-end open-start around");
    check_ids(s, "Observation", "date=ge2020-02",
              "feb-first feb-last mar-first feb open-end open-start around");
    check_ids(s, "Observation", "date=le2020-02",
              "jan-end feb-first feb-last feb open-end open-start around");
    check_ids(s, "Observation", "date=sa2020-02", "mar-first");
    check_ids(s, "Observation", "date=eb2020-02", "jan-end");
    check_ids(s, "Observation", "date=sa2020-02-09", "feb-last mar-first open-end");
    check_ids(s, "Observation", "date=ge2020-02-01&date=lt2020-03-01",
              "feb-first feb-last feb open-end open-start around");
    check_ids(s, "Observation", "date=2020-01-31,2020-03-01", "jan-end mar-first");
    check_ids(s, "Observation", "date=2020-02-01T01:00:00%2B01:00", "feb-first");
    check_ids(s, "Observation", "date:missing=true", "none");
    /* A tenth of some six years around it holds all of 2020, a tenth of a day does not. */
    check_ids(s, "Observation", "date=ap2020-02-15&date:missing=false",
              "jan-end feb-first feb-last mar-first feb open-end open-start around");
    check_ids(s, "Observation", "date=ap9999", "open-end");
    en_store_close(s);
}

/* _lastUpdated is the time of the present version. */
static void last_updated_is_of_the_version(const char *url)
{
    struct en_store *s = store_opened(url);

    search_put(s, "{'resourceType':'Basic'}", "a");
    check_ids(s, "Basic", "_lastUpdated=gt2020-01-01", "a");
    check_ids(s, "Basic", "_lastUpdated=lt2020-01-01", "");
    check_ids(s, "Basic", "_lastUpdated=ne2020-01-01&_lastUpdated=ge2020", "a");
    en_store_close(s);
}

#define UCUM "http://unitsofmeasure.org"
#define WEIGHT(value, more)                                                                        \
    SEEN "'valueQuantity':{'value':" value ",'system':'" UCUM "','code':'kg'" more "}}"

/* Numbers: eq by the digits of what was asked, the others by the number itself. */
static void quantities_match_by_precision(const char *url)
{
    struct en_store *s = store_opened(url);

    search_put(s, WEIGHT("5.35", ""), "low");
    search_put(s, WEIGHT("5.4", ",'unit':'kilogram'"), "middle");
    search_put(s, WEIGHT("5.449", ""), "high");
    search_put(s, WEIGHT("5.45", ""), "next");
    search_put(s, WEIGHT("5.4", ",'comparator':'<'"), "below");
    search_put(s, SEEN "'valueQuantity':{'value':5.4,'unit':'kg'}}", "no-system");
    search_put(s, SEEN "'valueQuantity':{'value':5.4,'system':'" UCUM "','code':'g'}}", "g");
    check_ids(s, "Observation", "value-quantity=5.4|" UCUM "|kg", "low middle high");
    check_ids(s, "Observation", "value-quantity=5.4||kg", "low middle high no-system");
    check_ids(s, "Observation", "value-quantity=5.4||kilogram", "middle");
    check_ids(s, "Observation", "value-quantity=5.4", "low middle high no-system g");
    check_ids(s, "Observation", "value-quantity=5.40|" UCUM "|kg", "middle");
    check_ids(s, "Observation", "value-quantity=5|" UCUM "|kg", "low middle high next");
    check_ids(s, "Observation", "value-quantity=gt5.4|" UCUM "|kg", "high next");
    check_ids(s, "Observation", "value-quantity=ge5.4|" UCUM "|kg", "middle high next below");
    check_ids(s, "Observation", "value-quantity=lt5.4|" UCUM "|kg", "low below");
    check_ids(s, "Observation", "value-quantity=le5.4|" UCUM "|kg", "low middle below");
    check_ids(s, "Observation", "value-quantity=sa5.4|" UCUM "|kg", "high next");
    check_ids(s, "Observation", "value-quantity=eb5.4|" UCUM "|kg", "low");
    check_ids(s, "Observation", "value-quantity=ne5.4|" UCUM "|kg", "next below");
    check_ids(s, "Observation", "value-quantity=ap5.9|" UCUM "|kg", "low middle high next below");
    check_ids(s, "Observation", "value-quantity=ap6.1|" UCUM "|kg", "");
    en_store_close(s);
}

/* References: by id of a type, of any type, by URL; deleted ones are still referred to. */
static void references_match_by_form(const char *url)
{
    struct en_store *s = store_opened(url);

    search_put(s,
               "{'resourceType':'Patient','name':[{'family':'One'}],'identifier':[{'system':"
               "'urn:a','value':'1'}]}",
               "p1");
    search_put(s, "{'resourceType':'Group','type':'person','actual':true}", "p1");
    search_put(s, "{'resourceType':'Patient','name':[{'family':'Two'}]}", "p2");
    search_put(s, SEEN "'subject':{'reference':'Patient/p1'},'status':'final'}", "a");
    search_put(s, SEEN "'subject':{'reference':'Group/p1'}}", "b");
    search_put(s, SEEN "'subject':{'reference':'https://example.org/fhir/Patient/p1'}}", "c");
    search_put(s, SEEN "'subject':{'reference':'Patient/p2'},'status':'final'}", "d");
    check_ids(s, "Observation", "subject=p1", "a b");
    check_ids(s, "Observation", "subject=Patient/p1", "a");
    check_ids(s, "Observation", "subject:Group=p1", "b");
    check_ids(s, "Observation", "patient=p1", "a");
    check_ids(s, "Observation", "patient=p1,p2", "a d");
    check_ids(s, "Observation", "patient=https://example.org/fhir/Patient/p1", "c");
    check_ids(s, "Observation", "patient=p3", "");
    check_ids(s, "Observation", "patient=p1&status=final", "a");
    check_ids(s, "Observation", "patient=p1&status=amended", "");
    check_ids(s, "Observation", "patient.identifier=urn:a|1", "a");
    check_ids(s, "Observation", "patient.name=t", "d");
    check_ids(s, "Observation", "subject:Patient.name=one,two&status=final", "a d");
    check_ids(s, "Observation", "subject:Group.type=person", "b");
    check_ids(s, "Observation", "patient.name=t&patient.identifier=urn:a|1", "");
    check_ids(s, "Observation", "patient._id=p2", "d");
    check_ids(s, "Observation", "patient.identifier:missing=true", "d");
    check_ids(s, "Observation", "patient.gender:not=male&_sort=-_id", "d a");
    CHECK(store_delete(s, "Patient", "p2", EN_VERSION_ANY, NULL, NULL) == EN_OK);
    check_ids(s, "Observation", "patient=p2", "d");
    check_ids(s, "Observation", "patient.name=two", "");
    check_ids(s, "Observation", "patient._id=p2", "");
    check_ids(s, "Observation", "patient.identifier:missing=true", "");
    check_ids(s, "Patient", "", "p1");
    check_ids(s, "Patient", "_id=p1,p2,p3", "p1");
    check_ids(s, "Patient", "_id=p1&name=one", "p1");
    check_ids(s, "Patient", "_id=p1&name=two", "");
    en_store_close(s);
}

/* A change takes effect at once: values of before are no longer found. */
static void changes_move_resources(const char *url)
{
    struct en_store *s = store_opened(url);

    search_put(s, "{'resourceType':'Patient','name':[{'family':'Old'}]}", "a");
    search_put(s, "{'resourceType':'Patient','name':[{'family':'New'}]}", "a");
    check_ids(s, "Patient", "family=old", "");
    check_ids(s, "Patient", "family=new", "a");
    CHECK(store_delete(s, "Patient", "a", EN_VERSION_ANY, NULL, NULL) == EN_OK);
    check_ids(s, "Patient", "family=new", "");
    check_ids(s, "Patient", "", "");
    search_put(s, "{'resourceType':'Patient','name':[{'family':'Again'}]}", "a");
    check_ids(s, "Patient", "family=again", "a");
    en_store_close(s);
}

static void check_total(struct en_store *s, const char *type, const char *query, int64_t total,
                        size_t count)
{
    struct found f;

    search_run(s, type, query, NULL, NULL, &f);
    CHECK(f.st == EN_OK);
    CHECK(f.page.total == total && f.page.count == count);
    found_free(&f);
}

/* Totals count all pages; a count alone reads no page. */
static void totals_count_all(const char *url)
{
    struct en_store *s = store_opened(url);

    search_put(s, SEEN "'status':'final','code':{'coding':[{'code':'x'},{'code':'y'}]}}", "a");
    search_put(s, SEEN "'status':'final','code':{'coding':[{'code':'x'}]}}", "b");
    search_put(s, SEEN "'status':'amended'}", "c");
    check_total(s, "Observation", "", -1, 3);
    check_total(s, "Observation", "_total=accurate&_count=1", 3, 1);
    check_total(s, "Observation", "_count=0", 3, 0);
    check_total(s, "Observation", "_summary=count&status=final", 2, 0);
    check_total(s, "Observation", "_total=accurate&_count=1&code=x,y", 2, 1);
    check_total(s, "Observation", "_total=accurate&code=z", 0, 0);
    check_total(s, "Observation", "_total=accurate&_sort=-status&_count=2", 3, 2);
    check_total(s, "Observation", "_total=accurate&_sort=_lastUpdated&_count=2", 3, 2);
    en_store_close(s);
}

/* What one caller may see: the resources of one record, and no way around. */
static void compartments_are_closed(const char *url)
{
    struct en_store *s = store_opened(url);
    struct found f;

    search_put(s, "{'resourceType':'Patient','name':[{'family':'One'}]}", "p1");
    search_put(s, "{'resourceType':'Patient','name':[{'family':'Two'}]}", "p2");
    search_put(s, "{'resourceType':'Practitioner','name':[{'family':'Doc'}]}", "d1");
    search_put(s,
               SEEN "'status':'final','subject':{'reference':'Patient/p1'},'performer':[{"
                    "'reference':'Practitioner/d1'}],'focus':[{'reference':'Patient/p2'}]}",
               "a");
    search_put(s, SEEN "'status':'final','subject':{'reference':'Patient/p2'}}", "b");
    search_put(s,
               SEEN "'status':'final','subject':{'reference':'Patient/p2'},'performer':[{"
                    "'reference':'Patient/p1'}],'derivedFrom':[{'reference':'Observation/b'}]}",
               "c");
    CHECK_TEXT(search_ids(s, "Observation", "", "p1"), "a c");
    CHECK_TEXT(search_ids(s, "Observation", "status=final", "p1"), "a c");
    CHECK_TEXT(search_ids(s, "Observation", "_sort=-_lastUpdated&_count=1", "p2"), "c b");
    CHECK_TEXT(search_ids(s, "Observation", "patient=p2", "p1"), "c");
    CHECK_TEXT(search_ids(s, "Observation", "_id=b", "p1"), "");
    CHECK_TEXT(search_ids(s, "Observation", "", "p3"), "");
    CHECK_TEXT(search_ids(s, "Patient", "", "p1"), "p1");
    CHECK_TEXT(search_ids(s, "Patient", "name=two", "p1"), "");
    CHECK_TEXT(search_ids(s, "Patient", "name=one", "p1"), "p1");
    CHECK_TEXT(search_ids(s, "Practitioner", "", "p1"), "");
    CHECK_TEXT(search_ids(s, "Observation", "patient.name=two", "p1"), "");
    CHECK_TEXT(search_ids(s, "Observation", "patient.name=one", "p1"), "a");
    CHECK_TEXT(search_ids(s, "Observation", "performer:Practitioner.name=doc", "p1"), "a");
    search_run(s, "Observation",
               "_include=Observation:subject&_include=Observation:focus&_include=Observation:"
               "performer&_include=Observation:derived-from&_revinclude=Observation:derived-from",
               NULL, "p1", &f);
    CHECK(f.st == EN_OK && f.page.included_count == 1);
    CHECK_TEXT(f.page.included[0].id, "p1");
    found_free(&f);
    search_run(s, "Observation", "_count=0", NULL, "p1", &f);
    CHECK(f.page.total == 2);
    found_free(&f);
    en_store_close(s);
}

/* Quotes, statements and wildcards in values are values. */
static void values_are_never_sql(const char *url)
{
    struct en_store *s = store_opened(url);

    search_put(s,
               "{'resourceType':'Patient','name':[{'family':'O\\u0027; DROP TABLE resource; --'}]"
               ",'identifier':[{'value':'\\u0027 OR 1=1 --'}]}",
               "a");
    search_put(s, "{'resourceType':'Patient'}", "b");
    check_ids(s, "Patient", "family=o';+drop", "a");
    check_ids(s, "Patient", "identifier=' OR 1%3D1 --", "a");
    check_ids(s, "Patient", "family:contains=';", "a");
    check_ids(s, "Patient", "family=$1", "");
    check_ids(s, "Patient", "_sort=family", "a b");
    en_store_close(s);
}

TEST_MAIN(ON_BOTH(tokens_match_by_form), ON_BOTH(strings_match_folded),
          ON_BOTH(dates_match_by_span), ON_BOTH(last_updated_is_of_the_version),
          ON_BOTH(quantities_match_by_precision), ON_BOTH(references_match_by_form),
          ON_BOTH(changes_move_resources), ON_BOTH(totals_count_all),
          ON_BOTH(compartments_are_closed), ON_BOTH(values_are_never_sql));
