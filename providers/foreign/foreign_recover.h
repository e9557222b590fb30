/* foreign_recover: finds the object of an interrupted call.
 *
 * The protocol has no call for that. The outcome keeper may have kept the response to the call; if
 * not, it is unknown whether an object was created, and the user must decide. */
#pragma once

#include "foreign_client.h"

/* Implements ResourceType.recover. */
bool foreign_recover(const Call *call, const RecoverRequest *request, RecoverResponse *response,
                     Diags *diags);
