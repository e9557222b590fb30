/* sealing_certificate: the certificate of the controller of Sealed Secrets, fetched from its
 * service through the API server. */
#pragma once

#include "cluster.h"

/* Returns the certificate in PEM. On failure returns an empty text and sets *why to the reason, a
 * clause without a full stop; adds no error itself. */
Str sealing_certificate_fetch(const Call *call, Str namespace, Str name, Str *why, Diags *diags);
