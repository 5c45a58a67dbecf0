/* SPDX-License-Identifier: Apache-2.0
 * The listener's own work: connections that live on, slow ones that are cut, compression, files,
 * HEAD, TLS, limits on connections, and an end that finishes what was begun. */
#include "support/echo.h"
#include "support/http.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#define HOST       "Host: localhost\r\n"
#define TEXT_OF(s) (s), sizeof(s) - 1

static void wait_a_moment(void)
{
    const struct timespec moment = {.tv_nsec = 10000000};

    (void)nanosleep(&moment, NULL);
}

/* Send one byte after the other until the server ends the connection; it must, long before a
 * minute's worth of them. */
static void crawl(struct http *h, const char *start)
{
    int sent = 0;

    CHECK(http_send(h, start, strlen(start)));
    while (http_send(h, "a", 1)) {
        wait_a_moment();
        CHECK(++sent < 6000);
    }
}

/* A client that always sends something is never silent; its time is limited all the same, in the
 * request line, in a header, in a body. */
static void test_crawling_clients_are_cut(void **state)
{
    static const char *const STARTS[] = {
        "GET /", "GET /echo HTTP/1.1\r\n" HOST "X-A: ",
        "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 10000\r\n\r\n",
        "POST /echo HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n2000\r\n"};
    struct en_listener_options o = echo_options();

    (void)state;
    o.idle_s = 0.2;
    struct en_listener *l = echo_listen(&o);

    for (size_t i = 0; i < EN_COUNT(STARTS); i++) {
        struct http *h = http_open(en_listener_port(l), false);

        crawl(h, STARTS[i]);
        http_close(h);
    }
    en_listener_close(l, 1.0);
}

/* A silent client is cut: one that sends nothing, one that stops, one between two requests, one
 * that does not shake hands, one that does not read its answer. */
static void test_silent_clients_are_cut(void **state)
{
    struct en_listener_options o = echo_options();

    (void)state;
    o.idle_s = 0.2;
    atomic_store(&echo_aborted_count, 0);
    struct en_listener *l = echo_listen(&o);
    struct http *silent = http_open(en_listener_port(l), false);
    struct http *stopped = http_open(en_listener_port(l), false);
    struct http *between = http_open(en_listener_port(l), false);
    struct http *deaf = http_open(en_listener_port(l), false);

    CHECK(http_send(stopped, "GET ", 4));
    CHECK(http_send(deaf, TEXT_OF("GET /big?50000000 HTTP/1.1\r\n" HOST "\r\n")));
    struct http_answer answer = http_ask(between, "GET", "/echo", "", NULL);

    CHECK(answer.status == 200 && !answer.is_closed);
    http_free(&answer);
    CHECK(http_is_closed(silent));
    CHECK(http_is_closed(stopped));
    CHECK(http_is_closed(between));
    while (atomic_load(&echo_aborted_count) == 0) {
        wait_a_moment();
    }
    http_close(silent);
    http_close(stopped);
    http_close(between);
    http_close(deaf);
    en_listener_close(l, 1.0);
}

/* Requests follow each other on one connection, also behind a refusal with a small body; HEAD
 * answers like GET without a body; "Connection: close" is obeyed. */
static void test_connections_live_on(void **state)
{
    struct en_listener *l = echo_listen(NULL);
    struct http *h = http_open(en_listener_port(l), false);
    struct http_answer answer = {0};

    (void)state;
    for (int i = 0; i < 3; i++) {
        answer = http_ask(h, "POST", "/refused", "", "some body");
        CHECK(answer.status == 401 && !answer.is_closed);
        http_free(&answer);
        answer = http_ask(h, "HEAD", "/echo?a", "", NULL);
        CHECK(answer.status == 200 && !answer.is_closed);
        CHECK_TEXT(http_value(&answer, "Content-Length"), "15"); /* "HEAD /echo?a 0 " */
        http_free(&answer);
        answer = http_ask(h, "PUT", "/echo", "", "abc");
        CHECK_TEXT(answer.body, "PUT /echo? 3 abc");
        http_free(&answer);
    }
    answer = http_ask(h, "GET", "/echo", "Connection: close\r\n", NULL);
    CHECK(answer.status == 200 && answer.is_closed);
    CHECK(http_is_closed(h));
    http_free(&answer);
    http_close(h);
    en_listener_close(l, 1.0);
}

/* A refusal by the head comes before a large body is sent, and a body that was not asked for ends
 * the connection. */
static void test_refusals_come_before_bodies(void **state)
{
    struct en_listener *l = echo_listen(NULL);
    struct http *h = http_open(en_listener_port(l), false);
    int continued = 0;

    (void)state;
    CHECK(http_send(h, TEXT_OF("POST /refused HTTP/1.1\r\n" HOST
                               "Content-Length: 1000000\r\nExpect: 100-continue\r\n\r\n")));
    struct http_answer answer = http_receive(h, true, &continued);

    CHECK(answer.status == 401 && answer.is_closed && continued == 0);
    http_free(&answer);
    http_close(h);
    h = http_open(en_listener_port(l), false);
    CHECK(http_send(h, TEXT_OF("POST /echo HTTP/1.1\r\n" HOST
                               "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n")));
    http_await_continue(h);
    CHECK(http_send(h, "abc", 3));
    answer = http_receive(h, true, NULL);
    CHECK(answer.status == 200);
    http_free(&answer);
    http_close(h);
    en_listener_close(l, 1.0);
}

static size_t unpack(const struct http_answer *answer, char *out, size_t room)
{
    z_stream z = {.next_in = (Bytef *)answer->body,
                  .avail_in = (uInt)answer->body_size,
                  .next_out = (Bytef *)out,
                  .avail_out = (uInt)room};

    CHECK(inflateInit2(&z, 15 + 16) == Z_OK);
    CHECK(inflate(&z, Z_FINISH) == Z_STREAM_END);
    CHECK(inflateEnd(&z) == Z_OK);
    return z.total_out;
}

/* Large texts are packed for who takes that; "q=0" does not. Small ones go as they are. */
static void test_answers_are_packed(void **state)
{
    static const struct {
        const char *accept;
        bool is_packed;
    } CASES[] = {
        {"", false},
        {"Accept-Encoding: gzip\r\n", true},
        {"Accept-Encoding: deflate, GZIP;q=0.5\r\n", true},
        {"Accept-Encoding: *\r\n", true},
        {"Accept-Encoding: gzip;q=0\r\n", false},
        {"Accept-Encoding: gzip; q=0.000, *;q=1\r\n", false},
        {"Accept-Encoding: *;q=0\r\n", false},
        {"Accept-Encoding: gzip;q=x\r\n", false},
        {"Accept-Encoding: br, xgzip, gzipx, identity\r\n", false},
        {"Accept-Encoding: , ,gzip\r\n", true},
        {"Accept-Encoding: \r\n", false},
    };
    static char text[100000];
    struct en_listener *l = echo_listen(NULL);

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        struct http_answer answer =
            http_once(en_listener_port(l), false, "GET", "/big?64000", CASES[i].accept, NULL);
        const char *coding = http_value(&answer, "Content-Encoding");

        CHECK(answer.status == 200);
        CHECK((coding != NULL) == CASES[i].is_packed);
        if (coding != NULL) {
            CHECK(answer.body_size < 6400);
            CHECK(unpack(&answer, text, sizeof text) == 64000);
        }
        CHECK_TEXT(http_value(&answer, "Vary"), "Accept-Encoding");
        http_free(&answer);
    }
    struct http_answer small = http_once(en_listener_port(l), false, "GET", "/big?1008",
                                         "Accept-Encoding: gzip\r\n", NULL);

    CHECK(http_value(&small, "Content-Encoding") == NULL && small.body_size == 1008);
    http_free(&small);
    en_listener_close(l, 1.0);
}

/* A file is sent whole; a link, a folder, or what is not there is a 404: an export's file may have
 * been put away meanwhile, and a link could lead anywhere. */
static void test_files_are_sent(void **state)
{
    char folder[] = "/tmp/enthesis-test-XXXXXX", file[64], link_to[64];
    struct en_listener *l = echo_listen(NULL);
    FILE *out;

    (void)state;
    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(file, sizeof file, "%s/file", folder);
    (void)snprintf(link_to, sizeof link_to, "%s/link", folder);
    out = fopen(file, "w");
    CHECK(out != NULL && fputs("line one\nline two\n", out) >= 0 && fclose(out) == 0);
    CHECK(symlink(file, link_to) == 0);
    const char *const paths[] = {file, link_to, folder, "/nowhere/at/all"};

    for (size_t i = 0; i < EN_COUNT(paths); i++) {
        echo_file = paths[i];
        struct http_answer answer = http_once(en_listener_port(l), false, "GET", "/file", "", NULL);

        CHECK(answer.status == (i == 0 ? 200 : 404));
        if (i == 0) {
            CHECK_TEXT(answer.body, "line one\nline two\n");
        } else {
            CHECK_CONTAINS(answer.body, "OperationOutcome");
            CHECK(strstr(answer.body, folder) == NULL);
        }
        http_free(&answer);
    }
    CHECK(unlink(link_to) == 0 && unlink(file) == 0 && rmdir(folder) == 0);
    en_listener_close(l, 1.0);
}

/* A header with a line feed would begin a header of somebody else's choice: the answer is a 500. */
static void test_answers_are_not_split(void **state)
{
    struct en_listener *l = echo_listen(NULL);
    struct http_answer answer = http_once(en_listener_port(l), false, "GET", "/broken", "", NULL);

    (void)state;
    CHECK(answer.status == 500);
    CHECK(strstr(answer.head, "X-Split") == NULL && strstr(answer.head, "Location") == NULL);
    CHECK(strlen(http_value(&answer, "X-Request-Id")) == 16);
    http_free(&answer);
    en_listener_close(l, 1.0);
}

/* One address may hold so many connections; the next one is not answered, and once one has gone
 * there is room again. */
static void test_connections_are_limited(void **state)
{
    enum { LIMIT = 16 };
    struct en_listener_options o = echo_options();
    struct http *all[LIMIT], *extra;
    struct http_answer answer;

    (void)state;
    o.per_client_max = LIMIT;
    struct en_listener *l = echo_listen(&o);

    for (int i = 0; i < LIMIT; i++) {
        all[i] = http_open(en_listener_port(l), false);
        answer = http_ask(all[i], "GET", "/echo", "", NULL);
        CHECK(answer.status == 200);
        http_free(&answer);
    }
    extra = http_open(en_listener_port(l), false);
    answer = http_ask(extra, "GET", "/echo", "", NULL);
    CHECK(answer.status == 0);
    http_free(&answer);
    http_close(extra);
    http_close(all[0]);
    do {
        all[0] = http_open(en_listener_port(l), false);
        answer = http_ask(all[0], "GET", "/echo", "", NULL);
        const int status = answer.status;

        http_free(&answer);
        if (status == 200) {
            break;
        }
        http_close(all[0]);
        wait_a_moment();
    } while (true);
    for (int i = 0; i < LIMIT; i++) {
        http_close(all[i]);
    }
    en_listener_close(l, 1.0);
}

static void *close_listener(void *listener)
{
    en_listener_close(listener, 600.0);
    return NULL;
}

/* At the end a request in work is answered whole, and says that the connection ends; nobody new is
 * let in, neither on an old connection nor on a new one. */
static void test_end_finishes_what_was_begun(void **state)
{
    struct en_listener *l = echo_listen(NULL);
    const int port = en_listener_port(l);
    struct http *h = http_open(port, false), *old = http_open(port, false);
    pthread_t closing;

    (void)state;
    atomic_store(&echo_inside, 0);
    CHECK(en_gate_open(1, 4, &echo_gate, NULL) == EN_OK && en_gate_enter(echo_gate, 0.0));
    struct http_answer answer = http_ask(old, "GET", "/echo", "", NULL);

    CHECK(answer.status == 200);
    http_free(&answer);
    CHECK(http_send(h, TEXT_OF("GET /wait HTTP/1.1\r\n" HOST "\r\n")));
    while (atomic_load(&echo_inside) == 0) {
        wait_a_moment();
    }
    CHECK(pthread_create(&closing, NULL, close_listener, l) == 0);
    do { /* until the end has begun */
        http_free(&answer);
        answer = http_ask(old, "GET", "/echo", "", NULL);
    } while (answer.status == 200 && !answer.is_closed);
    CHECK(answer.is_closed);
    http_free(&answer);
    en_gate_leave(echo_gate);
    answer = http_receive(h, true, NULL);
    CHECK(answer.status == 200 && answer.is_closed);
    CHECK_TEXT(answer.body, "GET /wait? 0 ");
    http_free(&answer);
    CHECK(pthread_join(closing, NULL) == 0);
    http_close(h);
    http_close(old);
    en_gate_close(echo_gate);
}

/* An address in use, a malformed one, and one that this machine has not, are told apart. */
static void test_addresses_are_checked(void **state)
{
    static const char *const BAD[] = {
        "",           "8080",   "localhost", "127.0.0.1:",   "host.x:80",    "127.0.0.1:x",
        "[::1:80",    "::1:80", "1.2.3:80",  "127.0.0.1:-1", "[fe80::z]:80", "127.0.0.1:70000",
        "192.0.2.1:0"};
    struct en_listener_options o = echo_options();
    struct en_listener *l = echo_listen(NULL), *second = NULL;
    struct en_err err = {""};
    char taken[32];
    bool is_local = false;

    (void)state;
    for (size_t i = 0; i < EN_COUNT(BAD); i++) {
        o.address = BAD[i];
        CHECK(en_listener_open(&o, &second, &err) == EN_EINVAL);
        CHECK_CONTAINS(err.text, BAD[i]);
    }
    (void)snprintf(taken, sizeof taken, "127.0.0.1:%d", en_listener_port(l));
    o.address = taken;
    CHECK(en_listener_open(&o, &second, &err) == EN_ECONFLICT);
    CHECK_CONTAINS(err.text, taken);
    CHECK(en_listen_is_local("127.9.9.9:1", &is_local, &err) == EN_OK && is_local);
    CHECK(en_listen_is_local("[::1]:1", &is_local, &err) == EN_OK && is_local);
    CHECK(en_listen_is_local("localhost:1", &is_local, &err) == EN_OK && is_local);
    CHECK(en_listen_is_local("0.0.0.0:1", &is_local, &err) == EN_OK && !is_local);
    CHECK(en_listen_is_local("[::]:1", &is_local, &err) == EN_OK && !is_local);
    CHECK(en_listen_is_local("nowhere", &is_local, &err) == EN_EINVAL);
    en_listener_close(l, 1.0);
    en_listener_close(NULL, 1.0);
}

/* Who counts as one client: an IPv4 address; of IPv6 a whole /64, however its zeros are written. */
static void test_networks_count_as_one_client(void **state)
{
    static const struct {
        const char *address, *key;
    } CASES[] = {
        {"192.0.2.7", "192.0.2.7"},
        {"unknown", "unknown"},
        {"2001:db8::1", "2001:0db8:0000:0000::/64"},
        {"2001:db8::abcd:1:2:3", "2001:0db8:0000:0000::/64"},
        {"2001:db8:0:1:abcd::", "2001:0db8:0000:0001::/64"},
        {"::1", "0000:0000:0000:0000::/64"},
    };
    char key[EN_CLIENT_KEY];

    (void)state;
    for (size_t i = 0; i < EN_COUNT(CASES); i++) {
        CHECK_TEXT(en_client_key(CASES[i].address, key), CASES[i].key);
    }
}

TEST_MAIN(cmocka_unit_test(test_networks_count_as_one_client),
          cmocka_unit_test(test_crawling_clients_are_cut),
          cmocka_unit_test(test_silent_clients_are_cut), cmocka_unit_test(test_connections_live_on),
          cmocka_unit_test(test_refusals_come_before_bodies),
          cmocka_unit_test(test_answers_are_packed), cmocka_unit_test(test_files_are_sent),
          cmocka_unit_test(test_answers_are_not_split),
          cmocka_unit_test(test_connections_are_limited),
          cmocka_unit_test(test_end_finishes_what_was_begun),
          cmocka_unit_test(test_addresses_are_checked));
