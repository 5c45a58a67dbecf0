/* SPDX-License-Identifier: Apache-2.0
 * cli/place: which clinic a command is about: its folder and its database. */
#pragma once

#include "cli/cli.h"

#define EN_CLI_DATA "clinic" /* folder when --data is not given */

/* The two options, for the tables of commands. */
#define EN_CLI_PLACE_OPTIONS                                                                       \
    {"data", "DIR", "folder of the clinic; default ./" EN_CLI_DATA},                               \
    {                                                                                              \
        "db", "URL",                                                                               \
            "the database: a SQLite file or postgresql://...; default clinic.db in the folder"     \
    }

const char *en_cli_data(const struct en_arguments *args);

/* --db, else clinic.db in the folder; in the arena. EN_ENOMEM. */
EN_MUST_USE enum en_status en_cli_db(const struct en_arguments *args, struct en_arena *a,
                                     const char **out, struct en_err *err);
