/* random: values drawn once and kept in the state. */
#pragma once

#include "provider.h"

extern const ResourceType random_id;
extern const ResourceType random_integer;
extern const ResourceType random_password;
extern const ResourceType random_pet;
extern const ResourceType random_string;
extern const ResourceType random_uuid;
extern const ResourceType ephemeral_random_password;

extern const Provider random_provider;
