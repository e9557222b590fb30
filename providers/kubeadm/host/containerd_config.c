/* containerd_config: a tree of values, into which the configuration's own part is merged.
 *
 * The format 2 has one plugin for pods and images, format 3 has two. containerd 2 reads both,
 * containerd 1 only format 2. containerd 1 does not merge a plugin that an imported file has, too:
 * that of the file replaces ours. So the handlers are in this file, and host_prepare.sh compares
 * the result. */
#include "containerd_config.h"
#include "nested_list.h"
#include "toml.h"

#define IMPORTS   "/etc/containerd/conf.d/*.toml"
#define RUNC_SHIM "io.containerd.runc.v2"

typedef struct ConfigMerge {
    StrVec path;
    Str conflict; /* path of a key that both have; empty: none */
    Arena *arena;
} ConfigMerge;

static bool config_is_table(Value value) {
    return value.type && value_is_present(value) &&
           (value.type->kind == KIND_OBJECT || value.type->kind == KIND_MAP);
}

/* Returns the members of both, of equal keys those of `b`. */
static Value config_merge(ConfigMerge *merge, Value a, Value b) {
    ObjectBuilder builder = object_builder_new(merge->arena);
    for (size_t i = 0; i < a.count; i++)
        object_builder_put(&builder, value_key_at(a, i), value_at(a, i));
    for (size_t i = 0; i < b.count; i++) {
        Str key = value_key_at(b, i);
        Value own, other = value_at(b, i);
        if (!value_is_present(other))
            continue;
        vec_push(merge->arena, &merge->path, key);
        if (value_find(a, key, &own)) {
            if (config_is_table(own) && config_is_table(other))
                other = config_merge(merge, own, other);
            else if (!merge->conflict.len)
                merge->conflict =
                    str_join(merge->path.items, merge->path.count, STR("."), merge->arena);
        }
        merge->path.count--;
        object_builder_put(&builder, key, other);
    }
    return object_builder_value(&builder);
}

/* Sets a value below `keys`, which ends with NULL. */
static void config_set(Value *root, const char *const *keys, Value value, Arena *arena) {
    size_t count = 0;
    while (keys[count])
        count++;
    while (count-- > 0) {
        ObjectBuilder builder = object_builder_new(arena);
        object_builder_put(&builder, str_from_cstr(keys[count]), value);
        value = object_builder_value(&builder);
    }
    ConfigMerge merge = {.arena = arena};
    *root = config_merge(&merge, *root, value);
}

#define CONFIG_SET(root, value, arena, ...)                                                        \
    config_set(root, (const char *const[]){__VA_ARGS__, NULL}, value, arena)

/* Returns a boolean, an integer, or the text. */
static Value containerd_option(Value text, Arena *arena) {
    Value number;
    int64_t ignored;
    Str word = value_text(text);
    if (str_equal(word, STR("true")) || str_equal(word, STR("false")))
        return value_bool(str_equal(word, STR("true")));
    return value_from_number_text(word, &number, arena) && value_to_int(number, &ignored) ? number
                                                                                          : text;
}

static Value containerd_handler(const RuntimeHandler *handler, Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena), options = object_builder_new(arena);
    bool is_runc = str_equal_cstr(handler->type, RUNC_SHIM);
    object_builder_put(&builder, STR("runtime_type"), value_from_str(handler->type));
    if (is_runc)
        object_builder_put(&options, STR("SystemdCgroup"), value_bool(true));
    if (handler->binary.len && is_runc)
        object_builder_put(&options, STR("BinaryName"), value_from_str(handler->binary));
    else if (handler->binary.len)
        object_builder_put(&builder, STR("runtime_path"), value_from_str(handler->binary));
    for (size_t i = 0; config_is_table(handler->options) && i < handler->options.count; i++) {
        if (value_is_present(value_at(handler->options, i)))
            object_builder_put(&options, value_key_at(handler->options, i),
                               containerd_option(value_at(handler->options, i), arena));
    }
    Value all = object_builder_value(&options);
    if (all.count)
        object_builder_put(&builder, STR("options"), all);
    if (handler->cni_conf_dir.len)
        object_builder_put(&builder, STR("cni_conf_dir"), value_from_str(handler->cni_conf_dir));
    if (handler->pod_annotations.count)
        object_builder_put(&builder, STR("pod_annotations"),
                           nested_list_of_texts(&handler->pod_annotations, arena));
    return object_builder_value(&builder);
}

static Value containerd_tree(const NodeSettings *settings, Arena *arena) {
    bool is_new = settings->runtime_version.major >= 2;
    const char *runtime = is_new ? "io.containerd.cri.v1.runtime" : "io.containerd.grpc.v1.cri";
    const char *images = is_new ? "io.containerd.cri.v1.images" : runtime;
    Value sandbox = value_from_str(settings->sandbox_image);
    StrVec imports = {0};
    vec_push(arena, &imports, STR(IMPORTS));
    ObjectBuilder none = object_builder_new(arena);
    Value root = object_builder_value(&none);
    CONFIG_SET(&root, value_int(is_new ? 3 : 2), arena, "version");
    CONFIG_SET(&root, nested_list_of_texts(&imports, arena), arena, "imports");
    if (is_new)
        CONFIG_SET(&root, sandbox, arena, "plugins", images, "pinned_images", "sandbox");
    else
        CONFIG_SET(&root, sandbox, arena, "plugins", images, "sandbox_image");
    CONFIG_SET(&root, value_from_cstr(CONTAINERD_MIRRORS), arena, "plugins", images, "registry",
               "config_path");
    if (settings->has_selinux)
        CONFIG_SET(&root, value_bool(true), arena, "plugins", runtime, "enable_selinux");
    CONFIG_SET(&root, value_bool(settings->restricts_oom_score), arena, "plugins", runtime,
               "restrict_oom_score_adj");
    CONFIG_SET(&root, value_from_cstr("/opt/cni/bin"), arena, "plugins", runtime, "cni", "bin_dir");
    CONFIG_SET(&root, value_from_cstr("/etc/cni/net.d"), arena, "plugins", runtime, "cni",
               "conf_dir");
    RuntimeHandler runc = {.type = STR(RUNC_SHIM)};
    CONFIG_SET(&root, containerd_handler(&runc, arena), arena, "plugins", runtime, "containerd",
               "runtimes", "runc");
    vec_each(&settings->handlers, handler)
        CONFIG_SET(&root, containerd_handler(handler, arena), arena, "plugins", runtime,
                   "containerd", "runtimes", str_to_cstr(handler->name, arena));
    return root;
}

/* The data of containerd stay where they are. */
static void containerd_keep(Value *root, Value kept, Arena *arena) {
    static const char *const names[] = {"root", "state", "oom_score"};
    for (size_t i = 0; config_is_table(kept) && i < ARRAY_COUNT(names); i++) {
        Value text, found, number;
        if (!value_find_present(kept, str_from_cstr(names[i]), &text) ||
            value_find(*root, str_from_cstr(names[i]), &found))
            continue;
        bool is_number = i == 2;
        if (is_number && !value_from_number_text(value_text(text), &number, arena))
            continue;
        CONFIG_SET(root, is_number ? number : text, arena, names[i]);
    }
}

Str containerd_config_text(const NodeSettings *settings, Str *out, Arena *arena) {
    ConfigMerge merge = {.arena = arena};
    Value root = containerd_tree(settings, arena);
    if (config_is_table(settings->more))
        root = config_merge(&merge, root, settings->more);
    if (merge.conflict.len)
        return str_format(
            arena, "\"containerd_config\" sets \"%.*s\", which loam sets by other arguments.",
            STR_ARG(merge.conflict));
    containerd_keep(&root, settings->kept, arena);
    StrBuf text = strbuf_new(arena);
    toml_add(&text, root, arena);
    *out = strbuf_str(&text);
    return STR_EMPTY;
}
