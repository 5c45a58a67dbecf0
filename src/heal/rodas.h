/* SPDX-License-Identifier: Apache-2.0
 * heal/rodas: the numbers of Rodas5P (Steinebach 2023, BIT Numerical Mathematics 63:27): eight
 * stages, order 5 with an embedded result of order 4, stiffly accurate, L-stable. In the form that
 * needs no product with the Jacobian matrix J, for y' = f(y) and a step h:
 *
 *     (1 / (h gamma) I - J) u_i = f(y + sum_j A_ij u_j) + sum_j C_ij / h u_j,    j < i
 *
 * The last three rows of A are the sixth plus u_6, plus u_7, plus u_8: y + all of them is the
 * result, u_8 the estimate of its error. test_rodas measures the order. */
#pragma once

enum { RODAS_STAGES = 8, RODAS_ROWS = 6 };

#define RODAS_GAMMA 0.21193756319429014

static const double RODAS_A[RODAS_ROWS][RODAS_ROWS] = {
    {0},
    {3.0},
    {2.849394379747939, 0.45842242204463923},
    {-6.954028509809101, 2.489845061869568, -10.358996098473584},
    {2.8029986275628964, 0.5072464736228206, -0.3988312541770524, -0.04721187230404641},
    {-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256,
     0.030198172008377946},
};

static const double RODAS_C[RODAS_STAGES][RODAS_STAGES] = {
    {0},
    {-14.155112264123755},
    {-17.97296035885952, -2.859693295451294},
    {147.12150275711716, -1.41221402718213, 71.68940251302358},
    {165.43517024871676, -0.4592823456491126, 42.90938336958603, -5.961986721573306},
    {24.854864614690072, -3.0009227002832186, 47.4931110020768, 5.5814197821558125,
     -0.6610691825249471},
    {30.91273214028599, -3.1208243349937974, 77.79954646070892, 34.28646028294783,
     -19.097331116725623, -28.087943162872662},
    {37.80277123390563, -3.2571969029072276, 112.26918849496327, 66.9347231244047,
     -40.06618937091002, -54.66780262877968, -9.48861652309627},
};
