/* foreign_list: the slots of list types of a provider that is a program. */
#pragma once

#include "foreign_client.h"
#include "list_type.h"

const ListType *foreign_list_new(const char *name, const Schema *schema, Arena *arena);
