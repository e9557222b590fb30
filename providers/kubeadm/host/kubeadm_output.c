/* kubeadm_output: parses lines, and has a table of hints. */
#include "kubeadm_output.h"

#define ERROR_MARK   STR("[ERROR ")
#define WARNING_MARK STR("[WARNING ")

/* Hints by the name of a preflight check; "*" at the end of a name matches any suffix. */
static const struct {
    const char *check;
    const char *hint;
} hints[] = {
    {"NumCPU", "A control plane needs 2 processors."},
    {"Mem", "A control plane needs 1700 MiB of memory."},
    {"Swap", "Turn swap off, or allow it in the configuration of the kubelet."},
    {"Port-*", "A process listens on a port of Kubernetes. Stop it, or reset an earlier cluster."},
    {"FileContent--proc-sys-net-ipv4-ip_forward",
     "Set net.ipv4.ip_forward = 1; in a container, on its hypervisor."},
    {"FileContent--proc-sys-net-bridge-*",
     "Load the module br_netfilter, then set net.bridge.bridge-nf-call-iptables = 1."},
    {"DirAvailable--*", "The directory has files of an earlier cluster. Reset the machine."},
    {"FileAvailable--*", "The file is of an earlier cluster. Reset the machine."},
    {"FileExisting-*", "Install the package with this program."},
    {"SystemVerification",
     "The kernel or its control groups lack a feature that Kubernetes needs."},
    {"ImagePull", "The image is neither on the machine nor in a registry that it reaches. Use a "
                  "bundle with this image."},
    {"Hostname", "Give the machine a name that it can resolve."},
    {"KubeletVersion", "Install a kubelet of the cluster's version, at most three minors older."},
    {"KubernetesVersion", "Install kubeadm of the cluster's version."},
    {"CRI", "The container runtime does not respond on its socket, or its plugin \"cri\" is off."},
    {"ContainerRuntimeVersion", "Update the container runtime."},
    {"Service-*", "Enable the service."},
    {"IsPrivilegedUser", "kubeadm must run as root: set sudo, or log in as root."},
    {"Firewalld", "Open the ports of Kubernetes in firewalld, or turn it off."},
    {"ExternalEtcd*", "Check the endpoints and the version of the external etcd."},
    {"HTTPProxy*", "Add the networks of pods and services to no_proxy."},
    {"CreateJob", "The job of the health check did not end. Check that its image ends at once with "
                  "\"-v\"."},
    {"ControlPlaneNodesReady", "Repair the control planes that are not ready, then upgrade."},
    {"StaticPodManifest", "A manifest of the control plane is missing on this machine."},
    {"CoreDNS*", "Adapt the configuration of CoreDNS before the upgrade."},
};

static Str output_next_line(Str *rest, bool *has_line) {
    Str line = STR_EMPTY;
    *has_line = str_next_field(rest, '\n', &line);
    return str_trim(line);
}

static bool has_note(const PreflightNotes *notes, const PreflightNote *note) {
    vec_each(notes, other) {
        if (str_equal(other->check, note->check) && str_equal(other->text, note->text))
            return true;
    }
    return false;
}

/* Reads "[ERROR NumCPU]: the number …" or "[WARNING …]: …". Returns false for other lines. */
static bool read_note(Str line, PreflightNote *out) {
    bool is_error = str_starts_with(line, ERROR_MARK);
    if (!is_error && !str_starts_with(line, WARNING_MARK))
        return false;
    size_t start = is_error ? ERROR_MARK.len : WARNING_MARK.len;
    size_t end = str_find(line, STR("]: "), start);
    if (end == SIZE_MAX)
        return false;
    *out = (PreflightNote){str_slice(line, start, end), str_after(line, end + 3), is_error};
    return true;
}

void kubeadm_output_preflight(Str output, PreflightNotes *out, Arena *arena) {
    Str rest = output;
    bool has_line;
    for (Str line = output_next_line(&rest, &has_line); has_line;
         line = output_next_line(&rest, &has_line)) {
        PreflightNote note;
        if (read_note(line, &note) && !has_note(out, &note))
            vec_push(arena, out, note);
    }
}

Str kubeadm_output_hint(Str check) {
    for (size_t i = 0; i < ARRAY_COUNT(hints); i++) {
        Str name = str_from_cstr(hints[i].check);
        bool is_match = str_ends_with(name, STR("*"))
                            ? str_starts_with(check, str_slice(name, 0, name.len - 1))
                            : str_equal(check, name);
        if (is_match)
            return str_from_cstr(hints[i].hint);
    }
    return STR_EMPTY;
}

Str kubeadm_output_error(Str output) {
    Str rest = output, found = STR_EMPTY;
    bool has_line;
    for (Str line = output_next_line(&rest, &has_line); has_line;
         line = output_next_line(&rest, &has_line)) {
        if (str_starts_with(line, STR("error: ")))
            found = str_after(line, 7);
    }
    return found;
}
