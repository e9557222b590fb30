/* provisioners: actions after the creation or before the destruction of an object. */
#pragma once

#include "provisioner.h"

extern const ProvisionerType local_exec_provisioner;
extern const ProvisionerType remote_exec_provisioner;
extern const ProvisionerType file_provisioner;
