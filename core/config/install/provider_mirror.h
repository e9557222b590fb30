/* provider_mirror: programs of providers in directories: a directory of `dev_overrides`, or an
 * unpacked filesystem mirror (HOST/NAMESPACE/TYPE/VERSION/OS_ARCH/terraform-provider-TYPE…). */
#pragma once

#include "cli_config.h"
#include "disk.h"

/* Returns the path of the provider's program in a directory; empty if it has none. */
Str provider_mirror_program(const Disk *disk, Str directory, Str address, Arena *arena);
/* Returns the program of the newest version that the filesystem mirrors have; empty if none. */
Str provider_mirror_find(const Disk *disk, const CliConfig *config, Str address, Arena *arena);
