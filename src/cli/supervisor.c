/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/supervisor.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void en_supervisor_tell(const char *state)
{
    /* Nobody writes the environment. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    const size_t size = path == NULL ? 0 : strlen(path);

    if (size == 0 || size >= sizeof to.sun_path) {
        return;
    }
    memcpy(to.sun_path, path, size);
    if (path[0] == '@') {
        to.sun_path[0] = '\0'; /* a name that is no file */
    }
    const int s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (s >= 0) {
        (void)sendto(s, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&to,
                     (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size));
        (void)close(s);
    }
}
