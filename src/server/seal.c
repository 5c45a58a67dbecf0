/* SPDX-License-Identifier: Apache-2.0 */
#include "server/seal.h"

#include <sodium.h>
#include <string.h>

_Static_assert((int)EN_SEAL_KEY == (int)crypto_secretbox_KEYBYTES, "the key of a secretbox");

enum { HEAD = crypto_secretbox_NONCEBYTES, FRAME = HEAD + crypto_secretbox_MACBYTES };

static const int LETTERS = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

enum en_status en_seal(const unsigned char key[EN_SEAL_KEY], const char *text, struct en_arena *a,
                       const char **out, struct en_err *err)
{
    const size_t size = strlen(text);
    const size_t room = sodium_base64_encoded_len(FRAME + size, LETTERS);
    unsigned char *box = EN_NEW(a, unsigned char, FRAME + size);
    char *letters = EN_NEW(a, char, room);

    if (box == NULL || letters == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory to seal a text");
    }
    randombytes_buf(box, HEAD);
    (void)crypto_secretbox_easy(box + HEAD, (const unsigned char *)text, size, box, key);
    *out = sodium_bin2base64(letters, room, box, FRAME + size, LETTERS);
    return EN_OK;
}

enum en_status en_unseal(const unsigned char key[EN_SEAL_KEY], const char *sealed,
                         struct en_arena *a, const char **out, struct en_err *err)
{
    const size_t length = strlen(sealed);
    unsigned char *box = EN_NEW(a, unsigned char, length + 1);
    char *text = EN_NEW(a, char, length + 1); /* longer than what comes out, and zeroed */
    size_t size = 0;

    if (box == NULL || text == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory to open a sealed text");
    }
    if (sodium_base642bin(box, length, sealed, length, NULL, &size, NULL, LETTERS) != 0 ||
        size < FRAME ||
        crypto_secretbox_open_easy((unsigned char *)text, box + HEAD, size - HEAD, box, key) != 0) {
        return en_fail(err, EN_EINVAL, "a sealed text is not one of this server, or was changed");
    }
    *out = text;
    return EN_OK;
}
