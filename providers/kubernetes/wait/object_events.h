/* object_events: the events that the server has about an object, each with a reason and a message.
 */
#pragma once

#include "kube_list.h"

/* Returns the events of the object, the newest first; of this reason alone unless it is empty.
 * Returns none if they cannot be read. */
ValueVec object_events_read(const KubeCall *call, Value object, Str reason);
