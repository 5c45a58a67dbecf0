/* SPDX-License-Identifier: Apache-2.0
 * cli/cmd_document: one document of a case: what the clinic's server hands out. */
#include "cli/planning.h"

#include "app/document.h"
#include "base/limits.h"
#include "base/text.h"
#include "fhir/session_note.h"

const struct en_option EN_OPTIONS_DOCUMENT[] = {
    {"type", "TYPE", "consent, leaflet, aftercare, plan, forecast, note or letter (of referral)"},
    {"pdf", "FILE", "write the document"},
    {"json", NULL, "print it as blocks: headings, paragraphs, lists, tables, charts"},
    {"session", "ID", "note: id of the session's Procedure; default: the newest"},
    {"today", "DAY", "day of the document, 2026-03-02; default: today"},
    {"as-planned", NULL,
     "a session without volume, dextrose, sites or guidance counts as the plan has it"},
    {"goal", "GOAL", "forecast: a score to reach, \"pain<=3\" or \"function<=20\""},
    EN_PLANNING_OPTIONS,
    {NULL, NULL, NULL},
};

static enum en_status read_note(struct en_cli *cli, const struct en_arguments *args,
                                struct en_session_note *note, struct en_err *err)
{
    struct en_buf bytes = EN_BUF(EN_CASE_FILE_MAX);

    if (en_text_equal(args->words[0], "-")) {
        return en_fail(err, EN_EINVAL, "a note of a session needs the case as a file");
    }
    enum en_status st = en_buf_read_file(&bytes, args->words[0], err);

    if (st == EN_OK) {
        st = en_fhir_read_session_note(cli->app.knowledge, en_buf_text(&bytes), bytes.size,
                                       en_given(args, "session"), cli->arena, note, err);
    }
    en_buf_free(&bytes);
    return st;
}

static enum en_status read_request(struct en_cli *cli, const struct en_arguments *args,
                                   const struct en_case *c, struct en_document_request *rq,
                                   struct en_err *err)
{
    const struct en_asked asked = en_given_asked(args);

    if (!en_paper_find(en_given(args, "type"), &rq->paper)) {
        return en_fail(err, EN_EINVAL,
                       "--type needs consent, leaflet, aftercare, plan, forecast, note or letter");
    }
    if ((en_given(args, "pdf") == NULL) == (en_given(args, "json") == NULL)) {
        return en_fail(err, EN_EINVAL, "give either --pdf FILE or --json");
    }
    rq->outlook.as_planned = en_given(args, "as-planned") != NULL;
    EN_TRY(en_planning_read(cli, args, c, &rq->outlook.plan, err));
    return en_asked_goals(&asked, &rq->outlook, err);
}

static enum en_status write(struct en_cli *cli, const struct en_arguments *args,
                            const struct en_app_document *d, struct en_err *err)
{
    struct en_buf out = EN_BUF(EN_OUTPUT_MAX);
    const char *path = en_given(args, "pdf");

    if (path == NULL) {
        const enum en_status st = en_app_document_json(d, cli->arena, &out, err);

        return en_cli_flush(cli, &out, st, err);
    }
    const enum en_status st = en_app_document_pdf(d, &out, err);

    return en_cli_write(cli, path, st, &out, err);
}

enum en_status en_cmd_document(struct en_cli *cli, const struct en_arguments *args,
                               struct en_err *err)
{
    struct en_app_document *d = EN_NEW(cli->arena, struct en_app_document, 1);
    struct en_document_request request = {.paper = EN_PAPER_PLAN};
    struct en_session_note note;
    struct en_case c;

    if (d == NULL) {
        return en_fail(err, EN_ENOMEM, "no memory for a document");
    }
    EN_TRY(en_cli_case(cli, args, &c, err));
    EN_TRY(read_request(cli, args, &c, &request, err));
    if (request.paper == EN_PAPER_NOTE) {
        EN_TRY(read_note(cli, args, &note, err));
        request.note = &note;
    }
    EN_TRY(en_app_document(&cli->app, &c, &request, cli->arena, d, err));
    if (d->why_none != NULL) {
        cli->exit_status = EN_EXIT_BLOCKED;
        (void)fprintf(cli->err_out, "no %s: %s\n", en_paper_name(request.paper), d->why_none);
        return EN_OK;
    }
    return write(cli, args, d, err);
}
