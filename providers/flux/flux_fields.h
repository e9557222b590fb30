/* flux_fields: tables of nested arguments that several kinds of Flux have, and how their
 * controllers report readiness. */
#pragma once

#include "duration.h"
#include "spec_object.h"

extern const Attribute flux_name_ref[1];    /* an object in the same namespace */
extern const Attribute flux_dependency[3];  /* an object that must be ready first */
extern const Attribute flux_health_expr[5]; /* CEL expressions that decide the health of a kind */
extern const Attribute flux_target[7];      /* which objects a rule applies to */
extern const Attribute flux_ignore_rule[2]; /* fields whose changes are kept */
extern const Attribute flux_metadata[2];    /* labels and annotations */
extern const Attribute flux_kube_config[2]; /* another cluster */
extern const Attribute flux_image[4];       /* another image for a container */
extern const Attribute flux_patch[2];       /* a patch of objects */
extern const Attribute flux_git_ref[5];     /* a revision of a git repository */
extern const Attribute flux_verify[3];      /* the signature of an artifact */
extern const Attribute flux_access_from[1]; /* namespaces that may refer to the object */

/* Annotation whose change asks a controller for a reconciliation. */
#define FLUX_REQUESTED_AT "reconcile.fluxcd.io/requestedAt"

/* Kinds without a revision in their status. */
extern const WaitStatus flux_status_ready;
/* Sources: the revision of the artifact. */
extern const WaitStatus flux_status_artifact;
/* The same; a registry of charts has no status. */
extern const WaitStatus flux_status_helm_repository;
/* The last revision that was applied. */
extern const WaitStatus flux_status_kustomization;
/* The last version of the chart that was tried. */
extern const WaitStatus flux_status_helm_release;
