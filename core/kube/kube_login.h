/* KubeLogin: the credential for an API server. A credential in the configuration is constant. One
 * from a file or a plugin is obtained at the first use, and again when it expires (a file: every
 * minute) or the server rejects it: tokens last for minutes, a run may take hours. Thread-safe. */
#pragma once

#include "io.h"
#include "kube_auth.h"

typedef struct KubeLogin KubeLogin;

/* `io` and `target` must outlive the login. */
KubeLogin *kube_login_new(const Io *io, const KubeTarget *target);
void kube_login_close(KubeLogin *login);
/* Sets *out to a credential that has not expired, with a number above `refused` (0: any). Two
 * exceptions: one from the configuration always has number 0; and if a plugin has just been run
 * again after a rejection, *out is the result of that run, even a refused one. The texts live
 * as long as the login. On failure, `*problem` is the end of a sentence. */
MUST_USE bool kube_login_get(KubeLogin *login, uint64_t refused, const CancelToken *cancel,
                             KubeCredential *out, Str *problem, Arena *arena);
/* Returns true if a file or a plugin provides the credential, so that it can be renewed after the
 * server rejects it. */
bool kube_login_can_renew(const KubeLogin *login);
/* Runs the credential plugin of the target, at most a minute. On success sets `*out`; its `number`
 * is 0. On failure `*problem` says why, in words that end a sentence; known secrets in the texts of
 * the plugin are hidden. */
MUST_USE bool kube_exec_run(const Io *io, const KubeTarget *target, const CancelToken *cancel,
                            KubeCredential *out, Str *problem, Arena *arena);
