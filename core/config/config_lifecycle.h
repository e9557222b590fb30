/* config_lifecycle: the lifecycle block of a resource or data source. */
#pragma once

#include "config_load.h"

/* `content` is what holds the lifecycle blocks of the resource. */
MUST_USE bool config_lifecycle_read(const ConfigRequest *request,
                                    const BodyContent *content,
                                    Resource *resource,
                                    Arena *arena,
                                    Diags *diags);
