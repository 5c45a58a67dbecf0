// SPDX-License-Identifier: Apache-2.0
// Codes of a second factor.
import { createHmac } from 'node:crypto';

const STEP_MS = 30000;

/** RFC 6238: the code that an authenticator app shows at a moment; later: so many steps on. */
export function codeOf(secret, day, later = 0) {
  // The server's day, the time of now.
  const now = Date.parse(`${day}T00:00:00Z`) + (Date.now() % 86400000) + later * STEP_MS;
  const bits = [...secret]
    .map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(now / STEP_MS)));
  const mac = createHmac('sha1', key).update(step).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0');
}
