/* SPDX-License-Identifier: Apache-2.0
 * server/exchange: one request and its answer on a connection. Inside of the listener. */
#pragma once

#include "base/watch.h"
#include "server/listener.h"

#include <microhttpd.h>
#include <sys/socket.h>

enum { EN_CLIENT_ADDRESS_MAX = 48, EN_REQUEST_ID_MAX = 17 };

struct en_listener {
    struct en_listener_options options;
    struct MHD_Daemon *daemon;
    struct en_watch *watch;
    struct en_arena arena;
    struct connection *free; /* used on the thread that takes connections only */
    int socket, port;
    bool is_tls;                  /* as clients see it: also behind a proxy with https */
    uint64_t seed;                /* of the ids of requests */
    atomic_uint_fast64_t counter; /* of requests */
    atomic_int in_work;           /* requests between their head and the end of their answer */
    atomic_bool is_stopping;
    atomic_size_t body_bytes; /* of all bodies being held */
};

/* Lives in the listener's arena, from one to the next of its users. */
struct connection {
    struct en_listener *listener;
    struct connection *next;
    struct en_watched watched;
    struct en_arena arena; /* of the present request */
    char address[EN_CLIENT_ADDRESS_MAX];
};

enum exchange_phase { EXCHANGE_NEW, EXCHANGE_BODY, EXCHANGE_ANSWERED };

/* Lives in the connection's arena. */
struct exchange {
    struct connection *connection;
    struct MHD_Connection *mhd;
    const char *raw_target; /* as the library holds it; only its place and size are of use */
    size_t raw_target_size;
    const char *target; /* a copy, as it was sent */
    enum exchange_phase phase;
    struct en_guard_body announced;
    struct en_http_request rq;
    struct en_http_response rs;
    struct en_route_match match;
    struct en_buf body;
    size_t body_max, received, reserved;
    struct en_request_end end;
    double start_s;
    char id[EN_REQUEST_ID_MAX];
    bool is_answered;   /* rs is the answer, whatever the body */
    bool is_discarding; /* the body is read and thrown away */
    bool must_close;    /* no further request on this connection */
    bool is_head, is_in_work;
};

/* The head is there: judge it. The answer may be sent at once. */
enum MHD_Result en_exchange_head(struct exchange *x, const char *method, const char *version);

/* A piece of the body. MHD_NO ends the connection. */
enum MHD_Result en_exchange_body(struct exchange *x, const char *bytes, size_t size);

/* All is there: answer. */
enum MHD_Result en_exchange_answer(struct exchange *x);

/* Hand the answer to the library (server/send.c). */
enum MHD_Result en_exchange_send(struct exchange *x);

/* Tell what became of it, give back what it held. */
void en_exchange_end(struct exchange *x, bool is_aborted);

/* A socket that listens; see en_listener_open. */
EN_MUST_USE enum en_status en_listen_socket(const char *address, int *out, int *port,
                                            struct en_err *err);
void en_client_address(const struct sockaddr *client, char out[EN_CLIENT_ADDRESS_MAX]);
