/* kubeadm_check: one function for each type of value. */
#include "kubeadm_check.h"
#include "cidr.h"
#include "cluster_check.h"
#include "str_quote.h"
#include "timestamp.h"

#define GROUP_PREFIX "system:bootstrappers:"

Str kubeadm_check_port(Value value, Arena *arena) {
    int64_t port;
    if (value_to_int(value, &port) && port >= 1 && port <= 65535)
        return STR_EMPTY;
    return str_format(arena, "A port must be an integer from 1 to 65535.");
}

static bool is_token_part(Str text, size_t size) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')))
            return false;
    }
    return text.len == size;
}

Str kubeadm_check_token(Value value, Arena *arena) {
    Str text = value_text(value);
    size_t dot = str_find_char(text, '.', 0);
    if (dot != SIZE_MAX && is_token_part(str_slice(text, 0, dot), 6) &&
        is_token_part(str_after(text, dot + 1), 16))
        return STR_EMPTY;
    return str_format(arena, "A token has 6 characters, a dot and 16 characters, each a lower-case "
                             "letter or a digit.");
}

static bool kubeadm_check_is_hex(Str text, size_t size) {
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c >= 'a' && c <= 'f') || (c >= '0' && c <= '9')))
            return false;
    }
    return text.len == size;
}

Str kubeadm_check_certificate_key(Value value, Arena *arena) {
    if (kubeadm_check_is_hex(value_text(value), 64))
        return STR_EMPTY;
    return str_format(arena, "A certificate key has 64 hexadecimal digits.");
}

/* Validates each known string of the list; the error says that the first invalid one is not `what`.
 */
static Str check_each(Value list, bool (*is_good)(Str text), const char *what, Arena *arena) {
    for (size_t i = 0; i < list.count; i++) {
        Value item = value_at(list, i);
        if (value_is_present(item) && !is_good(value_text(item)))
            return str_format(arena, "%.*s is not %s.", STR_ARG(str_quote(value_text(item), arena)),
                              what);
    }
    return STR_EMPTY;
}

static bool is_hash(Str text) {
    return str_starts_with(text, STR("sha256:")) && kubeadm_check_is_hex(str_after(text, 7), 64);
}

Str kubeadm_check_hashes(Value value, Arena *arena) {
    return check_each(value, is_hash, "a hash: \"sha256:\" and 64 hexadecimal digits", arena);
}

Str kubeadm_check_path(Value value, Arena *arena) {
    if (str_starts_with(value_text(value), STR("/")))
        return STR_EMPTY;
    return str_format(arena, "A path on the machine must be absolute.");
}

Str kubeadm_check_authority_path(Value value, Arena *arena) {
    if (str_ends_with(value_text(value), STR(".crt")))
        return kubeadm_check_path(value, arena);
    return str_format(arena, "The name of the file must end in \".crt\".");
}

Str kubeadm_check_kubeconfig(Value value, Arena *arena) {
    Str text = value_text(value);
    if (str_starts_with(text, STR("/")) || str_starts_with(text, STR("https://")))
        return STR_EMPTY;
    return str_format(arena, "%.*s is neither an absolute path nor a URL with https.",
                      STR_ARG(str_quote(text, arena)));
}

Str kubeadm_check_address(Value value, Arena *arena) {
    Cidr address;
    if (cidr_parse_address(value_text(value), &address))
        return STR_EMPTY;
    return str_format(arena, "%.*s is not an IP address.",
                      STR_ARG(str_quote(value_text(value), arena)));
}

Str kubeadm_check_socket(Value value, Arena *arena) {
    if (str_starts_with(value_text(value), STR("unix:///")))
        return STR_EMPTY;
    return str_format(arena,
                      "A socket is a URL such as \"unix:///run/containerd/containerd.sock\".");
}

Str kubeadm_check_endpoint(Value value, Arena *arena) {
    return cluster_check_endpoint(value_text(value), arena);
}

Str kubeadm_check_networks(Value value, Arena *arena) {
    const NamedNetwork network = {"The argument", value_text(value)};
    return cluster_check_networks(&network, 1, arena);
}

Str kubeadm_check_node_name(Value value, Arena *arena) {
    return cluster_check_node_name(value_text(value), arena);
}

static bool kubeadm_check_is_name(Str text) {
    Str plain = str_starts_with(text, STR("*.")) ? str_after(text, 2) : text;
    return cluster_check_is_host(plain);
}

Str kubeadm_check_names(Value value, Arena *arena) {
    return check_each(value, kubeadm_check_is_name, "a name or an IP address", arena);
}

static bool is_usage(Str text) {
    return str_equal(text, STR("signing")) || str_equal(text, STR("authentication"));
}

Str kubeadm_check_usages(Value value, Arena *arena) {
    return check_each(value, is_usage, "\"signing\" or \"authentication\"", arena);
}

static bool is_group(Str text) {
    Str rest = str_after(text, sizeof GROUP_PREFIX - 1);
    if (!str_starts_with(text, STR(GROUP_PREFIX)) || !rest.len || rest.len > 256)
        return false;
    for (size_t i = 0; i < rest.len; i++) {
        char c = rest.ptr[i];
        bool is_inner = (c == ':' || c == '-') && i + 1 < rest.len;
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || is_inner))
            return false;
    }
    return true;
}

Str kubeadm_check_groups(Value value, Arena *arena) {
    return check_each(value, is_group, "a group that begins with \"" GROUP_PREFIX "\"", arena);
}

static bool is_unmount_flag(Str text) {
    static const Str flags[] = {STR_CONST("MNT_FORCE"), STR_CONST("MNT_DETACH"),
                                STR_CONST("MNT_EXPIRE"), STR_CONST("UMOUNT_NOFOLLOW")};
    return str_is_among(text, flags, ARRAY_COUNT(flags));
}

Str kubeadm_check_unmount_flags(Value value, Arena *arena) {
    return check_each(value, is_unmount_flag,
                      "MNT_FORCE, MNT_DETACH, MNT_EXPIRE or UMOUNT_NOFOLLOW", arena);
}

static bool kubeadm_check_is_url(Str text) {
    return str_starts_with(text, STR("https://")) || str_starts_with(text, STR("http://"));
}

Str kubeadm_check_urls(Value value, Arena *arena) {
    return check_each(value, kubeadm_check_is_url, "a URL with https or http", arena);
}

Str kubeadm_check_version(Value value, Arena *arena) {
    KubeVersion version;
    if (kube_version_parse(value_text(value), &version))
        return kube_version_check_supported(version, arena);
    return str_format(arena, "%.*s is not a version such as \"1.34.4\".",
                      STR_ARG(str_quote(value_text(value), arena)));
}

Str kubeadm_check_time(Value value, Arena *arena) {
    Timestamp time;
    Str ignored;
    if (timestamp_parse(value_text(value), &time, &ignored, arena))
        return STR_EMPTY;
    return str_format(arena, "%.*s is not a time in RFC 3339.",
                      STR_ARG(str_quote(value_text(value), arena)));
}
