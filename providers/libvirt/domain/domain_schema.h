/* domain_schema: what a machine's attributes mean together, and where they are left out. */
#pragma once

#include "object_builder.h"

/* The seed's disk, which no list of the configuration holds. */
#define DOMAIN_SEED_TARGET "vdz"

bool domain_schema_is_lxc(Value domain);
/* A machine whose processors are QEMU's own translation. */
bool domain_schema_is_emulated(Value domain);
/* Virtual machines with a board of their own: not containers, not libvirt's mock. */
bool domain_schema_is_machine(Value domain);
/* MiB that the guest may have at most. */
int64_t domain_schema_memory_max(Value domain);
int64_t domain_schema_vcpu_max(Value domain);
