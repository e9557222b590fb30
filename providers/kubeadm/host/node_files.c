/* node_files: writes sysctl.d and modules-load.d files, TOML, YAML and systemd units. */
#include "node_files.h"
#include "base64.h"
#include "containerd_config.h"
#include "json_writer.h"
#include "object_builder.h"
#include "toml.h"

/* In sysctl.d, the file whose name sorts last wins. Distributions set rp_filter and ip_forward in
 * other files. */
#define MODULES_PATH "/etc/modules-load.d/99-zz-loam-kubernetes.conf"
#define SYSCTL_PATH  "/etc/sysctl.d/99-zz-loam-kubernetes.conf"
#define CRIO_MIRRORS "/etc/containers/registries.conf.d/99-zz-loam-"
#define CRIO_LOGINS  "/etc/crio/loam-auth.json"
#define CRIO_POLICY  "/etc/crio/policy.json"
#define CRIO_CAS     "/etc/containers/certs.d/"

static const char modules_file[] = "overlay\nbr_netfilter\n";

static const char sysctls_file[] = "net.ipv4.ip_forward = 1\n"
                                   "net.bridge.bridge-nf-call-iptables = 1\n"
                                   "net.bridge.bridge-nf-call-ip6tables = 1\n"
                                   "fs.inotify.max_user_instances = 8192\n"
                                   "fs.inotify.max_user_watches = 524288\n"
                                   "vm.overcommit_memory = 1\n"
                                   "kernel.panic = 10\n"
                                   "kernel.panic_on_oops = 1\n";

/* What a kubelet with protectKernelDefaults needs beside these. */
static const char hardened_sysctls[] = "vm.panic_on_oom = 0\n"
                                       "kernel.keys.root_maxkeys = 1000000\n"
                                       "kernel.keys.root_maxbytes = 25000000\n";

static const char containerd_unit[] = "[Unit]\n"
                                      "Description=containerd container runtime\n"
                                      "After=network.target local-fs.target\n"
                                      "\n"
                                      "[Service]\n"
                                      "ExecStartPre=-/sbin/modprobe overlay\n"
                                      "ExecStart=%.*s/containerd\n"
                                      "Type=notify\n"
                                      "Delegate=yes\n"
                                      "KillMode=process\n"
                                      "Restart=always\n"
                                      "RestartSec=5\n"
                                      "LimitNPROC=infinity\n"
                                      "TasksMax=infinity\n"
                                      "\n"
                                      "[Install]\n"
                                      "WantedBy=multi-user.target\n";

static const char crio_unit[] = "[Unit]\n"
                                "Description=CRI-O container runtime\n"
                                "Wants=network-online.target\n"
                                "After=network-online.target\n"
                                "\n"
                                "[Service]\n"
                                "ExecStartPre=-/sbin/modprobe overlay\n"
                                "ExecStart=%.*s/crio\n"
                                "ExecReload=/bin/kill -s HUP $MAINPID\n"
                                "Type=notify\n"
                                "Delegate=yes\n"
                                "Restart=on-failure\n"
                                "RestartSec=10\n"
                                "LimitNPROC=infinity\n"
                                "TasksMax=infinity\n"
                                "TimeoutStartSec=0\n"
                                "\n"
                                "[Install]\n"
                                "WantedBy=multi-user.target\n";

/* Signatures are not compared, as in containerd. */
static const char crio_policy[] = "{\"default\":[{\"type\":\"insecureAcceptAnything\"}]}\n";

static const char kubelet_unit[] = "[Unit]\n"
                                   "Description=kubelet: the Kubernetes node agent\n"
                                   "Wants=network-online.target\n"
                                   "After=network-online.target %s.service\n"
                                   "\n"
                                   "[Service]\n"
                                   "ExecStart=%.*s/kubelet\n"
                                   "Restart=always\n"
                                   "StartLimitInterval=0\n"
                                   "RestartSec=2\n"
                                   "\n"
                                   "[Install]\n"
                                   "WantedBy=multi-user.target\n";

static const char kubelet_drop_in[] =
    "[Service]\n"
    "Environment=\"KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/"
    "bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf\"\n"
    "Environment=\"KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml\"\n"
    "EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env\n"
    "EnvironmentFile=-/etc/default/kubelet\n"
    "EnvironmentFile=-/etc/sysconfig/kubelet\n"
    "ExecStart=\n"
    "ExecStart=%.*s/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS "
    "$KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS\n";

Str node_files_prefix(const NodeSettings *settings) {
    return settings->prefix.len ? settings->prefix : STR(NODE_FILES_PREFIX);
}

/* Returns whether the text has no control characters, which could add lines to a file. */
static bool files_is_plain(Str text) {
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
            return false;
    }
    return true;
}

static void files_add(NodeFiles *out, const char *path, Str text, NodeService service,
                      Arena *arena) {
    NodeFile file = {.path = path, .text = text, .mode = 0644, .service = service};
    vec_push(arena, out, file);
}

static void files_add_named(NodeFiles *out, Str name, Str text, NodeService service, Arena *arena) {
    NodeFile file = {.name = name, .text = text, .mode = 0644, .service = service};
    vec_push(arena, out, file);
}

static void add_kernel(const NodeSettings *settings, NodeFiles *out, Arena *arena) {
    if (settings->is_container)
        return;
    Str text = str_from_cstr(sysctls_file);
    if (settings->has_ipv6)
        text = str_concat(text, STR("net.ipv6.conf.all.forwarding = 1\n"), arena);
    if (settings->is_hardened)
        text = str_concat(text, str_from_cstr(hardened_sysctls), arena);
    files_add(out, MODULES_PATH, str_from_cstr(modules_file), SERVICE_KERNEL, arena);
    files_add(out, SYSCTL_PATH, text, SERVICE_KERNEL, arena);
}

/* Appends an environment variable to a unit, with "%" doubled because systemd expands it. An empty
 * value adds nothing. */
static void files_add_variable(StrBuf *out, const char *name, Str value) {
    if (!value.len)
        return;
    strbuf_add_format(out, "Environment=\"%s=", name);
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        if (c == '"' || c == '\\')
            strbuf_add_char(out, '\\');
        if (c == '%')
            strbuf_add_char(out, '%');
        strbuf_add_char(out, c);
    }
    strbuf_add_cstr(out, "\"\n");
}

static bool is_crio(const NodeSettings *settings) {
    return settings->runtime == &node_runtime_table[NODE_RUNTIME_CRIO];
}

static bool has_logins(const NodeSettings *settings) {
    vec_each(&settings->mirrors, mirror) {
        if (mirror->user.len)
            return true;
    }
    return false;
}

/* CRI-O knows programs of the kind of runc, and those that start machines. */
static void crio_add_handler(StrBuf *out, const RuntimeHandler *handler) {
    bool is_runc = str_equal(handler->type, STR("io.containerd.runc.v2"));
    strbuf_add_cstr(out, "\n[crio.runtime.runtimes.");
    toml_add_string(out, handler->name);
    strbuf_add_cstr(out, "]\n  runtime_path = ");
    toml_add_string(out, handler->binary);
    strbuf_add_format(out, "\n  runtime_type = \"%s\"\n", is_runc ? "oci" : "vm");
    if (!handler->pod_annotations.count)
        return;
    strbuf_add_cstr(out, "  allowed_annotations = [");
    for (size_t i = 0; i < handler->pod_annotations.count; i++) {
        strbuf_add_cstr(out, i ? ", " : "");
        toml_add_string(out, handler->pod_annotations.items[i]);
    }
    strbuf_add_cstr(out, "]\n");
}

/* A part of the configuration: tables of the package's own file stay. */
static Str crio_config(const NodeSettings *settings, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    strbuf_add_format(&out, "[crio.api]\n  listen = \"%s\"\n\n[crio.image]\n  pause_image = ",
                      settings->runtime->socket);
    toml_add_string(&out, settings->sandbox_image);
    strbuf_add_cstr(&out, "\n  pinned_images = [");
    toml_add_string(&out, settings->sandbox_image);
    strbuf_add_cstr(&out, "]\n");
    if (has_logins(settings))
        strbuf_add_cstr(&out, "  global_auth_file = \"" CRIO_LOGINS "\"\n"
                              "  pause_image_auth_file = \"" CRIO_LOGINS "\"\n");
    if (settings->has_own_runtime)
        strbuf_add_cstr(&out, "  signature_policy = \"" CRIO_POLICY "\"\n");
    strbuf_add_cstr(&out, "\n[crio.network]\n"
                          "  network_dir = \"/etc/cni/net.d/\"\n"
                          "  plugin_dirs = [\"/opt/cni/bin/\"]\n\n"
                          "[crio.runtime]\n"
                          "  cgroup_manager = \"systemd\"\n");
    if (settings->has_selinux)
        strbuf_add_cstr(&out, "  selinux = true\n");
    vec_each(&settings->handlers, handler)
        crio_add_handler(&out, handler);
    return strbuf_str(&out);
}

static Str crictl_config(const NodeRuntime *runtime, Arena *arena) {
    Str url = node_runtime_url(runtime, arena);
    return str_format(arena, "runtime-endpoint: %.*s\nimage-endpoint: %.*s\ntimeout: 10\n",
                      STR_ARG(url), STR_ARG(url));
}

static Str runtime_drop_in(const NodeSettings *settings, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    bool has_proxy = settings->http_proxy.len || settings->https_proxy.len;
    strbuf_add_cstr(&out, "[Service]\nLimitNOFILE=1048576\n");
    if (settings->has_own_runtime && !settings->restricts_oom_score)
        strbuf_add_cstr(&out, "OOMScoreAdjust=-999\n");
    if (settings->is_image && !is_crio(settings) && !settings->has_own_runtime)
        files_add_variable(&out, "CONTAINERD_CONFIG", str_from_cstr(settings->runtime->config));
    files_add_variable(&out, "HTTP_PROXY", settings->http_proxy);
    files_add_variable(&out, "HTTPS_PROXY", settings->https_proxy);
    if (has_proxy)
        files_add_variable(&out, "NO_PROXY", settings->no_proxy);
    return strbuf_str(&out);
}

static Str containerd_ca(const RegistryMirror *mirror, Arena *arena) {
    return str_format(arena, CONTAINERD_MIRRORS "/%.*s/ca.crt", STR_ARG(mirror->host));
}

static void files_add_endpoint(StrBuf *out, const RegistryMirror *mirror, Str endpoint,
                               Arena *arena) {
    strbuf_add_cstr(out, "\n[host.");
    toml_add_string(out, endpoint);
    strbuf_add_cstr(out, "]\n  capabilities = [\"pull\", \"resolve\"]\n");
    if (mirror->ca_path.len || mirror->ca.len) {
        strbuf_add_cstr(out, "  ca = ");
        toml_add_string(out, mirror->ca.len ? containerd_ca(mirror, arena) : mirror->ca_path);
        strbuf_add_char(out, '\n');
    }
    if (!mirror->user.len)
        return;
    Str pair = str_format(arena, "%.*s:%.*s", STR_ARG(mirror->user), STR_ARG(mirror->password));
    strbuf_add_cstr(out, "\n[host.");
    toml_add_string(out, endpoint);
    strbuf_add_format(out, ".header]\n  Authorization = \"Basic %.*s\"\n",
                      STR_ARG(base64_encode(pair, arena)));
}

/* Adds the hosts.toml of a registry, which containerd reads at each pull, so no restart is needed.
 */
static void add_mirror(const RegistryMirror *mirror, NodeFiles *out, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    Str own = str_concat(STR("https://"), mirror->host, arena);
    strbuf_add_cstr(&text, "server = ");
    toml_add_string(&text, own);
    strbuf_add_char(&text, '\n');
    vec_each(&mirror->endpoints, endpoint) {
        files_add_endpoint(&text, mirror, *endpoint, arena);
    }
    if (!mirror->endpoints.count)
        files_add_endpoint(&text, mirror, own, arena);
    NodeFile file = {
        .name = str_format(arena, CONTAINERD_MIRRORS "/%.*s/hosts.toml", STR_ARG(mirror->host)),
        .text = strbuf_str(&text),
        .mode = mirror->user.len ? 0600 : 0644,
        .is_secret = mirror->user.len > 0,
    };
    if (mirror->ca.len)
        files_add_named(out, containerd_ca(mirror, arena), mirror->ca, SERVICE_NONE, arena);
    vec_push(arena, out, file);
}

/* Mirrors of CRI-O. */

/* Returns host and path of a mirror, without the path "/v2" of the registry's API, which CRI-O adds
 * itself. Returns false if the API has another path, or the URL another scheme. */
static bool read_location(Str endpoint, Str *location, bool *is_clear, Arena *arena) {
    *is_clear = str_starts_with(endpoint, STR("http://"));
    if (!*is_clear && !str_starts_with(endpoint, STR("https://")))
        return false;
    Str rest = str_after(endpoint, *is_clear ? 7 : 8);
    while (str_ends_with(rest, STR("/")))
        rest = str_slice(rest, 0, rest.len - 1);
    size_t slash = str_find_char(rest, '/', 0);
    if (slash == SIZE_MAX) {
        *location = rest;
        return rest.len > 0;
    }
    Str host = str_slice(rest, 0, slash), path = str_after(rest, slash);
    if (!str_equal(path, STR("/v2")) && !str_starts_with(path, STR("/v2/")))
        return false;
    *location = str_concat(host, str_after(path, 3), arena);
    return true;
}

static Str check_crio_mirror(const RegistryMirror *mirror, Arena *arena) {
    Str location;
    bool is_clear;
    if (mirror->ca_path.len)
        return str_format(arena,
                          "CRI-O does not read \"ca_path\". Set \"ca\" to the certificate "
                          "authority of %.*s instead.",
                          STR_ARG(mirror->host));
    vec_each(&mirror->endpoints, endpoint) {
        if (!read_location(*endpoint, &location, &is_clear, arena))
            return str_format(arena,
                              "The mirror \"%.*s\" must be a URL with http or https for CRI-O; its "
                              "path, if any, begins with /v2.",
                              STR_ARG(*endpoint));
    }
    return STR_EMPTY;
}

/* CRI-O reads the authority of the host that it asks. */
static void add_crio_ca(const RegistryMirror *mirror, NodeFiles *out, Arena *arena) {
    Str location;
    bool is_clear;
    if (!mirror->ca.len)
        return;
    if (!mirror->endpoints.count)
        files_add_named(out, str_format(arena, CRIO_CAS "%.*s/ca.crt", STR_ARG(mirror->host)),
                        mirror->ca, SERVICE_NONE, arena);
    vec_each(&mirror->endpoints, endpoint) {
        if (!read_location(*endpoint, &location, &is_clear, arena) || is_clear)
            continue;
        Str host = str_slice(location, 0, str_find_char(location, '/', 0));
        files_add_named(out, str_format(arena, CRIO_CAS "%.*s/ca.crt", STR_ARG(host)), mirror->ca,
                        SERVICE_NONE, arena);
    }
}

static void add_crio_mirror(const RegistryMirror *mirror, NodeFiles *out, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    Str location = STR_EMPTY;
    bool is_clear = false;
    add_crio_ca(mirror, out, arena);
    strbuf_add_cstr(&text, "[[registry]]\nlocation = ");
    toml_add_string(&text, mirror->host);
    strbuf_add_char(&text, '\n');
    vec_each(&mirror->endpoints, endpoint) {
        (void)read_location(*endpoint, &location, &is_clear, arena);
        strbuf_add_cstr(&text, "\n[[registry.mirror]]\nlocation = ");
        toml_add_string(&text, location);
        strbuf_add_cstr(&text, is_clear ? "\ninsecure = true\n" : "\n");
    }
    NodeFile file = {
        .name = str_format(arena, CRIO_MIRRORS "%.*s.conf", STR_ARG(mirror->host)),
        .text = strbuf_str(&text),
        .mode = 0644,
        .service = SERVICE_RUNTIME,
    };
    vec_push(arena, out, file);
}

static void write_login(JsonWriter *writer, Str location, Str pair) {
    json_key(writer, location);
    json_object_start(writer);
    json_key_base64(writer, "auth", pair);
    json_object_end(writer);
}

/* The user of a mirror logs in to its endpoints, as in containerd. */
static void add_crio_logins(const NodeSettings *settings, NodeFiles *out, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    Str location;
    bool is_clear;
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    json_key_object(&writer, "auths");
    vec_each(&settings->mirrors, mirror) {
        Str pair = str_format(arena, "%.*s:%.*s", STR_ARG(mirror->user), STR_ARG(mirror->password));
        vec_each(&mirror->endpoints, endpoint) {
            if (mirror->user.len && read_location(*endpoint, &location, &is_clear, arena))
                write_login(&writer, location, pair);
        }
        if (mirror->user.len && !mirror->endpoints.count)
            write_login(&writer, mirror->host, pair);
    }
    json_object_end(&writer);
    json_object_end(&writer);
    NodeFile file = {.path = CRIO_LOGINS,
                     .text = strbuf_str(&text),
                     .mode = 0600,
                     .is_secret = true,
                     .service = SERVICE_RUNTIME};
    vec_push(arena, out, file);
}

/* Returns whether the host can be the name of a directory and one word of a line. */
static bool files_is_registry(Str host) {
    return host.len > 0 && str_has_only(host, "-._:[]*") && !str_starts_with(host, STR("."));
}

static Str check_handler(const NodeSettings *settings, const RuntimeHandler *handler,
                         Arena *arena) {
    if (!str_is_dns_label(handler->name))
        return STR("The name of a runtime must be one that a RuntimeClass can have: lower-case "
                   "letters, digits and \"-\".");
    if (str_equal(handler->name, STR("runc")))
        return STR("loam sets the runtime \"runc\" itself; give yours another name.");
    if (is_crio(settings) && !handler->binary.len)
        return str_format(arena, "The runtime \"%.*s\" of CRI-O needs the path \"binary\".",
                          STR_ARG(handler->name));
    return STR_EMPTY;
}

static Str files_check(const NodeSettings *settings, Arena *arena) {
    const Str texts[] = {settings->sandbox_image, settings->http_proxy, settings->https_proxy,
                         settings->no_proxy};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        if (!files_is_plain(texts[i]))
            return str_format(arena, "A proxy or the name of an image has control characters.");
    }
    if (is_crio(settings) && settings->more.type && value_is_present(settings->more))
        return STR("\"containerd_config\" is for containerd, and the machine has CRI-O.");
    vec_each(&settings->handlers, handler) {
        Str problem = check_handler(settings, handler, arena);
        if (problem.len)
            return problem;
    }
    vec_each(&settings->mirrors, mirror) {
        if (mirror->ca.len && mirror->ca_path.len)
            return str_format(arena, "The registry %.*s has both \"ca\" and \"ca_path\".",
                              STR_ARG(mirror->host));
        bool is_good = files_is_registry(mirror->host) && files_is_plain(mirror->ca_path);
        vec_each(&mirror->endpoints, endpoint)
            is_good = is_good && files_is_plain(*endpoint);
        if (!is_good)
            return str_format(
                arena,
                "A registry needs a host name such as \"registry.example:5000\", and endpoints "
                "without control characters.");
        Str problem = is_crio(settings) ? check_crio_mirror(mirror, arena) : STR_EMPTY;
        if (problem.len)
            return problem;
    }
    return STR_EMPTY;
}

static Str unit_path(const NodeRuntime *runtime, const char *file, Arena *arena) {
    return str_format(arena, "/etc/systemd/system/%s.service%s", runtime->service, file);
}

/* The units and the policy that a package would bring. */
static void add_own_runtime(const NodeSettings *settings, NodeFiles *out, Arena *arena) {
    const char *unit = is_crio(settings) ? crio_unit : containerd_unit;
    if (is_crio(settings))
        files_add(out, CRIO_POLICY, str_from_cstr(crio_policy), SERVICE_RUNTIME, arena);
    files_add_named(out, unit_path(settings->runtime, "", arena),
                    str_format(arena, unit, STR_ARG(node_files_prefix(settings))), SERVICE_RUNTIME,
                    arena);
}

static void add_kubelet(const NodeSettings *settings, NodeFiles *out, Arena *arena) {
    Str prefix = node_files_prefix(settings);
    files_add(out, "/etc/systemd/system/kubelet.service",
              str_format(arena, kubelet_unit, settings->runtime->service, STR_ARG(prefix)),
              SERVICE_KUBELET, arena);
    files_add(out, "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf",
              str_format(arena, kubelet_drop_in, STR_ARG(prefix)), SERVICE_KUBELET, arena);
}

Str node_files_list(const NodeSettings *settings, NodeFiles *out, Arena *arena) {
    const NodeRuntime *runtime = settings->runtime;
    Str problem = files_check(settings, arena), config = STR_EMPTY;
    if (problem.len)
        return problem;
    if (is_crio(settings))
        config = crio_config(settings, arena);
    else
        problem = containerd_config_text(settings, &config, arena);
    if (problem.len)
        return problem;
    size_t first = out->count;
    add_kernel(settings, out, arena);
    files_add(out, runtime->config, config, SERVICE_RUNTIME, arena);
    files_add_named(out, unit_path(runtime, ".d/10-loam.conf", arena),
                    runtime_drop_in(settings, arena), SERVICE_RUNTIME, arena);
    files_add(out, "/etc/crictl.yaml", crictl_config(runtime, arena), SERVICE_NONE, arena);
    vec_each(&settings->mirrors, mirror) {
        if (is_crio(settings))
            add_crio_mirror(mirror, out, arena);
        else
            add_mirror(mirror, out, arena);
    }
    if (is_crio(settings) && has_logins(settings))
        add_crio_logins(settings, out, arena);
    if (settings->has_own_runtime)
        add_own_runtime(settings, out, arena);
    if (settings->has_own_kubelet)
        add_kubelet(settings, out, arena);
    for (size_t i = first; settings->is_hardened && i < out->count; i++) {
        if (out->items[i].service != SERVICE_KERNEL)
            out->items[i].mode &= 0700;
    }
    return STR_EMPTY;
}

Str node_files_path(const NodeFile *file) {
    return file->path ? str_from_cstr(file->path) : file->name;
}

Str node_files_no_proxy(const StrVec *cluster, Str more, Arena *arena) {
    static const Str always[] = {STR_CONST("localhost"), STR_CONST("127.0.0.1"), STR_CONST("::1"),
                                 STR_CONST(".svc"), STR_CONST(".cluster.local")};
    StrVec parts = {0};
    Str part, rest = more;
    for (size_t i = 0; i < ARRAY_COUNT(always); i++)
        vec_push(arena, &parts, always[i]);
    vec_each(cluster, own) {
        if (own->len && !str_is_among(*own, parts.items, parts.count))
            vec_push(arena, &parts, *own);
    }
    while (more.len && str_next_field(&rest, ',', &part)) {
        part = str_trim(part);
        if (part.len && !str_is_among(part, parts.items, parts.count))
            vec_push(arena, &parts, part);
    }
    return str_join(parts.items, parts.count, STR(","), arena);
}
