/* libvirt_domain: a virtual machine or container, identified by its UUID. A creation defines the
 * machine, then starts it; if the start fails, the machine stays defined for inspection. */
#include "adoption.h"
#include "domain_plan.h"
#include "domain_power.h"
#include "domain_read.h"
#include "domain_update.h"
#include "domain_xml.h"
#include "duration.h"
#include "libvirt_client.h"
#include "libvirt_error.h"
#include "libvirt_identity.h"
#include "libvirt_object.h"
#include "libvirt_types.h"
#include "nested_list.h"
#include "object_id.h"
#include "timeouts.h"
#include "wait_until.h"

static Str check_positive(Value value, Arena *arena) {
    int64_t number = 0;
    if (value_to_int(value, &number) && number > 0)
        return STR_EMPTY;
    return str_format(arena, "The value must be an integer above zero.");
}

static Str check_mac(Value value, Arena *arena) {
    Str text = value_text(value);
    bool is_mac = text.len == 17;
    for (size_t i = 0; is_mac && i < text.len; i++)
        is_mac = i % 3 == 2 ? text.ptr[i] == ':' : isxdigit((unsigned char)text.ptr[i]) != 0;
    if (is_mac)
        return STR_EMPTY;
    return str_format(arena, "The value must be a MAC address, such as 52:54:00:12:34:56.");
}

static Str check_absolute(Value value, Arena *arena) {
    if (str_starts_with(value_text(value), STR("/")))
        return STR_EMPTY;
    return str_format(arena, "The value must be an absolute path on the host.");
}

/* clang-format off */
static const Attribute disk_attributes[] = {
    {"volume_id", &TYPE_STRING, OPTIONAL, "The `id` of a libvirt_volume."},
    {"file", &TYPE_STRING, OPTIONAL,
     "Path of a file on the host, instead of a volume.",
     .check = check_absolute},
    {"device", &TYPE_STRING, OPTIONAL | COMPUTED,
     "disk or cdrom.",
     .default_json = "\"disk\"", .one_of = "disk cdrom"},
    {"bus", &TYPE_STRING, OPTIONAL | COMPUTED,
     "virtio, scsi, sata or ide (default: virtio, or sata for a cdrom).",
     .one_of = "virtio scsi sata ide"},
    {"target", &TYPE_STRING, OPTIONAL | COMPUTED,
     "Name of the device (default: vda, vdb, … in the order of the list). The name identifies the disk: a disk that keeps its name stays attached."},
    {"format", &TYPE_STRING, OPTIONAL | COMPUTED,
     "Format of the image (default: detected from the volume)."},
    {"readonly", &TYPE_BOOL, OPTIONAL, "Whether the guest can only read the disk."},
    {"serial", &TYPE_STRING, OPTIONAL, "Serial number; the guest finds the disk at /dev/disk/by-id/virtio-SERIAL."},
};

/* Only a cdrom may have neither, which domain_plan_validate checks. */
static const ArgumentRule disk_rules[] = {{RULE_CONFLICTS, {"volume_id", "file"}}};

static const Attribute filter_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name of a libvirt_nwfilter."},
    {"parameters", &TYPE_MAP_OF_STRING_LISTS, OPTIONAL, "Values of the filter's variables, as lists."},
};

static const Attribute interface_attributes[] = {
    {"network_id", &TYPE_STRING, OPTIONAL, "The `id` of a libvirt_network."},
    {"network", &TYPE_STRING, OPTIONAL, "Name of a network, instead of network_id."},
    {"bridge", &TYPE_STRING, OPTIONAL, "Bridge of the host, instead of a network."},
    {"mac", &TYPE_STRING, OPTIONAL | COMPUTED,
     "MAC address (default: a stable address derived from the configuration).",
     .check = check_mac},
    {"model", &TYPE_STRING, OPTIONAL | COMPUTED, "Model of the card.", .default_json = "\"virtio\""},
    {"addresses", &TYPE_LIST_OF_STRING, OPTIONAL,
     "Addresses that the machine configures itself (with its seed); they are known before it exists."},
    {"filter", NULL, OPTIONAL,
     "Packet filter of the interface. Changes are live.",
     .nested = NESTED(NEST_SINGLE, filter_attributes)},
    {"wait_for_ip", &TYPE_BOOL, OPTIONAL, "Whether creation waits until the interface has an address."},
};

static const ArgumentRule interface_rules[] = {
    {RULE_EXACTLY_ONE, {"network_id", "network", "bridge"}},
};

static const Attribute filesystem_attributes[] = {
    {"source", &TYPE_STRING, REQUIRED, "Directory on the host.", .check = check_absolute},
    {"target", &TYPE_STRING, REQUIRED, "Mount point in a container, or mount tag in a guest."},
    {"readonly", &TYPE_BOOL, OPTIONAL, "Whether the machine can only read the directory."},
};

static const Attribute cpu_attributes[] = {
    {"mode", &TYPE_STRING, OPTIONAL, "host-passthrough, host-model, maximum or custom."},
    {"model", &TYPE_STRING, OPTIONAL, "Name of a CPU model, with mode custom."},
};

static const Attribute console_attributes[] = {
    {"log_file", &TYPE_STRING, REQUIRED,
     "File on the host that records the output of the first console.",
     .check = check_absolute},
};

static const Attribute wait_attributes[] = {
    {"ip", &TYPE_STRING, OPTIONAL | COMPUTED,
     "Source of the addresses: lease, agent, arp, any, or none to skip the wait.",
     .default_json = "\"any\"", .one_of = "lease agent arp any none"},
    {"timeout", &TYPE_STRING, OPTIONAL,
     "Maximum duration (default 5m, or 30m for machines without KVM).",
     .check = duration_check},
};

static const Attribute shutdown_attributes[] = {
    {"mode", &TYPE_STRING, OPTIONAL | COMPUTED,
     "Shutdown method: acpi or agent.",
     .default_json = "\"acpi\"", .one_of = "acpi agent"},
    {"timeout", &TYPE_STRING, OPTIONAL | COMPUTED,
     "Duration after which the machine is switched off.",
     .default_json = "\"60s\"", .check = duration_check},
};

static const Attribute domain_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED | FORCES_NEW, "Name, unique on the host."},
    {"type", &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW,
     "kvm, qemu (emulated) or lxc (a container) (default: from the provider's uri and accel).",
     .one_of = "kvm qemu lxc test"},
    {"arch", &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW, "CPU architecture (default: the host's)."},
    {"machine", &TYPE_STRING, OPTIONAL | COMPUTED | FORCES_NEW, "Machine type of the board (default q35)."},
    {"memory", &TYPE_NUMBER, OPTIONAL | COMPUTED,
     "Memory in MiB. Changes up to memory_max are live, with the balloon.",
     .default_json = "512", .check = check_positive},
    {"memory_max", &TYPE_NUMBER, OPTIONAL,
     "Maximum memory in MiB without a restart (default: memory).",
     .check = check_positive},
    {"vcpu", &TYPE_NUMBER, OPTIONAL | COMPUTED,
     "Number of processors. Increases up to vcpu_max are live, except on an emulated machine, which is restarted.",
     .default_json = "1", .check = check_positive},
    {"vcpu_max", &TYPE_NUMBER, OPTIONAL,
     "Maximum number of processors without a restart (default: vcpu).",
     .check = check_positive},
    {"cpu", NULL, OPTIONAL,
     "CPU that the guest sees (default: host-passthrough, or maximum without KVM).",
     .nested = NESTED(NEST_SINGLE, cpu_attributes)},
    {"kernel", &TYPE_STRING, OPTIONAL,
     "Kernel to boot directly: a file on the host (the path of a volume).",
     .check = check_absolute},
    {"initrd", &TYPE_STRING, OPTIONAL, "Initial RAM disk of the kernel.", .check = check_absolute},
    {"cmdline", &TYPE_STRING, OPTIONAL, "Kernel command line."},
    {"init", &TYPE_STRING, OPTIONAL,
     "First program of a container (default /sbin/init).",
     .check = check_absolute},
    {"init_args", &TYPE_LIST_OF_STRING, OPTIONAL, "Arguments of the first program."},
    {"title", &TYPE_STRING, OPTIONAL, "Title of the machine, one line."},
    {"description", &TYPE_STRING, OPTIONAL, "Description of the machine."},
    {"disk", NULL, OPTIONAL,
     "Disks. They are attached and detached live.",
     .nested = NESTED_WITH(NEST_LIST, disk_attributes, disk_rules)},
    {"cloudinit", &TYPE_STRING, OPTIONAL,
     "The `volume_id` of a libvirt_cloudinit_disk. A new seed is read at the next start."},
    {"network_interface", NULL, OPTIONAL,
     "Network interfaces. They are attached and detached live.",
     .nested = NESTED_WITH(NEST_LIST, interface_attributes, interface_rules)},
    {"filesystem", NULL, OPTIONAL,
     "Directories of the host. The root of a container has the target /.",
     .nested = NESTED(NEST_LIST, filesystem_attributes)},
    {"console", NULL, OPTIONAL,
     "First serial console.",
     .nested = NESTED(NEST_SINGLE, console_attributes)},
    {"balloon", &TYPE_BOOL, OPTIONAL | COMPUTED,
     "Whether the machine has a balloon, which changes memory live.",
     .default_json = "true"},
    {"qemu_agent", &TYPE_BOOL, OPTIONAL | COMPUTED,
     "Whether the machine has a channel for a guest agent.",
     .default_json = "false"},
    {"running", &TYPE_BOOL, OPTIONAL | COMPUTED,
     "Whether the machine is running.",
     .default_json = "true"},
    {"autostart", &TYPE_BOOL, OPTIONAL | COMPUTED,
     "Whether the machine starts with the host.",
     .default_json = "false"},
    {"wait", NULL, OPTIONAL,
     "Condition that a start waits for.",
     .nested = NESTED(NEST_SINGLE, wait_attributes)},
    {"shutdown", NULL, OPTIONAL,
     "How the machine is shut down before it is switched off.",
     .nested = NESTED(NEST_SINGLE, shutdown_attributes)},
    {"update_policy", &TYPE_STRING, OPTIONAL | COMPUTED,
     "Policy for changes that need a restart: reboot_if_needed restarts the machine, never_reboot applies them at its next start, live_only rejects them.",
     .default_json = "\"reboot_if_needed\"", .one_of = "reboot_if_needed never_reboot live_only"},
    {"id", &TYPE_STRING, COMPUTED, "UUID of the machine."},
    {"ip_addresses", &TYPE_LIST_OF_STRING, COMPUTED,
     "Addresses: those of the configuration, else the leases of the host's networks."},
};
/* clang-format on */

static bool read_machine(const Call *call, void *domain, Value *state, Diags *diags) {
    return domain_read(call, virDomainGetConnect(domain), domain, state, diags);
}

static void *by_uuid(virConnectPtr connection, const char *uuid) {
    return virDomainLookupByUUIDString(connection, uuid);
}

static void *by_name(virConnectPtr connection, const char *name) {
    return virDomainLookupByName(connection, name);
}

static int uuid_of(void *handle, char *uuid) {
    return virDomainGetUUIDString(handle, uuid);
}

static int release(void *handle) {
    return virDomainFree(handle);
}

static const LibvirtObject machine_object = {
    .noun = "machine",
    .type = &libvirt_domain,
    .by_uuid = by_uuid,
    .by_name = by_name,
    .uuid_of = uuid_of,
    .release = release,
    .read = read_machine,
    .resolve = domain_plan_resolve,
};

static bool add_define_error(const Call *call,
                             virConnectPtr connection,
                             Value domain,
                             Str uuid,
                             ApplyResponse *response,
                             Diags *diags) {
    LibvirtError error = libvirt_error_last(call->arena);
    if (str_equal(object_text(domain, "type", STR_EMPTY), STR("kvm")) &&
        error.code == VIR_ERR_INVALID_ARG && !libvirt_client_has_kvm(connection))
        return libvirt_error_say(call, diags,
                                 str_format(call->arena, "The host cannot run \"%.*s\" with KVM",
                                            STR_ARG(object_text(domain, "name", STR_EMPTY))),
                                 STR("Its processor, kernel or permissions of /dev/kvm prevent it. "
                                     "Set the provider's \"accel\" to tcg (slow) or auto."));
    return libvirt_object_add_define_error(&machine_object, call, connection, domain, uuid, &error,
                                           response, diags);
}

/* Applies autostart and power state, and reads addresses, after the machine is defined. */
static bool apply_run_state(
    const Call *call, virDomainPtr domain, Value planned, StrVec *addresses, Diags *diags) {
    bool autostart = object_bool(planned, "autostart", false);
    int now = 0;
    (void)virDomainGetAutostart(domain, &now);
    if (autostart != (now != 0) && virDomainSetAutostart(domain, autostart) < 0)
        return libvirt_error_add(call, diags, "Cannot set autostart");
    if (!object_bool(planned, "running", true))
        return domain_power_stop(call, domain, planned, diags);
    bool was_active = virDomainIsActive(domain) == 1;
    if (!domain_power_start(call, domain, planned, diags))
        return false;
    return was_active || domain_read_wait_for_address(call, domain, planned, addresses, diags);
}

/* Sets the object after a call: the planned one on success, else the actual one. */
static bool set_response(const Call *call,
                         virDomainPtr domain,
                         Value planned,
                         const StrVec *addresses,
                         bool is_done,
                         ApplyResponse *response,
                         Diags *diags) {
    if (!libvirt_object_answer(&machine_object, call, domain, planned, is_done, response, diags))
        return false;
    if (addresses->count && !object_has(planned, "ip_addresses")) {
        ObjectBuilder builder = object_builder_of(response->state, call->arena);
        object_builder_set(&builder, "ip_addresses", nested_list_of_texts(addresses, call->arena));
        response->state = object_builder_value(&builder);
    }
    return true;
}

/* Retries, since libxml2 initializes its schema types without a lock: of the first concurrent
 * validations in a daemon, one may fail once. */
static virDomainPtr define(const Call *call, virConnectPtr connection, const char *text) {
    static const WaitPauses pauses = {.first_ms = 50, .last_ms = 50, .count = 3};
    unsigned attempt = 0;
    virDomainPtr domain = NULL;
    do {
        domain = virDomainDefineXMLFlags(connection, text, VIR_DOMAIN_DEFINE_VALIDATE);
    } while (!domain && libvirt_error_code() == VIR_ERR_INTERNAL_ERROR &&
             wait_until_retry(call, &pauses, &attempt));
    return domain;
}

static bool domain_create(const Call *call,
                          const ApplyRequest *request,
                          ApplyResponse *response,
                          Diags *diags) {
    SCOPED(virConnectPtr) connection = NULL;
    if (!libvirt_client_connect(call, &connection, diags))
        return false;
    Value planned = request->planned;
    if (!domain_plan_resolve(call, connection, &planned, diags))
        return false;
    Str uuid = libvirt_identity_of(call, request);
    const char *text = domain_xml_describe(call, connection, planned, uuid, diags);
    if (!text)
        return false;
    SCOPED(virDomainPtr) domain = define(call, connection, text);
    if (!domain)
        return add_define_error(call, connection, planned, uuid, response, diags);
    StrVec addresses = {0};
    bool is_done = apply_run_state(call, domain, planned, &addresses, diags);
    return set_response(call, domain, planned, &addresses, is_done, response, diags);
}

/* libvirt's schema may reject XML that libvirt itself printed. So an edited description is also
 * tried without validation. */
static virDomainPtr define_edited(const Call *call, virConnectPtr connection, const char *text) {
    virDomainPtr domain = define(call, connection, text);
    if (domain || libvirt_error_code() != VIR_ERR_XML_INVALID_SCHEMA)
        return domain;
    return virDomainDefineXMLFlags(connection, text, 0);
}

static bool redefine(const Call *call,
                     virConnectPtr connection,
                     const XmlDoc *described,
                     Diags *diags) {
    SCOPED(virDomainPtr)
    again = define_edited(call, connection, xml_print(described, call->arena));
    return again || libvirt_error_add(call, diags, "Cannot change the machine's definition");
}

/* Reads the inactive XML and applies the planned changes. */
static bool describe_change(
    const Call *call, virDomainPtr domain, Value prior, Value planned, XmlDoc *out, Diags *diags) {
    unsigned flags = VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE;
    if (!xml_take(virDomainGetXMLDesc(domain, flags), out))
        return libvirt_error_add(call, diags, "Cannot read the machine's definition");
    return domain_xml_edit(call, virDomainGetConnect(domain), prior, planned, xml_root(out), diags);
}

/* Applies live changes first: if the guest rejects one, the inactive XML must not have it
 * either. */
static bool change(const Call *call,
                   virConnectPtr connection,
                   virDomainPtr domain,
                   Value prior,
                   Value planned,
                   Diags *diags) {
    SCOPED(XmlDoc) described = {0};
    if (!describe_change(call, domain, prior, planned, &described, diags))
        return false;
    bool is_active = virDomainIsActive(domain) == 1;
    bool stays_on = object_bool(planned, "running", true);
    Str policy = object_text(planned, "update_policy", STR("reboot_if_needed"));
    DomainBounds bounds = domain_update_bounds(prior, is_active ? domain : NULL);
    DomainChanges changes = domain_update_compare(prior, planned, bounds, call->arena);
    bool reboots =
        domain_update_needs_restart(&changes) && str_equal(policy, STR("reboot_if_needed"));
    if (is_active && (reboots || !stays_on)) {
        if (!domain_power_stop(call, domain, planned, diags))
            return false;
        is_active = false;
    }
    bool is_live = is_active && !domain_update_needs_restart(&changes);
    if (is_live && !domain_update_live(call, domain, prior, planned, xml_root(&described), diags))
        return false;
    return redefine(call, connection, &described, diags);
}

static bool domain_update(const Call *call,
                          const ApplyRequest *request,
                          ApplyResponse *response,
                          Diags *diags) {
    SCOPED(virDomainPtr) domain = libvirt_object_get(&machine_object, call, request->prior, diags);
    if (!domain)
        return false;
    virConnectPtr connection = virDomainGetConnect(domain);
    Value planned = request->planned;
    StrVec addresses = {0};
    if (!domain_plan_resolve(call, connection, &planned, diags))
        return false;
    bool is_done = change(call, connection, domain, request->prior, planned, diags) &&
                   apply_run_state(call, domain, planned, &addresses, diags);
    return set_response(call, domain, planned, &addresses, is_done, response, diags);
}

/* Tries fewer flags in turn: an older driver rejects unknown flags, the simplest driver rejects
 * all. */
static bool undefine(virDomainPtr domain) {
    static const unsigned flags[] = {
        VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA |
            VIR_DOMAIN_UNDEFINE_NVRAM | VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA |
            VIR_DOMAIN_UNDEFINE_TPM,
        VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA |
            VIR_DOMAIN_UNDEFINE_NVRAM | VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA,
        VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA |
            VIR_DOMAIN_UNDEFINE_NVRAM,
        0,
    };
    for (size_t i = 0; i < ARRAY_COUNT(flags); i++) {
        if (virDomainUndefineFlags(domain, flags[i]) == 0)
            return true;
        if (libvirt_error_code() != VIR_ERR_INVALID_ARG)
            break;
    }
    return libvirt_error_is_gone(libvirt_error_code());
}

static bool domain_delete(const Call *call,
                          const DeleteRequest *request,
                          DeleteResponse *response,
                          Diags *diags) {
    (void)response;
    bool is_gone = false;
    Str name = object_text(request->prior, "name", STR_EMPTY);
    SCOPED(virDomainPtr)
    domain = libvirt_object_find(&machine_object, call, request->prior, &is_gone, diags);
    if (!domain)
        return is_gone;
    /* A running machine that is undefined would continue until it stops. */
    if (!domain_power_stop(call, domain, request->prior, diags))
        return false;
    return undefine(domain) ||
           libvirt_error_add(call, diags, "Cannot remove the machine \"%.*s\"", STR_ARG(name));
}

static bool domain_slot_read(const Call *call,
                             const ReadRequest *request,
                             ReadResponse *response,
                             Diags *diags) {
    (void)request;
    return libvirt_object_read(&machine_object, call, &response->state, diags);
}

static bool domain_import(const Call *call,
                          const ImportRequest *request,
                          ImportResponse *response,
                          Diags *diags) {
    response->private_data = adoption_begin();
    return libvirt_object_import(&machine_object, call, request->id, &response->state, diags);
}

/* A defined machine is complete: the next plan shows a missing start. */
static bool domain_recover(const Call *call,
                           const RecoverRequest *request,
                           RecoverResponse *response,
                           Diags *diags) {
    return libvirt_object_recover(&machine_object, call, request, response, diags);
}

static bool domain_limits(const Call *call,
                          const LimitsRequest *request,
                          LimitsResponse *response,
                          Diags *diags) {
    (void)diags;
    LimitAction action = request->action;
    Value object = request->object;
    if (!value_is_present(object))
        return true;
    if (action == LIMIT_CREATE && object_bool(object, "running", true))
        libvirt_identity_limit(call, "libvirt_starts",
                               str_from_cstr(libvirt_client_options(call)->uri), 4,
                               &response->limits);
    else
        libvirt_identity_limit(call, "libvirt_domain", object_text(object, "id", STR_EMPTY), 1,
                               &response->limits);
    return true;
}

static const Block blocks[] = {TIMEOUTS_BLOCK};

const ResourceType libvirt_domain = {
    .name = "libvirt_domain",
    .schema = {SCHEMA_ATTRIBUTES(domain_attributes), SCHEMA_BLOCKS(blocks),
               .description = "A virtual machine or a container."},
    .validate = domain_plan_validate,
    .plan = domain_plan,
    .marker = object_id_marker,
    .create = domain_create,
    .update = domain_update,
    .delete = domain_delete,
    .read = domain_slot_read,
    .import = domain_import,
    .recovery = RECOVERY_FINDS,
    .recover = domain_recover,
    .limits = domain_limits,
};
