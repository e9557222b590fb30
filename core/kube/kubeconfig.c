/* Merges kubeconfig files and resolves one context of them. */
#include "kubeconfig.h"
#include "base64.h"
#include "kube_pod.h"
#include "path.h"
#include "yaml_position.h"
#include "yaml_value.h"

#include <errno.h>

#define EXEC_EXTENSION "client.authentication.k8s.io/exec"
#define ELEMENTS_MAX   ((size_t)1000000)

typedef struct KubeFile {
    Str path; /* empty: the text of an argument */
    Str text;
    Value root;
} KubeFile;

/* A place in a file. Its readers add an error with file and line for a member of another type, and
 * return as if the member were missing. */
typedef struct KubeNode {
    const KubeFile *file; /* NULL: no place */
    Path path;
    Value value; /* null: the file has no such member */
} KubeNode;

typedef struct KubeReading {
    const Io *io;
    const KubeChoice *choice;
    VEC(KubeFile) files;
    Arena *arena;
    Diags *diags;
} KubeReading;

/* Returns "the kubeconfig text", or the path of the file in quotes. */
static Str kubeconfig_file_name(const KubeFile *file, Arena *arena) {
    return file->path.len ? str_format(arena, "\"%.*s\"", STR_ARG(file->path))
                          : STR("the kubeconfig text");
}

static bool PRINTF_LIKE(2, 3) kubeconfig_fail(KubeReading *reading, const char *format, ...) {
    va_list args;
    va_start(args, format);
    Str sentence = str_vformat(reading->arena, format, args);
    va_end(args);
    return diags_fail(reading->diags, NO_RANGE, "Invalid kubeconfig", "%.*s", STR_ARG(sentence));
}

/* The text ends the sentence that begins with the path of the node. A value has no position, so its
 * line is looked up. */
static bool PRINTF_LIKE(3, 4)
    kubeconfig_fail_at(KubeReading *reading, KubeNode node, const char *format, ...) {
    Arena *arena = reading->arena;
    va_list args;
    va_start(args, format);
    Str why = str_vformat(arena, format, args);
    va_end(args);
    YamlPosition position = yaml_position_find(node.file->text, node.path);
    Str path = path_to_str(node.path, arena);
    if (str_starts_with(path, STR(".")))
        path = str_after(path, 1);
    Str name = path.len ? str_format(arena, "\"%.*s\"", STR_ARG(path)) : STR("the document");
    return kubeconfig_fail(reading, "In %.*s, line %zu, %.*s %.*s.",
                           STR_ARG(kubeconfig_file_name(node.file, arena)), position.line,
                           STR_ARG(name), STR_ARG(why));
}

/* Nodes. */

static bool node_exists(KubeNode node) {
    return value_is_present(node.value);
}

static bool node_is(KubeNode node, TypeKind kind) {
    return node_exists(node) && node.value.type->kind == kind;
}

static KubeNode kubeconfig_root(const KubeFile *file) {
    return (KubeNode){file, {0}, file->root};
}

static KubeNode kubeconfig_member(KubeReading *reading, KubeNode node, const char *name) {
    Value value = value_null(&TYPE_DYNAMIC);
    Str text = str_from_cstr(name);
    (void)value_find_present(node.value, text, &value);
    return (KubeNode){node.file, path_attribute(node.path, text, reading->arena), value};
}

static KubeNode kubeconfig_item(KubeReading *reading, KubeNode list, size_t i) {
    Path path = path_index(list.path, value_int((int64_t)i), reading->arena);
    return (KubeNode){list.file, path, value_at(list.value, i)};
}

static size_t kubeconfig_count(KubeReading *reading, KubeNode list) {
    bool is_list = node_is(list, KIND_TUPLE);
    if (node_exists(list) && !is_list)
        (void)kubeconfig_fail_at(reading, list, "must be a list");
    return is_list ? list.value.count : 0;
}

static Str kubeconfig_text(KubeReading *reading, KubeNode node) {
    bool is_text = node_is(node, KIND_STRING);
    if (node_exists(node) && !is_text)
        (void)kubeconfig_fail_at(reading, node,
                                 "must be a string; a number, or a word such as true, is one only "
                                 "in quotes");
    return is_text ? value_text(node.value) : STR_EMPTY;
}

static void kubeconfig_add_texts(KubeReading *reading, KubeNode list, StrVec *out) {
    size_t count = kubeconfig_count(reading, list);
    for (size_t i = 0; i < count; i++)
        vec_push(reading->arena, out, kubeconfig_text(reading, kubeconfig_item(reading, list, i)));
}

static Str kubeconfig_member_text(KubeReading *reading, KubeNode node, const char *name) {
    return kubeconfig_text(reading, kubeconfig_member(reading, node, name));
}

static bool kubeconfig_member_bool(KubeReading *reading, KubeNode node, const char *name) {
    KubeNode found = kubeconfig_member(reading, node, name);
    if (node_exists(found) && !node_is(found, KIND_BOOL))
        return kubeconfig_fail_at(reading, found, "must be true or false");
    return value_is_true(found.value);
}

static bool kubeconfig_is_text(const KubeFile *file) {
    return file->path.len == 0;
}

/* Reading files. */

static bool kubeconfig_spend(void *payload, size_t elements) {
    size_t *left = payload;
    bool is_enough = elements <= *left;
    *left -= is_enough ? elements : 0;
    return is_enough;
}

static bool kubeconfig_check_header(KubeReading *reading, KubeNode root, const char *name,
                                    const char *wanted) {
    KubeNode found = kubeconfig_member(reading, root, name);
    bool is_good = !node_exists(found) ||
                   (node_is(found, KIND_STRING) && str_equal_cstr(value_text(found.value), wanted));
    return is_good || kubeconfig_fail_at(reading, found, "of a kubeconfig is \"%s\"", wanted);
}

static bool kubeconfig_add_text(KubeReading *reading, Str path, Str text) {
    Arena *arena = reading->arena;
    KubeFile file = {path, text, value_null(&TYPE_DYNAMIC)};
    size_t left = ELEMENTS_MAX;
    YamlFailure failure = {0};
    if (str_trim(text).len == 0)
        return true;
    if (!yaml_value_read(text, (YamlBudget){kubeconfig_spend, &left}, &file.root, &failure,
                         arena)) {
        Str why = failure.what.len ? failure.what : STR("too many elements");
        return kubeconfig_fail(reading, "%.*s is not YAML: line %zu: %.*s.",
                               STR_ARG(kubeconfig_file_name(&file, arena)), failure.line,
                               STR_ARG(why));
    }
    KubeNode root = kubeconfig_root(&file);
    if (node_exists(root) && !node_is(root, KIND_OBJECT))
        return kubeconfig_fail_at(reading, root,
                                  "must be a mapping with clusters, users and contexts");
    vec_push(arena, &reading->files, file);
    return kubeconfig_check_header(reading, root, "kind", "Config") &&
           kubeconfig_check_header(reading, root, "apiVersion", "v1");
}

static bool kubeconfig_add_file(KubeReading *reading, Str path) {
    const Disk *disk = reading->io->disk;
    Str text;
    int error = disk->read_file(disk->self, path, &text, reading->arena);
    if (error == -ENOENT && !reading->choice->is_exact)
        return true;
    return error ? kubeconfig_fail(reading, "\"%.*s\" cannot be read: %s.", STR_ARG(path),
                                   strerror(-error))
                 : kubeconfig_add_text(reading, path, text);
}

static bool add_files(KubeReading *reading) {
    const KubeChoice *choice = reading->choice;
    if (choice->content.len)
        return kubeconfig_add_text(reading, STR_EMPTY, choice->content);
    vec_each(&choice->paths, path) {
        if (!kubeconfig_add_file(reading, *path))
            return false;
    }
    return true;
}

/* Finding entries. A section is a list such as "clusters: [{name: x, cluster: {…}}]". */

typedef struct KubeSection {
    const char *list;
    const char *kind;
} KubeSection;

static const KubeSection contexts = {"contexts", "context"};
static const KubeSection clusters = {"clusters", "cluster"};
static const KubeSection users = {"users", "user"};

/* Looks for the entry in one file, which must not have two of the name. Adds the names of all
 * entries to `names`. Returns whether the file has the entry. */
static bool find_in_file(KubeReading *reading, const KubeFile *file, const KubeSection *section,
                         Str name, KubeNode *out, StrVec *names) {
    KubeNode list = kubeconfig_member(reading, kubeconfig_root(file), section->list);
    size_t count = kubeconfig_count(reading, list);
    bool is_found = false;
    for (size_t i = 0; i < count; i++) {
        KubeNode item = kubeconfig_item(reading, list, i);
        KubeNode label = kubeconfig_member(reading, item, "name");
        Str text = kubeconfig_text(reading, label);
        vec_push(reading->arena, names, text);
        if (text.len == 0 || !str_equal(text, name))
            continue;
        if (is_found)
            (void)kubeconfig_fail_at(reading, label, "is the name of an earlier entry, too");
        else
            *out = kubeconfig_member(reading, item, section->kind);
        is_found = true;
    }
    return is_found;
}

static Str kubeconfig_file_names(KubeReading *reading) {
    StrVec names = {0};
    vec_each(&reading->files, file)
        vec_push(reading->arena, &names, kubeconfig_file_name(file, reading->arena));
    return names.count ? str_join(names.items, names.count, STR(", "), reading->arena)
                       : STR("the kubeconfig files, of which none exists");
}

/* Adds an error about an unknown name. `from` is the member that has the name; without a file, the
 * name is an argument. */
static bool fail_missing(KubeReading *reading, KubeNode from, const KubeSection *section, Str name,
                         StrVec names) {
    Arena *arena = reading->arena;
    Str nearest = str_suggest(name, names.items, names.count);
    Str hint = nearest.len ? str_format(arena, "; the nearest name is \"%.*s\"", STR_ARG(nearest))
                           : STR_EMPTY;
    Str why = str_format(arena, "no %s \"%.*s\" in %.*s%.*s", section->kind, STR_ARG(name),
                         STR_ARG(kubeconfig_file_names(reading)), STR_ARG(hint));
    return from.file ? kubeconfig_fail_at(reading, from, "names a missing entry: there is %.*s",
                                          STR_ARG(why))
                     : kubeconfig_fail(reading, "There is %.*s.", STR_ARG(why));
}

/* Finds the entry with the name; the first file that has it counts. Without a name, `*out` stays
 * null. */
static bool kubeconfig_find_entry(KubeReading *reading, KubeNode from, const KubeSection *section,
                                  Str name, KubeNode *out) {
    StrVec names = {0};
    size_t before = reading->diags->error_count;
    bool is_found = name.len == 0;
    vec_each(&reading->files, file) {
        if (!is_found)
            is_found = find_in_file(reading, file, section, name, out, &names);
    }
    if (reading->diags->error_count > before)
        return false;
    if (!is_found)
        return fail_missing(reading, from, section, name, names);
    return !node_exists(*out) || node_is(*out, KIND_OBJECT) ||
           kubeconfig_fail_at(reading, *out, "must be a mapping");
}

/* Reading an entry. */

/* Joins *path, which an entry names, to the directory of the entry's file. A text has no directory:
 * a relative path is an error there. */
static bool kubeconfig_resolve(KubeReading *reading, KubeNode node, Str *path) {
    bool is_relative = !str_starts_with(*path, STR("/"));
    if (kubeconfig_is_text(node.file) && is_relative)
        return kubeconfig_fail_at(
            reading, node,
            "is a relative path, but this kubeconfig is a text without a "
            "directory. Use an absolute path, or the member that ends in -data");
    if (!kubeconfig_is_text(node.file))
        *path = disk_join(disk_directory_of(node.file->path), *path, reading->arena);
    return true;
}

static Str without_spaces(Str text, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    for (size_t i = 0; i < text.len; i++) {
        if (!strchr(" \t\r\n", text.ptr[i]))
            strbuf_add_char(&out, text.ptr[i]);
    }
    return strbuf_str(&out);
}

/* Reads PEM text: "x-data" holds it in base64, else "x" names a file. */
static void kubeconfig_read_pem(KubeReading *reading, KubeNode entry, const char *name,
                                Str (*check)(Str), Str *out) {
    Arena *arena = reading->arena;
    const Disk *disk = reading->io->disk;
    KubeNode data =
        kubeconfig_member(reading, entry, str_to_cstr(str_format(arena, "%s-data", name), arena));
    KubeNode file = kubeconfig_member(reading, entry, name);
    Str encoded = without_spaces(kubeconfig_text(reading, data), arena);
    Str path = kubeconfig_text(reading, file);
    KubeNode used = encoded.len ? data : file;
    Str pem = STR_EMPTY;
    if (encoded.len && !base64_decode(encoded, &pem, arena)) {
        (void)kubeconfig_fail_at(reading, data, "is not base64");
        return;
    }
    if (encoded.len == 0 && path.len) {
        if (!kubeconfig_resolve(reading, file, &path))
            return;
        int error = disk->read_file(disk->self, path, &pem, arena);
        if (error) {
            (void)kubeconfig_fail_at(reading, file, "is a file that cannot be read: \"%.*s\": %s",
                                     STR_ARG(path), strerror(-error));
            return;
        }
    }
    Str why = pem.len == 0 && path.len && !encoded.len ? STR("is an empty file") : check(pem);
    if (why.len)
        (void)kubeconfig_fail_at(reading, used, "%.*s", STR_ARG(why));
    *out = pem;
}

static void kubeconfig_check_text(KubeReading *reading, KubeNode entry, const char *name, Str why) {
    if (why.len)
        (void)kubeconfig_fail_at(reading, kubeconfig_member(reading, entry, name), "%.*s",
                                 STR_ARG(why));
}

static void read_cluster(KubeReading *reading, KubeNode cluster, KubeTarget *out) {
    static const char *const insecure = "insecure-skip-tls-verify";
    Str server = kubeconfig_member_text(reading, cluster, "server");
    out->server = kube_target_complete_server(server, reading->arena);
    out->skip_verify = kubeconfig_member_bool(reading, cluster, insecure);
    out->server_name = kubeconfig_member_text(reading, cluster, "tls-server-name");
    out->proxy = kubeconfig_member_text(reading, cluster, "proxy-url");
    out->no_compression = kubeconfig_member_bool(reading, cluster, "disable-compression");
    kubeconfig_read_pem(reading, cluster, "certificate-authority", kube_target_check_certificate,
                        &out->ca_certs);
    if (out->server.len == 0)
        (void)kubeconfig_fail_at(reading, cluster, "has no \"server\"");
    else
        kubeconfig_check_text(reading, cluster, "server", kube_target_check_server(out->server));
    if (out->proxy.len)
        kubeconfig_check_text(reading, cluster, "proxy-url", kube_target_check_proxy(out->proxy));
    if (out->skip_verify && out->ca_certs.len)
        kubeconfig_check_text(
            reading, cluster, insecure,
            STR("must not be true beside a certificate authority; keep one of them"));
}

/* Returns what the cluster configures for exec plugins; null if nothing:
 * "extensions: [{name: client.authentication.k8s.io/exec, extension: …}]" */
static Value exec_config(KubeReading *reading, KubeNode cluster) {
    KubeNode list = kubeconfig_member(reading, cluster, "extensions");
    size_t count = kubeconfig_count(reading, list);
    for (size_t i = 0; i < count; i++) {
        KubeNode item = kubeconfig_item(reading, list, i);
        if (str_equal(kubeconfig_member_text(reading, item, "name"), STR(EXEC_EXTENSION)))
            return kubeconfig_member(reading, item, "extension").value;
    }
    return value_null(&TYPE_DYNAMIC);
}

/* "env: [{name: A, value: b}]" */
static void read_env(KubeReading *reading, KubeNode exec, StrVec *out) {
    KubeNode list = kubeconfig_member(reading, exec, "env");
    size_t count = kubeconfig_count(reading, list);
    for (size_t i = 0; i < count; i++) {
        KubeNode item = kubeconfig_item(reading, list, i);
        Str name = kubeconfig_member_text(reading, item, "name");
        Str value = kubeconfig_member_text(reading, item, "value");
        vec_push(reading->arena, out,
                 str_format(reading->arena, "%.*s=%.*s", STR_ARG(name), STR_ARG(value)));
    }
}

static KubeInteractive interactive_mode(KubeReading *reading, KubeNode exec) {
    static const char *const modes[] = {
        [KUBE_INTERACTIVE_IF_AVAILABLE] = "IfAvailable",
        [KUBE_INTERACTIVE_NEVER] = "Never",
        [KUBE_INTERACTIVE_ALWAYS] = "Always",
    };
    Str text = kubeconfig_member_text(reading, exec, "interactiveMode");
    for (size_t i = 0; i < ARRAY_COUNT(modes); i++) {
        if (str_equal_cstr(text, modes[i]))
            return (KubeInteractive)i;
    }
    if (text.len)
        kubeconfig_check_text(reading, exec, "interactiveMode",
                              STR("must be Never, IfAvailable or Always"));
    return KUBE_INTERACTIVE_IF_AVAILABLE;
}

/* A command with a slash is relative to the directory of its kubeconfig. */
static void kubeconfig_read_exec(KubeReading *reading, KubeNode exec, KubeExec *out) {
    Str command = kubeconfig_member_text(reading, exec, "command");
    size_t before = reading->diags->error_count;
    if (!kubeconfig_is_text(exec.file) && str_find_char(command, '/', 0) != SIZE_MAX)
        command = disk_join(disk_directory_of(exec.file->path), command, reading->arena);
    out->command = command;
    out->api_version = kubeconfig_member_text(reading, exec, "apiVersion");
    out->install_hint = kubeconfig_member_text(reading, exec, "installHint");
    out->should_get_cluster = kubeconfig_member_bool(reading, exec, "provideClusterInfo");
    out->interactive = interactive_mode(reading, exec);
    kubeconfig_add_texts(reading, kubeconfig_member(reading, exec, "args"), &out->args);
    read_env(reading, exec, &out->env);
    Str problem = out->command.len || out->api_version.len
                      ? kube_target_check_exec(out, reading->arena)
                      : STR("The credential plugin (\"exec\") has no \"command\".");
    if (problem.len && reading->diags->error_count == before)
        (void)kubeconfig_fail_at(reading, exec, "is invalid: %.*s",
                                 STR_ARG(str_slice(problem, 0, problem.len - 1)));
}

static void read_impersonation(KubeReading *reading, KubeNode user, KubeImpersonation *out) {
    KubeNode extra = kubeconfig_member(reading, user, "as-user-extra");
    out->user = kubeconfig_member_text(reading, user, "as");
    out->uid = kubeconfig_member_text(reading, user, "as-uid");
    kubeconfig_add_texts(reading, kubeconfig_member(reading, user, "as-groups"), &out->groups);
    if (node_exists(extra) && !node_is(extra, KIND_OBJECT))
        (void)kubeconfig_fail_at(reading, extra, "must be a mapping of lists");
    for (size_t i = 0; node_is(extra, KIND_OBJECT) && i < extra.value.count; i++) {
        KubeExtra added = {.key = value_key_at(extra.value, i)};
        Path path = path_attribute(extra.path, added.key, reading->arena);
        KubeNode list = {extra.file, path, value_at(extra.value, i)};
        kubeconfig_add_texts(reading, list, &added.values);
        vec_push(reading->arena, &out->extra, added);
    }
}

typedef struct ProviderHint {
    const char *name;
    const char *hint;
} ProviderHint;

static const ProviderHint provider_hints[] = {
    {"gcp", "\"gcloud container clusters get-credentials\" with gke-gcloud-auth-plugin writes one"},
    {"azure", "\"kubelogin convert-kubeconfig\" writes one"},
    {"oidc", "the plugin kubelogin (\"kubectl oidc-login\") serves OpenID Connect"},
};

static void reject_auth_provider(KubeReading *reading, KubeNode user) {
    KubeNode provider = kubeconfig_member(reading, user, "auth-provider");
    const char *hint = "\"token\" or a client certificate does as well";
    if (!node_exists(provider))
        return;
    Str name = value_text_at(provider.value, STR("name"));
    for (size_t i = 0; i < ARRAY_COUNT(provider_hints); i++) {
        if (str_equal_cstr(name, provider_hints[i].name))
            hint = provider_hints[i].hint;
    }
    (void)kubeconfig_fail_at(reading, provider,
                             "is not supported; Kubernetes replaced auth-provider by \"exec\". Use "
                             "an \"exec\" section: %s",
                             hint);
}

/* A text may come from anywhere: it must not make us run a program, or send the content of a file
 * to its server. */
static void check_trust(KubeReading *reading, KubeNode user, const KubeTarget *target) {
    bool is_trusted = !kubeconfig_is_text(user.file) || reading->choice->allow_exec;
    bool has_token = target->token.len || target->user.len;
    if (!is_trusted && target->exec.command.len && !has_token)
        kubeconfig_check_text(
            reading, user, "exec",
            STR("runs a program, which a kubeconfig text must not do. Use a kubeconfig "
                "file, the argument \"exec\", or allow_exec = true"));
    if (!is_trusted && target->token_file.len)
        kubeconfig_check_text(
            reading, user, "tokenFile",
            STR("reads a local file, which a kubeconfig text must not do. Use a kubeconfig "
                "file, \"token\", or allow_exec = true"));
}

static void check_user(KubeReading *reading, KubeNode user, const KubeTarget *target) {
    bool has_password = target->user.len || target->password.len;
    if (has_password && (target->token.len || target->token_file.len))
        (void)kubeconfig_fail_at(reading, user, "has both a token and a user name with a password");
    if (target->certificate.len && target->key.len == 0)
        (void)kubeconfig_fail_at(reading, user,
                                 "has a \"client-certificate\", but no \"client-key\"");
    if (target->key.len && target->certificate.len == 0)
        (void)kubeconfig_fail_at(reading, user,
                                 "has a \"client-key\", but no \"client-certificate\"");
    check_trust(reading, user, target);
}

static void read_user(KubeReading *reading, KubeNode user, KubeNode cluster, KubeTarget *out) {
    KubeNode exec = kubeconfig_member(reading, user, "exec");
    KubeNode token_file = kubeconfig_member(reading, user, "tokenFile");
    out->token = str_trim(kubeconfig_member_text(reading, user, "token"));
    out->token_file = kubeconfig_text(reading, token_file);
    out->user = kubeconfig_member_text(reading, user, "username");
    out->password = kubeconfig_member_text(reading, user, "password");
    kubeconfig_read_pem(reading, user, "client-certificate", kube_target_check_certificate,
                        &out->certificate);
    kubeconfig_read_pem(reading, user, "client-key", kube_target_check_key, &out->key);
    reject_auth_provider(reading, user);
    if (node_exists(exec))
        kubeconfig_read_exec(reading, exec, &out->exec);
    if (out->exec.should_get_cluster)
        out->exec_config = exec_config(reading, cluster);
    if (out->token_file.len)
        (void)kubeconfig_resolve(reading, token_file, &out->token_file);
    check_user(reading, user, out);
}

/* Reads the entries. As for kubectl, a server without TLS gets impersonation alone, and no
 * credentials. */
static bool kubeconfig_read_entries(KubeReading *reading, KubeNode cluster, KubeNode user,
                                    KubeTarget *out) {
    size_t before = reading->diags->error_count;
    Str problem = STR_EMPTY;
    if (cluster.file)
        read_cluster(reading, cluster, out);
    if (user.file) {
        read_impersonation(reading, user, &out->impersonation);
        if (!str_starts_with(out->server, STR("http://")))
            read_user(reading, user, cluster, out);
    }
    if (reading->diags->error_count > before)
        return false;
    return kube_target_finish(out, &problem, reading->arena) ||
           kubeconfig_fail_at(reading, user.file ? user : cluster, "is invalid: %.*s",
                              STR_ARG(str_slice(problem, 0, problem.len - 1)));
}

/* Returns the argument, or else the text of the member. Sets *from to the member that has the name,
 * or to nothing if the name is an argument. */
static Str chosen(KubeReading *reading, Str argument, KubeNode member, KubeNode *from) {
    *from = argument.len ? (KubeNode){0} : member;
    return argument.len || !member.file ? argument : kubeconfig_text(reading, member);
}

static KubeNode current_context(KubeReading *reading) {
    vec_each(&reading->files, file) {
        KubeNode found = kubeconfig_member(reading, kubeconfig_root(file), "current-context");
        bool is_empty = node_is(found, KIND_STRING) && found.value.count == 0;
        if (node_exists(found) && !is_empty)
            return found;
    }
    return (KubeNode){0};
}

static bool read_context(KubeReading *reading, KubeTarget *out) {
    const KubeChoice *choice = reading->choice;
    KubeNode context = {0}, cluster = {0}, user = {0}, from = {0};
    Str name = chosen(reading, choice->context, current_context(reading), &from);
    if (!kubeconfig_find_entry(reading, from, &contexts, name, &context))
        return false;
    KubeNode none = {0};
    name = chosen(reading, choice->cluster,
                  context.file ? kubeconfig_member(reading, context, "cluster") : none, &from);
    if (!kubeconfig_find_entry(reading, from, &clusters, name, &cluster))
        return false;
    if (context.file && name.len == 0)
        return kubeconfig_fail_at(reading, context, "names no cluster");
    name = chosen(reading, choice->user_name,
                  context.file ? kubeconfig_member(reading, context, "user") : none, &from);
    if (!kubeconfig_find_entry(reading, from, &users, name, &user))
        return false;
    out->namespace =
        chosen(reading, choice->namespace,
               context.file ? kubeconfig_member(reading, context, "namespace") : none, &from);
    return kubeconfig_read_entries(reading, cluster, user, out);
}

bool kubeconfig_read(const Io *io, const KubeChoice *choice, KubeTarget *out, Arena *arena,
                     Diags *diags) {
    KubeTarget target = {0};
    KubeReading reading = {.io = io, .choice = choice, .arena = arena, .diags = diags};
    size_t before = diags->error_count;
    if (!add_files(&reading) || !read_context(&reading, &target) || diags->error_count > before)
        return false;
    *out = target;
    return true;
}

void kubeconfig_default_paths(const Io *io, StrVec *out, Arena *arena) {
    Str rest = process_variable(io->process, "KUBECONFIG");
    Str home = process_variable(io->process, "HOME");
    Str path;
    if (rest.len == 0 && home.len)
        vec_push(arena, out, disk_join(home, STR(".kube/config"), arena));
    while (rest.len && str_next_field(&rest, ':', &path)) {
        if (path.len && !str_is_among(path, out->items, out->count))
            vec_push(arena, out, path);
    }
}

bool kubeconfig_find(const Io *io, const KubeChoice *choice, KubeTarget *out, Arena *arena,
                     Diags *diags) {
    KubeChoice found = *choice;
    KubeTarget target = {0};
    kubeconfig_default_paths(io, &found.paths, arena);
    if (!kubeconfig_read(io, &found, &target, arena, diags))
        return false;
    if (target.server.len == 0 && kube_pod_exists(io)) {
        if (!kube_pod_read(io, &target, arena, diags))
            return false;
        if (choice->namespace.len)
            target.namespace = choice->namespace;
    }
    *out = target;
    return true;
}
