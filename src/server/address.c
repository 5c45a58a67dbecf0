/* SPDX-License-Identifier: Apache-2.0
 * server/address: "127.0.0.1:8080", "[::1]:0", "localhost:8080" to a socket that listens. */
#include "server/exchange.h"

#include "base/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BACKLOG = 512 };

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static enum en_status parse(const char *text, union address *out, socklen_t *size,
                            struct en_err *err)
{
    const char *colon = strrchr(text, ':');
    char host[64];
    long long port = 0;
    size_t length = colon == NULL ? sizeof host : (size_t)(colon - text);

    *out = (union address){0};
    if (length >= sizeof host || !en_text_integer(colon + 1, 0, 65535, &port)) {
        return en_fail(err, EN_EINVAL,
                       "listen address \"%s\": write ADDRESS:PORT, for example 127.0.0.1:8080 or "
                       "[::]:8443",
                       text);
    }
    const bool is_v6 = length > 2 && text[0] == '[' && text[length - 1] == ']';

    memcpy(host, text + (is_v6 ? 1 : 0), length - (is_v6 ? 2 : 0));
    host[length - (is_v6 ? 2 : 0)] = '\0';
    if (is_v6 && inet_pton(AF_INET6, host, &out->v6.sin6_addr) == 1) {
        out->v6.sin6_family = AF_INET6;
        out->v6.sin6_port = htons((uint16_t)port);
        *size = sizeof out->v6;
        return EN_OK;
    }
    if (!is_v6 && inet_pton(AF_INET, en_text_equal(host, "localhost") ? "127.0.0.1" : host,
                            &out->v4.sin_addr) == 1) {
        out->v4.sin_family = AF_INET;
        out->v4.sin_port = htons((uint16_t)port);
        *size = sizeof out->v4;
        return EN_OK;
    }
    return en_fail(err, EN_EINVAL,
                   "listen address \"%s\": an address in digits is needed (or localhost), for "
                   "example 0.0.0.0:8443; [..] around IPv6",
                   text);
}

enum en_status en_listen_is_local(const char *address, bool *is_local, struct en_err *err)
{
    union address parsed;
    socklen_t size = 0;

    EN_TRY(parse(address, &parsed, &size, err));
    *is_local = parsed.any.sa_family == AF_INET ? ntohl(parsed.v4.sin_addr.s_addr) >> 24 == 127
                                                : IN6_IS_ADDR_LOOPBACK(&parsed.v6.sin6_addr) != 0;
    return EN_OK;
}

static enum en_status bind_failed(const char *text, int why, struct en_err *err)
{
    char reason[128];

    if (why == EADDRINUSE) {
        return en_fail(err, EN_ECONFLICT,
                       "%s is taken: another server listens there; choose another --listen", text);
    }
    return en_fail(err, why == EADDRNOTAVAIL || why == EACCES ? EN_EINVAL : EN_EIO,
                   "listening on %s failed: %s", text, strerror_r(why, reason, sizeof reason));
}

enum en_status en_listen_socket(const char *address, int *out, int *port, struct en_err *err)
{
    union address a;
    socklen_t size = 0;
    const int on = 1;

    EN_TRY(parse(address, &a, &size, err));
    const int s = socket(a.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (s < 0) {
        return bind_failed(address, errno, err);
    }
    (void)setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(s, &a.any, size) != 0 || listen(s, BACKLOG) != 0 ||
        getsockname(s, &a.any, &size) != 0) {
        const int why = errno;

        (void)close(s);
        return bind_failed(address, why, err);
    }
    *port = ntohs(a.any.sa_family == AF_INET ? a.v4.sin_port : a.v6.sin6_port);
    *out = s;
    return EN_OK;
}

void en_client_address(const struct sockaddr *client, char out[EN_CLIENT_ADDRESS_MAX])
{
    const void *at = &((const struct sockaddr_in *)(const void *)client)->sin_addr;
    int family = client == NULL ? AF_UNSPEC : client->sa_family;

    if (family == AF_INET6) {
        const struct in6_addr *v6 = &((const struct sockaddr_in6 *)(const void *)client)->sin6_addr;

        at = v6;
        if (IN6_IS_ADDR_V4MAPPED(v6)) {
            family = AF_INET;
            at = v6->s6_addr + 12;
        }
    }
    if ((family != AF_INET && family != AF_INET6) ||
        inet_ntop(family, at, out, EN_CLIENT_ADDRESS_MAX) == NULL) {
        memcpy(out, "unknown", 8);
    }
}

const char *en_client_key(const char *address, char key[EN_CLIENT_KEY])
{
    struct in6_addr v6;
    const unsigned char *b = v6.s6_addr;

    if (inet_pton(AF_INET6, address, &v6) == 1) {
        (void)snprintf(key, EN_CLIENT_KEY, "%02x%02x:%02x%02x:%02x%02x:%02x%02x::/64", b[0], b[1],
                       b[2], b[3], b[4], b[5], b[6], b[7]);
    } else {
        (void)snprintf(key, EN_CLIENT_KEY, "%s", address);
    }
    return key;
}
