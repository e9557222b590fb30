/* renewal_step: renews the certificates of a control plane in an apply, as a remote step. */
#pragma once

#include "remote_step.h"

/* Renews the certificates, and restarts the static pods. `id` is that of the node. A run that was
 * interrupted continues. */
MUST_USE bool renewal_step_run(SshLink *link, Str id, Diags *diags);
