/* SPDX-License-Identifier: Apache-2.0 */
#include "app/checkpoint.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

enum { HEAD_MAX = 512, VERSION_MAX = 64 };

static const char FORMAT[] = "enthesis trial checkpoint 1";

/* The sums are written as they lie in memory: this number tells another order of bytes. */
static const uint64_t ORDER = UINT64_C(0x0102030405060708);

uint64_t en_checkpoint_hash(uint64_t start, const struct en_posterior *p)
{
    uint64_t hash = en_hash(start, p->weight, sizeof p->weight);

    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        hash = en_hash(hash, p->particles[h],
                       p->count[h] * en_posterior_size(p->condition_count) * sizeof(double));
    }
    return hash;
}

/* Sum over the numbers of the head and the bytes of the sums. */
static uint64_t seal_of(const struct en_checkpoint *c, uint64_t done, const void *sums)
{
    const uint64_t numbers[] = {c->hash, c->units, done, c->sum_count};

    return en_hash(en_hash(EN_HASH_START, numbers, sizeof numbers), sums,
                   c->sum_count * sizeof(int64_t));
}

enum en_status en_checkpoint_write(const struct en_checkpoint *c, const int64_t *sums,
                                   struct en_buf *out, struct en_err *err)
{
    en_buf_print(out,
                 "%s\nprogram %s\nknowledge %s\nhash %016" PRIx64 "\nunits %" PRIu64 "\ndone "
                 "%" PRIu64 "\nsums %zu\norder ",
                 FORMAT, EN_VERSION, c->knowledge, c->hash, c->units, c->done, c->sum_count);
    en_buf_add_bytes(out, (const char *)&ORDER, sizeof ORDER);
    en_buf_print(out, "\nseal %016" PRIx64 "\n", seal_of(c, c->done, sums));
    en_buf_add_bytes(out, (const char *)sums, c->sum_count * sizeof *sums);
    return en_buf_check(out, "the checkpoint", err);
}

/* What stands before the sums. */
struct head {
    char program[VERSION_MAX], knowledge[VERSION_MAX];
    uint64_t hash, units, done, seal, order;
    size_t sum_count;
    size_t size; /* bytes of the head */
};

/* The head; false when it is none. */
static bool read_head(const char *bytes, size_t size, struct head *out)
{
    char text[HEAD_MAX + 1] = {0};
    const size_t used = size < HEAD_MAX ? size : HEAD_MAX;
    int order = 0, end = 0;

    memcpy(text, bytes, used);
    if (!en_text_starts(text, FORMAT) ||
        sscanf(text + sizeof FORMAT - 1,
               " program %63s knowledge %63s hash %16" SCNx64 " units %" SCNu64 " done %" SCNu64
               " sums %zu order%n",
               out->program, out->knowledge, &out->hash, &out->units, &out->done, &out->sum_count,
               &order) != 6 ||
        order == 0) {
        return false;
    }
    const size_t at = sizeof FORMAT - 1 + (size_t)order + 1; /* one blank */

    if (at + sizeof out->order > used) {
        return false;
    }
    memcpy(&out->order, text + at, sizeof out->order);
    if (sscanf(text + at + sizeof out->order, " seal %16" SCNx64 "%n", &out->seal, &end) != 1 ||
        end == 0) {
        return false;
    }
    out->size = at + sizeof out->order + (size_t)end + 1; /* one line feed */
    return out->size <= size;
}

static enum en_status check_head(const struct en_checkpoint *c, const struct head *head,
                                 struct en_err *err)
{
    if (!en_text_equal(head->program, EN_VERSION)) {
        return en_fail(err, EN_EINVAL, "it was written by version %s of the program, this is %s",
                       head->program, EN_VERSION);
    }
    if (!en_text_equal(head->knowledge, c->knowledge)) {
        return en_fail(err, EN_EINVAL, "it was written with knowledge %s, this is %s",
                       head->knowledge, c->knowledge);
    }
    if (head->hash != c->hash || head->units != c->units || head->sum_count != c->sum_count) {
        return en_fail(
            err, EN_EINVAL,
            "it belongs to another specification, number of patients, seed or posterior");
    }
    if (head->order != ORDER) {
        return en_fail(err, EN_EINVAL, "it was written on another kind of machine");
    }
    return EN_OK;
}

enum en_status en_checkpoint_read(struct en_checkpoint *c, const char *bytes, size_t size,
                                  int64_t *sums, struct en_err *err)
{
    struct head head = {.size = 0};

    if (!read_head(bytes, size, &head)) {
        return en_fail(err, EN_EINVAL, "it is no checkpoint of a trial, or its head is damaged");
    }
    EN_TRY(check_head(c, &head, err));
    const size_t wanted = c->sum_count * sizeof *sums;

    if (size - head.size != wanted || head.done > head.units) {
        return en_fail(err, EN_EINVAL, "it is damaged: %zu bytes of sums are expected, not %zu",
                       wanted, size - head.size);
    }
    /* The seal is checked on the bytes, before they go where a run would use them. */
    const uint64_t seal = seal_of(c, head.done, bytes + head.size);

    if (seal != head.seal) {
        return en_fail(err, EN_EINVAL, "it is damaged: its seal does not fit its content");
    }
    memcpy(sums, bytes + head.size, wanted);
    c->done = head.done;
    return EN_OK;
}
