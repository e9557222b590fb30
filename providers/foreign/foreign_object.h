/* foreign_object: the objects and identities in the calls of a provider that is a program. */
#pragma once

#include "foreign_client.h"

/* Begins a call about an object of the call's type. The caller adds the members of the request. */
ForeignCall foreign_object_call(const Call *call, ProtocolMethod method, Diags *diags);
/* Decodes the object of a response by the schema of the type. Adds an error if the object is
 * missing or damaged. */
MUST_USE bool foreign_object_read(const ForeignCall *made, Value *out);
/* Decodes the identity of a response; *out has no type if there is none. Adds an error if the
 * identity is damaged. */
MUST_USE bool foreign_object_read_identity(const ForeignCall *made, Value *out);
/* Like foreign_object_read_identity, but unknown values are an error, too. *out has no type after
 * an error. */
MUST_USE bool foreign_object_read_known_identity(const ForeignCall *made, Value *out);
/* Adds an error if the object contains unknown values. */
MUST_USE bool foreign_object_check_known(const ForeignCall *made, Value state);
/* Returns the reason of a deferred response; DEFERRAL_NONE if it is none. */
Deferral foreign_object_deferral(const ProtocolResponse *response);
