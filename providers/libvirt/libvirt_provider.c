/* libvirt_provider: networks, filters, disks and machines on a hypervisor. */
#include "libvirt_provider.h"

#include "libvirt_client.h"
#include "libvirt_error.h"
#include "object_builder.h"

/* clang-format off */
static const Attribute provider_attributes[] = {
    {"uri", &TYPE_STRING, OPTIONAL,
     "libvirt's connection URI; LIBVIRT_DEFAULT_URI, then qemu:///system, where it is left "
     "out."},
    {"connect_timeout", &TYPE_STRING, OPTIONAL,
     "How long to wait for the host to answer, as a duration; 30s."},
    {"keepalive_interval", &TYPE_NUMBER, OPTIONAL,
     "Seconds of silence after which the connection is probed; 5, and 0 for never."},
    {"keepalive_count", &TYPE_NUMBER, OPTIONAL,
     "Probes without an answer after which the connection counts as broken; 6."},
    {"default_pool", &TYPE_STRING, OPTIONAL, "Pool of volumes that name none; default."},
    {"accel", &TYPE_STRING, OPTIONAL,
     "How machines without a type run: auto (KVM where the host has it), kvm or tcg.",
     .one_of = "auto kvm tcg"},
    {"read_only", &TYPE_BOOL, OPTIONAL, "Connect without the right to change anything."},
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
                             STR("It is a duration above zero, such as 30s or 1m30s."));
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

const Provider libvirt_provider = {
    .name = "libvirt",
    .address = "loam.internal/builtin/libvirt",
    .description = "Machines, networks, filters and disks on a hypervisor that libvirt drives.",
    .schema = {SCHEMA_ATTRIBUTES(provider_attributes),
               .description = "The connection to one hypervisor."},
    .validate = provider_validate,
    .configure = provider_configure,
    .close = provider_close,
    PROVIDER_RESOURCES(resources),
};
