/* foreign_list: the slots of list types of a provider that is a program. */
#pragma once

#include "foreign_client.h"

const ObjectType *foreign_list_new(const char *name, const Schema *schema, Arena *arena);
