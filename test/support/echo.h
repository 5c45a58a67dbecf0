/* SPDX-License-Identifier: Apache-2.0
 * test/support/echo: a listener whose handler tells what it was given: "POST /echo?a=b 3 abc".
 * Some paths do more: /refused is refused by its head, /large takes large bodies, /public is for
 * strangers, /big answers with as many bytes as the query says, /file with the file that echo_file
 * names, /wait waits for echo_gate, /broken sets a header that must not be sent. */
#pragma once

#include "base/gate.h"
#include "base/text.h"
#include "server/listener.h"

#include "support/check.h"

#include <stdatomic.h>
#include <stdlib.h>

static const struct en_route ECHO_ROUTE = {EN_POST, "/echo", EN_RIGHT_LOGIN, NULL, 0, ""};
static const struct en_route ECHO_LARGE = {EN_POST, "/large",       EN_RIGHT_LOGIN,
                                           NULL,    EN_ROUTE_LARGE, ""};

static const struct en_route ECHO_PUBLIC = {EN_POST, "/public", EN_RIGHT_PUBLIC, NULL, 0, ""};

static const char *echo_file;
static struct en_gate *echo_gate;
static atomic_int echo_done_count, echo_aborted_count, echo_inside;

static bool echo_head(void *context, struct en_http_request *rq, struct en_http_response *rs,
                      struct en_route_match *match)
{
    (void)context;
    match->route = en_text_equal(rq->path, "/large")    ? &ECHO_LARGE
                   : en_text_equal(rq->path, "/public") ? &ECHO_PUBLIC
                                                        : &ECHO_ROUTE;
    if (en_text_equal(rq->path, "/refused")) {
        (void)en_refuse(rs, 401, "login", "log in first");
        return true;
    }
    return false;
}

static void echo_body(void *context, const struct en_route_match *match, struct en_http_request *rq,
                      struct en_http_response *rs)
{
    (void)context;
    (void)match;
    rs->status = 200;
    rs->content_type = "text/plain";
    if (en_text_equal(rq->path, "/big")) {
        for (long size = strtol(rq->query, NULL, 10); size > 0; size -= 16) {
            en_buf_add(&rs->body, "0123456789abcde\n");
        }
        return;
    }
    if (en_text_equal(rq->path, "/wait")) {
        (void)atomic_fetch_add(&echo_inside, 1);
        if (en_gate_enter(echo_gate, 600.0)) {
            en_gate_leave(echo_gate);
        }
    }
    rs->file_path = en_text_equal(rq->path, "/file") ? echo_file : NULL;
    if (en_text_equal(rq->path, "/broken")) {
        en_http_add_header(rs, "Location", "/a\r\nX-Split: b");
    }
    en_buf_print(&rs->body, "%s %s?%s %zu %s", en_method_name(rq->method), rq->path, rq->query,
                 rq->body_size, rq->body_size < 64 ? rq->body : "...");
}

static void echo_done(void *context, const struct en_http_request *rq,
                      const struct en_http_response *rs, const struct en_route_match *match,
                      const struct en_request_end *end)
{
    (void)context;
    (void)rq;
    (void)rs;
    (void)match;
    (void)atomic_fetch_add(end->is_aborted ? &echo_aborted_count : &echo_done_count, 1);
}

static struct en_listener_options echo_options(void)
{
    return (struct en_listener_options){
        .address = "127.0.0.1:0",
        .guard = {.hosts = {"localhost", "127.0.0.1", "[::1]"}, .host_count = 3},
        .body_max = 1 << 20,
        .body_large_max = 4 << 20,
        .today = EN_DAY_UNKNOWN,
        .calls = {echo_head, echo_body, echo_done, NULL},
    };
}

/* o NULL: echo_options. */
static struct en_listener *echo_listen(const struct en_listener_options *o)
{
    const struct en_listener_options plain = echo_options();
    struct en_listener *l = NULL;
    struct en_err err = {""};

    if (en_listener_open(o == NULL ? &plain : o, &l, &err) != EN_OK) {
        fail_msg("%s", err.text);
    }
    return l;
}
