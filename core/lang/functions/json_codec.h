/* json_codec: encodes values as JSON text, for jsonencode and format. */
#pragma once

#include "functions.h"

/* Encodes a wholly known value as jsonencode does. */
Str json_codec_encode(Value v, Arena *arena);
