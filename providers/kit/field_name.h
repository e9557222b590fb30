/* field_name: converts the name of an attribute to the name of the field in documents of
 * Kubernetes: secret_ref → secretRef, cert_sans → certSANs. The first word stays in lower case. */
#pragma once

#include "str.h"

Str field_name_of_attribute(Str attribute, Arena *arena);
