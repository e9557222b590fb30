/* plan_disk: a Disk that shows the configuration as a plan file holds it; everything else is real.
 */
#pragma once

#include "planfile.h"

Disk plan_disk_new(const Disk *real, const PlanFileSources *sources, Arena *arena);
