/* ephemeral_type: the engine's calls of an ephemeral resource. A NULL `open` or `renew` is an
 * error; a NULL `close` does nothing. */
#pragma once

#include "provider.h"

MUST_USE bool ephemeral_type_open(const EphemeralType *type, const Call *call,
                                  const OpenRequest *request, OpenResponse *response, Diags *diags);
MUST_USE bool ephemeral_type_renew(const EphemeralType *type, const Call *call,
                                   const RenewRequest *request, RenewResponse *response,
                                   Diags *diags);
MUST_USE bool ephemeral_type_close(const EphemeralType *type, const Call *call,
                                   const CloseRequest *request, Diags *diags);
