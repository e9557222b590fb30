/* containerd_config: the configuration file of containerd.
 *
 * https://github.com/containerd/containerd/blob/main/docs/man/containerd-config.toml.5.md */
#pragma once

#include "node_settings.h"

#define CONTAINERD_MIRRORS "/etc/containerd/certs.d"

/* Sets *out to the file. Returns an empty text, or an error text if `settings->more` sets what loam
 * sets. */
Str containerd_config_text(const NodeSettings *settings, Str *out, Arena *arena);
