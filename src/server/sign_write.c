/* SPDX-License-Identifier: Apache-2.0
 * server/sign_write: the Provenance that is a signature. */
#include "base/instant.h"
#include "base/limits.h"
#include "base/text.h"
#include "fhir/json.h"
#include "fhir/systems.h"
#include "fhir/writer.h"
#include "server/sign.h"

#define PARTICIPANT "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
#define SIGNATURE   "urn:iso-astm:E1762-95:2013"

static void write_coding(struct en_writer *w, const char *system, const char *code)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "system", system);
    en_write_text(w, "code", code);
    en_write_close(w);
}

static void write_concept(struct en_writer *w, const char *key, const char *system,
                          const char *code)
{
    en_write_open(w, key, '{');
    en_write_open(w, "coding", '[');
    write_coding(w, system, code);
    en_write_close(w);
    en_write_close(w);
}

static void write_who(struct en_writer *w, const struct en_caller *c)
{
    en_write_open(w, "who", '{');
    if (c->practitioner != NULL) {
        en_write_print(w, "reference", "Practitioner/%s", c->practitioner);
    }
    en_write_open(w, "identifier", '{');
    en_write_text(w, "system", EN_LOGIN_SYSTEM);
    en_write_text(w, "value", c->login);
    en_write_close(w);
    en_write_close(w);
}

/* Hash of each part, and BLAKE2b-256 over all lines. */
static enum en_status hash_parts(struct en_sign *s, char data[64])
{
    unsigned char hash[EN_DIGEST_BYTES];
    crypto_generichash_state state;

    (void)crypto_generichash_init(&state, NULL, 0, sizeof hash);
    for (size_t i = 0; i < s->count; i++) {
        struct en_sign_part *p = &s->parts[i];
        struct json_object *tree = json_tokener_parse(p->body);
        const enum en_status st = en_canonical_hash(tree, p->hash, s->c.err);
        char line[256];

        (void)json_object_put(tree);
        EN_TRY(st);
        const int size = snprintf(line, sizeof line, "%s/%s/_history/%lld %s\n", p->type, p->id,
                                  (long long)p->version, p->hash);

        (void)crypto_generichash_update(&state, (const unsigned char *)line,
                                        (unsigned long long)size);
    }
    (void)crypto_generichash_final(&state, hash, sizeof hash);
    (void)sodium_bin2base64(data, 64, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL);
    return EN_OK;
}

static void write_entities(const struct en_sign *s, struct en_writer *w)
{
    en_write_open(w, "entity", '[');
    for (size_t i = 0; i < s->count; i++) {
        const struct en_sign_part *p = &s->parts[i];

        en_write_open(w, NULL, '{');
        en_write_text(w, "role", "source");
        en_write_open(w, "what", '{');
        en_write_print(w, "reference", "%s/%s/_history/%lld", p->type, p->id,
                       (long long)p->version);
        en_write_open(w, "identifier", '{');
        en_write_text(w, "system", EN_HASH_SYSTEM);
        en_write_text(w, "value", p->hash);
        en_write_close(w);
        en_write_close(w);
        en_write_close(w);
    }
    en_write_close(w);
}

static void write_signature(const struct en_sign *s, const char *when, const char *data,
                            struct en_writer *w)
{
    en_write_open(w, "signature", '[');
    en_write_open(w, NULL, '{');
    en_write_open(w, "type", '[');
    write_coding(w, SIGNATURE, "1.2.840.10065.1.12.1.1");
    write_coding(w, EN_OPERATION_SYSTEM, s->signature == NULL ? EN_SIGN_CODE : s->signature);
    en_write_close(w);
    en_write_text(w, "when", when);
    write_who(w, &s->c.rq->caller);
    en_write_text(w, "targetFormat", "application/fhir+json");
    en_write_text(w, "data", data);
    en_write_close(w);
    en_write_close(w);
}

static void write_provenance(const struct en_sign *s, const char *activity, const char *data,
                             struct en_buf *out)
{
    struct en_writer w = EN_WRITER(out);
    char now[EN_INSTANT_TEXT_MAX];

    (void)en_instant_text(s->c.rq->now_us, now);
    en_write_open(&w, NULL, '{');
    en_write_text(&w, "resourceType", "Provenance");
    en_write_open(&w, "target", '[');
    for (size_t i = 0; i < s->count; i++) {
        if (s->parts[i].is_target) {
            en_write_open(&w, NULL, '{');
            en_write_print(&w, "reference", "%s/%s", s->parts[i].type, s->parts[i].id);
            en_write_close(&w);
        }
    }
    en_write_close(&w);
    en_write_text(&w, "recorded", now);
    write_concept(&w, "activity", EN_OPERATION_SYSTEM, activity);
    en_write_open(&w, "agent", '[');
    en_write_open(&w, NULL, '{');
    write_concept(&w, "type", PARTICIPANT, "attester");
    write_who(&w, &s->c.rq->caller);
    en_write_close(&w);
    en_write_open(&w, NULL, '{');
    write_concept(&w, "type", PARTICIPANT, "assembler");
    en_write_open(&w, "who", '{');
    en_write_print(&w, "display", "enthesis %s, knowledge %s", EN_VERSION,
                   en_knowledge_version(en_server_knowledge(s->c.server, s->c.rq)));
    en_write_close(&w);
    en_write_close(&w);
    en_write_close(&w);
    write_entities(s, &w);
    write_signature(s, now, data, &w);
    en_write_close(&w);
}

enum en_status en_sign_provenance(struct en_sign *s, const char *activity, struct json_object **out)
{
    struct en_buf text = EN_BUF(EN_OUTPUT_MAX);
    struct en_issues issues = {0};
    char data[64];

    *out = NULL;
    EN_TRY(hash_parts(s, data));
    write_provenance(s, activity, data, &text);
    enum en_status st = en_buf_check(&text, "the signature", s->c.err);

    if (st == EN_OK) {
        st = en_json_read(en_buf_text(&text), text.size, s->c.a, out, &issues, s->c.err);
    }
    en_buf_free(&text);
    return st;
}
