/* SPDX-License-Identifier: Apache-2.0
 * server/document_issue: a document as it was handed out is kept: its PDF and its blocks as
 * Binaries, and a DocumentReference that names them. It never changes afterwards; a later one is
 * one more. */
#include "base/instant.h"
#include "base/limits.h"
#include "base/text.h"
#include "fhir/json.h"
#include "fhir/systems.h"
#include "fhir/writer.h"
#include "server/digest.h"
#include "server/document.h"

#include <sodium.h>
#include <string.h>

struct issue {
    struct en_operate *o;
    const struct en_app_document *d;
    struct en_buf pdf, json; /* as they are handed out */
    char hash[EN_DIGEST_TEXT];
};

const char *en_document_base64(struct en_arena *a, const char *bytes, size_t size)
{
    const size_t room = sodium_base64_encoded_len(size, sodium_base64_VARIANT_ORIGINAL);
    char *text = EN_NEW(a, char, room);

    return text == NULL ? NULL
                        : sodium_bin2base64(text, room, (const unsigned char *)bytes, size,
                                            sodium_base64_VARIANT_ORIGINAL);
}

/* Addresses within the Bundle follow from what is handed out: a document that reads differently is
 * another one. */
static const char *address(const struct issue *x, const char *what)
{
    return en_arena_print(x->o->rq->arena, "urn:enthesis:document:%s:%s", x->hash, what);
}

static void write_subject(struct en_writer *w, const char *key, const struct en_operate *o)
{
    en_write_open(w, key, '{');
    en_write_print(w, "reference", "Patient/%s", o->patient);
    en_write_close(w);
}

static void open_entry(struct en_writer *w, const char *full_url, const char *type)
{
    en_write_open(w, NULL, '{');
    en_write_text(w, "fullUrl", full_url);
    en_write_open(w, "resource", '{');
    en_write_text(w, "resourceType", type);
}

static void close_entry(struct en_writer *w)
{
    en_write_close(w);
    en_write_close(w);
}

static enum en_status write_binary(const struct issue *x, const char *what, const char *media,
                                   const struct en_buf *bytes, struct en_writer *w)
{
    const char *data = en_document_base64(x->o->rq->arena, en_buf_text(bytes), bytes->size);

    if (data == NULL) {
        return en_fail(x->o->err, EN_ENOMEM, "no memory to keep a document");
    }
    open_entry(w, address(x, what), "Binary");
    en_write_text(w, "contentType", media);
    write_subject(w, "securityContext", x->o);
    en_write_text(w, "data", data);
    close_entry(w);
    return EN_OK;
}

static void write_attachment(const struct issue *x, const char *what, const char *media,
                             const struct en_buf *bytes, struct en_writer *w)
{
    en_write_open(w, NULL, '{');
    en_write_open(w, "attachment", '{');
    en_write_text(w, "contentType", media);
    en_write_text(w, "language", "en");
    en_write_text(w, "url", address(x, what));
    en_write_integer(w, "size", (long long)bytes->size);
    en_write_text(w, "title", en_paper_title_of(x->d->paper));
    en_write_date(w, "creation", x->o->app.today);
    en_write_close(w);
    en_write_close(w);
}

static void write_type(const struct issue *x, struct en_writer *w)
{
    en_write_open(w, "type", '{');
    en_write_open(w, "coding", '[');
    en_write_open(w, NULL, '{');
    en_write_text(w, "system", EN_DOCUMENT_SYSTEM);
    en_write_text(w, "code", en_paper_name(x->d->paper));
    en_write_close(w);
    en_write_close(w);
    en_write_text(w, "text", en_paper_title_of(x->d->paper));
    en_write_close(w);
}

/* A note of a session that is not signed is a draft on paper, too. */
static const char *state_of(const struct issue *x)
{
    const struct en_session_note *n = x->d->report.note;

    return x->d->paper == EN_PAPER_NOTE && (n == NULL || !n->is_signed) ? "preliminary" : "final";
}

static void write_related(const struct issue *x, struct en_writer *w)
{
    const struct en_session_note *n = x->d->report.note;

    if (n == NULL || n->id == NULL) {
        return;
    }
    en_write_open(w, "context", '{');
    en_write_open(w, "related", '[');
    en_write_open(w, NULL, '{');
    en_write_print(w, "reference", "Procedure/%s", n->id);
    en_write_close(w);
    en_write_close(w);
    en_write_close(w);
}

static void write_author(const struct issue *x, struct en_writer *w)
{
    if (x->o->rq->caller.practitioner == NULL) {
        return;
    }
    en_write_open(w, "author", '[');
    en_write_open(w, NULL, '{');
    en_write_print(w, "reference", "Practitioner/%s", x->o->rq->caller.practitioner);
    en_write_close(w);
    en_write_close(w);
}

static void write_reference(const struct issue *x, struct en_writer *w)
{
    char now[EN_INSTANT_TEXT_MAX];

    open_entry(w, address(x, "reference"), "DocumentReference");
    en_write_open(w, "masterIdentifier", '{');
    en_write_text(w, "system", EN_HASH_SYSTEM);
    en_write_text(w, "value", x->hash);
    en_write_close(w);
    en_write_text(w, "status", "current");
    en_write_text(w, "docStatus", state_of(x));
    write_type(x, w);
    write_subject(w, "subject", x->o);
    en_write_text(w, "date", en_instant_text(x->o->rq->now_us, now));
    write_author(x, w);
    en_write_print(w, "description", "%s, knowledge %s", en_paper_title_of(x->d->paper),
                   en_knowledge_version(x->o->app.knowledge));
    en_write_open(w, "content", '[');
    write_attachment(x, "pdf", "application/pdf", &x->pdf, w);
    write_attachment(x, "json", "application/json", &x->json, w);
    en_write_close(w);
    write_related(x, w);
    close_entry(w);
}

static enum en_status write_bundle(const struct issue *x, struct en_buf *out)
{
    struct en_writer w = EN_WRITER(out);

    if (address(x, "reference") == NULL) {
        return en_fail(x->o->err, EN_ENOMEM, "no memory to keep a document");
    }
    en_write_open(&w, NULL, '{');
    en_write_text(&w, "resourceType", "Bundle");
    en_write_text(&w, "type", "collection");
    en_write_open(&w, "entry", '[');
    write_reference(x, &w);
    EN_TRY(write_binary(x, "pdf", "application/pdf", &x->pdf, &w));
    EN_TRY(write_binary(x, "json", "application/json", &x->json, &w));
    en_write_close(&w);
    en_write_close(&w);
    return en_write_end(&w, "a document", x->o->err);
}

static enum en_status make(struct issue *x, struct en_buf *out)
{
    struct en_operate *o = x->o;
    struct en_digest d;

    EN_TRY(en_app_document_pdf(x->d, &x->pdf, o->err));
    EN_TRY(en_app_document_json(x->d, o->rq->arena, &x->json, o->err));
    en_digest_start(&d);
    en_digest_add(&d, en_buf_text(&x->pdf), x->pdf.size);
    en_digest_end(&d, x->hash);
    return write_bundle(x, out);
}

enum en_status en_document_issue(struct en_operate *o, const struct en_app_document *d,
                                 struct en_buf *bundle)
{
    struct issue x = {.o = o, .d = d, .pdf = EN_BUF(EN_OUTPUT_MAX), .json = EN_BUF(EN_OUTPUT_MAX)};
    const enum en_status st = make(&x, bundle);

    en_buf_free(&x.pdf);
    en_buf_free(&x.json);
    return st;
}

/* One that was issued */

struct looking {
    struct en_operate *o;
    const char *id, *media;
    const char *data; /* base64 */
};

static enum en_status not_there(struct en_err *err)
{
    return en_fail(err, EN_ENOTFOUND, "no such document of this patient");
}

/* Id of the Binary of this media type; NULL: there is none, or it is another patient's. */
static const char *binary_of(struct looking *l, const char *body)
{
    struct json_object *tree = json_tokener_parse(body);
    struct json_object *list = en_json_get(tree, "content");
    const char *subject = en_json_text(en_json_get(tree, "subject"), "reference");
    const char *own = en_arena_print(l->o->rq->arena, "Patient/%s", l->o->patient);
    const char *id = NULL;

    for (size_t i = 0; en_text_equal(subject, own) && i < en_json_count(list); i++) {
        struct json_object *a = en_json_get(en_json_at(list, i), "attachment");
        const char *url = en_json_text(a, "url");

        if (en_text_equal(en_json_text(a, "contentType"), l->media) &&
            en_text_starts(url, "Binary/")) {
            id = en_arena_copy(l->o->rq->arena, url + strlen("Binary/"), SIZE_MAX);
        }
    }
    (void)json_object_put(tree);
    return id;
}

static enum en_status look_work(struct en_tx *tx, void *context, struct en_err *err)
{
    struct looking *l = context;
    struct en_arena *a = l->o->rq->arena;
    struct en_version v;

    EN_TRY(en_tx_get(tx, "DocumentReference", l->id, 0, a, &v, err));
    const char *binary = v.is_deleted ? NULL : binary_of(l, v.body);

    if (binary == NULL) {
        return not_there(err);
    }
    EN_TRY(en_tx_get(tx, "Binary", binary, 0, a, &v, err));
    if (v.is_deleted) {
        return not_there(err);
    }
    struct json_object *tree = json_tokener_parse(v.body);
    const char *data = en_json_text(tree, "data");

    l->data = data == NULL ? NULL : en_arena_copy(a, data, SIZE_MAX);
    (void)json_object_put(tree);
    return l->data == NULL ? not_there(err) : EN_OK;
}

enum en_status en_document_issued(struct en_operate *o, const char *id, const char *media,
                                  struct en_buf *out)
{
    struct looking l = {.o = o, .id = id, .media = media};
    size_t size = 0;

    EN_TRY(en_store_read(o->server->store, look_work, &l, o->err));
    const size_t room = strlen(l.data);
    unsigned char *bytes = EN_NEW(o->rq->arena, unsigned char, room + 1);

    if (bytes == NULL) {
        return en_fail(o->err, EN_ENOMEM, "no memory for a document");
    }
    if (sodium_base642bin(bytes, room, l.data, room, " \r\n", &size, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0) {
        return en_fail(o->err, EN_EINVAL, "this document is no base64: it was not issued here");
    }
    o->rs->content_type = media;
    en_buf_add_bytes(out, (const char *)bytes, size);
    return EN_OK;
}
