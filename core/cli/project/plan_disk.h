/* plan_disk: a Disk that serves the configuration from a plan file; everything else is real. */
#pragma once

#include "planfile.h"

Disk plan_disk_new(const Disk *real, const PlanFileSources *sources, Arena *arena);
