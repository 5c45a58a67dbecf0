/* SPDX-License-Identifier: Apache-2.0
 * server/session_inside: what session_*.c and sign.c share. */
#pragma once

#include "care/session.h"
#include "server/record.h"
#include "server/session_rules.h"

/* Part of Provenance.signature.type of a signed session, and of its activity. */
#define EN_SIGN_CODE "sign"

/* Of the signature that approves a plan: it locks nothing, since a plan goes on; which version was
 * approved stands in it. */
#define EN_APPROVE_CODE "approve"

struct en_ruling {
    struct en_tx *tx;
    struct en_server *server;
    const struct en_http_request *rq;
    struct en_arena *a;
    struct en_breaches breaches;
    struct en_err *err;
    bool is_question; /* within a read: nothing will be written, so nothing is locked */
};

/* Id of the resource of this type that a Reference names ("Medication/x", also with a version);
 * NULL: another one, or none. In the arena. */
const char *en_session_target(struct en_ruling *c, struct json_object *reference, const char *type);

/* The current resource as a tree; NULL when there is none. Put it back. */
EN_MUST_USE enum en_status en_session_get(struct en_ruling *c, const char *type, const char *id,
                                          struct json_object **out);

/* Whether it is a Procedure with the code of a session. */
bool en_session_is_one(struct json_object *procedure);

/* Whether it is signed, or hangs on what is: whether a signature of ours names it. */
EN_MUST_USE enum en_status en_session_is_signed(struct en_ruling *c, const char *type,
                                                const char *id, bool *out);

/* Whether the Provenance carries our signature: of a session, or one that approves a plan. */
bool en_session_has_signature(struct json_object *provenance);
bool en_session_has_approval(struct json_object *provenance);

/* The session that a resource is part of: the first Procedure in partOf that is one; *id NULL:
 * none.
 */
EN_MUST_USE enum en_status en_session_of(struct en_ruling *c, struct json_object *resource,
                                         const char **id);

/* Whether an administration counts: not refused, not entered in error. */
bool en_session_was_given(struct json_object *administration);

/* When it was given, as far as is known: INT64_MIN, INT64_MAX. */
void en_session_when(const struct en_ruling *c, struct json_object *administration, int64_t *low_us,
                     int64_t *high_us);

/* Whether a Consent is active, for treatment, permitting, and valid at that moment. */
bool en_session_is_consent(struct json_object *consent, int64_t at_us);

/* Answers of a checklist's items into answers, by row of checklist.tsv. */
void en_session_read_checklist(const struct en_knowledge *k, struct json_object *items,
                               enum en_truth *answers);

/* session_stock.c */

enum { EN_VIALS_MAX = 16, EN_CONTENTS_MAX = 8 };

/* An anaesthetic in what is given. */
struct en_content {
    const char *drug;
    double mg_per_ml; /* NAN unknown */
};

struct en_contents {
    struct en_content items[EN_CONTENTS_MAX];
    size_t count;
    double dextrose_mg_per_ml; /* 0: none in it; NAN unknown */
    bool is_stock;             /* of the clinic: it, or something in it, has a code of stocks.tsv */
};

/* What is in a Medication: itself a vial, or its ingredients. An unknown one has no contents. */
EN_MUST_USE enum en_status en_session_contents(struct en_ruling *c, const char *medication,
                                               struct en_contents *out);

/* A Medication of the stock as a vial that somebody is about to give to this patient (NULL: to
 * nobody yet): who was given of it already, counted only with counts_patients. */
EN_MUST_USE enum en_status en_session_vial(struct en_ruling *c, const char *id,
                                           struct json_object *medication, const char *patient,
                                           bool counts_patients, struct en_vial *out);

/* Every vial of it: usable, not expired, one patient. patient: whose administration `id` is. */
EN_MUST_USE enum en_status en_session_check_stock(struct en_ruling *c, const char *medication,
                                                  const char *patient, int64_t given_us);

/* Changes of a Medication: a vial that was given of stays what it was; identifiers are unique. */
EN_MUST_USE enum en_status en_session_check_medication(struct en_ruling *c,
                                                       const struct en_session_change *change,
                                                       struct json_object *old);

/* session_doses.c */

enum { EN_SESSION_DOSES_MAX = 512 };

/* What is given to a patient in a session and around it. */
struct en_session_sums {
    struct en_ruling *c;
    const char *session;           /* whose volume and dextrose are added up; NULL: none's */
    struct en_session_dose *doses; /* shape [count] of [EN_SESSION_DOSES_MAX] */
    size_t count;
    double volume_ml, dextrose_g; /* of the session; NAN unknown */
};

EN_MUST_USE enum en_status en_session_sums_open(struct en_ruling *c, const char *session,
                                                struct en_session_sums *out);

/* One administration more. */
EN_MUST_USE enum en_status en_session_sums_add(struct en_session_sums *t,
                                               struct json_object *administration);

/* The stored administrations of the patient that may lie within a window of low_us .. high_us, but
 * for those whose ids (shape [but_count]) are named. */
EN_MUST_USE enum en_status en_session_sums_around(struct en_session_sums *t, const char *patient,
                                                  int64_t low_us, int64_t high_us,
                                                  const char *const *but, size_t but_count);

/* The patient as the doses need it. *is_known false: the record is no case. */
EN_MUST_USE enum en_status en_session_case(struct en_ruling *c, const char *patient, bool *is_known,
                                           struct en_case *out);

/* The sums against the maxima. */
EN_MUST_USE enum en_status en_session_check_sums(struct en_session_sums *t, const char *patient);

/* This administration of the session (NULL: of none) with all others around it. */
EN_MUST_USE enum en_status en_session_check_total(struct en_ruling *c, const char *id,
                                                  struct json_object *administration,
                                                  const char *session, const char *patient);
