/* SPDX-License-Identifier: Apache-2.0 */
#include "fhir/search.h"

#include "base/text.h"

#include <string.h>

int32_t en_search_key(const char *type, const char *name)
{
    uint64_t hash = en_hash(EN_HASH_START, type, strlen(type));

    hash = en_hash(hash, ".", 1);
    hash = en_hash(hash, name, strlen(name));
    return (int32_t)((hash ^ hash >> 31) & INT32_MAX);
}
