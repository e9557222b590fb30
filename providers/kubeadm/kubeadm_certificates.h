/* kubeadm_certificates: the certificates of a control plane that kubeadm has made, and their
 * renewal. Those of kubelets rotate by themselves. */
#pragma once

#include "kubeadm_node.h"

/* An attribute check: days before the end of the certificates. */
Str kubeadm_certificates_check_days(Value value, Arena *arena);
/* Returns the end of the certificate that expires first, in RFC 3339; empty if there is none. */
Str kubeadm_certificates_end(const HostFacts *facts, Arena *arena);
/* For plans of a control plane: makes "certificates_expire" unknown, with a note, if fewer days are
 * left than "renew_before_days". */
void kubeadm_certificates_plan(const Call *call, const PlanRequest *request, ObjectBuilder *planned,
                               PlanResponse *response);
/* Renews the certificates if that is due, restarts the static pods, and waits until etcd and the
 * API server of the machine respond. Then sets "certificates_expire" of *state if it is unknown
 * there. */
MUST_USE bool kubeadm_certificates_update(const KubeadmNode *node, Value prior, Value *state,
                                          Diags *diags);
/* Sets "certificates_expire" of a new node; null for workers. */
MUST_USE bool kubeadm_certificates_read(const KubeadmNode *node, ObjectBuilder *state,
                                        Diags *diags);
