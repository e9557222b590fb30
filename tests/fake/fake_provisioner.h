/* fake_provisioner: records "note TEXT" in the world's diary, and prints its argument as output. It
 * fails, dies and raises the token by the same orders as the world's calls. */
#pragma once

#include "fake_provider.h"
#include "provisioner.h"

extern const ProvisionerType fake_provisioner;
