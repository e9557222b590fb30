/* provisioners: what can be done with an object that was made, or that is about to go. */
#pragma once

#include "provisioner.h"

extern const ProvisionerType local_exec_provisioner;
extern const ProvisionerType remote_exec_provisioner;
extern const ProvisionerType file_provisioner;
