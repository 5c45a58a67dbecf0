/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/trial_run.h"

#include "app/checkpoint.h"
#include "base/clock.h"
#include "base/limits.h"
#include "cli/progress.h"
#include "cli/ranks.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* [s] that a piece should take: long enough to keep the threads busy, short for the bar. */
static const double PIECE_S = 0.5;

struct run {
    struct en_cli *cli;
    const struct en_trial_job *job;
    struct en_checkpoint checkpoint; /* its `done` is that of the whole run */
    int64_t *mine;                   /* of this process, with what a checkpoint held at process 0 */
    int64_t *all;                    /* of all processes, at process 0 */
    uint64_t piece;                  /* units of the next piece of all processes together */
    double saved_s;
};

/* Which units of first .. first + count - 1 are this process's: equal parts in order. */
static void part_of(uint64_t count, uint64_t *from, uint64_t *to)
{
    const uint64_t rank = (uint64_t)en_rank(), ranks = (uint64_t)en_rank_count();

    *from = count * rank / ranks;
    *to = count * (rank + 1) / ranks;
}

static enum en_status save(struct run *r, struct en_err *err)
{
    struct en_buf bytes = EN_BUF(EN_CHECKPOINT_MAX);

    en_ranks_add(r->mine, r->all, r->checkpoint.sum_count);
    r->saved_s = en_clock_s();
    if (en_rank() != 0) {
        return EN_OK;
    }
    enum en_status st = en_checkpoint_write(&r->checkpoint, r->all, &bytes, err);

    if (st == EN_OK) {
        st = en_file_write(r->job->checkpoint, en_buf_text(&bytes), bytes.size, err);
    }
    en_buf_free(&bytes);
    return st;
}

/* Take up a checkpoint when there is one; only process 0 reads it. */
static enum en_status load(struct run *r, struct en_err *err)
{
    struct en_buf bytes = EN_BUF(EN_CHECKPOINT_MAX);
    const char *path = r->job->checkpoint;
    struct en_err reason = {""};

    if (path == NULL || en_rank() != 0 || access(path, F_OK) != 0) {
        return EN_OK;
    }
    enum en_status st = en_buf_read_file(&bytes, path, err);

    if (st == EN_OK) {
        st = en_checkpoint_read(&r->checkpoint, en_buf_text(&bytes), bytes.size, r->mine, &reason);
        if (st == EN_EINVAL) {
            st = en_fail(err, EN_EINVAL, "%s cannot be gone on from: %s; remove it to start anew",
                         path, reason.text);
        }
    }
    en_buf_free(&bytes);
    if (st == EN_OK) {
        (void)fprintf(r->cli->err_out, "going on from %s: %.0f %% done\n", path,
                      100.0 * (double)r->checkpoint.done / (double)r->checkpoint.units);
    }
    return st;
}

/* Process 0 says how many units come next and whether a checkpoint follows them. */
static void decide(struct run *r, uint64_t *count, bool *is_saved)
{
    const uint64_t left = r->checkpoint.units - r->checkpoint.done;
    const double age = en_clock_s() - r->saved_s;
    uint64_t order[] = {r->piece < left ? r->piece : left,
                        r->job->checkpoint != NULL && age >= r->job->checkpoint_s ? 1 : 0};

    en_ranks_share(order, EN_COUNT(order));
    *count = order[0];
    *is_saved = order[1] == 1 && order[0] < left; /* the end needs none */
}

/* Twice as many or half as many units, so that a piece takes about PIECE_S. */
static void adapt(struct run *r, double took_s)
{
    if (took_s < 0.5 * PIECE_S && r->piece < r->checkpoint.units) {
        r->piece *= 2;
    } else if (took_s > 2.0 * PIECE_S && r->piece > 1) {
        r->piece /= 2;
    }
}

static enum en_status run_pieces(struct run *r, struct en_err *err)
{
    const struct en_trial *t = r->job->trial;
    const double per_unit = (double)(t->patients * t->arm_count) / (double)r->checkpoint.units;
    struct en_progress bar = en_progress_start(r->cli->err_out, r->checkpoint.done);
    enum en_status st = EN_OK;

    bar.is_on = bar.is_on && en_rank() == 0;
    while (st == EN_OK && r->checkpoint.done < r->checkpoint.units) {
        const double started_s = en_clock_s();
        uint64_t count = 0, from = 0, to = 0;
        bool is_saved = false;

        decide(r, &count, &is_saved);
        part_of(count, &from, &to);
        if (to > from) {
            st = en_trial_run(t, r->job->posterior, r->checkpoint.done + from, to - from,
                              r->job->threads, r->mine, r->cli->arena, err);
        }
        r->checkpoint.done += count;
        if (st == EN_OK && is_saved) {
            st = save(r, err);
        }
        adapt(r, en_clock_s() - started_s);
        en_progress_show(&bar, r->checkpoint.done, r->checkpoint.units, per_unit, "patients");
    }
    en_progress_end(&bar);
    return st;
}

enum en_status en_trial_job_run(struct en_cli *cli, const struct en_trial_job *job, int64_t **sums,
                                struct en_err *err)
{
    const size_t count = en_trial_sums_count(job->trial);
    struct run r = {
        .cli = cli,
        .job = job,
        .checkpoint = {job->knowledge, job->hash, en_trial_units(job->trial), 0, count},
        .mine = EN_NEW(cli->arena, int64_t, count),
        .all = EN_NEW(cli->arena, int64_t, count),
        .piece = (uint64_t)en_rank_count(),
        .saved_s = en_clock_s(),
    };

    if (r.mine == NULL || r.all == NULL) {
        return en_fail(err, EN_ELIMIT,
                       "the trial is too large for the memory: fewer arms, "
                       "outcomes or weeks");
    }
    EN_TRY(load(&r, err));
    en_ranks_share(&r.checkpoint.done, 1);
    EN_TRY(run_pieces(&r, err));
    en_ranks_add(r.mine, r.all, count);
    if (en_rank() == 0 && job->checkpoint != NULL && unlink(job->checkpoint) != 0 &&
        errno != ENOENT) {
        return en_fail(err, EN_EIO, "cannot remove %s: %s", job->checkpoint,
                       strerrordesc_np(errno));
    }
    *sums = r.all;
    return EN_OK;
}
