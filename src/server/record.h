/* SPDX-License-Identifier: Apache-2.0
 * server/record: a patient's case from the store: what the clinic knows, as one Bundle, and the
 * versions that it consists of. Lives in the arena handed in. */
#pragma once

#include "store/store.h"

/* A resource of the record. */
struct en_record_part {
    const char *type, *id;
    int64_t version, updated_us;
};

struct en_record {
    const char *bundle; /* JSON, as en_app_case reads it */
    size_t size;
    struct en_record_part *parts; /* stored ones, shape [count], in the order of the Bundle */
    size_t count;
};

struct en_versions {
    struct en_version *items; /* shape [count] */
    size_t count;
};

struct en_record_request {
    const struct en_search_params *params;
    const char *patient;      /* id */
    const char *practitioner; /* id of who asks: licence and privileges; NULL none */
    /* The day of the decision: a session that is in progress on it is the one that is decided upon,
     * and no session that was given. EN_DAY_UNKNOWN: every session counts. */
    en_day today;
    /* What is being written and not stored: each stands in the place of the stored resource of its
     * type and id, or beside them. NULL: nothing. */
    const struct en_versions *draft;
};

/* All that a case is read from (en_fhir_case_type): the current resources of the patient's record,
 * the Medications and Organizations that they refer to, and who asks. What operations made of it
 * before (tagged as such) is left out: a result is no fact. A draft stands
 * first in the Bundle, so that a problem's path tells which of its resources it is in.
 * EN_ENOTFOUND: there is no such patient (or no more); EN_ELIMIT: the record is larger than a case
 * may be. */
EN_MUST_USE enum en_status en_tx_record(struct en_tx *tx, const struct en_record_request *request,
                                        struct en_arena *a, struct en_record *out,
                                        struct en_err *err);

/* All current resources of a type in a patient's record (at most EN_BUNDLE_ENTRIES_MAX); of types
 * that are in nobody's record, those whose parameter `patient` is this one. */
EN_MUST_USE enum en_status en_tx_record_type(struct en_tx *tx,
                                             const struct en_record_request *request,
                                             const char *type, struct en_arena *a,
                                             struct en_versions *out, struct en_err *err);

/* All current resources of a type with this value of a parameter: a reference ("Patient", id) or a
 * token (system, code). At most EN_BUNDLE_ENTRIES_MAX. */
EN_MUST_USE enum en_status en_tx_find(struct en_tx *tx, const struct en_search_param *param,
                                      const char *system, const char *code, struct en_arena *a,
                                      struct en_versions *out, struct en_err *err);
