/* SPDX-License-Identifier: Apache-2.0
 * cli/secret: passwords and passphrases, never from the command line, where others could see them.
 * */
#pragma once

#include "cli/cli.h"

enum { EN_SECRET_MAX = 1024 };

/* One secret into out (ended by NUL, at most EN_SECRET_MAX - 1 bytes): the first line of `file`, or
 * when file is NULL asked for on the terminal without echo, twice with is_new; where the input is
 * no terminal its next line is taken. what is the prompt ("Passphrase"). EN_EINVAL: empty, too
 * long, or the two differ. The caller wipes it with en_secret_wipe. */
EN_MUST_USE enum en_status en_cli_secret(struct en_cli *cli, const char *what, const char *file,
                                         bool is_new, char out[EN_SECRET_MAX], struct en_err *err);

void en_secret_wipe(char secret[EN_SECRET_MAX]);
