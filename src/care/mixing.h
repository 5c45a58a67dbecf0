/* SPDX-License-Identifier: Apache-2.0
 * care/mixing: shared by mix.c and stock.c. Not for other files. */
#pragma once

#include "care/inside.h"

enum { MIX_STOCKS_MAX = 64 };

/* Stocks of one role, the preferred one first. */
struct mix_stocks {
    const struct en_row *rows[MIX_STOCKS_MAX];
    size_t count;
};

/* The stocks a mix is made of; NULL where none is needed. */
struct mix_choice {
    const struct en_row *dextrose, *anaesthetic, *diluent;
};

struct mixing {
    struct care_pad *p;
    const struct en_mix_request *request;
    const char *diluent; /* stock id: of the request, the technique or the policy */
    struct en_mix *out;
};

/* Share of the volume that a stock takes for this final percentage; 0 without stock. */
double mix_share(const struct en_row *stock, double percent);

/* The best choice among the stocks at hand; false when none reaches the request. */
bool mix_choose(const struct mixing *m, struct mix_choice *out);

/* A named stock that is not known or disabled, NULL when all are fine. */
const char *mix_unknown_stock(const struct mixing *m);

/* Fill refusal, nearest and alternatives of a request that cannot be reached. */
void mix_refuse_unreachable(struct mixing *m);
