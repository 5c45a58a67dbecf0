/* SPDX-License-Identifier: Apache-2.0
 * server/listener: connections and requests, on libmicrohttpd, one thread per connection.
 *
 * A request passes the guard, its head is judged (calls.head), its body is collected up to a limit,
 * then it is answered (calls.body) and told (calls.done). Whoever is slow is cut: a head within
 * idle_s of the answer before it, bodies and answers at EN_TRANSFER_RATE_MIN at least. Handlers may
 * block. No library's type shows here. */
#pragma once

#include "server/guard.h"
#include "server/route.h"

/* How a request ended. */
struct en_request_end {
    const char *refusal;
    double seconds;
    bool is_aborted;
};

/* What is done with requests; each on the thread of its connection. context is handed back. */
struct en_listener_calls {
    /* The head is there. True: rs is the answer. Else match->route says how large a body may be. */
    bool (*head)(void *context, struct en_http_request *rq, struct en_http_response *rs,
                 struct en_route_match *match);
    void (*body)(void *context, const struct en_route_match *match, struct en_http_request *rq,
                 struct en_http_response *rs);
    /* The request is over. refusal: why the guard refused it, NULL when it did not. is_aborted: the
     * client did not get (all of) the answer. rq->path may be NULL. */
    void (*done)(void *context, const struct en_http_request *rq, const struct en_http_response *rs,
                 const struct en_route_match *match, const struct en_request_end *end);
    void *context;
};

struct en_listener_options {
    const char *address;           /* "127.0.0.1:8080", "[::1]:0", "localhost:80" */
    const char *certificate, *key; /* PEM, the texts themselves; NULL: no TLS */
    const char *base_url;          /* NULL: from the Host header */
    struct en_guard guard;
    struct en_metrics *metrics;                  /* NULL: nothing is counted */
    int connections_max, per_client_max;         /* 0: defaults of base/limits.h */
    double idle_s;                               /* 0: EN_CONNECTION_IDLE_S */
    size_t body_max, body_large_max, bodies_max; /* 0: defaults of base/limits.h */
    en_day today;                                /* EN_DAY_UNKNOWN: the clock's */
    int64_t clock_shift_us;                      /* added to the clock of all requests */
    struct en_listener_calls calls;
};

struct en_listener;

/* Listen; on return connections are taken. EN_EINVAL: the address cannot be read; EN_ECONFLICT: it
 * is taken; EN_EIO. Texts of the options must outlive the listener. */
EN_MUST_USE enum en_status en_listener_open(const struct en_listener_options *options,
                                            struct en_listener **out, struct en_err *err);

int en_listener_port(const struct en_listener *l);

/* Take no new connection and no new request, let those in work end (at most limit_s), then close
 * all. NULL is fine. */
void en_listener_close(struct en_listener *l, double limit_s);

/* Whether the address names this machine only. EN_EINVAL when it cannot be read. */
EN_MUST_USE enum en_status en_listen_is_local(const char *address, bool *is_local,
                                              struct en_err *err);
