/* control_files: the argument "files" of kubeadm_init: files below /etc/kubernetes/loam on all
 * control planes, for flags of components that name a file. A component sees each file that its
 * flags name at the same path. */
#pragma once

#include "schema.h"
#include "vec.h"

#define CONTROL_FILES_TOP "/etc/kubernetes/loam"

extern const NestedObject control_files_argument;

/* Returns the error of a key that is no path below the directory; empty if all are good. Sets *key
 * to it. */
Str control_files_check(Value files, Str *key, Arena *arena);
/* Returns the write-only contents of a configuration: path → text. */
Value control_files_contents(Value files, Arena *arena);
/* Returns the paths whose content neither `files` nor `contents`, which may be null, has. */
StrVec control_files_missing(Value files, Value contents, Arena *arena);
/* Returns one line for each file: path below the directory, mode, content in Base64. No content may
 * be missing. */
Str control_files_lines(Value files, Value contents, Arena *arena);
/* Returns the volumes that a component, an object with "extra_args" and "extra_volumes", needs
 * beside its own: one for each file that a flag names; an empty list if there is none. */
Value control_files_volumes(Value files, Value component, Arena *arena);
/* Returns whether a volume has a name of control_files_volumes. */
bool control_files_is_volume(Str name);
/* Returns whether a flag or a volume of the component has a path in the directory. */
bool control_files_are_used(Value component, Arena *arena);
