/* kube_exec: runs a credential plugin by the protocol of client.authentication.k8s.io. The plugin
 * reads its request from the environment variable KUBERNETES_EXEC_INFO and prints an ExecCredential
 * on its standard output. It gets no standard input, and none of the environment variables listed
 * in kube_exec.c, which may hold secrets of loam and its backends. */
#pragma once

#include "io.h"
#include "kube_auth.h"

/* Runs the plugin of the target, at most a minute. Sets `*out`, with number 0, only on success. On
 * failure `*problem` is the end of a sentence; known secrets in the plugin's texts are hidden. */
MUST_USE bool kube_exec_run(const Io *io, const KubeTarget *target, const CancelToken *cancel,
                            KubeCredential *out, Str *problem, Arena *arena);
