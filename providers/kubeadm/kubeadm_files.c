/* kubeadm_files: reads contents from the machines of other control planes. */
#include "kubeadm_files.h"
#include "base64.h"
#include "control_files.h"
#include "kubeadm_peer.h"
#include "object_builder.h"
#include "path_error.h"
#include "remote_script.h"

/* Paths are on standard input, and have no blanks. */
static const char read_files[] =
    "cd " CONTROL_FILES_TOP " && while read -r path; do [ -f \"$path\" ] || exit 3; "
    "printf 'file %s ' \"$path\"; base64 <\"$path\" | tr -d '\\n'; echo; done";

Value kubeadm_files_given(Value config, Arena *arena) {
    return control_files_contents(object_attribute(config, "files"), arena);
}

/* Returns whether the output has all of them. */
static bool parse_files(Str output, const StrVec *paths, ObjectBuilder *out, Arena *arena) {
    Str line, word, path, content;
    size_t count = 0;
    while (str_next_field(&output, '\n', &line)) {
        if (!str_next_field(&line, ' ', &word) || !str_equal(word, STR("file")) ||
            !str_next_field(&line, ' ', &path) || !str_is_among(path, paths->items, paths->count) ||
            !base64_decode(line, &content, arena))
            continue;
        object_builder_put(out, path, value_from_str(content));
        count++;
    }
    return count == paths->count;
}

/* Adds the contents of the machine; returns false without an error if it does not have them. */
static bool read_from(const Call *call, Value machine, const StrVec *paths, ObjectBuilder *out) {
    SCOPED(SshLink) link = {0};
    Diags ignored = diags_new(call->arena);
    Str names = str_join(paths->items, paths->count, STR("\n"), call->arena);
    RemoteScript script = {.text = read_files, .input = str_concat(names, STR("\n"), call->arena)};
    SshResult result;
    return ssh_client_link(call, machine, &link, &ignored) &&
           remote_script_run(&link, script, &result, &ignored) && result.exit_status == 0 &&
           parse_files(result.out, paths, out, call->arena);
}

static bool read_contents(const KubeadmNode *node, const StrVec *missing, Value *contents,
                          Diags *diags) {
    const Call *call = node->call;
    FoundObjects peers = kubeadm_peer_find(call, node->endpoint);
    vec_each(&peers, peer) {
        ObjectBuilder all = object_builder_new(call->arena);
        if (!kubeadm_peer_is_control_plane(peer->object) ||
            kubeadm_node_is_same_machine(peer->object, node->object) ||
            !read_from(call, peer->object, missing, &all))
            continue;
        for (size_t i = 0; value_is_present(*contents) && i < contents->count; i++)
            object_builder_put(&all, value_key_at(*contents, i), value_at(*contents, i));
        *contents = object_builder_map(&all, &TYPE_STRING);
        return true;
    }
    return path_error(
        call, NO_PATH, diags, "Contents of files not known",
        "The state has no contents of files with \"content_wo\", and no other control plane that "
        "the state has gives them: %.*s below " CONTROL_FILES_TOP ". Apply again when one "
        "responds, or raise \"content_wo_version\" in the kubeadm_init.",
        STR_ARG(str_join(missing->items, missing->count, STR(", "), call->arena)));
}

bool kubeadm_files_lines(const KubeadmNode *node, Value files, Str *lines, Diags *diags) {
    Arena *arena = node->call->arena;
    Value contents = node->contents;
    StrVec missing = control_files_missing(files, contents, arena);
    if (missing.count && !read_contents(node, &missing, &contents, diags))
        return false;
    *lines = control_files_lines(files, contents, arena);
    return true;
}
