/* SPDX-License-Identifier: Apache-2.0 */
#include "server/cds.h"

#define RECORD                                                                                     \
    {"patient", "Patient/{{context.patientId}}", true},                                            \
        {"conditions", "Condition?patient={{context.patientId}}", true},                           \
        {"allergies", "AllergyIntolerance?patient={{context.patientId}}", true},                   \
        {"medications", "MedicationStatement?patient={{context.patientId}}", true},                \
        {"prescriptions", "MedicationRequest?patient={{context.patientId}}&status=active", false}, \
        {"observations", "Observation?patient={{context.patientId}}&_sort=-date&_count=200",       \
         false},                                                                                   \
        {"procedures", "Procedure?patient={{context.patientId}}", false},                          \
        {"answers", "QuestionnaireResponse?patient={{context.patientId}}", false},                 \
        {"reports", "DiagnosticReport?patient={{context.patientId}}", false},                      \
    {                                                                                              \
        "consents", "Consent?patient={{context.patientId}}", false                                 \
    }

#define END                                                                                        \
    {                                                                                              \
        NULL, NULL, false                                                                          \
    }

static const struct en_cds_prefetch VIEW[] = {
    RECORD,
    {"orders", "ServiceRequest?patient={{context.patientId}}&status=active", true},
    {"plans", "CarePlan?patient={{context.patientId}}&status=active", false},
    END,
};

static const struct en_cds_prefetch ORDER[] = {RECORD, END};

const struct en_cds_service EN_CDS_SERVICES[] = {
    {"prolotherapy-patient-view", "patient-view", "Prolotherapy: what to mind",
     "When prolotherapy is ordered or planned for the patient: contraindications and open "
     "questions in one card. Otherwise it says nothing.",
     EN_CDS_VIEW, VIEW},
    {"prolotherapy-order-select", "order-select", "Prolotherapy: check of a draft",
     "Checks draft orders of prolotherapy that were selected: a card for each rule that fires, "
     "one for what is not known.",
     EN_CDS_SELECT, ORDER},
    {"prolotherapy-order-sign", "order-sign", "Prolotherapy: check before signing",
     "Checks draft orders of prolotherapy: a card for each rule that fires, one for what is not "
     "known.",
     EN_CDS_SIGN, ORDER},
    {"prolotherapy-appointment-book", "appointment-book", "Prolotherapy: check of a booking",
     "Checks appointments for prolotherapy against the record, on the day of the appointment.",
     EN_CDS_BOOK, ORDER},
    {NULL, NULL, NULL, NULL, EN_CDS_VIEW, NULL},
};
