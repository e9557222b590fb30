/* manifests_read: the slots of a type with many objects that read them. */
#pragma once

#include "provider.h"

/* The slot `read`. */
bool manifests_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                    Diags *diags);
/* The slot `recover`. */
bool manifests_recover(const Call *call, const RecoverRequest *request, RecoverResponse *response,
                       Diags *diags);
/* Adds the sensitive paths of the attribute `objects`, for Schema.sensitive_paths. */
void manifests_read_sensitive(Value object, Paths *out, Arena *arena);
