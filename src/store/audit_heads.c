/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "store/chain.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { FAULT_MAX = 256, ARENA_MAX = 64 << 10 };

/* One "chain:sequence:hash". */
struct head {
    long long chain, sequence;
    unsigned char hash[EN_AUDIT_HASH_BYTES];
};

struct search {
    struct head heads[EN_AUDIT_CHAINS_MAX];
    size_t count;
    char *fault;
};

static bool read_part(const char **at, char end, long long *out)
{
    char digits[24] = "";
    const size_t size = strspn(*at, "0123456789");

    if (size == 0 || size >= sizeof digits || (*at)[size] != end) {
        return false;
    }
    memcpy(digits, *at, size);
    *at += size + 1;
    return en_text_integer(digits, 0, INT64_MAX, out);
}

static bool read_head(const char **at, struct head *out)
{
    size_t size = 0;
    const char *end = NULL;

    if (!read_part(at, ':', &out->chain) || !read_part(at, ':', &out->sequence)) {
        return false;
    }
    if (sodium_hex2bin(out->hash, sizeof out->hash, *at, strcspn(*at, " "), NULL, &size, &end) !=
            0 ||
        size != sizeof out->hash || (*end != ' ' && *end != '\0')) {
        return false;
    }
    *at = end + strspn(end, " ");
    return true;
}

static void find_one(const struct head *h, const void *hash, size_t size, char *fault)
{
    const char *what = hash == NULL ? "is missing: the chain was cut"
                       : size != sizeof h->hash || memcmp(hash, h->hash, size) != 0
                           ? "is another one: the chain was written anew"
                           : NULL;

    if (what != NULL) {
        (void)snprintf(fault, FAULT_MAX, "chain %lld, entry %lld, which was noted, %s", h->chain,
                       h->sequence, what);
    }
}

static enum en_status find(struct en_tx *tx, void *context, struct en_err *err)
{
    struct search *s = context;
    enum en_status st = EN_OK;

    for (size_t i = 0; i < s->count && st == EN_OK && s->fault[0] == '\0'; i++) {
        struct en_arena a = EN_ARENA(ARENA_MAX);
        struct en_query *q;
        bool has_row;
        size_t size = 0;

        if (s->heads[i].sequence == 0) {
            continue; /* of an empty chain */
        }
        EN_TRY(en_query_get(tx->db, "SELECT hash FROM audit WHERE chain = $1 AND sequence = $2", &q,
                            err));
        en_query_bind_integer(q, 1, s->heads[i].chain);
        en_query_bind_integer(q, 2, s->heads[i].sequence);
        st = en_query_next(q, &has_row, err);
        if (st == EN_OK) {
            const void *hash = has_row ? en_query_bytes(q, 0, &a, &size) : NULL;

            find_one(&s->heads[i], hash, size, s->fault);
        }
        en_query_done(q);
        en_arena_free(&a);
    }
    return st;
}

enum en_status en_audit_find_heads(struct en_store *s, const char *heads, char fault[256],
                                   struct en_err *err)
{
    struct search search = {.fault = fault};

    fault[0] = '\0';
    while (*heads != '\0') {
        if (search.count == EN_AUDIT_CHAINS_MAX ||
            !read_head(&heads, &search.heads[search.count++])) {
            return en_fail(err, EN_EINVAL,
                           "heads are chain:sequence:hash, with a space between two, as verify "
                           "prints them");
        }
    }
    return en_store_read(s, find, &search, err);
}
