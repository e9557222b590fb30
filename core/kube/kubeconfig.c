/* Reads kubeconfig files with libyaml. */
#include "kubeconfig.h"
#include "digest.h"

#include <errno.h>
#include <yaml.h>

#define ACCOUNT_FOLDER "/var/run/secrets/kubernetes.io/serviceaccount/"
#define SUMMARY        "Invalid kubeconfig"

typedef struct KubeFile {
    Str path;
    yaml_document_t document;
    bool is_loaded;
} KubeFile;

static void kube_file_release(KubeFile *file) {
    if (file->is_loaded)
        yaml_document_delete(&file->document);
}

typedef yaml_parser_t YamlParser;
static void yaml_parser_release(YamlParser *parser) {
    yaml_parser_delete(parser);
}
SCOPED_TYPE(YamlParser, yaml_parser_release);

/* A node in one of the files; node NULL: absent. */
typedef struct KubeNode {
    KubeFile *file;
    yaml_node_t *node;
} KubeNode;

static bool fail(Diags *diags, Str why) {
    diags_error(diags, NO_RANGE, SUMMARY, "%.*s", STR_ARG(why));
    return false;
}

/* Like kubectl, skips a file that does not exist. */
static bool load_file(const Io *io, Str path, KubeFile *out, Arena *arena, Diags *diags) {
    Str text;
    int error = io->disk->read_file(io->disk->self, path, &text, arena);
    out->path = path;
    if (error == -ENOENT)
        return true;
    if (error)
        return fail(diags, str_format(arena, "\"%.*s\" cannot be read: %s.", STR_ARG(path),
                                      strerror(-error)));
    SCOPED(YamlParser) parser;
    CHECK(yaml_parser_initialize(&parser));
    yaml_parser_set_input_string(&parser, (const unsigned char *)text.ptr, text.len);
    out->is_loaded = yaml_parser_load(&parser, &out->document);
    return out->is_loaded ||
           fail(diags, str_format(arena, "\"%.*s\" is not YAML: line %zu: %s.", STR_ARG(path),
                                  parser.problem_mark.line + 1, parser.problem));
}

static KubeNode root_of(KubeFile *file) {
    yaml_node_t *root = file->is_loaded ? yaml_document_get_root_node(&file->document) : NULL;
    return (KubeNode){file, root};
}

static Str scalar(const yaml_node_t *node) {
    if (!node || node->type != YAML_SCALAR_NODE)
        return STR_EMPTY;
    return (Str){(const char *)node->data.scalar.value, node->data.scalar.length};
}

static KubeNode member(KubeNode place, const char *name) {
    KubeNode found = {place.file, NULL};
    if (!place.node || place.node->type != YAML_MAPPING_NODE)
        return found;
    yaml_document_t *document = &place.file->document;
    const yaml_node_pair_t *pair = place.node->data.mapping.pairs.start;
    for (; pair < place.node->data.mapping.pairs.top; pair++) {
        if (str_equal_cstr(scalar(yaml_document_get_node(document, pair->key)), name))
            found.node = yaml_document_get_node(document, pair->value);
    }
    return found;
}

static Str member_text(KubeNode place, const char *name, Arena *arena) {
    return str_clone(scalar(member(place, name).node), arena);
}

static size_t item_count(KubeNode list) {
    bool is_list = list.node && list.node->type == YAML_SEQUENCE_NODE;
    return is_list
               ? (size_t)(list.node->data.sequence.items.top - list.node->data.sequence.items.start)
               : 0;
}

static KubeNode item_at(KubeNode list, size_t at) {
    yaml_node_item_t item = list.node->data.sequence.items.start[at];
    return (KubeNode){list.file, yaml_document_get_node(&list.file->document, item)};
}

/* Returns the `kind` content of the entry with this name in a list such as "clusters: [{name: x,
 * cluster: {…}}]". The first file that has the entry wins. */
static KubeNode named(KubeFile *files, size_t count, const char *list, const char *kind, Str name) {
    for (size_t i = 0; i < count; i++) {
        KubeNode all = member(root_of(&files[i]), list);
        for (size_t at = 0; at < item_count(all); at++) {
            KubeNode entry = item_at(all, at);
            if (str_equal(scalar(member(entry, "name").node), name))
                return member(entry, kind);
        }
    }
    return (KubeNode){0};
}

/* Reads PEM text: "x-data" holds it in base64, "x" names a file relative to the kubeconfig. */
static bool take_pem(
    const Io *io, KubeNode place, const char *name, Str *out, Arena *arena, Diags *diags) {
    const char *inline_name = str_to_cstr(str_format(arena, "%s-data", name), arena);
    Str data = member_text(place, inline_name, arena);
    Str path = member_text(place, name, arena);
    if (data.len) {
        return digest_from_base64(data, out, arena) ||
               fail(diags, str_format(arena, "\"%s\" in \"%.*s\" is not base64.", inline_name,
                                      STR_ARG(place.file->path)));
    }
    if (path.len == 0)
        return true;
    path = disk_join(disk_directory_of(place.file->path), path, arena);
    int error = io->disk->read_file(io->disk->self, path, out, arena);
    return error == 0 || fail(diags, str_format(arena, "\"%.*s\" (%s) cannot be read: %s.",
                                                STR_ARG(path), name, strerror(-error)));
}

static bool take_cluster(
    const Io *io, KubeNode cluster, KubeTarget *out, Arena *arena, Diags *diags) {
    out->server = member_text(cluster, "server", arena);
    out->skip_verify =
        str_equal(member_text(cluster, "insecure-skip-tls-verify", arena), STR("true"));
    out->server_name = member_text(cluster, "tls-server-name", arena);
    out->proxy = member_text(cluster, "proxy-url", arena);
    return take_pem(io, cluster, "certificate-authority", &out->ca_certs, arena, diags);
}

/* "env: [{name: A, value: b}]" */
static void take_variables(KubeNode exec, KubeProgram *out, Arena *arena) {
    KubeNode list = member(exec, "env");
    for (size_t i = 0; i < item_count(list); i++) {
        KubeNode item = item_at(list, i);
        Str name = member_text(item, "name", arena);
        Str value = member_text(item, "value", arena);
        vec_push(arena, &out->environment,
                 str_format(arena, "%.*s=%.*s", STR_ARG(name), STR_ARG(value)));
    }
}

Str kubeconfig_check_program(const KubeProgram *program, Arena *arena) {
    static const char *const versions[] = {"client.authentication.k8s.io/v1",
                                           "client.authentication.k8s.io/v1beta1"};
    bool is_known = false;
    for (size_t i = 0; i < ARRAY_COUNT(versions); i++)
        is_known |= str_equal_cstr(program->version, versions[i]);
    if (program->command.len == 0)
        return STR("The program that is to give the credentials (\"exec\") has no \"command\".");
    if (is_known)
        return STR_EMPTY;
    return str_format(arena,
                      "The program that is to give the credentials (\"exec\") speaks \"%.*s\"; "
                      "loam knows \"%s\" and \"%s\".",
                      STR_ARG(program->version), versions[0], versions[1]);
}

/* A command with a slash is relative to the directory of its kubeconfig. */
static bool take_program(KubeNode exec, KubeProgram *out, Arena *arena, Diags *diags) {
    KubeNode arguments = member(exec, "args");
    Str command = member_text(exec, "command", arena);
    if (str_find_char(command, '/', 0) != SIZE_MAX)
        command = disk_join(disk_directory_of(exec.file->path), command, arena);
    out->command = command;
    out->version = member_text(exec, "apiVersion", arena);
    out->hint = member_text(exec, "installHint", arena);
    out->tells_cluster = str_equal(member_text(exec, "provideClusterInfo", arena), STR("true"));
    for (size_t i = 0; i < item_count(arguments); i++)
        vec_push(arena, &out->arguments, str_clone(scalar(item_at(arguments, i).node), arena));
    take_variables(exec, out, arena);
    if (str_equal(member_text(exec, "interactiveMode", arena), STR("Always")))
        return fail(diags,
                    STR("The program that is to give the credentials (\"exec\") wants to ask "
                        "at the terminal (interactiveMode: Always). Run it by hand, and give "
                        "its token as \"token\", or as KUBE_TOKEN."));
    Str problem = kubeconfig_check_program(out, arena);
    return problem.len == 0 || fail(diags, problem);
}

static bool take_user(const Io *io, KubeNode user, KubeTarget *out, Arena *arena, Diags *diags) {
    KubeNode exec = member(user, "exec");
    out->token = member_text(user, "token", arena);
    out->token_file = member_text(user, "tokenFile", arena);
    out->user = member_text(user, "username", arena);
    out->password = member_text(user, "password", arena);
    if (out->token_file.len)
        out->token_file = disk_join(disk_directory_of(user.file->path), out->token_file, arena);
    if (!take_pem(io, user, "client-certificate", &out->certificate, arena, diags) ||
        !take_pem(io, user, "client-key", &out->key, arena, diags))
        return false;
    if (out->token.len || out->token_file.len || out->user.len || out->certificate.len)
        return true;
    if (exec.node)
        return take_program(exec, &out->program, arena, diags);
    return !member(user, "auth-provider").node ||
           fail(diags, STR("The user of this context has an \"auth-provider\", which Kubernetes "
                           "itself gave up for \"exec\". Give a token as \"token\", or as "
                           "KUBE_TOKEN."));
}

static bool missing(Diags *diags, const char *kind, Str name, Arena *arena) {
    return fail(diags, str_format(arena, "The files know no %s \"%.*s\".", kind, STR_ARG(name)));
}

static bool take_context(const Io *io,
                         const KubeChoice *choice,
                         KubeFile *files,
                         KubeTarget *out,
                         Arena *arena,
                         Diags *diags) {
    size_t count = choice->paths.count;
    Str name = choice->context;
    for (size_t i = 0; i < count && name.len == 0; i++)
        name = member_text(root_of(&files[i]), "current-context", arena);
    KubeNode context = named(files, count, "contexts", "context", name);
    if (name.len && !context.node)
        return missing(diags, "context", name, arena);
    Str cluster_name =
        choice->cluster.len ? choice->cluster : member_text(context, "cluster", arena);
    Str user_name = choice->user_name.len ? choice->user_name : member_text(context, "user", arena);
    KubeNode cluster = named(files, count, "clusters", "cluster", cluster_name);
    KubeNode user = named(files, count, "users", "user", user_name);
    if (cluster_name.len && !cluster.node)
        return missing(diags, "cluster", cluster_name, arena);
    if (user_name.len && !user.node)
        return missing(diags, "user", user_name, arena);
    if (cluster.node && !take_cluster(io, cluster, out, arena, diags))
        return false;
    /* Like kubectl, sends no credentials to a server that cannot prove its identity (http). */
    bool is_open = str_starts_with(out->server, STR("http://"));
    return !user.node || is_open || take_user(io, user, out, arena, diags);
}

bool kubeconfig_read(
    const Io *io, const KubeChoice *choice, KubeTarget *out, Arena *arena, Diags *diags) {
    KubeTarget target = {0};
    KubeFile *files = arena_new_array(arena, KubeFile, choice->paths.count + 1);
    bool ok = true;
    for (size_t i = 0; i < choice->paths.count && ok; i++)
        ok = load_file(io, choice->paths.items[i], &files[i], arena, diags);
    ok = ok && take_context(io, choice, files, &target, arena, diags);
    for (size_t i = 0; i < choice->paths.count; i++)
        kube_file_release(&files[i]);
    if (ok)
        *out = target;
    return ok;
}

bool kubeconfig_is_in_cluster(const Io *io) {
    return process_variable(io->process, "KUBERNETES_SERVICE_HOST").len &&
           process_variable(io->process, "KUBERNETES_SERVICE_PORT").len;
}

bool kubeconfig_in_cluster(const Io *io, KubeTarget *out, Arena *arena, Diags *diags) {
    const Disk *disk = io->disk;
    Str host = process_variable(io->process, "KUBERNETES_SERVICE_HOST");
    Str port = process_variable(io->process, "KUBERNETES_SERVICE_PORT");
    KubeTarget target = {0};
    Str token;
    if (host.len == 0 || port.len == 0 ||
        disk->read_file(disk->self, STR(ACCOUNT_FOLDER "token"), &token, arena) != 0)
        return fail(diags, STR("\"in_cluster_config\" is set, but this is no pod with an account: "
                               "there is no KUBERNETES_SERVICE_HOST, or no token in "
                               "\"" ACCOUNT_FOLDER "\"."));
    target.token_file = STR(ACCOUNT_FOLDER "token");
    bool is_v6 = str_find_char(host, ':', 0) != SIZE_MAX;
    target.server = str_format(arena, is_v6 ? "https://[%.*s]:%.*s" : "https://%.*s:%.*s",
                               STR_ARG(host), STR_ARG(port));
    (void)disk->read_file(disk->self, STR(ACCOUNT_FOLDER "ca.crt"), &target.ca_certs, arena);
    *out = target;
    return true;
}
