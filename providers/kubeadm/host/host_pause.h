/* host_pause: the pause image that kubeadm of a machine asks for. */
#pragma once

#include "kube_version.h"
#include "ssh_client.h"

/* Returns the image of this version in this repository; empty if the machine has no kubeadm,
 * or if it names none. */
Str host_pause_image(SshLink *link, KubeVersion version, Str repository);
