/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/place.h"

const char *en_cli_data(const struct en_arguments *args)
{
    const char *data = en_given(args, "data");

    return data != NULL ? data : EN_CLI_DATA;
}

enum en_status en_cli_db(const struct en_arguments *args, struct en_arena *a, const char **out,
                         struct en_err *err)
{
    *out = en_given(args, "db");
    if (*out == NULL) {
        *out = en_arena_print(a, "%s/clinic.db", en_cli_data(args));
    }
    return *out != NULL ? EN_OK : en_fail(err, EN_ENOMEM, "no memory left");
}
