/* SPDX-License-Identifier: Apache-2.0
 * test/support/http: a small HTTP client for tests of the server, plain or TLS, that also sends
 * what no proper client would. A failure of the test's own side ends the test. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct http;

/* Connect to 127.0.0.1. TLS accepts any certificate; http_certificate tells which. */
struct http *http_open(int port, bool is_tls);
void http_close(struct http *h);

/* Bytes as they are. False: the other side has closed. */
bool http_send(struct http *h, const char *bytes, size_t size);

/* No more will be sent. */
void http_end_sending(struct http *h);

struct http_answer {
    int status; /* 0: the connection ended without an answer */
    char *head; /* status line and headers, "\r\n" between; ended by NUL */
    char *body; /* ended by NUL */
    size_t body_size;
    bool is_closed; /* the server ended the connection, or says that it will */
};

/* The next answer; an interim 100 is skipped, and counted in *continued (may be NULL). has_body
 * false for the answer to HEAD. Free with http_free. */
struct http_answer http_receive(struct http *h, bool has_body, int *continued);
void http_free(struct http_answer *answer);

/* Wait for an interim 100. */
void http_await_continue(struct http *h);

/* Value of a header, NULL when there is none; lives in a static place until the next call. */
const char *http_value(const struct http_answer *answer, const char *name);

/* A whole request and its answer. headers: "Name: value\r\n" each, may be ""; Host is added, and
 * Content-Length when body is not NULL. */
struct http_answer http_ask(struct http *h, const char *method, const char *target,
                            const char *headers, const char *body);

/* The same on a connection of its own. */
struct http_answer http_once(int port, bool is_tls, const char *method, const char *target,
                             const char *headers, const char *body);

/* Whether the server has closed (waits for it, at most a minute). */
bool http_is_closed(struct http *h);

/* DER of the server's certificate; 0 without TLS. */
size_t http_certificate(struct http *h, unsigned char *out, size_t room);
