/* SPDX-License-Identifier: Apache-2.0
 * server/sign: a session's note is signed, and what is added to it later. Inside of sign*.c.
 *
 * A signature is a Provenance: its targets are the session and all that is part of it, its entities
 * name each of them, the assessment, the consent and the stock with version and BLAKE2b-256 of the
 * canonical form (server/digest). signature.data is BLAKE2b-256 over the lines
 *     Type/id/_history/version hash
 * of the entities in their order, each ended by a line feed. */
#pragma once

#include "server/digest.h"
#include "server/session_inside.h"

enum { EN_SIGN_PARTS_MAX = 256 };

/* A resource that a signature rests on. */
struct en_sign_part {
    const char *type, *id;
    int64_t version;
    const char *body;
    bool is_target; /* the session or a part of it: locked from then on */
    char hash[EN_DIGEST_TEXT];
};

/* What a signature is about to say. */
struct en_sign {
    struct en_ruling c;
    const char *session;   /* id of the Procedure; of the CarePlan that is approved */
    const char *signature; /* code of the signature; NULL: EN_SIGN_CODE */
    const char *patient;
    struct en_sign_part parts[EN_SIGN_PARTS_MAX];
    size_t count;
    struct en_record record;
    /* The newest assessment and its Provenance; NULL none. */
    const struct en_version *guidance, *origin;
    bool has_consent, is_signed;
    char fingerprint[EN_DIGEST_TEXT]; /* of all versions above */
};

/* sign_gather.c: read everything within a transaction. EN_ENOTFOUND: there is no such Procedure.
 * Called twice: before the transaction that writes, and in it. */
EN_MUST_USE enum en_status en_sign_gather(struct en_sign *s);

/* The active consents of the patient for treatment, as parts that are no target; last the record as
 * it is, and the fingerprint of all that was gathered. */
EN_MUST_USE enum en_status en_sign_add_consent(struct en_sign *s);
EN_MUST_USE enum en_status en_sign_add_record(struct en_sign *s);

/* sign_check.c: what is missing goes to s->c.breaches. */
EN_MUST_USE enum en_status en_sign_check(struct en_sign *s);

/* Whether the record is another than the one that s->origin says the verdict rests on. */
bool en_sign_has_changed(struct en_sign *s);

/* The value of a parameter in "target=2&sites=KNE-01"; NULL: it was not given.
 * In the arena. */
const char *en_sign_asked(struct en_arena *a, const char *parameters, const char *name);

/* Text of the parameters that s->origin was asked with, in the arena; NULL: there is none. */
const char *en_sign_parameters(struct en_sign *s);

/* sign_write.c: the Provenance over s->parts, as a tree. activity: "sign", "addendum". */
EN_MUST_USE enum en_status en_sign_provenance(struct en_sign *s, const char *activity,
                                              struct json_object **out);

/* What shows who signs; each NULL or empty: not given. */
struct en_sign_proof {
    const char *password, *code;
};

/* sign_confirm.c: the own password once more, or a code of the second factor; counted like a login.
 * *is_answered: rs says what was wrong. */
EN_MUST_USE enum en_status en_sign_confirm(struct en_server *server,
                                           const struct en_http_request *rq,
                                           struct en_http_response *rs,
                                           const struct en_sign_proof *proof, bool *is_answered,
                                           struct en_err *err);

/* One more part; text is its body. EN_ELIMIT: too many. */
EN_MUST_USE enum en_status en_sign_add(struct en_sign *s, const struct en_version *v,
                                       bool is_target);

/* Handlers of EN_ROUTES_OPERATE: POST /fhir/Procedure/{id}/$sign and $addendum,
 * /fhir/CarePlan/{id}/$approve (approve.c). */
enum en_status en_sign_session(struct en_server *server, const struct en_http_request *rq,
                               struct en_http_response *rs, struct en_err *err);
enum en_status en_sign_addendum(struct en_server *server, const struct en_http_request *rq,
                                struct en_http_response *rs, struct en_err *err);
enum en_status en_approve_plan(struct en_server *server, const struct en_http_request *rq,
                               struct en_http_response *rs, struct en_err *err);
