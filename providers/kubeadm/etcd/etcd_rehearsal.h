/* etcd_rehearsal: a restore of a snapshot beside the running etcd of a control plane, by the script
 * etcd_rehearse.sh: does it restore, does etcd start, and does it have the keys of the cluster? */
#pragma once

#include "etcd_source.h"

/* Rehearses the source; NULL: a snapshot that is taken now. Reports the findings by
 * call_progress. A failed rehearsal is an error; the machine keeps nothing. `percent` is the
 * greatest difference in the number of keys of a resource. */
MUST_USE bool etcd_rehearsal_run(SshLink *link, EtcdSource *source, int64_t percent, Diags *diags);
/* Returns the sentence of a result line "passed TIME …" or "failed TIME …". */
Str etcd_rehearsal_reason(Str result);
