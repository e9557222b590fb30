/* config_provisioner: provisioner and connection blocks of a resource or of a removed block. */
#pragma once

#include "config.h"

/* Those among the blocks of `content`, which may hold others. */
MUST_USE bool config_provisioner_read(const BodyContent *content,
                                      Provisioners *out,
                                      const Connection **connection,
                                      Arena *arena,
                                      Diags *diags);
