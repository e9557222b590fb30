/* kubeadm_join_command: a bootstrap token that stays, and uploaded certificates, for machines that
 * join without loam; and the commands that use them. */
#pragma once

#include "kubeadm_node.h"

/* An attribute check: how long such a token lives. */
Str kubeadm_join_command_check_ttl(Value value, Arena *arena);
/* For the validation of a kubeadm_init. */
MUST_USE bool kubeadm_join_command_validate(const Call *call, Value config, Diags *diags);
/* For plans of a kubeadm_init: sets the attributes of the commands. An attribute that is missing or
 * about to end becomes unknown, with a note. While certificates are uploaded, each plan warns. */
void kubeadm_join_command_plan(const Call *call, const PlanRequest *request, ObjectBuilder *planned,
                               PlanResponse *response, Diags *diags);
/* Returns the state with null for each of these attributes that is unknown. */
Value kubeadm_join_command_clear(Value state, Arena *arena);

/* For an upload of certificates. */
typedef struct JoinUpload {
    Str key;
    Str config; /* as in uploaded_certs_upload, with the key */
} JoinUpload;

/* Does what the planned object of the node asks for, and sets the attributes of *state. `prior` is
 * null for a new cluster. */
MUST_USE bool kubeadm_join_command_update(const KubeadmNode *node, Value prior,
                                          const JoinUpload *upload, Value *state, Diags *diags);
/* For refreshes: sets the attributes to null where token or certificates are gone. If the cluster
 * does not respond, they stay. */
MUST_USE bool kubeadm_join_command_read(const Call *call, Value *state, Diags *diags);
