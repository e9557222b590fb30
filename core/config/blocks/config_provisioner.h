/* config_provisioner: decodes provisioner and connection blocks of a resource or of a removed
 * block. */
#pragma once

#include "config.h"

/* Reads the provisioner and connection blocks in `content`; ignores others. Sets *connection to
 * NULL if there is none. */
MUST_USE bool config_provisioner_read(const BodyContent *content, Provisioners *out,
                                      const Connection **connection);
