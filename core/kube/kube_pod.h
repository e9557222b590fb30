/* kube_pod: the API server and the user of a pod: its service account, mounted as files, and the
 * address in environment variables. */
#pragma once

#include "diag.h"
#include "io.h"
#include "kube_target.h"

/* Returns whether the environment variables of a pod are set. */
bool kube_pod_exists(const Io *io);
/* The token file of the result is read again while in use, because the token rotates. */
MUST_USE bool kube_pod_read(const Io *io, KubeTarget *out, Arena *arena, Diags *diags);
