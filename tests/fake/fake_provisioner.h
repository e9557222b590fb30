/* fake_provisioner: one that writes "note TEXT" into the world's diary, and what it is given as its
 * output. It fails, dies and raises the token as the world's calls do. */
#pragma once

#include "fake_provider.h"
#include "provisioner.h"

extern const ProvisionerType fake_provisioner;
