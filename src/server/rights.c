/* SPDX-License-Identifier: Apache-2.0 */
#include "server/rights.h"

#include "base/text.h"
#include "fhir/deidentify.h"

#include <assert.h>
#include <string.h>

/* Columns of both tables, in the order of enum en_role behind EN_ROLE_NONE. */
enum { COLUMNS = EN_ROLES };

static const char *const ROLE_NAMES[EN_ROLES] = {
    "none",       "owner",   "physician", "assistant", "reception",
    "researcher", "auditor", "service",   "patient",
};

/* What a role may ask of routes: '+' yes, '-' no, 's' what the scopes of the service say. In the
 * order of the roles: none, owner, physician, assistant, reception, researcher, auditor, service,
 * patient. */
static const struct {
    const char *name, *may, *help;
} RIGHTS[EN_RIGHTS] = {
    [EN_RIGHT_PUBLIC] = {"public", "+++++++++", "what needs no login"},
    [EN_RIGHT_LOGIN] = {"login", "-++++++++", "the own session"},
    [EN_RIGHT_FHIR] = {"fhir", "-++++++++", "resources, as the next table says"},
    [EN_RIGHT_DECIDE] = {"decide", "-+++---s-", "assess, mix, plan, forecast, review, triage"},
    [EN_RIGHT_RECORD] = {"record", "-+++-----", "checklist and session; signing: physicians only"},
    [EN_RIGHT_TRIAL] = {"trial", "-++--+-s-", "virtual trials"},
    [EN_RIGHT_EXPORT] = {"export", "-+---+-s-", "bulk data; researcher: de-identified"},
    [EN_RIGHT_AUDIT] = {"audit", "-+----+s-", "the audit trail"},
    [EN_RIGHT_USERS] = {"users", "-+-------", "accounts, services, their scopes"},
    [EN_RIGHT_METRICS] = {"metrics", "-+-----s-", "figures of the server (scope `metrics`)"},
    [EN_RIGHT_CDS] = {"cds", "+++++++++", "CDS Hooks; the call carries a signed token of its own"},
    [EN_RIGHT_DIARY] = {"diary", "-+++----+", "a patient's diary"},
    [EN_RIGHT_LINKS] = {"links", "-++++----", "make one-time links for patients"},
    [EN_RIGHT_CLINIC] = {"clinic", "-++++----", "the clinic's day; reception: nothing clinical"},
    [EN_RIGHT_KNOWLEDGE] = {"knowledge", "-++++++--", "the clinical tables, the clinic's switches"},
    [EN_RIGHT_OUTCOMES] = {"outcomes", "-++--+---", "own results; courses without names"},
    [EN_RIGHT_APPROVE] = {"approve", "-++------", "approve rows; only with a valid licence"},
    [EN_RIGHT_KEEP] = {"keep", "-+-------", "set switches of the clinic, take backups"},
};

static const char *const INTERACTION_NAMES[EN_INTERACTIONS] = {
    [EN_DO_READ] = "read",     [EN_DO_HISTORY] = "history", [EN_DO_SEARCH] = "search",
    [EN_DO_CREATE] = "create", [EN_DO_UPDATE] = "update",   [EN_DO_DELETE] = "delete",
};

/* create, read, update, delete, search as in SMART; h history. */
static const char LETTERS[EN_INTERACTIONS] = {
    [EN_DO_READ] = 'r',   [EN_DO_HISTORY] = 'h', [EN_DO_SEARCH] = 's',
    [EN_DO_CREATE] = 'c', [EN_DO_UPDATE] = 'u',  [EN_DO_DELETE] = 'd',
};

enum group {
    NOTHING,
    PERSONAL,
    RELATED,
    VISIT,
    TEAM,
    PLACE,
    STOCK,
    SESSION,
    REPORTED,
    DIARY,
    FORM,
    CLINICAL,
    PAPER,
    PAYMENT,
    KNOWLEDGE,
    STUDY,
    ORIGIN,
    TRAIL,
    GROUPS
};

#define ALL "crudsh"

/* What a role may do with the resources of a group, in the order of the roles. A service may do no
 * more than its column, and of that what its scopes say. */
static const struct {
    const char *title, *may[COLUMNS];
} GROUP_ROWS[GROUPS] = {
    /*            none  owner  physician assistant reception researcher auditor service patient */
    [NOTHING] = {"not stored", {"", "", "", "", "", "", "", "", ""}},
    [PERSONAL] = {"who the patient is", {"", ALL, "crush", "crush", "crus", "rs", "", ALL, "r"}},
    [RELATED] = {"whom to call", {"", ALL, "crush", "crush", "crus", "", "", ALL, "r"}},
    [VISIT] = {"appointments", {"", ALL, "crush", "crush", "crus", "", "", ALL, "rs"}},
    [TEAM] = {"staff and privileges", {"", ALL, "rsh", "rs", "rs", "", "", ALL, ""}},
    [PLACE] = {"places and organisations", {"", ALL, "crush", "rs", "rs", "", "", ALL, ""}},
    [STOCK] = {"stock", {"", ALL, ALL, "crush", "", "rs", "", ALL, ""}},
    [SESSION] = {"sessions, vitals", {"", ALL, ALL, "crush", "", "rs", "", ALL, ""}},
    [REPORTED] = {"harm and messages", {"", ALL, ALL, "crsh", "", "rs", "", ALL, ""}},
    [DIARY] = {"diary, scores", {"", ALL, ALL, "crush", "", "rs", "", ALL, "crs"}},
    [FORM] = {"questionnaires", {"", ALL, ALL, "rs", "rs", "rs", "", ALL, "rs"}},
    [CLINICAL] = {"findings, plans, orders", {"", ALL, ALL, "rsh", "", "rs", "", ALL, ""}},
    [PAPER] = {"papers, images, consent", {"", ALL, ALL, "rsh", "", "", "", ALL, ""}},
    [PAYMENT] = {"payers", {"", ALL, "rs", "crush", "crus", "", "", ALL, ""}},
    [KNOWLEDGE] = {"definitions", {"", ALL, ALL, "rs", "", "", "", ALL, ""}},
    [STUDY] = {"research", {"", ALL, ALL, "rs", "", "rs", "", ALL, ""}},
    [ORIGIN] = {"who made it", {"", "crsh", "crsh", "rs", "", "", "rs", "crsh", ""}},
    [TRAIL] = {"who did and saw what", {"", "rs", "", "", "", "", "rs", "rs", ""}},
};

/* Every resource of R4 (a test compares with the definitions); what does not stand here may nobody
 * do anything with. A Provenance is never changed nor deleted, an AuditEvent only written by the
 * server itself. */
static const struct {
    const char *types;
    enum group group;
} TYPES[] = {
    {"Patient", PERSONAL},
    {"RelatedPerson; Person", RELATED},
    {"Appointment; AppointmentResponse; Schedule; Slot", VISIT},
    {"Practitioner; PractitionerRole; CareTeam", TEAM},
    {"Organization; OrganizationAffiliation; Location; HealthcareService; Endpoint", PLACE},
    {"Medication; Substance; SupplyDelivery; SupplyRequest; Device; DeviceMetric; "
     "BiologicallyDerivedProduct",
     STOCK},
    {"Encounter; Procedure; MedicationAdministration; Specimen; Task; EpisodeOfCare", SESSION},
    {"AdverseEvent; Communication; Flag", REPORTED},
    {"Observation; QuestionnaireResponse", DIARY},
    {"Questionnaire", FORM},
    {"AllergyIntolerance; BodyStructure; CarePlan; ClinicalImpression; CommunicationRequest; "
     "Condition; DetectedIssue; DeviceRequest; DeviceUseStatement; FamilyMemberHistory; Goal; "
     "GuidanceResponse; Immunization; ImmunizationEvaluation; ImmunizationRecommendation; "
     "MedicationDispense; MedicationRequest; MedicationStatement; MolecularSequence; "
     "NutritionOrder; RequestGroup; RiskAssessment; ServiceRequest; VisionPrescription",
     CLINICAL},
    {"Basic; Binary; Composition; Consent; DiagnosticReport; DocumentManifest; DocumentReference; "
     "Group; ImagingStudy; Linkage; List; MeasureReport; Media; Subscription; VerificationResult",
     PAPER},
    {"Account; ChargeItem; ChargeItemDefinition; Claim; ClaimResponse; Contract; Coverage; "
     "CoverageEligibilityRequest; CoverageEligibilityResponse; EnrollmentRequest; "
     "EnrollmentResponse; ExplanationOfBenefit; InsurancePlan; Invoice; PaymentNotice; "
     "PaymentReconciliation",
     PAYMENT},
    {"ActivityDefinition; CapabilityStatement; CatalogEntry; CodeSystem; CompartmentDefinition; "
     "ConceptMap; DeviceDefinition; EffectEvidenceSynthesis; EventDefinition; Evidence; "
     "EvidenceVariable; ExampleScenario; GraphDefinition; ImplementationGuide; Library; Measure; "
     "MedicationKnowledge; MedicinalProduct; MedicinalProductAuthorization; "
     "MedicinalProductContraindication; MedicinalProductIndication; MedicinalProductIngredient; "
     "MedicinalProductInteraction; MedicinalProductManufactured; MedicinalProductPackaged; "
     "MedicinalProductPharmaceutical; MedicinalProductUndesirableEffect; MessageDefinition; "
     "NamingSystem; ObservationDefinition; OperationDefinition; PlanDefinition; "
     "RiskEvidenceSynthesis; SearchParameter; SpecimenDefinition; StructureDefinition; "
     "StructureMap; SubstanceNucleicAcid; SubstancePolymer; SubstanceProtein; "
     "SubstanceReferenceInformation; SubstanceSourceMaterial; SubstanceSpecification; "
     "TerminologyCapabilities; TestReport; TestScript; ValueSet",
     KNOWLEDGE},
    {"ResearchDefinition; ResearchElementDefinition; ResearchStudy; ResearchSubject", STUDY},
    {"Provenance", ORIGIN},
    {"AuditEvent", TRAIL},
    {"Bundle; MessageHeader; OperationOutcome; Parameters", NOTHING},
};

const char *en_role_name(enum en_role role)
{
    assert((size_t)role < EN_ROLES);
    return ROLE_NAMES[role];
}

bool en_role_of(const char *name, enum en_role *out)
{
    for (int i = EN_ROLE_OWNER; i < EN_ROLES; i++) {
        if (en_text_equal(name, ROLE_NAMES[i])) {
            *out = (enum en_role)i;
            return true;
        }
    }
    return false;
}

const char *en_right_name(enum en_right right)
{
    assert((size_t)right < EN_RIGHTS);
    return RIGHTS[right].name;
}

const char *en_interaction_name(enum en_interaction interaction)
{
    assert((size_t)interaction < EN_INTERACTIONS);
    return INTERACTION_NAMES[interaction];
}

static enum group group_of(const char *type)
{
    for (size_t i = 0; type != NULL && i < EN_COUNT(TYPES); i++) {
        if (en_list_has(TYPES[i].types, type)) {
            return TYPES[i].group;
        }
    }
    return NOTHING;
}

/* One scope, taken apart: "system/Observation.rs". Letters are those of LETTERS. */
struct scope {
    const char *type; /* "*" any */
    size_t type_size;
    char letters[8];
};

/* v1 words and what they are in v2. */
static const struct {
    const char *word, *letters;
} WORDS[] = {{"read", "rs"}, {"write", "cud"}, {"*", "cruds"}};

/* The part behind the dot: letters of "cruds" in this order, at least one; or a word of v1. */
static bool scope_letters(const char *text, size_t size, char out[8])
{
    static const char ORDER[] = "cruds";
    size_t at = 0, count = 0;

    for (size_t i = 0; i < EN_COUNT(WORDS); i++) {
        if (strlen(WORDS[i].word) == size && strncmp(WORDS[i].word, text, size) == 0) {
            memcpy(out, WORDS[i].letters, strlen(WORDS[i].letters) + 1);
            return true;
        }
    }
    for (size_t i = 0; i < size; i++) {
        while (ORDER[at] != '\0' && ORDER[at] != text[i]) {
            at++;
        }
        if (ORDER[at] == '\0') {
            return false;
        }
        out[count++] = ORDER[at++];
    }
    out[count] = '\0';
    return count > 0;
}

static bool scope_read(const char *text, size_t size, struct scope *out)
{
    static const char START[] = "system/";
    const size_t start = sizeof START - 1;
    const char *dot = size <= start ? NULL : memchr(text, '.', size);
    char type[EN_SCOPE_MAX];

    if (size >= EN_SCOPE_MAX || dot == NULL || strncmp(text, START, start) != 0) {
        return false;
    }
    out->type = text + start;
    if (dot <= out->type) {
        return false;
    }
    out->type_size = (size_t)(dot - out->type);
    memcpy(type, out->type, out->type_size);
    type[out->type_size] = '\0';
    return (en_text_equal(type, "*") || group_of(type) != NOTHING) &&
           scope_letters(dot + 1, size - start - out->type_size - 1, out->letters);
}

/* Next word of a list of scopes; NULL when there is none. */
static const char *scope_next(const char *at, const char **word, size_t *size)
{
    at += strspn(at, " ");
    *word = at;
    *size = strcspn(at, " ");
    return *size == 0 ? NULL : at + *size;
}

static bool is_metrics(const char *word, size_t size)
{
    return size == strlen("metrics") && strncmp(word, "metrics", size) == 0;
}

static bool scopes_have_metrics(const char *scopes)
{
    const char *at = scopes == NULL ? "" : scopes, *word = NULL;
    size_t size = 0;
    bool has = false;

    while ((at = scope_next(at, &word, &size)) != NULL) {
        has |= is_metrics(word, size);
    }
    return has;
}

/* Whether one of the scopes grants the letter on the type; type "*": on all types at once. */
static bool scopes_grant(const char *scopes, char letter, const char *type)
{
    const char *at = scopes == NULL ? "" : scopes, *word = NULL;
    struct scope s;
    size_t size = 0;

    while ((at = scope_next(at, &word, &size)) != NULL) {
        if (!scope_read(word, size, &s) || strchr(s.letters, letter) == NULL) {
            continue;
        }
        if (s.type[0] == '*' ||
            (strlen(type) == s.type_size && strncmp(type, s.type, s.type_size) == 0)) {
            return true;
        }
    }
    return false;
}

bool en_scopes_valid(const char *scopes, const char **bad)
{
    const char *at = scopes == NULL ? "" : scopes, *word = at;
    struct scope s;
    size_t size = 0, count = 0;

    if (strlen(at) >= EN_SCOPES_MAX) {
        word = "";
    } else {
        while ((at = scope_next(at, &word, &size)) != NULL &&
               (is_metrics(word, size) || scope_read(word, size, &s))) {
            count++;
        }
    }
    if (bad != NULL) {
        *bad = at == NULL ? NULL : word;
    }
    return at == NULL && count > 0;
}

bool en_scopes_within(const char *wanted, const char *held)
{
    const char *at = wanted == NULL ? "" : wanted, *word = NULL;
    struct scope s;
    size_t size = 0;

    while ((at = scope_next(at, &word, &size)) != NULL) {
        char type[EN_SCOPE_MAX];
        bool is_held = is_metrics(word, size) && scopes_have_metrics(held);

        if (scope_read(word, size, &s)) {
            memcpy(type, s.type, s.type_size);
            type[s.type_size] = '\0';
            is_held = true;
            for (const char *l = s.letters; *l != '\0'; l++) {
                is_held &= scopes_grant(held, *l, type);
            }
        }
        if (!is_held) {
            return false;
        }
    }
    return true;
}

/* What a route asks of a service is granted by scopes on all types that the route works on. */
static bool service_may_route(const struct en_caller *caller, enum en_right right)
{
    const char *scopes = caller->scopes;

    if (right == EN_RIGHT_METRICS) {
        return scopes_have_metrics(scopes);
    }
    if (right == EN_RIGHT_AUDIT) {
        return scopes_grant(scopes, 'r', "AuditEvent") && scopes_grant(scopes, 's', "AuditEvent");
    }
    if (right == EN_RIGHT_DECIDE) {
        /* An operation reads the whole record and stores its result with its Provenance. */
        return scopes_grant(scopes, 'r', "*") && scopes_grant(scopes, 's', "*") &&
               scopes_grant(scopes, 'c', "*");
    }
    if (right == EN_RIGHT_EXPORT) {
        return scopes_grant(scopes, 'r', "*") && scopes_grant(scopes, 's', "*");
    }
    return right == EN_RIGHT_TRIAL && scopes_grant(scopes, 'r', "ResearchStudy");
}

bool en_may_route(const struct en_caller *caller, enum en_right right)
{
    assert((size_t)right < EN_RIGHTS && (size_t)caller->role < EN_ROLES);
    const char may = RIGHTS[right].may[caller->role];

    if (caller->must_change_password && right != EN_RIGHT_PUBLIC && right != EN_RIGHT_LOGIN &&
        right != EN_RIGHT_CDS) {
        return false;
    }
    return may == '+' || (may == 's' && service_may_route(caller, right));
}

bool en_may(const struct en_caller *caller, enum en_interaction interaction, const char *type)
{
    assert((size_t)interaction < EN_INTERACTIONS && (size_t)caller->role < EN_ROLES);
    const char letter = LETTERS[interaction];
    const char *may = GROUP_ROWS[group_of(type)].may[caller->role];

    if (caller->must_change_password || strchr(may, letter) == NULL) {
        return false;
    }
    if (caller->role == EN_ROLE_PATIENT && caller->patient == NULL) {
        return false; /* a link without a patient is nobody's */
    }
    if (caller->role == EN_ROLE_RESEARCHER) {
        return en_deidentify_shows(type);
    }
    if (caller->role != EN_ROLE_SERVICE) {
        return true;
    }
    /* SMART counts the history of one resource to reading and that of a type to searching. */
    return letter == 'h'
               ? scopes_grant(caller->scopes, 'r', type) && scopes_grant(caller->scopes, 's', type)
               : scopes_grant(caller->scopes, letter, type);
}

const char *en_compartment_of(const struct en_caller *caller, const char *type)
{
    const enum group group = group_of(type);

    return group == FORM || group == KNOWLEDGE ? NULL : caller->patient;
}

bool en_must_deidentify(const struct en_caller *caller)
{
    return caller->role == EN_ROLE_RESEARCHER;
}

static void docs_head(struct en_buf *out, const char *first)
{
    en_buf_print(out, "| %s |", first);
    for (int i = EN_ROLE_OWNER; i < EN_ROLES; i++) {
        en_buf_print(out, " %s |", ROLE_NAMES[i]);
    }
    en_buf_add(out, "\n|---|");
    for (int i = EN_ROLE_OWNER; i < EN_ROLES; i++) {
        en_buf_add(out, "---|");
    }
    en_buf_add(out, "\n");
}

static void docs_routes(struct en_buf *out)
{
    docs_head(out, "right");
    for (int i = 0; i < EN_RIGHTS; i++) {
        en_buf_print(out, "| `%s`: %s |", RIGHTS[i].name, RIGHTS[i].help);
        for (int role = EN_ROLE_OWNER; role < EN_ROLES; role++) {
            const char may = RIGHTS[i].may[role];

            en_buf_print(out, " %s |", may == '+' ? "yes" : may == 's' ? "scope" : "");
        }
        en_buf_add(out, "\n");
    }
}

static void docs_groups(struct en_buf *out)
{
    docs_head(out, "resources");
    for (int i = NOTHING + 1; i < GROUPS; i++) {
        en_buf_print(out, "| %s |", GROUP_ROWS[i].title);
        for (int role = EN_ROLE_OWNER; role < EN_ROLES; role++) {
            en_buf_print(out, " %s |", GROUP_ROWS[i].may[role]);
        }
        en_buf_add(out, "\n");
    }
    for (int i = NOTHING + 1; i < GROUPS; i++) {
        en_buf_print(out, "\n- %s:", GROUP_ROWS[i].title);
        for (size_t k = 0; k < EN_COUNT(TYPES); k++) {
            const char *at = TYPES[k].types, *item = NULL;
            size_t size = 0;

            while ((enum group)i == TYPES[k].group &&
                   (at = en_list_next(at, &item, &size)) != NULL) {
                en_buf_print(out, " %.*s", (int)size, item);
            }
        }
    }
    en_buf_add(out, "\n");
}

void en_rights_docs(struct en_buf *out)
{
    struct en_arena a = EN_ARENA(64 << 10);
    en_buf_add(out, "## Who may do what\n\nWhat a role may ask of routes. \"scope\": a service, as "
                    "far as its scopes go. Who is not logged in has the rights `public` and `cds` "
                    "only; before the first change of a password there is only `login`.\n\n");
    docs_routes(out);
    en_buf_add(out, "\nWhat a role may do with resources: c create, r read, u update and patch, "
                    "d delete, s search, h history. A service may do what its scopes say and at "
                    "most what stands here; history needs r and s. A researcher sees de-identified "
                    "resources only, a patient only the own record.\n\n");
    docs_groups(out);
    en_buf_print(out, "\nA researcher sees of these: %s.\n", en_deidentify_types(&a));
    en_arena_free(&a);
}
