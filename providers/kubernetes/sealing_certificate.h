/* sealing_certificate: the certificate of the controller of Sealed Secrets, fetched from its
 * service through the API server. */
#pragma once

#include "cluster.h"

/* Returns the PEM text, or an empty text: then *why is the end of a sentence. */
Str sealing_certificate_fetch(const Call *call, Str namespace, Str name, Str *why, Diags *diags);
