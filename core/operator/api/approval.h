/* Approval: a person's verdict on one plan. Admission policies prove the user and the right; an
 * Approval counts only for the Run and the digest that it names. */
#pragma once

#include "object_meta.h"

typedef enum ApprovalDecision { APPROVAL_APPROVE, APPROVAL_REJECT } ApprovalDecision;

typedef struct Approval {
    ObjectMeta meta;
    struct ApprovalSpec {
        Str stack;
        ObjectIdentity run;
        Str plan_digest;
        Str user;
        ApprovalDecision decision;
        Str comment;
    } spec;
} Approval;

extern const Record approval_record;
