/* SPDX-License-Identifier: Apache-2.0
 * heal/states: the lists of states and outputs, from which structs, names and loops are made. */
#pragma once

/* Dynamic states, docs/model.md 2: X(symbol, meaning). Inflammation is the excess over the
 * patient's baseline; F, V, H are 1 at baseline; collagen in units of the healthy total. */
#define EN_STATE_LIST(X)                                                                           \
    X(D, "damage signal")                                                                          \
    X(N, "neutrophils")                                                                            \
    X(M1, "pro-inflammatory macrophages")                                                          \
    X(M2, "resolving macrophages")                                                                 \
    X(G, "growth-factor activity")                                                                 \
    X(F, "fibroblasts")                                                                            \
    X(V, "vascularity")                                                                            \
    X(C3, "collagen III")                                                                          \
    X(C1, "immature collagen I")                                                                   \
    X(Cm, "labile mature collagen")                                                                \
    X(Phi, "alignment")                                                                            \
    X(S, "slack [mm]")                                                                             \
    X(Z, "direct neural effect")                                                                   \
    X(H, "sensitisation")

/* Position of each state in arrays of states. */
enum en_state {
#define X(symbol, meaning) EN_STATE_##symbol, /* NOLINT(readability-identifier-naming): symbols */
    EN_STATE_LIST(X)
#undef X
        EN_STATE_COUNT
};

/* Results: X(NAME, unit, meaning). The states follow, C and A among them. */
#define EN_OUTPUT_LIST(X)                                                                          \
    X(NRS, "0..10", "pain without fluctuation and error, by the patient's own wm and wh")          \
    X(FUNCTION, "0..100", "function score, high is worse, without error")                          \
    X(STIFFNESS, "%", "stiffness of healthy tissue")                                               \
    X(STRENGTH, "1", "strength index, 1 healthy")                                                  \
    X(LAXITY, "mm", "laxity at the test load")                                                     \
    X(AREA, "1", "cross-section index")                                                            \
    X(ROM, "deg", "change of the range of motion")                                                 \
    X(FLARE, "NRS", "pain of the inflammation after a session, part of NRS")                       \
    X(STRAIN, "1", "strain ratio X, 1 at baseline")                                                \
    X(SENSITISATION, "1", "sensitisation less what the direct effect silences, 1 at baseline")     \
    X(LAXITY_RATIO, "1", "laxity over laxity at baseline")                                         \
    X(C, "1", "pro-inflammatory mediators")                                                        \
    X(A, "1", "resolving mediators")

enum en_output {
#define X(name, unit, meaning) EN_OUTPUT_##name,
    EN_OUTPUT_LIST(X)
#undef X
        EN_OUTPUT_STATE, /* EN_OUTPUT_STATE + EN_STATE_F: state F */
    EN_OUTPUT_COUNT = EN_OUTPUT_STATE + EN_STATE_COUNT
};
