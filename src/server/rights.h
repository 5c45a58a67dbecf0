/* SPDX-License-Identifier: Apache-2.0
 * server/rights: who may do what, as one table of roles.
 *
 * Rights on resources are asked with type and interaction, rights on routes with enum en_right;
 * both stand in server/rights.c and docs/api.md is written from it. Pure functions. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"

enum en_role {
    EN_ROLE_NONE, /* nobody is logged in */
    EN_ROLE_OWNER,
    EN_ROLE_PHYSICIAN,
    EN_ROLE_ASSISTANT,
    EN_ROLE_RECEPTION,
    EN_ROLE_RESEARCHER, /* sees de-identified resources only */
    EN_ROLE_AUDITOR,    /* sees the audit trail only */
    EN_ROLE_SERVICE,    /* an account of a program: what its scopes say (SMART v2) */
    EN_ROLE_PATIENT,    /* by one-time link: the own diary */
    EN_ROLES
};

const char *en_role_name(enum en_role role);
bool en_role_of(const char *name, enum en_role *out);

/* What a route asks for. */
enum en_right {
    EN_RIGHT_PUBLIC,    /* no login: /metadata, discovery, login itself */
    EN_RIGHT_LOGIN,     /* anybody who is logged in, also before the first password change */
    EN_RIGHT_FHIR,      /* the handler asks en_may for each resource */
    EN_RIGHT_DECIDE,    /* operations: assess, plan, forecast ... */
    EN_RIGHT_RECORD,    /* checklist, session, signing: rules of their own on top */
    EN_RIGHT_TRIAL,     /* virtual trials: no patient data */
    EN_RIGHT_EXPORT,    /* bulk data */
    EN_RIGHT_AUDIT,     /* the audit trail */
    EN_RIGHT_USERS,     /* accounts */
    EN_RIGHT_METRICS,   /* figures of the server */
    EN_RIGHT_CDS,       /* CDS Hooks: a signed token of an allowed EHR, checked by its handler */
    EN_RIGHT_DIARY,     /* the patient's own diary; its reader: the clinic too */
    EN_RIGHT_LINKS,     /* make one-time links for patients */
    EN_RIGHT_OUTCOMES,  /* the clinic's own results, and courses without names */
    EN_RIGHT_KNOWLEDGE, /* read the clinical tables and the clinic's switches */
    EN_RIGHT_APPROVE,   /* approve rows; a valid licence on top */
    EN_RIGHT_CLINIC,    /* the clinic's day; what is told goes with the role */
    EN_RIGHT_KEEP,      /* set the clinic's switches, take backups */
    EN_RIGHTS
};

const char *en_right_name(enum en_right right);

enum en_interaction {
    EN_DO_READ, /* read, vread */
    EN_DO_HISTORY,
    EN_DO_SEARCH,
    EN_DO_CREATE,
    EN_DO_UPDATE, /* update and patch */
    EN_DO_DELETE,
    EN_INTERACTIONS
};

const char *en_interaction_name(enum en_interaction interaction);

/* Who asks. Filled by en_authenticate; a zeroed one is nobody. Texts live in the request's arena.
 * */
struct en_caller {
    enum en_role role;
    const char *login;        /* name of the account, "client:ID", "link:ID"; for the audit trail */
    const char *practitioner; /* id of the account's Practitioner; NULL none */
    const char *patient;      /* nothing outside of this patient's record; NULL no limit */
    const char *scopes;       /* of a service account: "system/Patient.rs"; NULL */
    const char *session;      /* hash of the session's token; NULL no session */
    const char *csrf;         /* token that a change must carry; NULL: no cookie was used */
    bool must_change_password;
};

/* Nothing but public routes and EN_RIGHT_LOGIN before the password that was given is changed. */
bool en_may_route(const struct en_caller *caller, enum en_right right);

/* Whether the caller may do this to resources of a type at all; an unknown type: no. What limits it
 * further within the type are en_compartment_of and en_must_deidentify. */
bool en_may(const struct en_caller *caller, enum en_interaction interaction, const char *type);

/* Id of the Patient outside of whose record this caller may not read, find or write resources of
 * this type; NULL: no limit. Definitions (Questionnaire) belong to nobody's record. */
const char *en_compartment_of(const struct en_caller *caller, const char *type);

/* Whether what this caller reads must be de-identified. */
bool en_must_deidentify(const struct en_caller *caller);

/* Whether the list of scopes ("system/Observation.rs system/Patient.read metrics") holds only such
 * as can be granted; *bad (may be NULL) is the first that cannot, in the text. */
bool en_scopes_valid(const char *scopes, const char **bad);

/* Whether everything that `wanted` grants is granted by `held`, scope by scope. */
bool en_scopes_within(const char *wanted, const char *held);

enum { EN_SCOPES_MAX = 1024, EN_SCOPE_MAX = 96 };

/* Both tables as Markdown, for docs/api.md. */
void en_rights_docs(struct en_buf *out);
