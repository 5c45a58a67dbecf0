/* SPDX-License-Identifier: Apache-2.0
 * store/backup: everything of a clinic in one encrypted file, and back.
 *
 * The file is the rows of all tables, so a backup of SQLite can be restored to PostgreSQL and the
 * other way round. It is compressed and then sealed with a key that argon2id makes of the
 * passphrase (libsodium secretstream): without it nothing can be read, and a changed, cut or
 * reordered file is refused. The backup is one snapshot, taken while the server works. */
#pragma once

#include "base/arena.h"

#include <stdint.h>

/* Told how far it is: rows done of all (0: not known yet). */
typedef void en_backup_progress(void *context, uint64_t done, uint64_t all);

struct en_backup_options {
    const char *db;   /* path of a SQLite file, or "postgresql://..." */
    const char *file; /* written beside and renamed; readable by the owner alone */
    const char *passphrase;
    en_backup_progress *progress; /* may be NULL */
    void *context;
    /* Work of argon2id; 0: libsodium's "moderate" (256 MiB). Tests take less. */
    unsigned long long operations;
    size_t memory;
};

struct en_backup_result {
    uint64_t rows, bytes; /* bytes of the file */
    int schema;
    int64_t taken_us;
};

EN_MUST_USE enum en_status en_store_backup(const struct en_backup_options *options,
                                           struct en_backup_result *out, struct en_err *err);

/* Into a database that holds no table yet (EN_ECONFLICT otherwise). All or nothing: on failure the
 * database is as before. EN_EDENIED: the passphrase is wrong or the file was changed. A backup of
 * an older schema is brought to the newest one. */
EN_MUST_USE enum en_status en_store_restore(const struct en_backup_options *options,
                                            struct en_backup_result *out, struct en_err *err);

/* Read the file to its end without a database: whether it could be restored. options->db is not
 * used. */
EN_MUST_USE enum en_status en_store_backup_check(const struct en_backup_options *options,
                                                 struct en_backup_result *out, struct en_err *err);
