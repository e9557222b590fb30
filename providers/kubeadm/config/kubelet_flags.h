/* kubelet_flags: "kubelet_extra_args" of the registration of a node, a list of objects with name
 * and value, on a node that exists. The flags are words of the file kubeadm-flags.env, which
 * kubeadm writes when it makes the node, and which has flags of kubeadm, too. */
#pragma once

#include "value.h"
#include "vec.h"

/* Return the list in an object of kubeadm_init or kubeadm_join; null or unknown as it is there. */
Value kubelet_flags_of(Value object, Arena *arena);
Value kubelet_flags_with(Value object, Value list, Arena *arena);

/* Returns the names of the flags that differ between two known lists, in order. A name has all
 * values of its flags. */
StrVec kubelet_flags_changed(Value before, Value after, Arena *arena);
/* Returns the first of the changed flags with which the kubelet would be another node, or whose
 * value only kubeadm knows; empty: none. */
Str kubelet_flags_fixed(Value before, Value after, Arena *arena);
/* Returns those of the changed flags that a kubelet reads only when it registers a new node. */
StrVec kubelet_flags_at_registration(Value before, Value after, Arena *arena);
/* Returns the fields of the KubeletConfiguration that the changed flags set: "cgroupDriver". */
StrVec kubelet_flags_fields(Value before, Value after, Arena *arena);
/* Returns why a flag of the list cannot be a word of the file; empty: all can. */
Str kubelet_flags_check(Value list, Arena *arena);

/* What a machine does to the file. */
typedef struct KubeletFlags {
    Str dropped; /* names of flags that go first, separated by blanks; empty: no change */
    Str names;   /* names of the list after the change */
    Str words;   /* flags that come, one a line */
} KubeletFlags;

/* `address`: value of the flag node-ip that loam gives a node without one. */
KubeletFlags kubelet_flags_change(Value before, Value after, Str address, Arena *arena);

/* Returns the list as the machine has it: `file`, the content of kubeadm-flags.env, has the values,
 * and `names`, separated by blanks, are flags that an apply has set. Returns `stored` itself if it
 * is equal, or if the content is not that of kubeadm. */
Value kubelet_flags_observed(Value stored, Str file, Str names, const Type *list, Arena *arena);
