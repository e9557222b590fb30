/* kube_exec: runs a credential plugin by the protocol of client.authentication.k8s.io. The plugin
 * reads its request from the environment variable KUBERNETES_EXEC_INFO and prints an ExecCredential
 * on its standard output. It gets no standard input, and none of the environment variables in which
 * loam finds secrets. */
#pragma once

#include "io.h"
#include "kube_auth.h"

/* Runs the plugin of the target, at most a minute. Sets all of `*out` except the number. On failure
 * `*problem` is the end of a sentence, without secrets and control characters. */
MUST_USE bool kube_exec_run(const Io *io,
                            const KubeTarget *target,
                            const CancelToken *cancel,
                            KubeCredential *out,
                            Str *problem,
                            Arena *arena);
