/* config_lifecycle: decodes the lifecycle block of a resource or data source. */
#pragma once

#include "config.h"
#include "config_request.h"

/* Reads the lifecycle blocks in `content` into the resource. */
MUST_USE bool config_lifecycle_read(const ConfigRequest *request,
                                    const BodyContent *content,
                                    Resource *resource,
                                    Arena *arena,
                                    Diags *diags);
