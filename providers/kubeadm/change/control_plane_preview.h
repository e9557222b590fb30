/* control_plane_preview: control_plane_preview.sh. */
#pragma once

#include "ssh_client.h"

/* Compares these pods, names without "kube-" separated by blanks, with those that kubeadm makes.
 * *out has the lines of the script. Returns false if the machine does not respond or the script
 * fails, with the reason in diags. */
MUST_USE bool control_plane_preview_run(SshLink *link, Str pods, Str init, Str *out, Diags *diags);
