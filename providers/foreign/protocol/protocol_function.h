/* protocol_function: the signature of a provider's function. */
#pragma once

#include "provider.h"

/* Decodes a Function. Sets the parameters, the type and the description. Returns false with *error,
 * the end of a sentence, if it is damaged. */
MUST_USE bool protocol_function_decode(Str bytes, ProviderFunction *out, Str *error, Arena *arena);
