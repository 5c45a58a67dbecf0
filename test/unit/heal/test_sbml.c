/* SPDX-License-Identifier: Apache-2.0
 * The SBML export before the reference library (libsbml): it is consistent, and its rate rules,
 * evaluated from its MathML, give the slopes of the model. */
#include "base/embedded.h"
#include "heal/heal.h"

#include "support/check.h"

#include <sbml/SBMLTypes.h>

static SBMLDocument_t *document;
static Model_t *model;

/* Errors and warnings, printed; those about missing units are no concern of a model of ratios. */
static unsigned int complaints(void)
{
    unsigned int count = 0;

    SBMLDocument_setConsistencyChecks(document, LIBSBML_CAT_UNITS_CONSISTENCY, 0);
    (void)SBMLDocument_checkConsistency(document);
    for (unsigned int i = 0; i < SBMLDocument_getNumErrors(document); i++) {
        const SBMLError_t *e = SBMLDocument_getError(document, i);

        print_error("%s", XMLError_getMessage((const XMLError_t *)e));
        count++;
    }
    return count;
}

static double value_of(const char *id);

/* An expression of numbers, names and + - * / ^ and piecewise with one >. */
static double evaluate(const ASTNode_t *n)
{
    const unsigned int count = ASTNode_getNumChildren(n);
    const double a = count > 0 ? evaluate(ASTNode_getChild(n, 0)) : 0.0;
    const double b = count > 1 ? evaluate(ASTNode_getChild(n, 1)) : 0.0;

    switch ((int)ASTNode_getType(n)) {
    case AST_INTEGER:
        return (double)ASTNode_getInteger(n);
    case AST_REAL:
    case AST_REAL_E:
        return ASTNode_getReal(n);
    case AST_NAME:
        return value_of(ASTNode_getName(n));
    case AST_PLUS:
        return a + b;
    case AST_MINUS:
        return count > 1 ? a - b : -a;
    case AST_TIMES:
        return a * b;
    case AST_DIVIDE:
        return a / b;
    case AST_POWER:
    case AST_FUNCTION_POWER:
        return pow(a, b);
    case AST_RELATIONAL_GT:
        return a > b ? 1.0 : 0.0;
    case AST_FUNCTION_PIECEWISE:
        return b != 0.0 ? a : evaluate(ASTNode_getChild(n, 2));
    default:
        print_error("an operation of type %d\n", (int)ASTNode_getType(n));
        fail();
        return NAN;
    }
}

/* States as the test sets them, by name. */
static struct {
    const char *id;
    double value;
} STATES[] = {
#define X(symbol, meaning) {#symbol, 0.0},
    EN_STATE_LIST(X)
#undef X
};

static double value_of(const char *id)
{
    const Rule_t *rule = Model_getRuleByVar(model, id);
    const InitialAssignment_t *start = Model_getInitialAssignmentBySym(model, id);

    for (size_t i = 0; i < EN_COUNT(STATES); i++) {
        if (strcmp(STATES[i].id, id) == 0) {
            return STATES[i].value;
        }
    }
    if (rule != NULL) {
        return evaluate(Rule_getMath(rule));
    }
    if (start != NULL) {
        return evaluate(InitialAssignment_getMath(start));
    }
    return Parameter_getValue(Model_getParameterById(model, id));
}

/* libsbml finds nothing wrong; fourteen rate rules; parameters carry their nominal numbers. */
static void test_export_is_consistent(void **state)
{
    (void)state;
    CHECK(complaints() == 0);
    unsigned int rates = 0;

    for (unsigned int i = 0; i < Model_getNumRules(model); i++) {
        rates += Rule_isRate(Model_getRule(model, i)) != 0;
    }
    CHECK(rates == EN_STATE_COUNT);
    for (size_t k = 0; k < EN_PARAMETER_COUNT; k++) {
        const Parameter_t *p = Model_getParameterById(model, EN_PARAMETERS[k].symbol);

        /* Outputs and sessions have parameters of their own, which are not part of the export. */
        CHECK(p == NULL || Parameter_getValue(p) == EN_PARAMETERS[k].nominal);
    }
}

/* The baseline is a steady state in the exported file as well; starts are those of the program. */
static void test_exported_baseline_is_steady(void **state)
{
    struct en_arena arena = EN_ARENA(1 << 20);
    struct en_batch b;

    (void)state;
    CHECK(en_batch_init(&b, &arena, 1, NULL) == EN_OK);
    for (size_t k = 0; k < EN_STATE_COUNT; k++) {
        STATES[k].value = b.start[k][0];
    }
    for (size_t k = 0; k < EN_STATE_COUNT; k++) {
        const InitialAssignment_t *start = Model_getInitialAssignmentBySym(model, STATES[k].id);
        const double at_start =
            start != NULL ? evaluate(InitialAssignment_getMath(start))
                          : Parameter_getValue(Model_getParameterById(model, STATES[k].id));

        CHECK_NEAR(at_start, b.start[k][0], 1e-15);
        CHECK_NEAR(evaluate(Rule_getMath(Model_getRuleByVar(model, STATES[k].id))), 0.0, 1e-12);
    }
    en_arena_free(&arena);
}

/* Away from the baseline: a run of the program around day 10 after a session has the slopes of the
 * exported rules there. The difference quotient of fourth order over h errs by about h^4 / 30. */
static void test_exported_slopes_are_the_program_s(void **state)
{
    enum { DAY_COUNT = 5, MIDDLE = 2 };
    static const double WEIGHT[DAY_COUNT] = {1.0, -8.0, 0.0, 8.0, -1.0};
    const double h = 0.05;
    const double days[DAY_COUNT] = {10.0 - 2.0 * h, 10.0 - h, 10.0, 10.0 + h, 10.0 + 2.0 * h};
    const struct en_session session = {1.0, 15.0, 0.0, 0.55, 1.0};
    const struct en_schedule schedule = {
        .sessions = &session, .session_count = 1, .tolerance = 1e-9};
    enum en_output outputs[EN_STATE_COUNT];
    double values[EN_STATE_COUNT * DAY_COUNT * EN_BATCH_PART];
    struct en_arena arena = EN_ARENA(1 << 20);
    struct en_batch b;

    (void)state;
    CHECK(en_batch_init(&b, &arena, 1, NULL) == EN_OK);
    for (size_t k = 0; k < EN_STATE_COUNT; k++) {
        outputs[k] = (enum en_output)(EN_OUTPUT_STATE + k);
    }
    CHECK(en_heal_run(&schedule, &b, 0, 1,
                      &(struct en_request){days, DAY_COUNT, outputs, EN_STATE_COUNT}, values,
                      NULL) == EN_OK);
    for (size_t k = 0; k < EN_STATE_COUNT; k++) {
        STATES[k].value = values[(k * DAY_COUNT + MIDDLE) * b.stride];
    }
    for (size_t k = 0; k < EN_STATE_COUNT; k++) {
        double slope = 0.0;

        for (size_t d = 0; d < DAY_COUNT; d++) {
            slope += WEIGHT[d] * values[(k * DAY_COUNT + d) * b.stride] / (12.0 * h);
        }
        CHECK_NEAR(evaluate(Rule_getMath(Model_getRuleByVar(model, STATES[k].id))), slope, 1e-6);
    }
    en_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_export_is_consistent),
        cmocka_unit_test(test_exported_baseline_is_steady),
        cmocka_unit_test(test_exported_slopes_are_the_program_s),
    };

    const struct en_embedded *file = EN_MODEL_FILES;

    while (strcmp(file->name, "healing.sbml") != 0) {
        file++;
    }
    document = readSBMLFromString(file->bytes);
    model = SBMLDocument_getModel(document);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);

    SBMLDocument_free(document);
    return failed;
}
