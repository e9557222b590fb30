/* overlay_disk: a Disk that has one more file in the current folder than there really is. */
#pragma once

#include "disk.h"

Disk overlay_disk_new(const Disk *real, Str name, Str bytes, Arena *arena);
