/* SPDX-License-Identifier: Apache-2.0 */
#include "server/exchange.h"

#include "base/clock.h"
#include "base/text.h"
#include "server/metrics.h"

#include <math.h>
#include <string.h>

/* Sixteen digits that no other request of this server has, and nobody can guess from outside. */
static void make_id(struct en_listener *l, char out[EN_REQUEST_ID_MAX])
{
    uint64_t x = l->seed + atomic_fetch_add_explicit(&l->counter, 1, memory_order_relaxed) *
                               UINT64_C(0x9e3779b97f4a7c15);

    /* A bijection (splitmix64): different counters give different ids. */
    x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
    x ^= x >> 31;
    (void)snprintf(out, EN_REQUEST_ID_MAX, "%016llx", (unsigned long long)x);
}

struct collected {
    struct en_header items[EN_HEADERS_MAX + 1]; /* one more, so that too many are seen */
    size_t count;
};

static enum MHD_Result collect(void *context, enum MHD_ValueKind kind, const char *name,
                               const char *value)
{
    struct collected *c = context;

    (void)kind;
    if (c->count < EN_COUNT(c->items)) {
        c->items[c->count++] = (struct en_header){name, value == NULL ? "" : value};
    }
    return MHD_YES;
}

/* Spaces behind a value are no part of it. */
static const char *trimmed(const char *value, struct en_arena *a)
{
    size_t size = strlen(value);

    if (size == 0 || (value[size - 1] != ' ' && value[size - 1] != '\t')) {
        return value;
    }
    while (size > 0 && (value[size - 1] == ' ' || value[size - 1] == '\t')) {
        size--;
    }
    return en_arena_copy(a, value, size);
}

static struct en_guard_verdict judge_form(struct exchange *x, struct collected *headers,
                                          const char *method, const char *version)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(x->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    const size_t size = info == NULL ? 0 : info->header_size;
    const struct en_guard_head raw = {method, x->raw_target, version, headers->items,
                                      headers->count};

    if (size > EN_HEAD_MAX) {
        return (struct en_guard_verdict){431, "too-long", "the head of the request is too large"};
    }
    /* The library counts headers that do not fit into `collected`, too: that verdict comes next. */
    if (headers->count <= EN_HEADERS_MAX &&
        !en_guard_is_plain(method, size, &raw, x->raw_target_size)) {
        return (struct en_guard_verdict){400, "structure",
                                         "the head of the request has not the form of HTTP/1.1"};
    }
    for (size_t i = 0; i < headers->count; i++) {
        struct en_header *h = &headers->items[i];
        const char *value = trimmed(h->value, x->rq.arena);

        if (value == NULL) {
            return (struct en_guard_verdict){503, "transient", "no memory for a header"};
        }
        /* The library does not see that "chunked " is chunked, and would wait for ever. */
        if (value != h->value && en_text_equal_nocase(h->name, "Transfer-Encoding")) {
            return (struct en_guard_verdict){400, "structure", "Transfer-Encoding must be chunked"};
        }
        h->value = value;
    }
    return (struct en_guard_verdict){0};
}

/* "https://host/fhir" */
static const char *base_of(const struct exchange *x, bool is_tls)
{
    const struct en_listener_options *o = &x->connection->listener->options;

    if (o->base_url != NULL) {
        return en_arena_print(x->rq.arena, "%s/fhir", o->base_url);
    }
    return en_arena_print(x->rq.arena, "%s://%s/fhir", is_tls ? "https" : "http",
                          en_http_header(&x->rq, "Host"));
}

static struct en_guard_verdict judge(struct exchange *x, const char *method, const char *version)
{
    struct en_listener *l = x->connection->listener;
    struct collected *headers = EN_NEW(x->rq.arena, struct collected, 1);
    struct en_guard_verdict v = {503, "transient", "no memory for a request"};

    if (headers == NULL) {
        return v;
    }
    (void)MHD_get_connection_values(x->mhd, MHD_HEADER_KIND, collect, headers);
    v = judge_form(x, headers, method, version);
    const struct en_guard_head head = {method, x->target, version, headers->items, headers->count};

    if (v.status == 0) {
        v = en_guard_check(&l->options.guard, &head, &x->rq.method, &x->announced);
    }
    if (v.status == 0) {
        v = en_guard_target(x->target, x->rq.arena, &x->rq.path, &x->rq.query);
    }
    if (v.status == 0 && atomic_load(&l->is_stopping)) {
        v = (struct en_guard_verdict){503, "transient", "the server is being stopped"};
    }
    if (v.status == 0) {
        x->rq.headers = headers->items;
        x->rq.header_count = headers->count;
        x->rq.base = base_of(x, x->rq.is_tls);
        if (x->rq.base == NULL) {
            v = (struct en_guard_verdict){503, "transient", "no memory for a request"};
        }
    }
    return v;
}

static void start_request(struct exchange *x)
{
    struct en_listener *l = x->connection->listener;
    const int64_t now_us = en_clock_us() + l->options.clock_shift_us;

    make_id(l, x->id);
    x->rq = (struct en_http_request){
        .id = x->id,
        .method = EN_GET,
        .query = "",
        .body = "",
        .address = x->connection->address,
        .base = "",
        .is_tls = l->is_tls,
        .now_us = now_us,
        .today = l->options.today == EN_DAY_UNKNOWN ? en_clock_today() : l->options.today,
        .arena = &x->connection->arena,
    };
    x->is_in_work = true;
    (void)atomic_fetch_add(&l->in_work, 1);
}

/* Seconds that size bytes may take. */
static double patience_s(const struct en_listener *l, uint64_t size)
{
    return l->options.idle_s + (double)size / EN_TRANSFER_RATE_MIN;
}

/* Room for size more bytes of bodies; false when all together would be too many. A small body has
 * its room always: a few who announce much and send nothing must not keep everybody out. */
static bool reserve(struct exchange *x, size_t size)
{
    struct en_listener *l = x->connection->listener;

    if (x->reserved + size <= EN_BODY_PUBLIC_MAX) {
        return true;
    }

    if (atomic_fetch_add(&l->body_bytes, size) + size > l->options.bodies_max) {
        (void)atomic_fetch_sub(&l->body_bytes, size);
        return false;
    }
    x->reserved += size;
    return true;
}

static void refuse_body(struct exchange *x, int status)
{
    if (status == 413) {
        (void)en_refuse(&x->rs, 413, "too-long", "the body is larger than %zu KiB",
                        x->body_max >> 10);
    } else {
        (void)en_refuse(&x->rs, 503, "transient", "too many large requests at once; try again");
    }
    x->is_answered = true;
    x->is_discarding = true;
    x->must_close = true;
    en_buf_free(&x->body);
}

/* What the head says of the body: is it wanted? */
static void expect_body(struct exchange *x)
{
    const struct en_listener_options *o = &x->connection->listener->options;
    const unsigned flags = x->match.route == NULL ? 0 : x->match.route->flags;
    const bool has_body = x->announced.is_chunked || x->announced.size > 0;

    x->body_max = (flags & EN_ROUTE_LARGE) != 0 ? o->body_large_max : o->body_max;
    if (x->match.route != NULL && x->match.route->right == EN_RIGHT_PUBLIC) {
        x->body_max = EN_BODY_PUBLIC_MAX;
    }
    x->body = EN_BUF(x->body_max + 1);
    if (x->is_answered) {
        /* Read a small body to its end, so that the connection lives on. */
        x->is_discarding = true;
        x->must_close |=
            has_body && (x->announced.is_chunked || x->announced.size > EN_BODY_DISCARD_MAX ||
                         en_http_header(&x->rq, "Expect") != NULL);
    } else if (x->announced.size > x->body_max) {
        refuse_body(x, 413);
    } else if (!reserve(x, (size_t)x->announced.size)) {
        refuse_body(x, 503);
    }
}

enum MHD_Result en_exchange_head(struct exchange *x, const char *method, const char *version)
{
    const struct en_listener *l = x->connection->listener;

    x->phase = EXCHANGE_BODY;
    start_request(x);
    const struct en_guard_verdict v = judge(x, method, version);

    if (v.status != 0) {
        x->end.refusal = v.text;
        en_metrics_add(l->options.metrics, EN_METRIC_REFUSED, 1);
        (void)en_refuse(&x->rs, v.status, v.code, "%s", v.text);
        x->must_close = x->is_answered = true;
        return en_exchange_send(x);
    }
    x->is_head = x->rq.method == EN_HEAD;
    en_watch_limit(&x->connection->watched, INFINITY);
    x->is_answered = l->options.calls.head(l->options.calls.context, &x->rq, &x->rs, &x->match);
    expect_body(x);
    en_watch_limit(&x->connection->watched, patience_s(l, x->announced.size));
    return x->must_close && x->is_answered ? en_exchange_send(x) : MHD_YES;
}

enum MHD_Result en_exchange_body(struct exchange *x, const char *bytes, size_t size)
{
    const struct en_listener *l = x->connection->listener;

    x->received += size;
    if (x->announced.is_chunked) {
        /* Its end is not known, so its time grows with what has come. */
        en_watch_limit(&x->connection->watched,
                       patience_s(l, x->received) - (en_clock_s() - x->start_s));
    }
    if (x->is_discarding) {
        /* An answer can be given only when all has come: not for ever. */
        return x->received > x->body_max + EN_BODY_DISCARD_MAX ? MHD_NO : MHD_YES;
    }
    if (x->received > x->body_max) {
        refuse_body(x, 413);
    } else if (x->received > x->reserved && !reserve(x, x->received - x->reserved)) {
        refuse_body(x, 503);
    } else {
        en_buf_add_bytes(&x->body, bytes, size);
    }
    return MHD_YES;
}

enum MHD_Result en_exchange_answer(struct exchange *x)
{
    const struct en_listener_calls *calls = &x->connection->listener->options.calls;

    en_watch_limit(&x->connection->watched, INFINITY);
    if (!x->is_answered && x->body.status != EN_OK) {
        refuse_body(x, 503);
    }
    if (!x->is_answered) {
        x->rq.body = en_buf_text(&x->body);
        x->rq.body_size = x->body.size;
        calls->body(calls->context, &x->match, &x->rq, &x->rs);
    }
    return en_exchange_send(x);
}

void en_exchange_end(struct exchange *x, bool is_aborted)
{
    struct connection *c = x->connection;
    struct en_listener *l = c->listener;

    if (x->is_in_work) {
        x->end.seconds = en_clock_s() - x->start_s;
        x->end.is_aborted = is_aborted;
        l->options.calls.done(l->options.calls.context, &x->rq, &x->rs, &x->match, &x->end);
        (void)atomic_fetch_sub(&l->body_bytes, x->reserved);
        (void)atomic_fetch_sub(&l->in_work, 1);
    }
    en_buf_free(&x->body);
    en_buf_free(&x->rs.body);
    /* x lives in this arena: nothing of it is used from here on. */
    if (c->arena.peak > EN_CONNECTION_KEEP) {
        en_arena_free(&c->arena);
    } else {
        en_arena_rewind(&c->arena, (struct en_arena_mark){0});
    }
    en_watch_limit(&c->watched, l->options.idle_s);
}
