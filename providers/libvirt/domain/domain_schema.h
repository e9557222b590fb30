/* domain_schema: values derived from several attributes of a machine, with their defaults; the
 * check of paths. */
#pragma once

#include "object_builder.h"

/* Target of the seed's disk, which is not in the list of disks. */
#define DOMAIN_SEED_TARGET "vdz"

bool domain_schema_is_lxc(Value domain);
/* Returns whether the domain is a virtual machine with a board: not a container, not of libvirt's
 * test driver. */
bool domain_schema_is_machine(Value domain);
/* Returns the memory limit, in MiB. */
int64_t domain_schema_memory_max(Value domain);
int64_t domain_schema_vcpu_max(Value domain);
/* Returns whether a configured board such as "q35" matches the host's "pc-q35-7.2". */
bool domain_schema_is_board(Str alias, Str machine);
/* Attribute.check: returns an error text unless the path is absolute. */
Str domain_schema_check_path(Value value, Arena *arena);
