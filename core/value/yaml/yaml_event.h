/* yaml_event: an event of libyaml in a variable that frees it: SCOPED(yaml_event_t) event. */
#pragma once

#include "attr.h"

#include <yaml.h>

SCOPED_TYPE(yaml_event_t, yaml_event_delete);
