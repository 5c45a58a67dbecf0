/* SPDX-License-Identifier: Apache-2.0 */
#include "support/http.h"

#include "support/check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

/* A server that does not answer must fail the test, not hang it. */
enum { PATIENCE_S = 60, CHUNK = 16384 };

struct http {
    int socket;
    gnutls_session_t tls; /* NULL: plain */
    gnutls_certificate_credentials_t credentials;
    char *bytes; /* received and not yet used, shape [size] */
    size_t size;
    bool is_ended;
};

static void start_tls(struct http *h)
{
    int st;

    CHECK(gnutls_certificate_allocate_credentials(&h->credentials) == 0);
    CHECK(gnutls_init(&h->tls, GNUTLS_CLIENT) == 0);
    CHECK(gnutls_set_default_priority(h->tls) == 0);
    CHECK(gnutls_credentials_set(h->tls, GNUTLS_CRD_CERTIFICATE, h->credentials) == 0);
    gnutls_transport_set_int(h->tls, h->socket);
    do {
        st = gnutls_handshake(h->tls);
    } while (st < 0 && gnutls_error_is_fatal(st) == 0);
    CHECK(st == 0);
}

struct http *http_open(int port, bool is_tls)
{
    const struct sockaddr_in to = {.sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    struct http *h = calloc(1, sizeof *h);

    CHECK(h != NULL);
    h->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(h->socket >= 0);
    CHECK(setsockopt(h->socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0);
    CHECK(setsockopt(h->socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0);
    CHECK(connect(h->socket, (const struct sockaddr *)&to, sizeof to) == 0);
    if (is_tls) {
        start_tls(h);
    }
    return h;
}

void http_close(struct http *h)
{
    if (h->tls != NULL) {
        (void)gnutls_bye(h->tls, GNUTLS_SHUT_WR);
        gnutls_deinit(h->tls);
        gnutls_certificate_free_credentials(h->credentials);
    }
    (void)close(h->socket);
    free(h->bytes);
    free(h);
}

bool http_send(struct http *h, const char *bytes, size_t size)
{
    while (size > 0) {
        const ssize_t sent = h->tls == NULL ? send(h->socket, bytes, size, MSG_NOSIGNAL)
                                            : gnutls_record_send(h->tls, bytes, size);

        if (sent <= 0) {
            CHECK(errno != EAGAIN && errno != EWOULDBLOCK); /* the server takes nothing */
            return false;
        }
        bytes += sent;
        size -= (size_t)sent;
    }
    return true;
}

void http_end_sending(struct http *h)
{
    (void)shutdown(h->socket, SHUT_WR);
}

/* Read some more; false at the end of the stream. */
static bool read_more(struct http *h)
{
    ssize_t got;

    if (h->is_ended) {
        return false;
    }
    h->bytes = realloc(h->bytes, h->size + CHUNK + 1);
    CHECK(h->bytes != NULL);
    errno = 0;
    do {
        got = h->tls == NULL ? recv(h->socket, h->bytes + h->size, CHUNK, 0)
                             : gnutls_record_recv(h->tls, h->bytes + h->size, CHUNK);
    } while (h->tls != NULL && (got == GNUTLS_E_INTERRUPTED || got == GNUTLS_E_REHANDSHAKE));
    if (got < 0) {
        CHECK(h->tls == NULL ? errno == ECONNRESET || errno == EPIPE : got != GNUTLS_E_AGAIN);
    }
    h->is_ended = got <= 0;
    h->size += got > 0 ? (size_t)got : 0;
    h->bytes[h->size] = '\0';
    return !h->is_ended;
}

bool http_is_closed(struct http *h)
{
    while (read_more(h)) {
    }
    return h->is_ended;
}

/* The first size bytes, as a text of its own. */
static char *take(struct http *h, size_t size)
{
    char *text = malloc(size + 1);

    CHECK(text != NULL && size <= h->size);
    memcpy(text, h->bytes == NULL ? "" : h->bytes, size);
    text[size] = '\0';
    h->size -= size;
    if (h->bytes != NULL) {
        memmove(h->bytes, h->bytes + size, h->size + 1);
    }
    return text;
}

/* Bytes up to and with the end of the head; 0 when the stream ended before. */
static size_t head_size(struct http *h)
{
    const char *end;

    while (h->bytes == NULL || (end = strstr(h->bytes, "\r\n\r\n")) == NULL) {
        if (!read_more(h)) {
            return 0;
        }
    }
    return (size_t)(end - h->bytes) + 4;
}

const char *http_value(const struct http_answer *answer, const char *name)
{
    static char value[4096];
    const size_t size = strlen(name);

    for (const char *line = answer->head == NULL ? NULL : strstr(answer->head, "\r\n");
         line != NULL; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, name, size) == 0 && line[size] == ':') {
            const char *start = line + size + 1 + strspn(line + size + 1, " ");
            const size_t length = strcspn(start, "\r");

            CHECK(length < sizeof value);
            memcpy(value, start, length);
            value[length] = '\0';
            return value;
        }
    }
    return NULL;
}

static void take_body(struct http *h, struct http_answer *answer)
{
    const char *length = http_value(answer, "Content-Length");
    size_t size = length == NULL ? 0 : strtoul(length, NULL, 10);

    if (length == NULL && answer->status != 204 && answer->status != 304) {
        while (read_more(h)) { /* up to the end of the stream */
        }
        size = h->size;
    }
    while (h->size < size && read_more(h)) {
    }
    CHECK(h->size >= size);
    answer->body = take(h, size);
    answer->body_size = size;
}

void http_await_continue(struct http *h)
{
    char *head = take(h, head_size(h));

    CHECK(strncmp(head, "HTTP/1.1 100 ", 13) == 0);
    free(head);
}

struct http_answer http_receive(struct http *h, bool has_body, int *continued)
{
    struct http_answer answer = {0};

    for (;;) {
        const size_t size = head_size(h);

        if (size == 0) {
            answer.is_closed = true;
            return answer;
        }
        answer.head = take(h, size);
        CHECK(strncmp(answer.head, "HTTP/1.1 ", 9) == 0 ||
              strncmp(answer.head, "HTTP/1.0 ", 9) == 0);
        answer.status = (int)strtol(answer.head + 9, NULL, 10);
        if (answer.status != 100) {
            break;
        }
        if (continued != NULL) {
            (*continued)++;
        }
        free(answer.head);
    }
    const char *connection = http_value(&answer, "Connection");

    answer.is_closed = connection != NULL && strcasecmp(connection, "close") == 0;
    if (has_body) {
        take_body(h, &answer);
    }
    return answer;
}

void http_free(struct http_answer *answer)
{
    free(answer->head);
    free(answer->body);
    *answer = (struct http_answer){0};
}

struct http_answer http_ask(struct http *h, const char *method, const char *target,
                            const char *headers, const char *body)
{
    const size_t size = body == NULL ? 0 : strlen(body);
    const size_t room = strlen(target) + strlen(headers) + size + 256;
    char length[64] = "", *text = malloc(room);

    CHECK(text != NULL);
    if (body != NULL) {
        (void)snprintf(length, sizeof length, "Content-Length: %zu\r\n", size);
    }
    const int all = snprintf(text, room, "%s %s HTTP/1.1\r\nHost: localhost\r\n%s%s\r\n%s", method,
                             target, headers, length, body == NULL ? "" : body);

    CHECK(all > 0 && (size_t)all < room);
    (void)http_send(h, text, (size_t)all);
    free(text);
    return http_receive(h, strcmp(method, "HEAD") != 0, NULL);
}

struct http_answer http_once(int port, bool is_tls, const char *method, const char *target,
                             const char *headers, const char *body)
{
    struct http *h = http_open(port, is_tls);
    const struct http_answer answer = http_ask(h, method, target, headers, body);

    http_close(h);
    return answer;
}

size_t http_certificate(struct http *h, unsigned char *out, size_t room)
{
    unsigned count = 0;
    const gnutls_datum_t *chain =
        h->tls == NULL ? NULL : gnutls_certificate_get_peers(h->tls, &count);

    if (chain == NULL || count == 0) {
        return 0;
    }
    CHECK(chain[0].size <= room);
    memcpy(out, chain[0].data, chain[0].size);
    return chain[0].size;
}
