#include "kube_pod.h"

#define ACCOUNT_DIRECTORY "/var/run/secrets/kubernetes.io/serviceaccount/"
#define SUMMARY           "Service account not usable"

bool kube_pod_exists(const Io *io) {
    return process_variable(io->process, "KUBERNETES_SERVICE_HOST").len &&
           process_variable(io->process, "KUBERNETES_SERVICE_PORT").len;
}

static Str account_file(const Io *io, const char *name, Arena *arena) {
    Str text = STR_EMPTY;
    Str path = str_concat(STR(ACCOUNT_DIRECTORY), str_from_cstr(name), arena);
    return io->disk->read_file(io->disk->self, path, &text, arena) == 0 ? text : STR_EMPTY;
}

bool kube_pod_read(const Io *io, KubeTarget *out, Arena *arena, Diags *diags) {
    Str host = process_variable(io->process, "KUBERNETES_SERVICE_HOST");
    Str port = process_variable(io->process, "KUBERNETES_SERVICE_PORT");
    if (!kube_pod_exists(io) || account_file(io, "token", arena).len == 0)
        return diags_fail(
            diags, NO_RANGE, SUMMARY,
            "The configuration selects the service account of a pod, but loam does not run in a "
            "pod that has one: the environment variable KUBERNETES_SERVICE_HOST is not set, or "
            "there is no token in \"" ACCOUNT_DIRECTORY "\".");
    bool is_v6 = str_find_char(host, ':', 0) != SIZE_MAX;
    KubeTarget target = {
        .server = str_format(arena, is_v6 ? "https://[%.*s]:%.*s" : "https://%.*s:%.*s",
                             STR_ARG(host), STR_ARG(port)),
        .ca_certs = account_file(io, "ca.crt", arena),
        .token_file = STR(ACCOUNT_DIRECTORY "token"),
        .namespace = str_trim(account_file(io, "namespace", arena)),
    };
    Str problem;
    if (!kube_target_finish(&target, &problem, arena))
        return diags_fail(diags, NO_RANGE, SUMMARY, "%.*s", STR_ARG(problem));
    *out = target;
    return true;
}
