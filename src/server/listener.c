/* SPDX-License-Identifier: Apache-2.0 */
#include "server/listener.h"

#include "base/clock.h"
#include "base/text.h"
#include "server/exchange.h"
#include "server/metrics.h"

#include <math.h>
#include <sodium.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* TLS 1.2 and newer, and the server's order of what is best. */
#define TLS_PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE"

static struct connection *connection_of(struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info == NULL ? NULL : info->socket_context;
}

/* A connection came. The first of the free places is taken; there are as many as the library lets
 * in. On the thread that accepts. */
static void start_connection(struct en_listener *l, struct MHD_Connection *mhd, void **context)
{
    struct connection *c = l->free;
    const union MHD_ConnectionInfo *client =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const union MHD_ConnectionInfo *fd =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);

    *context = c;
    if (c == NULL || fd == NULL) {
        *context = NULL;
        return; /* its requests will be refused */
    }
    l->free = c->next;
    c->next = NULL;
    c->arena = EN_ARENA(EN_REQUEST_ARENA);
    en_client_address(client == NULL ? NULL : client->client_addr, c->address);
    en_watch_add(l->watch, &c->watched, fd->connect_fd, l->options.idle_s);
    en_metrics_connections(l->options.metrics, 1);
}

static void notify_connection(void *context, struct MHD_Connection *mhd, void **socket_context,
                              enum MHD_ConnectionNotificationCode code)
{
    struct en_listener *l = context;
    struct connection *c = *socket_context;

    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        start_connection(l, mhd, socket_context);
    } else if (c != NULL) {
        en_watch_remove(l->watch, &c->watched);
        en_metrics_connections(l->options.metrics, -1);
        en_arena_free(&c->arena);
        c->next = l->free;
        l->free = c;
        *socket_context = NULL;
    }
}

/* The request line is there. The library will decode the target in its place, so a copy is kept.
 * NULL makes the handler end the connection. */
static void *notify_target(void *context, const char *target, struct MHD_Connection *mhd)
{
    struct connection *c = connection_of(mhd);
    struct exchange *x = c == NULL ? NULL : EN_NEW(&c->arena, struct exchange, 1);

    (void)context;
    if (x == NULL || target == NULL) {
        return NULL;
    }
    x->connection = c;
    x->mhd = mhd;
    x->raw_target = target;
    x->raw_target_size = strlen(target);
    x->target = en_arena_copy(&c->arena, target, x->raw_target_size);
    x->start_s = en_clock_s();
    x->rs = EN_HTTP_RESPONSE;
    return x->target == NULL ? NULL : x;
}

/* Called once for the head, then for each piece of the body, then once more. Only what is answered
 * on the last call leaves the connection open. */
/* The library's form. NOLINTNEXTLINE(readability-function-size) */
static enum MHD_Result handle(void *context, struct MHD_Connection *mhd, const char *url,
                              const char *method, const char *version, const char *bytes,
                              size_t *size, void **request_context)
{
    struct exchange *x = *request_context;

    (void)context;
    (void)mhd;
    (void)url;
    if (x == NULL) {
        return MHD_NO;
    }
    if (x->phase == EXCHANGE_NEW) {
        return en_exchange_head(x, method, version);
    }
    if (*size > 0) {
        const size_t taken = *size;

        *size = 0;
        return en_exchange_body(x, bytes, taken);
    }
    return x->phase == EXCHANGE_BODY ? en_exchange_answer(x) : MHD_YES;
}

static void notify_completed(void *context, struct MHD_Connection *mhd, void **request_context,
                             enum MHD_RequestTerminationCode code)
{
    (void)context;
    (void)mhd;
    if (*request_context != NULL) {
        en_exchange_end(*request_context, code != MHD_REQUEST_TERMINATED_COMPLETED_OK);
        *request_context = NULL;
    }
}

static void count_cut(void *context)
{
    en_metrics_add(context, EN_METRIC_CUT, 1);
}

static void set_defaults(struct en_listener_options *o)
{
    o->connections_max = o->connections_max > 0 ? o->connections_max : EN_CONNECTIONS_MAX;
    o->per_client_max = o->per_client_max > 0 ? o->per_client_max : EN_CONNECTIONS_PER_CLIENT_MAX;
    o->idle_s = o->idle_s > 0.0 ? o->idle_s : EN_CONNECTION_IDLE_S;
    o->body_max = o->body_max > 0 ? o->body_max : EN_BODY_MAX;
    o->body_large_max = o->body_large_max > 0 ? o->body_large_max : EN_BODY_LARGE_MAX;
    o->bodies_max = o->bodies_max > 0 ? o->bodies_max : EN_BODIES_MAX;
}

static enum en_status make_places(struct en_listener *l, struct en_err *err)
{
    const size_t count = (size_t)l->options.connections_max + 1;
    struct connection *places = EN_NEW(&l->arena, struct connection, count);

    if (places == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for %d connections", l->options.connections_max);
    }
    for (size_t i = 0; i < count; i++) {
        places[i].listener = l;
        places[i].next = l->free;
        l->free = &places[i];
    }
    return EN_OK;
}

static enum en_status start_daemon(struct en_listener *l, struct en_err *err)
{
    const struct en_listener_options *o = &l->options;
    const bool is_tls = o->certificate != NULL;
    const unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
                           MHD_USE_POLL | MHD_USE_ITC | (is_tls ? MHD_USE_TLS : MHD_NO_FLAG);
    union {
        const char *text;
        void *pointer; /* as the library's struct wants it; it only reads */
    } certificate = {o->certificate}, key = {o->key}, priorities = {TLS_PRIORITIES};
    const struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, certificate.pointer},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, key.pointer},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, priorities.pointer},
        {MHD_OPTION_END, 0, NULL},
    };

    l->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, handle, l, MHD_OPTION_LISTEN_SOCKET, l->socket,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)o->connections_max,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned)o->per_client_max,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)ceil(o->idle_s),
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)EN_CONNECTION_POOL,
        MHD_OPTION_THREAD_STACK_SIZE, (size_t)EN_CONNECTION_STACK, MHD_OPTION_STRICT_FOR_CLIENT, 0,
        MHD_OPTION_URI_LOG_CALLBACK, notify_target, l, MHD_OPTION_NOTIFY_COMPLETED,
        notify_completed, l, MHD_OPTION_NOTIFY_CONNECTION, notify_connection, l, MHD_OPTION_ARRAY,
        is_tls ? tls : tls + EN_COUNT(tls) - 1, MHD_OPTION_END);
    if (l->daemon == NULL) {
        return en_fail(err, EN_EIO,
                       is_tls ? "the server could not be started: is the certificate with its key "
                                "in order?"
                              : "the server could not be started");
    }
    return EN_OK;
}

enum en_status en_listener_open(const struct en_listener_options *options, struct en_listener **out,
                                struct en_err *err)
{
    struct en_arena arena = EN_ARENA(16 << 20);
    struct en_listener *l = EN_NEW(&arena, struct en_listener, 1);

    if (l == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the server");
    }
    l->arena = arena;
    l->socket = -1;
    l->options = *options;
    set_defaults(&l->options);
    l->is_tls = options->certificate != NULL ||
                (options->base_url != NULL && en_text_starts(options->base_url, "https://"));
    randombytes_buf(&l->seed, sizeof l->seed);
    enum en_status st = make_places(l, err);

    st = st != EN_OK ? st : en_listen_socket(l->options.address, &l->socket, &l->port, err);
    /* Often enough that a limit is overrun by an eighth at most. */
    st = st != EN_OK ? st
                     : en_watch_open(fmin(l->options.idle_s / 8.0, 1.0), count_cut,
                                     l->options.metrics, &l->watch, err);
    st = st != EN_OK ? st : start_daemon(l, err);
    if (st != EN_OK) {
        en_listener_close(l, 0.0);
        return st;
    }
    *out = l;
    return EN_OK;
}

int en_listener_port(const struct en_listener *l)
{
    return l->port;
}

static void wait_for_work(struct en_listener *l, double limit_s)
{
    const struct timespec step = {.tv_nsec = 2000000};
    const double until_s = en_clock_s() + limit_s;

    while (atomic_load(&l->in_work) > 0 && en_clock_s() < until_s) {
        (void)nanosleep(&step, NULL);
    }
}

void en_listener_close(struct en_listener *l, double limit_s)
{
    if (l == NULL) {
        return;
    }
    if (l->daemon != NULL) {
        atomic_store(&l->is_stopping, true);
        (void)MHD_quiesce_daemon(l->daemon);
        wait_for_work(l, limit_s);
        MHD_stop_daemon(l->daemon);
    }
    if (l->socket >= 0) {
        (void)close(l->socket);
    }
    en_watch_close(l->watch);
    struct en_arena arena = l->arena;

    en_arena_free(&arena);
}
