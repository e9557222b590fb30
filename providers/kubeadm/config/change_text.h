/* change_text: differences between two configurations of a cluster as text for a plan, such as
 * " + --a=b ~ --c \"d\" -> \"e\" - volume f". Each function returns an empty text if there is none.
 */
#pragma once

#include "value.h"
#include "vec.h"

/* Differences of the lists extra_args, extra_volumes and extra_envs of the component at `path`,
 * "cluster.api_server" for example, in two objects of kubeadm_init. */
Str change_text_component(Value prior, Value planned, const char *path, Arena *arena);
/* Differences of two lists of flags. */
Str change_text_flags(Value before, Value after, Arena *arena);
/* Differences of the list of names at `path`. */
Str change_text_names(Value prior, Value planned, const char *path, Arena *arena);
/* Returns the names of a list; none if it is null. */
StrVec change_text_list(Value list, Arena *arena);
/* Names of files that differ; without contents, which are sensitive. */
Str change_text_files(Value prior, Value planned, Arena *arena);
/* Differences of the fields of a kubelet or of kube-proxy, at any depth. */
Str change_text_fields(Value before, Value after, Arena *arena);
