/* SPDX-License-Identifier: Apache-2.0
 * The battery of hostile requests, as bytes over a socket to a real listener: each is refused with
 * a 4xx, or cut, and the connection is closed; and a plain request behind it is never answered,
 * which is what smuggling needs. Beside it the guard's own functions. */
#include "support/echo.h"
#include "support/http.h"

#include <stdlib.h>

#define HOST       "Host: localhost\r\n"
#define TEXT_OF(s) (s), sizeof(s) - 1
#define TEXT(s)                                                                                    \
    {                                                                                              \
        s, sizeof(s) - 1                                                                           \
    }

/* Kinds of requests by which servers and proxies were fooled. All begin well. */
static const struct hostile {
    const char *bytes;
    size_t size;
} HOSTILE[] = {
    /* two lengths, a malformed one, and length beside chunks */
    TEXT("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc"),
    TEXT("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3\r\nContent-Length: 30\r\n\r\nabc"),
    TEXT("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3, 3\r\n\r\nabc"),
    TEXT("POST /echo HTTP/1.1\r\n" HOST "Content-Length: +3\r\n\r\nabc"),
    TEXT("POST /echo HTTP/1.1\r\n" HOST "Content-Length: -3\r\n\r\nabc"),
    TEXT("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 0x3\r\n\r\nabc"),
    TEXT("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 3 0\r\n\r\nabc"),
    TEXT("POST /echo HTTP/1.1\r\n" HOST "Content-Length: \r\n\r\nabc"),
    TEXT("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 99999999999999999999999\r\n\r\nabc"),
    TEXT("POST /echo HTTP/1.1\r\n" HOST
         "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    TEXT("POST /echo HTTP/1.1\r\n" HOST
         "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"),
    /* other codings, and chunks where there are none */
    TEXT("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
    TEXT("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked \r\n\r\n0\r\n\r\n"),
    TEXT("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\t\r\n\r\n0\r\n\r\n"),
    TEXT("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"),
    TEXT("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n"),
    TEXT("POST /echo HTTP/1.1\r\n" HOST
         "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    TEXT("POST /echo HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    TEXT("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding:\x0b chunked\r\n\r\n0\r\n\r\n"),
    TEXT("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n"),
    TEXT("POST /echo HTTP/1.1\r\n" HOST
         "Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n"),
    TEXT("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\nx\r\nabc\r\n0\r\n\r\n"),
    TEXT("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n3\r\nabcX\r\n0\r\n\r\n"),
    TEXT("POST /echo HTTP/1.1\r\n" HOST
         "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc\r\n0\r\n\r\n"),
    /* form of header lines */
    TEXT("POST /echo HTTP/1.1\r\n" HOST "Content-Length : 3\r\n\r\nabc"),
    TEXT("GET /echo HTTP/1.1\r\n" HOST "X-One: a\r\n b\r\n\r\n"),
    TEXT("GET /echo HTTP/1.1\r\n" HOST "X-One: a\r\n\tTransfer-Encoding: chunked\r\n\r\n"),
    TEXT("GET /echo HTTP/1.1\r\n X-Zero: a\r\n" HOST "\r\n"),
    TEXT("GET /echo HTTP/1.1\r\n" HOST "X-One: a\rX-Two: b\r\n\r\n"),
    TEXT("GET /echo HTTP/1.1\r\n" HOST "X-One: a\nX-Two: b\r\n\r\n"),
    TEXT("GET /echo HTTP/1.1\nHost: localhost\n\n"),
    TEXT("GET /echo HTTP/1.1\r\n" HOST "X-One: a\n\r\n"),
    TEXT("GET /echo HTTP/1.1\r\n" HOST "X-One: a\r\n\n"),
    TEXT("GET /echo HTTP/1.1\r\n" HOST "X-One: a\0b\r\n\r\n"),
    TEXT("GET /echo HTTP/1.1\r\n" HOST "X-One: a\0\r\n\r\n"),
    TEXT("GET /echo HTTP/1.1\r\n" HOST "X-O\0ne: a\r\n\r\n"),
    TEXT("GET /echo HTTP/1.1\r\n" HOST "X-One: \x01\r\n\r\n"),
    TEXT("GET /echo HTTP/1.1\r\n" HOST "X One: a\r\n\r\n"),
    TEXT("GET /echo HTTP/1.1\r\n" HOST "X(One): a\r\n\r\n"),
    TEXT("GET /echo HTTP/1.1\r\n" HOST ": a\r\n\r\n"),
    TEXT("GET /echo HTTP/1.1\r\n" HOST "no colon\r\n\r\n"),
    /* the host */
    TEXT("GET /echo HTTP/1.1\r\n\r\n"),
    TEXT("GET /echo HTTP/1.0\r\n\r\n"),
    TEXT("GET /echo HTTP/1.1\r\n" HOST HOST "\r\n"),
    TEXT("GET /echo HTTP/1.1\r\n" HOST "Host: example.org\r\n\r\n"),
    TEXT("GET /echo HTTP/1.1\r\nHost: localhost/x\r\n\r\n"),
    TEXT("GET /echo HTTP/1.1\r\nHost: user@localhost\r\n\r\n"),
    TEXT("GET /echo HTTP/1.1\r\nHost: localhost:x\r\n\r\n"),
    TEXT("GET /echo HTTP/1.1\r\nHost: \r\n\r\n"),
    TEXT("GET /echo HTTP/1.1\r\nHost: example.org\r\n\r\n"),
    TEXT("GET /echo HTTP/1.1\r\nHost: localhost.example.org\r\n\r\n"),
    TEXT("GET /echo HTTP/1.1\r\nHost: 127.0.0.1.example.org\r\n\r\n"),
    TEXT("GET /echo HTTP/1.1\r\nHost: 192.168.0.1\r\n\r\n"),
    /* the request line */
    TEXT("GET /echo HTTP/1.2\r\n" HOST "\r\n"),
    TEXT("GET /echo HTTP/2.0\r\n" HOST "\r\n"),
    TEXT("GET /echo HTTP/0.9\r\n" HOST "\r\n"),
    TEXT("GET /echo HTTP/1.1 \r\n" HOST "\r\n"),
    TEXT("GET /echo http/1.1\r\n" HOST "\r\n"),
    TEXT("GET  /echo HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("GET /echo  HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("GET /echo x HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("GET\t/echo HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("GET /ec\0ho HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("GET\r\n" HOST "\r\n"),
    TEXT("GET /echo\r\n" HOST "\r\n"),
    TEXT("TRACE /echo HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("CONNECT localhost:1 HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("get /echo HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    TEXT("GE(T /echo HTTP/1.1\r\n" HOST "\r\n"),
    /* the target */
    TEXT("GET http://localhost/echo HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("GET //localhost/echo HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("OPTIONS * HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("GET echo HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("GET /a/../echo HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("GET /.. HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("GET /./echo HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("GET /a//echo HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("GET /a/%2e%2e/echo HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("GET /a/.%2E/echo HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("GET /a/..%2fecho HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("GET /a%2Fecho HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("GET /a%5cecho HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("GET /a\\..\\echo HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("GET /%252e%252e/echo HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("GET /echo%00 HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("GET /echo%0d%0aX: HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("GET /echo%c0%af HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("GET /echo%ff HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("GET /echo% HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("GET /echo%4 HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("GET /echo%u002f HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("GET /echo\xc3\xa4 HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("GET /echo#part HTTP/1.1\r\n" HOST "\r\n"),
    TEXT("GET /echo?a=\x7f HTTP/1.1\r\n" HOST "\r\n"),
    /* what may stand once, and what is not understood */
    TEXT("GET /echo HTTP/1.1\r\n" HOST
         "Authorization: Bearer a\r\nauthorization: Bearer b\r\n\r\n"),
    TEXT("GET /echo HTTP/1.1\r\n" HOST "Cookie: a=b\r\nCookie: a=c\r\n\r\n"),
    TEXT("POST /echo HTTP/1.1\r\n" HOST "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"),
    TEXT("POST /echo HTTP/1.1\r\n" HOST "Expect: everything\r\nContent-Length: 3\r\n\r\nabc"),
};

/* A second, plain request is sent behind each hostile one. It must not be answered: the connection
 * ends with the refusal. */
static void test_hostile_requests_are_refused(void **state)
{
    static const char NEXT[] = "GET /smuggled HTTP/1.1\r\n" HOST "\r\n";
    struct en_listener *l = echo_listen(NULL);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(HOSTILE); i++) {
        struct http *h = http_open(en_listener_port(l), false);

        (void)http_send(h, HOSTILE[i].bytes, HOSTILE[i].size);
        (void)http_send(h, NEXT, sizeof NEXT - 1);
        struct http_answer answer = http_receive(h, true, NULL);
        const bool is_refused = answer.status == 0 || (answer.status >= 400 && answer.status < 600);

        if (!is_refused || !answer.is_closed || !http_is_closed(h)) {
            fail_msg("request %zu is answered %d: %s", i, answer.status, HOSTILE[i].bytes);
        }
        http_free(&answer);
        http_close(h);
    }
    en_listener_close(l, 1.0);
}

/* What the guard itself refuses is told as an OperationOutcome with the headers of every answer. */
static void test_refusals_are_outcomes(void **state)
{
    struct en_listener *l = echo_listen(NULL);
    struct http_answer answer = http_once(en_listener_port(l), false, "GET", "/a/../b", "", NULL);

    (void)state;
    CHECK(answer.status == 400);
    CHECK_CONTAINS(answer.body, "OperationOutcome");
    CHECK_TEXT(http_value(&answer, "Connection"), "close");
    CHECK_TEXT(http_value(&answer, "Content-Type"), "application/fhir+json; charset=utf-8");
    CHECK_TEXT(http_value(&answer, "Cache-Control"), "no-store");
    CHECK_TEXT(http_value(&answer, "X-Content-Type-Options"), "nosniff");
    CHECK_TEXT(http_value(&answer, "X-Frame-Options"), "DENY");
    CHECK_CONTAINS(http_value(&answer, "Content-Security-Policy"), "default-src 'none'");
    CHECK_TEXT(http_value(&answer, "Referrer-Policy"), "no-referrer");
    CHECK(strlen(http_value(&answer, "X-Request-Id")) == 16);
    CHECK(http_value(&answer, "Strict-Transport-Security") == NULL); /* no TLS here */
    CHECK(http_value(&answer, "Server") == NULL);
    http_free(&answer);
    answer = http_once(en_listener_port(l), false, "GET", "/echo", "Host: x\r\n", NULL);
    CHECK(answer.status == 400);
    http_free(&answer);
    en_listener_close(l, 1.0);
}

/* Harmless requests of unusual form pass: the guard must not keep clients out. */
static void test_unusual_requests_pass(void **state)
{
    static const struct {
        const char *request, *answer;
    } GOOD[] = {
        {"GET /echo HTTP/1.1\r\nhost:localhost:8080\r\n\r\n", "GET /echo? 0 "},
        {"GET /echo HTTP/1.1\r\nHost: \t LOCALHOST \t\r\n\r\n", "GET /echo? 0 "},
        {"GET /echo HTTP/1.1\r\nHost: [::1]:99\r\nX-Empty:\r\nX-One: a \t b\r\n\r\n",
         "GET /echo? 0 "},
        {"\r\nGET /a%20b/%C3%A4?x=%2F&y=a+b&z=(|)'\"<> HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
         "GET /a b/\xc3\xa4?x=%2F&y=a+b&z=(|)'\"<> 0 "},
        {"GET / HTTP/1.1\r\n" HOST "X-Byte: \xc3\xa4\r\n\r\n", "GET /? 0 "},
        {"GET /a/ HTTP/1.1\r\n" HOST "\r\n", "GET /a/? 0 "},
        {"GET /...a/..b HTTP/1.1\r\n" HOST "\r\n", "GET /...a/..b? 0 "},
        {"POST /echo HTTP/1.1\r\n" HOST "Content-Length: 03\r\n\r\nabc", "POST /echo? 3 abc"},
        {"POST /echo HTTP/1.1\r\n" HOST
         "Content-Length: 3\r\nContent-Encoding: identity\r\n\r\nabc",
         "POST /echo? 3 abc"},
        {"POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: Chunked\r\n\r\n"
         "3;x=y\r\nabc\r\n01\r\nd\r\n0\r\nX-End: 1\r\n\r\n",
         "POST /echo? 4 abcd"},
        {"POST /echo HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", "POST /echo? 0 "},
        {"DELETE /echo HTTP/1.1\r\n" HOST "\r\n", "DELETE /echo? 0 "},
    };
    struct en_listener *l = echo_listen(NULL);
    struct http *h = http_open(en_listener_port(l), false);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(GOOD); i++) { /* all on one connection */
        CHECK(http_send(h, GOOD[i].request, strlen(GOOD[i].request)));
        struct http_answer answer = http_receive(h, true, NULL);

        if (answer.status != 200 || strcmp(answer.body, GOOD[i].answer) != 0 || answer.is_closed) {
            fail_msg("request %zu: %d %s", i, answer.status, answer.body);
        }
        http_free(&answer);
    }
    http_close(h);
    en_listener_close(l, 1.0);
}

/* Requests sent at once are answered in order; heads of every size up to the limit keep their form
 * (the library moves them about in its memory), and beyond it the answer is a 431. */
static void test_pipelines_and_long_heads(void **state)
{
    static char request[40000];
    struct en_listener *l = echo_listen(NULL);
    struct http *h = http_open(en_listener_port(l), false);

    (void)state;
    for (int i = 0; i < 50; i++) {
        CHECK(http_send(h, TEXT_OF("GET /echo?1 HTTP/1.1\r\n" HOST "\r\n")));
    }
    for (int i = 0; i < 50; i++) {
        struct http_answer answer = http_receive(h, true, NULL);

        CHECK(answer.status == 200);
        CHECK_TEXT(answer.body, "GET /echo?1 0 ");
        http_free(&answer);
    }
    for (int size = 100; size < 16000; size += 397) {
        const int used = snprintf(request, sizeof request,
                                  "GET /echo?%0*d HTTP/1.1\r\n" HOST "X-Long: %0*d\r\n\r\n",
                                  size / 2, 1, size / 2, 2);

        CHECK(http_send(h, request, (size_t)used));
        struct http_answer answer = http_receive(h, true, NULL);

        CHECK(answer.status == 200);
        http_free(&answer);
    }
    const int used = snprintf(request, sizeof request,
                              "GET /echo HTTP/1.1\r\n" HOST "X-Long: %020000d\r\n\r\n", 2);

    CHECK(http_send(h, request, (size_t)used));
    struct http_answer answer = http_receive(h, true, NULL);

    CHECK(answer.status == 431 && answer.is_closed);
    CHECK_CONTAINS(answer.body, "OperationOutcome");
    http_free(&answer);
    http_close(h);
    en_listener_close(l, 1.0);
}

/* A head that never ends within the library's memory is refused, whatever it consists of. */
static void test_endless_heads_are_refused(void **state)
{
    static const char *const PIECES[] = {"X-A: b\r\n", "GET /", "a", "X: "};
    struct en_listener *l = echo_listen(NULL);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(PIECES); i++) {
        struct http *h = http_open(en_listener_port(l), false);

        if (i != 1) {
            CHECK(http_send(h, TEXT_OF("GET /echo HTTP/1.1\r\n" HOST)));
        }
        for (size_t sent = 0; sent < 1 << 20; sent += strlen(PIECES[i])) {
            if (!http_send(h, PIECES[i], strlen(PIECES[i]))) {
                break;
            }
        }
        struct http_answer answer = http_receive(h, true, NULL);

        CHECK(answer.status == 0 || answer.status == 431 || answer.status == 414);
        CHECK(http_is_closed(h));
        http_free(&answer);
        http_close(h);
    }
    en_listener_close(l, 1.0);
}

/* 65 headers are one too many. */
static void test_many_headers_are_refused(void **state)
{
    struct en_listener *l = echo_listen(NULL);

    (void)state;
    for (int count = EN_HEADERS_MAX - 1; count <= EN_HEADERS_MAX + 200; count += 67) {
        char headers[4096] = "";

        for (int i = 0; i < count - 1; i++) { /* Host is one */
            (void)strcat(headers, "X-A: b\r\n");
        }
        struct http_answer answer =
            http_once(en_listener_port(l), false, "GET", "/echo", headers, NULL);

        CHECK(answer.status == (count <= EN_HEADERS_MAX ? 200 : 431));
        http_free(&answer);
    }
    en_listener_close(l, 1.0);
}

/* A body beyond the limit of its route is refused by its announcement, before it is sent; one that
 * comes in chunks when the limit is passed. A route for Bundles takes more. */
static void test_large_bodies_are_refused(void **state)
{
    const struct en_listener_options o = echo_options();
    struct en_listener *l = echo_listen(&o);
    char *body = malloc(o.body_max + 2);
    struct http *h = http_open(en_listener_port(l), false);
    int continued = 0;

    (void)state;
    CHECK(body != NULL);
    memset(body, 'x', o.body_max + 1);
    body[o.body_max + 1] = '\0';
    CHECK(http_send(h, TEXT_OF("POST /echo HTTP/1.1\r\n" HOST "Content-Length: 1048577\r\n"
                               "Expect: 100-continue\r\n\r\n")));
    struct http_answer answer = http_receive(h, true, &continued);

    CHECK(answer.status == 413 && answer.is_closed && continued == 0);
    CHECK_CONTAINS(answer.body, "1024 KiB");
    http_free(&answer);
    http_close(h);
    answer = http_once(en_listener_port(l), false, "POST", "/large", "", body);
    CHECK(answer.status == 200);
    CHECK_CONTAINS(answer.body, " 1048577 ");
    http_free(&answer);
    body[o.body_max] = '\0';
    answer = http_once(en_listener_port(l), false, "POST", "/echo", "", body);
    CHECK(answer.status == 200);
    CHECK_CONTAINS(answer.body, " 1048576 ");
    http_free(&answer);
    body[EN_BODY_PUBLIC_MAX + 1] = '\0'; /* of a stranger, much less */
    answer = http_once(en_listener_port(l), false, "POST", "/public", "", body);
    CHECK(answer.status == 413);
    http_free(&answer);
    body[EN_BODY_PUBLIC_MAX] = '\0';
    answer = http_once(en_listener_port(l), false, "POST", "/public", "", body);
    CHECK(answer.status == 200);
    http_free(&answer);
    memset(body, 'x', o.body_max);
    h = http_open(en_listener_port(l), false);
    CHECK(
        http_send(h, TEXT_OF("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n")));
    CHECK(http_send(h, TEXT_OF("100000\r\n")) && http_send(h, body, o.body_max));
    CHECK(http_send(h, TEXT_OF("\r\n1\r\nx\r\n0\r\n\r\n")));
    answer = http_receive(h, true, NULL);
    CHECK(answer.status == 413 && answer.is_closed);
    http_free(&answer);
    http_close(h);
    free(body);
    en_listener_close(l, 1.0);
}

/* Chunks without an end are cut, not swallowed for ever. */
static void test_endless_bodies_are_cut(void **state)
{
    struct en_listener *l = echo_listen(NULL);
    struct http *h = http_open(en_listener_port(l), false);
    char chunk[65536 + 9];
    bool is_open;

    (void)state;
    memset(chunk, 'x', sizeof chunk);
    memcpy(chunk, "10000\r\n", 7);
    memcpy(chunk + sizeof chunk - 2, "\r\n", 2);
    is_open =
        http_send(h, TEXT_OF("POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"));
    for (int i = 0; is_open && i < 10000; i++) {
        is_open = http_send(h, chunk, sizeof chunk);
    }
    CHECK(!is_open);
    http_close(h);
    en_listener_close(l, 1.0);
}

/* All bodies together have a limit, too: a second megabyte of 1.5 is refused while the first one is
 * being held, and passes when that is over. A small one passes at any time. */
static void test_bodies_share_a_limit(void **state)
{
    static char body[1000001];
    struct en_listener_options o = echo_options();
    struct http_answer answer = {0};

    (void)state;
    memset(body, 'x', sizeof body - 1);
    o.bodies_max = 1500000;
    struct en_listener *l = echo_listen(&o);
    struct http *h = http_open(en_listener_port(l), false);

    CHECK(http_send(h, TEXT_OF("POST /echo HTTP/1.1\r\n" HOST
                               "Content-Length: 1000000\r\nExpect: 100-continue\r\n\r\n")));
    http_await_continue(h); /* now its room is taken */
    answer = http_once(en_listener_port(l), false, "POST", "/echo", "", body);
    CHECK(answer.status == 503 && answer.is_closed);
    http_free(&answer);
    struct http *second = http_open(en_listener_port(l), false);

    CHECK(http_send(second, TEXT_OF("POST /echo HTTP/1.1\r\n" HOST
                                    "Content-Length: 500000\r\nExpect: 100-continue\r\n\r\n")));
    http_await_continue(second); /* and now all the room */
    answer = http_once(en_listener_port(l), false, "POST", "/echo", "", "a small one");
    CHECK(answer.status == 200);
    http_free(&answer);
    http_close(second);
    CHECK(http_send(h, body, sizeof body - 1));
    answer = http_receive(h, true, NULL);
    CHECK(answer.status == 200);
    http_free(&answer);
    http_close(h);
    do { /* the room comes back a moment after the answer */
        http_free(&answer);
        answer = http_once(en_listener_port(l), false, "POST", "/echo", "", body);
    } while (answer.status == 503);
    CHECK(answer.status == 200);
    http_free(&answer);
    en_listener_close(l, 1.0);
}

TEST_MAIN(cmocka_unit_test(test_hostile_requests_are_refused),
          cmocka_unit_test(test_refusals_are_outcomes),
          cmocka_unit_test(test_unusual_requests_pass),
          cmocka_unit_test(test_pipelines_and_long_heads),
          cmocka_unit_test(test_endless_heads_are_refused),
          cmocka_unit_test(test_many_headers_are_refused),
          cmocka_unit_test(test_large_bodies_are_refused),
          cmocka_unit_test(test_endless_bodies_are_cut),
          cmocka_unit_test(test_bodies_share_a_limit));
