/* libvirt_provider: networks, filters, disks and machines on a hypervisor. */
#include "libvirt_provider.h"

#include "dmacvicar_names.h"
#include "libvirt_client.h"
#include "libvirt_error.h"
#include "object_builder.h"

/* A line of known_hosts without the host. */
static Str check_host_key(Value value, Arena *arena) {
    Str text = str_trim(value_text(value));
    size_t space = str_find_char(text, ' ', 0);
    Str key = space == SIZE_MAX ? STR_EMPTY : str_slice(text, space + 1, text.len);
    if (str_starts_with(key, STR("AAAA")) && str_find_char(text, '\n', 0) == SIZE_MAX)
        return STR_EMPTY;
    return str_format(arena, "The value must be a public key: one line such as \"ssh-ed25519 "
                             "AAAA…\", as in the host's /etc/ssh/ssh_host_ed25519_key.pub.");
}

/* clang-format off */
static const Attribute provider_attributes[] = {
    {"uri", &TYPE_STRING, OPTIONAL,
     "libvirt connection URI (default: LIBVIRT_DEFAULT_URI, then qemu:///system)."},
    {"host_key", &TYPE_STRING, OPTIONAL,
     "Host key of the hypervisor (\"ssh-ed25519 AAAA…\") for the transports ssh, libssh and libssh2; any other key is rejected. Without it, ssh reads its known_hosts files, and the others read the file in the URI's known_hosts.",
     .check = check_host_key},
    {"connect_timeout", &TYPE_STRING, OPTIONAL,
     "Maximum duration until the host responds (default 30s)."},
    {"keepalive_interval", &TYPE_NUMBER, OPTIONAL,
     "Seconds of silence before the connection is probed (default 5; 0: never)."},
    {"keepalive_count", &TYPE_NUMBER, OPTIONAL,
     "Number of probes without response after which the connection is lost (default 6)."},
    {"default_pool", &TYPE_STRING, OPTIONAL, "Pool of volumes without \"pool\" (default \"default\")."},
    {"image_cache_dir", &TYPE_STRING, OPTIONAL,
     "Directory that caches downloaded images (default: loam/images in the user's cache directory)."},
    {"accel", &TYPE_STRING, OPTIONAL,
     "Type of machines without \"type\": auto (KVM if the host supports it), kvm or tcg.",
     .one_of = "auto kvm tcg"},
    {"read_only", &TYPE_BOOL, OPTIONAL, "Whether to connect read-only."},
};
/* clang-format on */

static Accel read_accel(Value config) {
    Str text = object_text(config, "accel", STR("auto"));
    return str_equal_cstr(text, "kvm")   ? ACCEL_KVM
           : str_equal_cstr(text, "tcg") ? ACCEL_TCG
                                         : ACCEL_AUTO;
}

static const char *libvirt_provider_uri_of(const Call *call, Value config) {
    const Process *process = call->io->process;
    Str uri = object_text(config, "uri", STR_EMPTY);
    if (uri.len)
        return str_to_cstr(uri, call->arena);
    const char *from_environment = process->environment(process->self, "LIBVIRT_DEFAULT_URI");
    return from_environment && *from_environment ? from_environment : "qemu:///system";
}

/* Rejects host_key if the URI is not for SSH, or has a parameter that host_key adds: libvirt reads
 * only one of each. */
static bool libvirt_provider_check_pin(const Call *call, Value config, Diags *diags) {
    static const char *const own[] = {"known_hosts", "command", "no_verify", "known_hosts_verify"};
    static const char *const transports[] = {"+ssh://", "+libssh://", "+libssh2://"};
    Str uri = str_from_cstr(libvirt_provider_uri_of(call, config));
    bool is_ssh = false;
    for (size_t i = 0; i < ARRAY_COUNT(transports); i++)
        is_ssh |= str_find(uri, str_from_cstr(transports[i]), 0) != SIZE_MAX;
    if (!is_ssh)
        return libvirt_error_say(
            call, diags, STR("\"host_key\" without SSH"),
            STR("The URI must use a transport of SSH: qemu+ssh://, qemu+libssh:// or "
                "qemu+libssh2://."));
    for (size_t i = 0; i < ARRAY_COUNT(own); i++)
        if (str_find(uri, str_format(call->arena, "%s=", own[i]), 0) != SIZE_MAX)
            return libvirt_error_say(
                call, diags, STR("\"host_key\" contradicts the URI"),
                str_format(call->arena, "Remove \"%s\" from the URI, or remove \"host_key\".",
                           own[i]));
    return true;
}

static bool provider_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    Value config = request->config;
    int64_t timeout_ms = 0;
    Str timeout = object_text(config, "connect_timeout", STR("30s"));
    if (!clock_parse_duration(timeout, &timeout_ms) || timeout_ms <= 0)
        return libvirt_error_say(
            call, diags, STR("Invalid \"connect_timeout\""),
            STR("The value must be a duration above zero, such as 30s or 1m30s."));
    return !object_has(config, "host_key") || !value_is_known(object_attribute(config, "uri")) ||
           libvirt_provider_check_pin(call, config, diags);
}

static bool provider_configure(const Call *call, const ConfigureRequest *request,
                               ConfigureResponse *response, Diags *diags) {
    Value config = request->config;
    Arena *run = request->run;
    if (!provider_validate(call, &(ValidateRequest){config}, diags))
        return false;
    LibvirtOptions options = {
        .uri = libvirt_provider_uri_of(call, config),
        .host_key = object_text(config, "host_key", STR_EMPTY),
        .keepalive_interval = (int)object_int(config, "keepalive_interval", 5),
        .keepalive_count = (unsigned)object_int(config, "keepalive_count", 6),
        .default_pool = object_text(config, "default_pool", STR("default")),
        .image_cache_dir = object_text(config, "image_cache_dir", STR_EMPTY),
        .read_only = object_bool(config, "read_only", false),
        .accel = read_accel(config),
    };
    CHECK(clock_parse_duration(object_text(config, "connect_timeout", STR("30s")),
                               &options.connect_timeout_ms));
    response->client = libvirt_client_new(&options, run);
    return true;
}

static void provider_close(void *client) {
    libvirt_client_close(client);
}

static const ObjectType *const types[] = {LIBVIRT_TYPES(PROVIDER_ROW)};

const Provider libvirt_provider = {
    .name = "libvirt",
    .address = "loam.internal/builtin/libvirt",
    .description = "Machines, networks, filters and disks of a hypervisor with libvirt.",
    .foreign_types = &dmacvicar_types,
    .schema = {SCHEMA_ATTRIBUTES(provider_attributes),
               .description = "Connection to one hypervisor."},
    .validate = provider_validate,
    .configure = provider_configure,
    .close = provider_close,
    PROVIDER_TYPES(types),
};
