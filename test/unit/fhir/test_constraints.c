/* SPDX-License-Identifier: Apache-2.0
 * The rules that join several elements: R4's own constraints (r4/constraints.tsv) and those that
 * are code. Each has an instance that breaks it and nothing else, and one a step beside that keeps
 * it. */
#include "fhir/r4.h"
#include "fhir/validate.h"
#include "unit/fhir/bundle.h"

static struct en_arena memory = {.limit = EN_REQUEST_ARENA};
static struct en_r4 r4;

static int load(void **state)
{
    (void)state;
    return en_r4_load(&memory, &r4, NULL) == EN_OK ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    en_arena_free(&memory);
    return 0;
}

static struct en_issues validate(const char *text)
{
    const char *json = quoted(&memory, text);
    struct json_object *root = NULL;
    struct en_issues issues = {0};

    if (en_json_read(json, strlen(json), &memory, &root, &issues, NULL) != EN_OK) {
        print_error("%s\n", text);
        print_issues(&issues);
        fail();
    }
    en_r4_validate(&r4, root, &memory, &issues);
    json_object_put(root);
    return issues;
}

/* The only error, or NULL with a print of what there is. */
static const struct en_issue *only_error(const struct en_issues *issues)
{
    const struct en_issue *found = NULL;

    for (size_t i = 0; i < issues->count; i++) {
        found = issues->items[i].severity == EN_ISSUE_ERROR ? &issues->items[i] : found;
    }
    if (issues->error_count != 1) {
        print_issues(issues);
        return NULL;
    }
    return found;
}

struct pair {
    const char *key, *path; /* start of the text; place */
    const char *bad, *good;
};

static void check_pairs(const struct pair *pairs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct pair *p = &pairs[i];
        const struct en_issues bad = validate(p->bad);
        const struct en_issue *error = only_error(&bad);

        if (error == NULL || !en_text_starts(error->text, p->key) ||
            strcmp(error->path, p->path) != 0) {
            print_error("%s at %s, got %s at %s: %s\n", p->key, p->path,
                        error == NULL ? "" : error->text, error == NULL ? "" : error->path, p->bad);
            fail();
        }
        const struct en_issues good = validate(p->good);

        if (good.error_count != 0) {
            print_error("%s must be kept by %s\n", p->key, p->good);
            print_issues(&good);
            fail();
        }
    }
}

#define OBS(more)  "{'resourceType':'Observation','status':'final','code':{'text':'x'}" more "}"
#define PAT(more)  "{'resourceType':'Patient'" more "}"
#define COND(more) "{'resourceType':'Condition','subject':{'display':'x'}" more "}"
#define CONCEPT(system, code)                                                                      \
    "{'coding':[{'system':'http://terminology.hl7.org/CodeSystem/" system "','code':'" code "'}]}"
#define CLINICAL(code)   ",'clinicalStatus':" CONCEPT("condition-clinical", code)
#define VERIFIED(code)   ",'verificationStatus':" CONCEPT("condition-ver-status", code)
#define ALLERGY(more)    "{'resourceType':'AllergyIntolerance','patient':{'display':'x'}" more "}"
#define ALLERGY_CLINICAL ",'clinicalStatus':" CONCEPT("allergyintolerance-clinical", "active")
#define ALLERGY_ERROR                                                                              \
    ",'verificationStatus':" CONCEPT("allergyintolerance-verification", "entered-in-error")
#define PLAN(more)                                                                                 \
    "{'resourceType':'CarePlan','status':'active','intent':'plan','subject':{'display':'x'}" more  \
    "}"
#define RISK(more)                                                                                 \
    "{'resourceType':'RiskAssessment','status':'final','subject':{'display':'x'},'prediction':["   \
    "{" more "}]}"
#define UCUM ",'system':'http://unitsofmeasure.org'"

/* Clinical resources and the data types in them. */
static void test_clinical_rules(void **state)
{
    static const struct pair PAIRS[] = {
        {"obs-6", "Observation", OBS(",'valueString':'a','dataAbsentReason':{'text':'x'}"),
         OBS(",'dataAbsentReason':{'text':'x'}")},
        {"obs-3", "Observation.referenceRange[0]", OBS(",'referenceRange':[{'type':{'text':'x'}}]"),
         OBS(",'referenceRange':[{'text':'x'}]")},
        {"obs-7", "Observation",
         "{'resourceType':'Observation','status':'final','code':{'coding':[{'system':'urn:x',"
         "'code':'a'}]},'valueString':'v','component':[{'code':{'coding':[{'code':'a','system':"
         "'urn:x'}]},'valueString':'w'}]}",
         "{'resourceType':'Observation','status':'final','code':{'coding':[{'system':'urn:x',"
         "'code':'a'}]},'valueString':'v','component':[{'code':{'coding':[{'code':'b','system':"
         "'urn:x'}]},'valueString':'w'}]}"},
        {"con-4", "Condition", COND(CLINICAL("active") ",'abatementDateTime':'2020'"),
         COND(CLINICAL("resolved") ",'abatementDateTime':'2020'")},
        {"con-5", "Condition", COND(CLINICAL("active") VERIFIED("entered-in-error")),
         COND(CLINICAL("active") VERIFIED("confirmed"))},
        {"con-1", "Condition.stage[0]", COND(",'stage':[{'type':{'text':'x'}}]"),
         COND(",'stage':[{'summary':{'text':'x'}}]")},
        {"con-2", "Condition.evidence[0]",
         COND(",'evidence':[{'extension':[{'url':'urn:x','valueCode':'x'}]}]"),
         COND(",'evidence':[{'code':[{'text':'x'}]}]")},
        {"ait-1", "AllergyIntolerance", ALLERGY(""), ALLERGY(ALLERGY_CLINICAL)},
        {"ait-2", "AllergyIntolerance", ALLERGY(ALLERGY_CLINICAL ALLERGY_ERROR),
         ALLERGY(ALLERGY_ERROR)},
        {"pat-1", "Patient.contact[0]", PAT(",'contact':[{'gender':'male'}]"),
         PAT(",'contact':[{'gender':'male','name':{'text':'x'}}]")},
        {"cpt-2", "Patient.telecom[0]", PAT(",'telecom':[{'value':'1'}]"),
         PAT(",'telecom':[{'value':'1','system':'phone'}]")},
        {"cpl-3", "CarePlan.activity[0]",
         PLAN(",'activity':[{'reference':{'display':'x'},'detail':{'status':'scheduled'}}]"),
         PLAN(",'activity':[{'detail':{'status':'scheduled'}}]")},
        {"ctm-1", "CareTeam.participant[0]",
         "{'resourceType':'CareTeam','participant':[{'member':{'reference':'Organization/1'},"
         "'onBehalfOf':{'display':'x'}}]}",
         "{'resourceType':'CareTeam','participant':[{'member':{'reference':'Practitioner/1'},"
         "'onBehalfOf':{'display':'x'}}]}"},
        {"mad-1", "MedicationAdministration.dosage",
         "{'resourceType':'MedicationAdministration','status':'completed','subject':{'display':'x'"
         "},'medicationCodeableConcept':{'text':'x'},'effectiveDateTime':'2020','dosage':{'text':"
         "'x'}}",
         "{'resourceType':'MedicationAdministration','status':'completed','subject':{'display':'x'"
         "},'medicationCodeableConcept':{'text':'x'},'effectiveDateTime':'2020','dosage':{'dose':{"
         "'value':1}}}"},
        {"app-1", "Appointment.participant[0]",
         "{'resourceType':'Appointment','status':'proposed','participant':[{'status':'accepted'}]}",
         "{'resourceType':'Appointment','status':'proposed','participant':[{'status':'accepted',"
         "'actor':{'display':'x'}}]}"},
        {"app-3", "Appointment",
         "{'resourceType':'Appointment','status':'booked','participant':[{'status':'accepted',"
         "'actor':{'display':'x'}}]}",
         "{'resourceType':'Appointment','status':'booked','start':'2026-01-01T10:00:00Z','end':"
         "'2026-01-01T11:00:00Z','participant':[{'status':'accepted','actor':{'display':'x'}}]}"},
        {"app-4", "Appointment",
         "{'resourceType':'Appointment','status':'proposed','cancelationReason':{'text':'x'},"
         "'participant':[{'status':'accepted','actor':{'display':'x'}}]}",
         "{'resourceType':'Appointment','status':'noshow','cancelationReason':{'text':'x'},'start':"
         "'2026-01-01T10:00:00Z','end':'2026-01-01T11:00:00Z','participant':[{'status':'accepted',"
         "'actor':{'display':'x'}}]}"},
        {"gol-1", "Goal.target[0]",
         "{'resourceType':'Goal','lifecycleStatus':'active','description':{'text':'x'},'subject':{"
         "'display':'x'},'target':[{'detailInteger':1}]}",
         "{'resourceType':'Goal','lifecycleStatus':'active','description':{'text':'x'},'subject':{"
         "'display':'x'},'target':[{'detailInteger':1,'measure':{'text':'x'}}]}"},
        {"org-1", "Organization", "{'resourceType':'Organization','active':true}",
         "{'resourceType':'Organization','name':'x'}"},
        {"org-2", "Organization.address[0]",
         "{'resourceType':'Organization','name':'x','address':[{'use':'home'}]}",
         "{'resourceType':'Organization','name':'x','address':[{'use':'work'}]}"},
        {"ppc-1", "Consent",
         "{'resourceType':'Consent','status':'active','scope':{'text':'x'},'category':[{'text':'x'}"
         "]}",
         "{'resourceType':'Consent','status':'active','scope':{'text':'x'},'category':[{'text':'x'}"
         "],'policyRule':{'text':'x'}}"},
        {"inv-1", "Parameters.parameter[0]",
         "{'resourceType':'Parameters','parameter':[{'name':'a','valueCode':'x','part':[{'name':"
         "'b','valueCode':'y'}]}]}",
         "{'resourceType':'Parameters','parameter':[{'name':'a','part':[{'name':'b','valueCode':"
         "'y'}]}]}"},
        {"ras-2", "RiskAssessment.prediction[0]", RISK("'probabilityDecimal':100.5"),
         RISK("'probabilityDecimal':100.0")},
        {"ras-1", "RiskAssessment.prediction[0].probabilityRange",
         RISK("'probabilityRange':{'low':{'value':1}}"), RISK("'rationale':'x'")},
        {"ras-1", "RiskAssessment.prediction[0].probabilityRange",
         RISK("'probabilityRange':{'low':{'value':1,'code':'kg'" UCUM "}}"),
         RISK("'probabilityRange':{'low':{'value':1,'code':'%'" UCUM "}}")},
        {"rng-2", "RiskAssessment.prediction[0].probabilityRange",
         RISK("'probabilityRange':{'low':{'value':10.0,'code':'%'" UCUM
              "},'high':{'value':9.99,'code':'%'" UCUM "}}"),
         RISK("'probabilityRange':{'low':{'value':10.0,'code':'%'" UCUM
              "},'high':{'value':10,'code':'%'" UCUM "}}")},
        {"mdd-1", "MedicationDispense",
         "{'resourceType':'MedicationDispense','status':'completed','medicationCodeableConcept':{"
         "'text':'x'},'whenPrepared':'2026-01-02','whenHandedOver':'2026-01-01'}",
         "{'resourceType':'MedicationDispense','status':'completed','medicationCodeableConcept':{"
         "'text':'x'},'whenPrepared':'2026-01-02','whenHandedOver':'2026-01-02'}"},
    };

    (void)state;
    check_pairs(PAIRS, EN_COUNT(PAIRS));
}

#define TIMING(repeat)                                                                             \
    "{'resourceType':'ServiceRequest','status':'active','intent':'order','subject':{'display':"    \
    "'x'},'occurrenceTiming':{'repeat':{" repeat "}}}"
#define TIMING_PATH "ServiceRequest.occurrenceTiming.repeat"

static void test_data_type_rules(void **state)
{
    static const struct pair PAIRS[] = {
        {"per-1", "Observation.effectivePeriod",
         OBS(",'effectivePeriod':{'start':'2026-03-02','end':'2026-03-01'}"),
         OBS(",'effectivePeriod':{'start':'2026-03-02T10:00:00Z','end':'2026-03-02'}")},
        {"qty-3", "Observation.valueQuantity", OBS(",'valueQuantity':{'value':1,'code':'kg'}"),
         OBS(",'valueQuantity':{'value':1,'code':'kg'" UCUM "}")},
        {"sqty-1", "Observation.referenceRange[0].low",
         OBS(",'referenceRange':[{'low':{'value':1,'comparator':'<'}}]"),
         OBS(",'valueQuantity':{'value':1,'comparator':'<'}")},
        {"rat-1", "Observation.valueRatio", OBS(",'valueRatio':{'numerator':{'value':1}}"),
         OBS(",'valueRatio':{'numerator':{'value':1},'denominator':{'value':2}}")},
        {"rng-2", "Observation.valueRange",
         OBS(",'valueRange':{'low':{'value':2},'high':{'value':1}}"),
         OBS(",'valueRange':{'low':{'value':2,'unit':'m'},'high':{'value':1,'unit':'km'}}")},
        {"age-1", "Condition.onsetAge", COND(",'onsetAge':{'value':0,'code':'a'" UCUM "}"),
         COND(",'onsetAge':{'value':0.5,'code':'a'" UCUM "}")},
        {"att-1", "Patient.photo[0]", PAT(",'photo':[{'data':'QUJD'}]"),
         PAT(",'photo':[{'data':'QUJD','contentType':'image/png'}]")},
        {"the size", "Patient.photo[0]",
         PAT(",'photo':[{'data':'QUI=','contentType':'image/png','size':3}]"),
         PAT(",'photo':[{'data':'QUI=','contentType':'image/png','size':2}]")},
        {"tim-1", TIMING_PATH, TIMING("'duration':1"), TIMING("'duration':1,'durationUnit':'h'")},
        {"tim-2", TIMING_PATH, TIMING("'period':1"), TIMING("'period':1,'periodUnit':'d'")},
        {"tim-4", TIMING_PATH, TIMING("'duration':-1,'durationUnit':'h'"),
         TIMING("'duration':0,'durationUnit':'h'")},
        {"tim-5", TIMING_PATH, TIMING("'period':-0.5,'periodUnit':'d'"),
         TIMING("'period':0,'periodUnit':'d'")},
        {"tim-6", TIMING_PATH, TIMING("'periodMax':2"),
         TIMING("'periodMax':2,'period':1,'periodUnit':'d'")},
        {"tim-7", TIMING_PATH, TIMING("'durationMax':2"),
         TIMING("'durationMax':2,'duration':1,'durationUnit':'d'")},
        {"tim-8", TIMING_PATH, TIMING("'countMax':2"), TIMING("'countMax':2,'count':1")},
        {"tim-9", TIMING_PATH, TIMING("'offset':10,'when':['CM']"),
         TIMING("'offset':10,'when':['AC','PC']")},
        {"tim-10", TIMING_PATH, TIMING("'timeOfDay':['10:00:00'],'when':['AC']"),
         TIMING("'timeOfDay':['10:00:00']")},
        {"ele-1", "Patient.name[0]", PAT(",'name':[{'id':'a'}]"),
         PAT(",'name':[{'id':'a','text':'x'}]")},
        {"ext-1", "Patient.extension[0]",
         PAT(",'extension':[{'url':'urn:x','valueCode':'a','extension':[{'url':'y','valueCode':'b'"
             "}]}]"),
         PAT(",'extension':[{'url':'urn:x','extension':[{'url':'y','valueCode':'b'}]}]")},
    };

    (void)state;
    check_pairs(PAIRS, EN_COUNT(PAIRS));
}

#define QUESTION(item)                                                                             \
    "{'resourceType':'Questionnaire','status':'draft','item':[{'linkId':'1'," item "}]}"
#define ITEM "Questionnaire.item[0]"
#define WHEN "{'question':'2','operator':'exists','answerBoolean':true}"

static void test_questionnaire_rules(void **state)
{
    static const struct pair PAIRS[] = {
        {"que-1", ITEM, QUESTION("'type':'group'"),
         QUESTION("'type':'group','item':[{'linkId':'2','type':'display'}]")},
        {"que-1", ITEM, QUESTION("'type':'display','item':[{'linkId':'2','type':'display'}]"),
         QUESTION("'type':'display'")},
        {"que-2", "Questionnaire",
         QUESTION("'type':'group','item':[{'linkId':'1','type':'display'}]"),
         QUESTION("'type':'group','item':[{'linkId':'1.1','type':'display'}]")},
        {"que-3", ITEM, QUESTION("'type':'display','code':[{'code':'x'}]"),
         QUESTION("'type':'string','code':[{'code':'x'}]")},
        {"que-4", ITEM,
         QUESTION("'type':'choice','answerOption':[{'valueString':'a'}],'answerValueSet':'urn:x'"),
         QUESTION("'type':'choice','answerOption':[{'valueString':'a'}]")},
        {"que-5", ITEM, QUESTION("'type':'boolean','answerOption':[{'valueString':'a'}]"),
         QUESTION("'type':'open-choice','answerOption':[{'valueString':'a'}]")},
        {"que-6", ITEM, QUESTION("'type':'display','required':true"),
         QUESTION("'type':'string','required':true")},
        {"que-7", ITEM ".enableWhen[0]",
         QUESTION("'type':'string','enableWhen':[{'question':'2','operator':'exists',"
                  "'answerString':'x'}]"),
         QUESTION("'type':'string','enableWhen':[" WHEN "]")},
        {"que-8", ITEM, QUESTION("'type':'display','initial':[{'valueString':'a'}]"),
         QUESTION("'type':'string','initial':[{'valueString':'a'}]")},
        {"que-9", ITEM, QUESTION("'type':'display','readOnly':true"),
         QUESTION("'type':'string','readOnly':true")},
        {"que-10", ITEM, QUESTION("'type':'date','maxLength':3"),
         QUESTION("'type':'text','maxLength':3")},
        {"que-11", ITEM,
         QUESTION("'type':'choice','answerOption':[{'valueString':'a'}],'initial':[{'valueString':"
                  "'a'}]"),
         QUESTION("'type':'choice','answerOption':[{'valueString':'a','initialSelected':true}]")},
        {"que-12", ITEM, QUESTION("'type':'string','enableWhen':[" WHEN "," WHEN "]"),
         QUESTION("'type':'string','enableBehavior':'all','enableWhen':[" WHEN "," WHEN "]")},
        {"que-13", ITEM,
         QUESTION("'type':'string','initial':[{'valueString':'a'},{'valueString':'b'}]"),
         QUESTION("'type':'string','repeats':true,'initial':[{'valueString':'a'},{'valueString':"
                  "'b'}]")},
        {"qrs-1", "QuestionnaireResponse.item[0]",
         "{'resourceType':'QuestionnaireResponse','status':'completed','item':[{'linkId':'1',"
         "'answer':[{'valueString':'a'}],'item':[{'linkId':'2'}]}]}",
         "{'resourceType':'QuestionnaireResponse','status':'completed','item':[{'linkId':'1',"
         "'answer':[{'valueString':'a','item':[{'linkId':'2'}]}]}]}"},
    };

    (void)state;
    check_pairs(PAIRS, EN_COUNT(PAIRS));
}

#define BUNDLE(type, more) "{'resourceType':'Bundle','type':'" type "'" more "}"
#define ENTRY(url, more)   "{'fullUrl':'" url "'" more "}"
#define SOMEONE            ",'resource':{'resourceType':'Patient','id':'a'}"
#define COMPOSITION(more)                                                                          \
    ",'resource':{'resourceType':'Composition','id':'c','status':'final','type':{'text':'x'},"     \
    "'date':'2026','author':[{'display':'x'}],'title':'x'" more "}"
#define DOCUMENT ",'identifier':{'system':'urn:x','value':'1'},'timestamp':'2026-01-01T10:00:00Z'"

static void test_bundle_rules(void **state)
{
    static const struct pair PAIRS[] = {
        {"bdl-1", "Bundle", BUNDLE("collection", ",'total':1"), BUNDLE("searchset", ",'total':1")},
        {"bdl-2", "Bundle",
         BUNDLE("collection",
                ",'entry':[" ENTRY("http://x/Patient/a", SOMEONE ",'search':{'mode':'match'}") "]"),
         BUNDLE("searchset", ",'entry':[" ENTRY("http://x/Patient/a",
                                                SOMEONE ",'search':{'mode':'match'}") "]")},
        {"bdl-3", "Bundle", BUNDLE("batch", ",'entry':[" ENTRY("urn:x:1", SOMEONE) "]"),
         BUNDLE("batch", ",'entry':[" ENTRY("urn:x:1", SOMEONE
                                            ",'request':{'method':'POST','url':'Patient'}") "]")},
        {"bdl-4", "Bundle",
         BUNDLE("collection",
                ",'entry':[" ENTRY("urn:x:1", SOMEONE ",'response':{'status':'200'}") "]"),
         BUNDLE("batch-response",
                ",'entry':[" ENTRY("urn:x:1", SOMEONE ",'response':{'status':'200'}") "]")},
        {"bdl-5", "Bundle.entry[0]", BUNDLE("collection", ",'entry':[" ENTRY("urn:x:1", "") "]"),
         BUNDLE("collection", ",'entry':[" ENTRY("urn:x:1", SOMEONE) "]")},
        {"bdl-7", "Bundle",
         BUNDLE("collection",
                ",'entry':[" ENTRY("urn:x:1", SOMEONE) "," ENTRY("urn:x:1", SOMEONE) "]"),
         BUNDLE("collection",
                ",'entry':[" ENTRY("urn:x:1", SOMEONE) "," ENTRY("urn:x:2", SOMEONE) "]")},
        {"bdl-8", "Bundle.entry[0]",
         BUNDLE("collection", ",'entry':[" ENTRY("http://x/Patient/1/_history/a", SOMEONE) "]"),
         BUNDLE("collection", ",'entry':[" ENTRY("http://x/Patient/a", SOMEONE) "]")},
        {"bdl-9", "Bundle",
         BUNDLE("document", ",'timestamp':'2026-01-01T10:00:00Z','entry':[" ENTRY(
                                "urn:x:1", COMPOSITION("")) "]"),
         BUNDLE("document", DOCUMENT ",'entry':[" ENTRY("urn:x:1", COMPOSITION("")) "]")},
        {"bdl-10", "Bundle",
         BUNDLE("document", ",'identifier':{'system':'urn:x','value':'1'},'entry':[" ENTRY(
                                "urn:x:1", COMPOSITION("")) "]"),
         BUNDLE("document", DOCUMENT ",'entry':[" ENTRY("urn:x:1", COMPOSITION("")) "]")},
        {"bdl-11", "Bundle",
         BUNDLE("document", DOCUMENT ",'entry':[" ENTRY("urn:x:1", SOMEONE) "]"),
         BUNDLE("document", DOCUMENT ",'entry':[" ENTRY("urn:x:1", COMPOSITION("")) "]")},
        {"bdl-12", "Bundle", BUNDLE("message", ",'entry':[" ENTRY("urn:x:1", SOMEONE) "]"),
         BUNDLE("message",
                ",'entry':[" ENTRY("urn:x:1",
                                   ",'resource':{'resourceType':'MessageHeader',"
                                   "'eventUri':'urn:x','source':{'endpoint':'urn:x'}}") "]")},
        {"the Bundle has no entry", "Bundle.entry[0].resource.subject.reference",
         BUNDLE("document",
                DOCUMENT ",'entry':[" ENTRY(
                    "http://x/Composition/c",
                    COMPOSITION(
                        ",'subject':{'reference':'Patient/b'}")) "," ENTRY("http://x/Patient/a",
                                                                           SOMEONE) "]"),
         BUNDLE("document",
                DOCUMENT ",'entry':[" ENTRY(
                    "http://x/Composition/c",
                    COMPOSITION(
                        ",'subject':{'reference':'Patient/a'}")) "," ENTRY("http://x/Patient/a",
                                                                           SOMEONE) "]")},
        {"points to a type", "Bundle.entry[1].resource.subject.reference",
         BUNDLE(
             "collection",
             ",'entry':[" ENTRY("urn:x:1", ",'resource':{'resourceType':'Medication'}") "," ENTRY(
                 "urn:x:2", ",'resource':" OBS(",'subject':{'reference':'urn:x:1'}")) "]"),
         BUNDLE("collection",
                ",'entry':[" ENTRY("urn:x:1", SOMEONE) "," ENTRY(
                    "urn:x:2", ",'resource':" OBS(",'subject':{'reference':'urn:x:1'}")) "]")},
        {"must be an absolute", "Bundle.entry[0].fullUrl",
         BUNDLE("collection", ",'entry':[" ENTRY("Patient/a", SOMEONE) "]"),
         BUNDLE("collection", ",'entry':[" ENTRY("urn:x:1", SOMEONE) "]")},
        {"must end with the id", "Bundle.entry[0].fullUrl",
         BUNDLE("collection", ",'entry':[" ENTRY("http://x/Patient/b", SOMEONE) "]"),
         BUNDLE("collection", ",'entry':[" ENTRY("http://x/Patient/a", SOMEONE) "]")},
        {"a relation stands", "Bundle.link[1]",
         BUNDLE("searchset",
                ",'link':[{'relation':'self','url':'a'},{'relation':'self','url':'b'}]"),
         BUNDLE("searchset",
                ",'link':[{'relation':'self','url':'a'},{'relation':'next','url':'b'}]")},
        {"needs an id", "Bundle.entry[0].resource",
         BUNDLE("searchset", ",'entry':[{'resource':{'resourceType':'Patient','active':true}}]"),
         BUNDLE("searchset", ",'entry':[{'resource':{'resourceType':'Patient','id':'a'}}]")},
        {"is no match", "Bundle.entry[0].resource",
         BUNDLE("searchset", ",'link':[{'relation':'self','url':'http://x/Observation?a=b'}],"
                             "'entry':[{'search':{'mode':'match'}" SOMEONE "}]"),
         BUNDLE("searchset", ",'link':[{'relation':'self','url':'http://x/Observation?a=b'}],"
                             "'entry':[{'search':{'mode':'include'}" SOMEONE "}]")},
        {"a request with POST", "Bundle.entry[0]",
         BUNDLE("batch", ",'entry':[{'request':{'method':'POST','url':'Patient'}}]"),
         BUNDLE("batch", ",'entry':[{'request':{'method':'GET','url':'Patient'}}]")},
        {"a request with GET", "Bundle.entry[0]",
         BUNDLE("batch", ",'entry':[{'request':{'method':'DELETE','url':'Patient/a'}" SOMEONE "}]"),
         BUNDLE("batch", ",'entry':[{'request':{'method':'PUT','url':'Patient/a'}" SOMEONE "}]")},
    };

    (void)state;
    check_pairs(PAIRS, EN_COUNT(PAIRS));
}

#define INSIDE(more)                                                                               \
    "{'resourceType':'Patient','contained':[{'resourceType':'Organization','id':'o','name':'"      \
    "x'" more "}],'managingOrganization':{'reference':'#o'}}"

/* Contained resources, ids, addresses, codes and extensions. */
static void test_reference_and_place_rules(void **state)
{
    static const struct pair PAIRS[] = {
        {"dom-2", "Patient.contained[0]",
         INSIDE(",'contained':[{'resourceType':'Patient','id':'q'}]"), INSIDE("")},
        {"dom-3", "Patient.contained[0]",
         "{'resourceType':'Patient','contained':[{'resourceType':'Organization','id':'o','name':"
         "'x'}]}",
         "{'resourceType':'Patient','contained':[{'resourceType':'Provenance','target':[{"
         "'reference':'#'}],'recorded':'2026-01-01T10:00:00Z','agent':[{'who':{'display':'x'}}]}]"
         "}"},
        {"dom-4", "Patient", INSIDE(",'meta':{'versionId':'1'}"),
         INSIDE(",'meta':{'source':'urn:x'}")},
        {"dom-5", "Patient", INSIDE(",'meta':{'security':[{'system':'urn:x','code':'a'}]}"),
         INSIDE(",'meta':{'tag':[{'system':'urn:x','code':'a'}]}")},
        {"the same id", "Patient.name[1]",
         PAT(",'name':[{'id':'a','text':'x'},{'id':'a','text':'y'}]"),
         PAT(",'name':[{'id':'a','text':'x'},{'id':'b','text':'y'}]")},
        {"points to another type", "Observation.subject.reference",
         OBS(",'subject':{'reference':'Patient/1','type':'Group'}"),
         OBS(",'subject':{'reference':'Patient/1','type':'Patient'}")},
        {"points to a type", "Observation.subject.type",
         OBS(",'subject':{'display':'x','type':'Medication'}"),
         OBS(",'subject':{'display':'x','type':'Group'}")},
        {"points to a type", "Observation.subject.reference",
         OBS(",'subject':{'reference':'https://x/fhir/Medication/1/_history/2'}"),
         OBS(",'subject':{'reference':'https://x/fhir/Patient/1/_history/2'}")},
        {"names a UUID", "Observation.code.coding[0].system",
         "{'resourceType':'Observation','status':'final','code':{'coding':[{'system':"
         "'urn:uuid:6a2ee390-978e-42c6-8f88-c17dff3bd8a'}]}}",
         "{'resourceType':'Observation','status':'final','code':{'coding':[{'system':"
         "'urn:uuid:6A2EE390-978e-42c6-8f88-c17dff3bd8ab'}]}}"},
        {"the system of a coding", "Observation.code.coding[0]",
         "{'resourceType':'Observation','status':'final','code':{'coding':[{'system':'loinc'}]}}",
         "{'resourceType':'Observation','status':'final','code':{'coding':[{'system':'urn:loinc'"
         "}]}}"},
        {"the system of an identifier", "Patient.identifier[0]",
         PAT(",'identifier':[{'system':'mrn','value':'1'}]"),
         PAT(",'identifier':[{'system':'urn:mrn','value':'1'}]")},
        {"names a value set", "Observation.code.coding[0]",
         "{'resourceType':'Observation','status':'final','code':{'coding':[{'system':"
         "'http://hl7.org/fhir/ValueSet/x'}]}}",
         "{'resourceType':'Observation','status':'final','code':{'coding':[{'system':"
         "'http://hl7.org/fhir/x'}]}}"},
        {"has a code that is none", "Observation.code.coding[0]",
         "{'resourceType':'Observation','status':'final','code':{'coding':[{'system':"
         "'http://hl7.org/fhir/administrative-gender','code':'men'}]}}",
         "{'resourceType':'Observation','status':'final','code':{'coding':[{'system':"
         "'http://hl7.org/fhir/administrative-gender','code':'male'}]}}"},
        {"must be an absolute", "ValueSet.url",
         "{'resourceType':'ValueSet','status':'draft','url':'ValueSet/x'}",
         "{'resourceType':'ValueSet','status':'draft','url':'http://x/ValueSet/x'}"},
        {"there is no contained", "QuestionnaireResponse.questionnaire",
         "{'resourceType':'QuestionnaireResponse','status':'completed','questionnaire':'#q'}",
         "{'resourceType':'QuestionnaireResponse','status':'completed','questionnaire':'#q',"
         "'contained':[{'resourceType':'Questionnaire','id':'q','status':'draft'}]}"},
        {"must be a media type", "Patient.photo[0].contentType",
         PAT(",'photo':[{'contentType':'png'}]"),
         PAT(",'photo':[{'contentType':'text/plain; charset=utf-8'}]")},
        {"must be a language", "Patient.language", PAT(",'language':'en_US'"),
         PAT(",'language':'en-US'")},
        {"must be a currency", "Invoice.totalNet.currency",
         "{'resourceType':'Invoice','status':'draft','totalNet':{'value':1,'currency':'Euro'}}",
         "{'resourceType':'Invoice','status':'draft','totalNet':{'value':1,'currency':'EUR'}}"},
        {"this extension is not defined for this place", "Patient.name[0].extension[0]",
         PAT(",'name':[{'extension':[{'url':'http://hl7.org/fhir/StructureDefinition/"
             "patient-birthPlace','valueAddress':{'text':'x'}}]}]"),
         PAT(",'extension':[{'url':'http://hl7.org/fhir/StructureDefinition/patient-birthPlace',"
             "'valueAddress':{'text':'x'}}]")},
        {"this extension has Address", "Patient.extension[0]",
         PAT(",'extension':[{'url':'http://hl7.org/fhir/StructureDefinition/patient-birthPlace',"
             "'valueString':'x'}]"),
         PAT(",'_birthDate':{'extension':[{'url':"
             "'http://hl7.org/fhir/StructureDefinition/patient-birthTime','valueDateTime':'2020'}]"
             "}")},
        {"this extension belongs", "Patient.modifierExtension[0]",
         PAT(",'modifierExtension':[{'url':'http://hl7.org/fhir/StructureDefinition/"
             "patient-birthPlace','valueAddress':{'text':'x'}}]"),
         PAT(",'modifierExtension':[{'url':'urn:x','valueCode':'x'}]")},
        {"the url of an extension must be absolute", "Patient.extension[0]",
         PAT(",'extension':[{'url':'x','valueCode':'x'}]"),
         PAT(",'extension':[{'url':'urn:x','extension':[{'url':'x','valueCode':'x'}]}]")},
        {"the url of an extension has no version", "Patient.extension[0]",
         PAT(",'extension':[{'url':'http://x|1','valueCode':'x'}]"),
         PAT(",'extension':[{'url':'http://x','valueCode':'x'}]")},
    };

    (void)state;
    check_pairs(PAIRS, EN_COUNT(PAIRS));
}

/* What R4 only recommends is a warning, told once for the resource at the root. */
static void test_recommendations_are_warnings(void **state)
{
    static const struct {
        const char *text, *part;
        size_t count;
    } CASES[] = {
        {PAT(",'active':true"), "dom-6", 1},
        {PAT(",'text':{'status':'generated','div':'<div>x</div>'}"), "", 0},
        {BUNDLE("collection", ",'entry':[" ENTRY("urn:x:1", SOMEONE) "]"), "", 0},
        {PAT(",'text':{'status':'generated','div':'<div>x</div>'},'extension':[{'url':"
             "'http://hl7.org/fhir/StructureDefinition/unheard','valueCode':'x'}]"),
         "R4", 1},
        {PAT(",'text':{'status':'generated','div':'<div>x</div>'},'maritalStatus':" CONCEPT(
             "v3-MaritalStatus", "QQ")),
         "did not have", 1},
    };

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        const struct en_issues issues = validate(CASES[i].text);

        if (issues.error_count != 0 || issues.count != CASES[i].count) {
            print_error("%s\n", CASES[i].text);
            print_issues(&issues);
            fail();
        }
        for (size_t j = 0; j < issues.count; j++) {
            CHECK(issues.items[j].severity == EN_ISSUE_WARNING);
            CHECK_CONTAINS(issues.items[j].text, CASES[i].part);
        }
    }
}

/* A Bundle of many resources with a warning each must still name the error in the last one. */
static void test_warnings_leave_room_for_errors(void **state)
{
    struct en_buf b = EN_BUF(1 << 20);

    (void)state;
    en_buf_add(&b, "{'resourceType':'Bundle','type':'collection','entry':[");
    for (int i = 0; i < 2 * EN_ISSUES_MAX; i++) {
        en_buf_print(&b,
                     "{'fullUrl':'urn:x:%d','resource':{'resourceType':'Patient','extension':[{"
                     "'url':'http://hl7.org/fhir/StructureDefinition/unheard','valueCode':'x'}]}},",
                     i);
    }
    en_buf_add(&b, "{'fullUrl':'urn:x:z','resource':{'resourceType':'Patient','gender':'x'}}]}");
    const struct en_issues issues = validate(en_buf_text(&b));

    CHECK(issues.error_count == 1 && issues.was_cut);
    CHECK(issues.count == EN_ISSUES_MAX / 2 + 1);
    CHECK(issues.items[issues.count - 1].severity == EN_ISSUE_ERROR);
    en_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clinical_rules),
        cmocka_unit_test(test_data_type_rules),
        cmocka_unit_test(test_questionnaire_rules),
        cmocka_unit_test(test_bundle_rules),
        cmocka_unit_test(test_reference_and_place_rules),
        cmocka_unit_test(test_recommendations_are_warnings),
        cmocka_unit_test(test_warnings_leave_room_for_errors),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
