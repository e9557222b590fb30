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
            .more = {"/etc/crio/", "/etc/containers/registries.conf.d/"},
        },
};

Str node_runtime_bundle_path(const NodeRuntime *runtime, Arena *arena) {
    return str_concat(STR("bin/"), str_from_cstr(runtime->program), arena);
}

Str node_runtime_url(const NodeRuntime *runtime, Arena *arena) {
    return str_concat(STR("unix://"), str_from_cstr(runtime->socket), arena);
}

bool node_runtime_reads_at_start(const NodeRuntime *runtime, Str path, Arena *arena) {
    Str unit = str_format(arena, "/etc/systemd/system/%s.service", runtime->service);
    if (str_equal_cstr(path, runtime->config) || str_starts_with(path, unit))
        return true;
    for (size_t i = 0; runtime->more[i]; i++) {
        if (str_starts_with(path, str_from_cstr(runtime->more[i])))
            return true;
    }
    return false;
}
