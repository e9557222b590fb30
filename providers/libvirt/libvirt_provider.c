/* libvirt_provider: networks, filters, disks and machines on a hypervisor. */
#include "libvirt_provider.h"

#include "libvirt_client.h"
#include "libvirt_error.h"
#include "object_builder.h"

/* clang-format off */
static const Attribute provider_attributes[] = {
    {"uri", &TYPE_STRING, OPTIONAL,
     "libvirt connection URI (default: LIBVIRT_DEFAULT_URI, then qemu:///system)."},
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

static bool provider_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    Value config = request->config;
    int64_t timeout_ms = 0;
    Str timeout = object_text(config, "connect_timeout", STR("30s"));
    if (clock_parse_duration(timeout, &timeout_ms) && timeout_ms > 0)
        return true;
    return libvirt_error_say(call, diags, STR("Invalid \"connect_timeout\""),
                             STR("The value must be a duration above zero, such as 30s or 1m30s."));
}

static const char *uri_of(const Call *call, Value config) {
    const Process *process = call->io->process;
    Str uri = object_text(config, "uri", STR_EMPTY);
    if (uri.len)
        return str_to_cstr(uri, call->arena);
    const char *from_environment = process->environment(process->self, "LIBVIRT_DEFAULT_URI");
    return from_environment && *from_environment ? from_environment : "qemu:///system";
}

static bool provider_configure(const Call *call,
                               const ConfigureRequest *request,
                               ConfigureResponse *response,
                               Diags *diags) {
    Value config = request->config;
    Arena *run = request->run;
    if (!provider_validate(call, &(ValidateRequest){config}, diags))
        return false;
    LibvirtOptions options = {
        .uri = uri_of(call, config),
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

static const ResourceType *const resources[] = {LIBVIRT_RESOURCES(PROVIDER_ROW)};

static const DataSourceType *const data_sources[] = {LIBVIRT_DATA_SOURCES(PROVIDER_ROW)};

const Provider libvirt_provider = {
    .name = "libvirt",
    .address = "loam.internal/builtin/libvirt",
    .description = "Machines, networks, filters and disks of a hypervisor with libvirt.",
    .schema = {SCHEMA_ATTRIBUTES(provider_attributes),
               .description = "Connection to one hypervisor."},
    .validate = provider_validate,
    .configure = provider_configure,
    .close = provider_close,
    PROVIDER_RESOURCES(resources),
    PROVIDER_DATA_SOURCES(data_sources),
};
