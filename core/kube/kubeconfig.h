/* kubeconfig: reads the API server and the user from kubeconfig files, by the rules of kubectl.
 *
 * Several files count as one: of entries with the same name the first file's is used, as a whole,
 * and the current context is that of the first file that names one. Relative paths start from the
 * directory of their own file. A diagnostic about an entry has its file and line. */
#pragma once

#include "diag.h"
#include "io.h"
#include "kube_target.h"

typedef struct KubeChoice {
    Str content;   /* text of a kubeconfig; if not empty, `paths` are not read */
    StrVec paths;  /* earlier files win */
    bool is_exact; /* a missing file is an error; else it is skipped */
    /* Trust `content`: run its "exec", read its token file. Files are always trusted. */
    bool allow_exec;
    Str context;   /* empty: current-context */
    Str cluster;   /* overrides the cluster of the context */
    Str user_name; /* overrides the user of the context */
    Str namespace; /* overrides the namespace of the context */
} KubeChoice;

/* Without a context, a current context and a cluster in the choice, the target has no server. */
MUST_USE bool kubeconfig_read(const Io *io, const KubeChoice *choice, KubeTarget *out, Arena *arena,
                              Diags *diags);

/* Adds the files of $KUBECONFIG (with colons between), else ~/.kube/config. */
void kubeconfig_default_paths(const Io *io, StrVec *out, Arena *arena);

/* What kubectl does without options: the default files (or `content`) with the choice's overrides;
 * if these have no server, the service account of the pod, if loam runs in one. `choice` has no
 * paths. */
MUST_USE bool kubeconfig_find(const Io *io, const KubeChoice *choice, KubeTarget *out, Arena *arena,
                              Diags *diags);
