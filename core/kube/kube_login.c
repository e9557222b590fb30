/* Requests credentials from a file or a program. The program speaks client.authentication.k8s.io:
 * it reads the request from an environment variable and prints an ExecCredential on its standard
 * output. */
#include "kube_login.h"
#include "digest.h"
#include "json.h"
#include "kube_object.h"

#include <errno.h>
#include <pthread.h>

#define INFO_VARIABLE "KUBERNETES_EXEC_INFO"
#define TIMEOUT_MS    60000
#define SHOWN_MAX     2000 /* bytes of its standard error in a message */

struct KubeLogin {
    const Io *io;
    const KubeTarget *target;
    pthread_mutex_t mutex;
    KubeCredential credential; /* number 0: not requested yet */
    Arena *arena;
};

KubeLogin *kube_login_new(const Io *io, const KubeTarget *target) {
    Arena *arena = arena_open("kubernetes login");
    KubeLogin *login = arena_new(arena, KubeLogin);
    *login = (KubeLogin){.io = io, .target = target, .arena = arena};
    pthread_mutex_init(&login->mutex, NULL);
    return login;
}

void kube_login_close(KubeLogin *login) {
    pthread_mutex_destroy(&login->mutex);
    arena_close(login->arena);
}

bool kube_login_is_asked(const KubeLogin *login) {
    return login->target->token_file.len || login->target->program.command.len;
}

static Value with_text(Value object, const char *name, Str text, Arena *arena) {
    return text.len ? kube_object_with(object, "", name, value_from_str(text), arena) : object;
}

static Value cluster_of(const KubeTarget *target, Arena *arena) {
    Value cluster = value_null(&TYPE_DYNAMIC);
    Str ca_certs = digest_to_base64(target->ca_certs, arena);
    cluster = with_text(cluster, "server", target->server, arena);
    cluster = with_text(cluster, "tls-server-name", target->server_name, arena);
    cluster = with_text(cluster, "proxy-url", target->proxy, arena);
    cluster = with_text(cluster, "certificate-authority-data", ca_certs, arena);
    if (target->skip_verify)
        cluster =
            kube_object_with(cluster, "", "insecure-skip-tls-verify", value_bool(true), arena);
    return cluster;
}

static Str info_of(const KubeTarget *target, Arena *arena) {
    const KubeProgram *program = &target->program;
    Value info = value_null(&TYPE_DYNAMIC);
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    info = kube_object_with(info, "", "kind", value_from_cstr("ExecCredential"), arena);
    info = kube_object_with(info, "", "apiVersion", value_from_str(program->version), arena);
    info = kube_object_with(info, "spec", "interactive", value_bool(false), arena);
    if (program->tells_cluster)
        info = kube_object_with(info, "spec", "cluster", cluster_of(target, arena), arena);
    strbuf_add_cstr(&text, INFO_VARIABLE "=");
    json_writer_init(&writer, &text, 0);
    json_write_value(&writer, info);
    return strbuf_str(&text);
}

static const char *const *words_of(const KubeProgram *program, Arena *arena) {
    const char **words = arena_new_array(arena, const char *, program->arguments.count + 2);
    words[0] = str_to_cstr(program->command, arena);
    for (size_t i = 0; i < program->arguments.count; i++)
        words[i + 1] = str_to_cstr(program->arguments.items[i], arena);
    return words;
}

static bool refuse(const KubeProgram *program, Str why, Str *problem, Arena *arena) {
    *problem = str_format(arena, "the program \"%.*s\", which is to give the credentials, %.*s",
                          STR_ARG(program->command), STR_ARG(why));
    return false;
}

static bool refuse_start(const KubeProgram *program, int error, Str *problem, Arena *arena) {
    bool has_hint = error == -ENOENT && program->hint.len;
    return refuse(program,
                  str_format(arena, "cannot be started: %s%s%.*s", strerror(-error),
                             has_hint ? ". " : "", has_hint ? (int)program->hint.len : 0,
                             program->hint.ptr),
                  problem, arena);
}

static bool judge(const KubeProgram *program,
                  const ProcessResult *result,
                  Str *problem,
                  Arena *arena) {
    Str said = str_slice(str_trim(result->err), 0, SHOWN_MAX);
    if (result->timed_out)
        return refuse(program, STR("had not ended after a minute"), problem, arena);
    return result->exit_status == 0 ||
           refuse(program,
                  str_format(arena, "ended with status %d%s%.*s", result->exit_status,
                             said.len ? " and said: " : "", STR_ARG(said)),
                  problem, arena);
}

static bool take_answer(
    const KubeProgram *program, Str text, KubeCredential *out, Str *problem, Arena *arena) {
    Value answer;
    const char *error;
    size_t offset;
    if (!json_parse_any(text, &answer, &error, &offset, arena) ||
        !str_equal(kube_object_text(answer, "", "kind"), STR("ExecCredential")))
        return refuse(program, STR("does not answer with an ExecCredential"), problem, arena);
    Str version = kube_object_text(answer, "", "apiVersion");
    if (!str_equal(version, program->version))
        return refuse(program,
                      str_format(arena, "answers in \"%.*s\" where \"%.*s\" is agreed on",
                                 STR_ARG(version), STR_ARG(program->version)),
                      problem, arena);
    out->token = kube_object_text(answer, "status", "token");
    out->certificate = kube_object_text(answer, "status", "clientCertificateData");
    out->key = kube_object_text(answer, "status", "clientKeyData");
    bool is_pair = (out->certificate.len > 0) == (out->key.len > 0);
    return (is_pair && (out->token.len || out->key.len)) ||
           refuse(program, STR("gives neither a token nor a certificate with its key"), problem,
                  arena);
}

static bool ask_program(const KubeLogin *login,
                        const CancelToken *cancel,
                        KubeCredential *out,
                        Str *problem,
                        Arena *arena) {
    const KubeProgram *program = &login->target->program;
    const Process *process = login->io->process;
    StrVec environment = {0};
    vec_each(&program->environment, variable) {
        vec_push(arena, &environment, *variable);
    }
    vec_push(arena, &environment, info_of(login->target, arena));
    ProcessRequest request = {
        .argv = words_of(program, arena),
        .environment = &environment,
        .timeout_ms = TIMEOUT_MS,
        .cancel = cancel,
    };
    ProcessResult result = {0};
    int error = process->run(process->self, &request, &result, arena);
    if (error < 0)
        return refuse_start(program, error, problem, arena);
    return judge(program, &result, problem, arena) &&
           take_answer(program, result.out, out, problem, arena);
}

static bool ask_file(const KubeLogin *login, KubeCredential *out, Str *problem, Arena *arena) {
    const Disk *disk = login->io->disk;
    Str path = login->target->token_file;
    int error = disk->read_file(disk->self, path, &out->token, arena);
    out->token = error ? STR_EMPTY : str_trim(out->token);
    if (error)
        *problem = str_format(arena, "\"%.*s\" (tokenFile) cannot be read: %s", STR_ARG(path),
                              strerror(-error));
    return error == 0;
}

static bool ask(KubeLogin *login, const CancelToken *cancel, Str *problem, Arena *arena) {
    KubeCredential fresh = {.number = login->credential.number + 1};
    bool ok = login->target->program.command.len
                  ? ask_program(login, cancel, &fresh, problem, arena)
                  : ask_file(login, &fresh, problem, arena);
    if (!ok)
        return false;
    login->credential = (KubeCredential){
        .number = fresh.number,
        .token = str_clone(fresh.token, login->arena),
        .certificate = str_clone(fresh.certificate, login->arena),
        .key = str_clone(fresh.key, login->arena),
    };
    return true;
}

/* Concurrent callers wait for one request and share its result. */
bool kube_login_get(KubeLogin *login,
                    uint64_t refused,
                    const CancelToken *cancel,
                    KubeCredential *out,
                    Str *problem,
                    Arena *arena) {
    const KubeTarget *target = login->target;
    if (!kube_login_is_asked(login)) {
        *out = (KubeCredential){0, target->token, target->certificate, target->key};
        return true;
    }
    pthread_mutex_lock(&login->mutex);
    bool ok = login->credential.number > refused || ask(login, cancel, problem, arena);
    *out = login->credential;
    pthread_mutex_unlock(&login->mutex);
    if (out->certificate.len == 0) { /* then the configuration has it */
        out->certificate = target->certificate;
        out->key = target->key;
    }
    return ok;
}
