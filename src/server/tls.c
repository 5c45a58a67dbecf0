/* SPDX-License-Identifier: Apache-2.0 */
#include "server/tls.h"

#include "base/buf.h"
#include "base/limits.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <string.h>
#include <sys/stat.h>

enum { DAY_S = 86400, SHA256_SIZE = 32, SERIAL_SIZE = 16 };

static gnutls_datum_t datum(const char *text)
{
    union {
        const char *text;
        unsigned char *bytes; /* as the library's struct wants it; it only reads */
    } u = {text};

    return (gnutls_datum_t){u.bytes, (unsigned)strlen(text)};
}

static void write_fingerprint(const unsigned char hash[SHA256_SIZE], struct en_tls *out)
{
    for (size_t i = 0; i < SHA256_SIZE; i++) {
        (void)snprintf(out->fingerprint + i * 3, 4, "%02X%s", hash[i],
                       i + 1 < SHA256_SIZE ? ":" : "");
    }
}

/* The names a certificate is good for; what does not fit is left out. */
static void read_names(gnutls_x509_crt_t crt, struct en_arena *a, struct en_tls *out)
{
    for (unsigned i = 0; out->name_count < EN_TLS_NAMES_MAX; i++) {
        char name[256], text[INET6_ADDRSTRLEN];
        size_t size = sizeof name - 1;
        const char *copy = NULL;
        const int kind = gnutls_x509_crt_get_subject_alt_name(crt, i, name, &size, NULL);

        if (kind == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE) {
            return;
        }
        if (kind == GNUTLS_SAN_DNSNAME && memchr(name, '*', size) == NULL) {
            copy = en_arena_copy(a, name, size);
        } else if (kind == GNUTLS_SAN_IPADDRESS && (size == 4 || size == 16) &&
                   inet_ntop(size == 4 ? AF_INET : AF_INET6, name, text, sizeof text) != NULL) {
            copy = en_arena_print(a, size == 4 ? "%s" : "[%s]", text);
        }
        if (copy != NULL) {
            out->names[out->name_count++] = copy;
        }
    }
}

/* Read and check a chain and its key. what names them in messages. */
static enum en_status check(const char *certificate, const char *key, const char *what,
                            struct en_arena *a, struct en_tls *out, struct en_err *err)
{
    const gnutls_datum_t pem = datum(certificate), key_pem = datum(key);
    gnutls_x509_crt_t *chain = NULL;
    gnutls_x509_privkey_t private = NULL;
    unsigned char ours[SHA256_SIZE], theirs[SHA256_SIZE], hash[SHA256_SIZE];
    size_t ours_size = sizeof ours, theirs_size = sizeof theirs, hash_size = sizeof hash;
    unsigned count = 0;
    enum en_status st = EN_OK;

    *out = (struct en_tls){.certificate = certificate, .key = key};
    if (gnutls_x509_crt_list_import2(&chain, &count, &pem, GNUTLS_X509_FMT_PEM, 0) < 0 ||
        count == 0) {
        return en_fail(err, EN_EINVAL, "%s: there is no certificate in PEM form", what);
    }
    if (gnutls_x509_privkey_init(&private) < 0 ||
        gnutls_x509_privkey_import2(private, &key_pem, GNUTLS_X509_FMT_PEM, NULL, 0) < 0) {
        st = en_fail(err, EN_EINVAL, "the key of %s is no private key in PEM form", what);
    } else if (gnutls_x509_crt_get_key_id(chain[0], GNUTLS_KEYID_USE_SHA256, ours, &ours_size) <
                   0 ||
               gnutls_x509_privkey_get_key_id(private, GNUTLS_KEYID_USE_SHA256, theirs,
                                              &theirs_size) < 0 ||
               ours_size != theirs_size || memcmp(ours, theirs, ours_size) != 0) {
        st = en_fail(err, EN_EINVAL, "the key does not belong to the certificate of %s", what);
    } else if (gnutls_x509_crt_get_fingerprint(chain[0], GNUTLS_DIG_SHA256, hash, &hash_size) < 0) {
        st = en_fail(err, EN_EINVAL, "%s: the certificate cannot be read", what);
    } else {
        write_fingerprint(hash, out);
        out->expires_s = (int64_t)gnutls_x509_crt_get_expiration_time(chain[0]);
        read_names(chain[0], a, out);
    }
    gnutls_x509_privkey_deinit(private);
    for (unsigned i = 0; i < count; i++) {
        gnutls_x509_crt_deinit(chain[i]);
    }
    gnutls_free(chain);
    return st;
}

static enum en_status read_text(const char *path, struct en_arena *a, const char **out,
                                struct en_err *err)
{
    struct en_buf text = EN_BUF(EN_TABLE_FILE_MAX);
    enum en_status st = en_buf_read_file(&text, path, err);

    if (st == EN_OK) {
        *out = en_arena_copy(a, en_buf_text(&text), SIZE_MAX);
        st = *out != NULL ? EN_OK : en_fail(err, EN_ENOMEM, "no memory for %s", path);
    }
    en_buf_free(&text);
    return st;
}

enum en_status en_tls_load(const char *certificate, const char *key, struct en_arena *a,
                           struct en_tls *out, struct en_err *err)
{
    const char *certificate_text = NULL, *key_text = NULL;
    struct stat st;

    if (stat(key, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & S_IRWXO) != 0) {
        return en_fail(err, EN_EINVAL, "%s: everybody may read this key; run chmod o-rwx %s", key,
                       key);
    }
    EN_TRY(read_text(certificate, a, &certificate_text, err));
    EN_TRY(read_text(key, a, &key_text, err));
    return check(certificate_text, key_text, certificate, a, out, err);
}

/* Making one */

static int add_name(gnutls_x509_crt_t crt, const char *name)
{
    unsigned char address[16];
    char text[INET6_ADDRSTRLEN + 2];
    const size_t size = strlen(name);

    if (inet_pton(AF_INET, name, address) == 1) {
        return gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, address, 4,
                                                    GNUTLS_FSAN_APPEND);
    }
    if (name[0] == '[' && size > 2 && size < sizeof text) {
        memcpy(text, name + 1, size - 2);
        text[size - 2] = '\0';
        return inet_pton(AF_INET6, text, address) != 1
                   ? -1
                   : gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, address, 16,
                                                          GNUTLS_FSAN_APPEND);
    }
    return gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, name, (unsigned)size,
                                                GNUTLS_FSAN_APPEND);
}

static int fill(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, const char *const *names,
                size_t count, int64_t now_s)
{
    unsigned char serial[SERIAL_SIZE], id[SHA256_SIZE];
    size_t id_size = sizeof id;
    int bad = gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof serial);

    serial[0] = (unsigned char)((serial[0] & 0x3f) | 0x40); /* positive, and of full length */
    bad |= gnutls_x509_crt_set_key(crt, key);
    bad |= gnutls_x509_crt_set_version(crt, 3);
    bad |= gnutls_x509_crt_set_serial(crt, serial, sizeof serial);
    /* An hour back, for clients whose clock is behind. */
    bad |= gnutls_x509_crt_set_activation_time(crt, (time_t)(now_s - 3600));
    bad |= gnutls_x509_crt_set_expiration_time(crt, (time_t)(now_s + (int64_t)EN_TLS_DAYS * DAY_S));
    bad |= gnutls_x509_crt_set_dn(crt, "CN=Enthesis", NULL);
    bad |= gnutls_x509_crt_set_basic_constraints(crt, 0, -1);
    bad |= gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_DIGITAL_SIGNATURE);
    bad |= gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_SERVER, 0);
    bad |= gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA256, id, &id_size);
    bad |= gnutls_x509_crt_set_subject_key_id(crt, id, 20);
    for (size_t i = 0; i < count; i++) {
        bad |= add_name(crt, names[i]);
    }
    return bad | gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0);
}

/* Key and certificate as PEM, in the arena. */
static enum en_status make(const char *const *names, size_t count, int64_t now_s,
                           struct en_arena *a, const char **certificate, const char **key,
                           struct en_err *err)
{
    gnutls_x509_privkey_t private = NULL;
    gnutls_x509_crt_t crt = NULL;
    gnutls_datum_t key_pem = {NULL, 0}, pem = {NULL, 0};
    int bad = gnutls_x509_privkey_init(&private);

    bad |= gnutls_x509_crt_init(&crt);
    bad = bad != 0
              ? bad
              : gnutls_x509_privkey_generate(private, GNUTLS_PK_ECDSA,
                                             GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
    bad = bad != 0 ? bad : fill(crt, private, names, count, now_s);
    bad = bad != 0 ? bad : gnutls_x509_privkey_export2(private, GNUTLS_X509_FMT_PEM, &key_pem);
    bad = bad != 0 ? bad : gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &pem);
    if (bad == 0) {
        *key = en_arena_copy(a, (const char *)key_pem.data, key_pem.size);
        *certificate = en_arena_copy(a, (const char *)pem.data, pem.size);
    }
    if (key_pem.data != NULL) {
        gnutls_memset(key_pem.data, 0, key_pem.size);
    }
    gnutls_free(key_pem.data);
    gnutls_free(pem.data);
    gnutls_x509_crt_deinit(crt);
    gnutls_x509_privkey_deinit(private);
    return bad == 0 && *key != NULL && *certificate != NULL
               ? EN_OK
               : en_fail(err, EN_EIO, "the server's own certificate could not be made");
}

static bool has_all(const struct en_tls *tls, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool is_there = false;

        for (size_t k = 0; k < tls->name_count; k++) {
            is_there |= en_text_equal(tls->names[k], names[i]);
        }
        if (!is_there) {
            return false;
        }
    }
    return true;
}

enum en_status en_tls_own(const char *folder, const char *const *names, size_t count, int64_t now_s,
                          struct en_arena *a, struct en_tls *out, struct en_err *err)
{
    const char *both = en_arena_print(a, "%s/server.pem", folder);
    const char *shown = en_arena_print(a, "%s/certificate.pem", folder);
    const char *text = "", *certificate = "", *key = "";

    if (both == NULL || shown == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the server's certificate");
    }
    EN_TRY(en_folder_make(folder, err));
    if (read_text(both, a, &text, NULL) == EN_OK &&
        check(text, text, both, a, out, NULL) == EN_OK &&
        out->expires_s > now_s + (int64_t)EN_TLS_RENEW_DAYS * DAY_S && has_all(out, names, count)) {
        return EN_OK;
    }
    EN_TRY(make(names, count, now_s, a, &certificate, &key, err));
    text = en_arena_print(a, "%s%s", key, certificate);
    if (text == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for the server's certificate");
    }
    /* One file for both: a crash cannot leave a key beside another one's certificate. */
    EN_TRY(en_file_write_private(both, text, strlen(text), err));
    EN_TRY(en_file_write(shown, certificate, strlen(certificate), err));
    return check(certificate, key, both, a, out, err);
}
