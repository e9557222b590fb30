/* random: values drawn once and kept in the state. */
#pragma once

#include "provider.h"

extern const ResourceType random_bytes;
extern const ResourceType random_id;
extern const ResourceType random_integer;
extern const ResourceType random_password;
extern const ResourceType random_pet;
extern const ResourceType random_shuffle;
extern const ResourceType random_string;
extern const ResourceType random_uuid;
extern const ResourceType random_uuid4;
extern const ResourceType random_uuid7;
extern const EphemeralType ephemeral_random_bytes;
extern const EphemeralType ephemeral_random_password;

/* The slot `update` of all types: only keepers that are null come or go. */
bool random_update(const Call *call,
                   const ApplyRequest *request,
                   ApplyResponse *response,
                   Diags *diags);

extern const Provider random_provider;
