#include "approval.h"

typedef struct ApprovalSpec ApprovalSpec;

static const char *approval_decision_name(unsigned decision) {
    return decision == APPROVAL_APPROVE ? "Approve" : "Reject";
}

static const RecordRow approval_spec_rows[] = {
    ROW_TEXT(ApprovalSpec, "stack", stack),
    ROW_OBJECT(ApprovalSpec, "run", run, ObjectIdentity, object_identity_record),
    ROW_TEXT(ApprovalSpec, "planDigest", plan_digest),
    ROW_TEXT(ApprovalSpec, "user", user),
    ROW_NAME(ApprovalSpec, "decision", decision, ApprovalDecision, approval_decision_name,
             APPROVAL_REJECT + 1),
    ROW_TEXT(ApprovalSpec, "comment", comment, .flags = ROW_OPTIONAL),
};
static const Record approval_spec_record = RECORD(ApprovalSpec, approval_spec_rows);

static const RecordRow approval_rows[] = {
    ROW_OBJECT(Approval, "metadata", meta, ObjectMeta, object_meta_record),
    ROW_OBJECT(Approval, "spec", spec, ApprovalSpec, approval_spec_record),
};
const Record approval_record = RECORD(Approval, approval_rows);
