/* SPDX-License-Identifier: Apache-2.0
 * Calibrations as one run: stopping and going on changes nothing, and what is left out is predicted
 * without having been seen. Tiny: eight particles show the machinery, not the science. */
#include "app/fit_report.h"

#include "trials_tables.h"

static const struct en_calibration_settings TINY = {
    .particles = 8, .patients = 8, .moves = 1, .prior_width = 1.0, .seed = 3, .threads = 2};

static struct en_arena arena = {.limit = (size_t)1 << 30};
static struct en_app app;
static struct en_calibration_run whole; /* done */

static void advance(struct en_calibration_run *run, size_t steps)
{
    for (size_t h = 0; h < EN_HYPOTHESES; h++) {
        for (size_t i = 0; i < steps && !en_calibration_done(run->calibration[h]); i++) {
            CHECK(en_calibration_advance(run->calibration[h], NULL) == EN_OK);
        }
    }
}

static int setup(void **state)
{
    (void)state;
    app.knowledge = load_changed(NULL, &arena);
    CHECK(en_calibration_run_start(&app, &TINY, &arena, &whole, NULL) == EN_OK);
    advance(&whole, SIZE_MAX);
    return en_calibration_run_done(&whole) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    en_arena_free(&arena);
    return 0;
}

static const char *tables_of(const struct en_calibration_run *run, struct en_buf *out)
{
    struct en_posterior_record record;

    CHECK(en_calibration_run_record(run, 4, &arena, &record, NULL) == EN_OK);
    en_posterior_print(&record.posterior, out);
    en_posterior_print_info(&record, out);
    en_posterior_print_steps(&record, out);
    CHECK(out->status == EN_OK);
    return en_buf_text(out);
}

/* A run that was stopped after two steps of each hypothesis, and went on in another process with
 * another number of threads, stores the same bytes. */
static void test_calibration_goes_on_to_the_same_bytes(void **state)
{
    struct en_buf checkpoint = EN_BUF(16 << 20), once = EN_BUF(4 << 20), twice = EN_BUF(4 << 20);
    struct en_calibration_run stopped, again;
    struct en_calibration_settings one = TINY;

    (void)state;
    one.threads = 1;
    CHECK(en_calibration_run_start(&app, &TINY, &arena, &stopped, NULL) == EN_OK);
    advance(&stopped, 2);
    en_calibration_run_pack(&stopped, &arena, &checkpoint);
    CHECK(checkpoint.status == EN_OK);
    CHECK(en_calibration_run_start(&app, &one, &arena, &again, NULL) == EN_OK);
    CHECK(en_calibration_run_unpack(&again, "FILE", &checkpoint, &arena, NULL) == EN_OK);
    advance(&again, SIZE_MAX);
    CHECK_TEXT(tables_of(&again, &twice), tables_of(&whole, &once));
    en_buf_free(&checkpoint);
    en_buf_free(&once);
    en_buf_free(&twice);
}

/* A checkpoint of other settings is not gone on with. */
static void test_calibration_refuses_a_foreign_checkpoint(void **state)
{
    struct en_buf checkpoint = EN_BUF(16 << 20);
    struct en_calibration_run other;
    struct en_calibration_settings settings = TINY;
    struct en_err err = {""};

    (void)state;
    settings.seed++;
    en_calibration_run_pack(&whole, &arena, &checkpoint);
    CHECK(en_calibration_run_start(&app, &settings, &arena, &other, NULL) == EN_OK);
    CHECK(en_calibration_run_unpack(&other, "FILE", &checkpoint, &arena, &err) == EN_EINVAL);
    CHECK_CONTAINS(err.text, "another run");
    en_buf_free(&checkpoint);
}

/* Leaving out one data set: its rows get a prediction and those of the others none; the checkpoint
 * carries what is done; the table says the same when it is read again. */
static void test_cross_predicts_what_was_left_out(void **state)
{
    struct en_buf checkpoint = EN_BUF(16 << 20), table = EN_BUF(1 << 20), same = EN_BUF(1 << 20);
    struct en_cross cross, again;
    struct en_validation_rows rows, read;
    size_t done = 0;

    (void)state;
    CHECK(en_cross_start(&whole, &arena, &cross, NULL) == EN_OK);
    const size_t dataset = en_cross_next(&cross), count = en_cross_count(&cross, &done);

    CHECK(done == 0 && count > 20 && dataset != SIZE_MAX);
    en_cross_leave(&cross, dataset);
    advance(&whole, SIZE_MAX);
    CHECK(en_cross_predict(&cross, dataset, &arena, NULL) == EN_OK);
    CHECK(en_cross_next(&cross) != dataset);
    CHECK(en_validation_rows_of_cross(&cross, &arena, &rows, NULL) == EN_OK);
    for (size_t i = 0; i < whole.evidence.row_count; i++) {
        const bool is_left =
            en_evidence_is_dataset(&whole.evidence, &whole.evidence.rows[i], &dataset);
        const struct en_prediction *p = &rows.rows[i].p;

        CHECK((p->sd > 0.0 && p->q.q05 < p->q.q95 && p->crps > 0.0) == is_left);
    }
    en_cross_pack(&cross, &checkpoint, &arena);
    CHECK(en_cross_start(&whole, &arena, &again, NULL) == EN_OK);
    CHECK(en_cross_unpack(&again, "FILE", &checkpoint, NULL) == EN_OK);
    CHECK(en_cross_next(&again) == en_cross_next(&cross));
    en_validation_print(&rows, &table);
    CHECK(en_validation_read("FILE", en_buf_text(&table), table.size, &arena, &read, NULL) ==
          EN_OK);
    en_validation_print(&read, &same);
    CHECK_TEXT(en_buf_text(&same), en_buf_text(&table));
    en_cross_leave(&cross, SIZE_MAX); /* back to the full calibration, for the other tests */
    en_buf_free(&checkpoint);
    en_buf_free(&table);
    en_buf_free(&same);
}

/* The tables with the run's posterior in them. */
static struct en_knowledge *load_stored(void)
{
    struct en_buf text[3] = {EN_BUF(1 << 20), EN_BUF(1 << 20), EN_BUF(1 << 20)};
    struct en_posterior_record record;

    CHECK(en_calibration_run_record(&whole, 4, &arena, &record, NULL) == EN_OK);
    en_posterior_print(&record.posterior, &text[0]);
    en_posterior_print_info(&record, &text[1]);
    en_posterior_print_steps(&record, &text[2]);
    const struct change changes[] = {{"posterior.tsv", NULL, en_buf_text(&text[0])},
                                     {"posterior_info.tsv", NULL, en_buf_text(&text[1])},
                                     {"posterior_steps.tsv", NULL, en_buf_text(&text[2])},
                                     {0}};
    struct en_knowledge *k = load_changed(changes, &arena);

    for (size_t i = 0; i < EN_COUNT(text); i++) {
        en_buf_free(&text[i]);
    }
    return k;
}

/* The stored run gives a report in which every fitted row has its place, and both its forms say how
 * each hypothesis fares. */
static void test_calibration_report_shows_every_result(void **state)
{
    const struct en_app stored = {.knowledge = load_stored()};
    struct en_fit_report *r = EN_NEW(&arena, struct en_fit_report, 1);
    struct en_buf text = EN_BUF(4 << 20), pdf = EN_BUF(16 << 20);
    size_t shown = 0;

    (void)state;
    CHECK(en_app_fit_report(&stored, 2, &arena, r, NULL) == EN_OK);
    for (size_t i = 0; i < r->panel_count; i++) {
        for (size_t k = 0; k < r->panels[i].count; k++) {
            shown += r->panels[i].results[k].is_fit;
            CHECK(k == 0 || r->panels[i].results[k].week >= r->panels[i].results[k - 1].week);
        }
    }
    CHECK(r->is_calibrated && shown == whole.evidence.row_count && r->score.count == shown);
    CHECK(r->unread > 0);
    CHECK(en_fit_terminal(r, 80, false, &text, NULL) == EN_OK);
    CHECK_CONTAINS(en_buf_text(&text), "H3 mechanical and neural");
    CHECK_CONTAINS(en_buf_text(&text), "nobody read in their source were not used");
    CHECK(en_fit_pdf(r, &pdf, NULL) == EN_OK);
    CHECK(en_text_starts(en_buf_text(&pdf), "%PDF-"));
    en_buf_free(&text);
    en_buf_free(&pdf);
}

/* A file of published results is predicted with the stored posterior: three of its studies are
 * known, which is said, and the plain mean does not see them. */
static void test_validate_predicts_the_example(void **state)
{
    const struct en_app stored = {.knowledge = load_stored()};
    struct en_buf bytes = EN_BUF(1 << 20), json = EN_BUF(1 << 20), svg = EN_BUF(4 << 20);
    struct en_validate_answer answer;
    struct en_fit_validation picture;

    (void)state;
    CHECK(en_buf_read_file(&bytes, EN_SOURCE_ROOT "/examples/trials/published.tsv", NULL) == EN_OK);
    const struct en_validate_request request = {
        "published.tsv", en_buf_text(&bytes), bytes.size, 200, 1, 2};

    CHECK(en_app_validate(&stored, &request, &arena, &answer, NULL) == EN_OK);
    CHECK(answer.rows.count == 19 && answer.contrasts.count == 7);
    for (size_t i = 0; i < answer.rows.count; i++) {
        CHECK(answer.rows.rows[i].p.plain_sd > 0.0 && answer.rows.rows[i].p.sd > 0.0);
    }
    CHECK(en_validation_json(&answer, &json, NULL) == EN_OK);
    CHECK_CONTAINS(en_buf_text(&json), "\"studies_known_to_calibration\": 3");
    CHECK(en_app_fit_validation(&stored, &answer, "published.tsv", &arena, &picture, NULL) ==
          EN_OK);
    CHECK(en_validation_svg(&picture, &svg, NULL) == EN_OK);
    CHECK_CONTAINS(en_buf_text(&svg), "<title>Calibration plot");
    en_buf_free(&bytes);
    en_buf_free(&json);
    en_buf_free(&svg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calibration_goes_on_to_the_same_bytes),
        cmocka_unit_test(test_calibration_refuses_a_foreign_checkpoint),
        cmocka_unit_test(test_cross_predicts_what_was_left_out),
        cmocka_unit_test(test_calibration_report_shows_every_result),
        cmocka_unit_test(test_validate_predicts_the_example),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
