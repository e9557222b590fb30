/* served_resource: the calls of managed resource types. */
#pragma once

#include "served_call.h"

/* Also of data sources and ephemeral resources. */
void served_resource_validate(ServedCall *call);
void served_resource_upgrade(ServedCall *call);
void served_resource_read(ServedCall *call);
void served_resource_plan(ServedCall *call);
void served_resource_apply(ServedCall *call);
void served_resource_import(ServedCall *call);
void served_resource_move(ServedCall *call);
