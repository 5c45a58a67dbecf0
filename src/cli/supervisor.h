/* SPDX-License-Identifier: Apache-2.0
 * cli/supervisor: tell systemd how the server is (Type=notify): one datagram to the socket that the
 * environment names. Without one nothing is done. */
#pragma once

void en_supervisor_tell(const char *state);
