/* instance_list: searches for the objects of one instance of a list block. */
#pragma once

#include "instance_op.h"
#include "module_scope.h"
#include "walk.h"

/* Walk task: lists the objects, and generates their configuration if the query requests that. */
bool instance_list(Walk *pool, void *record, uint32_t worker);
/* Validates the arguments `limit` and `include_resource` of a list; does nothing for other blocks.
 */
void instance_list_validate(InstanceOp *op, const ModuleScope *scope);
