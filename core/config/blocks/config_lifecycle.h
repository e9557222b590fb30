/* config_lifecycle: the lifecycle block of a resource or data source. */
#pragma once

#include "config.h"
#include "config_request.h"

/* `content` is what holds the lifecycle blocks of the resource. */
MUST_USE bool config_lifecycle_read(const ConfigRequest *request,
                                    const BodyContent *content,
                                    Resource *resource,
                                    Arena *arena,
                                    Diags *diags);
