/* kubeadm_certificates: the certificates of a control plane that kubeadm has made, their renewal by
 * an apply, and by a timer of each control plane. Those of kubelets rotate by themselves. */
#pragma once

#include "kubeadm_node.h"
#include "renewal_schedule.h"

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
/* For refreshes: warns if the first certificate of a node ends within 30 days. `end` is as
 * "certificates_expire"; empty: unknown. */
void kubeadm_certificates_warn(const KubeadmNode *node, Str end, Diags *diags);

/* The schedule of renewals: "renew_schedule" of the kubeadm_init holds for all control planes of
 * its cluster, and "renewals" has their results. */

/* For the validation of a kubeadm_init: warns if plans renew before the timer does. */
void kubeadm_certificates_check_schedule(const Call *call, Value config, Diags *diags);
/* For plans of a kubeadm_init: sets "renewals", and notes the machines whose timer changes. */
void kubeadm_certificates_plan_schedule(const Call *call, const PlanRequest *request,
                                        ObjectBuilder *planned, PlanResponse *response);
/* Starts the timer of a new control plane, if its cluster has a schedule. */
MUST_USE bool kubeadm_certificates_start_timer(const KubeadmNode *node, Diags *diags);
/* For updates of a kubeadm_init: if the schedule differs from the prior one, starts or removes the
 * timers of all control planes that the state has. */
MUST_USE bool kubeadm_certificates_schedule(const KubeadmNode *node, Value prior, Diags *diags);
/* For refreshes of a kubeadm_init: reads the reports of all control planes; warns of failed,
 * unfinished and late renewals. A machine that does not respond keeps its result. If a timer does
 * not run as the state has it, the calendar of the state becomes empty. */
MUST_USE bool kubeadm_certificates_refresh(const Call *call, Value *state, Diags *diags);

/* While held, no timer of the cluster renews certificates. */
typedef struct CertificatesHold {
    const KubeadmNode *node; /* NULL: not held */
} CertificatesHold;
/* Before an apply changes a control plane: waits for a timer that renews certificates. Does nothing
 * if the cluster of `prior`, an object of the state or of a new join, has no schedule. The caller
 * releases *out, also after an error; `node` must outlive it. */
MUST_USE bool kubeadm_certificates_hold(const KubeadmNode *node, Value prior, CertificatesHold *out,
                                        Diags *diags);
void kubeadm_certificates_release(CertificatesHold *hold);
SCOPED_TYPE(CertificatesHold, kubeadm_certificates_release);
