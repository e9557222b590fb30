/* overlay_disk: a Disk with files in memory over the real disk: the configuration of a saved plan,
 * or a generated file. Has only the slots that loading a configuration uses; the others are
 * NULL. */
#pragma once

#include "planfile.h"

typedef enum OverlayListing {
    OVERLAY_ADD,     /* the directories of the files list them besides the real files */
    OVERLAY_REPLACE, /* they list only these files, so that newer files are ignored */
} OverlayListing;

Disk overlay_disk_new(const Disk *real, const PlanFileSources *files, OverlayListing listing,
                      Arena *arena);
