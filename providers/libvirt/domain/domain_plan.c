/* domain_plan: validates a machine, plans its changes, and resolves what only the host knows. */
#include "domain_plan.h"

#include "adoption.h"
#include "digest.h"
#include "domain_address.h"
#include "domain_disk.h"
#include "domain_nic.h"
#include "domain_schema.h"
#include "domain_update.h"
#include "libvirt_client.h"
#include "libvirt_error.h"
#include "libvirt_types.h"
#include "nested_list.h"
#include "path_error.h"
#include "volume_find.h"

static bool is_configured_mac(Value config, size_t i) {
    if (i >= nested_list_count(config, "network_interface"))
        return false;
    Value nic = nested_list_at(config, "network_interface", i);
    return value_is_present(nic) && !value_is_null(object_attribute(nic, "mac"));
}

/* Finds an unused prior MAC address: of the same network, else at the same index. */
static Value find_prior_mac(Value prior, Value nic, size_t i, bool *is_taken) {
    size_t count = nested_list_count(prior, "network_interface");
    size_t found = count;
    for (size_t n = 0; n < count && found == count; n++)
        if (!is_taken[n] &&
            domain_nic_same_source(nested_list_at(prior, "network_interface", n), nic))
            found = n;
    if (found == count && i < count && !is_taken[i])
        found = i;
    if (found == count)
        return value_unknown(&TYPE_STRING);
    is_taken[found] = true;
    return object_attribute(nested_list_at(prior, "network_interface", found), "mac");
}

/* Sets MAC addresses that `config` omits. An interface on the same network as one of `prior` keeps
 * its address; others are unknown until the apply. */
static Value plan_nics(Value prior, Value config, Value planned, Arena *arena) {
    Value list = object_attribute(planned, "network_interface");
    if (!value_is_present(list) || value_is_null(prior))
        return list;
    bool *is_taken = arena_new_array(arena, bool, nested_list_count(prior, "network_interface"));
    ValueVec nics = {0};
    for (size_t i = 0; i < list.count; i++) {
        Value nic = value_at(list, i);
        if (!value_is_present(nic))
            return list;
        if (!is_configured_mac(config, i)) {
            nic = object_with(nic, "mac", find_prior_mac(prior, nic, i, is_taken), arena);
        }
        vec_push(arena, &nics, nic);
    }
    return nested_list_value(list.type, &nics, arena);
}

/* Returns the MAC address "52:54:00:…" of a network interface. Without a lineage, the address may
 * not be unique: the client is another program than loam. */
static Str derive_mac(const Call *call, size_t index) {
    Str name = str_format(call->arena, "%.*s\n%.*s\nnic %zu", STR_ARG(call->lineage),
                          STR_ARG(call->address), index);
    if (call->lineage.len == 0)
        name = str_format(call->arena, "%.*s\n%llu", STR_ARG(name),
                          (unsigned long long)call->generation);
    Str digest = digest_bytes(DIGEST_SHA256, name, call->arena);
    const unsigned char *bytes = (const unsigned char *)digest.ptr;
    return str_format(call->arena, "52:54:00:%02x:%02x:%02x", bytes[0], bytes[1], bytes[2]);
}

/* Sets the unknown MAC addresses, derived from the resource's identity. */
static void resolve_nics(const Call *call, Value *domain) {
    Value list = object_attribute(*domain, "network_interface");
    if (!value_is_present(list))
        return;
    ValueVec nics = {0};
    size_t next = 0;
    for (size_t i = 0; i < list.count; i++) {
        Value nic = value_at(list, i);
        if (!object_has(nic, "mac")) {
            Str mac = derive_mac(call, next++);
            while (value_is_present(domain_nic_find(*domain, mac)))
                mac = derive_mac(call, next++);
            nic = object_with_text(nic, "mac", mac, call->arena);
        }
        vec_push(call->arena, &nics, nic);
    }
    *domain = object_with(*domain, "network_interface",
                          nested_list_value(list.type, &nics, call->arena), call->arena);
}

/* Returns whether interfaces, networks and declared addresses are equal: then the assigned
 * addresses stay. */
static bool keeps_networks(Value prior, Value planned) {
    size_t count = nested_list_count(planned, "network_interface");
    if (!value_is_known(object_attribute(planned, "network_interface")) ||
        count != nested_list_count(prior, "network_interface"))
        return false;
    for (size_t i = 0; i < count; i++) {
        Value nic = nested_list_at(planned, "network_interface", i);
        Value old = domain_nic_find(prior, object_text(nic, "mac", STR_EMPTY));
        if (!value_is_present(old) || !domain_nic_same_source(old, nic) ||
            object_differs(old, nic, "addresses"))
            return false;
    }
    return true;
}

static bool domain_plan_has_image(Value disk) {
    static const char *const names[] = {"volume_id", "file", "block_device", "url"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        if (!value_is_null(object_attribute(disk, names[i])))
            return true;
    return false;
}

/* Returns whether the device is, or may become, a cdrom or floppy, which may be empty. */
static bool is_drive(Value disk) {
    static const Str drives[] = {STR_CONST("cdrom"), STR_CONST("floppy")};
    return !value_is_known(object_attribute(disk, "device")) ||
           str_is_among(object_text(disk, "device", STR_EMPTY), drives, ARRAY_COUNT(drives));
}

static void validate_disks(const Call *call, Value config, Diags *diags) {
    for (size_t i = 0; i < nested_list_count(config, "disk"); i++) {
        Value disk = nested_list_at(config, "disk", i);
        if (!value_is_present(disk) || domain_plan_has_image(disk) || is_drive(disk))
            continue;
        (void)path_error(call, PATH_AT(call, {"disk"}, {.index = i}), diags,
                         "A disk needs a volume_id or a file",
                         "A block_device or url is possible, too. Only a cdrom or floppy can be "
                         "empty.");
    }
}

/* Checks arguments that containers do not support; called again once the type is known. */
static void check_container(const Call *call, Value domain, Diags *diags) {
    if (!domain_schema_is_lxc(domain))
        return;
    if (nested_list_count(domain, "disk") || object_has(domain, "cloudinit"))
        libvirt_error_say(
            call, diags, STR("A container has no disks"),
            STR("Its root and its seed are directories of the host. Use \"filesystem\", and a "
                "libvirt_cloudinit_disk of the kind \"directory\"."));
    if (!value_is_null(object_attribute(domain, "kernel")))
        libvirt_error_say(call, diags, STR("A container does not support a kernel"),
                          STR("A container starts \"init\" with the host's kernel. Remove the "
                              "kernel arguments."));
    if (object_has(domain, "console"))
        libvirt_error_say(call, diags, STR("A container does not support a console log"),
                          STR("libvirt supports it only for virtual machines. Remove \"console\"; "
                              "the container's own log is in /var/log/libvirt/lxc on the host."));
}

bool domain_plan_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    Value config = request->config;
    size_t before = diags->error_count;
    validate_disks(call, config, diags);
    check_container(call, config, diags);
    return diags->error_count == before;
}

static Path path_to(const char *name, Arena *arena) {
    return path_attribute((Path){0}, str_from_cstr(name), arena);
}

/* A disk whose volume is replaced cannot stay attached: the old volume is deleted before the new
 * one exists. So the machine is replaced, too. */
static void plan_replaced_disks(Value prior, Value planned, PlanResponse *response, Arena *arena) {
    for (size_t i = 0; i < nested_list_count(planned, "disk"); i++) {
        Value disk = nested_list_at(planned, "disk", i);
        if (!value_is_present(disk) || value_is_known(object_attribute(disk, "volume_id")))
            continue;
        Value old = domain_disk_find(prior, object_text(disk, "target", STR_EMPTY));
        if (!value_is_present(old) || !object_has(old, "volume_id"))
            continue;
        Path path = path_index(path_to("disk", arena), value_int((int64_t)i), arena);
        path = path_attribute(path, STR("volume_id"), arena);
        vec_push(arena, &response->requires_replace, path);
        plan_note(response, path, STR("the disk's volume is replaced"), arena);
    }
}

/* Adds notes about starting, stopping and restarting the machine. */
static void plan_power(Value prior, Value planned, PlanResponse *response, Arena *arena) {
    bool starts = object_bool(planned, "running", true);
    Str stop = object_has(prior, "shutdown")
                   ? STR("shuts the guest down, or switches it off after the timeout "
                         "(virDomainShutdownFlags, virDomainDestroyFlags)")
                   : STR("switches the machine off without a shutdown (virDomainDestroyFlags)");
    if (object_differs(prior, planned, "running"))
        plan_note(response, path_to("running", arena),
                  starts ? STR("starts the machine (virDomainCreateWithFlags)") : stop, arena);
    if (object_differs(prior, planned, "autostart"))
        plan_note(response, path_to("autostart", arena),
                  STR("at the host's next start (virDomainSetAutostart)"), arena);
}

/* Returns the limits of the machine; if the host is unreachable, those of the prior object. */
static DomainBounds bounds_of(const Call *call, Value prior) {
    Diags ignored = diags_new(call->arena);
    SCOPED(virConnectPtr) connection = NULL;
    SCOPED(virDomainPtr) domain = NULL;
    if (libvirt_client_connect(call, &connection, &ignored))
        domain = virDomainLookupByUUIDString(
            connection, str_to_cstr(object_text(prior, "id", STR_EMPTY), call->arena));
    return domain_update_bounds(prior, domain);
}

static bool plan_changes(const Call *call, Value prior, Value planned, PlanResponse *response,
                         Diags *diags) {
    Arena *arena = call->arena;
    bool is_running = object_bool(prior, "running", false) && object_bool(planned, "running", true);
    if (!is_running)
        return true;
    Str policy = object_text(planned, "update_policy", STR("reboot_if_needed"));
    DomainBounds bounds = {0};
    if (object_differs(prior, planned, "memory") || object_differs(prior, planned, "vcpu"))
        bounds = bounds_of(call, prior);
    DomainChanges changes = domain_update_compare(prior, planned, bounds, arena);
    bool is_planned = true;
    vec_each(&changes.all, change) {
        Path path = path_to(change->attribute->name, arena);
        bool is_restart = change->effect == EFFECT_RESTART;
        if (is_restart && str_equal(policy, STR("live_only")))
            is_planned = libvirt_error_say(
                call, diags,
                str_format(arena, "\"%s\" cannot change live", change->attribute->name),
                str_format(arena,
                           "The machine is running and its update_policy is live_only: %.*s.",
                           STR_ARG(change->how)));
        Str note = change->how;
        if (is_restart)
            note = str_format(arena, "%s: %.*s",
                              changes.restarts ? "restarts the machine"
                                               : "takes effect at the next start",
                              STR_ARG(change->how));
        plan_note(response, path, note, arena);
    }
    return is_planned;
}

/* Declared addresses are known in the plan; others are kept while the interfaces are unchanged. */
static void plan_addresses(const PlanRequest *request, ObjectBuilder *builder, Arena *arena) {
    Value planned = object_builder_value(builder);
    *builder = object_builder_of(planned, arena);
    if (domain_address_plan(planned, builder, arena))
        return;
    bool is_new = value_is_null(request->prior);
    bool was_off = !is_new && !object_bool(request->prior, "running", false);
    bool stays_off = was_off && !object_bool(planned, "running", true);
    bool starts = was_off && !stays_off && !nested_list_count(request->prior, "ip_addresses");
    if (stays_off)
        return;
    if (!is_new && !starts && keeps_networks(request->prior, planned))
        return;
    object_builder_set(builder, "ip_addresses", value_unknown(&TYPE_LIST_OF_STRING));
    object_builder_set(builder, "interface_addresses", value_unknown(&TYPE_MAP_OF_STRING_LISTS));
}

/* Keeps the prior board (`machine`) where the wanted one is its short name: "q35" is no change from
 * the "pc-q35-7.2" that the host chose for it. */
static void plan_board(const PlanRequest *request, PlanResponse *response, Arena *arena) {
    Str wanted = object_text(response->planned, "machine", STR_EMPTY);
    if (!value_is_present(request->prior) || !wanted.len)
        return;
    Str board = object_text(request->prior, "machine", STR_EMPTY);
    if (!domain_schema_is_board(wanted, board))
        return;
    response->planned = object_with(response->planned, "machine",
                                    object_attribute(request->prior, "machine"), arena);
}

/* An imported machine keeps CPU arguments that the configuration omits. If the mode changes,
 * removes those that belong to the former mode. */
static void plan_cpu(const PlanRequest *request, ObjectBuilder *builder, Arena *arena) {
    static const char *const of_mode[] = {"match", "check", "migratable", "vendor", "fallback"};
    Value cpu = object_builder_get(builder, "cpu");
    Value config = object_attribute(request->config, "cpu");
    if (!value_is_present(request->prior) || !value_is_present(cpu) || !value_is_present(config))
        return;
    Value prior = object_nested(request->prior, "cpu", arena);
    if (!object_differs(prior, cpu, "mode"))
        return;
    ObjectBuilder changed = object_builder_of(cpu, arena);
    for (size_t i = 0; i < ARRAY_COUNT(of_mode); i++)
        object_builder_set(&changed, of_mode[i], object_attribute(config, of_mode[i]));
    object_builder_set(builder, "cpu", object_builder_value(&changed));
}

bool domain_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                 Diags *diags) {
    if (!value_is_present(response->planned))
        return true;
    Arena *arena = call->arena;
    adoption_keep(call, request, response);
    plan_board(request, response, arena);
    ObjectBuilder builder = object_builder_of(response->planned, arena);
    Value disks = domain_disk_plan(request->prior, request->config, response->planned, arena);
    Value nics = plan_nics(request->prior, request->config, response->planned, arena);
    object_builder_set(&builder, "disk", disks);
    object_builder_set(&builder, "network_interface", nics);
    plan_cpu(request, &builder, arena);
    plan_addresses(request, &builder, arena);
    response->planned = object_builder_value(&builder);
    if (value_is_null(request->prior))
        return true;
    plan_replaced_disks(request->prior, response->planned, response, arena);
    if (response->requires_replace.count)
        return true;
    plan_power(request->prior, response->planned, response, arena);
    return plan_changes(call, request->prior, response->planned, response, diags);
}

/* Returns whether an item of the prior list has this text. */
static bool domain_plan_is_named(Value prior, const char *list, const char *argument, Str text) {
    for (size_t i = 0; value_is_present(prior) && i < nested_list_count(prior, list); i++)
        if (str_equal(object_text(nested_list_at(prior, list, i), argument, STR_EMPTY), text))
            return true;
    return false;
}

static void domain_plan_check_text(PlanCheck *check, Value nic, size_t i, const char *name) {
    Str text = object_text(nic, name, STR_EMPTY);
    Path path = PATH_AT(check->call, {"network_interface"}, {.index = i}, {name});
    if (!domain_plan_is_named(check->request->prior, "network_interface", name, text))
        plan_check_name(check, &(CheckedName){path, "network", text});
}

/* A network or filter is required by name at the start, by ID at the definition. */
static void check_nic(PlanCheck *check, Value nic, size_t i, bool starts) {
    const Call *call = check->call;
    Value filter = object_nested(nic, "filter", call->arena);
    Path path = PATH_AT(call, {"network_interface"}, {.index = i}, {"filter"}, {"name"});
    domain_plan_check_text(check, nic, i, "network_id");
    if (!starts)
        return;
    domain_plan_check_text(check, nic, i, "network");
    plan_check_name(check, &(CheckedName){path, "filter", object_text(filter, "name", STR_EMPTY)});
}

bool domain_plan_check(const Call *call, const PlanRequest *request, const PlanResponse *response,
                       Diags *diags) {
    Value planned = response->planned;
    PlanCheck check = plan_check_open(call, request, response, diags);
    for (size_t i = 0; i < nested_list_count(planned, "network_interface"); i++)
        if (value_is_present(nested_list_at(planned, "network_interface", i)))
            check_nic(&check, nested_list_at(planned, "network_interface", i), i,
                      object_bool(planned, "running", true));
    for (size_t i = 0; i < nested_list_count(planned, "disk"); i++) {
        Value disk = nested_list_at(planned, "disk", i);
        Str id = value_is_present(disk) ? object_text(disk, "volume_id", STR_EMPTY) : STR_EMPTY;
        if (!domain_plan_is_named(request->prior, "disk", "volume_id", id))
            volume_find_check(
                &check,
                &(CheckedName){PATH_AT(call, {"disk"}, {.index = i}, {"volume_id"}), "volume", id});
    }
    plan_check_promise(&check, "machine", object_text(planned, "name", STR_EMPTY));
    return plan_check_close(&check);
}

static Str domain_plan_type_of(const Call *call, virConnectPtr connection) {
    Str driver = str_from_cstr(virConnectGetType(connection));
    if (str_equal(driver, STR("LXC")))
        return STR("lxc");
    if (str_equal(driver, STR("TEST")) || str_equal(driver, STR("Test")))
        return STR("test");
    switch (libvirt_client_options(call)->accel) {
    case ACCEL_KVM: return STR("kvm");
    case ACCEL_TCG: return STR("qemu");
    case ACCEL_AUTO: break;
    }
    return libvirt_client_has_kvm(connection) ? STR("kvm") : STR("qemu");
}

/* Returns the architecture, such as "x86_64". */
static Str arch_of(virConnectPtr connection, Arena *arena) {
    virNodeInfo info = {0};
    if (virNodeGetInfo(connection, &info) < 0)
        return STR("x86_64");
    return str_clone(str_from_cstr(info.model), arena);
}

bool domain_plan_resolve(const Call *call, virConnectPtr connection, Value *domain, Diags *diags) {
    Arena *arena = call->arena;
    ObjectBuilder builder = object_builder_of(*domain, arena);
    if (!object_has(*domain, "type"))
        object_builder_set_text(&builder, "type", domain_plan_type_of(call, connection), arena);
    if (!object_has(*domain, "arch"))
        object_builder_set_text(&builder, "arch", arch_of(connection, arena), arena);
    *domain = object_builder_value(&builder);
    bool is_x86 = str_equal(object_text(*domain, "arch", STR_EMPTY), STR("x86_64"));
    bool has_board = domain_schema_is_machine(*domain) && is_x86;
    if (!object_has(*domain, "machine"))
        object_builder_set(&builder, "machine",
                           has_board ? value_from_cstr("q35") : value_null(&TYPE_STRING));
    *domain = object_builder_value(&builder);
    size_t errors = diags->error_count;
    check_container(call, *domain, diags);
    if (diags->error_count > errors)
        return false;
    resolve_nics(call, domain);
    return domain_disk_resolve(call, connection, domain, diags);
}
