/* SPDX-License-Identifier: Apache-2.0 */
#include "server/document.h"

#include "base/text.h"

#define PDF  "application/pdf"
#define JSON "application/json"

/* What the caller wants: by _format, else by Accept. */
static enum en_status media_of(const struct en_operate *o, const char **out)
{
    const char *format = NULL, *accept = en_http_header(o->rq, "Accept");

    *out = JSON;
    EN_TRY(en_http_form_value(o->rq->query, "_format", o->rq->arena, &format, o->err));
    if (format == NULL) {
        *out = en_text_equal(accept, PDF) ? PDF : JSON;
    } else if (en_text_equal(format, PDF) || en_text_equal(format, "pdf")) {
        *out = PDF;
    } else if (!en_text_equal(format, JSON) && !en_text_equal(format, "json")) {
        return en_fail(o->err, EN_EINVAL, "_format: application/json or application/pdf");
    }
    return EN_OK;
}

static enum en_status list(struct en_operate *o, struct en_buf *out)
{
    struct en_outlook_request request = {.as_planned = true};
    struct en_document_sessions sessions = {0};

    o->rs->content_type = JSON;
    if (o->c.target_count > 1 && en_asked_text(&o->asked, "target") == NULL) {
        return en_app_problems(&o->app, &o->c, out, o->err);
    }
    EN_TRY(en_operate_plan(o, &request.plan));
    EN_TRY(en_document_list(o, &sessions));
    return en_app_documents(&o->app, &o->c, &request, &sessions, o->rq->arena, out, o->err);
}

/* Name of a downloaded file: what it is, and no patient. */
static enum en_status name_file(struct en_operate *o, enum en_paper paper)
{
    const char *value =
        en_arena_print(o->rq->arena, "inline; filename=\"%s.pdf\"", en_paper_name(paper));

    if (value == NULL) {
        return en_fail(o->err, EN_ENOMEM, "no memory for a document");
    }
    en_http_add_header(o->rs, "Content-Disposition", value);
    return EN_OK;
}

static enum en_status write(struct en_operate *o, const struct en_app_document *d,
                            const char *media, struct en_buf *out)
{
    if (d->why_none != NULL) {
        return en_refuse(o->rs, 422, "business-rule", "there is no %s now: %s",
                         en_paper_name(d->paper), d->why_none);
    }
    if (en_operate_stores(o)) {
        return en_document_issue(o, d, out);
    }
    o->rs->content_type = media;
    if (en_text_equal(media, PDF)) {
        EN_TRY(name_file(o, d->paper));
        return en_app_document_pdf(d, out, o->err);
    }
    return en_app_document_json(d, o->rq->arena, out, o->err);
}

static enum en_status make(struct en_operate *o, enum en_paper paper, const char *media,
                           struct en_buf *out)
{
    struct en_app_document *d = EN_NEW(o->rq->arena, struct en_app_document, 1);
    struct en_document_request request = {
        .paper = paper, .outlook = {.as_planned = en_op_parameter(&o->p, "as-planned") != NULL}};
    struct en_session_note *note = NULL;

    if (d == NULL) {
        return en_fail(o->err, EN_ENOMEM, "no memory for a document");
    }
    EN_TRY(en_operate_plan(o, &request.outlook.plan));
    EN_TRY(en_asked_goals(&o->asked, &request.outlook, o->err));
    if (paper == EN_PAPER_NOTE) {
        EN_TRY(en_document_note(o, en_op_parameter(&o->p, "session"), &note));
    }
    request.note = note;
    EN_TRY(en_app_document(&o->app, &o->c, &request, o->rq->arena, d, o->err));
    return write(o, d, media, out);
}

enum en_status en_document_run(struct en_operate *o, struct en_buf *out)
{
    const char *type = en_op_parameter(&o->p, "type"), *issued = en_op_parameter(&o->p, "issued");
    enum en_paper paper = EN_PAPER_PLAN;
    const char *media = NULL;

    EN_TRY(media_of(o, &media));
    EN_TRY(en_document_plan(o));
    if (o->rq->method == EN_POST && (type == NULL || issued != NULL)) {
        return en_fail(o->err, EN_EINVAL,
                       "parameter \"type\": which document is to be issued? \"issued\" is for GET");
    }
    if (issued != NULL) {
        return en_document_issued(o, issued, media, out);
    }
    if (type == NULL) {
        return list(o, out);
    }
    if (!en_paper_find(type, &paper)) {
        return en_fail(o->err, EN_EINVAL,
                       "parameter \"type\": consent, leaflet, aftercare, plan, forecast, note or "
                       "letter");
    }
    return make(o, paper, media, out);
}
