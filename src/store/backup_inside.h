/* SPDX-License-Identifier: Apache-2.0
 * store/backup_inside: what writing and reading a backup share. Not for others. */
#pragma once

#include "store/backup.h"
#include "store/schema.h"
#include "store/sealed.h"
#include "store/tables.h"

#define EN_BACKUP_LINE "enthesis backup 1\n"

/* Marks of the stream. */
#define EN_BACKUP_TABLE     'T'
#define EN_BACKUP_ROW       'R'
#define EN_BACKUP_TABLE_END 'E'
#define EN_BACKUP_END       'Z'
#define EN_BACKUP_NULL      'n'
#define EN_BACKUP_INTEGER   'i'
#define EN_BACKUP_NUMBER    'd'
#define EN_BACKUP_TEXT      't'
#define EN_BACKUP_BYTES     'b'

/* libsodium's "moderate" costs of argon2id. */
enum { EN_BACKUP_OPERATIONS = 3, EN_BACKUP_MEMORY = 256 << 20 };

/* Number of the newest file of the schema in this program, and in the database. */
int en_backup_newest(void);
EN_MUST_USE enum en_status en_backup_schema(struct en_db *db, int *out, struct en_err *err);

struct en_sealed_options en_backup_seal(const struct en_backup_options *options);
