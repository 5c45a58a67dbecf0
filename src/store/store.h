/* SPDX-License-Identifier: Apache-2.0
 * store/store: every fact of a clinic, as versioned FHIR resources. Nothing is overwritten.
 *
 * Writing is the same on both databases: one thread of this process does it, and it commits many
 * works at once (group commit), so a work runs alone and an acknowledged one is on the disk. On
 * PostgreSQL, where several servers may share a database, a work that met another server's is run
 * again: a work must come to the same when repeated, and change nothing but the transaction and
 * what its context owns. Readers see one snapshot each and wait for nobody. Thread-safe, except for
 * struct en_tx, which belongs to its work. */
#pragma once

#include "base/arena.h"
#include "fhir/search.h"

struct en_store;
struct en_tx;

struct en_store_options {
    const char *url; /* path of a SQLite file, or "postgresql://..." */
    bool may_create; /* an empty database is set up; else EN_ENOTFOUND */
    /* Beside a running server: no lock, no writer, nothing is migrated; a write gets EN_EDENIED. */
    bool only_reads;
    int readers;         /* connections that read at the same time; 0: EN_STORE_READERS */
    int read_timeout_ms; /* 0: EN_STORE_READ_TIMEOUT_MS */
    int queue_max;       /* works that wait; one more gets EN_ELIMIT; 0: EN_STORE_QUEUE_MAX */
    /* Told of each query or work that took longer than slow_ms; may be NULL. what holds no value of
     * a parameter. Called on any thread. */
    void (*slow)(void *context, const char *what, double ms);
    void *slow_context;
    int slow_ms;
    /* When something is written [us], where it is not the clock's time: a clinic of examples has a
     * past. May go back, and the store does not. NULL: the clock. Called on any thread. */
    int64_t (*now)(void *context);
    void *now_context;
    /* SQLite: what was acknowledged survives the end of the process, and need not survive that of
     * the machine: for a clinic of examples. */
    bool is_lazy;
};

enum {
    EN_STORE_READERS = 8,
    EN_STORE_READ_TIMEOUT_MS = 10000,
    EN_STORE_QUEUE_MAX = 4096,
    EN_STORE_BATCH_MAX = 256 /* works in one commit */
};

/* Open, migrate to the newest schema, take the lock that keeps a second server from the same SQLite
 * file (EN_ECONFLICT names it), start the writer. A schema newer than this program: EN_ECONFLICT.
 * */
EN_MUST_USE enum en_status en_store_open(const struct en_store_options *options,
                                         struct en_store **out, struct en_err *err);

/* Finish the works that wait, then close. NULL is fine. */
void en_store_close(struct en_store *s);

/* A piece of work inside a transaction. */
typedef enum en_status en_store_work(struct en_tx *tx, void *context, struct en_err *err);

/* Run the work and return once it is durable, or once it failed: then nothing of it stays, and the
 * status is the work's. Further EN_ELIMIT: too much waits; EN_EIO: the database cannot be written
 * now (disk full, read-only, not reachable), try later. Must not be called from within a work. */
EN_MUST_USE enum en_status en_store_write(struct en_store *s, en_store_work *work, void *context,
                                          struct en_err *err);

/* Run a work that only reads, in one snapshot. EN_ELIMIT: it took too long. */
EN_MUST_USE enum en_status en_store_read(struct en_store *s, en_store_work *work, void *context,
                                         struct en_err *err);

/* When this transaction takes place: of all versions and audit entries written in it. */
int64_t en_tx_now_us(const struct en_tx *tx);

/* Resources */

/* A version as stored. Texts live in the arena of the call. */
struct en_version {
    const char *type, *id;
    int64_t version, updated_us;
    bool is_deleted;    /* then body is NULL */
    const char *method; /* "POST" created, "PUT" changed, "DELETE" */
    const char *body;   /* JSON without needless spaces, ended by NUL */
    size_t size;
};

/* A resource ready to be written, made outside of the transaction (en_stamp_make). The store writes
 * before, `"versionId":"n","lastUpdated":"..."`, after: so a body always carries its version. */
struct en_stamp {
    const char *before, *after;
};

/* {"resourceType":..,"id":id,"meta":{ | ,rest of meta},rest}. The text of all decimals and the
 * order of the members stay; a versionId and lastUpdated that came with it are replaced. id as in
 * `id`. EN_ENOMEM. */
EN_MUST_USE enum en_status en_stamp_make(struct json_object *resource, const char *id,
                                         struct en_arena *a, struct en_stamp *out,
                                         struct en_err *err);

enum { EN_VERSION_ANY = -1, EN_VERSION_NONE = 0 };

struct en_put {
    const char *type, *id;
    struct en_stamp stamp;
    const struct en_index_value *index; /* shape [index_count], of en_search_extract */
    size_t index_count;
    /* The version that must be current: EN_VERSION_ANY; EN_VERSION_NONE: there must be no such
     * resource; n. Else EN_ECONFLICT. */
    int64_t expected;
};

/* out (may be NULL) tells version, time and whether it is new (version 1) or was deleted before. */
struct en_put_result {
    int64_t version, updated_us;
    bool is_created;
};

EN_MUST_USE enum en_status en_tx_put(struct en_tx *tx, const struct en_put *put,
                                     struct en_put_result *out, struct en_err *err);

/* Deleting is a further version without a body; the index values go. EN_ENOTFOUND when there is
 * none or it is deleted already. */
EN_MUST_USE enum en_status en_tx_delete(struct en_tx *tx, const char *type, const char *id,
                                        int64_t expected, struct en_put_result *out,
                                        struct en_err *err);

/* version 0: the current one. EN_ENOTFOUND; a deleted resource is found, and is_deleted says so. */
EN_MUST_USE enum en_status en_tx_get(struct en_tx *tx, const char *type, const char *id,
                                     int64_t version, struct en_arena *a, struct en_version *out,
                                     struct en_err *err);

/* Several servers: let nobody else decide upon this key until this transaction ends. For
 * conditional creates: lock the criteria, then search, then create. */
EN_MUST_USE enum en_status en_tx_lock(struct en_tx *tx, const char *key, struct en_err *err);

/* History, newest first. type NULL: of all types; id NULL: of the type. since_us INT64_MIN: all. */
struct en_history_query {
    const char *type, *id;
    int64_t since_us;
    int count;
    const char *cursor; /* of the page before; NULL: the first */
    const char *compartment;
};

struct en_page {
    struct en_version *items; /* shape [count] */
    size_t count;
    struct en_version *included; /* shape [included_count]; search only */
    size_t included_count;
    bool include_was_cut;    /* more than EN_SEARCH_INCLUDED_MAX */
    int64_t total;           /* -1: not asked for */
    const char *next_cursor; /* opaque, safe in a URL; NULL: this is the last page */
};

EN_MUST_USE enum en_status en_tx_history(struct en_tx *tx, const struct en_history_query *query,
                                         struct en_arena *a, struct en_page *out,
                                         struct en_err *err);

/* Search (store/search.c). Without a sort the order is that of creation. Pages are stable: what is
 * created meanwhile neither moves nor repeats a resource. EN_EINVAL for a cursor that is not ours.
 * */
EN_MUST_USE enum en_status en_tx_search(struct en_tx *tx, const struct en_search_query *query,
                                        struct en_arena *a, struct en_page *out,
                                        struct en_err *err);

/* Whether the resource is part of this patient's record (or is that Patient). */
EN_MUST_USE enum en_status en_tx_in_compartment(struct en_tx *tx, const char *type, const char *id,
                                                const char *patient, bool *out, struct en_err *err);

/* Every current resource, or those of a type, in the order of creation, for exports. */
struct en_walk {
    const char *type; /* NULL: all */
    int64_t after;    /* 0: from the first; else *last of the page before */
    int count;        /* at most so many */
};

/* *last becomes the place to go on from. */
EN_MUST_USE enum en_status en_tx_walk(struct en_tx *tx, const struct en_walk *walk,
                                      struct en_arena *a, struct en_page *out, int64_t *last,
                                      struct en_err *err);

/* How many en_tx_walk gives, of all types. */
EN_MUST_USE enum en_status en_tx_count(struct en_tx *tx, uint64_t *out, struct en_err *err);

/* A new id: 32 hexadecimal digits of a secure random source, in the arena. NULL when it is full. */
const char *en_store_id(struct en_arena *a);

/* Whether the database answers; for /health. */
EN_MUST_USE enum en_status en_store_ping(struct en_store *s, struct en_err *err);

/* Figures for /metrics. */
struct en_store_figures {
    uint64_t works, commits, retries, failures, slow;
    size_t queue_length, resources_written;
};
struct en_store_figures en_store_figures(struct en_store *s);
