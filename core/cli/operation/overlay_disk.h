/* overlay_disk: a Disk with one additional, virtual file in the current directory. */
#pragma once

#include "disk.h"

Disk overlay_disk_new(const Disk *real, Str name, Str bytes, Arena *arena);
