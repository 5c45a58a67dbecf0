/* SPDX-License-Identifier: Apache-2.0 */
#include "app/checkpoint.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

enum { VALUE_MAX = 64 };

static const char FORMAT[] = "enthesis trial checkpoint 1\n";

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

static void hex(char text[VALUE_MAX], uint64_t number)
{
    (void)snprintf(text, VALUE_MAX, "%016" PRIx64, number);
}

/* The sums are written as they lie in memory: this text tells another order of bytes. */
static void order_text(char text[VALUE_MAX])
{
    const uint64_t number = UINT64_C(0x0102030405060708);
    unsigned char bytes[sizeof number];

    memcpy(bytes, &number, sizeof number);
    for (size_t i = 0; i < sizeof bytes; i++) {
        (void)snprintf(text + 2 * i, 3, "%02x", (unsigned)bytes[i]);
    }
}

enum en_status en_checkpoint_write(const struct en_checkpoint *c, const int64_t *sums,
                                   struct en_buf *out, struct en_err *err)
{
    char hash[VALUE_MAX], seal[VALUE_MAX], order[VALUE_MAX];

    hex(hash, c->hash);
    hex(seal, seal_of(c, c->done, sums));
    order_text(order);
    en_buf_print(out,
                 "%sprogram %s\nknowledge %s\nhash %s\nunits %" PRIu64 "\nsums %zu\norder %s\n"
                 "done %" PRIu64 "\nseal %s\n",
                 FORMAT, EN_VERSION, c->knowledge, hash, c->units, c->sum_count, order, c->done,
                 seal);
    en_buf_add_bytes(out, (const char *)sums, c->sum_count * sizeof *sums);
    return en_buf_check(out, "the checkpoint", err);
}

/* The bytes that are still to be read. */
struct rest {
    const char *at;
    size_t size;
};

/* Whether `text` comes next; then it is read. */
static bool take_text(struct rest *r, const char *text)
{
    const size_t size = strlen(text);

    if (r->size < size || memcmp(r->at, text, size) != 0) {
        return false;
    }
    r->at += size;
    r->size -= size;
    return true;
}

/* A line "name value". */
static bool take_line(struct rest *r, const char *name, char value[VALUE_MAX])
{
    size_t size = 0;

    if (!take_text(r, name) || !take_text(r, " ")) {
        return false;
    }
    while (size < r->size && size + 1 < VALUE_MAX && r->at[size] != '\n' && r->at[size] != '\0') {
        value[size] = r->at[size];
        size++;
    }
    value[size] = '\0';
    r->at += size;
    r->size -= size;
    return take_text(r, "\n");
}

/* What stands before the sums, as text. */
struct head {
    char program[VALUE_MAX], knowledge[VALUE_MAX], hash[VALUE_MAX], units[VALUE_MAX];
    char sums[VALUE_MAX], order[VALUE_MAX], done[VALUE_MAX], seal[VALUE_MAX];
};

static bool take_head(struct rest *r, struct head *out)
{
    return take_text(r, FORMAT) && take_line(r, "program", out->program) &&
           take_line(r, "knowledge", out->knowledge) && take_line(r, "hash", out->hash) &&
           take_line(r, "units", out->units) && take_line(r, "sums", out->sums) &&
           take_line(r, "order", out->order) && take_line(r, "done", out->done) &&
           take_line(r, "seal", out->seal);
}

static enum en_status check_head(const struct en_checkpoint *c, const struct head *head,
                                 struct en_err *err)
{
    char hash[VALUE_MAX], units[VALUE_MAX], sums[VALUE_MAX], order[VALUE_MAX] = "";

    hex(hash, c->hash);
    (void)snprintf(units, sizeof units, "%" PRIu64, c->units);
    (void)snprintf(sums, sizeof sums, "%zu", c->sum_count);
    order_text(order);
    if (!en_text_equal(head->program, EN_VERSION)) {
        return en_fail(err, EN_EINVAL, "it was written by version %s of the program, this is %s",
                       head->program, EN_VERSION);
    }
    if (!en_text_equal(head->knowledge, c->knowledge)) {
        return en_fail(err, EN_EINVAL, "it was written with knowledge %s, this is %s",
                       head->knowledge, c->knowledge);
    }
    if (!en_text_equal(head->hash, hash) || !en_text_equal(head->units, units) ||
        !en_text_equal(head->sums, sums)) {
        return en_fail(
            err, EN_EINVAL,
            "it belongs to another specification, number of patients, seed or posterior");
    }
    if (!en_text_equal(head->order, order)) {
        return en_fail(err, EN_EINVAL, "it was written on another kind of machine");
    }
    return EN_OK;
}

enum en_status en_checkpoint_read(struct en_checkpoint *c, const char *bytes, size_t size,
                                  int64_t *sums, struct en_err *err)
{
    const size_t wanted = c->sum_count * sizeof *sums;
    struct rest rest = {bytes, size};
    struct head head;
    long long done = 0;
    char seal[VALUE_MAX];

    if (!take_head(&rest, &head)) {
        return en_fail(err, EN_EINVAL, "it is no checkpoint of a trial, or its head is damaged");
    }
    EN_TRY(check_head(c, &head, err));
    if (rest.size != wanted) {
        return en_fail(err, EN_EINVAL, "it is damaged: %zu bytes of sums are expected, not %zu",
                       wanted, rest.size);
    }
    /* The seal is checked on the bytes, before they go where a run would use them. */
    const bool is_number = en_text_integer(head.done, 0, INT64_MAX, &done);

    hex(seal, seal_of(c, (uint64_t)done, rest.at));
    if (!is_number || (uint64_t)done > c->units || !en_text_equal(seal, head.seal)) {
        return en_fail(err, EN_EINVAL, "it is damaged: its seal does not fit its content");
    }
    memcpy(sums, rest.at, wanted);
    c->done = (uint64_t)done;
    return EN_OK;
}
