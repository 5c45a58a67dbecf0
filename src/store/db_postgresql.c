/* SPDX-License-Identifier: Apache-2.0 */
#include "store/db_driver.h"

enum en_status en_postgresql_open(const struct en_db_options *options, struct en_db **out,
                                  struct en_err *err)
{
    (void)options;
    *out = NULL;
    return en_fail(err, EN_EINVAL, "this build knows SQLite only");
}
