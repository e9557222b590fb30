/* Runs credential plugins by the protocol of client.authentication.k8s.io. A plugin reads its
 * request from the environment variable KUBERNETES_EXEC_INFO and prints an ExecCredential on its
 * standard output. It gets no standard input, and none of the variables in process_secrets. */
#include "base64.h"
#include "json.h"
#include "kube_login.h"
#include "kube_object.h"
#include "log.h"
#include "problem.h"
#include "timestamp.h"
#include "utf8.h"

#include <errno.h>

#define INFO_VARIABLE "KUBERNETES_EXEC_INFO"
#define TIMEOUT_MS    60000
#define OUTPUT_MAX    ((size_t)1 << 20) /* bytes kept of each stream */
#define SHOWN_MAX     2000              /* bytes of its standard error in a message */

static Value exec_with_text(Value object, const char *name, Str text, Arena *arena) {
    return text.len ? kube_object_with(object, "", name, value_from_str(text), arena) : object;
}

static Value with_true(Value object, const char *name, bool is_set, Arena *arena) {
    return is_set ? kube_object_with(object, "", name, value_bool(true), arena) : object;
}

static Value cluster_of(const KubeTarget *target, Arena *arena) {
    Value cluster = value_null(&TYPE_DYNAMIC);
    Str ca_certs = base64_encode(target->ca_certs, arena);
    cluster = exec_with_text(cluster, "server", target->server, arena);
    cluster = exec_with_text(cluster, "tls-server-name", target->server_name, arena);
    cluster = exec_with_text(cluster, "proxy-url", target->proxy, arena);
    cluster = exec_with_text(cluster, "certificate-authority-data", ca_certs, arena);
    cluster = with_true(cluster, "insecure-skip-tls-verify", target->skip_verify, arena);
    cluster = with_true(cluster, "disable-compression", target->no_compression, arena);
    return value_is_present(target->exec_config)
               ? kube_object_with(cluster, "", "config", target->exec_config, arena)
               : cluster;
}

static Str info_of(const KubeTarget *target, Arena *arena) {
    const KubeExec *exec = &target->exec;
    Value info = value_null(&TYPE_DYNAMIC);
    info = kube_object_with(info, "", "kind", value_from_cstr("ExecCredential"), arena);
    info = kube_object_with(info, "", "apiVersion", value_from_str(exec->api_version), arena);
    info = kube_object_with(info, "spec", "interactive", value_bool(false), arena);
    if (exec->should_get_cluster)
        info = kube_object_with(info, "spec", "cluster", cluster_of(target, arena), arena);
    return str_concat(STR(INFO_VARIABLE "="), json_text(info, arena), arena);
}

static const char *const *argv_of(const KubeExec *exec, Arena *arena) {
    const char **argv = arena_new_array(arena, const char *, exec->args.count + 2);
    argv[0] = str_to_cstr(exec->command, arena);
    for (size_t i = 0; i < exec->args.count; i++)
        argv[i + 1] = str_to_cstr(exec->args.items[i], arena);
    return argv;
}

static bool exec_fail(const KubeExec *exec, Str why, Str *problem, Arena *arena) {
    return problem_set(problem, arena, "the credential plugin \"%.*s\" %.*s",
                       STR_ARG(exec->command), STR_ARG(why));
}

static bool fail_start(const KubeExec *exec, int error, Str *problem, Arena *arena) {
    StrBuf why = strbuf_new(arena);
    bool is_searched = str_find_char(exec->command, '/', 0) == SIZE_MAX;
    strbuf_add_format(&why, "cannot be started: %s", process_error(error));
    if (error == -ENOENT && is_searched)
        strbuf_add_cstr(&why, " in any directory of PATH");
    if (error == -ENOENT && exec->install_hint.len)
        strbuf_add_format(&why, ". %.*s",
                          STR_ARG(str_trim(utf8_strip_controls(exec->install_hint, arena))));
    return exec_fail(exec, strbuf_str(&why), problem, arena);
}

/* Returns the beginning of the plugin's standard error, for a message. Hides the secrets that loam
 * knows, and variables of the plugin whose names look like those of secrets. */
static Str shown_error(const KubeTarget *target, Str text, Arena *arena) {
    StrVec secrets = {0};
    vec_each(&target->exec.env, variable) {
        size_t equals = str_find_char(*variable, '=', 0);
        if (log_is_secret_name(str_slice(*variable, 0, equals)))
            vec_push(arena, &secrets, str_after(*variable, equals + 1));
    }
    vec_push(arena, &secrets, target->token);
    vec_push(arena, &secrets, target->password);
    text = log_scrub_known(log_scrub(text, &secrets, arena), arena);
    return utf8_shorten(utf8_indented(text, arena), SHOWN_MAX, arena);
}

static bool check_end(const KubeTarget *target, const ProcessResult *result,
                      const CancelToken *cancel, Str *problem, Arena *arena) {
    const KubeExec *exec = &target->exec;
    Str text = shown_error(target, result->err, arena);
    if (result->timed_out)
        return exec_fail(exec, STR("had not ended after a minute"), problem, arena);
    if (cancel_level(cancel) != CANCEL_NONE)
        return exec_fail(exec, STR("was interrupted"), problem, arena);
    return result->exit_status == 0 ||
           exec_fail(exec,
                     str_format(arena, "ended with status %d%s%.*s", result->exit_status,
                                text.len ? " and said: " : "", STR_ARG(text)),
                     problem, arena);
}

static bool read_expiry(const KubeExec *exec, Value answer, int64_t *out, Str *problem,
                        Arena *arena) {
    Str text = kube_object_text(answer, "status", "expirationTimestamp");
    Timestamp time = {0};
    Str ignored;
    if (text.len && !timestamp_parse(text, &time, &ignored, arena))
        return exec_fail(exec, STR("gives an \"expirationTimestamp\" that is not an RFC 3339 time"),
                         problem, arena);
    *out = time.seconds * 1000;
    return true;
}

static bool exec_read_answer(const KubeExec *exec, Str text, KubeCredential *out, Str *problem,
                             Arena *arena) {
    Value answer;
    if (!json_parse_object(text, &answer, arena) ||
        !str_equal(kube_object_text(answer, "", "kind"), STR("ExecCredential")))
        return exec_fail(exec, STR("does not print an ExecCredential"), problem, arena);
    Str version = kube_object_text(answer, "", "apiVersion");
    if (!str_equal(version, exec->api_version))
        return exec_fail(
            exec,
            str_format(arena, "prints an ExecCredential of \"%.*s\", not of \"%.*s\"",
                       STR_ARG(utf8_shorten(utf8_strip_controls(version, arena), 100, arena)),
                       STR_ARG(exec->api_version)),
            problem, arena);
    out->token = str_trim(kube_object_text(answer, "status", "token"));
    out->certificate = kube_object_text(answer, "status", "clientCertificateData");
    out->key = kube_object_text(answer, "status", "clientKeyData");
    bool is_pair = (out->certificate.len > 0) == (out->key.len > 0);
    if (!is_pair || (out->token.len == 0 && out->key.len == 0))
        return exec_fail(exec, STR("gives neither a token nor a certificate with its key"), problem,
                         arena);
    KubeTarget given = {.token = out->token, .certificate = out->certificate, .key = out->key};
    Str why;
    if (!kube_target_finish(&given, &why, arena))
        return exec_fail(exec,
                         str_format(arena, "gives an invalid credential: %.*s",
                                    STR_ARG(str_slice(why, 0, why.len - 1))),
                         problem, arena);
    return read_expiry(exec, answer, &out->expires_ms, problem, arena);
}

typedef struct PluginOutput {
    StrBuf texts[2]; /* standard output, standard error */
} PluginOutput;

static void exec_keep_output(void *payload, Str piece, bool is_error) {
    PluginOutput *output = payload;
    StrBuf *text = &output->texts[is_error];
    strbuf_add(text, str_slice(piece, 0, OUTPUT_MAX - text->len));
}

bool kube_exec_run(const Io *io, const KubeTarget *target, const CancelToken *cancel,
                   KubeCredential *out, Str *problem, Arena *arena) {
    const KubeExec *exec = &target->exec;
    StrVec env = {0};
    vec_each(&exec->env, variable)
        vec_push(arena, &env, *variable);
    vec_push(arena, &env, info_of(target, arena));
    PluginOutput output = {{strbuf_new(arena), strbuf_new(arena)}};
    ProcessRequest request = {
        .argv = argv_of(exec, arena),
        .environment = &env,
        .withheld = process_secrets,
        .timeout_ms = TIMEOUT_MS,
        .cancel = cancel,
        .output = exec_keep_output,
        .payload = &output,
    };
    ProcessResult result = {0};
    KubeCredential credential = {0};
    int error = io->process->run(io->process->self, &request, &result, arena);
    if (error < 0)
        return fail_start(exec, error, problem, arena);
    result.err = strbuf_str(&output.texts[1]);
    if (!check_end(target, &result, cancel, problem, arena) ||
        !exec_read_answer(exec, strbuf_str(&output.texts[0]), &credential, problem, arena))
        return false;
    *out = credential;
    return true;
}
