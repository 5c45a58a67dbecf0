/* SPDX-License-Identifier: Apache-2.0
 * store/store_inside: the parts of an open store. Inside of store/. */
#pragma once

#include "store/committer.h"
#include "store/readers.h"

#include <stdatomic.h>

struct en_store {
    struct en_arena arena;                  /* holds this struct, too */
    struct en_store_options asked, options; /* as the caller gave them; with defaults */
    int lock;                               /* file that is locked; -1 none */
    struct en_committer committer;
    struct en_readers readers;
    atomic_uint_fast64_t slow;
};
