/* yaml_decode: YAML text → value, with the scalars of YAML 1.1 that people expect in Kubernetes
 * files. */
#pragma once

#include "functions.h"

bool yaml_decode(FunctionCall *call, Value *out, Str *error);
