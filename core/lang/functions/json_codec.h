/* json_codec: values as JSON text, for jsonencode and format. */
#pragma once

#include "functions.h"

/* As jsonencode writes it; the value is wholly known. */
Str json_codec_encode(Value v, Arena *arena);
