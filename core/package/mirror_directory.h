/* mirror_directory: packages in filesystem mirrors, unpacked
 * (HOST/NAMESPACE/TYPE/VERSION/OS_ARCH/terraform-provider-TYPE…) or packed
 * (HOST/NAMESPACE/TYPE/terraform-provider-TYPE_VERSION_OS_ARCH.zip), and programs in directories of
 * `dev_overrides`. */
#pragma once

#include "package.h"

/* Returns the path of the provider's program in a directory; empty if it has none. */
Str mirror_directory_program(const Disk *disk, Str directory, Str address, Arena *arena);
/* Returns the name of a package's archive. */
Str mirror_directory_archive(Str address, Str version, Str platform, Arena *arena);
/* Adds the addresses of all providers in a mirror. */
void mirror_directory_addresses(const Disk *disk, Str mirror, StrVec *out, Arena *arena);
