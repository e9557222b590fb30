/* flux_versions: which versions of the components a release of Flux has. */
#pragma once

#include "str.h"

/* Returns the version of a component; empty if the release or the component is unknown. */
Str flux_versions_component(Str release, Str component);
