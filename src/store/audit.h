/* SPDX-License-Identifier: Apache-2.0
 * store/audit: who did what and who saw what, append-only, in a chain of hashes.
 *
 * Each entry's hash is BLAKE2b-256 over the hash before it and the entry's own fields, each with
 * its length, so an entry that is changed, missing or moved is found by en_audit_verify. Every
 * process that writes has a chain of its own (one on SQLite); its head stands beside it and is
 * written in the same transaction. Who can write the database can rebuild a chain from some entry
 * on: note a head elsewhere (`enthesis verify` prints it) and it is found. */
#pragma once

#include "store/store.h"

/* One access. Texts are borrowed for the call; NULL is the same as "". */
struct en_audit {
    char action;         /* FHIR: C create, R read, U update, D delete, E execute */
    const char *subtype; /* interaction: "read", "search-type", "login", "$plan" ... */
    int outcome;         /* FHIR: 0 success, 4 minor, 8 serious, 12 major failure */
    const char *agent;   /* login name, or "client:ID", "link:ID" */
    const char *role;    /* "physician" ... */
    const char *patient; /* id of the Patient whose data it was */
    const char *entity_type, *entity_id;
    int64_t entity_version; /* 0 none */
    const char *detail;     /* query of a search as it was understood; reason of an override */
    const char *request;    /* id of the request, as in the log */
    const char *address;    /* of the client */
};

/* An entry as stored. */
struct en_audit_entry {
    int64_t id; /* unique, in the order of writing within a chain */
    int64_t chain, sequence, recorded_us;
    struct en_audit audit;
};

/* Append within a work, so that it stands or falls with it. */
EN_MUST_USE enum en_status en_tx_audit(struct en_tx *tx, const struct en_audit *audit,
                                       struct en_err *err);

/* Append and return once durable: for reads, before their answer is sent. Entries of several
 * threads share a commit. */
EN_MUST_USE enum en_status en_store_audit(struct en_store *s, const struct en_audit *audit,
                                          struct en_err *err);

/* What entries to look for; NULL, 0 and INT64_MIN, INT64_MAX mean any. Newest first. */
struct en_audit_query {
    int64_t from_us, to_us;
    const char *patient, *agent, *entity_type, *entity_id, *subtype;
    char action;
    int outcome; /* -1 any */
    int count;
    int64_t before; /* id of the last entry of the page before; 0: the first page */
};

EN_MUST_USE enum en_status en_tx_audit_search(struct en_tx *tx, const struct en_audit_query *query,
                                              struct en_arena *a, struct en_audit_entry **out,
                                              size_t *count, struct en_err *err);

/* The entry with this id. EN_ENOTFOUND. */
EN_MUST_USE enum en_status en_tx_audit_get(struct en_tx *tx, int64_t id, struct en_arena *a,
                                           struct en_audit_entry *out, struct en_err *err);

/* The check of all chains. fault: "" whole; else which entry of which chain is wrong and how. */
struct en_audit_check {
    uint64_t entries;
    size_t chains;
    char fault[256];
    char heads[4096]; /* "chain:sequence:hash" of each, separated by spaces */
};

/* progress (may be NULL) is told the entries done so far. */
EN_MUST_USE enum en_status
en_audit_verify(struct en_store *s, void (*progress)(void *context, uint64_t done, uint64_t all),
                void *context, struct en_audit_check *out, struct en_err *err);

/* Whether the trail still holds the heads that an earlier check told (en_audit_check.heads), noted
 * where nobody who can write the database can write: finds a chain that was cut and made to look
 * whole. fault: "" they are there. EN_EINVAL when the text is none of heads. */
EN_MUST_USE enum en_status en_audit_find_heads(struct en_store *s, const char *heads,
                                               char fault[256], struct en_err *err);
