/* field_name: names of kubeadm's documents for names of attributes: cert_sans → certSANs.
 *
 * The first word stays in lower case. Abbreviations that Kubernetes writes in capitals are in a
 * table. */
#pragma once

#include "str.h"

Str field_name_of_attribute(Str attribute, Arena *arena);
