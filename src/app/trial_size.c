/* SPDX-License-Identifier: Apache-2.0 */
#include "app/trial_answer.h"

enum en_status en_trial_size_of(const struct en_trial_answer *answer, int threads,
                                struct en_arena *scratch, struct en_trial_size *out,
                                struct en_err *err)
{
    const struct en_trial *t = &answer->spec->trial;
    const struct en_trial_question *q = &answer->spec->question;
    const struct en_sample_size_request request = {q->arm, q->outcome, q->week, q->power, q->n_max};
    const size_t at = en_trial_at(t, EN_HYPOTHESES, q->arm, q->outcome, q->week);

    *out = (struct en_trial_size){.arm = q->arm,
                                  .outcome = q->outcome,
                                  .week = q->week,
                                  .wanted = q->power,
                                  .power = answer->result->power[at]};
    return en_trial_sample_size(t, answer->posterior, &request, threads, scratch, &out->search,
                                err);
}
