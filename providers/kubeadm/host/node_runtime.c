/* node_runtime: the table. */
#include "node_runtime.h"

const NodeRuntime node_runtime_table[NODE_RUNTIME_COUNT] = {
    [NODE_RUNTIME_CONTAINERD] =
        {
            .name = "containerd",
            .program = "containerd",
            .package = "containerd",
            .service = "containerd",
            .socket = "/run/containerd/containerd.sock",
            .config = "/etc/containerd/config.toml",
        },
    [NODE_RUNTIME_CRIO] =
        {
            .name = "cri-o",
            .program = "crio",
            .package = "cri-o",
            .service = "crio",
            .socket = "/run/crio/crio.sock",
            .config = "/etc/crio/crio.conf.d/99-zz-loam.conf",
        },
};

Str node_runtime_bundle_path(const NodeRuntime *runtime, Arena *arena) {
    return str_concat(STR("bin/"), str_from_cstr(runtime->program), arena);
}

Str node_runtime_url(const NodeRuntime *runtime, Arena *arena) {
    return str_concat(STR("unix://"), str_from_cstr(runtime->socket), arena);
}
